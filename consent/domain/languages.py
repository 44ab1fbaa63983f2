"""Translations that somebody has read: until then every page and mail of that language says it is a concept."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from consent.choices import PARENT_LANGUAGES
from consent.models import ApprovedLanguage
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Foundation, Guardian

AUTHORITATIVE = "nl"


class AlreadyRead(Refusal):
    code = "language_already_read"
    message = _("Somebody has read this language already.")


@dataclass(frozen=True, slots=True)
class Translation:
    """One language besides Dutch; `read` says by whom and when, None as long as it is a concept."""

    code: str
    parents: int
    read: ApprovedLanguage | None


def translations() -> list[Translation]:
    """Every language of families but the authoritative one, with how many parents of this foundation have it."""
    read = {row.language: row for row in ApprovedLanguage.objects.all()}
    counted = Guardian.objects.order_by().values_list("language").annotate(Count("id"))
    parents = dict(counted)
    return [
        Translation(code, parents.get(code, 0), read.get(code))
        for code in PARENT_LANGUAGES
        if code != AUTHORITATIVE
    ]


def approve_language(*, language: str, reader: str) -> ApprovedLanguage:
    """A reader, by name, found the words of this language right: its pages and mails lose the mark at once.

    Mails that wait lose it too, because they are written when they leave. Raises AlreadyRead the second time,
    ValueError for Dutch or a language that families cannot choose.
    """
    if language not in PARENT_LANGUAGES or language == AUTHORITATIVE:
        raise ValueError(f"{language} is no translation")
    act = current()
    with transaction.atomic():
        foundation = Foundation.objects.select_for_update(no_key=True).get(id=act.foundation)
        if language in foundation.approved_languages:
            raise AlreadyRead
        row = ApprovedLanguage.objects.create(
            foundation=foundation, language=language, reader=reader, approved_on=act.today
        )
        foundation.approved_languages = [*foundation.approved_languages, language]
        foundation.save(update_fields=["approved_languages"])
        record(Verb.LANGUAGE_APPROVED, "approved_language", row.id, language=language, reader=reader)
    return row
