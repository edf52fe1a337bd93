"""A provider of card payments inside the test: keeps books of its own, is idempotent by key, and misbehaves when it is told to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from logistics.core import clock
from logistics.payments.gateways.gateway import Answer, Ask, BadSignature, GatewayUnreachable, News, NewsKind, Standing

LASTS = timedelta(days=7)
SIGNATURE = "signed by the fake"


@dataclass
class Held:
    """A payment as the provider knows it."""

    amount: int
    standing: Standing
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    failure: str = ""
    until: datetime | None = None


@dataclass
class FakeGateway:
    """`trouble` is what happens at the next call: "before" (dies before doing it), "after" (does it and dies), or a code to refuse with."""

    name: str = "fake"
    trouble: str = ""
    books: dict[str, Held] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def open_checkout(self, ask: Ask, *, key: str) -> Answer:
        return self._once("checkout", key, lambda no: self._begin(ask, no, Standing.WAITING))

    def authorise(self, ask: Ask, *, key: str) -> Answer:
        return self._once("authorise", key, lambda no: self._begin(ask, no, Standing.WAITING if ask.token == "3ds" else Standing.AUTHORISED))

    def capture(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        def take(no: str) -> Answer:
            held = self.books[reference]
            if no or held.standing is not Standing.AUTHORISED or amount > held.authorised:
                return replace(self.look_up(reference), refused=True, failure=no or "not_authorised")
            held.standing, held.captured = Standing.CAPTURED, amount
            return self.look_up(reference)

        return self._once("capture", key, take)

    def void(self, reference: str, *, key: str) -> Answer:
        def give_up(no: str) -> Answer:
            held = self.books[reference]
            if no or held.standing not in (Standing.AUTHORISED, Standing.WAITING):
                return replace(self.look_up(reference), refused=True, failure=no or "too_late")
            held.standing = Standing.VOIDED
            return self.look_up(reference)

        return self._once("void", key, give_up)

    def refund(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        def give_back(no: str) -> Answer:
            held = self.books[reference]
            if no or amount > held.captured - held.refunded:
                return replace(self.look_up(reference), refused=True, failure=no or "too_much")
            held.refunded += amount
            return self.look_up(reference)

        return self._once("refund", key, give_back)

    def look_up(self, reference: str) -> Answer:
        if self.trouble == "silent":
            raise GatewayUnreachable
        held = self.books[reference]
        url = f"https://pay.example/{reference}" if held.standing is Standing.WAITING else ""
        until = held.until if held.standing is Standing.AUTHORISED else None
        return Answer(held.standing, reference, held.authorised, held.captured, held.refunded, url, held.failure, until)

    def read_hook(self, body: bytes, headers: Mapping[str, str]) -> News | None:
        if headers.get("Signature") != SIGNATURE:
            raise BadSignature
        news_id, kind, reference, amount = body.decode().split(" ")
        return None if kind == "other" else News(news_id, NewsKind(kind), reference, int(amount))

    # What happens on its own page, and by itself.

    def customer_pays(self, reference: str) -> None:
        """The customer fills in the page."""
        held = self.books[reference]
        assert held.standing is Standing.WAITING
        held.standing, held.authorised, held.until = Standing.AUTHORISED, held.amount, clock.now() + LASTS

    def ends(self, reference: str, standing: Standing = Standing.EXPIRED, failure: str = "") -> None:
        """The page or the authorisation is over."""
        self.books[reference].standing, self.books[reference].failure = standing, failure

    def net(self, reference: str) -> int:
        """What the customer has paid by it."""
        return self.books[reference].captured - self.books[reference].refunded

    @property
    def newest(self) -> str:
        """The reference of the payment it was asked for last."""
        return list(self.books)[-1]

    def _once(self, kind: str, key: str, act: Callable[[str], Answer]) -> Answer:
        self.calls.append(kind)
        trouble = self.trouble
        if trouble != "silent":
            self.trouble = ""
        if trouble in ("before", "silent"):
            raise GatewayUnreachable
        if key not in self.answers:
            self.answers[key] = act("" if trouble == "after" else trouble)
        if trouble == "after":
            raise GatewayUnreachable
        return self.answers[key]

    def _begin(self, ask: Ask, no: str, standing: Standing) -> Answer:
        reference = f"fp_{len(self.books) + 1}"
        if no:
            self.books[reference] = Held(ask.amount, Standing.FAILED, failure=no)
            return replace(self.look_up(reference), refused=True)
        held = Held(ask.amount, standing)
        if standing is Standing.AUTHORISED:
            held.authorised, held.until = ask.amount, clock.now() + LASTS
        self.books[reference] = held
        return self.look_up(reference)
