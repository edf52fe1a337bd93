"""What people type about a product."""

from typing import Any

from wtforms import BooleanField

from logistics.catalog.models import Product
from logistics.catalog.rules import ProductFacts, parse_gtin, parse_weight
from logistics.core.forms import CodeField, Form, LineField, MoneyField, NoteField, ReadField, VersionField
from logistics.core.language import lazy


class GtinField(ReadField):
    """The number under a barcode."""

    def read(self, text: str) -> str:
        """Its digits."""
        return parse_gtin(text)

    def empty(self) -> str:
        """No barcode."""
        return ""


class WeightField(ReadField):
    """A weight in grams."""

    def read(self, text: str) -> int:
        """Grams."""
        return parse_weight(text)

    def write(self, value: Any) -> str:
        """A weight that nobody gave is left blank."""
        return str(value) if value else ""

    def empty(self) -> int:
        """Unknown."""
        return 0


class ProductForm(Form):
    """A product's facts; prices are in `currency`."""

    sku = CodeField(lazy("SKU"), required=True)
    name = LineField(lazy("Name"), required=True)
    price = MoneyField(lazy("Price"), required=True)
    gtin = GtinField(lazy("Barcode number (GTIN)"))
    weight_grams = WeightField(lazy("Weight"))
    description = NoteField(lazy("Description"))
    sellable = BooleanField(lazy("Can be ordered"), default=True)
    discontinued = BooleanField(lazy("Discontinued"))
    version = VersionField()

    def __init__(self, *arguments: Any, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; the price needs the currency for that."""
        self.price.currency = self.currency
        super().process(*arguments, **options)

    @classmethod
    def of(cls, product: Product) -> "ProductForm":
        """The form filled with the product as it is."""
        return cls(formdata=None, obj=product, currency=product.currency)

    @property
    def facts(self) -> ProductFacts:
        """What was typed, once it is valid."""
        typed = {name: self[name].data for name in ProductFacts.__dataclass_fields__ if name in self}
        return ProductFacts(currency=self.currency, **typed)
