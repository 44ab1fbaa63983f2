"""A round: one message per guardian for all children together, and one reminder for who stayed silent (R1, R2)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkKind
from accounts.links import key_row
from accounts.models import LinkKey
from consent.domain.asked import INVITE, REMINDER, Plan, families_on, morning, plan_round
from consent.domain.rounds_of_pupils import PUPIL_INVITE, ask_pupils, pupil_words, remind_pupils
from consent.domain.tell import day_in
from consent.models import PersonalLink, Purpose, Round, RoundPurpose, RoundSchool, Submission
from consent.querysets import purposes_to_ask, still_said
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from notices import mail
from notices.domain.put import NewMessage, put_messages
from notices.domain.write import foundation_words, words_of
from notices.models import Message
from schools.models import Foundation, Guardian, Pupil, School, SchoolYear

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Planned:
    """How many guardians are written to, and how many have no address: work for the school's office."""

    round: Round
    written: int
    unreachable: int


class RoundRefused(Refusal):
    """The parents are not asked; the code says why."""

    WORDS = {
        "changed": _("Meanwhile other people would get the mail. Look at the numbers once more."),
        "nobody": _(
            "Nobody would get a mail. Choose other schools, or wait until the running round has closed."
        ),
        "name_taken": _("There is a round with this name already. Choose another name."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.WORDS[code], code)


@dataclass(frozen=True, slots=True)
class Sample:
    """The mail as one of the parents will read it, in one language; the link is not a real one."""

    language: str
    to_name: str
    written: mail.Written


def ask_parents(
    *,
    name: str,
    year: SchoolYear,
    closes_on: date,
    remind_on: date,
    schools: Sequence[School],
    seen: str,
    anew: Purpose | None = None,
) -> Planned:
    """Start a round today, for all purposes in use, just as its preview showed it (R1, R3).

    `anew`: only about this question, and only of who said yes to its old words.

    `seen` is the fingerprint of the plan that was on the screen. Raises RoundRefused: `changed` when others
    would get the mail now, `nobody`, `name_taken`. Two administrators at once: the second one is refused.
    """
    with transaction.atomic():
        year = SchoolYear.objects.select_for_update(no_key=True).get(id=year.id)
        today = current().today
        purposes = [anew] if anew else list(purposes_to_ask(today, schools))
        plan = plan_round(purposes=purposes, opens_on=today, closes_on=closes_on, schools=schools, anew=anew)
        if plan.fingerprint != seen:
            raise RoundRefused("changed")
        if not (plan.mailed or plan.pupils) or not purposes:
            raise RoundRefused("nobody")
        if Round.objects.filter(name=name).exists():
            raise RoundRefused("name_taken")
        return start_round(
            name=name,
            year=year,
            purposes=purposes,
            opens_on=today,
            closes_on=closes_on,
            remind_on=remind_on,
            schools=schools,
            anew=anew,
        )


def sample_mails(plan: Plan, closes_on: date, languages: Sequence[str]) -> list[Sample]:
    """The invitation of the first parent who gets one, word for word, in each of these languages (R3).

    Empty when nobody gets a mail. Writes nothing: the address in it opens nothing.
    """
    if not plan.mailed:
        return []
    foundation = Foundation.objects.get(id=current().foundation)
    guardian = Guardian.objects.get(id=plan.mailed[0])
    address = f"{settings.PORTAL_URL}/toestemming/…/"
    samples = []
    for language in languages:
        context = invite_words(plan.families[guardian.id].call_names, closes_on, language)
        message = Message(guardian=guardian, kind=INVITE, language=language, context=context)
        written = mail.write(INVITE, language, words_of(message, foundation, address))
        samples.append(Sample(language, guardian.call_name, written))
    return samples


def sample_pupil_mails(plan: Plan, closes_on: date, languages: Sequence[str]) -> list[Sample]:
    """The same for the first pupil who decides alone and gets a mail."""
    if not plan.pupils:
        return []
    foundation = Foundation.objects.get(id=current().foundation)
    pupil = Pupil.objects.get(id=plan.pupils[0])
    samples = []
    for language in languages:
        around = {"to_name": pupil.call_name, "foundation": foundation_words(foundation, language)}
        written = mail.write(PUPIL_INVITE, language, pupil_words(closes_on, language) | around)
        samples.append(Sample(language, pupil.call_name, written))
    return samples


def start_round(
    *,
    name: str,
    year: SchoolYear,
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
    remind_on: date,
    schools: Sequence[School] = (),
    anew: Purpose | None = None,
) -> Planned:
    """Ask these purposes of everybody who decides for an enrolled child; each gets a link and one message.

    With `schools` only of the families of those schools. Who is asked the same in a round that runs at that
    time is not asked twice (`plan_round`). A pupil who decides alone is asked at the own address (C2).

    The messages wait in the outbox from `opens_on`, 07.00 school time; Celery delivers. Raises IntegrityError
    when a round of that name exists. `anew`: see `plan_round`.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    with transaction.atomic():
        round_ = Round.objects.create(
            foundation=foundation,
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            remind_on=remind_on,
            valid_until=year.ends_on,
        )
        _write_what_is_asked(round_, purposes, schools)
        plan = plan_round(
            purposes=purposes, opens_on=opens_on, closes_on=closes_on, schools=schools, anew=anew
        )
        written, unreachable = _invite(round_, foundation, plan)
        record(
            Verb.ROUND_STARTED,
            "round",
            round_.id,
            name=name,
            written=written,
            unreachable=unreachable,
            pupils=len(plan.pupils),
            schools=sorted(school.slug for school in schools),
        )
    return Planned(round_, written, unreachable)


def _write_what_is_asked(round_: Round, purposes: Sequence[Purpose], schools: Sequence[School]) -> None:
    foundation_id = round_.foundation_id
    RoundPurpose.objects.bulk_create(
        RoundPurpose(foundation_id=foundation_id, round=round_, purpose=purpose) for purpose in purposes
    )
    RoundSchool.objects.bulk_create(
        RoundSchool(foundation_id=foundation_id, round=round_, school=school) for school in schools
    )


def remind(round_: Round) -> int:
    """Put one reminder for each guardian who gave no answer at all since the round opened; 0 the second time.

    For each pupil who was asked, the same.
    After any answer, also a no, nobody is reminded (R2). Give the number of new messages.
    """
    today = current().today
    if not round_.remind_on <= today <= round_.closes_on:
        return 0
    answered = still_said(Submission.objects.filter(at__gte=morning(round_.opens_on), guardian__isnull=False))
    silent = list(
        PersonalLink.objects.filter(round=round_)
        .exclude(guardian_id__in=answered.values("guardian_id"))
        .order_by("guardian_id")
    )
    children = {pk: family.call_names for pk, family in families_on(today).items()}
    return _put(REMINDER, round_, silent, children)[0] + remind_pupils(round_)


def _invite(round_: Round, foundation: Foundation, plan: Plan) -> tuple[int, int]:
    children = {pk: family.call_names for pk, family in plan.families.items()}
    links = [
        PersonalLink(foundation=foundation, round=round_, guardian_id=pk, target=uuid.uuid4())
        for pk in sorted(children)
    ]
    ends_at = datetime.combine(round_.year.ends_on + timedelta(days=1), time(), tzinfo=SCHOOL_TIME)
    PersonalLink.objects.bulk_create(links, batch_size=BATCH)
    LinkKey.objects.bulk_create(
        (key_row(LinkKind.CONSENT, link.target, foundation.id, ends_at) for link in links), batch_size=BATCH
    )
    ask_pupils(round_, plan.pupils)
    return _put(INVITE, round_, links, children)


def _put(
    kind: str, round_: Round, links: Sequence[PersonalLink], children: dict[int, list[str]]
) -> tuple[int, int]:
    guardians = Guardian.objects.in_bulk([link.guardian_id for link in links])
    day = round_.opens_on if kind == INVITE else current().today
    messages = [
        NewMessage(
            kind=kind,
            guardian_id=link.guardian_id,
            language=guardians[link.guardian_id].language,
            cause=f"round:{round_.id}",
            context=invite_words(
                children[link.guardian_id], round_.closes_on, guardians[link.guardian_id].language
            ),
            link=link.target,
            due_at=morning(day),
        )
        for link in links
        if link.guardian_id in children
    ]
    put = put_messages(messages)
    return put.planned, len(put.unreachable)


def invite_words(call_names: list[str], closes_on: date, language: str) -> dict[str, Any]:
    """What the templates of invitation and reminder name: call names only (R6)."""
    return {"children": call_names, "closes_on": day_in(language, closes_on)}
