"""Who takes a parcel, and under which number."""

from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from logistics.core.forms import Form, ReadField
from logistics.core.language import _, lazy
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.numbering.judging import warn_of_number
from logistics.fulfilment.numbering.recognising import guess_carrier, known_number
from logistics.fulfilment.rules import read_tracking_number


class TrackingNumberField(ReadField):
    """A carrier's tracking number."""

    def read(self, text: str) -> str:
        """Without the spaces people type between."""
        return read_tracking_number(text)


class DispatchForm(Form):
    """Who takes the parcel, and under which number. `anyway` names carrier and number that leave although they do not fit each other."""

    carrier = SelectField(lazy("Carrier"))
    service = SelectField(lazy("Service"), default="")
    tracking_number = TrackingNumberField(lazy("Tracking number"), required=True)
    anyway = StringField()

    def __init__(self, carriers: list[Carrier], **options: Any) -> None:
        super().__init__(**options)
        self.carriers = carriers
        self.offers_anyway = False
        self.carrier.choices = [SelectChoice(value=carrier.code, label=carrier.name) for carrier in carriers]
        if len(carriers) > 1:
            self.carrier.choices.insert(0, SelectChoice(value="", label=_("Choose a carrier")))
        self.service.choices = [SelectChoice(value="", label=_("No particular one")), *_services(carriers)]

    @property
    def service_code(self) -> str:
        """The service that was chosen, as its carrier calls it. One of another carrier is called by both."""
        carrier, _slash, service = (self.service.data or "").partition("/")
        return service if carrier == self.carrier.data else (self.service.data or "")

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


def _services(carriers: list[Carrier]) -> list[SelectChoice]:
    return [
        SelectChoice(value=f"{carrier.code}/{service.code}", label=service.name, optgroup=carrier.name)
        for carrier in carriers
        for service in carrier.services
        if service.active
    ]
