"""Ports for servers that take their time before they listen."""

import random
import socket

# The system gives ports from 32768 to whoever connects somewhere, and asked for any free one gives that to the next who asks, too.
_OURS = range(20_000, 32_000)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that nobody else is likely to get before we do."""
    for port in random.SystemRandom().sample(_OURS, 100):
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("every port is taken")
