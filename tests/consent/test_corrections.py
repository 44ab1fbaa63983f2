"""The pages on which an answer that was entered in error is found, asked about and judged."""

import uuid

from consent.choices import Channel, Reason, Value
from consent.models import Invalidation

from .links import words
from .test_decide import reason_of, say
from .test_invalidate import enter

ROOM = "/team/keuze/"


def page_of(answers) -> str:
    return f"{ROOM}{answers[0].submission.code}/"


def post(client, url: str, what: str, key=None, **data):
    token = client.get(url).cookies["csrftoken"].value
    data = {"key": key or uuid.uuid4(), "csrfmiddlewaretoken": token, **data}
    return client.post(f"{url}{what}/", data)


def seen(client, url: str) -> str:
    page = client.get(url).content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def test_search_a_child_and_see_what_school_entered(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES, channel=Channel.PAPER)
    own = say(cast, cast.karol, cast.bo, Value.NO, "sociaal")
    client = as_(cast.olga)

    assert "Bo Ł." in words(client.get(f"{ROOM}?q=bo"))
    listed = client.get(f"{ROOM}?leerling={cast.bo.code}").content.decode()
    assert entered[0].submission.code in listed
    assert own.code not in listed
    assert client.get(f"{ROOM}?q={own.code}")["Location"] == f"{ROOM}{own.code}/"


def test_a_child_of_another_school_does_not_exist(cast, as_):
    entered = enter(cast, cast.ada, cast.selin, cast.mila, Value.YES)
    client = as_(cast.olga)

    assert client.get(f"{ROOM}?leerling={cast.mila.code}").status_code == 404
    assert client.get(page_of(entered)).status_code == 404
    assert "Mila" not in words(client.get(f"{ROOM}?q=mila"))
    assert as_(cast.ada).get(page_of(entered)).status_code == 200


def test_only_who_entered_it_reads_what_was_answered(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.TALK)

    mine = as_(cast.olga).get(page_of(entered)).content.decode()
    others = as_(cast.ada).get(page_of(entered)).content.decode()

    assert "Bo Ł., Papier: " in mine
    assert "Bo Ł., Papier: " not in others
    assert "Bo Ł., Papier" in others


def test_who_entered_it_today_takes_it_out_at_once(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    client, url, key = as_(cast.olga), page_of(entered), uuid.uuid4()
    choice = {"answers": [entered[0].id], "reason": "Verkeerd kind"}

    for wrong in ({}, {"answers": [999999], "reason": "x"}, {"answers": [entered[0].id], "reason": "\x00"}):
        assert post(client, url, "vergissing", **wrong).status_code == 422
    for _time in range(2):
        assert post(client, url, "vergissing", key=key, **choice).status_code == 303

    assert reason_of(cast, cast.bo, "papier") == Reason.NO_ANSWER
    assert client.get(url).status_code == 200


def test_a_colleague_asks_and_another_one_agrees_from_the_work_list(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    url, asker, second = page_of(entered), as_(cast.ada), as_(cast.ria)
    asked = post(asker, url, "vergissing", answers=[entered[0].id], reason="Ander formulier")

    assert asked.status_code == 303
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED
    listed = second.get("/team/taken/").content.decode()
    assert url in listed
    assert "/team/taken/" in second.get("/team/").content.decode()
    own = post(asker, url, "oordeel", agrees="yes", seen=seen(asker, url))
    assert own.status_code == 409
    assert post(second, url, "oordeel", agrees="", seen=seen(second, url)).status_code == 422
    assert post(second, url, "oordeel", agrees="yes", seen="1,2").status_code == 409
    assert post(second, url, "oordeel", agrees="yes", seen=seen(second, url)).status_code == 303

    assert reason_of(cast, cast.bo, "papier") == Reason.NO_ANSWER
    assert url not in second.get("/team/taken/").content.decode()


def test_the_second_person_may_leave_it_as_it_is_and_the_first_may_take_it_back(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    url = page_of(entered)
    for judge in (cast.ria, cast.ada):
        post(as_(cast.ada), url, "vergissing", answers=[entered[0].id], reason="Ander formulier")
        client = as_(judge)
        assert post(client, url, "oordeel", agrees="no", seen=seen(client, url)).status_code == 303
        with cast.acting():
            assert not Invalidation.objects.exists()

    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED


def test_the_parents_receipt_says_that_it_does_not_count(cast, as_):
    entered = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    client = as_(cast.olga)
    post(client, page_of(entered), "vergissing", answers=[entered[0].id], reason="Verkeerd kind")

    receipt = as_(cast.karol).get(f"/ouder/thuis/ontvangst/{entered[0].submission.code}/")

    assert receipt.status_code == 200
    assert "answers-more" in receipt.content.decode()
    assert "Verkeerd kind" not in words(receipt)
    assert "panel-warn" not in receipt.content.decode()
