"""What the client does all the time: the real acts of the portal, each once, however often it must be tried."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID, uuid5

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from consent.choices import Channel, Layer, Value
from consent.domain.asked import INVITE
from consent.domain.decide import Choice, decide
from consent.domain.families import families_of
from consent.domain.purposes import add_purpose
from consent.domain.reminding import remind_now
from consent.domain.round_mails import REMINDERS
from consent.domain.rounds import start_round
from consent.models import PersonalLink, Round
from ledger.acting import acting, current, system
from ledger.domain.once import once
from ledger.refusal import Refusal
from notices.choices import State
from notices.domain.put import stop_messages
from notices.models import AccountMail, Claim, Message
from schools.models import School, SchoolYear

from .orders import obey

NAMESPACE = UUID("6f1f3c1e-3a52-4c0e-9a4b-0d6f2f0f7b11")  # any, always the same: keys are made from it
STOPPED_SHARE = 0.2
WORDS = {"nl": ("Alleen voor de proef", "Een vraag die alleen in een proef bestaat")}


def do(foundation_id: int, kind: str, number: int, seed: int) -> tuple[list[UUID], list[UUID]]:
    """One act in one transaction; gives the messages that it put, and those that it stopped, once it is committed.

    The same number again is the same act: it is not done twice (`once`), and gives the same messages.
    """
    rng = Random(f"{seed}:{number}")
    with acting(system("chaos"), [foundation_id]):
        # Registered before the act's own: dies after the commit, and before anybody is rung for.
        transaction.on_commit(partial(obey, "client:after-commit"))
        key = uuid5(NAMESPACE, f"{seed}:{number}")
        try:
            told = once(key, partial(ACTS[kind], rng, number), of=kind)
        except Refusal:
            told = ""
        put, stopped = _put_by(kind, told), _stopped_by(kind, told)
        obey("client:in-transaction")
    return put, stopped


def is_quiet(below: int) -> bool:
    """Is there little left to deliver, so that a new round is needed to have something to break?"""
    return Claim.objects.filter(due_at__lte=timezone.now()).count() < below


def _ask(rng: Random, number: int) -> str:
    """A round about a new question, of the families of some schools."""
    year, today = SchoolYear.objects.get(), current().today
    purpose = add_purpose(
        slug=f"proef-{number}",
        layer=Layer.PAPER,
        short_label=f"Proef {number}",
        all_must_agree=False,
        places=[f"Proef {number}"],
        words=WORDS,
        in_force_on=today,
    )
    round_ = start_round(
        name=f"Proef {number}",
        year=year,
        purposes=[purpose],
        opens_on=today,
        closes_on=min(today + timedelta(days=14), year.ends_on),
        schools=rng.sample(list(School.objects.order_by("id")), 4),
    ).round
    _hurry(f"round:{round_.id}")
    return str(round_.id)


def _remind(rng: Random, number: int) -> str:
    rounds = list(Round.objects.order_by("id"))
    if not rounds:
        return ""
    round_ = rng.choice(rounds[-3:])
    remind_now(round_)
    _hurry(f"round:{round_.id}")
    return str(round_.id)


def _answer(rng: Random, number: int) -> str:
    """A parent answers a question of the newest round for all children: a receipt, and a digest for the other."""
    round_ = Round.objects.order_by("id").last()
    links = list(PersonalLink.objects.filter(round=round_).select_related("guardian").order_by("id"))
    if not links:
        return ""
    link = rng.choice(links)
    asked = link.round.asked.get().purpose_id
    children = families_of([link.guardian_id], current().today)[link.guardian_id].children
    value = rng.choice([Value.YES, Value.NO])
    return decide(
        guardian=link.guardian,
        choices=[Choice(pupil_id, asked, value) for pupil_id in children],
        channel=Channel.LINK,
        language=link.guardian.language,
        link=link,
    ).code


def _code(rng: Random, number: int) -> str:
    """Somebody signs in: every address is used once, so a second code there is a doubled one."""
    to = f"code-{number}@post.example.org"
    send_mail("Uw code", f"{rng.randrange(10**8):08}", None, [to])
    return to


def _stop(rng: Random, number: int) -> str:
    """The administrator stops the newest round for a part of the parents, while it leaves."""
    round_ = Round.objects.order_by("id").last()
    if round_ is None:
        return ""
    waiting = Message.objects.filter(cause=f"round:{round_.id}", state=State.WAITING).order_by("id")
    guardians = sorted({pk for pk in waiting.values_list("guardian_id", flat=True) if pk})
    chosen = rng.sample(guardians, int(len(guardians) * STOPPED_SHARE))
    stop_messages(cause=f"round:{round_.id}", kinds=[INVITE, *REMINDERS], guardian_ids=chosen)
    return str(round_.id)


ACTS: dict[str, Callable[[Random, int], str]] = {
    "round": _ask,
    "reminder": _remind,
    "answer": _answer,
    "code": _code,
    "stop": _stop,
}


def _hurry(cause: str) -> None:
    """Let it leave now, whatever the hour or the day of the week is at which somebody runs this."""
    now = timezone.now()
    ids = list(Message.objects.filter(cause=cause, state=State.WAITING, due_at__gt=now).values_list("id"))
    Claim.objects.filter(id__in=[pk for (pk,) in ids]).update(due_at=now, first_due_at=now)


def _put_by(kind: str, told: str) -> list[UUID]:
    """The messages of this act; with an answer also every digest so far, of which it may have made some."""
    if kind == "code":
        return list(AccountMail.objects.filter(to=told).order_by("id").values_list("id", flat=True))
    causes = {"round": f"round:{told}", "reminder": f"round:{told}", "answer": f"submission:{told}"}
    if kind not in causes or not told:
        return []
    found = list(Message.objects.filter(cause=causes[kind]).order_by("id").values_list("id", flat=True))
    if kind == "answer":
        digests = Message.objects.filter(kind="consent/changed").order_by("id")
        found += list(digests.values_list("id", flat=True))
    return found


def _stopped_by(kind: str, told: str) -> list[UUID]:
    if kind != "stop" or not told:
        return []
    stopped = Message.objects.filter(cause=f"round:{told}", state=State.STOPPED).order_by("id")
    return list(stopped.values_list("id", flat=True))
