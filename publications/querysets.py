"""Named sets of what was published, and which of it may differ from what should be."""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.choices import Layer
from consent.models import Check, CheckedPerson
from schools.querysets import named

from .models import Publication, PublishedPerson, TakeDown

# Items on which somebody said no or "talk first" after the verdict, or of which a yes was taken out as an error; and
# those on which somebody did so before: they may have said yes again. The rule decides, this only finds them.
MAY_DIFFER = """
SELECT DISTINCT u.id
FROM publications_publishedperson p
JOIN publications_publication u ON u.foundation_id = p.foundation_id AND u.id = p.publication_id
WHERE u.ended_at IS NULL AND p.cause <> 'objection'
  AND (%(pupils)s::bigint[] IS NULL OR p.pupil_id = ANY(%(pupils)s::bigint[]))
  AND (p.cause <> '' OR EXISTS (
      SELECT FROM consent_latestanswer a
      WHERE a.foundation_id = p.foundation_id AND a.pupil_id = p.pupil_id AND a.purpose_id = u.purpose_id
        AND a.value IN ('no', 'talk') AND a.decided_at > u.allowed_at - %(same_moment)s
  ) OR EXISTS (
      SELECT FROM consent_invalidation i
      JOIN consent_answer a ON a.foundation_id = i.foundation_id AND a.id = i.answer_id
      WHERE i.foundation_id = p.foundation_id AND i.in_force_at IS NOT NULL
        AND a.pupil_id = p.pupil_id AND a.purpose_id = u.purpose_id AND p.rests_on @> to_jsonb(i.answer_id)
  ))
ORDER BY u.id
"""


def may_differ(pupils: Collection[int] | None, *, margin: timedelta) -> list[int]:
    """Ids of the items on which something may have been turned back: of these pupils, or of all (None).

    `margin`: so long before the verdict counts as after it (`rules.SAME_MOMENT`).
    """
    with connection.cursor() as cursor:
        parameters = {"pupils": None if pupils is None else sorted(pupils), "same_moment": margin}
        cursor.execute(MAY_DIFFER, parameters)
        return [row[0] for row in cursor.fetchall()]


def closed_checks(pupils: Collection[int] | None) -> QuerySet[Check]:
    """Kept checks for the closed layer that said yes, and stand in no register yet (U2)."""
    listed = Publication.objects.filter(check_row=OuterRef("id")).order_by()
    found = Check.objects.filter(~Exists(listed), is_allowed=True, purpose__layer=Layer.CLOSED)
    if pupils is not None:
        on_it = CheckedPerson.objects.filter(pupil__in=pupils).order_by()
        found = found.filter(id__in=on_it.values("check_row"))
    return found.select_related("purpose", "group").order_by("id")


def register_of(schools: Collection[int] | None, me: int) -> QuerySet[Publication]:
    """What was published by these schools (None: by all), and by me; the newest first."""
    found = Publication.objects.select_related("purpose", "school", "group", "owner")
    if schools is not None:
        found = found.filter(Q(school__in=schools) | Q(owner=me))
    return found.order_by("-placed_on", "-id")


def with_words(found: QuerySet[Publication], query: str) -> QuerySet[Publication]:
    """Those with these words in place, description, group or owner, or with somebody of that name on it."""
    people = PublishedPerson.objects.filter(named(query, "pupil__"), publication=OuterRef("id")).order_by()
    words = Q(place__icontains=query) | Q(what__icontains=query) | Q(group__name__icontains=query)
    return found.filter(words | named(query, "owner__") | Q(Exists(people)))


def being_taken_down() -> Exists:
    """For a filter on publications: an open take-down."""
    return Exists(TakeDown.objects.filter(publication=OuterRef("id"), closed_at=None).order_by())


def open_take_downs(schools: Collection[int] | None, me: int) -> QuerySet[TakeDown]:
    """The open ones of these schools (None: of all), and my own; the first due first."""
    found = TakeDown.objects.filter(closed_at=None).select_related(
        "publication__group", "publication__school"
    )
    if schools is not None:
        found = found.filter(Q(owner=me) | Q(publication__owner=me) | Q(publication__school__in=schools))
    return found.order_by("due_on", "id")
