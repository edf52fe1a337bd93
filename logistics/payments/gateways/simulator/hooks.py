"""Telling the shop what happened: hooks are written beside what they tell, and sent until somebody takes them."""

import json
import secrets
import sqlite3
import threading
import time
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from logistics.payments.gateways.simulator.books import Books

LOOK_AGAIN_SECONDS = 0.1
ANSWER_SECONDS = 5
TRIES = 12
LONGEST_PAUSE_SECONDS = 60


def queue_hook(connection: sqlite3.Connection, kind: str, reference: str, amount: int = 0) -> None:
    """Write a hook to be sent, inside the transaction of what it tells. A fault of hooks may swallow, double or delay it."""
    fault = _take_fault(connection)
    what, seconds = fault or ("", 0.0)
    event = f"evt_{secrets.token_hex(12)}"
    body = json.dumps({"id": event, "kind": kind, "reference": reference, "amount": amount})
    copies = {"lose": 0, "twice": 2}.get(what, 1)
    for _copy in range(copies):
        connection.execute("INSERT INTO hooks (event, body, due) VALUES (?, ?, ?)", (event, body, time.time() + seconds))


def _take_fault(connection: sqlite3.Connection) -> tuple[str, float] | None:
    row = connection.execute("SELECT id, what, seconds FROM faults WHERE at = 'hook' AND times > 0 ORDER BY id LIMIT 1").fetchone()
    if row is None:
        return None
    connection.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row[0],))
    return str(row[1]), float(row[2])


class HookSender(threading.Thread):
    """Sends what is due, one hook after the other, while the program runs."""

    def __init__(self, books: Books, *, address: str, secret: str) -> None:
        super().__init__(name="hooks", daemon=True)
        self._books, self._address, self._signer = books, address, Webhook(secret)
        self._client = httpx.Client(trust_env=False, timeout=ANSWER_SECONDS)

    def run(self) -> None:
        """Until the program ends."""
        while True:
            try:
                sent = self.send_one()
            except sqlite3.OperationalError:  # somebody holds the books for long
                sent = False
            if not sent:
                time.sleep(LOOK_AGAIN_SECONDS)

    def send_one(self) -> bool:
        """Send the hook that waits longest, and note how it went. Whether there was one."""
        with self._books.writing() as connection:
            row = connection.execute(
                "SELECT id, event, body, tries FROM hooks WHERE sent IS NULL AND due <= ? ORDER BY due, id LIMIT 1", (time.time(),)
            ).fetchone()
        if row is None:
            return False
        number, event, body, tries = row
        # Taken, or given up after the last try: either way it waits no more.
        done = self._is_taken(event, body) or tries + 1 >= TRIES
        with self._books.writing() as connection:
            now = time.time()
            pause = min(0.5 * 2**tries, LONGEST_PAUSE_SECONDS)
            connection.execute(
                "UPDATE hooks SET tries = tries + 1, sent = ?, due = ? WHERE id = ?", (now if done else None, now if done else now + pause, number)
            )
        return True

    def _is_taken(self, event: str, body: str) -> bool:
        moment = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": self._signer.sign(event, moment, body),
        }
        try:
            return self._client.post(self._address, content=body.encode(), headers=headers).is_success
        except httpx.HTTPError:
            return False
