"""Changing stock in its row: how many there are, where they lie, when to warn."""

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Refusal, Stale
from logistics.core.transactions import writes
from logistics.inventory import queries
from logistics.inventory.adjusting import AboveLimit, StockPromised, adjust, count
from logistics.inventory.arranging import set_bin, set_reorder_point
from logistics.inventory.forms import AdjustmentForm, ArrangementForm
from logistics.inventory.routes.blueprint import bp
from logistics.inventory.routes.stock import place_of_row, product_stock


@bp.get("/stock/<int:level_id>/adjustments")
@needs("stock.adjust")
def new_adjustment(level_id: int) -> Response:
    """Correct what is on hand: in the row, or on a page of its own."""
    level = queries.find_level(session(), level_id)
    return _ask("adjustment", level, AdjustmentForm(formdata=None, version=level.version))


@bp.post("/stock/<int:level_id>/adjustments")
@needs("stock.adjust")
@writes_once
def create_adjustment(session: Session, level_id: int) -> Response:
    """Correct it, by a change or by what was counted."""
    form = AdjustmentForm()
    if not form.validate():
        return _ask("adjustment", queries.find_level(session, level_id), form, 422)
    try:
        _correct(session, level_id, form)
    except Stale as refusal:
        # Whoever saves again after reading what is there now means it.
        form.version.typed = str(refusal.facts["version"])
        return _refuse("adjustment", session, level_id, form, refusal)
    except StockPromised as refusal:
        return _ask("adjustment", queries.find_level(session, level_id), form, refusal.status, refusal.facts["orders"])
    except (AboveLimit, Invalid) as refusal:
        return _refuse("adjustment", session, level_id, form, refusal)
    return _show(session, level_id)


@bp.get("/stock/<int:level_id>/arrangement")
@needs("stock.adjust")
def edit_arrangement(level_id: int) -> Response:
    """Say where it lies and when to warn."""
    level = queries.find_level(session(), level_id)
    values = {"reorder_point": level.reorder_point, "bin": level.bin}
    return _ask("arrangement", level, ArrangementForm(formdata=None, data=values | {f"seen_{name}": value for name, value in values.items()}))


@bp.post("/stock/<int:level_id>/arrangement")
@needs("stock.adjust")
@writes
def update_arrangement(session: Session, level_id: int) -> Response:
    """Keep it."""
    form = ArrangementForm()
    if not form.validate():
        return _ask("arrangement", queries.find_level(session, level_id), form, 422)
    try:
        _arrange(session, level_id, form)
    except Stale as refusal:
        # One of the two may have been written already: what is shown is what stays.
        session.rollback()
        level = queries.find_level(session, level_id)
        form.seen_reorder_point.typed, form.seen_bin.data = str(level.reorder_point), level.bin
        return _refuse("arrangement", session, level_id, form, refusal)
    return _show(session, level_id)


def _correct(session: Session, level_id: int, form: AdjustmentForm) -> None:
    by, beyond_limit = current_actor(), may("stock.adjust_large")
    change, counted = form.change.data, form.counted.data
    if counted is not None:
        seen = form.version.data or 0
        count(session, level_id=level_id, counted=counted, version=seen, reason=form.why, by=by, beyond_limit=beyond_limit)
    elif change is not None:
        adjust(session, level_id=level_id, change=change, reason=form.why, by=by, beyond_limit=beyond_limit)


def _arrange(session: Session, level_id: int, form: ArrangementForm) -> None:
    by, point, seen = current_actor(), form.reorder_point.data or 0, form.seen_reorder_point.data
    set_reorder_point(session, level_id=level_id, reorder_point=point, seen=seen, by=by)
    set_bin(session, level_id=level_id, to=form.bin.data or "", seen=form.seen_bin.data or "", by=by)


def _ask(what: str, level: Row[Any], form: AdjustmentForm | ArrangementForm, status: int = 200, holding: Sequence[str] = ()) -> Response:
    for field in form:
        # Two rows may be open at once.
        field.id = f"{field.name}-{level.id}"
    return page(f"inventory/{what}.html", fragment="editing_row", status=status, level=level, form=form, place=place_of_row(), holding=holding)


def _refuse(what: str, session: Session, level_id: int, form: AdjustmentForm | ArrangementForm, refusal: Refusal) -> Response:
    form.add_errors(refusal)
    return _ask(what, queries.find_level(session, level_id), form, refusal.status)


def _show(session: Session, level_id: int) -> Response:
    level, place = queries.find_level(session, level_id), place_of_row()
    there = url_for("inventory.list_stock") if place == "list" else url_for("inventory.show_product_stock", sku=level.sku)
    beside = product_stock(queries.find_product(session, level.sku)) if place == "product" else {}
    said = _("%(sku)s in %(warehouse)s: %(on_hand)s on hand.", sku=level.sku, warehouse=level.warehouse, on_hand=level.on_hand)
    return done(to=there, partial="inventory/_level_saved.html", message=said, level=level, place=place, **beside)
