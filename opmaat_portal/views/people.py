"""Two people may share one mailbox; here they say which of them is there (domain.md 1)."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.choices import Capacity
from accounts.models import Reach
from ledger.acting import NOBODY, Actor, acting
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from schools.models import Foundation, Guardian, Person, Pupil, StaffMember

MODELS: dict[Capacity, type[Person]] = {
    Capacity.GUARDIAN: Guardian,
    Capacity.PUPIL: Pupil,
    Capacity.STAFF: StaffMember,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One foundation and capacity in which this mailbox reaches more than one person."""

    foundation: Foundation
    capacity: Capacity
    people: list[tuple[Reach, Person, bool]]


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The choice holds for this session only: on a shared device the next one is asked again."""
    back = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        _choose(request, _own_reach(request))
        return HttpResponseRedirect(back, status=303)
    questions = _questions(request)
    if not questions:
        return HttpResponseRedirect(back)
    return render(request, "opmaat_portal/people/choose.html", {"questions": questions, "next": back})


def _choose(request: HttpRequest, reach: Reach) -> None:
    place = f"{reach.foundation_id}:{reach.capacity}"
    chosen = dict(request.session.get("persons", {}))
    if chosen.get(place) == reach.person_id:  # the same tap twice
        return
    actor = Actor(ActorKind(reach.capacity), reach.person_id, "signed_in")
    with acting(actor, [reach.foundation_id]):
        record(Verb.PERSON_CHOSEN, reach.capacity, reach.person_id, mailbox=reach.user_id)
    request.session["persons"] = chosen | {place: reach.person_id}


def _own_reach(request: HttpRequest) -> Reach:
    """404 for a person that this mailbox does not reach."""
    asked = request.POST.get("person", "")
    reach = (
        Reach.objects.filter(user=request.user, id=asked).first()
        if asked.isdecimal() and len(asked) < 19
        else None
    )
    if reach is None:
        raise Http404
    return reach


def _questions(request: HttpRequest) -> list[Question]:
    groups: dict[tuple[int, str], list[Reach]] = {}
    for reach in Reach.objects.filter(user=request.user).order_by("foundation_id", "capacity", "id"):
        groups.setdefault((reach.foundation_id, reach.capacity), []).append(reach)
    foundations = Foundation.objects.in_bulk({foundation for foundation, _capacity in groups})
    return [
        Question(foundations[foundation], Capacity(capacity), _named(request, reaches))
        for (foundation, capacity), reaches in groups.items()
        if len(reaches) > 1
    ]


def _named(request: HttpRequest, reaches: list[Reach]) -> list[tuple[Reach, Person, bool]]:
    """With names, from behind the wall of that one foundation."""
    first = reaches[0]
    chosen: Any = request.session.get("persons", {}).get(f"{first.foundation_id}:{first.capacity}")
    with acting(NOBODY, [first.foundation_id], read_only=True):
        people = MODELS[Capacity(first.capacity)].objects.in_bulk([reach.person_id for reach in reaches])
    return [
        (reach, people[reach.person_id], reach.person_id == chosen)
        for reach in reaches
        if reach.person_id in people
    ]


def _safe(request: HttpRequest, url: str) -> str:
    here = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and here else reverse("portal:start")
