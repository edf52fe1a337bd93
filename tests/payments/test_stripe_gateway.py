"""What is Stripe's own: its hooks, its units, its replayed failures, and what is sent to it at all."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from logistics.payments.gateways.gateway import Ask, BadSignature, GatewayUnreachable, News, NewsKind, Standing
from logistics.payments.gateways.stripe_gateway import StripeGateway
from logistics.payments.gateways.stripe_units import from_stripe, to_stripe
from tests.payments import local_stripe
from tests.payments.fake_stripe import CAPTURE_DAYS, KEY, SECRET, FakeStripe
from tests.ports import free_port

pytestmark = pytest.mark.loopback
ASK = Ask("A-1042", 1800, "USD", "https://shop.example/back", token="pm_card_visa", email="ada@example.com", language="zh_Hans")


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with FakeStripe() as running:
        yield running


@pytest.fixture
def gateway(fake: FakeStripe) -> StripeGateway:
    return StripeGateway(KEY, api_base=fake.address, webhook_secrets=["whsec_the_new_one", SECRET], timeout=20)


# --- What is sent ---


def test_a_token_goes_with_the_order_and_the_way_back(fake: FakeStripe, gateway: StripeGateway) -> None:
    gateway.authorise(ASK, key="key-1")
    (method, path, sent), *_more = fake.asked

    assert (method, path) == ("POST", "/v1/payment_intents")
    assert (sent["amount"], sent["currency"], sent["payment_method"], sent["capture_method"]) == ("1800", "usd", "pm_card_visa", "manual")
    assert (sent["metadata[order]"], sent["metadata[key]"], sent["return_url"]) == ("A-1042", "key-1", "https://shop.example/back")


def test_a_page_names_order_customer_language_and_its_end(fake: FakeStripe, gateway: StripeGateway) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    gateway.open_checkout(Ask(**{**ASK.__dict__, "token": "", "page_until": until}), key="key-1")
    (_method, path, sent), *_more = fake.asked

    assert path == "/v1/checkout/sessions"
    assert (sent["client_reference_id"], sent["customer_email"], sent["locale"]) == ("A-1042", "ada@example.com", "zh")
    assert (sent["line_items[0][price_data][unit_amount]"], sent["expires_at"]) == ("1800", str(int(until.timestamp())))
    assert sent["success_url"] == sent["cancel_url"] == "https://shop.example/back"


@pytest.mark.parametrize("token", ["4242424242424242", "4242 4242 4242 4242", "", "pm_card/../../refunds", "sk_live_0123456789", "pm_"])
def test_what_is_no_token_never_leaves_the_house(fake: FakeStripe, gateway: StripeGateway, token: str) -> None:
    answer = gateway.authorise(Ask("A-1042", 1800, "USD", "", token=token), key="key-1")

    assert (answer.failure, answer.refused) == ("invalid_token", True)
    assert fake.asked == []


def test_a_card_token_is_wrapped(gateway: StripeGateway) -> None:
    assert gateway.authorise(Ask("A-1042", 1800, "USD", "", token="tok_visa"), key="key-1").standing == Standing.AUTHORISED


# --- How it stands ---


def test_the_card_says_when_its_authorisation_ends_and_else_it_is_a_week(fake: FakeStripe, gateway: StripeGateway) -> None:
    answer = gateway.authorise(ASK, key="key-1")
    del fake.things[answer.reference]["latest_charge"]["payment_method_details"]["card"]["capture_before"]
    usual = gateway.look_up(answer.reference)

    now = datetime.now(UTC)
    assert abs((answer.authorised_until or now) - now - timedelta(days=CAPTURE_DAYS)) < timedelta(minutes=1)
    assert abs((usual.authorised_until or now) - now - timedelta(days=7)) < timedelta(minutes=1)


@pytest.mark.parametrize("lists_releases", [True, False])
def test_a_release_is_no_refund_however_stripe_writes_it(fake: FakeStripe, gateway: StripeGateway, lists_releases: bool) -> None:
    fake.lists_releases = lists_releases
    reference = gateway.authorise(ASK, key="key-1").reference

    taken = gateway.capture(reference, 1000, currency="USD", key="key-2")
    # The very amount that was released.
    first = gateway.refund(reference, 800, currency="USD", key="key-3")
    second = gateway.refund(reference, 200, currency="USD", key="key-4")

    assert [answer.refunded for answer in (taken, first, second)] == [0, 800, 1000]


@pytest.mark.parametrize("change", [{"status": "a_new_word"}, {"amount": "many"}, {"created": None, "latest_charge": None}])
def test_what_cannot_be_understood_is_no_answer(fake: FakeStripe, gateway: StripeGateway, change: dict[str, Any]) -> None:
    answer = gateway.authorise(ASK, key="key-1")
    fake.things[answer.reference].update(change)

    with pytest.raises(GatewayUnreachable, match="cannot be understood"):
        gateway.look_up(answer.reference)


def test_a_question_that_is_not_taken_says_nothing_of_the_payment(fake: FakeStripe, gateway: StripeGateway) -> None:
    answer = gateway.authorise(ASK, key="key-1")
    fake.misbehave(answer.reference, "odd")

    with pytest.raises(GatewayUnreachable, match="not taken"):
        gateway.look_up(answer.reference)


def test_an_amount_that_is_too_small_says_so(gateway: StripeGateway) -> None:
    answer = gateway.authorise(Ask("A-1042", 10, "USD", "", token="pm_card_visa"), key="key-1")

    assert (answer.failure, answer.refused) == ("amount_too_small", True)


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [
        ("USD", 1800, 1800),
        ("JPY", 500, 500),
        ("HUF", 50000, 50000),
        ("TWD", 50000, 50000),
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        ("RSD", 9, 900),
        ("KWD", 1230, 1230),
        ("KWD", 1234, None),
        ("LYD", 1230, 123),
        ("LYD", 1234, None),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(currency: str, ours: int, theirs: int | None) -> None:
    assert to_stripe(ours, currency) == theirs
    if theirs is not None:
        assert from_stripe(theirs, currency.lower()) == ours


# --- No answer ---


@pytest.mark.parametrize("fault", ["busy", "html"])
def test_an_answer_that_decides_nothing_is_none(fake: FakeStripe, gateway: StripeGateway, fault: str) -> None:
    fake.misbehave("/payment_intents", fault)

    with pytest.raises(GatewayUnreachable):
        gateway.authorise(ASK, key="key-1")

    assert gateway.authorise(ASK, key="key-1").standing == Standing.AUTHORISED


def test_a_wrong_key_decides_nothing(fake: FakeStripe) -> None:
    with pytest.raises(GatewayUnreachable, match="AuthenticationError"):
        StripeGateway("sk_test_another", api_base=fake.address).authorise(ASK, key="key-1")


def test_nobody_there_decides_nothing() -> None:
    with pytest.raises(GatewayUnreachable, match="ConnectError"):
        StripeGateway(KEY, api_base=f"http://127.0.0.1:{free_port()}").authorise(ASK, key="key-1")


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["authorise", "capture", "void", "refund"])
def test_a_failure_that_stripe_repeats_under_the_key_is_looked_up(fake: FakeStripe, gateway: StripeGateway, kind: str, done: bool) -> None:
    reference = gateway.authorise(ASK, key="key-1").reference
    if kind == "refund":
        gateway.capture(reference, 1800, currency="USD", key="key-2")
    ask: dict[str, Any] = {
        "authorise": lambda: gateway.authorise(ASK, key="key-3"),
        "capture": lambda: gateway.capture(reference, 1800, currency="USD", key="key-3"),
        "void": lambda: gateway.void(reference, key="key-3"),
        "refund": lambda: gateway.refund(reference, 700, currency="USD", key="key-3"),
    }
    path = {"authorise": "/payment_intents", "capture": "/capture", "void": "/cancel", "refund": "/refunds"}[kind]
    fake.misbehave(path, "fail_after" if done else "fail_before")

    with pytest.raises(GatewayUnreachable):
        ask[kind]()
    answer = ask[kind]()

    reached = {"authorise": "authorised", "capture": "captured", "void": "voided", "refund": "captured"}[kind]
    before = {"authorise": "failed", "refund": "captured"}.get(kind, "authorised")
    assert answer.refused is not done
    assert answer.standing == (reached if done else before)
    assert answer.refunded == (700 if kind == "refund" and done else 0)
    assert len(fake.things) == (2 if kind == "authorise" and done else 1)


# --- Hooks ---


def test_hooks_about_a_payment_are_read(fake: FakeStripe, gateway: StripeGateway) -> None:
    intent, page = {"id": "pi_1", "object": "payment_intent"}, {"id": "cs_1", "object": "checkout.session"}
    charge = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    dispute = {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "amount": 500, "currency": "isk"}

    def read(kind: str, thing: dict[str, Any]) -> tuple[str, str, int] | None:
        news = gateway.read_hook(*fake.hook(kind, thing))
        return (news.kind.value, news.reference, news.amount) if news else None

    assert read("payment_intent.amount_capturable_updated", intent) == ("payment", "pi_1", 0)
    assert read("payment_intent.canceled", intent) == ("payment", "pi_1", 0)
    assert read("checkout.session.completed", page) == ("payment", "cs_1", 0)
    assert read("checkout.session.expired", page) == ("payment", "cs_1", 0)
    assert read("charge.refunded", charge) == ("payment", "pi_1", 0)
    assert read("refund.failed", {"id": "re_1", "payment_intent": "pi_1"}) == ("payment", "pi_1", 0)
    assert read("charge.dispute.created", {**dispute, "status": "needs_response"}) == ("dispute_opened", "pi_1", 5)
    assert read("charge.dispute.closed", {**dispute, "status": "won"}) == ("dispute_won", "pi_1", 5)
    assert read("charge.dispute.closed", {**dispute, "status": "warning_closed"}) == ("dispute_won", "pi_1", 5)
    assert read("charge.dispute.closed", {**dispute, "status": "lost"}) == ("dispute_lost", "pi_1", 5)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("customer.created", {"id": "cus_1"}),
        ("charge.refunded", {"id": "ch_1", "payment_intent": None}),
        ("checkout.session.async_payment_failed", {"id": "cs_1"}),
        ("charge.dispute.closed", {"id": "dp_1", "payment_intent": "pi_1", "status": "new_word", "amount": 5, "currency": "usd"}),
    ],
)
def test_hooks_about_anything_else_are_nothing(fake: FakeStripe, gateway: StripeGateway, kind: str, thing: dict[str, Any]) -> None:
    assert gateway.read_hook(*fake.hook(kind, thing)) is None


def test_the_same_hook_has_the_same_id(fake: FakeStripe, gateway: StripeGateway) -> None:
    sent = fake.hook("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"})

    first, second = gateway.read_hook(*sent), gateway.read_hook(*sent)

    assert isinstance(first, News)
    assert first == second
    assert first.id == json.loads(sent[0])["id"]


@pytest.mark.parametrize("secret", ["whsec_the_new_one", SECRET])
def test_while_a_secret_is_replaced_both_count(fake: FakeStripe, gateway: StripeGateway, secret: str) -> None:
    assert gateway.read_hook(*fake.hook("payment_intent.canceled", {"id": "pi_1"}, secret=secret)) is not None


@pytest.mark.parametrize("age", [-310, 310, 86400])
def test_a_hook_of_another_time_is_refused(fake: FakeStripe, gateway: StripeGateway, age: int) -> None:
    with pytest.raises(BadSignature):
        gateway.read_hook(*fake.hook("payment_intent.canceled", {"id": "pi_1"}, at=time.time() - age))


def test_what_is_not_signed_as_it_should_be_is_refused(fake: FakeStripe, gateway: StripeGateway) -> None:
    body, headers = fake.hook("payment_intent.canceled", {"id": "pi_1"})
    signed = headers["Stripe-Signature"]
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (body, {}),
        (body, {"Stripe-Signature": ""}),
        (body, {"Stripe-Signature": signed.replace("v1=", "v0=")}),
        (body, {"Stripe-Signature": signed.upper()}),
        (body, {"Stripe-Signature": signed[:-1]}),
        (body, {"Stripe-Signature": "t=,v1="}),
        (body, {"Stripe-Signature": "t=" + "9" * 5000 + ",v1=0"}),
        (body + b" ", headers),
        (json.dumps(json.loads(body)).encode(), headers),
        (b"\xff" + body, headers),
        fake.hook("payment_intent.canceled", {"id": "pi_1"}, secret="whsec_somebody_else"),
    ]

    for raw, given in wrong:
        with pytest.raises(BadSignature):
            gateway.read_hook(raw, given)
    with pytest.raises(BadSignature):
        StripeGateway(KEY, webhook_secrets=()).read_hook(body, headers)
    assert gateway.read_hook(body, {"STRIPE-SIGNATURE": signed}) == News(json.loads(body)["id"], NewsKind.PAYMENT, "pi_1")


# --- localstripe ---


def test_localstripe_still_refuses_what_is_taken_off_for_it() -> None:
    with local_stripe.local_stripe(dropped=()) as address:
        for name in local_stripe.DROPPED:
            fields = {"amount": "1800", "currency": "usd", name: "https://shop.example/back"}
            error = local_stripe.ask(address, "POST", "/v1/payment_intents", **fields)["error"]
            assert error["message"] == f"Unexpected {name}"


def test_a_hook_that_localstripe_signed_is_read() -> None:
    came: list[tuple[bytes, dict[str, str]]] = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as shop, local_stripe.local_stripe() as address:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{shop.server_port}/hooks/payments/stripe"
        local_stripe.tell(address, where, SECRET)
        gateway = StripeGateway(local_stripe.KEY, api_base=address, webhook_secrets=[SECRET])
        reference = gateway.authorise(ASK, key="key-1").reference
        gateway.capture(reference, 1800, currency="USD", key="key-2")
        for _try in range(100):
            if came:
                break
            time.sleep(0.1)
        shop.shutdown()

    news = gateway.read_hook(*came[0])
    assert news is not None
    assert (news.kind, news.reference) == (NewsKind.PAYMENT, reference)
