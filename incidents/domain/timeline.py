"""Hold a case and add to its timeline: the ground of every act on it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.choices import EventKind
from incidents.models import Case, Event
from incidents.rules import says_something
from incidents.sealing import seal
from ledger.acting import current
from ledger.choices import ActorKind
from ledger.refusal import Refusal


class NotHandling(Refusal):
    """The case is not (any more) of who acts: handed over meanwhile, or never theirs."""

    code = "not_handling"
    message = _("This report is not with you any more.")


class NothingWritten(Refusal):
    code = "nothing_written"
    message = _("Write something first.")


def hold(case: Case) -> None:
    """Lock the case until the transaction ends, and read it anew into this object; raises NotHandling.

    Two people who act on one case at once come one after the other, and the second one acts on what is then.
    """
    try:
        case.refresh_from_db(from_queryset=Case.objects.select_for_update(no_key=True))
    except Case.DoesNotExist as error:
        raise NotHandling from error


def add_event(case: Case, kind: EventKind, *, text: str = "", is_shared: bool = False, **facts: Any) -> Event:
    """One more line on the timeline of a case that is held, by who acts; `text` is sealed, `facts` are not."""
    act = current()
    is_staff = act.actor.kind == ActorKind.STAFF
    case.events_count += 1
    event = Event(
        foundation_id=case.foundation_id,
        case=case,
        position=case.events_count,
        kind=kind,
        at=act.now,
        by_id=act.actor.id if is_staff else None,
        capacity=act.actor.capacity if is_staff else str(act.actor.kind),
        is_shared=is_shared,
        sealed=seal(case, f"event:{case.events_count}", text) if text else None,
        facts=facts,
    )
    event.save(force_insert=True)
    case.save(update_fields=["events_count"])
    return event


def written(text: str) -> str:
    """What somebody wrote, without space around it; raises NothingWritten when there is no letter or digit in it."""
    text = text.strip()
    if not says_something(text):
        raise NothingWritten
    return text
