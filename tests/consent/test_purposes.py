"""Questions beyond the three layers: of one school, of one day, per medium, in words that are fixed (C3, C7)."""

import html
import re
import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection

from consent.choices import Channel, Layer, Medium, Reason, Value
from consent.domain.counted import Standing, runs_out, standing_of
from consent.domain.decide import Choice, NotAsked, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.purposes import (
    PurposeRefused,
    add_purpose,
    ask_media_apart,
    freeze_wording,
    mark_of,
    reword,
    stop_asking,
)
from consent.models import Answer, LatestAnswer, Purpose, QuestionVersion
from consent.querysets import purposes_in_use, purposes_on, purposes_to_ask, school_year_of
from consent.rules import state
from ledger.acting import Actor, current
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from tests.cast import Cast, enrol_elsewhere, make_cast, today
from tests.consent.links import words as words_of

ROOM = "/beheer/vragen/"
WORDS = {"nl": ("Musical", "Alleen die dag")}


def day(number: int) -> date:
    return today() + timedelta(days=number)


def add(cast: Cast, label: str = "Musical", **options) -> Purpose:
    options = {
        "layer": Layer.SOCIAL,
        "all_must_agree": False,
        "places": [f"{label} op Instagram"],
        "words": WORDS,
        "in_force_on": today(),
    } | options
    with cast.acting():
        return add_purpose(short_label=label, **options)


def say(cast: Cast, guardian, child, value, purpose: Purpose, now=None):
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "link"), now=now):
        return decide(
            guardian=guardian,
            choices=[Choice(child.id, purpose.id, value)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def verdict(cast: Cast, child, purpose: Purpose, on: date | None = None) -> Reason:
    with cast.acting():
        fresh = purposes_in_use().get(id=purpose.id)
        return state(known_pupils([child.id])[0].facts, policy_of(fresh, cast.home), on or today()).reason


def hidden(page: str, action: str) -> dict[str, list[str]]:
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page, re.S).group()
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{word}="([^"]*)"', tag) for word in ("name", "value"))
        found.setdefault(html.unescape(name[1]), []).append(html.unescape(value[1]) if value else "")
    return found


def filled(**other):
    return {
        "key": str(uuid.uuid4()),
        "short_label": "Website",
        "layer": "open_web",
        "title_nl": "Open website",
        "explanation_nl": "Iedereen kan het zien",
        "places": "schoolsite.nl\r\nDe krant",
        "school": "",
    } | other


def reworded(purpose: Purpose, **other):
    return {
        "key": str(uuid.uuid4()),
        "seen": mark_of(purpose),
        "title_nl": "Op papier, ook posters",
        "explanation_nl": "Schoolgids en posters",
        "places": "Papier 1\nPapier 2",
        "kind": "material",
        "in_force_on": str(today()),
    } | other


# -- one school, one day ---------------------------------------------------------------------------------------


def test_a_question_of_one_school_is_about_who_goes_there_and_about_nobody_else(cast):
    purpose = add(cast, school=cast.harbour)

    say(cast, cast.selin, cast.mila, Value.YES, purpose)
    with pytest.raises(NotAsked):
        say(cast, cast.karol, cast.bo, Value.YES, purpose)

    assert verdict(cast, cast.mila, purpose) == Reason.AGREED
    assert verdict(cast, cast.bo, purpose) == Reason.NOT_ENROLLED


def test_who_moves_to_another_school_leaves_the_yes_of_the_old_school_behind(cast):
    purpose = add(cast, school=cast.harbour)
    say(cast, cast.selin, cast.mila, Value.YES, purpose)

    with cast.acting():
        cast.mila.enrolments.update(until=day(-1))
        enrol_elsewhere(cast.mila, cast.beacon, today())

    assert verdict(cast, cast.mila, purpose) == Reason.NOT_ENROLLED
    assert verdict(cast, cast.mila, cast.purposes["papier"]) == Reason.NO_ANSWER


def test_parents_are_asked_what_their_own_school_adds_and_staff_can_choose_it_only_there(cast, as_):
    add(cast, "Avondwandeling", school=cast.harbour, words={"nl": ("Avondwandeling", "Van De Haven")})

    theirs = as_(cast.selin).get("/ouder/thuis/vragen/")
    others = as_(cast.karol).get("/ouder/thuis/vragen/")
    assert "Avondwandeling" in words_of(theirs)
    assert "Avondwandeling" not in words_of(others)
    assert "Avondwandeling" in words_of(as_(cast.els).get(f"/team/groep/{cast.group_7b.code}/"))
    assert "Avondwandeling" not in words_of(as_(cast.joost).get(f"/team/groep/{cast.group_8a.code}/"))
    assert "Avondwandeling" not in words_of(as_(cast.joost).get("/team/"))


