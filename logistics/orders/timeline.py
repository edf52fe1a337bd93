"""An order's history in words: what happened, who did it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logistics.core.language import _, current_locale, ngettext
from logistics.core.money import format_money
from logistics.core.templating import when_text
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


def tell(rows: Iterable[Any], *, with_money: bool, sourcing: Mapping[str, Any]) -> list[Moment]:
    """Put the rows of queries.find_history into words, with where the order's goods were to come from (Order.sourcing).

    What happened every time, and what nobody has words for, is left out.
    """
    return [_moment(row, told) for row in rows if (told := _tell(row.name, row.data, with_money, sourcing))]


@dataclass(frozen=True)
class _Told:
    title: str
    icon: str
    tone: str = "neutral"
    text: str = ""


def _moment(row: Any, told: _Told) -> Moment:
    return Moment(row.at, told.title, told.icon, told.tone, told.text, _who(row))


def _who(row: Any) -> str:
    if row.actor:
        return str(row.actor)
    if row.actor_kind == "key":
        return str(_("A program, by the API"))
    return str(_("The system") if row.actor_kind == "system" else _("The customer"))


def _tell(name: str, facts: Mapping[str, Any], with_money: bool, sourcing: Mapping[str, Any]) -> _Told | None:
    amount = format_money(facts["amount"], facts["currency"], current_locale()) if with_money and "amount" in facts else ""
    if name == "OrderPlaced":
        title = _("Order placed, its stock is reserved")
        if waited := sourcing.get("waiting"):
            title = ngettext("Order placed, %(num)s unit waits for stock", "Order placed, %(num)s units wait for stock", waited)
        return _Told(title, "shopping-bag", "info", sourcing_text(sourcing))
    if name == "StockCameIn":
        title = ngettext("Stock came in for %(num)s waiting unit", "Stock came in for %(num)s waiting units", facts["units"])
        return _Told(title, "package-plus", "success")
    if name == "PaymentTaken":
        titles = {"balance": _("Paid from the balance"), "transfer": _("Transfer received"), "shop": _("Paid at the shop")}
        return _Told(titles[facts["method"]], "banknote", "success", amount)
    if name == "PaymentRefunded":
        title = _("The shop gives the money back") if facts["method"] == "shop" else _("Money given back to the customer's account")
        return _Told(title, "undo-2", "neutral", amount)
    if name == "DocumentIssued":
        title = _("Invoice %(number)s issued", number=facts["document"])
        if facts["kind"] == "credit_note":
            title = _("Credit note %(number)s issued", number=facts["document"])
        return _Told(title, "file-text", "info", amount) if with_money else None
    if name == "OrderStatusChanged":
        return _tell_status(facts)
    return _tell_pause(name, facts)


def _tell_pause(name: str, facts: Mapping[str, Any]) -> _Told | None:
    if name == "OrderHeld":
        return _Told(_("Put on hold"), "hand", "warning", hold_reason_text(facts["reason"]))
    if name == "OrderResumed":
        return _Told(_("Goes on"), "play", "info")
    if name == "PaymentTimeExtended":
        until = when_text(datetime.fromisoformat(facts["until"]))
        return _Told(_("Given more time to pay"), "clock", "neutral", _("Its stock is kept until %(until)s.", until=until))
    return None


def _tell_status(facts: Mapping[str, Any]) -> _Told | None:
    said = {
        "paid": _Told(_("Paid, on its way to the warehouse"), "check", "info"),
        "partially_shipped": _Told(_("Partially shipped"), "truck", "progress"),
        "shipped": _Told(_("Shipped"), "truck", "progress"),
        "delivered": _Told(_("Delivered"), "package-check", "success"),
        "returned": _Told(_("Returned"), "undo-2", "neutral"),
        "cancelled": _Told(_("Cancelled, its stock is free again"), "ban", "danger", cancel_reason_text(facts["reason"])),
    }
    if facts["before"] != "draft" and facts["after"] == "unpaid":
        return _Told(_("Waiting for money again"), "wallet", "warning")
    return said.get(facts["after"])
