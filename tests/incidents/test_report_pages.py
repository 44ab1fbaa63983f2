"""Reporting without an account, and coming back: what is asked, kept and told, whatever comes in."""

import io
import re
import uuid

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.choices import LinkKind
from accounts.models import LinkKey
from incidents.choices import About, EventKind, State
from incidents.domain.handle import answer_reporter, open_case
from incidents.models import Attachment, Case, Event, Identity, RoutingRow
from incidents.querysets import report_words, shown_picture
from ledger.acting import Actor
from ledger.choices import ActorKind
from notices.models import Message
from schools.choices import RoleName
from tests.cast import Cast

EXPLAIN = "/thuis/de-baken/melden/"
ASK, DONE, BACK = f"{EXPLAIN}vragen/", f"{EXPLAIN}klaar/", "/melding/"
ANSWERS = {
    "what": "Ze noemen me elke dag ‘walvis’ in de groepsapp.",
    "category": "hurting",
    "about": "pupil",
    "who": "Bo",
    "where_when": "In de groepsapp van 8A",
    "happened_on": "",
    "reporter_kind": "pupil",
    "known": "no",
    "name": "",
    "contact": "",
    "wish": "anybody",
}


@pytest.fixture(autouse=True)
def _routing(cast: Cast):
    """Everything to the director; about the director to the board."""
    cache.clear()
    with cast.acting():
        RoutingRow.objects.create(foundation=cast.home, position=1, about=About.DIRECTOR, role=RoleName.BOARD)
        RoutingRow.objects.create(foundation=cast.home, position=2, role=RoleName.DIRECTOR)


def filled(client: Client, **other: object) -> dict[str, object]:
    """A page just asked for, with every answer given."""
    return {**ANSWERS, "key": key_on(client.get(ASK)), **other}


def key_on(page) -> str:
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def words_on(page) -> str:
    return " ".join(re.findall(r"<li>([a-z]+)</li>", page.content.decode()))


def sent(client: Client, **other: object) -> str:
    """Send a report; gives the eight words of its receipt."""
    answer = client.post(ASK, filled(client, **other))
    assert (answer.status_code, answer.headers["Location"]) == (303, DONE)
    return words_on(client.get(DONE))


def came_back(client: Client, phrase: str):
    client.get(BACK)
    return client.post(BACK, {"phrase": phrase}, follow=True)


def cases(cast: Cast, person: str = "ria") -> list[Case]:
    with as_staff(cast, person):
        return list(Case.objects.all())


def as_staff(cast: Cast, person: str):
    return cast.acting(Actor(ActorKind.STAFF, getattr(cast, person).id))


def picture(size=(60, 40), kind="JPEG", **more: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind, **more)
    return data.getvalue()


