"""What happens to customers and their money."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class CustomerRegistered(Event):
    """Somebody became a customer."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int


@dataclass(frozen=True)
class CustomerChanged(Event):
    """What we know about a customer changed; `fields` names what."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class AddressForgotten(Event):
    """An address that a customer's orders went to is not offered any more."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    address_id: int


@dataclass(frozen=True)
class MoneyDeposited(Event):
    """A customer gave us money to pay from later. Amount in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class BalanceSpent(Event):
    """An order was charged to the account: to the balance, or on terms. Amount in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    amount: int
    currency: str
    order_id: int


@dataclass(frozen=True)
class MoneyGivenBack(Event):
    """Money of an order came back to the balance. Amount in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    amount: int
    currency: str
    order_id: int


@dataclass(frozen=True)
class MoneyAuthorised(Event):
    """Money of an account was set aside for an order, which will take it when it leaves. Amount in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    amount: int
    currency: str
    order_id: int


@dataclass(frozen=True)
class MoneyVoided(Event):
    """What was set aside for an order can be spent again. Amount in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    amount: int
    currency: str
    order_id: int


@dataclass(frozen=True)
class BalanceAdjusted(Event):
    """Somebody corrected a balance by hand; the entry says why. `change` is signed, in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    entry_id: int
    change: int
    currency: str


@dataclass(frozen=True)
class BalanceAdjustmentRequested(Event):
    """Somebody wants a balance corrected by more than one person may alone. `change` is signed, in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    request_id: int
    change: int
    currency: str


@dataclass(frozen=True)
class BalanceAdjustmentApproved(Event):
    """A second person agreed to a correction. `change` is signed, in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    request_id: int
    change: int
    currency: str


@dataclass(frozen=True)
class BalanceAdjustmentRejected(Event):
    """A second person did not agree to a correction. `change` is signed, in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    request_id: int
    change: int
    currency: str


@dataclass(frozen=True)
class BalanceAdjustmentWithdrawn(Event):
    """Who asked for a correction does not want it any more. `change` is signed, in minor units."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    request_id: int
    change: int
    currency: str


@dataclass(frozen=True)
class CreditGranted(Event):
    """A customer's credit limit (minor units) and terms (days) were set; `old_limit` and `old_days` are what they were."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    account_id: int
    currency: str
    limit: int
    days: int
    old_limit: int
    old_days: int
