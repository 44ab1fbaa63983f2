"""Who would be asked in a round, and who is left out and why, before anything is written (R1, R2, R3)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from consent.choices import LeftOut, RoundKind, Value
from consent.domain.counted import born_until, who_to_ask_anew
from consent.domain.facts import policy_of
from consent.domain.families import Family, families_on
from consent.models import LatestAnswer, PersonalLink, Purpose, Round, RoundColleague, RoundPupil, RoundSchool
from consent.rules import Days
from ledger.acting import SCHOOL_TIME, current
from ledger.sql import any_of
from notices.choices import Unreachable
from notices.domain.put import who_can_be_reached
from schools.models import Enrolment, Foundation, Guardian, Pupil, School, StaffMember
from schools.querysets import here_or_coming, roles_at, with_own_address

INVITE = "consent/invite"
WHY_NO_MAIL = {
    Unreachable.NO_ADDRESS: LeftOut.NO_ADDRESS,
    Unreachable.NO_CONTACT: LeftOut.NO_CONTACT,
    Unreachable.BOUNCED: LeftOut.BOUNCED,
}
UNREACHABLE = tuple(WHY_NO_MAIL.values())
OF_GUARDIANS = (LeftOut.ALREADY_ASKED, LeftOut.REMINDED, LeftOut.NO_REMINDERS, *UNREACHABLE)
OF_PUPILS = (LeftOut.PUPIL_DECIDES, LeftOut.PUPIL_ASKED, LeftOut.NO_DECIDER)
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a round asks, of which schools (none: of all), and in which days."""

    kind: RoundKind
    purposes: Sequence[Purpose]
    days: Days
    schools: frozenset[int] = frozenset()

    @property
    def changed(self) -> Purpose | None:
        """The one question that is asked anew, of who said yes to its old words."""
        return self.purposes[0] if self.kind == RoundKind.MATERIAL else None


@dataclass(slots=True)
class Plan:
    """Who would be asked, before anything is written (R3); ids only, so that its size does not matter.

    The guardians in `asked` get a link; of them `left_out` tells who gets no mail. Guardians for the first four
    reasons, pupils for the next three: those are asked by no mail at all. `pupils` decide alone and get a mail
    of their own. `first` is the first family that gets a mail, to show it.
    """

    asked: list[int] = field(default_factory=list)
    left_out: dict[LeftOut, list[int]] = field(default_factory=lambda: {reason: [] for reason in LeftOut})
    pupils: list[int] = field(default_factory=list)
    colleagues: list[int] = field(default_factory=list)
    first: tuple[int, Family] | None = None

    @property
    def mailed(self) -> list[int]:
        """The guardians who get a mail."""
        silent = {pk for reason in UNREACHABLE for pk in self.left_out[reason]}
        return [guardian_id for guardian_id in self.asked if guardian_id not in silent]

    @property
    def is_empty(self) -> bool:
        return not (self.mailed or self.pupils or self.colleagues)

    @property
    def fingerprint(self) -> str:
        """Differs when somebody else would get the mail: is this what was on the screen?"""
        everybody = f"{self.mailed} {sorted(self.pupils)} {sorted(self.colleagues)}"
        return hashlib.sha256(everybody.encode()).hexdigest()[:16]


def plan_round(
    *,
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
    schools: Sequence[School] = (),
    kind: RoundKind = RoundKind.YEARLY,
) -> Plan:
    """Who would be asked: everybody who decides for a child at one of these schools (none given: at all).

    About all their children together (R2). Who is asked one of these purposes in a round that runs in those days
    is left out: nobody is asked twice. A changed question (MATERIAL) goes to who said yes to its old words, and
    has not been asked about the new ones. Writes nothing.
    """
    wanted = frozenset(school.id for school in schools)
    inquiry = Inquiry(kind, purposes, Days(opens_on, closes_on), wanted)
    plan = Plan()
    if kind == RoundKind.STAFF:
        plan.colleagues, plan.left_out[LeftOut.STAFF_NO_ADDRESS] = colleagues_to_ask(inquiry, opens_on)
        return plan
    anew = who_to_ask_anew(inquiry.changed, opens_on) if inquiry.changed else None
    already = set(_links_in_the_way(inquiry))
    for families in families_on(opens_on):
        _add(plan, at_these_schools(families, inquiry.schools, anew), already)
    if kind != RoundKind.OVERVIEW:
        alone = _pupils_without_parents_to_ask(inquiry, opens_on)
        plan.left_out |= alone
        plan.pupils = _share_out_pupils(plan.left_out, inquiry)
    return plan


def pupils_to_ask(inquiry: Inquiry, day: date) -> list[int]:
    """The pupils who decide alone, have an address of their own, and are not asked yet."""
    return _share_out_pupils(_pupils_without_parents_to_ask(inquiry, day), inquiry)


