"""What becomes of an event, and what is known of all the events of its order at the shop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.orders.models import Order
from logistics.shops.models import InboxEvent, InboxState, Reason
from logistics.shops.shop_orders import ShopNews


@dataclass(frozen=True)
class Outcome:
    """Where an event goes, and why. `facts` are codes and numbers for the reader; `order` is what it was about."""

    state: InboxState
    reason: Reason
    facts: dict[str, Any] = field(default_factory=dict)
    order: Order | None = None


def taken(reason: Reason, order: Order | None = None, **facts: Any) -> Outcome:
    """Nothing is left to be done."""
    return Outcome(InboxState.TAKEN, reason, facts, order)


def ignored(reason: Reason) -> Outcome:
    """It is none of our business."""
    return Outcome(InboxState.IGNORED, reason)


def parked(reason: Reason, order: Order | None = None, **facts: Any) -> Outcome:
    """A person has to look at it."""
    return Outcome(InboxState.PARKED, reason, facts, order)


@dataclass(frozen=True)
class Story:
    """An event, what it says, and the others of the same order at the shop. All are locked."""

    event: InboxEvent
    news: ShopNews
    events: Sequence[InboxEvent]

    @property
    def others(self) -> list[InboxEvent]:
        """The other events that were worked; what was altered tells nothing."""
        return [other for other in self.events if other.id != self.event.id and other.state != InboxState.QUARANTINED]

    @property
    def is_cancelled(self) -> bool:
        """Whether the shop's order is cancelled, by this event or any other: for good, unless the shop itself has opened it again since."""
        cancelling = [other for other in self.others if other.facts.get("cancels")]
        return self.news.cancelled is not None or not all(is_newer(self.event, other) for other in cancelling)

    @property
    def is_reopened(self) -> bool:
        """Whether the shop had cancelled its order and goes on with it now."""
        return not self.is_cancelled and any(other.facts.get("cancels") for other in self.others)

    @property
    def is_overtaken(self) -> bool:
        """Whether something newer was sent before and is known."""
        return any(is_newer(other, self.event) for other in self.others)

    @property
    def placed(self) -> InboxEvent | None:
        """The event that the order was placed by."""
        return next((other for other in self.others if other.facts.get("content") and other.order_id), None)

    def settled_refunds(self) -> dict[str, int]:
        """The refunds that a person knows of, or that went with a cancellation: id -> minor units."""
        known = (Reason.REFUNDED, Reason.CANCELLED)
        rows = [other for other in self.others if other.reason in known]
        return {key: amount for row in rows for key, amount in row.facts.get("refunds", {}).items()}

    def asked_before(self, reason: Reason, about: Any) -> bool:
        """Whether a person was asked just this before, whatever they decided."""
        return any(other.reason == reason and other.facts.get("about") == about for other in self.others)


def is_newer(one: InboxEvent, other: InboxEvent) -> bool:
    """Whether one tells of a later state of the shop's order than the other; where a shop does not say, no."""
    return one.changed_at is not None and other.changed_at is not None and one.changed_at > other.changed_at
