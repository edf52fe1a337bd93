"""Which channels have a hook, and how each kind signs and says things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from logistics.core.signatures import is_signed_by_standard
from logistics.orders.models import ChannelKind
from logistics.shops import own_events, shopify, signatures, woocommerce
from logistics.shops.shop_orders import Envelope, ShopNews


@dataclass(frozen=True)
class Dialect:
    """How one kind of shop speaks."""

    is_signed: Callable[[Mapping[str, str], bytes, str], bool]
    envelope: Callable[[Mapping[str, str], Mapping[str, Any], str], Envelope]
    read: Callable[[str, Mapping[str, Any]], ShopNews]
    topics: tuple[str, ...]


DIALECTS: dict[ChannelKind, Dialect] = {
    ChannelKind.SHOPIFY: Dialect(signatures.is_signed_by_shopify, shopify.envelope, shopify.read, shopify.TOPICS),
    ChannelKind.WOOCOMMERCE: Dialect(signatures.is_signed_by_woocommerce, woocommerce.envelope, woocommerce.read, woocommerce.TOPICS),
    ChannelKind.API: Dialect(is_signed_by_standard, own_events.envelope, own_events.read, own_events.TOPICS),
}


def dialect_of(kind: str) -> Dialect | None:
    """The dialect of a kind of channel; None where it has no hook."""
    return DIALECTS.get(ChannelKind(kind))
