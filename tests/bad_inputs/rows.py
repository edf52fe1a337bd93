"""What a row of the table of bad inputs is, and what an answer to it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.bad_inputs.typed import Typed
from tests.cast import Cast

PROBLEM = "application/problem+json"
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bad:
    """One bad input: its number, its surface, what is sent there, and what must be said about it.

    `code`, `pointer` and `row` are looked for in one error of the answer (`code` also on top of it), `says` in its text. `before` is
    sent first to the same surface, and must be taken.
    A status below 400 means that it is taken as it is. `writes` are the tables that may be other afterwards: none where it is refused,
    any where it is taken, unless they are named.
    """

    number: str
    surface: str
    sent: Any
    status: int
    code: str = ""
    pointer: str = ""
    row: int = 0
    says: str = ""
    before: Any = None
    writes: frozenset[str] | None = None

    @property
    def letter(self) -> str:
        """The surface as reliability.md names it: F form, J JSON of the API, C CSV and XLSX, W webhook, Q query and URL."""
        return self.surface[0]

    @property
    def may_write(self) -> frozenset[str] | None:
        """The tables that may be other afterwards; None for any."""
        return NOTHING if self.writes is None and self.status >= 400 else self.writes

    def __str__(self) -> str:
        return f"{self.number} {self.surface} {repr(self.sent)[:200]}"


@dataclass(frozen=True)
class Wrong:
    """One error of an answer."""

    pointer: str
    code: str
    message: str
    row: int = 0


@dataclass(frozen=True)
class Told:
    """An answer: its status and text, the errors it names, and the form it shows again, where it does.

    `is_all`: the errors are all there are, and no row of the table expects more than one.
    """

    status: int
    text: str
    code: str = ""
    wrong: tuple[Wrong, ...] = ()
    form: Typed | None = None
    is_all: bool = False

    @property
    def is_page(self) -> bool:
        """Whether people see it in a browser."""
        return self.text.lstrip().startswith("<")

    @classmethod
    def by(cls, response: TestResponse) -> "Told":
        """What a response says; a problem must be whole."""
        if response.content_type != PROBLEM:
            return cls(response.status_code, response.text)
        problem = response.get_json()
        assert problem["title"]
        assert problem["request_id"]
        assert problem["status"] == response.status_code
        return cls(response.status_code, response.text, problem["code"], tuple(_errors_of(problem)))


# Sends what stands in a row.
Send = Callable[[Any], Told]
# Makes a surface ready in a house where nothing is yet.
Open = Callable[[Cast], Send]


def _errors_of(problem: dict[str, Any]) -> Iterator[Wrong]:
    for error in problem.get("errors", ()):
        yield Wrong(error["pointer"], error["code"], error["message"], error.get("row", 0))
