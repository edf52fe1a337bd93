"""Orders and their lines, and the channels they come from."""

from logistics.orders.models.channels import Channel, ChannelKind
from logistics.orders.models.orders import OPEN, CancelReason, HoldReason, Order, OrderLine, OrderStatus

__all__ = ["OPEN", "CancelReason", "Channel", "ChannelKind", "HoldReason", "Order", "OrderLine", "OrderStatus"]
