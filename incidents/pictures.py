"""Pictures that come with a report: a copy that tells nothing but what is on it, and the original to seal (I1, R37)."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from ledger.refusal import Refusal
from notices.decoder import PROGRAM, TOO_MANY_PIXELS

MAX_BYTES = 8 * 1024 * 1024
MOST = 3
SECONDS = 20
SHOWN_AS = "image/jpeg"

TOO_BIG = _("A picture is too big. It may be at most 8 MB. Take a screenshot of it, and choose that.")
TOO_WIDE = _(
    "A picture is too big: it has more than 25 million dots. Take a screenshot of it, and choose that."
)
UNKNOWN = _("A file is no picture that we can open. Choose a JPEG, PNG or WebP.")


class PictureRefused(Refusal):
    code = "picture"
    message = UNKNOWN


@dataclass(frozen=True, slots=True)
class Picture:
    """`shown` is a new JPEG without place, date or device in it; `original` is what was sent, byte for byte.

    Written out (in a fingerprint) it is a mark of the original, never the picture.
    """

    media_type: str
    shown: bytes = field(repr=False)
    original: bytes = field(repr=False)
    mark: str = ""


def read_picture(data: bytes) -> Picture:
    """Decode in a process of its own and draw it anew; at most 8 MB and 25 megapixels.

    Takes 0.3 to 3 seconds. What hides behind the picture in the same file (a page, a program) is not in the copy.
    Raises PictureRefused, with words for the reporter.
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused(TOO_BIG, "too_big")
    try:
        done = subprocess.run(  # our own program, no shell
            [sys.executable, "-I", PROGRAM],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise PictureRefused(UNKNOWN, "unreadable") from late
    if done.returncode == TOO_MANY_PIXELS:
        raise PictureRefused(TOO_WIDE, "too_many_pixels")
    if done.returncode or not done.stdout:
        raise PictureRefused(UNKNOWN, "unreadable")
    return Picture(SHOWN_AS, done.stdout, data, hashlib.sha256(data).hexdigest())
