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
    to: str = "account"


@dataclass(frozen=True)
class PaymentAuthorised(Event):
    """Money for an order is promised and not yet taken, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentVoided(Event):
    """A promise of money for an order was let go, or what was left of it; `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class TermsCharged(Event):
    """An order was charged to its customer's account on terms, to be paid by the day `due_on` (ISO 8601); `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    amount: int
    currency: str
    due_on: str


@dataclass(frozen=True)
class TransferCorrected(Event):
    """A transfer that somebody had recorded by mistake was taken off, `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentReleased(Event):
    """What was promised for an order is given up, or ended by itself (`state`: voided, expired, failed); `amount` in minor units."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str
    state: str


@dataclass(frozen=True)
class PaymentFailed(Event):
    """Nothing came of a payment; `failure` is a code."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    failure: str


@dataclass(frozen=True)
class PaymentDisputed(Event):
    """The cardholder takes back what they paid, `amount` in minor units; `outcome`: opened, won, lost."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    payment_id: int
    method: str
    amount: int
    currency: str
    outcome: str


@dataclass(frozen=True)
class RefundBegun(Event):
    """The provider is asked to give money of an order back to the card, `amount` in minor units."""

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
