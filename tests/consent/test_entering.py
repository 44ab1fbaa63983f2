"""Entering what came on paper, by phone or in person: the rule, the pages, and who may."""

import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from PIL import Image

from accounts.links import hidden_address
from consent.choices import Channel, Reason, TaskKind, Value
from consent.domain.entering import ChoseNewer, EnteredBefore, Superseded, WrongDay, asked_on, enter_form
from consent.domain.invalidate import agree, take_out
from consent.domain.papers import print_forms, sheets_for
from consent.domain.purposes import freeze_wording
from consent.models import Answer, Invalidation, PaperForm, Scan, Submission, Task
from ledger.choices import Verb
from ledger.models import Entry, EntryPayload
from notices.models import Message
from tests.cast import Cast, today, years_ago
from tests.consent.test_decide import reason_of
from tests.consent.test_staff import say


def form_for(cast: Cast, child, guardian) -> PaperForm:
    with cast.acting():
        sheets = [sheet for sheet in sheets_for([child]) if sheet.guardian == guardian]
        return print_forms(sheets=sheets, by=cast.olga).forms.get()


def enter(cast: Cast, form: PaperForm, value: Value, *slugs: str, signed_on=None, guardian=None):
    with cast.acting():
        return enter_form(
            form=form,
            guardian=guardian or form.guardian,
            values={cast.purposes[slug].id: value for slug in slugs},
            signed_on=signed_on or today(),
            scan=None,
            by=cast.olga,
        )


def reword(cast: Cast, slug: str, days: int = 0, *, is_material: bool = True) -> None:
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes[slug],
            words={"nl": ("Andere woorden", "Anders")},
            is_material=is_material,
            in_force_on=today() + timedelta(days=days),
        )


def typed(response, **fields: object) -> dict[str, object]:
    """What a browser would send from this page with these fields filled in."""
    form = response.context["form"]
    return {"key": str(uuid.uuid4()), "asked": form.asked, **fields}


def address(form: PaperForm) -> str:
    return f"/team/papier/{form.code}/"


# What is stored


def test_a_form_that_came_back_is_the_choice_of_who_signed_it(cast):
    form = form_for(cast, cast.noor, cast.amina)

    submission = enter(cast, form, Value.YES, "papier")

    with cast.acting():
        answer = Answer.objects.get()
        verbs = list(
            Entry.objects.filter(subject_type="pupil", subject_id=cast.noor.id)
            .order_by("id")
            .values_list("verb", flat=True)
        )
        recorded = EntryPayload.objects.get(entry__verb=Verb.CHOICE_RECORDED).payload
        mail = Message.objects.get(kind="consent/receipt")
    assert (answer.guardian_id, answer.channel, answer.value) == (cast.amina.id, Channel.PAPER, Value.YES)
    assert answer.valid_until == cast.year.ends_on
    assert (submission.recorded_by_id, submission.form_id, submission.signed_on) == (
        cast.olga.id,
        form.id,
        today(),
    )
    assert verbs == [Verb.FORM_PRINTED, Verb.CHOICE_DECIDED, Verb.CHOICE_RECORDED]
    assert (recorded["form"], recorded["channel"]) == (form.code, "paper")
    assert mail.guardian_id == cast.amina.id
    assert reason_of(cast, cast.noor, "papier") == Reason.AGREED


def test_what_was_left_blank_is_not_answered(cast):
    enter(cast, form_for(cast, cast.noor, cast.amina), Value.NO, "papier")

    assert reason_of(cast, cast.noor, "besloten") == Reason.NO_ANSWER


def test_who_wants_to_talk_stands_on_the_work_list(cast):
    enter(cast, form_for(cast, cast.noor, cast.amina), Value.TALK, "papier", "sociaal")

    with cast.acting():
        task = Task.objects.get()
    assert (task.kind, task.pupil_id, task.guardian_id) == (TaskKind.TALK, cast.noor.id, cast.amina.id)


