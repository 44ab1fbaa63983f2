"""Report something without an account, and come back for the answer (I1). No address of a network is ever kept."""

from typing import Any
from uuid import uuid5

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import LinkKind
from accounts.links import find_link
from incidents.choices import State
from incidents.domain.handle import reporter_writes
from incidents.domain.report import make_report
from incidents.forms import MessageForm, PhraseForm, ReportForm
from incidents.models import Case
from incidents.phrases import normal_phrase, phrase_for
from incidents.querysets import shared_lines
from ledger.acting import current
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.models import School

from .receipt import Receipt, forget_receipt, keep_receipt, kept_receipt, receipt_words
from .reporter_words import STATUS, reporter_lines
from .tickets import may_try, new_ticket, was_wrong
from .uploads import FewPictures

IDLE_SECONDS = 30 * 60
page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@require_safe
def explain(request: HttpRequest, foundation: str, school: str) -> HttpResponse:
    """Before the first question: danger numbers, what happens with it, who reads it, and other doors."""
    context = {"school": _school(school)}
    return forget_receipt(_page(request, "explain", context))


@login_not_required
@csrf_exempt  # only here: `_report` checks the token, after the uploads have been bounded
@page
def report(request: HttpRequest, foundation: str, school: str) -> HttpResponse:
    """The four questions, and sending them."""
    request.upload_handlers = [FewPictures(request)]
    return _report(request, _school(school))


@csrf_protect
def _report(request: HttpRequest, school: School) -> HttpResponse:
    if request.method != "POST":
        return _questions(request, school, ReportForm())
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _questions(request, school, form, status=422)
    if not ratelimit.consume(request, action="report_send", key=_browser(request)):
        form.add_error(
            None, _("Many reports came from this device. Wait an hour, or call one of the numbers.")
        )
        return _questions(request, school, form, status=429)
    try:
        receipt = _sent(request, school, form)
    except Refusal as refused:
        form.add_error(None, refused.message)
        return _questions(request, school, form, status=409)
    url = reverse("incidents:public.receipt", args=[school.foundation.slug, school.slug])
    return keep_receipt(HttpResponseRedirect(url, status=303), receipt)


def _sent(request: HttpRequest, school: School, form: ReportForm) -> Receipt:
    """Once per form, words and browser. The code phrase follows from these three, so that a repeat shows the same
    one, and nobody else can ask for it: it is stored nowhere."""
    of = f"report {school.id} {_browser(request)} {form.fingerprint}"
    sent = uuid5(form.cleaned_data["key"], f"{of} phrase")  # not the number that `once` stores

    def act() -> str:
        made = make_report(school=school, words=form.words, pictures=form.cleaned_data["pictures"], sent=sent)
        return ",".join(made.roles)

    roles = once(form.cleaned_data["key"], act, of=of)
    return Receipt(sent, school.id, roles, current().today)


def _questions(request: HttpRequest, school: School, form: ReportForm, *, status: int = 200) -> HttpResponse:
    lost_pictures = form.is_bound and bool(request.FILES)
    context = {"school": school, "form": form, "has_lost_pictures": lost_pictures}
    return _page(request, "report", context, status=status)


@login_not_required
@page
def receipt(request: HttpRequest, foundation: str, school: str) -> HttpResponse:
    """The eight words, for ten minutes, in the browser that sent the report; a POST: they are written down."""
    there = _school(school)
    kept = kept_receipt(request)
    if kept is None or kept.school_id != there.id:
        return redirect("incidents:public.explain", foundation, school)
    if request.method == "POST":
        return forget_receipt(HttpResponseRedirect(reverse("incidents:public.back"), status=303))
    context = {"school": there, "phrase": phrase_for(kept.sent).split("-"), **receipt_words(kept, there)}
    context["address"] = settings.PORTAL_URL.split("://")[1] + reverse("incidents:public.back")
    return _page(request, "receipt", context)


