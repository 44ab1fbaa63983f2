"""Who looks like a new pupil: what the database leaves out is never somebody whom `fold` would have found."""

from datetime import date

import pytest

from schools.choices import PersonKind
from schools.domain.imports.known import _lookalikes
from schools.domain.imports.rows import PupilRow
from schools.models import Pupil

BORN_ON = date(2015, 3, 4)
SPELLINGS = [
    (("Łukasz", "", "de Vries"), ("LUKASZ", "de", "vries")),
    (("lukasz", "de", "Vries"), ("Łukasz", "", "De-Vries")),
    (("Zoë", "", "Bos"), ("zoe", "", "BOS")),
    (("zoe", "", "Bos"), ("Zoë", "", "Bos")),
    (("Ilse", "", "Groß"), ("İlse", "", "Gross")),
    (("'t Jan", "", "Bos"), ("TJan", "", "Bos")),
    (("", "van den", "Berg"), ("Van", "", "den Berg")),
    (("2e Kim", "", "Bos"), ("2E-kim", "", "bos")),
    (("Ælf", "", "Bos"), ("Aelf", "", "Bos")),
]


def known(cast, name: tuple[str, str, str], born_on: date = BORN_ON) -> Pupil:
    call_name, prefix, surname = name
    return Pupil.objects.create(
        foundation=cast.home,
        source_key=f"99AA-{name}",
        call_name=call_name,
        prefix=prefix,
        surname=surname,
        born_on=born_on,
    )


def row(name: tuple[str, str, str]) -> PupilRow:
    return PupilRow(1, "1", "99AA-1", *name, BORN_ON, None, ())


@pytest.mark.parametrize(("there", "new"), SPELLINGS)
def test_another_spelling_of_one_name_is_found(cast, there, new):
    with cast.acting():
        pupil = known(cast, there)

        found = _lookalikes(PersonKind.PUPIL, [row(new)])

    assert [person.id for person in found] == [pupil.id]


@pytest.mark.parametrize("there", [("Kim", "", "Bos"), ("Zoë", "", "Boss"), ("Lukas", "de", "Vries")])
def test_another_name_or_another_day_is_not(cast, there):
    with cast.acting():
        known(cast, there)
        known(cast, ("Zoë", "", "Bos"), date(2015, 3, 5))

        assert _lookalikes(PersonKind.PUPIL, [row(("Zoe", "", "Bos"))]) == []
