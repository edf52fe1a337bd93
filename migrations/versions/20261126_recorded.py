"""Recorded money: why a transfer was taken off again, what an order was overpaid by and what is still to come for it, lists of payments.

Revision ID: 0019
Revises: 0015
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("payment_moves", sa.Column("reason", sa.String(length=200), nullable=False), "")
    op.create_index("ix_payments_newest", "payments", ["created_at", "id"])
    op.create_index("ix_payments_method", "payments", ["method", "created_at", "id"])
    op.create_index("ix_payments_state", "payments", ["state", "created_at", "id"])
    op.create_index("ix_payments_cod", "payments", ["id"], postgresql_where="method = 'cod' AND state = 'authorised'")

    # Nothing can have been overpaid or promised before: neither was possible.
    _add("orders", sa.Column("surplus", sa.BigInteger(), nullable=False), "0")
    _add("orders", sa.Column("owed", sa.String(length=10), nullable=False), "")
    op.create_check_constraint(op.f("ck_orders_surplus"), "orders", "surplus >= 0")
    op.create_check_constraint(op.f("ck_orders_owed"), "orders", "owed = '' OR owed IN ('cod', 'terms')")
    op.create_index("ix_orders_overpaid", "orders", ["placed_at", "id"], postgresql_where="surplus > 0")
    op.create_index("ix_orders_owed", "orders", ["placed_at", "id"], postgresql_where="owed <> ''")


def downgrade() -> None:
    for name in ("ix_orders_owed", "ix_orders_overpaid"):
        op.drop_index(name, table_name="orders")
    for name in ("owed", "surplus"):
        op.drop_column("orders", name)
    for name in ("ix_payments_cod", "ix_payments_state", "ix_payments_method", "ix_payments_newest"):
        op.drop_index(name, table_name="payments")
    op.drop_column("payment_moves", "reason")


def _add(table: str, column: sa.Column[Any], default: str) -> None:
    """Add a column; `default` is what the rows that are there get, the application says its own for new ones."""
    column.server_default = sa.DefaultClause(default)
    op.add_column(table, column)
    op.alter_column(table, str(column.name), server_default=None)
