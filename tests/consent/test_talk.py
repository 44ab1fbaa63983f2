""" "I want to talk first": as easy to say as yes and no, a no until there is an answer, and work for the school."""

import re

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from consent.choices import Reason, Value
from consent.domain.reminding import remind
from consent.models import Round
from notices.choices import State
from notices.domain.write import words_of
from notices.mail import write
from notices.models import Message
from tests.cast import today

from .links import check, given, hidden, link_of, send, start, start_ended, words
from .test_decide import reason_of, say


def nl(msgid: str) -> str:
    with override("nl"):
        return gettext(msgid)


UNTIL_THEN = "Until we have talked, it is no. School will contact you."


def test_it_is_there_at_every_question_and_never_chosen_beforehand(cast):
    start(cast)

    page = Client().get(link_of(cast, cast.karol)).content.decode()

    assert len(re.findall(r'value="talk"', page)) == 3
    assert " checked" not in page


def test_it_is_passed_on_shown_on_check_page_and_receipt_and_is_a_no(cast):
    start(cast)
    client, url = Client(), link_of(cast, cast.karol)

    assert nl("Talk first") in words(check(client, url, "talk", "yes", "no"))
    receipt = client.get(send(client, url, "talk", "yes", "no")["Location"])

    assert given(cast) == [("Bo", "papier", "talk"), ("Bo", "besloten", "yes"), ("Bo", "sociaal", "no")]
    assert nl("Talk first") in words(receipt)
    assert words(receipt).count(nl(UNTIL_THEN)) == 1
    assert reason_of(cast, cast.bo, "papier") == Reason.TALK_FIRST


def test_it_needs_no_code_when_a_yes_does(cast):
    start_ended(cast)
    client, url = Client(), link_of(cast, cast.karol)

    sent = send(client, url, "talk", "talk", "no")

    assert sent.status_code == 303
    assert "/ontvangst/" in sent["Location"]


def test_the_mail_says_what_holds_until_then(cast):
    say(cast, cast.karol, cast.bo, Value.TALK, "papier")

    with cast.acting():
        message = Message.objects.get(kind="consent/receipt")
        mail = write(message.kind, "nl", words_of(message, cast.home, "https://x.example/"))
    for text in (mail.text, mail.html):
        assert nl("Talk first") in text
        assert nl(UNTIL_THEN) in text


def test_no_reminder_follows(cast):
    start(cast)
    client, url = Client(), link_of(cast, cast.karol)
    send(client, url, "talk", "talk", "talk")

    with cast.acting():
        remind(Round.objects.get(closes_on__gte=today()))
        waiting = Message.objects.filter(kind="consent/reminder", state=State.WAITING)
        assert not waiting.filter(guardian=cast.karol).exists()
        assert waiting.filter(guardian=cast.selin).exists()


@pytest.mark.parametrize("later", [Value.YES, Value.NO])
def test_one_answer_can_become_it_and_be_changed_from_it(cast, as_, later):
    client = as_(cast.karol)
    change = f"/ouder/thuis/kind/{cast.bo.code}/papier/"
    for value in (Value.TALK, later):
        assert client.post(change, hidden(client.get(change)) | {"answer": value}).status_code == 303

    expected = Reason.AGREED if later == Value.YES else Reason.REFUSED
    assert reason_of(cast, cast.bo, "papier") == expected
