"""The views of the list of orders that people keep."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey
from logistics.staff.models import Staff

LONGEST_NAME = 60


class OrderView(Base):
    """A name for a way of looking at the list: its filters and order, as the list's URL says them. Shared ones everybody can open."""

    __tablename__ = "order_views"

    id: Mapped[PrimaryKey]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Staff] = relationship()


NAME_INDEX = "uq_order_views_name"
Index(NAME_INDEX, OrderView.staff_id, func.lower(OrderView.name), unique=True)


class DefaultView(Base):
    """What the list shows somebody first: a kept view, or one that every house has."""

    __tablename__ = "order_view_defaults"
    __table_args__ = (CheckConstraint("(view_id IS NULL) = (built_in <> '')", name="one"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    view_id: Mapped[int | None] = mapped_column(ForeignKey("order_views.id", ondelete="CASCADE"), index=True)
    built_in: Mapped[str] = mapped_column(String(20), default="")
