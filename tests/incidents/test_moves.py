"""Every pair of state and move, for every class of role, against a table that was written apart from the code (I4)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import Move, State
from incidents.rules import MoveFacts, MoveRefused, Need, after, may_decide, moves_from
from schools.choices import RoleName

# r reported, t looked at, h in progress, p proposed, d decided, f in force, w waiting, x passed on, i withdrawn,
# c closed
STATES = dict(zip("rthpdfwxic", State, strict=True))
# Rows: the state; columns: the moves in the order of `Move`; a dot: not from here; = back to where it waited from.
#        TRIAGE HANDLE PROPOSE DECIDE ENFORCE WAIT RESUME REFER WITHDRAW CLOSE REOPEN
TABLE = """
r        t      .      .       .      .       .    .      .     i        .     .
t        .      h      .       .      .       w    .      x     i        c     .
h        .      .      p       .      .       w    .      x     i        c     .
p        .      h      p       d      f       w    .      .     .        .     .
d        .      h      p       d      f       w    .      .     .        .     .
f        .      .      p       d      f       w    .      x     .        c     .
w        .      .      .       .      .       .    =      .     i        .     .
x        .      h      .       .      .       .    .      .     .        c     .
i        .      .      .       .      .       .    .      .     .        c     h
c        .      .      .       .      .       .    .      .     .        .     h
"""
EXPECTED = {
    (STATES[row[0]], move): cell
    for row in (line.split() for line in TABLE.strip().splitlines())
    for move, cell in zip(Move, row[1:], strict=True)
}
# Which classes of role may make a move: L leads or teaches, A confidential adviser, B anti-bullying, O the last resort
# (data protection officer, administrator), N has no part in cases (office, editor …).
CLASSES = {
    "T": RoleName.TEACHER,
    "L": RoleName.DIRECTOR,
    "B": RoleName.ANTI_BULLYING,
    "A": RoleName.ADVISER,
    "O": RoleName.ADMINISTRATOR,
    "N": RoleName.OFFICE,
}
MAY = {
    Move.TRIAGE: "TLBAO",
    Move.HANDLE: "TLBA",
    Move.PROPOSE: "TLB",
    Move.DECIDE: "TLB",
    Move.ENFORCE: "TLB",
    Move.WAIT: "TLBA",
    Move.RESUME: "TLBA",
    Move.REFER: "LBA",
    Move.WITHDRAW: "TLBAO",
    Move.CLOSE: "TLBA",
    Move.REOPEN: "TLBA",
}
ALL = MoveFacts(frozenset(Need), State.PROPOSED)


def test_the_table_covers_every_pair():
    assert set(EXPECTED) == set(itertools.product(State, Move))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("letter", CLASSES)
def test_every_state_move_and_role(state, move, letter):
    cell = EXPECTED[state, move]
    role = CLASSES[letter]

    if cell == ".":
        with pytest.raises(MoveRefused) as refused:
            after(state, move, {role}, ALL)
        assert refused.value.code == "not_from_here"
    elif letter not in MAY[move]:
        with pytest.raises(MoveRefused) as refused:
            after(state, move, {role}, ALL)
        assert refused.value.code == "not_your_role"
    else:
        wanted = State.PROPOSED if cell == "=" else STATES[cell]
        assert after(state, move, {role}, ALL) == wanted
    shown = [one.move for one in moves_from(state, {role}, ALL)]
    assert (move in shown) == (cell != "." and letter in MAY[move])


# What must hold before a move; TAKING BACK (HANDLE from anywhere but TRIAGED) and CLOSE of a withdrawn one differ.
NEEDS = {
    Move.DECIDE: {Need.PROPOSAL, Need.DECIDER},
    Move.ENFORCE: {Need.DECISION, Need.PARENTS_TOLD},
    Move.WAIT: {Need.REASON},
    Move.REFER: {Need.REASON},
    Move.WITHDRAW: {Need.REASON},
    Move.CLOSE: {Need.REASON, Need.ANSWERED},
    Move.REOPEN: {Need.REASON},
}


def needs(state, move):
    if move == Move.HANDLE:
        return set() if state == State.TRIAGED else {Need.REASON}
    if (state, move) == (State.WITHDRAWN, Move.CLOSE):
        return {Need.REASON}
    return NEEDS.get(move, set())


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_each_missing_fact_refuses_by_its_name_and_no_other_one_does(state, move):
    if EXPECTED[state, move] == ".":
        return
    for need in Need:
        facts = MoveFacts(frozenset(Need) - {need}, State.HANDLING)
        possible = {one.move: one for one in moves_from(state, {RoleName.DIRECTOR}, facts)}[move]
        if need in needs(state, move):
            with pytest.raises(MoveRefused) as refused:
                after(state, move, {RoleName.DIRECTOR}, facts)
            assert refused.value.code == need
            assert str(refused.value.message)
            assert bool(possible.why_not) == (need != Need.REASON)
        else:
            assert after(state, move, {RoleName.DIRECTOR}, facts) in State
            assert possible.why_not == ""
        assert possible.asks_reason == (Need.REASON in needs(state, move))


@given(st.sampled_from([State.TRIAGED, State.HANDLING, State.PROPOSED, State.DECIDED, State.IN_FORCE]))
def test_a_wait_ends_where_it_began(state):
    waiting = after(state, Move.WAIT, {RoleName.DIRECTOR}, ALL)

    assert waiting == State.WAITING
    assert after(waiting, Move.RESUME, {RoleName.DIRECTOR}, MoveFacts(state_before=state)) == state


def test_a_wait_that_came_from_nowhere_is_refused():
    with pytest.raises(MoveRefused):
        after(State.WAITING, Move.RESUME, {RoleName.DIRECTOR}, MoveFacts())


def test_somebody_without_any_role_can_do_nothing():
    assert [moves_from(state, set(), ALL) for state in State] == [[]] * len(State)


# Who besides the named role decides on a measure: only the director, for those who work under them.
ALSO_THE_DIRECTOR = {
    *("teacher", "mentor", "substitute", "phase_coordinator", "team_leader", "department_leader"),
    "anti_bullying",
}


def test_who_decides_on_a_rung():
    allowed = {(named, mine) for named in RoleName for mine in RoleName if may_decide(named, {mine})}

    assert allowed == {(role, role) for role in RoleName} | {
        (role, RoleName.DIRECTOR) for role in RoleName if role.value in ALSO_THE_DIRECTOR
    }
    assert len(ALSO_THE_DIRECTOR & set(RoleName.values)) == len(ALSO_THE_DIRECTOR)
