"""Orders may wait for stock: how many units wait at each level, and who is next.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stock_levels", sa.Column("waiting", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("stock_levels", "waiting", server_default=None)
    op.execute(
        """
        UPDATE stock_levels SET waiting = r.units
          FROM (SELECT stock_level_id, sum(quantity) AS units FROM reservations WHERE state = 'waiting' GROUP BY stock_level_id) r
         WHERE r.stock_level_id = stock_levels.id
        """
    )
    op.create_check_constraint(op.f("ck_stock_levels_waiting"), "stock_levels", "waiting = 0 OR (waiting > 0 AND reserved = on_hand)")
    op.create_index(
        "ix_reservations_waiting",
        "reservations",
        ["stock_level_id", sa.desc("priority"), "placed_at", "id"],
        postgresql_where="state = 'waiting'",
    )


def downgrade() -> None:
    op.drop_index("ix_reservations_waiting", table_name="reservations", postgresql_where="state = 'waiting'")
    op.drop_constraint("ck_stock_levels_waiting", "stock_levels")
    op.drop_column("stock_levels", "waiting")
