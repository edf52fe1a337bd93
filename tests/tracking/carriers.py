"""Carriers that sign and send, for tests: bodies in each format, and the worker that works them."""

import base64
import hashlib
import hmac
import itertools
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Carrier, HookFormat, Shipment
from logistics.tracking.dialects import FORM, JSON, dialect_of
from logistics.tracking.models import CarrierDelivery, DeliveryState, ParkedEvent, TrackingEvent, TrackingStatus
from logistics.tracking.reading.saying import Reading, Said
from logistics.tracking.sharing_secrets import share_secret
from logistics.tracking.tasks import work_delivery
from tests.cast import Cast

FORMATS = tuple(one.value for one in HookFormat if one)
SECRET = "a secret that both of us know"
_counter = itertools.count(1)


@dataclass
class Sender:
    """A carrier with its secret, and a program that signs what it sends."""

    app: Flask
    carrier: Carrier
    secret: str
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @property
    def door(self) -> str:
        """Where it sends to."""
        return f"/hooks/carriers/{self.carrier.code}"

    @property
    def content_type(self) -> str:
        """What it calls its bodies."""
        return FORM if self.carrier.hook_format == HookFormat.KUAIDI100 else JSON

    def pack(self, body: Any, secret: str | None = None) -> bytes:
        """A body as it goes over the line; Kuaidi100's holds its signature."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if self.carrier.hook_format != HookFormat.KUAIDI100:
            return raw
        sign = hashlib.md5(raw + (secret or self.secret).encode(), usedforsecurity=False).hexdigest().upper()
        return urlencode({"sign": sign, "param": raw}).encode()

    def headers(self, raw: bytes, event: str | None = None, secret: str | None = None) -> dict[str, str]:
        """What this format writes beside a body."""
        known, event = secret or self.secret, event or f"event-{next(_counter)}"
        kind = HookFormat(self.carrier.hook_format)
        if kind == HookFormat.OWN:
            moment = clock.now()
            sign = Webhook(known).sign(event, moment, raw.decode())
            return {"webhook-id": event, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": sign}
        if kind == HookFormat.AFTERSHIP:
            return {"aftership-hmac-sha256": base64.b64encode(hmac.new(known.encode(), raw, hashlib.sha256).digest()).decode()}
        if kind == HookFormat.EASYPOST:
            key = unicodedata.normalize("NFKD", known).encode()
            return {"X-Hmac-Signature": f"hmac-sha256-hex={hmac.new(key, raw, hashlib.sha256).hexdigest()}"}
        if kind == HookFormat.SEVENTEEN_TRACK:
            return {"sign": hashlib.sha256(raw + b"/" + known.encode()).hexdigest()}
        return {}

    def send(self, body: Any, event: str | None = None, secret: str | None = None) -> Any:
        """Sign it and send it; the answer."""
        raw = self.pack(body, secret)
        return self.post(raw, self.headers(raw, event, secret))

    def post(self, raw: bytes, headers: dict[str, str], content_type: str | None = None) -> Any:
        """Send just this."""
        return self.client.post(self.door, data=raw, headers=headers, content_type=content_type or self.content_type)


def open_hook(cast: Cast, hook_format: str = "own", *, code: str = "DHL", **values: Any) -> Sender:
    """A carrier of this format with a secret."""
    carrier = cast.carrier(code, **values)
    carrier.hook_format = hook_format
    made = dialect_of(hook_format)
    secret = made.make_secret() if made and made.make_secret else SECRET
    share_secret(cast.session, carrier_id=carrier.id, secret=secret, overlap=timedelta(0), by=SYSTEM)
    cast.session.commit()
    return Sender(cast.app, carrier, secret)


def own_event(number: str, status: str = "in_transit", *, id: str = "", at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """An event of our own format."""
    moment = at or clock.now() - timedelta(hours=1)
    return {"tracking_number": number, "id": id or f"scan-{next(_counter)}", "at": moment.isoformat(), "status": status, **values}


def own_body(*events: dict[str, Any]) -> dict[str, Any]:
    """A body of our own format."""
    return {"events": list(events)}


def said(number: str, status: TrackingStatus | None = TrackingStatus.IN_TRANSIT, *, minutes_ago: int = 60, **values: Any) -> Said:
    """Something a carrier says happened so many minutes ago."""
    return Said(number, clock.now() - timedelta(minutes=minutes_ago), status, **values)


def reading(*things: Said) -> Reading:
    """All that a body says."""
    return Reading(things)


def work_off(session: Session) -> list[CarrierDelivery]:
    """What the worker does: everything that waits, in order; all deliveries there are."""
    waiting = select(CarrierDelivery.id).where(CarrierDelivery.state == DeliveryState.WAITING.value).order_by(CarrierDelivery.id)
    session.commit()
    for delivery_id in session.scalars(waiting).all():
        work_delivery.func(delivery_id=delivery_id)
    return list(session.scalars(select(CarrierDelivery).order_by(CarrierDelivery.id).execution_options(populate_existing=True)))


def events_of(session: Session, shipment: Shipment) -> Sequence[TrackingEvent]:
    """All that was kept of a parcel, in order of time."""
    rows = select(TrackingEvent).where(TrackingEvent.shipment_id == shipment.id)
    return session.scalars(rows.order_by(TrackingEvent.occurred_at, TrackingEvent.rank, TrackingEvent.id)).all()


def parked(session: Session) -> Sequence[ParkedEvent]:
    """All that is parked or was."""
    return session.scalars(select(ParkedEvent).order_by(ParkedEvent.id).execution_options(populate_existing=True)).all()
