"""What people type about parcels on their way."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import HiddenField
from wtforms.widgets import DateTimeLocalInput, EmailInput

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.core.forms import EmailField, Form, LineField, NoteField, ReadField, choice_field
from logistics.core.language import lazy
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue
from logistics.tracking.models import ProofKind, TrackingStatus
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


class VisitForm(Form):
    """An order's number and a second fact of it: the customer's door without the link."""

    number = LineField(lazy("Order number"), longest=40, required=True)
    fact = LineField(lazy("E-mail, postcode or the last 4 digits of your phone"), longest=254, required=True)


class FactForm(Form):
    """A second fact of an order that is known already."""

    fact = LineField(lazy("E-mail, postcode or the last 4 digits of your phone"), longest=254, required=True)


class LinksForm(Form):
    """Where mails are to go."""

    email = EmailField(lazy("E-mail"), required=True, widget=EmailInput())


class ParcelNumberField(ReadField):
    """Which parcel of an order is meant, as its customer counts them."""

    def read(self, text: str) -> int:
        """Its number; 0, which no parcel has, for anything else."""
        return int(text) if re.fullmatch(r"[1-9][0-9]{0,2}", text, re.ASCII) else 0


class ParcelForm(Form):
    """A parcel of an order."""

    parcel = ParcelNumberField(lazy("Parcel"))


class ProblemForm(ParcelForm):
    """A delivered parcel that did not come."""

    note = NoteField(lazy("What else should we know?"), longest=500)


class AddressForm(Form):
    """The whole delivery address anew; its country stays."""

    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    postcode = LineField(lazy("Postcode"), longest=20)
    city = LineField(lazy("City"), longest=100)
    district = LineField(lazy("District"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)

    def address_in(self, country: str) -> Address:
        """Where the parcel goes."""
        return Address(**{field.name: field.data or "" for field in self if isinstance(field, LineField)}, country=country)
