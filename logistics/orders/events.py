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
class PaymentTimeExtended(Event):
    """Somebody gave it more time to be paid. `until` is when its stock is free again, ISO 8601."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    until: str


@dataclass(frozen=True)
class PaymentIncidentOpened(Event):
    """Something about its money waits for a person; `amount` is in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    number: str
    kind: str
    amount: int


@dataclass(frozen=True)
class ChannelSaved(Event):
    """A way orders come in was added or changed. `timeout` is in minutes, None for ever."""

    SUBJECT: ClassVar[str] = "channel"
    channel_id: int
    code: str
    timeout: int | None
    may_wait: bool
    ship_complete: bool
    active: bool
    invoices: bool = True


@dataclass(frozen=True)
class DraftDiscarded(Event):
    """Somebody threw away what had been typed for an order that was never placed."""

    SUBJECT: ClassVar[str] = "draft"
    draft_id: int
    number: str
