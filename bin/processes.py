"""Runs processes of the Procfile under honcho until one of them ends or a signal asks for it. bin/launch.py starts this."""

import ctypes
import signal
import sys
from contextlib import suppress

import honcho.manager
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from bin import ROOT

ALWAYS = ("web", "worker")
PATIENCE_SECONDS = 10  # for those still working once the first has ended
PR_SET_PDEATHSIG = 1  # prctl(2)


class PatientPrinter(Printer):  # type: ignore[misc]  # honcho has no types
    """Goes on when the terminal was closed, and when a signal comes in the middle of a line, whose handler prints as well (RuntimeError).

    Honcho would fall over its own farewell and leave the processes running.
    """

    def write(self, message: Message) -> None:
        """Print one line of a process, if anybody can still see it."""
        with suppress(OSError, RuntimeError):
            super().write(message)


class PatientManager(honcho.manager.Manager):  # type: ignore[misc]  # honcho has no types
    """Ends the processes also when it is asked while some of them still start.

    Honcho would fall over those whose number it has not heard yet, and leave all of them running.
    """

    asked = False

    def terminate(self) -> None:
        """End all of them, as soon as each has told its number."""
        self.asked = True
        self._all_started()

    def _all_started(self) -> bool:
        """Whether each has told its number. Honcho wants to know in every round of its loop."""
        started = bool(super()._all_started())
        if started and self.asked:
            super().terminate()
        return started


def main(arguments: list[str]) -> int:
    """Run web, worker and those named besides. Answers the exit code of the first that ended by itself."""
    end_with_parent()
    honcho.manager.KILL_WAIT = PATIENCE_SECONDS
    manager = PatientManager(PatientPrinter(sys.stdout))
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        if name not in (*ALWAYS, *arguments):
            continue
        manager.add_process(name, command, cwd=str(ROOT))
    manager.loop()
    return int(manager.returncode)


def end_with_parent() -> None:
    """Ask Linux to end us should the launcher be killed, so that no web server stays behind and keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
