"""C8: the pupil and the parents are told 30 days before the birthday and on the day, once, with what will happen."""

from datetime import date, datetime, time, timedelta

import pytest

from accounts.choices import Capacity
from accounts.models import Reach
from consent.choices import TaskKind
from consent.domain.coming_of_age import tell_coming_of_age
from consent.models import ComingOfAge, Task
from ledger.acting import SCHOOL_TIME, system
from ledger.choices import Verb
from ledger.models import Entry
from notices.domain.write import words_of
from notices.mail import write
from notices.models import AccountMail, Message
from schools.models import Enrolment, Foundation, Guardianship
from tests.cast import years_ago

BIRTHDAY = date(2026, 12, 3)
SOON = BIRTHDAY - timedelta(days=30)


@pytest.fixture
def family(cast):
    """Noor becomes 16 on BIRTHDAY and has an address of her own; both parents decide. Sam, her brother, is grown."""
    with cast.acting():
        cast.noor.born_on = BIRTHDAY.replace(year=BIRTHDAY.year - 16)
        cast.noor.email = "Noor@leerling.example.org"
        cast.noor.save()
        cast.sam.born_on = years_ago(18)
        cast.sam.save()
    return cast


def run(cast, day: date, hour: int = 5, minute: int = 0) -> int:
    """The task of that moment, by the clock of the school."""
    moment = datetime.combine(day, time(hour, minute), tzinfo=SCHOOL_TIME)
    with cast.acting(system("coming_of_age"), now=moment):
        return tell_coming_of_age()


def told(cast) -> dict[str, list[str]]:
    """Kind → addresses, of every mail that waits."""
    found: dict[str, list[str]] = {}
    with cast.acting():
        for message in Message.objects.select_related("guardian").order_by("id"):
            found.setdefault(message.kind, []).append(message.guardian.email)
        for mail in AccountMail.objects.order_by("id"):
            found.setdefault(mail.kind, []).append(mail.to)
    return {kind: sorted(addresses) for kind, addresses in found.items()}


PARENTS = ["amina@thuis.example.org", "erik@thuis.example.org"]


def test_30_days_before_and_on_the_day_everybody_is_told_once(family):
    assert run(family, SOON - timedelta(days=1), 23, 59) == 0
    assert run(family, SOON, 0, 0) == 1
    assert told(family) == {
        "consent/age_soon": PARENTS,
        "consent/pupil_age_soon": ["Noor@leerling.example.org"],
    }
    for day in range(1, 30):
        assert run(family, SOON + timedelta(days=day)) == 0
    assert run(family, BIRTHDAY - timedelta(days=1), 23, 59) == 0
    assert run(family, BIRTHDAY, 0, 0) == 1
    assert run(family, BIRTHDAY, 0, 0) == 0
    assert run(family, BIRTHDAY + timedelta(days=1)) == 0

    assert told(family) == {
        "consent/age_soon": PARENTS,
        "consent/pupil_age_soon": ["Noor@leerling.example.org"],
        "consent/age_now": PARENTS,
        "consent/pupil_age_now": ["Noor@leerling.example.org"],
    }
    with family.acting():
        assert [row.is_the_day for row in ComingOfAge.objects.order_by("id")] == [False, True]
        assert Entry.objects.filter(verb=Verb.AGE_TOLD, subject_id=family.noor.id).count() == 2


def test_the_mails_leave_from_seven_and_not_in_the_night(family, settings):
    settings.MAILS_FROM_HOUR = 7
    run(family, SOON, 0, 5)

    with family.acting():
        dues = {message.due_at.astimezone(SCHOOL_TIME) for message in Message.objects.all()}
    assert dues == {datetime.combine(SOON, time(settings.MAILS_FROM_HOUR), tzinfo=SCHOOL_TIME)}


def test_missed_days_are_caught_up_once(family):
    """Nothing ran for weeks: the notice of before the day comes late, or only the one of the day when that has come."""
    assert run(family, BIRTHDAY - timedelta(days=4)) == 1
    assert list(told(family)) == ["consent/age_soon", "consent/pupil_age_soon"]
    assert run(family, BIRTHDAY + timedelta(days=20)) == 1
    assert run(family, BIRTHDAY + timedelta(days=20)) == 0
    assert len(told(family)) == 4


