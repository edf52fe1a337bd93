"""What staff type about what happened to a parcel: events, deliveries, and who took it in."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError
from wtforms.widgets import DateTimeLocalInput

from logistics.core import clock
from logistics.core.forms import Form, LineField, NoteField, ReadField, choice_field
from logistics.core.language import _, lazy
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue
from logistics.tracking.drawing import LARGEST_FILE, Picture, draw_anew
from logistics.tracking.models import ProofKind, TrackingStatus
from logistics.tracking.recording import Report
from logistics.tracking.timeline import PROOF_TEXT, STATUS_TEXT

# A delivery can be disputed by an own action, which names a reason.
BY_HAND = [(status.value, STATUS_TEXT[status]) for status in TrackingStatus if status is not TrackingStatus.DISPUTED]
_PROOFS = [(kind.value, PROOF_TEXT[kind]) for kind in ProofKind]
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

    status = choice_field(lazy("What happened"), BY_HAND, default=TrackingStatus.IN_TRANSIT.value)
    place = LineField(lazy("Place"), longest=200)
    text = NoteField(lazy("Note"), longest=500)

    @property
    def report(self) -> Report:
        """What was typed, once the form is valid."""
        return Report(TrackingStatus(self.status.data), self.moment, text=self.text.data or "", place=self.place.data or "")


class PhotoField(FileField):
    """A photo from a camera or a file, drawn anew when the form is validated: `picture`. Nothing keeps what was chosen but the browser."""

    picture: Picture | None = None

    def __init__(self, label: Any = None, *, required: bool = False, **options: Any) -> None:
        super().__init__(label, **options)
        if required:
            self.flags.required = True

    def pre_validate(self, form: Any) -> None:
        """Read the file that was sent, if one was."""
        if not self.data:
            if self.flags.required:
                raise ValidationError(_("Choose a photo."))
            return
        with closing(self.data) as file:
            content = file.read(LARGEST_FILE + 1)
        try:
            self.picture = draw_anew(content)
        except BadValue as error:
            raise ValidationError(error.message) from error


class DeliveryForm(TimedForm):
    """Who took the parcel in."""

    signer = LineField(lazy("Who signed"), longest=200, required=True)
    kind = choice_field(lazy("Handed over how"), _PROOFS, default=ProofKind.SELF.value)
    photo = PhotoField(lazy("Photo"))


class ProofForm(Form):
    """Who took in a parcel that its carrier delivered."""

    signer = LineField(lazy("Who signed"), longest=200)
    kind = choice_field(lazy("Handed over how"), _PROOFS, default=ProofKind.SELF.value)
    photo = PhotoField(lazy("Photo"))


class PhotoForm(Form):
    """The photo of a delivery."""

    photo = PhotoField(lazy("Photo"), required=True)


class ErasureForm(Form):
    """What of a proof is to be forgotten besides its photo."""

    and_signer = BooleanField(lazy("Forget who signed, too"))
