"""Keeping goods and customers as programs say they are: new ones are made, known ones are changed in what is said."""

from collections.abc import Mapping
from dataclasses import fields, replace

from sqlalchemy.orm import Session

from logistics.api.admitting import Caller
from logistics.api.queries.catalogue import find_customer
from logistics.api.reading import pointing
from logistics.api.schemas.catalogue import CustomerUpkeepBody, HomeBody, ProductBody
from logistics.catalog.listing import create_product, put_product
from logistics.catalog.models import Product
from logistics.catalog.queries import find_product
from logistics.catalog.rules import ProductFacts
from logistics.core.addresses import Address
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.money import parse_money
from logistics.core.refusals import BadValue, FieldError, Invalid, NotFound, Refusal
from logistics.customers.matching import find_by_reference
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer, put_customer
from logistics.customers.rules import CustomerDetails


class ReferenceTaken(Refusal):
    """The reference belongs to a customer that this channel did not bring."""

    code = "reference_taken"


def put_product_from(session: Session, body: ProductBody, *, caller: Caller) -> tuple[Product, bool]:
    """Make the product of this SKU be as the body says; the product, and whether it is new. What is not said stays.

    Locks a product that is there. Raises Invalid, for a new one without name or price too.
    """
    known = find_product(session, body.sku)
    facts = _facts(body, known)
    with pointing(_place_of):
        if known is None:
            return create_product(session, facts=facts, by=caller.actor), True
        return put_product(session, product_id=known.id, facts=facts, by=caller.actor), False


def put_customer_from(session: Session, body: CustomerUpkeepBody, *, caller: Caller) -> tuple[Customer, bool]:
    """Make the customer of this reference be as the body says; the customer, and whether they are new. What is not said stays.

    Locks a customer that is there. Raises ReferenceTaken for one that the channel did not bring, Invalid.
    """
    known = _find_own(session, body.reference, caller)
    details = _details(body, known)
    with pointing(_place_of):
        if known is None:
            return create_customer(session, details=details, by=caller.actor), True
        return put_customer(session, customer_id=known.id, details=details, by=caller.actor), False


def _facts(body: ProductBody, known: Product | None) -> ProductFacts:
    currency = body.currency or (known.currency if known else settings().currency)
    needed = {"name": body.name, "price": body.price} if known is None else {"price": body.price} if currency != known.currency else {}
    _refuse_missing(needed)
    said = {name: value for name, value in body.model_dump(exclude={"price", "currency"}).items() if value is not None}
    said |= {"currency": currency} | ({"price": _price(body.price, currency)} if body.price is not None else {})
    if known is None:
        return ProductFacts(**said)
    # Its SKU stays as it was first written.
    return replace(ProductFacts(**{field.name: getattr(known, field.name) for field in fields(ProductFacts)}), **{**said, "sku": known.sku})


def _price(text: str, currency: str) -> int:
    try:
        return parse_money(text, currency)
    except BadValue as error:
        raise Invalid(error.message, errors=[FieldError("/price", error.code, error.message)]) from error


def _find_own(session: Session, reference: str, caller: Caller) -> Customer | None:
    known = find_by_reference(session, reference)
    if known is None:
        return None
    try:
        return find_customer(session, caller.channel_id, reference)
    except NotFound:
        message = _("This reference belongs to a customer that came another way. Choose another one.")
        raise ReferenceTaken(message, errors=[FieldError("/reference", ReferenceTaken.code, message)]) from None


def _details(body: CustomerUpkeepBody, known: Customer | None) -> CustomerDetails:
    if known is None:
        _refuse_missing({"name": body.name})
    said = {name: getattr(body, name) for name in ("name", "email", "phone", "language", "tax_number") if getattr(body, name) is not None}
    if body.address:
        said["address"] = Address(**{field.name: getattr(body.address, field.name) for field in fields(Address)})
    if known is None:
        return CustomerDetails(reference=body.reference, **said)
    own = {name: getattr(known, name) for name in ("name", "email", "phone", "language", "tax_number", "address")}
    return CustomerDetails(reference=known.reference or body.reference, **{**own, **said})


def _refuse_missing(given: Mapping[str, object]) -> None:
    message = _("This is needed.")
    if errors := [FieldError(f"/{name}", "required", message) for name, value in given.items() if value is None]:
        raise Invalid(message, errors=errors)


def _place_of(error: FieldError) -> str:
    if error.pointer.startswith("/"):
        return error.pointer
    return f"/address/{error.pointer}" if error.pointer in HomeBody.model_fields else f"/{error.pointer}"
