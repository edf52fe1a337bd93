"""What shop platforms need: their money, their secrets, an inbox for what they send, and which of our products they mean.

Revision ID: 0010
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_payments_method", "payments")
    op.create_check_constraint(op.f("ck_payments_method"), "payments", "method IN ('balance', 'transfer', 'shop')")
    op.alter_column("payment_moves", "provider", type_=sa.String(length=60), existing_type=sa.String(length=20), existing_nullable=False)

    op.create_table(
        "channel_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_channel_secrets_channel_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_channel_secrets_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_secrets")),
    )
    op.create_index("ix_channel_secrets_channel", "channel_secrets", ["channel_id", "id"])
    op.create_index("uq_channel_secrets_current", "channel_secrets", ["channel_id"], unique=True, postgresql_where="ends_at IS NULL")

    op.create_table(
        "order_inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=260), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'parked', 'ignored', 'quarantined', 'discarded')", name=op.f("ck_order_inbox_state")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_order_inbox_channel_id")),
        sa.ForeignKeyConstraint(["first_id"], ["order_inbox.id"], name=op.f("fk_order_inbox_first_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_inbox_order_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["staff.id"], name=op.f("fk_order_inbox_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_inbox")),
    )
    op.create_index("uq_order_inbox_event", "order_inbox", ["channel_id", "event_id"], unique=True, postgresql_where="first_id IS NULL")
    op.create_index("uq_order_inbox_altered", "order_inbox", ["first_id", "digest"], unique=True)
    op.create_index("ix_order_inbox_digest", "order_inbox", ["channel_id", "digest"])
    op.create_index("ix_order_inbox_story", "order_inbox", ["channel_id", "external_id", "id"])
    op.create_index("ix_order_inbox_order", "order_inbox", ["order_id"])
    op.create_index("ix_order_inbox_waiting", "order_inbox", ["id"], postgresql_where="state = 'waiting'")
    op.create_index("ix_order_inbox_parked", "order_inbox", ["id"], postgresql_where="state IN ('parked', 'quarantined')")
    op.create_index("ix_order_inbox_kept", "order_inbox", ["settled_at"], postgresql_where="settled_at IS NOT NULL AND body IS NOT NULL")

    op.create_table(
        "sku_mappings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('sku', 'variant')", name=op.f("ck_sku_mappings_kind")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_sku_mappings_channel_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_sku_mappings_created_by")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_sku_mappings_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku_mappings")),
        sa.UniqueConstraint("channel_id", "kind", "code", name=op.f("uq_sku_mappings_channel_id_kind_code")),
    )


def downgrade() -> None:
    op.drop_table("sku_mappings")
    op.drop_table("order_inbox")
    op.drop_table("channel_secrets")
    op.drop_constraint("ck_payments_method", "payments")
    # What a shop took has no other name than a transfer there.
    op.execute("UPDATE payments SET method = 'transfer' WHERE method = 'shop'")
    op.create_check_constraint(op.f("ck_payments_method"), "payments", "method IN ('balance', 'transfer')")
