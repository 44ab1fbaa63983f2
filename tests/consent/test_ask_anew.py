"""A changed question is asked anew of who said yes to its old words, by one button (R1, C3); order and pictures."""

import uuid
from pathlib import Path

import pytest

from consent.choices import Picture, RoundKind, Value
from consent.domain.asked import plan_round
from consent.domain.presets import PRESETS
from consent.domain.purposes import freeze_wording
from consent.models import Purpose, Round
from consent.querysets import purposes_in_use
from ledger.choices import Verb
from ledger.models import EntryPayload
from notices.models import Message
from opmaat_portal.templatetags.ui import PICTURES
from tests.cast import today
from tests.consent.links import start
from tests.consent.test_purposes import ROOM, WORDS, day, filled, hidden, say

ROUND = "/beheer/ronde/nieuw/"
START = "/beheer/ronde/start/"
IMAGES = Path(__file__).resolve().parents[2] / "static" / "img"


def changed(cast) -> Purpose:
    """Amina and Karol said yes to the old words; Selin never answered, Erik said no."""
    papier = cast.purposes["papier"]
    for parent, child, value in (
        (cast.amina, cast.noor, Value.YES),
        (cast.erik, cast.noor, Value.NO),
        (cast.karol, cast.bo, Value.YES),
    ):
        say(cast, parent, child, value, papier)
    with cast.acting():
        freeze_wording(purpose=papier, words=WORDS, is_material=True, in_force_on=today())
        return purposes_in_use().get(id=papier.id)


def asked(cast, purpose: Purpose) -> set[int]:
    with cast.acting():
        plan = plan_round(purposes=[purpose], opens_on=today(), closes_on=day(14), kind=RoundKind.MATERIAL)
        return set(plan.mailed)


def sent(**more) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()),
        "name": "Nieuwe tekst",
        "kind": "material",
        "purpose": "papier",
        "schools": ["de-baken", "de-haven"],
        "remind_before": ["7"],
        "opens_on": str(today()),
        "closes_on": str(day(14)),
    } | more


def test_the_page_of_a_changed_question_has_one_button_to_the_round_with_it_filled_in(cast, as_):
    changed(cast)
    client = as_(cast.ada)

    page = client.get(f"{ROOM}papier/")
    there = client.get(f"{ROUND}?soort=material&vraag=papier")

    assert page.context["must_answer"] == 2
    assert f'href="{ROUND}?soort=material&amp;vraag=papier"' in page.content.decode()
    assert there.context["form"].initial["purpose"] == "papier"
    assert [slug for slug, _label in there.context["form"].fields["purpose"].choices] == ["", "papier"]


def test_only_who_said_yes_to_the_old_words_is_mailed_also_while_another_round_runs(cast, as_):
    start(cast)
    purpose = changed(cast)
    assert asked(cast, purpose) == {cast.amina.id, cast.karol.id}
    client = as_(cast.ada)
    preview = client.post(ROUND, sent())
    assert (preview.context["mails"], preview.context["purpose"].slug) == (2, "papier")
    with cast.acting():
        before = set(Message.objects.values_list("id", flat=True))

    response = client.post(START, hidden(preview.content.decode(), START))

    assert response.status_code == 303
    with cast.acting():
        round_ = Round.objects.get(name="Nieuwe tekst")
        assert [row.purpose.slug for row in round_.asked.select_related("purpose")] == ["papier"]
        new = Message.objects.exclude(id__in=before).filter(kind="consent/invite")
        assert set(new.values_list("guardian_id", flat=True)) == {cast.amina.id, cast.karol.id}
    assert asked(cast, purpose) == set()


def test_who_answered_meanwhile_is_not_asked(cast):
    purpose = changed(cast)
    say(cast, cast.karol, cast.bo, Value.YES, purpose)

    assert asked(cast, purpose) == {cast.amina.id}


@pytest.mark.parametrize("slug", ["onbekend", "%00", "<script>", "x" * 200])
def test_a_question_that_does_not_exist_is_not_asked(cast, as_, slug):
    assert as_(cast.ada).get(f"{ROUND}?soort=material&vraag={slug}").status_code == 404
    assert as_(cast.ada).get(f"{ROUND}?soort={slug}").status_code == 404
    assert as_(cast.ada).post(ROUND, sent(purpose=slug)).status_code == 422


