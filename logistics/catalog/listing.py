"""Products: put into the catalogue, and changed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.catalog.events import PriceChanged, ProductChanged, ProductCreated
from logistics.catalog.locks import lock_product
from logistics.catalog.models import Product, has_gtin
from logistics.catalog.rules import ProductFacts, check_sku, gtin_forms, parse_gtin
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish, publish_all
from logistics.core.language import _
from logistics.core.refusals import BadValue, FieldError, Invalid, Stale
from logistics.core.search import search_vector


def create_product(session: Session, *, facts: ProductFacts, by: Actor) -> Product:
    """Put a product into the catalogue.

    Raises Invalid when its SKU (in whatever case) or barcode belongs to another one, which it names, or cannot be used.
    """
    moment = clock.now()
    product = Product(**asdict(facts), created_at=moment, updated_at=moment)
    _save(session, product, facts)
    publish(session, ProductCreated(product.id, product.sku, product.price, product.currency), by=by)
    return product


def create_products(session: Session, *, many: Sequence[ProductFacts], by: Actor) -> list[Product]:
    """Put many products into the catalogue at once: for files, whose SKUs and barcodes were looked at before.

    Raises Invalid, as create_product does, for those that turn out to be wrong; nothing is written then.
    """
    for facts in many:
        _check_facts(facts)
    moment = clock.now()
    products = [Product(**asdict(facts), created_at=moment, updated_at=moment, search=_search(facts)) for facts in many]
    try:
        with session.begin_nested():
            session.add_all(products)
    except IntegrityError:
        taken = [error for facts in many for error in _find_taken(session, facts, None)]
        if not taken:
            raise
        raise Invalid(taken[0].message, errors=taken) from None
    publish_all(session, [ProductCreated(product.id, product.sku, product.price, product.currency) for product in products], by=by)
    return products


def update_product(session: Session, *, product_id: int, facts: ProductFacts, version: int, by: Actor) -> Product:
    """Change a product from what it was at `version`. A no-op when it is like that already. Locks the product.

    Raises Stale when it has changed since, Invalid as create_product does, and NotFound.
    """
    product = lock_product(session, product_id)
    changed = find_changes(product, facts)
    if changed and product.version != version:
        raise Stale(_("Somebody else has changed this product since you opened it. Compare, then save again."), version=product.version)
    return _change(session, product, facts, changed, by)


def put_product(session: Session, *, product_id: int, facts: ProductFacts, by: Actor) -> Product:
    """Make a product be like this, whatever it was: for files, which have seen no version. Otherwise as update_product."""
    product = lock_product(session, product_id)
    return _change(session, product, facts, find_changes(product, facts), by)


def find_changes(product: Product, facts: ProductFacts) -> tuple[str, ...]:
    """The names of the facts in which they differ."""
    return tuple(name for name, value in asdict(facts).items() if getattr(product, name) != value)


def _change(session: Session, product: Product, facts: ProductFacts, changed: tuple[str, ...], by: Actor) -> Product:
    if not changed:
        return product
    before, before_currency = product.price, product.currency
    _save(session, product, facts, changed)
    publish(session, ProductChanged(product.id, product.sku, changed), by=by)
    if (product.price, product.currency) != (before, before_currency):
        publish(session, PriceChanged(product.id, before, product.price, product.currency), by=by)
    return product


def _save(session: Session, product: Product, facts: ProductFacts, changed: tuple[str, ...] = ()) -> None:
    _check_facts(facts)
    try:
        with session.begin_nested():
            for name in changed:
                setattr(product, name, getattr(facts, name))
            if changed:
                product.version += 1
                product.updated_at = clock.now()
            product.search = _search(facts)
            session.add(product)
    except IntegrityError:
        # The unique indexes are the rule; who holds the SKU or barcode is looked up only to say so.
        taken = _find_taken(session, facts, product.id)
        if not taken:
            raise
        raise Invalid(taken[0].message, errors=taken) from None


def _search(facts: ProductFacts) -> ColumnElement[Any]:
    return search_vector(facts.sku, facts.name, *gtin_forms(facts.gtin))


def _check_facts(facts: ProductFacts) -> None:
    errors = []
    for field, check, value in (("sku", check_sku, facts.sku), ("gtin", parse_gtin, facts.gtin)):
        try:
            if value:
                check(value)
        except BadValue as error:
            errors.append(FieldError(field, error.code, error.message))
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _find_taken(session: Session, facts: ProductFacts, own_id: int | None) -> list[FieldError]:
    same_sku = func.lower(Product.sku) == facts.sku.lower()
    others = session.scalars(select(Product).where(same_sku | has_gtin(facts.gtin), Product.id != (own_id or 0)))
    errors = []
    for other in others:
        if other.sku.lower() == facts.sku.lower():
            message = _("This SKU is taken: %(sku)s, %(name)s.", sku=other.sku, name=other.name)
            errors.append(FieldError("sku", "duplicate_sku", message, {"sku": other.sku}))
        else:
            message = _("This barcode is taken: %(sku)s, %(name)s.", sku=other.sku, name=other.name)
            errors.append(FieldError("gtin", "duplicate_gtin", message, {"sku": other.sku}))
    return errors
