"""Who listens to what: every subscription of the house at a glance. Calls go down the ladder, news goes up."""

from collections.abc import Sequence

from logistics.core.events import Event, Listener
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.listeners import assign_when_paid, assign_when_served, bill_when_dispatched, cancel_shipments, shorten_shipments
from logistics.inventory.events import StockRanLow, StockReceived, WaitingServed
from logistics.notifications.listeners import (
    tell_of_cancelled_lines,
    tell_of_delivery,
    tell_of_dispatch,
    tell_of_low_stock,
    tell_of_order,
    tell_of_refund,
    tell_of_request,
)
from logistics.orders.events import AllowanceGiven, OrderLinesCancelled, OrderRefunded, OrderStatusChanged, PaymentRequested
from logistics.orders.listeners import ask_provider, bill_changes, note_stock, settle_when_closed
from logistics.payments.events import PaymentRefunded, RefundBegun
from logistics.shops.listeners import retry_when_received
from logistics.tracking.events import ParcelMoved
from logistics.tracking.listeners import attach_when_dispatched, notice_return

SUBSCRIPTIONS: dict[type[Event], Sequence[Listener]] = {
    OrderStatusChanged: (settle_when_closed, assign_when_paid, cancel_shipments, tell_of_order, bill_changes),
    OrderLinesCancelled: (shorten_shipments, tell_of_cancelled_lines),
    OrderRefunded: (tell_of_refund,),
    AllowanceGiven: (bill_changes,),
    PaymentRefunded: (bill_changes,),
    ShipmentDispatched: (tell_of_dispatch, bill_when_dispatched, attach_when_dispatched),
    ParcelMoved: (notice_return, tell_of_delivery),
    StockRanLow: (tell_of_low_stock,),
    WaitingServed: (note_stock, assign_when_served),
    RefundBegun: (ask_provider,),
    PaymentRequested: (tell_of_request,),
    StockReceived: (retry_when_received,),
}
