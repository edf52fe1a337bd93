"""Which user the embedded PostgreSQL runs as. It refuses to be root, so for root it gets a system user of its own."""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bin.terminal import Refused, say

SYSTEM_USER = "logistics-db"
Account = pwd.struct_passwd


def is_root() -> bool:
    """Whether we may, and must, run the server as somebody else."""
    return os.geteuid() == 0


def account_for(folder: Path) -> Account:
    """Who the server of this folder runs as: oneself; for root its owner, and at first a system user made for it. Raises Refused."""
    if not is_root():
        check_owner(folder)
        return _entry(os.geteuid())
    if folder.exists() and folder.stat().st_uid != 0:
        return _entry(folder.stat().st_uid)
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    return _make_system_user()


def check_owner(folder: Path) -> None:
    """Refuse another user's server. Raises Refused."""
    if folder.exists() and not is_root() and folder.stat().st_uid != os.geteuid():
        raise Refused(f"{folder} belongs to {_name(folder.stat().st_uid)}: start Logistics as the user who started it first.")


def make_private_folder(folder: Path, account: Account) -> None:
    """Make a folder that only this account enters. Raises Refused when something else stands there: in /tmp anybody could be first."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if is_root():
            os.chown(folder, account.pw_uid, account.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.pw_uid:
        raise Refused(f"{folder} is not a folder of {account.pw_name}: remove it and start again.")
    folder.chmod(0o700)


def open_way(targets: Iterable[Path], account: Account) -> None:
    """Let an account walk to these folders: o+x on those above, which lets nobody list or read anything there. Only root can and must."""
    opened = []
    for folder in sorted({above for target in targets for above in target.resolve().parents}):
        found = folder.stat()
        if not found.st_mode & stat.S_IXOTH and found.st_uid != account.pw_uid:
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            opened.append(str(folder))
    if opened:
        say(f"Opened for walking through (o+x), so that {account.pw_name} reaches the database: {', '.join(opened)}")


def _make_system_user() -> Account:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as failure:
        why = getattr(failure, "stderr", "").strip() or failure
        raise Refused(f"PostgreSQL must not run as root, and the system user {SYSTEM_USER} could not be made for it: {why}") from None


def _entry(number: int) -> Account:
    try:
        return pwd.getpwuid(number)
    except KeyError:
        raise Refused(f"User number {number} has no name on this machine, and PostgreSQL wants one: add it to /etc/passwd.") from None


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user number {number}"
