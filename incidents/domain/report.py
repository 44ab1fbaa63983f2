"""Anyone reports something (I1): it is sealed, given to somebody who is not in it, and a code phrase comes back."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkKind
from accounts.links import hash_of
from accounts.models import LinkKey
from incidents.choices import About, Category, Channel, EventKind, ReporterKind, Wish
from incidents.domain.receivers import (
    candidates_at,
    give_to,
    must_be_told_at_once,
    receivers,
    weight_of,
)
from incidents.domain.tell import tell_handlers
from incidents.domain.timeline import add_event
from incidents.models import Attachment, Case, Identity
from incidents.phrases import new_phrase, phrase_for
from incidents.pictures import Picture
from incidents.rules import HANDLING_ROLES, Candidate, ReportFacts, passed_over, says_something
from incidents.sealing import new_key, seal
from ledger.acting import Actor, as_actor, current
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import GroupMembership, School, StaffMember

# As long as a case can still be open, and a while after.
PHRASE_LASTS = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class ReportWords:
    """The four questions, as they were answered. `name` and `contact` are sealed apart from the rest (I9)."""

    category: Category
    what: str
    about: About = About.UNKNOWN
    who: str = ""
    happened_on: date | None = None
    where_when: str = ""
    reporter_kind: ReporterKind = ReporterKind.OTHER
    is_anonymous: bool = True
    name: str = ""
    contact: str = ""
    wish: Wish = Wish.ANYBODY


@dataclass(frozen=True, slots=True)
class Made:
    """`phrase` is stored nowhere: show it now. `roles`: who received it, for the receipt; never their names."""

    case: Case
    phrase: str
    roles: tuple[str, ...]


class NobodyReads(Refusal):
    """Nobody is left who may read it: everybody is named in it, or nobody has such a role here."""

    code = "nobody_reads"
    message = _(
        "This report cannot be received here, because nobody at this school may read it. Call the confidential"
        " inspector: 0900 111 3 111. In danger: call 112."
    )


class EmptyReport(Refusal):
    code = "empty_report"
    message = _("Tell in a few words what happened. A few words is enough.")


def make_report(
    *, school: School, words: ReportWords, pictures: Sequence[Picture] = (), sent: UUID | None = None
) -> Made:
    """Take in a report for this school; whoever acts becomes the reporter of this one case, and nobody else.

    Every word and picture is sealed with a key of its own before it is stored. It is given to those whom the
    routing table says and who are not in it (I2); they get a mail that says nothing. The phrase opens it for 3
    years; with `sent` (of one posted form) it is the same one each time it is asked for. Raises EmptyReport,
    NobodyReads: then nothing is kept.
    """
    _refuse_empty(words)
    phrase = phrase_for(sent) if sent else new_phrase()
    with transaction.atomic():
        facts = _facts(school, words)
        found = receivers(school, facts)
        if not found:
            raise NobodyReads
        case = _new_case(school, words, Channel.FORM)
        with _as_reporter_of(case):
            _take_in(case, words, pictures, found)
            LinkKey(
                token_hash=hash_of(phrase),
                foundation_id=case.foundation_id,
                kind=LinkKind.REPORT,
                target=UUID(int=case.number),
                ends_at=current().now + PHRASE_LASTS,
            ).save(force_insert=True)
            roles = tuple(dict.fromkeys(str(one.role) for one in found))
            record(Verb.REPORT_MADE, "case", case.number, pictures=len(pictures))
            record(Verb.CASE_ROUTED, "case", case.number, roles=list(roles))
        tell_handlers(case, [one.id for one in found], is_at_once=must_be_told_at_once(facts))
    return Made(case, phrase, roles)


def log_spoken(*, school: School, words: ReportWords, by: StaffMember) -> Case:
    """A staff member writes down what somebody came to tell (I2), and handles it.

    Is `by` named in it, or the parent of who is, then it goes to others like any report, and `by` sees nothing of
    it from then on: the case is not in `my_cases()`. Raises EmptyReport, NobodyReads.
    """
    _refuse_empty(words)
    with transaction.atomic():
        facts = _facts(school, words)
        found = _myself(school, facts, by) or receivers(school, facts, without=[by.id])
        if not found:
            raise NobodyReads
        case = _new_case(school, words, Channel.SPOKEN)
        with _as_reporter_of(case):
            _take_in(case, words, (), found)
        record(Verb.REPORT_LOGGED, "case", case.number)
        record(Verb.CASE_ROUTED, "case", case.number, roles=sorted({str(one.role) for one in found}))
        tell_handlers(case, [one.id for one in found], is_at_once=must_be_told_at_once(facts))
    return case


def _refuse_empty(words: ReportWords) -> None:
    if not says_something(words.what):
        raise EmptyReport


def _facts(school: School, words: ReportWords) -> ReportFacts:
    return ReportFacts(
        category=words.category,
        reporter_kind=words.reporter_kind,
        about=words.about,
        wish=words.wish,
        who=words.who,
        words="\n".join((words.what, words.where_when, words.name)),
        group_ids=_groups_of_reporter(school, words.name),
    )


def _groups_of_reporter(school: School, name: str) -> frozenset[int]:
    """The groups of the one pupil of this school with exactly this name: their teacher may receive it (O11)."""
    first, _space, rest = name.strip().partition(" ")
    if not rest:
        return frozenset()
    today = current().today
    rows = (
        GroupMembership.objects.filter(
            group__school=school,
            group__year__starts_on__lte=today,
            group__year__ends_on__gte=today,
            pupil__call_name__iexact=first,
        )
        .select_related("pupil")
        .order_by("id")
    )
    same = [row for row in rows if row.pupil.full_name.casefold() == name.strip().casefold()]
    return (
        frozenset(row.group_id for row in same) if len({row.pupil_id for row in same}) == 1 else frozenset()
    )


def _myself(school: School, facts: ReportFacts, by: StaffMember) -> list[Candidate]:
    people = candidates_at(school)
    if by.id in passed_over(facts, people):
        return []
    mine = [one for one in people if one.id == by.id and one.role in HANDLING_ROLES]
    return [max(mine, key=lambda one: weight_of(one.role))] if mine else []


def _new_case(school: School, words: ReportWords, channel: Channel) -> Case:
    return Case(
        foundation_id=current().foundation,
        school=school,
        channel=channel,
        category=words.category,
        reporter_kind=words.reporter_kind,
        is_anonymous=words.is_anonymous,
        about=words.about,
        wish=words.wish,
        happened_on=words.happened_on,
        received_at=current().now,
    )


@contextmanager
def _as_reporter_of(case: Case) -> Iterator[None]:
    """The case wall lets only its reporter put a case in. Afterwards the database is told again who acts:
    `as_actor` itself leaves that to the end of the transaction."""
    before = current().actor
    with as_actor(Actor(ActorKind.REPORTER, case.number, "code_phrase")):
        yield
        with as_actor(before):
            pass


def _take_in(case: Case, words: ReportWords, pictures: Sequence[Picture], found: Sequence[Candidate]) -> None:
    """In this order, because each row is let in by one before it: case, key, who handles it, what was said."""
    case.save(force_insert=True)
    new_key(case).save(force_insert=True)
    for one in found:
        give_to(case, one.id, one.role)
    said = {"what": words.what.strip(), "who": words.who.strip(), "where_when": words.where_when.strip()}
    happened_on = words.happened_on.isoformat() if words.happened_on else ""
    add_event(
        case,
        EventKind.RECEIVED,
        text=json.dumps(said, ensure_ascii=False),
        is_shared=True,
        category=str(words.category),
        happened_on=happened_on,
    )
    for role in dict.fromkeys(one.role for one in found):
        add_event(case, EventKind.ROUTED, role=str(role))
    if not words.is_anonymous and (words.name or words.contact):
        who = json.dumps({"name": words.name, "contact": words.contact}, ensure_ascii=False)
        Identity(foundation_id=case.foundation_id, case=case, sealed=seal(case, "identity", who)).save(
            force_insert=True
        )
    for position, picture in enumerate(pictures, start=1):
        Attachment(
            foundation_id=case.foundation_id,
            case=case,
            position=position,
            media_type=picture.media_type,
            sealed_shown=seal(case, f"picture:{position}:shown", picture.shown),
            sealed_original=seal(case, f"picture:{position}:original", picture.original),
            added_at=current().now,
        ).save(force_insert=True)
