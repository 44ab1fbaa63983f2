"""Ten thousand strings that somebody may send: refused in words or kept as typed, never an accident, never markup."""

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from consent.domain.purposes import mark_of
from consent.forms import ChoicesForm, EnrolmentForm, OneChoiceForm, Question, RoundForm
from consent.models import Purpose, QuestionText
from consent.views.purpose_forms import PurposeForm, SeenForm, WordingForm
from schools.models import School
from tests.cast import today

COUNT = 10_000
SEEDS = [
    "", " ", "\0", "a\0b", "\r\n", "\t", "\u200b", "\u202eabc", "\u2066\u2069", "\ufeff", "\ufffd", "\u0300" * 50,
    "😀", "\U0001f469\u200d\U0001f467", "العربية", "ትግርኛ", "Şahin Łuczak Öz", "İıſß", "Ω≈ç√∫", "𝕏𝔘", "١٢٣", "½",
    "\x1b[31m", "\x7f", "\x85", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "&lt;b&gt;",
    "</textarea><svg/onload=alert(1)>", "javascript:alert(1)", "'; DROP TABLE consent_answer;--", "' OR '1'='1",
    "1) UNION SELECT NULL--", "%s%s%s%n", "%(a)s", "{{ settings.SECRET_KEY }}", "{% load x %}", "{0.__class__}",
    "${7*7}", "$(id)", "`id`", "../../etc/passwd", "\\\\host\\c$", "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "NaN",
    "null", "None", "undefined", "true", "-1", "1e999", "0x41", "9" * 400, "2028-02-30", "2028-02-29", "a" * 79,
    "a" * 81, "é" * 200, "x" * 100_000, "\n" * 3_000, "A\nB\nC", "Bcc: x@example.org\r\n",
]  # fmt: skip


@cache
def hostile() -> list[str]:
    """Always the same ten thousand: the seeds, and pieces of them put together."""
    draw = random.Random(20_281_029)
    found = list(SEEDS)
    while len(found) < COUNT:
        pieces = [draw.choice(SEEDS)[:400] for _ in range(draw.randint(1, 4))]
        if draw.random() < 0.3:
            low, high = draw.choice([(0, 0x2FF), (0x2000, 0xD7FF)])
            pieces.append("".join(chr(draw.randint(low, high)) for _ in range(12)))
        found.append(draw.choice(["", " ", "\n"]).join(pieces))
    return found


@pytest.fixture
def every_form(cast) -> list[type[forms.Form]]:
    """A maker of each form with text in it, bound to whatever it is given."""
    with cast.acting():
        texts = QuestionText.objects.filter(language="nl").select_related("version__purpose")
        questions = [Question(text.version.purpose, text) for text in texts.order_by("id")]
        schools = list(School.objects.order_by("name"))
    day = today()
    return [
        lambda data: PurposeForm(data, schools=schools, is_event=True, today=day),
        lambda data: WordingForm(data, today=day),
        SeenForm,
        lambda data: RoundForm(data, schools=schools, purposes=[], today=day, year=cast.year),
        lambda data: EnrolmentForm(data, schools=schools),
        lambda data: ChoicesForm(data, children=[cast.noor, cast.bo], questions=questions),
        lambda data: OneChoiceForm(data, question=questions[0]),
    ]


def kinds_of_fields(makers: list[type[forms.Form]]) -> list[forms.Field]:
    """One of each kind: a form for two children repeats the same field, and forms have kinds in common."""
    fields = [field for make in makers for field in make(None).fields.values()]
    return list({(type(one), getattr(one, "max_length", None), one.required): one for one in fields}.values())


def test_ten_thousand_strings_in_every_kind_of_field_of_every_form(every_form):
    began, kept = time.process_time(), 0
    for field in kinds_of_fields(every_form):
        many = isinstance(field, forms.MultipleChoiceField)
        for value in hostile():
            with suppress(ValidationError):
                clean = field.clean([value] if many else value)
                kept += 1
                if isinstance(clean, str):
                    assert "\0" not in clean
                    assert len(clean) <= (getattr(field, "max_length", None) or 200_000)
    assert kept > COUNT  # many are words of somebody
    assert time.process_time() - began < 20


OURS = ("accounts", "schools", "notices", "consent", "policies", "publications", "incidents", "opmaat_portal")


