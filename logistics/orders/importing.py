"""Importing new orders: placed now, by the same capability as at the desk; stock is promised and the customer is told.

An order that the channel has sent before stays as it is; the report says whether it is what the file says.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.actors import Actor
from logistics.core.importing import Compare, Importer, Line, Report, RowRefused, Rows
from logistics.core.language import _, lazy
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.core.sheets import RowError
from logistics.customers.models import Customer
from logistics.customers.recognising import Doubt
from logistics.customers.rules import check_recording
from logistics.inventory.reserving import OutOfStock
from logistics.orders.asking import Asked, in_doubt, may_ask, read_orders
from logistics.orders.comparing import compare_with, find_known
from logistics.orders.models import Channel, Order
from logistics.orders.order_columns import COLUMNS
from logistics.orders.order_sheet import check
from logistics.orders.paying import amount_open, record_transfer
from logistics.orders.placing import place, place_for_somebody_new
from logistics.orders.pricing import Tariff, find_tariff, reckon
from logistics.orders.quoting import find_available
from logistics.orders.validating import OrderRequest, check_prices, find_problems, find_products, goods_of


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Place one order, all of it or nothing, and record the transfer that came for it. One that is here already stays as it is."""
    (asked,) = read_orders(session, [rows], by=by)
    report = Report()
    if order := find_known(session, asked.request.channel, [asked.name]).get(asked.name):
        report.tell(compare_with(order, asked))
        return report
    try:
        order = _place(session, asked, by)
    except Refusal as refusal:
        raise RowRefused(*asked.errors_of(refusal)) from refusal
    report.tell(Line(asked.row, "new", asked.name, order.number, _for_whom(asked)))
    report.notes += _spelled_otherwise(asked, {line.product.sku.lower(): line.product for line in order.lines})
    return report


def begin_comparing(by: Actor) -> Compare:
    """A dry run over a file: it remembers what the orders it has seen would take from the stock."""
    return _DryRun(by)


NEW_ORDERS = Importer(
    kind="new-orders",
    columns=COLUMNS,
    write=write,
    check=check,
    unit_column="order",
    compare=begin_comparing,
    constants={"channel": "import"},
    needs="imports.orders",
    label=lazy("New orders"),
    hint=lazy("To be paid and shipped: stock is promised, and customers are told. An order that was imported before is never placed twice."),
)


class _DryRun:
    def __init__(self, by: Actor) -> None:
        self.by = by
        self.left: dict[int, int] = {}
        self.tariffs: dict[str, Tariff] = {}

    def __call__(self, session: Session, units: Sequence[Rows]) -> Report:
        channel = session.scalar(select(Channel).where(Channel.code == units[0][0][1]["channel"]))
        known = find_known(session, channel.code, [str(rows[0][1]["order"]) for rows in units]) if channel else {}
        products = find_products(session, [values["sku"] for rows in units for _number, values in rows])
        fresh = [product.id for product in products.values() if product.id not in self.left]
        available = {product: sum(places.values()) for product, places in find_available(session, fresh).items()}
        self.left |= {product_id: available.get(product_id, 0) for product_id in fresh}
        report = Report()
        for asked in read_orders(session, units, by=self.by):
            if order := known.get(asked.name):
                report.tell(compare_with(order, asked))
            elif errors := self._find_errors(session, asked, products, channel):
                report.refused += errors
                report.left_out += 1
            else:
                report.tell(Line(asked.row, "new", asked.name, message=_for_whom(asked)))
                report.notes += _spelled_otherwise(asked, products)
        return report

    def _find_errors(self, session: Session, asked: Asked, products: Mapping[str, Product], channel: Channel | None) -> list[RowError]:
        if channel is None or not channel.active:
            return [
                RowError(asked.row, "", "closed_channel", _("The channel “%(code)s” takes no orders.", code=asked.request.channel), thing=asked.name)
            ]
        if isinstance(asked.customer, Doubt):
            return in_doubt(asked, asked.customer)
        try:
            _refuse_wrong(asked.request, products)
            _refuse_wrong_payment(asked, self._total(session, asked.request, products, channel), self.by)
            self._take(asked, products, may_wait=channel.may_wait)
        except Refusal as refusal:
            return asked.errors_of(refusal)
        return []

    def _total(self, session: Session, request: OrderRequest, products: Mapping[str, Product], channel: Channel) -> int:
        country = request.address.country
        if country not in self.tariffs:
            self.tariffs[country] = find_tariff(session, country=country, included=channel.tax_included)
        goods = goods_of(request, products)
        return reckon(goods, discount=request.discount, shipping=request.shipping, tariff=self.tariffs[country]).total

    def _take(self, asked: Asked, products: Mapping[str, Product], *, may_wait: bool) -> None:
        """Count what the order would take from the stock. Raises OutOfStock where that is not there any more, unless orders may wait."""
        wanted: dict[int, int] = {}
        for line in asked.request.lines:
            product = products[line.sku.lower()]
            wanted[product.id] = wanted.get(product.id, 0) + line.quantity
        missing = {product_id: units - self.left[product_id] for product_id, units in wanted.items() if units > self.left[product_id]}
        if missing and not may_wait:
            short = [product for product in products.values() if product.id in missing]
            raise OutOfStock(missing, [_shortage(product, wanted[product.id], self.left[product.id]) for product in short])
        for product_id, units in wanted.items():
            self.left[product_id] = max(0, self.left[product_id] - units)


