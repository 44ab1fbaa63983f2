"""Whom the school asks in another way: the work lists of a round, by name and with the reason (R2, R7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consent.choices import RoundKind, RoundList, Silence, TaskKind
from consent.domain.counted import born_until
from consent.domain.families import families_of
from consent.domain.round_mails import INVITE, OVERVIEW, REMINDERS, invitation, invite_words, question_of
from consent.domain.round_sql import CHILDREN, LINKS, SILENT, again_causes, day_of, rows_of
from consent.models import PaperForm, PersonalLink, Round, RoundSchool
from consent.querysets import tasks_of
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from notices.choices import Lane, State
from notices.domain.bounces import reopen
from notices.domain.put import NewMessage, put_messages
from notices.models import Message
from schools.choices import Authority
from schools.models import Enrolment, Guardian, Guardianship, Pupil
from schools.querysets import here_or_coming, in_force, named

PAGE = 50
OF_LIST = {
    RoundList.UNREACHABLE: (Silence.NO_CONTACT, Silence.NO_ADDRESS, Silence.NO_MAIL),
    RoundList.CAME_BACK: (Silence.BOUNCED, Silence.CAME_BACK),
    RoundList.SILENT: (Silence.SILENT,),
}
# Who gets a letter, since no mail comes through; not who may not be contacted.
BY_LETTER = (Silence.NO_ADDRESS, Silence.NO_MAIL, Silence.BOUNCED, Silence.CAME_BACK)
# Whose address may work now, or is right after all: asked again with one tap (R2).
MAY_MAIL = (Silence.CAME_BACK, Silence.NO_MAIL, Silence.BOUNCED)

COUNTED = f"WITH {LINKS}, {CHILDREN}, {SILENT} SELECT round_id, why, count(*) FROM silent GROUP BY 1, 2"  # noqa: S608
# Computed once, not for each row: what the words are without accents.
NAMED = """unaccent(concat_ws(' ', '', {0}.call_name, {0}.prefix, {0}.surname))
    ILIKE ALL (ARRAY(SELECT unaccent(w) FROM unnest(%(words)s::text[]) w))"""
# The name of the parent or of a child begins with each word, in any order, accents aside.
FOUND = f"""
WITH {LINKS}, {CHILDREN}, {SILENT}
SELECT s.guardian_id, s.why, (SELECT b.status FROM notices_bounce b WHERE b.foundation_id = %(foundation)s
    AND b.guardian_id = s.guardian_id AND b.kind = 'bounce' ORDER BY b.at DESC, b.id DESC LIMIT 1),
  count(*) OVER ()
FROM silent s JOIN schools_guardian p ON p.foundation_id = %(foundation)s AND p.id = s.guardian_id
WHERE s.why = ANY (%(wanted)s) AND (cardinality(%(words)s::text[]) = 0
  OR {NAMED.format("p")}
  OR s.guardian_id IN (SELECT c.guardian_id FROM enrolled c
    JOIN schools_pupil k ON k.foundation_id = %(foundation)s AND k.id = c.pupil_id
    WHERE (%(schools)s::bigint[] IS NULL OR c.school_id = ANY (%(schools)s::bigint[])) AND {NAMED.format("k")}))
