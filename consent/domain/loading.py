"""Answers that a school had before the portal, taken over from a list: all of it or nothing, and never twice.

A row is one choice: pupil, guardian, purpose, yes or no, and the day. The keys are those of the import.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent import rules
from consent.choices import Channel, Value
from consent.domain.askable import to_choose
from consent.domain.decide import Choice, Entered, decide
from consent.domain.facts import KnownPupil, known_pupils
from consent.models import LatestAnswer, Purpose
from consent.querysets import purposes_on
from consent.rules import deciders_at, is_older_than, paper_roles
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from ledger.sql import any_of
from schools.domain.imports.text import BadCell, read_date
from schools.models import Enrolment, Foundation, Guardian, Pupil, Role, StaffMember
from schools.querysets import in_force, year_on

COLUMNS = ("leerling", "ouder", "doel", "antwoord", "datum")
PUPIL, GUARDIAN, PURPOSE, ANSWER, DAY = COLUMNS
WORDS = {"ja": Value.YES, "j": Value.YES, "yes": Value.YES, "nee": Value.NO, "n": Value.NO, "no": Value.NO}
MAX_BYTES = 8 * 1024 * 1024

# What is wrong with a row, and what to do about it.
ROWS = {
    "cells": _("This row has not five cells. Fill in: leerling;ouder;doel;antwoord;datum."),
    "pupil": _("No pupil has this key. Take the key from the import, or leave the row out."),
    "school": _("This pupil is not at a school that you enter answers for. Leave the row out."),
    "guardian": _("No parent has this key. Take the key from the import, or leave the row out."),
    "decides": _(
        "This parent does not decide for this pupil today. Look at the authority, or leave the row out."
    ),
    "alone": _("This pupil decides alone. Leave the row out and ask the pupil."),
    "purpose": _("This is not asked here. Use one of: %(known)s."),
    "answer": _("Write ja or nee."),
    "day": _("This is no day. Write it as 2026-09-01."),
    "future": _("This day is still to come. Write the day of the answer."),
    "expired": _("This yes is of an earlier school year and has ended. Leave the row out and ask again."),
    "twice": _("This choice stands in the list twice. Keep one of the two."),
}


class ListRefused(Refusal):
    """The list as a whole; or rows of it, then `errors` says which."""

    FILES = {
        "too_big": _("The list is larger than 8 MB. Divide it."),
        "encoding": _("The list is no plain text. Save it as CSV."),
        "header": _("The first row must be: leerling;ouder;doel;antwoord;datum."),
        "rows": _("Nothing was saved, because of the rows above."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.FILES[code], code)


@dataclass(frozen=True, slots=True)
class RowError:
    """`row` as a spreadsheet counts it, the header being 1; `code` is a key of ROWS."""

    row: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class LoadedRow:
    """One choice that will be stored."""

    pupil_id: int
    guardian: Guardian
    purpose: Purpose
    value: Value
    on: date


@dataclass(slots=True)
class LoadPlan:
    """What would happen: `rows` are stored; `known` were taken over before, `newer` were chosen anew since."""

    rows: list[LoadedRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    known: int = 0
    newer: int = 0


@dataclass(frozen=True, slots=True)
class _Ground:
    """All that is known beforehand of who stands in the list."""

    pupils: dict[str, KnownPupil]
    within_reach: set[int]
    guardians: dict[str, Guardian]
    purposes: dict[str, Purpose]
    latest: dict[tuple[int, int, int | None], LatestAnswer]
    foundation: Foundation


def plan_load(data: bytes, *, roles: Sequence[Role]) -> LoadPlan:
    """Read the list and say what would be stored, with an error per row. Writes nothing.

    `roles` are those of who answers for it: an office takes over for its own school only. Raises ListRefused
    when it is no such list.
    """
    table = _table(data)
    ground = _ground([cells for _, cells in table if len(cells) == len(COLUMNS)], roles)
    plan, seen = LoadPlan(), set()
    for number, cells in table:
        found = _read(cells, ground)
        if isinstance(found, LoadedRow):
            key = (found.pupil_id, found.purpose.id, found.guardian.id)
            if key in seen:
                plan.errors.append(RowError(number, PURPOSE, "twice"))
            seen.add(key)
            _judge(found, ground.latest.get(key), plan)
        else:
            plan.errors.append(RowError(number, *found))
    return plan


def load_answers(plan: LoadPlan, *, by: StaffMember) -> int:
    """Store every row of the plan as that parent's choice, and mail each a receipt; gives the number of rows.

    All or nothing. A yes counts until the end of this school year. Raises ListRefused when a row is wrong.
    """
    if plan.errors:
        raise ListRefused("rows")
    bundles: dict[tuple[int, date], list[LoadedRow]] = {}
    for row in plan.rows:
        bundles.setdefault((row.guardian.id, row.on), []).append(row)
    with transaction.atomic():
        for (_guardian, day), rows in sorted(bundles.items(), key=lambda item: item[0]):
            _store(rows, day, by)
    return len(plan.rows)


def _store(rows: Sequence[LoadedRow], day: date, by: StaffMember) -> None:
    guardian = rows[0].guardian
    submission = decide(
        guardian=guardian,
        choices=[Choice(row.pupil_id, row.purpose.id, row.value) for row in rows],
        channel=Channel.LOADED,
        language=guardian.language,
        entered=Entered(by, signed_on=day),
    )
    for pupil_id in sorted({row.pupil_id for row in rows}):
        record(
            Verb.CHOICE_RECORDED,
            "pupil",
            pupil_id,
            submission=submission.code,
            channel=str(Channel.LOADED),
            by=by.id,
            signed_on=day.isoformat(),
        )


def _table(data: bytes) -> list[tuple[int, list[str]]]:
    """(row, cells) without the header and without empty rows."""
    if len(data) > MAX_BYTES:
        raise ListRefused("too_big")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise ListRefused("encoding")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:
        raise ListRefused("encoding") from None
    if not rows or tuple(cell.lower() for cell in rows[0]) != COLUMNS:
        raise ListRefused("header")
    return [(number, cells) for number, cells in enumerate(rows[1:], 2) if any(cells)]


def _ground(rows: Iterable[Sequence[str]], roles: Sequence[Role]) -> _Ground:
    rows = list(rows)
    pupils, parents = (any_of("text", {row[column] for row in rows}) for column in (0, 1))
    found = Pupil.objects.filter(source_key__in=pupils).order_by("id")
    keys = dict(found.values_list("id", "source_key"))
    these = any_of("bigint", keys)
    latest = (
        LatestAnswer.objects.filter(pupil_id__in=these).select_related("answer__submission").order_by("id")
    )
    enrolled = Enrolment.objects.filter(in_force(current().today), pupil_id__in=these)
    mine = paper_roles(roles)
    if all(role.school_id for role in mine):
        enrolled = enrolled.filter(school_id__in=[role.school_id for role in mine])
    return _Ground(
        pupils={keys[child.id]: child for child in known_pupils(sorted(keys))},
        within_reach=set(enrolled.order_by().values_list("pupil_id", flat=True)),
        guardians={
            one.source_key: one for one in Guardian.objects.filter(source_key__in=parents).order_by("id")
        },
        purposes={purpose.slug: purpose for purpose in purposes_on(current().today)},
        latest={(row.pupil_id, row.purpose_id, row.guardian_id): row for row in latest},
        foundation=Foundation.objects.get(id=current().foundation),
    )


def _read(cells: Sequence[str], ground: _Ground) -> LoadedRow | tuple[str, str]:
    """One row as a choice, or (column, code) of what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return "", "cells"
    child, guardian = ground.pupils.get(cells[0]), ground.guardians.get(cells[1])
    purpose, value = ground.purposes.get(cells[2].lower()), WORDS.get(cells[3].lower())
    if child is None:
        return PUPIL, "pupil"
    if child.id not in ground.within_reach:
        return PUPIL, "school"
    if guardian is None:
        return GUARDIAN, "guardian"
    deciders = deciders_at(child.facts, ground.foundation.decides_from_age, current().today)
    if guardian.id not in deciders:
        return (PUPIL, "alone") if rules.PUPIL in deciders else (GUARDIAN, "decides")
    if purpose is None or not to_choose(child.facts, [purpose], current().today):
        return PURPOSE, "purpose"
    if value is None:
        return ANSWER, "answer"
    day = _day(cells[4], value, ground.foundation)
    if value == Value.YES and isinstance(day, date) and _is_reworded_since(purpose, day):
        return DAY, "expired"  # a yes to words that hold no more; it is asked anew (C3)
    return (DAY, day) if isinstance(day, str) else LoadedRow(child.id, guardian, purpose, value, day)


