"""The customer's pages in a real window, on a phone, with and without JavaScript: both doors, and all that they do by themselves."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from logistics.core import clock
from logistics.fulfilment.models import Shipment
from logistics.orders.linking import public_link
from logistics.tracking.models import EventSource, Problem, ProofKind, TrackingStatus
from logistics.tracking.recording import Report, record, record_delivery
from tests.browser.axe import violations
from tests.browser.windows import WAIT_MS
from tests.cast import Cast

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def a_parcel(cast: Cast, sku: str, *, state: str = "shipped", email: str = "") -> tuple[str, str, str]:
    """The address of an order's page, its number, and the reference of its parcel."""

    def make() -> tuple[str, str, str]:
        cast.carrier()
        shipment: Shipment = cast.shipment(lines=[(sku, 2)], state=state, **({"email": email} if email else {}))
        return "/track/" + public_link(shipment.order).rpartition("/")[2], shipment.order.number, shipment.reference

    address, number, reference = cast.made(make)
    return str(address), str(number), str(reference)


def tell(cast: Cast, reference: str, status: TrackingStatus, *, minutes_ago: int = 1, text: str = "", problem: Problem | None = None) -> None:
    """A carrier's report."""
    moment = clock.now() - timedelta(minutes=minutes_ago)
    source_id = f"DHL:{reference}:{status}:{minutes_ago}"
    report = Report(status, moment, text=text, place="Leeds depot", problem=problem, source=EventSource.CARRIER, source_id=source_id)
    cast.made(lambda: record(cast.session, reference=reference, report=report, by=cast.actor()))


def identify(page: Page, address: str) -> None:
    """Tell a second fact."""
    page.goto(address)
    page.get_by_role("link", name="Do more").click()
    page.get_by_role("textbox", name=re.compile("E-mail, postcode")).fill("ls1 5hd")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()