def upload(data: bytes, name="foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def text_of(page) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def test_the_explanation_comes_first_and_danger_above_all(client):
    page = text_of(client.get(EXPLAIN))

    numbers = ["tel:112", "tel:08000432", "tel:08002000", "tel:09001113111"]
    places = [page.index(f'href="{number}"') for number in numbers]
    assert places == sorted(places)
    assert places[-1] < page.index(ASK)
    assert "helpwanted.nl" in page
    assert page.index('href="/melding/weg/"') < page.index('href="#main"') < places[0]
    assert "<textarea" not in page


def test_from_the_first_word_to_the_answer(cast, client):
    phrase = sent(client)
    case = cases(cast)[0]
    with as_staff(cast, "ria"):
        open_case(case)
        answer_reporter(case, text="Dank je. Ik praat morgen met de klas.")

    page = came_back(Client(), phrase)

    assert len(phrase.split()) == 8
    assert case.is_anonymous
    assert case.category == "hurting"
    assert "Ik praat morgen met de klas." in text_of(page)
    assert "Ria" not in text_of(page)
    assert "walvis" not in text_of(page)


def test_the_receipt_says_who_reads_it_by_when_and_only_to_who_sent_it(cast, client):
    with time_machine.travel("2026-11-13T10:00:00+01:00", tick=True):  # a Friday
        phrase = sent(client)
        page = text_of(client.get(DONE))

    assert "17 november" in page
    assert phrase.split()[0] not in text_of(Client().get(DONE, follow=True))
    assert Client().get(DONE).headers["Location"] == EXPLAIN
    assert client.get("/thuis/de-haven/melden/klaar/").headers["Location"] == "/thuis/de-haven/melden/"


@pytest.mark.parametrize("step", ["written down", "left", "next one starts", "ten minutes"])
def test_the_words_do_not_stay_on_a_shared_device(cast, client, step):
    sent(client)

    if step == "written down":
        client.post(DONE)
    elif step == "left":
        client.get("/melding/weg/")
    elif step == "next one starts":
        client.get(EXPLAIN)
    if step == "ten minutes":
        with time_machine.travel("2050-01-01"):
            assert client.get(DONE).status_code == 302
    else:
        assert client.get(DONE).status_code == 302


def test_sent_twice_it_is_one_report_with_the_same_words(cast, client):
    answers = filled(client)

    first = client.post(ASK, answers)
    words = words_on(client.get(DONE))
    second = client.post(ASK, answers)

    assert (first.status_code, second.status_code) == (303, 303)
    assert words_on(client.get(DONE)) == words
    assert len(cases(cast)) == 1


def test_somebody_else_with_the_same_form_gets_other_words(cast, client):
    answers = filled(client)
    client.post(ASK, answers)
    mine = words_on(client.get(DONE))
    other = Client()
    other.get(ASK)

    other.post(ASK, answers)

    assert words_on(other.get(DONE)) not in {mine, ""}


def test_the_words_are_stored_nowhere(cast, client):
    phrase = sent(client)

    keys = LinkKey.objects.filter(kind=LinkKind.REPORT)
    assert keys.count() == 1
    assert all(word.encode() not in bytes(keys[0].token_hash) for word in phrase.split())
    assert Session.objects.count() == 0


def test_empty_is_told_as_elsewhere(cast, client):
    page = client.post(ASK, {"key": str(uuid.uuid4())})

    assert page.status_code == 422
    links = re.findall(r'<li><a href="#(id_\w+)"', page.content.decode())
    assert links == ["id_what", "id_category_0", "id_about_0", "id_reporter_kind_0", "id_known_0"]
    assert cases(cast) == []


@pytest.mark.parametrize("words", ["😭😭😭", "👻", "?"])
def test_a_report_without_a_word_is_sent_back_and_keeps_what_was_filled_in(cast, client, words):
    page = client.post(ASK, filled(client, what=words, where_when="In de groepsapp"))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert "In de groepsapp" in page.content.decode()
    assert cases(cast) == []


@pytest.mark.parametrize("words", ["au", "hij 😭", "\u202eomgekeerd"])
def test_few_words_are_enough(cast, client, words):
    sent(client, what=words)

    with as_staff(cast, "ria"):
        assert report_words(Case.objects.get())["what"] == words


def test_markup_and_script_are_text(cast, client):
    nasty = "<script>alert(1)</script>{{ 7*7 }}<b>"
    refused = client.post(
        ASK, filled(client, what=nasty, who=nasty, where_when=nasty, name=nasty, known=nasty)
    )
    phrase = sent(client, what=nasty)
    reporter = Client()
    came_back(reporter, phrase)
    reporter.post("/melding/bericht/", {"key": str(uuid.uuid4()), "text": nasty})
    back = reporter.get(BACK)

    assert refused.status_code == 422
    for page in (refused, back):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}&lt;b&gt;" in page.content.decode()


@pytest.mark.parametrize("field", ["what", "who", "where_when", "name", "contact"])
def test_a_hundred_thousand_letters_are_refused_and_kept(cast, client, field):
    long = "é" * 100_000

    page = client.post(ASK, filled(client, **{field: long}))

    assert page.status_code == 422
    assert page.content.decode().count(long) == 1
    assert "100000" in page.content.decode()
    assert cases(cast) == []


@pytest.mark.parametrize("field", ["what", "who", "category", "happened_on", "wish", "known", "key"])
@pytest.mark.parametrize("value", ["\x00", "99999999999999999999", "../../etc", "'; DROP TABLE x; --"])
def test_nonsense_is_never_an_accident(cast, client, field, value):
    assert client.post(ASK, filled(client, **{field: value})).status_code in {303, 422}


def test_a_day_that_has_yet_to_come_is_refused(cast, client):
    assert client.post(ASK, filled(client, happened_on="2999-01-01")).status_code == 422
    assert client.post(ASK, filled(client, happened_on="2020-01-01")).status_code == 303


