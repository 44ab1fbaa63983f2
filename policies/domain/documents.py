"""PDFs of schools: asked for in the transaction of their cause, made by a worker, never inside a transaction (P5).

The row is the truth and the broker only a doorbell: whatever dies, the sweep finds what still waits.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ledger.acting import acting, current, system
from notices.doorbell import ring_for
from notices.pdf import PdfFailed, render_pdf
from policies.choices import Audience, DocumentKind, DocumentState
from policies.models import Document, Version
from policies.querysets import version_in_force, versions_in_force_order
from schools.models import School

from .papers import LANGUAGE, fingerprint_of, html_of, paper_of

MOST_ATTEMPTS = 5
# A text of hundreds of pages takes most of a minute; past the lease its worker is taken for dead.
RENDER_SECONDS = 60.0
LEASE = timedelta(minutes=5)
PAUSE = timedelta(seconds=30)
# One call goes on about this long, so that sign-in codes and rounds never stand behind a pile of documents.
CALL_SECONDS = 10.0
# One maker at a time, whatever number of workers runs: the other processes stay free for mails.
ONE_MAKER = 7_203_001
TASK, QUEUE = "policies.tasks.make_documents", "documents"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """A document in our hand until `lease_until`; `html` is all that the press gets."""

    id: int
    html: str
    lease_until: datetime
    attempts: int


def ask_documents(version: Version, *, again: bool = False) -> int:
    """Ask for the PDFs of this version for every school: the full text, and a summary per audience.

    Only what is not there yet, and what says something else now; gives the number asked. `again` also asks what
    could not be made before. The worker is rung after the commit; without a broker the sweep finds the rows.
    The version must be frozen (ValueError). A full text that was asked once stays as it is (P2).
    """
    if version.frozen_at is None:
        raise ValueError("only what is put in force is printed")
    schools = list(School.objects.select_related("foundation").order_by("id"))
    asked = sum(_ask_protocol(version, school, again=again) for school in schools)
    asked += sum(
        _ask(version, school, DocumentKind.SUMMARY, audience, current().today, again=again)
        for school in schools
        for audience in Audience.values
    )
    if asked:
        foundation_id = current().foundation
        transaction.on_commit(lambda: ring_for(TASK, foundation_id, queue=QUEUE))
    return asked


def ask_again(document: Document) -> None:
    """Try a document that could not be made once more, from the first attempt; others stay as they are."""
    changed = Document.objects.filter(id=document.id, state=DocumentState.FAILED).update(
        state=DocumentState.WAITING,
        attempts=0,
        lease_until=None,
        asked_at=current().now,
    )
    if changed:
        foundation_id = document.foundation_id
        transaction.on_commit(lambda: ring_for(TASK, foundation_id, queue=QUEUE))


def reconcile_documents(on: date) -> int:
    """Ask for what should be there on this day and is not: people, measures, summaries or schools changed.

    For the version in force and those planned; of older ones only full texts that are missing. Idempotent;
    gives the number asked. What failed stays failed until somebody asks again.
    """
    asked = 0
    now = version_in_force(on)
    for version in versions_in_force_order():
        if version == now or (version.in_force_on and version.in_force_on > on):
            asked += ask_documents(version)
        else:
            asked += sum(_ask_protocol(version, school) for school in _schools_without_text(version))
    return asked


def latest_document(version: Version, school: School, kind: str, audience: str = "") -> Document | None:
    """The newest that is ready; when none is, the newest that waits or failed; None when none was asked.

    Comes without its bytes: read `pdf` of it when they are given out.
    """
    rows = _documents_of(version, school, kind, audience).defer("pdf")
    return rows.filter(state=DocumentState.READY).first() or rows.first()


def progress_of(version: Version) -> tuple[int, int, int]:
    """How many documents of this version are ready, could not be made, and there are in all.

    Counts the newest per school, kind and audience, so that an old one does not hide that a new one waits.
    """
    newest: dict[tuple[int, str, str], str] = {}
    for school_id, kind, audience, state in (
        Document.objects.filter(version=version)
        .order_by("asked_at", "id")
        .values_list("school_id", "kind", "audience", "state")
    ):
        newest[school_id, kind, audience] = state
    states = list(newest.values())
    return states.count(DocumentState.READY), states.count(DocumentState.FAILED), len(states)


def has_due(now: datetime) -> bool:
    """Does a document of the open foundations wait for a worker at this moment?"""
    return _due(now).exists()


def make_due(foundation_id: int, *, seconds: float = CALL_SECONDS) -> bool:
    """Make the documents of this foundation that wait, oldest first; True when some are left after `seconds`.

    Never inside a transaction: each document is taken, made, and put away in three steps, so a worker may die at
    any point. Safe twice: a second maker at the same time gives up at once (False: the first one goes on).
    """
    began = time.monotonic()
    with _only_maker() as alone:
        if not alone:
            return False
        while time.monotonic() - began < seconds:
            order = _take(foundation_id)
            if order is None:
                return False
            _put_away(foundation_id, order, *_made(order))
    return True


def _made(order: Order) -> tuple[bytes, str]:
    try:
        return render_pdf(order.html, language=LANGUAGE, seconds=RENDER_SECONDS), ""
    except PdfFailed as error:
        log.warning("document %s not made: %s", order.id, error.reason)
        return b"", error.reason[:80]


def _take(foundation_id: int) -> Order | None:
    """The next document that is due, leased to us; what says something else by now is asked anew instead."""
    while True:
        with acting(system("documents"), [foundation_id]) as act:
            _give_up_on_the_hopeless(act.now)
            rows = _due(act.now).select_related(
                "version__frozen", "version__foundation", "school__foundation"
            )
            document = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
            if document is None:
                return None
            paper = paper_of(document.version, document.school, document.kind, document.audience, act.today)
            if fingerprint_of(paper) == document.fingerprint:
                return _lease(document, html_of(paper), act.now)
            document.delete()
            _ask(document.version, document.school, document.kind, document.audience, act.today)


def _lease(document: Document, html: str, now: datetime) -> Order:
    document.attempts += 1
    document.lease_until = now + LEASE
    document.save(update_fields=["attempts", "lease_until"])
    return Order(document.id, html, document.lease_until, document.attempts)


def _put_away(foundation_id: int, order: Order, pdf: bytes, error: str) -> None:
    """Keep what was made; if the lease ran out and somebody else has it in hand, ours is thrown away."""
    with acting(system("documents"), [foundation_id]) as act:
        ours = Document.objects.filter(
            id=order.id, state=DocumentState.WAITING, lease_until=order.lease_until
        )
        if pdf:
            ours.update(
                state=DocumentState.READY,
                pdf=pdf,
                sha256=hashlib.sha256(pdf).hexdigest(),
                made_at=act.now,
                lease_until=None,
                last_error="",
            )
        elif order.attempts >= MOST_ATTEMPTS:
            ours.update(state=DocumentState.FAILED, lease_until=None, last_error=error)
        else:
            ours.update(lease_until=act.now + PAUSE * order.attempts, last_error=error)


def _give_up_on_the_hopeless(now: datetime) -> None:
    """A document that took its worker along each time it was tried is not tried for ever."""
    Document.objects.filter(
        state=DocumentState.WAITING, attempts__gte=MOST_ATTEMPTS, lease_until__lte=now
    ).update(state=DocumentState.FAILED, lease_until=None, last_error="ended")


def _due(now: datetime) -> QuerySet[Document]:
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Document.objects.filter(is_free, state=DocumentState.WAITING).order_by("asked_at", "id")


def _documents_of(version: Version, school: School, kind: str, audience: str) -> QuerySet[Document]:
    rows = Document.objects.filter(version=version, school=school, kind=kind, audience=audience)
    return rows.order_by("-asked_at", "-id")


def _ask_protocol(version: Version, school: School, *, again: bool = False) -> int:
    there = _documents_of(version, school, DocumentKind.PROTOCOL, "").exclude(state=DocumentState.FAILED)
    if there.exists():
        return 0
    return _ask(version, school, DocumentKind.PROTOCOL, "", current().today, again=again)


def _ask(version: Version, school: School, kind: str, audience: str, on: date, *, again: bool = False) -> int:
    """Ask for one document; 1 when its newest row was another one, or failed and is to be tried again."""
    fingerprint = fingerprint_of(paper_of(version, school, kind, audience, on))
    newest = _documents_of(version, school, kind, audience).defer("pdf").first()
    if newest and newest.fingerprint == fingerprint:
        if again and newest.state == DocumentState.FAILED:
            ask_again(newest)
            return 1
        return 0
    # What was true before is true again: the document of then becomes the newest, made or not.
    same = Document.objects.filter(
        version=version, school=school, kind=kind, audience=audience, fingerprint=fingerprint
    )
    if same.update(asked_at=current().now):
        return 1
    made = Document(
        foundation_id=version.foundation_id,
        version=version,
        school=school,
        kind=kind,
        audience=audience,
        fingerprint=fingerprint,
        asked_at=current().now,
    )
    Document.objects.bulk_create([made], ignore_conflicts=True)  # somebody else may ask the same right now
    return 1


def _schools_without_text(version: Version) -> list[School]:
    have = Document.objects.filter(version=version, kind=DocumentKind.PROTOCOL).values("school_id")
    return list(School.objects.exclude(id__in=have).select_related("foundation").order_by("id"))


@contextmanager
def _only_maker() -> Iterator[bool]:
    """True for one process at a time; the database lets go when that process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_MAKER])
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_MAKER])
