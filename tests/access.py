"""Who may what: the reviewed table. Every route of the portal has a row; every person stands in exactly one outcome.

Outcomes: "in" (the page, or a refusal of the form itself), "door" (go and sign in), "403" (inside the foundation, but
not for this role), "404" (does not exist for you), "either" (in or door), "own" (a page about
the own sign-in: what it shows depends on that account, never on somebody else's). A method that is not offered
(405) says nothing.
"""

from tests.access_people import (
    CHECKERS,
    EVERYBODY,
    FORMER,
    HANDLERS,
    IMPORTERS,
    IN_PAPER_ROOM,
    ITEM_ENDERS,
    NO_STAFF,
    OTHER_SCHOOL,
    OUTSIDE_PARENTS,
    OUTSIDE_STAFF,
    PAPER_ENTERERS,
    PAPER_PRINTERS,
    PARENTS,
    POLICY_READERS,
    POLICY_WRITERS,
    PUPILS,
    RECEIVERS,
    SIGNED_IN,
    SPOKEN_ENTERERS,
    STAFF,
    VISITOR,
    WHOLE_FOUNDATION,
    WORKERS,
    Row,
    only,
)
from tests.access_rounds import ROUND_ROWS


def everybody() -> Row:
    return Row(only(_in=EVERYBODY))


def signed_in() -> Row:
    return Row(only(_in=SIGNED_IN, door=VISITOR))


def own_account() -> Row:
    return Row(only(own=SIGNED_IN, door=VISITOR))


def staff_room(may: set[str]) -> Row:
    """A page of the own foundation: `may` and the other foundation's people of such a role see their own."""
    rest = (STAFF | OTHER_SCHOOL | OUTSIDE_STAFF) - may
    return Row({"": {"in": may, "door": VISITOR, "404": NO_STAFF, "403": rest | FORMER}})


def import_room(**arguments: str) -> Row:
    """The room exists for who may import; former staff still hear that they have no role any more."""
    rest = SIGNED_IN - IMPORTERS - FORMER
    return Row({"": {"in": IMPORTERS, "door": VISITOR, "404": rest, "403": FORMER}}, {"": arguments})


def hidden_room(may: set[str]) -> Row:
    """A page that does not exist for who may not come in; former staff hear that they have no role any more."""
    return Row(only(_in=may, door=VISITOR, _404=SIGNED_IN - may - FORMER, _403=FORMER))


def of_paper(may: set[str], refused: set[str] = frozenset(), **arguments: str) -> Row:
    """Inside the room "paper": about a child of the own school; in the room for something else: 404 or `refused`."""
    rest = STAFF - IN_PAPER_ROOM
    hidden = IN_PAPER_ROOM - may - refused
    outcome = {"in": may, "door": VISITOR, "404": NO_STAFF | hidden, "403": rest | FORMER | refused}
    return Row({"": outcome}, {"": arguments})


def of_a_version(may: set[str], **more: str) -> Row:
    """A page about one version of the protocol: of the own foundation, or one that does not exist here."""
    room = hidden_room(may).outcome[""]
    elsewhere = {"door": VISITOR, "404": SIGNED_IN - FORMER, "403": FORMER}
    return Row(
        {"own foundation": room, "other foundation": elsewhere},
        {
            "own foundation": {"code": "version", **more},
            "other foundation": {"code": "bridge_version", **more},
        },
    )


def of_a_school_desk(code: str, may: set[str], nothing_here: set[str]) -> Row:
    """About a child of De Baken: for who keeps the work of that school; the director elsewhere finds nothing."""
    missing = nothing_here | OUTSIDE_STAFF
    rest = (STAFF | OTHER_SCHOOL | FORMER) - may - missing
    return Row(
        {"own school": {"in": may, "door": VISITOR, "404": NO_STAFF | missing, "403": rest}},
        {"own school": {"code": code}},
    )


def of_a_group(may: set[str], others: set[str]) -> Row:
    """A page about one group: of the own school, of another school, of another foundation."""

    def outcome(inside: set[str]) -> dict[str, set[str]]:
        hidden = (CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF) - inside
        return {
            "in": inside,
            "door": VISITOR,
            "404": NO_STAFF | hidden,
            "403": (STAFF - CHECKERS) | FORMER,
        }

    where = {"own school": "group_8a", "other school": "group_7b", "other foundation": "bridge_group"}
    inside = {"own school": may, "other school": others, "other foundation": OUTSIDE_STAFF}
    return Row(
        {relation: outcome(people) for relation, people in inside.items()},
        {relation: {"group": name} for relation, name in where.items()},
    )


