"""What is asked today, with places, versions and words, in one statement."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

from consent.models import Place, Purpose, QuestionText, QuestionVersion
from consent.querysets import school_year_of
from ledger.acting import current

IN_USE = """
SELECT jsonb_agg(to_jsonb(u) || jsonb_build_object(
    'places', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position, l.id) FROM consent_place l
        WHERE l.foundation_id = u.foundation_id AND l.purpose_id = u.id),
    'versions', (SELECT jsonb_agg(to_jsonb(v) || jsonb_build_object('texts',
            (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.language) FROM consent_questiontext t
                WHERE t.foundation_id = v.foundation_id AND t.version_id = v.id)) ORDER BY v.number)
        FROM consent_questionversion v WHERE v.foundation_id = u.foundation_id AND v.purpose_id = u.id))
    ORDER BY u.position, u.id)::text
FROM consent_purpose u
WHERE u.foundation_id = ANY(%s) AND u.is_active AND (u.event_on IS NULL OR u.event_on >= %s)
"""
AnyRow = TypeVar("AnyRow", bound=models.Model)


def purposes_now() -> dict[int, Purpose]:
    """As `querysets.purposes_on` for today, by id, in order, of the foundations that are open; only to read.

    Read anew each time. What is kept from one time to the next is what the same answer of the database looks like as
    rows: another answer makes other rows.
    """
    act = current()
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, [list(act.foundations), school_year_of(act.today)[0]])
        (text,) = cursor.fetchone()
    return {purpose.id: purpose for purpose in _as_rows(text or "[]")}


@lru_cache(maxsize=64)
def _as_rows(text: str) -> tuple[Purpose, ...]:
    return tuple(_purpose(row) for row in json.loads(text))


def _purpose(row: dict[str, Any]) -> Purpose:
    places, versions = row.pop("places"), row.pop("versions")
    purpose = _made(Purpose, row)
    _fetched(purpose, "places", (_made(Place, place, purpose=purpose) for place in places or []))
    _fetched(purpose, "versions", (_version(version, purpose) for version in versions or []))
    return purpose


def _version(row: dict[str, Any], purpose: Purpose) -> QuestionVersion:
    texts = row.pop("texts")
    version = _made(QuestionVersion, row, purpose=purpose)
    _fetched(version, "texts", (_made(QuestionText, text, version=version) for text in texts or []))
    return version


def _made(model: type[AnyRow], row: dict[str, Any], **known: models.Model) -> AnyRow:
    """A row as Django makes it of what the database gives."""
    fields = model._meta.concrete_fields
    made = model.from_db(
        "default",
        [field.attname for field in fields],
        [field.to_python(row[field.attname]) for field in fields],
    )
    for name, other in known.items():
        made._state.fields_cache[name] = other
    return made


def _fetched(row: models.Model, name: str, found: Iterable[models.Model]) -> None:
    """As `prefetch_related` leaves it: who filters it further asks the database, about this row only."""
    queryset = getattr(row, name).all()
    queryset._result_cache = list(found)
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = queryset
