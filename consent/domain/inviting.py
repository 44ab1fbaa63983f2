"""One family is asked by mail: of a pupil who came after the round began, or who still has to begin (R1)."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkKind
from accounts.links import key_row
from accounts.models import LinkKey
from consent.domain.askable import still_counts
from consent.domain.asked import INVITE, morning
from consent.domain.facts import known_pupils
from consent.domain.rounds import invite_words
from consent.models import LatestAnswer, PersonalLink, Round
from consent.querysets import purposes_on, rounds_running
from consent.rules import deciders_at, decides_alone
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.models import Entry
from ledger.refusal import Refusal
from notices.domain.put import NewMessage, put_messages, who_can_be_reached
from schools.models import Enrolment, Foundation, Guardian, Pupil
from schools.querysets import children_of, here_or_coming

# How long after the first day a pupil counts as new.
NEW_FOR = timedelta(days=30)


class FamilyNotAsked(Refusal):
    """The parents get no mail; the code says why."""

    WORDS = {
        "no_round": _("No question round runs for this school now, so no mail can be sent. Print a form."),
        "asked_before": _("These parents were asked about this child already."),
        "nobody": _("There is nobody to mail: everybody has chosen, or no e-mail address is known."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.WORDS[code], code)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who decides for one child, and what stands in the way of a mail: `refusal` is its code, "" when none does."""

    round: Round | None
    to_mail: list[Guardian] = field(default_factory=list)
    answered: list[Guardian] = field(default_factory=list)
    unreachable: list[Guardian] = field(default_factory=list)
    asked_on: date | None = None

    @property
    def refusal(self) -> str:
        if self.asked_on is not None:
            return "asked_before"
        if not self.to_mail:
            return "nobody"
        return "" if self.round else "no_round"


def asking_of(pupil: Pupil) -> Asking:
    """How it stands with the parents of this child today. Writes nothing."""
    today, foundation = current().today, Foundation.objects.get(id=current().foundation)
    deciders = deciders_at(known_pupils([pupil.id])[0].facts, foundation.decides_from_age, today)
    guardians = list(
        Guardian.objects.filter(id__in=[pk for pk in deciders if pk]).order_by("call_name", "id")
    )
    purposes = {purpose.id: purpose for purpose in purposes_on(today)}
    answers = LatestAnswer.objects.filter(pupil=pupil, guardian__in=guardians, purpose_id__in=purposes)
    has_answered = {
        row.guardian_id
        for row in answers.select_related("version").order_by("id")
        if still_counts(row, purposes[row.purpose_id])
    }
    silent = [one for one in guardians if one.id not in has_answered]
    reachable = who_can_be_reached([one.id for one in silent], today)[0]
    asked = Entry.objects.filter(verb=Verb.FAMILY_ASKED, subject_type="pupil", subject_id=pupil.id).last()
    return Asking(
        round=_round_for(pupil),
        to_mail=[one for one in silent if one.id in reachable],
        answered=[one for one in guardians if one.id in has_answered],
        unreachable=[one for one in silent if one.id not in reachable],
        asked_on=asked.at.astimezone(SCHOOL_TIME).date() if asked else None,
    )


def ask_family(pupil: Pupil) -> int:
    """Mail everybody who decides for this child and has not chosen yet their personal link; gives how many mails.

    They are added to the round that runs for the school of the child: reminders follow from it (R2). Who has a
    link of that round already, for an older child, gets that same link once more, about this child. Once per
    child, written down with the child (E1). Raises FamilyNotAsked: then nothing is changed.
    """
    with transaction.atomic():
        list(Pupil.objects.select_for_update(no_key=True).filter(id=pupil.id).values_list("id"))
        asking = asking_of(pupil)
        if asking.refusal or asking.round is None:
            raise FamilyNotAsked(asking.refusal)
        known = _links_of(asking.round, asking.to_mail)
        links = known | _new_links(asking.round, [one for one in asking.to_mail if one.id not in known])
        put = put_messages(
            [
                _invite(asking.round, guardian, pupil, links[guardian.id], is_new=guardian.id not in known)
                for guardian in asking.to_mail
            ]
        )
        mailed = sorted(guardian.id for guardian in asking.to_mail)
        record(Verb.FAMILY_ASKED, "pupil", pupil.id, round=asking.round.id, guardians=mailed)
    return put.planned


