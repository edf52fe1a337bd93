"""Invoices and credit notes: their series of numbers, the documents as issued, and the company that issues them.

Revision ID: 0016
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0018"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('invoice', 'credit_note')"
_ADDRESS = (("line1", 200), ("line2", 200), ("district", 100), ("city", 100), ("region", 100), ("postcode", 20), ("country", 2))


def upgrade() -> None:
    _add_company()
    _add_series()
    _add_documents()
    op.add_column("channels", sa.Column("invoices", sa.Boolean(), nullable=False, server_default="true"))
    op.alter_column("channels", "invoices", server_default=None)
    # Shops send invoices of their own, and what files bring was invoiced elsewhere.
    op.execute("UPDATE channels SET invoices = false WHERE kind NOT IN ('desk', 'api')")


def downgrade() -> None:
    op.drop_column("channels", "invoices")
    op.drop_table("documents")
    op.drop_table("document_series")
    op.execute("DROP FUNCTION keep_series()")
    op.drop_table("company")


def _add_company() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in _ADDRESS),
        sa.Column("tax_number", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("bank", sa.String(length=500), nullable=False),
        sa.Column("invoice_prefix", sa.String(length=12), nullable=False),
        sa.Column("credit_note_prefix", sa.String(length=12), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_company_one")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_company_name")),
        sa.CheckConstraint(
            "invoice_prefix <> credit_note_prefix AND invoice_prefix <> '' AND credit_note_prefix <> ''", name=op.f("ck_company_prefixes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )


def _add_series() -> None:
    op.create_table(
        "document_series",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_document_series_kind")),
        sa.CheckConstraint("year BETWEEN 2000 AND 9999", name=op.f("ck_document_series_year")),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_document_series_last_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_series")),
        sa.UniqueConstraint("prefix", "year", name=op.f("uq_document_series_prefix_year")),
    )
    op.execute(
        """
        CREATE FUNCTION keep_series() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.last_number = OLD.last_number + 1
               AND to_jsonb(NEW) - 'last_number' = to_jsonb(OLD) - 'last_number' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'numbers of documents are given one after the other and never taken back' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute("CREATE TRIGGER one_by_one BEFORE UPDATE OR DELETE ON document_series FOR EACH ROW EXECUTE FUNCTION keep_series()")


def _add_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("refers_to_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_documents_kind")),
        sa.CheckConstraint("serial > 0", name=op.f("ck_documents_serial")),
        sa.CheckConstraint("total > 0 AND due >= 0", name=op.f("ck_documents_amounts")),
        sa.CheckConstraint("(kind = 'credit_note') = (refers_to_id IS NOT NULL)", name=op.f("ck_documents_refers")),
        sa.ForeignKeyConstraint(["series_id"], ["document_series.id"], name=op.f("fk_documents_series_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_documents_order_id")),
        sa.ForeignKeyConstraint(["refers_to_id"], ["documents.id"], name=op.f("fk_documents_refers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
        sa.UniqueConstraint("series_id", "serial", name=op.f("uq_documents_series_id_serial")),
    )
    op.create_index("ix_documents_order", "documents", ["order_id", "id"])
    op.create_index("ix_documents_issued", "documents", ["issued_on", "id"])
    op.create_index("ix_documents_kind", "documents", ["kind", "issued_on", "id"])
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER keep_all BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
