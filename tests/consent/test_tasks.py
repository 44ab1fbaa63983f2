"""The work list of a school: it comes with its cause and goes with it, and never says who refused (C4, R7)."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach
from consent.choices import TaskKind, Value
from consent.domain.tasks import close_task, open_task
from consent.domain.work import open_what_waits
from consent.models import Task
from ledger.acting import system
from ledger.choices import Reading
from ledger.models import ReadingRecord
from tests.cast import pupil, years_ago

from .links import words
from .test_decide import say

LIST = "/team/taken/"


def tasks(cast, **which) -> list[Task]:
    with cast.acting():
        return list(Task.objects.filter(**which).select_related("purpose").order_by("id"))


def disagree(cast, *slugs: str) -> None:
    say(cast, cast.amina, cast.noor, Value.YES, *(slugs or ("papier",)))
    say(cast, cast.erik, cast.noor, Value.NO, *(slugs or ("papier",)))


def close(cast, task: Task, outcome: str = "Gebeld") -> None:
    with cast.acting():
        close_task(task, outcome=outcome)


# -- it comes with its cause, and goes with it ----------------------------------------------------------------


def test_a_conflict_is_one_task_of_nobody(cast):
    disagree(cast, "papier", "sociaal")

    (task,) = tasks(cast)
    assert (task.kind, task.pupil_id, task.guardian_id, task.text) == ("conflict", cast.noor.id, None, "")
    assert task.school_id == cast.beacon.id


def test_a_no_that_stands_alone_is_no_work(cast):
    say(cast, cast.amina, cast.noor, Value.NO)
    say(cast, cast.karol, cast.bo, Value.YES)

    assert tasks(cast) == []


@pytest.mark.parametrize(("who", "value"), [("amina", Value.NO), ("erik", Value.YES)])
def test_it_is_over_when_the_parents_choose_the_same(cast, who, value):
    disagree(cast, "papier", "sociaal")

    say(cast, getattr(cast, who), cast.noor, value, "papier")
    assert tasks(cast, closed_at=None)  # about social media they still differ
    say(cast, getattr(cast, who), cast.noor, value, "sociaal")

    (task,) = tasks(cast)
    assert task.closed_at is not None
    assert task.closed_by_id is None


def test_closed_by_hand_it_stays_closed_until_there_is_a_new_conflict(cast):
    disagree(cast)
    close(cast, tasks(cast)[0])

    say(cast, cast.erik, cast.noor, Value.NO, "papier")
    assert tasks(cast, closed_at=None) == []
    disagree(cast, "besloten")

    assert len(tasks(cast, closed_at=None)) == 1


def test_who_wants_to_talk_is_one_task_with_that_parent(cast):
    say(cast, cast.amina, cast.noor, Value.TALK)
    say(cast, cast.erik, cast.noor, Value.TALK, "papier")
    say(cast, cast.erik, cast.noor, Value.TALK, "papier")

    assert [(task.kind, task.guardian_id) for task in tasks(cast)] == [
        ("talk", cast.amina.id),
        ("talk", cast.erik.id),
    ]


@pytest.mark.parametrize("value", [Value.YES, Value.NO])
def test_it_is_over_when_that_parent_answered_everything(cast, value):
    say(cast, cast.amina, cast.noor, Value.TALK, "papier", "sociaal")

    say(cast, cast.erik, cast.noor, value)
    say(cast, cast.amina, cast.noor, value, "papier")
    assert len(tasks(cast, closed_at=None)) == 1
    say(cast, cast.amina, cast.noor, value, "sociaal")

    assert tasks(cast, closed_at=None, kind=TaskKind.TALK) == []


def test_a_talk_that_was_held_does_not_come_back_by_another_answer(cast):
    say(cast, cast.karol, cast.bo, Value.TALK, "papier", "sociaal")
    close(cast, tasks(cast)[0])

    say(cast, cast.karol, cast.bo, Value.YES, "papier")

    assert tasks(cast, closed_at=None) == []


# -- who sees it ----------------------------------------------------------------------------------------------


def test_the_list_names_the_child_and_the_group_and_nobody_who_refused(cast, as_):
    disagree(cast)

    page = as_(cast.olga).get(LIST)
    one = as_(cast.ria).get(f"{LIST}{tasks(cast)[0].code}/")

    for seen in (words(page), words(one)):
        assert "Noor Y." in seen
        assert "8A" in seen
        assert not re.search("Amina|Erik|Yıldız|Jansen", seen)


def test_with_whom_to_talk_is_named(cast, as_):
    say(cast, cast.amina, cast.noor, Value.TALK, "papier")

    assert "Amina Yıldız" in words(as_(cast.olga).get(LIST))
    one = words(as_(cast.joost).get(f"{LIST}{tasks(cast)[0].code}/"))
    assert "Amina Yıldız" in one
    assert "Papier" in one


def test_a_teacher_sees_who_of_the_own_group_wants_to_talk_and_no_more(cast, as_):
    disagree(cast)
    say(cast, cast.karol, cast.bo, Value.TALK)
    say(cast, cast.selin, cast.mila, Value.TALK)
    conflict, own, other = tasks(cast)

    seen = words(as_(cast.joost).get(LIST))
    assert ("Bo Ł." in seen, "Noor Y." in seen, "Mila Ö." in seen) == (True, False, False)
    statuses = [as_(cast.joost).get(f"{LIST}{task.code}/").status_code for task in (conflict, own, other)]
    assert statuses == [404, 200, 404]


def test_the_office_sees_its_school_and_the_administrator_all(cast, as_):
    say(cast, cast.karol, cast.bo, Value.TALK)
    say(cast, cast.selin, cast.mila, Value.TALK)

    office, all_schools = words(as_(cast.olga).get(LIST)), words(as_(cast.ada).get(LIST))
    assert ("Bo Ł." in office, "Mila Ö." in office) == (True, False)
    assert ("Bo Ł." in all_schools, "Mila Ö." in all_schools) == (True, True)
    chosen = words(as_(cast.ada).get(f"{LIST}?school=de-haven&soort=talk"))
    assert ("Bo Ł." in chosen, "Mila Ö." in chosen) == (False, True)


def test_who_works_here_and_is_a_parent_sees_nothing_about_the_own_child(cast, as_):
    """C4: the work list must not tell one parent what the other one chose."""
    say(cast, cast.erik, cast.noor, Value.TALK)
    with cast.acting():
        mailbox = cast.user_of(cast.olga)
        Reach.objects.filter(capacity=Capacity.GUARDIAN, person_id=cast.amina.id).update(user=mailbox)

    assert "Noor" not in words(as_(cast.olga).get(LIST))
    assert as_(cast.olga).get(f"{LIST}{tasks(cast)[0].code}/").status_code == 404
    assert "Noor" in words(as_(cast.ria).get(LIST))


def test_reading_is_recorded(cast, as_):
    disagree(cast)

    as_(cast.olga).get(LIST)

    with cast.acting():
        reading = ReadingRecord.objects.get(what=Reading.TASK_LIST)
        assert (reading.actor_id, reading.subject_ids) == (cast.olga.id, [cast.noor.id])


# -- doing it -------------------------------------------------------------------------------------------------


def post(client, task: Task, note: str, key=None):
    url = f"{LIST}{task.code}/"
    token = client.get(url).cookies["csrftoken"].value
    data = {"note": note, "key": key or uuid.uuid4(), "csrfmiddlewaretoken": token}
    return client.post(f"{url}afronding/", data)


def test_done_with_a_note_once(cast, as_):
    disagree(cast)
    (task,) = tasks(cast)
    client, key = as_(cast.olga), uuid.uuid4()

    assert post(client, task, "", key).status_code == 422
    assert post(client, task, "\x00", key).status_code == 422
    for _time in range(3):
        assert post(client, task, "Met beide ouders gebeld", key).status_code == 303
    again = post(as_(cast.ria), task, "Nog eens")

    assert again.status_code == 409
    (task,) = tasks(cast)
    assert (task.outcome, task.closed_by_id) == ("Met beide ouders gebeld", cast.olga.id)
    assert "Met beide ouders gebeld" in words(client.get(LIST))


def test_what_was_done_is_shown_for_thirty_days(cast, as_):
    disagree(cast)
    close(cast, tasks(cast)[0], "Opgelost")

    for days, is_shown in ((29, True), (31, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert ("Opgelost" in words(as_(cast.olga).get(LIST))) is is_shown


def test_an_empty_list_says_so(cast, as_):
    page = as_(cast.olga).get(LIST)

    assert page.status_code == 200
    assert 'class="empty' in page.content.decode()


def test_remarks_of_a_family_are_shown_as_they_wrote_them(cast, as_):
    hostile = "<script>alert(1)</script> Hij heet Bo\u202e"
    with cast.acting():
        task = open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text=hostile)

    page = as_(cast.olga).get(f"{LIST}{task.code}/").content.decode()

    assert "<script>alert" not in page
    assert "Karol Łuczak" in page


def test_the_start_page_has_a_row_per_kind(cast, as_):
    disagree(cast)
    say(cast, cast.karol, cast.bo, Value.TALK)

    start = as_(cast.olga).get("/team/").content.decode()

    assert f'href="{LIST}?soort=conflict"' in start
    assert f'href="{LIST}?soort=talk"' in start
    teacher = as_(cast.joost).get("/team/").content.decode()
    assert f"{LIST}?soort=conflict" not in teacher
    assert f"{LIST}?soort=talk" in teacher


def test_the_number_of_statements_does_not_grow_with_the_list(cast, as_, django_assert_max_num_queries):
    with cast.acting(system("test")):
        for number in range(12):
            child = pupil(cast.group_8a, f"Kind{number}", "Lang", years_ago(9))
            open_task(TaskKind.CONFLICT, pupil=child)
    client = as_(cast.olga)
    client.get(LIST)

    with django_assert_max_num_queries(30):
        assert words(client.get(LIST)).count("Kind") == 12


def test_answers_that_came_in_all_at_once_are_put_on_the_list_later(cast):
    disagree(cast, "papier", "sociaal")
    say(cast, cast.karol, cast.bo, Value.TALK)
    say(cast, cast.selin, cast.mila, Value.NO)
    with cast.acting():
        Task.objects.all().delete()
        for _time in range(2):
            assert open_what_waits() == 2

    assert [(task.kind, task.pupil_id) for task in tasks(cast)] == [
        ("conflict", cast.noor.id),
        ("talk", cast.bo.id),
    ]
