"""In which languages a page can be read: all of them for families, Dutch and English for who works here."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from schools.models import Foundation
from schools.rules import is_concept

from .audiences import DOORS, Portal, staff

STAFF_LANGUAGES = ("nl", "en")
# The protocol and the report pages are Dutch or English; the mailbox of the demo is for who tries it.
NOT_FOR_FAMILIES = {"policies", "incidents", "demo", "schools"}
# Only who works here has a password and a second factor.
OF_STAFF = ("account_change_password", "account_reset", "account_reauthenticate", "mfa_")


def languages_of(request: HttpRequest) -> dict[str, str]:
    """Own name by code, for this page; an address that leads nowhere has them all."""
    known = dict(settings.LANGUAGES)
    return known if _is_for_families(request) else {code: known[code] for code in STAFF_LANGUAGES}


def menu_of(request: HttpRequest) -> list[dict[str, str]]:
    """The same for the menu, each with the direction of its letters."""
    directions = {True: "rtl", False: "ltr"}
    return [
        {"code": code, "name": name, "dir": directions[translation.get_language_info(code)["bidi"]]}
        for code, name in languages_of(request).items()
    ]


def concept_mark(request: HttpRequest, there: Portal) -> Any:
    """Whether this page says that nobody has read its language yet; asked when the page is drawn."""
    return partial(_is_concept, request, there)


def _is_concept(request: HttpRequest, there: Portal) -> bool:
    language = translation.get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE or not _is_for_families(request):
        return False
    ours = [guardian.foundation for guardian in there.guardians] or [there.foundation]
    if ours != [None]:
        return any(is_concept(language, foundation) for foundation in ours if foundation)
    # The front door and the sign-in page belong to no foundation: one reader anywhere has read these words.
    return not Foundation.objects.filter(approved_languages__contains=[language]).exists()


def _is_for_families(request: HttpRequest) -> bool:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return True
    if DOORS.get(request.path_info.lstrip("/").split("/")[0]) is staff:
        return False
    return match.namespace not in NOT_FOR_FAMILIES and not (match.url_name or "").startswith(OF_STAFF)
