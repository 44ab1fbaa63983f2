"""What every start page of staff has above its own: what waits, and the protocol that is in force."""

from typing import Any

from django import template

from ledger.acting import current
from opmaat_portal.waiting import waiting_for
from policies.domain.papers import council_line
from policies.querysets import version_in_force
from schools.models import School
from schools.rules import schools_of

register = template.Library()


@register.inclusion_tag("opmaat_portal/start/_waiting.html", takes_context=True)
def what_waits(context: dict[str, Any]) -> dict[str, Any]:
    """What waits for who is there, the urgent first, one button each; a sentence when nothing does."""
    return {"waiting": waiting_for(context["request"].portal, current().today)}


@register.inclusion_tag("opmaat_portal/start/_protocol.html", takes_context=True)
def protocol_in_force(context: dict[str, Any]) -> dict[str, Any]:
    """Which agreements hold today, since when, what the council said, and where they can be read."""
    portal = context["request"].portal
    version = version_in_force(current().today)
    mine = schools_of(portal.roles)
    schools = School.objects.order_by("name", "id")
    return {
        "version": version,
        "council": council_line(version) if version else "",
        "foundation": portal.foundation,
        "schools": schools if mine is None else schools.filter(id__in=mine),
    }
