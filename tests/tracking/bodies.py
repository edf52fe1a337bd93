"""What carriers answer and send: the recorded bodies, and bodies of those who push, written from their documentation."""

import json
from pathlib import Path
from typing import Any

from tests.samples import samples

# The folder of each format's recorded answers.
RECORDED = {"ups": "ups", "fedex": "fedex", "usps": "usps", "laposte": "laposte", "dhl": "dhl_universal", "gls": "gls"}
FULL = {
    "ups": "TrackingResponseJSON",
    "fedex": "TrackingResponse",
    "usps": "TrackingResponse",
    "laposte": "TrackingResponse",
    "dhl": "TrackingResponseJSON",
    "gls": "TrackingResponse",
}


def folder_of(form: str) -> Path:
    """Where the recorded answers of this format lie."""
    return samples("carrier_events") / RECORDED[form]


def recorded(form: str, name: str = "") -> Any:
    """A recorded answer; the one that tells most without a name."""
    return json.loads((folder_of(form) / f"{name or FULL[form]}.json").read_text())


def trackers() -> list[Any]:
    """The recorded trackers of EasyPost, in the order they were recorded."""
    return [json.loads(line) for line in (samples("easypost") / "trackers.ndjson").read_text().splitlines()]


# --- Written from the documentation that the readers name, not recorded. ---


def aftership(**changes: Any) -> dict[str, Any]:
    """A webhook of AfterShip."""
    tracking = {
        "id": "5b7658cec7c33c0e007de3c5",
        "tracking_number": "SF1234567890123",
        "slug": "sf-express",
        "tag": "InTransit",
        "subtag": "InTransit_003",
        "signed_by": None,
        "expected_delivery": "2026-11-30",
        "checkpoints": [
            {
                "slug": "sf-express",
                "created_at": "2026-11-25T02:10:00+00:00",
                "checkpoint_time": "2026-11-25T09:30:00+08:00",
                "city": "Shenzhen",
                "state": "Guangdong",
                "zip": None,
                "location": None,
                "country_name": "China",
                "country_iso3": "CHN",
                "message": "Picked up",
                "tag": "InTransit",
                "subtag": "InTransit_001",
                "hash": "b3c1",
            },
            {
                "slug": "sf-express",
                "created_at": "2026-11-26T02:10:00+00:00",
                "checkpoint_time": "2026-11-26T08:00:00",
                "city": None,
                "location": "Leeds, GB",
                "message": "Arrived at the depot",
                "tag": "InTransit",
                "subtag": "InTransit_003",
            },
        ],
    } | changes
    return {"ts": 1764144000, "event": "tracking_update", "event_id": "3a1e2f34-0d1b-4e4f-9f50-5a3f6f1c2b11", "msg": tracking}


def aftership_said(tag: str, subtag: str, **changes: Any) -> dict[str, Any]:
    """A webhook of AfterShip with one checkpoint."""
    one = {"checkpoint_time": "2026-11-26T08:00:00+00:00", "message": "So it is", "tag": tag, "subtag": subtag}
    return aftership(checkpoints=[one], **changes)


def seventeen_track(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A webhook of 17TRACK, v2.2."""
    two = [
        {
            "time_iso": "2026-11-26T14:02:00+01:00",
            "time_utc": "2026-11-26T13:02:00Z",
            "description": "Out for delivery",
            "location": "LYON",
            "stage": "OutForDelivery",
            "sub_status": "OutForDelivery_Other",
            "address": {"country": "FR", "state": None, "city": "LYON", "street": None, "postal_code": "69001"},
        },
        {
            "time_iso": "2026-11-20T10:34:35+08:00",
            "time_utc": "2026-11-20T02:34:35Z",
            "description": "Accepted",
            "location": None,
            "stage": "PickedUp",
            "sub_status": "InTransit_PickedUp",
            "address": {"country": "CN", "state": "Guangdong", "city": "Shenzhen", "postal_code": None},
        },
    ]
    known = {
        "latest_status": {"status": "OutForDelivery", "sub_status": "OutForDelivery_Other"},
        "time_metrics": {"estimated_delivery_date": {"source": "Official", "from": "2026-11-26T00:00:00+01:00", "to": "2026-11-27T00:00:00+01:00"}},
        "tracking": {"providers_hash": 1, "providers": [{"provider": {"key": 3011, "name": "China Post"}, "events": list(events) or two}]},
    } | changes
    return {"event": "TRACKING_UPDATED", "data": {"number": "RR123456785CN", "carrier": 3011, "param": None, "tag": "", "track_info": known}}


def kuaidi100(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What stands in the field `param` of a push of Kuaidi100."""
    two = [
        {
            "context": "您的快件已签收",
            "time": "2026-11-26 10:34:33",
            "ftime": "2026-11-26 10:34:33",
            "status": "本人签收",
            "statusCode": "301",
            "areaCode": "CN440300000000",
            "areaName": "广东,深圳市",
            "location": "",
        },
        {"context": "已揽收", "time": "2026-11-25 18:00:00", "ftime": "2026-11-25 18:00:00", "status": "揽收", "areaCode": None, "areaName": None},
    ]
    result = {"message": "ok", "state": "3", "status": "200", "ischeck": "1", "com": "yuantong", "nu": "YT5555508965056", "data": list(events) or two}
    return {"status": "shutdown", "billstatus": "check", "message": "", "lastResult": result | changes}


def kuaidi100_said(code: str) -> dict[str, Any]:
    """A push of Kuaidi100 with one event."""
    return kuaidi100({"context": "如此", "ftime": "2026-11-26 10:34:33", "status": "", "statusCode": code})


def easypost_said(status: str, detail: str, **changes: Any) -> dict[str, Any]:
    """A tracker of EasyPost with one detail, after the recorded ones."""
    one = {"object": "TrackingDetail", "message": "So it is", "status": status, "status_detail": detail, "datetime": "2026-11-26T08:00:00Z"}
    tracker = {"object": "Tracker", "tracking_code": "EZ1000000001", "status": status, "carrier": "USPS", "signed_by": None, "is_return": False}
    return (
        tracker
        | {"tracking_details": [one | {"tracking_location": {"city": "CHARLESTON", "state": "SC", "country": "US", "zip": "29407"}}]}
        | changes
    )


OWN = {
    "events": [
        {
            "tracking_number": "SF1234567890123",
            "id": "scan-81",
            "at": "2026-11-26T09:30:00+01:00",
            "status": "delivered",
            "text": "Handed over",
            "place": "Leeds",
            "code": "D1",
            "problem": "other",
            "expected_on": "2026-11-27",
            "signer": "M. Park",
            "proof": "self",
        },
        {"tracking_number": "SF1234567890124", "id": "scan-82", "at": "2026-11-26T09:31:00Z", "status": "in_transit"},
    ]
}
WRITTEN: dict[str, Any] = {"own": OWN, "aftership": aftership(), "17track": seventeen_track(), "kuaidi100": kuaidi100()}
