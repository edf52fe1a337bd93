"""Orders and their lines, their drafts, and the channels they come from."""

from logistics.orders.models.channels import Channel, ChannelKind
from logistics.orders.models.drafts import OrderDraft
from logistics.orders.models.orders import OPEN, CancelReason, HoldReason, Order, OrderLine, OrderStatus

__all__ = ["OPEN", "CancelReason", "Channel", "ChannelKind", "HoldReason", "Order", "OrderDraft", "OrderLine", "OrderStatus"]
