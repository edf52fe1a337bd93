"""Goods coming in."""

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _, ngettext
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.search import read_question
from logistics.inventory import ledger_queries, product_queries, queries
from logistics.inventory.forms import ReceiptForm
from logistics.inventory.receiving import receive_goods
from logistics.inventory.routes.blueprint import bp


@bp.get("/receipts/")
@needs("stock.read")
def list_receipts() -> Response:
    """What came in, the latest first."""
    reference = request.args.get("reference", "").strip()[:64]
    receipts = ledger_queries.find_receipts(session(), cursor=request.args.get("cursor", ""), reference=reference)
    return page("inventory/receipts.html", fragment="receipts_table", receipts=receipts, reference=reference)


@bp.get("/receipts/new")
@needs("stock.receive")
def new_receipt() -> Response:
    """Something has come in; `?sku=` begins with that product."""
    form = ReceiptForm(formdata=None, warehouses=queries.find_warehouses(session(), only_active=True))
    if sku := request.args.get("sku", ""):
        form.put(queries.find_product(session(), sku).id)
    return _ask(session(), form)


@bp.post("/receipts/new")
@needs("stock.receive")
@writes_once
def create_receipt(session: Session) -> Response:
    """Take it in."""
    form = ReceiptForm(warehouses=queries.find_warehouses(session, only_active=True))
    if not form.validate():
        return _ask(session, form, status=422)
    goods = form.goods
    try:
        receive_goods(session, warehouse_id=int(form.warehouse.data), goods=goods, reference=form.reference.data or "", by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return _ask(session, form, status=422)
    units = sum(line.quantity for line in goods)
    said = ngettext("%(num)s unit is in stock now.", "%(num)s units are in stock now.", units)
    return done(to=url_for("inventory.list_receipts"), message=said)


@bp.get("/receipts/products")
@needs("stock.receive")
def list_products_to_receive() -> str:
    """What the box that finds products shows below it; a barcode or a whole SKU is exact."""
    question = read_question(request.args.get("product", ""))
    options = product_queries.find_products_to_receive(session(), question)
    return render_template("inventory/_products_to_receive.html", options=options, question=question)


@bp.get("/receipts/lines")
@needs("stock.receive")
def show_lines() -> Response:
    """The form again: for who comes back to it in the browser's history."""
    return done(to=url_for("inventory.new_receipt"))


@bp.post("/receipts/lines")
@needs("stock.receive")
def create_line() -> Response:
    """Add a line to the form, or take one off: what the page's script does by itself. Nothing is kept."""
    form = ReceiptForm(warehouses=queries.find_warehouses(session(), only_active=True))
    removed = request.form.get("remove", "")
    if removed:
        form.lines.entries = [entry for entry in form.lines.entries if entry.name != f"lines-{removed}"]
        return _ask(session(), form)
    question = read_question(request.form.get("product", ""))
    options = product_queries.find_products_to_receive(session(), question)
    exact = [option for option in options if option.exact] or (options if len(options) == 1 else [])
    if exact:
        form.put(exact[0].id)
        return _ask(session(), form)
    problem = _("Several products fit: type the whole SKU or barcode.") if options else _("No product fits.")
    return _ask(session(), form, status=422, asked=question, problem=problem)


def _ask(session: Session, form: ReceiptForm, *, status: int = 200, asked: str = "", problem: str = "") -> Response:
    products = product_queries.find_products_by_id(session, [entry.form.product_id.data or 0 for entry in form.lines.entries])
    return page("inventory/new_receipt.html", fragment="receipt_form", status=status, form=form, products=products, asked=asked, problem=problem)
