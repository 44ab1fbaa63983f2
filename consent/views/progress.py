"""How far a round is: what needs somebody first, then the bars, the lowest first (R7, UX-A8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consent.domain.progress import progress_of
from consent.models import Round

from .rounds import asking_room


@require_safe
def round_page(request: HttpRequest, code: str) -> HttpResponse:
    """One round, for the administrator."""
    asking_room(request)
    round_ = get_object_or_404(Round, code=code)
    context = {"progress": progress_of(round_), "round": round_, "said": sorted(request.GET)}
    return render(request, "consent/admins/round.html", context)
