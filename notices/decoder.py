"""A program of its own, not a module: reads one picture on stdin, writes a plain JPEG of it on stdout.

Started by `incidents.pictures` and `consent.domain.scans` with no environment, so that a picture made to break a
decoder breaks nothing but this process: it has no keys, no database, no file it may write, little memory and time.
"""

import io
import resource
import sys

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 2560  # pixels: enough to read a screenshot by; the original stays sealed
NOT_A_PICTURE, TOO_MANY_PIXELS = 3, 4
PROGRAM = __file__  # for who starts it


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                return TOO_MANY_PIXELS
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except Exception:  # whatever a decoder stumbles over, it is no picture that we can show
        return NOT_A_PICTURE
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size, "white")  # a new picture: nothing travels along but the pixels
    plain.paste(upright, mask=upright)
    plain.save(sys.stdout.buffer, "JPEG", quality=90, subsampling=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
