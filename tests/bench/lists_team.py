"""The lists of who works with pupils: groups and checks, paper, work, authority, errors, rounds, what was placed."""

from datetime import timedelta
from types import SimpleNamespace

from consent.choices import Channel, TaskKind, Value
from consent.domain.asked import INVITE
from consent.domain.decide import Choice, Entered, decide
from consent.domain.entering import enter_form
from consent.domain.invalidate import take_out
from consent.domain.kiosk import start_kiosk
from consent.domain.letters import print_letters
from consent.domain.own import decide_for_self
from consent.domain.papers import print_forms, sheets_for
from consent.domain.rounds import new_links
from consent.domain.scans import ReadScan
from consent.domain.tasks import close_task, open_task
from consent.models import Answer, Purpose, Round
from consent.querysets import purposes_in_use
from consent.rules import Days
from ledger.acting import Actor
from ledger.choices import ActorKind
from notices.choices import BounceSource, State
from notices.domain.bounces import Report, take_bounces
from notices.models import Message
from publications.domain.publish import change_details
from publications.models import Publication
from schools.choices import RoleName
from schools.models import Guardian, Guardianship, Pupil, Role, StaffMember
from tests.bench.listing import Listed, one_more_school
from tests.bench.lists_family import a_child, a_question
from tests.cast import Cast, group, guardian, pupil, school, staff, today, years_ago
from tests.consent.coming import coming
from tests.consent.links import start
from tests.publications.acts import as_staff, kept, placed

# -- what is added


def a_group(cast: Cast, number: int) -> None:
    with cast.acting():
        group(cast.beacon, cast.year, f"6{number}")


def a_colleague(cast: Cast, number: int) -> None:
    with cast.acting():
        staff(cast.home, f"Collega{number}", RoleName.TEACHER, group=cast.group_8a)


def a_guardian(cast: Cast, number: int) -> None:
    with cast.acting():
        guardian(cast.home, f"Ouder{number}", "Groot", [cast.bo])


def a_check(cast: Cast, number: int) -> None:
    kept(cast, "papier", cast.bo)


def a_child_on_the_check(cast: Cast, number: int) -> None:
    a_child(cast, number)
    cast.check = kept(cast, "papier", *_children(cast))


def an_own_answer(cast: Cast, number: int) -> None:
    with cast.acting(Actor(ActorKind.STAFF, cast.joost.id, "teacher")):
        decide_for_self(
            staff_member=StaffMember.objects.select_related("foundation").get(id=cast.joost.id),
            values={cast.purposes["papier"].id: Value.NO},
            language="nl",
        )


def a_tablet(cast: Cast, number: int) -> None:
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")) as act:
        start_kiosk(school=cast.beacon, by=cast.olga, ends_at=act.now + timedelta(hours=1))


def a_school_of_olga(cast: Cast, number: int) -> None:
    one_more_school(cast, cast.olga, RoleName.OFFICE, number)


def a_new_pupil(cast: Cast, number: int) -> None:
    coming(cast, cast.karol, name=f"Nieuw{number}")


def an_entry(cast: Cast, number: int) -> None:
    """One question more, which is entered from the form with a scan."""
    a_question(cast, number)
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        purpose = Purpose.objects.get(slug=f"extra-{number}")
        enter_form(
            form=cast.form,
            guardian=cast.karol,
            values={purpose.id: Value.YES},
            signed_on=today(),
            scan=ReadScan("image/png", b"scan", "0" * 64),
            by=cast.olga,
        )


def a_task(cast: Cast, number: int) -> None:
    a_child(cast, number)
    with cast.acting():
        open_task(TaskKind.TALK, pupil=_children(cast)[-1], guardian=cast.karol, text="Graag bellen")


def a_task_that_is_done(cast: Cast, number: int) -> None:
    with cast.acting():
        close_task(open_task(TaskKind.TALK, pupil=cast.bo, guardian=cast.karol, text="x"), outcome="Gebeld")


