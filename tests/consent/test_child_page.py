"""One child on the family's page: choices, history, who looked, and no to everything (E4, C4, C8, C9)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from consent.choices import Channel, Reason, Standing
from consent.domain.decide import Choice, Entered, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.history import given_about, what_school_did, who_looked
from consent.domain.invalidate import agree, take_out
from consent.domain.standing import children_known_to
from consent.domain.tasks import open_task
from consent.models import Answer, Invalidation, LatestAnswer, Submission
from consent.querysets import purposes_in_use
from ledger.acting import SCHOOL_TIME, Actor, acting, system
from ledger.choices import ActorKind, Reading, Verb
from ledger.domain.record import record, record_reading
from notices.models import Message
from schools.models import Enrolment, Foundation, Guardianship, Pupil
from tests.cast import guardian, pupil, today, years_ago
from tests.counting import statements

from .links import given, hidden, words
from .test_parents import NO, YES, reason_of, say

PHRASE = re.compile(r"<details>.*?</details>", re.DOTALL)


def page_of(child) -> str:
    return f"/ouder/thuis/kind/{child.code}/"


def look(cast, person, capacity: str, what: Reading, *children, at=None) -> None:
    with acting(Actor(ActorKind.STAFF, person.id, capacity), [cast.home.id], now=at):
        record_reading(what, [child.id for child in children])


def block(response, title: str) -> str:
    """What stands under this summary, in words."""
    for part in PHRASE.findall(response.content.decode()):
        if re.search(title, part):
            return " ".join(unescape(re.sub(r"<[^>]+>", " ", part)).split())
    return ""


BEFORE, DID, LOOKED = (
    "chosen before|koos ik eerder",
    "did school do|deed school",
    "Who looked|Wie keek",
)


def test_every_choice_with_until_when_and_what_the_school_does(cast, as_):
    say(cast, cast.amina, cast.noor, YES, "papier", "sociaal")
    say(cast, cast.amina, cast.noor, NO, "besloten")

    response = as_(cast.amina).get(page_of(cast.noor))

    page = response.content.decode()
    rows = re.findall(r"<dt>(.*?)</dt>.*?answers-more\">(.*?)</dd>", page, re.DOTALL)
    assert [title for title, _note in rows] == ["Papier (nl)", "Ouderapp (nl)", "Sociale media (nl)"]
    year = str(cast.year.ends_on.year)
    assert year in rows[0][1]
    assert re.search("School may use them now|School mag ze nu gebruiken", rows[0][1])
    assert year not in rows[1][1]
    assert re.search("School uses nothing now|School gebruikt nu niets", rows[1][1])
    assert re.search("Not all parents said yes|Niet alle ouders zeiden ja", rows[2][1])
    assert len(re.findall(r'href="/ouder/thuis/kind/\w+/(?!waar)\w+/"', page)) == 3
    assert response["Cache-Control"] == "no-store"
    assert "Yıldız" not in words(response).replace("Amina Yıldız", "")


@pytest.mark.parametrize("other", [None, NO])
def test_a_no_of_the_other_parent_reads_like_silence(cast, as_, other):
    """C4: for a purpose that all must agree with, nobody can tell from the words whether the other refused."""
    say(cast, cast.amina, cast.noor, YES, "sociaal")
    if other:
        say(cast, cast.erik, cast.noor, other, "sociaal")

    text = words(as_(cast.amina).get(page_of(cast.noor)))

    assert len(re.findall("Not all parents said yes|Niet alle ouders zeiden ja", text)) == 1
    assert "Erik" not in text
    assert "Jansen" not in text


def test_history_is_ones_own_only_with_a_receipt_for_each(cast, as_):
    first = say(cast, cast.amina, cast.noor, YES, "papier")
    second = say(cast, cast.amina, cast.noor, NO, "papier")
    theirs = say(cast, cast.erik, cast.noor, NO, "besloten")
    client = as_(cast.amina)

    response = client.get(page_of(cast.noor))

    before = block(response, BEFORE)
    assert len(re.findall(r"Papier \(nl\): (Ja|Nee|Yes|No)\b", before)) == 2
    assert "Ouderapp" not in before
    page = response.content.decode()
    assert page.index(second.code) < page.index(first.code)
    assert theirs.code not in page
    assert client.get(f"/ouder/thuis/ontvangst/{first.code}/").status_code == 200


def test_what_came_on_paper_says_who_wrote_it_down_by_role_of_the_school_only(cast, as_):
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        decide(
            guardian=cast.amina,
            choices=[Choice(cast.noor.id, cast.purposes["papier"].id, YES)],
            channel=Channel.PAPER,
            language="nl",
            entered=Entered(by=cast.olga),
        )

    response = as_(cast.amina).get(page_of(cast.noor))

    assert re.search(
        "on paper, entered by the school|op papier, ingevoerd door school", block(response, BEFORE)
    )
    assert "Olga" not in response.content.decode()


def test_what_the_school_did_is_told_by_day_and_not_by_whom(cast, as_):
    """A yes of one, later a no of the other: what changed and when stands there, and no word about who."""
    with acting(Actor(ActorKind.GUARDIAN, cast.amina.id, "link"), [cast.home.id], now=_ago(20)):
        _decide(cast, cast.amina, YES)
    with acting(Actor(ActorKind.GUARDIAN, cast.erik.id, "link"), [cast.home.id], now=_ago(5)):
        _decide(cast, cast.erik, NO)

    did = block(as_(cast.amina).get(page_of(cast.noor)), DID)

    assert len(re.findall(r"Papier \(nl\)", did)) == 2
    assert re.search("(uses nothing|gebruikt niets).*(may use photos|mag foto's gebruiken)", did)
    assert "Erik" not in did


def test_school_did_is_the_fold_of_every_day(cast):
    """C11 for the past: yes, then expiry by its own date, then a no, with one answer taken out as a mistake."""
    with cast.acting(now=_ago(30)):
        _decide(cast, cast.karol, YES, child=cast.bo)
    with cast.acting(now=_ago(10)):
        wrong = _decide(cast, cast.karol, NO, child=cast.bo).answers.get()
    with cast.acting(now=_ago(4)):
        take_out([wrong], reason="verkeerd kind", by=cast.olga)
        agree(list(Invalidation.objects.all()), by=cast.ria, email=cast.ria.email)

    with cast.acting(read_only=True):
        paper = next(purpose for purpose in purposes_in_use() if purpose.slug == "papier")
        facts = known_pupils([cast.bo.id])[0].facts
        did = what_school_did(
            facts, given_about(cast.bo.id), [policy_of(paper, cast.home)], today() - timedelta(days=90)
        )

    assert [(one.day, one.is_allowed) for one in did] == [
        (_ago(4).astimezone(SCHOOL_TIME).date(), True),
        (_ago(10).astimezone(SCHOOL_TIME).date(), False),
        (_ago(30).astimezone(SCHOOL_TIME).date(), True),
    ]


def test_who_looked_by_role_and_never_by_name(cast, as_):
    """E4: readings by staff of the last year, summed per day and role; a case is not among them."""
    for _ in range(2):
        look(cast, cast.joost, "teacher", Reading.CONSENT_STATE, cast.noor, cast.bo)
    look(cast, cast.lotte, "dpo", Reading.PROOF, cast.noor)
    look(cast, cast.els, "mentor", Reading.CONSENT_STATE, cast.bo)
    look(cast, cast.ria, "director", Reading.CASE_FILE, cast.noor)
    look(cast, cast.ada, "administrator", Reading.CONSENT_STATE, cast.noor, at=_ago(400))

    response = as_(cast.amina).get(page_of(cast.noor))

    looked = block(response, LOOKED)
    assert re.search(r"(Teacher|Leerkracht), (looked 2 times|keek 2 keer)", looked)
    assert len(re.findall("looked|keek", looked)) - len(re.findall("Who looked|Wie keek", looked)) == 2
    assert not re.search("director|directeur|mentor|administrator|beheerder", looked, re.IGNORECASE)
    assert "Joost" not in response.content.decode()


def test_a_real_check_of_a_teacher_shows_at_the_family(cast, as_):
    """The reading and the kept check that the staff's own pages write are the ones that the family is told of."""
    teacher = as_(cast.joost)
    check = f"/team/groep/{cast.group_8a.code}/?place=papier&pupil={cast.noor.code}"
    form = hidden_of(teacher.get(check))
    kept = teacher.post(f"/team/groep/{cast.group_8a.code}/controle/", form)
    assert kept.status_code in {302, 303}, kept.content.decode()[:300]

    looked = block(as_(cast.amina).get(page_of(cast.noor)), LOOKED)

    assert re.search("Teacher|Leerkracht", looked)
    assert re.search("checked a photo before using it|controleerde een foto", looked)


