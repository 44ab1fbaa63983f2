"""Staff about pictures of themselves, and the check of a colleague (O12, B4, L1)."""

import itertools
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from consent.choices import Reason, Value
from consent.domain.decide import NotAsked
from consent.domain.own import NotAtWork, decide_for_self, states_of_staff
from consent.models import StaffAnswer
from consent.querysets import purposes_in_use
from consent.rules import PUPIL, GivenAnswer, staff_state
from ledger.acting import Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry, ReadingRecord
from schools.models import Foundation, StaffMember
from tests.consent.links import PURPOSES, hidden, words
from tests.consent.test_rules import LENIENT, PAPER, STRICT, TODAY

YES, NO = "yes", "no"


def say(cast, person, value, *slugs: str) -> None:
    with cast.acting(Actor(ActorKind.STAFF, person.id, "teacher")):
        decide_for_self(
            staff_member=StaffMember.objects.select_related("foundation").get(id=person.id),
            values={cast.purposes[slug].id: Value(value) for slug in slugs or PURPOSES},
            language="nl",
        )


def reason_of(cast, person, slug: str = "papier") -> Reason:
    with cast.acting(read_only=True):
        states = states_of_staff([person.id], list(purposes_in_use()), cast.home)
        return states[person.id][cast.purposes[slug].id].reason


@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=["one is enough", "all must agree"])
def test_the_rule_in_every_combination(policy):
    """The last thing that this person said about this purpose, while they work here; nothing else."""
    ended, running = TODAY - timedelta(days=1), TODAY
    said = [
        None,
        (Value.YES, running, 1),
        (Value.YES, ended, 1),
        (Value.YES, running, 0),
        (Value.NO, None, 0),
    ]
    expected = {
        0: Reason.NO_ANSWER,
        1: Reason.AGREED,
        2: Reason.EXPIRED,
        3: Reason.REWORDED,
        4: Reason.REFUSED,
    }
    for first, last, works_here in itertools.product(range(5), range(5), [True, False]):
        answers = [
            GivenAnswer(PAPER, PUPIL, value, TODAY, until, wording, number)
            for number, (value, until, wording) in enumerate([said[pk] for pk in (first, last) if said[pk]])
        ]
        answers.append(GivenAnswer(PAPER + 1, PUPIL, Value.YES, TODAY, None, 1, 9))

        found = staff_state(answers, policy, TODAY, works_here=works_here)

        counts = last or first
        assert found.reason == (expected[counts] if works_here else Reason.NOT_ENROLLED), (first, last)
        assert found.is_allowed is (found.reason == Reason.AGREED)


def test_an_answer_is_kept_with_its_wording_and_the_last_one_counts(cast):
    assert reason_of(cast, cast.joost) == Reason.NO_ANSWER
    say(cast, cast.joost, YES)
    say(cast, cast.joost, NO, "papier")

    assert reason_of(cast, cast.joost) == Reason.REFUSED
    assert reason_of(cast, cast.joost, "sociaal") == Reason.AGREED
    with cast.acting():
        rows = StaffAnswer.objects.filter(staff_member=cast.joost)
        assert rows.count() == 4
        assert {row.valid_until for row in rows.filter(value=YES)} == {cast.year.ends_on}
        assert {row.valid_until for row in rows.filter(value=NO)} == {None}
        assert Entry.objects.filter(verb=Verb.STAFF_DECIDED, subject_id=cast.joost.id).count() == 2


def test_an_answer_is_never_changed_or_removed(cast):
    say(cast, cast.joost, YES)

    for act in ("update", "delete"):
        with cast.acting(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows = StaffAnswer.objects.all()
            rows.update(value=NO) if act == "update" else rows.delete()


def test_former_staff_and_what_is_not_asked_are_refused(cast):
    with pytest.raises(NotAtWork):
        say(cast, cast.piet, YES)
    with cast.acting(), pytest.raises(NotAsked):
        decide_for_self(staff_member=cast.joost, values={0: Value.YES}, language="nl")


def test_asked_once_a_yes_has_no_end(cast):
    Foundation.objects.filter(id=cast.home.id).update(asks_every_year=False)

    say(cast, cast.joost, YES, "papier")

    with cast.acting():
        assert StaffAnswer.objects.get().valid_until is None


def test_from_the_own_page_to_all_answers_and_one_changed(cast, as_):
    client = as_(cast.joost)
    assert "/team/eigen/" in client.get("/team/").content.decode()
    assert "/team/eigen/vragen/" in client.get("/team/eigen/").content.decode()

    asked = client.get("/team/eigen/vragen/")
    assert "checked" not in asked.content.decode()
    missing = client.post("/team/eigen/vragen/", hidden(asked) | {"all-papier": YES})
    assert missing.status_code == 422
    answers = {"all-papier": YES, "all-besloten": NO, "all-sociaal": NO}
    sent = client.post("/team/eigen/vragen/", hidden(missing) | answers)
    assert sent.status_code == 303
    page = client.get("/team/eigen/kies/papier/")
    assert client.post("/team/eigen/kies/papier/", hidden(page) | {"answer": NO}).status_code == 303

    assert reason_of(cast, cast.joost) == Reason.REFUSED
    home = client.get("/team/eigen/")
    assert "/team/eigen/vragen/" not in home.content.decode()
    assert words(home).count("Papier (nl): ") == 2  # the history
    assert client.get("/team/eigen/kies/niets/").status_code == 404


def test_a_double_tap_is_one_answer(cast, as_):
    client = as_(cast.joost)
    form = hidden(client.get("/team/eigen/kies/papier/")) | {"answer": YES}

    for _time in range(3):
        assert client.post("/team/eigen/kies/papier/", form).status_code == 303

    with cast.acting():
        assert StaffAnswer.objects.count() == 1


def test_a_colleague_is_found_with_the_verdict_and_the_reading_is_kept(cast, as_):
    say(cast, cast.olga, YES, "papier")
    client = as_(cast.joost)

    page = client.get("/team/collega/?q=olga")

    assert "Olga Werkt" in words(page)
    assert page.content.decode().count("tag-ok") == 1
    assert page.content.decode().count("tag-no") == 2
    with cast.acting():
        assert ReadingRecord.objects.filter(what="schools:people").exists()
    assert "Bas" not in words(client.get("/team/collega/?q=bas"))  # another foundation
    assert client.get("/team/collega/?q=%00").status_code == 200
    assert as_(cast.henk).get("/team/collega/").status_code == 403
