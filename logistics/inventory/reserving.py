"""Promising stock to order lines, from the warehouses that serve them best, and taking promises back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core.actors import Actor
from logistics.core.addresses import Address
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Refusal
from logistics.inventory.events import StockAwaited, StockReserved
from logistics.inventory.keeping import lock_reserved_levels
from logistics.inventory.ledger import warn_if_low
from logistics.inventory.locks import lock_or_make_levels, lock_products
from logistics.inventory.models import Place, Reservation, ReservationState, StockLevel, Warehouse
from logistics.inventory.releasing import give_up
from logistics.inventory.rules import Demand, Plan, Share, Site, SourcingRule, distance, find_missing, plan, share_out, total_by_product
from logistics.inventory.serving import serve_everywhere


class OutOfStock(Refusal):
    """There is not enough. `missing` says by how many units each product id is short."""

    code = "insufficient_stock"

    def __init__(self, missing: Mapping[int, int], errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors), errors=errors)
        self.missing = dict(missing)


@dataclass(frozen=True)
class Sourcing:
    """Where an order's goods come from: its reservations; by which rule their warehouses (codes) were chosen; units that wait, by product id."""

    rule: SourcingRule
    warehouses: Sequence[str] = ()
    reservations: Sequence[Reservation] = ()
    waiting: Mapping[int, int] = field(default_factory=dict)

    def as_facts(self) -> dict[str, Any]:
        """The reason as an order keeps it: rule, warehouses, waiting (units of all products)."""
        return {"rule": self.rule.value, "warehouses": list(self.warehouses), "waiting": sum(self.waiting.values())}


def reserve(
    session: Session,
    *,
    demands: Sequence[Demand],
    reference: str,
    placed_at: datetime,
    destination: Address,
    priority: int = 0,
    may_wait: bool = False,
    by: Actor,
) -> Sourcing:
    """Promise stock at the open warehouses to order lines, from where inventory.rules.plan says: all of them, or none.

    With `may_wait`, what is short waits at the first of the warehouses that serve the rest; the higher the priority, the sooner it gets
    what comes in. Rows that wait already are served before. Holds the stock rows of these products in all the warehouses until the
    caller's transaction ends. Raises OutOfStock, which says how much of each product is missing: what is discontinued never waits.
    """
    if not demands:
        return Sourcing(SourcingRule.NONE_YET)
    wanted = total_by_product(demands)
    sites = _rank_sites(session, destination)
    levels, chosen, missing = _choose(session, wanted, sites, may_wait=may_wait, by=by)
    serving = chosen.sites or tuple(sites[:1])
    shares, short = share_out(demands, chosen.taken)
    terms = {"reference": reference, "placed_at": placed_at, "priority": priority}
    rows = _promise(session, levels, shares, terms, by)
    if short:
        rows += _let_wait(session, levels, serving[0], short, terms, by)
    return Sourcing(chosen.rule, [site.code for site in serving], rows, missing)


def release(session: Session, *, order_line_ids: Sequence[int], by: Actor) -> list[Reservation]:
    """Take back every open promise to these order lines, those that wait too; what is free then goes to others that wait.

    Locks their stock rows; a no-op where nothing is promised.
    """
    return give_up(session, lock_reserved_levels(session, order_line_ids=order_line_ids), by=by)


def _rank_sites(session: Session, destination: Address) -> Sequence[Site]:
    columns = (Warehouse.city, Warehouse.region, Warehouse.postcode, Warehouse.country)
    rows = session.execute(select(Warehouse.id, Warehouse.code, Warehouse.priority, *columns).where(Warehouse.active))
    addresses = ((row, Address(city=row.city, region=row.region, postcode=row.postcode, country=row.country)) for row in rows)
    sites = [Site(row.id, row.code, row.priority, distance(address, destination)) for row, address in addresses]
    return sorted(sites, key=lambda site: site.rank)


def _choose(
    session: Session, wanted: Mapping[int, int], sites: Sequence[Site], *, may_wait: bool, by: Actor
) -> tuple[Mapping[Place, StockLevel], Plan, Mapping[int, int]]:
    """The levels of these products, locked; what to take from where; and what has to wait, where its level is among them."""
    levels = lock_products(session, sorted(wanted))
    serve_everywhere(session, levels, sites, by=by)
    open_ids = {site.id for site in sites}
    available = {place: level.available for place, level in levels.items() if place.warehouse_id in open_ids}
    if missing := find_missing(wanted, available):
        _refuse_unless_all_wait(session, missing, wanted, may_wait=may_wait and bool(sites))
    chosen = plan(wanted, available, sites)
    waits_at = {Place((chosen.sites or sites)[0].id, product) for product in missing}
    if new := waits_at - levels.keys():
        # The first units may be coming in there in this moment: once the level is ours, all is looked at again.
        lock_or_make_levels(session, new)
        return _choose(session, wanted, sites, may_wait=may_wait, by=by)
    return levels, chosen, missing


def _promise(session: Session, levels: Mapping[Place, StockLevel], shares: Iterable[Share], terms: Mapping[str, Any], by: Actor) -> list[Reservation]:
    rows: list[Reservation] = []
    before: dict[Place, int] = {}
    for share in shares:
        level = levels[share.place]
        before.setdefault(share.place, level.available)
        level.reserved += share.units
        rows.append(Reservation(stock_level_id=level.id, order_line_id=share.order_line_id, quantity=share.units, **terms))
    if rows:
        session.add_all(rows)
        session.flush()
        publish(session, StockReserved(rows[0].id, rows[0].reference, _summary(rows)), by=by)
    for place, units in before.items():
        warn_if_low(session, levels[place], available_before=units, by=by, reference=terms["reference"])
    return rows


def _let_wait(
    session: Session, levels: Mapping[Place, StockLevel], site: Site, short: Sequence[Demand], terms: Mapping[str, Any], by: Actor
) -> list[Reservation]:
    rows = []
    for demand in short:
        level = levels[Place(site.id, demand.product_id)]
        level.waiting += demand.quantity
        waits = {"quantity": demand.quantity, "state": ReservationState.WAITING.value}
        rows.append(Reservation(stock_level_id=level.id, order_line_id=demand.order_line_id, **waits, **terms))
    session.add_all(rows)
    session.flush()
    publish(session, StockAwaited(rows[0].id, rows[0].reference, _summary(rows)), by=by)
    return rows


def _refuse_unless_all_wait(session: Session, missing: Mapping[int, int], wanted: Mapping[int, int], *, may_wait: bool) -> None:
    found = select(Product).where(Product.id == any_(literal(sorted(missing), ARRAY(BigInteger)))).order_by(Product.sku)
    refused = [product for product in session.scalars(found) if product.discontinued or not may_wait]
    if refused:
        short = {product.id: missing[product.id] for product in refused}
        raise OutOfStock(short, [_shortage(product, wanted[product.id], short[product.id]) for product in refused])


def _shortage(product: Product, requested: int, short: int) -> FieldError:
    available = requested - short
    message = _(
        "%(sku)s %(name)s: %(requested)s wanted, %(available)s available.",
        sku=product.sku,
        name=product.name,
        requested=requested,
        available=available,
    )
    facts = {"sku": product.sku, "product_id": product.id, "requested": requested, "available": available}
    return FieldError(f"products/{product.sku}", OutOfStock.code, message, facts)


def _summary(reservations: Sequence[Reservation]) -> tuple[tuple[int, int, int], ...]:
    return tuple((row.order_line_id, row.stock_level_id, row.quantity) for row in reservations)
