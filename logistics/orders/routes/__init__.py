"""Pages about orders, by what they are about."""

from logistics.orders.routes import cards, channels, drafts, exporting, hooks, listing, order, pauses, selection, taking, views
from logistics.orders.routes.blueprint import bp, payment_hooks
from logistics.orders.routes.blueprint import channels as channels_bp

__all__ = [
    "bp",
    "cards",
    "channels",
    "channels_bp",
    "drafts",
    "exporting",
    "hooks",
    "listing",
    "order",
    "pauses",
    "payment_hooks",
    "selection",
    "taking",
    "views",
]
