"""How many SQL statements a page takes."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")


def statements(client, url: str, **headers: str) -> int:
    """SQL statements of one page, sessions and sign-in included. Not the frame of the transaction: savepoint
    (BEGIN and COMMIT outside a test) and the `set_config` that puts up the wall."""
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url, **headers)
    assert response.status_code == 200
    return sum(not query["sql"].startswith(FRAME) for query in seen.captured_queries)