def test_nobody_looked_is_said(cast, as_):
    looked = block(as_(cast.amina).get(page_of(cast.noor)), LOOKED)

    assert re.search("Nobody at school has looked|Niemand op school", looked)


def test_at_16_the_frozen_state_is_told_and_the_pupils_own_choice_never(cast, as_):
    """C8: the parents' choice stands until the pupil's first answer; from then on it is the pupil's own affair."""
    with cast.acting():
        Foundation.objects.filter(id=cast.home.id).update(asks_every_year=False)
    with acting(Actor(ActorKind.GUARDIAN, cast.amina.id, "link"), [cast.home.id], now=_ago(100)):
        _decide(cast, cast.amina, YES, child=cast.sam)
    client = as_(cast.amina)

    response = client.get(page_of(cast.sam))

    text = words(response)
    assert re.search("decides alone now|beslist nu zelf", text)
    assert re.search(r"Until Sam chooses|Totdat Sam kiest", text)
    assert block(response, BEFORE)
    assert not block(response, LOOKED)
    assert not block(response, DID)
    assert "/bezwaar/" not in response.content.decode()
    assert "/intrekking/" not in response.content.decode()
    assert client.post(f"/ouder/thuis/intrekking/{cast.sam.code}/", {}).status_code == 404

    _sam_says_no(cast)

    for address in (page_of(cast.sam), "/ouder/"):
        assert not re.search("Until Sam chooses|Totdat Sam kiest", words(client.get(address)))


