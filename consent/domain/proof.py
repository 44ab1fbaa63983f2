"""The proof of all choices about one pupil: who said what, to which words, when, how, and that nothing changed.

For the data protection officer and the inspectorate only: it shows who said what, which nobody else may see (C4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from consent.choices import Value
from consent.domain.facts import known_pupils, policy_of
from consent.domain.purposes import words_hash
from consent.domain.record_json import answers_about, invalidation_of, leaf_hashes
from consent.domain.verify import as_written
from consent.models import Answer, Invalidation, Purpose, QuestionText
from consent.querysets import text_in
from consent.rules import Facts, GivenAnswer, Policy, State, birthday, state
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import ActorKind, Reading, Verb
from ledger.domain.record import leaf_hash, record
from ledger.models import Entry, EntryPayload, ReadingRecord
from schools.models import Foundation, Guardian, Pupil, StaffMember

# How long the pages of a pupil stay open after the reason was given.
OPEN_FOR = timedelta(hours=1)
MOST_READINGS = 300
# Readings whose numbers are pupils; the others count guardians or cases.
ABOUT_PUPILS = (
    Reading.FAMILY_FILE,
    Reading.PROOF,
    Reading.TASK_LIST,
    Reading.CONSENT_STATE,
    Reading.PUPIL_SEARCH,
)


class Fit(StrEnum):
    """Whether an entry of the ledger still is what was written."""

    FITS = "fits"
    DOES_NOT_FIT = "does_not_fit"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class ProvedAnswer:
    """One answer with the words that were shown; `number` counts from 1, `follows` is such a number."""

    number: int
    answer: Answer
    text: QuestionText
    is_own_wording: bool
    follows: int | None
    invalidation: Invalidation | None
    leaf_hash: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class ProvedAct:
    """One entry of the ledger about this pupil."""

    entry: Entry
    who: str
    payload: dict[str, Any]
    fit: Fit


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody saw this pupil on a page."""

    reading: ReadingRecord
    who: str


@dataclass(frozen=True, slots=True)
class Days:
    """What the school did from a day until a day, both included, at the end of each of those days."""

    since: date
    until: date
    state: State


@dataclass(frozen=True, slots=True)
class Proof:
    """All of it; `looks` are the newest ones, `all_looks` says how many there are."""

    pupil: Pupil
    answers: list[ProvedAnswer]
    days: list[tuple[Purpose, list[Days]]]
    acts: list[ProvedAct]
    looks: list[Looked]
    all_looks: int
    opened: Entry | None

    @property
    def has_fault(self) -> bool:
        """Something in the tables is not what the ledger fixed at the time."""
        fits = [one.fit for one in self.answers] + [one.fit for one in self.acts]
        return Fit.DOES_NOT_FIT in fits or not all(one.is_own_wording for one in self.answers)


def give_proof(pupil: Pupil, *, reason: str) -> Entry:
    """Write down why the proof about this pupil is opened; for an hour it may be read, printed and exported (E2)."""
    return record(Verb.PROOF_GIVEN, "pupil", pupil.id, reason=reason)


def opened_for(pupil: Pupil) -> Entry | None:
    """The reason that the acting person gave for this pupil within the last hour, or None."""
    act = current()
    return (
        Entry.objects.filter(
            verb=Verb.PROOF_GIVEN,
            subject_type="pupil",
            subject_id=pupil.id,
            actor_kind=act.actor.kind,
            actor_id=act.actor.id,
            at__gt=act.now - OPEN_FOR,
        )
        .order_by("-id")
        .first()
    )


def proof_about(pupil: Pupil) -> Proof:
    """Gather the proof and recompute every hash in it now. Reads only; who may see it is asked elsewhere."""
    answers = answers_about(pupil)
    entries = list(
        Entry.objects.filter(subject_type="pupil", subject_id=pupil.id, verb__startswith="consent:").order_by(
            "id"
        )
    )
    fits, payloads = _checked([entry.id for entry in entries] + [answer.entry_id for answer in answers])
    rows = ReadingRecord.objects.filter(
        what__in=[str(what) for what in ABOUT_PUPILS], subject_ids__contains=[pupil.id]
    )
    looks = list(rows.order_by("-id")[:MOST_READINGS])
    names = _names([*entries, *looks])
    return Proof(
        pupil=pupil,
        answers=_proved(answers, fits, payloads),
        days=_days_per_purpose(pupil, answers),
        acts=[
            ProvedAct(one, names[one.actor_kind, one.actor_id], payloads.get(one.id, {}), fits[one.id])
            for one in entries
        ],
        looks=[Looked(one, names[one.actor_kind, one.actor_id]) for one in looks],
        all_looks=rows.count(),
        opened=opened_for(pupil),
    )


def days_of(facts: Facts, taken_out: dict[int, date], policy: Policy, last: date) -> list[Days]:
    """The verdict of every day until `last`, equal days in a row as one. Pure.

    `facts.answers` are all answers, not only the latest; `taken_out` gives the day on which an answer was found
    to be recorded in error: until then the school did go by it, and that is what happened.
    """
    found: list[Days] = []
    turns = _turning_days(facts, taken_out, policy, last)
    for since, following in zip(turns, [*turns[1:], last + timedelta(days=1)], strict=True):
        known = tuple(
            answer
            for answer in facts.answers
            if answer.decided_on <= since and not (answer.id in taken_out and taken_out[answer.id] <= since)
        )
        verdict = state(replace(facts, answers=known), policy, since)
        until = following - timedelta(days=1)
        if found and found[-1].state == verdict:
            found[-1] = replace(found[-1], until=until)
        else:
            found.append(Days(since, until, verdict))
    return found