def test_who_stays_unknown_leaves_no_name_behind(cast, client):
    answers = filled(client, known="no", name="Noor Yıldız", contact="06 12345678")

    client.post(ASK, answers)

    with as_staff(cast, "ria"):
        assert Case.objects.get().is_anonymous
    with cast.acting():
        assert Identity.objects.count() == 0


def test_who_gives_a_name_must_give_one(cast, client):
    assert client.post(ASK, filled(client, known="yes", name=" ")).status_code == 422
    assert client.post(ASK, filled(client, known="yes", name="Noor Yıldız")).status_code == 303
    with as_staff(cast, "ria"):
        assert not Case.objects.get().is_anonymous


def test_a_report_about_the_director_does_not_reach_the_director(cast, client):
    answer = client.post(ASK, filled(client, about="director"))

    assert answer.status_code == 303
    assert cases(cast, "ria") == []
    assert len(cases(cast, "henk")) == 1


def test_pictures_arrive_without_what_they_tell(cast, client):
    exif = Image.Exif()
    exif[0x010F] = "Telefoon van Noor"
    exif.get_ifd(0x8825)[2] = (51.0, 33.0, 0.0)
    original = picture(exif=exif) + b"<script>hidden behind it</script>"

    client.post(ASK, filled(client, pictures=[upload(original), upload(picture(kind="PNG"), "b.png")]))

    with as_staff(cast, "ria"):
        shown = [shown_picture(row) for row in Attachment.objects.select_related("case")]
        sealed = [bytes(row.sealed_original) for row in Attachment.objects.all()]
    assert len(shown) == 2
    assert b"Telefoon" in original
    assert not any(b"Telefoon" in data or b"script" in data for data in shown)
    assert not Image.open(io.BytesIO(shown[0])).getexif()
    assert not any(b"Telefoon" in data for data in sealed)


BOMB = picture((12_000, 9_000), "PNG")
NO_PICTURES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<html><script>alert(1)</script></html>",
    "gif with a page behind": b"GIF89a" + b"\x00" * 50 + b"<html>",
    "cut off": picture()[:300],
    "empty": b"",
    "bomb": BOMB,
    "too big": b"\xff\xd8" + b"0" * (8 * 1024 * 1024),
    "four": None,
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused_and_the_words_are_kept(cast, client, name):
    data = NO_PICTURES[name]
    files = [upload(data)] if data is not None else [upload(picture()) for _ in range(4)]

    page = client.post(ASK, filled(client, pictures=files))

    assert page.status_code == 422
    assert "walvis" in page.content.decode()
    assert 'href="#id_pictures"' in page.content.decode()
    assert cases(cast) == []


def test_three_pictures_of_eight_megabytes_fit(cast, client):
    large = picture() + b"0" * (8 * 1024 * 1024 - 2000)

    assert client.post(ASK, filled(client, pictures=[upload(large) for _ in range(3)])).status_code == 303


def test_a_form_without_its_token_is_refused_although_uploads_come_first(cast):
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(ASK, {**ANSWERS, "key": str(uuid.uuid4())})

    assert page.status_code == 403
    assert cases(cast) == []


def test_nothing_tells_where_it_came_from(cast, client, caplog):
    marks = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Verklikker/9.9"}
    client.post(ASK, filled(client), **marks)

    with cast.acting():
        assert Message.objects.count() == 0
    with as_staff(cast, "ria"):
        kept = [str(row) for model in (Case, Event) for row in model.objects.values()]
    assert not any("203.0.113.77" in text or "Verklikker" in text for text in [*kept, caplog.text])


def test_the_phrase_is_forgiving(cast, client):
    words = sent(client).split()

    for typed in (" ".join(words).upper(), ", ".join(words), "-".join(words), "\n".join(words) + "  "):
        assert came_back(Client(), typed).request["PATH_INFO"] == BACK
        page = came_back(Client(), typed)
        assert "/melding/bericht/" in text_of(page), typed


def test_ten_wrong_phrases_and_this_device_waits_but_no_other(cast, client):
    phrase = sent(client)
    device = Client()
    device.get(BACK)

    statuses = [device.post(BACK, {"phrase": "boot appel"}).status_code for _ in range(11)]
    refused = device.post(BACK, {"phrase": phrase})

    assert statuses == [422] * 10 + [429]
    assert refused.status_code == 429
    assert re.search(rf"<textarea[^>]*>\s*{phrase}</textarea>", refused.content.decode())
    assert "/melding/bericht/" in text_of(came_back(Client(), phrase))
    with time_machine.travel("2050-01-01"):
        assert device.post(BACK, {"phrase": "boot appel"}).status_code == 422


