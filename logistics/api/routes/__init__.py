"""The API and the pages about it, by what they are about."""

from logistics.api.routes import catalogue, documents, keys, orders, shipments, stock
from logistics.api.routes.blueprint import bp

__all__ = ["bp", "catalogue", "documents", "keys", "orders", "shipments", "stock"]
