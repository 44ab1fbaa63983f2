"""The lists that a family sees: behind a link, signed in, on a tablet, and as a pupil with an own mailbox."""

from datetime import timedelta
from types import SimpleNamespace

from django.test import Client
from django.utils import timezone

from accounts.choices import LinkKind
from accounts.links import token_for
from consent.choices import Channel, Layer, TaskKind, Value
from consent.domain.decide import Choice, decide
from consent.domain.decide_as_pupil import decide_as_pupil
from consent.domain.kiosk import Visit, begin_session, decide_at_kiosk, start_kiosk, with_visit
from consent.domain.papers import print_forms, sheets_for
from consent.domain.purposes import add_purpose
from consent.domain.remarks import object_to_item
from consent.domain.tasks import close_task, open_task
from consent.models import PaperForm, PersonalLink, Submission
from consent.querysets import purposes_in_use
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading
from ledger.domain.record import record_reading
from schools.choices import Authority
from schools.models import Foundation, Guardianship
from tests.bench.listing import Listed
from tests.cast import Cast, group, guardian, pupil, school, school_year, today, years_ago
from tests.consent.links import start
from tests.consent.test_pupils import with_mailbox
from tests.publications.acts import all_say_yes, placed

# -- what is added


def a_child(cast: Cast, number: int) -> None:
    with cast.acting():
        child = pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=child,
            authority=Authority.FULL,
            since=years_ago(2),
            source="import",
        )


def a_child_in_another_foundation(cast: Cast, number: int) -> None:
    """Where Karol has the same mailbox."""
    there = Foundation.objects.create(slug=f"elders-{number}", name=f"Elders {number}")
    with cast.acting(foundation=there):
        here = school(there, "de-baken", "De Baken", "98AA")
        child = pupil(group(here, school_year(there), "8A"), f"Ver{number}", "Groot", years_ago(9))
        add_purpose(
            slug="papier",
            layer=Layer.PAPER,
            short_label="Papier",
            all_must_agree=False,
            places=["Schoolgids"],
            words={"nl": ("Papier", "Uitleg")},
            in_force_on=today() - timedelta(days=30),
        )
        guardian(there, "Karol", "Łuczak", [child], email=cast.karol.email)


def a_question(cast: Cast, number: int) -> None:
    with cast.acting():
        add_purpose(
            slug=f"extra-{number}",
            layer=Layer.PAPER,
            short_label=f"Extra {number}",
            all_must_agree=False,
            places=[f"Plaats {number}"],
            words={"nl": (f"Extra {number}", "Uitleg")},
            in_force_on=today() - timedelta(days=30),
        )


def a_child_to_check(cast: Cast, number: int) -> None:
    a_child(cast, number)
    _fill_in(cast)


def a_question_to_check(cast: Cast, number: int) -> None:
    a_question(cast, number)
    _fill_in(cast)


def a_choice_on_the_receipt(cast: Cast, number: int) -> None:
    """A question more in what Karol passed on at once: a receipt never grows, so it is another, longer one."""
    a_question(cast, number)
    cast.receipt.code = _passed_on(cast, cast.karol, cast.bo).code


def a_child_on_the_receipt(cast: Cast, number: int) -> None:
    a_child(cast, number)
    with cast.acting():
        children = [
            tie.pupil for tie in Guardianship.objects.filter(guardian=cast.karol).select_related("pupil")
        ]
    cast.receipt.code = _passed_on(cast, cast.karol, *children).code


def a_submission(cast: Cast, number: int) -> None:
    _passed_on(cast, cast.karol, cast.bo, value=[Value.YES, Value.NO][number % 2])


def a_look(cast: Cast, number: int) -> None:
    with cast.acting(
        Actor(ActorKind.STAFF, cast.olga.id, "office"), now=timezone.now() - timedelta(days=number)
    ):
        record_reading(Reading.CONSENT_STATE, [cast.bo.id])


def a_remark(cast: Cast, number: int) -> None:
    """Two of them are done."""
    with cast.acting():
        task = open_task(TaskKind.WRONG_CHILD, pupil=cast.bo, guardian=cast.karol, text="Niet goed")
        if number:
            close_task(task, outcome="Gedaan")


def an_item(cast: Cast, number: int) -> None:
    placed(cast, "sociaal", cast.bo)


def a_choice_on_the_tablet(cast: Cast, number: int) -> None:
    a_question(cast, number)
    with cast.acting(Actor(ActorKind.GUARDIAN, cast.karol.id, "kiosk")):
        visit = Visit(cast.tablet, cast.letter, cast.karol, cast.tablet.started_at)
        choices = [Choice(cast.bo.id, purpose, Value.NO) for purpose in _purposes()]
        cast.receipt.code = decide_at_kiosk(visit=visit, choices=choices, language="nl").code


def a_pupils_choice(cast: Cast, number: int) -> None:
    """Sam chooses once more; the receipt is the longest one."""
    a_question(cast, number)
    _sam_says(cast)


def a_pupils_objection(cast: Cast, number: int) -> None:
    with cast.acting(Actor(ActorKind.PUPIL, cast.sam.id, "signed_in")):
        cast.sam.foundation.refresh_from_db()
        object_to_item(pupil=cast.sam, guardian=None, text=f"Foto {number}", purpose=None, language="nl")


