"""Makes .venv and installs what the lock files name, again only when a lock file or Python has changed.

    python -m bin install [--dev]

It runs before any package is there, on the machine's own Python: standard library only.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bin import ROOT
from bin.terminal import Refused, last_line, say

SPACE_MB = 1000  # .venv with everything takes 510 MB, and pip unpacks beside it


def main(arguments: list[str]) -> int:
    """Bring .venv up to date: requirements.txt, with --dev also requirements-dev.txt. Answers 0. Raises Refused."""
    locks = ["requirements.txt", *(["requirements-dev.txt"] if "--dev" in arguments else [])]
    os.umask(0o022)  # as root, PostgreSQL's programs in .venv are run by another user
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / "var/install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(ROOT, [name for name in locks if not is_installed(ROOT, name)])
    return 0


def install(root: Path, locks: list[str]) -> None:
    """Install these lock files into root's .venv, made first where it is missing or broken. Raises Refused."""
    if not locks:
        return
    check_space(root, SPACE_MB)
    if python_version(root) is None:
        say("Making .venv ...")
        make_environment(root)
    for name in locks:
        say(f"Installing the packages of {name} (the first time takes a minute) ...")
        install_lock(root, name)
        stamp(root, name).write_text(fingerprint(root, name))


def is_installed(root: Path, name: str) -> bool:
    """Whether root's .venv holds exactly what this lock file says now."""
    return stamp(root, name).is_file() and stamp(root, name).read_text() == fingerprint(root, name)


def stamp(root: Path, name: str) -> Path:
    """Where the fingerprint of an installed lock file is kept."""
    return root / ".venv" / f"{name}.installed"


def fingerprint(root: Path, name: str) -> str:
    """The lock file's hash and .venv's Python: another Python looks for its packages in another folder."""
    return f"{hashlib.sha256((root / name).read_bytes()).hexdigest()} {python_version(root)}\n"


def python_version(root: Path) -> str | None:
    """The version of .venv's Python, None when there is none that works."""
    question = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([root / ".venv/bin/python", "-c", question], capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def make_environment(root: Path) -> None:
    """Make an empty .venv in place of whatever stands there. Raises Refused."""
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(root / ".venv")
    except subprocess.CalledProcessError as failure:
        raise Refused(f"Could not make .venv with {sys.executable}: {last_line(failure.output)}") from None


def install_lock(root: Path, name: str) -> None:
    """Let pip install a lock file; only files with the hashes written there are accepted. Raises Refused."""
    log = root / ".venv/install.log"
    command = [str(root / ".venv/bin/python"), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    with log.open("w") as output:
        failed = subprocess.run([*command, "--requirement", name], cwd=root, stdout=output, stderr=subprocess.STDOUT).returncode
    if failed:
        check_space(root, 50)
        raise Refused(f"Could not install the packages of {name}: {last_line(log.read_text())} (all of it: .venv/install.log)")


def check_space(folder: Path, least_mb: int) -> None:
    """Refuse to fill the disk to the brim. Raises Refused."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < least_mb:
        raise Refused(f"The disk is nearly full: {free_mb} MB free at {folder}, Logistics needs {least_mb} MB here.")
