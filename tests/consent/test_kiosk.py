"""The tablet at school: opened by the code of a letter, one family after the other, and nothing left behind."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from consent.choices import Channel, Value
from consent.domain.kiosk import TooLong, start_kiosk
from consent.domain.papers import print_forms, sheets_for
from consent.models import Answer, Kiosk, PaperForm, Submission
from consent.rules import LetterStrength, end_times, end_tonight, letter_may_say_yes, letter_opens
from ledger.acting import SCHOOL_TIME, Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry, EntryPayload
from notices.models import Message
from schools.models import Foundation, Guardianship
from tests.cast import today

from .coming import coming
from .links import fill, hidden, words
from .test_before_first_day import say

START = "/kiosk/"
NOW = datetime(2027, 3, 4, 18, 20, tzinfo=SCHOOL_TIME)


def letter(cast, child, parent, by=None) -> str:
    """The code of the letter of this child and this parent, as the office prints it."""
    by = by or cast.olga
    with cast.acting(Actor(ActorKind.STAFF, by.id, "office")):
        print_forms(sheets=sheets_for([child]), by=by)
        return PaperForm.objects.filter(pupil=child, guardian=parent).latest("id").code


@pytest.fixture
def tablet(cast, as_):
    """Olga of the office has made a tablet of her browser."""
    client = as_(cast.olga)
    page = client.get("/team/kiosk/")
    until = re.search(r'<option value="([^"]+)" selected', page.content.decode())[1]
    school = cast.beacon.slug
    response = client.post("/team/kiosk/", hidden_of(page) | {"school": school, "until": until})
    assert (response.status_code, response.headers["Location"]) == (303, START), response.content.decode()
    return client


def hidden_of(page) -> dict[str, str]:
    found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    return {"key": found[1]}


def opened(client, code: str):
    response = client.post(START, {"code": code})
    assert response.status_code == 303, words(response)
    return client.get(response.headers["Location"])


def answered(client, code: str, *values: str):
    """From the code to the receipt page."""
    page = client.post("/kiosk/vragen/", fill(opened(client, code), *values))
    assert page.status_code == 200, words(page)
    sent = client.post("/kiosk/keuze/", hidden(page))
    assert sent.status_code == 303, words(sent)
    return client.get(sent.headers["Location"])


# -- the rules


@pytest.mark.parametrize(
    ("hour", "minute", "times", "proposed"),
    [
        (18, 20, [19, 20, 21, 22, 23, 0], 22),
        (9, 0, [10, 11, 12, 13, 14, 15], 15),
        (22, 30, [23, 0, 1, 2, 3, 4], 23),
        (16, 59, [17, 18, 19, 20, 21, 22], 22),
    ],
)
def test_a_tablet_works_until_tonight_and_six_hours_at_most(hour, minute, times, proposed):
    now = NOW.replace(hour=hour, minute=minute)

    assert [time.hour for time in end_times(now)] == times
    assert end_tonight(now).hour == proposed
    assert all(time - now <= timedelta(hours=6) for time in end_times(now))


def test_a_letter_opens_for_120_days():
    day = today()

    assert letter_opens(day - timedelta(days=120), day)
    assert not letter_opens(day - timedelta(days=121), day)
    assert not letter_opens(day + timedelta(days=1), day)


@pytest.mark.parametrize(
    ("letter", "may"),
    [
        (LetterStrength(False, NOW.date()), True),
        (LetterStrength(True, NOW.date()), False),
        (LetterStrength(False, NOW.date(), Value.YES, NOW.date()), True),
        (LetterStrength(False, NOW.date(), Value.NO, NOW.date()), False),
        (LetterStrength(False, NOW.date(), Value.NO, NOW.date() - timedelta(days=1)), True),
    ],
)
def test_a_letter_never_undoes_a_newer_no(letter, may):
    assert letter_may_say_yes(letter) is may


def test_a_tablet_that_would_work_too_long_is_refused(cast):
    with cast.acting(), pytest.raises(TooLong):
        start_kiosk(school=cast.beacon, by=cast.olga, ends_at=timezone.now() + timedelta(hours=8))


# -- starting and stopping


def test_who_starts_it_is_signed_out_and_it_stands_in_the_ledger(cast, tablet):
    session = dict(tablet.session.items())

    with cast.acting():
        kiosk = Kiosk.objects.get()
        entry = Entry.objects.get(verb=Verb.KIOSK_STARTED)
    assert (entry.actor_kind, entry.actor_id, entry.subject_id) == ("staff", cast.olga.id, cast.beacon.id)
    assert session["kiosk"] == {"foundation": cast.home.id, "kiosk": kiosk.id}
    assert "_auth_user_id" not in session
    assert not [key for key in session if key.startswith(("account", "persons", "staff"))]
    for room in (
        "/team/",
        "/team/papier/",
        "/team/kiosk/",
        "/start/",
        "/ouder/",
        f"/team/papier/kind/{cast.noor.code}/",
    ):
        assert tablet.get(room).headers["Location"].startswith("/accounts/login/"), room


def test_stopping_leads_to_the_sign_in_page_and_nothing_of_it_works_any_more(cast, tablet):
    code = letter(cast, cast.bo, cast.karol)

    response = tablet.post("/kiosk/stop/")

    assert (response.status_code, response.headers["Location"]) == (303, "/accounts/login/")
    assert tablet.post(START, {"code": code}).status_code == 404
    with cast.acting():
        assert Kiosk.objects.get().stopped_at is not None
        assert Entry.objects.filter(verb=Verb.KIOSK_STOPPED, subject_id=cast.beacon.id).count() == 1


def test_a_tablet_that_was_left_behind_is_stopped_from_the_office(cast, as_, tablet):
    opened(tablet, letter(cast, cast.bo, cast.karol))
    with cast.acting():
        kiosk = Kiosk.objects.get()

    assert as_(cast.ria).post(f"/team/kiosk/{kiosk.code}/stop/").status_code == 303

    for page in (START, "/kiosk/vragen/"):
        assert tablet.get(page).status_code == 410


def test_signing_in_on_it_ends_it_for_this_browser(cast, tablet):
    user = cast.user_of(cast.olga)
    user.set_password("een lang wachtwoord")
    user.save()

    response = tablet.post("/accounts/login/", {"login": user.email, "password": "een lang wachtwoord"})

    assert response.status_code == 303
    assert "_auth_user_id" in tablet.session
    assert "kiosk" not in tablet.session
    assert tablet.get(START).status_code == 404


def test_after_its_time_it_works_no_more(cast, tablet):
    opened(tablet, letter(cast, cast.bo, cast.karol))
    with cast.acting():
        Kiosk.objects.update(started_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now())

    seen = [tablet.get(page).status_code for page in (START, "/kiosk/vragen/", "/kiosk/ontvangst/ABC/")]
    assert seen == [410, 410, 410]
    assert tablet.post("/kiosk/keuze/").status_code == 410


# -- answering


def test_a_parent_answers_with_the_code_of_the_letter(cast, tablet):
    code = letter(cast, cast.noor, cast.amina)

    receipt = answered(tablet, f" {code[:5]} - {code[5:].lower()}", "yes", "no", "yes")

    with cast.acting():
        submission = Submission.objects.select_related("kiosk", "form").get()
        rows = list(Answer.objects.filter(submission=submission).order_by("purpose__position"))
        entry = Entry.objects.get(id=rows[0].entry_id)
        payload = EntryPayload.objects.get(entry=entry).payload
        mail = Message.objects.get(kind="consent/receipt")
    assert (submission.channel, submission.recorded_by, submission.form.code) == (Channel.KIOSK, None, code)
    assert [row.value for row in rows] == ["yes", "no", "yes"]
    assert (entry.actor_kind, entry.actor_id, entry.capacity) == ("guardian", cast.amina.id, "kiosk")
    assert (payload["kiosk"], payload["started_by"]) == (submission.kiosk.code, cast.olga.id)
    assert mail.guardian_id == cast.amina.id
    assert "Noor" in words(receipt)
    assert "Yıldız" not in words(receipt)
    assert "pdf" not in receipt.content.decode()


def test_all_children_of_the_parent_are_asked_also_who_still_comes(cast, tablet):
    lot = coming(cast, cast.karol)

    page = words(opened(tablet, letter(cast, lot, cast.karol)))

    assert "Bo" in page
    assert "Lot" in page
    assert "Noor" not in page


def test_nothing_of_before_is_shown(cast, tablet):
    say(cast, cast.karol, cast.bo, Value.YES)

    page = opened(tablet, letter(cast, cast.bo, cast.karol))

    assert "Nu:" not in words(page)
    assert "Vorige keer" not in words(page)
    assert "/kind/" not in page.content.decode()


def test_two_families_after_each_other_find_nothing_of_the_other(cast, tablet):
    first, second = letter(cast, cast.noor, cast.amina), letter(cast, cast.bo, cast.karol)
    page = opened(tablet, first)
    checked = tablet.post("/kiosk/vragen/", fill(page, "no", "no", "no"))
    sent = tablet.post("/kiosk/keuze/", hidden(checked))
    receipt = sent.headers["Location"]
    assert tablet.get(receipt).status_code == 200

    done = tablet.post("/kiosk/klaar/")

    assert (done.status_code, done.headers["Location"]) == (303, START)
    assert tablet.get(receipt).headers["Location"] == START
    assert tablet.get("/kiosk/vragen/").headers["Location"] == START
    # Back, and sending the page of the first family once more: nobody is there.
    assert tablet.post("/kiosk/keuze/", hidden(checked)).headers["Location"] == START
    other = words(opened(tablet, second))
    assert ("Bo" in other, "Noor" in other) == (True, False)
    assert tablet.get(receipt).status_code == 404
    # The form of the first family on the tablet of the second one: the children are others, so nothing is stored.
    assert tablet.post("/kiosk/keuze/", hidden(checked)).status_code == 422
    with cast.acting():
        assert Submission.objects.count() == 1


def test_the_first_page_forgets_whoever_was_there_and_time_does_too(cast, tablet):
    code = letter(cast, cast.bo, cast.karol)
    opened(tablet, code)
    assert tablet.get(START).status_code == 200
    assert tablet.get("/kiosk/vragen/").headers["Location"] == START

    opened(tablet, code)
    session = tablet.session
    session["kiosk"]["visit"]["seen"] -= 15 * 60 + 1
    session.save()

    assert tablet.get("/kiosk/vragen/").headers["Location"] == START


def test_no_page_stays_in_the_browser_and_each_goes_back_by_itself(cast, tablet):
    first = tablet.get(START)
    page = opened(tablet, letter(cast, cast.bo, cast.karol))
    checked = tablet.post("/kiosk/vragen/", fill(page, "yes", "no", "no"))
    receipt = tablet.get(tablet.post("/kiosk/keuze/", hidden(checked)).headers["Location"])

    for response, seconds in ((page, 300), (checked, 300), (receipt, 120)):
        assert "no-store" in response.headers["Cache-Control"]
        refresh = f'<meta http-equiv="refresh" content="{seconds}; url={START}">'
        assert refresh in response.content.decode()
    assert "no-store" in first.headers["Cache-Control"]
    assert "refresh" not in first.content.decode()


def test_a_look_changes_nothing(cast, tablet):
    page = opened(tablet, letter(cast, cast.bo, cast.karol))

    def rows() -> list[int]:
        with cast.acting():
            return [model.objects.count() for model in (Answer, Submission, Entry, Message)]

    before = rows()
    for url in ("/kiosk/vragen/", "/kiosk/keuze/", "/kiosk/ontvangst/ABCDEFGHJK/", START):
        tablet.get(url)
    tablet.post("/kiosk/vragen/", fill(page, "yes", "yes", "yes"))
    assert [tablet.get(url).status_code for url in ("/kiosk/klaar/", "/kiosk/stop/")] == [405, 405]
    assert rows() == before


# -- codes


def test_codes_that_are_not_of_this_school_look_like_a_typing_error(cast, tablet):
    with cast.acting(foundation=cast.bridge, actor=Actor(ActorKind.STAFF, cast.bas.id, "office")):
        print_forms(sheets=sheets_for([cast.vera_child]), by=cast.bas)
        foreign = PaperForm.objects.get(pupil=cast.vera_child).code
    elsewhere = letter(cast, cast.mila, cast.selin, by=cast.ada)
    own = letter(cast, cast.bo, cast.karol)
    wrong = [
        foreign,
        elsewhere,
        own[:-1] + ("2" if own[-1] != "2" else "3"),
        own[:9],
        "\x00",
        "1' OR '1'='1",
        "x" * 99,
    ]

    said = set()
    for code in wrong:
        response = tablet.post(START, {"code": code})
        assert response.status_code == 422
        said.add(
            re.search(
                r'class="field-error"[^>]*>.*?</svg>\s*(.*?)</p>', response.content.decode(), re.DOTALL
            )[1]
        )
    assert len(said) == 1
    assert tablet.get("/kiosk/vragen/").headers["Location"] == START


def test_after_ten_wrong_codes_the_tablet_waits_also_for_a_right_one(cast, tablet):
    cache.clear()
    code = letter(cast, cast.bo, cast.karol)

    statuses = [tablet.post(START, {"code": "2345678923"}).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]
    assert tablet.post(START, {"code": code}).status_code == 429
    cache.clear()
    assert tablet.post(START, {"code": code}).status_code == 303


def test_a_letter_that_was_handed_in_or_is_old_or_of_nobody_does_not_open(cast, tablet):
    codes = [letter(cast, cast.bo, cast.karol) for _ in range(3)]
    blank = letter(cast, cast.sam, None)
    with cast.acting():
        forms = {code: PaperForm.objects.get(code=code) for code in codes}
        Submission.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            channel=Channel.PAPER,
            language="nl",
            at=timezone.now(),
            form=forms[codes[0]],
            recorded_by=cast.olga,
        )
        old = PaperForm.objects.create(
            foundation=cast.home,
            pupil=cast.bo,
            guardian=cast.karol,
            language="nl",
            printed_on=today() - timedelta(days=121),
            printed_by=cast.olga,
        )

    assert [tablet.post(START, {"code": code}).status_code for code in (codes[0], old.code, blank)] == [
        422
    ] * 3
    assert tablet.post(START, {"code": codes[1]}).status_code == 303
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.karol).update(until=today() - timedelta(days=1))
    assert tablet.post(START, {"code": codes[2]}).status_code == 422


def test_a_found_letter_makes_no_yes_of_a_no_and_a_no_always_counts(cast, tablet):
    code = letter(cast, cast.bo, cast.karol)
    say(cast, cast.karol, cast.bo, Value.NO)

    checked = tablet.post("/kiosk/vragen/", fill(opened(tablet, code), "yes", "yes", "yes"))
    refused = tablet.post("/kiosk/keuze/", hidden(checked))

    assert refused.status_code == 409
    with cast.acting():
        assert Submission.objects.filter(channel=Channel.KIOSK).count() == 0
    # Neither saying no once more, nor "talk first", opens the way to a yes: in this visit or the next one.
    for word in ("no", "talk"):
        answered(tablet, code, word, word, word)
        page = tablet.post("/kiosk/vragen/", fill(tablet.get("/kiosk/vragen/"), "yes", "no", "no"))
        assert tablet.post("/kiosk/keuze/", hidden(page)).status_code == 409
        tablet.post("/kiosk/klaar/")
        page = tablet.post("/kiosk/vragen/", fill(opened(tablet, code), "yes", "no", "no"))
        assert tablet.post("/kiosk/keuze/", hidden(page)).status_code == 409
        tablet.post("/kiosk/klaar/")


def test_what_was_said_on_this_visit_is_changed_on_it_in_as_many_taps(cast, tablet):
    answered(tablet, letter(cast, cast.bo, cast.karol), "no", "no", "no")

    page = tablet.post("/kiosk/vragen/", fill(tablet.get("/kiosk/vragen/"), "yes", "no", "no"))

    assert tablet.post("/kiosk/keuze/", hidden(page)).status_code == 303


def test_where_a_yes_always_needs_a_mailed_code_a_letter_says_only_no(cast, tablet):
    code = letter(cast, cast.bo, cast.karol)
    Foundation.objects.filter(id=cast.home.id).update(yes_needs_code=True)

    checked = tablet.post("/kiosk/vragen/", fill(opened(tablet, code), "yes", "no", "no"))
    assert tablet.post("/kiosk/keuze/", hidden(checked)).status_code == 409
    assert "Bo" in words(answered(tablet, code, "no", "no", "no"))