def new_pupils(schools: Collection[int] | None) -> QuerySet[Enrolment]:
    """The enrolments at these schools (None: at all) of who is new or still comes, and was not asked by mail yet.

    Who was there when a round began was asked in it. `has_link`: a parent has a link of a round that runs now.
    """
    today = current().today
    links = PersonalLink.objects.filter(
        round__in=rounds_running(today).order_by().values("id"),
        guardian__guardianships__pupil=OuterRef("pupil"),
    )
    asked = Entry.objects.filter(
        verb=Verb.FAMILY_ASKED, subject_type="pupil", subject_id=OuterRef("pupil_id")
    )
    rows = (
        Enrolment.objects.filter(here_or_coming(today), since__gt=today - NEW_FOR)
        .annotate(has_link=Exists(links.order_by()))
        .exclude(Exists(links.filter(round__opens_on__gte=OuterRef("since")).order_by()))
        .exclude(Exists(asked.order_by()))
        .exclude(Exists(LatestAnswer.objects.filter(pupil=OuterRef("pupil")).order_by()))
    )
    if schools is not None:
        rows = rows.filter(school__in=schools)
    return rows.select_related("pupil", "school").order_by("since", "pupil__call_name", "id")


def _round_for(pupil: Pupil) -> Round | None:
    """The newest round that runs now and asks the families of this child's school."""
    schools = set(
        Enrolment.objects.filter(here_or_coming(current().today), pupil=pupil)
        .order_by()
        .values_list("school_id", flat=True)
    )
    for round_ in rounds_running(current().today).prefetch_related("schools"):
        chosen = {row.school_id for row in round_.schools.all()}
        if schools and (not chosen or chosen & schools):
            return round_
    return None


def _links_of(round_: Round, guardians: Iterable[Guardian]) -> dict[int, PersonalLink]:
    rows = PersonalLink.objects.filter(round=round_, guardian__in=list(guardians)).order_by("id")
    return {link.guardian_id: link for link in rows}


def _new_links(round_: Round, guardians: Sequence[Guardian]) -> dict[int, PersonalLink]:
    links = [
        PersonalLink(foundation_id=round_.foundation_id, round=round_, guardian=one, target=uuid.uuid4())
        for one in guardians
    ]
    ends_at = datetime.combine(round_.year.ends_on + timedelta(days=1), time(), tzinfo=SCHOOL_TIME)
    PersonalLink.objects.bulk_create(links)
    LinkKey.objects.bulk_create(
        key_row(LinkKind.CONSENT, link.target, round_.foundation_id, ends_at) for link in links
    )
    return {link.guardian_id: link for link in links}


def _invite(
    round_: Round, guardian: Guardian, pupil: Pupil, link: PersonalLink, *, is_new: bool
) -> NewMessage:
    """The invitation of the round; who had one already gets it for this child alone, as a mail of its own."""
    names = _children(guardian) if is_new else [pupil.call_name]
    return NewMessage(
        kind=INVITE,
        guardian_id=guardian.id,
        language=guardian.language,
        cause=f"round:{round_.id}" if is_new else f"enrolment:{pupil.id}",
        context=invite_words(names, round_.closes_on, guardian.language),
        link=link.target,
        due_at=max(current().now, morning(current().today)),
    )


def _children(guardian: Guardian) -> list[str]:
    today, age = current().today, guardian.foundation.decides_from_age
    return [
        child.call_name
        for child in children_of(guardian, today)
        if child.represented_by_me  # type: ignore[attr-defined]
        or not decides_alone(child.born_on, age, today)
    ]
