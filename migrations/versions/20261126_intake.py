"""What the intake of orders needs: rules of channels, time-outs, holds, priorities, why a warehouse was chosen, notes on lines.

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("channels", sa.Column("payment_timeout_minutes", sa.BigInteger(), nullable=True))
    _add("channels", sa.Column("may_wait", sa.Boolean(), nullable=False), "false")
    _add("channels", sa.Column("ship_complete", sa.Boolean(), nullable=False), "true")
    _add("channels", sa.Column("active", sa.Boolean(), nullable=False), "true")
    _add("channels", sa.Column("version", sa.BigInteger(), nullable=False), "1")
    op.drop_constraint("ck_channels_kind", "channels")
    op.create_check_constraint(op.f("ck_channels_kind"), "channels", "kind IN ('desk', 'import', 'api', 'shopify', 'woocommerce')")
    op.create_check_constraint(op.f("ck_channels_payment_timeout"), "channels", "payment_timeout_minutes BETWEEN 1 AND 527040")
    # Two weeks at the desk, a day for programs.
    op.execute("UPDATE channels SET payment_timeout_minutes = 20160 WHERE code = 'desk'")
    op.execute(
        """
        INSERT INTO channels (code, name, kind, payment_timeout_minutes, may_wait, ship_complete, active, version)
        VALUES ('api', 'API', 'api', 1440, false, true, true, 1) ON CONFLICT (code) DO NOTHING
        """
    )

    _add("orders", sa.Column("priority", sa.BigInteger(), nullable=False), "0")
    _add("orders", sa.Column("ship_complete", sa.Boolean(), nullable=False), "true")
    _add("orders", sa.Column("sourcing", postgresql.JSONB(astext_type=sa.Text()), nullable=False), "{}")
    _add("orders", sa.Column("hold_reason", sa.String(length=20), nullable=False), "")
    _add("orders", sa.Column("hold_note", sa.String(length=500), nullable=False), "")
    _add("orders", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    _add("orders", sa.Column("held_by", sa.BigInteger(), nullable=True))
    _add("orders", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_orders_held_by"), "orders", "staff", ["held_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_orders_hold_reason"),
        "orders",
        "hold_reason = '' OR hold_reason IN ('customer', 'address', 'payment', 'fraud', 'stock', 'other')",
    )
    op.create_check_constraint(op.f("ck_orders_held"), "orders", "(hold_reason = '') = (held_at IS NULL)")
    op.create_check_constraint(op.f("ck_orders_priority"), "orders", "priority BETWEEN 0 AND 9")
    op.create_index("ix_orders_expiry", "orders", ["expires_at"], postgresql_where="status = 'unpaid' AND expires_at IS NOT NULL")
    op.create_index("ix_orders_held", "orders", ["placed_at", "id"], postgresql_where="hold_reason <> ''")
    _add("order_lines", sa.Column("note", sa.String(length=500), nullable=False), "")


def downgrade() -> None:
    op.drop_column("order_lines", "note")
    op.drop_index("ix_orders_held", table_name="orders")
    op.drop_index("ix_orders_expiry", table_name="orders")
    for name in ("expires_at", "held_by", "held_at", "hold_note", "hold_reason", "sourcing", "ship_complete", "priority"):
        op.drop_column("orders", name)
    op.execute("DELETE FROM channels WHERE code = 'api' AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.channel_id = channels.id)")
    op.execute("UPDATE channels SET kind = 'import' WHERE kind NOT IN ('desk', 'import')")
    op.drop_constraint("ck_channels_kind", "channels")
    op.create_check_constraint(op.f("ck_channels_kind"), "channels", "kind IN ('desk', 'import')")
    for name in ("version", "active", "ship_complete", "may_wait", "payment_timeout_minutes"):
        op.drop_column("channels", name)


def _add(table: str, column: sa.Column[Any], default: str | None = None) -> None:
    """Add a column; `default` is what the rows that are there get, the application says its own for new ones."""
    column.server_default = sa.DefaultClause(default) if default is not None else None
    op.add_column(table, column)
    if default is not None:
        op.alter_column(table, str(column.name), server_default=None)