def of_the_family(**more: str) -> Row:
    """A page of a parent in one foundation: theirs, or one that does not exist for them."""
    staff = STAFF | OTHER_SCHOOL | OUTSIDE_STAFF | FORMER | PUPILS
    own = {"in": PARENTS, "door": VISITOR, "404": staff | OUTSIDE_PARENTS}
    other = {"in": OUTSIDE_PARENTS, "door": VISITOR, "404": staff | PARENTS}
    return Row(
        {"own foundation": own, "other foundation": other},
        {
            "own foundation": {"foundation": "home", **more},
            "other foundation": {"foundation": "bridge", **more},
        },
    )


def of_who_decides() -> Row:
    """An act about one child: for a parent who decides today, and for nobody else."""
    return Row(
        {
            "own child": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child who decides alone": {"door": VISITOR, "404": SIGNED_IN},
            "child in whom one is informed only": {"door": VISITOR, "404": SIGNED_IN},
            "child of another foundation": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own child": {"foundation": "home", "child": "noor"},
            "child who decides alone": {"foundation": "home", "child": "sam"},
            "child in whom one is informed only": {"foundation": "home", "child": "bo"},
            "child of another foundation": {"foundation": "home", "child": "vera_child"},
        },
    )


def behind_a_link(**more: str) -> Row:
    """A personal link opens the same for whoever holds it, signed in or not; an unknown one does not exist."""
    return Row(
        {"own link": {"in": EVERYBODY}, "unknown link": {"404": EVERYBODY}},
        {"own link": {"token": "amina_token", **more}, "unknown link": {"token": "no_token", **more}},
    )


def of_a_school(**more: str) -> Row:
    """A page of a school that everybody may read; a school that is not there, or of another foundation, is 404."""
    return Row(
        {"a school": {"in": EVERYBODY}, "another foundation's": {"404": EVERYBODY}},
        {
            "a school": {"foundation": "home", "school": "beacon", **more},
            "another foundation's": {"foundation": "bridge", "school": "beacon", **more},
        },
    )


def of_a_proof(**more: str) -> Row:
    """The proof about a pupil: of the own foundation, or one that does not exist here."""
    own = hidden_room({"staff:dpo"}).outcome[""]
    elsewhere = {"door": VISITOR, "404": SIGNED_IN - FORMER, "403": FORMER}
    return Row(
        {"own foundation": own, "other foundation": elsewhere},
        {"own foundation": {"child": "noor", **more}, "other foundation": {"child": "vera_child", **more}},
    )


def of_an_item(may: set[str]) -> Row:
    """About something that was placed at De Baken; a colleague of that school who may not: 403, others: 404."""
    hidden = OTHER_SCHOOL | OUTSIDE_STAFF
    rest = (STAFF | FORMER) - may
    return Row(
        {"own school": {"in": may, "door": VISITOR, "404": NO_STAFF | hidden, "403": rest}},
        {"own school": {"code": "noors_item"}},
    )


def of_a_case(**more: str) -> Row:
    """A page of a case that was routed to the director of the school: it exists for nobody else (case wall)."""
    mine = {"staff:director"}
    return Row(
        {"of the director": {"in": mine, "door": VISITOR, "403": FORMER, "404": SIGNED_IN - FORMER - mine}},
        {"of the director": {"code": "directors_case", **more}},
    )


