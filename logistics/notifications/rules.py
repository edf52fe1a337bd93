"""When a message is tried again, when it is given up, what may go wrong, and which messages wait for one another."""

import hashlib
from datetime import timedelta
from enum import StrEnum


class Problem(StrEnum):
    """Why a message did not go out. Kept with what the other side said: "refused: 550 no such user"."""

    REFUSED = "refused"
    NOT_AN_ADDRESS = "not_an_address"
    UNREACHABLE = "unreachable"
    NOT_LET_IN = "not_let_in"
    NOT_WRITTEN = "not_written"
    OUR_MISTAKE = "our_mistake"

    def said(self, words: object = "") -> str:
        """The problem as it is kept: its code and the other side's words, on one line."""
        return f"{self.value}: {' '.join(str(words).split())}"


MOST_TRIES = 12
_FIRST_WAIT_SECONDS = 3


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries that failed: 3 s, 9 s, 27 s ... up to two days, three in all; None once it is given up."""
    return timedelta(seconds=_FIRST_WAIT_SECONDS**tries) if tries < MOST_TRIES else None


def stream(order_id: int | None, means: str, recipient: str) -> str:
    """The name of the stream whose messages are sent one after another: one order's to one recipient by one means.

    The recipient is hashed: the name stands in the job queue, where nobody would look for an address that is to be erased.
    """
    return f"message:{order_id or 0}:{means}:{hashlib.sha256(recipient.lower().encode()).hexdigest()[:16]}"
