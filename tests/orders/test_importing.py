"""Importing new orders: placed like at the desk, never twice, and a dry run that tells the truth."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM, Actor
from logistics.core.addresses import Address
from logistics.core.exports import csv_lines
from logistics.core.importing import Report
from logistics.core.taking_in import import_file
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.importing import NEW_ORDERS
from logistics.orders.models import CancelReason, Order
from tests.cast import Cast

ORDER = {
    "order": "W-1",
    "name": "Mina Park",
    "email": "mina@example.com",
    "phone": "+44 113 496 0001",
    "line1": "12 Park Row",
    "city": "Leeds",
    "postcode": "LS1 5HD",
    "country": "GB",
    "sku": "LAMP",
    "quantity": "2",
    "unit_price": "",
    "discount": "",
    "shipping": "",
    "order_discount": "",
    "note": "",
    "priority": "",
    "customer": "",
    "full_address": "",
    "payment_reference": "",
    "amount_paid": "",
    "line_note": "",
    "currency": "",
    "buyer": "",
}
BLANK = dict.fromkeys(ORDER, "")


@pytest.fixture(autouse=True)
def goods(session: Session, cast: Cast) -> None:
    """Ten lamps and five shades on the shelf."""
    cast.stock("LAMP", 10)
    cast.stock("SHADE", 5)
    session.commit()


def test_an_order_is_placed_with_its_stock_and_its_customer_is_told(session: Session, cast: Cast) -> None:
    rows = [
        ORDER | {"shipping": "4.50", "note": "Ring twice", "priority": "3", "line_note": "blue"},
        BLANK | {"order": "W-1", "sku": "SHADE", "quantity": "1"},
    ]

    report = _import(rows)

    order = session.scalars(select(Order)).one()
    assert (report.new, report.refused, [(line.name, line.number) for line in report.lines]) == (1, [], [("W-1", order.number)])
    assert (order.external_id, order.channel.code, order.status, order.priority, order.note, order.shipping) == (
        "W-1",
        "import",
        "unpaid",
        3,
        "Ring twice",
        450,
    )
    assert [(line.product.sku, line.ordered, line.unit_price, line.note) for line in order.lines] == [
        ("LAMP", 2, 1800, "blue"),
        ("SHADE", 1, 1800, ""),
    ]
    assert order.imported_at is None, "it is no history"
    assert session.scalar(select(func.count()).select_from(Message)) == 1
    assert cast.stock("LAMP", 1).reserved == 2


def test_the_same_file_again_adds_nothing(session: Session) -> None:
    rows = [ORDER, ORDER | {"order": "W-2"}]
    assert _import(rows).new == 2

    again = _import(rows)

    assert (again.new, again.same, again.changed, again.conflict, again.refused) == (0, 2, 0, 0, [])
    assert session.scalar(select(func.count()).select_from(Order)) == 2
    assert session.scalar(select(func.count()).select_from(Customer)) == 1, "and both are hers"


def test_rows_of_one_order_may_stand_anywhere_but_must_agree(session: Session) -> None:
    rows = [ORDER, ORDER | {"order": "W-2"}, ORDER | {"sku": "SHADE", "quantity": "1"}, ORDER | {"order": "W-2", "sku": "SHADE", "city": "York"}]

    report = _import(rows)

    assert [(error.row, error.column, error.code) for error in report.refused] == [(5, "city", "differs")]
    assert _import(rows, valid_rows=True).new == 1
    assert [len(order.lines) for order in session.scalars(select(Order))] == [2]


@pytest.mark.parametrize(
    ("change", "row", "column", "code"),
    [
        ({"sku": "NONE"}, 2, "sku", "unknown_sku"),
        ({"sku": "POST"}, 2, "sku", "not_goods"),
        ({"sku": "BANK CHARGES"}, 2, "sku", "not_goods"),
        ({"quantity": "0"}, 2, "quantity", "bad_quantity"),
        ({"quantity": "-1"}, 2, "quantity", "credit"),
        ({"quantity": "−1"}, 2, "quantity", "bad_minus"),
        ({"unit_price": "1,50"}, 2, "unit_price", "bad_amount"),
        ({"unit_price": "0.001"}, 2, "unit_price", "too_many_decimals"),
        ({"currency": "usd"}, 2, "currency", "unknown_currency"),
        ({"currency": "EUR"}, 2, "unit_price", "no_price"),
        ({"postcode": "no such code"}, 2, "postcode", "bad_postcode"),
        ({"country": "Atlantis"}, 2, "country", "unknown_country"),
        ({"country": ""}, 2, "country", "unknown_country"),
        ({"city": ""}, 2, "city", "required"),
        ({"phone": "12"}, 2, "phone", "bad_phone"),
        ({"email": "a@b@c"}, 2, "email", "bad_email"),
        ({"name": ""}, 2, "name", "required"),
        ({"priority": "10"}, 2, "priority", "bad_priority"),
        ({"quantity": "11"}, 2, "quantity", "insufficient_stock"),
        ({"amount_paid": "1.00"}, 2, "payment_reference", "required"),
        ({"amount_paid": "999.00", "payment_reference": "BANK 1"}, 2, "amount_paid", "bad_amount"),
        ({"full_address": "12 Park Row, Leeds"}, 2, "full_address", "two_addresses"),
        ({"note": "a\x07b"}, 2, "note", "control_character"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column_and_nothing_is_written(
    session: Session, change: Mapping[str, str], row: int, column: str, code: str
) -> None:
    for dry_run in (True, False):
        report = _import([ORDER | change, ORDER | {"order": "W-2"}], dry_run=dry_run)
        assert (row, column, code) in [(error.row, error.column, error.code) for error in report.refused]
        assert {error.row for error in report.refused} == {row}

    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert _import([ORDER | change, ORDER | {"order": "W-2"}], valid_rows=True).new == 1
    assert session.scalars(select(Order.external_id)).all() == ["W-2"]


def test_a_dry_run_counts_what_earlier_orders_of_the_file_take(session: Session) -> None:
    rows = [ORDER | {"order": f"W-{at}", "quantity": "4"} for at in range(3)]

    dry = _import(rows, dry_run=True)
    real = _import(rows, valid_rows=True)

    for report in (dry, real):
        assert (report.new, report.left_out) == (2, 1)
        assert [(error.row, error.column, error.code) for error in report.refused] == [(4, "quantity", "insufficient_stock")]
        assert "4 wanted, 2 available" in report.refused[0].message
    assert session.scalar(select(func.count()).select_from(Order)) == 2


def test_all_or_nothing_looks_at_the_whole_file_first(session: Session) -> None:
    rows = [ORDER | {"order": f"W-{at}", "quantity": "4"} for at in range(3)]

    assert _import(rows).refused[0].code == "insufficient_stock"
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_order_that_is_here_and_differs_stays_and_the_difference_is_told(session: Session) -> None:
    _import([ORDER | {"note": "Ring twice"}])

    for dry_run in (True, False):
        report = _import([ORDER | {"quantity": "3", "city": "York", "note": "Ring twice"}], dry_run=dry_run)
        (line,) = report.lines
        assert (line.outcome, line.number) == ("changed", session.scalars(select(Order.number)).one())
        assert [(name, here, says) for name, here, says in line.differences] == [
            ("Address", "12 Park Row, Leeds, LS1 5HD, United Kingdom", "12 Park Row, York, LS1 5HD, United Kingdom"),
            ("Goods", "2 × LAMP 18.00", "3 × LAMP 18.00"),
        ]
    assert session.scalars(select(Order)).one().city == "Leeds"


def test_an_order_that_cannot_be_what_the_file_says_is_a_conflict(session: Session, cast: Cast) -> None:
    _import([ORDER, ORDER | {"order": "W-2"}, ORDER | {"order": "W-3"}])
    cancelled, picked, others = session.scalars(select(Order).order_by(Order.external_id))
    cancel(session, number=cancelled.number, reason=CancelReason.CUSTOMER, by=SYSTEM)
    picked.lines[0].picked = 1
    others.customer_id = cast.customer("Somebody Else").id
    cast.session.commit()
    session.commit()

    report = _import([ORDER, ORDER | {"order": "W-2", "quantity": "3"}, ORDER | {"order": "W-3"}])

    assert [line.outcome for line in report.lines] == ["conflict"] * 3
    assert ["cancelled" in report.lines[0].message, "picked" in report.lines[1].message, "Somebody Else" in report.lines[2].message] == [True] * 3
    assert report.refused == [], "the file itself is right"


def test_customers_are_found_by_reference_e_mail_or_phone_and_else_made(session: Session) -> None:
    create_customer(session, details=_details("Mina Park", reference="C-7", email="mina@example.com", phone="0113 496 0001"), by=SYSTEM)
    nobody = {"email": "", "phone": "", "customer": ""}
    rows = [
        ORDER | nobody | {"order": "1", "customer": "c-7"},
        ORDER | nobody | {"order": "2", "email": "MINA@example.com"},
        ORDER | nobody | {"order": "3", "phone": "+44 113 496 0001"},
        ORDER | nobody | {"order": "4", "customer": "C-8", "name": "New One"},
        ORDER | nobody | {"order": "5", "email": "else@example.com", "phone": "+44 113 496 0001", "name": "Same House"},
    ]
    session.commit()

    assert _import(rows).new == 5

    whose = {order.external_id: order.customer for order in session.scalars(select(Order))}
    assert [whose[at].reference == "C-7" for at in "12345"] == [True, True, True, False, False]
    assert (whose["4"].reference, whose["4"].name, whose["5"].name) == ("C-8", "New One", "Same House")


def test_where_several_customers_fit_the_file_has_to_say_which(session: Session) -> None:
    for name in ("Ann Lee", "Bob Lee"):
        create_customer(session, details=_details(name, email="lee@example.com"), by=SYSTEM)
    session.commit()

    report = _import([ORDER | {"email": "lee@example.com"}, ORDER | {"order": "W-2", "email": "lee@example.com", "name": "Bob Lee"}])

    assert [(error.row, error.column, error.code) for error in report.refused] == [(2, "customer", "doubtful_customer")]
    assert "Ann Lee, Bob Lee" in report.refused[0].message


def test_who_is_known_gets_it_where_they_usually_do(session: Session) -> None:
    create_customer(session, details=_details("Mina Park", reference="C-7", email="mina@example.com"), by=SYSTEM)
    session.commit()

    _import([BLANK | {"order": "W-1", "customer": "C-7", "sku": "LAMP", "quantity": "1"}])

    order = session.scalars(select(Order)).one()
    assert (order.name, order.line1, order.city, order.email) == ("Mina Park", "12 Park Row", "Leeds", "mina@example.com")


def test_a_chinese_address_in_one_field_is_cut_into_its_parts(session: Session) -> None:
    nowhere = dict.fromkeys(("line1", "city", "postcode", "country"), "")
    rows = [ORDER | nowhere | {"name": "张三", "phone": "13800138000", "full_address": "浙江省杭州市西湖区文三路100号", "country": "中国"}]

    assert _import(rows).refused == []

    order = session.scalars(select(Order)).one()
    assert (order.region, order.city, order.district, order.line1, order.country) == ("浙江省", "杭州市", "西湖区", "文三路100号", "CN")
    assert order.language == "zh_Hans"


def test_money_that_came_is_recorded_with_the_order(session: Session) -> None:
    paid = ORDER | {"payment_reference": "BANK 77"}

    assert _import([paid, ORDER | {"order": "W-2", "payment_reference": "BANK 78", "amount_paid": "10.00"}]).new == 2

    assert [order.status for order in session.scalars(select(Order).order_by(Order.external_id))] == ["paid", "unpaid"]
    assert _import([paid]).same == 1


def test_a_discount_of_the_whole_order_is_an_amount_or_percent(session: Session) -> None:
    rows = [ORDER | {"order_discount": "5.00"}, ORDER | {"order": "W-2", "order_discount": "10%"}]

    assert _import(rows).new == 2
    assert list(session.scalars(select(Order.discount).order_by(Order.external_id))) == [500, 360]
    assert _import(rows).same == 2
    (changed,) = _import([ORDER | {"order_discount": "6.00"}]).lines
    assert changed.differences == [("Discount on all goods", "5.00", "6.00")]


@pytest.mark.parametrize(
    ("typed", "code"), [("-5", "bad_discount"), ("101%", "bad_percent"), ("0.001", "too_many_decimals"), ("36.01", "discount_too_large")]
)
def test_a_discount_that_is_none_is_named_by_row_and_column(session: Session, typed: str, code: str) -> None:
    for dry_run in (True, False):
        report = _import([ORDER, ORDER | {"order": "W-2", "order_discount": typed}], dry_run=dry_run)
        assert [(error.row, error.column, error.code) for error in report.refused] == [(3, "order_discount", code)]
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_transfer_for_a_taxed_order_is_held_against_what_it_costs_with_tax(session: Session, cast: Cast) -> None:
    cast.taxes("GB", 2000)
    cast.channel("import", tax_included=False)
    session.commit()
    paid = ORDER | {"payment_reference": "BANK 77", "amount_paid": "43.20"}

    too_much = _import([paid | {"amount_paid": "43.21"}], dry_run=True)
    report = _import([paid], dry_run=True)
    _import([paid])

    assert [(error.column, error.code) for error in too_much.refused] == [("amount_paid", "bad_amount")]
    assert report.refused == []
    order = session.scalars(select(Order)).one()
    assert (order.total, order.tax, order.status) == (4320, 720, "paid")


def test_a_clerk_gives_away_and_records_no_more_than_at_the_desk(session: Session, cast: Cast) -> None:
    cast.product("PIANO", price=90_000)
    cast.stock("PIANO", 3)
    clerk, manager = cast.actor("clerk"), cast.actor("manager")
    cast.session.commit()
    cheap = ORDER | {"sku": "PIANO", "quantity": "1", "unit_price": "1.00"}
    paid = ORDER | {"order": "W-2", "sku": "PIANO", "quantity": "1", "payment_reference": "BANK 1"}

    for mode in ({"dry_run": True}, {"valid_rows": True}):
        refused = _import([cheap, paid], by=clerk, **mode).refused
        assert [(error.row, error.code) for error in refused] == [(2, "over_discount_limit"), (3, "over_recording_limit")]
    assert _import([cheap, paid], by=manager).new == 2


def test_codes_that_differ_in_their_case_alone_are_told(session: Session) -> None:
    report = _import([ORDER | {"sku": "lamp"}])

    assert report.new == 1
    assert [(note.row, note.column, note.code) for note in report.notes] == [(2, "sku", "other_spelling")]


def test_a_closed_channel_and_an_unknown_one_take_nothing(session: Session, cast: Cast) -> None:
    cast.channel("old-shop", active=False)
    cast.session.commit()
    for channel in ("old-shop", "nowhere"):
        report = import_file(NEW_ORDERS.given(channel=channel), _file([ORDER]), by=SYSTEM)
        assert [error.code for error in report.refused] == ["closed_channel"]


def test_an_order_is_of_the_channel_it_was_imported_for(session: Session, cast: Cast) -> None:
    cast.channel("fair", name="Trade fair")
    cast.session.commit()
    assert import_file(NEW_ORDERS.given(channel="fair"), _file([ORDER]), by=SYSTEM).new == 1

    assert session.scalars(select(Order)).one().channel.code == "fair"
    assert _import([ORDER]).new == 1, "another channel's order of the same number is another order"


def test_a_dry_run_takes_few_statements_however_many_orders(session: Session, queries: Any) -> None:
    rows = [ORDER | {"order": f"W-{at}", "quantity": "1", "email": f"c{at}@example.com"} for at in range(9)]
    queries.count = 0

    assert _import(rows, dry_run=True).new == 9
    assert queries.count <= 8


def _import(rows: list[dict[str, str]], *, dry_run: bool = False, valid_rows: bool = False, by: Actor = SYSTEM) -> Report:
    return import_file(NEW_ORDERS, _file(rows), by=by, dry_run=dry_run, valid_rows=valid_rows)


def _file(rows: list[dict[str, str]]) -> bytes:
    return "".join(csv_lines([list(ORDER), *[[row[name] for name in ORDER] for row in rows]])).encode()


def _details(name: str, **values: str) -> CustomerDetails:
    address = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
    return CustomerDetails(name=name, address=address, **values)
