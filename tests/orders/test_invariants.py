"""Each invariant of orders and payments names the corruption that breaks it, and nothing else does."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from logistics.orders.cancelling import cancel
from logistics.orders.invariants import INVARIANTS as ORDERS
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import CancelReason
from logistics.payments.invariants import INVARIANTS as PAYMENTS
from tests.cast import Cast

TOLD = "UPDATE event_log"
# Mina's orders: one paid by transfer, of which a unit was shipped (:part), one paid from the balance (:paid), one unpaid (:open).
CORRUPTIONS: dict[str, tuple[str, list[str]]] = {
    "more promised than ordered": (
        "I-R1",
        ["UPDATE reservations SET quantity = 3 WHERE order_line_id IN (SELECT id FROM order_lines WHERE order_id = :open)"],
    ),
    # A closed order has no unit left to promise, so both say it.
    "a promise to a closed order": (
        "I-R1 I-R2",
        ["UPDATE reservations SET state = 'active' WHERE order_line_id IN (SELECT id FROM order_lines WHERE order_id = :gone)"],
    ),
    "a promise of another product": (
        "I-R2",
        [
            "UPDATE reservations SET stock_level_id = (SELECT s.id FROM stock_levels s JOIN products p ON p.id = s.product_id WHERE p.sku = 'SHADE') "
            "WHERE order_line_id IN (SELECT id FROM order_lines WHERE order_id = :open)"
        ],
    ),
    "an order that the sweep forgot": (
        "I-R3",
        [
            "UPDATE orders SET expires_at = now() - interval '5 minutes' WHERE id = :open",
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'orders.expire_unpaid', 'succeeded')",
            "INSERT INTO procrastinate_events (job_id, type, at) SELECT max(id), 'started', now() - interval '1 minute' FROM procrastinate_jobs",
        ],
    ),
    "picked what was never assigned": ("I-F3", ["UPDATE order_lines SET picked = assigned + 1 WHERE order_id = :open"]),
    "delivered what was never shipped": (
        "I-F3",
        [
            "ALTER TABLE order_lines DROP CONSTRAINT ck_order_lines_delivered",
            # As many came back, so the headline is as it was.
            "ALTER TABLE order_lines DROP CONSTRAINT ck_order_lines_returned",
            "UPDATE order_lines SET delivered = 1, returned = 1 WHERE order_id = :open",
        ],
    ),
    "a headline set by hand": (
        "I-F4",
        [
            "UPDATE orders SET status = 'partially_shipped' WHERE id = :open",
            f"""{TOLD} SET data = data || '{{"after": "partially_shipped"}}' WHERE name = 'OrderStatusChanged' AND subject_id = :open""",
        ],
    ),
    "an order called unpaid that is covered": (
        "I-F4",
        [
            "UPDATE orders SET status = 'unpaid' WHERE id = :paid",
            f"""{TOLD} SET data = data || '{{"after": "unpaid"}}' WHERE data ->> 'after' = 'paid' AND subject_id = :paid""",
        ],
    ),
    "a total that is no sum": ("I-O1", ["UPDATE orders SET total = total + 1 WHERE id = :open"]),
    "merchandise that is no sum": ("I-O1", ["UPDATE orders SET merchandise = merchandise - 1, total = total - 1 WHERE id = :open"]),
    "a line's net that is no product": (
        "I-O2",
        [
            "UPDATE order_lines SET net = net + 1 WHERE order_id = :open",
            "UPDATE orders SET merchandise = merchandise + 1, total = total + 1 WHERE id = :open",
        ],
    ),
    "one external order twice": (
        "I-O3",
        [
            "ALTER TABLE orders DROP CONSTRAINT uq_orders_channel_id_external_id",
            "UPDATE orders SET external_id = 'SHOP-7' WHERE id IN (:open, :paid)",
        ],
    ),
    "one number twice": (
        "I-O3",
        [
            "ALTER TABLE orders DROP CONSTRAINT uq_orders_number",
            "UPDATE orders SET number = (SELECT number FROM orders WHERE id = :paid) WHERE id = :open",
        ],
    ),
    "a history with a gap": (
        "I-O4",
        [
            "DELETE FROM event_log WHERE subject = 'order' AND subject_id = :part AND data ->> 'after' = 'paid'",
        ],
    ),
    "a history that ends elsewhere": (
        "I-O4",
        ["DELETE FROM event_log WHERE subject = 'order' AND subject_id = :part AND data ->> 'after' = 'partially_shipped'"],
    ),
    "no history at all": ("I-O4", ["DELETE FROM event_log WHERE subject = 'order' AND subject_id = :open"]),
    "paid, nobody knows since when": ("I-M4", ["UPDATE orders SET covered_at = NULL WHERE id = :paid"]),
    "shipped, though not paid": (
        "I-M4",
        [
            "DELETE FROM payment_moves WHERE order_id = :part",
            "DELETE FROM payments WHERE order_id = :part",
        ],
    ),
    "a surplus that nobody paid": ("I-M5", ["UPDATE orders SET surplus = 1 WHERE id = :paid"]),
    "paid, and said to be paid at the door": ("I-M5", ["UPDATE orders SET owed = 'cod' WHERE id = :paid"]),
    "an account that promises what no payment does": ("I-M1", ["UPDATE accounts SET authorised = 1, balance = balance + 1"]),
    "a payment that promises what no account does": (
        "I-M1",
        [
            # Its moves say the same, so that nothing else is wrong.
            "UPDATE payments SET authorised = authorised + 100 WHERE order_id = :paid",
            "INSERT INTO payment_moves (payment_id, order_id, kind, amount, provider, reference, reason, actor_kind, at) "
            "SELECT id, order_id, 'authorise', 100, 'account', '', '', 'system', now() FROM payments WHERE order_id = :paid",
        ],
    ),
    "a payment on account from nowhere": ("I-M1", ["UPDATE payments SET account_id = NULL WHERE order_id = :paid"]),
    "an amount without its move": (
        "I-M2",
        ["UPDATE payments SET authorised = authorised + 1 WHERE order_id = :part"],
    ),
    "moves without their payment's amount": (
        "I-M2",
        [
            "INSERT INTO payment_moves (payment_id, order_id, kind, amount, provider, reference, reason, actor_kind, at) "
            "SELECT id, order_id, 'void', 5, 'bank', '', '', 'system', now() FROM payments WHERE order_id = :paid"
        ],
    ),
    "more given back than taken": (
        "I-M2",
        [
            "ALTER TABLE payments DROP CONSTRAINT ck_payments_amounts",
            "ALTER TABLE payments DROP CONSTRAINT ck_payments_voided",
            # The amount stays covered by an authorisation, so that nothing else is wrong.
            "UPDATE payments SET captured = 0, refunded = 100, authorised = authorised + 100 WHERE order_id = :part",
            "UPDATE payment_moves SET kind = 'authorise', amount = 100, reference = '' WHERE order_id = :part AND kind = 'capture'",
            "INSERT INTO payment_moves (payment_id, order_id, kind, amount, provider, reference, reason, actor_kind, at) "
            "SELECT id, order_id, 'refund', 100, 'bank', '', '', 'system', now() FROM payments WHERE order_id = :part",
        ],
    ),
    "a bank's reference booked twice": (
        "I-M3",
        [
            "DROP INDEX uq_payment_moves_reference",
            "INSERT INTO payment_moves (payment_id, order_id, kind, amount, provider, reference, reason, actor_kind, at) "
            "SELECT payment_id, order_id, kind, amount, provider, reference, reason, actor_kind, at FROM payment_moves WHERE order_id = :part",
            "UPDATE payments SET authorised = 2 * authorised, captured = 2 * captured WHERE order_id = :part",
            "UPDATE orders SET surplus = total WHERE id = :part",
        ],
    ),
    "money of another currency": ("I-M3", ["UPDATE payments SET currency = 'JPY' WHERE order_id = :paid"]),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    orders = _orders(session, cast)
    session.commit()
    assert _broken(outer) == set()
    codes, statements = CORRUPTIONS[corruption]

    _plant(session, statements, orders)

    assert _broken(outer) == set(codes.split())


def test_every_invariant_of_orders_and_payments_has_its_corruption() -> None:
    assert {invariant.code for invariant in (*ORDERS, *PAYMENTS)} == {code for codes, _statements in CORRUPTIONS.values() for code in codes.split()}


def _orders(session: Session, cast: Cast) -> dict[str, int]:
    cast.stock("SHADE", 20)
    part = open_order(session, cast.order(pay="transfer").id)
    advance(part.lines[0], picked=2, packed=2, shipped=1)
    # One of the two has left: what its dispatch consumes is told by fulfilment's own tests.
    session.execute(text("UPDATE reservations SET state = 'consumed' WHERE order_line_id = :line"), {"line": part.lines[0].id})
    recompute(session, part, by=cast.actor())
    gone = cancel(session, number=cast.order().number, reason=CancelReason.CUSTOMER, by=cast.actor())
    return {"part": part.id, "paid": cast.order(pay="balance").id, "open": cast.order().id, "gone": gone.id}


def _plant(session: Session, statements: Sequence[str], orders: dict[str, int]) -> None:
    """What triggers and constraints refuse, done behind their backs."""
    tables = ("orders", "order_lines", "payments", "payment_moves", "event_log", "reservations")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        names = {name: order_id for name, order_id in orders.items() if f":{name}" in statement}
        session.execute(text(statement), names)
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def _broken(connection: Connection) -> set[str]:
    return {invariant.code for invariant in (*ORDERS, *PAYMENTS) if invariant.offenders(connection)}
