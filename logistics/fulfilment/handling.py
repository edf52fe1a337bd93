"""Taking a parcel in hand: its order, its stock rows and itself are locked in the house's order and read anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.locks import lock_shipment
from logistics.fulfilment.models import Shipment
from logistics.inventory.keeping import lock_reserved_levels
from logistics.inventory.models import Reservation
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order, OrderLine


@dataclass(frozen=True)
class Parcel:
    """A shipment in hand, with its order, both locked; and the promises to the order, where they are locked too."""

    shipment: Shipment
    order: Order
    promises: Sequence[Reservation] = ()

    def order_line(self, order_line_id: int) -> OrderLine:
        """The order's line that a shipment line belongs to."""
        return next(line for line in self.order.lines if line.id == order_line_id)


def take_in_hand(session: Session, reference: str, *, with_stock: bool = False, money_first: Callable[[Order], object] | None = None) -> Parcel:
    """Lock a shipment's order, with `with_stock` the stock rows it draws on, and the shipment itself. Raises NotFound.

    `money_first` is called when the order is locked and nothing after it is: accounts and payments come before stock rows.
    """
    found = session.execute(select(Shipment.id, Shipment.order_id).where(Shipment.reference == reference)).first()
    if found is None:
        raise NotFound(_("There is no such shipment."))
    order = open_order(session, found.order_id)
    if money_first:
        money_first(order)
    # Kept, or the session would forget them and read each again when its shipment line is touched.
    promises = lock_reserved_levels(session, order_line_ids=[line.id for line in order.lines]) if with_stock else ()
    return Parcel(lock_shipment(session, found.id), order, promises)
