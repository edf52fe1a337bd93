"""Money: cards, cash on delivery and terms; attempts at providers; discounts, taxes and allowances of orders; payment incidents.

Revision ID: 0013
Revises: 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = "'money_after_cancellation', 'overpaid', 'capture_refused', 'refund_refused', 'authorisation_ending', 'shipped_uncovered', 'disputed'"


def upgrade() -> None:
    _change_accounts()
    _change_payments()
    _add_attempts()
    _change_orders()
    _add_incidents()


def downgrade() -> None:
    op.drop_table("payment_incidents")
    _change_check("order_lines", "price", "unit_price >= 0 AND net >= 0 AND discount_bp BETWEEN 0 AND 10000")
    _change_check("orders", "amounts", "shipping >= 0 AND merchandise >= 0")
    for name in ("tax", "tax_bp", "discount_share"):
        op.drop_column("order_lines", name)
    for name in ("allowance", "shipping_tax_bp", "tax_included", "tax", "discount"):
        op.drop_column("orders", name)
    for name in ("tax_included", "capture_at_dispatch"):
        op.drop_column("channels", name)
    op.drop_table("payment_attempts")
    for name in ("ix_payments_due", "ix_payments_ending", "uq_payments_provider_reference"):
        op.drop_index(name, table_name="payments")
    for name in ("failure", "due_on", "authorised_until", "provider_reference", "provider"):
        op.drop_column("payments", name)
    # What the older release does not know keeps its rows: the check comes back for new ones only.
    op.drop_constraint("ck_payments_method", "payments")
    op.drop_constraint("ck_payments_state", "payments")
    op.drop_constraint("ck_entries_kind", "entries")
    for table, name, condition in (
        ("payments", "method", "method IN ('balance', 'transfer', 'shop')"),
        ("payments", "state", "state IN ('created', 'authorised', 'captured', 'part_refunded', 'refunded', 'voided', 'failed')"),
        ("entries", "kind", "kind IN ('deposit', 'payment', 'refund', 'adjustment')"),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, postgresql_not_valid=True)
    op.drop_column("entries", "reason")
    op.drop_column("accounts", "terms_days")


def _change_accounts() -> None:
    _add("accounts", sa.Column("terms_days", sa.BigInteger(), nullable=False), "0")
    op.create_check_constraint(op.f("ck_accounts_terms_days"), "accounts", "terms_days BETWEEN 0 AND 365")
    _add("entries", sa.Column("reason", sa.String(length=200), nullable=False), "")
    _change_check("entries", "kind", "kind IN ('deposit', 'payment', 'authorise', 'capture', 'void', 'refund', 'adjustment')")


def _change_payments() -> None:
    _change_check("payments", "method", "method IN ('balance', 'card', 'transfer', 'cod', 'terms', 'shop')")
    states = "'created', 'authorised', 'captured', 'part_refunded', 'refunded', 'voided', 'expired', 'failed', 'disputed'"
    _change_check("payments", "state", f"state IN ({states})")
    _add("payments", sa.Column("provider", sa.String(length=20), nullable=False), "")
    _add("payments", sa.Column("provider_reference", sa.String(length=255), nullable=False), "")
    _add("payments", sa.Column("authorised_until", sa.DateTime(timezone=True), nullable=True))
    _add("payments", sa.Column("due_on", sa.Date(), nullable=True))
    _add("payments", sa.Column("failure", sa.String(length=60), nullable=False), "")
    op.create_index(
        "uq_payments_provider_reference", "payments", ["provider", "provider_reference"], unique=True, postgresql_where="provider_reference <> ''"
    )
    op.create_index("ix_payments_ending", "payments", ["authorised_until"], postgresql_where="state = 'authorised' AND authorised_until IS NOT NULL")
    op.create_index("ix_payments_due", "payments", ["account_id", "due_on"], postgresql_where="due_on IS NOT NULL")


def _add_attempts() -> None:
    op.create_table(
        "payment_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('checkout', 'authorise', 'capture', 'void', 'refund')", name=op.f("ck_payment_attempts_kind")),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name=op.f("ck_payment_attempts_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_attempts_amount")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_payment_attempts_closed")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_attempts_payment_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_attempts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_attempts_key")),
    )
    op.create_index(op.f("ix_payment_attempts_payment_id"), "payment_attempts", ["payment_id"])
    op.create_index("uq_payment_attempts_open", "payment_attempts", ["order_id"], unique=True, postgresql_where="state = 'open'")
    op.create_index("ix_payment_attempts_order", "payment_attempts", ["order_id", "opened_at"])
    op.create_index("ix_payment_attempts_waiting", "payment_attempts", ["opened_at"], postgresql_where="state = 'open'")


def _change_orders() -> None:
    _add("channels", sa.Column("capture_at_dispatch", sa.Boolean(), nullable=False), "false")
    _add("channels", sa.Column("tax_included", sa.Boolean(), nullable=False), "true")
    for name in ("discount", "tax", "allowance", "shipping_tax_bp"):
        _add("orders", sa.Column(name, sa.BigInteger(), nullable=False), "0")
    _add("orders", sa.Column("tax_included", sa.Boolean(), nullable=False), "true")
    _change_check("orders", "amounts", "least(shipping, merchandise, discount, tax, allowance) >= 0")
    op.create_check_constraint(op.f("ck_orders_shipping_tax"), "orders", "shipping_tax_bp BETWEEN 0 AND 10000")
    for name in ("discount_share", "tax_bp", "tax"):
        _add("order_lines", sa.Column(name, sa.BigInteger(), nullable=False), "0")
    _change_check("order_lines", "price", "least(unit_price, net, discount_share, tax) >= 0 AND discount_bp BETWEEN 0 AND 10000")
    op.create_check_constraint(op.f("ck_order_lines_tax_rate"), "order_lines", "tax_bp BETWEEN 0 AND 10000")


def _add_incidents() -> None:
    op.create_table(
        "payment_incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.String(length=500), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_payment_incidents_kind")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_incidents_amount")),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution = '')", name=op.f("ck_payment_incidents_resolved")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_incidents_order_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["staff.id"], name=op.f("fk_payment_incidents_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_incidents")),
    )
    op.create_index("uq_payment_incidents_open", "payment_incidents", ["order_id", "kind"], unique=True, postgresql_where="resolved_at IS NULL")
    op.create_index("ix_payment_incidents_open", "payment_incidents", ["opened_at", "id"], postgresql_where="resolved_at IS NULL")
    op.create_index("ix_payment_incidents_opened", "payment_incidents", ["opened_at", "id"])


def _change_check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(f"ck_{table}_{name}", table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _add(table: str, column: sa.Column[Any], default: str | None = None) -> None:
    """Add a column; `default` is what the rows that are there get, the application says its own for new ones."""
    column.server_default = sa.DefaultClause(default) if default is not None else None
    op.add_column(table, column)
    if default is not None:
        op.alter_column(table, str(column.name), server_default=None)
