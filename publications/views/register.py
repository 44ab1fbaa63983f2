"""What was placed: of the own schools, to search and to filter; the newest first."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ledger.choices import Reading
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from publications.models import Publication, PublishedPerson, TakeDown
from publications.querysets import being_taken_down, register_of, with_words
from publications.rules import may_see_register, register_schools

PER_PAGE = 25
STATES = ("weghalen", "geplaatst", "weg")


@require_safe
@reading_is_recorded
def register(request: HttpRequest) -> HttpResponse:
    """No names of pupils in the list; a search by name tells where somebody is, so it is recorded."""
    mine = my_register(request)
    asked = {name: _word(request.GET, name) for name in ("q", "plek", "stand")}
    found = _filtered(mine, asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    people = PublishedPerson.objects.filter(publication__in=[row.id for row in page] if asked["q"] else [])
    record_reading(Reading.PUBLICATIONS, people.order_by().values_list("pupil_id", flat=True))
    context = {
        "rows": rows_of(page.object_list),
        "query": asked["q"],
        "places": _places(mine, asked["plek"]),
        "states": [
            {"value": value, "label": _state_words(value), "chosen": value == asked["stand"]}
            for value in STATES
        ],
        "in_use": any(asked.values()),
        "pages": _pages(request, page),
    }
    return render(request, "publications/staff/register.html", context)


def my_register(request: HttpRequest) -> QuerySet[Publication]:
    """The items of the own reach; no room at all for who checks no pictures."""
    roles = request.portal.roles
    if not may_see_register(roles):
        raise PermissionDenied
    return register_of(register_schools(roles), request.portal.person.id)


def rows_of(items: Sequence[Publication]) -> list[dict[str, Any]]:
    """What a list shows of these items, with the day of an open take-down."""
    due = dict(
        TakeDown.objects.filter(publication__in=[item.id for item in items], closed_at=None)
        .order_by()
        .values_list("publication_id", "due_on")
    )
    return [
        {
            "url": reverse("publications:staff.publication", args=[item.code]),
            "place": item.place,
            "icon": item.purpose.layer,
            "what": item.what,
            "where": ", ".join(filter(None, [item.group.name if item.group else "", item.school.name])),
            "owner": item.owner.full_name,
            "placed_on": item.placed_on,
            "ending": item.ending,
            "ended_at": item.ended_at,
            "due_on": due.get(item.id),
        }
        for item in items
    ]


def _word(data: QueryDict, name: str) -> str:
    return data.get(name, "").replace("\0", "").strip()[:60]


def _filtered(found: QuerySet[Publication], asked: dict[str, str]) -> QuerySet[Publication]:
    """An unknown place or state filters nothing away silently: the place finds nothing, the state is left out."""
    if asked["q"]:
        found = with_words(found, asked["q"])
    if asked["plek"]:
        found = found.filter(place=asked["plek"])
    if asked["stand"] == "weghalen":
        found = found.filter(being_taken_down())
    elif asked["stand"] == "geplaatst":
        found = found.filter(ended_at=None)
    elif asked["stand"] == "weg":
        found = found.filter(ended_at__isnull=False)
    return found


def _state_words(value: str) -> str:
    return {"weghalen": _("To be taken away"), "geplaatst": _("Placed now"), "weg": _("Gone")}[value]


def _places(mine: QuerySet[Publication], chosen: str) -> list[dict[str, Any]]:
    names = mine.order_by("place").values_list("place", flat=True).distinct()
    return [{"value": name, "label": name, "chosen": name == chosen} for name in names]


def _pages(request: HttpRequest, page: Page) -> dict[str, Any] | None:
    """The way to the page before and after, with the search kept; None when there is one page."""
    if page.paginator.num_pages == 1:
        return None

    def address(number: int) -> str:
        data = request.GET.copy()
        data["pagina"] = str(number)
        return f"{request.path}?{data.urlencode()}"

    return {
        "number": page.number,
        "all": page.paginator.num_pages,
        "before": address(page.number - 1) if page.has_previous() else "",
        "after": address(page.number + 1) if page.has_next() else "",
    }
