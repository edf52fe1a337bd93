"""What happens at the same moment, in threads and transactions of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from logistics.core.database import db
from logistics.core.refusals import Busy, Refusal
from logistics.core.transactions import in_transaction


def race(app: Flask, *runs: Callable[[Session], Any]) -> list[Any]:
    """Run these at the same moment, each in a transaction of its own; what each gave, or its refusal.

    Who is told that somebody else is at it asks again, as people do: on a slow machine a queue takes longer than a lock is waited for.
    """
    start = Barrier(len(runs))

    def one(run: Callable[[Session], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return until_served(lambda: in_transaction(run))
            except Refusal as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(runs)) as threads:
        return list(threads.map(one, runs))


def until_served(act: Callable[[], Any]) -> Any:
    """What it gives, as soon as nobody else is at it."""
    while True:
        try:
            return act()
        except Busy:
            db.session.remove()
