"""A mail server that delivers to nobody: every mail becomes a file in one Maildir. One domain it refuses.

    python -m devstack.mailbox --maildir .data/mail --port 0

Prints one line, the port it listens on at 127.0.0.1, and runs until SIGTERM. A mail is on disk before
the sender hears "250".
"""

import asyncio
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, Envelope, Session

REFUSED = "@bestaat-niet.example.net"


class Sink(Mailbox):
    """Takes every mail, but refuses one domain as a real server refuses an address that does not exist."""

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower().endswith(REFUSED):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"


async def serve(maildir: Path, port: int) -> None:
    """Take mail on 127.0.0.1 until SIGTERM or Ctrl-C; port 0 picks a free one."""
    maildir.parent.mkdir(parents=True, exist_ok=True)
    handler = Sink(str(maildir))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="localhost", loop=loop), "127.0.0.1", port
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--maildir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    choice = parser.parse_args()
    asyncio.run(serve(choice.maildir, choice.port))


if __name__ == "__main__":
    main()
