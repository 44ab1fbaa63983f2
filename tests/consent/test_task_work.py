"""Doing the work of the list: who reads what was done, who is mailed, where an answer is written, finding it again."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.choices import Channel, TaskKind, Value
from consent.domain.remarks import finish_task, object_to_item
from consent.domain.tasks import TaskDone, open_task
from consent.forms import DoneForm
from consent.models import Submission, Task
from notices.models import Message
from schools.models import Guardianship

from .links import words
from .test_decide import say
from .test_entering import typed
from .test_remarks import mail, tell
from .test_tasks import LIST, close, disagree, post, tasks

ANSWERED = "consent/answered"
SECRET = "Erik belde, hij zei nee"


def told(cast) -> list[tuple[int, str]]:
    with cast.acting():
        return list(Message.objects.filter(kind=ANSWERED).order_by("id").values_list("guardian_id", "state"))


# -- who reads what was done ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [TaskKind.WRONG_ADDRESS, TaskKind.WRONG_AUTHORITY, TaskKind.OBJECTION])
def test_before_anything_is_typed_the_page_says_who_reads_it(cast, as_, kind):
    with cast.acting():
        task = open_task(kind, pupil=cast.bo, guardian=cast.karol, text="Klopt niet")

    page = as_(cast.olga).get(f"{LIST}{task.code}/")

    note = page.context["form"].fields["note"]
    assert "Karol Łuczak" in note.label
    assert "Karol Łuczak" in note.help_text
    shown = page.content.decode()
    assert shown.index(str(note.help_text)) < shown.index("<textarea")


def test_what_only_colleagues_read_says_that(cast, as_):
    disagree(cast)
    say(cast, cast.karol, cast.bo, Value.TALK, "papier")

    for task in tasks(cast):
        note = as_(cast.olga).get(f"{LIST}{task.code}/").context["form"].fields["note"]
        assert "Karol" not in note.label + note.help_text
        assert str(note.help_text) == str(DoneForm().fields["note"].help_text)


def test_after_a_mistake_the_page_still_says_who_reads_it(cast, as_):
    with cast.acting():
        task = open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text="x")

    response = post(as_(cast.olga), task, "")

    assert response.status_code == 422
    assert "Karol Łuczak" in response.context["form"].fields["note"].help_text


# -- the mail -------------------------------------------------------------------------------------------------


def test_who_told_the_school_hears_that_there_is_an_answer_and_not_which(cast, as_):
    """R6: no answer, no surname of a child in the mail; the page behind the button has it."""
    tell(as_(cast.amina), cast.noor, "authority", "Erik mag niet beslissen")
    (task,) = tasks(cast)

    post(as_(cast.olga), task, "We hebben het gezagsregister bekeken.")

    written = mail(cast, ANSWERED, cast.amina)
    assert "Noor" in written.subject
    for part in (written.subject, written.text, written.html):
        for word in ("gezagsregister", "Erik", "Yıldız", "beslis"):
            assert word not in part
    where = f"/ouder/thuis/bericht/{task.code}/"
    assert where in written.text
    assert where in written.html
    assert "gezagsregister" in words(as_(cast.amina).get(where))
    assert as_(cast.erik).get(where).status_code == 404


def test_nobody_is_mailed_about_work_that_only_colleagues_read(cast, as_):
    disagree(cast)
    say(cast, cast.karol, cast.bo, Value.TALK, "papier")

    for task in tasks(cast):
        post(as_(cast.olga), task, SECRET)

    assert tasks(cast, closed_at=None) == []
    assert told(cast) == []
    assert SECRET not in words(as_(cast.amina).get(f"/ouder/thuis/kind/{cast.noor.code}/"))


def test_closed_twice_it_is_told_once(cast):
    with cast.acting():
        task = open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text="x")
        finish_task(task, outcome="Aangepast")
        with pytest.raises(TaskDone):
            finish_task(task, outcome="Nog eens")

    assert told(cast) == [(cast.karol.id, "waiting")]


def test_who_may_not_be_contacted_and_a_pupil_get_no_mail(cast):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.karol).update(may_be_contacted=False)
        finish_task(
            open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text="x"), outcome="Klaar"
        )
        own = object_to_item(pupil=cast.sam, guardian=None, text="Foto", purpose=None, language="nl")
        finish_task(own, outcome="Weg")

        assert Task.objects.filter(closed_at=None).count() == 0
    assert told(cast) == []


# -- talk first: the answer is written down -------------------------------------------------------------------


def talk(cast) -> tuple[Task, str]:
    say(cast, cast.amina, cast.noor, Value.TALK, "papier")
    (task,) = tasks(cast, closed_at=None)
    return task, f"/team/papier/kind/{cast.noor.code}/?taak={task.code}"


def test_the_task_leads_to_the_page_where_the_answer_is_written_and_that_page_back(cast, as_):
    task, entry = talk(cast)
    client = as_(cast.ria)

    assert client.get(f"{LIST}{task.code}/").context["entry_url"] == entry
    page = client.get(entry)

    assert f'href="{LIST}{task.code}/"' in page.content.decode()
    assert page.context["form"].initial["signer"] == cast.amina.code


def test_what_was_said_closes_the_talk_and_leads_back_to_it(cast, as_):
    task, entry = talk(cast)
    client = as_(cast.ria)
    sent = typed(client.get(entry), signer=cast.amina.code, channel="phone", note="moeder belde")

    response = client.post(entry, sent | {"q-papier": "no"})
    back = client.get(response.headers["Location"])

    assert response.headers["Location"].startswith(f"{LIST}{task.code}/?klaar=")
    assert back.context["task"]["closed_at"] is not None
    assert back.context["done"] == {"name": "Noor Y.", "count": 1, "sent_to": back.context["done"]["sent_to"]}
    assert 'class="panel panel-done"' in back.content.decode()
    with cast.acting():
        assert Submission.objects.latest("id").channel == Channel.PHONE
    assert back.context["entry_url"] == ""


def test_who_does_not_enter_answers_has_no_such_button(cast, as_):
    task, entry = talk(cast)

    assert as_(cast.joost).get(f"{LIST}{task.code}/").context["entry_url"] == ""
    assert as_(cast.joost).get(entry).status_code == 403


def test_a_conflict_leads_nowhere_and_a_task_of_another_child_is_not_gone_back_to(cast, as_):
    disagree(cast, "besloten")
    (conflict,) = tasks(cast)
    say(cast, cast.karol, cast.bo, Value.TALK, "papier")
    client = as_(cast.olga)

    assert client.get(f"{LIST}{conflict.code}/").context["entry_url"] == ""
    for code in (tasks(cast)[1].code, "ZZZZZZZZZZ", "../..", ""):
        assert client.get(f"/team/papier/kind/{cast.noor.code}/?taak={code}").context["task"] is None


# -- finding it again -----------------------------------------------------------------------------------------


def test_done_work_is_found_again_however_long_ago(cast, as_):
    disagree(cast)
    close(cast, tasks(cast)[0], "Opgelost")

    with time_machine.travel(timezone.now() + timedelta(days=90)):
        client = as_(cast.olga)
        assert "Opgelost" not in words(client.get(LIST))
        assert "Opgelost" in words(client.get(f"{LIST}?stand=klaar"))
        assert "Opgelost" in words(client.get(f"{LIST}?q=noo"))
        assert "Opgelost" not in words(client.get(f"{LIST}?q=bo"))
        assert "Opgelost" not in words(client.get(f"{LIST}?stand=klaar&soort=talk"))


def test_the_search_finds_open_work_too_and_only_within_reach(cast, as_):
    say(cast, cast.karol, cast.bo, Value.TALK)
    say(cast, cast.selin, cast.mila, Value.TALK)

    assert "Bo Ł." in words(as_(cast.olga).get(f"{LIST}?q=Łucz"))
    for stand in ("", "&stand=klaar"):
        assert "Mila Ö." not in words(as_(cast.olga).get(f"{LIST}?q=mila{stand}"))
        assert "Mila Ö." not in words(as_(cast.joost).get(f"{LIST}?q=mila{stand}"))
    assert "Mila Ö." in words(as_(cast.ada).get(f"{LIST}?q=mila"))


@pytest.mark.parametrize("query", ["?q=niemand", "?stand=klaar", "?q=%00&stand=x", "?soort=objection", ""])
def test_an_empty_list_always_says_so(cast, as_, query):
    page = as_(cast.olga).get(f"{LIST}{query}")

    assert page.status_code == 200
    assert page.content.decode().count('class="empty"') == 1


def test_open_work_does_not_show_while_done_work_is_asked_for(cast, as_):
    disagree(cast)

    page = as_(cast.olga).get(f"{LIST}?stand=klaar")

    assert "Noor Y." not in words(page)
    assert page.context["filters"]["is_done"]


def test_a_form_posted_with_another_key_after_it_was_closed_changes_nothing(cast, as_):
    with cast.acting():
        task = open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text="x")
    client, key = as_(cast.olga), uuid.uuid4()
    post(client, task, "Eerste", key)

    assert post(client, task, "Tweede").status_code == 409

    assert [one.outcome for one in tasks(cast)] == ["Eerste"]
    assert len(told(cast)) == 1
