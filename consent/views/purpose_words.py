"""A question, its wordings and a change of it, as the pages of the administrator show them."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from consent.choices import PARENT_LANGUAGES, Medium
from consent.domain.presets import PRESETS
from consent.models import Purpose, QuestionVersion


def preset_rows() -> list[dict[str, str]]:
    """What can be added, each with words to begin with."""
    return [
        {
            "url": reverse("consent:admins.purpose_new", args=[kind]),
            "title": preset.words["nl"][0],
            "picture": str(preset.picture or preset.layer),
        }
        for kind, preset in PRESETS.items()
    ]


def purpose_row(purpose: Purpose, today: date) -> dict[str, Any]:
    """One question with the wording of today, and the one that is planned."""
    versions = sorted(purpose.versions.all(), key=lambda version: version.number)
    past = [version for version in versions if version.in_force_on <= today]
    coming = [version for version in versions if version.in_force_on > today]
    text = _dutch((past or versions)[-1]) if versions else None
    return {
        "slug": purpose.slug,
        "position": purpose.position,
        "short_label": purpose.short_label,
        "layer": purpose.get_layer_display(),
        "picture": purpose.example,
        "medium": "" if purpose.medium == Medium.ALL else purpose.get_medium_display(),
        "all_must_agree": purpose.all_must_agree,
        "is_active": purpose.is_active,
        "school": purpose.school.name if purpose.school else "",
        "event_on": purpose.event_on,
        "places": [place.name for place in purpose.places.all()],
        "title": text.title if text else "",
        "explanation": text.explanation if text else "",
        "since": past[-1].in_force_on if past else None,
        "coming_on": coming[-1].in_force_on if coming else None,
        "languages": len(past[-1].texts.all()) if past else 0,
        "all_languages": len(PARENT_LANGUAGES),
    }


def version_rows(purpose: Purpose, today: date) -> list[dict[str, Any]]:
    """Every wording that was fixed, newest first, with the mark (SHA-256) of each language."""
    versions = sorted(purpose.versions.all(), key=lambda version: -version.number)
    return [
        {
            "number": version.number,
            "is_material": version.is_material,
            "in_force_on": version.in_force_on,
            "is_coming": version.in_force_on > today,
            "texts": [
                {
                    "code": text.language,
                    "language": _name(text.language),
                    "title": text.title,
                    "explanation": text.explanation,
                    "mark": text.sha256[:16],
                }
                for text in version.texts.all()
            ],
        }
        for version in versions
    ]


def change_rows(purpose: Purpose, words: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Old and new per language, side by side; Dutch first. Without new words a language falls back to Dutch."""
    last = max(purpose.versions.all(), key=lambda version: version.number, default=None)
    before = {text.language: (text.title, text.explanation) for text in last.texts.all()} if last else {}
    codes = sorted({*before, *words}, key=lambda code: (code != "nl", code))
    return [
        {
            "code": code,
            "language": _name(code),
            "before": before.get(code),
            "after": words.get(code),
            "is_same": before.get(code) == words.get(code),
        }
        for code in codes
    ]


def _dutch(version: QuestionVersion) -> Any:
    return next(text for text in version.texts.all() if text.language == "nl")


def _name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))
