"""The ledger of everything that came, went and was corrected."""

from flask import Response, current_app, request

from logistics.core.actors import needs
from logistics.core.database import session
from logistics.core.pages import page
from logistics.inventory import ledger_queries
from logistics.inventory.ledger_queries import MovementSearch
from logistics.inventory.routes.blueprint import bp
from logistics.inventory.routes.stock import warehouse_choices
from logistics.inventory.words import MOVEMENTS


@bp.get("/movements/")
@needs("stock.read")
def list_movements() -> Response:
    """Movements, the latest first, filtered by product, warehouse, kind and day."""
    search = MovementSearch.from_query(request.args)
    return page(
        "inventory/movements.html",
        fragment="movements_table",
        search=search,
        movements=ledger_queries.find_movements(session(), search, timezone=current_app.config["TIMEZONE"]),
        warehouse_choices=warehouse_choices(),
        kind_choices=list(MOVEMENTS.items()),
    )