def _turning_days(facts: Facts, taken_out: dict[int, date], policy: Policy, last: date) -> list[date]:
    """Every day on which the verdict can become another one; from the first enrolment or answer on."""
    after = timedelta(days=1)
    starts = [one.since for one in facts.enrolments] + [answer.decided_on for answer in facts.answers]
    periods = [*facts.enrolments, *(one.period for one in facts.authorities)]
    turns = {period.since for period in periods}
    turns |= {period.until + after for period in periods if period.until}
    turns |= {answer.decided_on for answer in facts.answers} | set(taken_out.values())
    turns |= {answer.valid_until + after for answer in facts.answers if answer.valid_until}
    turns |= {wording.in_force_on for wording in policy.wordings}
    turns.add(birthday(facts.born_on, policy.decides_from_age))
    first = min(starts, default=last)
    return sorted({first} | {day for day in turns if first <= day <= last})


def _days_per_purpose(pupil: Pupil, answers: Sequence[Answer]) -> list[tuple[Purpose, list[Days]]]:
    """For what is asked now, and for what was answered and is not asked any more."""
    foundation = Foundation.objects.get(id=pupil.foundation_id)
    answered = {answer.purpose_id for answer in answers}
    facts = replace(known_pupils([pupil.id])[0].facts, answers=tuple(_given(answer) for answer in answers))
    taken_out = {
        answer.id: found.in_force_at.astimezone(SCHOOL_TIME).date()
        for answer in answers
        if (found := invalidation_of(answer)) and found.in_force_at
    }
    purposes = Purpose.objects.order_by("position", "id").prefetch_related("versions__texts")
    return [
        (purpose, days_of(facts, taken_out, policy_of(purpose, foundation), current().today))
        for purpose in purposes
        if purpose.id in answered
        or (purpose.is_active and purpose.event_on is None and purpose.school_id is None)
    ]


def _given(answer: Answer) -> GivenAnswer:
    return GivenAnswer(
        answer.purpose_id,
        answer.guardian_id,
        Value(answer.value),
        answer.decided_at.astimezone(SCHOOL_TIME).date(),
        answer.valid_until,
        answer.version.number,
        answer.id,
    )


def _proved(
    answers: Sequence[Answer], fits: dict[int, Fit], payloads: dict[int, dict[str, Any]]
) -> list[ProvedAnswer]:
    numbers = {answer.id: number for number, answer in enumerate(answers, 1)}
    hashes = leaf_hashes(answers)
    proved = []
    for answer in answers:
        text, fit = text_in(answer.version, answer.language), fits[answer.entry_id]
        written = payloads.get(answer.entry_id, {}).get("answers", [])
        if fit == Fit.FITS and as_written(answer) not in written:
            fit = Fit.DOES_NOT_FIT  # the entry is whole, but the answer says something else now
        is_own = words_hash(text.title, text.explanation) == text.sha256 == answer.text_sha256
        follows = numbers.get(answer.follows_id) if answer.follows_id else None
        known = hashes.get(answer.entry_id, "")
        proved.append(
            ProvedAnswer(
                numbers[answer.id], answer, text, is_own, follows, invalidation_of(answer), known, fit
            )
        )
    return proved


def _checked(ids: Sequence[int]) -> tuple[dict[int, Fit], dict[int, dict[str, Any]]]:
    """Recompute the leaf of each of these entries now (E1); what they say, of those that still say something."""
    rows, companions = Entry.objects.in_bulk(list(ids)), EntryPayload.objects.in_bulk(list(ids))
    erasures = Entry.objects.filter(verb=Verb.ENTRY_ERASED, subject_id__in=ids)
    erased = set(erasures.values_list("subject_id", flat=True))
    fits = {pk: _fit(rows.get(pk), companions.get(pk), is_erased=pk in erased) for pk in ids}
    return fits, {pk: companion.payload for pk, companion in companions.items()}


def _fit(entry: Entry | None, companion: EntryPayload | None, *, is_erased: bool) -> Fit:
    if entry is None:
        return Fit.DOES_NOT_FIT
    if companion is None:
        return Fit.ERASED if is_erased else Fit.DOES_NOT_FIT
    is_whole = leaf_hash(entry, bytes(companion.salt), companion.payload) == bytes(entry.leaf_hash)
    return Fit.FITS if is_whole else Fit.DOES_NOT_FIT


def _names(rows: Iterable[Entry | ReadingRecord]) -> dict[tuple[str, int], str]:
    """Who acted, by name; empty for the portal itself and for nobody. Never an address."""
    actors = {(row.actor_kind, row.actor_id) for row in rows}
    names = dict.fromkeys(actors, "")
    tables = {ActorKind.STAFF: StaffMember, ActorKind.GUARDIAN: Guardian, ActorKind.PUPIL: Pupil}
    for kind, table in tables.items():
        ids = [pk for known, pk in actors if known == kind]
        found = table.objects.in_bulk(ids) if ids else {}  # type: ignore[attr-defined]
        names |= {(str(kind), pk): person.full_name for pk, person in found.items()}
    return names
