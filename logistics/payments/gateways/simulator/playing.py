"""What the simulated provider does with a payment: the same moves as a real one, decided by a token instead of a card."""

import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from typing import Any

from logistics.payments.gateways.gateway import Standing
from logistics.payments.gateways.simulator.books import SimulatedPayment, keep_payment, note_move
from logistics.payments.gateways.simulator.hooks import queue_hook

PAGE_SECONDS = 60 * 60
AUTHORISATION_SECONDS = 7 * 24 * 60 * 60
SOON_SECONDS = 60 * 60
# What a token does when it is authorised; those that are not here are unknown.
DECLINES = {
    "sim_declined": "card_declined",
    "sim_insufficient_funds": "insufficient_funds",
    "sim_expired_card": "expired_card",
    "sim_fraud": "suspected_fraud",
    "sim_processing_error": "processing_error",
}
# sim_secure asks the customer's bank first (3-D Secure); the next two fail later; sim_ends_soon is authorised for an hour only.
APPROVALS = ("sim_ok", "sim_capture_refused", "sim_refund_refused", "sim_ends_soon")
SECURE = "sim_secure"
# What the customer may do on the page, by the step it is at.
CHOICES = {"pay": ("approve", "secure", "decline", "give_up"), "bank": ("yes", "no")}


class Nonsense(Exception):
    """A question that cannot be understood; nothing was done."""


def open_payment(connection: sqlite3.Connection, asked: Mapping[str, Any]) -> SimulatedPayment:
    """Open a payment by a token, or with a page for the customer."""
    payment = SimulatedPayment(
        reference=f"sim_{secrets.token_hex(12)}",
        order=_text(asked, "order"),
        amount=_amount(asked),
        currency=_text(asked, "currency"),
        token=_text(asked, "token", empty=True),
        return_url=_address(asked, "return_url"),
        language=_text(asked, "language"),
        standing=Standing.WAITING.value,
        ends=float(asked.get("page_until") or time.time() + PAGE_SECONDS),
        step="pay",
    )
    if asked.get("hosted"):
        keep_payment(connection, payment)
        return payment
    if payment.token == SECURE:
        payment.step = "bank"
    elif payment.token in APPROVALS:
        _authorise(connection, payment)
    else:
        _fail(payment, DECLINES.get(payment.token, "invalid_token"))
    _kept(connection, payment)
    return payment


def capture(connection: sqlite3.Connection, payment: SimulatedPayment, asked: Mapping[str, Any]) -> str:
    """Take so much of what is authorised and release the rest. The code it is refused with, or nothing."""
    amount = _amount(asked)
    if payment.standing == Standing.CAPTURED and payment.captured == amount:
        return ""
    if payment.standing != Standing.AUTHORISED or amount > payment.authorised or asked.get("currency") != payment.currency:
        return payment.failure or "provider_refused"
    if payment.token == "sim_capture_refused":  # noqa: S105 # it is no secret
        return "card_declined"
    payment.standing, payment.captured = Standing.CAPTURED.value, amount
    if rest := payment.authorised - amount:
        note_move(connection, payment, "void", rest, time.time())
    _move(connection, payment, "capture", amount)
    return ""


def void(connection: sqlite3.Connection, payment: SimulatedPayment, _asked: Mapping[str, Any]) -> str:
    """Give up page or authorisation. The code it is refused with, or nothing."""
    if payment.standing in (Standing.VOIDED, Standing.EXPIRED):
        return ""
    if payment.standing == Standing.CAPTURED:
        return "provider_refused"
    amount, payment.standing = payment.authorised, Standing.VOIDED.value
    _move(connection, payment, "void", amount)
    return ""


def refund(connection: sqlite3.Connection, payment: SimulatedPayment, asked: Mapping[str, Any]) -> str:
    """Give back so much of what was taken. The code it is refused with, or nothing."""
    amount = _amount(asked)
    if amount > payment.captured - payment.refunded or asked.get("currency") != payment.currency:
        return "provider_refused"
    if payment.token == "sim_refund_refused":  # noqa: S105 # it is no secret
        return "card_declined"
    payment.refunded += amount
    _move(connection, payment, "refund", amount)
    return ""


