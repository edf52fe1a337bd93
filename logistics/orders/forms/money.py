"""Money for an order, as it is typed."""

from typing import Any

from wtforms import BooleanField, HiddenField

from logistics.core.forms import Form, LineField, MoneyField, NoteField, ReadField
from logistics.core.language import lazy
from logistics.core.refusals import Refusal
from logistics.orders.pricing import NO_DISCOUNT, Discount, parse_discount, write_discount


class MoneyForm(Form):
    """An amount that came for an order. `surplus` is how much more than is open was typed, once somebody was asked about it."""

    amount = MoneyField(lazy("Amount"), required=True)
    with_surplus = BooleanField(lazy("It is right: take all of it"))
    surplus = 0

    def __init__(self, *arguments: Any, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; the amount needs the currency for that."""
        self.amount.currency = self.currency
        super().process(*arguments, **options)

    def add_errors(self, refusal: Refusal) -> None:
        """Beside the fields; more than is open is asked about."""
        super().add_errors(refusal)
        self.surplus = next((error.facts["surplus"] for error in refusal.errors if error.code == "more_than_open"), 0)


class PaymentForm(MoneyForm):
    """Money for an order: from the balance, or a transfer that came in."""

    method = HiddenField(default="transfer")
    reference = LineField(lazy("Reference on the bank statement"), longest=100, required=True)


class SettlementForm(MoneyForm):
    """What was handed over for an order that was paid on delivery. It stands beside the form of a transfer."""

    amount = MoneyField(lazy("Amount"), required=True, id="settled-amount")
    reference = LineField(lazy("Reference of the remittance"), longest=100, id="settled-reference")
    rest_follows = BooleanField(lazy("The rest is still to come"))
    with_surplus = BooleanField(lazy("It is right: take all of it"), id="settled-with-surplus")


class ManySettlementForm(Form):
    """What came with the money of many orders: the one reference of its remittance."""

    reference = LineField(lazy("Reference of the remittance"), longest=100, required=True, id="remittance-reference")


class CorrectionForm(Form):
    """Why a transfer is taken off."""

    reason = LineField(lazy("What was wrong"), longest=200, required=True)


class ResolutionForm(Form):
    """How a payment incident was settled."""

    resolution = NoteField(lazy("How it was settled"), longest=500, required=True)


class DiscountField(ReadField):
    """What is taken off the goods of a whole order: an amount in the form's currency (attribute `currency`), or percent with the sign."""

    currency = "USD"

    def read(self, text: str) -> Discount:
        """The discount."""
        return parse_discount(text, self.currency)

    def write(self, value: Any) -> str:
        """As one would type it; none is an empty box."""
        return write_discount(value, self.currency) if value else ""

    def empty(self) -> Discount:
        """None."""
        return NO_DISCOUNT
