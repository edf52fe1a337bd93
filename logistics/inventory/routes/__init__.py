"""The pages of inventory, by noun; importing them hangs them on the blueprint."""

from logistics.inventory.routes import adjustments, movements, receipts, stock, warehouses
from logistics.inventory.routes.blueprint import bp

__all__ = ["adjustments", "bp", "movements", "receipts", "stock", "warehouses"]
