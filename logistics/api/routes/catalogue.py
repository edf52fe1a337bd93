"""Goods and customers, read and kept by programs."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.api.document import documented
from logistics.api.queries import catalogue as queries
from logistics.api.representing import customer_answer, product_answer
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import answer, caller, reads, scope, writes_json
from logistics.api.schemas.catalogue import (
    CustomerAnswer,
    CustomerPage,
    CustomerQuery,
    CustomerUpkeepBody,
    ProductAnswer,
    ProductBody,
    ProductPage,
    ProductQuery,
)
from logistics.api.upkeep import put_customer_from, put_product_from
from logistics.core.database import session
from logistics.inventory.queries import find_product


@bp.get("/api/v1/products")
@documented("Products", {200: ProductPage})
@scope("catalogue")
@reads(ProductQuery)
def list_products(query: ProductQuery) -> Response:
    """The products, by SKU."""
    found = queries.find_products(session(), query)
    return answer(ProductPage(items=[product_answer(product) for product in found.rows], next=found.next))


@bp.get("/api/v1/products/<path:sku>")
@documented("Products", {200: ProductAnswer})
@scope("catalogue")
def show_product(sku: str) -> Response:
    """One product."""
    return answer(product_answer(find_product(session(), sku)))


@bp.post("/api/v1/products")
@documented("Products", {201: ProductAnswer, 200: ProductAnswer})
@scope("catalogue")
@writes_json(ProductBody)
def create_product(session: Session, body: ProductBody) -> Response:
    """Make a product, or change the one that has this SKU. What is not said stays as it is."""
    product, is_new = put_product_from(session, body, caller=caller())
    return answer(product_answer(product), 201 if is_new else 200, Location=url_for(".show_product", sku=product.sku))


@bp.get("/api/v1/customers")
@documented("Customers", {200: CustomerPage})
@scope("catalogue")
@reads(CustomerQuery)
def list_customers(query: CustomerQuery) -> Response:
    """The customers that came by this channel's keys, by name. Others are not shown."""
    found = queries.find_customers(session(), caller().channel_id, query)
    return answer(CustomerPage(items=[customer_answer(customer) for customer in found.rows], next=found.next))


@bp.get("/api/v1/customers/<path:reference>")
@documented("Customers", {200: CustomerAnswer})
@scope("catalogue")
def show_customer(reference: str) -> Response:
    """One customer that came by this channel's keys."""
    return answer(customer_answer(queries.find_customer(session(), caller().channel_id, reference)))


@bp.post("/api/v1/customers")
@documented("Customers", {201: CustomerAnswer, 200: CustomerAnswer})
@scope("catalogue")
@writes_json(CustomerUpkeepBody)
def create_customer(session: Session, body: CustomerUpkeepBody) -> Response:
    """Take a customer into the books, or change the one that has this reference. What is not said stays as it is."""
    customer, is_new = put_customer_from(session, body, caller=caller())
    return answer(customer_answer(customer), 201 if is_new else 200, Location=url_for(".show_customer", reference=customer.reference))
