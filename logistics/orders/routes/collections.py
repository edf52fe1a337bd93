"""Cash on delivery that whoever delivers has still to hand over."""

from flask import Response, request

from logistics.core.actors import needs
from logistics.core.database import session
from logistics.core.pages import page
from logistics.orders.collection_queries import CollectionSearch, find_collections, sum_collections
from logistics.orders.routes.blueprint import payments


@payments.get("/collections")
@needs("payments.read")
def list_collections() -> Response:
    """Orders that are delivered and not settled; with `?which=all` those on their way too."""
    search = CollectionSearch.from_query(request.args)
    found, sums = find_collections(session(), search), sum_collections(session())
    return page("payments/collections.html", fragment="collections_table", search=search, collections=found, sums=sums)
