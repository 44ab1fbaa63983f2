"""Bare WeasyPrint: fonts and stylesheet read once, one process that stays warm, and the pages it is given.

The same pages, style, fonts and kind of PDF (tagged, PDF/UA-1) as the portal makes. No database, no second process, no
finishing of what comes out. It runs in a process of its own that never had Django in it.
"""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from bench import cpu


class BarePress:
    """Pages in, CPU-milliseconds out."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def cpu_of(self, pages: Sequence[str]) -> float:
        self._line.send(pages)
        used: float = self._line.recv()
        return used


@contextmanager
def bare_press() -> Iterator[BarePress]:
    """A press that waits for pages; begin it before Django is set up, since it is a fork."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_work, args=(there, here), daemon=True)
    child.start()
    there.close()
    try:
        yield BarePress(here)
    finally:
        here.close()
        child.join(5)
        child.kill()


def _work(line: Connection, other_end: Connection) -> None:
    other_end.close()  # or its end would never be seen
    import os

    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from notices.press import STYLESHEET, PackagedOnly

    fetcher, fonts = PackagedOnly(), FontConfiguration()
    paper = CSS(string=STYLESHEET.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=fetcher)
    while True:
        try:
            pages = line.recv()
        except EOFError:
            return
        before = cpu.milliseconds([os.getpid()])
        for page in pages:
            document = HTML(string=page, url_fetcher=fetcher, base_url="packaged:")
            document.write_pdf(stylesheets=[paper], font_config=fonts, pdf_variant="pdf/ua-1")
        line.send(cpu.milliseconds([os.getpid()]) - before)
