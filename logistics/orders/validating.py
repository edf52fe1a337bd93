"""Checking an order before anything is written: every field that is wrong is named, all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import Text

from logistics.catalog.models import Product
from logistics.core.actors import Forbidden
from logistics.core.addresses import Address, check_address
from logistics.core.contacts import check_email, check_phone
from logistics.core.language import _
from logistics.core.money import MAX_MINOR, currencies, decimals, net_of_discount, plain
from logistics.core.parsing import MAX_QUANTITY
from logistics.core.refusals import FieldError
from logistics.orders.pricing import NO_DISCOUNT, Discount, Goods, spread

MOST_LINES = 500
MOST_URGENT = 9
LONGEST_LINE_NOTE = 500
# How much less than by the products' own prices an order clerk may ask for, in whole units of the currency; managers ask for any price.
DISCOUNT_LIMIT = 200


class OverDiscountLimit(Forbidden):
    """The prices and discounts give away more than this person may."""

    code = "over_discount_limit"


@dataclass(frozen=True)
class LineRequest:
    """A line as it was asked for. No price means the product's own. Minor units, basis points. `note` is for who packs it."""

    sku: str
    quantity: int
    unit_price: int | None = None
    discount_bp: int = 0
    note: str = ""


@dataclass(frozen=True)
class ShopMoney:
    """What the shop an order comes from has taken for it in all, and what it was promised besides. Minor units."""

    provider: str
    reference: str
    captured: int
    authorised: int = 0


@dataclass(frozen=True)
class OrderRequest:
    """An order as it was asked for, before it is checked. Amounts in minor units of `currency`.

    `any_price`: whoever asks may give away more than DISCOUNT_LIMIT. `pay_on_terms`: whoever asks may approve that. `may_wait` and
    `ship_complete`: None leaves it to the channel.
    `taxed`: our tax rates hold, which a shop that reckoned its own taxes has no use for. `agreed_total`: what it must cost in all, None
    where nothing was said of that.
    """

    channel: str
    customer_id: int
    name: str
    address: Address
    currency: str
    lines: Sequence[LineRequest]
    phone: str = ""
    email: str = ""
    shipping: int = 0
    discount: Discount = NO_DISCOUNT
    taxed: bool = True
    agreed_total: int | None = None
    language: str = "en"
    note: str = ""
    external_id: str | None = None
    pay_from_balance: bool = False
    pay_on_delivery: bool = False
    pay_on_terms: bool = False
    paid_at_shop: ShopMoney | None = None
    any_price: bool = False
    priority: int = 0
    may_wait: bool | None = None
    ship_complete: bool | None = None
    imported_at: datetime | None = None


def find_products(session: Session, skus: Sequence[str]) -> dict[str, Product]:
    """The products of these SKUs, by SKU in lower case."""
    wanted = sorted({sku.lower() for sku in skus})
    rows = session.scalars(select(Product).where(func.lower(Product.sku) == any_(literal(wanted, ARRAY(Text)))))
    return {product.sku.lower(): product for product in rows}


def find_problems(request: OrderRequest, products: Mapping[str, Product]) -> list[FieldError]:
    """Everything that is wrong with a request but for its customer; the pointers are the form's field names ("lines-0-sku").

    Imported history skips the guards of address, phone and e-mail: it is what it was.
    """
    problems = _line_problems(request, products)
    problems += _money_problems(request, products) or ([] if problems else _discount_problems(request, products))
    return problems if request.imported_at else problems + _recipient_problems(request)


def check_prices(request: OrderRequest, products: Mapping[str, Product]) -> None:
    """Raise OverDiscountLimit where too much is given away, all lines and the order's discount together. Imported history is what it was.

    Goods without a price of their own in the order's currency are a manager's to price: nothing says how much that gives away.
    """
    if request.any_price or request.imported_at:
        return
    limit = DISCOUNT_LIMIT * 10 ** decimals(request.currency)
    pairs = [(line, products[line.sku.lower()]) for line in request.lines]
    unpriced = any(product.currency != request.currency for _line, product in pairs)
    amounts = [goods.amount for goods in goods_of(request, products)]
    nets = [amount - share for amount, share in zip(amounts, spread(request.discount.off(sum(amounts)), amounts), strict=True)]
    given_away = sum(max(0, line.quantity * product.price - net) for (line, product), net in zip(pairs, nets, strict=True))
    if unpriced or given_away > limit:
        most = f"{plain(limit, request.currency)} {request.currency}"
        message = _("You can take up to %(most)s off the products' own prices. Ask a manager to place this order.", most=most)
        raise OverDiscountLimit(message, errors=[FieldError("lines", OverDiscountLimit.code, message, {"limit": limit})])


