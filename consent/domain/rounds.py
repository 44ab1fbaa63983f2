"""A round: from the act of an administrator to one message per guardian, written on the day that it opens (R1-R5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkKind
from accounts.links import add_keys
from consent.choices import RoundKind
from consent.domain.asked import (
    Inquiry,
    asked_already,
    at_these_schools,
    morning,
    own_days_of,
    plan_round,
)
from consent.domain.counted import who_to_ask_anew
from consent.domain.families import Family, families_after
from consent.domain.round_mails import invitation, invite_words, question_of
from consent.domain.rounds_of_colleagues import ask_colleagues
from consent.domain.rounds_of_pupils import ask_pupils
from consent.models import Purpose, Round, RoundPurpose, RoundSchool
from consent.querysets import purposes_to_ask
from consent.rules import Days, days_of
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from ledger.sql import array_of, new_keys
from notices.choices import Lane
from notices.domain.put import NewMessage, put_messages
from schools.models import Guardian, School, SchoolYear


@dataclass(frozen=True, slots=True)
class Planned:
    """How many guardians are written to, and how many have no address: work for the school's office.

    `is_whole`: everybody whose day has come is written to; if not, the worker goes on.
    """

    round: Round
    written: int
    unreachable: int
    is_whole: bool = True


class RoundRefused(Refusal):
    """Nobody is asked; the code says why."""

    WORDS = {
        "changed": _("Meanwhile other people would get the mail. Look at the numbers once more."),
        "nobody": _(
            "Nobody would get a mail. Choose other schools, or wait until the running round has closed."
        ),
        "asks_new_pupils": _("New pupils are asked already this school year. Stop that round first."),
        "name_taken": _("There is a round with this name already. Choose another name."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.WORDS[code], code)


def ask_parents(
    *,
    name: str,
    year: SchoolYear,
    days: Days,
    remind_before: Sequence[int],
    schools: Sequence[School],
    own_days: Mapping[int, Days],
    seen: str,
    kind: RoundKind = RoundKind.YEARLY,
    purpose: Purpose | None = None,
) -> Planned:
    """Start a round, just as its preview showed it (R1, R3): today, or on the day that it opens.

    It asks about all purposes in use, or about one: an event, or a question that was changed. `seen` is the
    fingerprint of the plan that was on the screen. Raises RoundRefused: `changed` when others would get the mail
    now, `nobody`, `name_taken`. Two administrators at once: the second one is refused.
    """
    with transaction.atomic():
        year = SchoolYear.objects.select_for_update(no_key=True).get(id=year.id)
        purposes = what_is_asked(days.opens_on, schools, purpose)
        plan = plan_round(
            purposes=purposes, opens_on=days.opens_on, closes_on=days.closes_on, schools=schools, kind=kind
        )
        if plan.fingerprint != seen:
            raise RoundRefused("changed")
        if plan.is_empty or not purposes:
            raise RoundRefused("nobody")
        if Round.objects.filter(name=name).exists():
            raise RoundRefused("name_taken")
        return start_round(
            name=name,
            year=year,
            purposes=purposes,
            opens_on=days.opens_on,
            closes_on=days.closes_on,
            remind_before=remind_before,
            schools=schools,
            own_days=own_days,
            kind=kind,
        )


def ask_new_pupils(*, year: SchoolYear, schools: Sequence[School], answer_days: int) -> Round:
    """From now on the parents of every new pupil are asked by themselves, until the school year ends (R1).

    One such round at a time: raises RoundRefused("asks_new_pupils") when there is one already.
    """
    with transaction.atomic():
        year = SchoolYear.objects.select_for_update(no_key=True).get(id=year.id)
        going_on = Round.objects.filter(kind=RoundKind.ENROLMENT, year=year, stopped_at=None)
        if going_on.exists():
            raise RoundRefused("asks_new_pupils")
        today = current().today
        number = Round.objects.filter(kind=RoundKind.ENROLMENT, year=year).count()
        name = gettext("New pupils %(year)s") % {"year": year.name}
        return start_round(
            name=f"{name} ({number + 1})" if number else name,
            year=year,
            purposes=list(purposes_to_ask(today, schools)),
            opens_on=today,
            closes_on=year.ends_on,
            remind_before=[days for days in (7, 2) if days < answer_days],
            schools=schools,
            kind=RoundKind.ENROLMENT,
            answer_days=answer_days,
        ).round


def what_is_asked(day: date, schools: Sequence[School], purpose: Purpose | None) -> list[Purpose]:
    """The one question that the round is about, or everything that concerns one of these schools on that day."""
    return [purpose] if purpose is not None else list(purposes_to_ask(day, schools))


def start_round(
    *,
    name: str,
    year: SchoolYear,
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
    remind_before: Sequence[int] = (),
    schools: Sequence[School] = (),
    own_days: Mapping[int, Days] | None = None,
    kind: RoundKind = RoundKind.YEARLY,
    answer_days: int | None = None,
) -> Planned:
    """Write a round down, and the first messages with it when its day has come (R5: with their cause).

    With `schools` only of the families of those schools; `own_days` (by the id of a school) are those that it
    chose. Who is asked the same in a round that runs at that time is not asked twice (`plan_round`).

    The messages wait in the outbox from seven o'clock of the day of each family; Celery delivers. Raises
    IntegrityError when a round of that name exists.
    """
    with transaction.atomic():
        every = [Days(opens_on, closes_on), *(own_days or {}).values()]
        round_ = Round.objects.create(
            foundation_id=current().foundation,
            name=name,
            kind=kind,
            year=year,
            opens_on=min(days.opens_on for days in every),
            closes_on=max(days.closes_on for days in every),
            remind_before=sorted(remind_before, reverse=True),
            answer_days=answer_days,
            valid_until=year.ends_on,
        )
        _write_what_is_asked(round_, purposes, schools, own_days or {}, Days(opens_on, closes_on))
        record(
            Verb.ROUND_STARTED,
            "round",
            round_.id,
            name=name,
            kind=str(kind),
            opens_on=round_.opens_on.isoformat(),
            closes_on=round_.closes_on.isoformat(),
            schools=sorted(school.slug for school in schools),
        )
        if kind == RoundKind.ENROLMENT or round_.opens_on > current().today:
            return Planned(round_, 0, 0)
        return write_portion(round_)[0]


def _write_what_is_asked(
    round_: Round,
    purposes: Sequence[Purpose],
    schools: Sequence[School],
    own_days: Mapping[int, Days],
    general: Days,
) -> None:
    foundation_id = round_.foundation_id
    RoundPurpose.objects.bulk_create(
        RoundPurpose(foundation_id=foundation_id, round=round_, purpose=purpose) for purpose in purposes
    )
    if own_days and not schools:
        schools = list(School.objects.order_by("id"))
    rows = []
    for school in schools:
        days = own_days.get(school.id, general) if own_days else None
        rows.append(
            RoundSchool(
                foundation_id=foundation_id,
                round=round_,
                school=school,
                opens_on=days.opens_on if days else None,
                closes_on=days.closes_on if days else None,
            )
        )
    RoundSchool.objects.bulk_create(rows)


def rounds_to_write(today: date) -> list[Round]:
    """The rounds of which a day has come whose mails are not all written: also yesterday's, when nobody was there."""
    going_on = Round.objects.filter(
        opens_on__lte=today, closes_on__gte=today, paused_at=None, stopped_at=None
    ).exclude(kind=RoundKind.ENROLMENT)
    return [round_ for round_ in going_on.order_by("opens_on", "id") if _opened_since(round_, today)]