def test_who_is_only_informed_sees_that_another_parent_decides(cast, as_):
    say(cast, cast.karol, cast.bo, YES)

    response = as_(cast.ward).get(page_of(cast.bo))

    text = words(response)
    assert re.search("Another parent decides|Een andere ouder beslist", text)
    assert "Karol" not in text
    assert "Papier" not in text
    assert "/opmerking/" in response.content.decode()
    assert not re.search("/bezwaar/|/intrekking/|<dl", response.content.decode())
    assert not block(response, LOOKED)


def test_a_child_that_left_shows_nothing_to_choose(cast, as_):
    say(cast, cast.karol, cast.bo, YES)
    with cast.acting():
        Enrolment.objects.filter(pupil=cast.bo).update(until=today() - timedelta(days=1))
    client = as_(cast.karol)

    home, response = client.get("/ouder/"), client.get(page_of(cast.bo))

    for shown in (home, response):
        assert re.search("is not at school here now|zit nu niet hier op school", words(shown))
        assert not re.search(r"kind/\w+/(?!waar)\w+/", shown.content.decode())
    assert "/vragen/" not in home.content.decode()
    assert block(response, BEFORE)
    assert "/bezwaar/" in response.content.decode()
    assert "/opmerking/" not in response.content.decode()


def test_without_authority_or_after_it_the_child_does_not_exist(cast, as_):
    client = as_(cast.karol)
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.karol).update(until=today() - timedelta(days=1))

    assert client.get(page_of(cast.bo)).status_code == 404
    assert "Bo" not in words(client.get("/ouder/")).split()
    for bad in ("%00", "²", "a" * 300, "../x"):
        assert client.get(f"/ouder/thuis/kind/{bad}/").status_code == 404, bad


