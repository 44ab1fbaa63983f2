"""The mail server of devstack, which also dies at named points. No Django.

python -m chaos.mailbox --maildir FOLDER --port 2525
"""

import asyncio
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP

from .orders import obey


class DyingMailbox(Mailbox):
    """Writes each mail in the Maildir; dies before it wrote, or when it wrote and has not said 250 yet."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> Any:  # noqa: N802  aiosmtpd's name
        obey("smtp:before-writing")
        answer = await super().handle_DATA(server, session, envelope)
        obey("smtp:after-writing")
        return answer


async def serve(maildir: Path, port: int) -> None:
    handler = DyingMailbox(str(maildir))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="localhost", loop=loop), "127.0.0.1", port
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--maildir", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    choice = parser.parse_args()
    asyncio.run(serve(choice.maildir, choice.port))


if __name__ == "__main__":
    main()
