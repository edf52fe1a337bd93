"""How carriers tell a tale: which bodies, in which order, how often; signed as Standard Webhooks, sent to the shop's own door."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import httpx
from standardwebhooks import Webhook

from logistics.core import clock
from logistics.seeds.simulating.tales import Tale
from logistics.tracking.models import TrackingStatus

_SECONDS = 15.0


@dataclass(frozen=True)
class Posting:
    """One body that a carrier sends. `due`: when it would, in the time of what it tells. `answer`: the status of the answer that is right."""

    carrier: str
    body: bytes
    due: datetime
    answer: int = 200

    @property
    def identity(self) -> str:
        """Its webhook-id: the same bytes are the same message."""
        return "msg_" + hashlib.sha256(self.carrier.encode() + self.body).hexdigest()[:32]


class Unreachable(Exception):
    """The shop does not answer at all."""


def postings(carrier: str, events: Sequence[dict[str, Any]], tale: Tale, *, seed: int) -> list[Posting]:
    """How this carrier sends these events: each by itself, in order, once; but for the tales that are told badly."""
    chance = Random(f"{seed} {events[0]['tracking_number']}")
    dues = [datetime.fromisoformat(event["at"]) for event in events]
    single = [Posting(carrier, _body([event]), due, _answer(event)) for event, due in zip(events, dues, strict=True)]
    if tale is Tale.OUT_OF_ORDER:
        # The last first, so that it is out of order whatever the shuffle does.
        late = list(dues[1:])
        chance.shuffle(late)
        return [Posting(carrier, one.body, due) for one, due in zip(single, [*late, dues[0]], strict=True)]
    if tale is Tale.DUPLICATE:
        # The same message again, and the same events once more in a message of their own.
        return [*single, *single, Posting(carrier, _body(events), dues[-1])]
    return single


class Teller:
    """Sends postings to the hooks below `address`, each carrier with its secret."""

    def __init__(self, address: str, secrets: dict[str, str]) -> None:
        self._address, self._secrets = address.rstrip("/"), secrets
        self._client = httpx.Client(trust_env=False, timeout=_SECONDS)

    def send(self, posting: Posting) -> int:
        """The status of the answer. Raises Unreachable where there is none."""
        moment = clock.now()
        signature = Webhook(self._secrets[posting.carrier]).sign(posting.identity, moment, posting.body.decode())
        headers = {"webhook-id": posting.identity, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}
        try:
            answer = self._client.post(
                f"{self._address}/{posting.carrier}", content=posting.body, headers={**headers, "Content-Type": "application/json"}
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from error
        return answer.status_code

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def in_time(all_of_them: Sequence[Posting], speed: float) -> Iterator[tuple[Posting, float]]:
    """All postings in the order in which they are due, each with the seconds to wait before it; none at all where `speed` is 0."""
    before: datetime | None = None
    for posting in sorted(all_of_them, key=lambda one: one.due):
        gap = (posting.due - before).total_seconds() if before else 0.0
        before = posting.due
        yield posting, gap / speed if speed else 0.0


def _answer(event: dict[str, Any]) -> int:
    """A body with a word that our format does not have is refused at the door: who wrote it can mend it."""
    return 200 if event["status"] in tuple(TrackingStatus) else 422


def _body(events: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps({"events": list(events)}, ensure_ascii=False).encode()
