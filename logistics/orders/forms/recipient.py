"""The part of the order form that says who gets it and where."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from logistics.core.address_forms import AddressedForm
from logistics.core.forms import EmailField, LineField, ReadField, VersionField, choice_field
from logistics.core.language import LOCALES, current_locale, lazy
from logistics.customers.models import Customer, CustomerAddress

ADDRESS = ("line1", "line2", "district", "city", "region", "postcode", "country")


class RecipientForm(AddressedForm):
    """Who gets it: picked from the customers, from where they had things sent before, or typed."""

    customer = LineField(lazy("Customer"), longest=120)
    # Drawn by the box that finds customers, so not among the hidden fields.
    customer_id = VersionField(widget=TextInput())
    address_id = VersionField(widget=TextInput())
    name = LineField(lazy("Name"))
    phone = LineField(lazy("Phone"), longest=40)
    email = EmailField(lazy("E-mail"))
    language = choice_field(lazy("Language of the messages"), list(LOCALES.items()))

    no_country = lazy("Choose a country")

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input, with the language being spoken chosen for the messages."""
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


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """What a drop-down offers: (value, label) each."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
