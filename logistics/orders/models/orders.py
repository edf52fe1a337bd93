"""Orders and their lines."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from logistics.catalog.models import Product
from logistics.core.address_columns import AddressColumns
from logistics.core.database import Base, PrimaryKey, one_of
from logistics.customers.models import Customer
from logistics.orders.models.channels import Channel


class OrderStatus(StrEnum):
    """The headline people see; computed by rules.headline, never set by hand."""

    DRAFT = "draft"
    UNPAID = "unpaid"
    PAID = "paid"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why an order was cancelled."""

    CUSTOMER = "customer"
    STAFF = "staff"
    PAYMENT_TIMEOUT = "payment_timeout"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"


class Owed(StrEnum):
    """How what covers an order is still to come, of one that was sent out on trust: at the door, or on terms."""

    COD = "cod"
    TERMS = "terms"


class HoldReason(StrEnum):
    """Why an order is held: nothing of it leaves, and it does not expire, until somebody resumes it."""

    CUSTOMER = "customer"
    ADDRESS = "address"
    PAYMENT = "payment"
    FRAUD = "fraud"
    STOCK = "stock"
    OTHER = "other"


OPEN = (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED)
# What the list is sorted by beside plain columns; only the very same text uses the indexes below.
# Unpaid orders, by when they give their stock back; those that never do come last among them.
NOT_UNPAID = "(status <> 'unpaid')"
EXPIRY = "(COALESCE(expires_at, '2100-01-01 00:00:00+00'::timestamptz))"
# Open orders, the most urgent first.
CLOSED = "(status <> 'unpaid' AND status <> 'paid' AND status <> 'partially_shipped')"


