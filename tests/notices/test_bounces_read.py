"""What a returned mail says; whatever anybody sends, nothing breaks."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from notices.bounces_read import LARGEST, read_report
from notices.choices import BounceSource
from notices.domain.bounces import Report
from tests.notices.returned import returned_mail

OURS = "<0b8f0d5e-0c7e-4b52-9d0b-3a3a4c6e7b11@example.org>"
FROM = BounceSource.MAILBOX
GOOD = returned_mail(OURS, "5.1.1", "amina@thuis.example.org")


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
def test_the_message_and_the_address_are_found(part):
    raw = returned_mail(OURS, "5.1.1", "Amina@Thuis.example.org", part=part)

    assert read_report(raw, FROM) == [Report(OURS, "5.1.1", FROM, "amina@thuis.example.org")]


def test_a_long_message_id_may_be_folded():
    assert read_report(GOOD.replace(b"Message-ID: ", b"Message-ID:\r\n "), FROM)[0].message_id == OURS


def test_the_address_that_we_sent_to_goes_before_the_last_one_on_the_way():
    both = GOOD.replace(b"Final-Rec", b"Original-Recipient: rfc822;amina@school.example.org\nFinal-Rec")

    assert read_report(both, FROM)[0].address == "amina@school.example.org"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        returned_mail(OURS, "4.4.1", "a@b.example", action="delayed"),
        returned_mail(OURS, "5.1.1", "a@b.example", action="delayed"),
        returned_mail(OURS, "4.2.2", "a@b.example"),
        returned_mail(OURS, "2.0.0", "a@b.example", action="delivered"),
        returned_mail("", "5.1.1", "a@b.example"),
        GOOD.replace(b"multipart/report", b"multipart/mixed"),
        GOOD.replace(b"message/delivery-status", b"text/plain"),
        GOOD + b" " * LARGEST,
        b"Subject: I am out of office\n\nBack on Monday. " + OURS.encode(),
    ],
)
def test_what_is_no_permanent_failure_says_nothing(raw):
    assert read_report(raw, FROM) == []


def test_an_address_that_is_none_is_left_out():
    for address in ("", "nobody", "a b@c", "x" * 300 + "@b.example", "<script>"):
        assert "<" not in read_report(returned_mail(OURS, "5.1.1", address), FROM)[0].address


def test_mails_in_mails_in_mails_and_strange_letters_break_nothing():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(2000))
    many = GOOD.replace(b"--=grens--", b"--=grens\nContent-Type: text/plain\n\nx\n" * 5000 + b"--=grens--")
    letters = GOOD.replace(b"text/rfc822-headers", b"text/rfc822-headers; charset=klingon").replace(
        b"Subject: x", b"Subject: =?klingon?b?////?=\nX: \xff\xfe\x00"
    )

    assert read_report(deep, FROM) == []
    assert len(read_report(many, FROM)) == 1
    assert read_report(letters, FROM)[0].message_id == OURS
    for encoding in (b"base64", b"quoted-printable", b"x-uuencode", b"nonsense"):
        read_report(
            GOOD.replace(b"text/rfc822", b"text/rfc822-headers\nContent-Transfer-Encoding: " + encoding), FROM
        )


@examples(max_examples=150)
@given(st.binary(max_size=400), st.integers(0, len(GOOD)), st.integers(0, 80))
def test_any_damage_is_read_without_an_error(noise, place, gone):
    for report in read_report(GOOD[:place] + noise + GOOD[place + gone :], FROM):
        assert isinstance(report.message_id, str)
        assert len(report.address) <= 254
