"""Corrections of balances that need a second person: the list of them, and what that person says."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.second_person import REQUEST_STATES
from logistics.core.transactions import writes
from logistics.customers import approving
from logistics.customers.adjustment_queries import find_adjustments
from logistics.customers.models import AdjustmentRequest
from logistics.customers.routes.blueprint import corrections as bp
from logistics.customers.routes.customer_page import money_moved


@bp.get("/")
@needs("customers.read")
def list_adjustments() -> Response:
    """What waits for a second person; with `?tab=decided` what was decided or done at once."""
    return page("customers/adjustments.html", fragment="adjustments_table", **_listed(session()))


@bp.post("/<int:request_id>/approval")
@needs("money.adjust")
@writes
def create_approval(session: Session, request_id: int) -> Response:
    """Agree to it, and do it. Not for who asked for it."""
    return _decided(session, approving.approve(session, request_id=request_id, by=current_actor()), _("Approved and done."))


@bp.post("/<int:request_id>/rejection")
@needs("money.adjust")
@writes
def create_rejection(session: Session, request_id: int) -> Response:
    """Do not agree to it."""
    return _decided(session, approving.reject(session, request_id=request_id, by=current_actor()), _("The request is rejected."))


@bp.post("/<int:request_id>/withdrawal")
@needs("money.adjust")
@writes
def create_withdrawal(session: Session, request_id: int) -> Response:
    """Not want it any more. Only for who asked for it."""
    return _decided(session, approving.withdraw(session, request_id=request_id, by=current_actor()), _("The request is withdrawn."))


def _decided(session: Session, decided: AdjustmentRequest, message: str) -> Response:
    if request.form.get("at") == "customer":
        return money_moved(session, decided.account.customer, message)
    return done(to=url_for("corrections.list_adjustments"), partial="customers/_adjustments_table.html", message=message, **_listed(session))


def _listed(session: Session) -> dict[str, Any]:
    decided = request.args.get("tab") == "decided"
    found = find_adjustments(session, decided=decided, cursor=request.args.get("cursor", "") if request.method == "GET" else "")
    return {"decided": decided, "requests": found, "me": current_actor().id, "states": REQUEST_STATES}
