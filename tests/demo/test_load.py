"""Loading once and twice; and that what is loaded is as sound as real use leaves it."""

import io
import re

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from consent.models import Round
from consent.querysets import drifted, purposes_in_use
from ledger.models import Entry
from notices.choices import State
from notices.models import Claim, Message
from notices.querysets import oldest_due_age
from opmaat_portal.demo import load
from opmaat_portal.demo.foundations import FOUNDATIONS, OPMAAT
from schools.models import Foundation, Guardian, Pupil, School

SLUGS = ["borger-odoorn", "konot", "lankforst", "opmaat", "sevenwolden"]


def numbers(demo) -> dict[str, int]:
    ids = list(Foundation.objects.order_by("id").values_list("id", flat=True))
    with load.acting(load.DEMO, ids):
        return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_there_are_five_foundations(demo):
    assert list(Foundation.objects.values_list("slug", flat=True)) == SLUGS


def test_a_second_load_adds_nothing_and_says_so(demo):
    before, said = numbers(demo), io.StringIO()

    call_command("load_demo", size="small", stdout=said)

    assert said.getvalue().count("already loaded") == len(FOUNDATIONS)
    assert numbers(demo) == before
    assert before["schools.Pupil"] > 60


def test_only_with_the_demo_settings(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="made up"):
        call_command("load_demo")


@pytest.mark.parametrize("slug", SLUGS)
def test_answers_and_ledger_are_as_sound_as_after_real_use(demo, slug):
    with demo.acting(slug):
        assert drifted() == []
        assert Entry.objects.filter(verb="consent:choice:decided").exists()

    call_command("verify_ledger", slug, stdout=io.StringIO())


@pytest.mark.parametrize("plan", FOUNDATIONS, ids=lambda plan: plan.slug)
def test_each_foundation_asks_the_three_layers_in_its_own_words(demo, plan):
    with demo.acting(plan.slug):
        purposes = list(purposes_in_use())
        words = [
            {text.language: text.explanation for text in list(purpose.versions.all())[-1].texts.all()}
            for purpose in purposes
        ]

    assert [str(purpose.layer) for purpose in purposes] == ["paper", "closed", "social"]
    assert [purpose.all_must_agree for purpose in purposes] == [False, False, True]
    for purpose, asked in zip(purposes, words, strict=True):
        assert set(asked) == {"nl", "en", "ar", "tr", "pl", "uk", "ti"}
        places = [place.name.split(" (")[0].lower() for place in purpose.places.all()]
        first_words = {place.split()[0] for place in places}
        assert all(word in asked["nl"].lower() for word in first_words), (
            "a place that the question does not name"
        )


def test_the_settings_of_the_five_are_not_all_the_same(demo):
    rows = Foundation.objects.values_list(
        "asks_every_year", "reset_at_16", "pupil_may_veto", "yes_needs_code"
    )

    assert len(set(rows)) >= 4
    assert Foundation.objects.get(slug="opmaat").asks_every_year
    assert Foundation.objects.get(slug="lankforst").pupil_may_veto


def test_the_school_for_the_sample_import_is_empty(demo):
    with demo.acting():
        school = School.objects.get(name="De Klimroos")

        assert (school.brin, school.location_number) == ("99OQ", "00")
        assert not school.group_set.exists()
        assert not school.enrolment_set.exists()


def test_the_full_demo_has_six_schools_and_about_1200_pupils():
    with_pupils = [school for school in OPMAAT.schools if school.groups]

    assert len(with_pupils) == 6
    assert 1150 <= OPMAAT.seats <= 1250
    assert [len(plan.schools) for plan in FOUNDATIONS[1:]] == [4, 8, 7, 1]
    assert all(60 <= plan.seats <= 150 for plan in FOUNDATIONS[1:])


# -- the outbox ------------------------------------------------------------------------------------


def test_the_round_of_opmaat_runs_and_everybody_who_can_be_reached_is_invited(demo):
    with demo.acting() as act:
        round_ = Round.objects.filter(opens_on__lte=act.today, closes_on__gte=act.today).get()
        invites = Message.objects.filter(cause=f"round:{round_.id}", kind="consent/invite")
        linked = round_.links.exclude(guardian__email="").count()

        assert (act.today - round_.opens_on).days == 12
        assert invites.filter(state=State.WAITING).count() == linked > 40
        assert Claim.objects.filter(id__in=invites.values("id")).count() == linked


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "opmaat"])
def test_elsewhere_no_mail_of_long_ago_is_sent_again(demo, slug):
    with demo.acting(slug):
        assert not Message.objects.filter(state=State.WAITING).exists()
        assert not Claim.objects.filter(foundation_id=demo.id_of(slug)).exists()


def test_no_mail_seems_to_have_been_tried_in_vain_for_days(demo):
    """After four days a message that fails once is given up (notices.domain.books)."""
    assert oldest_due_age() < 15 * 60


def test_receipts_of_the_last_day_only_are_still_to_be_sent(demo):
    with demo.acting():
        waiting = Message.objects.filter(kind="consent/receipt", state=State.WAITING)

        assert 1 <= waiting.count() <= 60


def strings_in(value) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings_in(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("slug", SLUGS)
def test_no_surname_of_a_child_waits_in_the_outbox(demo, slug):
    with demo.acting(slug):
        for message in Message.objects.exclude(context={}).select_related("guardian"):
            children = Pupil.objects.filter(guardianships__guardian=message.guardian)
            call_names = set(children.values_list("call_name", flat=True))
            told = " ".join(text for text in strings_in(message.context) if text not in call_names)
            for surname in children.values_list("surname", flat=True):
                assert not re.search(rf"\b{re.escape(surname)}\b", told)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_looks_like_a_citizen_service_number(demo, slug):
    with demo.acting(slug):
        for model in (Pupil, Guardian, Message, Entry):
            for row in model.objects.order_by("pk").values():
                text = " ".join(
                    str(value) for name, value in row.items() if name not in {"leaf_hash", "id", "link"}
                )
                assert not re.search(r"(?<![\w.-])\d{8,9}(?![\w.-])", text), text
