"""One family is asked by mail: of a pupil who came after the round began, or who still has to begin (R1)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consent.choices import RoundKind
from consent.domain.askable import still_counts
from consent.domain.asked import INVITE, Plan, add_reachable, morning
from consent.domain.counted import born_until
from consent.domain.facts import known_pupils
from consent.domain.families import families_of
from consent.domain.round_mails import invite_words
from consent.domain.rounds import NewLink, new_links
from consent.domain.rounds_of_pupils import ask_pupil_alone
from consent.models import LatestAnswer, PersonalLink, Round, RoundPupil
from consent.querysets import purposes_on, rounds_running
from consent.rules import Days, deciders_at, decides_alone
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.models import Entry
from ledger.refusal import Refusal
from ledger.sql import any_of
from notices.choices import Lane
from notices.domain.put import NewMessage, put_messages, who_can_be_reached
from schools.choices import Authority
from schools.models import Enrolment, Foundation, Guardian, Guardianship, Pupil
from schools.querysets import children_of, here_or_coming, in_force

# How long after the first day a pupil counts as new.
NEW_FOR = timedelta(days=30)
ASK_FAMILIES = (RoundKind.ENROLMENT, RoundKind.YEARLY)
# So many children in one run of the worker; the next run goes on.
MOST_AT_ONCE = 500


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
    round_ = _round_for(pupil)
    return Asking(
        round=round_,
        to_mail=[one for one in silent if one.id in reachable],
        answered=[one for one in guardians if one.id in has_answered],
        unreachable=[one for one in silent if one.id not in reachable],
        asked_on=_asked_on(pupil, round_),
    )


def ask_family(pupil: Pupil) -> int:
    """Mail everybody who decides for this child and has not chosen yet their personal link; gives how many mails.

    They are added to the round that runs for the school of the child, with days of their own: reminders follow
    from it (R2). Who has a link of that round already, for an older child, gets that same link once more, about
    this child. Once per child and round, written down with the child (E1). Raises FamilyNotAsked: then nothing
    is changed.
    """
    with transaction.atomic():
        list(Pupil.objects.select_for_update(no_key=True).filter(id=pupil.id).values_list("id"))
        asking = asking_of(pupil)
        if asking.refusal or asking.round is None:
            raise FamilyNotAsked(asking.refusal)
        _lock(asking.to_mail)
        known = _links_of(asking.round, asking.to_mail)
        days = _days_from_today(asking.round)
        PersonalLink.objects.filter(id__in=[link.id for link in known.values()]).update(
            opens_on=days.opens_on, closes_on=days.closes_on
        )
        new = {one.id: days for one in asking.to_mail if one.id not in known}
        links = known | new_links(asking.round, new)
        put = put_messages(
            [
                _invite(asking.round, guardian, pupil, links[guardian.id], days, is_new=guardian.id in new)
                for guardian in asking.to_mail
            ]
        )
        mailed = sorted(guardian.id for guardian in asking.to_mail)
        record(Verb.FAMILY_ASKED, "pupil", pupil.id, round=asking.round.id, guardians=mailed)
    return put.planned


def new_pupils(schools: Collection[int] | None) -> QuerySet[Enrolment]:
    """The enrolments at these schools (None: at all) of who is new or still comes, and about whom nobody was asked.

    Who was there when the yearly round of this school year began was asked in it, also when it has closed since.
    `has_link`: a parent has a link of a round that runs now.
    """
    return _new(schools).exclude(Exists(LatestAnswer.objects.filter(pupil=OuterRef("pupil")).order_by()))


def _new(schools: Collection[int] | None) -> QuerySet[Enrolment]:
    today = current().today
    links = PersonalLink.objects.filter(
        guardian__guardianships__pupil=OuterRef("pupil"), round__stopped_at=None
    )
    running = links.filter(round__in=rounds_running(today).order_by().values("id"))
    yearly = links.filter(
        round__kind=RoundKind.YEARLY,
        round__year__starts_on__lte=today,
        round__year__ends_on__gte=today,
        opens_on__gte=OuterRef("since"),
    )
    rows = (
        Enrolment.objects.filter(here_or_coming(today), since__gt=today - NEW_FOR)
        .annotate(has_link=Exists(running.order_by()))
        .exclude(Exists(yearly.order_by()))
        .exclude(Exists(_asked_about(OuterRef("pupil_id")).order_by()))
    )
    if schools is not None:
        rows = rows.filter(school__in=schools)
    return rows.select_related("pupil", "school").order_by("since", "pupil__call_name", "id")


def _asked_about(pupil_id: OuterRef) -> QuerySet[Entry]:
    """That the parents were asked about this pupil since the oldest round began that runs and asks families."""
    asked = Entry.objects.filter(verb=Verb.FAMILY_ASKED, subject_type="pupil", subject_id=pupil_id)
    rounds = rounds_running(current().today).filter(kind__in=ASK_FAMILIES)
    began = sorted(
        rounds.order_by().values_list("kind", "opens_on"), key=lambda one: one[0] != RoundKind.ENROLMENT
    )
    return asked.filter(at__date__gte=began[0][1]) if began else asked


def ask_new_pupil(pupil: Pupil) -> int:
    """Ask a new pupil: the parents, or who decides alone at the own address. Gives how many mails.

    Raises FamilyNotAsked: then nothing is changed.
    """
    round_ = _round_for(pupil)
    if round_ is not None and ask_pupil_alone(round_, pupil, _days_from_today(round_)):
        return 1
    return ask_family(pupil)


def families_to_ask() -> list[Enrolment]:
    """The new pupils, one row each, at the schools where a round for that goes on; those who begin first lead."""
    today = current().today
    rounds = rounds_running(today).filter(kind=RoundKind.ENROLMENT, paused_at=None)
    chosen = [
        {row.school_id for row in round_.schools.all()} for round_ in rounds.prefetch_related("schools")
    ]
    if not chosen:
        return []
    everywhere = any(not schools for schools in chosen)
    rows = _with_somebody_to_ask(_new(None if everywhere else frozenset().union(*chosen)))
    return list({row.pupil_id: row for row in rows[:MOST_AT_ONCE]}.values())


def _with_somebody_to_ask(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Those with a decider who has an address and answered nothing yet, or who decide themselves and have one.

    Without this, five hundred pupils without parents (as one file of pupils brings them) would hide all the others.
    """
    today, age = current().today, Foundation.objects.get(id=current().foundation).decides_from_age
    answers = LatestAnswer.objects.filter(pupil=OuterRef("pupil"), guardian=OuterRef("guardian"))
    deciding = Guardianship.objects.filter(
        in_force(today), pupil=OuterRef("pupil"), authority=Authority.FULL, may_be_contacted=True
    )
    silent = deciding.exclude(guardian__email="").exclude(Exists(answers.order_by()))
    alone = Q(pupil__born_on__lte=born_until(age, today)) & ~Q(pupil__email="")
    asked = RoundPupil.objects.filter(pupil=OuterRef("pupil"), round__in=rounds_running(today).order_by())
    return rows.filter(Exists(silent.order_by()) | (alone & ~Exists(asked.order_by())))


