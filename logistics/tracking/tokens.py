"""Finding the order of a public page: by the token of its link (orders.linking makes it), or by its number and a second fact."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Shipment
from logistics.orders.linking import mark_of
from logistics.orders.models import Order
from logistics.tracking.knowing import Facts, knows
from logistics.tracking.models import TrackingEvent, TrackingStatus

ENDS_AFTER_DELIVERY = timedelta(days=90)
_NUMBER_LENGTH = 8
_SHOWN = select(Order.id, Order.number, Order.token_version, Order.status, Order.email, Order.postcode, Order.phone)


@dataclass(frozen=True)
class Found:
    """The order that a link or a second fact opens, and what its customer may be asked for."""

    order_id: int
    number: str
    token_version: int
    facts: Facts


def find_by_token(session: Session, token: str, *, secret: str) -> Found:
    """The order of a token. Raises NotFound alike for a wrong token, an unknown order and a page that ended."""
    number = number_in(token)
    row = _look_up(session, number)
    # An unknown order costs the same as a wrong token.
    right = hmac.compare_digest(token[_NUMBER_LENGTH:].encode(), mark_of(number, row.token_version if row else 0, secret).encode())
    return _found(session, row, right)


def find_by_fact(session: Session, number: str, fact: str) -> Found:
    """The order of a number as it was typed, for somebody who knows a second fact of it. Raises NotFound as find_by_token does."""
    row = _look_up(session, read_code(number) or "")
    facts = Facts(row.email, row.postcode, row.phone) if row else Facts()
    return _found(session, row, knows(fact, facts))


def number_in(token: str) -> str:
    """The number that a token begins with; empty where it begins with none."""
    return read_code(token[:_NUMBER_LENGTH]) or ""


def _look_up(session: Session, number: str) -> Row[*tuple[Any, ...]] | None:
    return session.execute(_SHOWN.where(Order.number == number)).first()


def _found(session: Session, row: Row[*tuple[Any, ...]] | None, right: bool) -> Found:
    if row is None or not right or _has_ended(session, row):
        raise NotFound(_("There is no parcel to show here. Check the link, or ask the shop."))
    return Found(row.id, row.number, row.token_version, Facts(row.email, row.postcode, row.phone))


def _has_ended(session: Session, row: Row[*tuple[Any, ...]]) -> bool:
    if row.status != "delivered":
        return False
    delivered = select(func.max(TrackingEvent.occurred_at)).join(Shipment, Shipment.id == TrackingEvent.shipment_id)
    last = session.scalar(delivered.where(Shipment.order_id == row.id, TrackingEvent.status == TrackingStatus.DELIVERED.value))
    return last is not None and clock.now() - last > ENDS_AFTER_DELIVERY
