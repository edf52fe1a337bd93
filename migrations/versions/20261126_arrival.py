"""Arrival: what was promised first, parcels by the day they arrived, and the system among those who report.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shipments", sa.Column("promised_to", sa.Date(), nullable=True))
    op.create_index("ix_shipments_delivered", "shipments", ["delivered_at", "id"], unique=False, postgresql_where="delivered_at IS NOT NULL")
    _rewrite_sources("source IN ('staff', 'customer', 'carrier', 'system')")


def downgrade() -> None:
    # What the system counted as delivered can be no other's word: with such rows the older version cannot go on.
    _rewrite_sources("source IN ('staff', 'customer', 'carrier')")
    op.drop_index("ix_shipments_delivered", table_name="shipments", postgresql_where="delivered_at IS NOT NULL")
    op.drop_column("shipments", "promised_to")


def _rewrite_sources(condition: str) -> None:
    op.drop_constraint(op.f("ck_tracking_events_source"), "tracking_events", type_="check")
    op.create_check_constraint(op.f("ck_tracking_events_source"), "tracking_events", condition)
