"""The demo company: whole, in order, safe, and made once."""

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from logistics.catalog.rules import parse_gtin
from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.config import BadConfiguration
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.customers.models import Customer
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.inventory.models import Reservation, StockLevel, Warehouse
from logistics.notifications.models import Message
from logistics.orders.collection_queries import CollectionSearch, find_collections
from logistics.orders.models import Channel, Order, OrderStatus, RefundRequest
from logistics.orders.refund_queries import Waiting, find_waiting
from logistics.payments.models import Payment
from logistics.payments.overdue_queries import OverdueSearch, find_overdue
from logistics.seeds import assortment, commands, company, sign_ins
from logistics.seeds.orders import PLANS
from logistics.seeds.parked import BUYER
from logistics.seeds.simulating.finding import find_cast
from logistics.seeds.ways import REACH
from logistics.shops.mapping import map_product
from logistics.shops.models import ChannelSecret, CodeKind, InboxEvent
from logistics.shops.working import work
from logistics.staff.changing_password import change_password
from logistics.staff.models import Staff
from logistics.staff.signing_in import actor_of, authenticate
from logistics.tracking.models import CarrierCode, ParcelIncident, ParkedEvent, Proof, ProofPhoto, TrackingEvent, TrackingStatus
from tests.cast import Cast
from tests.conftest import _clone, build_app

COUNTED = (Order, Customer, StockLevel, Staff, Message, InboxEvent, ChannelSecret)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def harbour(server: str, template: str, folder: Path) -> Iterator[Flask]:
    """A database with the demo company in it, for all tests here."""
    for url in _clone(server, template, f"seeded_{os.getpid()}"):
        app = build_app(url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(commands, "_folder", lambda: folder)
            first = seed(app)
            assert first.exit_code == 0, first.output
            app.extensions["first_words"] = first.output
            yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def inside(harbour: Flask) -> Iterator[Flask]:
    """Inside its application, where everything is put back afterwards."""
    with harbour.app_context():
        yield harbour
        db.session.rollback()
        db.session.remove()


def test_the_books_are_right(inside: Flask) -> None:
    assert [(found.invariant.code, found.offenders) for found in audit(db.engine) if found.offenders] == []


def test_there_are_orders_in_every_state(inside: Flask) -> None:
    statuses = dict(db.session.execute(select(Order.status, func.count()).group_by(Order.status)).all())
    states = set(db.session.scalars(select(Shipment.state)))

    assert set(statuses) == {status.value for status in OrderStatus} - {"draft", "returned"}
    assert sum(statuses.values()) == len(PLANS)
    assert states == {state.value for state in ShipmentState}
    assert set(REACH) == {plan.reach for plan in PLANS}


def test_one_order_timed_out_one_is_about_to_and_one_is_on_hold(inside: Flask) -> None:
    gone = db.session.scalars(select(Order).where(Order.cancel_reason == "payment_timeout")).one()
    waiting = db.session.scalars(select(Order).where(Order.status == "unpaid").order_by(Order.expires_at)).all()
    held = db.session.scalars(select(Order).where(Order.hold_reason != "")).one()
    ended = db.session.scalar(
        select(EventLog.at).where(EventLog.subject_id == gone.id, EventLog.name == "OrderStatusChanged").order_by(EventLog.id.desc()).limit(1)
    )

    assert ended == gone.expires_at
    left = [(order.deadline - clock.now()) / timedelta(hours=1) for order in waiting if order.deadline]
    assert len(left) == len(waiting) >= 4
    assert 1 < left[0] < 37
    assert left[1] > 48
    assert held.hold_note
    assert held.held_by


def test_one_paid_order_waits_for_stock_and_the_rest_of_it_is_ready_to_pick(inside: Flask) -> None:
    waiting = db.session.scalars(select(Reservation).where(Reservation.state == "waiting")).one()
    order = db.session.scalars(select(Order).where(Order.number == waiting.reference)).one()
    parcels = db.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).all()

    assert (order.status, order.ship_complete, waiting.quantity) == ("paid", False, 2)
    assert waiting.level.available == 0
    assert [(parcel.state, sum(line.quantity for line in parcel.lines)) for parcel in parcels] == [("pending", 6)]


