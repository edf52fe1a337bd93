"""Pictures for tests, drawn when they are asked for."""

from io import BytesIO
from typing import Any

from PIL import Image

from logistics.tracking.drawing import Picture, draw_anew


def a_picture(file_format: str = "JPEG", *, size: tuple[int, int] = (80, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A file of that format: red on the left half, blue on the right."""
    colours = {"RGB": ((200, 0, 0), (0, 0, 200)), "RGBA": ((200, 0, 0, 255), (0, 0, 200, 0)), "L": (60, 200), "P": (1, 2), "1": (0, 1)}
    left, right = colours.get(mode, (10, 200))
    image = Image.new(mode, size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return written(image, file_format, **options)


def written(image: Image.Image, file_format: str = "JPEG", **options: Any) -> bytes:
    """The image as a file."""
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    """What stands in a file."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def drawn(**options: Any) -> Picture:
    """A picture as we keep it."""
    return draw_anew(a_picture(**options))
