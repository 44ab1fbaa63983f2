"""Where a mail provider tells which mails came back."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notices.domain.bounces import take_bounces
from notices.forms import BadReportError, reports_in


def _refusal(status: int, words: str) -> HttpResponse:
    return HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")


@login_not_required
@csrf_exempt
@require_POST
def returned(request: HttpRequest) -> HttpResponse:
    """Take in reports of mails that came back: `Authorization: Bearer <BOUNCE_TOKEN>`; twice is once.

    Without BOUNCE_TOKEN in the settings there is no such page. For programs: in English, on no screen.
    """
    if not settings.BOUNCE_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not constant_time_compare(given, settings.BOUNCE_TOKEN):
        return _refusal(401, "The token is missing or wrong.")
    try:
        reports = reports_in(request.body, request.content_type or "")
    except RequestDataTooBig:
        return _refusal(413, "This is too long: send fewer reports at once.")
    except (BadReportError, UnreadablePostError) as error:
        return _refusal(400, str(error) or "The request broke off.")
    taken = take_bounces(reports)
    return JsonResponse({"new": taken.new, "known": taken.known, "not_ours": taken.not_ours})


# It opens its own transactions: which foundation a report is about is only known after reading it.
returned.needs_no_database = True  # type: ignore[attr-defined]
