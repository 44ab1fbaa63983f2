"""The work lists of a round, by name: who cannot be reached, whose mail came back, who has not chosen (R2)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from consent.choices import RoundKind, RoundList
from consent.domain.letters import parents_to_write, piles_of, print_letters
from consent.domain.papers import NobodyToPrint
from consent.domain.work_lists import (
    PAGE,
    CannotMail,
    children_at,
    mail_again,
    people_on,
    pupils_without_decider,
)
from consent.forms import KeyForm
from consent.models import PersonalLink, Round
from consent.querysets import rounds_at
from consent.rules import paper_roles, work_reach
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Guardianship, Pupil, Role, School
from schools.querysets import group_names
from schools.rules import schools_of

from .round_board import list_sentence
from .round_csv import as_file
from .tasks import own_children
from .work_words import csv_rows, person_row, pupil_row, said_words

MOST_IN_FILE = 5_000
WITH_LETTERS = (RoundList.UNREACHABLE, RoundList.CAME_BACK)


@require_safe
@reading_is_recorded
def people(request: HttpRequest, code: str, which: str) -> HttpResponse:
    """One list by surname, fifty at a time, with what helps; whom it shows is written down."""
    round_, wanted, reach = _room(request, code, which)
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    number = _number(request)
    rows, total = _rows(request, round_, wanted, reach, query, (number - 1) * PAGE)
    context = {
        "round": round_,
        "list": wanted,
        "sentence": list_sentence(wanted, total),
        "rows": rows,
        "total": total,
        "query": query,
        "schools": _schools(request),
        "school": request.GET.get("school", ""),
        "pages": _pages(request, number, total),
        "may_file": any(one.slug == (request.GET.get("school") or one.slug) for one in _printing(request)),
        "letters": _letters(request, round_, wanted),
        "must_choose_school": wanted in WITH_LETTERS
        and len(_printing(request)) > 1
        and not request.GET.get("school"),
        "said": said_words(request.GET),
        "lists": _other_lists(request, round_, wanted),
    }
    return render(request, "consent/staff/work_list.html", context)


@require_safe
@reading_is_recorded
def people_csv(request: HttpRequest, code: str, which: str) -> HttpResponse:
    """The same list as a file, for who enters paper, of the schools where they do: without any address."""
    paper = paper_roles(request.portal.roles)
    round_, wanted, reach = _room(request, code, which, paper)
    if not paper:
        raise PermissionDenied
    if wanted == RoundList.NO_DECIDER:
        raise Http404
    found, _total = people_on(round_, wanted, **reach, most=MOST_IN_FILE)
    _record([one.guardian.id for one in found], [child for one in found for child in one.children])
    groups = group_names([child.id for one in found for child in one.children], current().today)
    return as_file(csv_rows(found, groups), f"{wanted}-{round_.code}")


@require_POST
def letters(request: HttpRequest, code: str) -> HttpResponse:
    """Letters for who of one school is reached by no mail; leads to the page where the PDF appears."""
    round_, _wanted, _reach = _room(request, code, RoundList.UNREACHABLE)
    school = next((one for one in _printing(request) if one.slug == request.POST.get("school")), None)
    form, back = KeyForm(request.POST), _list_url(round_, RoundList.UNREACHABLE)
    if school is None:
        raise Http404
    if not form.is_valid():
        return HttpResponseRedirect(back, status=303)
    by = request.portal.person

    def act() -> str:
        return print_letters(round_=round_, school=school, by=by, not_about=own_children(by)).code

    try:
        pile = once(form.cleaned_data["key"], act, of=f"letters {round_.code} {school.slug}")
    except NobodyToPrint:
        return HttpResponseRedirect(f"{back}?niemand=1", status=303)
    return HttpResponseRedirect(reverse("consent:paper.pile", args=[pile]), status=303)


@require_POST
def mail(request: HttpRequest, code: str, guardian: str) -> HttpResponse:
    """The invitation once more to one parent; back to the list, which says that it left, or why not."""
    round_, _wanted, reach = _room(request, code, RoundList.CAME_BACK)
    link = get_object_or_404(
        PersonalLink.objects.select_related("guardian"), round=round_, guardian__code=guardian
    )
    which = request.POST.get("list", "")
    back = _list_url(round_, which if which in RoundList.values else RoundList.CAME_BACK)
    if not _is_mine(round_, link, reach):
        raise Http404
    form = KeyForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(back, status=303)
    try:
        once(form.cleaned_data["key"], lambda: str(mail_again(round_, link.guardian)), of=f"again {link.id}")
    except CannotMail as refusal:
        return HttpResponseRedirect(f"{back}?{urlencode({'niet': refusal.code})}", status=303)
    return HttpResponseRedirect(f"{back}?gemaild=1", status=303)


def _rows(
    request: HttpRequest, round_: Round, which: RoundList, reach: dict[str, Any], query: str, after: int
) -> tuple[list[dict[str, Any]], int]:
    """The rows of one page as the template draws them, and how many there are in all."""
    today = current().today
    if which == RoundList.NO_DECIDER:
        pupils, total = pupils_without_decider(round_, query=query, after=after, **reach)
        _record([], pupils)
        groups = group_names([one.id for one in pupils], today)
        return [pupil_row(one, groups) for one in pupils], total
    found, total = people_on(round_, which, **reach, query=query, after=after)
    children = [child for one in found for child in one.children]
    _record([one.guardian.id for one in found], children)
    groups = group_names([child.id for child in children], today)
    may_print = bool(paper_roles(request.portal.roles))
    return [person_row(one, round_, groups, may_print=may_print) for one in found], total


def _room(
    request: HttpRequest, code: str, which: str, only: Sequence[Role] = ()
) -> tuple[Round, RoundList, dict[str, Any]]:
    """The round, the list and the reach: of the own schools or of the one that was chosen, never an own child.

    `only`: the roles whose schools it is about, when not all of them.
    """
    mine = work_reach(only or request.portal.roles)
    if not mine.has_schools:
        raise PermissionDenied
    if which not in RoundList.values:
        raise Http404
    rounds = rounds_at(mine.schools).exclude(kind=RoundKind.STAFF)
    round_, schools = get_object_or_404(rounds, code=code), mine.schools
    if slug := request.GET.get("school", "").replace("\0", ""):
        chosen = School.objects.filter(slug=slug).first()
        if chosen is None or (schools is not None and chosen.id not in schools):
            raise Http404
        schools = frozenset([chosen.id])
    return round_, RoundList(which), {"schools": schools, "not_about": own_children(request.portal.person)}


def _is_mine(round_: Round, link: PersonalLink, reach: dict[str, Any]) -> bool:
    """A parent of these schools, with whom this person has no child."""
    ties = Guardianship.objects.filter(guardian=link.guardian_id)
    if ties.filter(pupil_id__in=reach["not_about"]).exists():
        return False
    return bool(children_at([link.guardian_id], reach["schools"], current().today).get(link.guardian_id))


def _record(guardian_ids: list[int], children: list[Pupil]) -> None:
    record_reading(Reading.PEOPLE_SEARCH, guardian_ids)
    record_reading(Reading.TASK_LIST, [child.id for child in children])


def _number(request: HttpRequest) -> int:
    text = request.GET.get("pagina", "1")
    return min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _pages(request: HttpRequest, number: int, total: int) -> dict[str, Any]:
    last = max(-(-total // PAGE), 1)
    kept = {name: request.GET[name] for name in ("q", "school") if request.GET.get(name)}

    def at(page: int) -> str:
        return "?" + urlencode(kept | {"pagina": page})

    return {
        "number": number,
        "last": last,
        "newer": at(number - 1) if number > 1 else "",
        "older": at(number + 1) if number < last else "",
    }


def _schools(request: HttpRequest) -> list[School]:
    ids = work_reach(request.portal.roles).schools
    found = School.objects.order_by("name", "id")
    return list(found if ids is None else found.filter(id__in=ids))


def _printing(request: HttpRequest) -> list[School]:
    roles = paper_roles(request.portal.roles)
    ids = schools_of(roles)
    found = School.objects.order_by("name", "id") if roles else School.objects.none()
    return list(found if ids is None else found.filter(id__in=ids))


def _letters(request: HttpRequest, round_: Round, which: RoundList) -> list[dict[str, Any]]:
    """For each school where this person prints: for how many a letter can be made, and the piles that are there."""
    if which not in WITH_LETTERS:
        return []
    slug, person = request.GET.get("school", ""), request.portal.person
    schools = [one for one in _printing(request) if slug in {"", one.slug}]
    if len(schools) > 1:
        return []  # one school at a time: letters are handed out there
    return [
        {
            "school": school,
            "count": len(parents_to_write(round_, school, own_children(person))),
            "key_form": KeyForm(),
            "piles": piles_of(round_, school, person),
        }
        for school in schools
    ]


def _other_lists(request: HttpRequest, round_: Round, here: RoundList) -> list[dict[str, Any]]:
    kept = f"?{urlencode({'school': request.GET['school']})}" if request.GET.get("school") else ""
    return [
        {"url": _list_url(round_, which) + kept, "label": which.label, "is_here": which == here}
        for which in RoundList
    ]


def _list_url(round_: Round, which: str) -> str:
    return reverse("consent:staff.work_list", args=[round_.code, which])
