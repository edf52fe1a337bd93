"""What happens to orders."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order came in; what is promised and paid for it follows in the same transaction. `total` is in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    channel: str
    total: int
    currency: str


@dataclass(frozen=True)
class OrderStatusChanged(Event):
    """The headline changed; these rows are the order's history."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True)
class StockCameIn(Event):
    """Units that the order waited for are promised to it now."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    units: int


@dataclass(frozen=True)
class OrderHeld(Event):
    """Somebody paused it: nothing of it leaves until it is resumed."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    reason: str


@dataclass(frozen=True)
class OrderResumed(Event):
    """A held order goes on."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str


@dataclass(frozen=True)
class OrderReaddressed(Event):
    """It goes to another delivery address."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str


@dataclass(frozen=True)
class OrderLinkRenewed(Event):
    """The link to its public page, and every one before, shows nothing any more: there is a new one."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str


@dataclass(frozen=True)
class PaymentTimeExtended(Event):
    """Somebody gave it more time to be paid. `until` is when its stock is free again, ISO 8601."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    until: str


@dataclass(frozen=True)
class PaymentRequested(Event):
    """Somebody asked its customer to pay by card."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str


@dataclass(frozen=True)
class PaymentIncidentOpened(Event):
    """Something about its money waits for a person; `amount` is in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    kind: str
    amount: int


@dataclass(frozen=True)
class OrderLinesCancelled(Event):
    """Units were taken back, and others are left or were shipped. `lines`: line id and units.

    `refunded` of that the customer got back, in minor units: `at_shop` of it at the shop, `by_card` on the card, the rest on the account.
    """

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    cancellation_id: int
    reason: str
    lines: tuple[tuple[int, int], ...]
    refunded: int
    at_shop: int
    by_card: int
    currency: str


@dataclass(frozen=True)
class OrderRefunded(Event):
    """Money was given back, `amount` in minor units: `at_shop` of it at the shop, `by_card` on the card, the rest on the account.

    `allowance` of it is not due any more; the rest had been paid too much.
    """

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    reason: str
    amount: int
    at_shop: int
    by_card: int
    allowance: int
    currency: str


@dataclass(frozen=True)
class AllowanceGiven(Event):
    """Less is to be paid, by `amount` minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    reason: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundRequested(Event):
    """Somebody asked for a refund or an allowance that a second person has to approve; `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    kind: str
    reason: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundApproved(Event):
    """A second person agreed; what follows from it stands in the log behind this."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundRejected(Event):
    """A second person did not agree."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundWithdrawn(Event):
    """Who had asked for it does not want it any more."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    refund_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class ChannelSaved(Event):
    """A way orders come in was added or changed. `timeout` is in minutes, None for ever; `delivered_after_days` None for never."""

    SUBJECT: ClassVar[str] = "channel"
    channel_id: int
    code: str
    timeout: int | None
    may_wait: bool
    ship_complete: bool
    active: bool
    tax_included: bool = True
    capture_at_dispatch: bool = False
    invoices: bool = True
    delivered_after_days: int | None = None


@dataclass(frozen=True)
class DraftDiscarded(Event):
    """Somebody threw away what had been typed for an order that was never placed."""

    SUBJECT: ClassVar[str] = "draft"
    draft_id: int
    number: str


@dataclass(frozen=True)
class PaymentIncidentResolved(Event):
    """Somebody settled what had happened to its money."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    incident_id: int
    kind: str


@dataclass(frozen=True)
class CodSettled(Event):
    """What was paid on delivery was handed over: `amount`, and how much less that is than was to come; minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    amount: int
    missing: int
    currency: str
