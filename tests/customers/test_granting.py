"""Credit limits and terms: granted by somebody who saw what was there, and never below what is used."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.customers.authorising import authorise
from logistics.customers.crediting import account_for
from logistics.customers.granting import CreditInUse, credit_of, grant_credit
from logistics.customers.models import Account
from logistics.customers.rules import Credit
from tests.cast import Cast
from tests.customers.bare import bare_order


def test_credit_is_granted_and_told(session: Session, cast: Cast) -> None:
    account = _grant(session, cast, Credit(50_000, 30))

    assert (account.credit_limit, account.terms_days, account.credit) == (50_000, 30, 50_000)
    told = session.scalars(select(EventLog).where(EventLog.name == "CreditGranted")).one()
    assert told.data | {"limit": 50_000, "days": 30, "old_limit": 0, "old_days": 0} == told.data
    assert (told.subject_id, told.actor_id) == (cast.customer().id, cast.person("manager").id)


def test_the_same_again_changes_and_tells_nothing(session: Session, cast: Cast) -> None:
    _grant(session, cast, Credit(50_000, 30))
    _grant(session, cast, Credit(50_000, 30))
    assert session.scalar(select(func.count()).where(EventLog.name == "CreditGranted")) == 1


def test_who_saw_another_credit_is_too_late(session: Session, cast: Cast) -> None:
    account = _grant(session, cast, Credit(50_000, 30))

    with pytest.raises(Stale):
        _grant(session, cast, Credit(60_000, 30))

    assert account.credit_limit == 50_000
    _grant(session, cast, Credit(60_000, 14), seen=Credit(50_000, 30))
    assert credit_of(account) == Credit(60_000, 14)


def test_a_limit_below_what_is_used_says_by_how_much(session: Session, cast: Cast) -> None:
    account, order = _grant(session, cast, Credit(50_000, 30)), bare_order(cast)
    authorise(session, account_id=account.id, amount=20_000, order_id=order.id, reference=order.number, by=SYSTEM, on_terms=True)

    with pytest.raises(CreditInUse) as refusal:
        _grant(session, cast, Credit(15_000, 30), seen=Credit(50_000, 30))

    assert refusal.value.facts == {"used": 20_000, "limit": 15_000, "short": 5_000, "currency": "USD"}
    assert "200.00 USD" in refusal.value.message
    assert "50.00" in refusal.value.message
    assert refusal.value.errors[0].pointer == "limit"
    assert account.credit_limit == 50_000
    _grant(session, cast, Credit(20_000, 0), seen=Credit(50_000, 30))
    assert account.credit == 0


@pytest.mark.parametrize(
    ("credit", "pointer"), [(Credit(-1, 5), "limit"), (Credit(10**15, 5), "limit"), (Credit(5, -1), "days"), (Credit(5, 366), "days")]
)
def test_what_cannot_be_is_refused(session: Session, cast: Cast, credit: Credit, pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _grant(session, cast, credit)
    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_nobody_is_granted_nothing(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        grant_credit(session, customer_id=987654, currency="USD", credit=Credit(1, 1), seen=Credit(), by=SYSTEM)
    assert credit_of(None) == Credit(0, 0)
    assert credit_of(account_for(session, cast.customer().id, "USD")) == Credit(0, 0)


def _grant(session: Session, cast: Cast, credit: Credit, seen: Credit | None = None) -> Account:
    asked = {"customer_id": cast.customer().id, "currency": "USD"}
    return grant_credit(session, **asked, credit=credit, seen=seen or Credit(), by=cast.actor("manager"))
