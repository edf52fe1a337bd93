"""The board: what waits in the warehouses, and what has to go back to its place there."""

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _, current_locale
from logistics.core.pages import done, page, polled
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.fulfilment import queries
from logistics.fulfilment.queries import BoardSearch, Column
from logistics.fulfilment.routes.blueprint import bp
from logistics.fulfilment.taking_off import finish_putting_back
from logistics.inventory.queries import find_warehouses
from logistics.orders.wording import HOLD_REASONS


@bp.get("/fulfilment/")
@needs("shipments.read")
def show_board() -> AnyResponse:
    """What is to be picked, packed and dispatched, kept up to date; `?code=` opens what was scanned."""
    if code := request.args.get("code", "").strip():
        return _open(code)
    search = BoardSearch.from_query(request.args)
    warehouses = find_warehouses(session())
    if search.warehouse not in ("", *(warehouse.code for warehouse in warehouses)):
        raise Invalid(_("There is no warehouse with this code."))
    columns = queries.find_board(session(), search)
    back = queries.find_to_put_back(session(), warehouse=search.warehouse)
    tag = _tag(search, columns, [row.id for row in back])
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    shown: dict[str, Any] = {"search": search, "columns": columns, "warehouses": warehouses, "holds": HOLD_REASONS, "to_put_back": back}
    answer = page("fulfilment/board.html", fragment="board", tag=tag, **shown)
    return polled(tag, answer)


@bp.post("/fulfilment/put-backs/<int:put_back_id>/completion")
@needs("shipments.work")
@writes
def create_putting_back(session: Session, put_back_id: int) -> Response:
    """Note that cancelled goods are back in their place."""
    finish_putting_back(session, put_back_id=put_back_id, by=current_actor())
    answer = done(
        to=url_for("fulfilment.show_board"), partial="fulfilment/_put_back_done.html", message=_("It is back in its place."), id=put_back_id
    )
    answer.headers["HX-Trigger"] = "seen"  # the board, or the order's page, looks again
    return answer


def _open(code: str) -> AnyResponse:
    if reference := queries.find_scanned(session(), code):
        return redirect(url_for("fulfilment.show_shipment", reference=reference), code=303)
    flash(_("No shipment that is worked on has the code “%(code)s”.", code=code[:80]), "warning")
    return redirect(url_for("fulfilment.show_board"), code=303)


def _tag(search: BoardSearch, columns: Sequence[Column], to_put_back: Sequence[int]) -> str:
    """Another one as soon as anything shown is another; the ages are told anew every five minutes."""
    shown = [(row.id, row.version) for column in columns for row in column.shipments.rows]
    told = (search, [column.count for column in columns], shown, to_put_back, current_locale(), int(clock.now().timestamp()) // 300)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