def colleagues_to_ask(inquiry: Inquiry, day: date) -> tuple[list[int], list[int]]:
    """Who works at these schools, or for the whole foundation, and was not asked yet: with an address, and without."""
    roles = roles_at(inquiry.schools, day).values("staff_member_id")
    asked = RoundColleague.objects.filter(
        round__opens_on__lte=inquiry.days.closes_on,
        round__closes_on__gte=inquiry.days.opens_on,
        round__stopped_at=None,
    )
    people = StaffMember.objects.filter(has_left=False, id__in=roles).exclude(
        id__in=asked.order_by().values("staff_member_id")
    )
    ids = people.order_by("id").values_list("id", flat=True)
    return list(ids.exclude(email="")), list(ids.filter(email=""))


def _add(plan: Plan, families: dict[int, Family], already: Collection[int]) -> None:
    plan.left_out[LeftOut.ALREADY_ASKED] += [pk for pk in families if pk in already]
    add_reachable(plan, {pk: family for pk, family in families.items() if pk not in already})


def add_reachable(plan: Plan, families: Mapping[int, Family]) -> None:
    """These are asked; of who has no address that works it is told why."""
    plan.asked += families
    domains, unreachable = who_can_be_reached(families, current().today)
    for guardian_id in [pk for pk in domains if not families[pk].call_names]:
        del domains[guardian_id]
        unreachable[guardian_id] = Unreachable.NO_CONTACT
    for guardian_id, why in unreachable.items():
        plan.left_out[WHY_NO_MAIL[why]].append(guardian_id)
    if plan.first is None and domains:
        first = min(domains)
        plan.first = first, families[first]


def at_these_schools(
    families: Mapping[int, Family], schools: Collection[int], anew: Collection[int] | None = None
) -> dict[int, Family]:
    """Of these families those with a child at one of the schools (none given: all), and only who is in `anew`."""
    return {
        pk: family
        for pk, family in families.items()
        if (not schools or family.schools & set(schools)) and (anew is None or pk in anew)
    }


def asked_already(guardian_ids: Collection[int], inquiry: Inquiry) -> list[int]:
    """Of these guardians, those who have a link of a round that stands in the way.

    The ids of a portion lie side by side: from the first to the last is quicker than one by one.
    """
    between = Q(guardian_id__gte=min(guardian_ids), guardian_id__lte=max(guardian_ids))
    return sorted(set(_links_in_the_way(inquiry).filter(between)).intersection(guardian_ids))


def _links_in_the_way(inquiry: Inquiry) -> QuerySet[Any]:
    return in_those_days(PersonalLink.objects.order_by(), inquiry).values_list("guardian_id", flat=True)


def in_those_days(rows: QuerySet[Any], inquiry: Inquiry) -> QuerySet[Any]:
    """Of these links (of guardians, or of pupils) those that stand in the way of being asked once more."""
    if inquiry.changed is None:
        rows = rows.filter(opens_on__lte=inquiry.days.closes_on, closes_on__gte=inquiry.days.opens_on)
    return rows.filter(round__in=rounds_in_the_way(inquiry))


def rounds_in_the_way(inquiry: Inquiry) -> QuerySet[Round]:
    """Who has a link of one of these is not asked again: it asks all that this one asks, and was not stopped.

    Coming events do not count, unless one of them is all that is asked: a round about a musical stands in nobody's
    way to the yearly question. About a changed question only those that asked it alone, since its new words. An
    overview asks nothing, so only another overview is in its way.
    """
    going_on = Round.objects.filter(stopped_at=None).order_by()
    if inquiry.changed is not None:
        return _about_new_words(going_on, inquiry.changed, inquiry.days.opens_on)
    is_overview = Q(kind=RoundKind.OVERVIEW)
    going_on = going_on.filter(is_overview if inquiry.kind == RoundKind.OVERVIEW else ~is_overview)
    lasting = [one.id for one in inquiry.purposes if one.event_on is None]
    wanted = lasting or [one.id for one in inquiry.purposes]
    asks = Count("asked", filter=Q(asked__purpose__in=wanted), distinct=True)
    about = going_on.annotate(same=asks).filter(same=len(wanted)).values("id")
    running = Q(opens_on__lte=inquiry.days.closes_on, closes_on__gte=inquiry.days.opens_on)
    return Round.objects.filter(running, id__in=about).order_by()


def _about_new_words(rounds: QuerySet[Round], purpose: Purpose, on: date) -> QuerySet[Round]:
    since = max(v.in_force_on for v in purpose.versions.all() if v.is_material and v.in_force_on <= on)
    alone = rounds.annotate(questions=Count("asked")).filter(questions=1, opens_on__gte=since)
    return alone.filter(asked__purpose=purpose)


