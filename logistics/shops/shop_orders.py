"""An order as a shop tells it, read from any dialect into one shape: amounts in minor units, taxes in the prices, the sum kept exact."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from logistics.core.addresses import Address
from logistics.core.refusals import FieldError
from logistics.orders.models import CancelReason

LONGEST_ID = 100


class Unreadable(Exception):
    """What was sent does not say what an order needs. `problems` names each field by its path in the body."""

    def __init__(self, problems: list[FieldError]) -> None:
        super().__init__(", ".join(problem.pointer for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class ShopLine:
    """Goods the shop sold. `net` is all they cost, discounts off and taxes on (None: our own price holds). `ships`: it is ours to send."""

    row: int
    sku: str
    variant: str
    title: str
    quantity: int
    unit_price: int | None
    net: int | None
    ships: bool = True
    note: str = ""


@dataclass(frozen=True)
class Recipient:
    """Who gets the parcel, as typed at the shop."""

    name: str
    phone: str
    email: str
    address: Address


@dataclass(frozen=True)
class ShopOrder:
    """An order as the shop has it now.

    `charges`: shipping, fees and duties with their taxes. `total` as the shop says, None where it says none. `captured` is what the shop
    has taken in all, `authorised` what it was promised. `is_draft`: nobody has bought it yet.
    """

    label: str
    currency: str
    lines: tuple[ShopLine, ...]
    charges: int
    total: int | None
    recipient: Recipient
    customer_name: str
    customer_reference: str = ""
    language: str = "en"
    note: str = ""
    priority: int = 0
    captured: int = 0
    authorised: int = 0
    is_voided: bool = False
    is_refunded: bool = False
    is_fulfilled: bool = False
    is_test: bool = False
    is_draft: bool = False
    pay_from_balance: bool = False

    @property
    def goods(self) -> tuple[ShopLine, ...]:
        """What we send."""
        return tuple(line for line in self.lines if line.ships)

    @property
    def left_out(self) -> tuple[ShopLine, ...]:
        """What the shop sold and nobody ships: gift cards, downloads, tips."""
        return tuple(line for line in self.lines if not line.ships)

    @property
    def reckoned(self) -> int | None:
        """What its parts add up to; None where a line leaves its price to us."""
        nets = [line.net for line in self.lines if line.net is not None]
        return sum(nets) + self.charges if len(nets) == len(self.lines) else None

    @property
    def content(self) -> str:
        """A digest of what would be sent, to whom, for how much: whether the shop has changed that."""
        goods = [[line.sku, line.variant, line.quantity, line.net, line.ships] for line in self.lines]
        parts = [asdict(self.recipient), goods, self.charges, self.currency, self.total]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class ShopNews:
    """What one event says: the order as it is now, that it is cancelled, and which refunds there were (id -> minor units)."""

    order: ShopOrder | None = None
    cancelled: CancelReason | None = None
    refunds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """What is known of an event before it is worked: its id, its topic, whether that is one of ours, which order it is of, from when."""

    event_id: str
    topic: str
    is_ours: bool
    external_id: str = ""
    changed_at: datetime | None = None