def price_of(line: LineRequest, product: Product) -> int:
    """What a unit of this line costs, in minor units: what was asked for, else the product's own price."""
    return product.price if line.unit_price is None else line.unit_price


def goods_of(request: OrderRequest, products: Mapping[str, Product]) -> list[Goods]:
    """What each line costs before the order's discount, and how it is taxed; every product is known."""
    return [Goods(amount_of(line, product), product.tax_class) for line in request.lines for product in (products[line.sku.lower()],)]


def amount_of(line: LineRequest, product: Product) -> int:
    """What a line costs with its own discount taken off, in minor units."""
    return net_of_discount(line.quantity, price_of(line, product), line.discount_bp)


def _recipient_problems(request: OrderRequest) -> list[FieldError]:
    problems = check_address(request.address)
    problems += [problem for problem in (check_phone(request.phone, request.address.country), check_email(request.email)) if problem]
    if not request.name:
        problems.append(FieldError("name", "required", _("Say who the parcel is for.")))
    if not 0 <= request.priority <= MOST_URGENT:
        problems.append(FieldError("priority", "bad_priority", _("The priority is 0 to %(most)s.", most=MOST_URGENT)))
    return problems


def _money_problems(request: OrderRequest, products: Mapping[str, Product]) -> list[FieldError]:
    if request.currency not in currencies():
        return [FieldError("currency", "unknown_currency", _("Choose a currency."))]
    if not 0 <= request.shipping <= MAX_MINOR:
        return [FieldError("shipping", "bad_amount", _("The shipping charge must be 0 or more."))]
    # Before any discount, so that no sum on the way to the total can be too large for its column either.
    gross = sum(line.quantity * price_of(line, products[line.sku.lower()]) for line in request.lines if line.sku.lower() in products)
    if gross + request.shipping > MAX_MINOR:
        return [FieldError("lines", "amount_too_large", _("The order's total is too large."))]
    return []


def _discount_problems(request: OrderRequest, products: Mapping[str, Product]) -> list[FieldError]:
    discount, currency = request.discount, request.currency
    if discount.amount < 0 or not 0 <= discount.points <= 10_000:
        return [FieldError("discount", "bad_discount", _("The discount is 0 or more, and at most what the goods cost."))]
    goods = sum(one.amount for one in goods_of(request, products))
    if discount.off(goods) <= goods:
        return []
    facts = {"discount": plain(discount.off(goods), currency), "merchandise": plain(goods, currency)}
    message = _("A discount of %(currency)s %(discount)s is more than the goods cost: %(currency)s %(merchandise)s.", currency=currency, **facts)
    return [FieldError("discount", "discount_too_large", message, facts)]


def _line_problems(request: OrderRequest, products: Mapping[str, Product]) -> list[FieldError]:
    if not request.lines:
        return [FieldError("lines", "no_lines", _("Add at least one product."))]
    if len(request.lines) > MOST_LINES:
        return [FieldError("lines", "too_many_lines", _("An order has at most %(count)s lines.", count=MOST_LINES))]
    return [problem for at, line in enumerate(request.lines) for problem in _problems_of(f"lines-{at}", line, request, products)]


def _problems_of(pointer: str, line: LineRequest, request: OrderRequest, products: Mapping[str, Product]) -> list[FieldError]:
    product = products.get(line.sku.lower())
    if product is None:
        return [FieldError(f"{pointer}-sku", "unknown_sku", _("There is no product “%(sku)s”.", sku=line.sku[:80]))]
    problems = []
    if not product.sellable and not request.imported_at:
        problems.append(FieldError(f"{pointer}-sku", "not_sellable", _("“%(sku)s” is not for sale.", sku=product.sku)))
    if not 1 <= line.quantity <= MAX_QUANTITY:
        problems.append(FieldError(f"{pointer}-quantity", "bad_quantity", _("Quantity must be 1 to 999,999.")))
    if line.unit_price is None and product.currency != request.currency:
        message = _("“%(sku)s” is priced in %(currency)s. Give its price here.", sku=product.sku, currency=product.currency)
        problems.append(FieldError(f"{pointer}-unit_price", "no_price", message))
    if line.unit_price is not None and not 0 <= line.unit_price <= MAX_MINOR:
        problems.append(FieldError(f"{pointer}-unit_price", "bad_amount", _("The price must be 0 or more.")))
    if not 0 <= line.discount_bp <= 10_000:
        problems.append(FieldError(f"{pointer}-discount", "bad_discount", _("The discount is 0 to 100 percent.")))
    if len(line.note) > LONGEST_LINE_NOTE:
        problems.append(FieldError(f"{pointer}-note", "too_long", _("At most %(count)s characters.", count=LONGEST_LINE_NOTE)))
    return problems
