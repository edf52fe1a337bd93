"""Reads for the pages about parcels on their way."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from logistics.catalog.models import Product
from logistics.core.config import settings
from logistics.core.events import EventLog
from logistics.core.language import _, current_locale
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.fulfilment.queries import find_goods, find_parcels
from logistics.orders.charging import can_pay_by_card
from logistics.orders.linking import public_link
from logistics.orders.models import Order, OrderLine, OrderStatus, Owed
from logistics.payments.by_card import is_page
from logistics.payments.queries import last_card
from logistics.payments.wording import CLOSED, failure_text
from logistics.staff.models import Staff
from logistics.tracking.models import Proof, TrackingEvent, TrackingStatus
from logistics.tracking.proof_queries import find_proofs, proof_text
from logistics.tracking.rules import fold, is_future
from logistics.tracking.telling import PublicOrder, PublicParcel, mask_name
from logistics.tracking.timeline import PROOF_TEXT, STATUS_TEXT, STATUS_TONE, Moment, in_shop_zone, newest_first

# A row of whatever columns its query names.
AnyRow = Row[*tuple[Any, ...]]


def public_tag(session: Session, order: Order) -> str:
    """Another one as soon as the public page shows anything else. One query."""
    parcels = select(func.count(Shipment.id), func.sum(Shipment.version), func.max(TrackingEvent.id)).select_from(Shipment)
    parcels = parcels.outerjoin(TrackingEvent, TrackingEvent.shipment_id == Shipment.id).where(Shipment.order_id == order.id)
    shown = (order.id, order.version, *session.execute(parcels).one(), current_locale())
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def public_order(session: Session, order: Order) -> PublicOrder:
    """All that the customer of an order may know about it (SEC28)."""
    rows = [row for row in find_parcels(session, order.id) if row.state != ShipmentState.CANCELLED]
    events = find_events(session, order.id)
    goods, proofs = find_goods(session, order.id), _find_proofs(session, order.id)
    parcels = [_parcel(number, row, goods.get(row.id, []), proofs) for number, row in enumerate(rows, 1)]
    numbers = {row.id: parcel.number for row, parcel in zip(rows, parcels, strict=True)} if len(rows) > 1 else {}
    return PublicOrder(
        number=order.number,
        status=order.status,
        recipient=mask_name(order.name),
        city=order.city,
        is_paid=order.covered_at is not None,
        parcels=tuple(parcels),
        unsent=_unsent(session, order),
        pays_on_delivery=order.owed == Owed.COD and order.status not in (OrderStatus.DELIVERED, OrderStatus.RETURNED),
        **_card(session, order),
        moments=newest_first([*_our_steps(session, order, rows, numbers), *_carrier_steps(order, events, numbers)]),
    )


def _card(session: Session, order: Order) -> dict[str, Any]:
    """Whether and how far an order is being paid by card."""
    if not can_pay_by_card(order):
        return {}
    last = last_card(session, order.id)
    told = failure_text(last.failure) if last and last.failure not in CLOSED else ""
    return {"can_pay": True, "is_paying": last is not None and is_page(last), "failure": told}


def find_events(session: Session, order_id: int) -> Sequence[AnyRow]:
    """What was reported of an order's parcels and not replaced since, with who of the staff reported it (`actor`), if one did."""
    successor = aliased(TrackingEvent)
    later = select(successor.replaces_id).join(Shipment, Shipment.id == successor.shipment_id)
    later = later.where(Shipment.order_id == order_id, successor.replaces_id.is_not(None))
    events = (
        select(*TrackingEvent.__table__.columns, Shipment.reference, Staff.name.label("actor"))
        .join(Shipment, Shipment.id == TrackingEvent.shipment_id)
        .outerjoin(Staff, and_(Staff.id == TrackingEvent.actor_id, TrackingEvent.source == "staff"))
        .where(Shipment.order_id == order_id, TrackingEvent.id.not_in(later))
        .order_by(TrackingEvent.occurred_at, TrackingEvent.rank, TrackingEvent.id)
    )
    return session.execute(events).all()


def order_panel(session: Session, order: Order) -> dict[str, Any]:
    """What the order's page shows of its parcels on their way."""
    events = find_events(session, order.id)
    gone = [row for row in find_parcels(session, order.id) if row.dispatched_at]
    # No proof without a delivery that was reported.
    proofs = find_proofs(session, order.id) if any(row.status == TrackingStatus.DELIVERED for row in events) else ()
    story = _story(gone, events)
    shown = {"order": order, "parcels": gone, "story": story, "link": public_link(order), "place": "order"}
    return {**shown, "proofs": proofs, "unproved": _unproved(gone, events, proofs), "proof_text": proof_text}


def shipment_panel(session: Session, shipment: Shipment) -> dict[str, Any]:
    """What a shipment's page shows of its way."""
    panel = order_panel(session, shipment.order)
    gone = [row for row in panel["parcels"] if row.id == shipment.id]
    events = [row for row in find_events(session, shipment.order_id) if row.shipment_id == shipment.id]
    proofs = [row for row in panel["proofs"] if row.shipment_id == shipment.id]
    return {**panel, "parcels": gone, "story": _story(gone, events), "place": "shipment", "proofs": proofs}