ORDER BY lower(unaccent(p.surname)), lower(unaccent(p.call_name)), p.id LIMIT %(most)s OFFSET %(after)s
"""  # noqa: S608  fixed text; the words are parameters


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody on a work list: why, by which status the mail came back ("" when none did), and of which children.

    `letter_on`: a letter of this round was printed that day. `was_mailed`: a mail of it really left.
    """

    guardian: Guardian
    why: Silence
    status: str
    children: list[Pupil] = field(default_factory=list)
    letter_on: date | None = None
    was_mailed: bool = True

    @property
    def may_mail(self) -> bool:
        return self.why in MAY_MAIL


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, by list; tasks as numbers too, since they have a list of their own (R7)."""

    lists: dict[RoundList, int]
    conflicts: int = 0
    talks: int = 0

    @property
    def is_empty(self) -> bool:
        return not (any(self.lists.values()) or self.conflicts or self.talks)


class CannotMail(Refusal):
    """Nobody is mailed again; the code says why."""

    WORDS = {
        "held": _("This round waits or is over, so no mail can leave. Call, or print a form."),
        "answered": _("This parent has chosen already."),
        "unreachable": _("There is no e-mail address that works. First correct it in the administration."),
        "mailed": _("This parent has a mail already that did not come back."),
        "often": _("This parent was mailed again three times. Call, or print a form."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.WORDS[code], code)


def waiting_in(
    round_: Round, *, schools: Collection[int] | None = None, not_about: Collection[int] = ()
) -> Waiting:
    """How many wait on each list of this round: at these schools, or at all (None). A few statements."""
    lists = parents_waiting([round_], schools=schools, not_about=not_about)[round_.id]
    lists[RoundList.NO_DECIDER] = without_decider(round_, schools=schools, not_about=not_about).count()
    chosen = set(RoundSchool.objects.filter(round=round_).values_list("school_id", flat=True))
    here = schools if not chosen else chosen if schools is None else chosen.intersection(schools)
    open_now = tasks_of(here, frozenset(), not_about).filter(closed_at=None).order_by()
    kinds = list(open_now.filter(kind__in=[TaskKind.CONFLICT, TaskKind.TALK]).values_list("kind", flat=True))
    return Waiting(lists, kinds.count(TaskKind.CONFLICT), kinds.count(TaskKind.TALK))


def parents_waiting(
    rounds: Sequence[Round], *, schools: Collection[int] | None = None, not_about: Collection[int] = ()
) -> dict[int, dict[RoundList, int]]:
    """How many parents are silent in each of these rounds, by list; in one statement, for a start page."""
    rows = rows_of(COUNTED, rounds, schools=schools, not_about=not_about)
    counts = {(pk, why): count for pk, why, count in rows}
    found = {
        one.id: {which: sum(counts.get((one.id, why), 0) for why in OF_LIST[which]) for which in OF_LIST}
        for one in rounds
    }
    for one in rounds:
        if one.kind == RoundKind.OVERVIEW:
            found[one.id][RoundList.SILENT] = 0  # it asks nothing, so nobody is late with an answer
    return found


def people_on(
    round_: Round,
    which: RoundList,
    *,
    schools: Collection[int] | None = None,
    not_about: Collection[int] = (),
    query: str = "",
    after: int = 0,
    most: int = PAGE,
) -> tuple[list[Silent], int]:
    """The parents of one list by surname, `most` from `after` on, and how many there are in all (0 past the end).

    Their children are those they decide for at these schools. The caller writes down whom it shows (E2).
    """
    words = [f"% {escaped(word)}%" for word in query.split()]
    rows = rows_of(
        FOUND,
        [round_],
        schools=schools,
        not_about=not_about,
        wanted=[str(why) for why in OF_LIST[which]],
        words=words,
        most=most,
        after=after,
    )
    ids = [row[0] for row in rows]
    guardians, children = Guardian.objects.in_bulk(ids), children_at(ids, schools, day_of(round_))
    letters, mailed = _letters_of(round_, ids), _mailed_of(round_, ids)
    people = [
        Silent(guardians[pk], Silence(why), status or "", children.get(pk, []), letters.get(pk), pk in mailed)
        for pk, why, status, _total in rows
    ]
    return people, rows[0][3] if rows else 0


def without_decider(
    round_: Round, *, schools: Collection[int] | None = None, not_about: Collection[int] = ()
) -> QuerySet[Pupil]:
    """The pupils at the schools of this round of whom nobody is known who decides, and who do not decide alone."""
    if round_.kind in {RoundKind.STAFF, RoundKind.OVERVIEW}:
        return Pupil.objects.none()
    day, age = day_of(round_), round_.foundation.decides_from_age
    here = Enrolment.objects.filter(here_or_coming(day)).order_by()
    chosen = RoundSchool.objects.filter(round=round_).order_by()
    if ids := list(chosen.values_list("school_id", flat=True)):
        here = here.filter(school_id__in=ids)
    if schools is not None:
        here = here.filter(school_id__in=schools)
    deciding = Guardianship.objects.filter(in_force(day), authority=Authority.FULL, pupil=OuterRef("id"))
    return (
        Pupil.objects.filter(id__in=here.values("pupil_id"), born_on__gt=born_until(age, day))
        .exclude(Exists(deciding.order_by()))
        .exclude(id__in=list(not_about))
        .order_by("call_name", "surname", "id")
    )


def pupils_without_decider(
    round_: Round, *, query: str = "", after: int = 0, **reach: Collection[int] | None
) -> tuple[list[Pupil], int]:
    """A page of them by call name, and how many there are."""
    found = without_decider(round_, **reach)  # type: ignore[arg-type]
    if query:
        found = found.filter(named(query))
    return list(found[after : after + PAGE]), found.count()


def standing_of(round_: Round, guardian: Guardian) -> Silence | None:
    """How it stands with one parent of this round; None when something was answered, or nothing is asked."""
    rows = rows_of(f"WITH {LINKS}, {CHILDREN}, {SILENT} SELECT why FROM silent", [round_], only=guardian.id)  # noqa: S608
    return Silence(rows[0][0]) if rows else None


def mail_again(round_: Round, guardian: Guardian) -> None:
    """The invitation once more, with the same link: the address was corrected, or is right after all (R2).

    It leaves at once, save at quiet times, and waits and stops with the round. An address that was closed opens for
    every mail. At most three times to one person, written down with that person (E1). Raises CannotMail: then nothing
    happened.
    """
    with transaction.atomic():
        links = PersonalLink.objects.select_for_update(no_key=True, of=("self",))
        link = links.filter(round=round_, guardian=guardian).select_related("round").get()
        if link.round.is_held or not link.opens_on <= current().today <= link.closes_on:
            raise CannotMail("held")
        cause = _next_cause(round_, guardian, standing_of(round_, guardian))
        family = families_of([guardian.id], current().today)[guardian.id]
        words = invite_words(family.call_names, link.closes_on, guardian.language, question_of(round_))
        mail = NewMessage(
            kind=invitation(round_.kind),
            guardian_id=guardian.id,
            language=guardian.language,
            cause=cause,
            context=words,
            link=link.target,
            lane=Lane.ROUNDS,
            held_as=round_.cause,
        )
        reopened = reopen(guardian)
        if not put_messages([mail]).planned:
            raise CannotMail("unreachable")
        record(Verb.ROUND_MAILED_AGAIN, "guardian", guardian.id, round=round_.id, reopened=reopened)


def children_at(
    guardian_ids: Collection[int], schools: Collection[int] | None, day: date
) -> dict[int, list[Pupil]]:
    """For whom these guardians decide at these schools (None: anywhere), youngest first."""
    families = families_of(guardian_ids, day) if guardian_ids else {}
    ids = {pk for family in families.values() for pk in family.children}
    pupils = Pupil.objects.filter(id__in=ids)
    if schools is not None:
        here = Enrolment.objects.filter(here_or_coming(day), school_id__in=list(schools)).order_by()
        pupils = pupils.filter(id__in=here.values("pupil_id"))
    known = pupils.order_by("id").in_bulk()
    return {pk: [known[one] for one in family.children if one in known] for pk, family in families.items()}


def escaped(word: str) -> str:
    """A word as it is, in a pattern of ILIKE."""
    return word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _next_cause(round_: Round, guardian: Guardian, why: Silence | None) -> str:
    if why is None:
        raise CannotMail("answered")
    if why not in MAY_MAIL:
        raise CannotMail("mailed" if why == Silence.SILENT else "unreachable")
    causes = again_causes(round_)
    used = set(
        Message.objects.filter(cause__in=causes, guardian=guardian).order_by().values_list("cause", flat=True)
    )
    free = [cause for cause in causes if cause not in used]
    if not free:
        raise CannotMail("often")
    return free[0]


def _mailed_of(round_: Round, guardian_ids: Collection[int]) -> set[int]:
    """Of these guardians those to whom a mail of this round left: what waits, is held or was stopped did not."""
    mails = Message.objects.filter(cause__in=[round_.cause, *again_causes(round_)], state=State.SENT)
    kinds = [INVITE, OVERVIEW, *REMINDERS]
    found = mails.filter(kind__in=kinds, guardian_id__in=list(guardian_ids)).order_by()
    return set(found.values_list("guardian_id", flat=True))


def _letters_of(round_: Round, guardian_ids: Collection[int]) -> dict[int, date]:
    forms = PaperForm.objects.filter(Q(pile__round=round_), guardian_id__in=list(guardian_ids))
    return dict(forms.order_by("printed_on", "id").values_list("guardian_id", "printed_on"))
