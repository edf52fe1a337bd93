"""A balance corrected by hand says why, and by whom."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid
from logistics.customers.adjusting import adjust
from logistics.customers.authorising import authorise
from logistics.customers.crediting import account_for, deposit
from logistics.customers.granting import grant_credit
from logistics.customers.models import Entry
from logistics.customers.rules import Credit
from tests.cast import Cast
from tests.customers.bare import bare_order


def test_a_correction_moves_the_balance_and_keeps_its_reason(session: Session, cast: Cast) -> None:
    mina = cast.customer()
    deposit(session, customer_id=mina.id, currency="USD", amount=5000, reference="", by=SYSTEM)

    adjust(session, customer_id=mina.id, currency="USD", change=-1200, reason="Booked for Wang Wei by mistake", by=cast.actor("manager"))
    adjust(session, customer_id=mina.id, currency="USD", change=200, reason="Sorry for the trouble", by=cast.actor("manager"))

    entries = session.execute(select(Entry.kind, Entry.balance_after, Entry.reason, Entry.actor_id).order_by(Entry.id)).all()
    who = cast.person("manager").id
    assert [tuple(row) for row in entries[1:]] == [
        ("adjustment", 3800, "Booked for Wang Wei by mistake", who),
        ("adjustment", 4000, "Sorry for the trouble", who),
    ]
    told = session.scalars(select(EventLog.data["change"]).where(EventLog.name == "BalanceAdjusted").order_by(EventLog.id)).all()
    assert told == [-1200, 200]


@pytest.mark.parametrize(("change", "reason", "pointer"), [(0, "x", "amount"), (10**15, "x", "amount"), (5, "", "reason"), (5, "x" * 201, "reason")])
def test_no_correction_without_a_reason_or_an_amount(session: Session, cast: Cast, change: int, reason: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        adjust(session, customer_id=cast.customer().id, currency="USD", change=change, reason=reason, by=cast.actor("manager"))
    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert session.scalars(select(Entry)).all() == []


def test_what_is_promised_elsewhere_cannot_be_taken_off(session: Session, cast: Cast) -> None:
    mina, order = cast.customer(), bare_order(cast)
    deposit(session, customer_id=mina.id, currency="USD", amount=5000, reference="", by=SYSTEM)
    account = account_for(session, mina.id, "USD")
    authorise(session, account_id=account.id, amount=4000, order_id=order.id, reference=order.number, by=SYSTEM)

    with pytest.raises(Invalid) as refusal:
        adjust(session, customer_id=mina.id, currency="USD", change=-1001, reason="A fee", by=SYSTEM)
    assert refusal.value.errors[0].facts == {"most": 1000}
    assert "USD 10.00" in refusal.value.message

    grant_credit(session, customer_id=mina.id, currency="USD", credit=Credit(1), seen=Credit(), by=SYSTEM)
    adjust(session, customer_id=mina.id, currency="USD", change=-1001, reason="A fee", by=SYSTEM)
    assert (account.balance, account.authorised) == (3999, 4000)
