"""What people type about parcels on their way."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateTimeLocalInput

from logistics.core import clock
from logistics.core.forms import Form, LineField, NoteField, ReadField, VersionField, choice_field
from logistics.core.language import _, lazy
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue
from logistics.fulfilment.models import Carrier
from logistics.tracking.answer_words import FORMATS
from logistics.tracking.answering import LARGEST
from logistics.tracking.inbox_words import PROBLEMS
from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.formats import format_of
from logistics.tracking.recording import Report
from logistics.tracking.timeline import PROOF_TEXT, STATUS_TEXT

# A delivery can be disputed by an own action, which names a reason.
_BY_HAND = [(status.value, STATUS_TEXT[status]) for status in TrackingStatus if status is not TrackingStatus.DISPUTED]
# A form that was open for longer shows a time that its reader has seen to be another one.
_FRESH = timedelta(minutes=10)


class LocalTimeField(ReadField):
    """Day and time as the clock showed them; the offset stands in a box of its own, or behind the time."""

    widget = DateTimeLocalInput()

    def read(self, text: str) -> str:
        """As typed: TimedForm reads it together with its offset."""
        return text.strip()


class OffsetField(ReadField):
    """The zone of a time, like +01:00."""

    def read(self, text: str) -> str:
        """The offset."""
        typed = text.strip().upper()
        if not re.fullmatch(r"Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]", typed):
            raise BadValue("bad_offset", str(lazy("Write the zone like +01:00.")))
        return typed


class TimedForm(Form):
    """Something that happened at a time, which is now unless something else is said."""

    occurred_at = LocalTimeField(lazy("When"), required=True)
    offset = OffsetField(lazy("Zone"), required=True)
    opened_at = HiddenField()

    @classmethod
    def of_now(cls, timezone: str) -> Any:
        """The empty form, with this minute in the shop's zone."""
        now = clock.now().astimezone(ZoneInfo(timezone))
        minute, offset = f"{now:%Y-%m-%dT%H:%M}", f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:5]
        return cls(formdata=None, data={"occurred_at": minute, "offset": offset, "opened_at": minute + offset})

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all can be read, time and offset together as well."""
        good = super().validate(*arguments, **options)
        if self.occurred_at.errors or self.offset.errors:
            return False
        try:
            self.moment  # noqa: B018
        except BadValue as error:
            self.occurred_at.errors = [error.message]
            return False
        return bool(good)

    @property
    def moment(self) -> datetime:
        """When it happened, with the offset it was told in. Raises BadValue."""
        typed = self.occurred_at.data or ""
        has_zone = re.search(r"([Zz]|[+-][0-9]{2}:[0-9]{2})$", typed)
        whole = typed if has_zone else typed + (self.offset.data or "")
        moment = parse_instant(whole)
        # Whoever leaves the time alone means now, not the beginning of the minute: it would stand before what happened in that minute.
        if whole == self.opened_at.data and timedelta() <= clock.now() - moment < _FRESH:
            return clock.now().astimezone(moment.tzinfo)
        return moment


class EventForm(TimedForm):
    """What a carrier said, told by hand."""

    status = choice_field(lazy("What happened"), _BY_HAND, default=TrackingStatus.IN_TRANSIT.value)
    place = LineField(lazy("Place"), longest=200)
    text = NoteField(lazy("Note"), longest=500)

    @property
    def report(self) -> Report:
        """What was typed, once the form is valid."""
        return Report(TrackingStatus(self.status.data), self.moment, text=self.text.data or "", place=self.place.data or "")


class DeliveryForm(TimedForm):
    """Who took the parcel in."""

    signer = LineField(lazy("Who signed"), longest=200, required=True)
    kind = choice_field(lazy("Handed over how"), [(kind.value, PROOF_TEXT[kind]) for kind in ProofKind], default=ProofKind.SELF.value)


class CodeForm(Form):
    """What a carrier's own code means."""

    status = choice_field(lazy("It means"), [("", lazy("Choose …")), *_BY_HAND])
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
