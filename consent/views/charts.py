"""Drawings of numbers as SVG, made by the server: no script, no style attribute, every word escaped (R7, UX-X9).

Colours come from classes (`static/css/charts.css`), so that they follow dark and light. Each drawing has a title and a
description; the same numbers stand beside it, or in a table.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 210
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 14, 34
GRID = (0, 50, 100)


def share_over_time(
    shares: Sequence[tuple[date, float]],
    marks: Sequence[tuple[date, str]],
    *,
    title: str,
    words: str,
    first: str,
    last: str,
    name: str = "share",
) -> SafeString:
    """The share (0 to 1) at the end of each day as steps, with a line down for each mark (a day, and its words).

    `first` and `last` are the words under both ends; `name` makes the ids of this drawing its own. Nothing without
    days; marks outside the days are left out.
    """
    if not shares:
        return SafeString("")
    days = [day for day, _share in shares]
    flags = (_mark(_x(days, day), text) for day, text in marks if days[0] <= day <= days[-1])
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-words">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}{}{}{}</svg>',
        *(WIDTH, HEIGHT, name, name, name, title, name, words),
        format_html_join("", "{}", ((_grid_line(share),) for share in GRID)),
        _area(shares),
        format_html_join("", "{}", ((flag,) for flag in flags)),
        _ends(first, last),
    )


def _area(shares: Sequence[tuple[date, float]]) -> SafeString:
    steps = _steps(shares)
    line = '<path class="chart-fill" d="{}V{}H{}Z"/><path class="chart-line" d="{}"/>'
    return format_html(line, steps, f"{_y(0):g}", LEFT, steps)


def _ends(first: str, last: str) -> SafeString:
    word = '<text class="chart-word{}" x="{}" y="{}">{}</text>'
    return format_html_join(
        "", word, [("", LEFT, HEIGHT - 8, first), (" chart-end", WIDTH - RIGHT, HEIGHT - 8, last)]
    )


def bar(share: float, *, title: str) -> SafeString:
    """One bar, full at 1; as wide as its place."""
    done = round(100 * min(max(share, 0.0), 1.0), 1)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<rect class="bar-all" width="100" height="6"/><rect class="bar-done" width="{}" height="6"/></svg>',
        title,
        f"{done:g}",
    )


def _steps(shares: Sequence[tuple[date, float]]) -> str:
    """Flat during a day, up at its end: nothing is guessed between two days."""
    days = [day for day, _share in shares]
    path = f"M{LEFT} {_y(shares[0][1]):g}"
    for day, share in shares[1:]:
        path += f"H{_x(days, day):g}V{_y(share):g}"
    return path + f"H{WIDTH - RIGHT}"


def _x(days: Sequence[date], day: date) -> float:
    """The last day ends at the right; a single day fills the width."""
    length = max(len(days), 1)
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - days[0]).days / length, 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(share, 0.0), 1.0), 1)


def _grid_line(percent: int) -> SafeString:
    y = _y(percent / 100)
    return format_html(
        '<path class="chart-grid" d="M{} {}H{}"/><text class="chart-word chart-end" x="{}" y="{}">{}%</text>',
        *(LEFT, f"{y:g}", WIDTH - RIGHT, LEFT - 6, f"{y + 4:g}", percent),
    )


def _mark(x: float, text: str) -> SafeString:
    return format_html(
        '<path class="chart-mark" d="M{} {}V{}"><title>{}</title></path>'
        '<path class="chart-flag" d="M{} {}l9 4l-9 4Z"/>',
        *(f"{x:g}", TOP, f"{_y(0):g}", text, f"{x:g}", TOP),
    )
