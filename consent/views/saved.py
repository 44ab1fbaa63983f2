"""What somebody at school entered just now, told on the page that they come to."""

from typing import Any

from django.http import HttpRequest

from accounts.links import hidden_address
from consent.models import Submission
from schools.querysets import own_address

from .paper_room import looks_like_code


def saved_just_now(request: HttpRequest) -> Submission | None:
    """The entry that the address names, of who looks; somebody else's does not exist."""
    code = request.GET.get("klaar", "")
    if not looks_like_code(code):
        return None
    return Submission.objects.filter(code=code, recorded_by=request.portal.person).first()


def children_in(saved: Submission | None) -> list[int]:
    return sorted(set(saved.answers.order_by().values_list("pupil_id", flat=True))) if saved else []


def saved_words(saved: Submission | None) -> dict[str, Any] | None:
    """For `_saved.html`: about whom, how many choices, and where the receipt went ("" when no address is known)."""
    if saved is None:
        return None
    first = saved.answers.select_related("pupil").order_by("id")[0]
    email = saved.guardian.email if saved.guardian else own_address(first.pupil)
    return {
        "name": first.pupil.short_name,
        "count": saved.answers.count(),
        "sent_to": hidden_address(email) if email else "",
    }
