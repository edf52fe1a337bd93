"""The pages of staff, by noun; importing them hangs them on the blueprint."""

from logistics.staff.routes import events, me, people, sign_in
from logistics.staff.routes.blueprint import bp

__all__ = ["bp", "events", "me", "people", "sign_in"]