def test_no_to_everything_is_two_taps_and_holds_for_staff_at_once(cast, as_):
    """C9: fewer taps than giving all (three answers, continue, send); staff see it with the next request."""
    say(cast, cast.karol, cast.bo, YES)
    client, teacher = as_(cast.karol), as_(cast.joost)
    check = f"/team/groep/{cast.group_8a.code}/?place=sociaal&pupil={cast.bo.code}"
    assert teacher.get(check).context["verdict"]["kind"] == "ok"

    page = client.get(page_of(cast.bo))
    sent = client.post(f"/ouder/thuis/intrekking/{cast.bo.code}/", hidden(page))

    assert sent.status_code == 303
    assert teacher.get(check).context["verdict"]["kind"] == "no"
    assert {reason_of(cast, cast.bo, slug) for slug in ("papier", "besloten", "sociaal")} == {Reason.REFUSED}
    receipt = client.get(sent["Location"])
    assert receipt.status_code == 200
    assert len(re.findall(r"kind/\w+/\w+/", receipt.content.decode())) == 3
    assert "/intrekking/" not in client.get(page_of(cast.bo)).content.decode()


def test_no_to_everything_ten_times_is_one_act_and_a_page_of_before_a_new_yes_still_says_no(cast, as_):
    say(cast, cast.karol, cast.bo, YES)
    client = as_(cast.karol)
    address, form = f"/ouder/thuis/intrekking/{cast.bo.code}/", hidden(client.get(page_of(cast.bo)))

    places = {client.post(address, form)["Location"] for _ in range(10)}
    say(cast, cast.karol, cast.bo, YES)
    again = client.post(address, form)

    assert len(places) == 1
    assert again["Location"] not in places
    assert reason_of(cast, cast.bo, "papier") == Reason.REFUSED
    assert [value for _name, _slug, value in given(cast)].count("no") == 6
    assert client.get(address).status_code == 302


def test_no_to_everything_that_is_not_complete_is_refused_in_words(cast, as_):
    say(cast, cast.karol, cast.bo, YES)
    client = as_(cast.karol)
    form = hidden(client.get(page_of(cast.bo)))

    for bad in ({"key": ""}, {"key": "\x00"}, {"seen": "\x00"}, {"seen": "x" * 30}):
        refused = client.post(f"/ouder/thuis/intrekking/{cast.bo.code}/", form | bad)
        assert refused.status_code == 422, bad
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED
    assert client.post(f"/ouder/thuis/intrekking/{cast.bo.code}/", hidden(refused)).status_code == 303


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_no_to_everything_works_when_broker_and_mail_are_down(cast, as_, stack, settings):
    """C9: the broker is really killed and no mail server listens; the choice commits and staff see it."""
    settings.EMAIL_PORT = 9
    say(cast, cast.karol, cast.bo, YES)
    client, teacher = as_(cast.karol), as_(cast.joost)
    check = f"/team/groep/{cast.group_8a.code}/?place=papier&pupil={cast.bo.code}"
    form = hidden(client.get(page_of(cast.bo)))
    stack.kill("valkey")
    try:
        sent = client.post(f"/ouder/thuis/intrekking/{cast.bo.code}/", form)
        verdict = teacher.get(check).context["verdict"]["kind"]
    finally:
        stack.start("valkey")

    assert sent.status_code == 303
    assert verdict == "no"
    with cast.acting():
        kept = Submission.objects.latest("id")
        assert Message.objects.filter(cause=f"submission:{kept.code}", kind="consent/receipt").count() == 1


