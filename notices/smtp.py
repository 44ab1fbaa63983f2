"""One connection to the mail server for a whole batch, and what its answers mean for us."""

import enum
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from django.conf import settings
from django.core.mail.message import sanitize_address
from environ import Env

from .models import sender_address

TIMEOUT_SECONDS = 15


class ServerAwayError(Exception):
    """The mail server cannot be reached, or refuses *us*: nothing is known about any single mail."""


class LineLostError(Exception):
    """The connection broke at this mail; with a new one the next mails may well pass."""


class Verdict(enum.Enum):
    ACCEPTED = enum.auto()
    LATER = enum.auto()  # 4xx: try again
    NEVER = enum.auto()  # 5xx, or an address that no server can take


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said about one mail. `error`: at most 80 characters, without the address.

    `status`: what a refusal for ever says by RFC 3463; 5.0.0 when the server said no more than "no", which says nothing
    of the address. `asks_patience`: not about this mail; everything for this provider comes too fast.
    """

    verdict: Verdict
    error: str = ""
    status: str = ""
    asks_patience: bool = False


class Postman:
    """Opens its connection at the first mail and keeps it; use it in a `with`. `EMAIL_URL` says where to.

    Once it is away (`away_because`) it is not tried again: every further mail raises ServerAwayError at once.
    """

    def __init__(self) -> None:
        self._line: smtplib.SMTP | None = None
        self.away_because = ""

    def __enter__(self) -> "Postman":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            try:
                self._line.quit()
            except (smtplib.SMTPException, OSError):
                self._line.close()
            self._line = None

    def hand_over(self, to: str, mail: bytes) -> Reply:
        """Give one mail to the server; raises LineLostError or ServerAwayError: nothing is known of it."""
        if (address := _for_the_line(to)) is None:
            return Reply(Verdict.NEVER, "the address cannot be mailed to", status="5.1.3")
        line = self._connected()
        try:
            hand_over = _in_two_steps if line.has_extn("pipelining") else _step_by_step
            hand_over(line, sender_address(settings.DEFAULT_FROM_EMAIL), address, mail)
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(*error.recipients[address])
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPSenderRefused as error:
            self._drop()
            self.away_because = f"sender refused, {error.smtp_code}"
            raise ServerAwayError(self.away_because) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise LineLostError(type(error).__name__) from error
        return Reply(Verdict.ACCEPTED)

    def _connected(self) -> smtplib.SMTP:
        if self.away_because:
            raise ServerAwayError(self.away_because)
        if self._line is None:
            try:
                self._line = _open(Env.email_url_config(settings.EMAIL_URL))
            except (smtplib.SMTPException, OSError) as error:
                self.away_because = type(error).__name__
                raise ServerAwayError(self.away_because) from error
        return self._line

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _refused(self, code: int, said: bytes | str) -> Reply:
        if self._line is not None and self._line.sock is None:
            self._drop()  # it hung up after saying no: the next mail gets a new line
        return self._judge(code, said)

    def _judge(self, code: int, said: bytes | str) -> Reply:
        """421 closes the line; another 4xx is about this mail now, 5xx about this mail for ever."""
        text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
        # The enhanced status ("5.1.1") tells the kind of refusal; the rest may hold the address.
        found = re.match(r"\d\.\d{1,3}\.\d{1,3}\b", text)
        status = found[0] if found else ""
        error = f"{code} {status}".strip()
        if code == 421:
            self._drop()
        if _asks_patience(code, status, text):
            return Reply(Verdict.LATER, error, asks_patience=True)
        if code == 421:
            raise LineLostError("421")
        if 400 <= code < 500:
            return Reply(Verdict.LATER, error)
        return Reply(Verdict.NEVER, error, status=status if status.startswith("5") else "5.0.0")


def _asks_patience(code: int, status: str, text: str) -> bool:
    """A bare 421, or 4.7.x: too much at once. Not greylisting, which is about one mail, whatever its number."""
    if re.search(r"gr[ae]y", text, re.I):
        return False
    return status.startswith("4.7.") or (code == 421 and not status)


def _step_by_step(line: smtplib.SMTP, sender: str, address: str, mail: bytes) -> None:
    line.sendmail(sender, [address], mail, ["BODY=8BITMIME"] if line.has_extn("8bitmime") else [])


def _in_two_steps(line: smtplib.SMTP, sender: str, address: str, mail: bytes) -> None:
    """As `sendmail`, and raises the same; a server that says PIPELINING hears three commands at once (RFC 2920).

    Two replies to wait for instead of four: on a line with some delay that is half of the time.
    """
    body = " BODY=8BITMIME" if line.has_extn("8bitmime") else ""
    line.send(f"MAIL FROM:<{sender}>{body}\r\nRCPT TO:<{address}>\r\nDATA\r\n")
    code, said = line.getreply()
    if code != 250:  # who asks drops the line, with the replies that are still to come
        raise smtplib.SMTPSenderRefused(code, said, sender)
    recipient = line.getreply()
    if recipient[0] not in {250, 251}:
        if recipient[0] != 421:
            _clear(line)
        raise smtplib.SMTPRecipientsRefused({address: recipient})
    code, said = line.getreply()
    if code == 354:
        line.send(_dotted(mail) + b".\r\n")
        code, said = line.getreply()
        if code == 250:
            return
    if code != 421:
        with suppress(smtplib.SMTPException):
            line.rset()
    raise smtplib.SMTPDataError(code, said)


def _clear(line: smtplib.SMTP) -> None:
    """Read what else was said, until the line is free for the next mail. Who hangs up now has refused all the same."""
    with suppress(smtplib.SMTPException):
        code, _said = line.getreply()
        if code == 354:  # it wants the mail all the same: an empty one, to nobody
            line.send(b".\r\n")
            line.getreply()
        if code == 421:
            line.close()
        else:
            line.rset()


def _dotted(mail: bytes) -> bytes:
    """As it stands on the line: a dot at the begin of a line is doubled, and the last line ends (RFC 5321 4.5.2)."""
    if mail.startswith(b"."):
        mail = b"." + mail
    mail = mail.replace(b"\r\n.", b"\r\n..")
    return mail if mail.endswith(b"\r\n") else mail + b"\r\n"


def _for_the_line(address: str) -> str | None:
    """The address with its domain in ASCII (punycode); None when the part before the @ is not ASCII."""
    try:
        local, domain = address.rsplit("@", 1)
        local.encode("ascii")
        return str(sanitize_address(f"{local}@{domain}", "utf-8"))
    except (ValueError, UnicodeError):
        return None


def _open(where: dict[str, object]) -> smtplib.SMTP:
    host, port = str(where["EMAIL_HOST"]), int(str(where["EMAIL_PORT"] or 0))
    if where.get("EMAIL_USE_SSL"):
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        line = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        line.ehlo_or_helo_if_needed()
        if where.get("EMAIL_USE_TLS"):
            line.starttls(context=ssl.create_default_context())
            line.ehlo_or_helo_if_needed()
        if where.get("EMAIL_HOST_USER"):
            line.login(str(where["EMAIL_HOST_USER"]), str(where["EMAIL_HOST_PASSWORD"] or ""))
    except BaseException:
        line.close()
        raise
    return line
