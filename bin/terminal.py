"""What the commands of this folder share towards the person at the terminal: one-line refusals, notices, and ending cleanly."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ENDING_SIGNALS: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEP_SECONDS = 0.5


class Refused(SystemExit):
    """What is wrong, as the one line the person at the terminal sees."""


def say(line: str) -> None:
    """Tell the person at the terminal; standard output is left to what a command is asked for."""
    with suppress(OSError):  # the terminal may be closed by now, and we still have to clean up
        print(line, file=sys.stderr, flush=True)


def last_line(output: str | bytes | None) -> str:
    """The line of a failed program's output that says why."""
    text = output.decode(errors="replace") if isinstance(output, bytes) else output or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR:" in line or "FATAL:" in line or "PANIC:" in line]
    return (errors or lines or ["it said nothing"])[-1]


def on_signals(handler: Callable[[int, FrameType | None], object]) -> None:
    """Let a handler have the signals that end a command, but for those its caller ignores (nohup)."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep ending signals for later: half a start would leave a server that nobody stops."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    kept: list[int] = []
    on_signals(lambda number, _frame: kept.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for came in kept[:1]:
            signal.raise_signal(came)


def wait_for(program: "subprocess.Popen[bytes]") -> int:
    """Wait until a program ends and answer its exit code, while signals are heard at once.

    In short steps: Python hears a signal that comes just before the wait begins only when the wait is over.
    """
    while True:
        with suppress(subprocess.TimeoutExpired):
            return program.wait(STEP_SECONDS)


def write_privately(file: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first moment on, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    new.replace(file)
