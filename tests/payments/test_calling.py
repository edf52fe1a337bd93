"""Calls to a provider end in time, whatever it does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from logistics.payments.gateways.calling import LARGEST_ANSWER, Caller
from logistics.payments.gateways.gateway import GatewayUnreachable

pytestmark = pytest.mark.loopback
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
Play = Callable[[socket.socket], None]
# Long after it should have ended, for a machine that is busy; long before it would end by itself.
IN_TIME = 15


@contextmanager
def provider(play: Play) -> Iterator[str]:
    """Somebody who answers each connection like this; the address."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                with connection, suppress(OSError):
                    connection.recv(65536)
                    play(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def silent(connection: socket.socket) -> None:
    connection.recv(1)  # until the caller hangs up


def dripping(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    for _byte in range(1000):
        connection.sendall(b"x")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    for _block in range(LARGEST_ANSWER // 65536 + 2):
        connection.sendall(b"x" * 65536)


def cut_short(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\nabc")


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"hello\r\n\r\n")


@pytest.mark.parametrize("play", [silent, dripping, endless, cut_short, no_http])
def test_what_is_no_answer_ends_in_time(play: Play) -> None:
    caller = Caller(timeout=0.6, through_proxies=False)
    with provider(play) as address:
        began = time.monotonic()
        with pytest.raises(GatewayUnreachable):
            caller.call("POST", address, {}, b"{}")

        assert time.monotonic() - began < IN_TIME


def test_several_calls_of_one_question_share_its_time() -> None:
    caller = Caller(timeout=0.6, through_proxies=False)
    with provider(silent) as address:
        began = time.monotonic()
        with caller.question(), caller.question():
            for _call in range(50):
                with pytest.raises(GatewayUnreachable):
                    caller.call("GET", address, {})

        assert time.monotonic() - began < IN_TIME


def test_nobody_is_led_elsewhere() -> None:
    with provider(
        lambda connection: connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    ) as address:
        assert Caller(timeout=5, through_proxies=False).call("GET", address, {}).status == 302
