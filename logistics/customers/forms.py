"""What people type about a customer and their money."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice

from logistics.core.address_forms import AddressedForm
from logistics.core.forms import CodeField, EmailField, Form, LineField, MoneyField, ReadField, VersionField, choice_field
from logistics.core.language import LOCALES, _, lazy
from logistics.core.money import currencies
from logistics.core.refusals import BadValue
from logistics.customers.adjusting import LONGEST_REASON
from logistics.customers.models import Account, Customer
from logistics.customers.rules import MOST_TERMS_DAYS, Credit, CustomerDetails

DIRECTIONS = [("on", lazy("Put onto the balance")), ("off", lazy("Take off the balance"))]


class CustomerForm(AddressedForm):
    """A customer's details. Address, phone and e-mail are checked by the capability, with the country's rules."""

    name = LineField(lazy("Name"), required=True)
    reference = CodeField(lazy("Reference"))
    email = EmailField(lazy("E-mail"), longest=254)
    phone = LineField(lazy("Phone"), longest=40)
    language = choice_field(lazy("Language"), list(LOCALES.items()))
    tax_number = LineField(lazy("Tax number"), longest=60)
    version = VersionField()

    @classmethod
    def of(cls, customer: Customer) -> "CustomerForm":
        """The form filled with the customer as they are."""
        return cls(formdata=None, obj=customer)

    @property
    def details(self) -> CustomerDetails:
        """What was typed, once it is valid."""
        typed = {name: self[name].data for name in ("name", "email", "phone", "language")}
        own = {"reference": self.reference.data or "", "tax_number": self.tax_number.data or ""}
        return CustomerDetails(**typed, **own, address=self.address)


class AccountForm(Form):
    """Something about an account: its currency, and an amount in it. A page holds several of these, so ids begin with `form_name`."""

    form_name = ""
    amount_name = "amount"
    currency = choice_field(lazy("Currency"), [])

    def __init__(self, *arguments: Any, first: Sequence[str], form_name: str = "", **options: Any) -> None:
        self.first = list(dict.fromkeys(first))
        super().__init__(*arguments, **options)
        self.name_ids(form_name or self.form_name)

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input; the amount needs the currency for that."""
        formdata = self.meta.wrap_formdata(self, formdata)
        chosen = formdata.get("currency") if formdata else None
        self[self.amount_name].currency = chosen if chosen in currencies() else self.first[0]
        codes = self.first + sorted(currencies() - set(self.first))
        self.currency.choices = [SelectChoice(value=code, label=code) for code in codes]
        super().process(formdata, *arguments, **options)

    def name_ids(self, form_name: str) -> None:
        """Let the ids of its fields begin with this."""
        for field in self:
            if field.name not in ("csrf_token", "form_key"):
                field.id = field.label.field_id = f"{form_name}-{field.name.replace('_', '-')}"


class DepositForm(AccountForm):
    """Money that came in."""

    form_name = "deposit"
    amount = MoneyField(lazy("Amount"), required=True)
    reference = LineField(lazy("Reference"), longest=100, required=True)


class AdjustmentForm(AccountForm):
    """A balance that is corrected by hand."""

    form_name = "adjustment"
    direction = choice_field(lazy("What is done"), DIRECTIONS)
    amount = MoneyField(lazy("Amount"), required=True)
    reason = LineField(lazy("Reason"), longest=LONGEST_REASON, required=True)

    @property
    def change(self) -> int:
        """What was typed, once it is valid: minor units, signed."""
        return (self.amount.data or 0) * (-1 if self.direction.data == "off" else 1)


class DaysField(ReadField):
    """A number of days, 0 to MOST_TERMS_DAYS."""

    def read(self, text: str) -> int:
        """The days."""
        written = text.strip(" ")
        if not re.fullmatch(r"[0-9]{1,3}", written) or int(written) > MOST_TERMS_DAYS:
            raise BadValue("bad_days", _("Write a whole number of days, 0 to %(most)s.", most=MOST_TERMS_DAYS))
        return int(written)


class CreditForm(AccountForm):
    """How far below zero an account may go, and when what is bought on terms is paid; with what it was when the form was opened."""

    form_name = "credit"
    amount_name = "limit"
    limit = MoneyField(lazy("Credit limit"), required=True)
    days = DaysField(lazy("Days to pay"), required=True)
    seen_limit = VersionField()
    seen_days = VersionField()

    @classmethod
    def of(cls, account: Account) -> "CreditForm":
        """The form filled with what an account has."""
        seen = {"limit": account.credit_limit, "days": account.terms_days, "seen_limit": account.credit_limit, "seen_days": account.terms_days}
        return cls(formdata=None, first=[account.currency], form_name=f"credit-{account.currency}", data=seen)

    @classmethod
    def sent_for(cls, accounts: Sequence[Account], *, first: str) -> "CreditForm":
        """The form as it was sent, under the ids of the one it came from: that of an account, or the one for another currency."""
        held = [account.currency for account in accounts]
        form = cls(first=[first, *held])
        if form.currency.data in held:
            form.name_ids(f"{cls.form_name}-{form.currency.data}")
        return form

    @property
    def credit(self) -> Credit:
        """What was typed, once it is valid."""
        return Credit(self.limit.data or 0, self.days.data or 0)

    @property
    def seen(self) -> Credit:
        """What stood there when the form was opened."""
        return Credit(self.seen_limit.data or 0, self.seen_days.data or 0)

    def compare(self, present: Credit) -> list[tuple[str, str, str]]:
        """Where the account disagrees by now with what was typed (Form.differences); the next save has seen it."""
        self.seen_limit.typed, self.seen_days.typed = str(present.limit), str(present.days)
        pairs = ((self.limit, present.limit), (self.days, present.days))
        return [(str(field.label.text), field.write(now), field.write(field.data)) for field, now in pairs if field.data != now]
