"""Pages about orders, by what they are about."""

from logistics.orders.routes import channels, drafts, exporting, listing, order, pauses, selection, taking, terms, views
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.blueprint import channels as channels_bp

__all__ = ["bp", "channels", "channels_bp", "drafts", "exporting", "listing", "order", "pauses", "selection", "taking", "terms", "views"]
