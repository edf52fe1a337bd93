"""Cards over HTTP, with the provider as a process of its own: opposing actions at the same moment, and ours killed between call and finish.

LOGISTICS_CHAOS=full runs the 300 rounds that are promised; fewer otherwise (P27, P28).
"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from logistics.core import clock
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.fulfilment.models import Shipment
from logistics.orders import charging
from logistics.orders.charging import customer_of
from logistics.orders.expiring import expire
from logistics.orders.finishing import carry_out
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.orders.settling import settle_order
from logistics.payments import by_card
from logistics.payments.models import Payment, PaymentAttempt
from logistics.staff.signing_in import open_session
from tests.api.programs import make_key, order_body
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.conftest import SECRET
from tests.house import Answer, House, Visitor
from tests.payments.simulation import Simulation, free_port

pytestmark = pytest.mark.loopback
ROUNDS = 300 if FULL else 20
KILLS = 30 if FULL else 3
TOTAL = 3600
SKU = "CARD-LAMP"


@pytest.fixture(scope="module")
def port() -> int:
    """Where the house will stand: the provider has to know it first."""
    return free_port()


@pytest.fixture(scope="module")
def provider(town: Flask, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """The provider, which tells the house what happens."""
    with Simulation(tmp_path_factory.mktemp("provider"), hooks=f"http://127.0.0.1:{port}/hooks/payments/simulated") as running:
        town.config["GATEWAYS"] = {"simulated": running.gateway()}
        yield running
        town.config.pop("GATEWAYS")


@pytest.fixture(scope="module")
def house(town: Flask, port: int, provider: Simulation) -> Iterator[House]:
    """The house, with that provider."""
    environment = {"SIMULATED_GATEWAY": provider.address}
    with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET, port=port, environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def people(house: House, town: Flask) -> dict[str, Visitor]:
    """A manager and a picker, with lamps enough."""
    with town.app_context():
        cast = Cast(town)
        cast.stock(SKU, 9000, price=TOTAL)
        cast.carrier()
        tokens = {who: open_session(db.session(), cast.person(who)) for who in ("manager", "picker")}
        db.session.commit()
        db.session.remove()
    return {who: house.visitor(token) for who, token in tokens.items()}


def test_cancel_against_dispatch_has_one_winner_and_the_money_follows(town: Flask, people: dict[str, Visitor], provider: Simulation) -> None:
    """P28: capture against void, too."""
    ends: Counter[str] = Counter()
    for round_ in range(ROUNDS):
        number, parcel = _packed(town)
        cancelled, dispatched = _together(
            lambda number=number: people["manager"].post(f"/orders/{number}/cancellation", {"reason": "customer"}),
            lambda parcel=parcel, round_=round_: _dispatch(people["picker"], parcel, f"JD{round_}"),
        )
        assert {cancelled.status, dispatched.status} <= {200, 303, 409}, (cancelled.body, dispatched.body)

        _settle(town, number)
        status, net = _outcome(town, provider, number)
        ends[status] += 1
        assert (status, net) in (("shipped", TOTAL), ("cancelled", 0)) or (cancelled.status == dispatched.status == 409 and net in (0, TOTAL))
    assert set(ends) <= {"shipped", "cancelled", "paid"}
    assert _audit(town) == []


def test_two_refunds_against_one_capture_never_give_more_back(town: Flask, people: dict[str, Visitor], provider: Simulation) -> None:
    """P27. The pages of refunds call the same."""
    for _round in range(ROUNDS):
        number, _parcel = _packed(town)
        _capture(town, number)
        outcomes = _together(lambda number=number: _refund(town, number, 2000), lambda number=number: _refund(town, number, 2000))

        _settle(town, number)
        _status, net = _outcome(town, provider, number)
        assert sorted(outcomes) in (["begun", "illegal_move"], ["begun", "payment_in_flight"])
        assert net == TOTAL - 2000
        assert _given_back(town, number) == 2000


def test_a_time_out_against_a_payment_keeps_or_releases_and_never_both(town: Flask, people: dict[str, Visitor], provider: Simulation) -> None:
    """P4, P28: the customer pays on an old page at the moment at which it is closed."""
    ends: Counter[str] = Counter()
    for _round in range(ROUNDS):
        number, reference = _old_page(town)
        _together(lambda reference=reference: provider.choose(reference, "approve"), lambda number=number: _sweep(town, number))

        _settle(town, number, now=True)
        _sweep(town, number)
        _settle(town, number, now=True)
        status = _status(town, number)
        sums = provider.sums(reference)
        ends[status] += 1
        assert (status, sums["authorise"] - sums["void"]) in (("paid", TOTAL), ("cancelled", 0)), sums
    assert set(ends) <= {"paid", "cancelled"}
    assert _audit(town) == []


def test_ours_killed_between_the_call_and_its_end_takes_the_money_once(
    town: Flask, people: dict[str, Visitor], house: House, provider: Simulation
) -> None:
    """P14: kill -9 while the provider has done it and not answered yet."""
    for round_ in range(KILLS):
        number, parcel = _packed(town)
        provider.misbehave("capture", "hang_after", seconds=1.5)
        picker = threading.Thread(target=lambda parcel=parcel, round_=round_: _try(lambda: _dispatch(people["picker"], parcel, f"K{round_}")))
        picker.start()
        _wait_until(lambda number=number: _open(town, number) == "capture")
        time.sleep(0.5)
        house.kill()
        picker.join()
        house.start()

        assert _open(town, number) == "capture"
        assert people["manager"].post(f"/orders/{number}/cancellation", {"reason": "customer"}).status == 409
        _age(town, number)
        time.sleep(1.5)
        _settle(town, number)
        assert _open(town, number) is None
        assert _dispatch(people["picker"], parcel, f"K{round_}").status in (200, 303)
        assert _outcome(town, provider, number) == ("shipped", TOTAL)
    assert _audit(town) == []


def test_an_order_by_token_whose_answer_we_died_before_is_paid_once(town: Flask, house: House, provider: Simulation) -> None:
    """P6, P14: the program asks again with its key and gets the order as it stood; the worker books what was authorised."""
    key = Cast(town).made(lambda: (Cast(town).stock(SKU, KILLS, price=TOTAL), make_key(Cast(town)))[1])
    for round_ in range(KILLS):
        provider.misbehave("authorise", "hang_after", seconds=1.5)
        body = order_body((SKU, 1), payment={"method": "card", "card_token": "sim_ok"}, external_id=f"KILLED-{round_}")
        first = threading.Thread(target=lambda body=body, round_=round_: _try(lambda: _post(house.port, key, body, f"killed-{round_}")))
        first.start()
        _wait_until(lambda round_=round_: _number(town, f"KILLED-{round_}") is not None)
        time.sleep(0.5)
        house.kill()
        first.join()
        house.start()

        again = _post(house.port, key, body, f"killed-{round_}")
        assert (again.status, json.loads(again.body)["payment"]["state"]) == (201, "created")
        number = json.loads(again.body)["number"]
        _age(town, number)
        time.sleep(1.5)
        _settle(town, number)
        assert _status(town, number) == "paid"
        sums = provider.sums(_reference(town, number))
        assert sums == {"authorise": TOTAL, "capture": 0, "void": 0, "refund": 0}
    assert _audit(town) == []


def _packed(town: Flask) -> tuple[str, str]:
    """An order whose card is authorised and whose parcel is packed: their numbers."""
    cast = Cast(town)
    with town.app_context():
        order = cast.order(lines=[(SKU, 1)])
        number, by = order.number, cast.actor()
        db.session.commit()

        def begin(session: Any) -> Any:
            held = lock_order(session, number=number)
            return charging.begin_card(session, held, token="sim_ok", whom=customer_of(held), by=by)

        carry_out(in_transaction(begin), by=by)
        shipment = db.session.scalars(select(Shipment).join(Order, Order.id == Shipment.order_id).where(Order.number == number)).one()
        reference = cast.work_on(shipment, "packed").reference
        db.session.commit()
        db.session.remove()
    return number, reference


def _old_page(town: Flask) -> tuple[str, str]:
    """An order past its time, with a page that is older than what keeps it: its number, the page's reference."""
    cast = Cast(town)
    with town.app_context():
        order = cast.order(lines=[(SKU, 1)])
        number, by, whom = order.number, cast.actor(), customer_of(order)
        db.session.commit()
        charging.make_page(number=number, whom=whom, by=by)
        moment = clock.now() - timedelta(minutes=45)
        own = select(Order.id).where(Order.number == number).scalar_subquery()
        db.session.execute(update(Order).where(Order.number == number).values(expires_at=moment))
        db.session.execute(update(Payment).where(Payment.order_id == own).values(created_at=moment, settle_at=moment))
        db.session.commit()
        db.session.remove()
        return number, _reference(town, number)