def test_a_form_counts_once_and_its_blank_lines_can_be_filled_in_later(cast):
    form = form_for(cast, cast.noor, cast.amina)
    enter(cast, form, Value.YES, "papier")

    with pytest.raises(EnteredBefore):
        enter(cast, form, Value.NO, "papier")
    enter(cast, form, Value.NO, "besloten")

    with cast.acting():
        asked = asked_on(form)
    assert [purpose.slug for purpose in asked.open] == ["sociaal"]
    assert [purpose.slug for purpose in asked.done] == ["papier", "besloten"]


def test_what_was_taken_out_as_a_mistake_can_be_entered_anew(cast):
    form = form_for(cast, cast.noor, cast.amina)
    enter(cast, form, Value.YES, "papier")
    with cast.acting():
        take_out(list(Answer.objects.all()), reason="verkeerd gelezen", by=cast.ada)
        agree(list(Invalidation.objects.all()), by=cast.ria, email=cast.ria.email)
        assert "papier" in [purpose.slug for purpose in asked_on(form).open]


# What is refused


@pytest.mark.parametrize("is_material", [True, False])
def test_an_answer_on_other_words_than_those_of_today_is_refused(cast, is_material):
    form = form_for(cast, cast.noor, cast.amina)
    reword(cast, "papier", 1, is_material=is_material)

    with time_machine.travel(today() + timedelta(days=1, hours=1)):
        with pytest.raises(Superseded):
            enter(cast, form, Value.YES, "papier")
        enter(cast, form, Value.YES, "besloten")

    with cast.acting():
        assert [answer.purpose.slug for answer in Answer.objects.select_related("purpose")] == ["besloten"]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_day_before_printing_or_after_today_is_refused(cast, days):
    with pytest.raises(WrongDay):
        enter(
            cast,
            form_for(cast, cast.noor, cast.amina),
            Value.NO,
            "papier",
            signed_on=today() + timedelta(days=days),
        )


def test_a_yes_that_lay_in_a_bag_does_not_undo_the_no_that_came_after_it(cast):
    form, printed_on = form_for(cast, cast.noor, cast.amina), today()
    with time_machine.travel(today() + timedelta(days=2, hours=1)):
        say(cast, cast.amina, cast.noor, Value.NO, "papier")
    with time_machine.travel(today() + timedelta(days=5, hours=1)), pytest.raises(ChoseNewer):
        enter(cast, form, Value.YES, "papier", signed_on=printed_on + timedelta(days=1))

    assert reason_of(cast, cast.noor, "papier") == Reason.REFUSED


def test_of_one_day_a_yes_on_paper_does_not_undo_a_no_and_a_no_does_undo_a_yes(cast):
    say(cast, cast.amina, cast.noor, Value.NO, "papier")
    say(cast, cast.amina, cast.noor, Value.YES, "besloten")
    form = form_for(cast, cast.noor, cast.amina)

    with pytest.raises(ChoseNewer):
        enter(cast, form, Value.YES, "papier")
    enter(cast, form, Value.NO, "besloten")

    assert reason_of(cast, cast.noor, "besloten") == Reason.REFUSED


# The page for a form


def test_a_code_in_the_box_leads_to_its_form_also_with_spaces_and_small_letters(cast, as_):
    form = form_for(cast, cast.noor, cast.amina)
    written = f"{form.code[:5]} {form.code[5:]}".lower()

    response = as_(cast.olga).get("/team/papier/", {"q": written})

    assert response.headers["Location"] == address(form)


