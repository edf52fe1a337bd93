"""What happens to products."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class ProductCreated(Event):
    """The shop has a new product. Price in minor units."""

    SUBJECT: ClassVar[str] = "product"
    product_id: int
    sku: str
    price: int
    currency: str


@dataclass(frozen=True)
class ProductChanged(Event):
    """Facts about a product changed; `fields` names which."""

    SUBJECT: ClassVar[str] = "product"
    product_id: int
    sku: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PriceChanged(Event):
    """A product costs something else from now on. Prices in minor units of `currency`."""

    SUBJECT: ClassVar[str] = "product"
    product_id: int
    before: int
    price: int
    currency: str
