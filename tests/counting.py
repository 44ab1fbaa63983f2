"""How many SQL statements a page takes."""

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")


def statements(client, url: str, **headers: str) -> int:
    """SQL statements of one page, sessions and sign-in included. Not the frame of the transaction: savepoint
    (BEGIN and COMMIT outside a test) and the `set_config` that puts up the wall."""
    return len(asked_by(client, url, **headers)[1])


def asked_by(client, url: str, **headers: str) -> tuple[HttpResponse, list[str]]:
    """The page with those statements, in order."""
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url, **headers)
    assert response.status_code == 200, (url, response.status_code)
    asked = [query["sql"] for query in seen.captured_queries]
    return response, [sql for sql in asked if not sql.startswith(FRAME)]