def test_a_form_is_entered_with_its_scan_and_the_box_waits_for_the_next_one(cast, as_):
    form, client = form_for(cast, cast.noor, cast.amina), as_(cast.olga)
    page = client.get(address(form))
    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(picture, "PNG")
    picture.seek(0)
    picture.name = "scan.png"
    sent = typed(
        page,
        signed_on=today().isoformat(),
        signer=cast.amina.code,
        scan=picture,
        **{"q-papier": "yes", "q-sociaal": "no"},
    )

    response = client.post(address(form), sent)

    assert response.status_code == 303
    after = client.get(response.headers["Location"])
    assert after.context["done"]["count"] == 2
    assert after.context["done"]["sent_to"] == hidden_address(cast.amina.email)
    assert "autofocus" in after.content.decode()
    with cast.acting():
        scan = Scan.objects.get()
        assert scan.submission.recorded_by == cast.olga
    assert (scan.media_type, bytes(scan.content)[:2]) == ("image/jpeg", b"\xff\xd8")
    assert f"{address(form)}scan/1/" in client.get(address(form)).content.decode()
    shown = client.get(f"{address(form)}scan/1/")
    assert (shown.content, shown.headers["Content-Disposition"][:10]) == (bytes(scan.content), "attachment")
    assert as_(cast.els).get(f"{address(form)}scan/1/").status_code == 404


def test_nothing_is_chosen_beforehand_but_who_the_form_was_for(cast, as_):
    page = as_(cast.olga).get(address(form_for(cast, cast.noor, cast.amina)))

    assert page.content.decode().count(" checked") == 1
    assert [guardian.call_name for guardian in page.context["form"].signers.values()] == ["Amina", "Erik"]


