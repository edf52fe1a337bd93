"""Who listens to what: every subscription of the house at a glance. Calls go down the ladder, news goes up."""

from collections.abc import Sequence

from logistics.core.events import Event, Listener
from logistics.fulfilment.listeners import assign_when_paid, cancel_shipments
from logistics.orders.events import OrderStatusChanged

SUBSCRIPTIONS: dict[type[Event], Sequence[Listener]] = {
    OrderStatusChanged: (assign_when_paid, cancel_shipments),
}
