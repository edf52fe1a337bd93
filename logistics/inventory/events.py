"""What happens to stock."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class WarehouseSaved(Event):
    """A warehouse was added or changed."""

    SUBJECT: ClassVar[str] = "warehouse"
    warehouse_id: int
    code: str
    active: bool


@dataclass(frozen=True)
class StockReceived(Event):
    """Goods came in."""

    SUBJECT: ClassVar[str] = "stock_level"
    stock_level_id: int
    product_id: int
    quantity: int
    movement_id: int


@dataclass(frozen=True)
class StockAdjusted(Event):
    """Somebody corrected a quantity, for a reason."""

    SUBJECT: ClassVar[str] = "stock_level"
    stock_level_id: int
    product_id: int
    quantity: int
    reason: str
    movement_id: int


@dataclass(frozen=True)
class ReorderPointSet(Event):
    """From now on a warning comes at this many available units."""

    SUBJECT: ClassVar[str] = "stock_level"
    stock_level_id: int
    reorder_point: int


@dataclass(frozen=True)
class BinSet(Event):
    """The goods lie in this bin from now on."""

    SUBJECT: ClassVar[str] = "stock_level"
    stock_level_id: int
    bin: str


@dataclass(frozen=True)
class StockReserved(Event):
    """Units were promised to an order; the subject is the first of the reservations."""

    SUBJECT: ClassVar[str] = "reservation"
    reservation_id: int
    reference: str
    reservations: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class StockAwaited(Event):
    """Units that are not there yet are waited for (order line, stock level, units); the subject is the first of the reservations."""

    SUBJECT: ClassVar[str] = "reservation"
    reservation_id: int
    reference: str
    reservations: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class WaitingServed(Event):
    """Stock came for rows that waited, of one order or of several (order line, stock level, units); the subject is the first of them."""

    SUBJECT: ClassVar[str] = "reservation"
    reservation_id: int
    reservations: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class StockReleased(Event):
    """Promised units are free again, and what waited waits no more; the subject is the first of the reservations."""

    SUBJECT: ClassVar[str] = "reservation"
    reservation_id: int
    reference: str
    reservations: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class StockRanLow(Event):
    """What is available has just come down to the reorder point. Published once on crossing; `reference` is what took the units."""

    SUBJECT: ClassVar[str] = "stock_level"
    stock_level_id: int
    product_id: int
    warehouse_id: int
    available: int
    reorder_point: int
    reference: str = ""
