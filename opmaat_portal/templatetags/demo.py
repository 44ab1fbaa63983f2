from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

from opmaat_portal.demo.people import present
from opmaat_portal.languages import STAFF_LANGUAGES

register = template.Library()


@register.inclusion_tag("opmaat_portal/demo/people.html", takes_context=True)
def demo_people(context: dict[str, Any]) -> dict[str, Any]:
    """One button per person of the demo; nothing at all outside it."""
    language = get_language() or "nl"
    return {
        "people": present() if settings.DEMO else [],
        "csrf_token": context.get("csrf_token"),
        "language": language if language in STAFF_LANGUAGES else "nl",  # the demo itself speaks no more
    }
