"""A case from report to closing: what each act does, tells the ledger, and refuses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.choices import Category, Channel, EventKind, Move, PersonPart, Reply, State, Way
from incidents.domain import facts
from incidents.domain.handle import (
    CannotReceive,
    CaseClosed,
    InItYourself,
    NobodyElse,
    NotANote,
    NotOpened,
    OneName,
    add_note,
    add_person,
    answer_reporter,
    hand_over,
    move,
    open_case,
    recuse,
    reporter_writes,
)
from incidents.domain.measures import HeavyMeasure, NotOnLadder, decide_measure, propose_measure, put_in_force
from incidents.domain.parents import MailItself, NotTheirParent, log_contact, parents_told, tell_by_mail
from incidents.domain.report import EmptyReport, log_spoken
from incidents.domain.timeline import NotHandling, NothingWritten
from incidents.models import Case, Measure
from incidents.querysets import measures_of, people_of, shared_lines, timeline
from incidents.rules import MoveRefused, StepKind
from ledger.acting import Actor
from ledger.choices import ActorKind
from ledger.models import Entry, EntryPayload
from notices import mail
from notices.choices import State as Delivery
from notices.domain.write import words_of
from notices.models import Message
from policies.choices import Audience, Weight
from schools.choices import RoleName
from tests.cast import staff as hire
from tests.cast import today, years_ago

from .acts import accuse, handling, ladder, opened, reported, reporter, staff, talk_and_warning, words


def mine(case):
    return Case.objects.get(id=case.id)


def verbs(cast, case):
    with cast.acting():
        return list(
            Entry.objects.filter(subject_type="case", subject_id=case.number)
            .order_by("id")
            .values_list("verb", flat=True)
        )


def in_hand(cast, person=None, **changes):
    person = person or cast.ria
    case = opened(cast, person, **changes)
    with handling(cast, person, case) as own:
        move(own, move=Move.HANDLE)
    return case


def proposed(cast, rung_number=0, **changes):
    rungs = talk_and_warning(cast, years_ago(1))
    case = in_hand(cast, **changes)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case) as own:
        measure = propose_measure(own, person=person, rung=rungs[rung_number], reason="Drie keer gezien")
    return case, person, measure


def test_from_report_to_closing(cast):
    made = reported(cast)
    with handling(cast, cast.ria, made.case) as case:
        assert facts.open_step(case).kind == StepKind.CONFIRM
        open_case(case)
        assert case.state == State.TRIAGED
    with cast.acting(reporter(made.case)):
        assert [line.kind for line in shared_lines(mine(made.case))] == [EventKind.RECEIVED, EventKind.OPENED]
    case = made.case
    rungs = talk_and_warning(cast, years_ago(1))
    with handling(cast, cast.ria, case) as own:
        move(own, move=Move.HANDLE)
        person = add_person(own, part=PersonPart.ACCUSED, pupil=cast.bo)
        propose_measure(own, person=person, rung=rungs[0], reason="Gesprek helpt hier")
        assert facts.open_step(own).kind == StepKind.DECIDE
    with handling(cast, cast.ria, case) as own:
        decide_measure(measures_of(own)[0])
        assert facts.open_step(mine(case)).kind == StepKind.TELL_PARENTS
    with handling(cast, cast.ria, case), pytest.raises(MoveRefused) as refused:
        put_in_force(Measure.objects.get())
    assert refused.value.code == "parents_told"
    with handling(cast, cast.ria, case) as own:
        log_contact(own.casepersons.get(), way=Way.CALL, reply=Reply.ANSWERED, note="Vader snapt het")
        put_in_force(Measure.objects.get())
        assert mine(case).state == State.IN_FORCE
    with handling(cast, cast.ria, case) as own:
        with pytest.raises(MoveRefused) as refused:
            move(own, move=Move.CLOSE, reason="Klaar")
        assert refused.value.code == "answered"
    with handling(cast, cast.ria, case) as own:
        answer_reporter(own, text="We hebben met iedereen gepraat")
        move(own, move=Move.CLOSE, reason="Klaar")
        assert (own.state, own.closed_at is not None) == (State.CLOSED, True)
        assert facts.open_step(own) is None
        positions = list(own.events.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert verbs(cast, case)[:3] == ["incidents:report:made", "incidents:case:routed", "incidents:case:moved"]


def test_the_ledger_holds_no_word_of_it(cast):
    case, _person, _measure = proposed(cast, what="kanarievogel in de klas", who="Kwetal")
    with cast.acting():
        payloads = " ".join(str(row.payload) for row in EntryPayload.objects.order_by("entry_id"))

    assert "kanarie" not in payloads
    assert "Kwetal" not in payloads
    assert case.code not in payloads
    assert "Bo" not in payloads


@pytest.mark.parametrize("what", ["", "   ", "😭😭😭", "!?…"])
def test_a_report_without_a_word_is_refused(cast, what):
    with pytest.raises(EmptyReport):
        reported(cast, what=what)


def test_opening_twice_is_told_once(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own:
        open_case(own)
        assert [line.kind for line in timeline(own)].count(EventKind.OPENED) == 1


def test_a_correction_is_added_and_the_note_stays(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own:
        note = add_note(own, text="Op maandag")
        add_note(own, text="Op dinsdag", corrects=note)
        lines = timeline(own)
        opening = own.events.get(kind=EventKind.OPENED)
        with pytest.raises(NotANote):
            add_note(own, text="x", corrects=opening)
        with pytest.raises(NothingWritten):
            add_note(own, text=" … ")

    assert [line.text for line in lines[-2:]] == ["Op maandag", "Op dinsdag"]
    assert lines[-1].facts == {"corrects": str(note.id)}


def test_an_answer_asks_an_opened_case_and_a_closed_one_is_refused_kindly(cast):
    case = reported(cast).case
    with handling(cast, cast.ria, case) as own:
        with pytest.raises(NotOpened):
            answer_reporter(own, text="Dag")
        open_case(own)
        answer_reporter(own, text="Dag")
        move(own, move=Move.CLOSE, reason="Opgelost")
        with pytest.raises(CaseClosed):
            answer_reporter(own, text="Nog iets")
    with cast.acting(reporter(case)), pytest.raises(CaseClosed) as refused:
        reporter_writes(mine(case), text="Het gebeurt weer")
    assert "nieuwe melding" in str(refused.value.message)


def test_only_the_reporter_writes_as_the_reporter_and_only_a_handler_as_a_handler(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own, pytest.raises(NotHandling):
        reporter_writes(own, text="Ik doe alsof")
    with cast.acting(reporter(case)):
        own = mine(case)
        for act in (
            lambda: add_note(own, text="x"),
            lambda: answer_reporter(own, text="x"),
            lambda: open_case(own),
            lambda: move(own, move=Move.CLOSE, reason="x"),
            lambda: add_person(own, part=PersonPart.WITNESS, name="Piet"),
            lambda: recuse(own, reason="x"),
        ):
            with pytest.raises(NotHandling):
                act()
    with cast.acting(staff(cast.els)), pytest.raises(NotHandling):
        add_note(case, text="Ik hoor hier niet")


def test_waiting_goes_back_to_where_it_was(cast):
    case, _person, _measure = proposed(cast)
    with handling(cast, cast.ria, case) as own:
        move(own, move=Move.WAIT, reason="Op het wijkteam")
        assert (own.state, own.state_before) == (State.WAITING, State.PROPOSED)
        move(own, move=Move.RESUME)
        assert (own.state, own.state_before) == (State.PROPOSED, "")


def test_moves_of_measures_have_acts_of_their_own(cast):
    case, _person, _measure = proposed(cast)
    with handling(cast, cast.ria, case) as own:
        for one in (Move.PROPOSE, Move.DECIDE, Move.ENFORCE, Move.TRIAGE):
            with pytest.raises(MoveRefused):
                move(own, move=one, reason="x")


def test_a_case_that_is_taken_back_in_hand_lets_its_proposal_lapse(cast):
    case, _person, measure = proposed(cast)
    with handling(cast, cast.ria, case) as own:
        move(own, move=Move.HANDLE, reason="Toch eerst praten")
        assert facts.open_measures(own) == []
    with handling(cast, cast.ria, case), pytest.raises(MoveRefused):
        decide_measure(Measure.objects.get(id=measure.id))


def test_closing_and_opening_again(cast):
    case = in_hand(cast)
    with handling(cast, cast.ria, case) as own:
        answer_reporter(own, text="Klaar")
        move(own, move=Move.CLOSE, reason="Klaar")
        move(own, move=Move.REOPEN, reason="Weer gebeurd")
        assert (own.state, own.closed_at) == (State.HANDLING, None)


def test_a_spoken_report_needs_no_answer_through_the_portal(cast):
    with cast.acting(staff(cast.ria)):
        case = log_spoken(school=cast.beacon, words=words(), by=cast.ria)
        open_case(case)
        move(case, move=Move.CLOSE, reason="Ter plekke opgelost")
    assert (case.channel, case.state) == (Channel.SPOKEN, State.CLOSED)
    assert verbs(cast, case)[0] == "incidents:report:logged"


def test_people_are_known_or_only_a_name_and_never_twice(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own:
        first = add_person(own, part=PersonPart.ACCUSED, pupil=cast.bo)
        again = add_person(own, part=PersonPart.ACCUSED, pupil=cast.bo)
        add_person(own, part=PersonPart.WITNESS, name="Een jongen van de overkant")
        with pytest.raises(OneName):
            add_person(own, part=PersonPart.WITNESS)
        with pytest.raises(OneName):
            add_person(own, part=PersonPart.WITNESS, pupil=cast.bo, staff_member=cast.joost)
        lines = people_of(own)

    assert first.id == again.id
    assert {line.name for line in lines} == {"Bo Łuczak", "Een jongen van de overkant"}


def test_who_handles_it_is_not_in_it(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own, pytest.raises(InItYourself):
        add_person(own, part=PersonPart.ACCUSED, staff_member=cast.ria)


def test_handing_over_goes_to_who_may_receive_it(cast):
    case = opened(cast, cast.ria, what="Joost en een jongen")
    with handling(cast, cast.ria, case) as own:
        names = {one.call_name for one, _role in facts.colleagues_for(own)}
        assert {
            "Fatima",
            "Henk",
            "Ada",
            "Lotte",
            "Zoe",
        } == names  # not Joost (named), Ria (herself), Olga, Els
        for wrong in (cast.joost, cast.ria, cast.olga, cast.els, cast.piet):
            with pytest.raises(CannotReceive):
                hand_over(own, to=wrong, reason="Kan niet")
        hand_over(own, to=cast.fatima, reason="Zij kent de klas")
    with handling(cast, cast.fatima, case) as own:
        add_note(own, text="Overgenomen")
        hand_over(own, to=cast.ria, reason="Terug")
    with handling(cast, cast.ria, case) as own:
        assert "Overgenomen" in [line.text for line in timeline(own)]


def test_who_withdraws_sees_nothing_any_more_and_somebody_else_has_it(cast):
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as own:
        recuse(own, reason="Ik ken de ouders")
        assert not Case.objects.exists()
    with handling(cast, cast.henk, case) as own:
        assert timeline(own)[-1].text == "Ik ken de ouders"


def test_a_case_is_never_with_nobody(cast):
    with cast.acting(staff(cast.bas), cast.bridge):
        case = log_spoken(school=cast.bridge_school, words=words(), by=cast.bas)
        with pytest.raises(NobodyElse):
            recuse(case, reason="Ik wil niet")
        assert Case.objects.filter(id=case.id).exists()


def test_the_ladder_of_the_day_it_happened_counts(cast):
    old = talk_and_warning(cast, today() - timedelta(days=60))
    new = ladder(
        cast,
        in_force_on=today() - timedelta(days=10),
        rungs=[("Nieuw", Weight.LIGHT, RoleName.DIRECTOR, True)],
    )
    cases = {
        day: in_hand(cast, happened_on=today() - timedelta(days=day) if day else None)
        for day in (90, 30, 5, 0)
    }
    found = {}
    for day, case in cases.items():
        person = accuse(cast, cast.ria, case, cast.bo)
        with handling(cast, cast.ria, case) as own:
            found[day] = [rung.name for rung in facts.rungs_for(own, person)]
            if day == 30:
                with pytest.raises(NotOnLadder):
                    propose_measure(own, person=person, rung=new[0], reason="x1")

    assert found == {90: [], 30: [rung.name for rung in old], 5: ["Nieuw"], 0: ["Nieuw"]}


def test_each_kind_of_person_has_its_own_ladder_and_only_who_is_accused(cast):
    for_staff = ladder(
        cast,
        audience=Audience.STAFF,
        in_force_on=years_ago(1),
        rungs=[("Gesprek", Weight.LIGHT, RoleName.DIRECTOR, True)],
    )
    case = in_hand(cast)
    with handling(cast, cast.ria, case) as own:
        pupil = add_person(own, part=PersonPart.ACCUSED, pupil=cast.bo)
        colleague = add_person(own, part=PersonPart.ACCUSED, staff_member=cast.joost)
        witness = add_person(own, part=PersonPart.WITNESS, staff_member=cast.joost)
        stranger = add_person(own, part=PersonPart.ACCUSED, name="Iemand")
        found = [facts.rungs_for(own, one) for one in (pupil, colleague, witness, stranger)]
        measure = propose_measure(own, person=colleague, rung=for_staff[0], reason="Gezien")
        put_in_force(decide_measure(measure))  # nobody asks for the parents of a colleague

    assert found == [[], for_staff, [], []]


def test_only_the_role_that_the_ladder_names_decides(cast):
    case, _person, measure = proposed(cast, rung_number=1)
    with handling(cast, cast.ria, case) as own:
        with pytest.raises(MoveRefused) as refused:
            decide_measure(Measure.objects.get(id=measure.id))
        hand_over(own, to=cast.henk, reason="Het bestuur beslist")
    assert refused.value.code == "decider"
    with handling(cast, cast.henk, case):
        assert decide_measure(Measure.objects.get(id=measure.id)).decided_by_id == cast.henk.id


def test_a_director_decides_what_the_ladder_gives_to_a_teacher(cast):
    """Otherwise the case stands still: who handles it cannot decide, and the teacher does not handle it."""
    rungs = ladder(
        cast,
        in_force_on=years_ago(1),
        rungs=[("Telefoon ingeleverd", Weight.LIGHT, RoleName.TEACHER, False)],
    )
    case = in_hand(cast)
    with handling(cast, cast.ria, case) as own:
        pupil = add_person(own, part=PersonPart.ACCUSED, pupil=cast.bo)
        measure = decide_measure(propose_measure(own, person=pupil, rung=rungs[0], reason="Gezien"))

    assert measure.decided_by_id == cast.ria.id


def test_a_heavy_measure_can_be_proposed_and_not_decided_here(cast):
    case, _person, measure = proposed(cast, rung_number=2)
    with handling(cast, cast.ria, case), pytest.raises(HeavyMeasure) as refused:
        decide_measure(Measure.objects.get(id=measure.id))
    with handling(cast, cast.ria, case) as own:
        assert own.state == State.PROPOSED
    assert "op papier" in str(refused.value.message)


def test_a_confidential_adviser_takes_no_measures(cast):
    with cast.acting():
        vera = hire(cast.home, "Adviseur", RoleName.ADVISER)
    rungs = talk_and_warning(cast, years_ago(1))
    case = in_hand(cast, vera, wish="adviser")
    person = accuse(cast, vera, case, cast.bo)
    with handling(cast, vera, case) as own:
        with pytest.raises(MoveRefused) as refused:
            propose_measure(own, person=person, rung=rungs[0], reason="Nodig")
        assert Move.PROPOSE not in {one.move for one in facts.possible_moves(own)}
    assert refused.value.code == "not_your_role"


@pytest.mark.parametrize(
    ("way", "reply", "is_told"),
    [
        (Way.CALL, Reply.ASKED, False),
        (Way.CALL, Reply.NONE, False),
        (Way.CALL, Reply.ANSWERED, True),
        (Way.TALK, Reply.NONE, False),
        (Way.TALK, Reply.ANSWERED, True),
        (Way.LETTER, Reply.ASKED, True),
        (Way.LETTER, Reply.NONE, False),
    ],
)
def test_parents_are_told_when_it_reached_them(cast, way, reply, is_told):
    case = in_hand(cast)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case) as own:
        log_contact(person, way=way, reply=reply)
        assert parents_told(person, since=case.received_at) is is_told
        assert people_of(own)[0].are_parents_told is is_told


def test_what_parents_heard_before_the_measure_was_not_about_it(cast):
    rungs = talk_and_warning(cast, years_ago(1))
    case = in_hand(cast)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case, now=timezone.now() - timedelta(hours=2)):
        log_contact(person, way=Way.CALL, reply=Reply.ANSWERED)
    with handling(cast, cast.ria, case) as own:
        measure = decide_measure(propose_measure(own, person=person, rung=rungs[0], reason="Gezien"))
        with pytest.raises(MoveRefused):
            put_in_force(measure)
        log_contact(person, way=Way.CALL, reply=Reply.ANSWERED)
        put_in_force(measure)
        assert mine(case).state == State.IN_FORCE


@pytest.mark.parametrize(
    ("state", "is_told"),
    [(Delivery.WAITING, False), (Delivery.SENT, True), (Delivery.FAILED, False), (Delivery.STOPPED, False)],
)
def test_a_mail_counts_once_the_mail_server_took_it(cast, state, is_told):
    case = in_hand(cast)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case):
        contact = tell_by_mail(person, guardian=cast.karol)
        again = tell_by_mail(person, guardian=cast.karol)
        sent_at = contact.at if state == Delivery.SENT else None
        Message.objects.filter(id=contact.message_id).update(state=state, sent_at=sent_at)
        assert contact.id == again.id
        assert parents_told(person, since=case.received_at) is is_told


def test_the_mail_says_nothing_but_call_us(cast):
    case = in_hand(cast, what="pesten", category=Category.BULLYING)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case):
        message = tell_by_mail(person, guardian=cast.karol).message
        written = mail.write(message.kind, "nl", words_of(message, cast.home, ""))

    whole = " ".join((message.kind, message.cause, written.subject, written.text, written.html)).lower()
    assert "Bo" in written.text
    assert cast.home.help_phone in written.text
    for word in ("łuczak", "incident", "melding", "pest", "report", "case", case.code.lower()):
        assert word not in whole


def test_only_parents_who_may_be_told_are_told(cast):
    case = in_hand(cast)
    person = accuse(cast, cast.ria, case, cast.bo)
    with handling(cast, cast.ria, case):
        for wrong in (cast.ward, cast.amina):  # informed only; of another child
            with pytest.raises(NotTheirParent):
                tell_by_mail(person, guardian=wrong)
            with pytest.raises(NotTheirParent):
                log_contact(person, way=Way.CALL, reply=Reply.ANSWERED, guardian=wrong)
        with pytest.raises(MailItself):
            log_contact(person, way=Way.MAIL, reply=Reply.ANSWERED)
        assert [one.call_name for one in facts.guardians_of(person)] == ["Karol"]


def test_of_who_is_eighteen_no_parent_is_told(cast):
    rungs = talk_and_warning(cast, years_ago(1))
    case = in_hand(cast)
    with cast.acting():
        type(cast.sam).objects.filter(id=cast.sam.id).update(born_on=years_ago(18))
    person = accuse(cast, cast.ria, case, cast.sam)
    with handling(cast, cast.ria, case) as own:
        person = own.casepersons.select_related("pupil").get()
        assert facts.guardians_of(person) == []
        put_in_force(decide_measure(propose_measure(own, person=person, rung=rungs[0], reason="Gezien")))
        assert mine(case).state == State.IN_FORCE


@pytest.mark.parametrize("number", [1, 3])
def test_the_next_steps_of_many_cases_cost_the_same(cast, django_assert_num_queries, number):
    for _ in range(number):
        proposed_case = in_hand(cast)
        accuse(cast, cast.ria, proposed_case, cast.bo)
    with cast.acting(staff(cast.ria)):
        cases = list(Case.objects.select_related("school").order_by("id"))
        with django_assert_num_queries(4):
            steps = facts.steps_of(cases)

    assert {step.kind for step in steps.values()} == {StepKind.ANSWER}


def test_a_case_is_found_by_its_code_only_by_who_handles_it(cast):
    from django.http import Http404

    from incidents.querysets import case_of, my_role

    case = reported(cast).case
    with cast.acting(staff(cast.ria)):
        assert case_of(case.code.lower()).id == case.id
        assert my_role(case_of(case.code)) == RoleName.DIRECTOR
    for other in (staff(cast.els), Actor(ActorKind.GUARDIAN, cast.ria.id)):
        with cast.acting(other), pytest.raises(Http404):
            case_of(case.code)
