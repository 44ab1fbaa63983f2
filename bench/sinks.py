"""Start the sink (`bench.sink`), and speak with it bare: the floors of the campaign."""

import contextlib
import ipaddress
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devstack.stack import ROOT

from .serving import low_port

HOST, HELLO, SENDER = "127.0.0.1", "localhost", "portaal@example.org"


@dataclass(frozen=True, slots=True)
class Mail:
    """To whom, and the bytes as the portal made them."""

    to: str
    content: bytes


class Sink:
    """A sink that runs. `certificate`: a file, when it wants STARTTLS."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, certificate: str) -> None:
        self._process, self.port, self.certificate = process, port, certificate

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def url(self) -> str:
        return f"smtp{'+tls' if self.certificate else ''}://{HOST}:{self.port}"

    @property
    def count(self) -> int:
        """How many mails it took since it began."""
        assert self._process.stdin is not None  # noqa: S101  made with pipes
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(b"?\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def sink(*, delay: float = 0.0, certificate: str = "") -> Iterator[Sink]:
    """A sink of its own, which ends with this process."""
    port = low_port()
    command = [sys.executable, "-m", "bench.sink", "--port", str(port), "--delay", str(delay)]
    with subprocess.Popen(
        [*command, "--certificate", certificate], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101  made with pipes
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("the sink does not start")
            yield Sink(process, port, certificate)
        finally:
            process.kill()


def hand_over(to: Sink, mails: Sequence[Mail], count: int) -> None:
    """So many of these mails over one connection."""
    with _line(to, _context(to)) as line:
        for mail in islice(cycle(mails), count):
            line.sendmail(SENDER, [mail.to], mail.content)


def hand_over_one_by_one(to: Sink, mails: Sequence[Mail], count: int) -> None:
    """So many of these mails, a connection for each, as `EmailMessage.send()` does."""
    context = _context(to)
    for mail in islice(cycle(mails), count):
        with _line(to, context) as line:
            line.sendmail(SENDER, [mail.to], mail.content)


def _context(to: Sink) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=to.certificate) if to.certificate else None


def _line(to: Sink, context: ssl.SSLContext | None) -> smtplib.SMTP:
    line = smtplib.SMTP(HOST, to.port, local_hostname=HELLO, timeout=30)
    if context is not None:
        line.starttls(context=context)
    return line


def self_signed(file: Path) -> str:
    """A key and a certificate for the address of the sink, of today; gives the path."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    signed = (
        builder.add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return str(file)
