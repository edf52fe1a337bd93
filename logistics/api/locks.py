"""The only row locks of the API: a key, by whoever revokes it. Nothing else is locked beside it."""

from sqlalchemy.orm import Session

from logistics.api.models import ApiKey


def lock_key(session: Session, key_id: int) -> ApiKey | None:
    """Lock a key and read it anew."""
    return session.get(ApiKey, key_id, with_for_update={"key_share": True}, populate_existing=True)
