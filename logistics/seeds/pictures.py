"""A photo as a driver takes one, drawn: a parcel before a door. No picture lies in the source."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from logistics.tracking.drawing import Picture, draw_anew

_SIZE = (960, 720)
_DOORS = ("#2f5d50", "#7a2e2e", "#274472", "#8a6d3b", "#4b4453")
_WALLS = ("#cfc7b8", "#b9c2c9", "#d8cfc4")


def photo_of_a_parcel(chance: Random) -> Picture:
    """A parcel that stands before somebody's door; which colours it has is chance."""
    image = Image.new("RGB", _SIZE, chance.choice(_WALLS))
    draw = ImageDraw.Draw(image)
    _draw_door(draw, chance.choice(_DOORS))
    draw.rectangle((0, 560, 960, 720), fill="#8d8a84")
    draw.rectangle((330, 575, 720, 640), fill="#5b4a3a")
    _draw_parcel(draw, at=(400 + chance.randrange(120), 430 + chance.randrange(30)))
    file = BytesIO()
    image.save(file, "PNG")
    return draw_anew(file.getvalue())


def _draw_door(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.rectangle((310, 60, 740, 560), fill="#f4f1ea")
    draw.rectangle((335, 85, 715, 560), fill=colour)
    for left in (370, 545):
        for top, bottom in ((120, 280), (320, 520)):
            draw.rectangle((left, top, left + 135, bottom), outline="#00000055", width=4)
    draw.ellipse((668, 318, 696, 346), fill="#d9b44a")
    draw.rectangle((480, 300, 570, 316), fill="#d9b44a")


def _draw_parcel(draw: ImageDraw.ImageDraw, *, at: tuple[int, int]) -> None:
    left, top = at
    draw.rectangle((left, top, left + 220, top + 170), fill="#b98a54", outline="#8a6337", width=3)
    draw.polygon(((left, top), (left + 40, top - 36), (left + 260, top - 36), (left + 220, top)), fill="#cfa06a", outline="#8a6337")
    draw.polygon(((left + 220, top), (left + 260, top - 36), (left + 260, top + 134), (left + 220, top + 170)), fill="#a1743f", outline="#8a6337")
    draw.rectangle((left + 95, top, left + 125, top + 170), fill="#d8c29a")
    draw.rectangle((left + 20, top + 95, left + 85, top + 145), fill="#fbfbf8")
    for line in range(3):
        draw.rectangle((left + 27, top + 104 + 13 * line, left + 27 + (50, 42, 34)[line], top + 109 + 13 * line), fill="#55524c")
