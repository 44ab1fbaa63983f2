"""Who decides for a child: written down from a paper, in force at once, told without names (C2, C6a)."""

from datetime import timedelta

import pytest

from accounts.choices import Capacity
from consent.choices import Reason, TaskKind
from consent.domain.authority import change_authority
from consent.models import Task
from ledger.acting import Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry, EntryPayload
from notices.models import AccountMail, Message
from schools.choices import Authority, Representation, Source
from schools.domain.authority import NotTheirs, Paper
from schools.models import Guardian, Guardianship
from tests.cast import today
from tests.consent.links import hidden, words
from tests.consent.test_pupils import NO, YES, parent_says, reason_of, with_mailbox

DAY = timedelta(days=1)


def paper(authority=Authority.FULL, *, since=None, **more) -> Paper:
    day = today()
    return Paper(
        authority, **({"source": Source.COURT, "source_on": day - DAY, "since": since or day} | more)
    )


def seen(cast, guardian, child, what: Paper) -> None:
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        change_authority(guardian=guardian, pupil=child, paper=what, by=cast.olga)


def ties(cast, guardian, child) -> list[tuple]:
    with cast.acting():
        rows = Guardianship.objects.filter(guardian=guardian, pupil=child).order_by("since")
        return [(row.since, row.until, row.authority) for row in rows]


def mails(cast) -> dict[int, dict]:
    with cast.acting():
        return {row.guardian_id: row.context for row in Message.objects.filter(kind="consent/authority")}


# -- what was known is cut around the days of the paper ------------------------------------------------------------


def test_an_end_from_a_day_leaves_the_days_before_as_they_were(cast):
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    born, day = cast.noor.born_on, today()
    assert ties(cast, cast.erik, cast.noor) == [(born, day - DAY, "full"), (day, None, "none")]


def test_for_some_time_only_and_then_what_stood_there_goes_on(cast):
    born, day, last = cast.noor.born_on, today(), today() + 9 * DAY

    seen(cast, cast.erik, cast.noor, paper(Authority.INFORMED, until=last))

    assert ties(cast, cast.erik, cast.noor) == [
        (born, day - DAY, "full"),
        (day, last, "informed"),
        (last + DAY, None, "full"),
    ]


def test_a_paper_from_before_what_is_known_goes_over_all_of_it(cast):
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))
    seen(cast, cast.erik, cast.noor, paper(Authority.INFORMED, since=cast.noor.born_on))

    assert ties(cast, cast.erik, cast.noor) == [(cast.noor.born_on, None, "informed")]


def test_the_same_day_again_is_a_correction(cast):
    for authority in (Authority.NONE, Authority.INFORMED, Authority.FULL):
        seen(cast, cast.erik, cast.noor, paper(authority))

    born, day = cast.noor.born_on, today()
    assert ties(cast, cast.erik, cast.noor) == [(born, day - DAY, "full"), (day, None, "full")]


def test_who_is_not_known_with_the_child_gets_no_right_to_it(cast):
    with pytest.raises(NotTheirs):
        seen(cast, cast.karol, cast.noor, paper())
    assert ties(cast, cast.karol, cast.noor) == []


# -- in force at once ----------------------------------------------------------------------------------------------


def test_a_parent_who_lost_authority_counts_no_more_from_that_day(cast):
    parent_says(cast, cast.amina, cast.noor, YES, "papier")
    parent_says(cast, cast.erik, cast.noor, NO, "papier")
    assert reason_of(cast, cast.noor) == Reason.CONFLICT
    with cast.acting():
        assert Task.objects.filter(kind=TaskKind.CONFLICT, closed_at=None).exists()

    seen(cast, cast.erik, cast.noor, paper(Authority.NONE, since=today() + DAY))
    assert reason_of(cast, cast.noor) == Reason.CONFLICT  # not before its day
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    assert reason_of(cast, cast.noor) == Reason.AGREED
    with cast.acting():
        assert not Task.objects.filter(kind=TaskKind.CONFLICT, closed_at=None).exists()


def test_a_parent_who_gets_authority_back_counts_with_the_answer_of_before(cast):
    parent_says(cast, cast.amina, cast.noor, YES, "papier")
    parent_says(cast, cast.erik, cast.noor, NO, "papier")
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    seen(cast, cast.erik, cast.noor, paper(Authority.FULL))

    assert reason_of(cast, cast.noor) == Reason.CONFLICT
    with cast.acting():
        assert Task.objects.filter(kind=TaskKind.CONFLICT, closed_at=None).count() == 1


@pytest.mark.parametrize("order", Representation)
def test_a_representative_decides_beyond_16_until_the_last_day(cast, order):
    with_mailbox(cast, cast.sam)
    last = today() + 3 * DAY

    seen(cast, cast.amina, cast.sam, paper(representation=order, until=last))

    parent_says(cast, cast.amina, cast.sam, YES, "papier")
    assert reason_of(cast, cast.sam) == Reason.AGREED
    with cast.acting():
        rows = list(Guardianship.objects.filter(pupil=cast.sam).order_by("since"))
        assert [(row.beyond_16, row.representation) for row in rows] == [
            (False, ""),
            (True, str(order)),
            (False, ""),
        ]
        assert rows[1].source_on == today() - DAY
        assert rows[1].verified_by == cast.olga.full_name
    assert "Sam" in {row["name"] for row in mails(cast).values()}.pop()


def test_the_ledger_has_what_stood_there_and_what_stands_there(cast):
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    with cast.acting():
        entry = Entry.objects.get(verb=Verb.AUTHORITY_SET)
        told = EntryPayload.objects.get(entry=entry).payload
    assert (entry.actor_kind, entry.actor_id) == ("staff", cast.olga.id)
    assert [row["authority"] for row in told["before"]] == ["full"]
    assert [row["authority"] for row in told["after"]] == ["full", "none"]


