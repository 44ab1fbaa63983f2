"""Letters for who has no e-mail, or whose mail came back: one pile per round and school, to hand out per group (R2)."""

from collections.abc import Collection

from consent.domain.papers import Sheet, print_forms, sheets_for
from consent.domain.round_sql import CHILDREN, LINKS, SILENT, rows_of
from consent.domain.work_lists import BY_LETTER
from consent.models import PaperPile, Round
from ledger.acting import current
from schools.models import Pupil, School, StaffMember
from schools.querysets import group_names

# A pile takes about a quarter of a second per letter to make; the next press prints the next ones.
MOST_LETTERS = 200
# Per parent and child: a pile may end in the middle of a family.
NOT_YET = f"""
WITH {LINKS}, {CHILDREN}, {SILENT}
SELECT DISTINCT s.guardian_id, e.pupil_id FROM silent s JOIN enrolled e ON e.guardian_id = s.guardian_id
WHERE s.why = ANY (%(wanted)s) AND e.school_id = ANY (%(schools)s::bigint[]) AND NOT EXISTS (
  SELECT FROM consent_paperform f JOIN consent_paperpile b ON b.foundation_id = f.foundation_id AND b.id = f.pile_id
  WHERE f.foundation_id = %(foundation)s AND f.guardian_id = s.guardian_id AND f.pupil_id = e.pupil_id
    AND b.round_id = s.round_id AND b.school_id = ANY (%(schools)s::bigint[]))
"""  # noqa: S608  fixed text


def parents_to_write(round_: Round, school: School, not_about: Collection[int] = ()) -> list[int]:
    """The silent guardians of this school whom no mail reaches, for whom a letter of this round was not printed yet."""
    sheets = _letters_left(round_, school, not_about)
    return sorted({one.guardian.id for one in sheets if one.guardian})


def letters_for(round_: Round, school: School, not_about: Collection[int] = ()) -> list[Sheet]:
    """A letter per such parent and child of this school, by group and then by name; at most MOST_LETTERS.

    Who may not be contacted about a child gets none about it.
    """
    return _letters_left(round_, school, not_about)[:MOST_LETTERS]


def print_letters(
    *, round_: Round, school: School, by: StaffMember, not_about: Collection[int] = ()
) -> PaperPile:
    """Give every letter its form with a code, and ask a worker for the PDF; written down per child (E1).

    Raises NobodyToPrint when everybody has a letter, or was reached.
    """
    return print_forms(sheets=letters_for(round_, school, not_about), by=by, round_=round_, school=school)


def piles_of(round_: Round, school: School, by: StaffMember) -> list[PaperPile]:
    """The piles of letters that this person asked for, the newest first; without the PDFs themselves."""
    mine = PaperPile.objects.filter(round=round_, school=school, asked_by=by)
    return list(mine.defer("pdf").order_by("-asked_at", "-id")[:5])


def _letters_left(round_: Round, school: School, not_about: Collection[int]) -> list[Sheet]:
    wanted = [str(why) for why in BY_LETTER]
    pairs = set(rows_of(NOT_YET, [round_], schools=[school.id], not_about=not_about, wanted=wanted))
    pupils = list(Pupil.objects.filter(id__in={pupil_id for _guardian_id, pupil_id in pairs}).order_by("id"))
    groups = group_names([one.id for one in pupils], current().today)
    pupils.sort(key=lambda one: (groups.get(one.id, ""), one.call_name, one.surname, one.id))
    sheets = sheets_for(pupils, only_silent=True)
    return [one for one in sheets if one.guardian and (one.guardian.id, one.pupil.id) in pairs]
