"""Pages about parcels on their way, by whom they are for, and the door that carriers knock at."""

from logistics.tracking.routes import (
    answers,
    desk,
    doors,
    hooks,
    inbox,
    incidents,
    proofs,
    public,
    recording,
    renewal,
    secrets,
    self_service,
    updates,
)
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.hooks import carrier_hooks_bp

__all__ = [
    "answers",
    "bp",
    "carrier_hooks_bp",
    "desk",
    "doors",
    "hooks",
    "inbox",
    "incidents",
    "proofs",
    "public",
    "recording",
    "renewal",
    "secrets",
    "self_service",
    "updates",
]