def an_error_to_judge(cast: Cast, number: int) -> None:
    _taken_out(cast, entered(cast, cast.bo))


def a_difference(cast: Cast, number: int) -> None:
    """One question more about which Noor's parents do not choose the same."""
    a_question(cast, number)
    with cast.acting():
        purpose = Purpose.objects.get(slug=f"extra-{number}")
    for parent, value in ((cast.amina, Value.YES), (cast.erik, Value.NO)):
        says(cast, parent, cast.noor, value, [purpose.id])


def a_question_to_talk_about(cast: Cast, number: int) -> None:
    a_question(cast, number)
    with cast.acting():
        purpose = Purpose.objects.get(slug=f"extra-{number}")
    says(cast, cast.karol, cast.bo, Value.TALK, [purpose.id])


def something_entered(cast: Cast, number: int) -> None:
    entered(cast, cast.bo)


def an_answer_of_the_submission(cast: Cast, number: int) -> None:
    a_question(cast, number)
    cast.submission.code = entered(cast, cast.bo)[0].submission.code


def an_answer_that_waits(cast: Cast, number: int) -> None:
    a_question(cast, number)
    answers = entered(cast, cast.bo)
    cast.submission.code = answers[0].submission.code
    _taken_out(cast, answers)


def a_group_of_joost(cast: Cast, number: int) -> None:
    with cast.acting():
        here = group(cast.beacon, cast.year, f"6{number}")
        Role.objects.create(
            foundation=cast.home,
            staff_member=cast.joost,
            name=RoleName.TEACHER,
            group=here,
            since=years_ago(1),
        )


def a_round(cast: Cast, number: int) -> None:
    start(cast, name=f"Ronde {number}")


def a_parent_without_address(cast: Cast, number: int) -> None:
    _asked_parent(cast, number, email="")


def a_silent_parent(cast: Cast, number: int) -> None:
    _mailed(cast, _asked_parent(cast, number))


def a_parent_whose_mail_came_back(cast: Cast, number: int) -> None:
    mail = _mailed(cast, _asked_parent(cast, number))
    assert take_bounces([Report(mail.message_id, "5.1.1", BounceSource.MAILBOX)]).new == 1


def a_pupil_without_decider(cast: Cast, number: int) -> None:
    with cast.acting():
        pupil(cast.group_8a, f"Wees{number}", "Groot", years_ago(9))


def a_pile_of_letters(cast: Cast, number: int) -> None:
    a_parent_without_address(cast, number)
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        print_letters(round_=cast.round, school=cast.beacon, by=cast.olga)


def a_group_that_was_asked(cast: Cast, number: int) -> None:
    with cast.acting():
        child = pupil(group(cast.beacon, cast.year, f"6{number}"), f"Kind{number}", "Groot", years_ago(9))
    _asked_parent(cast, number, child=child)


def a_school_that_was_asked(cast: Cast, number: int) -> None:
    with cast.acting():
        here = school(cast.home, f"school-{number}", f"School {number}", f"98A{number}")
        child = pupil(group(here, cast.year, f"6{number}"), f"Kind{number}", "Groot", years_ago(9))
    _asked_parent(cast, number, child=child)


def an_item(cast: Cast, number: int) -> None:
    placed(cast, "papier", cast.bo)


def a_child_on_the_item(cast: Cast, number: int) -> None:
    a_child(cast, number)
    says(cast, cast.karol, _children(cast)[-1], Value.YES)
    cast.item = placed(cast, "papier", *_children(cast))


def a_correction_of_the_item(cast: Cast, number: int) -> None:
    with cast.acting(as_staff(cast.joost)):
        change_details(cast.item, what=f"Sportdag {number}")


# -- what must be there first


def everybody_says_yes(cast: Cast) -> None:
    """Also about children who come later, from a question that was asked of Karol on the day."""
    says(cast, cast.karol, cast.bo, Value.YES)


