"""Money of orders, as programs send and get it."""

from typing import Literal

from pydantic import Field

from logistics.api.schemas.kinds import (
    AmountText,
    Answer,
    Body,
    Line,
    LineNote,
    Money,
    Short,
    example,
)
from logistics.orders.models import OrderStatus, RefundReason
from logistics.payments.models import PaymentState


class PaymentBody(Body):
    """How it is paid. `balance` takes it from the customer's balance at once; `transfer` leaves the order unpaid until the money is recorded;
    with `cod` it is paid on delivery, with `terms` by the customer's terms after dispatch.

    `card` authorises the provider's token for a card, never a number; without a token the answer has a `pay_url` for the customer.
    """

    method: Short
    reference: Short | None = Field(None, description="Not supported yet.")
    card_token: Line | None = Field(None, description="With `card`: the provider's token for the customer's card.")


class MoneyBody(Body):
    """Money for an order: `balance` pays all that is open from the customer's balance, `transfer` books what came in, with `cod` what is open
    is paid on delivery, with `terms` by the customer's terms after dispatch.

    `card` authorises what is open by the provider's token, never a card number; without one the answer has a `pay_url` for the customer.
    """

    model_config = example(method="transfer", amount="18.00", reference="BANK-20261126-17")

    method: Short
    amount: AmountText | None = Field(None, description="Of a transfer, in the order's currency; all that is open where none is given.")
    reference: Short | None = Field(None, description="Of a transfer: the bank's. The same one again with the same amount is booked once.")
    card_token: Line | None = Field(None, description="What the provider of cards gave for the customer's card. Never a card number.")


class RefundBody(Body):
    """How much of an order is given back, and why."""

    model_config = example(amount="12.50", reason="damaged", note="The shade is scratched.")

    amount: AmountText = Field(description="In the order's currency, with its decimals.")
    reason: RefundReason = Field(strict=False)
    note: LineNote | None = Field(None, description="For the desk.")


class PaymentAnswer(Answer):
    """How far an order is paid: the latest payment's method and state, and what came of all of them together.

    `standing`: `cod` and `terms` are orders sent out on trust, whose money is still to come; `given_back` is a cancelled order's.
    """

    method: str
    state: PaymentState
    standing: Literal["unpaid", "part_paid", "paid", "overpaid", "cod", "terms", "given_back"]
    received: Money = Field(description="What came in and was not given back.")
    open: Money = Field(description="What nothing covers yet: no money, and no promise of it.")
    pay_url: str | None = Field(description="Where the customer pays by card, or confirms the card; null where there is nothing to be done.")


class RefundAnswer(Answer):
    """What was given back of an order, and how it stands since."""

    order: str
    amount: Money
    currency: str
    reason: RefundReason
    status: OrderStatus
    due: Money = Field(description="What the order costs now: a refund lowers it, so that a paid order stays paid.")
    refundable: Money = Field(description="What was paid and can still be given back.")
