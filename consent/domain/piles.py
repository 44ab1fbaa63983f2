"""The PDF of a pile of forms: made by a worker, never inside a transaction or a request.

The row is the truth and the broker only a doorbell: whatever dies, the sweep finds what still waits.
"""

import io
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consent.domain.askable import stands_on_sheet
from consent.domain.facts import known_pupils
from consent.models import PaperForm, PaperPile, Purpose, Round
from consent.querysets import purposes_on, text_in, version_on
from consent.rules import PUPIL, Facts, deciders_at
from ledger.acting import acting, system
from notices.pdf import PdfFailed, render_pdf
from schools.models import Enrolment
from schools.querysets import group_names, here_or_coming

# A lane of its own: somebody waits for these sheets, and behind a round or a pile of protocols they took 84 s.
TASK, QUEUE = "consent.tasks.make_piles", "sheets"
MOST_ATTEMPTS = 5
RENDER_SECONDS = 60.0  # a school of 400 takes half of it
CALL_SECONDS = 10.0
LEASE = timedelta(minutes=3)
PAUSE = timedelta(seconds=30)
KEPT = timedelta(days=30)
NO_BREAK = "\N{NO-BREAK SPACE}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """A pile in our hand until `lease_until`; `html` is all that the press gets."""

    id: int
    html: str
    lease_until: datetime


def has_due(now: datetime) -> bool:
    """Does a pile of the open foundation wait for a worker at this moment?"""
    return _due(now).exists()


def make_due(foundation_id: int, *, seconds: float = CALL_SECONDS) -> bool:
    """Make the piles of this foundation that wait, oldest first; True when some may be left after `seconds`.

    Each is taken, made and put away in three steps, so a worker may die at any point. Safe twice: a pile that
    another worker has in hand is passed over until its lease ends.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        order = _take(foundation_id)
        if order is None:
            return False
        _put_away(foundation_id, order, _made(order))
    return True


def forget_old(now: datetime) -> int:
    """Throw the PDFs away that were made more than 30 days ago; the forms themselves stay. Gives the number."""
    return PaperPile.objects.filter(made_at__lt=now - KEPT).exclude(pdf=b"").update(pdf=b"")


def html_of(pile: PaperPile) -> str:
    """The page that the press gets: one sheet per form, each in the language of its reader."""
    forms = list(pile.forms.select_related("pupil", "guardian", "foundation").order_by("id"))
    day = forms[0].printed_on
    places, purposes = _places(forms), list(purposes_on(day))
    facts = {child.id: child.facts for child in known_pupils(sorted({form.pupil_id for form in forms}))}
    alone = _who_decide(forms, facts)
    asked = {pk: [p for p in purposes if stands_on_sheet(about, p, day)] for pk, about in facts.items()}
    sheets = [
        _letter(pile.round, form, *places[form.pupil_id])
        + _sheet(form, asked[form.pupil_id], form.pupil_id in alone, *places[form.pupil_id])
        for form in forms
    ]
    with translation.override("nl"):
        title = pile.group.name if pile.group else forms[0].pupil.short_name
        if pile.school:
            title = pile.school.name
        return render_to_string("consent/pdf/forms.html", {"sheets": sheets, "title": title})


def _sheet(form: PaperForm, purposes: Sequence[Purpose], by_pupil: bool, school: str, group: str) -> str:
    """One form in words, whole and in one language."""
    foundation = form.foundation
    with translation.override(form.language):
        questions = [text_in(version_on(purpose, form.printed_on), form.language) for purpose in purposes]
        address = settings.PORTAL_URL + reverse("consent:paper.form", args=[form.code])
        context: dict[str, Any] = {
            "form": form,
            "is_rtl": translation.get_language_bidi(),
            "by_pupil": by_pupil,
            "name": form.pupil.short_name.replace(" ", NO_BREAK),
            "group": group,
            "school": school,
            "foundation": foundation,
            "questions": questions,
            "code": f"{form.code[:5]} {form.code[5:]}",
            "qr": _qr(address),
        }
        return mark_safe(render_to_string("consent/pdf/_form.html", context))  # noqa: S308  our own template


def _letter(round_: Round | None, form: PaperForm, school: str, group: str) -> str:
    """The page before a form of a round: for whom, of which group, and why it comes on paper. Else nothing."""
    if round_ is None:
        return SafeString("")
    with translation.override(form.language):
        context = {
            "form": form,
            "is_rtl": translation.get_language_bidi(),
            "name": form.pupil.short_name.replace(" ", NO_BREAK),
            "group": group,
            "school": school,
            "foundation": form.foundation,
            "until": date_format(round_.closes_on, "j E") if round_.closes_on > form.printed_on else "",
        }
        return mark_safe(render_to_string("consent/pdf/_letter.html", context))  # noqa: S308  our own template


def _who_decide(forms: list[PaperForm], facts: Mapping[int, Facts]) -> set[int]:
    """The pupils who decided themselves on the day of printing (C2): their form says "je"."""
    ids = {form.pupil_id for form in forms if form.guardian_id is None}
    day, age = forms[0].printed_on, forms[0].foundation.decides_from_age
    return {pk for pk in ids if PUPIL in deciders_at(facts[pk], age, day)}


def _places(forms: list[PaperForm]) -> dict[int, tuple[str, str]]:
    """School and group of each child on the day of printing; of who comes later the school that they come to."""
    if not forms:
        return {}
    day, ids = forms[0].printed_on, {form.pupil_id for form in forms}
    groups = group_names(sorted(ids), day)
    enrolled = Enrolment.objects.filter(here_or_coming(day), pupil_id__in=ids).order_by("since", "id")
    schools: dict[int, str] = {}
    for pk, name, since in enrolled.values_list("pupil_id", "school__name", "since"):
        if since <= day or pk not in schools:
            schools[pk] = name
    return {pk: (schools.get(pk, ""), groups.get(pk, "")) for pk in ids}


def _take(foundation_id: int) -> Order | None:
    with acting(system("paper"), [foundation_id]) as act:
        pile = _due(act.now).select_for_update(skip_locked=True, no_key=True).first()
        if pile is None:
            return None
        pile.attempts += 1
        pile.lease_until = act.now + LEASE
        pile.save(update_fields=["attempts", "lease_until"])
        return Order(pile.id, html_of(pile), pile.lease_until)


def _made(order: Order) -> bytes:
    try:
        return render_pdf(order.html, language="nl", seconds=RENDER_SECONDS)
    except PdfFailed as error:
        log.warning("pile %s not made: %s", order.id, error.reason)
        return b""


def _put_away(foundation_id: int, order: Order, pdf: bytes) -> None:
    """Keep what was made; if the lease ran out and somebody else has it in hand, ours is thrown away."""
    with acting(system("paper"), [foundation_id]) as act:
        ours = PaperPile.objects.filter(id=order.id, made_at=None, lease_until=order.lease_until)
        if pdf:
            ours.update(pdf=pdf, made_at=act.now, lease_until=None)
        else:
            ours.update(lease_until=act.now + PAUSE)


def _due(now: datetime) -> QuerySet[PaperPile]:
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    return PaperPile.objects.filter(is_free, made_at=None, attempts__lt=MOST_ATTEMPTS).order_by(
        "asked_at", "id"
    )


def _qr(address: str) -> str:
    """The address as a drawing in the page itself; its title is what a screen reader says (PDF/UA)."""
    import segno  # not at every start

    out = io.BytesIO()
    title = _("QR code for the office of the school")
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0, title=title)
    return mark_safe(out.getvalue().decode())  # noqa: S308  drawn by segno, which escapes the title
