"""Hooks of carriers: parcels found by their number, however it was typed.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_shipments_plain_number", "shipments", [sa.literal_column("upper(translate(tracking_number, ' -', ''))")], unique=False)


def downgrade() -> None:
    op.drop_index("ix_shipments_plain_number", table_name="shipments")