def test_without_a_change_nobody_is_asked_anew(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, cast.purposes["papier"])

    client = as_(cast.ada)
    assert client.post(ROUND, sent()).status_code == 422
    assert "Geen vraag is zo veranderd" in client.get(f"{ROUND}?soort=material").content.decode()


# -- order ----------------------------------------------------------------------------------------------------


def order(client) -> list[str]:
    return [row["slug"] for row in client.get(ROOM).context["rows"]]


def move(client, **which) -> str:
    response = client.post(f"{ROOM}volgorde/", {"key": str(uuid.uuid4())} | which)
    assert response.status_code == 303
    return response.headers["Location"]


def test_a_question_moves_one_place_and_stays_within_the_list(cast, as_):
    client = as_(cast.ada)

    assert move(client, down="papier").endswith("#papier")
    assert order(client) == ["besloten", "papier", "sociaal"]
    move(client, up="sociaal")
    assert order(client) == ["besloten", "sociaal", "papier"]
    move(client, down="papier")
    move(client, up="besloten")
    assert order(client) == ["besloten", "sociaal", "papier"]
    with cast.acting():
        moves = EntryPayload.objects.filter(entry__verb=Verb.PURPOSE_ADDED, payload__act="moved")
        assert moves.count() == 2


def test_sent_ten_times_it_moves_once_and_parents_see_the_order(cast, as_):
    client, key = as_(cast.ada), str(uuid.uuid4())
    for _time in range(10):
        move(client, key=key, down="papier")

    assert order(client) == ["besloten", "papier", "sociaal"]
    shown = as_(cast.amina).get("/ouder/thuis/vragen/").content.decode()
    assert shown.index("Ouderapp (nl)") < shown.index("Papier (nl)")


@pytest.mark.parametrize("which", [{}, {"up": "onbekend"}, {"up": "a b"}, {"down": "\x00"}])
def test_nonsense_moves_nothing(cast, as_, which):
    client = as_(cast.ada)

    assert client.post(f"{ROOM}volgorde/", {"key": str(uuid.uuid4())} | which).status_code in {303, 404}
    assert order(client) == ["papier", "besloten", "sociaal"]


def test_the_buttons_work_without_javascript_and_say_what_they_move(cast, as_):
    page = as_(cast.ada).get(ROOM).content.decode()

    assert page.count('form="move" name="up"') == 2
    assert page.count('form="move" name="down"') == 2


# -- pictures -------------------------------------------------------------------------------------------------


def test_every_picture_is_drawn_small_and_by_us():
    assert set(PICTURES) == set(Picture.values)
    for name in PICTURES:
        drawn = (IMAGES / f"{name}.svg").read_bytes()
        assert len(drawn) <= 6 * 1024
        assert drawn.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"')
        assert b"href" not in drawn
        assert b"<script" not in drawn


def test_every_kind_of_question_begins_with_a_picture_of_its_own():
    pictures = [preset.picture for preset in PRESETS.values() if preset.short_label]

    assert None not in pictures
    assert len(set(pictures)) == len(pictures)


def test_a_picture_that_was_chosen_stands_with_the_question_for_parents(cast, as_):
    client, url = as_(cast.ada), f"{ROOM}nieuw/klassenfoto/"
    assert client.get(url).context["form"].initial["picture"] == "class_photo"
    check = client.post(url, filled(picture="class_photo", places="De klassenfoto"))
    client.post(url, hidden(check.content.decode(), url))
    assert "img/class_photo.svg" in as_(cast.amina).get("/ouder/thuis/vragen/").content.decode()

    changed_ = client.post(f"{ROOM}papier/beeld/", {"key": str(uuid.uuid4()), "picture": "event"})

    assert changed_.status_code == 303
    shown = as_(cast.amina).get("/ouder/thuis/vragen/").content.decode()
    assert "img/event.svg" in shown
    assert "img/paper.svg" not in shown


@pytest.mark.parametrize("picture", ["", "../../secret", "onbekend"])
def test_another_picture_than_ours_is_refused_in_words(cast, as_, picture):
    response = as_(cast.ada).post(f"{ROOM}papier/beeld/", {"key": str(uuid.uuid4()), "picture": picture})

    assert response.status_code == 422
    with cast.acting():
        assert Purpose.objects.get(slug="papier").picture == ""
