"""What happens to keys."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class ApiKeyIssued(Event):
    """A program can come in from now on."""

    SUBJECT: ClassVar[str] = "api_key"
    api_key_id: int
    channel: str
    prefix: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class ApiKeyRevoked(Event):
    """The key lets nobody in any more."""

    SUBJECT: ClassVar[str] = "api_key"
    api_key_id: int
    channel: str
    prefix: str
