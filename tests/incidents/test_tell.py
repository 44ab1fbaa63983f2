"""Who handles a report hears that it waits: when, from whom, and never what it is about."""

from datetime import date, datetime

import pytest
import time_machine

from incidents.choices import Category
from incidents.domain.handle import hand_over
from incidents.domain.report import log_spoken
from incidents.domain.routing import RowWords, set_routing
from incidents.rules import told_from
from ledger.acting import SCHOOL_TIME
from notices.choices import Lane
from notices.domain import deliver
from notices.models import AccountMail, Claim
from schools.choices import RoleName
from tests.notices.conftest import server  # noqa: F401  a real SMTP server

from .acts import handling, reported, staff, words

VACATION = (date(2026, 12, 19), date(2027, 1, 3))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_TIME)


@pytest.mark.parametrize(
    ("now", "at_once", "wanted"),
    [
        ("2026-11-20T22:00", False, "2026-11-23T07:00"),  # Friday evening: Monday
        ("2026-11-20T22:00", True, "2026-11-20T22:00"),
        ("2026-11-20T19:59", False, "2026-11-20T19:59"),
        ("2026-11-20T20:00", False, "2026-11-23T07:00"),
        ("2026-11-18T06:59", False, "2026-11-18T07:00"),
        ("2026-11-18T07:00", False, "2026-11-18T07:00"),
        ("2026-11-21T12:00", False, "2026-11-23T07:00"),  # Saturday
        ("2026-12-18T21:00", False, "2027-01-04T07:00"),  # into the vacation
        ("2026-12-24T12:00", True, "2026-12-24T12:00"),
    ],
)
def test_told_from(now, at_once, wanted):
    assert told_from(at(now), is_at_once=at_once, vacations=(VACATION,)) == at(wanted)


def mails() -> list[str]:
    return sorted(AccountMail.objects.filter(kind="incidents/waiting").values_list("to", flat=True))


def test_the_receiver_gets_one_mail_without_a_word_of_the_report(cast):
    reported(cast, what="De foto van Noor Yıldız staat op Instagram.")

    assert mails() == [cast.ria.email]
    mail = AccountMail.objects.get()
    everything = mail.subject + mail.text + mail.html
    for word in ("Noor", "Instagram", "pesten", cast.beacon.name):
        assert word not in everything
    assert "/directie/" in mail.text
    assert "Ria" in mail.text


def test_at_night_it_waits_for_the_morning_unless_the_table_says_at_once(cast):
    with cast.acting():
        set_routing(
            [RowWords(RoleName.BOARD, category=Category.THREAT, is_at_once=True), RowWords(RoleName.DIRECTOR)]
        )
    with time_machine.travel(at("2026-11-20T22:00"), tick=False):
        reported(cast)
        reported(cast, category=Category.THREAT)

    due = {claim.id: claim.due_at for claim in Claim.objects.all()}
    to = {mail.to: due[mail.id] for mail in AccountMail.objects.all()}
    assert to == {cast.ria.email: at("2026-11-23T07:00"), cast.henk.email: at("2026-11-20T22:00")}
    assert "vandaag" in AccountMail.objects.get(to=cast.henk.email).text


def test_who_writes_a_talk_down_needs_no_mail_and_who_it_is_given_to_does(cast):
    with cast.acting(staff(cast.ria)):
        case = log_spoken(school=cast.beacon, words=words(), by=cast.ria)
    assert mails() == []

    with handling(cast, cast.ria, case) as mine:
        hand_over(mine, to=cast.fatima, reason="Jij kent de groep.")
    assert mails() == [cast.fatima.email]


@pytest.mark.django_db(transaction=True)
def test_it_really_leaves(cast, server):  # noqa: F811
    with time_machine.travel(at("2026-11-18T10:00")):
        reported(cast)
        deliver.deliver_due(Lane.BULK)

    assert [mail["to"] for mail in server.mails] == [cast.ria.email]
    assert AccountMail.objects.get().text == ""
