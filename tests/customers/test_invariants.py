"""Each invariant of customers' money names the corruption that breaks it."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.customers.adjusting import adjust
from logistics.customers.crediting import account_for, deposit
from logistics.customers.invariants import INVARIANTS
from tests.cast import Cast

SUMS, RUNNING, CORRECTED = (invariant.title for invariant in INVARIANTS)

CORRUPTIONS = {
    "a balance nobody entered": (SUMS, "UPDATE accounts SET balance = balance + 1"),
    "an authorisation nobody entered": (SUMS, "UPDATE accounts SET authorised = 1 WHERE balance > 0"),
    "an account whose ledger was emptied": (SUMS, "DELETE FROM entries WHERE kind = 'deposit'"),
    "an entry that was rewritten": (RUNNING, "UPDATE entries SET balance_after = balance_after + 1 WHERE id = (SELECT max(id) FROM entries)"),
    "entries that were exchanged": (
        RUNNING,
        "UPDATE entries SET balance_delta = 300 - balance_delta WHERE id IN (SELECT id FROM entries ORDER BY id LIMIT 2)",
    ),
    "a correction by more than was asked for": (CORRECTED, "UPDATE adjustment_requests SET change = change + 1"),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    mina, other = cast.customer(), cast.customer("Wang Wei")
    for customer, amount in ((mina, 100), (mina, 200), (other, 700)):
        deposit(session, customer_id=customer.id, currency="USD", amount=amount, reference="", by=SYSTEM)
    account_for(session, other.id, "EUR")
    adjust(session, customer_id=other.id, currency="EUR", change=5, reason="A fee", by=SYSTEM)
    session.commit()
    assert _broken(outer) == []
    title, statement = CORRUPTIONS[corruption]

    session.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
    session.execute(text(statement))
    session.commit()

    assert _broken(outer) == [title]


def test_the_offenders_are_named(session: Session, outer: Connection, cast: Cast) -> None:
    mina = cast.customer()
    deposit(session, customer_id=mina.id, currency="USD", amount=100, reference="", by=SYSTEM)
    account = account_for(session, mina.id, "USD")
    account.balance = 90
    session.commit()
    assert INVARIANTS[0].offenders(outer) == [{"account_id": account.id, "balance": 90, "entered": 100, "authorised": 0, "entered_authorised": 0}]


def _broken(connection: Connection) -> list[str]:
    return [invariant.title for invariant in INVARIANTS if invariant.offenders(connection)]
