"""Who decides for a child, from a day until a day: what the school has seen a paper of goes over what stood there."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.choices import Authority, Representation, Source
from schools.models import Guardian, Guardianship, Pupil

ONE_DAY = timedelta(days=1)


class NotTheirs(Refusal):
    code = "not_theirs"
    message = _("This person is not known with this child. Import the parent first.")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says that somebody may do. `until` None: without end; else what stood there goes on after it."""

    authority: Authority
    source: Source
    source_on: date
    since: date
    until: date | None = None
    representation: Representation | None = None  # decides also beyond the age, by which order

    @property
    def columns(self) -> dict[str, object]:
        return {
            "authority": str(self.authority),
            "beyond_16": self.representation is not None,
            "representation": str(self.representation or ""),
            "source": str(self.source),
            "source_on": self.source_on,
        }


def set_authority(*, guardian: Guardian, pupil: Pupil, paper: Paper, verified_by: str) -> bool:
    """From `paper.since` until `paper.until` this guardian may do for this pupil what the paper says; no other day
    changes. Gives whether it is something else than what stood there.

    It counts for staff from this commit on, for every day that it covers (C2). The caller holds the lock on the
    pupil and has its transaction open. Adds one ledger entry, with what stood there. Raises NotTheirs.
    """
    rows = list(ties_of(pupil, guardian))
    if not rows:
        raise NotTheirs
    before = [_as_written(row) for row in rows]
    is_new = any(_says_else(row, paper) for row in rows if _meets(row, paper)) or not _is_covered(rows, paper)
    model = rows[-1]
    _make_room(rows, paper)
    Guardianship.objects.create(
        foundation_id=pupil.foundation_id,
        guardian=guardian,
        pupil=pupil,
        since=paper.since,
        until=paper.until,
        may_be_contacted=model.may_be_contacted,
        verified_by=verified_by,
        **paper.columns,
    )
    after = [_as_written(row) for row in ties_of(pupil, guardian)]
    record(Verb.AUTHORITY_SET, "pupil", pupil.id, guardian=guardian.id, before=before, after=after)
    return is_new


def ties_of(pupil: Pupil, guardian: Guardian | None = None) -> list[Guardianship]:
    """What every guardian (or this one) may do for this pupil, of all times: by first day."""
    rows = Guardianship.objects.filter(pupil=pupil).select_related("guardian")
    if guardian is not None:
        rows = rows.filter(guardian=guardian)
    return list(rows.order_by("since", "id"))


def _make_room(rows: list[Guardianship], paper: Paper) -> None:
    """Cut what stood there around the days of the paper: before it, and after it, everything stays as it was."""
    is_continued = False
    for row in reversed(rows):
        if not _meets(row, paper):
            continue
        goes_on = paper.until is not None and (row.until is None or row.until > paper.until)
        goes_on, is_continued = goes_on and not is_continued, is_continued or goes_on
        last = row.until
        if row.since < paper.since:
            row.until = paper.since - ONE_DAY
            row.save(update_fields=["until"])
            if goes_on:
                row.pk, row.since, row.until = None, _day_after(paper), last
                row.save(force_insert=True)
        elif goes_on:
            row.since = _day_after(paper)
            row.save(update_fields=["since"])
        else:
            row.delete()


def _day_after(paper: Paper) -> date:
    return (paper.until or current().today) + ONE_DAY


def _meets(row: Guardianship, paper: Paper) -> bool:
    return (paper.until is None or row.since <= paper.until) and (
        row.until is None or row.until >= paper.since
    )


def _is_covered(rows: list[Guardianship], paper: Paper) -> bool:
    """What stood there ran on without a gap until the last day of the paper, so only its words may differ."""
    day = paper.since
    for row in rows:
        if row.since <= day and (row.until is None or row.until >= day):
            if row.until is None or (paper.until is not None and row.until >= paper.until):
                return True
            day = row.until + ONE_DAY
    return False


def _says_else(row: Guardianship, paper: Paper) -> bool:
    return row.authority != paper.authority or row.beyond_16 != (paper.representation is not None)


def _as_written(row: Guardianship) -> dict[str, str | bool]:
    return {
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else "",
        "authority": row.authority,
        "beyond_16": row.beyond_16,
        "representation": row.representation,
        "source": row.source,
        "source_on": row.source_on.isoformat() if row.source_on else "",
    }
