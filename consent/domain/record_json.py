"""One consent record as data for others: one pupil, one purpose, shaped after ISO/IEC TS 27560:2023.

Header, processing, parties, events. No name of a child or parent, no birth date, no school number: people are
their random codes here. Extra to the standard are the words that were shown, and the place in our ledger.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import Prefetch

from consent.choices import EventState, Layer, Value
from consent.domain.contacts import officer_on
from consent.domain.facts import known_pupils, policy_of
from consent.domain.records import ConsentEvent, RecordedAnswer, events_of
from consent.models import Answer, Invalidation, Purpose, QuestionVersion
from consent.querysets import text_in
from consent.rules import Wording, state
from ledger.acting import SCHOOL_TIME, current
from ledger.models import Entry
from schools.models import Foundation, Pupil

SCHEMA_VERSION = "opmaat-consent-record-1.0"
Record = dict[str, Any]


def consent_records(pupil: Pupil) -> list[Record]:
    """A record for each purpose that was ever answered about this pupil, also one that is not asked any more."""
    purposes = Purpose.objects.filter(
        id__in=Answer.objects.filter(pupil=pupil).order_by().values("purpose_id")
    )
    return [consent_record(pupil, purpose) for purpose in purposes.order_by("position", "id")]


def consent_record(pupil: Pupil, purpose: Purpose) -> Record:
    """The record as it is now; it fits `consent/schemas/consent_record.json`. Reads only."""
    foundation = Foundation.objects.get(id=purpose.foundation_id)
    answers = answers_about(pupil, purpose)
    versions = list(
        QuestionVersion.objects.filter(purpose=purpose).order_by("number").prefetch_related("texts")
    )
    return {
        "header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": str(uuid5(NAMESPACE_URL, f"{foundation.slug}/{pupil.code}/{purpose.slug}")),
            "pii_principal_id": pupil.code,
        },
        "processing": _processing(purpose, answers, versions),
        "parties": _parties(foundation),
        "events": _events(answers, versions),
        "state_today": _state_today(pupil, purpose, foundation),
    }


def answers_about(pupil: Pupil, purpose: Purpose | None = None) -> list[Answer]:
    """Every answer ever about this pupil, oldest first, with all that proof needs of it."""
    rows = Answer.objects.filter(pupil=pupil)
    if purpose is not None:
        rows = rows.filter(purpose=purpose)
    return list(
        rows.select_related(
            "purpose", "guardian", "pupil", "version", "submission__recorded_by", "submission__form"
        )
        .prefetch_related(
            "version__texts",
            "submission__scans",
            Prefetch("invalidations", Invalidation.objects.select_related("asked_by", "agreed_by")),
        )
        .order_by("entry_id", "id")
    )


def leaf_hashes(answers: Sequence[Answer]) -> dict[int, str]:
    """The fingerprint of each entry in hex, by its number. An entry that somebody removed is not in it: so
    answers are never joined with entries, or such an answer would go unseen."""
    rows = Entry.objects.in_bulk([answer.entry_id for answer in answers])
    return {pk: bytes(entry.leaf_hash).hex() for pk, entry in rows.items()}


def recorded(answer: Answer) -> RecordedAnswer:
    """The row as the fold needs it; an invalidation counts from `in_force_at` (C3)."""
    taken_out = invalidation_of(answer)
    return RecordedAnswer(
        id=answer.id,
        decider=answer.guardian_id,
        value=Value(answer.value),
        at=answer.decided_at,
        valid_until=answer.valid_until,
        wording=answer.version.number,
        invalidated_at=taken_out.in_force_at if taken_out else None,
    )


def invalidation_of(answer: Answer) -> Invalidation | None:
    """The one that says it was recorded in error, in force or still waiting for a second person."""
    return next(iter(answer.invalidations.all()), None)


def wordings_of(versions: Sequence[QuestionVersion]) -> list[Wording]:
    """The versions of a question as the rule knows them."""
    return [Wording(one.number, one.is_material, one.in_force_on) for one in versions]


def _processing(
    purpose: Purpose, answers: Sequence[Answer], versions: Sequence[QuestionVersion]
) -> dict[str, Any]:
    dutch = text_in(versions[-1], "nl")
    return {
        "privacy_notice": f"{settings.PORTAL_URL}/privacy/",
        "language": "nl",
        "purpose": {"id": purpose.slug, "layer": purpose.layer, "title": dutch.title},
        "lawful_basis": "AVG 6(1)(a)",
        "pii_information": [
            {"pii_type": kind, "special_category": False} for kind in _pii_types(str(purpose.medium))
        ],
        "pii_controllers": ["controller"],
        "collection_method": sorted({str(answer.channel) for answer in answers}),
        "storage_locations": [f"database of the portal at {settings.PORTAL_URL}"],
        "retention_period": Answer.retention.until,
        "jurisdiction": "NL",
        "recipient_third_parties": [
            {"name": place.name, "is_public": purpose.layer in {Layer.SOCIAL, Layer.OPEN_WEB}}
            for place in purpose.places.order_by("position", "id")
        ],
        "withdrawal_method": (
            f"any day, without a reason: {settings.PORTAL_URL}/ouder/, the personal link, or the school"
        ),
        "privacy_rights": ["access", "rectification", "erasure", "restriction", "withdrawal", "complaint"],
        "authority_party": "authority",
        "notices": [_notice(version) for version in versions],
    }


def _pii_types(medium: str) -> list[str]:
    return ["photo", "film", "sound"] if medium == "all" else [medium]


def _notice(version: QuestionVersion) -> dict[str, Any]:
    """The words that were shown, per language; Dutch is authoritative."""
    return {
        "version": version.number,
        "is_material": version.is_material,
        "in_force_on": version.in_force_on.isoformat(),
        "texts": [
            {
                "language": text.language,
                "title": text.title,
                "explanation": text.explanation,
                "sha256": text.sha256,
            }
            for text in version.texts.all()
        ],
    }


def _parties(foundation: Foundation) -> list[dict[str, str]]:
    officer = officer_on(current().today)
    parties = [
        {
            "party_id": "controller",
            "party_name": foundation.name,
            "party_address": f"{settings.PORTAL_URL}/{foundation.slug}/",
            "party_contact": foundation.help_email or foundation.help_phone or settings.PORTAL_URL,
            "party_type": "controller",
        },
        {
            "party_id": "authority",
            "party_name": "Autoriteit Persoonsgegevens",
            "party_address": "Den Haag",
            "party_contact": "https://www.autoriteitpersoonsgegevens.nl/",
            "party_type": "authority",
        },
    ]
    if officer is not None:
        parties.append(
            {
                "party_id": "dpo",
                "party_name": officer.full_name,
                "party_address": f"{settings.PORTAL_URL}/{foundation.slug}/",
                "party_contact": officer.email or foundation.help_email or settings.PORTAL_URL,
                "party_type": "data_protection_officer",
            }
        )
    return parties


def _events(answers: Sequence[Answer], versions: Sequence[QuestionVersion]) -> list[dict[str, Any]]:
    rows, hashes = {answer.id: answer for answer in answers}, leaf_hashes(answers)
    told = events_of([recorded(answer) for answer in answers], wordings_of(versions), current().now)
    return [_event(event, rows[event.answer], hashes) for event in told]


def _event(event: ConsentEvent, answer: Answer, hashes: dict[int, str]) -> dict[str, Any]:
    entity, kind = _entity(event, answer)
    return {
        "event_time": event.at.astimezone(SCHOOL_TIME).isoformat(),
        "event_type": "explicit",
        "event_state": str(event.state),
        "because": event.because or None,
        "entity_id": entity,
        "entity_type": kind,
        "validity_duration": _duration(event, answer.valid_until),
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
        "authority": answer.authority or None,
        "entered_by": answer.submission.recorded_by.code if answer.submission.recorded_by else None,
        "collection_method": answer.channel,
        "notice_version": answer.version.number,
        "notice_language": answer.language,
        "notice_sha256": answer.text_sha256,
        "ledger_entry": answer.entry_id,
        "ledger_leaf_hash": hashes.get(answer.entry_id),
        "receipt_id": answer.submission.code,
    }


def _entity(event: ConsentEvent, answer: Answer) -> tuple[str, str]:
    """Who acted, as a code: what ends by itself is the portal's doing, what is taken out the school's."""
    taken_out = invalidation_of(answer)
    if event.state == EventState.INVALIDATED and taken_out is not None:
        return (taken_out.agreed_by or taken_out.asked_by).code, "staff"
    if event.state == EventState.EXPIRED:
        return "controller", "controller"
    return (answer.guardian.code, "guardian") if answer.guardian else (answer.pupil.code, "pupil")


def _duration(event: ConsentEvent, valid_until: date | None) -> str:
    """ISO 8601: how many days a yes counts from that day on, its last day included; nothing else ends by itself."""
    if event.state not in {EventState.GIVEN, EventState.RECONFIRMED} or valid_until is None:
        return "unlimited"
    return f"P{max(0, (valid_until - _day(event.at)).days + 1)}D"


def _day(at: datetime) -> date:
    return at.astimezone(SCHOOL_TIME).date()


def _state_today(pupil: Pupil, purpose: Purpose, foundation: Foundation) -> dict[str, Any]:
    today = current().today
    found = state(known_pupils([pupil.id])[0].facts, policy_of(purpose, foundation), today)
    return {"on": today.isoformat(), "is_allowed": found.is_allowed, "reason": str(found.reason)}
