"""Who at a school may do what with choices: pure predicates over the roles of today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from consent.choices import Channel
from schools.choices import RoleName
from schools.models import Role
from schools.rules import schools_of

# Who may ask "may I post this?": everybody with a role at the school, of the groups of that school.
MAY_CHECK = frozenset(
    {
        RoleName.TEACHER,
        RoleName.MENTOR,
        RoleName.SUBSTITUTE,
        RoleName.PHASE_COORDINATOR,
        RoleName.TEAM_LEADER,
        RoleName.DEPARTMENT_LEADER,
        RoleName.EDITOR,
        RoleName.OFFICE,
        RoleName.ANTI_BULLYING,
        RoleName.DIRECTOR,
        RoleName.ADMINISTRATOR,
    }
)


def may_check(roles: Sequence[Role]) -> bool:
    """U1: who works with pictures of pupils; not the board, the DPO or the confidential adviser."""
    return bool(checking_roles(roles))


def checking_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that open groups for a check: a seat in the council of another school opens nothing there."""
    return [role for role in roles if role.name in MAY_CHECK]


# Answers that came from the decider, without anybody of the school in between.
GIVEN_THEMSELVES = frozenset({Channel.LINK, Channel.SIGNED_IN, Channel.KIOSK})


def may_take_out_alone(
    *, channel: str, recorded_by: int | None, recorded_on: date, me: int, on: date
) -> bool:
    """C3: a wrong entry of today by who made it; everything else takes two people."""
    return channel not in GIVEN_THEMSELVES and recorded_by == me and recorded_on == on


# Who keeps the work list of a school: who speaks with parents, and who answers for it.
KEEP_WORK = frozenset({RoleName.OFFICE, RoleName.DIRECTOR, RoleName.ADMINISTRATOR})
OWN_TALKS = frozenset({RoleName.TEACHER, RoleName.MENTOR})
MAY_TAKE_OUT = frozenset({RoleName.OFFICE, RoleName.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class WorkReach:
    """Whose work somebody sees: of `schools` (None: of all) everything, of `groups` who wants to talk."""

    schools: frozenset[int] | None
    groups: frozenset[int]

    @property
    def is_empty(self) -> bool:
        return self.schools is not None and not self.schools and not self.groups

    @property
    def has_schools(self) -> bool:
        """Also judges what was recorded in error: not who only sees the talks of the own group."""
        return self.schools is None or bool(self.schools)


def work_reach(roles: Sequence[Role]) -> WorkReach:
    """R7: office and director of their school, the administrator of all; teacher and mentor of their group."""
    schools = schools_of([role for role in roles if role.name in KEEP_WORK])
    groups = {role.group_id for role in roles if role.name in OWN_TALKS and role.group_id is not None}
    return WorkReach(None if schools is None else frozenset(schools), frozenset(groups))


def authority_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that write down who decides for a child, after seeing a paper, each at its place."""
    return [role for role in roles if role.name in KEEP_WORK]


def taking_out_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that look for an entry made in error, each at its place."""
    return [role for role in roles if role.name in MAY_TAKE_OUT]


def may_ask_parents(roles: Iterable[Role]) -> bool:
    """Who may start a round: it mails every parent, so only the administrator of the foundation."""
    return any(role.name == RoleName.ADMINISTRATOR for role in roles)


def may_see_proof(roles: Iterable[Role]) -> bool:
    """E2: the proof of choices shows who said what, so only the data protection officer sees it."""
    return any(role.name == RoleName.DPO for role in roles)


def may_set_questions(roles: Iterable[Role]) -> bool:
    """Who may change what parents are asked: the wording is proof, so only the administrator of the foundation."""
    return any(role.name == RoleName.ADMINISTRATOR for role in roles)


# Who prints forms on paper and enters what came back: the office of the school, and the administrator.
MAY_ENTER_PAPER = frozenset({RoleName.OFFICE, RoleName.ADMINISTRATOR})
# Who writes down what was said by phone or at the desk: the director of the school too, a teacher never.
MAY_ENTER_SPOKEN = MAY_ENTER_PAPER | {RoleName.DIRECTOR}
# Who prints for the own group, to give the children along; entering stays with the office.
PRINT_OWN_GROUP = frozenset({RoleName.TEACHER, RoleName.MENTOR})


def paper_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that enter a form on paper, and print one for anybody at their school."""
    return [role for role in roles if role.name in MAY_ENTER_PAPER]


def spoken_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that write down a choice that was made by phone or in person."""
    return [role for role in roles if role.name in MAY_ENTER_SPOKEN]


def groups_to_print(roles: Sequence[Role]) -> list[int]:
    """The own groups of a teacher or mentor; who enters paper prints for every group of the school besides."""
    return [role.group_id for role in roles if role.group_id and role.name in PRINT_OWN_GROUP]


def may_use_paper(roles: Sequence[Role]) -> bool:
    """Has the room "paper": to print, to enter, or both."""
    return bool(spoken_roles(roles) or groups_to_print(roles))


# Who sees how far a round is at the own school, in numbers: who leads there, and the office that follows it up.
LOOK_AT_SCHOOL = KEEP_WORK | {RoleName.TEAM_LEADER, RoleName.DEPARTMENT_LEADER, RoleName.PHASE_COORDINATOR}


def progress_schools(roles: Sequence[Role]) -> frozenset[int] | None:
    """R7: the schools of which this person sees the figures of a round; None is all, empty is none."""
    schools = schools_of([role for role in roles if role.name in LOOK_AT_SCHOOL])
    return None if schools is None else frozenset(schools)


def progress_groups(roles: Sequence[Role]) -> frozenset[int]:
    """R7: the own groups of a teacher or mentor, of which they see the figures, and who has no answer at all."""
    return frozenset(role.group_id for role in roles if role.group_id and role.name in OWN_TALKS)


def may_see_progress(roles: Sequence[Role]) -> bool:
    """Has a page about rounds at all: of the own schools, or of the own groups."""
    schools = progress_schools(roles)
    return schools is None or bool(schools) or bool(progress_groups(roles))
