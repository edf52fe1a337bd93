"""Taxes: the class of each product, and the rates by country and class.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What the products that are there get; the application says its own for new ones.
    op.add_column("products", sa.Column("tax_class", sa.String(length=20), nullable=False, server_default="standard"))
    op.alter_column("products", "tax_class", server_default=None)
    op.create_check_constraint(op.f("ck_products_tax_class"), "products", "tax_class IN ('standard', 'reduced', 'zero', 'exempt')")
    op.create_table(
        "tax_rates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_class", sa.String(length=20), nullable=False),
        sa.Column("rate_bp", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tax_class IN ('standard', 'reduced')", name=op.f("ck_tax_rates_tax_class")),
        sa.CheckConstraint("rate_bp BETWEEN 0 AND 10000", name=op.f("ck_tax_rates_rate")),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_tax_rates_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint("country", "tax_class", name=op.f("uq_tax_rates_country_tax_class")),
    )


def downgrade() -> None:
    op.drop_table("tax_rates")
    op.drop_column("products", "tax_class")