def test_sent_twice_it_is_entered_once(cast, as_):
    form, client = form_for(cast, cast.noor, cast.amina), as_(cast.olga)
    sent = typed(
        client.get(address(form)),
        signed_on=today().isoformat(),
        signer=cast.amina.code,
        **{"q-papier": "yes"},
    )

    first, second = client.post(address(form), sent), client.post(address(form), sent)

    assert first.headers["Location"] == second.headers["Location"]
    with cast.acting():
        assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "q-papier"),
        ({"q-papier": "yes", "signer": ""}, "signer"),
        ({"q-papier": "yes", "signed_on": ""}, "signed_on"),
        ({"q-papier": "yes", "signed_on": "2999-01-01"}, "signed_on"),
        ({"q-papier": "misschien"}, "q-papier"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(cast, as_, fields, words):
    form, client = form_for(cast, cast.noor, cast.amina), as_(cast.olga)
    base = {"signed_on": today().isoformat(), "signer": cast.amina.code, "q-besloten": ""}

    response = client.post(address(form), typed(client.get(address(form)), **{**base, **fields}))

    assert response.status_code == 422
    assert words in response.context["form"].errors or response.context["form"].non_field_errors()
    with cast.acting():
        assert not Submission.objects.exists()


def test_a_form_on_old_words_explains_itself_and_offers_a_new_one(cast, as_):
    form = form_for(cast, cast.noor, cast.amina)
    for slug in ("papier", "besloten", "sociaal"):
        reword(cast, slug, 1)

    with time_machine.travel(today() + timedelta(days=1, hours=1)):
        response = as_(cast.olga).get(address(form))

    assert response.context["changed"] == ["Andere woorden"] * 3
    assert response.context["rows"] == []
    assert "/team/papier/drukken/" in response.content.decode()


def test_a_form_of_another_school_or_foundation_does_not_exist(cast, as_):
    form = form_for(cast, cast.mila, cast.selin)

    assert as_(cast.olga).get(address(form)).status_code == 404
    assert as_(cast.bas).get(address(form)).status_code == 404
    assert as_(cast.ada).get(address(form)).status_code == 200


# By phone or in person


def spoken(cast: Cast) -> str:
    return f"/team/papier/kind/{cast.noor.code}/"


def test_the_director_writes_down_what_was_said_with_who_and_how_known(cast, as_):
    client = as_(cast.ria)
    fields = {
        "signer": cast.erik.code,
        "channel": "phone",
        "note": "vader belde vanaf het bekende nummer",
        "q-papier": "no",
    }

    response = client.post(spoken(cast), typed(client.get(spoken(cast)), **fields))

    assert response.status_code == 303
    with cast.acting():
        submission = Submission.objects.get()
    assert (submission.channel, submission.recorded_by_id) == (Channel.PHONE, cast.ria.id)
    assert submission.note == "vader belde vanaf het bekende nummer"
    assert reason_of(cast, cast.noor, "papier") == Reason.REFUSED


@pytest.mark.parametrize("missing", ["channel", "note", "signer"])
def test_without_how_or_who_nothing_is_stored(cast, as_, missing):
    client = as_(cast.olga)
    fields = {"signer": cast.erik.code, "channel": "phone", "note": "belde", "q-papier": "no"}
    fields[missing] = "  "

    response = client.post(spoken(cast), typed(client.get(spoken(cast)), **fields))

    assert response.status_code == 422
    with cast.acting():
        assert not Submission.objects.exists()


def test_a_guardian_without_authority_cannot_be_chosen(cast, as_):
    client, where = as_(cast.olga), f"/team/papier/kind/{cast.bo.code}/"
    fields = {"signer": cast.ward.code, "channel": "phone", "note": "belde", "q-papier": "yes"}

    assert client.post(where, typed(client.get(where), **fields)).status_code == 422


# The pupil who decides alone


def test_what_a_pupil_of_16_signed_is_the_pupils_own_choice(cast, as_):
    form, client = form_for(cast, cast.sam, None), as_(cast.olga)
    sent = typed(client.get(address(form)), signed_on=today().isoformat(), **{"q-papier": "yes"})

    assert client.post(address(form), sent).status_code == 303

    with cast.acting():
        answer = Answer.objects.get()
    assert (answer.guardian_id, answer.pupil_id, answer.channel) == (None, cast.sam.id, Channel.PAPER)
    assert reason_of(cast, cast.sam, "papier") == Reason.AGREED


def test_a_form_of_a_parent_is_never_the_choice_of_the_pupil_who_became_16(cast, as_):
    form, client = form_for(cast, cast.noor, cast.amina), as_(cast.olga)
    with cast.acting():
        cast.noor.born_on = years_ago(17)
        cast.noor.save()
    page = client.get(address(form))
    sent = typed(page, signed_on=today().isoformat(), **{"q-papier": "yes"})

    assert page.context["may_sign"] is False
    assert client.post(address(form), sent).status_code == 409
    with cast.acting():
        assert not Answer.objects.exists()


# Who may


def test_a_teacher_prints_for_the_own_group_and_enters_nothing(cast, as_):
    client = as_(cast.joost)
    desk = client.get("/team/papier/")
    form = form_for(cast, cast.noor, cast.amina)

    assert [group.name for group in desk.context["groups"]] == ["8A"]
    assert 'type="search"' not in desk.content.decode()
    assert client.get(address(form)).status_code == 404
    assert client.get(spoken(cast)).status_code == 403
    sent = {"key": str(uuid.uuid4()), "group": cast.group_8a.code}
    made = client.post("/team/papier/drukken/", sent)
    assert made.status_code == 303
    assert client.get(made.headers["Location"]).context["count"] == 4
    assert as_(cast.olga).get(made.headers["Location"]).status_code == 404


@pytest.mark.parametrize("what", [{"group": "group_7b"}, {"child": "mila"}, {"child": "vera_child"}])
def test_the_office_prints_for_its_own_school_only(cast, as_, what):
    sent = {name: getattr(cast, thing).code for name, thing in what.items()}

    response = as_(cast.olga).post("/team/papier/drukken/", {"key": str(uuid.uuid4()), **sent})

    assert response.status_code == 404
    with cast.acting():
        assert not PaperForm.objects.exists()


def test_the_search_finds_pupils_of_the_own_school_and_writes_it_down(cast, as_):
    client = as_(cast.olga)

    assert [hit["name"] for hit in client.get("/team/papier/", {"q": "noor"}).context["hits"]] == ["Noor Y."]
    assert client.get("/team/papier/", {"q": "mila"}).context["hits"] == []
