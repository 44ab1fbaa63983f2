"""A mail server that does nothing but say yes, as fast as Python can: the limit that the campaign is measured against.

    python -m bench.sink --port 20125 --delay 0.01 --certificate cert.pem

A process of its own, on loopback. Prints "ready", then one line with the number of mails it took so far for each line
on its input; ends when that input ends. With `--delay` every reply leaves so many seconds after what it answers came
in (the replies to commands that came in together leave together: RFC 2920). With `--certificate` it offers STARTTLS.
"""

import asyncio
import ssl
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any

PIPELINING = b"250-sink\r\n%s250-PIPELINING\r\n250 8BITMIME\r\n"
END = b"\r\n.\r\n"


class Line(asyncio.Protocol):
    """One connection: as little as a server must do to be spoken to by any client."""

    def __init__(self, took: Callable[[], None], delay: float, tls: ssl.SSLContext | None) -> None:
        self.took, self.delay, self.tls = took, delay, tls
        self.loop = asyncio.get_running_loop()
        self.waiting = b""
        self.is_data = self.is_secure = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if not self.is_secure:
            self.answer(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        said = b"".join(self.replies())
        if said:
            self.answer(said)

    def replies(self) -> Iterator[bytes]:
        while True:
            if self.is_data:
                _content, end, rest = self.waiting.partition(END)
                if not end and not self.waiting.startswith(b".\r\n"):
                    return
                self.waiting = rest if end else self.waiting[3:]
                self.is_data = False
                self.took()
                yield b"250 taken\r\n"
            command, end, rest = self.waiting.partition(b"\r\n")
            if not end:
                return
            self.waiting = rest
            yield self.reply_to(command[:4].upper())

    def reply_to(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self.is_data = True
            return b"354 go on\r\n"
        if verb == b"EHLO":
            offers = b"250-STARTTLS\r\n" if self.tls and not self.is_secure else b""
            return PIPELINING % offers
        if verb == b"STAR" and self.tls:
            self.transport.pause_reading()  # what comes next is for `start_tls`
            self.loop.create_task(self.secure())
            return b"220 go on\r\n"
        if verb == b"QUIT":
            self.loop.call_later(self.delay, self.close)
            return b"221 bye\r\n"
        return b"250 yes\r\n"

    def answer(self, said: bytes) -> None:
        if self.delay:
            self.loop.call_later(self.delay, self.write, said)
        else:
            self.write(said)

    def write(self, said: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(said)

    def close(self) -> None:
        if self.transport:
            self.loop.call_soon(self.transport.close)

    async def secure(self) -> None:
        self.is_secure = True
        assert self.tls is not None  # noqa: S101  offered only with a certificate
        secured = await self.loop.start_tls(self.transport, self, self.tls, server_side=True)
        self.transport = secured


async def serve(port: int, delay: float, certificate: str) -> None:
    count = 0

    def took() -> None:
        nonlocal count
        count += 1

    tls = None
    if certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Line(took, delay, tls), "127.0.0.1", port, backlog=200)
    print("ready", flush=True)
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(count, flush=True)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--certificate", default="")
    choice = parser.parse_args()
    asyncio.run(serve(choice.port, choice.delay, choice.certificate))


if __name__ == "__main__":
    main()
