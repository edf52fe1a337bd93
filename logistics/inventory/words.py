"""What people call the kinds and reasons of stock: the one place of these words, for forms and pages."""

from typing import Any

from logistics.core.language import lazy
from logistics.inventory.models import MovementKind, Reason, WarehouseKind

MOVEMENTS: dict[str, Any] = {
    MovementKind.OPENING: lazy("Opening stock"),
    MovementKind.RECEIPT: lazy("Received"),
    MovementKind.ADJUSTMENT: lazy("Adjusted"),
    MovementKind.DISPATCH: lazy("Shipped"),
}
REASONS: dict[str, Any] = {
    Reason.COUNTED: lazy("Counted"),
    Reason.DAMAGED: lazy("Damaged"),
    Reason.LOST: lazy("Lost"),
    Reason.FOUND: lazy("Found"),
    Reason.CORRECTION: lazy("Typing error"),
    Reason.OWN_USE: lazy("Own use"),
}
WAREHOUSES: dict[str, Any] = {
    WarehouseKind.WAREHOUSE: lazy("Warehouse"),
    WarehouseKind.DISTRIBUTION_CENTRE: lazy("Distribution centre"),
}
