"""The tablet at school, as parents meet it: a language, the code of a letter, the questions, and nobody remembered.

Only the code of a letter opens it, not an e-mail address with a mailed code. A mailed code signs a whole mailbox in:
every foundation, the history, on a tablet that the next family holds a minute later; and it ends the session of the
tablet. Who can read mail that evening has a telephone, on which link and code work as always.
"""

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.choices import Channel
from consent.domain.kiosk import (
    LetterNotHere,
    WrongLetter,
    letter_at,
    still_there,
    stop_kiosk,
    with_visit,
    without_visit,
)
from consent.forms import LetterForm
from consent.models import Kiosk, PaperForm
from ledger.acting import SCHOOL_TIME

from .asking import ask, send
from .receipts import receipt_page
from .sitting import Sitting

SESSION = "kiosk"
# Without a tap for so long the family is forgotten. Without JavaScript taps on a page cannot be seen: then the page
# with the questions stays longer, or a slow reader would lose the answers.
SECONDS, SECONDS_TO_READ = 120, 300
page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@page
def start(request: HttpRequest) -> HttpResponse:
    """Choose a language, type the code. Whoever gets here, by a button, by Back or by the clock, has left the
    family before behind."""
    tablet = request.portal.kiosk
    if tablet is None:
        return _closed(request)
    if request.method != "POST":
        return forgotten(request, _start_page(request, tablet, LetterForm()))
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _start_page(request, tablet, form, status=422)
    if not _may_try(request, tablet):
        form.add_error("code", _("There were 10 wrong codes. Wait 15 minutes, or ask the school."))
        return _start_page(request, tablet, form, status=429)
    try:
        letter = letter_at(tablet, form.cleaned_data["code"])
    except WrongLetter as wrong:
        ratelimit.consume(request, action="kiosk_letter", key=tablet.code)
        form.add_error("code", wrong.message)
    except LetterNotHere as refused:
        form.add_error("code", refused.message)
    else:
        return _opened(request, letter)
    return _start_page(request, tablet, form, status=422)


@login_not_required
@page
def answer(request: HttpRequest) -> HttpResponse:
    """The same questions as behind the personal link, about all children of this parent here."""
    return _nobody(request) or ask(request, _sitting(request))


@login_not_required
@page
def choice(request: HttpRequest) -> HttpResponse:
    """Pass the choices on."""
    return _nobody(request) or send(request, _sitting(request))


@login_not_required
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was decided a moment ago; the copy is on its way by mail."""
    return _nobody(request) or receipt_page(request, _sitting(request), code)


@login_not_required
@require_POST
def done(request: HttpRequest) -> HttpResponse:
    """The tablet goes back: the next family finds nothing of this one."""
    if request.portal.kiosk is None:
        return _closed(request)
    response = HttpResponseRedirect(reverse("consent:kiosk.start"), status=303)
    forgotten(request, response)
    request.session.cycle_key()
    return response


@login_not_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """No tablet for parents any more; who works here signs in as always."""
    if not request.portal.tablet:
        return _closed(request)
    if request.portal.kiosk is not None:
        stop_kiosk(request.portal.kiosk)
    request.session.flush()
    response = HttpResponseRedirect(reverse("account_login"), status=303)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def forgotten(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Without the family, and in Dutch again. That a cookie changes also makes a browser drop the pages that it
    keeps for Back (they are `no-store`, which some keep nevertheless)."""
    tablet = request.session.get(SESSION, {})
    if "visit" in tablet:
        request.session[SESSION] = without_visit(tablet)
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def tablet_words(request: HttpRequest, has_visit: bool) -> dict[str, Any]:
    """What every page on a tablet needs: see templates/base.html."""
    is_long = request.path == reverse("consent:kiosk.answer")
    return {
        "has_visit": has_visit,
        "start_url": reverse("consent:kiosk.start"),
        "seconds": SECONDS,
        "blind_seconds": SECONDS_TO_READ if is_long else SECONDS,
    }


def _opened(request: HttpRequest, letter: PaperForm) -> HttpResponse:
    """On with this family, in the language of the letter unless another one was chosen."""
    request.session[SESSION] = with_visit(without_visit(request.session[SESSION]), letter)
    request.session.cycle_key()
    language = request.chosen_language or letter.language
    return HttpResponseRedirect(f"{reverse('consent:kiosk.answer')}?taal={language}", status=303)


def _may_try(request: HttpRequest, tablet: Kiosk) -> bool:
    """Ten wrong codes and the tablet waits, whoever typed them; counted outside this transaction."""
    return bool(ratelimit.consume(request, action="kiosk_letter", key=tablet.code, dry_run=True))


def _sitting(request: HttpRequest) -> Sitting:
    portal = request.portal
    request.session[SESSION] = still_there(request.session[SESSION])
    return Sitting(
        guardian=portal.visit.guardian,
        foundation=portal.foundation,
        channel=Channel.KIOSK,
        key="",
        visit=portal.visit,
    )


def _nobody(request: HttpRequest) -> HttpResponse | None:
    """No family is before this tablet: back to its first page. No tablet at all: then there is no such page."""
    if request.portal.kiosk is None:
        return _closed(request)
    return redirect("consent:kiosk.start") if request.portal.visit is None else None


def _closed(request: HttpRequest) -> HttpResponse:
    """Its time is over, or it was stopped; a browser that never was a tablet gets 404."""
    if request.portal.tablet:
        request.session[SESSION] = without_visit(request.session[SESSION])
    return render(request, "consent/kiosk/ended.html", status=410 if request.portal.tablet else 404)


def _start_page(request: HttpRequest, tablet: Kiosk, form: LetterForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "school": tablet.school.name,
        "ends_at": tablet.ends_at.astimezone(SCHOOL_TIME),
        "start_url": reverse("consent:kiosk.start"),
    }
    return render(request, "consent/kiosk/start.html", context, status=status)