@SCRIPT
def test_number_and_second_fact_lead_to_the_parcel(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    _address, number, _reference = a_parcel(cast, "DOOR-1")
    page = open_browser(None, phone=True, script=script)
    page.goto("/track")
    page.get_by_role("textbox", name="Order number").fill(number.lower())
    page.get_by_role("textbox", name=re.compile("E-mail, postcode")).fill("0002")
    page.get_by_role("button", name="Show my parcel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no parcel to show here.")

    page.get_by_role("link", name="Look it up by order number").click()
    box = page.get_by_role("textbox", name="Order number")
    expect(box).to_have_value(number.lower() if script else "")
    box.fill(number)
    page.get_by_role("textbox", name=re.compile("E-mail, postcode")).fill("0001")
    page.get_by_role("button", name="Show my parcel").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your parcel was handed to its carrier.")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()


@SCRIPT
def test_the_links_come_by_mail(cast: Cast, open_browser: Callable[..., Page], mails: Path, script: bool) -> None:
    email = f"door-{'script' if script else 'plain'}@example.com"
    address, number, _reference = a_parcel(cast, "DOOR-2", email=email)
    page = open_browser(None, phone=True, script=script)
    page.goto("/track")
    page.get_by_role("textbox", name="E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Send me the links").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    text = _mail_to(mails, email, "Your orders at")
    assert number in text
    page.goto(re.findall(r"http://\S+" + re.escape(address), text)[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Your parcel was handed to its carrier.")


@SCRIPT
def test_a_receipt_then_a_parcel_that_is_missed_then_found(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    address, _number, _reference = a_parcel(cast, "SELF-1")
    page = open_browser(None, phone=True, script=script)
    identify(page, address)

    page.get_by_role("link", name="I have got it").click()
    page.get_by_role("button", name="Yes, I have got it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order was delivered.")
    expect(page.get_by_text("We have noted that it has come.")).to_be_visible()

    page.get_by_role("link", name="It did not come").click()
    page.get_by_role("textbox", name="What else should we know?").fill("It was somebody else's")
    page.get_by_role("button", name="It did not come").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your parcel was reported as not received.")

    page.get_by_role("link", name="It has come after all").click()
    page.get_by_role("button", name="Yes, I have got it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order was delivered.")


@SCRIPT
def test_the_address_is_corrected_after_a_mistake(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    address, number, reference = a_parcel(cast, "SELF-2", state="pending")
    page = open_browser(None, phone=True, script=script)
    identify(page, address)
    page.get_by_role("link", name="Correct the address").click()
    page.get_by_role("textbox", name="Street and number").fill("7 Elm Close")
    page.get_by_role("textbox", name="City").fill("York")
    page.get_by_role("textbox", name="Postcode").fill("NOWHERE")
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_role("textbox", name="Postcode")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("textbox", name="Street and number")).to_have_value("7 Elm Close")
    page.get_by_role("textbox", name="Postcode").fill("YO1 7HH")
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_text("The address is corrected.")).to_be_visible()
    expect(page.get_by_text("York")).to_be_visible()

    clerk = open_browser("clerk")
    clerk.goto(f"/orders/{number}")
    expect(clerk.locator("#order-history")).to_contain_text("Delivery address corrected")
    clerk.goto(f"/shipments/{reference}")
    expect(clerk.get_by_text("The delivery address was corrected")).to_be_visible()


@SCRIPT
def test_news_are_asked_for_confirmed_and_ended(cast: Cast, open_browser: Callable[..., Page], mails: Path, script: bool) -> None:
    address, _number, reference = a_parcel(cast, "SELF-3")
    friend = f"friend-{'script' if script else 'plain'}@example.org"
    page = open_browser(None, phone=True, script=script)
    identify(page, address)
    page.get_by_role("link", name="Get news by e-mail").click()
    page.get_by_role("textbox", name="E-mail").fill(friend)
    page.get_by_role("button", name="Send me the news").click()
    expect(page.get_by_text("We have sent a mail to that address.")).to_be_visible()

    mailbox = open_browser(None, phone=True, script=script)
    mailbox.goto(re.findall(r"http://\S+/updates/\S+", _mail_to(mails, friend, "Do you want news"))[0])
    mailbox.get_by_role("button", name="Yes, send me the news").click()
    expect(mailbox.get_by_role("heading", level=1)).to_contain_text("News of this order go to f•••@e•••.")

    tell(cast, reference, TrackingStatus.OUT_FOR_DELIVERY)
    mailbox.goto(re.findall(r"http://\S+/updates/\S+", _mail_to(mails, friend, "Your parcel is out for delivery."))[0])
    mailbox.get_by_role("button", name="End the news").click()
    expect(mailbox.get_by_role("heading", level=1)).to_contain_text("No more news go to")


def test_what_happens_is_shown_while_one_looks_and_what_is_typed_stays(cast: Cast, open_browser: Callable[..., Page]) -> None:
    address, _number, reference = a_parcel(cast, "LIVE-1")
    page = open_browser(None, phone=True)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your parcel was handed to its carrier.")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "30")

    tell(cast, reference, TrackingStatus.OUT_FOR_DELIVERY, text="On the van")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your parcel is out for delivery.")
    expect(page.locator("[data-announce]")).to_have_text("Your parcel is out for delivery.")
    expect(page.get_by_role("region", name="What happened so far")).to_contain_text("On the van")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "10")

    tell(cast, reference, TrackingStatus.DELIVERED, minutes_ago=0)
    # Nobody calls it now: the page asks by itself.
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order was delivered.")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "0")


def test_an_open_page_that_shows_nothing_new_costs_304s(cast: Cast, open_browser: Callable[..., Page]) -> None:
    address, _number, _reference = a_parcel(cast, "LIVE-2")
    page = open_browser(None, phone=True)
    page.goto(address)

    with page.expect_response(lambda answer: answer.url.endswith(address)) as first:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    assert first.value.status == 304
    expect(page.locator("[data-checked]")).to_have_text(re.compile(r"\d\d:\d\d UTC"))


def test_on_paper_there_is_what_one_wants_to_keep(cast: Cast, open_browser: Callable[..., Page]) -> None:
    address, number, _reference = a_parcel(cast, "PAPER-1")
    page = open_browser(None)
    identify(page, address)

    page.emulate_media(media="print")

    expect(page.get_by_text(f"Order {number}").first).to_be_visible()
    expect(page.get_by_text("Paper-1 thing")).to_be_visible()
    for gone in (page.get_by_text("English"), page.get_by_text("What you can do"), page.locator("[data-copy]")):
        expect(gone.first).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_axe_finds_nothing_wrong_behind_the_second_door(cast: Cast, open_browser: Callable[..., Page], language: str) -> None:
    road, _number, reference = a_parcel(cast, "AXE-P")
    tell(cast, reference, TrackingStatus.HELD_UP, text="Waiting for papers", problem=Problem.CUSTOMS)
    arrived, _number, delivered = a_parcel(cast, "AXE-P")
    cast.made(lambda: _deliver(cast, delivered))
    early, _number, _reference = a_parcel(cast, "AXE-P", state="pending")
    page = open_browser(None, phone=True)
    for address in (road, arrived, early):
        identify(page, address)

    found = []
    nouns = {road: ("", "/receipt", "/updates"), arrived: ("", "/problem"), early: ("", "/address", "/identity")}
    for address, pages in nouns.items():
        for noun in pages:
            page.goto(f"{address}{noun}?lang={language}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            found += violations(page)

    assert not found, "\n".join(found)


def _deliver(cast: Cast, reference: str) -> None:
    now = clock.now()
    record_delivery(cast.session, reference=reference, signer="Nora Quill", kind=ProofKind.NEIGHBOUR, occurred_at=now, by=cast.actor())
    assert cast.session.scalars(select(Shipment.state).where(Shipment.reference == reference)).one() == "delivered"


def _mail_to(folder: Path, address: str, begins: str) -> str:
    """The text of the mail to this address whose first line begins so, once the worker has sent it."""
    end = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < end:
        for file in folder.rglob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            part = mail.get_body(("plain",))
            text = str(part.get_content()) if part is not None else ""
            if mail["To"] == address and text.startswith(begins):
                return text
        time.sleep(0.3)
    raise AssertionError(f"no mail to {address} that begins with {begins}")
