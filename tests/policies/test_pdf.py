"""The press: nothing is fetched, the PDF is tagged, names look as they should, and a limit ends what hangs."""

import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

from notices import pdf
from notices.pdf import PdfFailed, render_pdf
from notices.press import FONTS, PACKAGED, PackagedOnly

NAMES = ["Şahin", "Łuczak", "Özgür", "Doğan", "İpek", "Şükrü Öztürk-Łącki"]
POINTS, SCALE = 40, 2  # 1 pt is 1 px at scale 1
# Mean difference in grey (0-255) between a name from the press and the same name drawn with the font itself.
# Measured: the same name 5 to 8.5, one other letter 14 (Doğan, Dogan) to 52 (Şahin, Ýahin).
TOLERANCE = 11.0


def page(body: str, *, head: str = "<title>Proef</title>", language: str = "nl") -> str:
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'


def made(body: str, **options: str) -> bytes:
    return render_pdf(page(body, **options), language="nl", seconds=60)


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A web server that writes down who comes by."""
    visits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    thread.join()
    server.server_close()


TARGETS = ("{canary}", "file:///etc/passwd", "/etc/passwd", "data:text/css,p", "packaged:../../etc/passwd")
# Every way in which a page can ask for something else.
WAYS = (
    '<img src="{0}/a" alt="x">',
    '<a rel="attachment" href="{0}/b">x</a>',
    '<link rel="attachment" href="{0}/c">',
    '<link rel="stylesheet" href="{0}/d">',
    '<style>@import url("{0}/e"); @font-face {{ font-family: F; src: url("{0}/f") }} p {{ font-family: F }}</style>',
    '<p style="background: url({0}/g)">x</p>',
    '<svg width="9" height="9"><image href="{0}/i" width="9" height="9"/><use href="{0}/j#a"/></svg>',
    '<object data="{0}/k"></object><embed src="{0}/l">',
    '<p style="content: url({0}/m)">x</p>',
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", TARGETS)
def test_no_address_is_ever_fetched_and_no_file_is_attached(canary, way, target):
    address, visits = canary

    out = made(f"<p>Begin</p>{way.format(target.format(canary=address))}<p>Einde</p>")

    assert visits == []
    assert b"root:" not in out
    with pikepdf.open(io.BytesIO(out)) as document:
        assert len(document.attachments) == 0
        assert not any(b"root:x:" in stream.read_bytes() for stream in streams(document))
    assert "Einde" in text_in(out)


def streams(document: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [one for one in document.objects if isinstance(one, pikepdf.Stream)]


def text_in(out: bytes) -> str:
    return " ".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(out))


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1/", "data:,x", "packaged:x", "noto"]
)
def test_the_fetcher_gives_packaged_files_only(address):
    with pytest.raises(ValueError, match="packaged"):
        PackagedOnly().fetch(address)
    assert PackagedOnly().fetch(next(iter(PACKAGED))).read(4) == b"\x00\x01\x00\x00"


def test_markup_in_words_stays_words():
    assert "<script>alert(1)</script>" in text_in(made(f"<p>{escape('<script>alert(1)</script>')}</p>"))


def test_a_pdf_is_tagged_titled_in_a_language_and_carries_its_fonts():
    head = "<thead><tr><th>Mag</th><th>Mag niet</th></tr></thead>"
    table = f"<table>{head}<tbody><tr><th>Rij</th><td>x</td></tr></tbody></table>"
    out = made(f"<h1>Kop</h1><p>Tekst <b>vet</b> <i>schuin</i></p>{table}")

    with pikepdf.open(io.BytesIO(out)) as document:
        root = document.Root
        assert str(document.docinfo.Title) == "Proef"
        assert str(root.Lang) == "nl"
        assert root.MarkInfo.Marked is True
        assert root.ViewerPreferences.DisplayDocTitle is True
        tags = {str(element.S): element for element in elements(root.StructTreeRoot)}
        assert {"/H1", "/P", "/Table", "/TH", "/TD"} <= set(tags)
        scopes = [str(one.A.Scope) for one in elements(root.StructTreeRoot) if one.S == "/TH"]
        assert sorted(scopes) == ["/Column", "/Column", "/Row"]
        fonts = [
            one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/FontName")
        ]
        assert len(fonts) >= 3
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        with document.open_metadata() as metadata:
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def elements(element: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    kids = element.get("/K", [])
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_the_same_page_gives_the_same_bytes_also_from_another_press():
    body = "<h1>Şahin</h1><p>Hetzelfde</p>"
    first = made(body)
    pdf.stop_press()

    assert made(body) == first
    assert made("<h1>Iets anders</h1>") != first


def of_the_press(name: str) -> Image.Image:
    """The name as the first page of a PDF shows it, cut to its ink."""
    out = made(f'<p style="font-size: {POINTS}pt; line-height: 2; color: #000">{escape(name)}</p>')
    picture = pypdfium2.PdfDocument(out)[0].render(scale=SCALE).to_pil().convert("L")
    return ink(picture.crop((0, 0, picture.width, int(picture.height * 0.5))))


def of_the_font(name: str) -> Image.Image:
    """The name drawn with the font itself, without any PDF."""
    font = ImageFont.truetype(str(FONTS / "NotoSans[wdth,wght].ttf"), POINTS * SCALE)
    axes = {axis["name"]: axis["default"] for axis in font.get_variation_axes()}
    font.set_variation_by_axes(list(axes.values()))
    picture = Image.new("L", (1200, 300), 255)
    ImageDraw.Draw(picture).text((50, 80), name, font=font, fill=0)
    return ink(picture)


def ink(picture: Image.Image) -> Image.Image:
    return picture.crop(ImageChops.invert(picture).point(lambda grey: 255 * (grey > 60)).getbbox())


def difference(one: Image.Image, other: Image.Image) -> float:
    """Both a little out of focus, so that half a pixel of space between letters is no difference."""
    blurred = [picture.resize(one.size).filter(ImageFilter.GaussianBlur(3)) for picture in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*blurred)).mean[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_looks_as_the_font_draws_it(name):
    assert difference(of_the_press(name), of_the_font(name)) < TOLERANCE


@pytest.mark.parametrize(
    ("name", "garbled"),
    [
        ("Şahin", "Ýahin"),
        ("Şahin", "Sahin"),
        ("Łuczak", "Luczak"),
        ("Özgür", "Ozgur"),
        ("Doğan", "Dogan"),
        ("İpek", "Ipek"),
    ],
)
def test_a_garbled_name_would_be_seen(name, garbled):
    assert difference(of_the_press(garbled), of_the_font(name)) > TOLERANCE


def test_a_page_that_takes_too_long_is_stopped_and_the_next_one_is_made():
    with pytest.raises(PdfFailed) as refused:
        render_pdf(page("<p>woord woord</p>" * 100_000), language="nl", seconds=1)

    assert refused.value.reason == "too_slow"
    assert text_in(made("<p>Verder</p>")).split()[0] == "Verder"


def test_a_page_that_takes_too_much_memory_fails_and_the_next_one_is_made():
    with pytest.raises(PdfFailed) as refused:
        render_pdf(page("woord " * 25_000_000), language="nl", seconds=60)

    assert refused.value.reason in {"MemoryError", "ended"}
    assert text_in(made("<p>Verder</p>")).split()[0] == "Verder"


def test_a_press_that_was_killed_is_replaced():
    made("<p>Eerst</p>")
    os.kill(pdf._running.process.pid, signal.SIGKILL)
    time.sleep(0.2)

    assert text_in(made("<p>Verder</p>")).split()[0] == "Verder"


def test_the_press_knows_none_of_our_secrets():
    made("<p>x</p>")
    known = Path(f"/proc/{pdf._running.process.pid}/environ").read_bytes()
    for word in (b"SECRET_KEY", b"DATABASE_URL", b"PORTAL_KEYS", b"REDIS_URL", b"EMAIL_URL"):
        assert word not in known


def test_a_page_without_title_is_refused():
    with pytest.raises(PdfFailed, match="ValueError"):
        made("<p>x</p>", head="")
