"""Corrections of balances: what was asked for, and who agreed; and the numbers under which customers pay tax.

Revision ID: 0020
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("tax_number", sa.String(length=60), nullable=False, server_default=""))
    op.alter_column("customers", "tax_number", server_default=None)
    op.create_table(
        "adjustment_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'approved', 'rejected', 'withdrawn', 'direct')", name=op.f("ck_adjustment_requests_state")),
        sa.CheckConstraint("change <> 0", name=op.f("ck_adjustment_requests_change")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_adjustment_requests_reason")),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_adjustment_requests_decided")),
        sa.CheckConstraint("(state IN ('approved', 'direct')) = (entry_id IS NOT NULL)", name=op.f("ck_adjustment_requests_done")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> coalesce(asked_by, 0))",
            name=op.f("ck_adjustment_requests_second"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_adjustment_requests_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_adjustment_requests_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_adjustment_requests_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_adjustment_requests_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment_requests")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_adjustment_requests_entry_id")),
    )
    op.create_index("ix_adjustment_requests_account", "adjustment_requests", ["account_id", "id"])
    op.create_index("ix_adjustment_requests_pending", "adjustment_requests", ["id"], postgresql_where="state = 'pending'")


def downgrade() -> None:
    op.drop_table("adjustment_requests")
    op.drop_column("customers", "tax_number")
