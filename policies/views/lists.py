"""The first page of the protocol in words, with a fixed number of questions to the database."""

from datetime import date
from typing import Any

from django.urls import reverse

from policies.domain.papers import council_line
from policies.domain.text import facts_of_all
from policies.models import Version
from policies.querysets import versions_in_force_order
from policies.rules import VersionFacts, state_on

from .words import next_step, schools_in_order, state_words


def protocol_words(today: date) -> dict[str, Any]:
    """In force, in progress (planned ones too), and older; newest first."""
    frozen = list(versions_in_force_order())
    in_force = [version for version in frozen if version.in_force_on and version.in_force_on <= today]
    planned = [version for version in frozen if version not in in_force]
    concepts = [*Version.objects.filter(frozen_at=None).select_related("protocol"), *planned]
    facts = facts_of_all(concepts)
    return {
        "current": _current(in_force[0]) if in_force else None,
        "concepts": [_concept_row(version, facts[version.id], today) for version in concepts],
        "older": [_older_row(version) for version in in_force[1:]],
    }


def _current(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "title": version.protocol.title,
        "url": reverse("policies:admins.version", args=[version.code]),
        "next_url": reverse("policies:admins.next_version", args=[version.code]),
        "since": version.in_force_on,
        "council": council_line(version),
        "schools": [
            {
                "name": school.name,
                "url": reverse("policies:public.school", args=[school.foundation.slug, school.slug]),
            }
            for school in schools_in_order()
        ],
    }


def _concept_row(version: Version, facts: VersionFacts, today: date) -> dict[str, Any]:
    step = next_step(version, facts, state_on(facts, today), today)
    return {
        "number": version.number,
        "title": version.protocol.title,
        "url": reverse("policies:admins.version", args=[version.code]),
        "step": step["text"],
        "next_url": step["url"],
        "button": step["button"],
    } | state_words(facts, today)


def _older_row(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "url": reverse("policies:admins.version", args=[version.code]),
        "since": version.in_force_on,
    }
