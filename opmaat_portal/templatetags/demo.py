from typing import Any

from django import template
from django.conf import settings

from opmaat_portal.demo.people import present

register = template.Library()


@register.inclusion_tag("opmaat_portal/demo/people.html", takes_context=True)
def demo_people(context: dict[str, Any]) -> dict[str, Any]:
    """One button per person of the demo; nothing at all outside it."""
    return {"people": present() if settings.DEMO else [], "csrf_token": context.get("csrf_token")}
