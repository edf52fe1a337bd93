"""The PostgreSQL that Logistics brings along: made when it is first needed, running while somebody uses it.

Every connection needs a password (scram) and comes through a unix socket; there is no TCP. The wheel's own starter is not used:
it trusts every local user as superuser, gives a recovery ten seconds, and opens whole folders when root starts it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bin.accounts import Account, account_for, check_owner, is_root, make_private_folder, open_way
from bin.cluster import Cluster
from bin.making import make
from bin.server import MAJOR_VERSION, programs, start_server, stop_server
from bin.terminal import Refused, say, uninterrupted


@contextmanager
def in_use(cluster: Cluster) -> Iterator[None]:
    """Have the server running. Who leaves last stops it, unless it was started by hand. Raises Refused."""
    with cluster.beside(".users").open("a+") as users:
        try:
            with _alone(cluster), uninterrupted():
                fcntl.flock(users, fcntl.LOCK_SH)
                if start(cluster):
                    _note(users, "started for a command")
            yield
        finally:
            with uninterrupted(), _alone(cluster):
                if _read(users) and _is_last(users):
                    stop(cluster)


def start_by_hand(cluster: Cluster) -> bool:
    """Start the server and leave it running, whoever uses it. Answers whether it was stopped before. Raises Refused."""
    with cluster.beside(".users").open("a+") as users, _alone(cluster):
        started = start(cluster)
        _note(users, "")
        return started


def stop_by_hand(cluster: Cluster) -> bool:
    """Stop the server, whoever uses it. Answers whether it was running. Raises Refused."""
    with _alone(cluster):
        return stop(cluster)


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    """Two commands must not make, start or stop one cluster at the same moment."""
    with cluster.beside(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start(cluster: Cluster) -> bool:
    """Start the server, made first where there is none yet. Answers False when it ran already. Raises Refused."""
    check_owner(cluster.folder)
    if cluster.data.exists() and cluster.is_running():
        return False
    account = account_for(cluster.folder)
    with uninterrupted():
        _prepare_folders(cluster, account)
        if not cluster.data.exists():
            make(cluster, account)
        _check_version(cluster)
        start_server(cluster, cluster.data, account)
    say(f"PostgreSQL {MAJOR_VERSION} runs in {cluster.folder} as the {'system ' if is_root() else ''}user {account.pw_name}.")
    return True


def stop(cluster: Cluster) -> bool:
    """Stop the server; open transactions are rolled back. Answers whether it was running. Raises Refused."""
    check_owner(cluster.folder)
    if not cluster.is_running():
        return False
    with uninterrupted():
        stop_server(cluster.data, account_for(cluster.folder))
    return True


def _prepare_folders(cluster: Cluster, account: Account) -> None:
    if odd := set(str(cluster.folder)) & set('"$`\\\n'):
        raise Refused(f"PostgreSQL cannot run in {cluster.folder}: move Logistics to a folder without {' '.join(sorted(odd))} in its name.")
    for folder in (cluster.folder, cluster.sockets):
        make_private_folder(folder, account)
    if is_root():
        open_way([programs(), cluster.folder], account)


def _check_version(cluster: Cluster) -> None:
    version = (cluster.data / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise Refused(f"{cluster.data} was made by PostgreSQL {version} and the packages bring {MAJOR_VERSION}: restore a backup into a new one.")


def _note(file: TextIO, text: str) -> None:
    file.truncate(0)
    file.write(text)
    file.flush()


def _read(file: TextIO) -> str:
    file.seek(0)
    return file.read()


def _is_last(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
