"""What an administrator types about the company."""

import re
from typing import Any

from wtforms.fields.choices import SelectChoice

from logistics.core.addresses import Address
from logistics.core.countries import countries
from logistics.core.forms import CodeField, EmailField, Form, LineField, NoteField, VersionField, choice_field
from logistics.core.language import _, current_locale, lazy
from logistics.core.refusals import BadValue
from logistics.payments.company import CompanyDetails
from logistics.payments.models import Company


class PrefixField(CodeField):
    """How the numbers of a kind of document begin. Small letters are made capitals."""

    def read(self, text: str) -> str:
        """The prefix: capitals and digits, a letter first."""
        code = super().read(text).upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9]*", code):
            raise BadValue("bad_prefix", _("Use letters without accents and digits only, a letter first, like INV."))
        return code


class CompanyForm(Form):
    """Who sells. The address is checked by the capability, with its country's rules."""

    name = LineField(lazy("Name"), required=True)
    tax_number = LineField(lazy("Tax number"), longest=60)
    country = choice_field(lazy("Country"), [])
    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    district = LineField(lazy("District"), longest=100)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    postcode = LineField(lazy("Postcode"), longest=20)
    email = EmailField(lazy("E-mail"), longest=254)
    phone = LineField(lazy("Phone"), longest=40)
    bank = NoteField(lazy("Bank account"), longest=500)
    invoice_prefix = PrefixField(lazy("Invoices begin with"), longest=12, required=True)
    credit_note_prefix = PrefixField(lazy("Credit notes begin with"), longest=12, required=True)
    version = VersionField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        named = [("", lazy("No country")), *countries(current_locale())]
        self.country.choices = [SelectChoice(value=code, label=name) for code, name in named]

    @classmethod
    def of(cls, company: Company) -> "CompanyForm":
        """The form filled with the company as it is."""
        return cls(formdata=None, obj=company)

    @property
    def details(self) -> CompanyDetails:
        """What was typed, once it is valid."""
        typed = {name: self[name].data or "" for name in ("name", "tax_number", "email", "phone", "bank", "invoice_prefix", "credit_note_prefix")}
        address = Address(**{name: self[name].data or "" for name in Address.__dataclass_fields__})
        return CompanyDetails(**typed, address=address)
