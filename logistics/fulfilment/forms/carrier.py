"""A carrier, as one types it."""

from typing import Any

from flask import request
from wtforms import BooleanField

from logistics.core.forms import Form, LineField, VersionField, choice_field
from logistics.core.language import _, lazy
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
from logistics.fulfilment.forms.carrier_fields import AliasesField, CarrierCodeField, TimeOfDayField, TrackingUrlField, ZoneNameField
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.numbering.recognising import NUMBER_FORMS
from logistics.fulfilment.wording import HOOK_FORMATS, ZONES


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
