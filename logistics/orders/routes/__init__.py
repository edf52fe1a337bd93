"""Pages about orders, by what they are about."""

from logistics.orders.routes import drafts, listing, order, taking
from logistics.orders.routes.blueprint import bp

__all__ = ["bp", "drafts", "listing", "order", "taking"]
