"""Starts Logistics: database, migrations, demo company, then the processes of the Procfile. Called by bin/run and bin/flask.

The embedded database is started and stopped here, around honcho and never inside it, so that it outlives what uses it.
"""

import argparse
import hashlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import psycopg

from bin import ROOT
from bin.cluster import APP, MAIN, OWNER
from bin.install import check_space
from bin.postgres import in_use
from bin.python import python
from bin.refusals import check_port, check_server, check_settings, is_free, libpq_url
from bin.terminal import Refused, on_signals, say, wait_for, write_privately

VAR = ROOT / "var"
LOOK_AGAIN_SECONDS = 0.3
SPACE_MB = 200  # for the database to work in

FIRST_ADMINISTRATOR = (
    "No demo company here. While Logistics runs, a second terminal makes the first administrator: bin/flask staff add you@example.com --role admin"
)

Environment = dict[str, str]


def run(options: argparse.Namespace) -> int:
    """bin/run: set everything up and, without --check, serve until Ctrl-C. Answers the exit code."""
    environment = settings(os.environ)
    check_settings(environment)
    check_space(VAR, SPACE_MB)
    if not options.check:
        check_port(environment["HOST"], environment["PORT"])
    on_signals(lambda number, _frame: sys.exit(128 + number))
    with database(environment) as ready:
        demo = wants_demo(ready, empty=options.empty)
        say("Bringing the database up to date ...")
        flask(ready, "db", "upgrade")
        welcome = f"{seed(ready) if demo else FIRST_ADMINISTRATOR}\n"
        if options.check:
            print(f"{welcome}Logistics is ready: bin/run starts it.", flush=True)
            return 0
        played = simulated_gateway(ready) if demo else {}
        return serve(ready | played, welcome, "gateway" if played else "")


def settings(given: Mapping[str, str]) -> Environment:
    """The environment every process gets: what was given, and what this machine adds to it."""
    host, port = given.get("HOST") or "127.0.0.1", given.get("PORT") or "8000"
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return {
        **given,
        "HOST": host,
        "PORT": port,
        "BASE_URL": given.get("BASE_URL") or address,
        "SECRET_KEY": given.get("SECRET_KEY") or kept_secret(VAR / "secret"),
        "PYTHONUNBUFFERED": "1",
    }


