"""A message that is being read: what was understood of it is taken out, piece by piece, and what is left is seen as well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST = 4000
TAKEN = "\x00"
# Full-width letters, digits and signs, one for one, so that places in the text stay what they are.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；：！？（）"} | {0x3000: 0x20, 0: 0x20}
_BLANK = re.compile(r"[\s\W_]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of the message that was understood: which field it is, and whether that is sure. `filler` means nothing to us."""

    kind: str
    start: int
    end: int
    value: str
    sure: bool = True


@dataclass(frozen=True)
class Goods:
    """A stretch that asks for something. `product` may be empty; `counted` is whether the number is sure, `plain` whether more than a number says
    that goods are meant.
    """

    start: int
    end: int
    product: str
    quantity: int
    counted: bool = True
    plain: bool = True


@dataclass
class Board:
    """The message while it is read. `text` has as many characters as what was pasted, with full-width ones made plain."""

    pasted: str
    pieces: list[Piece] = field(default_factory=list)
    goods: list[Goods] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pasted = self.pasted[:MOST]
        self.text = self.pasted.translate(_WIDE)

    @property
    def is_chinese(self) -> bool:
        """Whether any of it is written in Chinese."""
        return re.search(r"[\u4e00-\u9fff]", self.pasted) is not None

    def take(self, kind: str, start: int, end: int, *, sure: bool = True, value: str | None = None) -> None:
        """Understand a stretch. Spaces and signs around the value stay with it."""
        stretch = self.pasted[start:end] if value is None else value
        self.pieces.append(Piece(kind, start, end, stretch.strip(" \t\r\n,，;；:：.。"), sure))
        self._close(start, end)

    def take_goods(self, goods: Goods) -> None:
        """Understand a stretch as goods."""
        self.goods.append(goods)
        self._close(goods.start, goods.end)

    def has(self, kind: str) -> bool:
        """Whether a field was found."""
        return any(piece.kind == kind for piece in self.pieces)

    def first(self, kind: str) -> Piece | None:
        """The first piece found of a kind."""
        return next((piece for piece in self.pieces if piece.kind == kind), None)

    def stretches(self, separators: str) -> Iterator[tuple[int, int]]:
        """Where something is left between what was taken and these separators (a pattern), without spaces around it."""
        at = 0
        for match in re.finditer(rf"{TAKEN}+|(?:{separators})|$", self.text):
            start, end = at, match.start()
            at = match.end()
            left = self.text[start:end]
            if left.strip():
                yield start + len(left) - len(left.lstrip()), start + len(left.rstrip())

    def left(self) -> list[tuple[int, int]]:
        """The stretches that nobody understood, in order: with `pieces` and `goods` they are every character of the message."""
        return [match.span() for match in re.finditer(rf"[^{TAKEN}]+", self.text)]

    def rest(self) -> list[str]:
        """What was not understood, word for word; signs and spaces alone are nothing."""
        stretches = [self.pasted[start:end].strip() for start, end in self.left()]
        return [text for text in stretches if not _BLANK.fullmatch(text)]

    def _close(self, start: int, end: int) -> None:
        self.text = self.text[:start] + TAKEN * (end - start) + self.text[end:]
