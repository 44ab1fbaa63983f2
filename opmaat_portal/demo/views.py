"""Only in the demo: sign in with one tap, and read everybody's mail. Not routed anywhere else."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import MFA, PASSWORD

from . import mailbox as box
from .people import BY_NAME, mailbox_of

PER_PAGE = 20
# What is in a mail may be shown, but nothing in it may run, load or sit in our origin.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'"
)


@login_not_required
@require_POST
def sign_in_as(request: HttpRequest, name: str) -> HttpResponse:
    """One tap counts as password AND second factor: the demo is for looking at every room, without an app."""
    person = BY_NAME.get(name)
    user = mailbox_of(person) if person else None
    if user is None:
        raise Http404
    request.session.flush()
    get_adapter().login(request, user)
    for method in (PASSWORD, MFA):
        record_authentication(request, user, method=method)
    return HttpResponseRedirect(reverse("portal:start"), status=303)


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    page = Paginator(box.keys(to), PER_PAGE).get_page(request.GET.get("page"))
    mails = list(box.read_all(page.object_list))
    return render(request, "opmaat_portal/demo/mailbox.html", {"mails": mails, "page": page, "to": to})


@login_not_required
@require_safe
def mail_as_sent(request: HttpRequest, key: str) -> HttpResponse:
    """The mail with its own looks, alone in a sandbox."""
    mail = box.read(key)
    if mail is None or not mail.html:
        raise Http404
    return HttpResponse(mail.html, headers={"Content-Security-Policy": MAIL_POLICY})


@login_not_required
@require_safe
def mailbox_json(request: HttpRequest) -> JsonResponse:
    """A list, newest first; `?to=` keeps those whose recipient contains it."""
    found = box.keys(request.GET.get("to", ""))
    return JsonResponse([mail.as_json() for mail in box.read_all(found)], safe=False)
