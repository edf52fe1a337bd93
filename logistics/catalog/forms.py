"""What people type about products and their taxes."""

from typing import Any

from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice

from logistics.catalog.models import Product, RatedClass, TaxRate
from logistics.catalog.rules import ProductFacts, parse_gtin, parse_rate, parse_weight
from logistics.catalog.taxing import RateFacts
from logistics.catalog.wording import TAX_CLASSES
from logistics.core.countries import countries
from logistics.core.forms import CodeField, Form, LineField, MoneyField, NoteField, PercentField, ReadField, VersionField, choice_field
from logistics.core.language import _, current_locale, lazy


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
    tax_class = choice_field(lazy("Tax class"), list(TAX_CLASSES.items()), default="standard")
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


class RateField(PercentField):
    """A tax rate in percent, held as basis points."""

    def read(self, text: str) -> int:
        """Basis points."""
        return parse_rate(text)

    def write(self, value: Any) -> str:
        """As percent; a rate of nothing is one too."""
        return super().write(value) or ("0" if value == 0 else "")


class TaxRateForm(Form):
    """A tax rate: of which goods, where, how high, and what it is called there."""

    country = choice_field(lazy("Country"), [])
    tax_class = choice_field(lazy("Tax class"), [(one.value, TAX_CLASSES[one]) for one in RatedClass])
    rate_bp = RateField(lazy("Rate"), required=True)
    name = LineField(lazy("What the tax is called"), longest=40, required=True)
    active = BooleanField(lazy("In force"), default=True)
    version = VersionField()

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; the countries are listed in the reader's language."""
        listed = [("", _("Choose a country")), *countries(current_locale())]
        self.country.choices = [SelectChoice(value=code, label=name) for code, name in listed]
        super().process(*arguments, **options)

    @classmethod
    def of(cls, rate: TaxRate) -> "TaxRateForm":
        """The form of a rate that is there, filled with what holds now."""
        return cls(formdata=None, obj=rate)._for_known()

    @classmethod
    def sent_for_known(cls) -> "TaxRateForm":
        """The form of a rate that is there, as it was sent."""
        return cls()._for_known()

    @property
    def facts(self) -> RateFacts:
        """What was typed, once it is valid."""
        return RateFacts(self.rate_bp.data or 0, self.name.data or "", bool(self.active.data))

    def _for_known(self) -> "TaxRateForm":
        del self.country, self.tax_class
        return self