def _unproved(parcels: Sequence[AnyRow], events: Sequence[AnyRow], proofs: Sequence[AnyRow]) -> set[int]:
    """The delivered parcels of whose last delivery nobody said who took it in."""
    proved = {(row.shipment_id, row.at) for row in proofs}
    last = {row.shipment_id: row.occurred_at for row in events if row.status == TrackingStatus.DELIVERED and not is_future(row)}
    return {row.id for row in parcels if row.state == ShipmentState.DELIVERED and (row.id, last.get(row.id)) not in proved}


def _story(parcels: Sequence[AnyRow], events: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """The timeline staff read: who reported what, and what the parcel's state did not follow."""
    skipped = {event for parcel in parcels for event in fold([row for row in events if row.shipment_id == parcel.id]).skipped}
    told = [_told(row, skipped, name_parcel=len(parcels) > 1) for row in events]
    for parcel in parcels:
        sent = {"at": parcel.dispatched_at, "title": _("Handed to %(carrier)s", carrier=parcel.Carrier.name if parcel.Carrier else "–")}
        told.append({**sent, "text": parcel.reference if len(parcels) > 1 else "", "tone": "progress"})
    return sorted(told, key=lambda item: item["at"], reverse=True)


def _told(row: AnyRow, skipped: set[int], *, name_parcel: bool) -> dict[str, Any]:
    note = ""
    if is_future(row):
        note = _("This time was still to come when it was reported, so it is left out.")
    elif row.id in skipped and row.status != "label_created":
        note = _("It came late: the parcel was further already.")
    where = " · ".join(part for part in (row.place, row.text, row.reference if name_parcel else "") if part)
    tone = "neutral" if row.id in skipped else STATUS_TONE.get(row.status, "progress")
    actor = row.actor or (_("Carrier") if row.source == "carrier" else "")
    return {
        "at": row.occurred_at,
        "title": STATUS_TEXT[row.status],
        "text": "\n".join(part for part in (where, note) if part),
        "tone": tone,
        "actor": actor,
    }


def _parcel(number: int, row: AnyRow, goods: Sequence[AnyRow], proofs: Mapping[int, str]) -> PublicParcel:
    delivered = row.state == ShipmentState.DELIVERED
    return PublicParcel(
        number=number,
        state=ShipmentState(row.state),
        goods=tuple((line.name, line.quantity) for line in goods),
        carrier=row.Carrier.name if row.Carrier else "",
        tracking_number=row.tracking_number,
        link=row.Carrier.link_to(row.tracking_number) if row.Carrier else "",
        proof=str(PROOF_TEXT[proofs[row.id]]) if delivered and row.id in proofs else "",
    )


def _find_proofs(session: Session, order_id: int) -> dict[int, str]:
    proofs = select(Proof.shipment_id, Proof.kind).join(Shipment, Shipment.id == Proof.shipment_id).where(Shipment.order_id == order_id)
    return {row.shipment_id: row.kind for row in session.execute(proofs.order_by(Proof.id))}


def _unsent(session: Session, order: Order) -> tuple[tuple[str, int], ...]:
    left = OrderLine.ordered - OrderLine.cancelled - OrderLine.assigned
    lines = select(Product.name, left).join(OrderLine, OrderLine.product_id == Product.id).where(OrderLine.order_id == order.id, left > 0)
    return tuple((name, units) for name, units in session.execute(lines.order_by(OrderLine.position)))


def _our_steps(session: Session, order: Order, parcels: Sequence[AnyRow], numbers: Mapping[int, int]) -> list[Moment]:
    told: list[tuple[datetime | None, str, int]] = [
        (order.placed_at, _("Order received"), 0),
        (order.covered_at, _("Order confirmed"), 0),
        (_cancelled_at(session, order), _("Order cancelled"), 0),
    ]
    for parcel in parcels:
        carrier = parcel.Carrier.name if parcel.Carrier else ""
        told.append((parcel.packed_at, _("Packed"), numbers.get(parcel.id, 0)))
        told.append((parcel.dispatched_at, _("Handed to %(carrier)s", carrier=carrier), numbers.get(parcel.id, 0)))
    return [in_shop_zone(at, title, settings().timezone, parcel=parcel) for at, title, parcel in told if at]


def _carrier_steps(order: Order, events: Sequence[AnyRow], numbers: Mapping[int, int]) -> list[Moment]:
    shown = [row for row in events if not is_future(row)]
    return [
        Moment(
            row.occurred_at,
            str(STATUS_TEXT[row.status]),
            row.offset_minutes,
            place=_harmless(row.place or "", order),
            parcel=numbers.get(row.shipment_id, 0),
            tone=STATUS_TONE.get(row.status, "progress"),
        )
        for row in shown
    ]


def _cancelled_at(session: Session, order: Order) -> datetime | None:
    if order.status != OrderStatus.CANCELLED:
        return None
    changes = select(func.max(EventLog.at)).where(EventLog.subject == "order", EventLog.subject_id == order.id)
    return session.scalar(changes.where(EventLog.name == "OrderStatusChanged"))


def _harmless(place: str, order: Order) -> str:
    """A place as reported, unless somebody wrote down there who lives where."""
    secrets = (order.line1, order.line2, order.name, order.phone, order.email)
    return "" if any(secret and secret.casefold() in place.casefold() for secret in secrets) else place
