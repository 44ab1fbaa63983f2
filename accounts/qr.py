"""A QR code to put into a page as it is: a picture in a `data:` address would be refused by our CSP."""

from django.utils.html import format_html
from django.utils.safestring import mark_safe

QUIET_ZONE = 4  # modules; scanners need the white edge, also on a dark page


def qr_svg(text: str) -> str:
    """One `<svg>` of squares, black on white in every colour scheme, without a style or a script."""
    import qrcode  # with a library for pictures, that nothing else here needs: not at every start

    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg viewBox="0 0 {size} {size}" width="220" height="220" role="img" aria-labelledby="qr-title" '
        'shape-rendering="crispEdges"><title id="qr-title">QR</title>'
        '<rect width="{size}" height="{size}" fill="#fff"/><path d="{dots}" fill="#000"/></svg>',
        size=len(rows),
        dots=mark_safe(dots),  # noqa: S308  numbers only
    )
