"""Money for an order, as it is typed."""

from typing import Any

from wtforms import HiddenField

from logistics.core.forms import Form, LineField, MoneyField
from logistics.core.language import lazy


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
