"""Where an embedded PostgreSQL lives and how it is reached: one cluster per folder in var/."""

import hashlib
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bin import ROOT
from bin.terminal import Refused

SUPERUSER, OWNER, APP, DATABASE = "postgres", "owner", "app", "logistics"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes: sun_path of unix(7), less its NUL


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
        return self.beside(".passwords")

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

    def beside(self, suffix: str) -> Path:
        """A file of ours next to the folder, out of reach of the user the server runs as."""
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        return self.folder.with_name(self.folder.name + suffix)


MAIN = Cluster(ROOT / "var/postgres")
# The tests' data is thrown away anyway, so their server does not wait for the disk. Never so for real data.
TEST = Cluster(ROOT / "var/test-postgres", ("fsync=off", "synchronous_commit=off", "full_page_writes=off"))
