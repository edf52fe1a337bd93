"""Money for an order from a program: by the same capabilities as the desk."""

from sqlalchemy.orm import Session

from logistics.api.reading import pointing
from logistics.api.schemas.money import MoneyBody
from logistics.api.taking import PAYABLE, refuse_unsupported
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.money import parse_money
from logistics.core.refusals import BadValue, FieldError, Invalid
from logistics.orders.collecting import approve_cod
from logistics.orders.models import Order
from logistics.orders.paying import amount_to_come, approve_terms, pay_from_balance, record_transfer

_WAYS = {"balance": pay_from_balance, "cod": approve_cod, "terms": approve_terms}


def take_money(session: Session, order: Order, body: MoneyBody, *, by: Actor) -> Order:
    """Pay an order as a program asks. Locks the order, and what paying that way locks.

    More than is open is taken too: it came. Raises Invalid, its errors pointing into the body, and what paying that way raises.
    """
    if body.method not in (*_WAYS, "transfer"):
        message = _("Orders are paid by %(methods)s for now.", methods=", ".join(PAYABLE))
        raise Invalid(message, errors=[FieldError("/method", "unsupported_method", message, {"supported": list(PAYABLE)})])
    refuse_unsupported(card_token=body.card_token)
    if body.method == "transfer":
        amount = amount_to_come(session, order) if body.amount is None else _read_amount(body.amount, order.currency)
        with pointing(lambda error: f"/{error.pointer}"):
            return record_transfer(session, number=order.number, amount=amount, reference=body.reference or "", by=by, with_surplus=True)
    # All that is open: another amount would be lost in silence.
    refuse_unsupported(amount=body.amount, reference=body.reference)
    return _WAYS[body.method](session, number=order.number, by=by)


def _read_amount(text: str, currency: str) -> int:
    try:
        return parse_money(text, currency)
    except BadValue as error:
        raise Invalid(error.message, errors=[FieldError("/amount", error.code, error.message)]) from error
