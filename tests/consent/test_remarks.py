"""Something is wrong here, and an objection to one item: work for the school, confirmed, answered in time (C12)."""

import re
from datetime import date, datetime, timedelta

import pytest

from consent.choices import TaskKind
from consent.domain.remarks import MOST_OBJECTIONS, answer_by, object_to_item
from consent.domain.tasks import close_task
from consent.models import Task
from ledger.acting import SCHOOL_TIME, Actor, acting
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from notices.models import Message
from schools.models import Enrolment, Vacation
from tests.cast import guardian, today

from .links import hidden, words
from .test_parents import NO, YES, mail, reason_of, say

WRONG, OBJECT = "/ouder/thuis/opmerking/{}/", "/ouder/thuis/bezwaar/{}/"
HOSTILE = "<script>alert(1)</script> {{ x }} %(y)s ’; DROP TABLE -- \u202e نص"


def tell(client, child, about="child", text="Noor heet Nour"):
    address = WRONG.format(child.code)
    return client.post(address, hidden(client.get(address)) | {"about": about, "text": text})


def object_to(client, child, **words_):
    address = OBJECT.format(child.code)
    filled = {"where": "Instagram van school", "what": "Sportdag", "purpose": ""} | words_
    return client.post(address, hidden(client.get(address)) | filled)


def tasks(cast) -> list[tuple[str, str, str, int | None]]:
    with cast.acting():
        rows = Task.objects.select_related("pupil").order_by("id")
        return [(row.kind, row.pupil.call_name, row.text, row.guardian_id) for row in rows]


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ("address", TaskKind.WRONG_ADDRESS),
        ("child", TaskKind.WRONG_CHILD),
        ("authority", TaskKind.WRONG_AUTHORITY),
    ],
)
def test_a_remark_is_work_for_the_school_and_confirmed(cast, as_, about, kind):
    client = as_(cast.amina)

    sent = tell(client, cast.noor, about, "Klopt niet")
    page = client.get(sent["Location"])

    assert sent.status_code == 303
    assert tasks(cast) == [(kind, "Noor", "Klopt niet", cast.amina.id)]
    with cast.acting():
        assert Task.objects.get().school_id == cast.beacon.id
        assert Entry.objects.filter(verb=Verb.TASK_OPENED, subject_id=cast.noor.id).count() == 1
    assert "Klopt niet" in words(page)
    assert re.search(r"a…@|a\*+@|a[^@ ]*@thuis", words(page))
    assert "Klopt niet" in words(client.get(f"/ouder/thuis/kind/{cast.noor.code}/"))


def test_the_mail_says_that_it_came_in_and_nothing_of_what_was_written(cast, as_):
    """R6."""
    tell(as_(cast.amina), cast.noor, "authority", "Erik mag niet beslissen")

    written = mail(cast, "consent/remark", cast.amina)

    for part in (written.subject, written.text, written.html):
        assert "Erik" not in part
        assert "Yıldız" not in part
    assert "Noor" in written.subject
    with cast.acting():
        code = Task.objects.get().code
        assert Message.objects.get(kind="consent/remark").cause == f"task:{code}"
    assert code in written.text
    assert "/ouder/?taal=nl" in written.text
    assert "http" in re.search(r'<a href="([^"]+)"', written.html)[1]


def test_an_objection_is_possible_whatever_was_answered(cast, as_):
    """C12: after a yes as after a no or silence; the choices themselves stay as they are."""
    client = as_(cast.amina)
    for value in (None, YES, NO):
        if value:
            say(cast, cast.amina, cast.noor, value, "papier")
        before = reason_of(cast, cast.noor, "papier")
        assert object_to(client, cast.noor, what=f"Foto na {value}").status_code == 303
        assert reason_of(cast, cast.noor, "papier") == before

    found = tasks(cast)
    assert [kind for kind, *_rest in found] == [TaskKind.OBJECTION] * 3
    assert found[0][2] == "Instagram van school\nFoto na None"
    with cast.acting():
        assert Message.objects.filter(kind="consent/remark", guardian=cast.amina).count() == 3


def test_an_objection_may_name_the_question(cast, as_):
    object_to(as_(cast.amina), cast.noor, purpose="sociaal")

    with cast.acting():
        assert Task.objects.get().purpose_id == cast.purposes["sociaal"].id


def test_an_objection_after_leaving_goes_to_the_last_school(cast, as_):
    with cast.acting():
        Enrolment.objects.filter(pupil=cast.bo).update(until=today() - timedelta(days=1))
    client = as_(cast.karol)

    assert object_to(client, cast.bo).status_code == 303
    assert client.get(WRONG.format(cast.bo.code)).status_code == 404
    with cast.acting():
        assert Task.objects.get().school_id == cast.beacon.id


