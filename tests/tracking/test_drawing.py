"""Photos are drawn anew (SEC32): nothing of a file gets through but its pixels, and no file gets through that would hurt."""

import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from logistics.core.refusals import BadValue, Busy
from logistics.tracking import drawing
from logistics.tracking.drawing import LONGEST_SIDE, SMALL_SIDE, draw_anew
from tests.tracking.pictures import a_picture, drawn, opened, written

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def is_red(pixel: Any) -> bool:
    return pixel[0] > 150 and pixel[2] < 90


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_out_as_a_jpeg_of_ours(file_format: str) -> None:
    picture = draw_anew(a_picture(file_format))

    whole = opened(picture.data)
    assert (whole.format, whole.mode, whole.size) == ("JPEG", "RGB", (80, 40)) == ("JPEG", "RGB", (picture.width, picture.height))
    assert is_red(whole.getpixel((10, 20)))
    assert not is_red(whole.getpixel((70, 20)))


@pytest.mark.parametrize(
    ("size", "kept", "small"), [((4000, 3000), (1600, 1200), (320, 240)), ((30, 2000), (24, 1600), (5, 320)), ((9, 9), (9, 9), (9, 9))]
)
def test_large_ones_shrink_and_small_ones_do_not_grow(size: tuple[int, int], kept: tuple[int, int], small: tuple[int, int]) -> None:
    picture = drawn(size=size)

    assert (opened(picture.data).size, opened(picture.small).size) == (kept, small)
    assert max(kept) <= LONGEST_SIDE
    assert max(small) <= SMALL_SIDE


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "RGBA", "LA", "I;16"])
def test_whatever_colours_it_has(mode: str) -> None:
    file_format = "JPEG" if mode in ("L", "CMYK") else "PNG"
    assert opened(draw_anew(written(Image.new(mode, (20, 10)), file_format)).data).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    picture = opened(drawn(file_format="PNG", mode="RGBA").data)

    assert is_red(picture.getpixel((10, 20)))
    assert min(picture.getpixel((70, 20))) > 240


def test_it_stands_upright_and_forgets_what_its_camera_noted() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its right side
    exif[0x010F] = "Spycam 3000"
    exif.get_ifd(0x8825)[2] = (53.0, 47.0, 59.0)
    content = written(opened(a_picture()), exif=exif, comment=b"at Mina's", icc_profile=b"profile" * 50)
    assert b"Spycam" in content

    picture = draw_anew(content)

    upright = opened(picture.data)
    assert upright.size == (40, 80)
    assert is_red(upright.getpixel((20, 10)))
    for file in (picture.data, picture.small):
        assert not any(word in file for word in (b"Exif", b"Spycam", b"Mina", b"profile", b"ICC_PROFILE", b"http://ns.adobe.com"))


@pytest.mark.parametrize("orientation", range(9))
def test_every_way_to_hold_a_camera_ends_upright(orientation: int) -> None:
    ways = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    straight = opened(a_picture("PNG"))
    held = straight.transpose(Image.Transpose(ways[orientation])) if orientation in ways else straight
    exif = Image.Exif()
    exif[0x0112] = orientation

    upright = opened(draw_anew(written(held, "PNG", exif=exif)).data)

    assert (upright.size, is_red(upright.getpixel((5, 20))), is_red(upright.getpixel((75, 20)))) == ((80, 40), True, False)


def test_what_stood_behind_the_picture_is_gone() -> None:
    hidden = b"PK\x03\x04<script>alert(document.cookie)</script>"
    for content in (a_picture() + hidden, written(opened(a_picture()), comment=hidden), _png_with_text("Comment", hidden.decode("latin-1"))):
        picture = draw_anew(content)
        assert hidden in content
        assert not any(word in file for file in (picture.data, picture.small) for word in (b"script", b"PK\x03\x04"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        SVG,
        b"%PDF-1.7 ...",
        b"<html>" + a_picture(),
        b"\0" * 1000,
        a_picture("GIF", mode="P"),
        a_picture("BMP"),
        a_picture("TIFF"),
        a_picture("AVIF"),
        a_picture(size=(800, 800))[:2000],
        a_picture("PNG", size=(800, 800))[:600],
        a_picture("WEBP", size=(800, 800))[:60],
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\xffWEBP",
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(BadValue, match="no photo that can be read"):
        draw_anew(content)


@pytest.mark.parametrize(("size", "file_format"), [((9000, 6000), "JPEG"), ((6000, 5000), "PNG"), ((5000, 4000), "WEBP"), ((30000, 30000), "PNG")])
def test_too_many_pixels_are_refused_by_their_head(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], file_format: str) -> None:
    content = _png_head(*size) if size[0] > 9000 else a_picture(file_format, size=size, mode="1" if file_format == "PNG" else "RGB")
    monkeypatch.setattr(drawing, "_on_white", _never)
    monkeypatch.setattr(Image.Image, "load", _never)

    with pytest.raises(BadValue, match="too many pixels") as refusal:
        draw_anew(content)
    assert refusal.value.code == "too_many_pixels"


def test_five_megabytes_are_the_most() -> None:
    padding = drawing.LARGEST_FILE - len(a_picture())
    assert draw_anew(a_picture() + b"\0" * padding).width == 80
    with pytest.raises(BadValue, match="larger than 5 MB"):
        draw_anew(a_picture() + b"\0" * (padding + 1))


def test_a_text_that_unpacks_to_gigabytes_is_refused() -> None:
    with pytest.raises(BadValue):
        draw_anew(_png_with_text("Comment", "x" * 70_000_000))


def test_one_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_PATIENCE_SECONDS", 0.01)
    with drawing._pen, pytest.raises(Busy, match="Try again"):
        draw_anew(a_picture())

    with pytest.raises(BadValue):
        draw_anew(b"broken")
    assert draw_anew(a_picture()).width == 80


def _with_notes() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera" * 9
    exif.get_ifd(0x8825)[2] = (53.0, 47.0, 59.0)
    return written(opened(a_picture()), exif=exif)


FILES = [a_picture(), a_picture("PNG"), a_picture("PNG", mode="P"), a_picture("WEBP"), written(opened(a_picture()), progressive=True), _with_notes()]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 10_000))
def test_a_mangled_file_is_drawn_or_refused_and_never_breaks_anything(content: bytes, changes: list[tuple[int, int]], end: int) -> None:
    mangled = bytearray(content)
    for at, value in changes:
        mangled[at % len(mangled)] = value
    with suppress(BadValue):
        picture = draw_anew(bytes(mangled[: end or None]))
        assert opened(picture.data).size == (picture.width, picture.height)


def _png_with_text(name: str, text: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text(name, text, zip=len(text) > 1000)
    return written(opened(a_picture("PNG")), "PNG", pnginfo=notes)


def _png_head(width: int, height: int) -> bytes:
    """The beginning of a huge picture, with hardly anything behind it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _never(*_arguments: Any, **_options: Any) -> Any:
    raise AssertionError("it was decoded")