def test_a_family_at_two_schools_answers_the_question_of_one_school_for_one_child(cast, as_):
    from tests.cast import pupil, years_ago

    purpose = add(cast, school=cast.harbour)
    with cast.acting():
        pim = pupil(cast.group_7b, "Pim", "Jansen", years_ago(9))
        cast.erik.guardianships.create(
            foundation=cast.home, pupil=pim, authority="full", since=pim.born_on, source="test"
        )
    client = as_(cast.erik)
    page = client.get("/ouder/thuis/vragen/").content.decode()
    form = {name: values[-1] for name, values in hidden(page, "/ouder/thuis/vragen/").items()}
    answers = {f"all-{slug}": "yes" for slug in ("papier", "besloten", "sociaal", purpose.slug)}
    sent = {name: form[name] for name in ("csrfmiddlewaretoken", "key", "asked")} | {"scope": "all"} | answers
    check = client.post("/ouder/thuis/vragen/", sent)
    assert check.status_code == 200, check.content.decode()
    carried = hidden(check.content.decode(), "/ouder/thuis/keuze/")
    assert client.post("/ouder/thuis/keuze/", carried).status_code == 303

    with cast.acting():
        given = Answer.objects.filter(purpose=purpose).values_list("pupil_id", flat=True)
        assert list(given) == [pim.id]
        assert Answer.objects.filter(pupil=cast.noor).count() == 3


def test_an_event_is_asked_until_its_day_and_its_answer_can_be_changed_until_the_school_year_ends(cast):
    purpose = add(cast, event_on=today())
    say(cast, cast.karol, cast.bo, Value.YES, purpose)
    last = school_year_of(today())[1]

    with cast.acting():
        assert purpose.id in {p.id for p in purposes_to_ask(today())}
        assert purpose.id not in {p.id for p in purposes_to_ask(day(1))}
        assert purpose.id in {p.id for p in purposes_on(last)}
        assert purpose.id not in {p.id for p in purposes_on(last + timedelta(days=1))}
        assert Answer.objects.get().valid_until == last
    assert verdict(cast, cast.bo, purpose, last) == Reason.AGREED
    assert verdict(cast, cast.bo, purpose, last + timedelta(days=1)) == Reason.EXPIRED


def test_c7_an_event_and_the_general_question_know_nothing_of_each_other(cast):
    event = add(cast, event_on=day(3), places=["Sociale media 1"])
    say(cast, cast.karol, cast.bo, Value.YES, event)
    assert verdict(cast, cast.bo, cast.purposes["sociaal"]) == Reason.NO_ANSWER

    say(cast, cast.selin, cast.mila, Value.YES, cast.purposes["sociaal"])
    assert verdict(cast, cast.mila, event) == Reason.NO_ANSWER


# -- places, stop, apart ---------------------------------------------------------------------------------------


def test_a_place_that_another_question_covers_is_refused_with_its_name(cast):
    with pytest.raises(PurposeRefused) as refused:
        add(cast, "Nog een", places=["SOCIALE media 1"])

    assert refused.value.code == "taken"
    assert "Sociale media" in str(refused.value.message)


def test_two_schools_may_each_add_the_same_place(cast):
    add(cast, school=cast.harbour, places=["Schoolkrant"])
    add(cast, school=cast.beacon, places=["Schoolkrant"])

    with pytest.raises(PurposeRefused):
        add(cast, places=["Schoolkrant"])


def test_what_is_stopped_is_neither_asked_nor_used_and_keeps_its_proof(cast, as_):
    papier = cast.purposes["papier"]
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    with cast.acting():
        stop_asking(purpose=papier, seen=mark_of(papier))

    with pytest.raises(NotAsked):
        say(cast, cast.karol, cast.bo, Value.NO, papier)
    assert as_(cast.joost).get(f"/team/groep/{cast.group_8a.code}/?place=papier").status_code == 404
    with cast.acting():
        assert Answer.objects.get(purpose=papier).value == Value.YES
        with pytest.raises(PurposeRefused) as refused:
            stop_asking(purpose=papier, seen=mark_of(papier))
    assert refused.value.code == "stopped"


def test_photo_film_and_sound_apart_are_three_questions_that_everybody_answers_anew(cast):
    sociaal = cast.purposes["sociaal"]
    say(cast, cast.karol, cast.bo, Value.YES, sociaal)
    with cast.acting():
        three = ask_media_apart(purpose=sociaal, seen=mark_of(sociaal))
        titles = [p.versions.get().texts.get(language="en").title for p in three]

    assert [p.medium for p in three] == [Medium.PHOTO, Medium.FILM, Medium.SOUND]
    assert all(p.all_must_agree and p.short_label.startswith("Sociale media (") for p in three)
    assert titles == ["Sociale media (en) (photo)", "Sociale media (en) (film)", "Sociale media (en) (sound)"]
    assert {verdict(cast, cast.bo, p) for p in three} == {Reason.NO_ANSWER}
    with cast.acting(), pytest.raises(PurposeRefused):
        ask_media_apart(purpose=three[0], seen=mark_of(three[0]))