def test_the_pupil_who_decides_may_object_without_a_guardian(cast):
    with cast.acting(Actor(ActorKind.PUPIL, cast.sam.id, "signed_in")):
        task = object_to_item(pupil=cast.sam, guardian=None, text="x", purpose=None, language="nl")

    assert (task.guardian_id, task.kind) == (None, TaskKind.OBJECTION)
    with cast.acting():
        assert not Message.objects.filter(kind="consent/remark").exists()


def test_who_is_only_informed_may_say_what_is_wrong_but_not_object(cast, as_):
    client = as_(cast.ward)

    assert tell(client, cast.bo, "authority", "Ik heb ook gezag").status_code == 303
    assert client.get(OBJECT.format(cast.bo.code)).status_code == 404
    assert client.post(OBJECT.format(cast.bo.code), {"where": "x", "what": "y"}).status_code == 404


def test_a_child_of_16_a_stranger_and_another_foundation_do_not_exist(cast, as_):
    client = as_(cast.amina)

    assert client.get(OBJECT.format(cast.sam.code)).status_code == 404
    assert client.get(WRONG.format(cast.sam.code)).status_code == 200
    for child in (cast.bo, cast.vera_child):
        for form in (WRONG, OBJECT):
            assert client.get(form.format(child.code)).status_code == 404
            assert client.post(form.format(child.code), {"about": "child", "text": "x"}).status_code == 404
    assert tasks(cast) == []


def test_of_one_kind_one_is_open_and_the_second_keeps_its_words(cast, as_):
    client = as_(cast.amina)
    tell(client, cast.noor, "child", "Eerste")

    second = tell(client, cast.noor, "child", "Tweede bericht")

    assert second.status_code == 409
    assert "Tweede bericht" in second.content.decode()
    assert re.search("You told us this already|U hebt dit al", words(second))
    assert tell(client, cast.noor, "address", "Ander").status_code == 303
    assert len(tasks(cast)) == 2
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        close_task(Task.objects.get(kind="child"), outcome="Naam aangepast.")
    assert tell(client, cast.noor, "child", "Nog eens").status_code == 303


def test_after_closing_the_family_reads_what_was_done(cast, as_):
    client = as_(cast.amina)
    confirmed = tell(client, cast.noor)["Location"]
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        close_task(Task.objects.get(), outcome="De naam is aangepast.")

    for address in (confirmed, f"/ouder/thuis/kind/{cast.noor.code}/"):
        text = words(client.get(address))
        assert "De naam is aangepast." in text
        assert "Olga" not in text


def test_one_never_reads_what_the_other_parent_said(cast, as_):
    confirmed = tell(as_(cast.amina), cast.noor, "authority", "Alleen ik beslis")["Location"]
    client = as_(cast.erik)

    assert "Alleen ik beslis" not in words(client.get(f"/ouder/thuis/kind/{cast.noor.code}/"))
    assert client.get(confirmed).status_code == 404
    assert client.get("/ouder/thuis/bericht/%00/").status_code == 404
    assert tell(client, cast.noor, "authority", "Ik ook").status_code == 303


def test_tasks_about_a_disagreement_are_no_remark_of_the_family(cast, as_):
    """A conflict is work for the school; on the family's page it would tell who did not agree (C4)."""
    with cast.acting():
        for kind in (TaskKind.CONFLICT, TaskKind.TALK):
            Task.objects.create(
                foundation=cast.home,
                kind=kind,
                school=cast.beacon,
                pupil=cast.noor,
                guardian=cast.amina,
                text="GEHEIM",
                opened_at=datetime.now(SCHOOL_TIME),
            )
        code = Task.objects.first().code
    client = as_(cast.amina)

    assert "GEHEIM" not in client.get(f"/ouder/thuis/kind/{cast.noor.code}/").content.decode()
    assert client.get(f"/ouder/thuis/bericht/{code}/").status_code == 404


