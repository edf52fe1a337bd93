"""Where goods lie, how many, what was promised of them, and every movement that made it so."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, desc, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.catalog.models import Product
from logistics.core.addresses import Address
from logistics.core.database import Base, PrimaryKey, one_of


class WarehouseKind(StrEnum):
    """A warehouse keeps goods; a distribution centre sorts and forwards them as well."""

    WAREHOUSE = "warehouse"
    DISTRIBUTION_CENTRE = "distribution_centre"


class Warehouse(Base):
    """A place that keeps and ships goods. The lower its priority number, the earlier it is chosen."""

    __tablename__ = "warehouses"
    __table_args__ = (CheckConstraint(one_of("kind", WarehouseKind), name="kind"),)

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default=WarehouseKind.WAREHOUSE.value)
    line1: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    priority: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def address(self) -> Address:
        """Where parcels leave from."""
        return Address(self.line1, "", "", self.city, self.region, self.postcode, self.country)


CODE_INDEX = "uq_warehouses_code"
Index(CODE_INDEX, func.lower(Warehouse.code), unique=True)


class Place(NamedTuple):
    """One product in one warehouse."""

    warehouse_id: int
    product_id: int


class StockLevel(Base):
    """How many of a product lie in a warehouse. Changed only beside a movement or reservation, under this row's lock.

    `waiting` counts the units that orders wait for here; nothing is available where any do. `version` goes up with every movement: what
    was counted before one may be wrong after it. Promises move no goods.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "product_id"),
        CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved"),
        CheckConstraint("waiting = 0 OR (waiting > 0 AND reserved = on_hand)", name="waiting"),
        CheckConstraint("0 <= quarantined", name="quarantined"),
        CheckConstraint("0 <= reorder_point", name="reorder_point"),
        Index("ix_stock_levels_product", "product_id"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[PrimaryKey]
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouses.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    bin: Mapped[str] = mapped_column(String(20), default="")
    reorder_point: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    warehouse: Mapped[Warehouse] = relationship()
    product: Mapped[Product] = relationship()

    @property
    def place(self) -> Place:
        """Which product, which warehouse."""
        return Place(self.warehouse_id, self.product_id)

    @property
    def available(self) -> int:
        """Units that can still be promised."""
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        """Whether what is available has come down to the reorder point (a reorder point of 0 asks for no warning)."""
        return 0 < self.reorder_point >= self.available


class MovementKind(StrEnum):
    """Why a quantity changed."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    DISPATCH = "dispatch"


class Bucket(StrEnum):
    """Which of a level's quantities a movement changed."""

    SELLABLE = "sellable"
    QUARANTINE = "quarantine"


class Reason(StrEnum):
    """Why somebody adjusted a quantity."""

    COUNTED = "counted"
    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    CORRECTION = "correction"
    OWN_USE = "own_use"


class Movement(Base):
    """One change of a level's quantity. Append-only: corrections are new rows. Ids, codes and numbers only."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint(one_of("kind", MovementKind), name="kind"),
        CheckConstraint(one_of("bucket", Bucket), name="bucket"),
        CheckConstraint("quantity <> 0", name="quantity"),
        CheckConstraint("balance_after >= 0", name="balance_after"),
        Index("ix_movements_level", "stock_level_id", "id"),
        Index("ix_movements_kind", "kind", "id"),
        Index("ix_movements_at", "at"),
    )

    id: Mapped[PrimaryKey]
    stock_level_id: Mapped[int] = mapped_column(ForeignKey("stock_levels.id"))
    bucket: Mapped[str] = mapped_column(String(20), default=Bucket.SELLABLE.value)
    quantity: Mapped[int]
    balance_after: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20), default="")
    reference: Mapped[str] = mapped_column(String(64), default="")
    shipment_line_id: Mapped[int | None] = mapped_column(ForeignKey("shipment_lines.id", use_alter=True), unique=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]

    level: Mapped[StockLevel] = relationship()


class ReservationState(StrEnum):
    """A promise's life: waiting for stock or active, then consumed by a dispatch or released."""

    WAITING = "waiting"
    ACTIVE = "active"
    CONSUMED = "consumed"
    RELEASED = "released"


class Reservation(Base):
    """A promise of stock to an order line, written only under its stock level's lock.

    `reference` (the order's number), `priority`, `placed_at` and `picked` are copies that upper features keep here. Of those that wait,
    the one of the highest priority is served first, then the one that was placed first.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint(one_of("state", ReservationState), name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_reservations_level", "stock_level_id", postgresql_where="state IN ('active', 'waiting')"),
        Index("ix_reservations_line", "order_line_id"),
        Index("ix_reservations_waiting", "stock_level_id", desc("priority"), "placed_at", "id", postgresql_where="state = 'waiting'"),
        # For lists of orders: which were served from a warehouse.
        Index("ix_reservations_consumed", "stock_level_id", "order_line_id", postgresql_where="state = 'consumed'"),
    )

    id: Mapped[PrimaryKey]
    stock_level_id: Mapped[int] = mapped_column(ForeignKey("stock_levels.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=ReservationState.ACTIVE.value)
    priority: Mapped[int] = mapped_column(default=0)
    placed_at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(String(20), default="")
    picked: Mapped[int] = mapped_column(default=0)

    level: Mapped[StockLevel] = relationship()
