"""A round asks pupils who decide alone too, at their own address; who has none is left out by name (R1-R3, C8)."""

import pytest

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import LeftOut
from consent.domain.asked import plan_round
from consent.domain.families import families_of
from consent.domain.progress import progress_of
from consent.domain.reminding import remind
from consent.domain.rounds import RoundRefused, ask_parents
from consent.models import Round, RoundPupil
from consent.rules import Days
from notices.models import AccountMail, Claim
from schools.models import Guardianship
from tests.cast import today, years_ago
from tests.consent.links import start, words
from tests.consent.test_pupils import NO, say
from tests.consent.test_round_pages import day

INVITE, REMINDER = "consent/pupil_invite", "consent/pupil_reminder"


def with_address(cast, child, email: str = ""):
    """Known by the school; nobody signed in with it yet."""
    with cast.acting():
        child.email = email or f"{child.call_name.lower()}@leerling.example.org"
        child.save()
    return child


def plan(cast, *purposes: str):
    wanted = [cast.purposes[slug] for slug in purposes or cast.purposes]
    with cast.acting(read_only=True):
        return plan_round(purposes=wanted, opens_on=today(), closes_on=day(10))


def sent(kind: str) -> list[str]:
    return sorted(AccountMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_who_decides_alone_is_asked_at_the_own_address_and_may_sign_in(cast):
    with_address(cast, cast.sam)
    assert plan(cast).pupils == [cast.sam.id]

    start(cast)

    mail = AccountMail.objects.get(kind=INVITE)
    assert mail.to == "sam@leerling.example.org"
    assert "/leerling/?taal=nl" in mail.text
    assert "Yıldız" not in mail.subject + mail.text + mail.html
    assert Claim.objects.filter(id=mail.id).exists()
    user = User.objects.get(email=mail.to)
    assert not user.has_usable_password()
    assert Reach.objects.get(capacity=Capacity.PUPIL, person_id=cast.sam.id).user == user


@pytest.mark.parametrize("email", ["", "amina@thuis.example.org", "AMINA@thuis.example.org"])
def test_without_an_own_address_the_pupil_is_on_the_list_with_the_reason(cast, as_, email):
    with cast.acting():
        cast.sam.email = email
        cast.sam.save()

    found = plan(cast)
    start(cast)

    assert found.pupils == []
    assert found.left_out[LeftOut.PUPIL_DECIDES] == [cast.sam.id]
    assert sent(INVITE) == []


def test_with_a_representative_the_pupil_is_not_asked(cast):
    with_address(cast, cast.sam)
    with cast.acting():
        Guardianship.objects.filter(pupil=cast.sam).update(beyond_16=True)

    found = plan(cast)

    assert found.pupils == []
    assert cast.sam.id not in found.left_out[LeftOut.PUPIL_DECIDES]
    assert cast.amina.id in found.mailed
    with cast.acting():
        assert "Sam" in families_of([cast.amina.id], today())[cast.amina.id].call_names


def test_two_rounds_at_the_same_time_ask_a_pupil_once(cast):
    with_address(cast, cast.sam)
    start(cast)

    found = plan(cast)
    start(cast, name="Nog een keer")

    assert (found.pupils, found.left_out[LeftOut.PUPIL_ASKED]) == ([], [cast.sam.id])
    assert len(sent(INVITE)) == 1


def test_one_reminder_for_who_stays_silent_and_none_after_a_no(cast):
    with_address(cast, cast.sam)
    with cast.acting():
        cast.noor.born_on = years_ago(16)
        cast.noor.save()
    with_address(cast, cast.noor)
    start(cast)
    say(cast, cast.noor, NO, "papier")

    with cast.acting():
        round_ = Round.objects.get()
        remind(round_)
        remind(round_)
        progress = progress_of(round_)

    assert sent(REMINDER) == ["sam@leerling.example.org"]
    assert (progress.pupils_asked, progress.pupils_answered) == (2, 1)
    with cast.acting():
        assert RoundPupil.objects.exclude(reminders=0).get().pupil_id == cast.sam.id


def test_the_mail_is_in_the_language_of_the_pupil(cast):
    with_address(cast, cast.sam)
    with cast.acting():
        user = User.objects.create(email=cast.sam.email, language="en")
        Reach.objects.create(
            user=user, foundation_id=cast.home.id, capacity=Capacity.PUPIL, person_id=cast.sam.id
        )

    start(cast)

    mail = AccountMail.objects.get(kind=INVITE)
    assert (mail.language, "Please choose by" in mail.text) == ("en", True)


def test_a_round_is_refused_when_another_pupil_would_get_a_mail_meanwhile(cast):
    seen = plan(cast).fingerprint
    with_address(cast, cast.sam)

    with cast.acting(), pytest.raises(RoundRefused) as refused:
        ask_parents(
            name="x",
            year=cast.year,
            days=Days(today(), day(10)),
            remind_before=[5],
            schools=[],
            own_days={},
            seen=seen,
        )
    assert refused.value.code == "changed"


def test_the_preview_shows_the_mail_to_pupils_and_who_gets_none(cast, as_):
    with_address(cast, cast.sam)
    client = as_(cast.ada)
    filled = {
        "name": "Jaarvraag",
        "schools": ["de-baken", "de-haven"],
        "kind": "yearly",
        "remind_before": ["5"],
        "opens_on": today().isoformat(),
        "closes_on": day(10).isoformat(),
        "key": "3e1c8a52-5c62-4f0e-8a77-1f8f4b0b2f11",
    }

    page = words(client.post("/beheer/ronde/nieuw/", filled))

    assert "/leerling/?taal=nl" in page
    assert "/leerling/?taal=en" in page