def own_days_of(round_: Round) -> dict[int, Days]:
    """By the id of a school its own days; a school without some has those of the round."""
    rows = RoundSchool.objects.filter(round=round_).values_list("school_id", "opens_on", "closes_on")
    return {pk: Days(opens_on, closes_on) for pk, opens_on, closes_on in rows if opens_on and closes_on}


def morning(day: date) -> datetime:
    """When the mails of that day leave: seven o'clock (`MAILS_FROM_HOUR`), school time."""
    return datetime.combine(day, time(settings.MAILS_FROM_HOUR), tzinfo=SCHOOL_TIME)


def names_left_out(plan: Plan) -> dict[LeftOut, list[Guardian] | list[Pupil]]:
    """The people behind the numbers, by name, at most MOST_NAMES for each reason; two statements in all."""
    some = {reason: sorted(plan.left_out[reason])[:MOST_NAMES] for reason in (*OF_GUARDIANS, *OF_PUPILS)}
    guardians = Guardian.objects.in_bulk([pk for reason in OF_GUARDIANS for pk in some[reason]])
    pupils = Pupil.objects.in_bulk([pk for reason in OF_PUPILS for pk in some[reason]])
    found: dict[LeftOut, list[Guardian] | list[Pupil]] = {}
    for reason in OF_GUARDIANS:
        found[reason] = sorted((guardians[pk] for pk in some[reason]), key=_by_name)
    for reason in OF_PUPILS:
        found[reason] = sorted((pupils[pk] for pk in some[reason]), key=_by_name)
    return found


def _by_name(person: Guardian | Pupil) -> tuple[str, str, int]:
    return person.surname.lower(), person.call_name.lower(), person.id


def _whose_own_yes_ended(pupil_ids: Sequence[int], purpose: Purpose, on: date) -> list[int]:
    """Of these pupils, who decide alone, those who said yes to words that do not hold any more."""
    foundation = Foundation.objects.get(id=current().foundation)
    oldest = policy_of(purpose, foundation).oldest_wording_that_counts(on)
    ended = LatestAnswer.objects.filter(
        pupil_id__in=any_of("bigint", pupil_ids),
        guardian=None,
        purpose=purpose,
        value=Value.YES,
        version__number__lt=oldest,
    )
    return sorted(ended.order_by().values_list("pupil_id", flat=True))


def _pupils_without_parents_to_ask(inquiry: Inquiry, day: date) -> dict[LeftOut, list[int]]:
    """Pupils, also who still come, who decide alone, and those for whom nobody is known who decides.

    About a changed question only those whose own yes ended with it.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    here = Enrolment.objects.filter(here_or_coming(day))
    if inquiry.schools:
        here = here.filter(school_id__in=inquiry.schools)
    decided_for = Q(guardianships__authority="full", guardianships__since__lte=day) & (
        Q(guardianships__until=None) | Q(guardianships__until__gte=day)
    )
    pupils = Pupil.objects.filter(id__in=here.order_by().values("pupil_id")).annotate(
        deciders=Count("guardianships", filter=decided_for),
        beyond=Count("guardianships", filter=decided_for & Q(guardianships__beyond_16=True)),
    )
    grown = Q(born_on__lte=born_until(foundation.decides_from_age, day), beyond=0)
    ids = pupils.order_by("id").values_list("id", flat=True)
    if inquiry.changed is not None:
        return {LeftOut.PUPIL_DECIDES: _whose_own_yes_ended(list(ids.filter(grown)), inquiry.changed, day)}
    return {
        LeftOut.PUPIL_DECIDES: list(ids.filter(grown)),
        LeftOut.NO_DECIDER: list(ids.filter(deciders=0).exclude(grown)),
    }


def _share_out_pupils(left_out: dict[LeftOut, list[int]], inquiry: Inquiry) -> list[int]:
    """Of the pupils who decide alone, those who get a mail; in `left_out` stay those who do not, by reason.

    Who was asked in one of these rounds is not asked twice.
    """
    deciding = left_out[LeftOut.PUPIL_DECIDES]
    asked = in_those_days(RoundPupil.objects.filter(pupil_id__in=any_of("bigint", deciding)), inquiry)
    already = set(asked.order_by().values_list("pupil_id", flat=True))
    reachable = set(with_own_address(deciding).values_list("id", flat=True)) if deciding else set()
    left_out[LeftOut.PUPIL_ASKED] = [pk for pk in deciding if pk in already]
    left_out[LeftOut.PUPIL_DECIDES] = [pk for pk in deciding if pk not in already and pk not in reachable]
    return [pk for pk in deciding if pk in reachable and pk not in already]
