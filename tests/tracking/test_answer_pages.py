"""What a carrier answered is looked over first and taken then: pasted, or as a file."""

import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from logistics.core.keys import new_key
from tests.cast import Cast
from tests.tracking.test_tracking_pages import PART, events, state_of

PAGE = "/tracking/answers/new"
# Written after the recorded answer of La Poste; its number is that of the parcel.
NUMBER = "EW112720413FR"


def answer(*codes: str, number: str = NUMBER) -> list[dict[str, Any]]:
    """What La Poste says of a parcel, latest first."""
    told = [{"code": code, "label": f"Étape <{code}>", "date": f"2026-11-{20 + len(codes) - at}T09:38:00+01:00"} for at, code in enumerate(codes)]
    return [
        {
            "lang": "fr_FR",
            "returnCode": 200,
            "shipment": {"idShip": number, "isFinal": False, "event": told, "estimDate": "2026-11-30T00:00:00+01:00"},
        }
    ]


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


@pytest.fixture
def reference(cast: Cast) -> str:
    """A parcel on its way with La Poste."""

    def make() -> str:
        shipment = cast.shipment(state="shipped")
        carrier = cast.carrier("colissimo", name="La Poste", timezone="Europe/Paris")
        shipment.carrier_id, shipment.tracking_number = carrier.id, NUMBER
        cast.session.flush()
        return shipment.reference

    return str(cast.made(make))


def fields(body: Any, **more: str) -> dict[str, str]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"carrier": "colissimo", "answer_format": "", "answer": text, "form_key": new_key(), **more}


def test_the_page_of_a_parcel_leads_to_the_form_for_its_carrier(clerk: FlaskClient, reference: str) -> None:
    assert f'href="{PAGE}?shipment={reference}"' in clerk.get(f"/shipments/{reference}").text
    assert '<option selected value="colissimo">' in clerk.get(f"{PAGE}?shipment={reference}").text
    assert clerk.get(f"{PAGE}?shipment=S-0000-0000").status_code == 200


@pytest.mark.parametrize("headers", [{}, PART])
def test_it_is_looked_over_and_nothing_is_kept_yet(cast: Cast, clerk: FlaskClient, reference: str, headers: dict[str, str]) -> None:
    shown = clerk.post(PAGE, data=fields(answer("MD2", "DO3", "XX9")), headers=headers)

    assert shown.status_code == 200
    assert events(cast) == []
    told = re.sub(r"\s+", " ", shown.text)
    for words in (
        "Out for delivery",
        "Held up",
        "Held by customs",
        "Unknown code",
        "XX9",
        "Étape &lt;MD2&gt;",
        "23 Nov 2026, 09:38 UTC+1",
        reference,
    ):
        assert words in told
    assert f"{NUMBER} is expected on" in told
    assert 'name="take"' in told


@pytest.mark.parametrize("headers", [{}, PART])
def test_what_was_looked_over_is_taken_once(cast: Cast, clerk: FlaskClient, reference: str, headers: dict[str, str]) -> None:
    form = fields(answer("MD2", "ET1"), take="1")

    answers = [clerk.post(PAGE, data=form, headers=headers) for _press in range(2)]

    assert {one.status_code for one in answers} == ({200} if headers else {303})
    assert sorted(row[0] for row in events(cast)) == ["in_transit", "out_for_delivery"]
    assert state_of(cast, reference) == "out_for_delivery"
    assert "2 events are new." in clerk.get(PAGE).text


def test_the_same_answer_again_brings_nothing_new(cast: Cast, clerk: FlaskClient, reference: str) -> None:
    clerk.post(PAGE, data=fields(answer("ET1"), take="1"))

    clerk.post(PAGE, data=fields(answer("MD2", "ET1"), take="1"))

    page = clerk.get(PAGE).text
    assert ("1 event is new." in page, "1 was known." in page) == (True, True)
    assert len(events(cast)) == 2


def test_what_is_about_no_parcel_of_ours_says_so(clerk: FlaskClient, reference: str) -> None:
    shown = clerk.post(PAGE, data=fields(answer("ET1", number="EW000000005FR")))

    assert "not known here" in shown.text
    assert "1 event is about no parcel that we know under this number." in shown.text


def test_a_file_takes_the_place_of_what_is_pasted(clerk: FlaskClient, reference: str) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(answer("ET1")).encode()

    shown = clerk.post(PAGE, data=fields("") | {"file": (io.BytesIO(content), "answer.json")}, content_type="multipart/form-data")

    assert (shown.status_code, "On its way" in shown.text) == (200, True)
    assert "EW112720413FR" in shown.text.split('name="answer" hidden>')[1], "what is taken is what was shown"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answer": ""}, "Paste the answer, or choose a file."),
        ({"answer": "é" * 105_000}, "An answer has at most 200 KB."),
        ({"answer": "{"}, "This is not JSON from line 1"),
        ({"answer": '{"a": NaN}'}, "is no number in JSON"),
        ({"answer": "{}"}, "shipment: An object is missing here."),
        ({"answer": '[{"shipment": {"idShip": "1", "event": [{"date": "yesterday"}]}}]'}, "0/shipment/event/0/date: Write the time like"),
        ({"answer": '"\\ud800"', "answer_format": "ups"}, "half of a character"),
        ({"answer_format": "pigeon"}, "Not a valid choice"),
        ({"carrier": "nobody"}, "Not a valid choice"),
        ({"carrier": "pigeons"}, "Choose the format of the answer."),
    ],
)
def test_what_cannot_be_read_is_said_and_stays(cast: Cast, clerk: FlaskClient, reference: str, changes: dict[str, str], said: str) -> None:
    cast.made(lambda: cast.carrier("pigeons", name="By pigeon"))
    for take in ({}, {"take": "1"}):
        form = fields(answer("ET1")) | changes | take
        # A form of many kilobytes comes in parts, as the browser sends it.
        shown = clerk.post(PAGE, data=form, headers=PART, content_type="multipart/form-data")
        assert (shown.status_code, said in shown.text) == (422, True)
    assert events(cast) == []


def test_a_file_that_is_no_text_is_refused(clerk: FlaskClient, reference: str) -> None:
    data = fields("") | {"file": (io.BytesIO(b"\xff\xfe\x00{"), "answer.json")}

    shown = clerk.post(PAGE, data=data, content_type="multipart/form-data")

    assert (shown.status_code, "The file is not text in UTF-8." in shown.text) == (422, True)


def test_that_the_carrier_knows_nothing_is_said_and_there_is_nothing_to_take(clerk: FlaskClient, reference: str) -> None:
    shown = clerk.post(PAGE, data=fields({"returnCode": 404, "returnMessage": "Ressource <non> trouvée"}))

    assert "404: Ressource &lt;non&gt; trouvée" in shown.text
    assert 'name="take"' not in shown.text


def test_who_may_not_record_may_not_take_answers(cast: Cast) -> None:
    assert cast.client("auditor").get(PAGE).status_code == 403
