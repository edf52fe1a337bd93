"""Orders, as programs send and get them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from logistics.api.schemas.kinds import (
    Amount,
    AmountText,
    Answer,
    Body,
    Code,
    Country,
    Currency,
    Cursor,
    Day,
    DiscountText,
    Email,
    Identifier,
    Limit,
    Line,
    LineNote,
    Money,
    Name,
    Note,
    Phone,
    Postcode,
    Quantity,
    Query,
    Question,
    Short,
    example,
)
from logistics.inventory.models import ReservationState
from logistics.orders.models import CancelReason, HoldReason, OrderStatus, RefundReason
from logistics.orders.validating import MOST_LINES
from logistics.payments.models import PaymentState

Shown = Literal["unpaid", "paid", "partially_shipped", "shipped", "delivered", "returned", "cancelled"]
Cancelling = Literal["customer", "staff", "out_of_stock", "fraud"]


class CustomerBody(Body):
    """Who buys. With a `reference` it is the customer who has it, else who has this e-mail address or phone and this name, else somebody new."""

    name: Name
    email: Email | None = None
    phone: Phone | None = None
    reference: Code | None = Field(None, description="The shop's own code for the customer.")


class AddressBody(Body):
    """Where the parcel goes. What is needed besides the country is what the country's own rules ask for."""

    name: Name
    phone: Phone | None = Field(None, description="The customer's where none is given.")
    line1: Line = ""
    line2: Line | None = None
    district: Short | None = None
    city: Short = ""
    region: Short | None = Field(None, description="Region, state or province.")
    postcode: Postcode | None = None
    country: Country


class LineBody(Body):
    """One product. Lines of one product are summed before stock is looked at."""

    sku: Code
    quantity: Quantity
    unit_price: Amount | None = Field(None, description="Needs the scope prices; otherwise the product's own price holds.")
    note: LineNote | None = Field(None, description="For who packs it.")


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


class OrderBody(Body):
    """An order to place. Sent again with the same `external_id` it stays one order."""

    MOST: ClassVar = {"lines": MOST_LINES}
    model_config = example(
        external_id="WEB-1001",
        customer={"name": "Mina Park", "email": "mina@example.com"},
        ship_to={"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"},
        lines=[{"sku": "LAMP-OAK", "quantity": 2}, {"sku": "BULB-E27-3", "quantity": 1, "note": "As a gift"}],
        shipping="4.50",
    )

    external_id: Identifier | None = Field(None, description="The channel's own number of the order.")
    customer: CustomerBody
    ship_to: AddressBody
    currency: Currency | None = Field(None, description="The shop's currency where none is given.")
    lines: list[LineBody] = Field(description="1 to 500 of them.")
    shipping: Amount | None = Field(None, description="The charge for shipping.")
    discount: DiscountText | None = Field(
        None, description="An amount off all goods, shared out over the lines; or percent with the sign, off every line. Needs the scope prices."
    )
    total: Amount | None = Field(None, description="What the order is believed to cost in all. Where it costs something else here, it is refused.")
    payment: PaymentBody | None = None
    priority: Annotated[int, Field(description="0 to 9; the higher, the earlier it gets stock.")] | None = None
    note: Note | None = Field(None, description="For the warehouse and the desk.")


class HoldBody(Body):
    """Why an order is to wait."""

    model_config = example(reason="address", note="The flat's number is missing.")

    reason: HoldReason = Field(strict=False)
    note: LineNote | None = None


class CancelledLineBody(Body):
    """Units of a product to be taken out of an order."""

    sku: Code
    quantity: Quantity


class CancellationBody(Body):
    """Why an order is taken back, and what of it."""

    MOST: ClassVar = {"lines": MOST_LINES}
    model_config = example(reason="customer", note="Ordered one too many", lines=[{"sku": "LAMP-OAK", "quantity": 1}])

    reason: Cancelling
    note: LineNote | None = Field(None, description="For the desk.")
    lines: list[CancelledLineBody] | None = Field(
        None, description="The units that are taken back. Without it, all of the order that was not shipped."
    )


