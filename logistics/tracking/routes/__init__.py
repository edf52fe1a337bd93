"""Pages about parcels on their way, by whom they are for."""

from logistics.tracking.routes import public, recording
from logistics.tracking.routes.blueprint import bp

__all__ = ["bp", "public", "recording"]
