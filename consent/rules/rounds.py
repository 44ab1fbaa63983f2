"""When a round may be."""

from datetime import date


def why_no_such_round(
    *, opens_on: date, remind_on: date, closes_on: date, year_ends_on: date
) -> tuple[str, str] | None:
    """Which day of a round does not fit (the field), and why; None when all three do (R2, R4).

    The reminder comes after the day of the mail and before the closing day, the round closes in its school year.
    """
    if closes_on <= opens_on:
        return "closes_on", "not_after_today"
    if closes_on > year_ends_on:
        return "closes_on", "after_year"
    if remind_on <= opens_on:
        return "remind_on", "not_after_today"
    return ("remind_on", "not_before_closing") if remind_on >= closes_on else None
