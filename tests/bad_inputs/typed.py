"""Forms that come back, as a browser reads them: what stands in each field, and which fields are marked as wrong."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Typed(HTMLParser):
    """The fields of a page by their names. A choice holds what is chosen."""

    page: str
    values: dict[str, str] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)
    _open: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field, or an option of one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "option" and "selected" in given and self._open:
            self.values[self._open] = given.get("value", "")
        if tag not in ("input", "textarea", "select") or not (name := given.get("name", "")):
            return
        if "aria-invalid" in given:
            self.marked.add(name)
        if tag == "input" and given.get("type") not in ("radio", "checkbox", "submit"):
            self.values[name] = given.get("value", "")
        elif tag != "input":
            self._open, self.values[name] = name, ""
            self.choices |= {name} if tag == "select" else set()

    def handle_endtag(self, tag: str) -> None:
        """The end of a field."""
        if tag == "textarea" and self._open:
            # The line break behind the tag is none of the text.
            self.values[self._open] = self.values[self._open].removeprefix("\r").removeprefix("\n")
        if tag in ("textarea", "select"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        """The text of a note."""
        if self._open and self._open not in self.choices:
            self.values[self._open] += data
