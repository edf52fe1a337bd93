"""The simulated provider misbehaves as it is told, and its books are right all the same."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from logistics.core.config import Settings
from logistics.payments.gateways.gateway import Answer, Ask, BadSignature, GatewayUnreachable, News, NewsKind, Standing
from logistics.payments.gateways.simulated import SimulatedGateway
from logistics.payments.gateways.simulator.serving import serve
from tests.payments.simulation import ROOT, Simulation

pytestmark = pytest.mark.loopback
ASK = Ask("A-1", 1800, "USD", "http://127.0.0.1:1/back", token="sim_ok")
Kind = Callable[[SimulatedGateway, str, str], Answer]

# Each kind of question, on a payment that is ready for it.
KINDS: dict[str, Kind] = {
    "authorise": lambda gateway, _reference, key: gateway.authorise(ASK, key=key),
    "checkout": lambda gateway, _reference, key: gateway.open_checkout(ASK, key=key),
    "capture": lambda gateway, reference, key: gateway.capture(reference, 1800, currency="USD", key=key),
    "void": lambda gateway, reference, key: gateway.void(reference, key=key),
    "refund": lambda gateway, reference, key: gateway.refund(reference, 700, currency="USD", key=key),
}


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory, hears: SimpleNamespace) -> Iterator[Simulation]:
    with Simulation(tmp_path_factory.mktemp("simulated"), hooks=hears.address) as running:
        yield running


@pytest.fixture(scope="module")
def hears() -> Iterator[SimpleNamespace]:
    """A shop that notes what the provider tells it; `refuses` is how many of the next hooks it does not take."""
    noted = SimpleNamespace(hooks=[], refuses=0, address="")

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            noted.hooks.append((body, dict(self.headers)))
            noted.refuses, status = max(0, noted.refuses - 1), 503 if noted.refuses else 204
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        noted.address = f"http://127.0.0.1:{server.server_port}/hooks/payments/simulated"
        yield noted
        server.shutdown()


def ready(simulation: Simulation, kind: str) -> str:
    """A payment that this kind of question can be asked about; its reference."""
    gateway = simulation.gateway()
    if kind in ("authorise", "checkout"):
        return ""
    reference = gateway.authorise(ASK, key=os.urandom(8).hex()).reference
    if kind == "refund":
        gateway.capture(reference, 1800, currency="USD", key=os.urandom(8).hex())
    return reference


def money(simulation: Simulation) -> list[tuple[str, int]]:
    return [(move["kind"], move["amount"]) for move in simulation.books()["moves"]]


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_killed_has_done_it_once_or_not_at_all(simulation: Simulation, kind: str, moment: str) -> None:
    reference, key = ready(simulation, kind), os.urandom(8).hex()
    before = money(simulation)
    simulation.misbehave(kind, moment)

    with pytest.raises(GatewayUnreachable):
        KINDS[kind](simulation.gateway(), reference, key)
    simulation.wait_until_dead()
    simulation.start()
    done = money(simulation)[len(before) :]
    answers = [KINDS[kind](simulation.gateway(), reference, key) for _again in range(2)]
    moved = money(simulation)[len(before) :]

    amounts = {
        "authorise": [("authorise", 1800)],
        "checkout": [],
        "capture": [("capture", 1800)],
        "void": [("void", 1800)],
        "refund": [("refund", 700)],
    }
    assert done == (amounts[kind] if moment == "die_after" else [])
    assert moved == amounts[kind]
    assert answers[0] == answers[1]
    assert not answers[0].refused
    assert simulation.gateway().look_up(answers[0].reference) == answers[0]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_hangs_is_unreachable_in_time_and_did_it_once(simulation: Simulation, kind: str) -> None:
    reference, key = ready(simulation, kind), os.urandom(8).hex()
    before = len(money(simulation))
    simulation.misbehave(kind, "hang_after", seconds=60)
    began = time.monotonic()

    with pytest.raises(GatewayUnreachable):
        KINDS[kind](simulation.gateway(timeout=0.6), reference, key)
    took = time.monotonic() - began
    KINDS[kind](simulation.gateway(), reference, key)

    assert took < 30
    assert len(money(simulation)) - before == (0 if kind == "checkout" else 1)


def test_killed_while_it_hangs_it_has_done_nothing(simulation: Simulation) -> None:
    reference, key = ready(simulation, "capture"), os.urandom(8).hex()
    simulation.misbehave("capture", "hang_before", seconds=30)
    with pytest.raises(GatewayUnreachable):
        simulation.gateway(timeout=0.5).capture(reference, 1800, currency="USD", key=key)

    simulation.kill()
    simulation.start()

    assert simulation.gateway().look_up(reference).standing == Standing.AUTHORISED
    assert simulation.gateway().capture(reference, 1800, currency="USD", key=key).captured == 1800


@pytest.mark.parametrize("fault", ["fail_before", "fail_after", "garble"])
def test_an_answer_that_is_none_leaves_it_open(simulation: Simulation, fault: str) -> None:
    reference, key = ready(simulation, "refund"), os.urandom(8).hex()
    simulation.misbehave("refund", fault)

    with pytest.raises(GatewayUnreachable):
        simulation.gateway().refund(reference, 700, currency="USD", key=key)

    assert simulation.gateway().refund(reference, 700, currency="USD", key=key).refunded == 700
    assert simulation.sums(reference) == {"authorise": 1800, "capture": 1800, "void": 0, "refund": 700}


def test_a_refusal_on_demand_moves_nothing(simulation: Simulation) -> None:
    reference = ready(simulation, "capture")
    simulation.misbehave("capture", "refuse", code="expired_card")

    answer = simulation.gateway().capture(reference, 1800, currency="USD", key=os.urandom(8).hex())

    assert (answer.refused, answer.failure, answer.standing) == (True, "expired_card", Standing.AUTHORISED)
    assert simulation.sums(reference)["capture"] == 0


def test_twenty_at_once_under_one_key_move_it_once(simulation: Simulation) -> None:
    reference, key, answers = ready(simulation, "refund"), os.urandom(8).hex(), []
    gateway = simulation.gateway()
    threads = [threading.Thread(target=lambda: answers.append(gateway.refund(reference, 700, currency="USD", key=key))) for _one in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.refunded for answer in answers} == {700}
    assert len(answers) == 20
    assert simulation.sums(reference)["refund"] == 700


def test_what_is_wrong_in_a_question_does_nothing(simulation: Simulation) -> None:
    before = simulation.books()["payments"]

    for wrong in (replace(ASK, amount=0), replace(ASK, amount=-5), replace(ASK, order=""), replace(ASK, return_url="javascript:alert(1)")):
        with pytest.raises(GatewayUnreachable, match="400"):
            simulation.gateway().authorise(wrong, key=os.urandom(8).hex())
    with pytest.raises(GatewayUnreachable, match="400"):
        simulation.gateway().authorise(ASK, key="")
    with pytest.raises(GatewayUnreachable, match="401"):
        SimulatedGateway(f"http://another-secret-altogether@127.0.0.1:{simulation.port}").authorise(ASK, key="k")

    assert simulation.books()["payments"] == before


# --- Hooks ---


def heard(hears: SimpleNamespace, reference: str, count: int) -> list[News]:
    """The news of a payment, once so many came (or ten seconds are over)."""
    reader = SimulatedGateway("http://simulated-for-tests-only@127.0.0.1:1")
    for _try in range(100):
        news = [reader.read_hook(body, headers) for body, headers in list(hears.hooks)]
        mine = [one for one in news if one and one.reference == reference]
        if len(mine) >= count:
            return mine
        time.sleep(0.1)
    return mine


def test_every_change_is_told_and_signed(simulation: Simulation, hears: SimpleNamespace) -> None:
    reference = ready(simulation, "refund")
    simulation.gateway().refund(reference, 700, currency="USD", key=os.urandom(8).hex())
    simulation.dispute(reference, "dispute_opened", 1100)
    told = heard(hears, reference, 4)
    body, headers = hears.hooks[-1]

    assert sorted(one.kind for one in told) == [NewsKind.DISPUTE_OPENED, NewsKind.PAYMENT, NewsKind.PAYMENT, NewsKind.PAYMENT]
    assert [one.amount for one in told if one.kind == NewsKind.DISPUTE_OPENED] == [1100]
    assert len({one.id for one in told}) == 4
    for changed, kept in ((body + b" ", headers), (body, {**headers, "webhook-signature": "v1,AAAA"}), (body, {**headers, "webhook-id": "evt_0"})):
        with pytest.raises(BadSignature):
            simulation.gateway().read_hook(changed, kept)


def test_a_hook_comes_twice_late_or_never_on_demand(simulation: Simulation, hears: SimpleNamespace) -> None:
    simulation.misbehave("hook", "twice")
    twice = ready(simulation, "void")
    doubled = heard(hears, twice, 2)
    simulation.misbehave("hook", "late", seconds=1)
    late = ready(simulation, "void")
    soon = ready(simulation, "void")
    heard(hears, late, 1)
    simulation.misbehave("hook", "lose")
    lost = ready(simulation, "void")
    after = ready(simulation, "void")
    heard(hears, after, 1)
    order = [reference for body, _headers in hears.hooks for reference in (late, soon, lost) if reference.encode() in body]

    assert [one.id for one in doubled] == [doubled[0].id] * 2
    assert order == [soon, late]


def test_a_hook_is_sent_until_somebody_takes_it(simulation: Simulation, hears: SimpleNamespace) -> None:
    hears.refuses = 2

    reference = ready(simulation, "void")

    assert len(heard(hears, reference, 3)) == 3
    assert len({one.id for one in heard(hears, reference, 3)}) == 1


# --- The page ---


def test_the_page_says_that_it_plays_and_asks_no_card_number(simulation: Simulation) -> None:
    answer = simulation.gateway().open_checkout(ASK, key=os.urandom(8).hex())
    chinese = simulation.gateway().open_checkout(Ask("A-1", 1800, "USD", "", language="zh_Hans"), key=os.urandom(8).hex())

    status, page, headers = simulation.page(answer.reference)

    assert status == 200
    assert "No card is charged, and no card number is asked for." in page
    assert "USD 18.00" in page
    assert "<input" not in page
    assert "form-action 'self' http://127.0.0.1:1" in headers["Content-Security-Policy"]
    assert '<html lang="zh-Hans">' in simulation.page(chinese.reference)[1]
    assert simulation.page("sim_nobody")[0] == 404


def test_a_second_click_changes_nothing(simulation: Simulation) -> None:
    answer = simulation.gateway().open_checkout(ASK, key=os.urandom(8).hex())

    ways = [simulation.choose(answer.reference, choice) for choice in ("approve", "decline", "approve")]

    assert ways == [(303, ASK.return_url)] * 3
    assert simulation.sums(answer.reference) == {"authorise": 1800, "capture": 0, "void": 0, "refund": 0}
    assert simulation.gateway().look_up(answer.reference).standing == Standing.AUTHORISED


# --- Starting it ---


def test_it_serves_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(host="0.0.0.0", port=0, books=tmp_path / "books.db", secret="x", hooks="", shop="")


def test_the_command_says_what_is_wrong_in_one_line(worker_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: Settings = worker_app.config["SETTINGS"]
    unset = worker_app.test_cli_runner().invoke(args=["simulate", "gateway"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setitem(worker_app.config, "SETTINGS", replace(chosen, simulated_gateway=f"http://simulated-for-tests-only@{address}"))
        no_books = worker_app.test_cli_runner().invoke(args=["simulate", "gateway", "--books", os.devnull])
        busy = worker_app.test_cli_runner().invoke(args=["simulate", "gateway", "--books", str(tmp_path / "books.db")])

    assert (unset.exit_code, no_books.exit_code, busy.exit_code) == (1, 1, 1)
    assert no_books.output.startswith("Error: The books of the simulated card provider cannot be opened")
    assert unset.output.startswith("Error: SIMULATED_GATEWAY is not set")
    assert f"cannot serve http://{address}" in busy.output


def test_the_command_plays_the_provider(tmp_path: Path) -> None:
    played = Simulation(tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x" * 32,
        "DATABASE_URL": "postgresql://nobody@/nothing",
        "SIMULATED_GATEWAY": played.address,
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "simulate", "gateway", "--books", str(tmp_path / "books.db")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            played.wait_until_it_answers()
            answer = played.gateway().authorise(ASK, key="1")
        finally:
            process.kill()

    assert answer.standing == Standing.AUTHORISED