def _opened_since(round_: Round, today: date) -> bool:
    opening = {round_.opens_on, *(days.opens_on for days in own_days_of(round_).values())}
    return any(day <= today and (round_.written_for is None or day > round_.written_for) for day in opening)


def write_portion(round_: Round, after: int = 0, day: date | None = None) -> tuple[Planned, int | None]:
    """Links and messages for the next families whose day has come; with the id to go on from, None when all are.

    `day`: that of the first portion, so that a midnight in between leaves nobody out. Whoever has a link of this round
    is passed over: safe to begin anew after any failure. Pupils and colleagues are written with the last portion.
    """
    with transaction.atomic():
        round_ = Round.objects.select_for_update(no_key=True).get(id=round_.id)
        if round_.is_held:
            return Planned(round_, 0, 0), None
        inquiry, day = _inquiry(round_), day or current().today
        asks_families = round_.kind != RoundKind.STAFF
        families, last = families_after(after, day) if asks_families else ({}, None)
        anew = who_to_ask_anew(inquiry.changed, round_.opens_on) if inquiry.changed else None
        families = at_these_schools(families, inquiry.schools, anew)
        for guardian_id in asked_already(families, inquiry) if families else ():
            del families[guardian_id]
        planned = _invite(round_, families, day, is_whole=last is None)
        if last is None:
            _all_are_written(round_, inquiry, day)
    return planned, last


