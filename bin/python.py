"""Running the application's own code aside: the launcher stays small, and what fails there is one line here."""

import subprocess
import sys
from collections.abc import Mapping

from bin import ROOT
from bin.terminal import Refused, write_privately

TRACEBACK = "Traceback (most recent call last):"


def python(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run .venv's Python in the project and answer what it prints. Raises Refused with its last word; the rest is in var/start.log."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.strip().splitlines() or done.stdout.strip().splitlines() or ["it said nothing"]
    if len(lines) == 1:
        raise Refused(lines[0])
    log = ROOT / "var/start.log"
    write_privately(log, done.stdout + done.stderr)
    raise Refused(f"Logistics did not start: {last_word(lines)} (all of it: {log})")


def last_word(lines: list[str]) -> str:
    """The line that says what went wrong: of the last traceback its first line after the frames, else the last line."""
    if TRACEBACK in lines:
        after = lines[len(lines) - lines[::-1].index(TRACEBACK) :]
        lines = [line for line in after if line and not line.startswith(" ")][:1] or lines
    return lines[-1].strip()
