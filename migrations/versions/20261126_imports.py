"""Files taken in through the browser: imports, their contents and reports, and how their columns are remembered.

Revision ID: 0011
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

_COUNTS = ("pass_number", "tries", "things", "done", "new", "changed", "same", "conflict", "left_out", "errors", "notes")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("headings", _json(), nullable=False),
        sa.Column("sample", _json(), nullable=False),
        sa.Column("layout", _json(), nullable=False),
        sa.Column("sources", _json(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('uploaded', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_imports_state")),
        sa.CheckConstraint("mode = '' OR mode IN ('all', 'valid')", name=op.f("ck_imports_mode")),
        sa.CheckConstraint("problem IN ('', 'not_allowed', 'our_mistake')", name=op.f("ck_imports_problem")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_imports_channel_id")),
        sa.ForeignKeyConstraint(["started_by"], ["staff.id"], name=op.f("fk_imports_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_newest", "imports", ["created_at", "id"])
    op.create_index("ix_imports_starter", "imports", ["started_by", "created_at", "id"])
    op.create_table(
        "import_files",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_files_import_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_files")),
    )
    op.create_table(
        "import_rows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("pass_number", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("differences", _json(), nullable=False),
        sa.CheckConstraint("outcome IN ('new', 'changed', 'same', 'conflict', 'refused', 'note')", name=op.f("ck_import_rows_outcome")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_report", "import_rows", ["import_id", "pass_number", "id"])
    op.create_index("ix_import_rows_outcome", "import_rows", ["import_id", "pass_number", "outcome", "id"])
    op.create_table(
        "import_mappings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("layout", _json(), nullable=False),
        sa.Column("sources", _json(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_import_mappings_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint(
            "kind", "channel_id", "fingerprint", name=op.f("uq_import_mappings_kind_channel_id_fingerprint"), postgresql_nulls_not_distinct=True
        ),
    )


def downgrade() -> None:
    for table in ("import_mappings", "import_rows", "import_files", "imports"):
        op.drop_table(table)


def _json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())
