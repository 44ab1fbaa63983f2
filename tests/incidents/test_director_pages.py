"""The handler's pages: list, file, acts, and that nobody else sees anything of it."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from incidents.choices import About, Category, Move, PersonPart, State
from incidents.domain.handle import add_person, answer_reporter, move, open_case
from incidents.domain.measures import decide_measure, propose_measure
from incidents.domain.report import ReportWords, make_report
from incidents.domain.routing import RowWords, set_routing
from incidents.models import Attachment, Case, Contact, Measure
from incidents.pictures import Picture
from incidents.querysets import timeline
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading
from policies.choices import Audience, Shape, Weight
from policies.domain.ladders import RungWords, set_ladder
from policies.querysets import ladder_on
from schools.choices import RoleName
from tests.cast import school, staff, today
from tests.consent.test_staff import readings, statements

SECRET = "Ze noemt Noor elke dag walvis"
SCRIPT = "<script>alert(1)</script> 🐋 <b>vet</b>"


@pytest.fixture
def ground(cast):
    """Ria receives everything, the board what is about her; pupils have a ladder of three steps."""
    with cast.acting():
        set_routing([RowWords(role=RoleName.BOARD, about=About.DIRECTOR), RowWords(role=RoleName.DIRECTOR)])
        set_ladder(
            audience=Audience.PUPILS,
            shape=Shape.STEPS,
            in_force_on=today() - timedelta(days=300),
            rungs=[
                RungWords("Gesprek", RoleName.DIRECTOR, "Met de leerling", parents_are_told=False),
                RungWords("Telefoon inleveren", RoleName.DIRECTOR, weight=Weight.CONFISCATION),
                RungWords("Schorsing", RoleName.BOARD, weight=Weight.SUSPENSION),
            ],
        )
        cast.marit = staff(cast.home, "Marit", RoleName.DIRECTOR, school=cast.harbour)
    return cast


def reported(cast, *, at_school=None, pictures=(), **words) -> Case:
    words = {"category": Category.BULLYING, "what": SECRET, "about": About.PUPIL, "who": "Bo"} | words
    with cast.acting(Actor(ActorKind.NOBODY)):
        return make_report(
            school=at_school or cast.beacon, words=ReportWords(**words), pictures=pictures
        ).case


def as_ria(cast, **options):
    return cast.acting(Actor(ActorKind.STAFF, cast.ria.id, "director"), **options)


def opened(cast, **words) -> Case:
    case = reported(cast, **words)
    with as_ria(cast):
        open_case(case)
    return case


def handled(cast, **words) -> Case:
    case = opened(cast, **words)
    with as_ria(cast):
        return move(case, move=Move.HANDLE)


def with_bo(cast, case):
    with as_ria(cast):
        return add_person(case, part=PersonPart.ACCUSED, pupil=cast.bo)


def proposed(cast, case, person, position: int = 2) -> Measure:
    with as_ria(cast):
        rung = ladder_on(Audience.PUPILS, today()).rungs.get(position=position)
        return propose_measure(case, person=person, rung=rung, reason="Al drie keer gewaarschuwd")


def url(case: Case, rest: str = "") -> str:
    return f"/directie/melding/{case.code}/{rest}"


def key() -> str:
    return str(uuid.uuid4())


def send(client, address: str, **data):
    return client.post(address, {"key": key(), **data})


def state_of(cast, case: Case) -> str:
    with as_ria(cast):
        return Case.objects.get(id=case.id).state


def lines_of(cast, case: Case) -> list[tuple[str, str]]:
    with as_ria(cast):
        return [(line.kind, line.text) for line in timeline(case)]


def words_on(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


# The list


def test_an_empty_list_has_one_sentence_and_one_way_on(ground, as_):
    page = as_(ground.ria).get("/directie/")
    assert page.status_code == 200
    assert page.content.decode().count('class="empty"') == 1
    assert page.context["cases"] == []


def test_what_is_late_comes_first_and_says_so_in_words(ground, as_):
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=False):
        late = reported(ground)
    fresh = reported(ground)
    page = as_(ground.ria).get("/directie/")
    rows = page.context["cases"]
    assert [row["code"] for row in rows] == [late.code, fresh.code]
    assert [row["is_late"] for row in rows] == [True, False]
    assert page.content.decode().count('tag-no"><svg') == 1


def test_no_name_and_no_word_of_a_report_stands_in_the_list(ground, as_):
    case = handled(ground)
    with_bo(ground, case)
    page = as_(ground.ria).get("/directie/").content.decode()
    assert case.code in page
    assert not [word for word in ("Noor", "Łuczak", "walvis", ">Bo<") if word in page]


def test_closed_ones_stand_apart_and_a_code_finds_both(ground, as_):
    case = opened(ground)
    with as_ria(ground):
        answer_reporter(case, text="We praten met Bo")
        move(case, move=Move.CLOSE, reason="Klaar")
    client = as_(ground.ria)
    assert client.get("/directie/").context["cases"] == []
    assert [row["code"] for row in client.get("/directie/?toon=gesloten").context["cases"]] == [case.code]
    found = client.get("/directie/", {"code": f" {case.code.lower()} "}).context
    assert [row["code"] for row in found["cases"]] == [case.code]
    assert client.get("/directie/", {"code": "NIETS\0%"}).context["cases"] == []


def test_the_list_is_a_reading(ground, as_):
    case = reported(ground)
    as_(ground.ria).get("/directie/")
    assert (Reading.CASE_LIST, [case.number], "director") in readings(ground)


def test_the_list_costs_the_same_for_one_case_and_for_three(ground, as_):
    client = as_(ground.ria)
    reported(ground)
    client.get("/directie/")
    one = statements(client, "/directie/")
    reported(ground)
    handled(ground)
    assert statements(client, "/directie/") == one


# Opening, and who else


def test_before_it_is_opened_nothing_of_the_content_is_shown_and_looking_changes_nothing(ground, as_):
    case = reported(ground)
    page = as_(ground.ria).get(url(case))
    assert page.status_code == 200
    assert "walvis" not in page.content.decode()
    assert state_of(ground, case) == State.RECEIVED
    assert as_(ground.ria).get(url(case, "notitie/")).status_code == 404


def test_opening_is_a_post_and_the_reporter_sees_that_it_was_read(ground, as_):
    case = reported(ground)
    client = as_(ground.ria)
    assert client.get(url(case, "opening/")).status_code == 405
    for _again in range(3):
        assert client.post(url(case, "opening/")).status_code == 303
    assert state_of(ground, case) == State.TRIAGED
    assert [kind for kind, _text in lines_of(ground, case)].count("opened") == 1
    assert SECRET in client.get(url(case)).content.decode()


def test_the_reading_is_written_down_with_every_look(ground, as_):
    case = opened(ground)
    client = as_(ground.ria)
    before = readings(ground).count((Reading.CASE_FILE, [case.number], "director"))
    client.get(url(case))
    client.get(url(case, "antwoord/"))
    assert readings(ground).count((Reading.CASE_FILE, [case.number], "director")) == before + 2


@pytest.mark.parametrize("name", ["marit", "joost", "fatima", "henk", "ada"])
def test_a_case_of_somebody_else_does_not_exist(ground, as_, name):
    case = opened(ground)
    client = as_(getattr(ground, name))
    assert client.get(url(case)).status_code == 404
    assert send(client, url(case, "notitie/"), text="Ik ook").status_code == 404
    assert case.code not in client.get("/directie/").content.decode()


def test_who_it_is_about_sees_nothing_and_the_board_does(ground, as_):
    case = reported(ground, about=About.DIRECTOR, who="Ria Werkt")
    assert as_(ground.ria).get(url(case)).status_code == 404
    assert as_(ground.ria).get("/directie/").context["counts"] == {"open": 0, "closed": 0}
    assert as_(ground.henk).get(url(case)).status_code == 200


# The file


def test_the_file_shows_the_report_the_next_step_and_the_newest_line_first(ground, as_):
    case = handled(ground, happened_on=today(), where_when="In de app")
    client = as_(ground.ria)
    send(client, url(case, "notitie/"), text="Eerste notitie")
    send(client, url(case, "notitie/"), text="Tweede notitie")
    page = client.get(url(case))
    text = words_on(page)
    assert SECRET in text
    assert "In de app" in text
    assert text.index("Tweede notitie") < text.index("Eerste notitie")
    assert "Ria Werkt" in text
    assert page.context["step"]["due"]


def test_the_file_costs_the_same_for_one_person_and_for_three(ground, as_):
    case = handled(ground)
    with_bo(ground, case)
    client = as_(ground.ria)
    client.get(url(case))
    one = statements(client, url(case))
    with as_ria(ground):
        add_person(case, part=PersonPart.AFFECTED, pupil=ground.noor)
        add_person(case, part=PersonPart.ACCUSED, pupil=ground.sam)
    assert statements(client, url(case)) == one


def test_markup_and_script_are_text_in_every_field(ground, as_):
    case = handled(ground, what=SCRIPT, who=SCRIPT, where_when=SCRIPT)
    client = as_(ground.ria)
    send(client, url(case, "notitie/"), text=SCRIPT)
    send(client, url(case, "antwoord/"), text=SCRIPT)
    send(client, url(case, "betrokkene/"), name=SCRIPT, part="witness")
    page = client.get(url(case)).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 6


def test_a_picture_is_streamed_so_that_nothing_in_it_can_run(ground, as_):
    shown = b"\xff\xd8\xff shown"
    case = reported(ground, pictures=[Picture("image/jpeg", shown, b"original", "mark")])
    client = as_(ground.ria)
    assert client.get(url(case, "foto/1/")).status_code == 404
    client.post(url(case, "opening/"))
    answer = client.get(url(case, "foto/1/"))
    assert answer.content == shown
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(url(case, "foto/2/")).status_code == 404
    assert as_(ground.marit).get(url(case, "foto/1/")).status_code == 404


def test_what_is_no_known_picture_is_only_downloaded(ground, as_):
    case = opened(ground, pictures=[Picture("image/svg+xml", b"<svg/>", b"<svg/>", "mark")])
    answer = as_(ground.ria).get(url(case, "foto/1/"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with as_ria(ground):
        assert Attachment.objects.filter(case=case).count() == 1


# Notes, answers, people


def test_a_note_sent_ten_times_is_one_note(ground, as_):
    case, client, form_key = handled(ground), as_(ground.ria), key()
    for _again in range(10):
        answer = client.post(url(case, "notitie/"), {"key": form_key, "text": "Gebeld"})
        assert (answer.status_code, answer.headers["Location"]) == (303, url(case))
    client.post(url(case, "notitie/"), {"key": form_key, "text": "Nog eens gebeld"})
    assert [text for kind, text in lines_of(ground, case) if kind == "note"] == ["Gebeld", "Nog eens gebeld"]


def test_a_correction_is_added_and_the_note_stays(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    send(client, url(case, "notitie/"), text="Bo was er")
    where = re.search(rf"{url(case, 'notitie/')}[0-9a-f-]{{36}}/", client.get(url(case)).content.decode())[0]
    assert "Bo was er" in client.get(where).content.decode()
    assert send(client, where, text="Bo was er niet").status_code == 303
    assert [pair for pair in lines_of(ground, case) if pair[0] in ("note", "correction")] == [
        ("note", "Bo was er"),
        ("correction", "Bo was er niet"),
    ]


@pytest.mark.parametrize(
    ("page", "field"), [("notitie/", "text"), ("antwoord/", "text"), ("overdracht/", "reason")]
)
def test_a_refused_form_keeps_what_was_typed(ground, as_, page, field):
    case, client = handled(ground), as_(ground.ria)
    long = "woord " * 1000
    answer = send(client, url(case, page), **{field: long})
    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    assert send(client, url(case, page), **{field: ""}).status_code == 422
    assert "data-error-summary" in client.post(url(case, page), {field: "Zonder sleutel"}).content.decode()


def test_the_answer_is_for_the_reporter_and_refused_once_it_is_closed(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    assert send(client, url(case, "antwoord/"), text="We zijn bezig").status_code == 303
    assert send(client, url(case, "stap/sluiting/"), seen="handling", reason="Klaar").status_code == 303
    assert state_of(ground, case) == State.CLOSED
    late = send(client, url(case, "antwoord/"), text="Nog iets")
    assert late.status_code == 422
    assert "Nog iets" in late.content.decode()


def test_somebody_of_the_school_is_found_by_name_and_nobody_of_another(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    found = client.get(url(case, "betrokkene/"), {"q": "bo"}).content.decode()
    assert f"p-{ground.bo.code}" in found
    assert ground.mila.code not in client.get(url(case, "betrokkene/"), {"q": "mila"}).content.decode()
    assert f"s-{ground.joost.code}" in client.get(url(case, "betrokkene/"), {"q": "joo"}).content.decode()
    answer = send(client, url(case, "betrokkene/"), q="bo", who=f"p-{ground.bo.code}", part="accused")
    assert answer.status_code == 303
    assert "Bo Łuczak" in client.get(url(case)).content.decode()
    assert (Reading.PEOPLE_SEARCH, [ground.bo.id], "director") in readings(ground)


@pytest.mark.parametrize("sent", [{}, {"name": "  "}, {"name": "x" * 121}, {"name": "🐋"}, {"part": "boss"}])
def test_somebody_who_is_nobody_is_refused(ground, as_, sent):
    case = handled(ground)
    data = {"part": "witness"} | ({"name": "Iemand"} if "part" in sent else {}) | sent
    assert send(as_(ground.ria), url(case, "betrokkene/"), **data).status_code == 422


# Measures and parents


def test_from_the_ladder_to_in_force_and_parents_first(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    bo = with_bo(ground, case)
    choose = url(case, f"betrokkene/{bo.id}/maatregel/")
    page = client.get(choose).content.decode()
    assert page.count('type="radio"') == 3
    assert send(client, choose, rung="leerlingen-2", reason="Drie keer gewaarschuwd").status_code == 303
    with as_ria(ground):
        measure = Measure.objects.get(case=case)
    decide, enforce = (url(case, f"maatregel/{measure.id}/{act}/") for act in ("besluit", "ingang"))
    assert client.get(decide).status_code == 200
    assert send(client, decide).status_code == 303
    refused = send(client, enforce)
    assert refused.status_code == 422
    assert "data-error-summary" in refused.content.decode()

    told = url(case, f"betrokkene/{bo.id}/ouders/")
    log = {"guardian": ground.karol.code, "way": "call", "note": "Voicemail"}
    assert send(client, told, **log, reply="none").status_code == 303
    assert send(client, enforce).status_code == 422
    assert send(client, told, **log, reply="answered").status_code == 303
    assert send(client, enforce).status_code == 303
    assert state_of(ground, case) == State.IN_FORCE


def test_a_mail_waits_until_it_is_delivered_and_only_then_counts(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    bo = with_bo(ground, case)
    with as_ria(ground):
        decide_measure(proposed(ground, case, bo))
    mail = url(case, f"betrokkene/{bo.id}/mail/")
    assert client.get(mail).status_code == 405
    assert send(client, mail, guardian=ground.amina.code).status_code == 404
    for _again in range(2):
        assert send(client, mail, guardian=ground.karol.code).status_code == 303
    with as_ria(ground):
        assert Contact.objects.filter(case=case).count() == 1
    assert client.get(url(case)).context["people"][0]["told"]["tag"] == "wait"
    assert client.get(url(case)).context["step"]["url"] == url(case, f"betrokkene/{bo.id}/ouders/")


def test_a_heavy_measure_is_never_decided_by_a_button(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    measure = proposed(ground, case, with_bo(ground, case), position=3)
    page = client.get(url(case, f"maatregel/{measure.id}/besluit/")).content.decode()
    assert "/besluit/" not in "".join(re.findall(r'action="[^"]*"', page))
    assert send(client, url(case, f"maatregel/{measure.id}/besluit/")).status_code == 422


def test_without_a_ladder_the_page_says_so(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    with as_ria(ground):
        joost = add_person(case, part=PersonPart.ACCUSED, staff_member=ground.joost)
    page = client.get(url(case, f"betrokkene/{joost.id}/maatregel/"))
    assert page.content.decode().count('class="empty"') == 1
    assert (
        send(client, url(case, f"betrokkene/{joost.id}/maatregel/"), rung="x", reason="y").status_code == 422
    )


def test_things_of_another_case_do_not_exist_in_this_one(ground, as_):
    mine, other = handled(ground), handled(ground)
    bo = with_bo(ground, other)
    measure = proposed(ground, other, bo)
    client = as_(ground.ria)
    for rest in (
        f"betrokkene/{bo.id}/ouders/",
        f"betrokkene/{bo.id}/maatregel/",
        f"maatregel/{measure.id}/besluit/",
    ):
        assert client.get(url(mine, rest)).status_code == 404


# Moves, two at once, giving away


def test_a_move_asks_a_reason_and_what_is_off_says_why(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    off = {row["label"]: row["why_not"] for row in client.get(url(case)).context["moves_off"]}
    assert any(off.values())
    assert send(client, url(case, "stap/wachten/"), seen="handling", reason="").status_code == 422
    assert (
        send(client, url(case, "stap/wachten/"), seen="handling", reason="Ouders bellen terug").status_code
        == 303
    )
    assert state_of(ground, case) == State.WAITING
    assert client.get(url(case, "stap/onzin/")).status_code == 404
    assert client.get(url(case, "stap/heropening/")).status_code == 404
    assert send(client, url(case, "stap/heropening/"), seen="waiting", reason="Toch").status_code == 422
    assert send(client, url(case, "stap/vervolg/"), seen="waiting").status_code == 303
    assert state_of(ground, case) == State.HANDLING


def test_when_somebody_moved_it_meanwhile_the_page_says_so_and_keeps_the_words(ground, as_):
    case, client = handled(ground), as_(ground.ria)
    with as_ria(ground):
        move(case, move=Move.WAIT, reason="Collega was eerst")
    answer = send(client, url(case, "stap/intrekking/"), seen="handling", reason="De melder vroeg het")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "De melder vroeg het" in page
    assert 'name="seen" value="waiting"' in page
    assert state_of(ground, case) == State.WAITING
    again = send(client, url(case, "stap/intrekking/"), seen="waiting", reason="De melder vroeg het")
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("page", "data"),
    [("overdracht/", {"reason": "Past beter"}), ("terugtrekking/", {"reason": "Mijn buurkind"})],
)
def test_who_gives_it_away_is_warned_first_and_sees_nothing_afterwards(ground, as_, page, data):
    with ground.acting():
        toon = staff(ground.home, "Toon", RoleName.DIRECTOR, school=ground.beacon)
        case = opened(ground)
    client, form_key = as_(ground.ria), key()
    data = {"key": form_key, **data} | ({"colleague": ground.fatima.code} if page == "overdracht/" else {})
    assert "panel-warn" in client.get(url(case, page)).content.decode()
    for _again in range(2):
        answer = client.post(url(case, page), data)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/directie/")
    assert client.get(url(case)).status_code == 404
    assert client.post(url(case, page), {**data, "key": key()}).status_code == 404
    heir = ground.fatima if page == "overdracht/" else toon
    assert as_(heir).get(url(case)).status_code == 200


# A spoken report


SPOKEN = {
    "reporter_kind": "pupil",
    "name": "",
    "category": "bullying",
    "about": "pupil",
    "who": "Bo",
    "happened_on": "",
    "what": "Noor kwam het vertellen in de pauze",
}


def test_only_who_may_write_down_a_talk_is_led_there(cast, as_):
    page = "/directie/melding/nieuw/"

    assert page in as_(cast.ria).get("/directie/").content.decode()
    assert page not in as_(cast.ada).get("/directie/").content.decode()
    assert as_(cast.ada).get(page).status_code == 403


def test_a_spoken_report_is_written_down_and_leads_to_its_file(ground, as_):
    client, form_key = as_(ground.ria), key()
    page = client.get("/directie/melding/nieuw/")
    assert f'value="{today():%Y-%m-%d}"' in page.content.decode()
    data = {"key": form_key, "school": ground.beacon.slug, **SPOKEN}
    places = {client.post("/directie/melding/nieuw/", data).headers["Location"] for _again in range(3)}
    with as_ria(ground):
        [case] = Case.objects.all()
    assert places == {url(case)}
    client.post(url(case, "opening/"))
    assert "in de pauze" in client.get(url(case)).content.decode()


def test_a_spoken_report_about_who_writes_it_goes_to_somebody_else_and_shows_nothing(ground, as_):
    client = as_(ground.ria)
    data = {"school": ground.beacon.slug, **SPOKEN, "about": "director", "who": "Ria Werkt"}
    answer = send(client, "/directie/melding/nieuw/", **data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/directie/melding/doorgegeven/")
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get("/directie/").context["counts"] == {"open": 0, "closed": 0}
    assert as_(ground.henk).get("/directie/").context["counts"]["open"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": ""},
        {"category": "x"},
        {"school": "de-haven"},
        {"happened_on": "31-02-2026"},
        {"what": "x" * 5001},
    ],
)
def test_a_spoken_report_that_does_not_fit_is_told_and_kept(ground, as_, wrong):
    data = {"school": ground.beacon.slug, **SPOKEN, "name": "Typte ik al"} | wrong
    answer = send(as_(ground.ria), "/directie/melding/nieuw/", **data)
    assert answer.status_code == 422
    assert "Typte ik al" in answer.content.decode()


def test_a_day_to_come_is_refused(ground, as_):
    data = {"school": ground.beacon.slug, **SPOKEN, "happened_on": str(today() + timedelta(days=1))}
    assert send(as_(ground.ria), "/directie/melding/nieuw/", **data).status_code == 422


def test_the_office_and_other_schools_have_no_such_room(ground, as_):
    assert as_(ground.olga).get("/directie/").status_code == 404
    assert as_(ground.olga).get("/directie/melding/nieuw/").status_code == 403
    with ground.acting():
        school(ground.home, "de-kade", "De Kade", "99AC")
    options = as_(ground.ria).get("/directie/melding/nieuw/").content.decode()
    assert "de-kade" not in options
