"""Money of an order, as it is typed."""

from typing import Any

from wtforms import HiddenField

from logistics.core.forms import Form, LineField, MoneyField, ReadField
from logistics.core.language import lazy
from logistics.orders.pricing import NO_DISCOUNT, Discount, parse_discount, write_discount


class PaymentForm(Form):
    """Money for an order: from the balance, or a transfer that came in."""

    method = HiddenField(default="transfer")
    amount = MoneyField(lazy("Amount"), required=True)
    reference = LineField(lazy("Reference on the bank statement"), longest=100, required=True)

    def __init__(self, *arguments: Any, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; the amount needs the currency for that."""
        self.amount.currency = self.currency
        super().process(*arguments, **options)


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
