"""Seven languages for families: on each step of their way, in their mails, and marked until somebody has read them."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils import translation

from consent.choices import PARENT_LANGUAGES, Value
from consent.domain.languages import AlreadyRead, approve_language, translations
from consent.domain.tell import day_in
from consent.models import ApprovedLanguage, Submission
from ledger.choices import Verb
from ledger.models import Entry, EntryPayload
from schools.models import Foundation, Guardian

from .links import check, fill, hidden, link_of, send, start, words
from .test_parents import mail, say

YES, NO = Value.YES, Value.NO
# The button of the question page, and that of the mark; English has no catalogue of its own.
CONTINUE = {
    "nl": "Verder",
    "en": "Continue",
    "ar": "متابعة",
    "tr": "Devam",
    "pl": "Dalej",
    "uk": "Далі",
    "ti": "ቀጽሉ",
}
MARK = {
    "en": "Draft translation.",
    "ar": "ترجمة أولية.",
    "tr": "Taslak çeviri.",
    "pl": "Wstępne tłumaczenie.",
    "uk": "Чорновий переклад.",
    "ti": "ንድፊ ትርጉም።",
}
EVERY = pytest.mark.parametrize("language", PARENT_LANGUAGES)
EACH_TRANSLATION = pytest.mark.parametrize("language", MARK)


def html_tag(response) -> str:
    return re.search(r"<html [^>]*>", response.content.decode())[0]


def expected_tag(language: str) -> str:
    return f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">'


@EVERY
def test_the_language_holds_from_the_link_to_the_receipt_and_over_an_error(cast, client, language):
    start(cast)
    url = link_of(cast, cast.karol)

    asked = client.get(f"{url}?taal={language}")
    wrong = client.post(url, fill(asked, YES))
    checked = check(client, url, YES, NO, YES)
    sent = client.post(f"{url}keuze/", hidden(checked))
    receipt = client.get(sent["Location"])
    missing = client.get("/bestaat-niet/")

    assert (asked.status_code, wrong.status_code, receipt.status_code) == (200, 422, 200)
    for page in (asked, wrong, checked, receipt, missing):
        assert html_tag(page) == expected_tag(language)
        assert page["Content-Language"] == language
    assert CONTINUE[language] in words(asked)
    with cast.acting():
        assert Submission.objects.get().language == language
    assert settings.PORTAL_URL  # the address in the mail brings the language along
    assert f"?taal={language}" in mail(cast, "consent/receipt", cast.karol).text


def test_all_languages_are_offered_by_their_own_names_and_no_answer_is_lost(cast, client):
    start(cast)
    url = link_of(cast, cast.karol)

    asked = client.get(url).content.decode()
    wrong = client.post(url, fill(client.get(url), YES)).content.decode()

    for code, name in settings.LANGUAGES[1:]:
        assert re.search(
            rf'<a href="\?taal={code}" lang="{code}" hreflang="{code}" dir="\w+">{name}</a>', asked
        )
        button = rf'<button class="as-link" form="ask" formaction="{url}\?taal={code}"[^>]*>{name}</button>'
        assert re.search(button, wrong)


@EVERY
def test_mails_are_in_the_language_of_the_guardian(cast, language):
    with cast.acting():
        Guardian.objects.filter(id=cast.karol.id).update(language=language)
    start(cast)

    invite = mail(cast, "consent/invite", cast.karol)

    with translation.override(language):
        assert invite.subject == translation.gettext("May school use photos of %(a)s?") % {
            "a": "Bo"
        } + " " + translation.gettext("(1 minute)")
    assert expected_tag(language) in invite.html
    assert "<bdi>Karol</bdi>" in invite.html
    phone = "\u2066013 000 00 00\u2069" if language == "ar" else "013 000 00 00"
    assert phone in invite.text


@EACH_TRANSLATION
def test_the_mark_goes_when_somebody_has_read_the_language(cast, client, as_, language):
    start(cast)
    url = f"{link_of(cast, cast.karol)}?taal={language}"
    say(cast, cast.karol, cast.bo, NO, language=language)
    places = [url, "/", "/accounts/login/code/", "/privacy/"]
    before = [words(client.get(place)) for place in places]
    mail_before = mail(cast, "consent/receipt", cast.karol)
    with cast.acting():
        other = Foundation.objects.get(id=cast.bridge.id)

    page = as_(cast.ada).get("/beheer/talen/")
    sent = as_(cast.ada).post(
        "/beheer/talen/", hidden(page) | {"language": language, "reader": "Salma Haddad", "confirm": "on"}
    )

    assert sent.status_code == 303
    assert [place for place, text in zip(places, before, strict=True) if MARK[language] not in text] == []
    assert MARK[language] in mail_before.text
    assert MARK[language] in mail_before.html
    assert not [place for place in places if MARK[language] in words(client.get(place))]
    cast.home.refresh_from_db()
    assert MARK[language] not in mail(cast, "consent/receipt", cast.karol).text
    assert "Salma Haddad" in words(as_(cast.ada).get("/beheer/talen/"))
    assert other.approved_languages == []
    with cast.acting():
        row = ApprovedLanguage.objects.get()
        assert (row.language, row.reader) == (language, "Salma Haddad")
        entry = Entry.objects.get(verb=Verb.LANGUAGE_APPROVED)
        assert EntryPayload.objects.get(entry=entry).payload["language"] == language


def test_dutch_never_has_the_mark(cast, client):
    start(cast)

    page = client.get(link_of(cast, cast.karol)).content.decode()

    assert 'class="concept"' not in page


def test_a_language_is_read_once_and_only_one_that_families_have(cast):
    with cast.acting():
        approve_language(language="ar", reader="Salma Haddad")
        with pytest.raises(AlreadyRead):
            approve_language(language="ar", reader="Iemand Anders")
        for code in ("nl", "fa"):
            with pytest.raises(ValueError, match="no translation"):
                approve_language(language=code, reader="Iemand")

        assert ApprovedLanguage.objects.get().reader == "Salma Haddad"
        assert {one.code for one in translations() if one.read is None} == set(MARK) - {"ar"}


def test_the_page_of_languages_keeps_what_was_typed(cast, as_):
    client = as_(cast.ada)
    form = hidden(client.get("/beheer/talen/"))

    wrong = client.post("/beheer/talen/", form | {"language": "fa", "reader": "Salma Haddad"})
    with cast.acting():
        approve_language(language="ti", reader="Eerder Gelezen")
    late = client.post("/beheer/talen/", form | {"language": "ti", "reader": "Salma", "confirm": "on"})

    assert (wrong.status_code, late.status_code) == (422, 409)
    assert 'value="Salma Haddad"' in wrong.content.decode()
    with cast.acting():
        assert ApprovedLanguage.objects.get().reader == "Eerder Gelezen"


def test_a_question_without_words_in_the_language_says_that_it_is_dutch(cast, client):
    """The cast asks in Dutch and English only: nobody is left with a question that is not there."""
    start(cast)
    url = link_of(cast, cast.karol)

    asked = client.get(f"{url}?taal=ar").content.decode()
    english = client.get(f"{url}?taal=en").content.decode()
    client.get(f"{url}?taal=ar")
    receipt = client.get(send(client, url, YES, YES, YES)["Location"]).content.decode()

    dutch = '<span lang="nl" dir="ltr">Papier (nl)</span>'
    assert f"<legend>{dutch}" in asked
    assert 'lang="nl" dir="ltr">Schoolgids' in asked
    assert f"<dt>{dutch}</dt>" in receipt
    assert '<span lang="nl"' not in english
    assert '<span lang="nl" dir="ltr">Papier (nl)</span>' in mail(cast, "consent/receipt", cast.karol).html


def test_pages_of_staff_are_dutch_or_english_whatever_was_chosen_elsewhere(cast, as_):
    client = as_(cast.joost)
    client.get("/?taal=ar")

    arabic = client.get("/team/")
    english = client.get("/team/?taal=en")

    assert html_tag(arabic) == expected_tag("nl")
    assert "Türkçe" not in words(arabic)
    assert html_tag(english) == expected_tag("en")


def test_who_signs_in_on_a_new_phone_reads_the_own_language(cast, as_):
    with cast.acting():
        user = cast.user_of(cast.karol)
    user.language = "uk"
    user.save(update_fields=["language"])
    client = as_(cast.karol)

    own = client.get("/ouder/")
    chosen = client.get("/ouder/?taal=pl")

    assert html_tag(own) == expected_tag("uk")
    assert html_tag(chosen) == html_tag(client.get("/ouder/")) == expected_tag("pl")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "14 november"),
        ("en", "14 November"),
        ("ar", "14 نوفمبر"),
        ("tr", "14 Kasım"),
        ("pl", "14 listopada"),
        ("uk", "14 листопада"),
        ("ti", "14 ሕዳር"),
    ],
)
def test_a_day_has_the_name_of_its_month(language, said):
    assert day_in(language, date(2026, 11, 14)) == said
