"""Pages about shipments and carriers, by what they are about."""

from logistics.fulfilment.routes import board, carriers, many, orders, paper, shipments
from logistics.fulfilment.routes.blueprint import bp

__all__ = ["board", "bp", "carriers", "many", "orders", "paper", "shipments"]
