"""What somebody reads: in their language, with names that can do no harm, and why it came."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import LinkKind
from accounts.links import hash_of, token_for
from notices import mail

FOUNDATION = {
    "name": "Stichting Thuis",
    "help_phone": "013 000 00 00",
    "help_email": "hulp@thuis.example.org",
}
WORDS = {"to_name": "Amina", "names": ["Noor"], "foundation": FOUNDATION, "link": ""}
HOSTILE = [
    "Noor\r\nBcc: everybody@example.org",
    "Noor\nX-Evil: 1\n\n<html>",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ foundation.name }}{% load i18n %}",
    "=?utf-8?q?Noor?=",
    "Noor\u2028Subject: other\x00",
    "\u202egnorts\u202c",
]


def read(written: mail.Written, **changes) -> EmailMessage:
    envelope = {
        "to": "amina@thuis.example.org",
        "message_id": "<1@example.org>",
        "kind": "proof/hello",
        "language": "nl",
        "at": datetime(2026, 11, 21, 12, tzinfo=UTC),
    }
    return message_from_bytes(
        mail.build(mail.Envelope(**{**envelope, **changes}), written), policy=policy.default
    )


def body(message: EmailMessage, kind: str) -> str:
    return message.get_body((kind,)).get_content()


def test_a_mail_has_both_forms_and_says_what_it_is():
    message = read(
        mail.write("proof/hello", "nl", WORDS), sender_name="Stichting „Thuis”, O.", reply_to="h@x.nl"
    )

    assert message.get_content_type() == "multipart/alternative"
    assert message["Message-ID"] == "<1@example.org>"
    assert message["Date"].datetime == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert message["X-Portal-Kind"] == "proof/hello"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "nl"
    assert message["Reply-To"] == "h@x.nl"
    assert message["From"].addresses[0].display_name == "Stichting „Thuis”, O."
    assert message["From"].addresses[0].addr_spec == "portaal@example.org"
    assert "Amina, Noor" in body(message, "plain")
    assert "Amina, Noor" in body(message, "html")


@pytest.mark.parametrize("form", ["plain", "html"])
def test_every_mail_says_from_whom_it_is_why_it_came_and_where_to_ask(form):
    text = body(read(mail.write("proof/hello", "en", WORDS)), form)

    assert "You get this e-mail because Stichting Thuis knows you as parent" in text
    assert "013 000 00 00" in text
    assert "hulp@thuis.example.org" in text


def test_a_foundation_without_help_line_leaves_no_gap():
    bare = {**WORDS, "foundation": {**FOUNDATION, "help_phone": "", "help_email": ""}}

    written = mail.write("proof/hello", "en", bare)

    assert "Questions" not in written.text
    assert "\n\n\n" not in written.text


@pytest.mark.parametrize(
    ("asked", "used"), [("nl", "nl"), ("en", "en"), ("fa", "nl"), ("xx", "nl"), ("", "nl")]
)
def test_a_language_without_words_falls_back_to_dutch_in_words_and_headers(asked, used):
    written = mail.write("proof/hello", asked, WORDS)

    assert f'<html lang="{used}" dir="ltr">' in written.html
    assert read(written, language=asked)["Content-Language"] == used


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_adds_no_header_and_no_markup(name):
    written = mail.write("proof/hello", "nl", {**WORDS, "names": [name]})
    message = read(written, sender_name=name)

    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Date", "X-Portal-Kind",
        "Content-Language", "Auto-Submitted",
    }  # fmt: skip
    assert message["To"] == "amina@thuis.example.org"
    assert message["From"].addresses[0].addr_spec == "portaal@example.org"
    assert "\n" not in written.subject
    assert message["Subject"] == written.subject
    html = body(message, "html")
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("<html") == 1
    assert not mail.UNSEEN.search(written.text.replace("\n", ""))


def test_text_is_not_escaped_and_html_is():
    written = mail.write("proof/hello", "nl", {**WORDS, "names": ["D'Arc & <Zoë>"]})

    assert "D'Arc & <Zoë>" in written.subject
    assert "D'Arc & <Zoë>" in written.text
    assert "D&#x27;Arc &amp; &lt;Zoë&gt;" in written.html


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.text(max_size=200))
def test_any_name_comes_through_whole_or_not_at_all(name):
    name = name.encode("utf-8", "ignore").decode()
    written = mail.write("proof/hello", "nl", {**WORDS, "names": [name]})
    message = read(written)

    cleaned = " ".join(mail.UNSEEN.sub(" ", name).split())
    assert written.subject == f"Amina: {cleaned}".strip()
    assert message["Subject"] == written.subject
    assert f"Amina, {cleaned}".strip() in body(message, "plain")
    assert len(message.defects) == 0


def test_a_personal_link_is_whole_and_opens_with_the_key_of_the_day_it_was_made(settings):
    old, new = "o" * 40, "n" * 40
    settings.PORTAL_URL = "https://portaal.example.org"
    target = uuid4()
    token = token_for(LinkKind.CONSENT, target, old)
    settings.PORTAL_KEYS = [new, old]

    address = mail.personal_address(LinkKind.CONSENT, target, hash_of(token))

    assert address == f"https://portaal.example.org/toestemming/{token}/"
    settings.PORTAL_KEYS = [new]
    with pytest.raises(mail.BrokenMailError):
        mail.personal_address(LinkKind.CONSENT, target, hash_of(token))


def test_every_mail_of_ours_stands_in_the_shared_frame_and_has_all_three_parts():
    folder = Path(django_settings.BASE_DIR) / "templates"
    ours = [
        path
        for path in folder.glob("*/mail/*")
        if path.parent.parent.name != "notices" and not path.name.startswith("_")
    ]
    bodies = [path for path in ours if not path.name.endswith(".subject.txt")]
    kinds = {path.with_suffix("") for path in bodies}
    assert kinds
    # In the frame itself, or built on another mail that stands in it.
    for path in bodies:
        frame = re.match(r'{% extends "(\w+)/mail/(\w+)\.(\w+)" %}', path.read_text())
        assert frame, path
        assert frame[3] == path.suffix[1:]
        assert (frame[1], frame[2]) == ("notices", "layout") or folder / frame[1] / "mail" / frame[2] in kinds
    expected = {Path(f"{kind}.{part}") for kind in kinds for part in ("html", "txt", "subject.txt")}
    assert set(ours) == expected
