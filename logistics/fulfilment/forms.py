"""What people type and scan about shipments and carriers."""

import re
from datetime import time
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from flask import request
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput, TimeInput

from logistics.core.forms import CodeField, Form, LineField, QuantityField, ReadField, VersionField, choice_field
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue
from logistics.fulfilment.carrier_rows import (
    MOST_SERVICES,
    DaysInput,
    ServiceInput,
    days_as_typed,
    name_twice,
    services_as_typed,
    typed_days,
    typed_services,
)
from logistics.fulfilment.contracting import CarrierFacts
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.numbering.judging import warn_of_number
from logistics.fulfilment.numbering.recognising import NUMBER_FORMS, guess_carrier, known_number
from logistics.fulfilment.rules import read_tracking_number, read_tracking_url
from logistics.fulfilment.wording import HOOK_FORMATS, ZONES


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


class TimeOfDayField(ReadField):
    """A time of the day, like 16:00."""

    widget = TimeInput()

    def read(self, text: str) -> time:
        """The time, without seconds."""
        written = text.strip()
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", written):
            raise BadValue("bad_time", _("Write hours and minutes, like 16:00."))
        return time.fromisoformat(written)

    def write(self, value: Any) -> str:
        """Hours and minutes."""
        return value.strftime("%H:%M") if value else ""


class ZoneNameField(LineField):
    """The name of a time zone."""

    def read(self, text: str) -> str:
        """The name, as it is written in the list of zones whatever the case."""
        typed = super().read(text)
        known = {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
        if typed.lower() not in known:
            near = get_close_matches(typed.lower(), known, n=1)
            raise BadValue("bad_timezone", _("Write the zone like %(example)s.", example=known[near[0]] if near else "Europe/London"))
        return str(known[typed.lower()])


class AliasesField(LineField):
    """Other names of a carrier, with spaces or commas between them."""

    def read(self, text: str) -> str:
        """In small letters, each once, with spaces between them."""
        return " ".join(dict.fromkeys(super().read(text).lower().replace(",", " ").split()))


class CarrierForm(Form):
    """A carrier, with rows for its services and for the days to each zone."""

    code = CarrierCodeField(lazy("Code"), longest=40, required=True)
    name = LineField(lazy("Name"), longest=100, required=True)
    takes_parcels = BooleanField(lazy("Takes parcels"), default=True)
    tracking_url = TrackingUrlField(lazy("Tracking page"))
    number_form = choice_field(lazy("Tracking numbers"), NUMBER_FORMS, default="")
    cut_off = TimeOfDayField(lazy("Collects until"))
    timezone = ZoneNameField(lazy("Time zone"), longest=40)
    hook_format = choice_field(lazy("Reports by itself"), [(each.value, text) for each, text in HOOK_FORMATS.items()], default="")
    aliases = AliasesField(lazy("Also called"), longest=300)
    active = BooleanField(lazy("Offered when parcels are dispatched"), default=True)
    version = VersionField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.services: list[ServiceInput] = []
        self.days: list[DaysInput] = days_as_typed({})
        super().__init__(*arguments, **options)

    @classmethod
    def of(cls, carrier: Carrier | None) -> "CarrierForm":
        """The form of a carrier as it is, or of a new one."""
        form = cls(formdata=None, obj=carrier)
        if carrier:
            facts = CarrierFacts.of(carrier)
            form.services, form.days = services_as_typed(facts.services), days_as_typed(facts.days)
        return form

    @classmethod
    def sent(cls, *, is_new: bool) -> "CarrierForm":
        """The form as it was sent; the code of a carrier that is there already stays."""
        form = cls()
        form.services, form.days = typed_services(request.form), typed_days(request.form)
        if not is_new:
            del form.code
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it can be read. What is wrong stands beside its field, or in its row."""
        fine = bool(super().validate(extra_validators))
        self.services = [service for service in self.services if not service.is_blank]
        for service in self.services:
            service.read()
        for row in self.days:
            row.read()
        name_twice(self.services)
        if len(self.services) > MOST_SERVICES:
            self.form_errors.append(_("A carrier has at most %(most)s services here.", most=MOST_SERVICES))
        if any(row.errors for row in self.services) or any(row.error for row in self.days):
            self.form_errors.append(_("A service or the days to a zone cannot be read."))
        return fine and not self.form_errors

    def change_rows(self, typed: Any) -> bool:
        """Add a blank row of a service, or take one away, if that is what was pressed; whether it was."""
        if "more" in typed:
            self.services.append(ServiceInput(max((row.number for row in self.services), default=-1) + 1, active=True))
        if "drop" in typed:
            self.services = [row for row in self.services if str(row.number) != typed["drop"]]
        return "more" in typed or "drop" in typed

    @property
    def facts(self) -> CarrierFacts:
        """What was typed, once the form is valid: all but the code, which stays what it is."""
        own = {name: self[name].data for name in CarrierFacts("").columns}
        days = {row.zone: days for row in self.days if (days := row.read())}
        return CarrierFacts(**own, services=tuple(row.read() for row in self.services), days=days)

    def differences(self, thing: Carrier) -> list[tuple[str, str, str]]:
        """As Form says, and the services and days in words."""
        now, typed = CarrierFacts.of(thing), self.facts
        found = super().differences(thing)
        if now.services != typed.services:
            found.append((_("Services"), *(", ".join(service.name for service in facts.services) for facts in (now, typed))))
        if dict(now.days) != dict(typed.days):
            found.append((_("Days on the way"), _days_text(now), _days_text(typed)))
        return found


def _days_text(facts: CarrierFacts) -> str:
    return ", ".join(f"{ZONES[zone]} {least}–{most}" for zone, (least, most) in facts.days.items())