def _capture(town: Flask, number: str) -> None:
    with town.app_context():
        by = Cast(town).actor()
        question = in_transaction(lambda session: charging.begin_capture(session, lock_order(session, number=number), by=by))
        assert question
        carry_out(question, by=by)


def _refund(town: Flask, number: str, amount: int) -> str:
    def begin(session: Any) -> str:
        order = lock_order(session, number=number)
        by_card.refund_by_card(session, by_card.hold_payments(session, order.id)[0], amount, Cast(town).actor())
        return "begun"

    with town.app_context():
        try:
            return in_transaction(begin)
        except Refusal as refusal:
            return refusal.code


def _sweep(town: Flask, number: str) -> None:
    with town.app_context():
        order_id = _id(number)
        settle_order(order_id)
        in_transaction(lambda session: expire(session, order_id=order_id))


def _settle(town: Flask, number: str, *, now: bool = False) -> None:
    with town.app_context():
        order_id = _id(number)
        for _try_again in range(20):
            settle_order(order_id, now=now)
            if _open(town, number) is None:
                return
            time.sleep(0.1)


def _dispatch(picker: Visitor, parcel: str, tracking_number: str) -> Answer:
    return picker.post(f"/shipments/{parcel}/dispatch", {"carrier": "DHL", "tracking_number": tracking_number, "form_key": new_key()})


