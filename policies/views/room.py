"""The room of who keeps the protocol: who comes in, and to which version."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from ledger.refusal import Refusal
from policies.models import Version
from policies.rules import may_publish, may_see_versions


def writers_only(request: HttpRequest) -> None:
    """Who does not keep the protocol does not know that this room exists."""
    if not may_publish(request.portal.roles):
        raise Http404


def readers_only(request: HttpRequest) -> None:
    """The board looks along, and changes nothing."""
    if not may_see_versions(request.portal.roles):
        raise Http404


def version_to_change(request: HttpRequest, code: str) -> Version:
    writers_only(request)
    return _version(code)


def version_to_read(request: HttpRequest, code: str) -> Version:
    readers_only(request)
    return _version(code)


def _version(code: str) -> Version:
    found = Version.objects.select_related("protocol", "made_by", "foundation", "frozen", "copied_from")
    return get_object_or_404(found, code=code)


def words_of(refused: Refusal) -> str:
    return str(refused.message)


def see(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
