"""The one writer of entries: each changes what its account holds and stands in the append-only list."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.money import MAX_MINOR
from logistics.core.refusals import FieldError, Invalid
from logistics.customers.models import Account, Entry, EntryKind


def enter(
    session: Session,
    account: Account,
    kind: EntryKind,
    balance: int = 0,
    authorised: int = 0,
    *,
    reference: str = "",
    reason: str = "",
    order_id: int | None = None,
    by: Actor,
    at: datetime | None = None,
) -> Entry:
    """Change a locked account by so many minor units, and append the entry that says why. Whether it may is the caller's to check."""
    account.balance += balance
    account.authorised += authorised
    entry = Entry(
        account_id=account.id,
        kind=kind.value,
        balance_delta=balance,
        authorised_delta=authorised,
        balance_after=account.balance,
        reference=reference,
        reason=reason,
        order_id=order_id,
        actor_kind=by.kind,
        actor_id=by.id,
        at=at or clock.now(),
    )
    session.add(entry)
    session.flush()
    return entry


def check_amount(amount: int) -> None:
    """Raise Invalid for an amount that is not positive, or larger than any there is."""
    if not 0 < amount <= MAX_MINOR:
        raise Invalid(_("The amount must be more than 0."), errors=[FieldError("amount", "bad_amount", _("The amount must be more than 0."))])
