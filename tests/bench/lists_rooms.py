"""The lists of administrators, of the board and of the data protection officer, and of what everybody may read."""

import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach
from consent.choices import Value
from consent.domain.proof import give_proof
from consent.domain.purposes import freeze_wording
from consent.models import Purpose
from incidents.domain.routing import RowWords, set_routing
from ledger.acting import Actor
from ledger.choices import ActorKind
from policies.choices import Outcome
from policies.domain.bring_in import next_version
from policies.domain.correct import add_chapter
from policies.domain.council import record_decision
from policies.domain.publish import publish
from policies.models import Block, Chapter, Version
from schools.choices import ImportState, RoleName
from schools.models import Foundation, ImportBatch
from tests.bench.listing import Listed
from tests.bench.lists_cases import a_rung
from tests.bench.lists_family import a_child, a_look, a_question
from tests.bench.lists_team import (
    a_group_that_was_asked,
    a_guardian,
    a_parent_without_address,
    a_round,
    a_running_round,
    a_school_that_was_asked,
    an_error_to_judge,
    says,
    something_entered,
)
from tests.cast import Cast, enrol_elsewhere, guardian, school, today, years_ago
from tests.consent.links import start
from tests.incidents.acts import reported
from tests.policies.published import adviser, put_in_force, text_of
from tests.policies.steps import concept, decided, in_force
from tests.publications.acts import placed, ring
from tests.schools.files import bring_in, edexml, look, parents, teacher
from tests.schools.files import pupil as in_file

# -- what is added: the school year and its people


def a_school(cast: Cast, number: int) -> None:
    with cast.acting():
        school(cast.home, f"school-{number}", f"School {number}", f"98A{number}")


def an_import(cast: Cast, number: int) -> None:
    """One that waits until a second person agrees."""
    with cast.acting():
        ImportBatch.objects.create(
            foundation=cast.home,
            school=cast.beacon,
            state=ImportState.WAITING,
            made_at=timezone.now(),
            changed_at=timezone.now(),
            asked_by=cast.zoe,
        )


def somebody_new_in_the_file(cast: Cast, number: int) -> None:
    """A pupil with a parent and a teacher."""
    cast.file["new"] += 1
    _look_at_the_file(cast)


def somebody_changed_in_the_file(cast: Cast, number: int) -> None:
    cast.file["changed"] += 1
    _look_at_the_file(cast)


def somebody_gone_from_the_file(cast: Cast, number: int) -> None:
    cast.file["gone"] += 1
    _look_at_the_file(cast)


def somebody_alike_in_the_file(cast: Cast, number: int) -> None:
    """Under another number, with the name and the day of birth of a pupil whom we know."""
    cast.file["alike"] += 1
    _look_at_the_file(cast)


# -- what is added: questions, rounds, languages


def a_wording(cast: Cast, number: int) -> None:
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": (f"Woorden {number}", "Uitleg"), "en": (f"Words {number}", "Why")},
            is_material=False,
            in_force_on=today() - timedelta(days=30 - number),
        )


def a_place(cast: Cast, number: int) -> None:
    with cast.acting():
        cast.purposes["papier"].places.create(
            foundation=cast.home, name=f"Plaats {number}", position=9 + number
        )


def a_question_that_was_changed(cast: Cast, number: int) -> None:
    """Karol said yes to the old words."""
    a_question(cast, number)
    with cast.acting():
        purpose = Purpose.objects.get(slug=f"extra-{number}")
    says(cast, cast.karol, cast.bo, Value.YES, [purpose.id])
    with cast.acting():
        freeze_wording(
            purpose=purpose, words={"nl": ("Anders", "Uitleg")}, is_material=True, in_force_on=today()
        )


def a_round_that_is_over(cast: Cast, number: int) -> None:
    days = today() - timedelta(days=60), today() - timedelta(days=50)
    start(cast, name=f"Ronde {number}", schools=[cast.beacon], opens_on=days[0], closes_on=days[1])


def a_round_that_is_planned(cast: Cast, number: int) -> None:
    start(cast, name=f"Later {number}", opens_on=today() + timedelta(days=5))


def an_event(cast: Cast, number: int) -> None:
    a_question(cast, number)
    with cast.acting():
        Purpose.objects.filter(slug=f"extra-{number}").update(event_on=today() + timedelta(days=20))


# -- what is added: the protocol


def a_concept(cast: Cast, number: int) -> None:
    with cast.acting():
        concept(cast, f"9.{number}")


def a_concept_with_a_decision(cast: Cast, number: int) -> None:
    with cast.acting():
        decided(cast, concept(cast, f"9.{number}"))


def a_version(cast: Cast, number: int) -> None:
    """In force after the one before it."""
    with cast.acting():
        in_force(cast, f"2.{number}")


def a_planned_version(cast: Cast, number: int) -> None:
    with cast.acting():
        in_force(cast, f"3.{number}", on=today() + timedelta(days=5 + number))


