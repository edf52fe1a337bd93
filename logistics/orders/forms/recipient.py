"""The part of the order form that says who gets it and where."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from logistics.core.addresses import Address
from logistics.core.countries import countries
from logistics.core.forms import EmailField, Form, LineField, ReadField, VersionField, choice_field
from logistics.core.language import LOCALES, _, current_locale, lazy
from logistics.customers.models import Customer, CustomerAddress

ADDRESS = ("line1", "line2", "district", "city", "region", "postcode", "country")


class RecipientForm(Form):
    """Who gets it: picked from the customers, from where they had things sent before, or typed."""

    customer = LineField(lazy("Customer"), longest=120)
    # Drawn by the box that finds customers, so not among the hidden fields.
    customer_id = VersionField(widget=TextInput())
    address_id = VersionField(widget=TextInput())
    name = LineField(lazy("Name"))
    phone = LineField(lazy("Phone"), longest=40)
    email = EmailField(lazy("E-mail"))
    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    district = LineField(lazy("District"), longest=100)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    postcode = LineField(lazy("Postcode"), longest=20)
    country = choice_field(lazy("Country"), [])
    language = choice_field(lazy("Language of the messages"), list(LOCALES.items()))

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input, with the countries of the language being spoken to choose from."""
        self.country.choices = choices([("", _("Choose a country")), *countries(current_locale())])
        self.country.default = ""
        self.language.default = current_locale()
        super().process(formdata, *arguments, **options)

    def fill(self, customer: Customer) -> None:
        """Put a customer's name and address into the fields, over whatever was typed there."""
        for name in ("name", "phone", "email", "language", *ADDRESS):
            self.put(name, getattr(customer, name))
        self.put("customer", customer.name)
        self.put("customer_id", customer.id)

    def send_to(self, remembered: CustomerAddress) -> None:
        """Put a remembered address into the fields, over whatever was typed there."""
        for name in ("name", "phone", *ADDRESS):
            self.put(name, getattr(remembered, name))
        self.put("address_id", remembered.id)

    def put(self, name: str, value: Any) -> None:
        """Put a value into a field, over whatever was typed there."""
        box = self[name]
        box.data = value
        if isinstance(box, ReadField):
            box.typed = None

    @property
    def address(self) -> Address:
        """Where the parcel goes."""
        return Address(**{name: self[name].data or "" for name in ADDRESS})


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """What a drop-down offers: (value, label) each."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
