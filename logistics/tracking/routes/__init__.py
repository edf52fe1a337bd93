"""Pages about parcels on their way, by whom they are for."""

from logistics.tracking.routes import doors, public, recording, renewal, self_service, updates
from logistics.tracking.routes.blueprint import bp

__all__ = ["bp", "doors", "public", "recording", "renewal", "self_service", "updates"]
