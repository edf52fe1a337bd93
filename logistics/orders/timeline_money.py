"""What happened to an order's money, in words for its history: paid, promised, taken from cards, given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from logistics.core.language import _, current_locale, lazy, ngettext
from logistics.orders.wording import cancel_reason_text, incident_text, refund_reason_text
from logistics.payments.wording import failure_text

_REVERSALS: dict[str, tuple[Any, str, str]] = {
    "OrderRefunded": (lazy("Refunded"), "undo-2", "info"),
    "AllowanceGiven": (lazy("Allowance given: less is to be paid"), "tag", "info"),
    "RefundRequested": (lazy("Asked for: somebody else has to approve it"), "hand", "warning"),
    "RefundApproved": (lazy("Approved by a second person"), "check", "success"),
    "RefundRejected": (lazy("Rejected by a second person"), "x", "danger"),
    "RefundWithdrawn": (lazy("Request withdrawn"), "x", "neutral"),
}


@dataclass(frozen=True)
class Told:
    """An event in words; when and by whom stands beside it."""

    title: str
    icon: str
    tone: str = "neutral"
    text: str = ""


def tell_money(name: str, facts: Mapping[str, Any], amount: str) -> Told | None:
    """What became of money; `amount` is it in words, empty for who may not see it. None for what is about something else."""
    return _tell_card(name, facts, amount) or _tell_payment(name, facts, amount)


def tell_reversal(name: str, facts: Mapping[str, Any], amount: str) -> Told | None:
    """What was taken back: units, money, or a part of what was to be paid. None for what is about something else."""
    if name == "OrderLinesCancelled":
        units = sum(count for _line, count in facts["lines"])
        title = ngettext("%(num)s unit cancelled, its stock is free again", "%(num)s units cancelled, their stock is free again", units)
        return Told(title, "ban", "warning", cancel_reason_text(facts["reason"]))
    if name not in _REVERSALS:
        return None
    title, icon, tone = _REVERSALS[name]
    reason = refund_reason_text(facts["reason"]) if "reason" in facts else ""
    # What was given back stands beside where it went.
    shown = "" if name == "OrderRefunded" else amount
    return Told(str(title), icon, tone, " · ".join(text for text in (shown, reason) if text))


def _tell_payment(name: str, facts: Mapping[str, Any], amount: str) -> Told | None:
    if name == "PaymentTaken":
        titles = {"balance": _("Paid from the balance"), "transfer": _("Transfer received"), "shop": _("Paid at the shop")}
        titles |= {"card": _("Taken from the card"), "cod": _("Paid on delivery, and handed over")}
        return Told(titles.get(facts["method"], _("Money received")), "banknote", "success", amount)
    if name == "PaymentRefunded":
        titles = {"shop": _("The shop gives the money back"), "card": _("Money given back to the card")}
        went = facts.get("to") or ("shop" if facts["method"] == "shop" else "account")
        return Told(titles.get(went, _("Money given back to the customer's account")), "undo-2", "neutral", amount)
    if name in ("PaymentAuthorised", "PaymentVoided", "TermsCharged"):
        return _tell_promise(name, facts, amount)
    if name == "TransferCorrected":
        return Told(_("A transfer was taken off: it was recorded by mistake"), "undo-2", "warning", amount)
    if name in ("PaymentIncidentOpened", "PaymentIncidentResolved"):
        title = _("Payment incident") if name == "PaymentIncidentOpened" else _("Payment incident resolved")
        tone = "danger" if name == "PaymentIncidentOpened" else "success"
        return Told(title, "triangle-alert" if tone == "danger" else "check", tone, incident_text(facts["kind"]))
    return None


def _tell_promise(name: str, facts: Mapping[str, Any], amount: str) -> Told | None:
    if name == "TermsCharged":
        due = format_date(date.fromisoformat(facts["due_on"]), "medium", locale=current_locale())
        return Told(_("Charged on terms, due on %(day)s", day=due), "banknote", "info", amount)
    if name == "PaymentVoided":
        title = _("Not to be paid on delivery any more") if facts["method"] == "cod" else _("Authorisation voided")
        return Told(title, "undo-2", "neutral", amount)
    titles = {"balance": _("Authorised on the balance"), "terms": _("Terms approved"), "cod": _("Is paid on delivery")}
    return Told(titles.get(facts["method"], _("Payment authorised")), "wallet", "info", amount)


def _tell_card(name: str, facts: Mapping[str, Any], amount: str) -> Told | None:
    if name == "PaymentAuthorised" and facts["method"] == "card":
        return Told(_("Authorised on the card"), "check", "info", amount)
    if name == "PaymentRequested":
        return Told(_("The customer was asked to pay by card"), "mail", "neutral")
    if name == "PaymentReleased":
        ends = {"expired": _("The authorisation of the card ended"), "failed": _("The card was refused when the money was to be taken")}
        return Told(ends.get(facts["state"], _("Authorised money released")), "undo-2", "warning" if facts["state"] in ends else "neutral", amount)
    if name == "PaymentFailed":
        return Told(_("Nothing was paid by card"), "ban", "neutral", failure_text(facts["failure"]))
    if name == "RefundBegun":
        return Told(_("Refund to the card begun"), "clock", "neutral", amount)
    if name == "PaymentDisputed":
        lost = _("The dispute is lost, the money is gone")
        titles = {"opened": _("The cardholder disputes the payment"), "won": _("The dispute is won"), "lost": lost}
        return Told(titles[facts["outcome"]], "triangle-alert", "danger" if facts["outcome"] != "won" else "success", amount)
    return None
