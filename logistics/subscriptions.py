"""Who listens to what: every subscription of the house at a glance. Calls go down the ladder, news goes up."""

from collections.abc import Sequence

from logistics.core.events import Event, Listener
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.listeners import (
    assign_when_paid,
    assign_when_served,
    bill_when_dispatched,
    cancel_shipments,
    mark_readdressed,
    shorten_shipments,
)
from logistics.inventory.events import StockRanLow, StockReceived, WaitingServed
from logistics.notifications.listeners import (
    drop_updates,
    look_for_links,
    tell_of_address,
    tell_of_cancelled_lines,
    tell_of_delivery,
    tell_of_dispatch,
    tell_of_low_stock,
    tell_of_order,
    tell_of_refund,
    tell_of_request,
    tell_of_updates,
)
from logistics.orders.events import (
    AllowanceGiven,
    OrderLinesCancelled,
    OrderLinkRenewed,
    OrderReaddressed,
    OrderRefunded,
    OrderStatusChanged,
    PaymentRequested,
)
from logistics.orders.listeners import ask_provider, bill_changes, note_stock, settle_when_closed
from logistics.payments.events import PaymentRefunded, RefundBegun
from logistics.shops.listeners import retry_when_received
from logistics.tracking.events import LinksAsked, ParcelMoved, UpdatesAsked, UpdatesEnded
from logistics.tracking.listeners import attach_when_dispatched, end_updates_when_renewed, estimate_arrival, notice_find, notice_return

SUBSCRIPTIONS: dict[type[Event], Sequence[Listener]] = {
    OrderStatusChanged: (settle_when_closed, assign_when_paid, cancel_shipments, tell_of_order, bill_changes),
    OrderLinesCancelled: (shorten_shipments, tell_of_cancelled_lines),
    OrderReaddressed: (mark_readdressed, tell_of_address),
    OrderLinkRenewed: (end_updates_when_renewed,),
    UpdatesAsked: (tell_of_updates,),
    UpdatesEnded: (drop_updates,),
    LinksAsked: (look_for_links,),
    OrderRefunded: (tell_of_refund,),
    AllowanceGiven: (bill_changes,),
    PaymentRefunded: (bill_changes,),
    ShipmentDispatched: (estimate_arrival, tell_of_dispatch, bill_when_dispatched, attach_when_dispatched),
    ParcelMoved: (notice_return, notice_find, tell_of_delivery),
    StockRanLow: (tell_of_low_stock,),
    WaitingServed: (note_stock, assign_when_served),
    RefundBegun: (ask_provider,),
    PaymentRequested: (tell_of_request,),
    StockReceived: (retry_when_received,),
}
