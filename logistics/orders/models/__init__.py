"""Orders and their lines, their drafts, the channels they come from, and the views of their list that people keep; incidents of their money."""

from logistics.orders.models.channels import Channel, ChannelKind
from logistics.orders.models.drafts import OrderDraft
from logistics.orders.models.incidents import Incident, IncidentKind, PaymentIncident
from logistics.orders.models.orders import OPEN, CancelReason, HoldReason, Order, OrderLine, OrderStatus, Owed
from logistics.orders.models.refunds import OrderCancellation, RefundKind, RefundReason, RefundRequest, RefundTo
from logistics.orders.models.views import DefaultView, OrderView

__all__ = [
    "OPEN",
    "CancelReason",
    "Channel",
    "ChannelKind",
    "DefaultView",
    "HoldReason",
    "Incident",
    "IncidentKind",
    "Order",
    "OrderCancellation",
    "OrderDraft",
    "OrderLine",
    "OrderStatus",
    "OrderView",
    "Owed",
    "PaymentIncident",
    "RefundKind",
    "RefundReason",
    "RefundRequest",
    "RefundTo",
]
