"""Bodies of AfterShip, 17TRACK and Kuaidi100, written from their documentation and not recorded; and codes that no recorded body has."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from logistics.core.refusals import NotFound
from logistics.fulfilment.models import HookFormat
from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading import fedex, gls, laposte, seventeen_track, ups, usps
from logistics.tracking.reading.formats import READERS, read
from logistics.tracking.reading.meanings import UNKNOWN, Meaning
from logistics.tracking.reading.saying import Expected, Reading, Said, Unreadable
from tests.tracking import bodies
from tests.tracking.bodies import aftership, aftership_said, easypost_said, kuaidi100, kuaidi100_said, recorded
from tests.tracking.bodies import seventeen_track as tracked

S, P = TrackingStatus, Problem
LEEDS, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")


def said(form: str, body: Any) -> tuple[Said, ...]:
    return read(form, body, zone=LEEDS).said


# --- AfterShip ---


def test_checkpoints_of_aftership_are_told_one_by_one() -> None:
    told = read("aftership", aftership(), zone=LEEDS)
    first, second = told.said

    assert (first.tracking_number, first.carrier, first.event_id) == ("SF1234567890123", "sf-express", "b3c1")
    assert (first.status, first.code, first.place) == (S.IN_TRANSIT, "InTransit_001", "Shenzhen, Guangdong, China")
    assert first.occurred_at.isoformat() == "2026-11-25T09:30:00+08:00"
    assert (second.place, second.event_id) == ("Leeds, GB", "")
    assert second.occurred_at.isoformat() == "2026-11-26T08:00:00+00:00", "without an offset: where the carrier is"
    assert told.expected == (Expected("SF1234567890123", date(2026, 11, 30), date(2026, 11, 30), "sf-express"),)


@pytest.mark.parametrize(
    ("tag", "subtag", "status", "problem", "proof"),
    [
        ("InfoReceived", "InfoReceived_001", S.LABEL_CREATED, None, None),
        ("OutForDelivery", "OutForDelivery_001", S.OUT_FOR_DELIVERY, None, None),
        ("AvailableForPickup", "AvailableForPickup_001", S.READY_FOR_PICKUP, None, None),
        ("AttemptFail", "AttemptFail_002", S.ATTEMPT_FAILED, P.ABSENT, None),
        ("Delivered", "Delivered_001", S.DELIVERED, None, None),
        ("Delivered", "Delivered_002", S.DELIVERED, None, ProofKind.SELF),
        ("Delivered", "Delivered_003", S.DELIVERED, None, ProofKind.SELF),
        ("Delivered", "Delivered_004", S.DELIVERED, None, ProofKind.COD),
        ("Delivered", "Delivered_005", S.DELIVERED, None, None),
        ("Exception", "Exception_003", S.HELD_UP, P.REFUSED, None),
        ("Exception", "Exception_004", S.HELD_UP, P.CUSTOMS, None),
        ("Exception", "Exception_007", S.HELD_UP, P.ADDRESS, None),
        ("Exception", "Exception_008", S.HELD_UP, P.NOT_COLLECTED, None),
        ("Exception", "Exception_010", S.RETURNING, None, None),
        ("Exception", "Exception_011", S.RETURNED_TO_SENDER, None, None),
        ("Exception", "Exception_012", S.HELD_UP, P.DAMAGED, None),
        ("Exception", "Exception_013", S.LOST, None, None),
        ("Exception", "Exception_017", S.HELD_UP, P.WEATHER, None),
        ("Exception", "Exception_999", S.HELD_UP, P.OTHER, None),
        ("Teleported", "Teleported_001", None, None, None),
    ],
)
def test_sub_statuses_of_aftership(tag: str, subtag: str, status: Any, problem: Any, proof: Any) -> None:
    one = said("aftership", aftership_said(tag, subtag))[0]

    assert (one.status, one.problem, one.proof, one.code) == (status, problem, proof, subtag)


def test_who_signed_stands_beside_the_last_delivery() -> None:
    one = said("aftership", aftership_said("Delivered", "Delivered_003", signed_by=" M.\tPark\x00 "))[0]

    assert (one.signer, one.proof) == ("M. Park", ProofKind.SELF)


def test_the_carrier_may_promise_a_range() -> None:
    word = {"estimated_delivery_date": None, "estimated_delivery_date_min": "2026-11-28", "estimated_delivery_date_max": "2026-12-01T00:00:00+01:00"}

    told = read("aftership", aftership(courier_estimated_delivery_date=word), zone=LEEDS)

    assert told.expected == (Expected("SF1234567890123", date(2026, 11, 28), date(2026, 12, 1), "sf-express"),)


# --- 17TRACK ---


def test_events_of_17track_are_told_one_by_one() -> None:
    told = read("17track", tracked(), zone=LEEDS)

    assert [(one.status, one.code, one.place, one.carrier) for one in told.said] == [
        (S.OUT_FOR_DELIVERY, "OutForDelivery_Other", "LYON", "3011"),
        (S.IN_TRANSIT, "InTransit_PickedUp", "Shenzhen, Guangdong, CN", "3011"),
    ]
    assert [one.occurred_at.isoformat() for one in told.said] == ["2026-11-26T14:02:00+01:00", "2026-11-20T10:34:35+08:00"]
    assert told.expected == (Expected("RR123456785CN", date(2026, 11, 26), date(2026, 11, 27), "3011"),)


def test_a_day_that_17track_reckoned_itself_is_not_the_carriers_word() -> None:
    metrics = {"estimated_delivery_date": {"source": "17TRACK", "from": "2026-11-26T00:00:00+01:00", "to": None}}

    assert read("17track", tracked(time_metrics=metrics), zone=LEEDS).expected == ()


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [
        ("DeliveryFailure_NoBody", S.ATTEMPT_FAILED, P.ABSENT),
        ("DeliveryFailure_Rejected", S.ATTEMPT_FAILED, P.REFUSED),
        ("DeliveryFailure_InvalidAddress", S.ATTEMPT_FAILED, P.ADDRESS),
        ("Exception_Returning", S.RETURNING, None),
        ("Exception_Returned", S.RETURNED_TO_SENDER, None),
        ("Exception_Rejected", S.HELD_UP, P.REFUSED),
        ("Exception_Lost", S.LOST, None),
        ("InTransit_CustomsRequiringInformation", S.HELD_UP, P.CUSTOMS),
        ("Expired_Other", S.IN_TRANSIT, P.DELAYED),
        ("Exception_Abducted", None, None),
    ],
)
def test_sub_statuses_of_17track(code: str, status: Any, problem: Any) -> None:
    one = said("17track", tracked({"time_utc": "2026-11-26T13:02:00Z", "sub_status": code, "stage": None}))[0]

    assert (one.status, one.problem, one.code) == (status, problem, code)


def test_that_17track_stops_to_look_says_nothing() -> None:
    stopped = {"event": "TRACKING_STOPPED", "data": {"number": "RR123456785CN", "carrier": 3011, "param": None, "tag": None}}

    assert read("17track", stopped, zone=LEEDS) == Reading()


# --- Kuaidi100 ---


def test_events_of_kuaidi100_stand_in_the_zone_of_the_carrier() -> None:
    told = read("kuaidi100", kuaidi100(), zone=SHANGHAI)

    assert [(one.status, one.code, one.proof, one.place) for one in told.said] == [
        (S.DELIVERED, "301", ProofKind.SELF, "广东,深圳市"),
        (S.IN_TRANSIT, "1", None, ""),
    ]
    assert [one.occurred_at.isoformat() for one in told.said] == ["2026-11-26T10:34:33+08:00", "2026-11-25T18:00:00+08:00"]
    assert {(one.tracking_number, one.carrier) for one in told.said} == {("YT5555508965056", "yuantong")}


@pytest.mark.parametrize(
    ("code", "status", "problem", "proof"),
    [
        ("0", S.IN_TRANSIT, None, None),
        ("2", S.HELD_UP, P.OTHER, None),
        ("4", S.RETURNED_TO_SENDER, None, None),
        ("5", S.OUT_FOR_DELIVERY, None, None),
        ("6", S.RETURNING, None, None),
        ("13", S.HELD_UP, P.CUSTOMS, None),
        ("14", S.HELD_UP, P.REFUSED, None),
        ("303", S.DELIVERED, None, ProofKind.NEIGHBOUR),
        ("304", S.DELIVERED, None, ProofKind.LOCKER),
        ("501", S.READY_FOR_PICKUP, None, None),
        ("205", S.HELD_UP, P.NOT_COLLECTED, None),
        ("209", S.HELD_UP, P.DAMAGED, None),
        ("401", None, None, None),
    ],
)
def test_states_of_kuaidi100(code: str, status: Any, problem: Any, proof: Any) -> None:
    one = said("kuaidi100", kuaidi100_said(code))[0]

    assert (one.status, one.problem, one.proof, one.code) == (status, problem, proof, code)


def test_an_answer_of_kuaidi100_is_the_inner_part_of_a_push() -> None:
    assert said("kuaidi100", kuaidi100()["lastResult"]) == said("kuaidi100", kuaidi100())


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}, "500: 查询无结果，请隔段时间再查"),
        ({"status": "abort", "message": "3天查询无记录", "lastResult": None}, "abort: 3天查询无记录"),
    ],
)
def test_that_kuaidi100_knows_nothing_is_a_fault(body: Any, fault: str) -> None:
    assert read("kuaidi100", body, zone=SHANGHAI).fault == fault


# --- EasyPost, and codes that no recorded body has ---


@pytest.mark.parametrize(
    ("status", "detail", "expected", "problem"),
    [
        ("available_for_pickup", "arrived_at_pickup_location", S.READY_FOR_PICKUP, None),
        ("return_to_sender", "return", S.RETURNING, None),
        ("failure", "address_correction", S.HELD_UP, P.ADDRESS),
        ("failure", "refused", S.ATTEMPT_FAILED, P.REFUSED),
        ("in_transit", "weather_delay", S.HELD_UP, P.WEATHER),
        ("in_transit", "lost", S.LOST, None),
        ("delivered", "damaged", S.DELIVERED, None),
        ("vanished", "", None, None),
    ],
)
def test_details_of_easypost(status: str, detail: str, expected: Any, problem: Any) -> None:
    one = said("easypost", easypost_said(status, detail))[0]

    assert (one.status, one.problem) == (expected, problem)
    assert one.place == "CHARLESTON, SC, 29407, US"


def test_a_parcel_that_comes_back_is_not_delivered_but_returned() -> None:
    assert said("easypost", easypost_said("delivered", "arrived_at_destination", is_return=True))[0].status is S.RETURNED_TO_SENDER
    assert said("easypost", easypost_said("in_transit", "in_transit", is_return=True))[0].status is S.RETURNING


def test_news_of_something_else_says_nothing() -> None:
    assert said("easypost", {"object": "Event", "description": "batch.updated", "result": {"object": "Batch"}}) == ()


def test_ups_says_more_in_its_status_code() -> None:
    body = recorded("ups")
    package = body["trackResponse"]["shipment"][0]["package"][0]
    rows = [("I", "021", S.OUT_FOR_DELIVERY, None), ("X", "064", S.ATTEMPT_FAILED, P.REFUSED), ("X", "052", S.HELD_UP, P.WEATHER)]
    rows += [("D", "011", S.DELIVERED, None), ("RS", "", S.RETURNING, None), ("I", "034", S.RETURNED_TO_SENDER, None), ("ZZ", "", None, None)]
    days = {"date": "20210210", "time": "071356", "gmtOffset": "-05:00"}
    package["activity"] = [days | {"status": {"type": kind, "statusCode": code}} for kind, code, *_ in rows]
    package["deliveryInformation"]["location"] = "Neighbor"

    told = said("ups", body)

    assert [(one.status, one.problem) for one in told] == [(status, problem) for _kind, _code, status, problem in rows]
    assert told[3].occurred_at.isoformat() == "2021-02-10T07:13:56-05:00"
    assert [(one.signer, one.proof) for one in told if one.signer] == [("163000", ProofKind.NEIGHBOUR)]


def test_ups_promises_the_day_it_moved_the_delivery_to() -> None:
    body = recorded("ups")
    dates = [{"type": "SDD", "date": "20210212"}, {"type": "RDD", "date": "20210215"}]
    body["trackResponse"]["shipment"][0]["package"][0]["deliveryDate"] = dates

    assert read("ups", body, zone=LEEDS).expected == (Expected("string", date(2021, 2, 15), date(2021, 2, 15)),)


def test_fedex_tells_the_reason_of_a_try() -> None:
    body = recorded("fedex")
    event = body["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"][0]
    event |= {"eventType": "DE", "exceptionCode": "07", "exceptionDescription": "Refused by recipient"}

    one = said("fedex", body)[0]

    assert (one.status, one.problem, one.text) == (S.ATTEMPT_FAILED, P.REFUSED, "Refused by recipient")


def test_usps_tells_who_took_it_in() -> None:
    body = recorded("usps")
    body["trackingEvents"][0] |= {"eventType": "Delivered, Left with Individual", "name": "M PARK"}

    one = said("usps", body)[0]

    assert (one.signer, one.proof) == ("M PARK", ProofKind.SELF)


def test_a_code_that_is_in_no_table_has_no_status_and_keeps_its_code() -> None:
    body = recorded("laposte")
    body[0]["shipment"]["event"][0]["code"] = "XX9"

    one = said("laposte", body)[0]

    assert (one.status, one.code) == (None, "XX9")


# --- All of them ---


def test_every_hook_has_its_reader_but_our_own() -> None:
    assert {form.value for form in HookFormat} - {"", HookFormat.OWN.value} <= set(READERS)


def test_no_other_format_is_read() -> None:
    with pytest.raises(NotFound):
        read("pigeon", {}, zone=LEEDS)


TABLES = [ups.TYPES, ups.STATUS_CODES, usps.EVENT_CODES, fedex.EVENT_TYPES, laposte.EVENT_CODES, gls.STAGES, seventeen_track.SUB_STATUSES]


@pytest.mark.parametrize("table", TABLES)
def test_what_a_table_holds_is_known(table: dict[str, Meaning]) -> None:
    assert UNKNOWN not in table.values()


@pytest.mark.parametrize(
    ("form", "body", "place"),
    [
        ("ups", {}, "trackResponse"),
        ("ups", {"trackResponse": {"shipment": [{}]}}, "trackResponse/shipment"),
        ("ups", {"trackResponse": {"shipment": [{"package": [{"trackingNumber": "é"}]}]}}, "trackResponse/shipment/0/package/0/trackingNumber"),
        ("fedex", {"output": {"completeTrackResults": [None]}}, "output/completeTrackResults/0"),
        ("usps", {"trackingNumber": "1"}, "trackingEvents"),
        ("usps", {"trackingNumber": "1", "trackingEvents": [{"eventTimestamp": "2024-02-30T09:00:00"}]}, "trackingEvents/0/eventTimestamp"),
        ("laposte", [{"shipment": {"idShip": "", "event": []}}], "0/shipment/idShip"),
        ("easypost", {"object": "Shipment"}, "object"),
        ("aftership", {"msg": {"tracking_number": "1", "checkpoints": [{"tag": "InTransit"}]}}, "msg/checkpoints/0/checkpoint_time"),
        ("17track", {"event": "?"}, "event"),
        ("kuaidi100", {"lastResult": {"nu": "1", "data": {}}}, "lastResult/data"),
        ("kuaidi100", [], "/"),
        ("gls", {"parcels": []}, "parcels"),
        ("dhl", {"shipments": [{"id": 1, "events": [{"timestamp": None}]}]}, "shipments/0/events/0/timestamp"),
    ],
)
def test_what_is_missing_is_named(form: str, body: Any, place: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(form, body, zone=LEEDS)

    assert refusal.value.message.startswith(f"{place}: ")
    assert [error.pointer for error in refusal.value.errors] == [place]


@pytest.mark.parametrize(
    "wrong",
    [
        *["2024-11-22", "20241122", "2026-W01-1", "1e12", 1732283880, 1732283880000, True, None, [], {}, "", " ", "now"],
        *["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2024-11-22T23:59:60Z", "2024-11-22T24:00:00Z", "2024-02-30T10:00:00Z"],
        *["2024-11-22T10:00:00+99:00", "٢٠٢٤-11-22T10:00:00Z"],
    ],
)
def test_an_absurd_time_is_refused(wrong: Any) -> None:
    body = bodies.aftership()
    body["msg"]["checkpoints"][0]["checkpoint_time"] = wrong

    with pytest.raises(Unreadable, match="msg/checkpoints/0/checkpoint_time"):
        read("aftership", body, zone=LEEDS)


def test_texts_are_tidied_and_bounded() -> None:
    body = aftership_said("InTransit", "X" * 100)
    body["msg"]["checkpoints"][0] |= {"message": "a\x00b\u202ec\r\n" + "语" * 900, "location": "L" * 900, "slug": "s\x07" + "l" * 90}

    one = said("aftership", body)[0]

    assert one.text.startswith("a b c 语")
    assert (len(one.text), len(one.place), len(one.code), len(one.carrier)) == (500, 200, 60, 60)
