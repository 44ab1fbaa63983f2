"""The summary of a version for one audience, in the words of the foundation or of one school (P5)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.choices import Audience
from policies.domain.correct import EditedMeanwhile
from policies.domain.documents import ask_documents
from policies.models import Summary, Version
from schools.models import School, StaffMember

MOST_TEXT = 6000  # characters: more does not fit on one folded sheet


class SummaryTooLong(Refusal):
    code = "too_long"
    message = _("A summary has at most 6,000 characters: it must fit on one sheet.")


def change_summary(
    *,
    version: Version,
    school: School | None,
    audience: Audience,
    text: str,
    edits: int,
    by: StaffMember | None,
) -> Summary:
    """Write the summary of this school, or (school None) the one that all schools start from.

    `edits` is the summary's count as it was on the screen, 0 when there was none. Of a version that was put in
    force, the PDFs whose words change are asked for again. Raises EditedMeanwhile, SummaryTooLong.
    """
    text = _lines(text)
    if len(text) > MOST_TEXT:
        raise SummaryTooLong
    with transaction.atomic():
        version = (
            Version.objects.select_for_update(no_key=True, of=("self",))
            .select_related("protocol")
            .get(id=version.id)
        )
        summary = Summary.objects.filter(version=version, school=school, audience=audience).first()
        if edits != (summary.edits if summary else 0):
            raise EditedMeanwhile
        summary = summary or Summary(
            foundation_id=version.foundation_id, version=version, school=school, audience=audience
        )
        summary.text, summary.edits = text, edits + 1
        summary.changed_at, summary.changed_by = current().now, by
        summary.save()
        if version.frozen_at is not None:
            ask_documents(version)
        _write_down(summary)
    return summary


def _write_down(summary: Summary) -> None:
    record(
        Verb.SUMMARY_CHANGED,
        "version",
        summary.version_id,
        school=summary.school_id,
        audience=str(summary.audience),
        edits=summary.edits,
        characters=len(summary.text),
    )


def _lines(text: str) -> str:
    """Plain lines; the line ends of every browser become one kind."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()
