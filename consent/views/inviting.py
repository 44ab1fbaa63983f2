"""New pupils: who was not asked yet, and asking the parents of one child by mail."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.domain.inviting import FamilyNotAsked, ask_family, asking_of, new_pupils
from consent.forms import KeyForm
from consent.rules import spoken_roles
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Pupil
from schools.rules import schools_of

from .paper_room import child_to_enter, entering_room
from .words import from_words

MOST = 100


@require_safe
@reading_is_recorded
def new(request: HttpRequest) -> HttpResponse:
    """The pupils who are new or still come, of the own schools; each leads to the page of that child."""
    entering_room(request)
    rows = list(new_pupils(schools_of(spoken_roles(request.portal.roles)))[: MOST + 1])
    record_reading(Reading.PUPIL_SEARCH, [row.pupil_id for row in rows[:MOST]])
    today = current().today
    pupils = [
        {
            "name": row.pupil.short_name,
            "school": row.school.name,
            "from_day": from_words(row.since) if row.since > today else "",
            "has_link": row.has_link,
            "url": reverse("consent:paper.child", args=[row.pupil.code]),
        }
        for row in rows[:MOST]
    ]
    return render(request, "consent/staff/new_pupils.html", {"pupils": pupils, "has_more": len(rows) > MOST})


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Mail the parents of this child, once, and back to the page of the child, which says how it stands."""
    entering_room(request)
    pupil = child_to_enter(request, code, spoken_roles(request.portal.roles))
    back = reverse("consent:paper.child", args=[pupil.code])
    form = KeyForm(request.POST)
    if form.is_valid():
        with suppress(FamilyNotAsked):  # that page tells why, and what can be done instead
            once(form.cleaned_data["key"], lambda: str(ask_family(pupil)), of=f"ask {pupil.id}")
    return HttpResponseRedirect(f"{back}#vraag", status=303)


def asking_words(pupil: Pupil) -> dict[str, Any]:
    """The part of the child's page about asking by mail: see templates/consent/staff/_ask_by_mail.html."""
    asking = asking_of(pupil)
    return {
        "to_mail": [one.full_name for one in asking.to_mail],
        "answered": [one.full_name for one in asking.answered],
        "unreachable": [one.full_name for one in asking.unreachable],
        "asked_on": asking.asked_on,
        "round": asking.round,
        "may_mail": not asking.refusal,
    }
