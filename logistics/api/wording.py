"""What people call the things of the API."""

from typing import Any

from logistics.api.models import Scope
from logistics.core.language import lazy

SCOPES: dict[Scope, Any] = {
    Scope.ORDERS: lazy("Orders of the channel: placing, reading, holding, cancelling"),
    Scope.PRICES: lazy("Naming prices and discounts of its own"),
    Scope.STOCK: lazy("Reading stock"),
    Scope.FULFILMENT: lazy("Parcels of the channel: reading, dispatching, reporting where they are"),
    Scope.CATALOGUE: lazy("Products and its own customers: reading and changing"),
}