def test_when_many_try_everybody_goes_slower_and_nobody_is_locked_out(cast, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "report_phrase_all": "3/h/key"}
    phrase = sent(client)
    for _ in range(3):
        stranger = Client()
        stranger.get(BACK)
        stranger.post(BACK, {"phrase": "nee"})
    honest = Client()

    def ticket(page) -> str:
        return re.search(r'name="ticket" value="([^"]+)"', page.content.decode())[1]

    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        page = honest.get(BACK)
        at_once = honest.post(BACK, {"phrase": phrase, "ticket": ticket(page)})
        clock.shift(10)
        later = honest.post(BACK, {"phrase": phrase, "ticket": ticket(at_once)})
        again = Client()
        again.get(BACK)
        reused = again.post(BACK, {"phrase": phrase, "ticket": ticket(at_once)})

    assert (at_once.status_code, later.status_code, reused.status_code) == (429, 303, 429)


def test_opening_a_report_takes_a_new_session_and_signs_out(cast, client):
    phrase = sent(client)
    cast.sign_in(client, cast.joost)
    before = client.session.session_key
    client.get(BACK)

    client.post(BACK, {"phrase": phrase})

    assert client.session.session_key != before
    assert "_auth_user_id" not in client.session
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_in_closes_the_report(cast, client):
    came_back(client, sent(Client()))
    assert "report" in client.session

    client.post("/demo/als/niemand/")
    from allauth.account.adapter import get_adapter
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session = client.session
    get_adapter().login(request, cast.user_of(cast.joost))

    assert "report" not in request.session


def test_closing_and_half_an_hour_forget_it(cast, client):
    phrase = sent(Client())
    came_back(client, phrase)
    client.post("/melding/sluiting/")
    closed = text_of(client.get(BACK))
    came_back(client, phrase)
    assert "/melding/bericht/" in text_of(client.get(BACK))

    with time_machine.travel("2050-01-01"):
        expired = text_of(client.get(BACK))

    assert "/melding/bericht/" not in closed
    assert "/melding/bericht/" not in expired


def test_leaving_forgets_it_and_goes_to_a_neutral_site(cast, client, settings):
    came_back(client, sent(Client()))

    away = client.get("/melding/weg/")

    assert away.headers["Location"] == settings.EXIT_URL == "https://www.buienradar.nl/"
    assert away.headers["Referrer-Policy"] == "no-referrer"
    assert "/melding/bericht/" not in text_of(client.get(BACK))


def test_writing_more_once_although_sent_twice(cast, client):
    came_back(client, sent(Client()))
    form = {"key": key_on(client.get(BACK)), "text": "Het gebeurde weer."}

    statuses = [client.post("/melding/bericht/", form).status_code for _ in range(2)]
    empty = client.post("/melding/bericht/", {"key": str(uuid.uuid4()), "text": " "})

    assert (statuses, empty.status_code) == ([303, 303], 422)
    with as_staff(cast, "ria"):
        assert Event.objects.filter(kind=EventKind.MESSAGE).count() == 1
        assert Case.objects.get().state == State.RECEIVED
    assert text_of(client.get(BACK)).count("Het gebeurde weer.") == 1


def test_two_reports_do_not_see_each_other(cast, client):
    first, second = sent(Client()), sent(Client(), what="Iets heel anders")
    came_back(client, first)
    client.post("/melding/bericht/", {"key": str(uuid.uuid4()), "text": "Alleen bij de eerste."})

    page = text_of(came_back(client, second))

    assert "/melding/bericht/" in page
    assert "Alleen bij de eerste." not in page


def test_every_page_has_the_exit_first(cast, client):
    phrase = sent(client)
    pages = [client.get(EXPLAIN), client.get(ASK), client.post(ASK, {}), client.get(BACK)]
    sent(client)
    pages += [client.get(DONE), came_back(Client(), phrase)]

    for page in pages:
        first = re.search(r"<a [^>]*>", page.content.decode().split("<body", 1)[1])[0]
        assert 'href="/melding/weg/"' in first
        assert "noreferrer" in first
        assert page.headers["Cache-Control"] == "no-store"
