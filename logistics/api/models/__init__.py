"""What programs come in with."""

from logistics.api.models.keys import ApiKey, Scope

__all__ = ["ApiKey", "Scope"]
