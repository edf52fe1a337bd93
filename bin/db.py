"""bin/db [--test] start | stop | psql [arguments] | url [owner|app], and `with COMMAND...`, by which bin/test gets its database."""

import argparse
import os
import signal
import subprocess

from bin.cluster import APP, DATABASE, MAIN, OWNER, TEST, Cluster
from bin.postgres import in_use, start_by_hand, stop_by_hand
from bin.server import programs
from bin.terminal import on_signals, say, wait_for


def main(arguments: list[str]) -> int:
    """Do what the command line asks. Answers the exit code."""
    chosen = read(arguments)
    cluster = TEST if chosen.test else MAIN
    match chosen.command:
        case "start":
            say("Started." if start_by_hand(cluster) else "It runs already.")
        case "stop":
            say("Stopped." if stop_by_hand(cluster) else "It is not running.")
        case "url":
            print(cluster.url(chosen.role))
        case "psql":
            become_psql(cluster, chosen.arguments)
        case "with":
            return run_with_test_database(chosen.arguments)
    return 0


def read(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what follows psql and with belongs to them."""
    parser = argparse.ArgumentParser(prog="bin/db", description="The PostgreSQL that Logistics brings along, by hand.")
    parser.add_argument("--test", action="store_true", help="the server of bin/test instead")
    commands = parser.add_subparsers(dest="command", required=True, metavar="start | stop | psql | url")
    for name in ("start", "stop"):
        commands.add_parser(name)
    commands.add_parser("url").add_argument("role", nargs="?", choices=(OWNER, APP), default=APP)
    for name in ("psql", "with"):
        commands.add_parser(name, add_help=False, prefix_chars="\0").add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def become_psql(cluster: Cluster, arguments: list[str]) -> None:
    """Become psql, signed in as the owner of the data. Does not return."""
    connection = {"PGHOST": str(cluster.sockets), "PGUSER": OWNER, "PGDATABASE": DATABASE, "PGPASSWORD": cluster.passwords()[OWNER]}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    program = str(programs() / "psql")
    os.execve(program, [program, *arguments], clean | connection)


def run_with_test_database(command: list[str]) -> int:
    """Run a command with TEST_DATABASE_URL set to the tests' own server. Answers its exit code."""
    with in_use(TEST):
        url = TEST.url(OWNER, "postgres", scheme="postgresql+psycopg")
        child = subprocess.Popen(command, env=os.environ | {"TEST_DATABASE_URL": url})
        # We outlive the child to clean up after it. Ctrl-C in a terminal reaches it by itself.
        on_signals(lambda number, _frame: None if number == signal.SIGINT else child.send_signal(number))
        return wait_for(child)
