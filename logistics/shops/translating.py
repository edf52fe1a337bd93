"""Making one of our order requests of a shop's order: which products of ours it means, and at which prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import Text

from logistics.catalog.models import Product
from logistics.core.addresses import Address
from logistics.customers.recognising import Person, recognise_one
from logistics.customers.rules import CustomerDetails
from logistics.orders.models import Channel
from logistics.orders.validating import OrderRequest, ShopMoney, find_products
from logistics.shops.models import CodeKind, SkuMapping
from logistics.shops.pricing import price
from logistics.shops.shop_orders import Recipient, ShopLine, ShopOrder

NOBODY = 0
# Later parts of one payment are counted behind it.
_LONGEST_REFERENCE = 90
_PARTS = tuple(part.name for part in fields(Address))
CORRECTABLE = ("name", "phone", "email", *_PARTS)


@dataclass(frozen=True)
class Translation:
    """What would be placed. `unknown` are lines that no product of ours is known for; the request is of the others then."""

    request: OrderRequest
    details: CustomerDetails
    unknown: tuple[ShopLine, ...]


def translate(session: Session, channel: Channel, order: ShopOrder, external_id: str, corrections: Mapping[str, str]) -> Translation:
    """What to place for a shop's order; `corrections` are what a clerk typed over its recipient. Reads only.

    The request's customer is NOBODY where they are new to us.
    """
    skus = find_skus(session, channel.id, order.goods)
    recipient = correct(order.recipient, corrections)
    person = Person(order.customer_reference, recipient.email, recipient.phone, recipient.address.country, recipient.name)
    known = recognise_one(session, person)
    request = OrderRequest(
        channel=channel.code,
        customer_id=known.id if known else NOBODY,
        name=recipient.name,
        address=recipient.address,
        currency=order.currency,
        lines=[part for line in order.goods if line.row in skus for part in price(line, skus[line.row])],
        phone=recipient.phone,
        email=recipient.email,
        shipping=order.charges,
        taxed=not channel.reckons_tax,
        language=order.language,
        note=order.note,
        external_id=external_id,
        pay_from_balance=order.pay_from_balance,
        paid_at_shop=shop_money(channel, order, external_id, authorised=order.authorised) if order.captured or order.authorised else None,
        any_price=True,
        priority=order.priority,
    )
    return Translation(request, _details(order, recipient), tuple(line for line in order.goods if line.row not in skus))


def shop_money(channel: Channel, order: ShopOrder, external_id: str, *, authorised: int) -> ShopMoney:
    """What the shop has taken for its order, under the channel's name, so that no bank and no account can be meant."""
    return ShopMoney(f"shop:{channel.code}", external_id[:_LONGEST_REFERENCE], order.captured, authorised)


def correct(recipient: Recipient, corrections: Mapping[str, str]) -> Recipient:
    """The recipient with what a clerk typed over it."""
    typed = {name: corrections[name] for name in CORRECTABLE if name in corrections}
    address = replace(recipient.address, **{name: text for name, text in typed.items() if name in _PARTS})
    own = {name: text for name, text in typed.items() if name not in _PARTS}
    return replace(recipient, address=address, **own)


def find_skus(session: Session, channel_id: int, lines: Sequence[ShopLine]) -> dict[int, str]:
    """Our SKU for each line's row, as far as it is known: as its SKU was mapped, else its variant, else as it is one of ours."""
    mapped = _mapped(session, channel_id, lines)
    ours = find_products(session, [line.sku for line in lines if line.sku])
    found = {line.row: _choose(line, mapped, ours) for line in lines}
    return {row: sku for row, sku in found.items() if sku}


def code_of(line: ShopLine) -> tuple[CodeKind, str]:
    """By what a line is to be mapped: its SKU, or its variant's id where it has none."""
    return (CodeKind.SKU, line.sku.lower()) if line.sku else (CodeKind.VARIANT, line.variant)


def _choose(line: ShopLine, mapped: Mapping[tuple[str, str], str], ours: Mapping[str, Product]) -> str:
    by_sku = mapped.get((CodeKind.SKU, line.sku.lower())) if line.sku else None
    by_variant = mapped.get((CodeKind.VARIANT, line.variant)) if line.variant else None
    product = ours.get(line.sku.lower()) if line.sku else None
    return by_sku or by_variant or (product.sku if product else "")


def _mapped(session: Session, channel_id: int, lines: Sequence[ShopLine]) -> dict[tuple[str, str], str]:
    codes = sorted({code for line in lines for code in (line.sku.lower(), line.variant) if code})
    rows = session.execute(
        select(SkuMapping.kind, SkuMapping.code, Product.sku)
        .join(Product, Product.id == SkuMapping.product_id)
        .where(SkuMapping.channel_id == channel_id, SkuMapping.code == any_(literal(codes, ARRAY(Text))))
    )
    return {(kind, code): sku for kind, code, sku in rows}


def _details(order: ShopOrder, recipient: Recipient) -> CustomerDetails:
    return CustomerDetails(
        name=order.customer_name or recipient.name,
        reference=order.customer_reference,
        email=recipient.email,
        phone=recipient.phone,
        language=order.language,
        address=recipient.address,
    )
