"""A mail of our own, a mail server that we can make say anything, and messages by the hundred."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from django.db import connections
from django.template import engines
from django.utils import timezone

from ledger.acting import acting, system
from notices.domain.put import NewMessage, Put, put_messages
from schools.models import Foundation, Guardian, Guardianship
from tests.cast import Cast

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True)
def _our_own_backend(settings) -> None:
    """Django's test runner puts another one in its place."""
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"


@pytest.fixture(autouse=True)
def _our_templates(monkeypatch) -> None:
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, TEMPLATES])


class Server:
    """A real SMTP server on loopback. `answers`: its reply to RCPT by part of the address; `answers_to_data`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.answers_to_data: dict[str, str] = {}
        self.hangs_up_at: set[str] = set()
        self.before_mail: Callable[[str], None] = lambda to: None
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = self._run(self._listen())
        self.port = self._listener.sockets[0].getsockname()[1]

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self):
        def line() -> SMTP:
            self.connections += 1
            return SMTP(self, hostname="localhost", loop=self._loop)

        return await self._loop.create_server(line, "127.0.0.1", 0)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if any(part in address for part in self.hangs_up_at):
            server.transport.close()
            return "421 4.3.2 going away"
        for part, answer in self.answers.items():
            if part in address:
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        for part, answer in self.answers_to_data.items():
            if part in envelope.rcpt_tos[0]:
                return answer
        await self._loop.run_in_executor(None, self._in_between, envelope.rcpt_tos[0])
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def stop(self) -> None:
        """Goes away; nobody answers on its port any more. Twice is as good as once."""
        if self._loop.is_closed():
            return

        async def close() -> None:
            self._listener.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._run(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _in_between(self, to: str) -> None:
        try:
            self.before_mail(to)
        finally:
            connections.close_all()  # those of this thread

    def addresses(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


@pytest.fixture
def server(settings) -> Iterator[Server]:
    server = Server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
    yield server
    server.stop()


@pytest.fixture
def put(cast: Cast) -> Callable[..., Put]:
    """`put(cast.amina, cast.erik)`: the mail "proof/hello" to each, for the foundation of most."""

    def put(*guardians: Guardian, replace_waiting: bool = False, **changes) -> Put:
        options = {"cause": "round:1", "kind": "proof/hello", "context": {"names": ["Noor"]}, **changes}
        messages = [
            NewMessage(guardian_id=guardian.id, language=guardian.language, **options)
            for guardian in guardians
        ]
        with acting(system("test"), [guardians[0].foundation_id]):
            return put_messages(messages, replace_waiting=replace_waiting)

    return put


@pytest.fixture
def crowd(cast: Cast) -> Callable[[int], list[Guardian]]:
    """`crowd(300)`: that many guardians of Noor, each with an address."""

    def crowd(size: int, foundation: Foundation | None = None) -> list[Guardian]:
        home = foundation or cast.home
        with acting(system("test"), [home.id]):
            people = Guardian.objects.bulk_create(
                Guardian(
                    foundation=home,
                    source_key=f"crowd-{number}",
                    call_name=f"Ouder{number}",
                    surname="Velen",
                    email=f"ouder{number}@velen.example.org",
                )
                for number in range(size)
            )
            Guardianship.objects.bulk_create(
                Guardianship(
                    foundation=home,
                    guardian=guardian,
                    pupil=cast.noor,
                    authority="informed",
                    since=timezone.now().date(),
                    source="test",
                )
                for guardian in people
            )
        return people

    return crowd
