"""What happens between us and the shops."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class ChannelSecretSet(Event):
    """A channel signs with a new secret from now on; the one before holds until `ends_at` (an RFC 3339 time), if there was one."""

    SUBJECT: ClassVar[str] = "channel"
    channel_id: int
    ends_at: str = ""


@dataclass(frozen=True)
class ChannelSecretsEnded(Event):
    """Nothing that the channel signs is taken any more."""

    SUBJECT: ClassVar[str] = "channel"
    channel_id: int


@dataclass(frozen=True)
class HookAltered(Event):
    """A shop signed two different things under one event id: the second is kept apart."""

    SUBJECT: ClassVar[str] = "inbox_event"
    inbox_event_id: int
    first_id: int


@dataclass(frozen=True)
class ShopOrderParked(Event):
    """Something that a shop sent waits for a person."""

    SUBJECT: ClassVar[str] = "inbox_event"
    inbox_event_id: int
    reason: str


@dataclass(frozen=True)
class ShopOrderDecided(Event):
    """A person decided about something parked: tried again (perhaps corrected, or accepted as it is), or discarded."""

    SUBJECT: ClassVar[str] = "inbox_event"
    inbox_event_id: int
    decision: str


@dataclass(frozen=True)
class ProductMapped(Event):
    """A shop's SKU or variant means this product of ours from now on; 0 means none any more."""

    SUBJECT: ClassVar[str] = "channel"
    channel_id: int
    kind: str
    code: str
    product_id: int
