import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


def test_measure(cast, as_):
    client = as_(cast.joost)
    client.get("/team/")
    for url in ("/team/", f"/team/groep/{cast.group_8a.code}/", f"/team/groep/{cast.group_8a.code}/?place=sociaal&pupil={cast.noor.code}"):
        with CaptureQueriesContext(connection, ) as ctx:
            response = client.get(url)
        print(url, response.status_code, len(ctx))
        for q in ctx.captured_queries:
            print("   ", q["sql"][:170].replace("\n", " "))