def an_item_with_sam(cast: Cast, number: int) -> None:
    placed(cast, "papier", cast.sam)


# -- what must be there first


def a_receipt(cast: Cast) -> None:
    cast.receipt = SimpleNamespace(code="")


def a_link(cast: Cast) -> None:
    """Karol was asked."""
    start(cast)
    with cast.acting():
        target = PersonalLink.objects.get(guardian=cast.karol).target
    cast.link = SimpleNamespace(token=token_for(LinkKind.CONSENT, target))


def a_receipt_of_a_link(cast: Cast) -> None:
    a_receipt(cast)
    a_link(cast)


def sams_mailbox(cast: Cast) -> None:
    with_mailbox(cast, cast.sam)
    a_receipt(cast)


def sam_says_yes(cast: Cast) -> None:
    sams_mailbox(cast)
    _sam_says(cast)


def _passed_on(cast: Cast, guardian, *children, value: Value = Value.YES) -> Submission:
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "link")):
        link = PersonalLink.objects.filter(guardian=guardian).select_related("round").first()
        return decide(
            guardian=guardian,
            choices=[Choice(child.id, purpose, value) for child in children for purpose in _purposes()],
            channel=Channel.LINK if link else Channel.SIGNED_IN,
            language="nl",
            link=link,
        )


def _fill_in(cast: Cast) -> None:
    """A yes to everything for all children, kept in the session while the code is on its way."""
    form = cast.browser.get("/ouder/thuis/vragen/").context["form"]
    answers = {name: "yes" for name in form.fields if name.startswith("all-")}
    session = cast.browser.session
    session["choices_waiting"] = {
        "guardian": cast.karol.id,
        "answers": answers | {"asked": form.asked, "scope": "all"},
    }
    session.save()


def _sam_says(cast: Cast) -> None:
    with cast.acting(Actor(ActorKind.PUPIL, cast.sam.id, "signed_in")):
        cast.receipt.code = decide_as_pupil(
            pupil=cast.sam,
            choices=[Choice(cast.sam.id, purpose, Value.YES) for purpose in _purposes()],
            channel=Channel.SIGNED_IN,
            language="nl",
        ).code


def _purposes() -> list[int]:
    return [purpose.id for purpose in purposes_in_use()]


def waiting_for_a_code(cast: Cast, client: Client) -> None:
    """Karol filled in the questions behind the link, and a code is mailed."""
    cast.browser = client


def with_letter(cast: Cast, client: Client) -> None:
    """Karol's letter opened a tablet of De Baken; the client is that tablet."""
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")) as act:
        tablet = start_kiosk(school=cast.beacon, by=cast.olga, ends_at=act.now + timedelta(hours=1))
        print_forms(sheets=sheets_for([cast.bo]), by=cast.olga)
        form = PaperForm.objects.get(pupil=cast.bo, guardian=cast.karol)
        session = client.session
        session["kiosk"] = with_visit(begin_session(tablet), form)
        session.save()
    cast.tablet, cast.letter = tablet, form


OF_A_LINK = {"token": "link.token"}
A_RECEIPT = {"foundation": "thuis", "code": "receipt.code"}
OF_BO = {"foundation": "thuis", "child": "bo.code"}
LISTS = [
    Listed("consent:parents.home", "karol", (a_child, a_question, a_child_in_another_foundation)),
    Listed("consent:parents.answer", "karol", (a_child, a_question), {"foundation": "thuis"}),
    Listed(
        "consent:parents.check",
        "karol",
        (a_child_to_check, a_question_to_check),
        {"foundation": "thuis"},
        enter=waiting_for_a_code,
    ),
    Listed("consent:parents.receipt", "karol", (a_choice_on_the_receipt,), A_RECEIPT, ready=a_receipt),
    Listed("consent:parents.receipt", "karol", (a_child_on_the_receipt,), A_RECEIPT, ready=a_receipt),
    Listed("consent:parents.child", "karol", (a_question, a_submission, a_look, a_remark), OF_BO),
    Listed("consent:parents.objection", "karol", (a_question,), OF_BO),
    Listed("publications:parents.where", "karol", (an_item,), OF_BO, ready=all_say_yes),
    Listed("consent:links.answer", "", (a_child, a_question), OF_A_LINK, ready=a_link),
    Listed(
        "consent:links.receipt",
        "",
        (a_choice_on_the_receipt,),
        {**OF_A_LINK, "code": "receipt.code"},
        ready=a_receipt_of_a_link,
    ),
    Listed("consent:pupils.answer", "sam", (a_question,), ready=sams_mailbox),
    Listed("consent:pupils.receipt", "sam", (a_pupils_choice,), {"code": "receipt.code"}, ready=sams_mailbox),
    Listed("consent:pupils.objection", "sam", (a_question,), ready=sams_mailbox),
    Listed(
        "portal:pupils.start", "sam", (a_question, a_pupils_choice, a_pupils_objection), ready=sams_mailbox
    ),
    Listed("publications:pupils.where", "sam", (an_item_with_sam,), ready=sam_says_yes),
    Listed("consent:kiosk.answer", "", (a_child, a_question), enter=with_letter),
    Listed(
        "consent:kiosk.receipt",
        "",
        (a_choice_on_the_tablet,),
        {"code": "receipt.code"},
        ready=a_receipt,
        enter=with_letter,
    ),
]
