"""Contracting carriers: added once, edited by one at a time, let go without losing what they carried."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.fulfilment.contracting import add_carrier, change_carrier
from logistics.fulfilment.models import Carrier
from tests.cast import Cast

URL = "https://dhl.example/track?n={number}"


def add(session: Session, cast: Cast, **changed: Any) -> Carrier:
    """DHL, unless something else is asked for."""
    given = {"code": "DHL", "name": "DHL", "tracking_url": URL, "active": True, "by": cast.actor("manager"), **changed}
    return add_carrier(session, **given)


def change(session: Session, cast: Cast, **changed: Any) -> Carrier:
    """The same, saved again."""
    given = {"code": "DHL", "name": "DHL", "tracking_url": URL, "active": True, "version": 1, "by": cast.actor("manager"), **changed}
    return change_carrier(session, **given)


def test_a_carrier_is_added_and_told(session: Session, cast: Cast) -> None:
    carrier = add(session, cast)

    assert carrier.link_to("JD 1/2&x") == "https://dhl.example/track?n=JD%201%2F2%26x"
    assert carrier.link_to("") == ""
    told = session.scalars(select(EventLog).where(EventLog.name == "CarrierSaved")).one()
    assert (told.subject_id, told.data["code"]) == (carrier.id, "DHL")


@pytest.mark.parametrize("code", ["DHL", "dhl"])
def test_a_code_is_taken_whatever_its_case(session: Session, cast: Cast, code: str) -> None:
    add(session, cast)

    with pytest.raises(Invalid) as refusal:
        add(session, cast, code=code)

    assert refusal.value.errors[0].pointer == "code"
    assert session.scalar(select(func.count(Carrier.id))) == 1


def test_a_change_is_saved_and_a_second_one_from_the_same_form_refused(session: Session, cast: Cast) -> None:
    add(session, cast)

    carrier = change(session, cast, name="DHL Express")
    assert (carrier.name, carrier.version) == ("DHL Express", 2)
    with pytest.raises(Stale):
        change(session, cast, name="DHL Paket")

    assert change(session, cast, name="DHL Express").version == 2


def test_a_carrier_that_does_not_exist_cannot_be_changed(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        change(session, cast)
