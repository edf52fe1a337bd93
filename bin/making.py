"""Making an embedded PostgreSQL: data directory, roles, passwords, database."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bin import ROOT
from bin.accounts import Account, is_root
from bin.cluster import APP, OWNER, SUPERUSER, Cluster
from bin.server import run_program, start_server, stop_server
from bin.terminal import Refused, say, write_privately

SETTINGS = """
# Logistics. What only the launcher may decide (socket, no TCP) is on the server's command line.
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 200
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
"""


def make(cluster: Cluster, account: Account) -> None:
    """Make the cluster aside and put it in place when it is whole, so that an interrupted start is simply done again."""
    say("Making the database ...")
    unfinished = cluster.folder / "data.new"
    if unfinished.exists():
        with suppress(Refused):
            stop_server(unfinished, account)
        shutil.rmtree(unfinished)
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
    with _superuser_password(cluster, passwords[SUPERUSER], account) as file:
        options = ["--auth=scram-sha-256", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        run_program("initdb", *options, f"--username={SUPERUSER}", f"--pwfile={file}", "-D", str(unfinished), account=account)
    with (unfinished / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    start_server(cluster, unfinished, account)
    try:
        _make_roles(cluster, passwords)
    finally:
        stop_server(unfinished, account)
    write_privately(cluster.password_file, json.dumps(passwords))
    unfinished.rename(cluster.data)


def _make_roles(cluster: Cluster, passwords: Mapping[str, str]) -> None:
    """Make owner, app and the database. The passwords go by standard input: an argument could be seen by anybody."""
    variables = "".join(f"\\set {role}_password '{passwords[role]}'\n" for role in (OWNER, APP))
    script = variables + (ROOT / "deploy/roles.sql").read_text()
    options = ["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.sockets), "-U", SUPERUSER, "-d", "postgres"]
    run_program("psql", *options, secret=passwords[SUPERUSER], script=script)


@contextmanager
def _superuser_password(cluster: Cluster, password: str, account: Account) -> Iterator[Path]:
    """The superuser's password in a file that initdb's user may read, for as long as initdb runs."""
    file = cluster.folder / "superuser"
    write_privately(file, password)
    if is_root():
        os.chown(file, account.pw_uid, account.pw_gid, follow_symlinks=False)
    try:
        yield file
    finally:
        file.unlink()