def test_after_the_day_nobody_hears_that_it_is_near(family):
    assert run(family, BIRTHDAY + timedelta(days=3)) == 1

    assert sorted(told(family)) == ["consent/age_now", "consent/pupil_age_now"]


def test_who_turned_16_long_ago_is_not_told(family):
    assert run(family, BIRTHDAY + timedelta(days=61)) == 0


def test_born_on_29_february_told_on_1_march_where_the_age_is_17(family):
    with family.acting():
        family.noor.born_on = date(2012, 2, 29)
        family.noor.save()
    Foundation.objects.filter(id=family.home.id).update(decides_from_age=17)

    assert run(family, date(2029, 2, 28), 23, 59) == 1
    assert list(told(family)) == ["consent/age_soon", "consent/pupil_age_soon"]
    assert run(family, date(2029, 3, 1), 0, 0) == 1


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29), date(2027, 1, 1)])
def test_at_midnight_of_the_school_also_when_the_clock_changes(family, day):
    with family.acting():
        family.noor.born_on = day.replace(year=day.year - 16)
        family.noor.save()
        Enrolment.objects.filter(pupil=family.noor).update(since=date(2020, 8, 1))

    run(family, day - timedelta(days=1), 23, 59)
    assert "consent/age_now" not in told(family)
    run(family, day, 0, 0)
    assert "consent/age_now" in told(family)


@pytest.mark.parametrize(
    ("resets", "yearly", "there", "not_there"),
    [
        (False, True, "goes on until Noor chooses. A yes ends", "ends on that day"),
        (False, False, "goes on until Noor chooses.", "A yes ends"),
        (True, True, "ends on that day. Until Noor chooses, school uses no photos.", "goes on"),
    ],
)
def test_the_words_say_exactly_what_will_happen(family, resets, yearly, there, not_there):
    Foundation.objects.filter(id=family.home.id).update(reset_at_16=resets, asks_every_year=yearly)

    run(family, SOON)

    with family.acting():
        message = Message.objects.select_related("guardian").get(
            kind="consent/age_soon", guardian=family.erik
        )
    words = words_of(message, Foundation.objects.get(id=family.home.id), "")
    text = write("consent/age_soon", "en", words).text
    assert there in text
    assert not_there not in text
    assert "Yıldız" not in text  # R6
    assert "/ouder/" in text
    own = AccountMail.objects.get()
    assert "/leerling/" in own.text
    assert "Yıldız" not in own.subject + own.text + own.html


def test_a_parent_who_may_not_be_contacted_about_this_child_is_not_told(family):
    with family.acting():
        Guardianship.objects.filter(guardian=family.erik, pupil=family.noor).update(may_be_contacted=False)

    run(family, SOON)

    assert told(family)["consent/age_soon"] == PARENTS[:1]


def test_with_a_legal_representative_beyond_16_nothing_changes_and_nobody_is_told(family):
    with family.acting():
        Guardianship.objects.filter(guardian=family.amina, pupil=family.noor).update(beyond_16=True)

    assert run(family, SOON) == 0
    assert run(family, BIRTHDAY) == 0


def test_who_has_left_is_not_told(family):
    with family.acting():
        Enrolment.objects.filter(pupil=family.noor).update(until=SOON - timedelta(days=1))

    assert run(family, SOON) == 0


@pytest.mark.parametrize("address", ["", "amina@thuis.example.org"])
def test_without_an_address_of_the_pupil_alone_the_school_gets_a_task(family, address):
    with family.acting():
        family.noor.email = address
        family.noor.save()

    run(family, SOON)
    run(family, BIRTHDAY)

    with family.acting():
        assert Task.objects.get().kind == TaskKind.WRONG_ADDRESS
    assert sorted(told(family)) == ["consent/age_now", "consent/age_soon"]
    assert not Reach.objects.filter(capacity=Capacity.PUPIL, person_id=family.noor.id).exists()


def test_the_own_mailbox_may_sign_in_from_then_on(family):
    run(family, SOON)
    run(family, BIRTHDAY)

    found = Reach.objects.select_related("user").get(capacity=Capacity.PUPIL, person_id=family.noor.id)
    assert found.user.email == "noor@leerling.example.org"
    assert not found.user.has_usable_password()
