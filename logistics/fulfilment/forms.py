"""What people type and scan about shipments and carriers."""

import re
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from logistics.core.forms import CodeField, Form, LineField, QuantityField, ReadField, VersionField
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.numbering.judging import warn_of_number
from logistics.fulfilment.numbering.recognising import guess_carrier, known_number
from logistics.fulfilment.rules import read_tracking_number, read_tracking_url


class LineIdField(ReadField):
    """Which shipment line is meant."""

    widget = HiddenInput()

    def read(self, text: str) -> int:
        """Its id; 0, which is none, for what is no number."""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


class TrackingNumberField(ReadField):
    """A carrier's tracking number."""

    def read(self, text: str) -> str:
        """Without the spaces people type between."""
        return read_tracking_number(text)


class TrackingUrlField(ReadField):
    """The address of a carrier's tracking page."""

    def read(self, text: str) -> str:
        """As typed, when it is one."""
        return read_tracking_url(text)

    def empty(self) -> str:
        """A carrier without tracking page."""
        return ""


class CarrierCodeField(CodeField):
    """A carrier's code: it stands in addresses of pages and in files."""

    def read(self, text: str) -> str:
        """The code: letters, digits, hyphen and underscore."""
        code = super().read(text)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", code):
            raise BadValue("bad_code", _("Use letters without accents, digits, - and _ only."))
        return code


class PickingForm(Form):
    """How many of one line lie in the tote: typed, or one more, one fewer, all of it by a button (`step`)."""

    line = LineIdField(required=True)
    step = HiddenField()
    picked = QuantityField(lazy("Picked"), lowest=0)


class ScanForm(Form):
    """What a scanner read."""

    code = LineField(lazy("SKU or barcode"), longest=120, required=True)


class PackingForm(Form):
    """What the closed parcel weighs."""

    weight_grams = QuantityField(lazy("Weight of the parcel"))


class DispatchForm(Form):
    """Who takes the parcel, and under which number. `anyway` names carrier and number that leave although they do not fit each other."""

    carrier = SelectField(lazy("Carrier"))
    tracking_number = TrackingNumberField(lazy("Tracking number"), required=True)
    anyway = StringField()

    def __init__(self, carriers: list[Carrier], **options: Any) -> None:
        super().__init__(**options)
        self.carriers = carriers
        self.offers_anyway = False
        self.carrier.choices = [SelectChoice(value=carrier.code, label=carrier.name) for carrier in carriers]
        if len(carriers) > 1:
            self.carrier.choices.insert(0, SelectChoice(value="", label=_("Choose a carrier")))

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all can be read, and number and carrier fit each other or leave all the same."""
        return bool(super().validate(*arguments, **options)) and self._is_chosen() and self._fits()

    @property
    def as_it_is(self) -> str:
        """Carrier and number as they were typed, for `anyway`."""
        return f"{self.carrier.data} {self.tracking_number.data}"

    def _is_chosen(self) -> bool:
        """Whether a carrier is; where only one can be meant it is now, and asks to be looked at."""
        guessed = None if self.carrier.data else guess_carrier(self.tracking_number.data or "", self.carriers)
        if guessed is not None:
            self.carrier.data = guessed.code
            self.carrier.errors = [_("This is a number of %(carrier)s, so it is chosen. Dispatch the parcel if that is right.", carrier=guessed.name)]
        return guessed is None

    def _fits(self) -> bool:
        carrier = next((one for one in self.carriers if one.code == self.carrier.data), None)
        if carrier is None:
            return True
        number = self.tracking_number.data = known_number(self.tracking_number.data or "", carrier)
        warning = warn_of_number(number, carrier, self.carriers)
        if not warning or self.anyway.data == self.as_it_is:
            return True
        self.offers_anyway = True
        self.tracking_number.errors = [warning]
        return False


class CarrierForm(Form):
    """A carrier."""

    code = CarrierCodeField(lazy("Code"), longest=40, required=True)
    name = LineField(lazy("Name"), longest=100, required=True)
    tracking_url = TrackingUrlField(lazy("Tracking page"))
    active = BooleanField(lazy("Offered when parcels are dispatched"), default=True)
    version = VersionField()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, once the form is valid: all but the code, which stays what it is."""
        return {"name": self.name.data, "tracking_url": self.tracking_url.data, "active": self.active.data}

    @classmethod
    def without_code(cls) -> "CarrierForm":
        """The form of a carrier that is there already."""
        form = cls()
        del form.code
        return form
