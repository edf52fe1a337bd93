"""Pages about orders, by what they are about."""

from logistics.orders.routes import listing, order, pauses, taking
from logistics.orders.routes.blueprint import bp

__all__ = ["bp", "listing", "order", "pauses", "taking"]
