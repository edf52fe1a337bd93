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
    """Money of an order was given back, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class DocumentIssued(Event):
    """An invoice or a credit note got its number; `amount` is its total in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    document_id: int
    kind: str
    document: str
    amount: int
    currency: str


@dataclass(frozen=True)
class CompanyChanged(Event):
    """Somebody changed what documents say of the seller; `fields` names what."""

    SUBJECT: ClassVar[str] = "company"
    company_id: int
    fields: tuple[str, ...]
