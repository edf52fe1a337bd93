"""What people call the things of the catalogue."""

from typing import Any

from logistics.catalog.models import TaxClass
from logistics.core.language import lazy

TAX_CLASSES: dict[str, Any] = {
    TaxClass.STANDARD.value: lazy("Standard"),
    TaxClass.REDUCED.value: lazy("Reduced"),
    TaxClass.ZERO.value: lazy("Zero-rated"),
    TaxClass.EXEMPT.value: lazy("Exempt"),
}
