"""Make a PDF from HTML: the one place where that happens.

The work is done by `notices.press`, a process without settings, secrets or database, with a limit on memory and
on time. One such process per process of ours, started when first needed; it is thrown away when it hangs,
after an error that may have harmed it, and after every hundred documents.
"""

import atexit
import json
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# How the two talk; `notices.press` says the rest. (Here, so that nobody imports WeasyPrint who only asks.)
LENGTH = struct.Struct(">I")
READY, PDF, ERROR = b"R", b"P", b"E"

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 10.0
START_SECONDS = 60.0  # importing WeasyPrint on a busy machine
LARGEST = 32 * 1024 * 1024
DOCUMENTS_PER_PRESS = 100
# For which languages there is a packaged font with every letter.
PRINTED_LANGUAGES = frozenset({"nl", "en", "ar", "tr", "pl", "uk", "ti"})
# Nothing of our environment: addresses and keys are no business of a press. The last two make that the same
# text gives the same bytes (fontTools writes the moment into fonts that it cuts).
_PATH = os.environ.get("PATH", os.defpath)
ENVIRONMENT = {"PATH": _PATH, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}


class PdfFailed(Exception):
    """No PDF came: `reason` is "too_slow", "ended" (out of memory, killed) or the name of an error."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def render_pdf(
    html: str, *, language: str, seconds: float = SECONDS, start_seconds: float = START_SECONDS
) -> bytes:
    """The tagged PDF (PDF/UA-1) of a whole HTML page, in `language`; the same input gives the same bytes.

    The page must have a `<title>`, be in one language, and be styled by `static/css/paper.css` alone. Every
    address in it (picture, style, attachment) is refused unless it is a packaged font (R38). Takes up to
    `seconds`, and `start_seconds` more when the press has to start first: in a request keep both short, and hold
    no lock on a row. Raises PdfFailed.
    """
    with _lock:
        press = _press_of_this_process(start_seconds)
        try:
            return press.make(html, language, seconds)
        except BaseException:  # also a time limit of the worker: half an answer may still be in the pipe
            press.stop()
            raise


class _Running:
    """A press that runs, and how many documents it has made."""

    def __init__(self, start_seconds: float) -> None:
        self.pid = os.getpid()
        self.made = 0
        self.stopped = False
        self.folder = tempfile.mkdtemp(prefix="press-")  # WeasyPrint leaves fonts there
        self.process = subprocess.Popen(
            [sys.executable, "-m", "notices.press"],
            cwd=ROOT,
            env={**ENVIRONMENT, "TMPDIR": self.folder, "HOME": self.folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._deadline = time.monotonic() + start_seconds
        try:
            self._read(1)
        except BaseException:
            self.stop()
            raise

    def make(self, html: str, language: str, seconds: float) -> bytes:
        body = json.dumps({"html": html, "language": language}).encode()
        self._deadline = time.monotonic() + seconds
        self._write(LENGTH.pack(len(body)) + body)
        kind = self._read(1)
        size = LENGTH.unpack(self._read(LENGTH.size))[0]
        if size > LARGEST:
            raise PdfFailed("too_big")
        answer = self._read(size)
        if kind != PDF:
            raise PdfFailed(answer.decode() if kind == ERROR else "ended")
        self.made += 1
        return answer

    def stop(self) -> None:
        """End it now; twice is as good as once."""
        if self.stopped:
            return
        self.stopped = True
        if self.pid == os.getpid():
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def _write(self, data: bytes) -> None:
        pipe = self.process.stdin
        assert pipe is not None  # noqa: S101  we asked for a pipe
        left = memoryview(data)
        while left:
            _, ready, _ = select.select([], [pipe], [], self._time_left())
            if not ready:
                raise PdfFailed("too_slow")
            try:
                left = left[os.write(pipe.fileno(), left[:4096]) :]
            except BrokenPipeError:
                raise PdfFailed("ended") from None

    def _read(self, size: int) -> bytes:
        pipe = self.process.stdout
        assert pipe is not None  # noqa: S101  we asked for a pipe
        got = bytearray()
        while len(got) < size:
            ready, _, _ = select.select([pipe], [], [], self._time_left())
            if not ready:
                raise PdfFailed("too_slow")
            part = os.read(pipe.fileno(), min(size - len(got), 65536))
            if not part:
                raise PdfFailed("ended")
            got += part
        return bytes(got)

    def _time_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())


_lock = threading.Lock()
_running: _Running | None = None


def _press_of_this_process(start_seconds: float) -> _Running:
    global _running  # noqa: PLW0603  one per process
    if _running and (_running.pid != os.getpid() or _running.made >= DOCUMENTS_PER_PRESS):
        _running.stop()
    if _running is None or _running.stopped or _running.process.poll() is not None:
        if _running:
            _running.stop()
        _running = _Running(start_seconds)
        atexit.unregister(stop_press)
        atexit.register(stop_press)
    return _running


def stop_press() -> None:
    """End the press of this process, if there is one; the next document starts another."""
    if _running:
        _running.stop()