ROWS: dict[str, Row] = {
    **ROUND_ROWS,
    "portal:home": everybody(),
    "portal:privacy": everybody(),
    "portal:accessibility": everybody(),
    "portal:security_txt": everybody(),
    "notices:returned": Row(only(_404=EVERYBODY)),  # with its own secret: tests/notices/test_webhook.py
    "portal:healthz": everybody(),
    "portal:readyz": everybody(),
    "portal:start": signed_in(),
    "portal:people.choose": own_account(),
    # The parent, by link. A receipt or child that is not of this link does not exist.
    "consent:links.answer": behind_a_link(),
    "consent:links.choice": behind_a_link(),
    "consent:links.reminders": behind_a_link(),
    "consent:links.code": behind_a_link(),
    **{
        f"consent:links.{page}": Row(
            {"own": {"in": EVERYBODY}, "of another family": {"404": EVERYBODY}},
            {
                "own": {"token": "amina_token", "code": "amina_receipt"},
                "of another family": {"token": "amina_token", "code": "karol_receipt"},
            },
        )
        for page in ("receipt", "receipt_pdf")
    },
    "consent:links.change": Row(
        {"own child": {"in": EVERYBODY}, "another family's child": {"404": EVERYBODY}},
        {
            "own child": {"token": "amina_token", "child": "noor", "purpose": "papier"},
            "another family's child": {"token": "amina_token", "child": "bo", "purpose": "papier"},
        },
    ),
    # The parent, signed in.
    "consent:parents.home": Row(
        only(
            _in=PARENTS | OUTSIDE_PARENTS,
            door=VISITOR,
            _404=STAFF | OTHER_SCHOOL | OUTSIDE_STAFF | FORMER | PUPILS,
        )
    ),
    "consent:parents.answer": of_the_family(),
    "consent:parents.check": of_the_family(),
    "consent:parents.choice": of_the_family(),
    **{
        f"consent:parents.{page}": Row(
            {
                "own": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
                "of another family": {"door": VISITOR, "404": SIGNED_IN},
            },
            {
                "own": {"foundation": "home", "code": "amina_receipt"},
                "of another family": {"foundation": "home", "code": "karol_receipt"},
            },
        )
        for page in ("receipt", "receipt_pdf")
    },
    "consent:parents.change": Row(
        {
            "own child": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child who decides alone": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child of another foundation": {"door": VISITOR, "404": SIGNED_IN},
            "child in whom one is informed only": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own child": {"foundation": "home", "child": "noor", "purpose": "papier"},
            "child who decides alone": {"foundation": "home", "child": "sam", "purpose": "papier"},
            "child of another foundation": {"foundation": "home", "child": "vera_child", "purpose": "papier"},
            "child in whom one is informed only": {"foundation": "home", "child": "bo", "purpose": "papier"},
        },
    ),
    "consent:parents.child": Row(
        {
            "own child": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child who decides alone": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child in whom one is informed only": {
                "in": {"ward"},
                "door": VISITOR,
                "404": SIGNED_IN - {"ward"},
            },
            "child of another foundation": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own child": {"foundation": "home", "child": "noor"},
            "child who decides alone": {"foundation": "home", "child": "sam"},
            "child in whom one is informed only": {"foundation": "home", "child": "bo"},
            "child of another foundation": {"foundation": "home", "child": "vera_child"},
        },
    ),
    "consent:parents.remark": Row(
        {
            "own child": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "child in whom one is informed only": {
                "in": {"ward"},
                "door": VISITOR,
                "404": SIGNED_IN - {"ward"},
            },
            "child of another foundation": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own child": {"foundation": "home", "child": "noor"},
            "child in whom one is informed only": {"foundation": "home", "child": "bo"},
            "child of another foundation": {"foundation": "home", "child": "vera_child"},
        },
    ),
    "consent:parents.withdraw": of_who_decides(),
    "consent:parents.objection": of_who_decides(),
    "consent:parents.received": Row(
        {
            "own": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "of another family": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own": {"foundation": "home", "code": "amina_remark"},
            "of another family": {"foundation": "home", "code": "karol_remark"},
        },
    ),
    # The pupil: own pages only; a receipt of another pupil does not exist.
    **{
        f"consent:pupils.{page}": Row(only(_in=PUPILS, door=VISITOR, _404=SIGNED_IN - PUPILS), {"": where})
        for page, where in {
            "answer": {},
            "choice": {},
            "change": {"purpose": "papier"},
            "veto": {"purpose": "papier"},
            "objection": {},
        }.items()
    },
    **{
        f"consent:pupils.{page}": Row(
            {
                "own": {"in": PUPILS, "door": VISITOR, "404": SIGNED_IN - PUPILS},
                "of another pupil": {"door": VISITOR, "404": SIGNED_IN},
                "of a parent": {"door": VISITOR, "404": SIGNED_IN},
            },
            {
                "own": {"code": f"sam_{thing}"},
                "of another pupil": {"code": f"other_pupils_{thing}"},
                "of a parent": {"code": f"amina_{parents}"},
            },
        )
        for page, thing, parents in (
            ("receipt", "receipt", "receipt"),
            ("receipt_pdf", "receipt", "receipt"),
            ("received", "objection", "remark"),
        )
    },
    # Staff.
    "consent:staff.groups": Row(
        only(
            _in=STAFF | OTHER_SCHOOL | OUTSIDE_STAFF,
            door=VISITOR,
            _403=FORMER,
            _404=NO_STAFF,
        )
    ),
    "consent:staff.check": of_a_group(CHECKERS, WHOLE_FOUNDATION | OTHER_SCHOOL),
    "consent:staff.keep": of_a_group(CHECKERS, WHOLE_FOUNDATION | OTHER_SCHOOL),
    "consent:staff.kept": staff_room(CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF),
    "consent:staff.kept_check": Row(
        {
            "of a colleague": {
                "door": VISITOR,
                "404": NO_STAFF | CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF,
                "403": (STAFF - CHECKERS) | FORMER,
            }
        },
        {"of a colleague": {"code": "colleagues_check"}},
    ),
    # Pictures of colleagues: everybody who works here chooses; who checks pictures looks up a colleague.
    **{
        f"consent:own.{page}": Row(staff_room(STAFF | OTHER_SCHOOL | OUTSIDE_STAFF).outcome, {"": where})
        for page, where in {"home": {}, "answer": {}, "change": {"purpose": "papier"}}.items()
    },
    "consent:own.colleague": staff_room(CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF),
    # The work list: office, director and administrator; teacher and mentor see who of the own group wants to talk.
    "consent:staff.tasks": staff_room(
        WORKERS | {"staff:teacher", "staff:mentor"} | OTHER_SCHOOL | OUTSIDE_STAFF
    ),
    **{
        f"consent:staff.{page}": of_a_school_desk(
            "task", WORKERS, {"staff:teacher", "staff:mentor"} | OTHER_SCHOOL
        )
        for page in ("task", "task_done")
    },
    "consent:staff.corrections": staff_room(IMPORTERS),
    # Who decides for a child: office and director of the school, and the administrator.
    "consent:staff.authorities": staff_room(WORKERS | OUTSIDE_STAFF),
    "consent:staff.authority": of_a_school_desk("noor", WORKERS, set()),
    "consent:staff.authority_change": Row(
        of_a_school_desk("noor", WORKERS, set()).outcome, {"own school": {"code": "noor", "guardian": "erik"}}
    ),
    **{
        f"consent:staff.{page}": of_a_school_desk("amina_receipt", inside, other)
        for page, inside, other in (
            ("correction", WORKERS, set()),
            ("correction_ask", IMPORTERS, set()),
            ("correction_judge", WORKERS, set()),
        )
    },
    # Administrators and offices. What a batch of another school shows is tested in tests/schools/.
    "schools:admins.import": import_room(),
    "schools:admins.import_sample": import_room(name="edexml.xml"),
    **{
        f"schools:admins.import_{act}": Row(
            {"unknown": {"door": VISITOR, "404": SIGNED_IN - FORMER, "403": FORMER}},
            {"unknown": {"code": "NOTHERE123"}},
        )
        for act in ("preview", "apply", "confirm", "drop", "undo")
    },
    # The protocol: the board looks at what is being made, administrator and policy officer keep it.
    "policies:admins.protocol": hidden_room(POLICY_READERS),
    "policies:admins.protocol_new": hidden_room(POLICY_WRITERS),
    "policies:admins.version": of_a_version(POLICY_READERS),
    "policies:admins.preview": of_a_version(POLICY_READERS),
    **{
        f"policies:admins.{page}": of_a_version(POLICY_WRITERS)
        for page in ("chapter_add", "council", "publish", "documents", "next_version")
    },
    **{
        f"policies:admins.{page}": of_a_version(POLICY_WRITERS, key="chapter")
        for page in ("chapter", "chapter_move", "chapter_remove")
    },
    "policies:admins.summary": of_a_version(POLICY_WRITERS, audience="ouders"),
    # Reporting without an account: whoever is there, nobody is known. The code phrase is asked inside.
    # What everybody reads of a school; a version that was not put in force does not exist for readers.
    "policies:public.foundation": Row({"": {"in": EVERYBODY}}, {"": {"foundation": "home"}}),
    **{f"policies:public.{page}": of_a_school() for page in ("school", "protocol", "protocol_pdf")},
    "policies:public.summary_pdf": of_a_school(audience="ouders"),
    **{
        f"policies:public.{page}": Row(
            {"in force": {"in": EVERYBODY}, "a concept": {"404": EVERYBODY}},
            {
                "in force": {"foundation": "home", "school": "beacon", "number": "9.0"},
                "a concept": {"foundation": "home", "school": "beacon", "number": "1.0"},
            },
        )
        for page in ("version", "version_pdf")
    },
    **{f"incidents:public.{page}": of_a_school() for page in ("explain", "report", "receipt")},
    **{f"incidents:public.{page}": everybody() for page in ("back", "message", "close", "leave")},
    # A tablet at school: office and director start it; its own pages exist only in a session of such a tablet.
    "consent:kiosk.room": staff_room({"staff:office", "staff:director"} | OUTSIDE_STAFF),
    "consent:kiosk.end": Row(
        {
            "of the school": {
                "in": {"staff:office", "staff:director"},
                "door": VISITOR,
                "404": NO_STAFF | OUTSIDE_STAFF,
                "403": (STAFF - {"staff:office", "staff:director"}) | OTHER_SCHOOL | FORMER,
            }
        },
        {"of the school": {"code": "beacons_kiosk"}},
    ),
    **{
        f"consent:kiosk.{page}": Row({"no tablet": {"404": EVERYBODY}}, {"no tablet": {}})
        for page in ("start", "answer", "choice", "done", "stop")
    },
    "consent:kiosk.receipt": Row({"no tablet": {"404": EVERYBODY}}, {"no tablet": {"code": "amina_receipt"}}),
    # What was placed: who checks pictures sees it of the own school; who posted it, and who answers for the school,
    # ends it. The family sees only what its own child is on.
    "publications:staff.publish": Row(
        {
            "of a colleague": {
                "door": VISITOR,
                "404": NO_STAFF | CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF,
                "403": (STAFF - CHECKERS) | FORMER,
            }
        },
        {"of a colleague": {"code": "colleagues_check"}},
    ),
    "publications:staff.register": staff_room(CHECKERS | OTHER_SCHOOL | OUTSIDE_STAFF),
    "publications:staff.publication": of_an_item(CHECKERS),
    "publications:staff.change": of_an_item(ITEM_ENDERS),
    "publications:staff.take_away": of_an_item(ITEM_ENDERS),
    "publications:parents.where": of_who_decides(),
    "publications:parents.objection": Row(
        {
            "own child": {"in": {"amina"}, "door": VISITOR, "404": SIGNED_IN - {"amina"}},
            "item without the child": {"door": VISITOR, "404": SIGNED_IN},
        },
        {
            "own child": {"foundation": "home", "child": "noor", "code": "noors_item"},
            "item without the child": {"foundation": "home", "child": "noor", "code": "sams_item"},
        },
    ),
    "publications:pupils.where": Row(only(_in=PUPILS, door=VISITOR, _404=SIGNED_IN - PUPILS)),
    "publications:pupils.objection": Row(
        {
            "own": {"in": PUPILS, "door": VISITOR, "404": SIGNED_IN - PUPILS},
            "of another pupil": {"door": VISITOR, "404": SIGNED_IN},
        },
        {"own": {"code": "sams_item"}, "of another pupil": {"code": "noors_item"}},
    ),
    "consent:paper.desk": staff_room(IN_PAPER_ROOM),
    "consent:paper.print": staff_room(IN_PAPER_ROOM),
    "consent:paper.pile": of_paper(set(), code="joosts_pile"),
    "consent:paper.pdf": of_paper(set(), code="joosts_pile"),
    "consent:paper.form": of_paper(PAPER_ENTERERS, code="noors_form"),
    "consent:paper.scan": of_paper(PAPER_ENTERERS, code="noors_form", number="1"),
    "consent:paper.new": staff_room(SPOKEN_ENTERERS | OUTSIDE_STAFF),
    "consent:paper.ask": of_paper(SPOKEN_ENTERERS, PAPER_PRINTERS | OTHER_SCHOOL, code="noor"),
    "consent:paper.child": of_paper(SPOKEN_ENTERERS, PAPER_PRINTERS | OTHER_SCHOOL, code="noor"),
    "consent:admins.enrolment": hidden_room({"staff:administrator"}),
    # The proof of choices: for the data protection officer of the own foundation. A page that asks for the reason.
    "consent:dpo.search": hidden_room({"staff:dpo"}),
    **{f"consent:dpo.{page}": of_a_proof() for page in ("pupil", "reason", "pdf")},
    "consent:dpo.record": of_a_proof(purpose="papier"),
    "consent:admins.purposes": hidden_room({"staff:administrator"}),
    "consent:admins.purpose_move": hidden_room({"staff:administrator"}),
    "consent:admins.purpose_new": Row(
        hidden_room({"staff:administrator"}).outcome, {"": {"kind": "website"}}
    ),
    **{
        f"consent:admins.{page}": Row(hidden_room({"staff:administrator"}).outcome, {"": {"slug": "papier"}})
        for page in ("purpose", "purpose_wording", "purpose_stop", "purpose_apart", "purpose_picture")
    },
    "consent:admins.languages": hidden_room({"staff:administrator"}),
    # Where each person begins.
    "portal:admins.start": hidden_room({"staff:administrator", "staff:policy_officer"}),
    "portal:board.start": hidden_room({"staff:board"}),
    "portal:dpo.start": hidden_room({"staff:dpo"}),
    "portal:team.search": hidden_room((STAFF | OTHER_SCHOOL | OUTSIDE_STAFF) - {"staff:council"}),
    "portal:pupils.start": Row(only(_in=PUPILS, door=VISITOR, _404=SIGNED_IN - PUPILS)),
    # Who handles cases. What is of somebody else, or was never routed to them, does not exist.
    "incidents:directors.home": Row(
        only(
            _in=RECEIVERS | OTHER_SCHOOL | OUTSIDE_STAFF,
            door=VISITOR,
            _403=FORMER,
            _404=NO_STAFF | (STAFF - RECEIVERS),
        )
    ),
    **{
        f"incidents:directors.{page}": Row(
            only(
                _in=HANDLERS | OTHER_SCHOOL | OUTSIDE_STAFF,
                door=VISITOR,
                _403=FORMER | (STAFF - HANDLERS),
                _404=NO_STAFF,
            )
        )
        for page in ("new", "passed_on")
    },
    **{
        f"incidents:directors.{page}": of_a_case(**more)
        for page, more in {
            "case": {},
            "opening": {},
            "picture": {"number": "1"},
            "note": {},
            "correction": {"event": "directors_note"},
            "answer": {},
            "person": {},
            "measure": {"person": "directors_person"},
            "parents": {"person": "directors_person"},
            "decision": {"measure": "directors_measure"},
            "in_force": {"measure": "directors_measure"},
            "step": {"noun": "wachten"},
            "hand_over": {},
            "recusal": {},
        }.items()
    },
    # Without a parent in the form it is refused as unknown, also for who handles the case.
    "incidents:directors.parents_mail": Row(
        {"of the director": {"door": VISITOR, "403": FORMER, "404": SIGNED_IN - FORMER}},
        {"of the director": {"code": "directors_case", "person": "directors_person"}},
    ),
    # Signing in. The pages that change a password or a second step ask for a password first.
    "account_login": everybody(),
    "account_request_login_code": everybody(),
    "account_confirm_login_code": Row(only(_in=SIGNED_IN, either=VISITOR)),
    "account_logout": everybody(),
    "account_inactive": everybody(),
    "account_signup": everybody(),
    "account_reauthenticate": own_account(),
    "account_change_password": own_account(),
    "account_reset_password": everybody(),
    "account_reset_password_done": everybody(),
    "account_reset_password_from_key": Row({"": {"in": EVERYBODY}}, {"": {"uidb36": "1", "key": "x-y"}}),
    "account_reset_password_from_key_done": everybody(),
    "mfa_index": own_account(),
    "mfa_authenticate": Row(only(_in=SIGNED_IN, either=VISITOR)),
    "mfa_reauthenticate": own_account(),
    "mfa_activate_totp": own_account(),
    "mfa_deactivate_totp": own_account(),
    "mfa_view_recovery_codes": own_account(),
    "mfa_generate_recovery_codes": own_account(),
    # The demo only: routed by the demo settings, which the tests use.
    "demo:sign_in_as": Row({"unknown": {"404": EVERYBODY}}, {"unknown": {"name": "niemand"}}),
    "demo:mailbox": everybody(),
    "demo:mail_as_sent": Row({"unknown": {"404": EVERYBODY}}, {"unknown": {"key": "nothing"}}),
    "demo:mailbox_json": everybody(),
}
