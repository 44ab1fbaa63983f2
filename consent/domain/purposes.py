"""What is asked, in frozen words."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from consent.choices import Layer
from consent.models import Place, Purpose, QuestionText, QuestionVersion
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record

Words = Mapping[str, tuple[str, str]]


def add_purpose(
    *,
    slug: str,
    layer: Layer,
    short_label: str,
    all_must_agree: bool,
    places: Sequence[str],
    words: Words,
    in_force_on: date,
) -> Purpose:
    """A new purpose with the places that it covers and its first wording; from now on it can be asked."""
    foundation_id = current().foundation
    with transaction.atomic():
        purpose = Purpose.objects.create(
            foundation_id=foundation_id,
            slug=slug,
            layer=layer,
            short_label=short_label,
            position=Purpose.objects.filter(foundation_id=foundation_id).count() + 1,
            all_must_agree=all_must_agree,
        )
        Place.objects.bulk_create(
            Place(foundation_id=foundation_id, purpose=purpose, name=name, position=position)
            for position, name in enumerate(places, 1)
        )
        freeze_wording(purpose=purpose, words=words, is_material=True, in_force_on=in_force_on)
    return purpose


def freeze_wording(
    *, purpose: Purpose, words: Words, is_material: bool, in_force_on: date
) -> QuestionVersion:
    """A next version of the question, per language, with its hash; it never changes again (R09).

    `is_material` ends every yes on an older version from `in_force_on` (C3). Dutch must be among the
    languages: that text is authoritative. Raises ValueError without it.
    """
    if "nl" not in words:
        raise ValueError("the Dutch wording is authoritative and must be there")
    with transaction.atomic():
        Purpose.objects.select_for_update(no_key=True).get(id=purpose.id)
        version = QuestionVersion.objects.create(
            foundation_id=purpose.foundation_id,
            purpose=purpose,
            number=purpose.versions.count() + 1,
            is_material=is_material,
            in_force_on=in_force_on,
        )
        texts = [_text(version, language, *pair) for language, pair in sorted(words.items())]
        QuestionText.objects.bulk_create(texts)
        hashes = {text.language: text.sha256 for text in texts}
        record(Verb.WORDING_FROZEN, "question_version", version.id, purpose=purpose.slug, sha256=hashes)
    return version


def words_hash(title: str, explanation: str) -> str:
    """SHA-256 of the words as they are shown."""
    return hashlib.sha256(f"{title}\n{explanation}".encode()).hexdigest()


def _text(version: QuestionVersion, language: str, title: str, explanation: str) -> QuestionText:
    return QuestionText(
        foundation_id=version.foundation_id,
        version=version,
        language=language,
        title=title,
        explanation=explanation,
        sha256=words_hash(title, explanation),
    )
