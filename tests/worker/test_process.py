"""The worker as it runs in the shop: a process that is stopped, killed, and cut off from its database."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from bin.processes import PATIENCE_SECONDS
from logistics.core.database import db
from logistics.notifications.models import Message
from logistics.worker.running import Pace
from tests.cast import Cast
from tests.notifications.mailbox import Mailbox, serving
from tests.worker.working import WAIT_SECONDS, process, until, working

pytestmark = pytest.mark.loopback


def test_it_sends_says_so_in_json_and_ends_cleanly_when_told(town: Flask) -> None:
    shop, mailbox = Cast(town), Mailbox()
    with serving(mailbox) as address, process(town, MAIL_URL=f"smtp://{address}", LOG_LEVEL="INFO") as worker:
        shop.made(lambda: shop.order())
        until(lambda: states(town) == {"sent": 1})
        worker.send_signal(signal.SIGTERM)
        said = [json.loads(line) for line in worker.communicate(timeout=WAIT_SECONDS)[1].decode().splitlines()]

    assert worker.returncode == 0
    assert {"worker_started", "job", "worker_stopped"} <= {line["event"] for line in said}
    assert any(line.get("task") == "notifications.send" and line.get("outcome") == "done" for line in said)
    assert "mina@example.com" not in json.dumps(said), "logs hold no addresses"
    assert jobs_in_hand(town) == 0


def test_told_to_stop_it_finishes_the_mail_it_is_sending(town: Flask) -> None:
    shop = Cast(town)
    with slow_server(seconds=3) as (address, taken), process(town, MAIL_URL=f"smtp://{address}") as worker:
        shop.made(lambda: shop.order())
        until(lambda: len(taken) == 1)
        worker.send_signal(signal.SIGTERM)
        worker.wait(WAIT_SECONDS)

    assert worker.returncode == 0
    assert len(taken) == 1
    assert states(town) == {"sent": 1}


def test_a_server_that_says_nothing_does_not_keep_it_from_ending(town: Flask) -> None:
    shop = Cast(town)
    hurried = "from app import app; from logistics.worker.running import Pace, run; run(app.config['SETTINGS'], Pace(finish=1))"
    with slow_server(seconds=10 * WAIT_SECONDS) as (address, taken), process(town, hurried, MAIL_URL=f"smtp://{address}") as worker:
        shop.made(lambda: shop.order())
        until(lambda: len(taken) == 1)
        worker.send_signal(signal.SIGTERM)
        worker.wait(WAIT_SECONDS)

    assert worker.returncode == 0
    assert Pace().finish < PATIENCE_SECONDS, "bin/run would kill it first"
    assert states(town) == {"queued": 1}


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_itself_under_the_same_key(town: Flask) -> None:
    shop, mailbox = Cast(town), Mailbox()
    with slow_server(seconds=3) as (address, taken), process(town, MAIL_URL=f"smtp://{address}") as worker:
        shop.made(lambda: shop.order())
        until(lambda: len(taken) == 1)  # the server has it, the worker has not heard of that
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert states(town) == {"queued": 1}

    with serving(mailbox) as address:
        town.config["SETTINGS"] = replace(town.config["SETTINGS"], mail_url=f"smtp://{address}", mail_from="orders@localhost", web_threads=4)
        with working(town.config["SETTINGS"]):
            until(lambda: states(town) == {"sent": 1})

    assert len(mailbox.mails) == 1
    assert f"Message-ID: {mailbox.mails[0]['Message-ID']}" in taken[0]
    assert attempts(town) == 2


def test_it_comes_back_by_itself_after_its_connections_were_cut(town: Flask) -> None:
    shop, mailbox = Cast(town), Mailbox()
    with serving(mailbox) as address, process(town, MAIL_URL=f"smtp://{address}") as worker:
        shop.made(lambda: shop.order())
        until(lambda: states(town) == {"sent": 1})
        for _time in range(2):
            until(lambda: cut_connections(town) > 0)
        shop.made(lambda: shop.order(customer=shop.customer("Jan Both")))
        until(lambda: states(town) == {"sent": 2})
        assert worker.poll() is None


def test_a_bad_mail_url_stops_the_start_with_one_line(town: Flask) -> None:
    with process(town, MAIL_URL="mail.example") as worker:
        said = worker.communicate(timeout=WAIT_SECONDS)[1].decode()

    assert worker.returncode == 1
    assert said.startswith("MAIL_URL must look like smtp://")
    assert said.count("\n") == 1


@contextmanager
def slow_server(*, seconds: float) -> Iterator[tuple[str, list[str]]]:
    """A mail server that takes a mail at once and answers to it after so many seconds; its address and what it took."""
    taken: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()
        threading.Thread(target=_take_slowly, args=(listener, taken, seconds, ended), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", taken
        ended.set()


def _take_slowly(listener: socket.socket, taken: list[str], seconds: float, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rw", newline="\r\n", encoding="utf-8") as talk:
            _talk(talk, taken, seconds, ended)


def _talk(talk: Any, taken: list[str], seconds: float, ended: threading.Event) -> None:
    def say(line: str) -> None:
        talk.write(line + "\r\n")
        talk.flush()

    try:
        say("220 slow")
        for line in talk:
            if line.upper().startswith("DATA"):
                say("354 go on")
                taken.append("".join(iter(lambda: next(talk), ".\r\n")))
                ended.wait(seconds)
            say("250 OK" if not line.upper().startswith("QUIT") else "221 Bye")
    except (OSError, ValueError, StopIteration):
        return


def states(town: Flask) -> dict[str, int]:
    with town.app_context():
        rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
        db.session.remove()
    return dict(rows)  # type: ignore[arg-type]


def attempts(town: Flask) -> int:
    with town.app_context():
        counted = db.session.scalars(select(Message.attempts)).one()
        db.session.remove()
    return counted


def jobs_in_hand(town: Flask, task: str = "%") -> int:
    with town.app_context():
        doing = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name LIKE :task")
        counted = db.session.scalar(doing, {"task": task})
        db.session.remove()
    return int(counted or 0)


def cut_connections(town: Flask) -> int:
    """Cut every connection to the town's database but ours, as a restart of PostgreSQL does."""
    with town.app_context():
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        ended = db.session.execute(cut).all()
        db.session.remove()
        db.engine.dispose()
    return len(ended)