def a_minor_version(cast: Cast, number: int) -> None:
    """Which keeps the decision of the one before it."""
    with cast.acting():
        cast.version = next_version(of=cast.version, number=f"4.{number}", is_minor=True, by=cast.ada)
        publish(version=cast.version, in_force_on=today(), by=cast.ada)


def a_chapter(cast: Cast, number: int) -> None:
    with cast.acting():
        version = Version.objects.get(id=cast.version.id)
        add_chapter(version=version, title=f"Hoofdstuk {number}", edits=version.edits, by=cast.ada)


def an_article(cast: Cast, number: int) -> None:
    with cast.acting():
        Block.objects.create(
            foundation=cast.home,
            chapter=cast.chapter,
            key=uuid.uuid4(),
            position=10 + number,
            kind="item",
            number=str(number),
            text=f"Zin {number}",
        )


def a_decision(cast: Cast, number: int) -> None:
    with cast.acting():
        record_decision(
            version=cast.version,
            council=f"GMR {number}",
            outcome=Outcome.CONSENT,
            decided_on=today(),
            minutes="",
            by=cast.ada,
        )


def an_adviser(cast: Cast, number: int) -> None:
    with cast.acting():
        adviser(cast, f"Vertrouwen{number}", "Persoon")


def a_frozen_chapter(cast: Cast, number: int) -> None:
    """A text in force never grows: a next version with more chapters."""
    with cast.acting():
        cast.version = put_in_force(cast, number=f"5.{number}", text=text_of(chapters=number + 1))


def a_foundation(cast: Cast, number: int) -> None:
    Foundation.objects.create(slug=f"stichting-{number}", name=f"Stichting {number}")


# -- what is added: what waits


def a_report_for_the_board(cast: Cast, number: int) -> None:
    reported(cast)


def a_take_down(cast: Cast, number: int) -> None:
    """Placed while it was allowed; then Karol took his yes back."""
    says(cast, cast.karol, cast.bo, Value.YES)
    placed(cast, "papier", cast.bo)
    says(cast, cast.karol, cast.bo, Value.NO)
    ring(cast, cast.bo)


def an_earlier_enrolment(cast: Cast, number: int) -> None:
    with cast.acting():
        day = years_ago(8) + timedelta(days=10 * number)
        enrolment = enrol_elsewhere(cast.bo, cast.harbour, day)
        enrolment.until = day + timedelta(days=5)
        enrolment.save()


def somebody_with_this_mailbox(cast: Cast, number: int) -> None:
    with cast.acting():
        person = guardian(cast.home, f"Ouder{number}", "Łuczak", [cast.bo], email="")
    Reach.objects.create(
        user=cast.user_of(cast.karol),
        foundation_id=cast.home.id,
        capacity=Capacity.GUARDIAN,
        person_id=person.id,
    )


# -- what must be there first


def a_school_that_was_taken_in(cast: Cast) -> None:
    """With ten pupils, as they stand in the next file too, save who is new, changed, gone or alike by then."""
    cast.file = {"new": 0, "changed": 0, "gone": 0, "alike": 0}
    with cast.acting(Actor(ActorKind.STAFF, cast.ada.id, "administrator")):
        school(cast.home, "de-klimroos", "De Klimroos", "99OQ")
        bring_in(edexml("".join(in_file(one, f"Kind{one}") for one in range(10)), brin="99OQ"))


def _look_at_the_file(cast: Cast) -> None:
    changed, gone, alike = (range(cast.file[what]) for what in ("changed", "gone", "alike"))
    pupils = [in_file(one, f"Anders{one}" if one in changed else f"Kind{one}") for one in range(4)]
    pupils += [in_file(one + 4, f"Kind{one + 4}") for one in range(3) if one not in gone]
    pupils += [in_file(one + (57 if one in alike else 7), f"Kind{one + 7}") for one in range(3)]
    new = range(100, 100 + cast.file["new"])
    pupils += [in_file(one, f"Nieuw{one}") for one in new]
    teachers = "".join(teacher(f"t{one}", f"Meester{one}") for one in new)
    csv = parents(*(f"{one};9{one};Ouder{one};;Bos;o{one}@example.org;ja" for one in new))
    with cast.acting():
        cast.batch = look(edexml("".join(pupils), teachers, brin="99OQ"), csv).batch


def a_text(cast: Cast) -> None:
    with cast.acting():
        cast.version = concept(cast, "1.0")
        cast.chapter = Chapter.objects.filter(version=cast.version).order_by("position").last()


def a_version_in_force(cast: Cast) -> None:
    with cast.acting():
        cast.version = in_force(cast, "1.0", on=today())


def a_version_with_summaries(cast: Cast) -> None:
    with cast.acting():
        cast.version = put_in_force(cast)


def handled_by_the_board(cast: Cast) -> None:
    a_running_round(cast)
    with cast.acting():
        set_routing([RowWords(role=RoleName.BOARD)])


