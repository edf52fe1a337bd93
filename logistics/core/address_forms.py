"""Typing a postal address."""

from typing import Any

from wtforms.fields.choices import SelectChoice

from logistics.core.addresses import Address
from logistics.core.countries import countries
from logistics.core.forms import Form, LineField, choice_field
from logistics.core.language import current_locale, lazy

PARTS = ("line1", "line2", "postcode", "city", "district", "region")


class AddressForm(Form):
    """An address in a country that stays."""

    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    postcode = LineField(lazy("Postcode"), longest=20)
    city = LineField(lazy("City"), longest=100)
    district = LineField(lazy("District"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)

    def address_in(self, country: str) -> Address:
        """Where the parcel goes."""
        return Address(**{part: self[part].data or "" for part in PARTS}, country=country)


class AddressedForm(Form):
    """A form with an address. Whether it can be right its capability says, by the country's own rules."""

    country = choice_field(lazy("Country"), [])
    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    district = LineField(lazy("District"), longest=100)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    postcode = LineField(lazy("Postcode"), longest=20)

    # What stands in the list of countries before any is chosen.
    no_country: Any = lazy("No country")

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input, with the countries of the language being spoken to choose from."""
        named = [("", str(self.no_country)), *countries(current_locale())]
        self.country.choices = [SelectChoice(value=code, label=name) for code, name in named]
        super().process(formdata, *arguments, **options)

    @property
    def address(self) -> Address:
        """What was typed, once it is valid."""
        return Address(**{name: self[name].data or "" for name in Address.__dataclass_fields__})
