"""The people of the table in tests/access.py, and the groups that may the same."""

from dataclasses import dataclass, field

from schools.choices import RoleName

VISITOR = {"visitor"}
PARENTS = {"amina", "ward"}
OUTSIDE_PARENTS = {"vera"}
OUTSIDE_STAFF = {"bas"}
FORMER = {"piet"}
OTHER_SCHOOL = {"els"}
PUPILS = {"sam"}
STAFF = {f"staff:{role}" for role in RoleName}
EVERYBODY = VISITOR | PARENTS | OUTSIDE_PARENTS | OUTSIDE_STAFF | FORMER | OTHER_SCHOOL | PUPILS | STAFF
SIGNED_IN = EVERYBODY - VISITOR

# U1: who works with pictures of pupils.
CHECKERS = {
    f"staff:{role}"
    for role in (
        "teacher", "mentor", "substitute", "phase_coordinator", "team_leader", "department_leader", "editor",
        "office", "anti_bullying", "director", "administrator",
    )
}  # fmt: skip
ITEM_ENDERS = {f"staff:{role}" for role in ("office", "director", "administrator", "editor")}
WHOLE_FOUNDATION = {"staff:administrator"}
WORKERS = {"staff:office", "staff:director", "staff:administrator"}
IMPORTERS = {"staff:office", "staff:administrator"}
# Paper: who prints for the own group, who enters forms, who writes down what was said.
PAPER_ENTERERS = {"staff:office", "staff:administrator"}
SPOKEN_ENTERERS = PAPER_ENTERERS | {"staff:director"}
PAPER_PRINTERS = {"staff:teacher", "staff:mentor"}
IN_PAPER_ROOM = SPOKEN_ENTERERS | PAPER_PRINTERS | OTHER_SCHOOL | OUTSIDE_STAFF
POLICY_WRITERS = {"staff:administrator", "staff:policy_officer"}
POLICY_READERS = POLICY_WRITERS | {"staff:board"}


# R7: who sees the figures of a round at the own school.
SCHOOL_LEADERS = WORKERS | {
    f"staff:{role}" for role in ("team_leader", "department_leader", "phase_coordinator")
}

# I2: who handles cases, and who besides them takes what reaches nobody else.
HANDLERS = {
    f"staff:{role}"
    for role in (
        "teacher", "mentor", "phase_coordinator", "team_leader", "department_leader", "anti_bullying", "adviser",
        "staff_officer", "director", "board",
    )
}  # fmt: skip
RECEIVERS = HANDLERS | {"staff:administrator", "staff:dpo"}
NO_STAFF = PARENTS | OUTSIDE_PARENTS | PUPILS


@dataclass(frozen=True)
class Row:
    """`where` gives the arguments per relation (a name in the cast, see test_access); `outcome` who gets what."""

    outcome: dict[str, dict[str, set[str]]]
    where: dict[str, dict[str, str]] = field(default_factory=lambda: {"": {}})


def only(**outcomes: set[str]) -> dict[str, dict[str, set[str]]]:
    return {"": {name.lstrip("_"): people for name, people in outcomes.items()}}
