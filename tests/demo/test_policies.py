"""The five foundations: a protocol of their own in force, their council, summaries, measures and who gets what."""

import re
from datetime import date
from itertools import pairwise

import pytest

from incidents.choices import About, Category, EventKind, ReporterKind, Wish
from incidents.choices import State as CaseState
from incidents.domain.receivers import receivers
from incidents.models import Case, RoutingRow
from incidents.querysets import timeline
from incidents.rules import ReportFacts
from ledger.acting import SCHOOL_TIME, Actor, acting
from ledger.choices import ActorKind
from opmaat_portal.demo.policies import CONCEPT_NUMBER, TEXT_PLANS, TEXTS
from opmaat_portal.demo.routing import TABLES
from opmaat_portal.demo.vacations import ADVISED
from policies.choices import Audience, BlockKind, Outcome, Shape, State
from policies.domain.reading import read_file
from policies.domain.text import facts_of
from policies.models import Document, Ladder, Protocol, Version
from policies.querysets import (
    decision_of,
    for_readers,
    ladder_on,
    older_versions,
    summary_text,
    version_in_force,
)
from policies.rules import state_on
from schools.choices import HolidayRegion, RoleName
from schools.models import Foundation, Role, School, SchoolYear, Vacation

SLUGS = sorted(TEXT_PLANS)
FILES = sorted(path.name for path in TEXTS.glob("*.md"))
AUDIENCES = [str(audience) for audience in Audience]
# A word of the article that meets the need (docs/foundations.md); each must stand in the foundation's own text.
NEEDS = {
    "opmaat": (
        "aanvulling", "samenvatting", "pagina van {school}", "Bijlage", "inschrijving", "Elk schooljaar",
        "op papier", "alleen voor ouders", "voor iedereen", "portret", "Verenigde Staten",
        "aan die collega",
        "voornaam", "leraar van je groep", "bouwcoördinator", "logo", "verantwoordelijk", "in het bestand",
    ),
    "sevenwolden": (
        "docenten", "schoolleiding", "te horen", "privéaccount", "schorsing", "staande voet",
        "doet {stichting} aangifte", "eigen mening", "leidinggevende",
    ),
    "konot": (
        "lijst bij van alle accounts", "kernwaarden", "Tien richtlijnen", "wie het veranderd heeft", "Twijfel je",
        "verrast", "mede namens {stichting}", "ook {school}",
    ),
    "borger-odoorn": ("Leren", "Contact houden", "Laten zien", "parkeren", "in het echt", "Goed om te weten"),
    "lankforst": (
        "onherkenbaar", "avondvierdaagse", "AI", "nepaccount", "in de tas", "tot een leerling 16 jaar is",
        "naar de politie", "gedragscode", "schoolleiding", "Iedereen mag melden", "7 november 2024",
    ),
}  # fmt: skip


