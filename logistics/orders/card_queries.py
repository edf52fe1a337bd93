"""What an order's page shows of its cards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.orders.models import Order
from logistics.payments import by_card
from logistics.payments.models import AttemptKind, AttemptState, Payment, PaymentAttempt
from logistics.payments.wording import attempt_text, failure_text


@dataclass(frozen=True)
class CardFacts:
    """`can_link`: a page to pay on can be made. `url`: the page that stands, made at `since`. `working`: what a provider has not answered
    yet, in words. `failures`: why nothing came of a payment, by its id.
    """

    can_link: bool
    url: str = ""
    since: datetime | None = None
    working: str = ""
    failures: dict[int, str] = field(default_factory=dict)


def find_card_facts(session: Session, order: Order, payments: Sequence[Payment]) -> CardFacts:
    """What is to be shown; `payments` are the order's. Asks the database only where there is a card among them."""
    cards = by_card.cards_among(payments)
    page = next((payment for payment in reversed(cards) if by_card.is_page(payment)), None)
    return CardFacts(
        can_link=order.can_pay and by_card.is_offered(),
        url=page.pay_url if page else "",
        since=page.created_at if page else None,
        working=_working(session, order.id) if cards else "",
        failures={payment.id: failure_text(payment.failure) for payment in cards},
    )


def _working(session: Session, order_id: int) -> str:
    open_one = select(PaymentAttempt.kind).where(PaymentAttempt.order_id == order_id, PaymentAttempt.state == AttemptState.OPEN.value)
    kind = session.scalar(open_one)
    return attempt_text(AttemptKind(kind)) if kind else ""