def _day(cell: str, value: Value, foundation: Foundation) -> date | str:
    """The day of the answer, or the code of what is wrong: a yes of an earlier school year has ended (C3)."""
    try:
        day = read_date(cell)
    except BadCell:
        return "day"
    if day > current().today:
        return "future"
    year = year_on(current().today)
    is_old = year is not None and day < year.starts_on
    return "expired" if value == Value.YES and foundation.asks_every_year and is_old else day


def _is_reworded_since(purpose: Purpose, day: date) -> bool:
    """Other words came after that day that ask for a new answer; the very first words are not other ones."""
    return any(
        version.number > 1 and version.is_material and day < version.in_force_on <= current().today
        for version in purpose.versions.all()
    )


def _judge(row: LoadedRow, before: LatestAnswer | None, plan: LoadPlan) -> None:
    """To store, known already, or overtaken by a newer choice of the same parent."""
    if before is None:
        plan.rows.append(row)
        return
    submission = before.answer.submission
    chosen_on = submission.signed_on or before.decided_at.astimezone(SCHOOL_TIME).date()
    if submission.channel == Channel.LOADED and (chosen_on, before.value) == (row.on, row.value):
        plan.known += 1
    elif is_older_than(row.on, row.value, latest_on=chosen_on, latest=Value(before.value)):
        plan.newer += 1
    else:
        plan.rows.append(row)
