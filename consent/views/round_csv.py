"""Figures and lists as a file for a spreadsheet: safe to open, also when a name looks like a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from consent.domain.progress import Part
from schools.models import Group

from .round_board import percent

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def figures(schools: Iterable[Part], groups: Iterable[Part]) -> list[list[object]]:
    """A row per school with an empty group, and a row per group; the share in whole percents."""
    head: list[object] = [
        *(_("School"), _("Group"), _("Parents asked"), _("Have chosen"), _("Not yet"), _("Share in %"))
    ]
    rows: list[list[object]] = [[one.place.name, "", *_numbers(one)] for one in schools]
    rows += [
        [one.place.school.name, one.place.name, *_numbers(one)]
        for one in groups
        if isinstance(one.place, Group)
    ]
    return [head, *rows]


def as_file(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """With `;` and a byte order mark, as a Dutch spreadsheet opens it without asking."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [_safe(cell) for cell in row] for row in rows
    )
    response = HttpResponse(
        (BYTE_ORDER_MARK + out.getvalue()).encode(), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _numbers(part: Part) -> list[object]:
    return [part.asked, part.answered, part.silent, percent(part.share)]


def _safe(cell: object) -> object:
    """A text that a spreadsheet would compute gets a mark before it, and is shown as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
