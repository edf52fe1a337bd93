"""Pages about orders, by what they are about."""

from logistics.orders.routes import listing, order, selection, taking, views
from logistics.orders.routes.blueprint import bp

__all__ = ["bp", "listing", "order", "selection", "taking", "views"]
