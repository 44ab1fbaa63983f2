"""Write the mails of a slice: read in a short transaction per foundation, fill the templates after it."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.choices import LinkKind
from accounts.models import LinkKey
from ledger.acting import acting, current, system
from notices import mail
from notices.choices import State, Unreachable
from notices.models import AccountMail, Message
from notices.querysets import bounced, may_contact
from schools.models import Foundation
from schools.rules import is_concept

from .books import Fate, Settled
from .lease import Ticket

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that only needs to be handed over."""

    ticket: Ticket
    to: str
    content: bytes


def prepare(tickets: Sequence[Ticket]) -> list[Ready | Settled]:
    """For each ticket its mail, or what became of it without one; in the order of the tickets.

    What a mail server accepted before a crash is sent, and is not written again. A message that cannot be
    written (its template is gone) is put off and logged; it holds up nobody else.
    """
    results: dict[UUID, Ready | Settled] = {}
    by_foundation: dict[int | None, dict[UUID, Ticket]] = defaultdict(dict)
    for ticket in tickets:
        if ticket.is_accepted:
            results[ticket.id] = Settled(ticket, Fate.SENT)
        else:
            results[ticket.id] = Settled(ticket, Fate.GONE)
            by_foundation[ticket.foundation_id][ticket.id] = ticket
    for foundation_id, ours in by_foundation.items():
        write = _account_mails(ours) if foundation_id is None else _messages(foundation_id, ours)
        results.update({one.ticket.id: one for one in write})
    return list(results.values())


def _account_mails(tickets: dict[UUID, Ticket]) -> list[Ready | Settled]:
    return [
        Ready(
            tickets[row.id],
            row.to,
            mail.build(
                mail.Envelope(row.to, row.message_id, row.kind, row.language, timezone.now()),
                mail.Written(row.subject, row.text, row.html),
            ),
        )
        for row in AccountMail.objects.filter(id__in=tickets, state=State.WAITING)
    ]


def _messages(foundation_id: int, tickets: dict[UUID, Ticket]) -> list[Ready | Settled]:
    with acting(system("delivery"), [foundation_id], read_only=True):
        foundation = Foundation.objects.get(id=foundation_id)
        messages = list(
            Message.objects.filter(id__in=tickets, state=State.WAITING)
            .select_related("guardian")
            .annotate(
                is_contactable=Exists(may_contact(OuterRef("guardian_id"), current().today)),
                is_bounced=Exists(bounced(OuterRef("guardian_id"), OuterRef("guardian__email"))),
            )
        )
        targets = [message.link for message in messages if message.link]
        links = {row.target: row for row in LinkKey.objects.filter(target__in=targets)}
    return [_write(tickets[message.id], message, foundation, links) for message in messages]


def _write(
    ticket: Ticket, message: Message, foundation: Foundation, links: dict[UUID, LinkKey]
) -> Ready | Settled:
    if (reason := _unreachable(message)) is not None:
        return Settled(ticket, Fate.FAILED, reason)
    try:
        link = _address_of(links[message.link]) if message.link else ""
        written = mail.write(message.kind, message.language, words_of(message, foundation, link))
        content = mail.build(_envelope(message, foundation), written)
    except Exception as error:  # a mistake in one kind of mail must not stop the others
        log.exception("message %s (%s) cannot be written", message.id, message.kind)
        return Settled(ticket, Fate.LATER, f"cannot be written: {type(error).__name__}"[:80])
    return Ready(ticket, message.guardian.email, content)


def words_of(message: Message, foundation: Foundation, link: str) -> dict[str, Any]:
    """What the templates of a message may name: its own context, and these."""
    return {
        **message.context,
        "to_name": message.guardian.call_name,
        "foundation": foundation_words(foundation, mail.supported(message.language)),
        "link": link,
    }


def foundation_words(foundation: Foundation, language: str = "nl") -> dict[str, str | bool]:
    """What the frame of every mail names of the foundation; families read that a translation is a concept."""
    return {
        "is_concept": is_concept(language, foundation),
        "name": foundation.name,
        "help_phone": foundation.help_phone,
        "help_email": foundation.help_email,
    }


def _envelope(message: Message, foundation: Foundation) -> mail.Envelope:
    return mail.Envelope(
        to=message.guardian.email,
        message_id=message.message_id,
        kind=message.kind,
        language=message.language,
        at=timezone.now(),
        sender_name=foundation.name,
        reply_to=foundation.help_email,
    )


def _address_of(row: LinkKey) -> str:
    return mail.personal_address(LinkKind(row.kind), row.target, bytes(row.token_hash))


def _unreachable(message: Message) -> Unreachable | None:
    """What may have changed since it was planned: no address any more, no contact allowed, erased."""
    if message.guardian is None:
        return Unreachable.UNKNOWN
    if not message.is_contactable:  # type: ignore[attr-defined]
        return Unreachable.NO_CONTACT
    if not message.guardian.email:
        return Unreachable.NO_ADDRESS
    return Unreachable.BOUNCED if message.is_bounced else None  # type: ignore[attr-defined]
