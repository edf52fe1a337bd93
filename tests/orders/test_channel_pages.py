"""Settings: channels."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from logistics.core import clock
from logistics.core.database import db
from logistics.core.panels import Panel
from logistics.orders.models import Channel
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
SHOP = {"name": "Web shop", "code": "web", "kind": "shopify", "timeout": "3", "unit": "hours", "may_wait": "y", "active": "y"}


@pytest.fixture
def admin(cast: Cast) -> FlaskClient:
    return cast.client("admin")


def saved(cast: Cast) -> dict[str, tuple[str, str, int | None, bool, bool, bool]]:
    """The channels in the database that are not there from the beginning."""

    def read() -> dict[str, Any]:
        rows = cast.session.query(Channel).where(Channel.code.not_in(("desk", "import", "api")))
        return {row.code: (row.kind, row.name, row.payment_timeout_minutes, row.may_wait, row.ship_complete, row.active) for row in rows}

    return dict(cast.made(read))


def test_a_channel_is_opened_and_its_page_follows(cast: Cast, admin: FlaskClient) -> None:
    answer = admin.post("/settings/channels/new", data=SHOP | {"code": "Web"})

    assert (answer.status_code, answer.location) == (303, "/settings/channels/web")
    assert saved(cast) == {"web": ("shopify", "Web shop", 180, True, False, True)}
    page = admin.get(answer.location).text
    assert "Orders can come from Web shop now." in page
    assert 'name="timeout" type="text" value="3"' in page
    assert '<option selected value="hours">' in page
    assert 'name="code"' not in page
    assert 'name="kind"' not in page


def test_the_list_says_what_holds_and_how_many_orders_came_lately(cast: Cast, admin: FlaskClient) -> None:
    def make() -> None:
        for days in (0, 1, 31):
            cast.order().placed_at = clock.now() - timedelta(days=days)
        cast.channel("web", name="Web <shop>", kind="shopify", payment_timeout_minutes=None, active=False)

    cast.made(make)
    page = admin.get("/settings/channels/").text
    day = (clock.now() - timedelta(days=30)).date()

    assert f'<a href="/orders/?channel=desk&amp;from={day}">2</a>' in page
    assert "14 days" in page
    assert "No time-out" in page
    assert "Web &lt;shop&gt;" in page
    assert "Closed" in page
    listed = cast.client("auditor").get(f"/orders/?channel=desk&from={day}").text
    assert listed.count("data-row-link") == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This is needed."),
        ({"name": "a\x07b"}, "control character"),
        ({"code": "web shop"}, "letters without accents"),
        ({"code": "../x"}, "letters without accents"),
        ({"code": "new"}, "a meaning of its own"),
        ({"code": "desk"}, "There is a channel with the code desk already."),
        ({"kind": "desk"}, "Not a valid choice"),
        ({"timeout": ""}, "This is needed."),
        ({"timeout": "0"}, "a whole number of 1 or more"),
        ({"timeout": "-1"}, "a whole number of 1 or more"),
        ({"timeout": "1.5"}, "a whole number of 1 or more"),
        ({"timeout": "٣"}, "a whole number of 1 or more"),
        ({"timeout": "367", "unit": "days"}, "for a year at most"),
        ({"timeout": "999999", "unit": "days"}, "for a year at most"),
        ({"unit": "weeks"}, "Not a valid choice"),
    ],
)
def test_a_wrong_channel_comes_back_with_what_was_typed(cast: Cast, admin: FlaskClient, fields: dict[str, str], said: str) -> None:
    for headers in ({}, PART):
        answer = admin.post("/settings/channels/new", data=SHOP | fields, headers=headers)
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
        assert ("<html" in answer.text) == (not headers)
        assert all(f'value="{typed}"' in answer.text for name, typed in fields.items() if name in ("timeout", "code"))
    assert saved(cast) == {}


def test_whether_prices_hold_their_tax_is_a_rule_of_channels_that_reckon_none(cast: Cast, admin: FlaskClient) -> None:
    admin.post("/settings/channels/new", data=SHOP | {"kind": "api", "code": "b2b", "tax_included": "y"})
    admin.post("/settings/channels/new", data=SHOP)
    (box,) = re.findall(r'<input[^>]*name="tax_included"[^>]*>', admin.get("/settings/channels/b2b").text)
    assert "checked" in box
    assert 'name="tax_included"' not in admin.get("/settings/channels/web").text, "Shopify reckons them itself"

    saved_without = admin.post("/settings/channels/b2b", data={"name": "B2B", "timeout": "3", "unit": "hours", "active": "y", "version": "1"})

    assert saved_without.status_code == 303
    rules = cast.made(lambda: {row.code: row.tax_included for row in cast.session.query(Channel)})
    assert (rules["desk"], rules["import"], rules["api"], rules["b2b"]) == (True, True, True, False)


def test_no_time_out_needs_no_number(cast: Cast, admin: FlaskClient) -> None:
    assert admin.post("/settings/channels/new", data=SHOP | {"timeout": "", "unit": "never"}).status_code == 303
    assert saved(cast)["web"][2] is None
    assert 'selected value="never"' in admin.get("/settings/channels/web").text


def test_a_save_that_comes_too_late_is_409_and_shows_both_values(cast: Cast, admin: FlaskClient) -> None:
    """P29."""
    admin.post("/settings/channels/new", data=SHOP)
    admin.post("/settings/channels/web", data=SHOP | {"name": "Shop", "timeout": "5", "unit": "days", "version": "1"})

    late = admin.post("/settings/channels/web", data=SHOP | {"name": "Store", "version": "1"}, headers=PART)

    assert late.status_code == 409
    assert "Name is now “Shop”; you typed “Store”." in late.text
    assert "Time to pay is now “5 days”; you typed “3 hours”." in late.text
    assert saved(cast)["web"][1:3] == ("Shop", 7200)
    assert admin.post("/settings/channels/web", data=SHOP | {"name": "Store", "version": "2"}).status_code == 303


def test_the_desk_has_no_switch_to_close_it_and_stays_open(cast: Cast, admin: FlaskClient) -> None:
    page = admin.get("/settings/channels/desk").text
    assert 'name="active"' not in page
    assert 'name="timeout" type="text" value="14"' in page

    assert admin.post("/settings/channels/desk", data={"name": "Desk", "timeout": "7", "unit": "days", "version": "1"}).status_code == 303

    with cast.app.app_context():
        desk = db.session.query(Channel).where(Channel.code == "desk").one()
        assert (desk.active, desk.payment_timeout_minutes) == (True, 7 * 1440)
    for code in ("none", "DESK", "%00", "desk%20", "x" * 300):
        assert admin.get(f"/settings/channels/{code}").status_code in (400, 404), code
    assert admin.post("/settings/channels/none", data=SHOP).status_code == 404


def test_features_above_hang_their_panels_on_its_page(cast: Cast, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def load(_session: Any, channel: Channel) -> dict[str, str]:
        seen.append(channel.code)
        return {}

    monkeypatch.setitem(cast.app.extensions, "panels", [Panel("channel", 10, "shared/ui.html", load, "channels.write")])
    assert admin.get("/settings/channels/desk").status_code == 200
    assert admin.get("/settings/channels/new").status_code == 200

    assert seen == ["desk"]


def test_the_auditor_reads_and_changes_nothing(cast: Cast) -> None:
    browser = cast.client("auditor")
    assert browser.get("/settings/channels/").status_code == 200
    page = browser.get("/settings/channels/desk").text
    assert "<fieldset" in page
    assert " disabled>" in page
    assert "Save" not in page.split('id="channel-form"')[1].split("</form>")[0]
    assert browser.get("/settings/channels/new").status_code == 403
    assert browser.post("/settings/channels/desk", data=SHOP).status_code == 403


@pytest.mark.parametrize("who", ["manager", "clerk", "picker"])
def test_channels_are_for_administrators(cast: Cast, who: str) -> None:
    browser = cast.client(who)
    assert browser.get("/settings/channels/").status_code == 403
    assert browser.post("/settings/channels/new", data=SHOP).status_code == 403
    assert saved(cast) == {}


def test_quiet_days_are_kept_as_typed_and_none_is_never(cast: Cast, admin: FlaskClient) -> None:
    def days() -> int | None:
        return cast.made(lambda: cast.session.query(Channel).filter_by(code="web").one().delivered_after_days)

    admin.post("/settings/channels/new", data=SHOP)
    assert days() == 10
    assert 'name="delivered_after_days" type="text" value="10"' in admin.get("/settings/channels/web").text

    assert admin.post("/settings/channels/web", data=SHOP | {"delivered_after_days": "21", "version": "1"}).status_code == 303
    assert days() == 21
    assert admin.post("/settings/channels/web", data=SHOP | {"delivered_after_days": "", "version": "2"}).status_code == 303
    assert days() is None

    for wrong in ("0", "366", "ten", "1.5"):
        answer = admin.post("/settings/channels/web", data=SHOP | {"delivered_after_days": wrong, "version": "3"}, headers=PART)
        assert (answer.status_code, f'value="{wrong}"' in answer.text) == (422, True), wrong
    assert days() is None
