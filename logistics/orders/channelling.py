"""The channels orders come from: opened, given rules, and closed."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Stale
from logistics.orders.events import ChannelSaved
from logistics.orders.locks import lock_channel
from logistics.orders.models import Channel, ChannelKind

INVOICING = (ChannelKind.DESK, ChannelKind.API)


@dataclass(frozen=True)
class ChannelRules:
    """What holds for the orders of a channel, as the columns of Channel name it."""

    name: str
    payment_timeout_minutes: int | None
    may_wait: bool
    ship_complete: bool
    active: bool = True
    tax_included: bool = True
    capture_at_dispatch: bool = False
    # None: as its kind does. Shops send invoices of their own, and what files bring was invoiced elsewhere.
    invoices: bool | None = None
    delivered_after_days: int | None = 10


def add_channel(session: Session, *, code: str, kind: ChannelKind, rules: ChannelRules, by: Actor) -> Channel:
    """Open a channel. Its code and kind stay: keys, addresses and files name it by them. Raises Invalid where the code is taken."""
    invoices = kind in INVOICING if rules.invoices is None else rules.invoices
    given = {**asdict(rules), "invoices": invoices, "code": code, "kind": kind.value, "version": 1}
    # On conflict nothing: a rival who adds the same code at this moment gets the same clear answer.
    channel: Channel | None = session.scalar(insert(Channel).values(given).on_conflict_do_nothing().returning(Channel))
    if channel is None:
        message = _("There is a channel with the code %(code)s already.", code=code)
        raise Invalid(message, errors=[FieldError("code", "code_taken", message)])
    _tell(session, channel, by)
    return channel


def change_channel(session: Session, *, code: str, rules: ChannelRules, version: int, by: Actor) -> Channel:
    """Save a channel as seen at `version`; its rules are for orders placed from then on. A no-op when nothing changes.

    Locks the channel. Raises Invalid for closing one that is always open, Stale, NotFound.
    """
    channel = lock_channel(session, code)
    if channel is None:
        raise NotFound(_("There is no such channel."))
    if rules.invoices is None:
        rules = replace(rules, invoices=channel.invoices)
    if _rules_of(channel) == rules:
        return channel
    if not rules.active and not channel.can_close:
        message = _("This channel cannot be closed.")
        raise Invalid(message, errors=[FieldError("active", "always_open", message)])
    if channel.version != version:
        raise Stale(_("Somebody else has changed this channel meanwhile. Compare, then save again."))
    for name, value in asdict(rules).items():
        setattr(channel, name, value)
    channel.version += 1
    _tell(session, channel, by)
    return channel


def get_channel(session: Session, code: str) -> Channel:
    """The channel of this code. Raises NotFound."""
    channel = session.scalar(select(Channel).where(Channel.code == code))
    if channel is None:
        raise NotFound(_("There is no such channel."))
    return channel


def _rules_of(channel: Channel) -> ChannelRules:
    return ChannelRules(
        channel.name,
        channel.payment_timeout_minutes,
        channel.may_wait,
        channel.ship_complete,
        channel.active,
        tax_included=channel.tax_included,
        capture_at_dispatch=channel.capture_at_dispatch,
        invoices=channel.invoices,
        delivered_after_days=channel.delivered_after_days,
    )


def _tell(session: Session, channel: Channel, by: Actor) -> None:
    rules = (channel.payment_timeout_minutes, channel.may_wait, channel.ship_complete, channel.active)
    money = {"tax_included": channel.tax_included, "capture_at_dispatch": channel.capture_at_dispatch, "invoices": channel.invoices}
    quiet = channel.delivered_after_days
    publish(session, ChannelSaved(channel.id, channel.code, *rules, **money, delivered_after_days=quiet), by=by)
