"""Warehouses and distribution centres."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.inventory import queries
from logistics.inventory.forms import WarehouseForm
from logistics.inventory.housing import add_warehouse, change_warehouse
from logistics.inventory.routes.blueprint import bp


@bp.get("/settings/warehouses/")
@needs("warehouses.read")
def list_warehouses() -> Response:
    """Every warehouse, in the order in which orders choose them."""
    return page("inventory/warehouses.html", warehouses=queries.find_warehouses(session()), units=queries.sum_units(session()))


@bp.get("/settings/warehouses/new")
@needs("warehouses.write")
def new_warehouse() -> Response:
    """Another one."""
    return page("inventory/warehouse.html", warehouse=None, form=WarehouseForm(formdata=None), differences=[])


@bp.post("/settings/warehouses/new")
@needs("warehouses.write")
@writes
def create_warehouse(session: Session) -> Response:
    """Add it."""
    form = WarehouseForm()
    if form.validate():
        try:
            warehouse = add_warehouse(session, form.house, by=current_actor())
            return done(to=url_for("inventory.list_warehouses"), message=_("%(name)s is open.", name=warehouse.name))
        except Invalid as refusal:
            form.add_errors(refusal)
    return page("inventory/warehouse.html", fragment="warehouse_form", status=422, warehouse=None, form=form, differences=[])


@bp.get("/settings/warehouses/<int:warehouse_id>")
@needs("warehouses.read")
def show_warehouse(warehouse_id: int) -> Response:
    """One warehouse."""
    warehouse = queries.get_warehouse(session(), warehouse_id)
    return page("inventory/warehouse.html", warehouse=warehouse, form=WarehouseForm(formdata=None, obj=warehouse), differences=[])


@bp.post("/settings/warehouses/<int:warehouse_id>")
@needs("warehouses.write")
@writes
def update_warehouse(session: Session, warehouse_id: int) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    warehouse, form = queries.get_warehouse(session, warehouse_id), WarehouseForm()
    status, differences = 422, list[tuple[str, str, str]]()
    if form.validate():
        try:
            change_warehouse(session, form.house, warehouse_id=warehouse_id, version=form.version.data or 0, by=current_actor())
            return done(to=url_for("inventory.list_warehouses"), message=_("Saved."))
        except Invalid as refusal:
            form.add_errors(refusal)
        except Stale as refusal:
            status, differences = refusal.status, form.differences(warehouse)
            form.version.typed = str(warehouse.version)
    return page("inventory/warehouse.html", fragment="warehouse_form", status=status, warehouse=warehouse, form=form, differences=differences)
