"""Which strength opens which room, and how one gets on when it is not enough (R24)."""

import itertools

import pytest

from accounts.choices import Capacity
from accounts.models import Reach
from accounts.rules import CODE, MFA, PASSWORD, is_strong_enough
from tests.cast import guardian

from .steps import PASSWORD as SECRET
from .steps import add_app, sign_in_by_code, sign_in_by_password

SUBSETS = [
    frozenset(some) for size in range(4) for some in itertools.combinations([CODE, PASSWORD, MFA], size)
]


@pytest.mark.parametrize("had", SUBSETS)
def test_strength_over_every_combination(had):
    assert is_strong_enough(had, needs_password=False, needs_second_factor=False)
    assert is_strong_enough(had, needs_password=True, needs_second_factor=False) == (PASSWORD in had)
    assert is_strong_enough(had, needs_password=True, needs_second_factor=True) == (had >= {PASSWORD, MFA})


def give_password(user) -> None:
    user.set_password(SECRET)
    user.save()


def test_a_code_alone_opens_no_room_of_staff_and_the_password_leads_back(client, cast):
    user = cast.user_of(cast.joost)
    give_password(user)
    sign_in_by_code(client, user.email)

    refused = client.get("/team/")
    given = client.post(refused.url, {"password": SECRET})

    assert refused.url == "/accounts/reauthenticate/?next=%2Fteam%2F"
    assert given.status_code == 303
    assert given.url == "/team/"
    assert client.get("/team/").status_code != 302 or "/accounts/" not in client.get("/team/").url


def test_who_has_no_password_yet_is_led_to_choosing_one(client, cast):
    sign_in_by_code(client, cast.user_of(cast.joost).email)

    assert client.get("/team/").url == "/accounts/password/reset/?next=%2Fteam%2F"


def test_a_director_needs_the_app_and_is_led_through_setting_it_up(client, cast):
    user = cast.user_of(cast.ria)
    give_password(user)
    sign_in_by_password(client, user.email)

    refused = client.get("/team/")
    page = client.get(refused.url)
    client.session.save()

    assert refused.url == "/accounts/2fa/totp/activate/?next=%2Fteam%2F"
    assert page.status_code == 200
    assert 'name="next" value="/team/"' in page.content.decode()

    add_app(client)
    assert client.get("/team/").status_code == 200 or "/accounts/" not in client.get("/team/").url


def test_a_parent_needs_no_password(client, cast):
    sign_in_by_code(client, cast.user_of(cast.amina).email)

    assert client.get("/ouder/").status_code == 200


@pytest.fixture
def shared(cast):
    """Two guardians of one foundation with one e-mail address."""
    with cast.acting():
        second = guardian(cast.home, "Murat", "Yıldız", [cast.noor], email="")
    user = cast.user_of(cast.amina)
    reach = Reach.objects.create(
        user=user, foundation_id=cast.home.id, capacity=Capacity.GUARDIAN, person_id=second.id
    )
    return user, second, reach


def test_two_guardians_with_one_address_say_who_they_are(client, cast, shared):
    user, second, reach = shared
    sign_in_by_code(client, user.email)

    sent_on = client.get("/ouder/")
    page = client.get(sent_on.url).content.decode()
    chosen = client.post("/accounts/wie/", {"person": reach.id, "next": "/ouder/"})

    assert sent_on.url.startswith("/accounts/wie/")
    assert "Amina Yıldız" in page
    assert "Murat Yıldız" in page
    assert chosen.url == "/ouder/"
    assert client.session["persons"] == {f"{cast.home.id}:guardian": second.id}
    assert client.get("/ouder/").status_code == 200


def test_the_choice_is_in_the_ledger(client, cast, shared):
    from ledger.choices import Verb
    from ledger.models import Entry

    user, second, reach = shared
    sign_in_by_code(client, user.email)

    for _tap in range(2):
        client.post("/accounts/wie/", {"person": reach.id})

    with cast.acting():
        entry = Entry.objects.get(verb=Verb.PERSON_CHOSEN)
    assert (entry.actor_kind, entry.actor_id) == ("guardian", second.id)


@pytest.mark.parametrize("person", ["", "x", "0", "9" * 30, "-1", "²"])
def test_a_choice_that_is_none_does_not_exist(client, cast, shared, person):
    sign_in_by_code(client, shared[0].email)

    assert client.post("/accounts/wie/", {"person": person}).status_code == 404


def test_nobody_becomes_a_person_of_another_mailbox(client, cast, shared):
    sign_in_by_code(client, shared[0].email)
    other = Reach.objects.get(user=cast.user_of(cast.erik))

    assert client.post("/accounts/wie/", {"person": other.id}).status_code == 404
    assert "Erik" not in client.get("/accounts/wie/").content.decode()


def test_who_is_alone_in_a_mailbox_is_not_asked(client, cast):
    sign_in_by_code(client, cast.user_of(cast.erik).email)

    assert client.get("/accounts/wie/?next=/ouder/").url == "/ouder/"


def test_choosing_never_leads_to_another_site(client, cast, shared):
    sign_in_by_code(client, shared[0].email)

    chosen = client.post("/accounts/wie/", {"person": shared[2].id, "next": "//elsewhere.example.org/"})

    assert chosen.url == "/start/"
