"""Answers of long ago are stored by the hundred; row by row they are what `decide` would have left."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.forms.models import model_to_dict

from consent.choices import TaskKind, Value
from consent.domain.decide import Choice, decide
from consent.domain.rounds import start_round
from consent.domain.work import open_what_waits
from consent.models import Answer, LatestAnswer, LinkDevice, Submission, Task
from ledger.acting import acting
from ledger.choices import Verb
from ledger.domain.verify import verify
from ledger.models import Entry, EntryPayload
from opmaat_portal.demo.history import Passed, store_history

OWN = {"id", "code", "entry", "submission", "follows", "answer", "leaf_hash", "salt"}


@pytest.fixture
def passes(cast) -> list[Passed]:
    """Amina by link and Erik signed in, in turn; Amina changes her mind later."""
    with cast.acting() as act:
        today, now = act.today, act.now
        round_ = start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=today - timedelta(days=5),
            closes_on=today + timedelta(days=9),
            remind_before=[2],
        ).round
        link = round_.links.select_related("round").get(guardian=cast.amina)

    def choices(*values: Value) -> tuple[Choice, ...]:
        pairs = zip(cast.purposes.values(), values, strict=True)
        return tuple(Choice(cast.noor.id, purpose.id, value) for purpose, value in pairs)

    yes, no, until = Value.YES, Value.NO, round_.valid_until
    return [
        Passed(now - timedelta(hours=90), cast.amina, choices(yes, yes, no), link, until),
        Passed(now - timedelta(hours=60), cast.erik, choices(yes, no, yes), None, until),
        Passed(now - timedelta(hours=30), cast.amina, choices(no, yes, yes), link, until),
    ]


def everything(cast) -> dict[str, list[dict]]:
    """All rows without what is drawn by chance, and who follows whom as a place in the list."""
    with cast.acting():
        answers = list(Answer.objects.order_by("id"))
        places = {
            answer.id: place
            for place, answer in enumerate(sorted(answers, key=lambda a: (a.entry_id, a.purpose_id)))
        }
        return {
            "answers": [
                {**plain_row(answer), "follows": places.get(answer.follows_id)}
                for answer in sorted(answers, key=lambda a: places[a.id])
            ],
            "latest": [
                {**plain_row(row), "answer": places[row.answer_id]}
                for row in LatestAnswer.objects.order_by("pupil_id", "purpose_id", "guardian_id")
            ],
            "submissions": [plain_row(row) for row in Submission.objects.order_by("at")],
            "devices": [plain_row(row) for row in LinkDevice.objects.order_by("id")],
            "entries": [
                plain_row(row) for row in Entry.objects.filter(verb=Verb.CHOICE_DECIDED).order_by("id")
            ],
            "payloads": [
                {**row.payload, "submission": ""}
                for row in EntryPayload.objects.filter(entry__verb=Verb.CHOICE_DECIDED).order_by("entry_id")
            ],
            "work": list(Task.objects.filter(closed_at=None).values_list("kind", "pupil_id")),
        }


def plain_row(row) -> dict:
    return {name: value for name, value in model_to_dict(row).items() if name not in OWN}


def test_history_leaves_what_decide_leaves(cast, passes):
    with transaction.atomic():
        for one in passes:
            with acting(one.actor, [cast.home.id], now=one.at):
                decide(
                    guardian=one.guardian,
                    choices=one.choices,
                    channel=one.channel,
                    language=one.language,
                    link=one.link,
                    device_hash=one.device_hash,
                )
        decided = everything(cast)
        transaction.set_rollback(True)

    with cast.acting():
        store_history(cast.home, passes)
        open_what_waits()

    assert everything(cast) == decided
    assert len(decided["answers"]) == 9
    assert decided["work"] == [(TaskKind.CONFLICT, cast.noor.id)]
    assert [row["follows"] for row in decided["answers"]][6:] == [0, 1, 2]


def test_history_fits_its_hashes(cast, passes):
    with cast.acting():
        store_history(cast.home, passes)
        found = verify(cast.home.id)

    assert found.fault is None
    assert found.entries >= len(passes)
