"""localstripe (a stand-in for Stripe that others wrote) as a process of its own on 127.0.0.1, for the contract test.

It is run as it is, but for three things: it listens on loopback only, keeps nothing on the disk, and the parameters of DROPPED, which it
refuses as unknown, are taken off (a test asserts that it still does not know them).
"""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.ports import free_port

KEY = "sk_test_localstripe"
DROPPED = ("return_url",)
PLAY = """
import sys
from aiohttp import web
from localstripe.resources import PaymentIntent, Store
from localstripe.server import app

port, dropped = int(sys.argv[1]), sys.argv[2].split(",")
Store.dump_to_disk = lambda self: None
create = PaymentIntent._api_create.__func__

def create_without(cls, **params):
    return create(cls, **{name: value for name, value in params.items() if name not in dropped})

PaymentIntent._api_create = classmethod(create_without)
web.run_app(app, host="127.0.0.1", port=port, print=None)
"""


@contextmanager
def local_stripe(*, dropped: tuple[str, ...] = DROPPED) -> Iterator[str]:
    """Run it; its address."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-c", PLAY, str(port), ",".join(dropped)]
    with subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def ask(address: str, method: str, path: str, **params: Any) -> dict[str, Any]:
    """Ask it something beside the gateway."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, urlencode(params), headers)
    said = connection.getresponse().read()
    connection.close()
    return dict(json.loads(said or b"{}"))


def tell(address: str, where: str, secret: str) -> None:
    """Let it send its hooks there, signed with this secret."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request(
        "POST", "/_config/webhooks/shop", urlencode({"url": where, "secret": secret}), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert connection.getresponse().read() == b""
    connection.close()


def card(address: str, number: str) -> str:
    """A payment method by one of the numbers of Stripe's testing page; its token."""
    fields = {"type": "card", "card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}
    return str(ask(address, "POST", "/v1/payment_methods", **fields)["id"])


def _wait_for(port: int) -> None:
    for _try in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("localstripe did not start")
