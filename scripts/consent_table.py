"""Write docs/consent-table.md: what two parents say, and what the school may do, out of the rule itself."""

import itertools
import sys
from datetime import date
from pathlib import Path

import django
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if not apps.ready:
    django.setup()  # the rule stands in an app that has models beside it

from consent.choices import Value  # noqa: E402  after the set-up
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, Wording, state  # noqa: E402

TARGET = ROOT / "docs" / "consent-table.md"
TODAY, LAST_YEAR, NEXT_YEAR = date(2026, 11, 16), date(2025, 11, 16), date(2027, 7, 31)
LONG = Period(date(2016, 1, 1))
WORDINGS = (Wording(1, True, date(2024, 8, 1)), Wording(2, True, date(2026, 8, 1)))


def _yes(until: date, wording: int) -> tuple[Value, date | None, int]:
    return Value.YES, until, wording


SAID: dict[str, tuple[Value, date | None, int] | None] = {
    "nothing": None,
    "yes": _yes(NEXT_YEAR, 2),
    "no": (Value.NO, None, 2),
    "talk first": (Value.TALK, None, 2),
    "a yes that ran out": _yes(date(2026, 7, 31), 2),
    "a yes on older words": _yes(NEXT_YEAR, 1),
}
HEAD = """# What two parents say, and what the school may do

Made by `make consent-table` out of `consent.rules.state`; a test compares this page with the code. Do not edit it.

Both parents decide (full authority), the child is enrolled and under the age of deciding alone. The order of the two
makes no difference. *One is enough*: `all_must_agree` off (C5); *all must agree*: on. Anything but **yes** is a no
(C6); the word behind it is the reason that staff see.

| one parent | the other parent | one is enough | all must agree |
|---|---|---|---|
"""


def table() -> str:
    """The page as it should be."""
    rows = [
        f"| {one} | {other} | {_verdict(one, other, strict=False)} | {_verdict(one, other, strict=True)} |"
        for one, other in itertools.combinations_with_replacement(SAID, 2)
    ]
    return HEAD + "\n".join(rows) + "\n"


def _verdict(one: str, other: str, *, strict: bool) -> str:
    policy = Policy(1, strict, WORDINGS)
    found, mirrored = (state(_facts(*pair), policy, TODAY) for pair in ((one, other), (other, one)))
    if (found.is_allowed, found.reason) != (mirrored.is_allowed, mirrored.reason):
        raise AssertionError(f"the order matters for {one} and {other}")
    return "**yes**" if found.is_allowed else f"no: `{found.reason}`"


def _facts(*said: str) -> Facts:
    given = [
        GivenAnswer(1, parent, answer[0], LAST_YEAR, answer[1], answer[2], parent)
        for parent, words in enumerate(said, 1)
        if (answer := SAID[words]) is not None
    ]
    deciders = tuple(FullAuthority(parent, LONG) for parent in (1, 2))
    return Facts(date(2016, 1, 1), (LONG,), deciders, tuple(given))


if __name__ == "__main__":
    TARGET.write_text(table())
    print(f"{TARGET.relative_to(ROOT)} is written.")
