"""Pages about parcels on their way, by whom they are for, and the door that carriers knock at."""

from logistics.tracking.routes import answers, hooks, inbox, public, recording, secrets
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.hooks import carrier_hooks_bp

__all__ = ["answers", "bp", "carrier_hooks_bp", "hooks", "inbox", "public", "recording", "secrets"]
