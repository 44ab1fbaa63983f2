"""C12: a pupil objects to one item, whatever was answered; the school hears it, the pupil gets a confirmation."""

from datetime import timedelta

import pytest

from consent.choices import TaskKind
from consent.domain.remarks import MOST_OBJECTIONS
from consent.domain.tasks import close_task, open_task
from consent.models import Task
from notices.models import AccountMail, Message
from schools.models import Enrolment, Guardianship
from tests.cast import today
from tests.consent.links import hidden, words
from tests.consent.test_pupils import set_up, with_mailbox

OBJECT = "/leerling/bezwaar/"
HOSTILE = "<script>alert(1)</script> {{ x }} %(y)s ’; DROP TABLE -- \u202e نص"


def object_to(client, address: str = OBJECT, **more):
    filled = {"where": "Instagram van school", "what": "Sportdag", "purpose": ""} | more
    return client.post(address, hidden(client.get(OBJECT)) | filled)


def test_an_objection_is_work_for_the_school_and_confirmed_to_the_pupil_only(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    assert OBJECT in client.get("/leerling/").content.decode()

    sent = object_to(client, purpose="papier")
    page = client.get(sent["Location"])

    assert (sent.status_code, page.status_code) == (303, 200)
    assert "s…" in words(page)
    with cast.acting():
        task = Task.objects.get()
        assert (task.kind, task.pupil_id, task.guardian_id) == (TaskKind.OBJECTION, cast.sam.id, None)
        assert (task.text, task.purpose_id) == ("Instagram van school\nSportdag", cast.purposes["papier"].id)
        assert not Message.objects.exists()  # no parent hears it
    mail = AccountMail.objects.get(kind="consent/pupil_remark")
    assert (mail.to, task.code in mail.text) == (cast.sam.email, True)
    assert "Sportdag" not in mail.text  # R6
    assert "Sportdag" in words(as_(cast.olga).get(f"/team/taken/{task.code}/"))
    assert "Sportdag" in words(client.get("/leerling/"))


def test_what_the_school_did_stands_on_the_page_of_the_pupil(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    object_to(client)
    with cast.acting():
        close_task(Task.objects.get(), outcome="De foto is weg.")

    assert "De foto is weg." in words(client.get("/leerling/"))


def test_other_work_about_the_pupil_is_not_shown_to_the_pupil(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    with cast.acting():
        open_task(TaskKind.WRONG_ADDRESS, pupil=cast.sam, text="Geheim werk")

    assert "Geheim werk" not in words(client.get("/leerling/"))


def test_before_16_only_where_a_pupil_has_a_say(cast, as_):
    client = as_(with_mailbox(cast, cast.noor))
    assert client.get(OBJECT).status_code == 404
    assert OBJECT not in client.get("/leerling/").content.decode()

    set_up(cast, pupil_may_veto=True)

    assert object_to(client).status_code == 303


@pytest.mark.parametrize("case", ["left", "representative"])
def test_also_after_leaving_and_with_a_representative(cast, as_, case):
    client = as_(with_mailbox(cast, cast.sam))
    with cast.acting():
        if case == "left":
            Enrolment.objects.filter(pupil=cast.sam).update(until=today() - timedelta(days=1))
        else:
            Guardianship.objects.filter(pupil=cast.sam).update(beyond_16=True)

    assert object_to(client).status_code == 303


def test_with_the_address_of_a_parent_no_mail_goes_out(cast, as_):
    client = as_(with_mailbox(cast, cast.sam, cast.amina.email))

    assert object_to(client).status_code == 303
    assert not AccountMail.objects.filter(kind="consent/pupil_remark").exists()


def test_bad_input_is_said_and_kept(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))

    for wrong in ({"where": ""}, {"what": "x" * 300}, {"purpose": "niets"}, {"where": "a\0"}, {"key": "x"}):
        page = object_to(client, **wrong)
        assert page.status_code == 422, wrong
    assert object_to(client, where=HOSTILE, what=HOSTILE).status_code == 303
    assert "<script>alert" not in client.get("/leerling/").content.decode()


def test_at_most_so_many_at_the_same_time_and_somebody_elses_does_not_exist(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    for number in range(MOST_OBJECTIONS):
        assert object_to(client, what=f"Foto {number}").status_code == 303

    assert object_to(client, what="Nog een").status_code == 409
    set_up(cast, pupil_may_veto=True)
    with cast.acting():
        code = Task.objects.first().code
    assert as_(with_mailbox(cast, cast.noor)).get(f"/leerling/bericht/{code}/").status_code == 404
