"""Who comes into the room "paper", and whom they find there."""

import re
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from consent.models import PaperForm
from consent.rules import groups_to_print, may_use_paper, paper_roles, spoken_roles
from ledger.acting import current
from schools.models import Enrolment, Group, Pupil, Role
from schools.querysets import groups_for, here_or_coming

CODE = re.compile(r"[2-9A-HJKMNP-TV-Z]{10}")


def room_of(request: HttpRequest) -> None:
    """403 for who works here in another role; a teacher comes in to print for the own group."""
    if not may_use_paper(request.portal.roles):
        raise PermissionDenied


def entering_room(request: HttpRequest) -> None:
    """The same, for who writes down what a parent chooses, and asks them."""
    room_of(request)
    if not spoken_roles(request.portal.roles):
        raise PermissionDenied


def looks_like_code(text: str) -> bool:
    """Ten letters and digits as the portal makes them."""
    return bool(CODE.fullmatch(text))


def groups_in_reach(roles: Sequence[Role]) -> list[Group]:
    """The groups of this year at the schools of these roles; none without a role."""
    return list(groups_for(list(roles), current().today)) if roles else []


def all_groups(request: HttpRequest) -> list[Group]:
    """The groups that this person prints for: the own ones first, then those of the schools they enter paper for."""
    own = groups_to_print(request.portal.roles)
    mine = groups_for(request.portal.roles, current().today).filter(id__in=own) if own else []
    found = {group.id: group for group in [*mine, *groups_in_reach(paper_roles(request.portal.roles))]}
    return list(found.values())


def child_to_enter(request: HttpRequest, code: str, roles: Sequence[Role]) -> Pupil:
    """A pupil who is enrolled at a school of these roles, if only from a later day; others do not exist here."""
    enrolled = Enrolment.objects.filter(here_or_coming(current().today))
    if not roles or not looks_like_code(code):
        raise Http404
    if all(role.school_id is not None for role in roles):
        enrolled = enrolled.filter(school_id__in=[role.school_id for role in roles])
    return get_object_or_404(Pupil, code=code, id__in=enrolled.order_by().values("pupil_id"))


def form_with(request: HttpRequest, code: str) -> PaperForm | None:
    """The form with this code, of a pupil at a school that this person enters paper for; else None."""
    form = PaperForm.objects.select_related("pupil", "guardian").filter(code=code).first()
    return form if form is not None and may_print_for(request, form.pupil) else None


def may_print_for(request: HttpRequest, pupil: Pupil) -> bool:
    """Whether this person handles paper for the school of this pupil."""
    try:
        child_to_enter(request, pupil.code, paper_roles(request.portal.roles))
    except Http404:
        return False
    return True
