"""A server that takes three commands at once (RFC 2920): the same outcomes as one that takes them one by one."""

import pytest

from notices.smtp import LineLostError, Postman, ServerAwayError, Verdict

MAIL = b"Subject: a\r\n\r\n.punt\r\nb\r\n..\r\n"


@pytest.fixture
def quick(server, monkeypatch):
    """The server says PIPELINING; gives it."""

    async def handle_ehlo(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    monkeypatch.setattr(type(server), "handle_EHLO", handle_ehlo, raising=False)
    return server


def test_mails_go_one_after_the_other_with_their_dots(quick):
    with Postman() as postman:
        replies = [postman.hand_over(f"{name}@thuis.example.org", MAIL) for name in ("een", "twee")]
        assert postman._line.has_extn("pipelining")

    assert [reply.verdict for reply in replies] == [Verdict.ACCEPTED] * 2
    assert [mail.get_payload() for mail in quick.mails] == [".punt\r\nb\r\n..\r\n"] * 2
    assert quick.connections == 1


@pytest.mark.parametrize(
    ("answer", "verdict", "status"),
    [("550 5.1.1 nobody", Verdict.NEVER, "5.1.1"), ("450 4.2.0 greylisted", Verdict.LATER, "")],
)
def test_a_refused_address_holds_up_nobody_on_the_same_line(quick, answer, verdict, status):
    quick.answers["een"] = answer
    with Postman() as postman:
        first = postman.hand_over("een@thuis.example.org", MAIL)
        second = postman.hand_over("twee@thuis.example.org", MAIL)

    assert (first.verdict, first.status, second.verdict) == (verdict, status, Verdict.ACCEPTED)
    assert len(quick.mails) == 1
    assert quick.connections == 1


def test_a_refused_text_holds_up_nobody_on_the_same_line(quick):
    quick.answers_to_data["een"] = "554 5.7.1 not like this"
    with Postman() as postman:
        first = postman.hand_over("een@thuis.example.org", MAIL)
        second = postman.hand_over("twee@thuis.example.org", MAIL)

    assert (first.verdict, first.error, second.verdict) == (Verdict.NEVER, "554 5.7.1", Verdict.ACCEPTED)


def test_421_asks_for_patience_and_the_next_mail_gets_a_new_line(quick):
    quick.answers["een"] = "421 too much"
    with Postman() as postman:
        assert postman.hand_over("een@thuis.example.org", MAIL).asks_patience
        assert postman.hand_over("twee@thuis.example.org", MAIL).verdict is Verdict.ACCEPTED

    assert quick.connections == 2


def test_a_line_that_breaks_is_told_and_the_next_mail_gets_a_new_one(quick):
    quick.hangs_up_at.add("een")
    with Postman() as postman:
        with pytest.raises(LineLostError):
            postman.hand_over("een@thuis.example.org", MAIL)
        assert postman.hand_over("twee@thuis.example.org", MAIL).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("then", ["hangs up", "hangs up at RSET"])
def test_an_address_that_is_refused_stays_refused_when_the_server_hangs_up(quick, monkeypatch, then):
    async def refuse(self, server, session, envelope, address, options):
        if "een" not in address:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        if then == "hangs up":
            await server.push("550 5.1.1 nobody")
            server.transport.close()
        return "550 5.1.1 nobody"

    async def hang_up(self, server, session, envelope):
        server.transport.close()
        return "250 OK"

    monkeypatch.setattr(type(quick), "handle_RCPT", refuse)
    monkeypatch.setattr(type(quick), "handle_RSET", hang_up, raising=False)
    with Postman() as postman:
        first = postman.hand_over("een@thuis.example.org", MAIL)
        second = postman.hand_over("twee@thuis.example.org", MAIL)

    assert (first.verdict, first.status, second.verdict) == (Verdict.NEVER, "5.1.1", Verdict.ACCEPTED)


def test_a_text_that_is_refused_stays_refused_when_the_server_hangs_up(quick, monkeypatch):
    async def refuse(self, server, session, envelope):
        if "een" in envelope.rcpt_tos[0]:
            await server.push("554 5.7.1 not like this")
            server.transport.close()
        return "250 OK"

    monkeypatch.setattr(type(quick), "handle_DATA", refuse)
    with Postman() as postman:
        first = postman.hand_over("een@thuis.example.org", MAIL)
        second = postman.hand_over("twee@thuis.example.org", MAIL)

    assert (first.verdict, first.error, second.verdict) == (Verdict.NEVER, "554 5.7.1", Verdict.ACCEPTED)


def test_a_sender_that_is_refused_is_about_us(quick, monkeypatch):
    async def refuse(self, server, session, envelope, address, options):
        return "550 5.7.1 not you"

    monkeypatch.setattr(type(quick), "handle_MAIL", refuse, raising=False)
    with Postman() as postman, pytest.raises(ServerAwayError, match="sender refused, 550"):
        postman.hand_over("een@thuis.example.org", MAIL)
