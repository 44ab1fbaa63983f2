"""What is asked, in frozen words."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import chain, count

from django.db import transaction
from django.db.models import Max, Q
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from consent.choices import Layer, Medium
from consent.models import Place, Purpose, QuestionText, QuestionVersion
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Foundation, School

Words = Mapping[str, tuple[str, str]]
# As in `Purpose.slug`, `Purpose.short_label` and `QuestionText.title`.
SLUG, LABEL, TITLE = 20, 30, 80


class PurposeRefused(Refusal):
    """The question stays as it was; the code says why."""

    WORDS = {
        "changed": _("Meanwhile a colleague changed this question. Look at it as it is now."),
        "stopped": _("This question is not asked any more. Open the page again."),
        "new_place": _(
            "A new place is a material change: parents said yes to other places. Choose material, from today."
        ),
        "before_last": _("A later wording is planned already. Choose its day, or a later one."),
        "asked_apart": _("Photo, film and sound are asked apart already."),
    }

    def __init__(self, code: str, message: object = "") -> None:
        super().__init__(message or self.WORDS[code], code)


def add_purpose(
    *,
    layer: Layer,
    short_label: str,
    all_must_agree: bool,
    places: Sequence[str],
    words: Words,
    in_force_on: date,
    slug: str = "",
    school: School | None = None,
    medium: Medium = Medium.ALL,
    event_on: date | None = None,
    picture: str = "",
) -> Purpose:
    """A new purpose with the places that it covers and its first wording; from now on it can be asked.

    With `school` only about who goes there; with `event_on` only about that day (C7, L1). Parents are not
    mailed: a round does that. Raises PurposeRefused when another purpose covers one of the places.
    """
    foundation_id = current().foundation
    with transaction.atomic():
        _lock_the_questions()
        refuse_taken_places(places, school=school, medium=medium, event_on=event_on)
        slug = slug or _free_slug(short_label)
        purpose = Purpose.objects.create(
            foundation_id=foundation_id,
            slug=slug,
            layer=layer,
            short_label=short_label,
            position=(Purpose.objects.aggregate(last=Max("position"))["last"] or 0) + 1,
            all_must_agree=all_must_agree,
            school=school,
            medium=medium,
            event_on=event_on,
            picture=picture,
        )
        Place.objects.bulk_create(
            Place(foundation_id=foundation_id, purpose=purpose, name=name, position=position)
            for position, name in enumerate(places, 1)
        )
        freeze_wording(purpose=purpose, words=words, is_material=True, in_force_on=in_force_on)
        _record(purpose, "added", places=list(places), school=school.slug if school else "")
    return purpose


def reword(
    *,
    purpose: Purpose,
    words: Words,
    places: Sequence[str],
    is_material: bool,
    in_force_on: date,
    seen: str,
) -> QuestionVersion:
    """Fix other words and places: a material change ends every yes on the older words from that day (C3).

    `seen` is the `mark_of` the question on the screen. A new place is a material change from today: nobody
    said yes to it. Raises PurposeRefused: then nothing is changed.
    """
    with transaction.atomic():
        _lock_the_questions()
        purpose = Purpose.objects.get(id=purpose.id)
        refuse_wording(purpose, places=places, is_material=is_material, in_force_on=in_force_on, seen=seen)
        version = freeze_wording(
            purpose=purpose, words=words, is_material=is_material, in_force_on=in_force_on
        )
        if list(places) != _names(purpose):
            purpose.places.all().delete()
            Place.objects.bulk_create(
                Place(foundation_id=purpose.foundation_id, purpose=purpose, name=name, position=position)
                for position, name in enumerate(places, 1)
            )
            _record(purpose, "places", places=list(places))
    return version


def refuse_wording(
    purpose: Purpose, *, places: Sequence[str], is_material: bool, in_force_on: date, seen: str
) -> None:
    """Say why this wording cannot be fixed, before anything is written. Raises PurposeRefused."""
    _refuse_other_than_seen(purpose, seen)
    added = set(places) - set(_names(purpose))
    if added and not (is_material and in_force_on == current().today):
        raise PurposeRefused("new_place")
    last = purpose.versions.order_by("number").last()
    if last is not None and in_force_on < last.in_force_on:
        raise PurposeRefused("before_last")
    refuse_taken_places(
        sorted(added),
        school=purpose.school,
        medium=Medium(purpose.medium),
        event_on=purpose.event_on,
        beside=[purpose.id],
    )


def stop_asking(*, purpose: Purpose, seen: str) -> None:
    """From now on nobody is asked this and staff cannot choose it; every answer stays as proof.

    Raises PurposeRefused when it was stopped or changed meanwhile.
    """
    with transaction.atomic():
        _lock_the_questions()
        purpose = Purpose.objects.get(id=purpose.id)
        _refuse_other_than_seen(purpose, seen)
        purpose.is_active = False
        purpose.save(update_fields=["is_active"])
        _record(purpose, "stopped")


def ask_media_apart(*, purpose: Purpose, seen: str) -> list[Purpose]:
    """Three questions instead of one: photo, film and sound, in the words of today with the medium behind the title.

    They are other questions: no yes of before counts for them (C7), everybody is asked again. The old one
    stops. Raises PurposeRefused.
    """
    with transaction.atomic():
        _lock_the_questions()
        purpose = Purpose.objects.get(id=purpose.id)
        if purpose.medium != Medium.ALL:
            raise PurposeRefused("asked_apart")
        past = purpose.versions.filter(in_force_on__lte=current().today)
        places, version = _names(purpose), past.order_by("number").last()
        words = (
            {text.language: (text.title, text.explanation) for text in version.texts.all()} if version else {}
        )
        stop_asking(purpose=purpose, seen=seen)
        return [
            add_purpose(
                layer=Layer(purpose.layer),
                short_label=_with_medium(purpose.short_label, medium, "nl", LABEL),
                all_must_agree=purpose.all_must_agree,
                places=places,
                words=words_of_medium(words, medium),
                in_force_on=current().today,
                slug=_free_slug(f"{purpose.slug[:10]}-{medium}"),
                school=purpose.school,
                medium=medium,
                event_on=purpose.event_on,
                picture=purpose.picture,
            )
            for medium in MEDIA
        ]


MEDIA = (Medium.PHOTO, Medium.FILM, Medium.SOUND)


def words_of_medium(words: Words, medium: Medium) -> dict[str, tuple[str, str]]:
    """These words, about one medium: the title says which, in each language."""
    return {
        language: (_with_medium(title, medium, language, TITLE), explanation)
        for language, (title, explanation) in words.items()
    }


def mark_of(purpose: Purpose) -> str:
    """Differs when somebody changed the words, the places or whether it is asked: is this what was on the screen?"""
    parts = [str(purpose.is_active), str(purpose.versions.count()), *_names(purpose)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def refuse_taken_places(
    names: Sequence[str],
    *,
    school: School | None,
    medium: Medium,
    event_on: date | None,
    beside: Collection[int] = (),
) -> None:
    """One place, one question: staff who choose a place must come to one answer. Raises PurposeRefused.

    An event has its own places (C7), and so has each medium that is asked apart, and each school.
    """
    if event_on is not None:
        return
    others = Purpose.objects.filter(is_active=True, event_on=None).exclude(id__in=beside)
    if school is not None:
        others = others.filter(Q(school=None) | Q(school=school))
    if medium != Medium.ALL:
        others = others.filter(medium__in=[Medium.ALL, medium])
    wanted = {name.casefold() for name in names}
    for place in Place.objects.filter(purpose__in=others).select_related("purpose"):
        if place.name.casefold() in wanted:
            words = _(
                "“%(place)s” is a place of the question “%(other)s” already. Choose another name, or take it out there."
            )
            raise PurposeRefused("taken", words % {"place": place.name, "other": place.purpose.short_label})


def _refuse_other_than_seen(purpose: Purpose, seen: str) -> None:
    if not purpose.is_active:
        raise PurposeRefused("stopped")
    if seen != mark_of(purpose):
        raise PurposeRefused("changed")


def _lock_the_questions() -> None:
    """One administrator at a time, also where there is no question yet: the foundation's own row."""
    Foundation.objects.select_for_update(no_key=True).get(id=current().foundation)


def _names(purpose: Purpose) -> list[str]:
    return [place.name for place in Place.objects.filter(purpose=purpose).order_by("position", "id")]


def _free_slug(label: str) -> str:
    base = slugify(label)[: SLUG - 3].strip("-") or "vraag"
    found = Purpose.objects.filter(slug__startswith=base).order_by("id").values_list("slug", flat=True)
    taken = {"nieuw", "volgorde", *found}  # words of the addresses
    names = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], names) if slug not in taken)


def _with_medium(words: str, medium: Medium, language: str, most: int) -> str:
    with translation.override(language):
        tail = f" ({medium.label})"
    return words[: most - len(tail)].rstrip() + tail


def _record(purpose: Purpose, act: str, **more: object) -> None:
    record(Verb.PURPOSE_ADDED, "purpose", purpose.id, purpose=purpose.slug, act=act, **more)


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