def all_forms(base: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    """Every form class of ours; a new one is found by itself, as the urls import every view and so every form."""
    get_resolver().url_patterns  # noqa: B018  imports them
    for form in base.__subclasses__():
        if form.__module__.startswith(OURS):
            yield form
        yield from all_forms(form)


def test_every_text_field_of_every_form_of_the_portal_takes_a_thousand_of_them():
    """The whole ten thousand are for the forms above; the kinds of field are the same."""
    seen: dict[tuple[object, ...], forms.Field] = {}
    for form in all_forms():
        for field in getattr(form, "base_fields", {}).values():
            if isinstance(field, forms.CharField):
                seen[type(field), field.max_length, field.required, field.strip] = field
    assert len(seen) > 15
    for field in seen.values():
        for value in hostile()[:1_000]:
            with suppress(ValidationError):
                clean = field.clean(value)
                assert "\0" not in str(clean)
                assert len(str(clean)) <= (field.max_length or 200_000)


def test_whole_forms_say_what_is_wrong_in_words(every_form):
    for make in every_form:
        names = list(make(None).fields)
        for value in hostile()[:150]:
            form = make(data_of(names, value))
            if not form.is_valid():
                assert all(str(error) for errors in form.errors.values() for error in errors)


def data_of(names: list[str], value: str):
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name in names:
        data[name] = value
    return data


PAGES = [number for number, value in enumerate(SEEDS) if number % 4 == 0 or "<" in value]


def harmless(page, value: str) -> None:
    assert page.status_code in {200, 303, 400, 404, 409, 422}, (page.status_code, value)
    text = page.content.decode()
    for sign in ("<script>alert", "<img src=x", "<svg/onload"):
        assert sign not in text, value


@pytest.mark.parametrize("number", PAGES)
def test_the_pages_of_the_administrator_take_anything(cast, as_, number):
    value, client = SEEDS[number][:20_000], as_(cast.ada)
    words = {f"{part}_{language}": value for part in ("title", "explanation") for language in ("nl", "en")}
    new = words | {
        "key": str(uuid.uuid4()),
        "short_label": value,
        "layer": "paper",
        "school": "",
        "places": value,
    }
    with cast.acting():
        seen = mark_of(cast.purposes["papier"])
    other = words | {"key": str(uuid.uuid4()), "seen": seen, "places": "Papier 1", "kind": "minor"}
    other["in_force_on"] = str(today())

    harmless(client.post("/beheer/vragen/nieuw/anders/", new), value)
    harmless(client.post("/beheer/vragen/nieuw/anders/", new | {"sure": "1"}), value)
    harmless(client.post("/beheer/vragen/papier/tekst/", other), value)
    harmless(client.post("/beheer/vragen/papier/tekst/", other | {"sure": "1"}), value)
    harmless(client.post("/beheer/vragen/papier/tekst/", dict.fromkeys(other, value)), value)
    harmless(client.post("/beheer/vragen/papier/stop/", {"key": value, "seen": value}), value)
    harmless(client.get("/beheer/vragen/", {"klaar": value[:500]}), value)
    for purpose in all_purposes(cast):
        harmless(client.get(f"/beheer/vragen/{purpose}/"), value)
    later = str(today() + timedelta(days=9))
    harmless(
        client.post(
            "/beheer/ronde/nieuw/", {"key": value, "name": value, "schools": value, "closes_on": later}
        ),
        value,
    )
    harmless(client.post("/beheer/ronde/nieuw/", dict.fromkeys(ROUND_FIELDS, value)), value)
    harmless(
        client.post("/beheer/ronde/instroom/", dict.fromkeys(("key", "schools", "answer_days"), value)), value
    )


ROUND_FIELDS = ("key", "kind", "name", "purpose", "schools", "opens_on", "closes_on", "remind_before", "seen")


def all_purposes(cast) -> list[str]:
    with cast.acting():
        return list(Purpose.objects.values_list("slug", flat=True))


@pytest.mark.parametrize("number", PAGES)
def test_the_pages_of_parents_and_staff_take_anything(cast, as_, number):
    value = SEEDS[number][:500]
    parent, teacher = as_(cast.karol), as_(cast.joost)
    form = dict.fromkeys(("key", "asked", "scope", "all-papier", f"{cast.bo.code}-papier"), value)

    harmless(parent.post("/ouder/thuis/vragen/", form), value)
    harmless(parent.post("/ouder/thuis/keuze/", form), value)
    harmless(
        parent.post(
            f"/ouder/thuis/kind/{cast.bo.code}/papier/", {"key": value, "asked": value, "answer": value}
        ),
        value,
    )
    harmless(teacher.get("/team/", {"q": value, "van": value, "place": value, "pupil": value}), value)
    harmless(teacher.get(f"/team/groep/{cast.group_8a.code}/", {"place": value, "pupil": value}), value)
    harmless(
        teacher.post(
            f"/team/groep/{cast.group_8a.code}/controle/", {"key": value, "place": value, "seen": value}
        ),
        value,
    )
