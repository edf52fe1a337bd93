"""What people choose when they import a file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from logistics.core.forms import Form, choice_field
from logistics.core.importing import Importer
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue
from logistics.core.sheets import Column, Layout, Source
from logistics.imports.wording import LAYOUT_CHOICES

_ELSEWHERE = ""


class UploadForm(Form):
    """A file, and what it is."""

    kind = RadioField(lazy("What is in the file?"), choices=[])
    channel = choice_field(lazy("Channel"), [])
    file = FileField(lazy("File"))

    def __init__(self, *arguments: Any, kinds: Sequence[Importer], channels: Sequence[tuple[str, str]], **options: Any) -> None:
        self.kinds, self.channels = kinds, channels
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; what may be chosen depends on who chooses."""
        self.kind.choices = [SelectChoice(value=kind.kind, label=kind.label) for kind in self.kinds]
        self.kind.default = self.kinds[0].kind if self.kinds else None
        self.channel.choices = [SelectChoice(value=code, label=name) for code, name in self.channels]
        self.channel.default = "import"
        super().process(*arguments, **options)

    @property
    def importer(self) -> Importer:
        """The kind of file that was chosen, once the form is valid."""
        return next(kind for kind in self.kinds if kind.kind == self.kind.data)

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether there is a file of a kind."""
        good = bool(super().validate(*arguments, **options))
        if not self.file.data:
            self.file.errors = [_("Choose a file.")]
        return good and bool(self.file.data)


@dataclass
class ColumnInput:
    """Where one of our columns comes from, as it was chosen: a heading's place, or always the same text."""

    column: Column
    at: str = _ELSEWHERE
    fixed: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def place(self) -> int | None:
        """The heading's place."""
        return int(self.at) if self.at.isascii() and self.at.isdigit() and len(self.at) < 4 else None

    @property
    def source(self) -> Source:
        """Where it comes from."""
        return Source(self.place, "" if self.place is not None else self.fixed)

    def check(self, width: int) -> None:
        """Note what is wrong with the choice, in a file of so many columns."""
        if self.at and (self.place is None or self.place >= width):
            self.errors.append(_("Choose one of the file's columns."))
        elif self.column.required and self.place is None and not self.fixed.strip():
            self.errors.append(_("This column is needed."))
        elif self.place is None and self.fixed.strip():
            try:
                self.column.read(self.fixed)
            except BadValue as error:
                self.errors.append(error.message)


class ColumnsForm(Form):
    """How a file is to be read."""

    encoding = choice_field(LAYOUT_CHOICES[0][1], list(LAYOUT_CHOICES[0][2].items()))
    delimiter = choice_field(LAYOUT_CHOICES[1][1], list(LAYOUT_CHOICES[1][2].items()))
    decimal = choice_field(LAYOUT_CHOICES[2][1], list(LAYOUT_CHOICES[2][2].items()))

    def __init__(
        self, *arguments: Any, columns: Sequence[Column], layout: Layout, sources: Mapping[str, Source] | None = None, **options: Any
    ) -> None:
        super().__init__(*arguments, **{**asdict(layout), **options})
        self.inputs = [ColumnInput(column) for column in columns]
        if sources is not None:
            self.fill(sources)
        else:
            self._read()

    @property
    def layout(self) -> Layout:
        """The layout chosen; what cannot be chosen is as it usually is."""
        known = {name: getattr(self, name).data for name, _label, choices in LAYOUT_CHOICES if getattr(self, name).data in choices}
        return Layout(**known)

    @property
    def sources(self) -> dict[str, Source]:
        """Where each column comes from, as far as it comes from anywhere."""
        return {one.column.name: one.source for one in self.inputs if one.source != Source()}

    def fill(self, sources: Mapping[str, Source]) -> None:
        """Choose these."""
        for one in self.inputs:
            source = sources.get(one.column.name, Source())
            one.at, one.fixed = _ELSEWHERE if source.at is None else str(source.at), source.fixed

    def check(self, width: int) -> bool:
        """Whether everything needed is chosen, in a file of so many columns. What is wrong stands beside its column."""
        good = bool(self.validate())
        for one in self.inputs:
            one.check(width)
        return good and not any(one.errors for one in self.inputs)

    def _read(self) -> None:
        for one in self.inputs:
            one.at = request.form.get(f"at-{one.column.name}", "")[:10]
            one.fixed = request.form.get(f"fixed-{one.column.name}", "")[:500]
