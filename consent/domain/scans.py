"""The scan of a paper: decoded in a process of its own, and kept as a plain picture or a plain PDF."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.refusal import Refusal
from notices import decoder

MAX_BYTES = 8 * 1024 * 1024
SECONDS = 20
PDF_PROGRAM = str(Path(__file__).with_name("scanned_pdf.py"))

TOO_BIG = _("This file is too big. It may be at most 8 MB. Scan it again in a lower quality.")
TOO_WIDE = _("This picture has more than 25 million dots. Scan it again in a lower quality.")
UNKNOWN = _("This is no scan that we can open. Choose a JPEG, a PNG or a PDF of at most 10 pages.")


class ScanRefused(Refusal):
    code = "scan"
    message = UNKNOWN


@dataclass(frozen=True, slots=True)
class ReadScan:
    """What is kept; written out (in a fingerprint) it is a mark of the file, never the paper itself."""

    media_type: str
    content: bytes = field(repr=False)
    sha256: str = ""


def read_scan(data: bytes) -> ReadScan:
    """A JPEG or PNG drawn anew, or a PDF with nothing but its pages; at most 8 MB, 25 megapixels, 10 pages.

    Takes 0.3 to 3 seconds. Raises ScanRefused, with words for who scanned it.
    """
    if len(data) > MAX_BYTES:
        raise ScanRefused(TOO_BIG, "too_big")
    is_pdf = data[:1024].lstrip().startswith(b"%PDF-")
    try:
        done = subprocess.run(  # our own program, no shell
            [sys.executable, "-I", PDF_PROGRAM if is_pdf else decoder.PROGRAM],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ScanRefused(UNKNOWN, "unreadable") from late
    if not is_pdf and done.returncode == decoder.TOO_MANY_PIXELS:
        raise ScanRefused(TOO_WIDE, "too_many_pixels")
    if done.returncode or not done.stdout:
        raise ScanRefused(UNKNOWN, "unreadable")
    media_type = "application/pdf" if is_pdf else "image/jpeg"
    return ReadScan(media_type, done.stdout, hashlib.sha256(done.stdout).hexdigest())