def test_one_order_of_the_shop_is_parked_and_is_placed_once_its_code_is_known(inside: Flask) -> None:
    session = db.session()
    shop = session.scalars(select(Channel).where(Channel.code == "web")).one()
    parked = session.scalars(select(InboxEvent)).one()

    assert (parked.channel_id, parked.state, parked.reason) == (shop.id, "parked", "unknown_product")
    codes = [row["code"] for row in parked.facts["unknown"]]
    assert map_product(session, channel_id=shop.id, kind=CodeKind.SKU, code=codes[0], sku="MUG-SEA", by=SYSTEM) == 1
    placed = work(session, parked.id, by=SYSTEM).order
    assert placed is not None
    assert (placed.status, placed.customer.reference, len(placed.lines)) == ("paid", BUYER, 2)


def test_some_orders_went_on_trust_and_some_of_that_money_is_still_to_come(inside: Flask) -> None:
    session = db.session()
    owed = dict(session.execute(select(Order.owed, func.count()).where(Order.owed != "").group_by(Order.owed)).all())
    today = clock.now().date()
    overdue = find_overdue(session, OverdueSearch(), today=today).rows
    waiting = find_collections(session, CollectionSearch()).rows

    assert owed.keys() == {"cod", "terms"}
    assert [row.reference for row in overdue] == ["PIERPOINT"]
    assert len(waiting) == 2
    assert session.scalar(select(func.count(Payment.id)).where(Payment.method == "cod", Payment.captured > 0)) == 1


def test_a_refund_was_given_and_two_things_wait_for_a_second_person(inside: Flask) -> None:
    given = db.session.scalars(select(RefundRequest).where(RefundRequest.state == "direct")).one()

    assert (given.reason, given.order.status) == ("damaged", "delivered")
    assert find_waiting(db.session()) == Waiting(refunds=1, adjustments=1)


def test_its_parcels_show_all_that_can_happen_on_the_road(inside: Flask) -> None:
    session = db.session()
    statuses = set(session.scalars(select(TrackingEvent.status)))
    late = session.scalars(select(Shipment).where(Shipment.expected_to < func.current_date(), Shipment.state == "in_transit")).all()
    problems = set(session.scalars(select(TrackingEvent.problem).where(TrackingEvent.shipment_id.in_([parcel.id for parcel in late]))))
    incidents = session.execute(select(ParcelIncident.kind, ParcelIncident.resolved_at.is_(None), ParcelIncident.opened_by_kind)).all()
    places = session.scalars(select(TrackingEvent.place)).all()

    assert statuses >= {status.value for status in TrackingStatus} - {"label_created"}
    assert {"customs", "weather", "refused", "absent"} <= set(session.scalars(select(TrackingEvent.problem)))
    assert late
    assert "weather" in problems
    assert {("coming_back", True, "system"), ("coming_back", False, "system"), ("not_received", True, "customer")} == {
        tuple(row) for row in incidents
    }
    assert {"Night hub", "杭州转运中心"} <= set(places)
    assert {offset for offset in session.scalars(select(TrackingEvent.offset_minutes)) if offset} >= {60, 480}


def test_some_deliveries_have_a_photo_and_all_of_them_who_took_the_parcel_in(inside: Flask) -> None:
    session = db.session()
    proofs, photos = session.scalar(select(func.count(Proof.id))), session.scalars(select(ProofPhoto)).all()

    assert proofs == session.scalar(select(func.count()).where(TrackingEvent.status == "delivered"))
    assert 3 <= len(photos) < (proofs or 0) / 2
    assert {(photo.width, photo.height) for photo in photos} == {(960, 720)}
    assert all(len(photo.data) < 100_000 and len(photo.small) < 30_000 for photo in photos)


def test_a_parcel_nobody_knows_and_a_code_nobody_knows_wait_for_somebody(inside: Flask) -> None:
    session = db.session()
    assert [parked.tracking_number for parked in session.scalars(select(ParkedEvent))] == ["VE999000111X"]
    assert [(code.code, code.status) for code in session.scalars(select(CarrierCode))] == [("RP-417", None)]


def test_its_carriers_can_be_played(inside: Flask) -> None:
    players = find_cast(db.session())
    assert set(players.secrets) == {"northbay", "veerpost", "songgang"}
    assert len(players.travellers) >= 8
    assert {parcel.chinese for parcel in players.travellers} == {True, False}


def test_it_has_two_warehouses_and_a_distribution_centre_with_goods(inside: Flask) -> None:
    kinds = db.session.scalars(select(Warehouse.kind).order_by(Warehouse.id)).all()
    low = [level for level in db.session.scalars(select(StockLevel)) if level.is_low]

    assert sorted(kinds) == ["distribution_centre", "warehouse", "warehouse"]
    assert 3 <= len(low) <= 8
    assert db.session.scalar(select(func.count()).where(StockLevel.bin == "")) == 0


