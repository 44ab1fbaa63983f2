"""Forms on paper: one per child and per person who decides, each with a code by which it is found again (UX-P15)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import PARENT_LANGUAGES
from consent.domain.askable import stands_on_sheet, still_counts
from consent.domain.facts import known_pupils, policy_of
from consent.models import LatestAnswer, PaperForm, PaperPile, Purpose, Round
from consent.querysets import purposes_on
from consent.rules import PUPIL, Facts, deciders_at, first_day, is_superseded, may_be_asked
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import Fact, record_all
from ledger.refusal import Refusal
from notices.doorbell import ring_for
from schools.models import Foundation, Group, Guardian, Guardianship, Pupil, School, StaffMember
from schools.querysets import in_force, pupils_of_group

from .piles import QUEUE, TASK


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form to print; without a guardian for the pupil who decides, or for a parent who writes the own name."""

    pupil: Pupil
    guardian: Guardian | None
    language: str


class NobodyToPrint(Refusal):
    code = "nobody_to_print"
    message = _("There is nobody to print a form for: nobody decides, or everybody has chosen already.")


def sheets_for(pupils: Sequence[Pupil], *, only_silent: bool = False) -> list[Sheet]:
    """A sheet for everybody who decides for these pupils today, in their order (C1, C2).

    Somebody who may not be contacted gets none, nor does a pupil who left. `only_silent`: not for
    who has answered every question that is asked today.
    """
    today, foundation = current().today, Foundation.objects.get(id=current().foundation)
    by_id = {pupil.id: pupil for pupil in pupils}
    known = {child.id: child.facts for child in known_pupils(sorted(by_id))}
    guardians = _who_may_be_contacted(known)
    answered = _answered(known) if only_silent else set()
    sheets = []
    for pupil in pupils:
        facts = known[pupil.id]
        if first_day(facts, None, today) is None:
            continue
        deciders = deciders_at(facts, foundation.decides_from_age, today)
        if PUPIL in deciders:
            sheets.append(Sheet(pupil, None, "nl"))
        for guardian_id in sorted(pk for pk in deciders if pk is not None):
            guardian = guardians.get((pupil.id, guardian_id))
            if guardian is not None:
                sheets.append(Sheet(pupil, guardian, language_of(guardian)))
    return [
        sheet for sheet in sheets if (sheet.pupil.id, sheet.guardian and sheet.guardian.id) not in answered
    ]


def sheets_for_group(group: Group, *, only_silent: bool = False) -> list[Sheet]:
    """A sheet for everybody who decides for a pupil of this group, sorted by the pupil's name."""
    return sheets_for(list(pupils_of_group(group)), only_silent=only_silent)


def language_of(guardian: Guardian) -> str:
    """The family's language where the portal speaks it; else Dutch, the authoritative one."""
    return guardian.language if guardian.language in PARENT_LANGUAGES else "nl"


def print_forms(
    *,
    sheets: Sequence[Sheet],
    by: StaffMember,
    group: Group | None = None,
    round_: Round | None = None,
    school: School | None = None,
) -> PaperPile:
    """Give every sheet its code and ask a worker for the PDF of all of them; written down per child (E1).

    For a round each form comes behind a letter. The words are those of today, and stay so however late the PDF is
    made. Raises NobodyToPrint.
    """
    if not sheets:
        raise NobodyToPrint
    now = current()
    with transaction.atomic():
        pile = PaperPile.objects.create(
            foundation_id=now.foundation,
            group=group,
            round=round_,
            school=school,
            asked_by=by,
            asked_at=now.now,
        )
        forms = PaperForm.objects.bulk_create(
            PaperForm(
                foundation_id=now.foundation,
                pupil=sheet.pupil,
                guardian=sheet.guardian,
                language=sheet.language,
                printed_on=now.today,
                printed_by=by,
                pile=pile,
            )
            for sheet in sheets
        )
        record_all([_fact(form) for form in forms])
        transaction.on_commit(lambda: ring_for(TASK, now.foundation, queue=QUEUE))
    return pile


def still_worded_so(form: PaperForm) -> tuple[list[Purpose], list[Purpose]]:
    """What this form asks: the questions in words that hold today, and those that were put differently since.

    A purpose that is not asked any more is in neither, nor one of a school that the child left; one that came
    later is not on the paper. An event can be entered until its school year ends (C9).
    """
    same: list[Purpose] = []
    changed: list[Purpose] = []
    today, foundation = current().today, Foundation.objects.get(id=form.foundation_id)
    facts = known_pupils([form.pupil_id])[0].facts
    for purpose in purposes_on(today):
        wordings = policy_of(purpose, foundation).wordings
        is_asked = may_be_asked(facts, purpose.school_id, purpose.event_on, today)
        if is_asked and stands_on_sheet(facts, purpose, form.printed_on):
            hard = is_superseded(wordings, printed_on=form.printed_on, today=today)
            (changed if hard else same).append(purpose)
    return same, changed


def _fact(form: PaperForm) -> Fact:
    words = {"form": form.code, "guardian": form.guardian_id, "language": form.language}
    return Fact(Verb.FORM_PRINTED, "pupil", form.pupil_id, words)


def _who_may_be_contacted(pupil_ids: Iterable[int]) -> dict[tuple[int, int], Guardian]:
    rows = Guardianship.objects.filter(
        in_force(current().today), pupil_id__in=list(pupil_ids), may_be_contacted=True
    )
    return {
        (row.pupil_id, row.guardian_id): row.guardian
        for row in rows.select_related("guardian").order_by("id")
    }


def _answered(known: Mapping[int, Facts]) -> set[tuple[int, int | None]]:
    """Who has answered everything that is asked about that child today; a yes that ended is no answer (C3)."""
    today = current().today
    purposes = list(purposes_on(today))
    asked = {
        pk: {purpose.id for purpose in purposes if stands_on_sheet(facts, purpose, today)}
        for pk, facts in known.items()
    }
    given: dict[tuple[int, int | None], set[int]] = {}
    by_id = {purpose.id: purpose for purpose in purposes}
    rows = LatestAnswer.objects.filter(pupil_id__in=list(known), purpose_id__in=by_id).select_related(
        "version"
    )
    for row in rows.order_by("id"):
        if still_counts(row, by_id[row.purpose_id]):
            given.setdefault((row.pupil_id, row.guardian_id), set()).add(row.purpose_id)
    return {who for who, purposes in given.items() if purposes >= asked[who[0]]}
