"""The lists of who handles reports, and of who comes back to one."""

import re
from datetime import timedelta

from django.test import Client

from incidents.choices import Move, PersonPart, Reply, Way
from incidents.domain.facts import rungs_for
from incidents.domain.handle import add_note, add_person, answer_reporter, move, reporter_writes
from incidents.domain.measures import decide_measure, propose_measure
from incidents.domain.parents import log_contact
from incidents.models import Case, Measure
from incidents.pictures import Picture
from policies.choices import Weight
from schools.choices import RoleName
from tests.bench.listing import Listed, one_more_school
from tests.cast import Cast, group, guardian, pupil, staff, years_ago
from tests.incidents.acts import handling, ladder, opened, reported, reporter

# -- what is added


def a_report(cast: Cast, number: int) -> None:
    """Each of another school of Ria's: every school has holidays of its own."""
    reported(cast, one_more_school(cast, cast.ria, RoleName.DIRECTOR, number))


def a_report_in_hand(cast: Cast, number: int) -> None:
    """With a measure that was decided on."""
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as mine:
        move(mine, move=Move.HANDLE)
        _decided(cast, mine, number)


def a_report_that_is_closed(cast: Cast, number: int) -> None:
    case = opened(cast, cast.ria)
    with handling(cast, cast.ria, case) as mine:
        answer_reporter(mine, text="Wij praten erover")
        move(mine, move=Move.CLOSE, reason="Klaar")


def a_school_of_ria(cast: Cast, number: int) -> None:
    one_more_school(cast, cast.ria, RoleName.DIRECTOR, number)


def a_note(cast: Cast, number: int) -> None:
    with handling(cast, cast.ria, cast.case) as case:
        add_note(case, text=f"Gebeld {number}")


def a_person_by_name(cast: Cast, number: int) -> None:
    with handling(cast, cast.ria, cast.case) as case:
        add_person(case, part=PersonPart.WITNESS, name=f"Iemand {number}")


def a_pupil_in_it(cast: Cast, number: int) -> None:
    with handling(cast, cast.ria, cast.case) as case:
        child = pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))
        add_person(case, part=PersonPart.ACCUSED, pupil=child)


def a_colleague_in_it(cast: Cast, number: int) -> None:
    with handling(cast, cast.ria, cast.case) as case:
        colleague = staff(cast.home, f"Collega{number}", RoleName.TEACHER, group=cast.group_8a)
        add_person(case, part=PersonPart.WITNESS, staff_member=colleague)


def a_measure(cast: Cast, number: int) -> None:
    """Decided on, of which the parents have not heard."""
    with handling(cast, cast.ria, cast.case) as case:
        _decided(cast, case, number)


def a_measure_after_one_that_was_told(cast: Cast, number: int) -> None:
    """Of the newest the parents have not heard, of all before it they have."""
    with handling(cast, cast.ria, cast.case) as case:
        for before in case.measures.select_related("person").order_by("-proposed_at")[:1]:
            log_contact(before.person, way=Way.CALL, reply=Reply.ANSWERED, note="")
        _decided(cast, case, number)


def a_contact(cast: Cast, number: int) -> None:
    """Nobody answered so far."""
    with handling(cast, cast.ria, cast.case) as case:
        log_contact(
            case.casepersons.get(id=cast.accused.id),
            way=Way.CALL,
            reply=Reply.NONE,
            note=f"Gebeld {number}",
            guardian=cast.karol,
        )


def a_rung(cast: Cast, number: int) -> None:
    """The list of measures is set anew as a whole, longer each time."""
    steps = [(f"Stap {one}", Weight.LIGHT, RoleName.DIRECTOR, True) for one in range(number + 1)]
    ladder(cast, in_force_on=years_ago(1) + timedelta(days=1 + number), rungs=steps)


def a_guardian(cast: Cast, number: int) -> None:
    with cast.acting():
        guardian(cast.home, f"Ouder{number}", "Groot", [cast.bo])