def _place(session: Session, asked: Asked, by: Actor) -> Order:
    if isinstance(asked.customer, Doubt):
        raise RowRefused(*in_doubt(asked, asked.customer))
    known = asked.customer is not None
    order = place(session, asked.request, by=by) if known else place_for_somebody_new(session, asked.request, details=asked.details, by=by)
    if asked.payment_reference:
        amount = amount_open(session, order) if asked.paid is None else asked.paid
        any_amount = may_ask("money.record_large", by)
        record_transfer(session, number=order.number, amount=amount, reference=asked.payment_reference, by=by, any_amount=any_amount)
    return order


def _refuse_wrong(request: OrderRequest, products: Mapping[str, Product]) -> None:
    if problems := find_problems(request, products):
        raise Invalid(problems[0].message, errors=problems)
    check_prices(request, products)


def _refuse_wrong_payment(asked: Asked, total: int, by: Actor) -> None:
    """As recording the transfer would, once the order is placed."""
    if not asked.payment_reference:
        return
    paid = total if asked.paid is None else asked.paid
    if not 0 < paid <= total:
        message = _("The amount must be more than 0 and at most what the order costs.")
        raise Invalid(message, errors=[FieldError("amount", "bad_amount", message)])
    check_recording(paid, asked.request.currency, any_amount=may_ask("money.record_large", by))


def _shortage(product: Product, requested: int, left: int) -> FieldError:
    facts = {"sku": product.sku, "requested": requested, "available": left}
    message = _("%(sku)s %(name)s: %(requested)s wanted, %(available)s available.", name=product.name, **facts)
    return FieldError(f"products/{product.sku}", OutOfStock.code, message, facts)


def _for_whom(asked: Asked) -> str:
    if isinstance(asked.customer, Customer):
        return str(_("For %(name)s", name=asked.customer.name))
    return str(_("For a new customer, %(name)s", name=asked.details.name))


def _spelled_otherwise(asked: Asked, products: Mapping[str, Product]) -> list[RowError]:
    """Codes that differ from ours in their case alone are the same product here; whoever thinks otherwise should hear of it."""
    pairs = [(number, values["sku"], products[values["sku"].lower()].sku) for number, values in asked.rows]
    return [
        RowError(
            number, "sku", "other_spelling", _("“%(typed)s” is taken for the product “%(sku)s”: case makes no difference.", typed=typed, sku=ours)
        )
        for number, typed, ours in pairs
        if typed != ours
    ]
