"""How far a round is: in all, day by day, per school and per group, and what needs somebody first (R7, UX-A8)."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.choices import Channel, RoundKind, RoundList, TaskKind, Value
from consent.domain.decide import Choice, decide
from consent.domain.entering import enter_form
from consent.domain.papers import print_forms, sheets_for
from consent.domain.progress import Progress, children_without_answer, progress_of, progress_per_group
from consent.domain.reminding import remind_now, silent_links
from consent.domain.rounds import start_round
from consent.domain.tasks import open_task
from consent.domain.work_lists import waiting_in
from consent.views.charts import bar, share_over_time
from consent.views.round_board import colleague_words, percent
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading
from ledger.models import ReadingRecord
from notices.models import Message
from schools.models import Guardianship, SchoolYear
from tests.cast import guardian, pupil, today, years_ago


def day(number: int):
    return today() + timedelta(days=number)


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(starts_on=day(-60), ends_on=day(120))
        cast.year.refresh_from_db()


def run_round(cast, schools=(), *, opens=-3, closes=14, remind_before=()):
    with cast.acting(now=timezone.now() + timedelta(days=min(opens, 0))):
        return start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=day(opens),
            closes_on=day(closes),
            remind_before=remind_before,
            schools=schools,
        ).round


def answer(cast, who, child, value=Value.NO):
    with cast.acting(Actor(ActorKind.GUARDIAN, who.id, "signed_in")):
        decide(
            guardian=who,
            choices=[Choice(child.id, cast.purposes["papier"].id, value)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def figures(cast, round_, **options):
    with cast.acting():
        found = progress_of(round_, **options)
        assert options or found.silent == silent_links(round_).count(), "the same set as who is reminded"
        return found


def also_parent(cast, who, child):
    with cast.acting():
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=who,
            pupil=child,
            authority="full",
            since=years_ago(9),
            source="test",
        )


def drawing(page: str, css: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(rf'<svg class="{css}".*?</svg>', page, re.S).group())


# The figures


def test_the_figures_move_with_every_answer_also_a_no_and_the_lowest_comes_first(cast):
    round_ = run_round(cast)
    before = figures(cast, round_)
    answer(cast, cast.erik, cast.noor, Value.NO)
    answer(cast, cast.karol, cast.bo, Value.YES)
    after = figures(cast, round_)

    assert (before.asked, before.answered) == (4, 0)
    assert (after.asked, after.answered, after.share) == (4, 2, 0.5)
    assert [(row.place.slug, row.answered, row.asked) for row in after.schools] == [
        ("de-haven", 0, 1),
        ("de-baken", 2, 3),
    ]
    with cast.acting():
        assert [(row.place.name, row.silent) for row in progress_per_group(round_)] == [("7B", 1), ("8A", 1)]


def test_an_answer_on_paper_counts_as_any_other(cast):
    round_ = run_round(cast)
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        pile = print_forms(sheets=sheets_for([cast.bo]), by=cast.olga)
        enter_form(
            form=pile.forms.get(),
            guardian=cast.karol,
            values={cast.purposes["papier"].id: Value.NO},
            signed_on=today(),
            by=cast.olga,
            scan=None,
        )

    assert figures(cast, round_).answered == 1


def test_a_day_by_day_line_of_what_was_asked_and_answered(cast):
    round_ = run_round(cast, opens=0)
    answer(cast, cast.erik, cast.noor)

    points = figures(cast, round_).points

    assert [(point.on, point.asked, point.answered) for point in points] == [(today(), 4, 1)]


def test_another_school_is_in_no_figure_of_a_director(cast):
    round_ = run_round(cast)
    answer(cast, cast.selin, cast.mila)

    found = figures(cast, round_, schools=[cast.beacon.id])

    assert (found.asked, found.answered) == (3, 0)
    assert [part.place.slug for part in found.schools] == ["de-baken"]


def test_a_parent_at_two_schools_counts_at_both_and_once_in_all(cast):
    also_parent(cast, cast.erik, cast.mila)
    round_ = run_round(cast)
    answer(cast, cast.erik, cast.noor)

    found = figures(cast, round_)

    assert (found.asked, found.answered) == (4, 1)
    assert {part.place.slug: (part.answered, part.asked) for part in found.schools} == {
        "de-baken": (1, 3),
        "de-haven": (1, 2),
    }


@pytest.mark.parametrize(
    ("asked", "done", "words"),
    [(4, 4, "inder|ewer"), (40, 3, "40"), (40, 38, "40"), (40, 20, "20")],
)
def test_of_colleagues_no_small_number_is_told(asked, done, words):
    said = colleague_words(Progress(None, 0, 0, 0, colleagues_asked=asked, colleagues_answered=done))

    assert re.search(words, said)
    assert not re.search(rf"\b({done}|{asked - done})\b", said) or done == 20


@pytest.mark.parametrize(("share", "shown"), [(0, 0), (0.001, 1), (0.5, 50), (0.999, 99), (1, 100)])
def test_a_hundred_percent_is_everybody_and_nought_is_nobody(share, shown):
    assert percent(share) == shown


# What needs somebody


def test_the_rows_count_who_is_unreachable_silent_and_in_conflict(cast):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
        lost = pupil(cast.group_8a, "Luus", "Alleen", years_ago(8))
    round_ = run_round(cast)
    with cast.acting():
        open_task(TaskKind.CONFLICT, pupil=cast.noor)
        found, elsewhere = waiting_in(round_), waiting_in(round_, schools=[cast.harbour.id])

    assert found.lists == {
        RoundList.UNREACHABLE: 1,
        RoundList.CAME_BACK: 0,
        RoundList.SILENT: 4,
        RoundList.NO_DECIDER: 1,
    }
    assert (found.conflicts, found.talks) == (1, 0)
    assert (elsewhere.lists[RoundList.UNREACHABLE], elsewhere.lists[RoundList.SILENT]) == (0, 1)
    assert elsewhere.conflicts == 0
    assert lost.id


def test_the_page_has_the_rows_first_and_each_leads_to_its_work(cast, as_):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
        open_task(TaskKind.TALK, pupil=cast.noor, guardian=cast.erik)
    round_ = run_round(cast)

    page = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/")

    assert [(row["count"], row["url"]) for row in page.context["actions"]] == [
        (1, f"/team/ronde/{round_.code}/werk/onbereikbaar/"),
        (4, f"/beheer/ronde/{round_.code}/herinnering/"),
        (1, "/team/taken/?soort=talk"),
    ]
    text = page.content.decode()
    assert text.index('id="acties"') < text.index('id="geheel"') < text.index('id="delen"')
    assert as_(cast.ada).get("/team/taken/?soort=talk").status_code == 200


def test_the_own_child_of_who_looks_is_in_no_row(cast, as_):
    with cast.acting():
        parent = guardian(cast.home, "Olga", "Werkt", [cast.bo], email=cast.olga.email)
    round_ = run_round(cast)

    page = as_(cast.olga).get(f"/directie/ronde/{round_.code}/")

    assert [row["count"] for row in page.context["actions"]] == [2], "not Karol, nor herself"
    assert page.context["progress"].asked == 4
    assert parent.id


# The drawings


def test_the_drawing_has_words_a_flag_per_reminder_and_the_table_says_the_same(cast, as_):
    round_ = run_round(cast)
    answer(cast, cast.erik, cast.noor)
    with cast.acting():
        remind_now(round_)
        Message.objects.filter(kind="consent/reminder").update(state="sent", sent_at=timezone.now())

    page = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/")
    svg = drawing(page.content.decode(), "chart")

    assert svg.attrib["role"] == "img"
    assert svg.find("title").text
    assert "25%" in svg.find("desc").text
    assert len([one for one in svg if one.attrib.get("class") == "chart-flag"]) == 1
    rows = page.context["days"]
    assert [(row["on"], row["asked"], row["answered"]) for row in rows] == [(day(-3), 4, 0), (today(), 4, 1)]
    assert (rows[-1]["percent"], page.context["percent"]) == (25, 25)
    assert [(one.number, one.on, one.parents) for one in page.context["reminded"]] == [(1, today(), 3)]


def test_a_bar_is_as_long_as_its_row_in_the_table(cast, as_):
    round_ = run_round(cast)
    answer(cast, cast.erik, cast.noor)
    answer(cast, cast.selin, cast.mila)

    page = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/?school=de-baken").content.decode()
    bars = [ElementTree.fromstring(svg) for svg in re.findall(r'<svg class="bar".*?</svg>', page, re.S)][1:]
    table = re.search(r'id="delen-tabel".*?</table>', page, re.S).group()
    shares = [int(found) for found in re.findall(r"(\d+)%", table)]

    assert [round(float(one.findall("rect")[1].attrib["width"])) for one in bars] == shares == [33, 100, 33]
    assert all(one.attrib["role"] == "img" and one.find("title").text for one in bars)


def test_a_name_with_markup_is_a_name(cast, as_):
    with cast.acting():
        cast.beacon.name = '<script>alert("x")</script>'
        cast.beacon.save()
    round_ = run_round(cast)

    page = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/?school=de-baken").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_drawing_is_well_formed_whatever_the_words():
    shares = [(date(2026, 9, 1), 0.0), (date(2026, 9, 2), 1.5), (date(2026, 9, 3), -1.0)]
    words = {"title": "<b>&", "words": '"', "first": "</svg>", "last": "]]>"}
    svg = ElementTree.fromstring(share_over_time(shares, [(date(2026, 9, 2), "<i>")], **words))

    assert [one.tag for one in svg][:2] == ["title", "desc"]
    assert share_over_time([], [], **words) == ""
    assert "style" not in bar(0.5, title="x")


# The pages


def test_what_moves_is_asked_by_the_page_itself_while_the_round_runs(cast, as_):
    round_ = run_round(cast)
    client, url = as_(cast.ada), f"/beheer/ronde/{round_.code}/"
    assert f'hx-get="{url}"' in client.get(url).content.decode()

    before = client.get(url, headers={"HX-Request": "true"}).content.decode()
    answer(cast, cast.erik, cast.noor)
    after = client.get(url, headers={"HX-Request": "true"}).content.decode()

    parts = ("stand", "acties", "geheel", "dagen", "herinneringen", "delen", "delen-tabel")
    assert all(before.count(f'id="{part}"') == 1 for part in parts)
    assert "<html" not in before
    assert "25%" in after
    assert "25%" not in before


def test_a_round_that_is_over_stands_still(cast, as_):
    round_ = run_round(cast, opens=-9, closes=-1)

    assert "hx-get" not in as_(cast.ada).get(f"/beheer/ronde/{round_.code}/").content.decode()


def test_the_figures_as_a_file_compute_nothing(cast, as_):
    with cast.acting():
        cast.group_8a.name = "=1+1"
        cast.group_8a.save()
        cast.beacon.name = '@SUM("A1")'
        cast.beacon.save()
    round_ = run_round(cast)
    answer(cast, cast.erik, cast.noor)

    sent = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/cijfers.csv")
    lines = sent.content.decode("utf-8-sig").splitlines()

    assert sent.content.startswith(b"\xef\xbb\xbf")
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "De Haven;7B;1;0;1;0" in lines
    assert '"\'@SUM(""A1"")";\'=1+1;3;1;2;33' in lines
    assert not any(cell.strip('"').startswith(("=", "@")) for line in lines for cell in line.split(";"))


def test_a_director_sees_the_own_school_and_no_name_of_another(cast, as_):
    round_ = run_round(cast)
    client = as_(cast.ria)

    for url in (
        "/directie/ronde/",
        f"/directie/ronde/{round_.code}/",
        f"/directie/ronde/{round_.code}/cijfers.csv",
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert "De Haven" not in page.content.decode()
    assert "8A" in client.get(f"/directie/ronde/{round_.code}/").content.decode()


def test_a_round_of_another_school_or_about_colleagues_is_not_there(cast, as_):
    elsewhere = run_round(cast, [cast.harbour])
    client = as_(cast.ria)
    assert client.get(f"/directie/ronde/{elsewhere.code}/").status_code == 404

    with cast.acting():
        type(elsewhere).objects.update(kind=RoundKind.STAFF)
    assert as_(cast.els).get("/team/ronde/").context["rounds"] == []


def test_a_teacher_sees_the_own_group_with_the_children_nobody_answered_for(cast, as_):
    round_ = run_round(cast)
    answer(cast, cast.erik, cast.noor)

    page = as_(cast.joost).get("/team/ronde/")

    (row,) = page.context["rounds"][0]["groups"]
    assert (row["group"].name, row["part"]["answered"], row["part"]["asked"]) == ("8A", 1, 3)
    assert row["children"] == ["Bo Ł.", "Sam Y."]
    assert "Łuczak" not in page.content.decode()
    assert not re.search(r"\b7B\b", page.content.decode())
    with cast.acting():
        seen = ReadingRecord.objects.filter(what=Reading.CONSENT_STATE, actor_id=cast.joost.id).latest("id")
        assert seen.subject_ids == sorted([cast.bo.id, cast.sam.id])
        found = children_without_answer([round_], [cast.group_8a.id], [cast.bo.id])
        assert found == {(round_.id, cast.group_8a.id): [cast.sam]}


@pytest.mark.parametrize("more", [1, 12])
def test_the_pages_cost_the_same_however_many_groups_and_parents(cast, as_, more):
    with cast.acting():
        for number in range(more):
            child = pupil(cast.group_8a, f"Kind{number}", "Veel", years_ago(9))
            guardian(cast.home, f"Ouder{number}", "Veel", [child], email="" if number % 2 else None)
    round_ = run_round(cast)

    def statements(who, url) -> int:
        client = as_(who)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        frame = ("SAVEPOINT", "RELEASE", "SELECT set_config", "INSERT INTO ledger_reading")
        return sum(not query["sql"].startswith(frame) for query in seen.captured_queries)

    work = f"/team/ronde/{round_.code}/werk/geen-antwoord/"
    assert {
        "ada": statements(cast.ada, f"/beheer/ronde/{round_.code}/"),
        "ria": statements(cast.ria, f"/directie/ronde/{round_.code}/"),
        "joost": statements(cast.joost, "/team/ronde/"),
        "olga": statements(cast.olga, work),
    } == {"ada": 22, "ria": 20, "joost": 11, "olga": 17}
