"""Letters for tests of notifications."""

from datetime import UTC, datetime
from typing import Any

from logistics.core.config import Settings
from logistics.notifications.composing import Letter

WRITTEN_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def letter(**values: Any) -> Letter:
    """A short letter to Mina Park."""
    given = {
        "message_id": 7,
        "recipient": "mina@example.com",
        "language": "en",
        "written_at": WRITTEN_AT,
        "headline": "We have your order",
        "text": "We have your order\n\nThank you.\n",
        "html": "<p>Thank you.</p>",
    }
    return Letter(**{**given, **values})


def settings_for(**values: Any) -> Settings:
    """Settings of a shop that sends mail."""
    given = {"secret_key": "x" * 32, "database_url": "postgresql://", "shop_name": "Lamp & Son", "mail_from": "orders@lamp.example"}
    return Settings(**{**given, **values})
