"""What the pages of consent show of the register: they name a tag, and know nothing of what is behind it."""

from typing import Any

from django import template
from django.urls import reverse

from consent.choices import Layer
from consent.domain.facts import known_pupils, policy_of
from consent.forms import KeyForm
from consent.models import Check, Purpose
from consent.rules import state
from ledger.acting import current
from publications.domain.publish import places_of
from publications.models import Publication

register = template.Library()


@register.inclusion_tag("publications/staff/_of_check.html", takes_context=True)
def placed(context: dict[str, Any], check: Check) -> dict[str, Any]:
    """On the receipt of an allowed check: one tap per place, and what is entered already (S5)."""
    items = list(Publication.objects.filter(check_row=check).order_by("id"))
    entered = {item.place for item in items}
    return {
        "check": check,
        "items": [
            {"place": item.place, "url": reverse("publications:staff.publication", args=[item.code])}
            for item in items
        ],
        "places": [name for name in places_of(check) if name not in entered],
        "enters_itself": check.purpose.layer == Layer.CLOSED,
        "still_allowed": _is_allowed_now(check),
        "key_form": KeyForm(),
        "csrf_token": context["csrf_token"],
    }


def _is_allowed_now(check: Check) -> bool:
    """A kept verdict is of its moment: a use of today needs a yes of today (U1)."""
    purpose = Purpose.objects.prefetch_related("versions").get(id=check.purpose_id)
    policy = policy_of(purpose, check.foundation)
    people = known_pupils(
        sorted(check.people.exclude(pupil=None).order_by().values_list("pupil_id", flat=True))
    )
    return all(state(pupil.facts, policy, current().today).is_allowed for pupil in people)