class RefundBody(Body):
    """How much of an order is given back, and why."""

    model_config = example(amount="12.50", reason="damaged", note="The shade is scratched.")

    amount: AmountText = Field(description="In the order's currency, with its decimals.")
    reason: RefundReason = Field(strict=False)
    note: LineNote | None = Field(None, description="For the desk.")


class OrderQuery(Query):
    """Which orders are wanted; the newest come first."""

    q: Question = Field("", description="Words, numbers, an e-mail address or a phone's ending, as on the page.")
    status: Shown | None = None
    sku: Code | None = Field(None, description="Orders with this product.")
    customer: Code | None = Field(None, description="Orders of the customer with this reference.")
    external_id: Identifier | None = Field(None, description="The channel's own number.")
    first_day: Day | None = Field(None, alias="from")
    last_day: Day | None = Field(None, alias="to")
    cursor: Cursor = ""
    limit: Limit = 50


class ReservationAnswer(Answer):
    """Units promised to a line, and where they lie; `waiting` ones are still to come in."""

    warehouse: str
    quantity: int
    state: ReservationState


class LineAnswer(Answer):
    """One product of an order, and how far its units have come."""

    sku: str
    name: str
    quantity: int
    cancelled: int
    shipped: int
    delivered: int
    unit_price: Money
    discount: str = Field(description="In percent.", examples=["12.5%"])
    discount_share: Money = Field(description="Its part of the order's discount.")
    net: Money = Field(description="What all its units cost, both discounts taken off.")
    tax_rate: str = Field(description="In percent.", examples=["20%"])
    tax: Money = Field(description="In `net` where the order's prices hold their tax, on top of it otherwise.")
    note: str
    reservations: list[ReservationAnswer]


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


class AddressAnswer(Answer):
    """Where the parcels go."""

    name: str
    phone: str
    line1: str
    line2: str
    district: str
    city: str
    region: str
    postcode: str
    country: str


class HoldAnswer(Answer):
    """Why an order waits, and since when."""

    reason: HoldReason
    note: str
    since: datetime | None


class OrderLinks(Answer):
    """Where to go on from an order."""

    self: str
    shipments: str


class OrderAnswer(Answer):
    """An order. Times have their offset, money has the decimals of `currency`."""

    number: str
    external_id: str | None
    channel: str
    status: OrderStatus
    cancel_reason: CancelReason | None
    currency: str
    merchandise: Money = Field(description="What the lines cost, the discount taken off.")
    discount: Money = Field(description="What was taken off the goods as a whole.")
    shipping: Money
    tax: Money = Field(description="Of the lines and the shipping charge together.")
    tax_included: bool = Field(description="Whether prices and the shipping charge hold their tax; otherwise the total is that much more.")
    total: Money
    placed_at: datetime
    expires_at: datetime | None = Field(description="Until when an unpaid order keeps its stock; null where it never gives it back.")
    priority: int
    note: str
    hold: HoldAnswer | None
    customer_reference: str | None
    ship_to: AddressAnswer
    tracking_url: str = Field(description="The page for the customer. Who has the link can see it.")
    lines: list[LineAnswer]
    payment: PaymentAnswer | None = Field(description="null until money was taken or recorded.")
    links: OrderLinks


class RefundAnswer(Answer):
    """What was given back of an order, and how it stands since."""

    order: str
    amount: Money
    currency: str
    reason: RefundReason
    status: OrderStatus
    due: Money = Field(description="What the order costs now: a refund lowers it, so that a paid order stays paid.")
    refundable: Money = Field(description="What was paid and can still be given back.")


class OrderPage(Answer):
    """A page of orders; `next` is the cursor of the page after it, null at the end."""

    items: list[OrderAnswer]
    next: str | None
