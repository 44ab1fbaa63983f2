"""Mails and receipts of a pupil: in the language the pupil chose, and never about "u" (C3, C8)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from consent.choices import Channel, Reason, Value
from consent.domain.coming_of_age import tell_coming_of_age
from consent.domain.decide import Choice
from consent.domain.decide_as_pupil import decide_as_pupil
from consent.domain.invalidate import agree, take_out
from consent.models import Answer
from ledger.acting import Actor
from ledger.choices import ActorKind
from notices.models import AccountMail, Message
from tests.cast import today
from tests.consent.links import words
from tests.consent.test_pupils import NO, YES, parent_says, reason_of, say, set_up, turned_16, with_mailbox
from tests.consent.test_receipt_pdf import text_in


def in_language(cast, pupil, language: str) -> None:
    User.objects.filter(email=pupil.email).update(language=language)


def answers_in(cast, pupil, language: str, value: Value = Value.NO) -> str:
    with cast.acting(Actor(ActorKind.PUPIL, pupil.id, "signed_in")):
        return decide_as_pupil(
            pupil=pupil,
            choices=[Choice(pupil.id, cast.purposes["papier"].id, value)],
            channel=Channel.SIGNED_IN,
            language=language,
        ).code


def take_out_all(cast, pupil) -> None:
    """Asked by the office, agreed by the director: what a pupil passed on themselves takes two people."""
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        answers = list(
            Answer.objects.filter(pupil=pupil, guardian=None).select_related(
                "submission", "pupil", "guardian"
            )
        )
        take_out(answers, reason="Verkeerde leerling", by=cast.olga)
    with cast.acting(Actor(ActorKind.STAFF, cast.ria.id, "director")):
        agree([answer.invalidations.get() for answer in answers], by=cast.ria, email=cast.ria.email)


@pytest.mark.parametrize(
    ("mailbox", "answer", "expected"), [("en", "", "en"), ("nl", "en", "en"), ("nl", "", "nl")]
)
def test_a_birthday_is_told_in_the_language_that_the_pupil_chose(cast, mailbox, answer, expected):
    with cast.acting():
        cast.sam.born_on = today().replace(year=today().year - 16, day=min(today().day, 28))
        cast.sam.save()
    with_mailbox(cast, cast.sam)
    in_language(cast, cast.sam, mailbox)
    if answer:
        answers_in(cast, cast.sam, answer)

    with cast.acting():
        tell_coming_of_age()

    mail = AccountMail.objects.get(kind__startswith="consent/pupil_age")
    assert mail.language == expected
    assert f"/leerling/?taal={expected}" in mail.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_receipt_speaks_to_a_pupil_on_page_mail_and_paper(cast, as_, language):
    client = as_(with_mailbox(cast, cast.sam))
    code = answers_in(cast, cast.sam, language)

    page = words(client.get(f"/leerling/ontvangst/{code}/"))
    paper = client.get(f"/leerling/ontvangst/{code}.pdf")
    mail = AccountMail.objects.get(kind="consent/pupil_receipt")

    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert code in text_in(paper.content)
    assert mail.language == language
    for text in (page, mail.text, text_in(paper.content)):
        found = {word.strip(".,:;?!()") for word in text.lower().split()}
        assert not found & {"u", "uw", "ouder", "ouders"}, text


def test_a_receipt_on_paper_of_another_pupil_does_not_exist(cast, as_):
    set_up(cast, pupil_may_veto=True)
    with_mailbox(cast, cast.sam)
    code = answers_in(cast, cast.sam, "nl")

    assert as_(with_mailbox(cast, cast.noor)).get(f"/leerling/ontvangst/{code}.pdf").status_code == 404
    assert as_(cast.amina).get(f"/leerling/ontvangst/{code}.pdf").status_code == 404


def test_a_pupil_hears_that_an_answer_was_taken_out_and_sees_it_on_the_receipt(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    code = answers_in(cast, cast.sam, "en", Value.YES)

    take_out_all(cast, cast.sam)

    mail = AccountMail.objects.get(kind="consent/pupil_taken_out")
    assert (mail.to, mail.language) == (cast.sam.email, "en")
    assert "No answer yet; school uses nothing" in mail.text
    assert "Verkeerde" not in mail.text
    assert reason_of(cast, cast.sam) == Reason.PUPIL_DECIDES
    page = client.get(f"/leerling/ontvangst/{code}/?taal=en")
    assert "It does not count." in words(page)


def test_what_the_parents_said_before_counts_again_and_the_mail_says_so(cast):
    """C8: the first answer of the pupil is out, so the frozen ones of the parents hold; it is not "no"."""
    set_up(cast, asks_every_year=False)
    turned_16(cast, cast.noor)
    parent_says(cast, cast.amina, cast.noor, YES, "papier", at=timezone.now() - timedelta(days=70))
    with_mailbox(cast, cast.noor)
    say(cast, cast.noor, NO, "papier")

    take_out_all(cast, cast.noor)

    mail = AccountMail.objects.get(kind="consent/pupil_taken_out")
    assert reason_of(cast, cast.noor) == Reason.AGREED
    assert "school mag" in mail.text


def test_a_veto_that_was_taken_out_is_told_to_the_parents_by_what_school_does(cast):
    set_up(cast, pupil_may_veto=True)
    with_mailbox(cast, cast.noor)
    parent_says(cast, cast.amina, cast.noor, YES, "papier")
    say(cast, cast.noor, NO, "papier")
    with cast.acting():
        Message.objects.filter(kind="consent/changed").delete()

    take_out_all(cast, cast.noor)

    assert reason_of(cast, cast.noor) == Reason.AGREED
    with cast.acting():
        told = Message.objects.filter(kind="consent/changed").values_list("guardian_id", flat=True)
        assert set(told) == {cast.amina.id, cast.erik.id}
