"""`flask simulate`: programs that play the world outside, for demo, training and tests."""

import socket
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from logistics.core.config import settings
from logistics.payments.gateways.simulated import split_address
from logistics.payments.gateways.simulator.serving import serve

simulate = AppGroup("simulate", help="Play the world outside: for demo, training and tests.")


@simulate.command("gateway")
@click.option("--books", type=click.Path(dir_okay=False, path_type=Path), default=Path("var/simulated-gateway.db"), help="Its own books.")
@click.option("--hooks", default="", help="Where the shop hears of what happens. Otherwise /hooks/payments/simulated below BASE_URL.")
def simulate_gateway(books: Path, hooks: str) -> None:
    """Play a provider of cards at the address of SIMULATED_GATEWAY, until Ctrl-C. It moves no money."""
    chosen = settings()
    if not chosen.simulated_gateway:
        raise click.ClickException("SIMULATED_GATEWAY is not set: name an address such as http://SECRET@127.0.0.1:8090.")
    address, secret = split_address(chosen.simulated_gateway)
    parts = urlsplit(address)
    hears = hooks or f"{chosen.base_url}/hooks/payments/simulated"
    try:
        books.parent.mkdir(parents=True, exist_ok=True)
        # "localhost" is a name: what it stands for here is what is served.
        host = str(socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)[0][4][0])
        serve(host=host, port=parts.port or 0, books=books, secret=secret, hooks=hears, shop=chosen.shop_name)
    except sqlite3.Error as error:
        raise click.ClickException(f"The books of the simulated card provider cannot be opened: {books}: {error}") from None
    except OSError as error:
        raise click.ClickException(f"The simulated card provider cannot serve {address}: {error.strerror or error}") from None