def karols_form(cast: Cast) -> None:
    with cast.acting():
        cast.form = print_forms(sheets=sheets_for([cast.bo]), by=cast.olga).forms.get(guardian=cast.karol)


def a_conflict(cast: Cast) -> None:
    a_difference(cast, 9)
    with cast.acting():
        cast.task = open_task(TaskKind.CONFLICT, pupil=cast.noor)


def a_talk(cast: Cast) -> None:
    with cast.acting():
        cast.task = open_task(TaskKind.TALK, pupil=cast.bo, guardian=cast.karol)


def a_submission(cast: Cast) -> None:
    cast.submission = SimpleNamespace(code="")


def a_running_round(cast: Cast) -> None:
    a_round(cast, 9)
    with cast.acting():
        cast.round = Round.objects.select_related("year", "foundation").get()


def an_item_of_joost(cast: Cast) -> None:
    everybody_says_yes(cast)
    an_item(cast, 9)
    with cast.acting():
        cast.item = Publication.objects.get()


def _children(cast: Cast) -> list[Pupil]:
    """Of Karol: Bo, and who was added, in that order."""
    with cast.acting():
        return [
            tie.pupil
            for tie in Guardianship.objects.filter(guardian=cast.karol).select_related("pupil").order_by("id")
        ]


def says(cast: Cast, parent, child, value: Value, purposes: list[int] | None = None) -> None:
    with cast.acting(Actor(ActorKind.GUARDIAN, parent.id, "signed_in")):
        asked = purposes or [purpose.id for purpose in purposes_in_use()]
        decide(
            guardian=parent,
            choices=[Choice(child.id, purpose, value) for purpose in asked],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def entered(cast: Cast, child) -> list[Answer]:
    """By Olga, what Karol said by phone."""
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        submission = decide(
            guardian=cast.karol,
            choices=[Choice(child.id, purpose.id, Value.NO) for purpose in purposes_in_use()],
            channel=Channel.PHONE,
            language="nl",
            entered=Entered(cast.olga, "gebeld"),
        )
        return list(submission.answers.select_related("submission").order_by("id"))


def _taken_out(cast: Cast, answers: list[Answer]) -> None:
    """Ada says that what Olga entered was an error; somebody else must agree."""
    with cast.acting(Actor(ActorKind.STAFF, cast.ada.id, "administrator")):
        take_out(answers, reason="Verkeerd kind", by=cast.ada)


def _asked_parent(cast: Cast, number: int, *, child=None, email: str | None = None) -> Guardian:
    with cast.acting():
        child = child or pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))
        parent = guardian(cast.home, f"Ouder{number}", "Groot", [child], email=email)
        new_links(cast.round, {parent.id: Days(cast.round.opens_on, cast.round.closes_on)})
        return parent


def _mailed(cast: Cast, parent: Guardian) -> Message:
    with cast.acting() as act:
        return Message.objects.create(
            foundation=cast.home,
            kind=INVITE,
            guardian=parent,
            language="nl",
            cause=cast.round.cause,
            state=State.SENT,
            due_at=act.now,
            sent_at=act.now,
        )


