"""Nothing that somebody wrote lies readable in the database (R28), and what is sealed opens in one place only."""

import pytest
from django.db import connection

from incidents.choices import Move, PersonPart, Reply, Way
from incidents.domain.handle import add_note, add_person, answer_reporter, move, open_case, reporter_writes
from incidents.domain.measures import propose_measure
from incidents.domain.parents import log_contact
from incidents.models import Case, CaseKey
from incidents.pictures import Picture
from incidents.querysets import (
    contacts_of,
    measures_of,
    note_of,
    people_of,
    pictures_of,
    reason_of,
    shown_picture,
    timeline,
)
from incidents.sealing import Unreadable, new_key, seal, unseal, unseal_bytes
from tests.cast import today

from .acts import accuse, handling, reported, reporter, staff, talk_and_warning


def test_what_is_sealed_opens_again(cast):
    made = reported(cast)

    with handling(cast, cast.ria, made.case) as case:
        assert unseal(case, "note", seal(case, "note", "Şahin Łuczak 😭")) == "Şahin Łuczak 😭"
        assert unseal_bytes(case, "note", seal(case, "note", b"\x00\xff")) == b"\x00\xff"
        assert seal(case, "note", "x") != seal(case, "note", "x")


def test_it_opens_nowhere_else(cast):
    first, second = reported(cast), reported(cast)

    with cast.acting(staff(cast.ria)):
        here, there = Case.objects.get(id=first.case.id), Case.objects.get(id=second.case.id)
        sealed = seal(here, "event:1", "geheim")
        for case, field, value in (
            (there, "event:1", sealed),
            (here, "event:2", sealed),
            (here, "event:1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
            (here, "event:1", b"\x02" + sealed[1:]),
            (here, "event:1", b""),
        ):
            with pytest.raises(Unreadable):
                unseal(case, field, value)


def test_the_key_of_another_case_opens_nothing_also_when_it_is_put_there(cast):
    first, second = reported(cast), reported(cast)
    with cast.acting(staff(cast.ria)):
        here, there = Case.objects.get(id=first.case.id), Case.objects.get(id=second.case.id)
        sealed = seal(here, "event:1", "geheim")
        CaseKey.objects.filter(case=there).update(wrapped=CaseKey.objects.get(case=here).wrapped)

        with pytest.raises(Unreadable):
            unseal(there, "event:1", sealed)


def test_an_older_key_of_the_portal_still_opens(cast, settings):
    made = reported(cast)
    before = list(settings.PORTAL_KEYS)

    settings.PORTAL_KEYS = ["a-new-key-that-came-in-front-of-the-others", *before]
    with handling(cast, cast.ria, made.case) as case:
        assert timeline(case)[0].text.startswith("Ze lachen")
        assert new_key(case).wrapped != CaseKey.objects.get(case=case).wrapped
    settings.PORTAL_KEYS = ["only-a-key-that-never-sealed-anything-here"]
    with handling(cast, cast.ria, made.case) as case, pytest.raises(Unreadable):
        timeline(case)


CANARIES = [f"kanarie{number}vogel" for number in range(12)]


def test_no_word_of_a_case_lies_readable_in_any_table(cast):
    """Every way in which words come in, then every row of every table that the app may read, as text."""
    what, who, where, name, contact, note, answer, told, reason, person, call, picture = CANARIES
    rung, *_rest = talk_and_warning(cast, today())
    made = reported(
        cast, what=what, who=who, where_when=where, name=name, contact=contact, is_anonymous=False,
        pictures=[Picture("image/jpeg", f"{picture} shown".encode(), f"{picture} original".encode())],
    )  # fmt: skip
    with handling(cast, cast.ria, made.case) as case:
        open_case(case)
        add_note(case, text=note)
        answer_reporter(case, text=answer)
        move(case, move=Move.HANDLE)
        add_person(case, part=PersonPart.WITNESS, name=person)
    with cast.acting(reporter(made.case)):
        reporter_writes(Case.objects.get(), text=told)
    accused = accuse(cast, cast.ria, made.case, cast.bo)
    with handling(cast, cast.ria, made.case) as case:
        measure = propose_measure(case, person=accused, rung=rung, reason=reason)
        log_contact(accused, way=Way.CALL, reply=Reply.ANSWERED, note=call)

    dumps = {}
    for actor in (staff(cast.ria), reporter(made.case)):
        with cast.acting(actor):
            dumps[actor.kind] = _everything()
    found = {(kind, word) for kind, dump in dumps.items() for word in CANARIES if word in dump}
    assert found == set()
    assert made.case.code in dumps["staff"], "the dump holds the rows of the case"

    with handling(cast, cast.ria, made.case) as case:
        lines = timeline(case)
        read = " ".join([line.text for line in lines] + [str(line.facts) for line in lines])
        read += " ".join(one.name for one in people_of(case))
        read += reason_of(measures_of(case)[0]) + note_of(contacts_of(case)[0])
        read += shown_picture(pictures_of(case)[0]).decode()
        assert measures_of(case)[0].id == measure.id
    assert {word for word in CANARIES if word not in read} == {name, contact}


def _everything() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT row::text FROM {table} AS row")
                rows += [_readable(text) for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def _readable(text: str) -> str:
    """A row as text, and its binary columns (\\x… in hex) as the letters that would be in them."""
    import re

    binary = [bytes.fromhex(part).decode("latin-1") for part in re.findall(r"\\x((?:[0-9a-f]{2})+)", text)]
    return text + "".join(binary)
