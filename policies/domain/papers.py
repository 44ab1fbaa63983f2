"""What stands in a PDF of a school, as plain data, and that data as HTML. Nothing is made or kept here.

A paper is a dict that goes through JSON: it is all that its template gets, so that its hash says whether the
document has changed (`policies.domain.documents`). Papers are Dutch, whatever the language of who asks.
"""

import hashlib
import io
import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from policies.choices import Audience, BlockKind, DocumentKind, Origin, Outcome
from policies.models import Ladder, Version
from policies.querysets import decision_of, for_readers, ladder_on, summary_text
from schools.choices import RoleName
from schools.models import Role, School
from schools.querysets import in_force

LANGUAGE = "nl"
# Goes into every fingerprint of a summary: raise it when the look of summaries changes, and all are made again.
LAYOUT = 1
# Who somebody can talk to, in the order in which they are named.
TALK_TO = (RoleName.ANTI_BULLYING, RoleName.ADVISER)
# More characters than this, and the letters become smaller, so that a summary stays on one sheet.
DENSE, DENSER = 1500, 3000

Paper = dict[str, Any]


def paper_of(version: Version, school: School, kind: str, audience: str, on: date) -> Paper:
    """All that the document of this school says on this day (P5, S6, K8)."""
    with translation.override(LANGUAGE):
        if kind == DocumentKind.PROTOCOL:
            return protocol_paper(version, school)
        return summary_paper(version, school, audience, on)