def test_its_past_reads_in_the_order_of_time(inside: Flask) -> None:
    for table in ("event_log", "movements", "entries", "messages", "payment_moves"):
        moment = "created_at" if table == "messages" else "at"
        back = text(f"SELECT count(*) FROM (SELECT {moment} AS m, lag({moment}) OVER (ORDER BY id) AS before FROM {table}) steps WHERE m < before")
        assert db.session.scalar(back) == 0, table
    assert db.session.scalar(text("SELECT count(*) FROM event_log WHERE at > now()")) == 0
    oldest = db.session.scalar(text("SELECT now() - min(placed_at) > interval '25 days' FROM orders"))
    assert oldest


def test_some_of_it_is_chinese(inside: Flask) -> None:
    assert db.session.scalar(select(func.count()).where(Customer.country == "CN", Customer.language == "zh_Hans")) == 5
    assert (db.session.scalar(select(func.count()).where(Order.language == "zh_Hans")) or 0) >= 10


def test_every_message_was_written_and_none_is_left_to_be_sent(inside: Flask) -> None:
    states = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())

    assert set(states) == {"sent", "dead"}
    assert db.session.scalar(select(func.count()).where(Message.body == "")) == 0
    assert db.session.scalar(select(func.count()).where(Message.sent_at > Message.created_at + text("interval '1 minute'"))) == 0


def test_everybody_can_sign_in_as_it_was_printed(harbour: Flask, inside: Flask, folder: Path) -> None:
    kept = sign_ins.read(folder)

    assert len(kept) == len(company.PEOPLE)
    for email, password in kept.items():
        assert f"{email:<30} {password}" in harbour.extensions["first_words"]
        person = authenticate(db.session(), email=email, password=password)
        assert (person.demo, person.one_time_password) == (True, False)
    assert stat.S_IMODE((folder / sign_ins.FILE).stat().st_mode) == 0o600


def test_seeding_again_adds_nothing_and_prints_the_same(harbour: Flask, inside: Flask) -> None:
    counted = [db.session.scalar(select(func.count()).select_from(table)) for table in COUNTED]
    again = seed(harbour)
    db.session.remove()

    assert again.output == harbour.extensions["first_words"]
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in COUNTED] == counted


def test_lost_passwords_are_replaced_and_chosen_ones_are_left_alone(inside: Flask, folder: Path) -> None:
    session, kept = db.session(), sign_ins.read(folder)
    manager = session.scalars(select(Staff).where(Staff.role == "manager")).one()
    chosen = "seven blue herons over the pier"
    change_password(session, person_id=manager.id, current=kept[manager.email], new=chosen, shop=(), keep="", by=actor_of(manager))

    current = sign_ins.refresh(session, {}, by=commands.operator())

    assert manager.email not in current
    assert authenticate(session, email=manager.email, password=chosen) is manager
    assert set(current) == set(kept) - {manager.email}
    for email, password in current.items():
        assert password != kept[email]
        assert not authenticate(session, email=email, password=password).one_time_password
    assert "(the password they chose)" in sign_ins.tell(session, current)


@pytest.mark.parametrize("given", [{"base_url": "https://shop.example"}, {"host": "0.0.0.0"}, {"host": "shop.example"}])
def test_it_is_not_seeded_where_others_reach_the_shop(app: Flask, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **given))

    refused = seed(app)

    assert refused.exit_code == 1
    assert "only with a loopback HOST" in refused.output
    if "host" in given:
        with pytest.raises(BadConfiguration):
            app.config["SETTINGS"].check()


def test_it_does_not_move_in_with_another_company(app: Flask, cast: Cast) -> None:
    cast.made(lambda: cast.product("LAMP"))

    refused = seed(app)

    assert refused.exit_code == 1
    assert "There is a company in this database already" in refused.output


def test_barcodes_stand_in_the_range_for_ones_own_use() -> None:
    numbers = [assortment.gtin(position) for position in range(1, len(assortment.GOODS) + 1)]

    assert len(set(numbers)) == len(assortment.GOODS) >= 40
    assert all(parse_gtin(number) == number and number.startswith("20") and len(number) == 13 for number in numbers)


def seed(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["seed"])
