"""Every installation has its desk and its files, demo or not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.orders.models import Channel


def test_a_fresh_database_has_the_desk_and_imported_files(session: Session) -> None:
    channels = session.execute(select(Channel.code, Channel.kind).order_by(Channel.id)).all()

    assert [tuple(channel) for channel in channels] == [("desk", "desk"), ("import", "import"), ("api", "api")]
