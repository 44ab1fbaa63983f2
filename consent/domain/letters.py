"""Letters for who has no e-mail, or whose mail came back: one pile per round and school, to hand out per group (R2)."""

from collections.abc import Collection

from consent.domain.papers import Sheet, print_forms, sheets_for
from consent.domain.round_sql import CHILDREN, LINKS, SILENT, day_of, rows_of
from consent.domain.work_lists import BY_LETTER, children_at
from consent.models import PaperPile, Round
from ledger.acting import current
from schools.models import School, StaffMember
from schools.querysets import group_names

# A pile takes about a quarter of a second per letter to make; the next press prints the next ones.
MOST_LETTERS = 200
NOT_YET = f"""
WITH {LINKS}, {CHILDREN}, {SILENT}
SELECT s.guardian_id FROM silent s WHERE s.why = ANY (%(wanted)s) AND NOT EXISTS (
  SELECT FROM consent_paperform f JOIN consent_paperpile b ON b.foundation_id = f.foundation_id AND b.id = f.pile_id
  WHERE f.foundation_id = %(foundation)s AND f.guardian_id = s.guardian_id AND b.round_id = %(round)s
    AND b.school_id = ANY (%(schools)s::bigint[]))
ORDER BY 1
"""  # noqa: S608  fixed text


def parents_to_write(round_: Round, school: School, not_about: Collection[int] = ()) -> list[int]:
    """The guardians of this school whom no mail reaches, who are silent, and got no letter of this round yet."""
    wanted = [str(why) for why in BY_LETTER]
    rows = rows_of(NOT_YET, round_, schools=[school.id], not_about=not_about, wanted=wanted)
    return [row[0] for row in rows]


def letters_for(round_: Round, school: School, not_about: Collection[int] = ()) -> list[Sheet]:
    """A letter per such parent and child of this school, by group and then by name; at most MOST_LETTERS.

    Who may not be contacted about a child gets none about it.
    """
    guardians = set(parents_to_write(round_, school, not_about))
    found = children_at(guardians, [school.id], day_of(round_))
    pupils = {pupil.id: pupil for children in found.values() for pupil in children}
    groups = group_names(sorted(pupils), current().today)
    in_order = sorted(
        pupils.values(), key=lambda one: (groups.get(one.id, ""), one.call_name, one.surname, one.id)
    )
    sheets = sheets_for(in_order, only_silent=True)
    return [one for one in sheets if one.guardian and one.guardian.id in guardians][:MOST_LETTERS]


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
