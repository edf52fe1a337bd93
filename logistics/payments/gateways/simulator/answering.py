"""Idempotency, as providers promise it: a key, what it did and its answer are one transaction, and the same key does nothing again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from logistics.payments.gateways.simulator.books import Books, find_payment
from logistics.payments.gateways.simulator.misbehaving import REFUSE, Fault
from logistics.payments.gateways.simulator.playing import VERBS, Nonsense, open_payment, told, unknown


@dataclass(frozen=True)
class Keyed:
    """A question under its key."""

    key: str
    verb: str
    reference: str
    question: Mapping[str, Any]

    @property
    def written(self) -> str:
        """The same question is written the same."""
        return json.dumps([self.verb, self.reference, self.question], sort_keys=True)


def answer_once(books: Books, keyed: Keyed, *, pages: str, fault: Fault) -> tuple[int, dict[str, Any]]:
    """Do what is asked, or answer again what was answered under this key. Status and body; 422 where the key asked something else."""
    if not 0 < len(keyed.key) <= 255:
        raise Nonsense("Idempotency-Key must have 1 to 255 characters")
    with books.writing() as connection:
        row = connection.execute("SELECT question, status, body FROM answers WHERE key = ?", (keyed.key,)).fetchone()
        if row:
            return (row[1], json.loads(row[2])) if row[0] == keyed.written else (422, {"message": "this key asked something else before"})
        refused = fault.code if fault.what == REFUSE else ""
        if keyed.verb not in VERBS:
            question = {**keyed.question, "token": "sim_declined"} if refused else keyed.question
            payment = open_payment(connection, question)
            status, body = 200, told(payment, pages=pages, refused=payment.failure)
        elif found := find_payment(connection, keyed.reference):
            refused = refused or VERBS[keyed.verb](connection, found, keyed.question)
            status, body = 200, told(found, pages=pages, refused=refused)
        else:
            status, body = 404, unknown(keyed.reference)
        connection.execute(
            "INSERT INTO answers (key, question, status, body) VALUES (?, ?, ?, ?)", (keyed.key, keyed.written, status, json.dumps(body))
        )
    return status, body
