"""The press: a process of its own that turns HTML into tagged PDFs, one after another, and can do nothing else.

`notices.pdf` starts it, writes requests to its input and reads PDFs from its output. It gets no settings, no
secrets and no database; it may read packaged fonts and one stylesheet, and no address at all (R38). Importing
WeasyPrint, parsing the stylesheet and loading fonts take two seconds, so it does that once and stays.

    request   4 bytes length, then JSON {"html", "language"}
    answer    1 byte b"P" (a PDF) or b"E" (the name of an error), 4 bytes length, then that
"""

import io
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import fontpkg_almarai
import fontpkg_noto_sans
import pikepdf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .pdf import ERROR, LENGTH, PDF, READY

STYLESHEET = Path(__file__).resolve().parent.parent / "static" / "css" / "paper.css"
FONTS = fontpkg_noto_sans.ROOT / "files"
OURS = STYLESHEET.parent.parent / "fonts"
# Everything that a document may name. Full TTFs: subsets for the web garble names in a PDF ("Şahin" → "Ýahin").
PACKAGED = {
    "packaged:noto-sans.ttf": FONTS / "NotoSans[wdth,wght].ttf",
    "packaged:noto-sans-italic.ttf": FONTS / "NotoSans-Italic[wdth,wght].ttf",
    # Arabic letters. Noto draws their dots apart, and then the words in the text layer are not readable any more.
    "packaged:almarai.ttf": fontpkg_almarai.ROOT / "files" / "Almarai-Regular.ttf",
    "packaged:almarai-bold.ttf": fontpkg_almarai.ROOT / "files" / "Almarai-Bold.ttf",
    # Ethiopic letters (Tigrinya). No package has them, so the files (OFL) stand here.
    "packaged:noto-sans-ethiopic.ttf": OURS / "NotoSansEthiopic-Regular.ttf",
    "packaged:noto-sans-ethiopic-bold.ttf": OURS / "NotoSansEthiopic-Bold.ttf",
}
MEMORY_BYTES = 512 * 1024 * 1024


class PackagedOnly(URLFetcher):
    """Gives the packaged files and refuses every other address: no file, no network, no redirect, no data."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in PACKAGED:
            raise ValueError("not a packaged file")
        return URLFetcherResponse(url, PACKAGED[url].read_bytes(), {"Content-Type": "font/ttf"})


class Press:
    """Stylesheet and fonts, read once."""

    def __init__(self) -> None:
        self.fetcher = PackagedOnly()
        self.fonts = FontConfiguration()
        self.paper = CSS(
            string=STYLESHEET.read_text(encoding="utf-8"), font_config=self.fonts, url_fetcher=self.fetcher
        )

    def make(self, html: str, language: str) -> bytes:
        """The PDF of one document, tagged (PDF/UA-1); the same input gives the same bytes."""
        # With a base that leads nowhere, a relative address is refused like any other; without, it is an error.
        document = HTML(string=html, url_fetcher=self.fetcher, base_url="packaged:")
        raw = document.write_pdf(stylesheets=[self.paper], font_config=self.fonts, pdf_variant="pdf/ua-1")
        return finish(raw, language)


def finish(raw: bytes, language: str) -> bytes:
    """What WeasyPrint leaves out: the language of the whole, and to which cells a table header belongs."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        if not str(pdf.docinfo.get("/Title", "")).strip():
            raise ValueError("a document needs a title")
        pdf.Root.Lang = pikepdf.String(language)
        _give_headers_a_scope(pdf.Root.StructTreeRoot)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _give_headers_a_scope(root: pikepdf.Object) -> None:
    """A row of headers only: of their columns; a header beside cells: of its row."""
    open_ones = [root]
    while open_ones:
        element = open_ones.pop()
        children = [kid for kid in _kids(element) if isinstance(kid, pikepdf.Dictionary)]
        open_ones += children
        if element.get("/S") != "/TR":
            continue
        scope = "/Column" if all(kid.get("/S") == "/TH" for kid in children) else "/Row"
        for kid in children:
            if kid.get("/S") == "/TH":
                kid.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name(scope))


def _kids(element: pikepdf.Object) -> list[Any]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def work(requests: BinaryIO, answers: BinaryIO) -> None:
    """Make what is asked until nobody asks any more (the end of the input: who asked has gone)."""
    press = Press()
    answers.write(READY)
    answers.flush()
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        asked = json.loads(requests.read(LENGTH.unpack(head)[0]))
        try:
            kind, answer = PDF, press.make(asked["html"], asked["language"])
        except Exception as error:  # whatever it is: who asked hears its name, never the text
            kind, answer = ERROR, type(error).__name__.encode()
        answers.write(kind + LENGTH.pack(len(answer)) + answer)
        answers.flush()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us; we end with our input
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not print into an answer
    work(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
