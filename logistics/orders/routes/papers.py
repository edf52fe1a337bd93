"""What is printed about an order: its confirmation, its invoices and credit notes; and issuing these by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.addressing import address_lines
from logistics.core.database import session
from logistics.core.language import _, speaking
from logistics.core.pages import done
from logistics.core.transactions import writes
from logistics.orders import queries
from logistics.orders.billing import address_of, bill, content_of, paid_of
from logistics.orders.billing_rules import ALLOWANCE, LINE, SHIPPING, Entry, entries_of
from logistics.orders.routes.blueprint import bp
from logistics.payments.document_queries import find_document
from logistics.payments.models import Document, DocumentKind

KINDS = {"invoices": DocumentKind.INVOICE, "credit-notes": DocumentKind.CREDIT_NOTE}
# Where office paper is Letter (CLDR, measurementData).
LETTER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})


@bp.get("/<number>/confirmation")
@needs("prices.read")
def show_confirmation(number: str) -> str:
    """What was ordered and what it costs, as it is now: in the order's language, or the one asked for with `?lang`."""
    order = queries.find_order(session(), number)
    return _print(content_of(session(), order, entries_of(order)), None)


@bp.get("/<number>/<any('invoices', 'credit-notes'):kind>/<document>")
@needs("prices.read")
def show_document(number: str, kind: str, document: str) -> str:
    """An invoice or a credit note as it was issued."""
    order = queries.find_order(session(), number)
    found = find_document(session(), order.id, document, KINDS[kind])
    return _print(found.content, found)


@bp.post("/<number>/documents")
@needs("documents.issue")
@writes
def create_document(session: Session, number: str) -> Response:
    """Issue what is to be issued by now: an invoice, or a credit note of what changed since."""
    order = queries.find_order(session, number)
    issued = bill(session, order_id=order.id, by=current_actor())
    message = _("%(number)s is issued.", number=issued.number) if issued else _("There is nothing to issue: nothing has changed since the last one.")
    address = url_for("orders.show_order", number=order.number)
    return done(to=address, partial="orders/_documents_panel.html", message=message, panel=queries.load_documents_panel(session, order))


def _print(content: Mapping[str, Any], document: Document | None) -> str:
    entries = [Entry.read(facts) for facts in content["entries"]]
    with speaking(request.args.get("lang") or content["language"]):
        return render_template(
            "orders/paper.html",
            content=content,
            document=document,
            paper="letter" if content["seller"]["country"] in LETTER else "",
            lines=[entry for entry in entries if entry.kind == LINE],
            shipping=[entry for entry in entries if entry.kind == SHIPPING],
            allowance=sum(entry.gross for entry in entries if entry.kind == ALLOWANCE),
            seller=_lines(content["seller"]),
            buyer=_lines(content["buyer"]),
            recipient=_lines(content["deliver_to"]),
            placed_at=datetime.fromisoformat(content["order"]["placed_at"]),
            money=_money(content),
        )


def _lines(party: Mapping[str, str]) -> list[str]:
    return address_lines(address_of(party), party["name"])


def _money(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was paid of what the whole order costs, and how the rest comes; amounts in minor units."""
    payments = content["payments"]
    paid = paid_of(payments)
    return {
        "paid": paid,
        "refunded": sum(payment["refunded"] for payment in payments),
        "open": max(0, content["due"] - paid),
        "due_on": next((datetime.fromisoformat(payment["due_on"]).date() for payment in payments if payment["due_on"]), None),
        "on_delivery": any(payment["method"] == "cod" for payment in payments),
    }
