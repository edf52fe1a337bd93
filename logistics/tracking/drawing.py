"""Drawing photos anew (SEC32): what comes out is a JPEG of ours, without what its camera noted and whatever else lay in the file."""

import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from logistics.core.language import _
from logistics.core.refusals import BadValue, Busy

LARGEST_FILE = 5 * 1024 * 1024
LONGEST_SIDE = 1600
SMALL_SIDE = 320
# A JPEG is decoded at a fraction of its size where that is enough; the others only whole: four bytes a pixel, two and four times over.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 15_000_000}
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
# All that decoders raise at files that are broken, or made to break them.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, RuntimeError, EOFError, MemoryError, struct.error, zlib.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_ORIENTATION = 0x0112
# How to turn a picture upright, by what its camera noted.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# One at a time: a picture may take 250 MB while it is drawn.
_pen = threading.Lock()
_PATIENCE_SECONDS = 15.0

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
# What a camera noted may be broken: the picture is good all the same.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A picture as we keep it, and a small one for pages; both JPEG. Width and height in pixels."""

    data: bytes
    small: bytes
    width: int
    height: int


def draw_anew(content: bytes) -> Picture:
    """The picture in a JPEG, PNG or WebP file: upright, on white, at most LONGEST_SIDE pixels long and wide. Costs up to a second.

    Raises BadValue for a file that is too large, no such picture, broken, or has too many pixels (told by its head, before it is decoded);
    Busy when too many others are being drawn.
    """
    if len(content) > LARGEST_FILE:
        raise BadValue("too_large", _("The photo is larger than 5 MB. Take a smaller one."))
    if not _pen.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy(_("Many photos come in at this moment. Try again in a minute."), retry_after=60)
    try:
        return _draw(content)
    except _BOMBS as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise BadValue("no_photo", _("This is no photo that can be read. Send a JPEG, PNG or WebP file.")) from error
    finally:
        _pen.release()


def _draw(content: bytes) -> Picture:
    with Image.open(BytesIO(content), formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS[image.format or ""]:
            raise Image.DecompressionBombError
        turn = _UPRIGHT.get(_orientation(image))
        # A JPEG's decoder leaves out what would be shrunk away.
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = image.transpose(turn) if turn is not None else image
        picture = _on_white(upright)
    small = picture.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Picture(_write(picture), _write(small), picture.width, picture.height)


def _orientation(image: Image.Image) -> int:
    """What the camera noted, or 0 where that cannot be read: the picture is good all the same."""
    try:
        return int(image.getexif().get(_ORIENTATION, 0))
    except _BROKEN:
        return 0


def _on_white(image: Image.Image) -> Image.Image:
    """The pixels, and nothing else of the picture: whatever was written beside them stays with the old one."""
    paper = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def _write(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _too_many_pixels() -> BadValue:
    return BadValue("too_many_pixels", _("The photo has too many pixels. Send it smaller, or as a JPEG of at most 50 million pixels."))
