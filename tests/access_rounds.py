"""The part of the reviewed table (tests/access.py) about rounds: who asks, who looks, who follows it up."""

from tests.access_people import (
    FORMER,
    NO_STAFF,
    OTHER_SCHOOL,
    OUTSIDE_STAFF,
    PAPER_ENTERERS,
    PAPER_PRINTERS,
    SCHOOL_LEADERS,
    SIGNED_IN,
    STAFF,
    VISITOR,
    WORKERS,
    Row,
)

ASKS = {"staff:administrator"}


def _hidden(may: set[str]) -> dict[str, set[str]]:
    """Does not exist for who may not come in; former staff hear that they have no role any more."""
    return {"in": may, "door": VISITOR, "404": SIGNED_IN - may - FORMER, "403": FORMER}


def _room(may: set[str]) -> Row:
    rest = (STAFF | OTHER_SCHOOL | OUTSIDE_STAFF | FORMER) - may
    return Row({"": {"in": may, "door": VISITOR, "404": NO_STAFF, "403": rest}})


def of_a_round(may: set[str]) -> Row:
    """A page about one round: of the own foundation, or one that does not exist here."""
    elsewhere = {"door": VISITOR, "404": SIGNED_IN - FORMER, "403": FORMER}
    return Row(
        {"own foundation": _hidden(may), "other foundation": elsewhere},
        {"own foundation": {"code": "round"}, "other foundation": {"code": "bridge_round"}},
    )


def of_a_school_round(may: set[str], hidden: set[str] = frozenset(), **more: str) -> Row:
    """One round at De Baken; `hidden` finds nothing with these arguments."""
    missing = OUTSIDE_STAFF | hidden
    rest = (STAFF | OTHER_SCHOOL | FORMER) - may - hidden
    outcome = {"in": may, "door": VISITOR, "404": NO_STAFF | missing, "403": rest}
    return Row({"": outcome}, {"": {"code": "round", **more}})


ROUND_ROWS = {
    "consent:admins.round": of_a_round(ASKS),
    "consent:admins.round_csv": of_a_round(ASKS),
    "consent:directors.rounds": _room(SCHOOL_LEADERS | OUTSIDE_STAFF),
    "consent:directors.round": of_a_school_round(SCHOOL_LEADERS),
    "consent:directors.round_csv": of_a_school_round(SCHOOL_LEADERS),
    "consent:staff.rounds": _room(SCHOOL_LEADERS | OUTSIDE_STAFF | PAPER_PRINTERS | OTHER_SCHOOL),
    "consent:staff.work_list": of_a_school_round(WORKERS, which="onbereikbaar"),
    "consent:staff.work_csv": of_a_school_round(PAPER_ENTERERS, which="onbereikbaar"),
    "consent:staff.letters": of_a_school_round(set(), hidden=WORKERS),
    "consent:staff.mail_again": of_a_school_round(WORKERS, guardian="amina_code"),
    "consent:admins.rounds": Row({"": _hidden(ASKS)}),
    "consent:admins.round_new": Row({"": _hidden(ASKS)}),
    "consent:admins.round_pause": of_a_round(ASKS),
    "consent:admins.round_resume": of_a_round(ASKS),
    "consent:admins.round_stop": of_a_round(ASKS),
    "consent:admins.round_reminder": of_a_round(ASKS),
    "consent:admins.round_start": Row({"": _hidden(ASKS)}),
}