def plan_of_new_pupils() -> Plan:
    """Whose parents would be asked today if new pupils were asked by themselves at all schools. Writes nothing."""
    today, plan = current().today, Plan()
    ids = set(_with_somebody_to_ask(_new(None)).order_by().values_list("pupil_id", flat=True))
    deciding = Guardianship.objects.filter(
        in_force(today), authority=Authority.FULL, pupil__in=any_of("bigint", ids)
    )
    add_reachable(plan, families_of(sorted(set(deciding.values_list("guardian_id", flat=True))), today))
    return plan


def _asked_on(pupil: Pupil, round_: Round | None) -> date | None:
    """When these parents were mailed about this child in the round that runs; None when they were not."""
    asked = Entry.objects.filter(verb=Verb.FAMILY_ASKED, subject_type="pupil", subject_id=pupil.id)
    if round_ is not None:
        asked = asked.filter(at__date__gte=round_.opens_on)
    last = asked.last()
    return last.at.astimezone(SCHOOL_TIME).date() if last else None


def _days_from_today(round_: Round) -> Days:
    """From today; as long as the round gives a family, or until it closes, and never beyond the school year."""
    today = current().today
    last = round_.closes_on if round_.answer_days is None else today + timedelta(days=round_.answer_days)
    return Days(today, min(last, round_.year.ends_on))


def _lock(guardians: Sequence[Guardian]) -> None:
    """Two children of one parent, asked at the same second, make one link."""
    ids = sorted(one.id for one in guardians)
    list(Guardian.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))


def _round_for(pupil: Pupil) -> Round | None:
    """The round for new pupils of this child's school; else the newest that asks every family there."""
    schools = set(
        Enrolment.objects.filter(here_or_coming(current().today), pupil=pupil)
        .order_by()
        .values_list("school_id", flat=True)
    )
    rounds = rounds_running(current().today).filter(kind__in=ASK_FAMILIES).prefetch_related("schools")
    for round_ in sorted(rounds, key=lambda one: one.kind != RoundKind.ENROLMENT):
        chosen = {row.school_id for row in round_.schools.all()}
        if schools and (not chosen or chosen & schools):
            return round_
    return None


def _links_of(round_: Round, guardians: Iterable[Guardian]) -> dict[int, PersonalLink]:
    rows = PersonalLink.objects.filter(round=round_, guardian__in=list(guardians)).order_by("id")
    return {link.guardian_id: link for link in rows}


def _invite(
    round_: Round, guardian: Guardian, pupil: Pupil, link: PersonalLink | NewLink, days: Days, *, is_new: bool
) -> NewMessage:
    """The invitation of the round; who had one already gets it for this child alone, as a mail of its own."""
    names = _children(guardian) if is_new else [pupil.call_name]
    return NewMessage(
        kind=INVITE,
        guardian_id=guardian.id,
        language=guardian.language,
        cause=round_.cause if is_new else f"enrolment:{pupil.id}",
        context=invite_words(names, days.closes_on, guardian.language),
        link=link.target,
        due_at=max(current().now, morning(current().today)),
        lane=Lane.ROUNDS,
        held_as=round_.cause,
    )


def _children(guardian: Guardian) -> list[str]:
    today, age = current().today, guardian.foundation.decides_from_age
    return [
        child.call_name
        for child in children_of(guardian, today)
        if child.represented_by_me  # type: ignore[attr-defined]
        or not decides_alone(child.born_on, age, today)
    ]
