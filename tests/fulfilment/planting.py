"""Planting what triggers and constraints refuse, behind their backs, to see that the audit finds it."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session


def plant(session: Session, statements: Sequence[str], *tables: str) -> None:
    """Run the statements while the triggers of these tables look away."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(text(statement))
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
