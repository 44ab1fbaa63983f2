"""A mail to one address, of a person who is no guardian: a colleague, or a pupil with an own mailbox."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notices import mail
from notices.choices import Lane
from notices.doorbell import ring
from notices.models import AccountMail, Claim
from notices.quiet import next_moment
from schools.models import Foundation, Person

from .hold import hold_key
from .write import foundation_words

# So many whole mails are in memory at a time.
AT_ONCE = 200


def put_mails(
    kind: str,
    people: Iterable[Person],
    words: dict[str, Any],
    *,
    foundation: Foundation,
    due_at: datetime,
    language: str = settings.LANGUAGE_CODE,
    lane: Lane = Lane.BULK,
    cause: str = "",
) -> int:
    """Put one mail for each of these people, to leave from `due_at`; gives how many have an address.

    `kind` names the template. In the transaction of its cause, which sees to it that it happens once. The mail is
    written now and to the address of now: a later reader of the row must not have to open what it is about.
    In the lane of rounds it is held along with `cause` (`round:12`), and leaves at no quiet time.
    """
    in_round = lane == Lane.ROUNDS
    due_at = next_moment(due_at) if in_round else due_at
    key = hold_key(foundation.id, cause) if in_round and cause else ""
    around = {"foundation": foundation_words(foundation, mail.supported(language))}
    count, waiting = 0, (person for person in people if person.email)
    while some := list(islice(waiting, AT_ONCE)):
        rows = []
        for person in some:
            written = mail.write(kind, language, {**words, "to_name": person.call_name, **around})
            rows.append(
                AccountMail(
                    kind=kind,
                    language=language,
                    to=person.email,
                    subject=written.subject,
                    text=written.text,
                    html=written.html,
                    created_at=timezone.now(),
                )
            )
        AccountMail.objects.bulk_create(rows)
        Claim.objects.bulk_create([_claim_of(row, due_at, lane, key) for row in rows])
        count += len(rows)
    if count:
        transaction.on_commit(partial(ring, lane))
    return count


def _claim_of(row: AccountMail, due_at: datetime, lane: Lane, key: str) -> Claim:
    domain = row.to.rpartition("@")[2].lower()
    return Claim(id=row.id, lane=lane, cause=key, domain=domain, first_due_at=due_at, due_at=due_at)
