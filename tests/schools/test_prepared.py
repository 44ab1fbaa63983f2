"""Statements by hand are prepared on the server: a migration of the next version must not break this one."""

import os

import psycopg
import pytest

from accounts.choices import Capacity, LinkKind
from accounts.links import find_link
from policies.models import Version
from policies.querysets import decisions_of
from schools.querysets import at_work, children_of, reaches_of
from tests.cast import today

TABLES = (
    "accounts_reach",
    "accounts_linkkey",
    "schools_pupil",
    "schools_staffmember",
    "schools_role",
    "policies_councildecision",
)


@pytest.mark.django_db(transaction=True)
def test_a_new_column_does_not_stop_who_is_running(cast):
    user = cast.user_of(cast.amina)

    def ask():
        assert reaches_of(user, Capacity.GUARDIAN)
        assert find_link(LinkKind.CONSENT, "nothing") is None
        with cast.acting():
            assert children_of(cast.amina, today())
            assert at_work(cast.joost.id, today())[1]
            assert decisions_of([Version(id=1)]) == {}

    for _time in range(10):  # prepared after a few
        ask()
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ADD COLUMN of_the_next_version int")
        try:
            ask()
        finally:
            for table in TABLES:
                owner.execute(f"ALTER TABLE {table} DROP COLUMN of_the_next_version")
