"""Refunds: what was asked for and who agreed, orders taken back in part, goods to be put back, and messages about both.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_REASONS = "'customer', 'staff', 'payment_timeout', 'out_of_stock', 'fraud'"
_MILESTONES = "'received', 'confirmed', 'shipped', 'delivered', 'cancelled', 'stock_ran_low'"
_SUBJECTS = "'order', 'shipment', 'staff_notice'"


def upgrade() -> None:
    _add_requests()
    _add_cancellations()
    _add_put_backs()
    _change_check("messages", "milestone", f"milestone IN ({_MILESTONES}, 'cancelled_in_part', 'refunded')")
    _change_check("messages", "subject", f"subject IN ({_SUBJECTS}, 'cancellation', 'refund')")


def downgrade() -> None:
    # What the older release does not know keeps its rows: the check comes back for new ones only.
    _change_check("messages", "subject", f"subject IN ({_SUBJECTS})", postgresql_not_valid=True)
    _change_check("messages", "milestone", f"milestone IN ({_MILESTONES})", postgresql_not_valid=True)
    for table in ("put_backs", "order_cancellations", "refund_requests"):
        op.drop_table(table)


def _add_requests() -> None:
    op.create_table(
        "refund_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("destination", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("api_key_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('refund', 'allowance')", name=op.f("ck_refund_requests_kind")),
        sa.CheckConstraint(
            "reason IN ('damaged', 'late', 'wrong_item', 'price', 'goodwill', 'duplicate', 'other')", name=op.f("ck_refund_requests_reason")
        ),
        sa.CheckConstraint("destination IN ('as_paid', 'account')", name=op.f("ck_refund_requests_destination")),
        sa.CheckConstraint("state IN ('pending', 'approved', 'rejected', 'withdrawn', 'direct')", name=op.f("ck_refund_requests_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_requests_amount")),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_refund_requests_decided")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> coalesce(asked_by, 0))",
            name=op.f("ck_refund_requests_second"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_requests_order_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_refund_requests_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_refund_requests_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
    )
    op.create_index("ix_refund_requests_order", "refund_requests", ["order_id", "id"])
    op.create_index("ix_refund_requests_pending", "refund_requests", ["id"], postgresql_where="state = 'pending'")


def _add_cancellations() -> None:
    op.create_table(
        "order_cancellations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("ck_order_cancellations_reason")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_cancellations_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_cancellations")),
    )
    op.create_index("ix_order_cancellations_order", "order_cancellations", ["order_id", "id"])


def _add_put_backs() -> None:
    op.create_table(
        "put_backs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("stock_level_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("from_parcel", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_put_backs_quantity")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_put_backs_shipment_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name=op.f("fk_put_backs_order_line_id")),
        sa.ForeignKeyConstraint(["stock_level_id"], ["stock_levels.id"], name=op.f("fk_put_backs_stock_level_id")),
        sa.ForeignKeyConstraint(["done_by"], ["staff.id"], name=op.f("fk_put_backs_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_backs")),
    )
    op.create_index("ix_put_backs_shipment_id", "put_backs", ["shipment_id"])
    op.create_index("ix_put_backs_open", "put_backs", ["id"], postgresql_where="done_at IS NULL")


def _change_check(table: str, name: str, condition: str, **options: bool) -> None:
    op.drop_constraint(f"ck_{table}_{name}", table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, **options)
