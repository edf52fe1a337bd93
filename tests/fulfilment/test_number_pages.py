"""The number typed at dispatch: a wrong one is warned of once and can leave all the same, a scanned barcode is cut to what people know."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from tests.cast import Cast
from tests.fulfilment.test_shipment_pages import PART, a_shipment, now

GOOD, WRONG = "1Z5R89390357567127", "1Z5R89390357567128"
CHECK_DIGIT = "This does not look like a number of UPS: its check digit is wrong. Check it, or dispatch it all the same."


@pytest.fixture
def picker(cast: Cast) -> FlaskClient:
    return cast.client("picker")


@pytest.fixture
def reference(cast: Cast) -> str:
    """A packed shipment, which UPS, Royal Mail and DHL could take; DHL's numbers are not checked."""
    cast.made(lambda: cast.carrier("UPS", name="UPS", number_form="ups"))
    cast.made(lambda: cast.carrier("RM", name="Royal Mail", number_form="s10"))
    return a_shipment(cast, "packed")


def form(number: str, carrier: str = "UPS", **more: str) -> dict[str, str]:
    return {"carrier": carrier, "tracking_number": number, "form_key": new_key(), **more}


def carrier_of(cast: Cast, reference: str) -> str:
    def read() -> str:
        carrier = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one().carrier
        return carrier.code if carrier else ""

    return str(cast.made(read))


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_wrong_check_digit_is_warned_of_once_and_may_leave_all_the_same(
    cast: Cast, picker: FlaskClient, reference: str, headers: dict[str, str]
) -> None:
    address, fields = f"/shipments/{reference}/dispatch", form(WRONG)

    warned = picker.post(address, data=fields, headers=headers)

    assert (warned.status_code, CHECK_DIGIT in warned.text) == (422, True)
    assert f'value="{WRONG}"' in warned.text
    assert now(cast, reference).state == "packed"
    offered = re.search(r'name="anyway" value="([^"]+)"', warned.text)
    assert offered is not None
    sent = picker.post(address, data=fields | {"anyway": offered.group(1)}, headers=headers)
    assert sent.status_code == (200 if headers else 303)
    assert (now(cast, reference).state, now(cast, reference).tracking_number) == ("shipped", WRONG)


def test_what_was_waved_through_is_that_number_of_that_carrier_only(cast: Cast, picker: FlaskClient, reference: str) -> None:
    for fields in (form("1Z5R89390357567129", anyway=f"UPS {WRONG}"), form(WRONG, anyway=f"RM {WRONG}"), form(WRONG, anyway="yes")):
        answer = picker.post(f"/shipments/{reference}/dispatch", data=fields, headers=PART)
        assert (answer.status_code, "all the same" in answer.text) == (422, True)
    assert now(cast, reference).state == "packed"


def test_a_right_number_leaves_without_a_word(cast: Cast, picker: FlaskClient, reference: str) -> None:
    assert "all the same" not in picker.get(f"/shipments/{reference}").text

    answer = picker.post(f"/shipments/{reference}/dispatch", data=form(" 1z5r8939 0357567127 "), headers=PART)

    assert answer.status_code == 200
    assert now(cast, reference).tracking_number == GOOD


@pytest.mark.parametrize(
    ("number", "carrier", "warning"),
    [
        ("whatever", "UPS", "This does not look like a number of UPS. Check it, or dispatch it all the same."),
        (GOOD, "RM", "This looks like a number of UPS, not of Royal Mail. Check it, or dispatch it all the same."),
        ("whatever", "DHL", ""),
    ],
)
def test_a_number_of_another_form_is_warned_of(cast: Cast, picker: FlaskClient, reference: str, number: str, carrier: str, warning: str) -> None:
    answer = picker.post(f"/shipments/{reference}/dispatch", data=form(number, carrier), headers=PART)

    assert answer.status_code == (422 if warning else 200)
    assert warning in answer.text


def test_a_number_that_only_one_carrier_writes_chooses_it_and_asks_to_look(cast: Cast, picker: FlaskClient, reference: str) -> None:
    address = f"/shipments/{reference}/dispatch"

    asked = picker.post(address, data=form(GOOD, carrier=""), headers=PART)

    assert (asked.status_code, "This is a number of UPS, so it is chosen." in asked.text) == (422, True)
    assert '<option selected value="UPS">' in asked.text
    assert picker.post(address, data=form(GOOD), headers=PART).status_code == 200
    assert carrier_of(cast, reference) == "UPS"


def test_a_number_that_anybody_could_write_chooses_nobody(picker: FlaskClient, reference: str) -> None:
    answer = picker.post(f"/shipments/{reference}/dispatch", data=form("whatever", carrier=""), headers=PART)

    assert (answer.status_code, "Choose a carrier" in answer.text) == (422, True)


def test_a_scanned_barcode_is_cut_to_the_number_people_know(cast: Cast, picker: FlaskClient, reference: str) -> None:
    cast.made(lambda: cast.carrier("USPS", name="USPS", number_form="usps"))

    answer = picker.post(f"/shipments/{reference}/dispatch", data=form("420221539101026837331000039521", "USPS"), headers=PART)

    assert answer.status_code == 200
    assert now(cast, reference).tracking_number == "9101026837331000039521"


@pytest.mark.parametrize(
    ("number", "said", "chooses"),
    [
        (GOOD, "This is a number of UPS.", 'data-chooses="UPS"'),
        ("RB123456785GB", "This is a number of Royal Mail.", 'data-chooses="RM"'),
        (WRONG, "", ""),
        ("<b>" * 100, "", ""),
        ("", "", ""),
    ],
)
def test_while_it_is_typed_its_carrier_is_suggested(picker: FlaskClient, reference: str, number: str, said: str, chooses: str) -> None:
    answer = picker.get("/carriers/suggestion", query_string={"tracking_number": number}, headers=PART)

    assert answer.status_code == 200
    assert answer.text.strip().startswith('<p class="hint" id="number-hint"')
    assert (said in answer.text, chooses in answer.text, "data-chooses" in answer.text) == (True, True, bool(chooses))


def test_only_who_works_on_shipments_is_told(cast: Cast) -> None:
    assert cast.client("auditor").get("/carriers/suggestion?tracking_number=1").status_code == 403