@login_not_required
@page
def back(request: HttpRequest) -> HttpResponse:
    """Coming back: type the eight words; or, when they were right, the report itself."""
    if request.method == "POST":
        return _open(request)
    if request.portal.link_key is None:
        return _phrase_page(request, PhraseForm(initial={"ticket": new_ticket()}))
    request.session.modified = True  # another half hour
    return _report_page(request, MessageForm())


def _open(request: HttpRequest) -> HttpResponse:
    """Try the words. Right: a fresh session that holds this report and nothing of who was signed in here."""
    form = PhraseForm(request.POST)
    if not form.is_valid():
        return _phrase_page(request, form, status=422)
    browser = _browser(request)
    if (why_not := may_try(request, browser, form.cleaned_data["ticket"])) is not None:
        form.add_error("phrase", why_not)
        return _phrase_page(request, form, status=429)
    key = find_link(LinkKind.REPORT, normal_phrase(form.cleaned_data["phrase"]))
    if key is None or key.ends_at <= current().now:
        was_wrong(request, browser)
        form.add_error("phrase", _("These words are not right. Look at each word, and at the order."))
        return _phrase_page(request, form, status=422)
    was_signed_in = request.user.is_authenticated
    request.session.flush()
    request.session.set_expiry(IDLE_SECONDS)
    request.session["report"] = bytes(key.token_hash).hex()
    if was_signed_in:
        messages.info(request, _("You were signed in. We signed you out, so that this report stays apart."))
    return HttpResponseRedirect(reverse("incidents:public.back"), status=303)


def _phrase_page(request: HttpRequest, form: PhraseForm, *, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.data = form.data.copy()
        form.data["ticket"] = new_ticket()
    return _page(request, "phrase", {"form": form}, status=status)


@login_not_required
@page
def message(request: HttpRequest) -> HttpResponse:
    """Something more, from who reported it."""
    if request.method != "POST" or request.portal.link_key is None:
        return redirect("incidents:public.back")
    request.session.modified = True
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _report_page(request, form, status=422)

    def act() -> str:
        return str(reporter_writes(_case(), text=form.cleaned_data["text"]).id)

    try:
        once(form.cleaned_data["key"], act, of=f"message {form.fingerprint}")
    except Refusal as refused:
        form.add_error(None, refused.message)
        return _report_page(request, form, status=409)
    messages.success(request, _("School has your message."))
    return HttpResponseRedirect(reverse("incidents:public.back"), status=303)


def _report_page(request: HttpRequest, form: MessageForm, *, status: int = 200) -> HttpResponse:
    case = _case()
    context = {
        "form": form,
        "case": case,
        "status": STATUS[case.state],
        "is_closed": case.state == State.CLOSED,
        "lines": reporter_lines(shared_lines(case)),
    }
    return _page(request, "report_back", context, status=status)


@login_not_required
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Forget the report in this browser."""
    request.session.pop("report", None)
    messages.info(
        request, _("This report is closed on this device. You can open it again with your 8 words.")
    )
    return HttpResponseRedirect(reverse("incidents:public.back"), status=303)


@login_not_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """The exit button: forget in this browser what was open, and on to a neutral site. Safe to follow by chance."""
    request.session.pop("report", None)
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.headers["Referrer-Policy"] = "no-referrer"
    return forget_receipt(response)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context["exit_url"] = settings.EXIT_URL
    return render(request, f"incidents/public/{name}.html", context, status=status)


def _school(slug: str) -> School:
    return get_object_or_404(School.objects.select_related("foundation"), slug=slug)


def _case() -> Case:
    """The one case that the code phrase opens: behind its wall there is no other."""
    return Case.objects.select_related("school__foundation").get()


def _browser(request: HttpRequest) -> str:
    """Which browser this is, by the secret of its own forms: no address, and nothing that we keep."""
    return request.META.get("CSRF_COOKIE") or get_token(request)
