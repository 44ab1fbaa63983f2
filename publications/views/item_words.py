"""One item in words for staff: what it is, who is on it, and what happened to it."""

from typing import Any

from django.utils.translation import gettext as _

from consent.views.words import day_words
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from publications.choices import Outcome
from publications.models import Publication, TakeDown
from schools.models import StaffMember
from schools.querysets import children_by_staff, group_names

MOST_LINES = 50


def item_words(item: Publication) -> dict[str, Any]:
    """What `publication.html` shows of the item itself."""
    waiting = TakeDown.objects.filter(publication=item, closed_at=None).select_related("owner").first()
    return {
        "code": item.code,
        "place": item.place,
        "icon": item.purpose.layer,
        "label": item.purpose.short_label,
        "on_paper": item.purpose.layer == "paper",
        "what": item.what,
        "where": ", ".join(filter(None, [item.group.name if item.group else "", item.school.name])),
        "owner": item.owner.full_name,
        "placed_on": item.placed_on,
        "link": item.link,
        "print_run": item.print_run,
        "ending": item.ending,
        "ended_at": item.ended_at,
        "ended_by": item.ended_by.full_name if item.ended_by else "",
        "ended_why": item.ended_why,
        "due_on": waiting.due_on if waiting else None,
        "due_owner": waiting.owner.full_name if waiting else "",
        "is_late": waiting is not None and waiting.due_on < current().today,
    }


def people_words(item: Publication, me: StaffMember) -> list[dict[str, Any]]:
    """Who is on it, and who must not be any more; of an own child not, that would tell one parent what the other
    one chose (C4)."""
    rows = list(item.people.select_related("pupil").order_by("pupil__call_name", "pupil__surname", "id"))
    groups = group_names([row.pupil_id for row in rows], current().today)
    own = {child.id for child in children_by_staff([me.id], None).get(me.id, [])}
    return [
        {
            "pupil": row.pupil_id,
            "name": row.pupil.short_name,
            "group": groups.get(row.pupil_id, ""),
            "must_go": bool(row.cause) and row.pupil_id not in own,
        }
        for row in rows
    ]


def trail_words(item: Publication) -> list[dict[str, Any]]:
    """What happened, in order, with who did it; the ledger holds the same and cannot be changed (K3, U5)."""
    entries = list(
        Entry.objects.filter(subject_type="publication", subject_id=item.id).order_by("id")[:MOST_LINES]
    )
    ids = {entry.actor_id for entry in entries if entry.actor_kind == ActorKind.STAFF}
    names = {person.id: person.full_name for person in StaffMember.objects.filter(id__in=ids).order_by("id")}
    lifted = TakeDown.objects.filter(publication=item, outcome=Outcome.LIFTED)
    lifts = list(lifted.order_by("closed_at", "id").values_list("closed_at", flat=True))
    return [
        {
            "at": entry.at.astimezone(SCHOOL_TIME),
            "text": _sentence(entry.verb, is_lifted=entry.at in lifts),
            "by": names.get(entry.actor_id, "") if entry.actor_kind == ActorKind.STAFF else "",
        }
        for entry in entries
    ]


def _sentence(verb: str, *, is_lifted: bool) -> str:
    if verb == Verb.TAKE_DOWN_CLOSED and is_lifted:
        return _("Taking away is not needed any more")
    return {
        Verb.PUBLICATION_MADE: _("Entered as placed"),
        Verb.PUBLICATION_CHANGED: _("Corrected"),
        Verb.PUBLICATION_ENDED: _("Gone"),
        Verb.TAKE_DOWN_OPENED: _("Must be taken away"),
        Verb.TAKE_DOWN_CLOSED: _("Taking away is done"),
    }[Verb(verb)]


def due_sentence(take_down: TakeDown) -> str:
    """For a start page: what must go, and before when; nobody's name."""
    item = take_down.publication
    words = _("Take away before %(day)s: %(place)s, %(group)s, placed on %(placed)s.")
    return words % {
        "day": day_words(take_down.due_on),
        "place": item.place,
        "group": item.group.name if item.group else item.school.name,
        "placed": day_words(item.placed_on),
    }
