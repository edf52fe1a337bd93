"""Pages about orders, by what they are about."""

from logistics.orders.routes import channels, documents, drafts, exporting, listing, order, papers, pauses, selection, taking, views
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.blueprint import channels as channels_bp
from logistics.orders.routes.blueprint import documents as documents_bp

__all__ = [
    "bp",
    "channels",
    "channels_bp",
    "documents",
    "documents_bp",
    "drafts",
    "exporting",
    "listing",
    "order",
    "papers",
    "pauses",
    "selection",
    "taking",
    "views",
]
