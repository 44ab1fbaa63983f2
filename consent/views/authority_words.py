"""Who decides for a child, and on what that rests, in words for staff; never an address."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from consent.domain.facts import KnownPupil
from consent.rules import PUPIL, deciders_at, decides_since
from schools.choices import Authority, Representation, Source
from schools.models import Guardianship, Pupil


def source_words(row: Guardianship) -> list[str]:
    """The kind of paper and its day; a source of before has only its own word."""
    kind = Source(row.source).label if row.source in Source.values else row.source
    return [str(kind), *([formats.date_format(row.source_on, "j F Y")] if row.source_on else [])]


def may_words(row: Guardianship, age: int) -> str:
    """What this person may do, in the words of the form."""
    if row.authority == Authority.FULL and row.beyond_16:
        if row.representation:
            words = {"age": age, "order": Representation(row.representation).label}
            return _("Decides, also after %(age)s: %(order)s") % words
        return _("Decides, also after %(age)s") % {"age": age}
    if row.authority == Authority.FULL:
        return _("Decides, until the child is %(age)s") % {"age": age}
    return _("Is informed only") if row.authority == Authority.INFORMED else _("Has no authority")


def who_decides(child: KnownPupil, names: dict[int, str], age: int, today: date) -> str:
    """One sentence: who decides about photos today."""
    deciders = deciders_at(child.facts, age, today)
    if PUPIL in deciders:
        since = formats.date_format(decides_since(child.facts, age, today), "j F Y")
        return _("%(name)s decides alone, since %(day)s.") % {"name": child.call_name, "day": since}
    people = sorted(names[pk] for pk in deciders if pk is not None and pk in names)
    if not people:
        return _("Nobody is known who decides. That is why school uses nothing.")
    return _("Now decides about photos: %(names)s.") % {"names": ", ".join(people)}


def tie_rows(pupil: Pupil, ties: Sequence[Guardianship], age: int) -> list[dict[str, Any]]:
    """Each guardian with what they may do: since, until, on what paper, seen by whom."""
    return [
        {
            "name": tie.guardian.full_name,
            "may": may_words(tie, age),
            "since": tie.since,
            "until": tie.until,
            "source": ", ".join(source_words(tie)),
            "verified_by": tie.verified_by,
            "url": reverse("consent:staff.authority_change", args=[pupil.code, tie.guardian.code]),
        }
        for tie in ties
    ]