def fingerprint_of(paper: Paper) -> str:
    """The same for the same content, whatever the order in which it was gathered."""
    return hashlib.sha256(json.dumps(paper, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def html_of(paper: Paper) -> str:
    """The page that the press gets: its template escapes every word of it."""
    with translation.override(LANGUAGE):
        return render_to_string(
            f"policies/pdf/{paper['template']}.html", {"paper": paper, "qr": _qr(paper["url"])}
        )


def protocol_paper(version: Version, school: School) -> Paper:
    """The full text. No people and nothing of a day in it: what is in force never changes (P2)."""
    text = for_readers(version.frozen.text, version.foundation, school)
    return {
        "template": "protocol",
        "title": text["title"],
        "chapters": chapters_of(text),
        "sha256": version.frozen.sha256,
        **_heading(version, school),
        "url": _address("public.version", school, version),
    }


def summary_paper(version: Version, school: School, audience: str, on: date) -> Paper:
    """One sheet for one audience, with this school's people and the measures of that day (O14)."""
    text = summary_text(version, school, audience)
    ladder = ladder_on(audience, on)
    size = len(text) + sum(len(rung.name) + len(rung.explanation) for rung in _rungs(ladder))
    return {
        "template": "fold" if audience == Audience.PUPILS else "sheet",
        "layout": LAYOUT,
        "title": summary_title(audience),
        "audience": audience,
        "formal": audience == Audience.PARENTS,
        "lines": lines_of(text),
        "size": "denser" if size > DENSER else "dense" if size > DENSE else "",
        "people": people_to_talk_to(school, on),
        "measures": measures_of(ladder),
        **_heading(version, school),
        "url": _address("public.school", school),
    }


def summary_title(audience: str) -> str:
    """What a summary is called, on paper and on the page."""
    return {
        str(Audience.PUPILS): _("Social media: what we agreed, for pupils"),
        str(Audience.STAFF): _("Social media: what we agreed, for staff"),
        str(Audience.PARENTS): _("Social media: what we agreed, for parents"),
    }[str(audience)]


def people_to_talk_to(school: School, on: date) -> list[dict[str, str]]:
    """The anti-bullying coordinator and the confidential adviser of that day: of the school, or of all schools."""
    rows = (
        Role.objects.filter(in_force(on), Q(school=school) | Q(school=None), staff_member__has_left=False)
        .filter(group=None, name__in=[str(name) for name in TALK_TO])
        .select_related("staff_member")
        .order_by("staff_member__surname", "staff_member__call_name", "id")
    )
    order = [str(name) for name in TALK_TO]
    found = sorted(rows, key=lambda role: order.index(role.name))
    named = [
        {"role": role.get_name_display().capitalize(), "name": role.staff_member.full_name} for role in found
    ]
    return [one for at, one in enumerate(named) if one not in named[:at]]


def measures_of(ladder: Ladder | None) -> dict[str, Any]:
    """The measures of a ladder for readers; without a ladder, or with an empty one, no rungs (O14, S4)."""
    return {
        "shape": ladder.shape if ladder else "",
        "rungs": [
            {"name": rung.name, "explanation": rung.explanation, "parents_are_told": rung.parents_are_told}
            for rung in _rungs(ladder)
        ],
    }


def lines_of(text: str) -> list[dict[str, Any]]:
    """A summary as headings, paragraphs and lists: "# " a heading, "- " a point, each line a paragraph."""
    blocks: list[dict[str, Any]] = []
    for line in (raw.strip() for raw in text.splitlines()):
        if line.startswith("- "):
            if not blocks or blocks[-1]["kind"] != "list":
                blocks.append({"kind": "list", "points": []})
            blocks[-1]["points"].append(line[2:].strip())
        elif line.startswith("# "):
            blocks.append({"kind": "heading", "text": line[2:].strip()})
        elif line:
            blocks.append({"kind": "paragraph", "text": line})
    return blocks


def chapters_of(text: dict[str, Any]) -> list[dict[str, Any]]:
    """The chapters of a frozen text with anchors that stay the same in a next version, for page and paper.

    What we do and what we do not comes together as one table, as wide as the two lists (O16).
    """
    chapters = []
    for number, chapter in enumerate(text["chapters"], start=1):
        has_own_number = chapter["title"][:1].isdigit()
        chapters.append(
            {
                "anchor": _anchor("h", chapter, number),
                "number": "" if has_own_number else str(number),
                "title": chapter["title"],
                "blocks": _blocks(chapter["blocks"], number),
            }
        )
    return chapters


def council_line(version: Version) -> str:
    """What the participation council decided, in one sentence with its date (P3, S6)."""
    decision = decision_of(version)
    if decision is None:
        return _("There is no decision of the participation council.")
    words = {
        str(Outcome.CONSENT): _("%(council)s agreed on %(date)s."),
        str(Outcome.ADVICE): _("%(council)s gave its advice on %(date)s."),
        str(Outcome.REFUSED): _("%(council)s did not agree on %(date)s."),
        str(Outcome.NOT_DECIDED): _("%(council)s has not decided yet."),
        str(Outcome.UNKNOWN): _("From before this portal: it is not known what %(council)s decided."),
    }[decision.outcome]
    line = words % {"council": decision.council, "date": day(decision.decided_on)}
    if decision.version_id != version.id:
        line += " " + _("Since then only a typing error was corrected.")
    return line


def force_line(version: Version) -> str:
    """From when the text counts; of a text from before the portal also that."""
    if version.in_force_on is None:
        return _("This is a concept. It does not count yet.")
    words = _("Counts from %(date)s.") % {"date": day(version.in_force_on)}
    if version.origin == Origin.BEFORE:
        words += " " + _("It was there before this portal.")
    return words


def day(on: date | None) -> str:
    """`14 november 2026`, in the language of the page."""
    return formats.date_format(on, "j F Y") if on else ""


def _heading(version: Version, school: School) -> Paper:
    return {
        "language": LANGUAGE,
        "foundation": version.foundation.name,
        "school": school.name,
        "version": version.number,
        "is_concept": version.frozen_at is None,
        "council": council_line(version),
        "force": force_line(version),
    }


def _rungs(ladder: Ladder | None) -> list[Any]:
    return list(ladder.rungs.all()) if ladder else []


def _blocks(blocks: list[dict[str, Any]], chapter: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for position, block in enumerate(blocks, start=1):
        anchor = _anchor("a", block, f"{chapter}-{position}")
        if block["kind"] in {BlockKind.DO, BlockKind.DONT}:
            if not shown or shown[-1]["kind"] != "table":
                shown.append({"kind": "table", "anchor": anchor, "do": [], "dont": []})
            shown[-1][str(block["kind"])].append(block["text"])
        else:
            shown.append({**block, "kind": str(block["kind"]), "anchor": anchor})
    return shown


def _anchor(letter: str, part: dict[str, Any], position: object) -> str:
    key = str(part.get("key") or "")
    return f"{letter}-{key[:8]}" if key else f"{letter}-{position}"


def _address(name: str, school: School, version: Version | None = None) -> str:
    place = {"foundation": school.foundation.slug, "school": school.slug}
    if version:
        place["number"] = version.number
    return settings.PORTAL_URL + reverse(f"policies:{name}", kwargs=place)


def _qr(address: str) -> str:
    """The address as a drawing in the page itself; its title is what a screen reader says (PDF/UA)."""
    import segno  # not at every start

    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out, kind="svg", xmldecl=False, border=0, title=_("QR code to %(address)s") % {"address": address}
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308  drawn by segno, which escapes the title
