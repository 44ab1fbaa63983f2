"""Whom the school asks in another way: by name, with the reason, and what helps (R2)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from consent.choices import RoundList, Silence
from consent.domain.holding import pause, resume, stop
from consent.domain.work_lists import PAGE, CannotMail, mail_again, people_on, standing_of
from ledger.choices import Reading, Verb
from ledger.models import Entry, ReadingRecord
from notices.choices import BounceSource
from notices.domain.bounces import Report, take_bounces
from notices.domain.stop import clear_stopped
from notices.models import Bounce, Message
from notices.querysets import claims_due
from schools.models import Guardianship, SchoolYear
from tests.cast import guardian, today
from tests.consent.test_progress import answer, run_round


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        days = {"starts_on": today() - timedelta(days=60), "ends_on": today() + timedelta(days=120)}
        SchoolYear.objects.filter(id=cast.year.id).update(**days)
        cast.year.refresh_from_db()


def delivered(cast) -> None:
    """Also at a quiet time: what leaves later is due later."""
    now = timezone.now()
    with cast.acting():
        Message.objects.filter(state="waiting").update(state="sent", sent_at=now, due_at=now)


def came_back(cast, who, status="5.1.1") -> None:
    """As the mail server tells it, for the last mail to this parent."""
    delivered(cast)
    with cast.acting():
        last = Message.objects.filter(guardian=who).order_by("-due_at", "-id").first()
    assert take_bounces([Report(last.message_id, status, BounceSource.MAILBOX)]).new == 1


def corrected(cast, who, email="goed@thuis.example.org") -> None:
    with cast.acting():
        who.email = email
        who.save()


def standing(cast, round_, who) -> str | None:
    with cast.acting():
        return standing_of(round_, who)


def names(cast, round_, which, **options) -> list[str]:
    with cast.acting():
        return [one.guardian.call_name for one in people_on(round_, which, **options)[0]]


def posted(**other):
    return {"key": str(uuid.uuid4())} | other


# Who is on which list


def test_everybody_who_is_silent_is_on_one_list(cast):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
        shy = guardian(cast.home, "Stil", "Smit", [cast.bo])
        Guardianship.objects.filter(guardian=shy).update(may_be_contacted=False)
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    came_back(cast, cast.amina, "5.2.2")
    answer(cast, cast.selin, cast.mila)

    assert names(cast, round_, RoundList.UNREACHABLE) == ["Geen", "Stil"]
    assert names(cast, round_, RoundList.CAME_BACK) == ["Karol", "Amina"]
    assert names(cast, round_, RoundList.SILENT) == ["Erik"]
    assert names(cast, round_, RoundList.SILENT, schools=[cast.harbour.id]) == []


@pytest.mark.parametrize("status", ["5.1.1", "5.2.2", "5.7.1"])
def test_why_it_came_back_is_told_in_words(cast, as_, status):
    round_ = run_round(cast)
    came_back(cast, cast.karol, status)

    (row,) = as_(cast.olga).get(f"/team/ronde/{round_.code}/werk/teruggekomen/").context["rows"]

    said = {
        "5.1.1": "The mailbox does not exist.",
        "5.2.2": "The mailbox is full.",
        "5.7.1": "The mail was refused.",
    }
    assert row["name"] == "Karol Łuczak"
    assert row["why"] == gettext(said[status])
    assert status not in row["why"]


def test_the_list_names_children_and_group_and_never_an_address(cast, as_):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    client = as_(cast.olga)

    for which in RoundList:
        page = client.get(f"/team/ronde/{round_.code}/werk/{which}/").content.decode()
        assert "@thuis.example.org" not in page
    page = client.get(f"/team/ronde/{round_.code}/werk/teruggekomen/").content.decode()
    assert "Bo Ł." in page
    assert "8A" in page
    assert f"/team/papier/kind/{cast.bo.code}/" in page
    with cast.acting():
        seen = ReadingRecord.objects.filter(what=Reading.PEOPLE_SEARCH, actor_id=cast.olga.id)
        assert cast.karol.id in seen.latest("id").subject_ids


def test_names_are_found_by_parent_and_by_child_and_never_more_than_a_page(cast, as_):
    with cast.acting():
        for number in range(PAGE + 2):
            guardian(cast.home, f"Ouder{number:02}", "Aaa", [cast.bo])
    round_ = run_round(cast)
    client, url = as_(cast.olga), f"/team/ronde/{round_.code}/werk/geen-antwoord/"

    first, second = client.get(url).context, client.get(url, {"pagina": "2"}).context
    assert (len(first["rows"]), first["total"], first["pages"]["last"]) == (PAGE, PAGE + 5, 2)
    assert len(second["rows"]) == 5
    assert [row["name"] for row in client.get(url, {"q": "yildiz"}).context["rows"]] == [
        "Erik Jansen",
        "Amina Yıldız",
    ]
    assert [row["name"] for row in client.get(url, {"q": "luc kar"}).context["rows"]] == ["Karol Łuczak"]
    for odd in ("%", "_", "\\", "'", "\0"):
        assert client.get(url, {"q": odd}).status_code == 200
    assert client.get(url, {"q": "%"}).context["rows"] == []


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "²"])
def test_a_page_that_is_not_there_is_an_empty_list_or_the_first(cast, as_, page):
    round_ = run_round(cast)

    assert (
        as_(cast.olga).get(f"/team/ronde/{round_.code}/werk/geen-antwoord/?pagina={page}").status_code == 200
    )


def test_who_works_here_finds_nobody_with_whom_they_have_a_child(cast, as_):
    with cast.acting():
        guardian(cast.home, "Olga", "Werkt", [cast.bo], email=cast.olga.email)
    round_ = run_round(cast)
    client = as_(cast.olga)

    page = client.get(f"/team/ronde/{round_.code}/werk/geen-antwoord/")
    assert [row["name"] for row in page.context["rows"]] == ["Erik Jansen", "Amina Yıldız"]
    address = f"/team/ronde/{round_.code}/mail/{cast.karol.code}/"
    assert client.post(address, posted(), headers={"X-CSRFToken": ""}).status_code in {403, 404}


def test_an_unknown_list_and_another_school_do_not_exist(cast, as_):
    round_ = run_round(cast)
    client = as_(cast.olga)

    assert client.get(f"/team/ronde/{round_.code}/werk/anders/").status_code == 404
    assert client.get(f"/team/ronde/{round_.code}/werk/geen-antwoord/?school=de-haven").status_code == 404
    assert (
        as_(cast.ada).get(f"/team/ronde/{round_.code}/werk/geen-antwoord/?school=de-haven").context["total"]
        == 1
    )


def test_the_file_has_names_and_why_and_no_address(cast, as_):
    with cast.acting():
        guardian(cast.home, "=HYPERLINK(1)", "Post", [cast.bo], email="")
    round_ = run_round(cast)
    url = f"/team/ronde/{round_.code}/werk/onbereikbaar/lijst.csv"

    text = as_(cast.olga).get(url).content.decode("utf-8-sig")

    assert text.splitlines()[1].startswith("'=HYPERLINK(1) Post;Bo Ł.;8A;")
    assert "@" not in text
    assert as_(cast.ria).get(url).status_code == 403


# Mail once more


def test_after_a_correction_the_same_link_is_mailed_once_more(cast):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    assert standing(cast, round_, cast.karol) == Silence.BOUNCED
    corrected(cast, cast.karol)
    assert standing(cast, round_, cast.karol) == Silence.CAME_BACK

    with cast.acting():
        mail_again(round_, cast.karol)
        first, second = Message.objects.filter(guardian=cast.karol).order_by("due_at", "id")
        assert first.link == second.link
        assert (second.kind, second.state, second.cause) == (first.kind, "waiting", f"{round_.cause}:again:1")
        assert Entry.objects.filter(verb=Verb.ROUND_MAILED_AGAIN, subject_id=cast.karol.id).count() == 1
    assert standing(cast, round_, cast.karol) == Silence.SILENT


def test_an_address_that_is_right_after_all_is_mailed_once_more_and_that_is_written_down(cast):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    with cast.acting():
        (closed,) = Bounce.objects.filter(guardian=cast.karol, is_about_address=True)

        mail_again(round_, cast.karol)

        entry = Entry.objects.get(verb=Verb.ROUND_MAILED_AGAIN, subject_id=cast.karol.id)
        assert entry.entrypayload.payload["reopened"] == [closed.id]
        closed.refresh_from_db()
        assert (closed.status, closed.answered_at is not None) == ("5.1.1", True)
    assert standing(cast, round_, cast.karol) == Silence.SILENT
    came_back(cast, cast.karol)
    assert standing(cast, round_, cast.karol) == Silence.BOUNCED


def test_whoever_is_refused_keeps_a_closed_address(cast):
    """Nobody who may not be contacted is opened up, and nobody whom nothing was sent again."""
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    with cast.acting():
        pause(round_)
    assert refused(cast, round_, cast.karol) == "held"
    with cast.acting():
        assert Bounce.objects.get(guardian=cast.karol).is_about_address


def test_a_mail_once_more_waits_and_stops_with_its_round(cast):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    with cast.acting():
        mail_again(round_, cast.karol)
        again = Message.objects.get(cause=f"{round_.cause}:again:1")
        pause(round_)
        assert not claims_due(timezone.now() + timedelta(days=9)).filter(id=again.id).exists()
        resume(round_)
        assert claims_due(timezone.now() + timedelta(days=9)).filter(id=again.id).exists()

        stop(round_)

    clear_stopped()
    with cast.acting():
        assert Message.objects.get(id=again.id).state == "stopped"


def test_who_got_an_address_later_is_mailed_for_the_first_time(cast):
    with cast.acting():
        late = guardian(cast.home, "Laat", "Post", [cast.bo], email="")
    round_ = run_round(cast)
    corrected(cast, late)

    assert standing(cast, round_, late) == Silence.NO_MAIL
    with cast.acting():
        mail_again(round_, late)
    assert standing(cast, round_, late) == Silence.SILENT


def refused(cast, round_, who) -> str:
    with cast.acting(), pytest.raises(CannotMail) as refusal:
        mail_again(round_, who)
    return refusal.value.code


def test_nobody_is_mailed_who_was_reached_answered_or_has_no_address_that_works(cast):
    round_ = run_round(cast)
    assert refused(cast, round_, cast.erik) == "mailed"
    came_back(cast, cast.karol)
    corrected(cast, cast.karol, "")
    assert refused(cast, round_, cast.karol) == "unreachable"
    answer(cast, cast.karol, cast.bo)
    assert refused(cast, round_, cast.karol) == "answered"


def test_a_round_that_waits_mails_nobody(cast):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    corrected(cast, cast.karol)
    with cast.acting():
        pause(round_)

    assert refused(cast, round_, cast.karol) == "held"


def test_at_most_three_times(cast):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    for number in range(3):
        corrected(cast, cast.karol, f"poging{number}@thuis.example.org")
        with cast.acting():
            mail_again(round_, cast.karol)
        came_back(cast, cast.karol)
    corrected(cast, cast.karol, "vierde@thuis.example.org")

    assert refused(cast, round_, cast.karol) == "often"


def test_the_button_mails_once_and_says_so(cast, as_):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    corrected(cast, cast.karol)
    client, url = as_(cast.olga), f"/team/ronde/{round_.code}/werk/teruggekomen/"
    (row,) = client.get(url).context["rows"]
    sent = posted(list="teruggekomen", csrfmiddlewaretoken=client.cookies["csrftoken"].value)

    answers = [client.post(row["mail_url"], sent) for _time in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"] == f"{url}?gemaild=1"
    assert client.get(answers[0].headers["Location"]).context["said"]["kind"] == "done"
    with cast.acting():
        assert Message.objects.filter(guardian=cast.karol).count() == 2
