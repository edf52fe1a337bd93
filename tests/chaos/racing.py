"""What races need: all at the same moment, and what the books say afterwards."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from logistics.catalog.models import Product
from logistics.core import jobs
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.inventory.models import StockLevel
from tests.house import Answer


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; what each gave, in order."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait(240)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def wait_until(holds: Callable[[], object], *, seconds: float = 240) -> None:
    """Wait until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def outcome(answer: Answer) -> str:
    """What became of it: done, the code of a refusal, or the beginning of what nobody should see."""
    if answer.status in (200, 201, 303):
        return "done"
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return str(json.loads(answer.body)["code"])
    return "invalid" if answer.status == 422 else f"{answer.status}: {answer.body[:200]}"


def let_the_worker(town: Flask, *tasks: Any) -> None:
    """Ask the worker of the house to run these tasks now, in one transaction."""
    with town.app_context():
        for task in tasks:
            jobs.enqueue(db.session(), task)
        db.session.commit()
        db.session.remove()


def stock_of(town: Flask, sku: str) -> tuple[int, int]:
    """How many units of a product lie in the house, and how many of them are promised."""
    with town.app_context():
        sums = select(func.sum(StockLevel.on_hand), func.sum(StockLevel.reserved))
        on_hand, reserved = db.session.execute(sums.join(Product, Product.id == StockLevel.product_id).where(Product.sku == sku)).one()
        db.session.remove()
        return int(on_hand), int(reserved)


def offences(town: Flask) -> Sequence[tuple[str, Any]]:
    """What the audit finds."""
    with town.app_context():
        db.session.remove()
        return [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders]
