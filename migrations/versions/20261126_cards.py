"""Cards: where a customer goes to pay, when a payment is looked after next, and the news of providers.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MILESTONES = "'received', 'confirmed', 'shipped', 'delivered', 'cancelled', 'stock_ran_low', 'cancelled_in_part', 'refunded'"
_KINDS = "'payment', 'dispute_opened', 'dispute_won', 'dispute_lost'"


def upgrade() -> None:
    _change_milestones(f"{_MILESTONES}, 'payment_asked'")
    op.add_column("payments", sa.Column("pay_url", sa.Text(), nullable=False, server_default=""))
    op.alter_column("payments", "pay_url", server_default=None)
    op.add_column("payments", sa.Column("settle_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_payments_settle", "payments", ["settle_at"], postgresql_where="settle_at IS NOT NULL")
    op.create_table(
        "payment_news",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("news_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_payment_news_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_news")),
        sa.UniqueConstraint("provider", "news_id", name=op.f("uq_payment_news_provider_news_id")),
    )
    op.create_index("ix_payment_news_waiting", "payment_news", ["received_at"], postgresql_where="worked_at IS NULL")
    op.create_index("ix_payment_news_reference", "payment_news", ["provider", "reference"])


def downgrade() -> None:
    _change_milestones(_MILESTONES, not_valid=True)
    op.drop_table("payment_news")
    op.drop_index("ix_payments_settle", table_name="payments")
    op.drop_column("payments", "settle_at")
    op.drop_column("payments", "pay_url")


def _change_milestones(listed: str, *, not_valid: bool = False) -> None:
    """What the older release does not know keeps its rows: its check comes back for new ones only."""
    op.drop_constraint("ck_messages_milestone", "messages")
    op.create_check_constraint(op.f("ck_messages_milestone"), "messages", f"milestone IN ({listed})", postgresql_not_valid=not_valid)
