"""Orders, as programs send and get them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from logistics.api.schemas.kinds import (
    Amount,
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
from logistics.api.schemas.money import PaymentAnswer, PaymentBody
from logistics.inventory.models import ReservationState
from logistics.orders.models import CancelReason, HoldReason, OrderStatus
from logistics.orders.validating import MOST_LINES

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


class OrderPage(Answer):
    """A page of orders; `next` is the cursor of the page after it, null at the end."""

    items: list[OrderAnswer]
    next: str | None