def test_the_child_page_needs_as_many_statements_for_one_as_for_three_and_much_history(cast, as_):
    client = as_(cast.karol)
    say(cast, cast.karol, cast.bo, YES)
    look(cast, cast.joost, "teacher", Reading.CONSENT_STATE, cast.bo)
    with cast.acting():
        open_task("objection", pupil=cast.bo, guardian=cast.karol, text="x")
    client.get(page_of(cast.bo))
    one, home_one = statements(client, page_of(cast.bo)), statements(client, "/ouder/")

    with cast.acting():
        for name in ("Kees", "Lot"):
            child = pupil(cast.group_7b, name, "Łuczak", years_ago(9))
            _tie(cast, cast.karol, child)
        for _ in range(5):
            open_task("objection", pupil=cast.bo, guardian=cast.karol, text="x")
    for number in range(10):
        say(cast, cast.karol, cast.bo, NO if number % 2 else YES)
        look(cast, cast.joost, "teacher", Reading.CONSENT_STATE, cast.bo)
        look(cast, cast.ria, "director", Reading.CONSENT_STATE, cast.bo)

    assert len(given(cast)) > 30
    assert statements(client, page_of(cast.bo)) == one
    assert statements(client, "/ouder/") == home_one
    assert one <= 26


def test_standing_of_each_child_at_home(cast):
    with cast.acting(read_only=True):
        amina = {child.pupil.call_name: child.standing for child in children_known_to(cast.amina)}
        ward = {child.pupil.call_name: child.standing for child in children_known_to(cast.ward)}

    assert amina == {"Noor": Standing.DECIDES, "Sam": Standing.GROWN}
    assert ward == {"Bo": Standing.INFORMED}


def test_two_foundations_each_have_their_own_child_page(cast, as_):
    with cast.acting(foundation=cast.bridge):
        lily = pupil(cast.bridge_group, "Lily", "Łuczak", years_ago(13))
        guardian(cast.bridge, "Karol", "Łuczak", [lily], email=cast.karol.email)
    client = as_(cast.karol)

    home = client.get("/ouder/").content.decode()

    assert f'href="{page_of(cast.bo)}"' in home
    assert f'href="/ouder/de-brug/kind/{lily.code}/"' in home
    assert client.get(f"/ouder/de-brug/kind/{lily.code}/").status_code == 200
    assert client.get(f"/ouder/thuis/kind/{lily.code}/").status_code == 404


def hidden_of(response) -> dict[str, str]:
    """The hidden fields of the form that keeps a check."""
    form = re.search(r"<form\b[^>]*controle/.*?</form>", response.content.decode(), re.DOTALL)[0]
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
    return {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in tags}


def _ago(days: int):
    return timezone.now() - timedelta(days=days)


def _tie(cast, person, child: Pupil) -> None:
    Guardianship.objects.create(
        foundation=cast.home, guardian=person, pupil=child, authority="full", since=child.born_on, source="t"
    )


def _sam_says_no(cast) -> None:
    """The pupil's own first answer, as the rows that any way of answering leaves behind."""
    with acting(Actor(ActorKind.PUPIL, cast.sam.id, "signed_in"), [cast.home.id]) as act:
        theirs = Answer.objects.get(pupil=cast.sam)
        entry = record(Verb.CHOICE_DECIDED, "pupil", cast.sam.id)
        common = {
            "foundation": cast.home,
            "pupil": cast.sam,
            "purpose_id": theirs.purpose_id,
            "value": NO,
            "version_id": theirs.version_id,
            "decided_at": act.now,
            "entry": entry,
        }
        sent = Submission.objects.create(
            foundation=cast.home, pupil=cast.sam, channel=Channel.SIGNED_IN, language="nl", at=act.now
        )
        answer = Answer.objects.create(
            **common, submission=sent, authority="self", language="nl", text_sha256="", channel=sent.channel
        )
        LatestAnswer.objects.create(**common, answer=answer)


def _decide(cast, person, value, child=None):
    return decide(
        guardian=person,
        choices=[Choice((child or cast.noor).id, cast.purposes["papier"].id, value)],
        channel=Channel.LINK,
        language="nl",
    )


def test_system_readings_are_not_people_who_looked(cast):
    with acting(system("export"), [cast.home.id]):
        record_reading(Reading.PROOF, [cast.noor.id])
    with cast.acting(read_only=True):
        assert who_looked(cast.noor.id) == []
