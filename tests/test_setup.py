"""What a newcomer types: the launcher around a stand-in application, and the PostgreSQL it brings along."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest
from honcho.printer import Message

from bin import accounts, install, launch, refusals
from bin.cluster import APP, MAIN, OWNER, SUPERUSER, TEST, Cluster
from bin.postgres import in_use, start_by_hand, stop_by_hand
from bin.processes import PatientPrinter
from bin.terminal import Refused, last_line, wait_for
from logistics.core.config import Settings
from tests import ports

ROOT = Path(__file__).parent.parent
# A machine that is busy with everything else takes its time; how long is not the question here.
PATIENCE_SECONDS = 240
STAND_IN = """
import os, signal, threading
from flask import Flask
from flask.cli import AppGroup

app = Flask(__name__)
db = AppGroup("db")
app.cli.add_command(db)


@app.get("/healthz")
def healthz():
    return "alive"


@db.command()
def upgrade():
    import psycopg

    if os.environ.get("BREAK"):
        raise RuntimeError("the migration is broken")
    with psycopg.connect(os.environ["MIGRATIONS_DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)")


@app.cli.command()
def seed():
    print("clerk@demo.example  a-password")


simulate = AppGroup("simulate")
app.cli.add_command(simulate)


@simulate.command()
def gateway():
    print("cards are simulated at", os.environ["SIMULATED_GATEWAY"].rpartition("@")[2])
    threading.Event().wait()


@app.cli.command()
def worker():
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print("worker without the owner's password:", "MIGRATIONS_DATABASE_URL" not in os.environ)
    ended.wait()
    print("worker ended")
"""

pytestmark = pytest.mark.loopback
Bin = Callable[..., SimpleNamespace]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder outside pytest's own: as root the way to the data is opened, and pytest closes its folders again."""
    folder = Path(tempfile.mkdtemp(prefix="logistics-setup-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(place: Path) -> Iterator[Cluster]:
    """A server of its own, running."""
    cluster = Cluster(place / "var/postgres", ("fsync=off",))
    with in_use(cluster):
        yield cluster


@pytest.fixture
def stopped(place: Path) -> Iterator[Cluster]:
    """Another server, made and stopped."""
    cluster = Cluster(place / f"stopped-{time.monotonic_ns()}/postgres", ("fsync=off",))
    with in_use(cluster):
        pass
    yield cluster
    stop_by_hand(cluster)


@pytest.fixture
def project(place: Path) -> Path:
    """A copy of what stands around the application, with a stand-in for it."""
    folder = place / f"project-{time.monotonic_ns()}"
    folder.mkdir()
    for name in ("bin", "deploy"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Procfile", "gunicorn.conf.py", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    for name in (".venv", "logistics"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "app.py").write_text(STAND_IN)
    return folder


@pytest.fixture
def run(project: Path) -> Bin:
    """Run a command of bin/ in the project with next to no environment; answers its exit code and what it said."""

    def run(command: str, *arguments: str, **environment: str) -> SimpleNamespace:
        given = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}
        done = subprocess.run([f"bin/{command}", *arguments], cwd=project, env=given, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        return SimpleNamespace(code=done.returncode, out=done.stdout, lines=done.stderr.splitlines())

    return run


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """Programs started here hear Ctrl-C. Where the tests themselves run in the background of a script, they would inherit that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def sign_in(cluster: Cluster, role: str) -> psycopg.Connection:
    return psycopg.connect(cluster.url(role), autocommit=True)


# The database


def test_nobody_gets_in_without_a_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=str(cluster.sockets), user=SUPERUSER, dbname="postgres", password=None, passfile=os.devnull)


def test_the_database_has_no_network_address(cluster: Cluster) -> None:
    with sign_in(cluster, OWNER) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_application_cannot_make_tables(cluster: Cluster) -> None:
    with sign_in(cluster, APP) as connection:
        for statement in ("CREATE TABLE mine (id int)", "CREATE TEMPORARY TABLE mine (id int)", "CREATE SCHEMA mine", "CREATE DATABASE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_owner_makes_tables_and_databases(cluster: Cluster) -> None:
    with sign_in(cluster, OWNER) as connection:
        connection.execute("CREATE TABLE ours (id int)")
        connection.execute("CREATE DATABASE another")


def test_passwords_and_data_are_for_their_owners_only(cluster: Cluster) -> None:
    assert cluster.password_file.stat().st_mode & 0o777 == 0o600
    assert cluster.folder.stat().st_mode & 0o777 == 0o700
    assert len(set(cluster.passwords().values())) == 3


def test_real_data_waits_for_the_disk() -> None:
    assert not MAIN.server_options
    assert MAIN.folder != TEST.folder


def test_the_last_one_out_stops_the_server(stopped: Cluster) -> None:
    with in_use(stopped):
        with in_use(stopped):
            assert stopped.is_running()
        assert stopped.is_running()
    assert not stopped.is_running()


def test_what_was_started_by_hand_stays(stopped: Cluster) -> None:
    assert start_by_hand(stopped)
    with in_use(stopped):
        pass
    assert stopped.is_running()
    assert not start_by_hand(stopped)
    assert stop_by_hand(stopped)
    assert not stop_by_hand(stopped)


def test_a_killed_server_starts_again_though_its_number_is_taken(stopped: Cluster) -> None:
    start_by_hand(stopped)
    pid_file = stopped.data / "postmaster.pid"
    pid_lines = pid_file.read_text().splitlines()
    os.kill(int(pid_lines[0]), signal.SIGKILL)
    wait_until(lambda: not stopped.is_running())
    pid_file.write_text("\n".join([str(os.getpid()), *pid_lines[1:]]))

    assert start_by_hand(stopped)


def test_an_interrupted_making_is_done_again(place: Path) -> None:
    cluster = Cluster(place / "interrupted/postgres")
    (cluster.folder / "data.new/base").mkdir(parents=True)
    if accounts.is_root():
        shutil.chown(cluster.folder, accounts.account_for(cluster.folder).pw_name)

    with in_use(cluster):
        sign_in(cluster, APP).close()


def test_a_path_too_long_for_a_socket_still_works(place: Path) -> None:
    cluster = Cluster(place / ("long" * 30) / "postgres")

    with in_use(cluster), sign_in(cluster, APP):
        assert cluster.sockets.name.startswith("logistics-")
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    cluster.sockets.rmdir()


def test_a_socket_folder_somebody_else_put_there_is_refused(place: Path) -> None:
    cluster = Cluster(place / ("trap" * 30) / "postgres")
    cluster.sockets.symlink_to(place)

    with pytest.raises(Refused, match="is not a folder of"), in_use(cluster):
        pass
    cluster.sockets.unlink()


def test_lost_passwords_are_named(stopped: Cluster) -> None:
    stopped.password_file.unlink()

    with pytest.raises(Refused, match=r"its passwords .* are not: put them back"):
        stopped.url(APP)


# bin/run


def test_logistics_starts_answers_and_stops_without_a_trace(project: Path, free_port: int) -> None:
    environment = {"PATH": os.environ["PATH"], "PORT": str(free_port)}
    output = project / "output"
    with output.open("w") as file, hearing_ctrl_c():
        running = subprocess.Popen(["bin/run"], cwd=project, env=environment, stdout=file, stderr=file, start_new_session=True)
    wait_until(lambda: "Ctrl-C stops it" in output.read_text() or running.poll() is not None)
    said = output.read_text()
    assert f"Logistics runs on http://127.0.0.1:{free_port}" in said
    assert "clerk@demo.example  a-password" in said
    assert "worker without the owner's password: True" in said
    wait_until(lambda: "cards are simulated at 127.0.0.1:" in output.read_text())

    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(PATIENCE_SECONDS) == 0, output.read_text()[-3000:]
    assert "worker ended" in output.read_text()
    assert not Cluster(project / "var/postgres").is_running()
    refusals.check_port("127.0.0.1", str(free_port))


def test_a_signal_ends_processes_that_are_still_starting() -> None:
    script = """
import os, signal, sys
from bin.processes import PatientManager, PatientPrinter

class Asked(PatientManager):
    def _start(self):
        super()._start()
        os.kill(os.getpid(), signal.SIGTERM)

manager = Asked(PatientPrinter(sys.stdout))
for name in ("web", "worker"):
    manager.add_process(name, "exec sleep 600")
manager.loop()
print("ended by", manager.returncode)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS)

    assert (done.stdout.splitlines()[-1], done.stderr) == (f"ended by {128 + signal.SIGTERM}", "")


def test_a_signal_that_comes_just_before_the_wait_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    program = subprocess.Popen(["sleep", "600"])
    once = program.wait
    steps: list[float] = []

    def wait(seconds: float) -> int:
        steps.append(seconds)
        if len(steps) == 2:  # the first wait is over, and the signal's handler had its turn
            program.terminate()
        return once(seconds)

    monkeypatch.setattr(program, "wait", wait)

    assert wait_for(program) == -signal.SIGTERM
    assert len(steps) >= 2


def test_the_secret_is_made_once_and_private(project: Path) -> None:
    (project / "var").mkdir()
    file = project / "var/secret"

    assert launch.kept_secret(file) == launch.kept_secret(file)
    assert len(launch.kept_secret(file)) >= 32
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_company_begun_empty_never_meets_demo_people(run: Bin) -> None:
    assert "bin/flask staff add" in run("run", "--check", "--empty").out
    assert "clerk@demo.example" not in run("run", "--check").out


def test_the_demo_shows_its_sign_ins_at_every_start(run: Bin) -> None:
    assert "clerk@demo.example" in run("run", "--check").out
    assert "clerk@demo.example" not in run("run", "--check", "--empty").out
    assert "clerk@demo.example" in run("run", "--check").out


def test_the_demo_stays_off_a_shop_that_others_reach() -> None:
    assert launch.is_private({"HOST": "127.0.0.1", "BASE_URL": "http://127.0.0.1:8000"})
    assert launch.is_private({"HOST": "::1", "BASE_URL": "http://[::1]:8000"})
    assert not launch.is_private({"HOST": "127.0.0.1", "BASE_URL": "https://shop.example"})
    assert not launch.is_private({"HOST": "0.0.0.0", "BASE_URL": "https://shop.example"})


def test_cards_are_simulated_for_the_demo_only_where_nobody_else_takes_them(monkeypatch: pytest.MonkeyPatch, place: Path, free_port: int) -> None:
    monkeypatch.setattr(launch, "VAR", place)
    alone = {"PORT": str(free_port)}
    played = launch.simulated_gateway(alone)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        beside = launch.simulated_gateway({"PORT": str(taken.getsockname()[1] - 1)})["SIMULATED_GATEWAY"]

        assert urlsplit(beside).port != taken.getsockname()[1]

    assert launch.simulated_gateway(alone | {"STRIPE_API_KEY": "sk_test_0123456789"}) == {}
    assert launch.simulated_gateway(alone | played) == {}
    settings = Settings(secret_key="x" * 32, database_url="postgresql://", simulated_gateway=beside)
    settings.check()
    assert urlsplit(played["SIMULATED_GATEWAY"]).username == urlsplit(beside).username


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PORT": "eighty"}, "PORT=eighty"),
        ({"PORT": "70000"}, "PORT=70000 is not a port"),
        ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0 would serve plain http to the network"),
        ({"WEB_WORKERS": "two"}, "WEB_WORKERS=two must be a whole number"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter"),
        ({"DATABASE_URL": "mysql://somewhere"}, "DATABASE_URL must begin with postgresql://"),
        ({"DATABASE_URL": "postgresql://app:hidden@127.0.0.1:1/logistics"}, "DATABASE_URL cannot be reached"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(run: Bin, environment: dict[str, str], line: str) -> None:
    done = run("run", **environment)

    assert done.code == 1
    assert len(done.lines) == 1
    assert line in done.lines[0]
    assert "hidden" not in done.lines[0]


def test_a_port_in_use_is_one_clear_line(run: Bin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("run", PORT=str(port))

    assert done.code == 1
    assert done.lines == [f"Port {port} on 127.0.0.1 is in use: stop what serves there, or choose another one: PORT={port + 1} bin/run"]


def test_a_failing_migration_is_one_clear_line_and_stops_the_database(run: Bin, project: Path) -> None:
    done = run("run", "--check", BREAK="1")

    assert done.code == 1
    assert "Logistics did not start: RuntimeError: the migration is broken (all of it: " in done.lines[-1]
    assert not any("Traceback" in line for line in done.lines)
    assert not Cluster(project / "var/postgres").is_running()


def test_commands_do_not_start_the_database(run: Bin) -> None:
    run("run", "--check")

    done = run("flask", "seed")

    assert done.code == 1
    assert done.lines == ["The database is not running: start Logistics with bin/run, or the database alone with bin/db start."]


# A bare machine


@pytest.mark.parametrize(
    ("python", "line"),
    [
        ("", "Logistics needs Python 3.11 or newer, and there is none here."),
        ("case $2 in *print*) echo 3.9;; *) exit 1;; esac", "Logistics needs Python 3.11 or newer, but python3 is 3.9."),
        ("case $2 in *print*) echo 3.12;; *ensurepip*) exit 1;; esac", "This Python (python3, 3.12) has no venv module"),
    ],
)
def test_a_python_that_cannot_do_it_is_one_clear_line(run: Bin, project: Path, python: str, line: str) -> None:
    (project / ".venv").unlink()
    machine = project / "machine"
    machine.mkdir()
    (machine / "dirname").symlink_to(shutil.which("dirname") or "")
    if python:
        (machine / "python3").write_text(f"#!/bin/sh\n{python}\n")
        (machine / "python3").chmod(0o755)

    done = run("run", PATH=str(machine))

    assert done.code == 1
    assert len(done.lines) == 1
    assert done.lines[0].startswith(line)


def test_packages_are_installed_again_only_when_the_lock_changes(project: Path) -> None:
    make_pip(project, "exit 0")
    install.install(project, ["requirements.txt"])
    assert install.is_installed(project, "requirements.txt")

    (project / "requirements.txt").write_text("another==1.0\n")

    assert not install.is_installed(project, "requirements.txt")


def test_a_failing_install_is_one_clear_line_and_done_again(project: Path) -> None:
    make_pip(project, "echo Looking; echo 'ERROR: No matching distribution found for lamp'; echo bye; exit 1")

    with pytest.raises(Refused, match=r"Could not install .* ERROR: No matching distribution found for lamp \(all of it: .venv/install.log\)"):
        install.install(project, ["requirements.txt"])
    assert not install.is_installed(project, "requirements.txt")


def test_a_full_disk_is_one_clear_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=50_000_000))

    with pytest.raises(Refused, match="The disk is nearly full: 50 MB free"):
        install.install(project, ["requirements.txt"])


def test_the_reason_is_found_in_what_a_program_said() -> None:
    assert last_line("LOG: a\nFATAL: could not map\nLOG: shutting down\n") == "FATAL: could not map"
    assert last_line(b"one\ntwo\n\n") == "two"
    assert last_line(None) == "it said nothing"


@pytest.fixture
def free_port() -> int:
    """A port nobody uses just now."""
    return ports.free_port()


def make_pip(project: Path, script: str) -> None:
    """Give the project a .venv whose Python does nothing but this when it is asked to install."""
    (project / ".venv").unlink()
    python = project / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ncase $1 in -c) exec {sys.executable} "$@";; esac\n{script}\n')
    python.chmod(0o755)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that takes a moment."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_line_in_the_middle_of_another_stops_nobody() -> None:
    """A signal's handler prints, too: Python refuses that in the middle of a line, and the processes must still be ended."""

    def refuse(_text: str) -> None:
        raise RuntimeError("reentrant call")

    printer = PatientPrinter(SimpleNamespace(write=refuse, isatty=lambda: False))

    printer.write(Message(type="line", data="SIGTERM received\n", time=datetime.now(), name="system", colour=None))  # noqa: DTZ005 - as honcho does