def _post(port: int, key: str, body: Any, once: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": once}
    try:
        connection.request("POST", "/api/v1/orders", json.dumps(body), headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read().decode())
    finally:
        connection.close()


def _outcome(town: Flask, provider: Simulation, number: str) -> tuple[str, int]:
    """The headline, and what the customer has paid by the provider's own books, which are ours as well."""
    sums = provider.sums(_reference(town, number))
    with town.app_context():
        columns = (Payment.authorised, Payment.captured, Payment.voided, Payment.refunded)
        ours = db.session.execute(select(*columns).join(Order, Order.id == Payment.order_id).where(Order.number == number)).one()
        db.session.remove()
    assert tuple(ours) == (sums["authorise"], sums["capture"], sums["void"], sums["refund"])
    return _status(town, number), sums["capture"] - sums["refund"]


def _given_back(town: Flask, number: str) -> int:
    with town.app_context():
        return int(db.session.scalar(select(func.sum(Payment.refunded)).join(Order, Order.id == Payment.order_id).where(Order.number == number)) or 0)


def _open(town: Flask, number: str) -> str | None:
    with town.app_context():
        kind = (
            select(PaymentAttempt.kind).join(Order, Order.id == PaymentAttempt.order_id).where(Order.number == number, PaymentAttempt.state == "open")
        )
        found = db.session.scalar(kind)
        db.session.remove()
        return found


def _age(town: Flask, number: str) -> None:
    """Let what is open have been asked for two minutes ago."""
    with town.app_context():
        own = select(Order.id).where(Order.number == number).scalar_subquery()
        old = update(PaymentAttempt).where(PaymentAttempt.order_id == own).values(opened_at=clock.now() - timedelta(minutes=2))
        db.session.execute(old)
        db.session.commit()
        db.session.remove()


def _reference(town: Flask, number: str) -> str:
    with town.app_context():
        found = db.session.scalars(select(Payment.provider_reference).join(Order, Order.id == Payment.order_id).where(Order.number == number)).one()
        db.session.remove()
        return found


def _status(town: Flask, number: str) -> str:
    with town.app_context():
        found = db.session.scalars(select(Order.status).where(Order.number == number)).one()
        db.session.remove()
        return found


def _number(town: Flask, external_id: str) -> str | None:
    with town.app_context():
        found = db.session.scalar(select(Order.number).where(Order.external_id == external_id))
        db.session.remove()
        return found


def _id(number: str) -> int:
    return int(db.session.scalars(select(Order.id).where(Order.number == number)).one())


def _together(*acts: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; what each gave."""
    start, given = threading.Barrier(len(acts)), {}

    def one(at: int) -> None:
        start.wait()
        given[at] = acts[at]()

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [given[at] for at in range(len(acts))]


def _try(act: Callable[[], Any]) -> None:
    with suppress(OSError, http.client.HTTPException):
        act()


def _wait_until(holds: Callable[[], bool]) -> None:
    for _moment in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def _audit(town: Flask) -> list[tuple[str, Any]]:
    with town.app_context():
        return [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders]
