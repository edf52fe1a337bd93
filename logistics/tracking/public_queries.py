"""Reads for the customer's page."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.config import settings
from logistics.core.language import current_locale
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.fulfilment.queries import find_goods, find_parcels
from logistics.orders.charging import can_pay_by_card
from logistics.orders.models import Order, OrderLine, OrderStatus, Owed
from logistics.payments.by_card import is_page
from logistics.payments.queries import last_card
from logistics.payments.wording import CLOSED, failure_text
from logistics.tracking.arriving import arrival_of
from logistics.tracking.disclosing import PublicOrder, PublicParcel, mask_name
from logistics.tracking.knowing import Facts
from logistics.tracking.models import EventSource, Proof, ProofPhoto
from logistics.tracking.public_moments import AnyRow, carrier_steps, moment_of, our_steps
from logistics.tracking.queries import find_events
from logistics.tracking.rules import in_order, is_future
from logistics.tracking.timeline import PROOF_TEXT, newest_first

_SHOWN = text(
    """
    SELECT o.version,
           (SELECT string_agg(concat_ws(' ', s.id, s.version, s.expected_from, s.expected_to), ';' ORDER BY s.id)
              FROM shipments s WHERE s.order_id = o.id),
           (SELECT max(e.id) FROM tracking_events e JOIN shipments s ON s.id = e.shipment_id WHERE s.order_id = o.id),
           (SELECT string_agg(concat_ws(' ', p.id, p.kind, p.signer IS NULL, f.id), ';' ORDER BY p.id)
              FROM proofs p JOIN shipments s ON s.id = p.shipment_id LEFT JOIN proof_photos f ON f.proof_id = p.id WHERE s.order_id = o.id)
      FROM orders o WHERE o.id = :order_id
    """
)


def public_tag(session: Session, order_id: int, *, knows: bool) -> str:
    """Another one as soon as the customer's page shows anything else, to somebody who does (not) know a second fact. One query.

    The day is part of it: what is expected today is late tomorrow.
    """
    shown = session.execute(_SHOWN, {"order_id": order_id}).one()
    seen = (order_id, *shown, knows, clock.today(settings().timezone).isoformat(), current_locale())
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def public_order(session: Session, order_id: int, *, knows: bool) -> PublicOrder:
    """All that the customer of an order may know about it: by its link, or by a second fact as well (SEC28)."""
    order = session.get_one(Order, order_id)
    rows = [row for row in find_parcels(session, order.id) if row.state != ShipmentState.CANCELLED]
    events = find_events(session, order.id)
    parcels = _parcels(session, order, rows, events, knows=knows)
    numbers = {row.id: parcel.number for row, parcel in zip(rows, parcels, strict=True)} if len(rows) > 1 else {}
    return PublicOrder(
        number=order.number,
        status=order.status,
        recipient=mask_name(order.name),
        city=order.city,
        is_paid=order.covered_at is not None,
        parcels=parcels,
        unsent=_unsent(session, order),
        pays_on_delivery=order.owed == Owed.COD and order.status not in (OrderStatus.DELIVERED, OrderStatus.RETURNED),
        **_card(session, order),
        moments=newest_first([*our_steps(session, order, rows, numbers), *carrier_steps(order, events, numbers)]),
        can_readdress=knows and order.can_readdress,
        knows=knows,
        may_know=Facts(order.email, order.postcode, order.phone).has_any,
    )


def find_parcel(session: Session, order_id: int, number: int) -> str | None:
    """The reference of the parcel that the customer's page of an order counts as this one, if there is one."""
    rows = [row for row in find_parcels(session, order_id) if row.state != ShipmentState.CANCELLED]
    return str(rows[number - 1].reference) if 1 <= number <= len(rows) else None


def find_photo(session: Session, order_id: int, name: str) -> bytes | None:
    """The photo of a delivery of this order that has this name."""
    photos = select(ProofPhoto.data).join(Proof, Proof.id == ProofPhoto.proof_id).join(Shipment, Shipment.id == Proof.shipment_id)
    return session.scalar(photos.where(Shipment.order_id == order_id, ProofPhoto.name == name))


def _parcels(session: Session, order: Order, rows: Sequence[AnyRow], events: Sequence[AnyRow], *, knows: bool) -> tuple[PublicParcel, ...]:
    goods, proofs = find_goods(session, order.id), _find_proofs(session, order.id) if knows else {}
    parcels = []
    for number, row in enumerate(rows, 1):
        of_parcel = [event for event in events if event.shipment_id == row.id and not is_future(event)]
        parcel = _parcel(number, row, goods.get(row.id, []), order, of_parcel)
        parcels.append(_proven(parcel, proofs.get(row.id)))
    return tuple(parcels)


def _parcel(number: int, row: AnyRow, goods: Sequence[AnyRow], order: Order, events: Sequence[Any]) -> PublicParcel:
    last: Any = next(iter(in_order(events)[::-1]), None)
    told = [event for event in in_order(events) if event.source == EventSource.CARRIER]
    return PublicParcel(
        number=number,
        state=ShipmentState(row.state),
        goods=tuple((line.name, line.quantity) for line in goods),
        carrier=row.Carrier.name if row.Carrier else "",
        tracking_number=row.tracking_number,
        link=row.Carrier.link_to(row.tracking_number) if row.Carrier else "",
        problem=last.problem if last else "",
        arrival=arrival_of(row, today=clock.today(settings().timezone)),
        latest=moment_of(told[-1], order) if told else None,
    )


def _proven(parcel: PublicParcel, proof: AnyRow | None) -> PublicParcel:
    """The parcel with how it was handed over, once it is."""
    if proof is None or parcel.state is not ShipmentState.DELIVERED:
        return parcel
    return replace(parcel, proof=str(PROOF_TEXT[proof.kind]), signer=mask_name(proof.signer or ""), photo=proof.photo or "")


def _find_proofs(session: Session, order_id: int) -> dict[int, AnyRow]:
    """The proof of the latest delivery of each parcel: shipment_id, kind, signer, photo (its name, or None)."""
    proofs = (
        select(Proof.shipment_id, Proof.kind, Proof.signer, ProofPhoto.name.label("photo"))
        .join(Shipment, Shipment.id == Proof.shipment_id)
        .outerjoin(ProofPhoto, ProofPhoto.proof_id == Proof.id)
        .where(Shipment.order_id == order_id)
    )
    return {row.shipment_id: row for row in session.execute(proofs.order_by(Proof.at, Proof.id))}


def _card(session: Session, order: Order) -> dict[str, Any]:
    """Whether and how far an order is being paid by card."""
    if not can_pay_by_card(order):
        return {}
    last = last_card(session, order.id)
    told = failure_text(last.failure) if last and last.failure not in CLOSED else ""
    return {"can_pay": True, "is_paying": last is not None and is_page(last), "failure": told}


def _unsent(session: Session, order: Order) -> tuple[tuple[str, int], ...]:
    left = OrderLine.ordered - OrderLine.cancelled - OrderLine.assigned
    lines = select(Product.name, left).join(OrderLine, OrderLine.product_id == Product.id).where(OrderLine.order_id == order.id, left > 0)
    return tuple((name, units) for name, units in session.execute(lines.order_by(OrderLine.position)))
