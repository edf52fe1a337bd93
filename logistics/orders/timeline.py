"""An order's history in words: what happened, who did it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from logistics.core.language import _, current_locale, lazy, ngettext
from logistics.core.money import format_money
from logistics.core.templating import when_text
from logistics.orders.wording import cancel_reason_text, hold_reason_text, incident_text, refund_reason_text, sourcing_text
from logistics.payments.wording import failure_text


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


_REVERSALS: dict[str, tuple[Any, str, str]] = {
    "OrderRefunded": (lazy("Refunded"), "undo-2", "info"),
    "AllowanceGiven": (lazy("Allowance given: less is to be paid"), "tag", "info"),
    "RefundRequested": (lazy("Asked for: somebody else has to approve it"), "hand", "warning"),
    "RefundApproved": (lazy("Approved by a second person"), "check", "success"),
    "RefundRejected": (lazy("Rejected by a second person"), "x", "danger"),
    "RefundWithdrawn": (lazy("Request withdrawn"), "x", "neutral"),
}


@dataclass(frozen=True)
class _Told:
    title: str
    icon: str
    tone: str = "neutral"
    text: str = ""


def _moment(row: Any, told: _Told, note: str) -> Moment:
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


def _tell(name: str, facts: Mapping[str, Any], with_money: bool, sourcing: Mapping[str, Any]) -> _Told | None:
    amount = format_money(facts["amount"], facts["currency"], current_locale()) if with_money and "currency" in facts and "amount" in facts else ""
    if name == "OrderPlaced":
        title = _("Order placed, its stock is reserved")
        if waited := sourcing.get("waiting"):
            title = ngettext("Order placed, %(num)s unit waits for stock", "Order placed, %(num)s units wait for stock", waited)
        return _Told(title, "shopping-bag", "info", sourcing_text(sourcing))
    if name == "StockCameIn":
        title = ngettext("Stock came in for %(num)s waiting unit", "Stock came in for %(num)s waiting units", facts["units"])
        return _Told(title, "package-plus", "success")
    if told := _tell_card(name, facts, amount) or _tell_money(name, facts, amount):
        return told
    if name == "DocumentIssued":
        title = _("Invoice %(number)s issued", number=facts["document"])
        if facts["kind"] == "credit_note":
            title = _("Credit note %(number)s issued", number=facts["document"])
        return _Told(title, "file-text", "info", amount) if with_money else None
    if name == "OrderStatusChanged":
        return _tell_status(facts)
    return _tell_reversal(name, facts, amount) or _tell_pause(name, facts)


def _tell_reversal(name: str, facts: Mapping[str, Any], amount: str) -> _Told | None:
    if name == "OrderLinesCancelled":
        units = sum(count for _line, count in facts["lines"])
        title = ngettext("%(num)s unit cancelled, its stock is free again", "%(num)s units cancelled, their stock is free again", units)
        return _Told(title, "ban", "warning", cancel_reason_text(facts["reason"]))
    if name not in _REVERSALS:
        return None
    title, icon, tone = _REVERSALS[name]
    reason = refund_reason_text(facts["reason"]) if "reason" in facts else ""
    # What was given back stands beside where it went.
    shown = "" if name == "OrderRefunded" else amount
    return _Told(str(title), icon, tone, " · ".join(text for text in (shown, reason) if text))


def _tell_money(name: str, facts: Mapping[str, Any], amount: str) -> _Told | None:
    if name == "PaymentTaken":
        titles = {"balance": _("Paid from the balance"), "transfer": _("Transfer received"), "shop": _("Paid at the shop")}
        titles |= {"card": _("Taken from the card"), "cod": _("Paid on delivery, and handed over")}
        return _Told(titles.get(facts["method"], _("Money received")), "banknote", "success", amount)
    if name == "PaymentRefunded":
        titles = {"shop": _("The shop gives the money back"), "card": _("Money given back to the card")}
        went = facts.get("to") or ("shop" if facts["method"] == "shop" else "account")
        return _Told(titles.get(went, _("Money given back to the customer's account")), "undo-2", "neutral", amount)
    if name in ("PaymentAuthorised", "PaymentVoided", "TermsCharged"):
        return _tell_promise(name, facts, amount)
    if name == "TransferCorrected":
        return _Told(_("A transfer was taken off: it was recorded by mistake"), "undo-2", "warning", amount)
    if name in ("PaymentIncidentOpened", "PaymentIncidentResolved"):
        title = _("Payment incident") if name == "PaymentIncidentOpened" else _("Payment incident resolved")
        tone = "danger" if name == "PaymentIncidentOpened" else "success"
        return _Told(title, "triangle-alert" if tone == "danger" else "check", tone, incident_text(facts["kind"]))
    return None


def _tell_promise(name: str, facts: Mapping[str, Any], amount: str) -> _Told | None:
    if name == "TermsCharged":
        due = format_date(date.fromisoformat(facts["due_on"]), "medium", locale=current_locale())
        return _Told(_("Charged on terms, due on %(day)s", day=due), "banknote", "info", amount)
    if name == "PaymentVoided":
        title = _("Not to be paid on delivery any more") if facts["method"] == "cod" else _("Authorisation voided")
        return _Told(title, "undo-2", "neutral", amount)
    titles = {"balance": _("Authorised on the balance"), "terms": _("Terms approved"), "cod": _("Is paid on delivery")}
    return _Told(titles.get(facts["method"], _("Payment authorised")), "wallet", "info", amount)


def _tell_card(name: str, facts: Mapping[str, Any], amount: str) -> _Told | None:
    if name == "PaymentAuthorised" and facts["method"] == "card":
        return _Told(_("Authorised on the card"), "check", "info", amount)
    if name == "PaymentRequested":
        return _Told(_("The customer was asked to pay by card"), "mail", "neutral")
    if name == "PaymentReleased":
        ends = {"expired": _("The authorisation of the card ended"), "failed": _("The card was refused when the money was to be taken")}
        return _Told(ends.get(facts["state"], _("Authorised money released")), "undo-2", "warning" if facts["state"] in ends else "neutral", amount)
    if name == "PaymentFailed":
        return _Told(_("Nothing was paid by card"), "ban", "neutral", failure_text(facts["failure"]))
    if name == "RefundBegun":
        return _Told(_("Refund to the card begun"), "clock", "neutral", amount)
    if name == "PaymentDisputed":
        lost = _("The dispute is lost, the money is gone")
        titles = {"opened": _("The cardholder disputes the payment"), "won": _("The dispute is won"), "lost": lost}
        return _Told(titles[facts["outcome"]], "triangle-alert", "danger" if facts["outcome"] != "won" else "success", amount)
    return None


def _tell_pause(name: str, facts: Mapping[str, Any]) -> _Told | None:
    if name == "OrderReaddressed":
        return _Told(_("Delivery address corrected"), "pencil", "info")
    if name == "OrderLinkRenewed":
        return _Told(_("The customer’s page has a new link, the old one shows nothing any more"), "key-round", "neutral")
    if name == "OrderHeld":
        return _Told(_("Put on hold"), "hand", "warning", hold_reason_text(facts["reason"]))
    if name == "OrderResumed":
        return _Told(_("Goes on"), "play", "info")
    if name == "PaymentTimeExtended":
        until = when_text(datetime.fromisoformat(facts["until"]))
        return _Told(_("Given more time to pay"), "clock", "neutral", _("Its stock is kept until %(until)s.", until=until))
    return None


def _tell_status(facts: Mapping[str, Any]) -> _Told | None:
    cancelled = cancel_reason_text(facts["reason"]) if facts["after"] == "cancelled" else ""
    said = {
        "paid": _Told(_("Confirmed, on its way to the warehouse") if facts["reason"] else _("Paid, on its way to the warehouse"), "check", "info"),
        "partially_shipped": _Told(_("Partially shipped"), "truck", "progress"),
        "shipped": _Told(_("Shipped"), "truck", "progress"),
        "delivered": _Told(_("Delivered"), "package-check", "success"),
        "returned": _Told(_("Returned"), "undo-2", "neutral"),
        "cancelled": _Told(_("Cancelled, its stock is free again"), "ban", "danger", cancelled),
    }
    if facts["before"] != "draft" and facts["after"] == "unpaid":
        return _Told(_("Waiting for money again"), "wallet", "warning")
    return said.get(facts["after"])
