"""The simulator of carriers: seeded tales that end as they say, told in every bad way, and signed as the shop expects it."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.signatures import is_signed_by_standard, new_secret
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.seeds import commands
from logistics.seeds.simulating.finding import Cast as Players
from logistics.seeds.simulating.finding import find_cast
from logistics.seeds.simulating.posting import Teller, Unreachable, in_time, postings
from logistics.seeds.simulating.running import describe, plan, play
from logistics.seeds.simulating.tales import ENDS, OF_TRAVELLERS, STEPS, Tale, Traveller, choose_tales, tell
from logistics.tracking.models import EventSource, TrackingEvent, TrackingStatus
from logistics.tracking.reading import own
from logistics.tracking.reading.saying import Unreadable
from logistics.tracking.rules import RANK, fold
from logistics.tracking.sharing_secrets import share_secret
from tests.cast import Cast

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECRET = new_secret()


def a_traveller(*, days: float = 3, number: str = "NO123456789", chinese: bool = False) -> Traveller:
    return Traveller("S-1", number, "northbay", NOW - timedelta(days=days), "Leeds", chinese)


@pytest.mark.parametrize("days", [0, 0.0001, 3, 400, -0.005])
@pytest.mark.parametrize("tale", Tale)
def test_a_tale_happens_between_the_last_news_and_now_and_in_order(tale: Tale, days: float) -> None:
    parcel = a_traveller(days=days)

    events = tell(parcel, tale, seed=1, now=NOW)

    moments = [datetime.fromisoformat(event["at"]) for event in events]
    assert len(events) == len(STEPS[tale])
    assert all(min(parcel.since, NOW) - timedelta(milliseconds=1) <= moment <= NOW for moment in moments)
    assert all(one <= later for one, later in pairwise(moments))


@pytest.mark.parametrize("state", [ShipmentState.SHIPPED, ShipmentState.IN_TRANSIT])
@pytest.mark.parametrize("tale", [tale for tale in OF_TRAVELLERS if tale is not Tale.UNREADABLE])
def test_a_tale_ends_as_it_says(tale: Tale, state: ShipmentState) -> None:
    events = tell(a_traveller(), tale, seed=1, now=NOW)
    reading = own.read({"events": events}, zone=UTC)
    before = [_as_event(0, "in_transit", NOW - timedelta(days=3, minutes=1))] if state is ShipmentState.IN_TRANSIT else []
    told = [_as_event(at, str(said.status), said.occurred_at) for at, said in enumerate(reading.said, 1)]

    assert fold([*before, *told]).state == ENDS[tale]


def test_what_nobody_can_read_is_only_that() -> None:
    events = tell(a_traveller(), Tale.UNREADABLE, seed=1, now=NOW)

    assert own.read({"events": events[:-1]}, zone=UTC).said
    with pytest.raises(Unreadable):
        own.read({"events": events[-1:]}, zone=UTC)


def test_a_late_one_was_expected_before() -> None:
    reading = own.read({"events": tell(a_traveller(), Tale.LATE, seed=1, now=NOW)}, zone=UTC)
    assert [days.latest < NOW.date() for days in reading.expected] == [True]


def test_some_carriers_speak_chinese() -> None:
    events = tell(a_traveller(chinese=True), Tale.CUSTOMS, seed=1, now=NOW)
    assert (events[-1]["text"], events[-1]["place"]) == ("海关查验中", "海关")


def test_the_same_seed_tells_the_same_and_another_one_does_not() -> None:
    players = Players({"northbay": SECRET}, [a_traveller(number=f"NO{at:09}") for at in range(12)], [])

    first, again, other = (plan(players, seed=seed, now=NOW) for seed in (7, 7, 8))

    assert (first.parts, first.postings) == (again.parts, again.postings)
    assert first.postings != other.postings
    assert {part.tale for part in first.parts} == {*OF_TRAVELLERS, Tale.UNKNOWN_NUMBER}


def test_every_tale_is_told_about_as_often() -> None:
    told = Counter(choose_tales(34, seed=3))
    assert set(told) == set(OF_TRAVELLERS)
    assert set(told.values()) <= {3, 4}


def test_out_of_order_begins_with_the_end() -> None:
    events = tell(a_traveller(), Tale.OUT_OF_ORDER, seed=1, now=NOW)
    sent = [json.loads(posting.body)["events"][0]["status"] for posting, _wait in in_time(postings("northbay", events, Tale.OUT_OF_ORDER, seed=1), 0)]

    assert sent[0] == "delivered"
    assert sorted(sent) == sorted(event["status"] for event in events)


def test_a_duplicate_is_sent_again_as_it_is_and_once_more_in_another_message() -> None:
    events = tell(a_traveller(), Tale.DUPLICATE, seed=1, now=NOW)
    sent = postings("northbay", events, Tale.DUPLICATE, seed=1)

    assert Counter(Counter(posting.identity for posting in sent).values()) == {2: len(events), 1: 1}
    told = Counter(event["id"] for posting in sent for event in json.loads(posting.body)["events"])
    assert set(told.values()) == {3}


def test_speed_keeps_the_pace_of_what_is_told() -> None:
    players = Players({"northbay": SECRET}, [a_traveller()], [])
    run, waits = plan(players, seed=1, now=NOW), list[float]()

    class Deaf(Teller):
        def send(self, posting: Any) -> int:
            return int(posting.answer)

    play(run, Deaf("http://127.0.0.1:1", {}), speed=3600, wait=waits.append)

    whole = (max(one.due for one in run.postings) - min(one.due for one in run.postings)).total_seconds()
    assert sum(waits) == pytest.approx(whole / 3600)
    assert run.answers == {200: len(run.postings)}


class _Door(BaseHTTPRequestHandler):
    """Takes what is rightly signed, and keeps it."""

    kept: list[tuple[str, bytes]]
    answer = 200

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        good = is_signed_by_standard(headers, raw, SECRET) and headers["content-type"] == "application/json"
        self.kept.append((self.path, raw))
        self.send_response(self.answer if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[ThreadingHTTPServer]:
    _Door.kept, _Door.answer = [], 200
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.loopback
def test_all_is_sent_signed_to_the_door_of_its_carrier(door: ThreadingHTTPServer) -> None:
    players = Players({"northbay": SECRET}, [a_traveller(number=f"NO{at:09}") for at in range(10)], [])
    run, teller = plan(players, seed=1, now=NOW), Teller(f"http://127.0.0.1:{door.server_port}/hooks/carriers/", players.secrets)

    play(run, teller)
    teller.close()

    assert run.wrong == 1, "the door takes what a real one refuses"
    assert (run.answers, {path for path, _raw in _Door.kept}) == ({200: len(run.postings)}, {"/hooks/carriers/northbay"})
    assert Counter(raw for _path, raw in _Door.kept) == Counter(posting.body for posting in run.postings)
    assert len(describe(run)) == 1 + len(run.parts)


@pytest.mark.loopback
def test_a_wrong_secret_is_no_fine_run_and_silence_is_said(door: ThreadingHTTPServer) -> None:
    players = Players({"northbay": new_secret()}, [a_traveller()], [])
    run, teller = plan(players, seed=1, now=NOW), Teller(f"http://127.0.0.1:{door.server_port}", players.secrets)
    play(run, teller)
    door.server_close()

    assert (run.wrong, run.answers) == (len(run.postings), {401: len(run.postings)})
    with pytest.raises(Unreachable):
        Teller("http://127.0.0.1:1", players.secrets).send(run.postings[0])


def _ship(cast: Cast, *, own_format: bool = True, secret: bool = True, parcels: int = 1) -> list[Shipment]:
    carrier = cast.carrier("DHL", hook_format="own" if own_format else "")
    if secret:
        share_secret(cast.session, carrier_id=carrier.id, secret=SECRET, overlap=timedelta(), by=SYSTEM)
    return [cast.shipment(state="shipped") for _parcel in range(parcels)]


def test_the_young_parcels_of_carriers_that_can_tell_are_found(session: Session, cast: Cast) -> None:
    first, *_others = _ship(cast, parcels=3)
    packed = cast.shipment(state="packed")
    packed.carrier_id, packed.tracking_number = first.carrier_id, "JD-PACKED"
    cast.shipment(state="packed")
    session.flush()

    players = find_cast(session, most=2)

    assert players.secrets == {"DHL": SECRET}
    oldest = players.travellers[0]
    assert (oldest.reference, oldest.number) == (first.reference, first.tracking_number)
    assert (oldest.since, oldest.city) == (first.dispatched_at, "Leeds")
    assert (len(players.travellers), [one.number for one in players.packed]) == (2, ["JD-PACKED"])
    assert find_cast(session, only=["UPS"]).travellers == []
    run = plan(players, seed=1, now=clock.now())
    assert [part.ends for part in run.parts[2:]] == ["packed", "parked"]


@pytest.mark.parametrize("given", [{"own_format": False}, {"secret": False}])
def test_carriers_that_cannot_tell_are_left_alone(session: Session, cast: Cast, given: dict[str, bool]) -> None:
    _ship(cast, **given)
    assert find_cast(session).travellers == []


@pytest.mark.loopback
def test_the_command_tells_and_says_what_should_be_seen(app: Flask, cast: Cast, door: ThreadingHTTPServer) -> None:
    shipment = cast.made(lambda: _ship(cast)[0].reference)
    arguments = ["simulate", "carriers", "--seed", "3", "--parcels", "5", "--hook", f"http://127.0.0.1:{door.server_port}"]

    good = app.test_cli_runner().invoke(args=arguments)
    _Door.answer = 503
    bad = app.test_cli_runner().invoke(args=arguments)

    assert (good.exit_code, bad.exit_code) == (0, 1), good.output
    assert all(word in good.output for word in (shipment, "parked", "answers: ", " x 200"))
    assert " x 503" in bad.output


@pytest.mark.loopback
@pytest.mark.parametrize(("ship", "said"), [(None, "No carrier sends"), (0, "Dispatch one first"), (1, "does not answer")])
def test_the_command_says_why_nothing_was_told(app: Flask, cast: Cast, ship: int | None, said: str) -> None:
    if ship is not None:
        cast.made(lambda: _ship(cast, parcels=ship))
    done = app.test_cli_runner().invoke(args=["simulate", "carriers", "--hook", "http://127.0.0.1:1"])
    assert (done.exit_code, said in done.output) == (1, True)


def test_no_real_shop_is_told_tales(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_is_private", lambda _settings: False)
    done = app.test_cli_runner().invoke(args=["simulate", "carriers"])
    assert (done.exit_code, "may be real" in done.output) == (1, True)


def _as_event(number: int, status: str, at: datetime) -> TrackingEvent:
    source = EventSource.CARRIER.value
    return TrackingEvent(id=number, status=status, rank=RANK[TrackingStatus(status)], occurred_at=at, recorded_at=NOW, source=source)
