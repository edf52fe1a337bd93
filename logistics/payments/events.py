"""What happens to orders' money."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class PaymentTaken(Event):
    """Money for an order came in, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentRefunded(Event):
    """Money of an order was given back, `amount` in minor units; `to` says where: the customer's account, the shop, the card."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str
    to: str = "account"


@dataclass(frozen=True)
class PaymentPromised(Event):
    """Money for an order is to come, on delivery; `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentVoided(Event):
    """Money that was promised for an order is not to come any more, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class TransferCorrected(Event):
    """A transfer that somebody had recorded by mistake was taken off, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    amount: int
    currency: str
