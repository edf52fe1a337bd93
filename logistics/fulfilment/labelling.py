"""What scanners read on our labels. The one module that knows segno."""

from io import BytesIO

from segno import make_qr


def draw_code(text: str) -> bytes:
    """A QR code of this text as an SVG image with its quiet zone, without size: the sheet that shows it decides."""
    image = BytesIO()
    # Level Q: a quarter of it may be scratched or under tape.
    make_qr(text, error="Q").save(image, kind="svg", border=4, omitsize=True, xmldecl=False, svgclass=None, lineclass=None)
    return image.getvalue()
