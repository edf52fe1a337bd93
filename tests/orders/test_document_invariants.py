"""Each invariant of invoices and credit notes names the corruption that breaks it, and nothing else does."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from logistics.orders.billing import bill
from logistics.orders.lifecycle import open_order
from logistics.payments.document_invariants import INVARIANTS
from tests.cast import Cast

# Three orders were invoiced, and a unit of the first one credited.
CORRUPTIONS: dict[str, tuple[str, list[str]]] = {
    "a document that is gone": ("I-D1", ["DELETE FROM documents WHERE number LIKE 'INV%00002'"]),
    # What was invoiced for its order is then not what the order cost either, once a later document counts on.
    "an invoice gone from under its credit note": (
        "I-D1 I-D3",
        ["UPDATE documents SET refers_to_id = id WHERE kind = 'credit_note'", "DELETE FROM documents WHERE number LIKE 'INV%00001'"],
    ),
    "a number that was jumped over": ("I-D1", ["UPDATE document_series SET last_number = last_number + 1"]),
    "a number that is not the series'": ("I-D1", ["UPDATE documents SET number = 'INV-1-7' WHERE number LIKE 'INV%00003'"]),
    "an invoice dated into another year": ("I-D1", ["UPDATE documents SET issued_on = issued_on - 400 WHERE number LIKE 'INV%00003'"]),
    "another total than is printed": ("I-D2", ["UPDATE documents SET total = total + 1, due = due + 1 WHERE number LIKE 'INV%00003'"]),
    "a printed amount that was changed": (
        "I-D2",
        ["""UPDATE documents SET content = jsonb_set(content, '{entries,0,gross}', '1') WHERE number LIKE 'INV%00002'"""],
    ),
    "a tax that was changed": ("I-D2", ["""UPDATE documents SET content = jsonb_set(content, '{taxes,0,tax}', '5') WHERE number LIKE 'INV%00002'"""]),
    "more invoiced than the order cost": ("I-D3", ["UPDATE documents SET due = due - 1 WHERE number LIKE 'INV%00003'"]),
    "an invoice in another currency": ("I-D3", ["UPDATE documents SET currency = 'JPY' WHERE number LIKE 'INV%00003'"]),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    orders = [cast.order() for _order in range(3)]
    for order in orders:
        bill(session, order_id=order.id, by=cast.actor())
    open_order(session, orders[0].id).lines[0].cancelled = 1
    bill(session, order_id=orders[0].id, by=cast.actor())
    session.commit()
    assert _broken(outer) == set()
    codes, statements = CORRUPTIONS[corruption]

    _plant(session, statements)

    assert _broken(outer) == set(codes.split())


def test_every_invariant_has_its_corruption() -> None:
    assert {invariant.code for invariant in INVARIANTS} == {code for codes, _statements in CORRUPTIONS.values() for code in codes.split()}


def _plant(session: Session, statements: Sequence[str]) -> None:
    """What triggers refuse, done behind their backs."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in ("documents", "document_series"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(text(statement))
    for table in ("documents", "document_series"):
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def _broken(connection: Connection) -> set[str]:
    return {invariant.code for invariant in INVARIANTS if invariant.offenders(connection)}
