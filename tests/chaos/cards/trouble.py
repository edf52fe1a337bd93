"""The four questions a provider is asked about money, each as somebody here causes it over HTTP, and may cause it again."""

import http.client
import itertools
import json
from dataclasses import dataclass, field
from typing import ClassVar

from logistics.core.keys import new_key
from tests.api.programs import order_body
from tests.chaos.cards.desk import TOTAL, Desk
from tests.chaos.racing import outcome
from tests.house import Answer

_COUNT = itertools.count(1)


@dataclass
class Question:
    """One of them, about an order of its own. `ask` may be called twice: the second is what whoever got no answer does."""

    kind: ClassVar[str]
    books: ClassVar[dict[str, int]]
    status: ClassVar[str]

    desk: Desk
    sku: str
    once: str = field(default_factory=new_key)
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prepare()

    def prepare(self) -> None:
        """Bring an order to where the question comes next."""
        raise NotImplementedError

    @property
    def number(self) -> str:
        """The number of the order."""
        raise NotImplementedError

    def send(self) -> Answer:
        """Do over HTTP what makes us ask the provider."""
        raise NotImplementedError

    def ask(self) -> str:
        """The same, noting the answer; what came of it. Empty where whoever would have answered died."""
        try:
            self.answers.append(self.send())
        except (OSError, http.client.HTTPException):
            return ""
        return outcome(self.answers[-1])

    def check(self) -> None:
        """The customer has paid once, or not at all, by both books; and the order stands where it should."""
        books = {"authorise": TOTAL, "capture": 0, "void": 0, "refund": 0} | self.books
        assert (self.desk.status(self.number), self.desk.books(self.number)) == (self.status, books), self
        assert len(self.desk.provider.references_of(self.number)) == 1


class Authorising(Question):
    """A program places an order with a token."""

    kind, status, books = "authorise", "paid", {}

    def prepare(self) -> None:
        """Nothing is there yet."""
        self.external_id = f"TROUBLE-{next(_COUNT)}"

    @property
    def number(self) -> str:
        """Empty as long as it was not placed."""
        return self.desk.number(self.external_id)

    def send(self) -> Answer:
        """One-time key and body are the same each time."""
        body = order_body((self.sku, 1), payment={"method": "card", "card_token": "sim_ok"}, external_id=self.external_id)
        return self.desk.call("/orders", body, once=self.once)

    def check(self) -> None:
        """Besides, all answers name one order."""
        super().check()
        assert {json.loads(answer.body)["number"] for answer in self.answers} == {self.number}


class OfOrder(Question):
    """About an order that is there."""

    def prepare(self) -> None:
        """Its card is authorised, its parcel packed."""
        self.placed, self.parcel = self.desk.packed(self.sku)

    @property
    def number(self) -> str:
        """The number of the order."""
        return self.placed


class Capturing(OfOrder):
    """The picker hands the parcel over."""

    kind, status, books = "capture", "shipped", {"capture": TOTAL}

    def send(self) -> Answer:
        """The picker presses."""
        return self.desk.dispatch(self.parcel)


class Voiding(OfOrder):
    """The manager cancels the order; the worker asks the provider."""

    kind, status, books = "void", "cancelled", {"void": TOTAL}

    def send(self) -> Answer:
        """The manager presses."""
        return self.desk.cancel(self.number)


class Refunding(OfOrder):
    """The manager gives all of it back; the worker asks the provider."""

    kind, status, books = "refund", "shipped", {"capture": TOTAL, "refund": TOTAL}

    def prepare(self) -> None:
        """It left."""
        self.placed = self.desk.captured(self.sku)

    def send(self) -> Answer:
        """The form is the same each time."""
        return self.desk.refund(self.number, "36.00", once=self.once)


QUESTIONS: tuple[type[Question], ...] = (Voiding, Refunding, Authorising, Capturing)
