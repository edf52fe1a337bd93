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
