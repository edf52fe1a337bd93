"""Checks that migrations build exactly what the models say, in a database of its own on TEST_DATABASE_URL's server."""

import os
import secrets
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bin import ROOT
from bin.terminal import Refused


def main(_arguments: list[str]) -> int:
    """Migrate an empty database to the newest state and compare it with the models. Answers 0. Raises Refused with the difference."""
    server = os.environ["TEST_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    name = f"drift_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            compare(urlsplit(server)._replace(path=f"/{name}").geturl())
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    return 0


def compare(database: str) -> None:
    """Run the migrations, then let Alembic look for what they forgot. Raises Refused."""
    here = {"DATABASE_URL": database, "MIGRATIONS_DATABASE_URL": database, "SECRET_KEY": secrets.token_urlsafe(48)}
    for command in (["db", "upgrade"], ["db", "check"]):
        flask = [sys.executable, "-m", "flask", "--app", "app", *command]
        done = subprocess.run(flask, cwd=ROOT, env=os.environ | here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise Refused(f"{done.stdout}flask {' '.join(command)} failed: models and migrations differ, or a migration does not run.")