VERBS: Mapping[str, Callable[[sqlite3.Connection, SimulatedPayment, Mapping[str, Any]], str]] = {"capture": capture, "void": void, "refund": refund}


def choose(connection: sqlite3.Connection, payment: SimulatedPayment, choice: str, code: str) -> None:
    """What the customer did on the page; a second click does nothing. `code`: why the card is declined."""
    if payment.standing != Standing.WAITING or choice not in CHOICES[payment.step]:
        return
    if choice == "secure":
        payment.step = "bank"
        keep_payment(connection, payment)
        return
    if choice in ("approve", "yes"):
        _authorise(connection, payment)
    else:
        declined = code if code in DECLINES.values() else "card_declined"
        _fail(payment, {"decline": declined, "no": "authentication_failed", "give_up": "given_up"}[choice])
    _kept(connection, payment)


def end(connection: sqlite3.Connection, payment: SimulatedPayment) -> None:
    """The time of a page or an authorisation is over."""
    if payment.standing not in (Standing.WAITING, Standing.AUTHORISED):
        return
    amount, payment.standing, payment.failure = payment.authorised, Standing.EXPIRED.value, "expired"
    _move(connection, payment, "void", amount)


def told(payment: SimulatedPayment, *, pages: str, refused: str = "") -> dict[str, Any]:
    """How a payment stands, as the protocol has it. `pages`: the address below which pages lie. `refused`: the code of a no."""
    waiting, until = payment.standing == Standing.WAITING, payment.standing == Standing.AUTHORISED
    return {
        "standing": payment.standing,
        "reference": payment.reference,
        "authorised": payment.authorised,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "pay_url": f"{pages}/pay/{payment.reference}" if waiting else "",
        "failure": refused or payment.failure,
        "authorised_until": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(payment.ends)) if until else None,
        "refused": bool(refused),
    }


def unknown(reference: str) -> dict[str, Any]:
    """The answer for a payment that nobody opened here."""
    nothing = SimulatedPayment(reference, "", 0, "", "", "", "", Standing.FAILED.value, 0)
    return told(nothing, pages="", refused="unknown_reference")


def _authorise(connection: sqlite3.Connection, payment: SimulatedPayment) -> None:
    now = time.time()
    payment.standing, payment.authorised = Standing.AUTHORISED.value, payment.amount
    payment.ends = now + (SOON_SECONDS if payment.token == "sim_ends_soon" else AUTHORISATION_SECONDS)  # noqa: S105 # it is no secret
    note_move(connection, payment, "authorise", payment.amount, now)


def _fail(payment: SimulatedPayment, code: str) -> None:
    payment.standing, payment.failure = Standing.FAILED.value, code


def _move(connection: sqlite3.Connection, payment: SimulatedPayment, kind: str, amount: int) -> None:
    if amount:
        note_move(connection, payment, kind, amount, time.time())
    _kept(connection, payment)


def _kept(connection: sqlite3.Connection, payment: SimulatedPayment) -> None:
    keep_payment(connection, payment)
    queue_hook(connection, "payment", payment.reference)


def _amount(asked: Mapping[str, Any]) -> int:
    amount = asked.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= 10**14:
        raise Nonsense("amount must be a whole number of minor units above 0")
    return amount


def _address(asked: Mapping[str, Any], name: str) -> str:
    address = _text(asked, name, empty=True)
    if address and not re.fullmatch(r"https?://[!-~]+", address):
        raise Nonsense(f"{name} must begin with http:// or https://")
    return address


def _text(asked: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    text = asked.get(name)
    if not isinstance(text, str) or (not text and not empty) or len(text) > 2000:
        raise Nonsense(f"{name} must be a text")
    return text