# -- wordings --------------------------------------------------------------------------------------------------


def test_a_minor_wording_keeps_every_yes_and_a_material_one_ends_it_from_its_day(cast):
    papier = cast.purposes["papier"]
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    with cast.acting():
        for is_material, starts in ((False, today()), (True, day(5))):
            places = ["Papier 1", "Papier 2"]
            reword(
                purpose=papier,
                words=WORDS,
                places=places,
                is_material=is_material,
                in_force_on=starts,
                seen=mark_of(papier),
            )

    assert verdict(cast, cast.bo, papier) == Reason.AGREED
    assert verdict(cast, cast.bo, papier, day(4)) == Reason.AGREED
    assert verdict(cast, cast.bo, papier, day(5)) == Reason.REWORDED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"places": ["Papier 1", "TikTok"], "is_material": False}, "new_place"),
        ({"places": ["Papier 1", "TikTok"], "in_force_on": day(1)}, "new_place"),
        ({"places": ["Papier 1", "Sociale media 1"]}, "taken"),
        ({"seen": "other"}, "changed"),
    ],
)
def test_a_wording_is_refused_with_the_reason(cast, change, code):
    papier = cast.purposes["papier"]
    with cast.acting(), pytest.raises(PurposeRefused) as refused:
        options = {
            "places": ["Papier 1"],
            "is_material": True,
            "in_force_on": today(),
            "seen": mark_of(papier),
        }
        reword(purpose=papier, words=WORDS, **(options | change))

    assert refused.value.code == code
    with cast.acting():
        assert papier.versions.count() == 1


def test_a_wording_cannot_slip_in_before_one_that_is_planned(cast):
    papier = cast.purposes["papier"]
    with cast.acting():
        freeze_wording(purpose=papier, words=WORDS, is_material=True, in_force_on=day(9))
        with pytest.raises(PurposeRefused) as refused:
            reword(
                purpose=papier,
                words=WORDS,
                places=["Papier 1"],
                is_material=False,
                in_force_on=today(),
                seen=mark_of(papier),
            )
    assert refused.value.code == "before_last"


def test_the_consequence_is_counted_by_the_rule(cast):
    papier = cast.purposes["papier"]
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    say(cast, cast.selin, cast.mila, Value.YES, papier)
    say(cast, cast.amina, cast.noor, Value.NO, papier)
    with cast.acting():
        purpose = purposes_in_use().get(id=papier.id)
        assert runs_out(purpose, on=today()) == 2
        assert standing_of([purpose], today())[papier.id] == Standing(yes=2, no=1, silent=1)


# -- the pages -------------------------------------------------------------------------------------------------


def test_the_room_lists_every_question_with_its_numbers(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, cast.purposes["papier"])

    page = as_(cast.ada).get(ROOM)

    assert page.status_code == 200
    assert [row["slug"] for row in page.context["rows"]] == ["papier", "besloten", "sociaal"]
    assert page.context["rows"][0]["standing"] == Standing(yes=1, no=0, silent=3)
    assert "Papier 1, Papier 2" in words_of(page)


@pytest.mark.parametrize(
    "kind", ["website", "klassenfoto", "fotograaf", "onderzoek", "ai", "activiteit", "anders"]
)
def test_every_kind_opens_with_words_to_begin_with(cast, as_, kind):
    page = as_(cast.ada).get(f"{ROOM}nieuw/{kind}/")

    assert page.status_code == 200
    assert ("event_on" in page.context["form"].fields) is (kind == "activiteit")


