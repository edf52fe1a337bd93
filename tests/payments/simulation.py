"""The simulated card provider as a process of its own: a test may kill it anywhere and start it again."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from logistics.payments.gateways.simulated import SimulatedGateway
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
SECRET = "simulated-for-tests-only"


@dataclass
class Simulation:
    """The process, its books in `folder`. Use as a context manager. `hooks`: where it tells what happens (nobody listens there otherwise)."""

    folder: Path
    hooks: str = ""
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> "Simulation":
        self.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """What SIMULATED_GATEWAY has to be."""
        return f"http://{SECRET}@127.0.0.1:{self.port}"

    def gateway(self, *, timeout: float = 60) -> SimulatedGateway:
        """A client of it."""
        return SimulatedGateway(self.address, timeout=timeout)

    def start(self) -> None:
        """Start it, on the books it had before, and wait until it answers."""
        hooks = self.hooks or f"http://127.0.0.1:{self.port}/nobody-listens"
        alone = Path(__file__).with_name("simulator_alone.py")
        command = [sys.executable, str(alone), str(self.port), str(self.folder / "books.db"), SECRET, hooks]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        """Wait until somebody answers at its port."""
        for _try in range(2400):
            try:
                if self._send("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the simulated provider did not start")

    def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        assert self.process
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_until_dead(self) -> None:
        """Wait until it has died by itself (a fault of it)."""
        assert self.process
        self.process.wait(60)

    def misbehave(self, at: str, what: str, **more: Any) -> None:
        """Order a fault (simulator/misbehaving.py): at "capture", what "die_after", seconds=, code=, times=."""
        status, said = self._send("POST", "/misbehaviour", {"at": at, "what": what, **more})
        assert status == 204, said

    def books(self) -> dict[str, Any]:
        """Its own books: payments, moves, hooks_waiting."""
        return dict(json.loads(self._send("GET", "/books")[1]))

    def sums(self, reference: str) -> dict[str, int]:
        """What its books say was moved for a payment, by kind."""
        rows = self._read("SELECT kind, sum(amount) FROM moves WHERE reference = ? GROUP BY kind", reference)
        return {"authorise": 0, "capture": 0, "void": 0, "refund": 0} | dict(rows)

    def references_of(self, order: str) -> list[str]:
        """The payments that were begun for an order, the oldest first."""
        return [row[0] for row in self._read("SELECT reference FROM payments WHERE body ->> 'order' = ? ORDER BY rowid", order)]

    def faults_waiting(self) -> int:
        """How many of the faults that were ordered have not happened yet, those of hooks aside."""
        return int(self._read("SELECT coalesce(sum(times), 0) FROM faults WHERE at <> 'hook'")[0][0])

    def forget_faults(self) -> None:
        """Let none happen that was ordered and has not happened yet."""
        self._read("UPDATE faults SET times = 0 WHERE at <> 'hook'")

    def hooks_waiting(self) -> int:
        """How many hooks the shop has not taken yet."""
        return int(self._read("SELECT count(*) FROM hooks WHERE sent IS NULL")[0][0])

    def end(self, reference: str) -> None:
        """Let the page or the authorisation end now."""
        assert self._send("POST", f"/v1/payments/{reference}/end")[0] == 204

    def dispute(self, reference: str, kind: str, amount: int = 0) -> None:
        """Tell the shop of a dispute: dispute_opened, dispute_won or dispute_lost."""
        assert self._send("POST", f"/v1/payments/{reference}/{kind}", {"amount": amount})[0] == 204

    def choose(self, reference: str, choice: str, code: str = "") -> tuple[int, str]:
        """What the customer does on the page: approve, secure, decline, give_up; yes, no. The status, and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", f"/pay/{reference}", urlencode({"choice": choice, "code": code}))
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status, response.getheader("Location", "")

    def page(self, reference: str) -> tuple[int, str, dict[str, str]]:
        """The page the customer sees: status, text, headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/pay/{reference}")
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, dict(response.headers)

    def _read(self, query: str, *values: str) -> list[Any]:
        """Look into its books without asking it, so also while it is dead."""
        with closing(sqlite3.connect(self.folder / "books.db", timeout=10, isolation_level=None)) as connection:
            return connection.execute(query, values).fetchall()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Authorization": f"Bearer {SECRET}"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()
