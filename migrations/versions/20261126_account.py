"""Accounts: a statement's balances are read from an index, by day.

Revision ID: 0017
Revises: 0019
"""

from alembic import op

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_entries_statement", "entries", ["account_id", "at", "id"], postgresql_include=["balance_delta"])


def downgrade() -> None:
    op.drop_index("ix_entries_statement", table_name="entries")
