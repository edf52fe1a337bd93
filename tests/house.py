"""A house of real processes: gunicorn and the worker on a database of their own, reached over HTTP on loopback."""

import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from tests.ports import free_port

ROOT = Path(__file__).parent.parent
JSON = "application/json"
# A machine that is busy with everything else takes its time; how long is not the question here.
WAIT_SECONDS = 240


@dataclass
class Answer:
    """What the server said, and how long it took."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float = 0.0


@dataclass
class Visitor:
    """Somebody with a session: their cookie, and the token that their forms carry."""

    port: int
    cookie: str
    csrf: str
    timeout: float = 240

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form. Raises OSError where no whole answer came."""
        body = urlencode({**fields, "csrf_token": self.csrf})
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON})

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._send("GET", path, None, {})

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        began = time.perf_counter()
        try:
            connection.request(method, path, body, {**headers, "Cookie": self.cookie})
            response = connection.getresponse()
            said = response.read().decode()
            return Answer(response.status, dict(response.headers), said, time.perf_counter() - began)
        finally:
            connection.close()


@dataclass
class House:
    """The processes. Use as a context manager; kill() is kill -9 of all of them."""

    app: Flask
    url: str
    secret: str
    port: int = 0
    workers: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> "House":
        self.port = self.port or free_port()
        self.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        for process in self.processes:
            _signal_group(process, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()

    def start(self) -> None:
        """Start web and workers, and wait until the web is ready."""
        self.processes = [self._spawn("gunicorn", "app:app", "--log-level", "warning")]
        self.start_workers()
        end = time.monotonic() + WAIT_SECONDS
        while self.processes[0].poll() is None and time.monotonic() < end:
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError("the web did not become ready")

    def kill(self) -> None:
        """Kill -9 everything that was started here, and wait until it is gone."""
        for process in self.processes:
            _signal_group(process, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def start_workers(self) -> None:
        """Start as many workers as this house has."""
        self.processes += [self._spawn("flask", "--app", "app", "worker") for _worker in range(self.workers)]

    def stop_workers(self) -> None:
        """Let every worker finish what it does, and wait until all are gone."""
        web, *workers = self.processes
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(WAIT_SECONDS)
        self.processes = [web]

    def kill_a_worker(self) -> None:
        """Kill -9 one worker and start another in its place."""
        worker = self.processes.pop()
        _signal_group(worker, signal.SIGKILL)
        worker.wait()
        self.processes.append(self._spawn("flask", "--app", "app", "worker"))

    def owns(self, url: str) -> bool:
        """Whether the URL is one of ours (or holds its data itself)."""
        return url.startswith((f"http://127.0.0.1:{self.port}/", "data:", "blob:"))

    def visitor(self, session_token: str) -> Visitor:
        """A browser whose session is this one (made by the sign-in capability)."""
        raw = secrets.token_hex(20)
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        cookie = serializer.dumps({"_user_id": session_token, "_fresh": True, "csrf_token": raw})
        csrf = URLSafeTimedSerializer(self.secret, salt="wtf-csrf-token").dumps(raw)
        return Visitor(self.port, f"{self.app.config['SESSION_COOKIE_NAME']}={cookie}", str(csrf))

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "SECRET_KEY": self.secret,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
            "MAIL_FOLDER": f"/tmp/logistics-tests-{os.getpid()}/mail",
            **self.environment,
        }
        command = [str(Path(sys.executable).parent / program), *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _signal_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, sign)