def _all_are_written(round_: Round, inquiry: Inquiry, day: date) -> None:
    """The pupils and colleagues too; then this day is done."""
    if round_.kind == RoundKind.STAFF:
        ask_colleagues(round_, inquiry)
    elif round_.kind != RoundKind.OVERVIEW:
        ask_pupils(round_, inquiry)
    round_.written_for = day
    round_.save(update_fields=["written_for"])
    record(
        Verb.ROUND_ASKED,
        "round",
        round_.id,
        guardians=round_.links.count(),
        pupils=round_.pupils.count(),
        colleagues=round_.colleagues.count(),
    )


def _inquiry(round_: Round) -> Inquiry:
    schools = frozenset(RoundSchool.objects.filter(round=round_).values_list("school_id", flat=True))
    purposes = list(
        Purpose.objects.filter(id__in=round_.asked.values("purpose_id")).order_by("position", "id")
    )
    return Inquiry(RoundKind(round_.kind), purposes, Days(round_.opens_on, round_.closes_on), schools)


def _invite(round_: Round, families: dict[int, Family], day: date, *, is_whole: bool) -> Planned:
    general, own = Days(round_.opens_on, round_.closes_on), own_days_of(round_)
    days = {}
    for pk in sorted(families):
        mine = days_of(families[pk].schools & set(own), own, general)
        if mine.opens_on <= day:  # who came to a school that has closed meanwhile has until the round closes
            days[pk] = mine if mine.closes_on >= day else Days(day, general.closes_on)
    links = new_links(round_, days)
    named = [link for pk, link in links.items() if families[pk].call_names]
    put = put_messages(_invitations(round_, named, families))
    return Planned(round_, put.planned, len(put.unreachable) + len(links) - len(named), is_whole)


class NewLink(NamedTuple):
    """A personal link that was just written; as a model 94,000 of them take seconds."""

    guardian_id: int
    target: UUID
    opens_on: date
    closes_on: date


def new_links(round_: Round, days: Mapping[int, Days]) -> dict[int, NewLink]:
    """A personal link for each of these guardians, with their days; its key opens until the school year ends."""
    keys = new_keys(len(days))
    links = [
        NewLink(pk, target, mine.opens_on, mine.closes_on)
        for target, (pk, mine) in zip(keys, days.items(), strict=True)
    ]
    ends_at = datetime.combine(round_.year.ends_on + timedelta(days=1), time(), tzinfo=SCHOOL_TIME)
    if links:
        columns = [array_of(column) for column in zip(*links, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(INSERT_LINKS, [round_.foundation_id, round_.id, *columns])
        add_keys(LinkKind.CONSENT, keys, round_.foundation_id, ends_at)
    return {link.guardian_id: link for link in links}


# Arrays instead of `bulk_create`: 10,000 placeholders a portion were half of the time of a round.
INSERT_LINKS = """
INSERT INTO consent_personallink (foundation_id, round_id, guardian_id, target, opens_on, closes_on)
SELECT %s, %s, * FROM unnest(%s::bigint[], %s::uuid[], %s::date[], %s::date[])
"""


def _invitations(round_: Round, links: Sequence[NewLink], families: Mapping[int, Family]) -> list[NewMessage]:
    if not links:
        return []
    about, kind, leaves_at = question_of(round_), invitation(round_.kind), cache(_leaves_at)
    ids = (links[0].guardian_id, links[-1].guardian_id)  # they lie side by side
    languages = dict(Guardian.objects.filter(id__range=ids).order_by().values_list("id", "language"))
    return [
        NewMessage(
            kind=kind,
            guardian_id=link.guardian_id,
            language=languages[link.guardian_id],
            cause=round_.cause,
            context=invite_words(
                families[link.guardian_id].call_names,
                link.closes_on,
                languages[link.guardian_id],
                about,
            ),
            link=link.target,
            due_at=leaves_at(link.opens_on),
            lane=Lane.ROUNDS,
        )
        for link in links
    ]


def _leaves_at(opens_on: date) -> datetime:
    """Seven o'clock of that day; of a day that nobody wrote for in time, now: no reminder follows at its heels."""
    act = current()
    return morning(opens_on) if opens_on >= act.today else max(act.now, morning(act.today))
