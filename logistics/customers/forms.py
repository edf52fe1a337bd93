"""What people type about a customer and their money."""

from collections.abc import Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice

from logistics.core.addresses import Address
from logistics.core.countries import countries
from logistics.core.forms import CodeField, EmailField, Form, LineField, MoneyField, VersionField, choice_field
from logistics.core.language import LOCALES, current_locale, lazy
from logistics.core.money import currencies
from logistics.customers.models import Customer
from logistics.customers.rules import CustomerDetails


class CustomerForm(Form):
    """A customer's details. Address, phone and e-mail are checked by the capability, with the country's rules."""

    name = LineField(lazy("Name"), required=True)
    reference = CodeField(lazy("Reference"))
    email = EmailField(lazy("E-mail"), longest=254)
    phone = LineField(lazy("Phone"), longest=40)
    language = choice_field(lazy("Language"), list(LOCALES.items()))
    country = choice_field(lazy("Country"), [])
    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    district = LineField(lazy("District"), longest=100)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    postcode = LineField(lazy("Postcode"), longest=20)
    version = VersionField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        named = [("", lazy("No country")), *countries(current_locale())]
        self.country.choices = [SelectChoice(value=code, label=name) for code, name in named]

    @classmethod
    def of(cls, customer: Customer) -> "CustomerForm":
        """The form filled with the customer as they are."""
        return cls(formdata=None, obj=customer)

    @property
    def details(self) -> CustomerDetails:
        """What was typed, once it is valid."""
        typed = {name: self[name].data for name in ("name", "email", "phone", "language")}
        address = Address(**{name: self[name].data or "" for name in Address.__dataclass_fields__})
        return CustomerDetails(**typed, reference=self.reference.data or "", address=address)


class DepositForm(Form):
    """Money that came in."""

    amount = MoneyField(lazy("Amount"), required=True, id="deposit-amount")
    currency = choice_field(lazy("Currency"), [], id="deposit-currency")
    reference = LineField(lazy("Reference"), longest=100, required=True, id="deposit-reference")

    def __init__(self, *arguments: Any, first: Sequence[str], **options: Any) -> None:
        self.first = list(dict.fromkeys(first))
        super().__init__(*arguments, **options)

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input; the amount needs the currency for that."""
        formdata = self.meta.wrap_formdata(self, formdata)
        chosen = formdata.get("currency") if formdata else None
        self.amount.currency = chosen if chosen in currencies() else self.first[0]
        codes = self.first + sorted(currencies() - set(self.first))
        self.currency.choices = [SelectChoice(value=code, label=code) for code in codes]
        super().process(formdata, *arguments, **options)
