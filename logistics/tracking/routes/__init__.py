"""Pages about parcels on their way, by whom they are for."""

from logistics.tracking.routes import incidents, proofs, public, recording
from logistics.tracking.routes.blueprint import bp

__all__ = ["bp", "incidents", "proofs", "public", "recording"]
