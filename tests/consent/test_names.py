"""Two pupils never bear the same name in one list."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from consent.domain.facts import KnownPupil, told_apart
from consent.rules import Facts

BORN = date(2016, 5, 4)


def known(call_name, surname, born_on=BORN, pk=0):
    return KnownPupil(pk, "", call_name, surname, Facts(born_on, (), (), ()))


def names(*pupils):
    return [pupil.short_name for pupil in told_apart(pupils)]


def test_one_letter_is_enough_where_nobody_shares_the_name():
    assert names(known("Zoë", "Visser"), known("Daan", "Visser")) == ["Zoë V.", "Daan V."]


def test_more_letters_tell_two_of_one_name_apart():
    assert names(known("Zoë", "Visser"), known("Zoë", "Vos"), known("Daan", "Vos")) == [
        "Zoë Vi.",
        "Zoë Vo.",
        "Daan V.",
    ]


def test_the_shorter_surname_is_written_out():
    assert names(known("Jan", "Bos"), known("Jan", "Bosman")) == ["Jan Bos", "Jan Bosm."]


def test_the_date_of_birth_is_the_last_resort():
    assert names(known("Ali", "Can"), known("Ali", "Can", date(2015, 1, 31))) == [
        "Ali Can (04-05-2016)",
        "Ali Can (31-01-2015)",
    ]


def test_without_a_surname_the_call_name_stands_alone():
    assert names(known("Selam", "")) == ["Selam"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Zoë", "Ali"]), st.text("abc", max_size=4), st.integers(1, 28)),
        unique=True,
        max_size=12,
    )
)
def test_whoever_differs_in_name_or_birthday_is_told_apart(people):
    pupils = [known(call, sur, date(2016, 5, day)) for call, sur, day in people]

    shown = [pupil.short_name for pupil in told_apart(pupils)]

    assert len(set(shown)) == len(shown)
