"""A real worker beside the test: in a thread, or as the process that runs in the shop."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from logistics.core.config import Settings
from logistics.worker.running import Pace, serve

ROOT = Path(__file__).parent.parent.parent
QUICK = Pace(poll=0.05, heartbeat=0.5, stalled=2.0)
# A machine that is busy with everything else takes its time; how long is not the question here.
WAIT_SECONDS = 240


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """A worker in a thread of its own, until the block ends; then it finishes what it has."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(settings, stop)))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(WAIT_SECONDS)
        loop.close()
    assert not thread.is_alive(), "the worker does not stop"


async def _serve(settings: Settings, stop: asyncio.Event) -> None:
    await serve(settings, stop, QUICK)
    await asyncio.get_running_loop().shutdown_default_executor()


@contextmanager
def process(app: Flask, script: str = "", **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`flask worker`, or a script in its place, on the application's database. Killed at the end if it is still there."""
    settings: Settings = app.config["SETTINGS"]
    given = {"SECRET_KEY": settings.secret_key, "DATABASE_URL": settings.database_url, "MAIL_FOLDER": settings.mail_folder, **environment}
    command = [sys.executable, *(("-c", script) if script else ("-m", "flask", "--app", "app", "worker"))]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAIL_", "FLASK_"))}
    running = subprocess.Popen(command, cwd=ROOT, env=ours | given, stderr=subprocess.PIPE)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
        running.wait()
        assert running.stderr is not None
        running.stderr.close()


def until(question: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + WAIT_SECONDS
    while not question():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
