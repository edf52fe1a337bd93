"""A small picture beside each photo of a delivery, for pages that show several.

Revision ID: 0034
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proof_photos", sa.Column("small", sa.LargeBinary(), nullable=False, server_default=""))
    # Photos of before have none of their own: the whole one is shown.
    op.execute("UPDATE proof_photos SET small = data")
    op.alter_column("proof_photos", "small", server_default=None)


def downgrade() -> None:
    op.drop_column("proof_photos", "small")
