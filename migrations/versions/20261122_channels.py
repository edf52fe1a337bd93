"""The channels that every installation has: the desk, where clerks take orders, and imported files.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO channels (code, name, kind) VALUES ('desk', 'Desk', 'desk'), ('import', 'Import', 'import') ON CONFLICT (code) DO NOTHING"
    )


def downgrade() -> None:
    # One that orders came in by stays: they refer to it.
    op.execute("DELETE FROM channels WHERE code IN ('desk', 'import') AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.channel_id = channels.id)")