def test_a_new_question_is_looked_at_first_and_fixed_once(cast, as_):
    client, url = as_(cast.ada), f"{ROOM}nieuw/website/"
    check = client.post(url, filled())
    assert check.status_code == 200
    with cast.acting():
        assert Purpose.objects.count() == 3
    carried = hidden(check.content.decode(), url)

    first, second = client.post(url, carried), client.post(url, carried)

    assert (first.status_code, second.status_code) == (303, 303)
    with cast.acting():
        made = Purpose.objects.get(slug="website")
        assert [p.name for p in made.places.all()] == ["schoolsite.nl", "De krant"]
        assert Entry.objects.filter(verb=Verb.PURPOSE_ADDED, subject_id=made.id).count() == 1
        assert Entry.objects.get(verb=Verb.PURPOSE_ADDED, subject_id=made.id).actor_id == cast.ada.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_nl": ""}, "title_nl"),
        ({"title_nl": "\u200b\u202e"}, "title_nl"),
        ({"title_en": "Open website"}, "explanation_en"),
        ({"places": " \n "}, "places"),
        ({"places": "x" * 61}, "places"),
        ({"places": "A1\na1"}, "places"),
        ({"short_label": "x" * 31}, "short_label"),
        ({"layer": "moon"}, "layer"),
        ({"school": "overkant"}, "school"),
        ({"title_nl": "a\0b"}, "title_nl"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(cast, as_, change, field):
    page = as_(cast.ada).post(f"{ROOM}nieuw/website/", filled(explanation_nl="Blijft staan", **change))

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "Blijft staan" in page.content.decode()


def test_markup_is_shown_as_it_was_typed(cast, as_):
    nasty = "<script>alert(1)</script>"
    page = as_(cast.ada).post(
        f"{ROOM}nieuw/website/", filled(title_nl=nasty, explanation_nl=nasty, short_label=nasty, places=nasty)
    )

    assert page.status_code == 200
    assert nasty not in page.content.decode()
    assert nasty in html.unescape(page.content.decode())


def test_other_words_show_old_and_new_and_what_it_does_before_they_are_fixed(cast, as_):
    papier, client = cast.purposes["papier"], as_(cast.ada)
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    url = f"{ROOM}papier/tekst/"
    with cast.acting():
        check = client.post(url, reworded(papier))
    text = words_of(check)
    assert check.status_code == 200
    assert "Papier (nl)" in text
    assert "Op papier, ook posters" in text
    assert check.context["ends"] == 1

    carried = hidden(check.content.decode(), url)
    assert client.post(url, carried).status_code == 303
    assert client.post(url, carried).status_code == 303

    with cast.acting():
        assert list(QuestionVersion.objects.filter(purpose=papier).values_list("number", flat=True)) == [1, 2]
    assert verdict(cast, cast.bo, papier) == Reason.REWORDED


def test_two_editors_at_once_the_second_one_sees_what_the_first_one_fixed(cast, as_):
    papier, url = cast.purposes["papier"], f"{ROOM}papier/tekst/"
    with cast.acting():
        mine, theirs = reworded(papier), reworded(papier, title_nl="Van Zoë")
    ada, zoe = as_(cast.ada), as_(cast.zoe)
    assert zoe.post(url, theirs | {"sure": "1"}).status_code == 303

    late = ada.post(url, mine | {"sure": "1"})

    assert late.status_code == 409
    assert "Van Zoë" in late.content.decode()
    assert "Op papier, ook posters" in late.content.decode()
    with cast.acting():
        assert papier.versions.count() == 2


def test_stopping_and_asking_apart_tell_first_what_they_do(cast, as_):
    client = as_(cast.ada)
    for act, slug in (("stop", "papier"), ("apart", "sociaal")):
        url = f"{ROOM}{slug}/{act}/"
        page = client.get(url)
        assert page.status_code == 200
        data = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.content.decode())[1]
            for name in ("key", "seen")
        }
        assert [client.post(url, data).status_code for _ in range(2)] == [303, 303]
        assert client.post(url, data | {"key": str(uuid.uuid4())}).status_code == 409
    with cast.acting():
        slugs = list(Purpose.objects.filter(is_active=True).values_list("slug", flat=True))
    assert slugs == ["besloten", "sociaal-photo", "sociaal-film", "sociaal-sound"]
    assert client.get(f"{ROOM}papier/tekst/").status_code == 404
    assert "papier" in words_of(client.get(ROOM)).lower()


def test_the_app_cannot_change_a_wording_that_was_fixed(cast):
    from django.db import transaction

    with cast.acting(), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        QuestionVersion.objects.update(is_material=False)


# -- twenty at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_answers_at_the_same_moment_for_one_child_are_all_kept_in_one_order():
    """UX: from real threads with connections of their own; the last one in the order is what holds."""
    cast = make_cast()
    start, failed = threading.Barrier(20, timeout=60), []
    values = [Value.YES, Value.NO] * 10

    def answer(number: int) -> None:
        guardian = (cast.amina, cast.erik)[number // 10]
        try:
            start.wait()
            say(cast, guardian, cast.noor, values[number], cast.purposes["papier"])
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert failed == []
    with cast.acting():
        rows = list(Answer.objects.order_by("entry_id"))
        assert len(rows) == 20
        for guardian in (cast.amina, cast.erik):
            own = [row for row in rows if row.guardian_id == guardian.id]
            assert [row.follows_id for row in own] == [None, *(row.id for row in own[:-1])]
            kept = LatestAnswer.objects.get(guardian=guardian)
            assert (kept.answer_id, kept.value) == (own[-1].id, own[-1].value)
        last = {row.guardian_id: row.value for row in rows}
        allowed = Value.NO not in last.values()
        purpose = purposes_in_use().get(slug="papier")
        found = state(known_pupils([cast.noor.id])[0].facts, policy_of(purpose, cast.home), current().today)
    assert found.is_allowed is allowed
