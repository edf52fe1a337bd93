"""What an administrator types about the company."""

import re

from logistics.core.address_forms import AddressedForm
from logistics.core.forms import CodeField, EmailField, LineField, NoteField, VersionField
from logistics.core.language import _, lazy
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


class CompanyForm(AddressedForm):
    """Who sells. The address is checked by the capability, with its country's rules."""

    name = LineField(lazy("Name"), required=True)
    tax_number = LineField(lazy("Tax number"), longest=60)
    email = EmailField(lazy("E-mail"), longest=254)
    phone = LineField(lazy("Phone"), longest=40)
    bank = NoteField(lazy("Bank account"), longest=500)
    invoice_prefix = PrefixField(lazy("Invoices begin with"), longest=12, required=True)
    credit_note_prefix = PrefixField(lazy("Credit notes begin with"), longest=12, required=True)
    version = VersionField()

    @classmethod
    def of(cls, company: Company) -> "CompanyForm":
        """The form filled with the company as it is."""
        return cls(formdata=None, obj=company)

    @property
    def details(self) -> CompanyDetails:
        """What was typed, once it is valid."""
        typed = {name: self[name].data or "" for name in ("name", "tax_number", "email", "phone", "bank", "invoice_prefix", "credit_note_prefix")}
        return CompanyDetails(**typed, address=self.address)
