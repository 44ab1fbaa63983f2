"""Mails that certainly did not arrive: written down once, so that the school can phone instead (R2, R5)."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Lower

from ledger.acting import acting, current, system
from ledger.choices import Verb
from ledger.domain.record import Fact, record_all
from notices.choices import BounceKind, BounceSource
from notices.models import AccountMail, Bounce, Message, message_id_of
from schools.models import Foundation, Guardian

log = logging.getLogger(__name__)
PERMANENT = re.compile(r"5\.\d{1,3}\.\d{1,3}")
# What says that nobody can ever be reached there: no such mailbox or domain, or closed. The rest is about us or about
# today: a full mailbox (5.2.2), a mail too long, a server that mistrusts ours (5.7), or a bare "no" (5.0): a provider
# that puts our server on its list says that to every parent.
ABOUT_ADDRESS = re.compile(r"5\.(?:1\.[0-6]|1\.10|2\.1|4\.[0-5])")
KEY = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.I)


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail provider or a returned mail tells. `address` "" is: it does not say. A complaint has no status."""

    message_id: str
    status: str
    source: BounceSource
    address: str = ""
    kind: BounceKind = BounceKind.BOUNCE


@dataclass(frozen=True, slots=True)
class Taken:
    """`new`: written down now. `known`: told before. `not_ours`: no message of ours, or not for ever."""

    new: int = 0
    known: int = 0
    not_ours: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.new + other.new, self.known + other.known, self.not_ours + other.not_ours)


def is_about_address(status: str) -> bool:
    """Whether mail to this address can never arrive, whatever we send; see RFC 3463 for the numbers."""
    return ABOUT_ADDRESS.fullmatch(status) is not None


def take_bounces(reports: Sequence[Report]) -> Taken:
    """Write down each permanent failure of a message of ours, once; the same report again changes nothing.

    Only our own Message-ID counts, which nobody can guess: an address in a report closes nothing by itself. It is the
    one that the mail went to; without it, that of the guardian now. Opens its own transactions. A mail without a
    foundation (a sign-in code, a colleague's) is logged only.
    """
    ours = [(key, one) for one in reports if (key := _key_of(one)) is not None]
    keys = {key for key, _report in ours}
    foundations = list(Foundation.objects.order_by("id").values_list("id", flat=True))
    with acting(system("bounces"), foundations, read_only=True):
        places = dict(Message.objects.filter(id__in=keys).values_list("id", "foundation_id"))
    for mail in AccountMail.objects.filter(id__in=keys):
        log.warning("mail %s (%s) came back: %s", mail.id, mail.kind, dict(ours)[mail.id].status)
    by_foundation: dict[int, list[tuple[UUID, Report]]] = defaultdict(list)
    for key, one in ours:
        if key in places:
            by_foundation[places[key]].append((key, one))
    new, about_ours = 0, sum(map(len, by_foundation.values()))
    for foundation_id, found in sorted(by_foundation.items()):
        with acting(system("bounces"), [foundation_id]):
            new += _keep(found)
    return Taken(new, about_ours - new, len(reports) - about_ours)


def keep_refusals(refused: Iterable[tuple[UUID, str, str]]) -> int:
    """Message, address and status of what a mail server refused for ever at the moment it was handed over.

    In the transaction of the books, for the one foundation that is open. Gives how many were new.
    """
    reports = [
        (key, Report(message_id_of(key), status, BounceSource.SMTP, address))
        for key, address, status in refused
    ]
    return _keep(reports) if reports else 0


def reopen(guardian: Guardian) -> list[int]:
    """Mail to the address that this guardian has now again: somebody at school checked that it is right (R2).

    Gives the bounces that closed it, which stay with their status and get `answered_at`; none is no error. What comes
    back later closes the address again. Writes no entry: the caller records for what, with these numbers (E1).
    """
    closing = Bounce.objects.filter(
        guardian=guardian, address=Lower("guardian__email"), kind=BounceKind.BOUNCE, is_about_address=True
    )
    ids = list(closing.select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))
    Bounce.objects.filter(id__in=ids).update(is_about_address=False, answered_at=current().now)
    return ids


def _key_of(report: Report) -> UUID | None:
    found = KEY.match(report.message_id.strip())
    if not found or (report.kind == BounceKind.BOUNCE and not PERMANENT.fullmatch(report.status)):
        return None
    key = UUID(found[1])
    return key if report.message_id.strip().strip("<>").lower() == message_id_of(key).strip("<>") else None


def _keep(reports: Sequence[tuple[UUID, Report]]) -> int:
    """The lock on the messages makes the same report at the same moment one."""
    act = current()
    locked = Message.objects.select_for_update(of=("self",)).filter(id__in=[key for key, _report in reports])
    messages = {message.id: message for message in locked.select_related("guardian").order_by("id")}
    told = set(Bounce.objects.filter(message__in=messages).values_list("message_id", "kind"))
    new: list[Bounce] = []
    for key, report in reports:
        if (key, report.kind) in told or key not in messages:
            continue
        told.add((key, str(report.kind)))
        bounce = Bounce(
            foundation_id=act.foundation,
            guardian_id=messages[key].guardian_id,
            message=messages[key],
            kind=report.kind,
            address=_address(report, messages[key]),
            status=report.status if PERMANENT.fullmatch(report.status) else "",
            is_about_address=is_about_address(report.status),
            source=report.source,
            at=act.now,
        )
        new.append(bounce)
    Bounce.objects.bulk_create(new)
    record_all([_fact(bounce) for bounce in new])
    return len(new)


def _address(report: Report, message: Message) -> str:
    known = message.guardian.email if message.guardian else ""
    return (report.address or known).lower()[:254]


def _fact(bounce: Bounce) -> Fact:
    """With the numbers that a director needs to prove it; the address stands in the bounce itself."""
    words = {"message": str(bounce.message_id), "status": bounce.status, "source": str(bounce.source)}
    return Fact(Verb.MAIL_BOUNCED, "guardian", bounce.guardian_id or 0, {**words, "kind": str(bounce.kind)})