def words_in(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8")


# -- the texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_each_text_reads_as_chapters_with_numbered_articles(name):
    text = read_file(name, words_in(name).encode())
    kinds = [block.kind for chapter in text.chapters for block in chapter.blocks]
    numbers = [[b.number for b in c.blocks if b.kind == BlockKind.ITEM] for c in text.chapters]

    assert 6 <= len(text.chapters) <= 10
    assert kinds.count(BlockKind.DO) == kinds.count(BlockKind.DONT) >= 5
    assert all(row == [str(place) for place in range(1, len(row) + 1)] for row in numbers)
    assert set(kinds) == {BlockKind.ITEM, BlockKind.DO, BlockKind.DONT}


@pytest.mark.parametrize(("slug", "word"), [(slug, word) for slug, words in NEEDS.items() for word in words])
def test_what_the_foundation_needs_stands_in_its_text(slug, word):
    assert word in words_in(f"{slug}.md")


@pytest.mark.parametrize("path", sorted(TEXTS.rglob("*.md")), ids=lambda path: path.name)
def test_only_the_two_variables_and_short_sentences(path):
    words = path.read_text(encoding="utf-8")
    sentences = [s.split() for s in re.split(r"[.!?|\n]", words) if s.strip()]

    assert set(re.findall(r"\{\w+\}", words)) <= {"{school}", "{stichting}"}
    assert max(len(sentence) for sentence in sentences) <= 28
    assert sum(len(s) for s in sentences) / len(sentences) <= 12


# -- in force ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_own_text_is_in_force_from_before_the_portal(demo, slug):
    plan = TEXT_PLANS[slug][-1]
    with demo.acting(slug) as act:
        version = version_in_force(act.today)

        assert Protocol.objects.count() == 1
        assert (version.number, version.in_force_on) == (plan.number, plan.in_force_on)
        assert version.frozen_at is not None
        assert decision_of(version).outcome == plan.outcome


@pytest.mark.parametrize("slug", SLUGS)
def test_readers_see_the_names_of_their_school(demo, slug):
    with demo.acting(slug) as act:
        foundation, school = Foundation.objects.get(slug=slug), School.objects.first()
        text = for_readers(version_in_force(act.today).frozen.text, foundation, school)
        read = " ".join(b["text"] for c in text["chapters"] for b in c["blocks"])

        assert school.name in read
        assert "{" not in read


def test_sevenwolden_prints_consent_and_revision(demo):
    with demo.acting("sevenwolden") as act:
        version = version_in_force(act.today)
        [first] = older_versions(act.today)
        decision = decision_of(version)

        assert (decision.outcome, decision.decided_on) == (Outcome.CONSENT, date(2012, 5, 29))
        assert (first.in_force_on, version.in_force_on) == (date(2012, 5, 29), date(2016, 10, 24))
        assert "24 oktober 2016" in decision.minutes


def test_opmaat_has_a_concept_that_waits_for_the_council(demo):
    with demo.acting() as act:
        concept = Version.objects.get(number=CONCEPT_NUMBER)
        current = version_in_force(act.today)

        assert state_on(facts_of(concept), act.today) == State.CONCEPT
        assert decision_of(concept).outcome == Outcome.NOT_DECIDED
        assert concept.copied_from == current
        kept = set(current.chapters.values_list("key", flat=True))
        assert kept == set(concept.chapters.values_list("key", flat=True))
        assert "met AI" not in str(current.frozen.text)
        assert concept.chapters.filter(blocks__text__contains="met AI").exists()


@pytest.mark.parametrize("slug", SLUGS)
def test_documents_are_asked_for_every_school_in_use(demo, slug):
    with demo.acting(slug) as act:
        version, schools = version_in_force(act.today), School.objects.count()
        asked = Document.objects.filter(version=version)

        assert asked.filter(kind="protocol").count() == schools
        assert asked.filter(kind="summary").count() == schools * len(AUDIENCES)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_there_is_a_summary_for_everybody(demo, slug, audience):
    with demo.acting(slug) as act:
        for school in School.objects.order_by("id"):
            text = summary_text(version_in_force(act.today), school, audience)

            assert len(text) > 200
            assert "{" not in text
            # Parents are called u, pupils and staff je.
            assert bool(re.search(r"\b(u|uw)\b", text, re.IGNORECASE)) == (audience == Audience.PARENTS)


def test_one_school_wrote_its_own_summary(demo):
    with demo.acting() as act:
        version = version_in_force(act.today)
        own, other = (
            summary_text(version, School.objects.get(slug=slug), Audience.PUPILS)
            for slug in ("de-windroos", "de-klimroos")
        )

        assert "telefoonkast" in own
        assert "telefoonkast" not in other


# -- measures ---------------------------------------------------------------------------------------


def test_the_measures_are_steps_a_range_an_empty_list_or_none(demo):
    found = {}
    for slug in SLUGS:
        with demo.acting(slug) as act:
            ladder = ladder_on(Audience.PUPILS, act.today)
            found[slug] = ladder and (str(ladder.shape), ladder.rungs.count())

    assert found == {
        "opmaat": (Shape.STEPS, 5),
        "sevenwolden": (Shape.RANGE, 3),
        "konot": None,
        "borger-odoorn": (Shape.STEPS, 0),
        "lankforst": (Shape.STEPS, 7),
    }


def test_sevenwolden_has_a_range_for_staff_and_for_parents(demo):
    with demo.acting("sevenwolden") as act:
        staff, parents = (ladder_on(audience, act.today) for audience in (Audience.STAFF, Audience.PARENTS))

        assert [rung.name for rung in staff.rungs.all()] == [
            "Waarschuwing", "Schorsing", "Berisping", "Ontslag", "Ontslag op staande voet",
        ]  # fmt: skip
        assert [rung.decided_by for rung in parents.rungs.all()] == ["director", "director", "board"]


def test_for_what_happened_before_this_school_year_opmaat_has_no_list(demo):
    with demo.acting():
        this_year = SchoolYear.objects.last()

        assert Ladder.objects.get().in_force_on == this_year.starts_on
        assert ladder_on(Audience.PUPILS, SchoolYear.objects.first().ends_on) is None


# -- who gets what ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_table_is_stored_and_ends_with_a_row_for_everything(demo, slug):
    with demo.acting(slug):
        rows = list(RoutingRow.objects.order_by("position"))

    assert [row.role for row in rows] == [str(row.role) for row in TABLES[slug]]
    last = rows[-1]
    assert (last.category, last.reporter_kind, last.about, last.wish) == ("", "", "", "")


def first_role(slug: str, category, kind=ReporterKind.PUPIL, about=About.PUPIL, wish=Wish.ANYBODY) -> str:
    """The role of the first row that fits: what the table says, before anybody is passed over."""
    for row in TABLES[slug]:
        pairs = ((row.category, category), (row.reporter_kind, kind), (row.about, about), (row.wish, wish))
        if all(wanted in ("", given) for wanted, given in pairs):
            return str(row.role)
    raise AssertionError("no row fits")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("kind", list(ReporterKind))
def test_never_to_whom_it_is_about(slug, category, kind):
    for wish in Wish:
        assert first_role(slug, category, kind, About.DIRECTOR, wish) == RoleName.BOARD
        assert first_role(slug, category, kind, About.BOARD, wish) == RoleName.ADVISER
        assert first_role(slug, category, kind, About.STAFF, wish) not in {RoleName.TEACHER, RoleName.MENTOR}


@pytest.mark.parametrize(
    ("slug", "role", "report"),
    [
        ("opmaat", RoleName.TEACHER, {"category": Category.HURTING}),  # O11
        ("opmaat", RoleName.PHASE_COORDINATOR, {"category": Category.HURTING, "kind": ReporterKind.STAFF}),  # O11
        ("opmaat", RoleName.PHASE_COORDINATOR, {"category": Category.AGAINST_SCHOOL, "kind": ReporterKind.STAFF}),
        ("opmaat", RoleName.DIRECTOR, {"category": Category.DERAILED}),  # O17
        ("opmaat", RoleName.DIRECTOR, {"category": Category.PHOTO, "kind": ReporterKind.PARENT}),
        ("sevenwolden", RoleName.TEAM_LEADER, {"category": Category.DERAILED, "kind": ReporterKind.STAFF}),  # S7
        ("sevenwolden", RoleName.MENTOR, {"category": Category.HURTING}),
        ("lankforst", RoleName.TEACHER, {"category": Category.HURTING, "kind": ReporterKind.STAFF}),  # L10
        ("lankforst", RoleName.DIRECTOR, {"category": Category.PHOTO, "kind": ReporterKind.STAFF}),  # L10
        ("konot", RoleName.DIRECTOR, {"category": Category.AGAINST_SCHOOL, "kind": ReporterKind.PARENT}),  # K3
        ("borger-odoorn", RoleName.ANTI_BULLYING, {"category": Category.BULLYING, "kind": ReporterKind.PARENT}),
    ],
)  # fmt: skip
def test_the_rows_say_what_the_protocols_say(slug, role, report):
    assert first_role(slug, **report) == role


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("category", list(Category))
def test_who_wishes_the_adviser_gets_the_adviser(slug, category):
    assert first_role(slug, category, wish=Wish.ADVISER) == RoleName.ADVISER


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_holds_every_role_that_the_table_needs(demo, slug):
    """Domain.md 1: a role that routing depends on is never empty, at any school with pupils."""
    with demo.acting(slug) as act:
        held = Role.objects.filter(since__lte=act.today).exclude(until__lt=act.today)
        for school in School.objects.filter(group__isnull=False).distinct().order_by("id"):
            here = {
                role.name
                for role in held.select_related("group")
                if role.school_id == school.id
                or (role.group and role.group.school_id == school.id)
                or (role.school_id is None and role.group_id is None)
            }
            needed = {str(row.role) for row in TABLES[slug]}
            if school.sector == "so":  # mentors stand before the groups there, teachers beside them
                needed |= {RoleName.MENTOR}
            assert needed <= here, (school.name, needed - here)


# -- vacations --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_vacations_are_those_of_the_region(demo, slug):
    with demo.acting(slug):
        region = School.objects.first().region
        rows = list(Vacation.objects.order_by("since").values_list("name", "since", "until"))

    assert rows == sorted(
        ((n, s, u) for n, regions, s, u in ADVISED if region in regions), key=lambda r: r[1]
    )


@pytest.mark.parametrize("region", list(HolidayRegion))
def test_two_years_of_five_vacations_from_saturday_to_sunday(region):
    days = [(since, until) for _name, regions, since, until in ADVISED if region in regions]

    assert len(days) == 10
    assert all(since.weekday() == 5 and until.weekday() == 6 for since, until in days)
    assert all(before[1] < after[0] for before, after in pairwise(days))


# -- cases ------------------------------------------------------------------------------------------


def handling(demo, name: str):
    with demo.acting():
        person = demo.person(name)
    return acting(Actor(ActorKind.STAFF, person.id), [demo.id_of("opmaat")])


def cases_of(demo, name: str) -> list[Case]:
    with handling(demo, name):
        return list(Case.objects.order_by("-received_at"))


def test_the_director_has_a_new_report_one_in_progress_and_one_that_is_done(demo):
    found = cases_of(demo, "directeur")

    assert [str(case.state) for case in found] == [CaseState.RECEIVED, CaseState.HANDLING, CaseState.CLOSED]
    assert [(demo.today - case.received_at.astimezone(SCHOOL_TIME).date()).days for case in found] == [
        1,
        8,
        30,
    ]


def test_the_report_about_the_director_is_with_the_board_alone(demo):
    [case] = cases_of(demo, "bestuur")

    assert (case.about, str(case.state)) == (About.DIRECTOR, CaseState.RECEIVED)
    assert case.id not in {mine.id for mine in cases_of(demo, "directeur")}
    for name in ("leerkracht", "teamleider", "anti-pest", "vertrouwenspersoon", "fg", "beheerder"):
        assert cases_of(demo, name) == []


def test_the_case_in_progress_has_a_note_a_call_and_an_answer(demo):
    case = cases_of(demo, "directeur")[1]
    with handling(demo, "directeur"):
        lines = [(str(line.kind), line.text) for line in timeline(case)]

    told = {kind for kind, _text in lines}
    assert {EventKind.OPENED, EventKind.NOTE, EventKind.CONTACT, EventKind.ANSWER, EventKind.PERSON} <= told
    assert any("groepsapp" in text for kind, text in lines if kind == EventKind.ANSWER)


@pytest.mark.parametrize(
    ("about", "role"),
    [(About.PUPIL, RoleName.DIRECTOR), (About.DIRECTOR, RoleName.BOARD), (About.BOARD, RoleName.ADVISER)],
)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_threat_reaches_the_right_room_through_the_real_table(demo, slug, about, role):
    with demo.acting(slug):
        for school in School.objects.order_by("id"):
            facts = ReportFacts(Category.THREAT, ReporterKind.PARENT, about, Wish.ANYBODY)
            found = receivers(school, facts)

            if school.group_set.exists() or role != RoleName.DIRECTOR:
                assert {one.role for one in found} == {role}
