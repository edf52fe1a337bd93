"""Keeping the list of drafts short."""

from sqlalchemy.orm import Session

from logistics.core.jobs import task
from logistics.core.transactions import in_transaction
from logistics.orders import drafting


@task("orders.discard_old_drafts", every="29 3 * * *")
def discard_old_drafts() -> None:
    """Discard the drafts that nobody has touched for thirty days."""

    def discard(session: Session) -> None:
        drafting.discard_old_drafts(session)

    in_transaction(discard)
