"""A program of its own, not a module: reads a scanned PDF on stdin, writes one with nothing but its pages on stdout.

Scripts, attachments, forms and links stay behind. Started by `consent.domain.scans` with no environment, like
`notices.decoder`: little memory, little time, no file it may write.
"""

import io
import resource
import sys

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
MOST_PAGES = 10
MAX_BYTES = 8 * 1024 * 1024
NOT_A_SCAN = 3


def main() -> int:
    """Gives the exit status: 0, or NOT_A_SCAN with nothing on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as scan, pikepdf.new() as plain:
            if not 1 <= len(scan.pages) <= MOST_PAGES:
                return NOT_A_SCAN
            for page in scan.pages:
                for name in ("/AA", "/Annots", "/Metadata", "/PieceInfo"):
                    if name in page.obj:
                        del page.obj[name]
                plain.pages.append(page)
            out = io.BytesIO()
            plain.save(out, deterministic_id=True)
    except Exception:  # whatever a reader stumbles over, it is no scan that we can keep
        return NOT_A_SCAN
    if out.tell() > MAX_BYTES:
        return NOT_A_SCAN
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
