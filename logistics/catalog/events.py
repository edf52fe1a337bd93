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
class TaxRateSaved(Event):
    """What goods of a class are taxed with in a country was added or changed. `rate` is in basis points."""

    SUBJECT: ClassVar[str] = "tax_rate"
    tax_rate_id: int
    country: str
    tax_class: str
    rate: int
    active: bool


@dataclass(frozen=True)
class TaxRateRemoved(Event):
    """A tax rate was thrown away; orders that were placed with it keep it. `rate` is in basis points."""

    SUBJECT: ClassVar[str] = "tax_rate"
    tax_rate_id: int
    country: str
    tax_class: str
    rate: int


@dataclass(frozen=True)
class PriceChanged(Event):
    """A product costs something else from now on. Prices in minor units of `currency`."""

    SUBJECT: ClassVar[str] = "product"
    product_id: int
    before: int
    price: int
    currency: str
