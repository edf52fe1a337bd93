"""Money that a shop platform takes and gives back: our books follow what the shop says, and no account is touched."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.customers.models import Entry
from logistics.notifications.gathering import gather
from logistics.notifications.models import Message, Milestone
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, IncidentKind, Order, OrderStatus, PaymentIncident
from logistics.orders.paying import record_shop_payment, record_transfer, void_shop_payment
from logistics.orders.validating import ShopMoney
from logistics.payments.models import Payment, PaymentState
from logistics.rooms import INVARIANTS
from tests.cast import Cast


def paid(session: Session, order: Order, captured: int, authorised: int = 0) -> Order:
    money = ShopMoney("shop:web", "1001", captured, authorised)
    return record_shop_payment(session, number=order.number, money=money, by=SYSTEM)


def moves(session: Session) -> list[tuple[str, int, str, str]]:
    payments = session.scalars(select(Payment).order_by(Payment.id))
    return [(move.kind, move.amount, move.provider, move.reference) for payment in payments for move in payment.moves]


def offenders(session: Session) -> list[str]:
    session.flush()
    return [check.code for part in INVARIANTS for check in part if check.offenders(session.connection())]


def test_what_the_shop_took_covers_the_order(session: Session, cast: Cast) -> None:
    order = paid(session, cast.order(), 3600)

    assert order.status == OrderStatus.PAID
    assert moves(session) == [("authorise", 3600, "shop:web", "1001"), ("capture", 3600, "shop:web", "1001")]
    assert offenders(session) == []


def test_the_same_news_again_and_older_news_change_nothing(session: Session, cast: Cast) -> None:
    order = cast.order()
    for captured in (1000, 3600, 3600, 1000, 0):
        paid(session, order, captured)

    assert order.status == OrderStatus.PAID
    assert [move for move in moves(session) if move[0] == "capture"] == [
        ("capture", 1000, "shop:web", "1001"),
        ("capture", 2600, "shop:web", "1001#2"),
    ]


def test_a_promise_covers_the_order_and_is_captured_later(session: Session, cast: Cast) -> None:
    order = paid(session, cast.order(), 0, 3600)
    promised = (order.status, session.scalars(select(Payment)).one().state)
    paid(session, order, 0, 3600)
    paid(session, order, 3600)

    assert promised == (OrderStatus.PAID, PaymentState.AUTHORISED)
    assert [move[:2] for move in moves(session)] == [("authorise", 3600), ("capture", 3600)]
    assert session.scalars(select(Payment)).one().state == PaymentState.CAPTURED


def test_a_promise_taken_back_uncovers_the_order(session: Session, cast: Cast) -> None:
    order = paid(session, cast.order(), 0, 3600)
    void_shop_payment(session, number=order.number, by=SYSTEM)
    void_shop_payment(session, number=order.number, by=SYSTEM)

    assert order.status == OrderStatus.UNPAID
    assert [move[:2] for move in moves(session)] == [("authorise", 3600), ("void", 3600)]


def test_no_more_than_it_costs_is_booked(session: Session, cast: Cast) -> None:
    paid(session, cast.order(), 99_999)

    assert [move[1] for move in moves(session)] == [3600, 3600]


@pytest.mark.parametrize(("captured", "authorised", "kinds"), [(3600, 0, ["authorise", "capture", "refund"]), (0, 3600, ["authorise", "void"])])
def test_cancelling_gives_it_back_at_the_shop_and_touches_no_account(
    session: Session, cast: Cast, captured: int, authorised: int, kinds: list[str]
) -> None:
    order = paid(session, cast.order(), captured, authorised)

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert order.status == OrderStatus.CANCELLED
    assert [move[0] for move in moves(session)] == kinds
    assert session.scalar(select(func.count()).select_from(Entry)) == 0
    assert offenders(session) == []


def test_each_way_of_paying_goes_back_its_own_way(session: Session, cast: Cast) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=600, reference="BANK 1", by=cast.actor())
    paid(session, order, 3000)

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert session.scalars(select(Entry.balance_delta)).all() == [600]
    assert [move[1] for move in moves(session) if move[0] == "refund"] == [600, 3000]
    message = Message(order_id=order.id, milestone=Milestone.CANCELLED.value, facts={})
    assert gather(session, message)["refunded"] == 600


def test_what_a_shop_takes_for_a_cancelled_order_goes_to_the_customers_account_once(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)

    for _news in range(2):
        paid(session, order, 3600, 3600)

    assert (order.status, order.surplus) == (OrderStatus.CANCELLED, 0)
    assert moves(session) == [("authorise", 3600, "shop:web", "1001"), ("capture", 3600, "shop:web", "1001"), ("refund", 3600, "account", "")]
    assert session.scalars(select(Entry.balance_delta)).all() == [3600]
    incident = session.scalars(select(PaymentIncident)).one()
    assert (incident.kind, incident.amount) == (IncidentKind.MONEY_AFTER_CANCELLATION, 3600)
    assert offenders(session) == []


def test_what_a_shop_took_before_we_cancelled_goes_to_no_account_when_it_is_told_again(session: Session, cast: Cast) -> None:
    order = paid(session, cast.order(), 3600)
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)

    paid(session, order, 3600)

    assert session.scalars(select(Entry.balance_delta)).all() == []
    assert session.scalars(select(PaymentIncident)).all() == []


def test_the_order_page_says_where_it_was_paid_and_where_to_give_it_back(session: Session, cast: Cast) -> None:
    order = paid(session, cast.order(), 3600)
    session.commit()

    page = cast.client("manager").get(f"/orders/{order.number}").text

    assert page.count("Paid at the shop") == 2
    assert "give it back there" in page
    assert "goes back to the account" not in page


def test_placed_and_paid_at_the_shop_at_once_only_the_confirmation_is_told(session: Session, cast: Cast) -> None:
    order = cast.order(paid_at_shop=ShopMoney("shop:web", "1001", 3600))

    assert order.status == OrderStatus.PAID
    assert session.scalars(select(Message.milestone).where(Message.order_id == order.id)).all() == [Milestone.CONFIRMED]
    assert offenders(session) == []
