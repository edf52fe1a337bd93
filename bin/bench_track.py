"""bin/bench track: how often a second the customer's page is asked for, beside what the same gunicorn does for a page without a database.

Three ways take turns, round by round, over loopback on kept connections: `static` is the answer that the process lives, `unchanged` the
page for a browser that has it already (304), `page` the whole page of an order with a parcel on its way. The askers share the machine
with the server: compare within one run only.
"""

import http.client
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from bin import ROOT
from logistics import create_app
from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.config import Settings
from logistics.core.database import db
from logistics.core.transactions import in_transaction
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Carrier, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.linking import public_link
from logistics.orders.paying import record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest

WAYS = ("static", "unchanged", "page")
LANES = 4
HOME = Address("12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")


def measure(url: str, *, seconds: float, rounds: int, workers: int) -> dict[str, list[float]]:
    """Answers a second of each way, a number a round. `url`: a database that bin/bench has furnished."""
    secret = secrets.token_urlsafe(48)
    address = _make_page(url, secret)
    with _server(url, secret, workers) as port:
        tag = _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=60), address, "")[1]
        asked = {"static": ("/healthz", "", 200), "unchanged": (address, tag, 304), "page": (address, "", 200)}
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        for _round in range(rounds):
            for way in WAYS:
                rates[way].append(_rate(port, *asked[way], seconds=seconds))
    return rates


def tell(rates: dict[str, list[float]]) -> None:
    """Print them, as ratios of the limit."""
    limit = statistics.median(rates["static"])
    print(f"{'way':<12}{'answers/s':>10}{'spread':>16}{'of the limit':>14}")
    for way, found in rates.items():
        median = statistics.median(found)
        print(f"{way:<12}{median:>10.0f}{f'{min(found):.0f} to {max(found):.0f}':>16}{median / limit:>13.0%}")


def _rate(port: int, address: str, tag: str, expected: int, *, seconds: float) -> float:
    counts = [0] * LANES
    ends = time.perf_counter() + seconds

    def ask(lane: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < ends:
            status, _tag = _ask(connection, address, tag)
            if status != expected:
                raise RuntimeError(f"{address} answered {status}")
            counts[lane] += 1
        connection.close()

    threads = [threading.Thread(target=ask, args=(lane,)) for lane in range(LANES)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def _ask(connection: http.client.HTTPConnection, address: str, tag: str) -> tuple[int, str]:
    connection.request("GET", address, headers={"If-None-Match": tag} if tag else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("ETag", "")


def _make_page(url: str, secret: str) -> str:
    """The address of the page of an order of three products that left a minute ago."""
    app = create_app(Settings(secret_key=secret, database_url=url, web_threads=1, log_level="ERROR"))
    with app.app_context():
        address = "/track/" + in_transaction(_send_an_order).rpartition("/")[2]
        db.session.remove()
        db.engine.dispose()
    return address


def _send_an_order(session: Session) -> str:
    lines = [LineRequest(f"SKU-{number}", 1) for number in range(3)]
    order = place(session, OrderRequest("api", 1, "Mina Park", HOME, "USD", lines, email="mina@example.com"), by=SYSTEM)
    record_transfer(session, number=order.number, amount=order.total, reference="bench", by=SYSTEM)
    shipment = session.query(Shipment).filter_by(order_id=order.id).one()
    pick(session, reference=shipment.reference, picked={line.id: line.quantity for line in shipment.lines}, by=SYSTEM)
    pack(session, reference=shipment.reference, by=SYSTEM)
    session.add(Carrier(code="DHL", name="DHL", tracking_url="https://dhl.example/track?n={number}", active=True))
    dispatch(session, reference=shipment.reference, carrier_code="DHL", tracking_number="JD00000001", by=SYSTEM)
    return public_link(order)


@contextmanager
def _server(url: str, secret: str, workers: int) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    surroundings = {
        "DATABASE_URL": url,
        "SECRET_KEY": secret,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "ERROR",
        "WEB_WORKERS": str(workers),
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "app:app", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **surroundings})
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not become ready")