def test_what_is_missing_or_too_much_is_said_and_nothing_is_lost(cast, as_):
    client = as_(cast.amina)
    wrong, right = WRONG.format(cast.noor.code), {"about": "child", "text": "Naam klopt niet"}
    for bad in (
        {"about": ""},
        {"about": "objection"},
        {"text": ""},
        {"text": "😀😀"},
        {"text": "a" * 481},
        {"text": "x\x00"},
        {"key": ""},
    ):
        refused = client.post(wrong, hidden(client.get(wrong)) | right | bad)
        assert refused.status_code == 422, bad
        assert re.search("<title>(Fout|Error):", refused.content.decode()), bad
    assert "Naam klopt niet" in refused.content.decode()
    objection = OBJECT.format(cast.noor.code)
    for bad in ({"where": ""}, {"what": " "}, {"purpose": "niets"}, {"where": "a" * 241}):
        filled = {"where": "Website", "what": "Foto", "purpose": ""} | bad
        refused = client.post(objection, hidden(client.get(objection)) | filled)
        assert refused.status_code == 422, bad
    assert tasks(cast) == []


def test_hostile_words_are_kept_and_shown_as_words(cast, as_):
    client = as_(cast.amina)

    for sent in (tell(client, cast.noor, text=HOSTILE), object_to(client, cast.noor, what=HOSTILE)):
        page = client.get(sent["Location"])
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert" in page.content.decode()
    assert tasks(cast)[0][2] == HOSTILE


def test_posted_ten_times_it_is_one_task_and_one_mail(cast, as_):
    client = as_(cast.amina)
    for address, filled in (
        (WRONG, {"about": "child", "text": "Een"}),
        (OBJECT, {"where": "Site", "what": "Foto", "purpose": ""}),
    ):
        form = hidden(client.get(address.format(cast.noor.code))) | filled
        assert len({client.post(address.format(cast.noor.code), form)["Location"] for _ in range(10)}) == 1

    assert len(tasks(cast)) == 2
    with cast.acting():
        assert Message.objects.filter(kind="consent/remark").count() == 2


def test_objections_without_end_are_a_talk_with_the_school(cast, as_):
    with cast.acting():
        for number in range(MOST_OBJECTIONS):
            object_to_item(
                pupil=cast.noor, guardian=cast.amina, text=str(number), purpose=None, language="nl"
            )

    refused = object_to(as_(cast.amina), cast.noor, where="De laatste")

    assert refused.status_code == 409
    assert "De laatste" in refused.content.decode()
    assert len(tasks(cast)) == MOST_OBJECTIONS


def test_without_an_address_it_is_still_received(cast, as_):
    """Nobody to mail: the page confirms it, and does not speak of a copy."""
    with cast.acting():
        cast.amina.email = ""
        cast.amina.save()
    client = as_(cast.amina)

    page = client.get(tell(client, cast.noor)["Location"])

    assert page.status_code == 200
    assert not re.search("sent a copy|kopie", words(page))


@pytest.mark.parametrize(
    ("opened", "vacations", "expected"),
    [
        (date(2026, 11, 2), (), date(2026, 11, 9)),  # Monday: the next Monday
        (date(2026, 10, 9), ((date(2026, 10, 10), date(2026, 10, 18)),), date(2026, 10, 23)),
        (
            date(2026, 7, 3),
            ((date(2026, 7, 4), date(2026, 8, 16)),),
            date(2026, 8, 3),
        ),  # never beyond a month
        (date(2027, 1, 31), ((date(2027, 1, 1), date(2027, 3, 31)),), date(2027, 2, 28)),
        (date(2027, 12, 31), ((date(2027, 1, 1), date(2028, 3, 31)),), date(2028, 1, 31)),
    ],
)
def test_the_answer_comes_within_five_school_days_and_never_after_a_month(opened, vacations, expected):
    assert answer_by(opened, vacations) == expected


def test_the_day_of_the_answer_knows_the_vacations_of_the_school(cast, as_):
    with cast.acting():
        Vacation.objects.create(
            foundation=cast.home, name="Extra", since=today(), until=today() + timedelta(days=14)
        )
    client = as_(cast.amina)

    page = client.get(tell(client, cast.noor)["Location"])

    assert page.context["remark"]["answer_on"] > today() + timedelta(days=14)


def test_a_remark_about_a_child_in_another_foundation_stays_there(cast, as_):
    with cast.acting(foundation=cast.bridge):
        there = guardian(cast.bridge, "Amina", "Y", [cast.vera_child], email=cast.amina.email)
    client = as_(cast.amina)
    address = f"/ouder/de-brug/opmerking/{cast.vera_child.code}/"

    sent = client.post(address, hidden(client.get(address)) | {"about": "child", "text": "Hier"})

    assert sent.status_code == 303
    assert tasks(cast) == []
    with acting(Actor(ActorKind.SYSTEM), [cast.bridge.id]):
        assert Task.objects.get().guardian_id == there.id