class Order(AddressColumns, Base):
    """What a customer ordered. Address and prices are snapshots; amounts are in minor units of `currency`.

    `priority`: 0 to 9, the higher the earlier it gets stock. `expires_at`: when it gives its stock back unless it is paid.
    `ship_complete`: its parcels wait until all of it is there. `sourcing` says by which rule its warehouses were chosen
    (inventory.reserving.Sourcing.as_facts) when it was placed.

    `discount`: taken off the whole order, shared out over its lines. `tax`: of lines and shipping together; `tax_included` says that the
    prices hold it already. `allowance`: what was given back and is therefore not due any more, goods cancelled apart.

    `surplus`: by how much more came in than it costs; `owed` says that what covers it is still to come. Both follow from its payments
    (lifecycle.recompute, I-M5).
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        CheckConstraint(one_of("status", OrderStatus), name="status"),
        CheckConstraint(f"cancel_reason = '' OR {one_of('cancel_reason', CancelReason)}", name="cancel_reason"),
        CheckConstraint("least(shipping, merchandise, discount, tax, allowance) >= 0", name="amounts"),
        CheckConstraint("shipping_tax_bp BETWEEN 0 AND 10000", name="shipping_tax"),
        CheckConstraint("surplus >= 0", name="surplus"),
        CheckConstraint(f"owed = '' OR {one_of('owed', Owed)}", name="owed"),
        CheckConstraint(f"hold_reason = '' OR {one_of('hold_reason', HoldReason)}", name="hold_reason"),
        CheckConstraint("(hold_reason = '') = (held_at IS NULL)", name="held"),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        Index("ix_orders_placed", "placed_at", "id"),
        Index("ix_orders_status", "status", "placed_at", "id"),
        Index("ix_orders_channel", "channel_id", "placed_at", "id"),
        Index("ix_orders_customer", "customer_id", "placed_at", "id"),
        Index("ix_orders_expiry", "expires_at", postgresql_where="status = 'unpaid' AND expires_at IS NOT NULL"),
        Index("ix_orders_held", "placed_at", "id", postgresql_where="hold_reason <> ''"),
        Index("ix_orders_search", "search", postgresql_using="gin"),
        Index("ix_orders_total", "currency", text("(- total)"), "id"),
        Index("ix_orders_name", text("lower(name)"), "id"),
        Index("ix_orders_urgency", text(CLOSED), text("(- priority)"), "placed_at", "id"),
        Index("ix_orders_soonest", text(NOT_UNPAID), text(EXPIRY), "id"),
        Index("ix_orders_urgent", "placed_at", "id", postgresql_where="priority > 0"),
        Index("ix_orders_noted", "placed_at", "id", postgresql_where="note <> ''"),
        Index("ix_orders_imported", "placed_at", "id", postgresql_where="imported_at IS NOT NULL"),
        Index("ix_orders_overpaid", "placed_at", "id", postgresql_where="surplus > 0"),
        Index("ix_orders_owed", "placed_at", "id", postgresql_where="owed <> ''"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    external_id: Mapped[str | None] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str] = mapped_column(String(20), default=OrderStatus.DRAFT.value)
    cancel_reason: Mapped[str] = mapped_column(String(20), default="")
    currency: Mapped[str] = mapped_column(String(3))
    merchandise: Mapped[int] = mapped_column(default=0)
    shipping: Mapped[int] = mapped_column(default=0)
    discount: Mapped[int] = mapped_column(default=0)
    tax: Mapped[int] = mapped_column(default=0)
    tax_included: Mapped[bool] = mapped_column(default=True)
    shipping_tax_bp: Mapped[int] = mapped_column(default=0)
    allowance: Mapped[int] = mapped_column(default=0)
    surplus: Mapped[int] = mapped_column(default=0)
    owed: Mapped[str] = mapped_column(String(10), default="")
    total: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    note: Mapped[str] = mapped_column(String(2000), default="")
    priority: Mapped[int] = mapped_column(default=0)
    ship_complete: Mapped[bool] = mapped_column(default=True)
    sourcing: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    hold_reason: Mapped[str] = mapped_column(String(20), default="")
    hold_note: Mapped[str] = mapped_column(String(500), default="")
    held_at: Mapped[datetime | None]
    held_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    covered_at: Mapped[datetime | None]
    imported_at: Mapped[datetime | None]
    token_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))

    channel: Mapped[Channel] = relationship()
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", order_by="OrderLine.position")

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be shipped."""
        return self.status in OPEN

    @property
    def is_held(self) -> bool:
        """Whether somebody paused it."""
        return self.hold_reason != ""

    @property
    def deadline(self) -> datetime | None:
        """When it is cancelled unless it is paid (T6); None for one that was covered once, and for one that may wait for ever."""
        return self.expires_at if self.status == OrderStatus.UNPAID and self.covered_at is None else None

    def is_overdue(self, at: datetime) -> bool:
        """Whether its time to pay is over. While somebody holds it, its time stands still."""
        return self.deadline is not None and self.deadline <= at and not self.is_held

    @property
    def can_cancel(self) -> bool:
        """Whether the whole order may still be taken back: nothing has left the house (T7, T8)."""
        return self.status in (OrderStatus.UNPAID, OrderStatus.PAID) and not any(line.shipped for line in self.lines)

    @property
    def can_cancel_rest(self) -> bool:
        """Whether something was shipped and something is left that can be taken back (T9)."""
        return self.status == OrderStatus.PARTIALLY_SHIPPED

    @property
    def can_readdress(self) -> bool:
        """Whether it may still go to another address: nothing of it is packed, and it is no history (T10)."""
        is_early = self.status in (OrderStatus.UNPAID, OrderStatus.PAID) and self.imported_at is None
        return is_early and not any(line.packed for line in self.lines)

    @property
    def can_pay(self) -> bool:
        """Whether money is still to come."""
        return self.status == OrderStatus.UNPAID


class OrderLine(Base):
    """One product of an order, with how far its units have come. Amounts in minor units, discount and tax rate in basis points.

    `discount_share`: its part of the order's discount. `net`: what all its units cost, both discounts taken off (rules.line_net); `tax`:
    the tax in or on that (rules.tax_of).
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("ordered > 0", name="ordered"),
        CheckConstraint("shipped + cancelled <= ordered", name="shipped"),
        CheckConstraint("delivered + bounced + lost <= shipped", name="delivered"),
        CheckConstraint("returned <= delivered", name="returned"),
        CheckConstraint("least(cancelled, assigned, picked, packed, shipped, delivered, bounced, lost, returned) >= 0", name="counts"),
        CheckConstraint("least(unit_price, net, discount_share, tax) >= 0 AND discount_bp BETWEEN 0 AND 10000", name="price"),
        CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="tax_rate"),
        Index("ix_order_lines_product", "product_id"),
    )

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    ordered: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    assigned: Mapped[int] = mapped_column(default=0)
    picked: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[int]
    discount_bp: Mapped[int] = mapped_column(default=0)
    discount_share: Mapped[int] = mapped_column(default=0)
    tax_bp: Mapped[int] = mapped_column(default=0)
    tax: Mapped[int] = mapped_column(default=0)
    net: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()

    @property
    def left(self) -> int:
        """Units still to be shipped."""
        return self.ordered - self.cancelled - self.shipped
