"""Runs the migrations as the database's owner, and lets the application's role read and write what they made.

The owner's URL is MIGRATIONS_DATABASE_URL, else DATABASE_URL. Locks and statements time out, so that a migration never
stops the shop for long.
"""

import os
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from logistics.core.config import driver_url
from logistics.core.database import XID8, Base

ischema_names["xid8"] = XID8  # so that a migrated table is recognised

app_url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
owner_url = make_url(driver_url(os.environ.get("MIGRATIONS_DATABASE_URL", "")) or app_url)


def render_item(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our one custom type as the SQL it is."""
    if kind == "type" and isinstance(thing, XID8):
        return "logistics.core.database.XID8()"
    return False


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave Procrastinate's tables to Procrastinate."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def grant_to_app(connection: Connection) -> None:
    """Let the application's role work with the rows, and with nothing else: no DDL, no TRUNCATE, no triggers."""
    if not app_url.username or app_url.username == owner_url.username:
        return
    role = connection.dialect.identifier_preparer.quote(app_url.username)
    for right in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    ):
        connection.execute(text(right))


def run() -> None:
    """Migrate in one transaction per revision."""
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text("SET statement_timeout = '60s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            include_object=ours,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        grant_to_app(connection)
        connection.commit()
    engine.dispose()


run()
