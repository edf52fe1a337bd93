"""What staff type about what carriers sent or answered."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from logistics.core.forms import Form, LineField, VersionField, choice_field
from logistics.core.language import _, lazy
from logistics.fulfilment.models import Carrier
from logistics.tracking.answer_words import FORMATS
from logistics.tracking.answering import LARGEST
from logistics.tracking.forms.recorded import BY_HAND
from logistics.tracking.inbox_words import PROBLEMS
from logistics.tracking.models import Problem, TrackingStatus
from logistics.tracking.reading.formats import format_of


class CodeForm(Form):
    """What a carrier's own code means."""

    status = choice_field(lazy("It means"), [("", lazy("Choose …")), *BY_HAND])
    problem = choice_field(lazy("Trouble"), [("", lazy("None")), *PROBLEMS.items()])
    version = VersionField()

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether a meaning is chosen."""
        good = bool(super().validate(*arguments, **options))
        if not self.status.data:
            self.status.errors = [_("Choose what it means.")]
        return good and bool(self.status.data)

    @property
    def meaning(self) -> TrackingStatus:
        """What was chosen, once the form is valid."""
        return TrackingStatus(self.status.data)

    @property
    def trouble(self) -> Problem | None:
        """What is wrong with a parcel of this code, if anything."""
        return Problem(self.problem.data) if self.problem.data else None


class DismissalForm(Form):
    """Why nothing is to be done."""

    note = LineField(lazy("Why discard it?"), longest=500, required=True)


class AnswerForm(Form):
    """What a carrier answered, pasted or as a file."""

    carrier = SelectField(lazy("Who says it"))
    answer_format = choice_field(lazy("Format"), [("", lazy("By the carrier’s name")), *FORMATS])
    answer = TextAreaField(lazy("Answer"))
    file = FileField(lazy("Or a file"))

    def __init__(self, carriers: Sequence[Carrier], **options: Any) -> None:
        super().__init__(**options)
        self.carriers = {carrier.code: carrier for carrier in carriers}
        self.carrier.choices = [SelectChoice(value=carrier.code, label=carrier.name) for carrier in carriers]

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether there is an answer, and a format to read it by. What was in a file stands in the box afterwards."""
        if not super().validate(*arguments, **options):
            return False
        self.answer_format.data = self.answer_format.data or format_of(self.teller)
        if not self.answer_format.data:
            self.answer_format.errors = [_("Choose the format of the answer.")]
        raw = self.file.data.stream.read(LARGEST + 1) if self.file.data else (self.answer.data or "").encode()
        if problem := self._read(raw):
            self.answer.errors = [problem]
        return not (self.answer.errors or self.answer_format.errors)

    @property
    def teller(self) -> Carrier:
        """Who says it, once the form is valid."""
        return self.carriers[self.carrier.data or ""]

    def _read(self, raw: bytes) -> str:
        """Put the bytes into the box, or say why they are no answer."""
        if len(raw) > LARGEST:
            return str(_("An answer has at most 200 KB."))
        try:
            self.answer.data = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return str(_("The file is not text in UTF-8."))
        return "" if self.answer.data.strip() else str(_("Paste the answer, or choose a file."))