# -- who hears it --------------------------------------------------------------------------------------------------


def test_everybody_concerned_hears_only_of_the_own_place(cast):
    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    told = mails(cast)
    assert {pk: row["decides"] for pk, row in told.items()} == {cast.erik.id: False, cast.amina.id: True}
    for row in told.values():
        said = str(row)
        assert not any(word in said for word in ("Erik", "Jansen", "Amina", "Yıldız", "@", "court"))


def test_only_another_source_of_the_same_is_no_news(cast):
    seen(cast, cast.erik, cast.noor, paper(source=Source.REGISTER))

    assert mails(cast) == {}
    with cast.acting():
        assert Guardianship.objects.get(guardian=cast.erik, until=None).source == "register"


def test_who_may_not_be_contacted_is_not_mailed(cast):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.erik).update(may_be_contacted=False)

    seen(cast, cast.erik, cast.noor, paper(Authority.NONE))

    assert set(mails(cast)) == {cast.amina.id}


def test_the_pupil_hears_it_in_the_own_language_and_reads_no_name(cast):
    with_mailbox(cast, cast.sam)
    cast.user_of(cast.sam).__class__.objects.filter(email=cast.sam.email).update(language="en")

    seen(cast, cast.amina, cast.sam, paper(representation=Representation.MENTORSCHAP))

    mail = AccountMail.objects.get(kind="consent/pupil_authority")
    assert (mail.to, mail.language) == (cast.sam.email, "en")
    assert "Somebody else chooses for you." in mail.text
    assert "Amina" not in mail.subject + mail.text + mail.html
    assert "mentorschap" not in mail.subject + mail.text + mail.html


# -- the pages -----------------------------------------------------------------------------------------------------


def filled(page, **values: str) -> dict[str, str]:
    day = today().isoformat()
    return hidden(page) | {"may": "none", "source": "court", "source_on": day, "since": day} | values


def test_the_office_sees_who_decides_and_writes_down_a_court_decision(cast, as_):
    with cast.acting():
        Guardian.objects.filter(id=cast.erik.id).update(has_secret_address=True)
    office = as_(cast.olga)
    assert f"/team/gezag/{cast.noor.code}/" in office.get("/team/gezag/?q=Noor").content.decode()
    page = office.get(f"/team/gezag/{cast.noor.code}/")
    assert "Amina Yıldız" in words(page)
    assert cast.erik.email not in page.content.decode()
    address = f"/team/gezag/{cast.noor.code}/{cast.erik.code}/"

    asked = office.get(address)
    assert "checked" not in asked.content.decode()
    sent = office.post(address, filled(asked))
    again = office.post(address, filled(asked))  # a double tap

    assert (sent.status_code, again["Location"]) == (303, sent["Location"])
    assert len(ties(cast, cast.erik, cast.noor)) == 2
    assert cast.olga.full_name in words(office.get(sent["Location"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"may": ""},
        {"may": "everything"},
        {"source": "import"},
        {"source_on": "2999-01-01"},
        {"source_on": "0001-01-01"},
        {"since": "1900-01-01"},
        {"since": "9999-12-31"},
        {"since": "\0"},
        {"until": "2001-01-01"},
        {"until": "9999-12-31"},
        {"key": "no"},
    ],
)
def test_bad_input_is_said_in_words_and_changes_nothing(cast, as_, wrong):
    office, address = as_(cast.olga), f"/team/gezag/{cast.noor.code}/{cast.erik.code}/"

    page = office.post(address, filled(office.get(address)) | wrong)

    assert page.status_code == 422
    assert len(ties(cast, cast.erik, cast.noor)) == 1


def test_nobody_writes_down_the_authority_over_an_own_child(cast, as_):
    """Ria directs the school and is the mother of Bo: she sees nothing of Bo here."""
    with cast.acting():
        cast.karol.email = cast.ria.email
        cast.karol.save()
        cast.user_of(cast.karol)
        mailbox = cast.user_of(cast.ria)
        from accounts.models import Reach

        Reach.objects.filter(capacity=Capacity.GUARDIAN, person_id=cast.karol.id).update(user=mailbox)
    director = as_(cast.ria)

    assert director.get(f"/team/gezag/{cast.bo.code}/").status_code == 404
    assert director.get(f"/team/gezag/{cast.bo.code}/{cast.ward.code}/").status_code == 404
    assert cast.bo.code not in director.get("/team/gezag/?q=Bo").content.decode()
    assert director.get(f"/team/gezag/{cast.noor.code}/").status_code == 200
    with cast.acting():  # nor when a court has taken her authority: she does not give it back to herself
        Guardianship.objects.filter(guardian=cast.karol).update(until=today() - DAY)
    assert director.get(f"/team/gezag/{cast.bo.code}/").status_code == 404


def test_a_guardian_of_another_child_is_not_found_here(cast, as_):
    office = as_(cast.olga)

    assert office.get(f"/team/gezag/{cast.noor.code}/{cast.karol.code}/").status_code == 404
    assert office.get(f"/team/gezag/{cast.mila.code}/").status_code == 404  # another school


def test_the_task_about_authority_leads_to_the_page(cast, as_):
    from consent.domain.tasks import open_task

    with cast.acting():
        task = open_task(TaskKind.WRONG_AUTHORITY, pupil=cast.noor, guardian=cast.erik, text="Klopt niet")

    page = as_(cast.olga).get(f"/team/taken/{task.code}/").content.decode()

    assert f"/team/gezag/{cast.noor.code}/" in page
