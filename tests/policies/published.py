"""A version in force, as rows: what readers and the press need of it, whatever way it came in."""

import hashlib
import json
import uuid
from datetime import date, timedelta

from django.utils import timezone

from policies.choices import Audience, Origin, Outcome
from policies.models import Chapter, CouncilDecision, FrozenText, Ladder, Protocol, Rung, Summary, Version
from schools.choices import RoleName
from tests.cast import Cast, staff, today

SUMMARIES = {
    Audience.PUPILS: "# Foto's\nVraag eerst of het mag op {school}.\n- Plaats niets zonder ja.\n- Vertel het je juf.",
    Audience.STAFF: "Gebruik een account van {school}.",
    Audience.PARENTS: "U kiest elk jaar opnieuw.",
}
BLOCKS = [
    ("item", "1", "We vragen eerst toestemming bij {stichting}."),
    ("item", "2", "Şahin, Łucja en Özgür staan nooit met hun achternaam online."),
    ("do", "", "Sfeerfoto's kiezen."),
    ("dont", "", "Portretten plaatsen."),
    ("paragraph", "", "Twijfel je? Vraag het."),
]


def text_of(title: str = "Afspraken van {stichting}", chapters: int = 2) -> dict:
    return {
        "title": title,
        "chapters": [
            {
                "key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"chapter {number}")),
                "title": f"Hoofdzaak {number}",
                "blocks": [
                    {
                        "key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {at}")),
                        "kind": kind,
                        "number": no,
                        "text": words,
                    }
                    for at, (kind, no, words) in enumerate(BLOCKS)
                ],
            }
            for number in range(1, chapters + 1)
        ],
    }


def put_in_force(
    cast: Cast,
    *,
    number: str = "1.0",
    on: date | None = None,
    text: dict | None = None,
    outcome: Outcome = Outcome.CONSENT,
) -> Version:
    """Frozen rows in the order of the trigger: chapters first, then the version is frozen."""
    now = timezone.now()
    on = on or today() - timedelta(days=30)
    text = text or text_of()
    protocol, _ = Protocol.objects.get_or_create(
        foundation=cast.home, slug="sociale-media", defaults={"title": "Sociale media"}
    )
    version = Version.objects.create(
        foundation=cast.home, protocol=protocol, number=number, origin=Origin.PORTAL, made_at=now
    )
    for at, chapter in enumerate(text["chapters"]):
        Chapter.objects.create(
            foundation=cast.home, version=version, key=chapter["key"], position=at, title=chapter["title"]
        )
    sha256 = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()
    CouncilDecision.objects.create(
        foundation=cast.home,
        version=version,
        council="GMR",
        outcome=outcome,
        decided_on=None if outcome == Outcome.UNKNOWN else date(2026, 3, 29),
        covers=sha256,
        recorded_at=now,
    )
    for audience, words in SUMMARIES.items():
        Summary.objects.create(
            foundation=cast.home, version=version, school=None, audience=audience, text=words, changed_at=now
        )
    FrozenText.objects.create(foundation=cast.home, version=version, text=text, sha256=sha256, at=now)
    Version.objects.filter(id=version.id).update(frozen_at=now, in_force_on=on)
    return Version.objects.select_related("frozen", "foundation").get(id=version.id)


def ladder(cast: Cast, *names: str, audience: Audience = Audience.PUPILS, shape: str = "steps") -> Ladder:
    made = Ladder.objects.create(
        foundation=cast.home, audience=audience, shape=shape, in_force_on=today() - timedelta(days=10)
    )
    for at, name in enumerate(names):
        Rung.objects.create(
            foundation=cast.home, ladder=made, position=at, name=name, decided_by=RoleName.DIRECTOR
        )
    return made


def adviser(cast: Cast, call_name: str, surname: str, **place) -> None:
    person = staff(cast.home, call_name, RoleName.ADVISER, **(place or {"school": cast.beacon}))
    person.surname = surname
    person.save()
