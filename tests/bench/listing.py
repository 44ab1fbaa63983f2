"""A list of a page and the way to make it longer, for `test_lists.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from django.test import Client
from django.urls import reverse

from schools.choices import RoleName
from schools.models import Role, School, StaffMember
from tests.cast import Cast, school, years_ago


@dataclass(frozen=True)
class Listed:
    """A page of this route (`query` behind its address), as `who` of the cast sees it ("": a visitor).

    Each of `adds` makes one of its lists one item longer; the number is another one each time. `ready` lays the
    ground and may keep things on the cast; `enter` does what somebody does in the browser first. `where` names the
    arguments of the address: "noor.code" is read from the cast, a word without a dot stands for itself; and so does
    "{cast.noor.code}" in the query.
    """

    route: str
    who: str
    adds: tuple[Callable[[Cast, int], object], ...]
    where: dict[str, str] = field(default_factory=dict)
    query: str = ""
    ready: Callable[[Cast], object] | None = None
    enter: Callable[[Cast, Client], object] | None = None

    def __str__(self) -> str:
        return f"{self.route} {self.query} {self.adds[0].__name__}"

    def address(self, cast: Cast) -> str:
        named = {name: attrgetter(word)(cast) if "." in word else word for name, word in self.where.items()}
        return reverse(self.route, kwargs=named) + (f"?{self.query.format(cast=cast)}" if self.query else "")


def one_more_school(cast: Cast, person: StaffMember, role: RoleName, number: int) -> School:
    """Where this person works in this role, too."""
    with cast.acting():
        here = school(cast.home, f"school-{number}", f"School {number}", f"98A{number}")
        Role.objects.create(
            foundation=cast.home, staff_member=person, name=role, school=here, since=years_ago(1)
        )
    return here
