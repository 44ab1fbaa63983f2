"""A round: one message per guardian, one reminder, nobody asked twice or in vain."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.choices import LinkKind
from accounts.links import find_link, token_for
from accounts.models import LinkKey
from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.domain.reminding import remind
from consent.domain.rounds import start_round
from consent.domain.tell import digest_moment
from consent.models import PersonalLink
from consent.tasks import remind_due
from ledger.acting import SCHOOL_TIME, Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from notices.models import Message
from schools.models import Guardian, Guardianship
from tests.cast import guardian, today


def start(cast, *, opens=-3, reminds=0, closes=10, name="Jaarvraag"):
    with cast.acting(now=timezone.now() + timedelta(days=opens)):
        return start_round(
            name=name,
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=today() + timedelta(days=opens),
            remind_before=[closes - reminds],
            closes_on=today() + timedelta(days=closes),
        )


def reminded(cast) -> set[str]:
    with cast.acting():
        ids = Message.objects.filter(kind="consent/reminder").values("guardian_id")
        return set(Guardian.objects.filter(id__in=ids).values_list("call_name", flat=True))


def invited(cast) -> dict[str, list[str]]:
    with cast.acting():
        messages = list(Message.objects.filter(kind="consent/invite").order_by("id"))
        names = Guardian.objects.in_bulk([message.guardian_id for message in messages])
        return {names[message.guardian_id].call_name: message.context["children"] for message in messages}


def test_each_decider_gets_one_message_for_all_children_together(cast):
    with cast.acting():
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.amina,
            pupil=cast.bo,
            authority="full",
            since=today() - timedelta(days=99),
            source="test",
        )

    start(cast)

    found = invited(cast)
    assert sorted(found) == ["Amina", "Erik", "Karol", "Selin"]  # Ward is only informed
    assert sorted(found["Amina"]) == ["Bo", "Noor"]  # Sam is 16 and decides alone


def test_the_message_holds_call_names_only(cast):
    start(cast)

    with cast.acting():
        contexts = str(list(Message.objects.values_list("context", flat=True)))
    assert "Noor" in contexts
    for surname in ("Yıldız", "Łuczak", "Jansen"):
        assert surname not in contexts


def test_only_the_hash_of_the_link_is_stored_and_the_token_opens_it(cast):
    start(cast)

    with cast.acting():
        link = PersonalLink.objects.get(guardian=cast.amina)
    token = token_for(LinkKind.CONSENT, link.target)
    assert len(token) >= 27  # 160 bits
    assert find_link(LinkKind.CONSENT, token).target == link.target
    assert find_link(LinkKind.CONSENT, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert all(token.encode() not in bytes(key.token_hash) for key in LinkKey.objects.all())


def test_the_link_opens_until_the_school_year_ends(cast):
    start(cast)

    ends_at = LinkKey.objects.order_by("token_hash").first().ends_at.astimezone(SCHOOL_TIME)
    assert (ends_at.date(), ends_at.hour) == (cast.year.ends_on + timedelta(days=1), 0)


def test_who_has_no_address_is_counted_and_not_written_to(cast):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")

    planned = start(cast)

    assert (planned.written, planned.unreachable) == (4, 1)
    assert "Geen" not in invited(cast)
    with cast.acting():
        assert Entry.objects.get(verb=Verb.ROUND_STARTED).subject_id == planned.round.id


def test_the_same_round_cannot_be_started_twice(cast):
    start(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        start(cast)


def test_a_reminder_goes_once_to_who_gave_no_answer_at_all(cast):
    round_ = start(cast).round
    with cast.acting(Actor(ActorKind.GUARDIAN, cast.erik.id, "signed_in")):
        decide(
            guardian=cast.erik,
            choices=[Choice(cast.noor.id, cast.purposes["papier"].id, Value.NO)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )

    with cast.acting():
        assert remind(round_) == 3
        assert remind(round_) == 0

    assert reminded(cast) == {"Amina", "Karol", "Selin"}  # after a no of Erik, none


@pytest.mark.parametrize(("reminds", "closes"), [(1, 10), (-2, -1)])
def test_no_reminder_before_its_day_and_none_after_the_closing_day(cast, reminds, closes):
    round_ = start(cast, reminds=reminds, closes=closes).round

    with cast.acting():
        assert remind(round_) == 0


def test_an_answer_stops_the_reminder_that_is_still_waiting(cast):
    round_ = start(cast).round
    with cast.acting():
        remind(round_)
    with cast.acting(Actor(ActorKind.GUARDIAN, cast.karol.id, "signed_in")):
        decide(
            guardian=cast.karol,
            choices=[Choice(cast.bo.id, cast.purposes["papier"].id, Value.YES)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )

    with cast.acting():
        states = dict(
            Message.objects.filter(kind="consent/reminder").values_list("guardian__call_name", "state")
        )
    assert states == {"Amina": "waiting", "Erik": "waiting", "Karol": "stopped", "Selin": "waiting"}


def test_the_beat_reminds_every_foundation_also_a_day_late(cast):
    start(cast, reminds=-1)

    assert remind_due() == 4
    assert remind_due() == 0


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-21T09:00", "2026-11-21T20:00"),
        ("2026-11-21T19:59", "2026-11-21T20:00"),
        ("2026-11-21T20:00", "2026-11-21T23:45"),
        ("2026-11-21T23:50", "2026-11-21T23:51"),
        ("2026-10-25T02:30", "2026-10-25T20:00"),
        ("2026-03-29T01:30", "2026-03-29T20:00"),
    ],
)
def test_changes_are_told_the_same_day(moment, due):
    now = datetime.fromisoformat(moment).replace(tzinfo=SCHOOL_TIME)

    assert digest_moment(now) == datetime.fromisoformat(due).replace(tzinfo=SCHOOL_TIME)
