"""gunicorn's settings, from the same environment as the application's (README, "Configuration")."""

import os
from typing import Any

from gunicorn.http import wsgi

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"[{_host}]:{os.environ.get('PORT', '8000')}" if ":" in _host else f"{_host}:{os.environ.get('PORT', '8000')}"

# Connections to the database are opened after the fork, one per thread: the application is not preloaded.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

timeout = 30
# gunicorn itself waits for the rest of a body for ever, and so would the thread that asked for it.
SILENCE = 10


def pre_request(_worker: Any, request: Any) -> None:
    """Give up on a client that falls silent in the middle of its body, or no longer takes what it is sent: the answer is a 400 (B46)."""
    request.unreader.sock.settimeout(SILENCE)


graceful_timeout = 25
keepalive = 5
loglevel = os.environ.get("LOG_LEVEL", "info").lower()

# TRUSTED_PROXIES counts the proxies before us; without one nobody may tell us the scheme of a request.
forwarded_allow_ips = "127.0.0.1,::1" if int(os.environ.get("TRUSTED_PROXIES", "0")) else ""

# It would open a socket in the home folder.
control_socket_disable = True

# The Server header tells strangers the product's name, and not what it is made of.
wsgi.SERVER = "Logistics"
