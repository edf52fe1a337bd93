"""Goods and customers, as programs send and get them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from logistics.api.schemas.kinds import (
    AmountText,
    Answer,
    Body,
    Code,
    Country,
    Currency,
    Cursor,
    Email,
    Limit,
    Line,
    Money,
    Name,
    Note,
    Phone,
    Postcode,
    Query,
    Question,
    Short,
    TaxNumber,
    example,
)
from logistics.catalog.models import TaxClass
from logistics.catalog.rules import parse_gtin, parse_tax_class


def _gtin(text: str) -> str:
    return parse_gtin(text) if text else ""


Gtin = Annotated[str, AfterValidator(_gtin), WithJsonSchema({"type": "string", "examples": ["4006381333931"]})]
TaxClassText = Annotated[str, AfterValidator(parse_tax_class), WithJsonSchema({"type": "string", "enum": [one.value for one in TaxClass]})]
Language = Literal["en", "zh_Hans"]


class ProductQuery(Query):
    """Which products are wanted; by SKU."""

    q: Question = Field("", description="The beginning of a SKU, words of the name or a barcode.")
    show: Literal["sellable", "blocked", "discontinued"] | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class ProductBody(Body):
    """A product as it is to be. One that is there keeps what is not said; a new one needs a name and a price."""

    model_config = example(sku="LAMP-OAK", name="Harbour lamp, oak", price="89.00", gtin="4006381333931", weight_grams=1450)

    sku: Code
    name: Name | None = None
    price: AmountText | None = None
    currency: Currency | None = Field(None, description="Of the price; the product's own, or the shop's, where none is given.")
    gtin: Gtin | None = Field(None, description="The number under the barcode.")
    description: Note | None = None
    weight_grams: Annotated[int, Field(ge=0, le=999_999)] | None = None
    tax_class: TaxClassText | None = Field(None, description="How it is taxed; standard for a new product.")
    sellable: bool | None = None
    discontinued: bool | None = None


class ProductAnswer(Answer):
    """A product."""

    sku: str
    name: str
    price: Money
    currency: str
    gtin: str
    description: str
    weight_grams: int
    tax_class: TaxClass
    sellable: bool
    discontinued: bool
    updated_at: datetime


class ProductPage(Answer):
    """A page of products; `next` is the cursor of the page after it, null at the end."""

    items: list[ProductAnswer]
    next: str | None


class CustomerQuery(Query):
    """Which customers are wanted, of those that came by this channel's keys; by name."""

    q: Question = Field("", description="Words of the name, the reference, an e-mail address or a phone's ending.")
    cursor: Cursor = ""
    limit: Limit = 50


class HomeBody(Body):
    """Where a customer's parcels usually go."""

    line1: Line = ""
    line2: Line = ""
    district: Short = ""
    city: Short = ""
    region: Short = ""
    postcode: Postcode = ""
    country: Country


class CustomerUpkeepBody(Body):
    """A customer as they are to be. One that is there keeps what is not said; a new one needs a name."""

    model_config = example(
        reference="MINA",
        name="Mina Park",
        email="mina@example.com",
        address={"line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"},
    )

    reference: Code
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = Field(None, description="In which they get their messages.")
    tax_number: TaxNumber | None = Field(None, description="Under which they pay VAT; it stands on their invoices.")
    address: HomeBody | None = None


class HomeAnswer(Answer):
    """Where a customer's parcels usually go."""

    line1: str
    line2: str
    district: str
    city: str
    region: str
    postcode: str
    country: str


class CustomerAnswer(Answer):
    """A customer that came by this channel's keys."""

    reference: str | None
    name: str
    email: str
    phone: str
    language: str
    tax_number: str
    address: HomeAnswer
    updated_at: datetime


class CustomerPage(Answer):
    """A page of customers; `next` is the cursor of the page after it, null at the end."""

    items: list[CustomerAnswer]
    next: str | None
