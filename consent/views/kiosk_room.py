"""Where the office or the director makes a tablet of this browser, and sees which tablets work now."""

from uuid import uuid4

from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from consent.domain.kiosk import TooLong, begin_session, kiosks_running, start_kiosk, stop_kiosk
from consent.forms import StartKioskForm
from consent.models import Kiosk
from consent.rules import end_times, end_tonight, kiosk_schools
from ledger.acting import SCHOOL_TIME, current
from schools.models import School

from .kiosk import SESSION


@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest) -> HttpResponse:
    """GET: what it does, and until when. POST: this browser is a tablet from now on, and nobody is signed in."""
    schools = _schools(request)
    if request.method != "POST":
        return _page(request, _form(schools), schools)
    form = _form(schools, request.POST)
    if not form.is_valid():
        form.renew()
        return _page(request, form, schools, status=422)
    try:
        kiosk = start_kiosk(school=form.chosen_school, by=request.portal.person, ends_at=form.ends_at)
    except TooLong as refusal:
        form.add_error("until", refusal.message)
        return _page(request, form, schools, status=409)
    return _made_a_tablet(request, kiosk)


@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """A tablet that was left behind works no more."""
    schools = _schools(request)
    stop_kiosk(get_object_or_404(Kiosk, code=code, school__in=schools))
    return HttpResponseRedirect(reverse("consent:kiosk.room"), status=303)


def _schools(request: HttpRequest) -> list[School]:
    """403 for who works here in another role."""
    schools = list(School.objects.filter(id__in=kiosk_schools(request.portal.roles)).order_by("name", "id"))
    if not schools:
        raise PermissionDenied
    return schools


def _made_a_tablet(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """The session of who works here is gone, with all that it knew; a new one holds the tablet and no person."""
    logout(request, show_message=False)
    request.session.flush()
    request.session[SESSION] = begin_session(kiosk)
    request.session.set_expiry(int((kiosk.ends_at - current().now).total_seconds()))
    rotate_token(request)
    response = HttpResponseRedirect(reverse("consent:kiosk.start"), status=303)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _form(schools: list[School], data: object = None) -> StartKioskForm:
    now = current().now.astimezone(SCHOOL_TIME)
    times = end_times(now)
    if data is not None:
        return StartKioskForm(data, schools=schools, times=times)
    here = schools[0].slug if len(schools) == 1 else ""  # at the wrong school no letter would work
    initial = {"key": uuid4(), "school": here, "until": f"{end_tonight(now):%Y-%m-%dT%H}"}
    return StartKioskForm(initial=initial, schools=schools, times=times)


def _page(
    request: HttpRequest, form: StartKioskForm, schools: list[School], status: int = 200
) -> HttpResponse:
    running = [
        {
            "code": kiosk.code,
            "school": kiosk.school.name,
            "by": kiosk.started_by.full_name,
            "ends_at": kiosk.ends_at.astimezone(SCHOOL_TIME),
        }
        for kiosk in kiosks_running().filter(school__in=schools)
    ]
    context = {"form": form, "running": running, "one_school": len(schools) == 1, "school": schools[0].name}
    return render(request, "consent/staff/kiosk.html", context, status=status)