CHECK = {"group": "group_8a.code"}
ITEM = {"code": "item.code"}
OF_BO = {"code": "bo.code"}
SUBMISSION = {"code": "submission.code"}
OF_ROUND = {"code": "round.code"}
LISTS = [
    Listed("consent:staff.groups", "joost", (a_group,)),
    Listed("consent:staff.groups", "joost", (a_child,), query="q=kind"),
    Listed("consent:staff.groups", "ada", (a_group,)),
    Listed("consent:staff.groups", "joost", (a_colleague,), query="q=col&van=ABCDEFGHJK"),
    Listed("consent:staff.check", "joost", (a_child, a_question, a_colleague), CHECK),
    Listed("consent:staff.check", "joost", (a_child, a_question), CHECK, query="place=papier&everyone=1"),
    Listed("consent:staff.kept", "joost", (a_check,)),
    Listed("consent:staff.kept_check", "joost", (a_child_on_the_check,), {"code": "check.code"}),
    Listed("consent:own.home", "joost", (a_question, an_own_answer)),
    Listed("consent:own.answer", "joost", (a_question,)),
    Listed("consent:own.colleague", "joost", (a_colleague,), query="q=col"),
    Listed("consent:own.colleague", "joost", (a_question,), query="q=joost"),
    Listed("consent:kiosk.room", "olga", (a_tablet, a_school_of_olga)),
    Listed("consent:paper.desk", "olga", (a_group,)),
    Listed("consent:paper.desk", "olga", (a_child,), query="q=kind"),
    Listed("consent:paper.new", "olga", (a_new_pupil,)),
    Listed("consent:paper.child", "olga", (a_question, a_guardian), OF_BO),
    Listed("consent:paper.form", "olga", (a_question, an_entry), {"code": "form.code"}, ready=karols_form),
    Listed("consent:staff.tasks", "olga", (a_task, a_task_that_is_done, an_error_to_judge)),
    Listed("consent:staff.tasks", "joost", (a_task,)),
    Listed("consent:staff.task", "olga", (a_difference,), {"code": "task.code"}, ready=a_conflict),
    Listed("consent:staff.task", "olga", (a_question_to_talk_about,), {"code": "task.code"}, ready=a_talk),
    Listed("consent:staff.authorities", "olga", (a_child,), query="q=kind"),
    Listed("consent:staff.authority", "olga", (a_guardian,), OF_BO),
    Listed("consent:staff.corrections", "olga", (a_child,), query="q=kind"),
    Listed("consent:staff.corrections", "olga", (something_entered,), query="leerling={cast.bo.code}"),
    Listed(
        "consent:staff.correction", "olga", (an_answer_of_the_submission,), SUBMISSION, ready=a_submission
    ),
    Listed("consent:staff.correction", "ria", (an_answer_that_waits,), SUBMISSION, ready=a_submission),
    Listed(
        "consent:staff.rounds", "joost", (a_group_of_joost, a_pupil_without_decider), ready=a_running_round
    ),
    Listed(
        "consent:staff.work_list",
        "olga",
        (a_parent_without_address, a_pile_of_letters, a_school_of_olga),
        {**OF_ROUND, "which": "onbereikbaar"},
        ready=a_running_round,
    ),
    Listed(
        "consent:staff.work_list",
        "olga",
        (a_parent_whose_mail_came_back,),
        {**OF_ROUND, "which": "teruggekomen"},
        ready=a_running_round,
    ),
    Listed(
        "consent:staff.work_list",
        "olga",
        (a_silent_parent,),
        {**OF_ROUND, "which": "geen-antwoord"},
        ready=a_running_round,
    ),
    Listed(
        "consent:staff.work_list",
        "olga",
        (a_pupil_without_decider,),
        {**OF_ROUND, "which": "zonder-ouder"},
        ready=a_running_round,
    ),
    Listed(
        "consent:staff.work_csv",
        "olga",
        (a_parent_without_address,),
        {**OF_ROUND, "which": "onbereikbaar"},
        ready=a_running_round,
    ),
    Listed("portal:team.search", "olga", (a_child,), query="q=kind"),
    Listed("portal:team.search", "olga", (a_guardian,), query="q=ouder"),
    Listed("portal:team.search", "olga", (a_colleague,), query="q=collega"),
    Listed("publications:staff.register", "joost", (an_item,), ready=everybody_says_yes),
    Listed("publications:staff.register", "joost", (an_item,), query="q=bo", ready=everybody_says_yes),
    Listed("publications:staff.publication", "joost", (a_child_on_the_item,), ITEM, ready=everybody_says_yes),
    Listed(
        "publications:staff.publication", "joost", (a_correction_of_the_item,), ITEM, ready=an_item_of_joost
    ),
]
