"""What the list of orders needs: saved views, indexes for its filters and orders, and tracking numbers among the words that find an order.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# So many orders at a time that each statement ends long before its time-out.
BATCH = 20_000
NOT_UNPAID = "(status <> 'unpaid')"
EXPIRY = "(COALESCE(expires_at, '2100-01-01 00:00:00+00'::timestamptz))"
CLOSED = "(status <> 'unpaid' AND status <> 'paid' AND status <> 'partially_shipped')"


def upgrade() -> None:
    op.create_table(
        "order_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_order_views_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_views")),
    )
    op.create_index("uq_order_views_name", "order_views", ["staff_id", sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "order_view_defaults",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("view_id", sa.BigInteger(), nullable=True),
        sa.Column("built_in", sa.String(length=20), nullable=False),
        sa.CheckConstraint("(view_id IS NULL) = (built_in <> '')", name=op.f("ck_order_view_defaults_one")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_order_view_defaults_staff_id")),
        sa.ForeignKeyConstraint(["view_id"], ["order_views.id"], name=op.f("fk_order_view_defaults_view_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_order_view_defaults")),
    )
    op.create_index(op.f("ix_order_view_defaults_view_id"), "order_view_defaults", ["view_id"])
    op.create_index("ix_orders_total", "orders", ["currency", sa.text("(- total)"), "id"])
    op.create_index("ix_orders_name", "orders", [sa.text("lower(name)"), "id"])
    op.create_index("ix_orders_urgency", "orders", [sa.text(CLOSED), sa.text("(- priority)"), "placed_at", "id"])
    op.create_index("ix_orders_soonest", "orders", [sa.text(NOT_UNPAID), sa.text(EXPIRY), "id"])
    op.create_index("ix_orders_urgent", "orders", ["placed_at", "id"], postgresql_where="priority > 0")
    op.create_index("ix_orders_noted", "orders", ["placed_at", "id"], postgresql_where="note <> ''")
    op.create_index("ix_orders_imported", "orders", ["placed_at", "id"], postgresql_where="imported_at IS NOT NULL")
    op.create_index("ix_reservations_consumed", "reservations", ["stock_level_id", "order_line_id"], postgresql_where="state = 'consumed'")
    _add_words_of_shipments()


def downgrade() -> None:
    # The words stay: they find an order by what its parcels are called, and harm nobody.
    op.drop_index("ix_reservations_consumed", table_name="reservations")
    for name in ("imported", "noted", "urgent", "soonest", "urgency", "name", "total"):
        op.drop_index(f"ix_orders_{name}", table_name="orders")
    op.drop_table("order_view_defaults")
    op.drop_table("order_views")


def _add_words_of_shipments() -> None:
    """As orders.searching.add_search_words does from now on: the pieces of a code, the whole of it, and the endings of its digits."""
    last = op.get_bind().scalar(sa.text("SELECT coalesce(max(order_id), 0) FROM shipments"))
    for first in range(1, last + 1, BATCH):
        op.execute(
            sa.text(
                r"""
                WITH codes AS (
                    SELECT order_id, lower(reference) AS code, '' AS digits FROM shipments WHERE order_id BETWEEN :first AND :last
                    UNION ALL
                    SELECT order_id, regexp_replace(lower(tracking_number), '\s', '', 'g'), regexp_replace(tracking_number, '[^0-9]', '', 'g') FROM shipments
                     WHERE order_id BETWEEN :first AND :last AND tracking_number <> ''
                ), words AS (
                    SELECT order_id, regexp_split_to_table(code, '[^a-z0-9]+') AS word FROM codes
                    UNION SELECT order_id, regexp_replace(code, '[^a-z0-9]', '', 'g') FROM codes
                    UNION SELECT order_id, substr(digits, place) FROM codes, generate_series(1, length(digits) - 3) AS place
                ), found AS (
                    SELECT order_id, array_to_tsvector(array_agg(left(word, 60))) AS lexemes FROM words WHERE word <> '' GROUP BY order_id
                )
                UPDATE orders SET search = coalesce(orders.search, array_to_tsvector('{}'::text[])) || found.lexemes
                  FROM found WHERE found.order_id = orders.id
                """
            ).bindparams(first=first, last=first + BATCH - 1)
        )
