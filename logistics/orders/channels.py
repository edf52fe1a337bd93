"""The ways orders come in."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid
from logistics.orders.models import Channel, ChannelKind

_OWN = {ChannelKind.DESK: "Desk", ChannelKind.IMPORT: "Import"}


def find_channel(session: Session, code: str) -> Channel:
    """The channel of this code. The house's own two, desk and import, are opened on first mention. Raises Invalid."""
    channel = session.scalar(select(Channel).where(Channel.code == code))
    if channel is None and code in _OWN:
        kind = ChannelKind(code)
        # Two who take the first order at once open it once.
        session.execute(insert(Channel).values(code=code, name=_OWN[kind], kind=kind.value).on_conflict_do_nothing(index_elements=["code"]))
        channel = session.scalar(select(Channel).where(Channel.code == code))
    if channel is None:
        message = _("There is no channel “%(code)s”.", code=code[:80])
        raise Invalid(message, errors=[FieldError("channel", "unknown_channel", message)])
    return channel
