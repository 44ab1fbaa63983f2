"""What one check page is about: the group, who may be tapped and who was, and the place that was chosen."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from consent.domain.check import Verdict, look
from consent.domain.colleagues import KnownColleague, colleagues_with
from consent.domain.facts import KnownPupil, KnownPurpose, known_pupils, told_apart
from consent.domain.groups import KnownGroup, known_group
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.record import record_reading
from schools.models import Foundation, Role
from schools.querysets import groups_for, pupil_ids
from schools.rules import schools_of

CODE = re.compile(r"[A-Za-z0-9]{1,20}")
Reach = Collection[int] | None  # the schools of who looks; None: all of the foundation


@dataclass(frozen=True, slots=True)
class Desk:
    """`others` are pupils of other groups who are on the same picture; `colleagues` can be tapped, `staff` were."""

    group: KnownGroup
    pupils: list[KnownPupil]
    others: list[KnownPupil]
    purposes: list[KnownPurpose]
    purpose: KnownPurpose | None
    chosen: list[KnownPupil]
    colleagues: list[KnownColleague]
    staff: list[KnownColleague]

    def verdict(self) -> Verdict | None:
        """None before a place and somebody are chosen."""
        if self.purpose is None or not (self.chosen or self.staff):
            return None
        return look(purpose=self.purpose, pupils=self.chosen, purposes=self.purposes, colleagues=self.staff)


def desk_of(code: str, data: QueryDict, foundation: Foundation, roles: list[Role]) -> Desk:
    """Read one check page and write down whom it is going to show (E2).

    404 for a group, a place, a pupil or a colleague outside what these roles open: a verdict never leaves out
    somebody who was asked about. One statement for all of it; two more when pupils of another group, or
    colleagues of another school, are among the asked.
    """
    reach = schools_of(roles)
    group = known_group(code, foundation, reach)
    if group is None or not group.year.covers(current().today):
        raise Http404
    asked = set(data.getlist("pupil"))
    others = _others(roles, asked - {pupil.code for pupil in group.pupils})
    everybody = told_apart([*group.pupils, *others])
    pupils, others = everybody[: len(group.pupils)], everybody[len(group.pupils) :]
    record_reading(Reading.CONSENT_STATE, [pupil.id for pupil in everybody])
    chosen = everybody if data.get("everyone") else [pupil for pupil in everybody if pupil.code in asked]
    purpose = _purpose(data.get("place", ""), group.purposes)
    colleagues, staff = _colleagues(group, set(data.getlist("colleague")), reach)
    return Desk(group, pupils, others, group.purposes, purpose, chosen, colleagues, staff)


def codes_in(data: QueryDict, who: str = "pupil") -> list[str]:
    """The pupils (or colleagues) in an address, each once, as far as they look like codes."""
    return [code for code in dict.fromkeys(data.getlist(who)) if CODE.fullmatch(code)]


def with_people(url: str, place: str, codes: Iterable[str], colleagues: Iterable[str] = ()) -> str:
    """The address of a check with this place, these pupils and these colleagues filled in.

    Codes are letters and digits: `CODE` says so of those in an address, `random_code` of our own.
    """
    query = [urlencode({"place": place})] if place else []
    query += [f"pupil={code}" for code in codes]
    query += [f"colleague={code}" for code in colleagues]
    return f"{url}?{'&'.join(query)}" if query else url


def _others(roles: list[Role], codes: set[str]) -> list[KnownPupil]:
    if not codes:
        return []
    if not all(CODE.fullmatch(code) for code in codes):
        raise Http404
    ids = pupil_ids(groups_for(roles, current().today), sorted(codes))
    if len(ids) != len(codes):
        raise Http404
    return sorted(known_pupils(ids), key=lambda pupil: (pupil.call_name.casefold(), pupil.surname.casefold()))


def _colleagues(
    group: KnownGroup, codes: set[str], reach: Reach
) -> tuple[list[KnownColleague], list[KnownColleague]]:
    """(who can be tapped, who was tapped): of this school, and those of another one who were asked about."""
    here = list(group.colleagues)
    missing = codes - {colleague.code for colleague in here}
    if missing:
        if not all(CODE.fullmatch(code) for code in missing):
            raise Http404
        found = colleagues_with(missing, reach, current().today)
        if len(found) != len(missing):
            raise Http404
        here += found
    staff = [colleague for colleague in here if colleague.code in codes]
    if staff:
        record_reading(Reading.PEOPLE_SEARCH, [colleague.id for colleague in staff])
    return here, staff


def _purpose(slug: str, purposes: list[KnownPurpose]) -> KnownPurpose | None:
    """A place that no purpose names cannot be used: it does not exist here."""
    if not slug:
        return None
    found = next((purpose for purpose in purposes if purpose.slug == slug), None)
    if found is None:
        raise Http404
    return found
