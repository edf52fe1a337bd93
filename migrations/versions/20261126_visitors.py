"""What customers do by themselves: corrected addresses, links asked for by e-mail, news by e-mail.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_SUBJECTS = "'order', 'shipment', 'cancellation', 'refund', 'staff_notice'"
_MILESTONES = "'received', 'confirmed', 'shipped', 'delivered', 'cancelled', 'cancelled_in_part', 'refunded', 'payment_asked', 'stock_ran_low'"
_MORE = (
    "'address_changed', 'updates_asked', 'links', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'returning', "
    "'returned_to_sender', 'lost'"
)


def upgrade() -> None:
    op.add_column("shipments", sa.Column("readdressed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "link_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    _change_check("milestone", f"milestone IN ({_MILESTONES}, {_MORE})")
    _change_check("subject", f"subject IN ({_SUBJECTS}, 'address', 'updates', 'links')")


def downgrade() -> None:
    # What the older release does not know keeps its rows: the check comes back for new ones only.
    _change_check("subject", f"subject IN ({_SUBJECTS})", not_valid=True)
    _change_check("milestone", f"milestone IN ({_MILESTONES})", not_valid=True)
    op.drop_table("link_requests")
    op.drop_column("shipments", "readdressed_at")


def _change_check(name: str, condition: str, *, not_valid: bool = False) -> None:
    op.drop_constraint(f"ck_messages_{name}", "messages")
    op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition, postgresql_not_valid=not_valid)