def handled_by_the_officer(cast: Cast) -> None:
    with cast.acting():
        set_routing([RowWords(role=RoleName.DPO)])


def a_reason_to_see_bo(cast: Cast) -> None:
    with cast.acting(Actor(ActorKind.STAFF, cast.lotte.id, "dpo")):
        give_proof(cast.bo, reason="Vraag van de inspectie")


PAPER = {"slug": "papier"}
OF_ROUND = {"code": "round.code"}
VERSION = {"code": "version.code"}
BEACON = {"foundation": "thuis", "school": "beacon.slug"}
OF_BO = {"child": "bo.code"}
LISTS = [
    Listed("portal:admins.start", "ada", (an_import, a_concept_with_a_decision, a_take_down, a_round)),
    Listed("schools:admins.import", "ada", (an_import,)),
    Listed(
        "schools:admins.import_preview",
        "ada",
        (
            somebody_new_in_the_file,
            somebody_changed_in_the_file,
            somebody_gone_from_the_file,
            somebody_alike_in_the_file,
        ),
        {"code": "batch.code"},
        ready=a_school_that_was_taken_in,
    ),
    Listed("consent:admins.purposes", "ada", (a_question,)),
    Listed("consent:admins.purpose_new", "ada", (a_school,), {"kind": "website"}),
    Listed("consent:admins.purpose", "ada", (a_wording, a_place), PAPER),
    Listed("consent:admins.rounds", "ada", (a_round_that_is_over, a_round_that_is_planned, a_round)),
    Listed("consent:admins.round_new", "ada", (a_school,)),
    Listed("consent:admins.round_new", "ada", (an_event,), query="soort=event"),
    Listed("consent:admins.round_new", "ada", (a_question_that_was_changed,), query="soort=material"),
    Listed("consent:admins.enrolment", "ada", (a_school,)),
    Listed("consent:admins.round", "ada", (a_school_that_was_asked,), OF_ROUND, ready=a_running_round),
    Listed(
        "consent:admins.round",
        "ada",
        (a_group_that_was_asked,),
        OF_ROUND,
        query="school=de-baken",
        ready=a_running_round,
    ),
    Listed("consent:admins.round_csv", "ada", (a_school_that_was_asked,), OF_ROUND, ready=a_running_round),
    Listed(
        "consent:admins.round_reminder", "ada", (a_parent_without_address,), OF_ROUND, ready=a_running_round
    ),
    Listed("consent:directors.rounds", "ria", (a_round_that_is_over, a_round)),
    Listed("consent:directors.round", "ria", (a_group_that_was_asked,), OF_ROUND, ready=a_running_round),
    Listed("consent:directors.round_csv", "ria", (a_group_that_was_asked,), OF_ROUND, ready=a_running_round),
    Listed("policies:admins.protocol", "ada", (a_concept, a_concept_with_a_decision)),
    Listed(
        "policies:admins.protocol",
        "ada",
        (a_school, a_version, a_planned_version, a_minor_version),
        ready=a_version_in_force,
    ),
    Listed("policies:admins.version", "ada", (a_chapter, a_school), VERSION, ready=a_text),
    Listed("policies:admins.preview", "ada", (a_chapter, a_school), VERSION, ready=a_text),
    Listed("policies:admins.chapter", "ada", (an_article,), {**VERSION, "key": "chapter.key"}, ready=a_text),
    Listed("policies:admins.council", "ada", (a_decision,), VERSION, ready=a_text),
    Listed("policies:admins.summary", "ada", (a_school,), {**VERSION, "audience": "ouders"}, ready=a_text),
    Listed(
        "portal:board.start",
        "henk",
        (a_school_that_was_asked, a_report_for_the_board),
        ready=handled_by_the_board,
    ),
    Listed("portal:dpo.start", "lotte", (a_report_for_the_board,), ready=handled_by_the_officer),
    Listed("consent:dpo.search", "lotte", (a_child,), query="q=kind"),
    Listed(
        "consent:dpo.pupil",
        "lotte",
        (something_entered, an_error_to_judge, a_question, a_look, a_guardian, an_earlier_enrolment),
        OF_BO,
        ready=a_reason_to_see_bo,
    ),
    Listed(
        "consent:dpo.record",
        "lotte",
        (something_entered,),
        {**OF_BO, "purpose": "papier"},
        ready=a_reason_to_see_bo,
    ),
    Listed("portal:home", "", (a_foundation,)),
    Listed("policies:public.foundation", "", (a_school,), {"foundation": "thuis"}),
    Listed(
        "policies:public.school",
        "",
        (an_adviser, a_rung, a_version, a_planned_version),
        BEACON,
        ready=a_version_with_summaries,
    ),
    Listed("policies:public.protocol", "", (a_frozen_chapter,), BEACON),
    Listed("policies:public.version", "", (a_frozen_chapter,), {**BEACON, "number": "version.number"}),
    Listed("portal:people.choose", "karol", (somebody_with_this_mailbox,)),
]