def kept_secret(file: Path) -> str:
    """This installation's secret key, made on the first start and readable by its owner only."""
    if not file.exists() or not file.read_text().strip():
        write_privately(file, secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()


@contextmanager
def database(environment: Environment) -> Iterator[Environment]:
    """The environment with DATABASE_URL and MIGRATIONS_DATABASE_URL: those given, or our own server for as long as this lasts. Raises Refused."""
    if environment.get("DATABASE_URL"):
        given = environment | {"MIGRATIONS_DATABASE_URL": environment.get("MIGRATIONS_DATABASE_URL") or environment["DATABASE_URL"]}
        for name in ("DATABASE_URL", "MIGRATIONS_DATABASE_URL"):
            check_server(name, given[name])
        yield given
    else:
        with in_use(MAIN):
            yield environment | embedded_addresses()


def embedded_addresses() -> Environment:
    """Where our own server is found, for the application and for migrations."""
    scheme = "postgresql+psycopg"
    return {"DATABASE_URL": MAIN.url(APP, scheme=scheme), "MIGRATIONS_DATABASE_URL": MAIN.url(OWNER, scheme=scheme)}


def is_empty(environment: Environment) -> bool:
    """Whether no migration has ever run here, that is, whether this is the first start."""
    with psycopg.connect(libpq_url(environment["MIGRATIONS_DATABASE_URL"])) as connection:
        row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
    return bool(row and row[0])


def wants_demo(environment: Environment, *, empty: bool) -> bool:
    """Whether the demo company belongs into this database.

    It does where bin/run first met the database empty, without --empty, on a machine nobody else reaches. That is remembered
    in var/: a real company must not find demo people in its data because --empty was forgotten once.
    """
    choice = VAR / f"demo-{place()}"
    if is_empty(environment):
        choice.unlink(missing_ok=True)
        if not empty and is_private(environment):
            choice.touch(mode=0o600)
    return choice.exists() and not empty and is_private(environment)


def seed(environment: Environment) -> str:
    """Make the demo company, or find it made, and answer its sign-ins as `flask seed` prints them."""
    say("Seeding the demo company ...")
    return flask(environment, "seed").rstrip()


def simulated_gateway(environment: Environment) -> Environment:
    """Where the demo's simulated card provider answers: on the port after our own, or any free one. Nowhere, if cards are taken otherwise."""
    if environment.get("STRIPE_API_KEY") or environment.get("SIMULATED_GATEWAY"):
        return {}
    after = int(environment["PORT"]) + 1
    port = after if is_free("127.0.0.1", after) else free_port()
    return {"SIMULATED_GATEWAY": f"http://{kept_secret(VAR / 'simulated-gateway-secret')}@127.0.0.1:{port}"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def place() -> str:
    """A short name of the database we were given, or of our own, that does not change with passwords or when our folder moves."""
    address = os.environ.get("DATABASE_URL", "").rpartition("@")[2] or "our own"
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def is_private(environment: Environment) -> bool:
    """Whether only this machine reaches the shop: a loopback HOST, and no https BASE_URL that a proxy would serve."""
    host = environment["HOST"]
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return loopback and not environment["BASE_URL"].startswith("https://")


def flask(environment: Environment, *arguments: str) -> str:
    """Run a flask command of ours and answer what it prints. Raises Refused with its last word."""
    return python("-m", "flask", "--app", "app", *arguments, environment=environment)


def serve(environment: Environment, welcome: str, *more: str) -> int:
    """Run web, worker and `more` of the Procfile until a signal ends them. Answers 0. Raises Refused when one of them ends by itself."""
    # Migrations are done: what faces the network need not know the owner's password.
    inherited = {name: value for name, value in environment.items() if name != "MIGRATIONS_DATABASE_URL"}
    # In a session of their own they hear Ctrl-C from us only, once.
    processes = subprocess.Popen([sys.executable, "-m", "bin", "processes", *more], cwd=ROOT, env=inherited, start_new_session=True)
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        processes.terminate()

    on_signals(stop)
    try:
        if wait_until_it_answers(processes, environment):
            print(f"\n{welcome}Logistics runs on {environment['BASE_URL']}  (Ctrl-C stops it)\n", flush=True)
        code = wait_for(processes)
    finally:
        processes.terminate()
        wait_for(processes)
    if asked:
        say("Logistics has stopped.")
        return 0
    raise Refused(f"Logistics stopped because one of its processes did (exit code {code}): its last lines above say why.")


def wait_until_it_answers(processes: "subprocess.Popen[bytes]", environment: Environment) -> bool:
    """Wait until the web answers anything at all. Answers False when the processes ended first."""
    while True:
        try:
            processes.wait(LOOK_AGAIN_SECONDS)
            return False
        except subprocess.TimeoutExpired:
            pass
        connection = http.client.HTTPConnection(environment["HOST"], int(environment["PORT"]), timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
            return True
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()


def become_flask(arguments: list[str]) -> int:
    """bin/flask: become a flask command in bin/run's environment. The database must run already: commands start no server."""
    environment = settings(os.environ)
    if not environment.get("DATABASE_URL"):
        environment |= embedded_addresses()
        if not MAIN.is_running():
            raise Refused("The database is not running: start Logistics with bin/run, or the database alone with bin/db start.")
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    os.execve(sys.executable, command, environment)


def main(arguments: list[str]) -> int:
    """`run [--check] [--empty]` or `flask COMMAND...`."""
    os.umask(0o077)
    VAR.mkdir(mode=0o700, exist_ok=True)
    if arguments[:1] == ["flask"]:
        return become_flask(arguments[1:])
    parser = argparse.ArgumentParser(prog="bin/run", description="Starts Logistics on this machine, from nothing.")
    parser.add_argument("--check", action="store_true", help="set everything up, then exit")
    parser.add_argument("--empty", action="store_true", help="no demo company; says how to make the first administrator")
    return run(parser.parse_args(arguments[1:]))
