"""The code phrase: eight of 1,024 words that cannot be mistaken for each other."""

import string
import uuid

from hypothesis import given
from hypothesis import strategies as st

from incidents.phrases import new_phrase, normal_phrase, phrase_for, words


def test_the_list_has_1024_words_that_are_told_apart_by_their_first_four_letters():
    listed = words()

    assert len(listed) == len(set(listed)) == 1024
    assert len({word[:4] for word in listed}) == 1024
    assert all(4 <= len(word) <= 8 and set(word) <= set(string.ascii_lowercase) for word in listed)


def _differs_by_one(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


def test_no_two_words_differ_by_one_letter():
    listed = words()
    near = [(a, b) for n, a in enumerate(listed) for b in listed[n + 1 :] if _differs_by_one(a, b)]

    assert near == []


def test_a_phrase_is_eight_words_of_the_list_and_never_the_same():
    phrases = {new_phrase() for _ in range(200)}

    assert len(phrases) == 200
    assert all(len(one.split("-")) == 8 and set(one.split("-")) <= set(words()) for one in phrases)


def test_every_word_can_be_drawn():
    drawn = {word for _ in range(3000) for word in new_phrase().split("-")}
    derived = {word for _ in range(3000) for word in phrase_for(uuid.uuid4()).split("-")}

    assert len(drawn) == len(derived) == 1024


def test_the_same_form_gives_the_same_phrase_and_another_key_another(settings):
    sent = uuid.uuid4()
    before = phrase_for(sent)

    assert phrase_for(sent) == before
    assert phrase_for(uuid.uuid4()) != before
    settings.PORTAL_KEYS = ["another-secret-of-the-portal-entirely"]
    assert phrase_for(sent) != before


@given(st.sampled_from([" ", "  ", "-", " - ", ", ", ".\n", " \u2013 "]), st.booleans())
def test_capitals_and_separators_do_not_matter(between, capitals):
    phrase = new_phrase()
    typed = between.join(phrase.split("-"))

    assert normal_phrase(f"  {typed.upper() if capitals else typed.title()} ") == phrase


@given(st.text(max_size=2000))
def test_whatever_is_typed_gives_a_plain_text(typed):
    found = normal_phrase(typed)

    assert set(found) <= set(string.ascii_lowercase + "-")
    assert normal_phrase(found) == found or len(typed) > 500
