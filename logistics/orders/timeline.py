"""An order's history in words: what happened, who did it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logistics.core.language import _, current_locale, ngettext
from logistics.core.money import format_money
from logistics.core.templating import when_text
from logistics.orders.timeline_money import Told, tell_money, tell_reversal
from logistics.orders.wording import cancel_reason_text, hold_reason_text, sourcing_text


@dataclass(frozen=True)
class Moment:
    """One thing that happened, as ui.timeline shows it."""

    at: datetime
    title: str
    icon: str
    tone: str = "neutral"
    text: str = ""
    actor: str = ""


def tell(rows: Iterable[Any], *, with_money: bool, sourcing: Mapping[str, Any], notes: Mapping[int, str] | None = None) -> list[Moment]:
    """Put the rows of queries.find_history into words, with where the order's goods were to come from (Order.sourcing).

    `notes`: what staff noted when it was cancelled or shortened (refund_queries.notes_of). What happened every time, and what nobody has
    words for, is left out.
    """
    history, left = list(rows), dict(notes or {})
    of_parts = {row.data["cancellation_id"]: left.pop(row.data["cancellation_id"], "") for row in history if row.name == "OrderLinesCancelled"}
    return [_moment(row, told, _note_of(row, of_parts, left)) for row in history if (told := _tell(row.name, row.data, with_money, sourcing))]


def _moment(row: Any, told: Told, note: str) -> Moment:
    return Moment(row.at, told.title, told.icon, told.tone, " · ".join(text for text in (told.text, note) if text), _who(row))


def _note_of(row: Any, of_parts: Mapping[int, str], of_all: Mapping[int, str]) -> str:
    """What was noted when units were cancelled; what belongs to no part was noted when all of it was."""
    if row.name == "OrderLinesCancelled":
        return of_parts[row.data["cancellation_id"]]
    return " ".join(of_all.values()) if row.name == "OrderStatusChanged" and row.data["after"] == "cancelled" else ""


def _who(row: Any) -> str:
    if row.actor:
        return str(row.actor)
    if row.actor_kind == "key":
        return str(_("A program, by the API"))
    return str(_("The system") if row.actor_kind == "system" else _("The customer"))


def _tell(name: str, facts: Mapping[str, Any], with_money: bool, sourcing: Mapping[str, Any]) -> Told | None:
    amount = format_money(facts["amount"], facts["currency"], current_locale()) if with_money and "currency" in facts and "amount" in facts else ""
    if name == "OrderPlaced":
        title = _("Order placed, its stock is reserved")
        if waited := sourcing.get("waiting"):
            title = ngettext("Order placed, %(num)s unit waits for stock", "Order placed, %(num)s units wait for stock", waited)
        return Told(title, "shopping-bag", "info", sourcing_text(sourcing))
    if name == "StockCameIn":
        title = ngettext("Stock came in for %(num)s waiting unit", "Stock came in for %(num)s waiting units", facts["units"])
        return Told(title, "package-plus", "success")
    if told := tell_money(name, facts, amount):
        return told
    if name == "DocumentIssued":
        title = _("Invoice %(number)s issued", number=facts["document"])
        if facts["kind"] == "credit_note":
            title = _("Credit note %(number)s issued", number=facts["document"])
        return Told(title, "file-text", "info", amount) if with_money else None
    if name == "OrderStatusChanged":
        return _tell_status(facts)
    return tell_reversal(name, facts, amount) or _tell_pause(name, facts)


def _tell_pause(name: str, facts: Mapping[str, Any]) -> Told | None:
    if name == "OrderReaddressed":
        return Told(_("Delivery address corrected"), "pencil", "info")
    if name == "ProofTold":
        return Told(_("The carrier told who took the parcel in"), "signature", "success")
    if name == "OrderLinkRenewed":
        return Told(_("The customer’s page has a new link, the old one shows nothing any more"), "key-round", "neutral")
    if name == "OrderHeld":
        return Told(_("Put on hold"), "hand", "warning", hold_reason_text(facts["reason"]))
    if name == "OrderResumed":
        return Told(_("Goes on"), "play", "info")
    if name == "PaymentTimeExtended":
        until = when_text(datetime.fromisoformat(facts["until"]))
        return Told(_("Given more time to pay"), "clock", "neutral", _("Its stock is kept until %(until)s.", until=until))
    return None


def _tell_status(facts: Mapping[str, Any]) -> Told | None:
    cancelled = cancel_reason_text(facts["reason"]) if facts["after"] == "cancelled" else ""
    said = {
        "paid": Told(_("Confirmed, on its way to the warehouse") if facts["reason"] else _("Paid, on its way to the warehouse"), "check", "info"),
        "partially_shipped": Told(_("Partially shipped"), "truck", "progress"),
        "shipped": Told(_("Shipped"), "truck", "progress"),
        "delivered": Told(_("Delivered"), "package-check", "success"),
        "returned": Told(_("Returned"), "undo-2", "neutral"),
        "cancelled": Told(_("Cancelled, its stock is free again"), "ban", "danger", cancelled),
    }
    if facts["before"] != "draft" and facts["after"] == "unpaid":
        return Told(_("Waiting for money again"), "wallet", "warning")
    return said.get(facts["after"])
