"""What shops sent, the secrets they sign it with, and which of our products they mean."""

from logistics.shops.models.inbox import CodeKind, InboxEvent, InboxState, Reason, SkuMapping
from logistics.shops.models.secrets import ChannelSecret

__all__ = ["ChannelSecret", "CodeKind", "InboxEvent", "InboxState", "Reason", "SkuMapping"]