def a_child(cast: Cast, number: int) -> None:
    with cast.acting():
        pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))


def a_colleague(cast: Cast, number: int) -> None:
    with cast.acting():
        here = group(cast.beacon, cast.year, f"6{number}")
        staff(cast.home, f"Collega{number}", RoleName.TEACHER, group=here)


def a_handler(cast: Cast, number: int) -> None:
    with cast.acting():
        staff(cast.home, f"Collega{number}", RoleName.ADVISER, school=cast.beacon)


def a_picture(cast: Cast, number: int) -> None:
    """Pictures come with the report: another one, with more of them."""
    pictures = [Picture("image/jpeg", b"shown", b"original")] * (number + 1)
    cast.case = opened(cast, cast.ria, pictures=pictures)


def a_message(cast: Cast, number: int) -> None:
    with cast.acting(reporter(cast.case)):
        reporter_writes(Case.objects.get(), text=f"Het gebeurde weer {number}")


# -- what must be there first


def a_case(cast: Cast) -> None:
    cast.case = opened(cast, cast.ria, pictures=[Picture("image/jpeg", b"shown", b"original")])


def a_case_about_bo(cast: Cast) -> None:
    """In hand, with a list of measures."""
    a_case(cast)
    a_ladder(cast)
    with handling(cast, cast.ria, cast.case) as case:
        move(case, move=Move.HANDLE)
        cast.accused = add_person(case, part=PersonPart.ACCUSED, pupil=cast.bo)


def a_ladder(cast: Cast) -> None:
    ladder(cast, in_force_on=years_ago(1), rungs=[("Gesprek", Weight.LIGHT, RoleName.DIRECTOR, True)])


def with_the_phrase(cast: Cast, client: Client) -> None:
    """The client came back with the eight words of a report."""
    made = reported(cast)
    cast.case = made.case
    page = client.get("/melding/")
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())[1]
    assert client.post("/melding/", {"phrase": made.phrase, "ticket": ticket}).status_code == 303


def _decided(cast: Cast, case: Case, number: int) -> Measure:
    child = pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))
    person = add_person(case, part=PersonPart.ACCUSED, pupil=child)
    measure = propose_measure(case, person=person, rung=rungs_for(case, person)[0], reason=f"Reden {number}")
    return decide_measure(measure)


CASE = {"code": "case.code"}
OF_BO = {**CASE, "person": "accused.id"}
LISTS = [
    Listed("incidents:directors.home", "ria", (a_report, a_report_in_hand), ready=a_ladder),
    Listed("incidents:directors.home", "ria", (a_report_that_is_closed,), query="toon=gesloten"),
    Listed("consent:staff.groups", "ria", (a_report,)),
    Listed("incidents:directors.new", "ria", (a_school_of_ria,)),
    Listed("incidents:directors.case", "ria", (a_picture,), CASE),
    Listed(
        "incidents:directors.case",
        "ria",
        (
            a_note,
            a_person_by_name,
            a_colleague_in_it,
            a_pupil_in_it,
            a_contact,
            a_measure,
            a_measure_after_one_that_was_told,
        ),
        CASE,
        ready=a_case_about_bo,
    ),
    Listed("incidents:directors.person", "ria", (a_child,), CASE, query="q=kind", ready=a_case),
    Listed("incidents:directors.person", "ria", (a_colleague,), CASE, query="q=collega", ready=a_case),
    Listed("incidents:directors.measure", "ria", (a_rung,), OF_BO, ready=a_case_about_bo),
    Listed("incidents:directors.parents", "ria", (a_guardian, a_contact), OF_BO, ready=a_case_about_bo),
    Listed("incidents:directors.hand_over", "ria", (a_handler,), CASE, ready=a_case),
    Listed("incidents:public.back", "", (a_message,), enter=with_the_phrase),
]
