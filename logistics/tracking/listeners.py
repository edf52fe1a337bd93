"""What tracking does when orders change."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.orders.events import OrderLinkRenewed
from logistics.tracking.following import end_all_updates


def end_updates_when_renewed(session: Session, event: OrderLinkRenewed, by: Actor) -> None:
    """A link is renewed because it went astray, and the news carry it: whoever still wants them asks again."""
    end_all_updates(session, event.order_id, by=by)
