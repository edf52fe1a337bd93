"""Pages of the catalogue."""

from logistics.catalog.routes.products import bp
from logistics.catalog.routes.taxes import taxes as taxes_bp

__all__ = ["bp", "taxes_bp"]
