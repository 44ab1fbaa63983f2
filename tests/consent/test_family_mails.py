"""Every mail of a parent, in every language: whole as plain text, names apart, and why it came (R6, UX-P13, P14)."""

import re

import pytest
from django.utils import timezone, translation

from consent.choices import PARENT_LANGUAGES
from notices.mail import Envelope, build, write

ROW = {"title": "Facebook", "lang": "", "is_yes": True, "is_talk": False, "is_used": False}
CHILDREN = [{"name": "Amira", "answers": [ROW | {"value": "yes"}], "now": [ROW | {"is_allowed": False}]}]
FAMILY = {"family_url": "https://portal.example.org/ouder/"}
ABOUT = {"name": "Amira", "day": "3 mei", "age": 16, "resets": True, "yearly": True, **FAMILY}
OWN = {
    "invite": {"children": ["Amira", "Yusuf", "Lina"], "closes_on": "1 mei"},
    "reminder": {"children": ["Amira", "Yusuf", "Lina"], "closes_on": "1 mei"},
    "receipt": {"children": CHILDREN, "code": "ABC123", **FAMILY},
    "changed": {"children": CHILDREN, **FAMILY},
    "taken_out": {"children": CHILDREN, **FAMILY},
    "remark": {"name": "Amira", "is_objection": True, "answer_on": "1 mei", "code": "ABC123", **FAMILY},
    "age_soon": ABOUT,
    "age_now": ABOUT,
}
FRAME = {
    "to_name": "Samira",
    "link": "https://portal.example.org/toestemming/abc/",
    "foundation": {
        "is_concept": True,
        "name": "Opmaat",
        "help_phone": "013 000 00 00",
        "help_email": "hulp@opmaat.example.org",
    },
}
NAMES = r"(?:Samira|Amira|Yusuf|Lina)"


@pytest.mark.parametrize("kind", OWN)
def test_a_mail_is_whole_in_every_language(kind):
    for language in PARENT_LANGUAGES:
        mail = write(f"consent/{kind}", language, FRAME | OWN[kind])
        is_rtl = language == "ar"

        assert f'<html lang="{language}" dir="{"rtl" if is_rtl else "ltr"}">' in mail.html
        with translation.override(language):
            hello = translation.gettext("Hello %(to_name)s,") % {"to_name": "Samira"}
            why = translation.gettext(
                "You get this e-mail because %(name)s knows you as parent or guardian of a child at one of its schools."
            ) % {"name": "Opmaat"}
        for text in (plain(mail.text), plain(mail.html)):
            assert hello in text, (language, text)
            assert why in text, (language, text)
            assert "013 000 00 00" in text
            assert "?taal=" + language in text or f"?taal={language}" in mail.html
            assert not re.search(r"[{}]|None", text), (language, text)
        assert re.search(NAMES, mail.subject) or kind in {"receipt", "taken_out"}
        assert not re.search("[\u2066-\u2069]", mail.subject)
        if is_rtl:
            names_apart(mail)
        sent = build(Envelope("s@example.org", "<1@example.org>", kind, language, timezone.now()), mail)
        assert sent.index(b"text/plain") < sent.index(b"text/html")


def names_apart(mail) -> None:
    """In a line of Arabic every Latin name is an island; alone on its line it needs none."""
    body = mail.html.split("<body", 1)[1]
    lonely = rf"(?<!<bdi>)(?<!\u2068){NAMES}"
    assert re.findall(lonely, body) == []
    lines = [line for line in mail.text.splitlines() if not re.fullmatch(NAMES, line.strip())]
    assert re.findall(rf"(?<!\u2068){NAMES}", "\n".join(lines)) == []


def plain(text: str) -> str:
    return " ".join(re.sub("<[^>]+>|[\u2066-\u2069]", "", text).replace("&#x27;", "'").split())
