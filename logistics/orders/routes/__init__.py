"""Pages about orders, by what they are about."""

from logistics.orders.routes import (
    address,
    cards,
    channels,
    collections,
    documents,
    drafts,
    exporting,
    hooks,
    incidents,
    listing,
    money,
    order,
    papers,
    pauses,
    payments,
    reversing,
    selection,
    taking,
    terms,
    views,
)
from logistics.orders.routes.blueprint import bp, payment_hooks
from logistics.orders.routes.blueprint import channels as channels_bp
from logistics.orders.routes.blueprint import documents as documents_bp
from logistics.orders.routes.blueprint import payments as payments_bp
from logistics.orders.routes.blueprint import refunds as refunds_bp

__all__ = [
    "address",
    "bp",
    "cards",
    "channels",
    "channels_bp",
    "collections",
    "documents",
    "documents_bp",
    "drafts",
    "exporting",
    "hooks",
    "incidents",
    "listing",
    "money",
    "order",
    "papers",
    "pauses",
    "payment_hooks",
    "payments",
    "payments_bp",
    "refunds_bp",
    "reversing",
    "selection",
    "taking",
    "terms",
    "views",
]
