from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Reach
from ledger.acting import SCHOOL_TIME, acting, system
from opmaat_portal.demo.people import address_of
from schools.models import Foundation, Guardian, Pupil, StaffMember
from tests.conftest import _empty_all_tables

PEOPLE = {"guardian": Guardian, "staff": StaffMember, "pupil": Pupil}


class Demo(SimpleNamespace):
    """The small demo, really written: its foundations by slug, and its people by their name in the contract."""

    def acting(self, slug: str = "opmaat"):
        return acting(system("test"), [self.id_of(slug)])

    def id_of(self, slug: str) -> int:
        return Foundation.objects.get(slug=slug).id

    def person(self, name: str):
        reach = Reach.objects.get(user__email=address_of(name))
        return PEOPLE[reach.capacity].objects.get(id=reach.person_id)

    @property
    def today(self):
        return timezone.now().astimezone(SCHOOL_TIME).date()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Loaded once for all tests of a file, and emptied by the owner after the last one."""
    with django_db_blocker.unblock():
        try:
            call_command("load_demo", size="small", verbosity=0)
            yield
        finally:
            _empty_all_tables(None)


@pytest.fixture
def demo(loaded, db) -> Demo:
    return Demo()
