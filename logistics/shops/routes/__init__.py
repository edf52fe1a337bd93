"""The doors of shops, and the pages about what came in by them."""

from logistics.shops.routes import hooks, inbox, mappings, secrets
from logistics.shops.routes.blueprints import hooks_bp, shops_bp

__all__ = ["hooks", "hooks_bp", "inbox", "mappings", "secrets", "shops_bp"]
