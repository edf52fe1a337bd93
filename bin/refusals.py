"""What bin/run refuses before it starts anything, each as one line."""

import errno
import socket
from collections.abc import Mapping

import psycopg

from bin.python import python
from bin.terminal import Refused

OLDEST_POSTGRESQL = 15


def check_settings(environment: Mapping[str, str]) -> None:
    """Refuse, before anything is started, what the application would refuse, and what only gunicorn reads. Raises Refused."""
    check = "from logistics.core.config import Settings; Settings.from_environment()"
    python("-c", check, environment={"DATABASE_URL": "postgresql://", **environment})
    workers = environment.get("WEB_WORKERS", "2")
    if not (workers.isascii() and workers.isdigit()):
        raise Refused(f"WEB_WORKERS={workers} must be a whole number.")


def check_port(host: str, port: str) -> None:
    """Refuse an address that cannot be served. Raises Refused."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Refused(f"PORT={port} is not a port: choose a number from 1 to 65535.")
    try:
        _try_to_serve(host, int(port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} on {host} is in use: stop what serves there, or choose another one: PORT={int(port) + 1} bin/run") from None
        raise Refused(f"Logistics cannot serve on HOST={host} PORT={port}: {error.strerror}.") from None


def is_free(host: str, port: int) -> bool:
    """Whether this address could be served."""
    try:
        _try_to_serve(host, port)
    except (OSError, OverflowError):
        return False
    return True


def check_server(name: str, url: str) -> None:
    """Sign in once. Raises Refused when nobody answers, we are not let in, or the server is too old."""
    if not url.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
        raise Refused(f"{name} must begin with postgresql:// and name a PostgreSQL {OLDEST_POSTGRESQL} or newer.")
    try:
        with psycopg.connect(libpq_url(url), connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise Refused(f"{name} cannot be reached: {str(error).strip().splitlines()[0]}") from None
    if version < OLDEST_POSTGRESQL:
        raise Refused(f"{name} names a PostgreSQL {version}, Logistics needs {OLDEST_POSTGRESQL} or newer.")


def libpq_url(url: str) -> str:
    """The address as libpq wants it: SQLAlchemy's names the driver too."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _try_to_serve(host: str, port: int) -> None:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
