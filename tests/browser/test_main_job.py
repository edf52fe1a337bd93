"""The whole main job in real windows: an order from the telephone to the doorstep, while its customer looks on."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from logistics.staff.models import Staff
from logistics.staff.signing_in import hash_password
from tests.browser.furnishing import shelve
from tests.browser.windows import WAIT_MS
from tests.browser.words import Words
from tests.cast import PASSWORD, Cast


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh_Hans", True)], ids=["english-desk", "chinese-phone"])
def test_an_order_goes_from_the_clerk_to_the_doorstep_while_its_customer_looks_on(
    cast: Cast, mails: Path, open_browser: Callable[..., Page], look: Callable[[Page, str], None], language: str, phone: bool
) -> None:
    names = Names(language)
    cast.made(lambda: _furnish(cast, names))
    job = Job(Words(language), names, look)

    clerk = open_browser(None, phone=phone, language=language)
    job.sign_in(clerk, names.clerk, wanted="/orders/")
    number = job.take_order(clerk)
    job.record_transfer(clerk)

    customer = open_browser(None, phone=True, language=language)
    job.watch_parcel(customer, _link_in(_mails_to(mails, names.email, 2)[-1]))

    picker = open_browser(None, phone=phone, language=language)
    job.sign_in(picker, names.picker, wanted="/")
    job.pick(picker, number)
    job.pack_and_dispatch(picker)
    expect(customer.get_by_role("heading", level=1)).to_have_text(job.words("Your parcel was handed to its carrier."))
    job.look(customer, "15-customer-shipped")

    expect(clerk.locator("#order-status")).to_have_text(job.words("Shipped"))
    job.record_transit(clerk)
    expect(customer.get_by_text("Wakefield")).to_be_visible()
    job.record_delivery(clerk)
    expect(clerk.locator("#order-status")).to_have_text({"en": "Delivered", "zh_Hans": "已签收"}[language])
    job.look(clerk, "18-delivered")
    expect(customer.get_by_role("heading", level=1)).to_have_text(job.words("Your order was delivered."))
    job.look(customer, "19-customer-delivered")
    assert customer.evaluate("window.notReloaded"), "the customer's page was loaded anew"
    assert len(_mails_to(mails, names.email, 4)) == 4, "received, confirmed, shipped and delivered are told"


class Names:
    """Who and what there is in one run of the job."""

    def __init__(self, language: str) -> None:
        self.clerk, self.picker = f"clerk-{language}@lamp.example", f"picker-{language}@lamp.example"
        self.lamp, self.shade, self.other = (f"{thing}-{language.upper()}" for thing in ("LAMP", "SHADE", "VASE"))
        self.customer = {"en": "Nora Quill", "zh_Hans": "张伟"}[language]
        self.email = f"customer-{language}@example.com"


class Job:
    """The steps, told in one language."""

    def __init__(self, words: Words, names: Names, look: Callable[[Page, str], None]) -> None:
        self.words, self.names, self.look = words, names, look

    def sign_in(self, page: Page, email: str, *, wanted: str) -> None:
        page.goto(wanted)
        expect(page.get_by_role("heading", level=1)).to_have_text(self.words("Sign in"))
        self.look(page, "01-sign-in")
        self.fill(page, "E-mail", email)
        self.fill(page, "Password", PASSWORD)
        page.get_by_role("button", name=self.words("Sign in")).click()
        page.wait_for_url(f"**{wanted}")

    def take_order(self, page: Page) -> str:
        self.look(page, "02-orders")
        page.get_by_role("link", name=self.words("New order")).first.click()
        expect(page.get_by_role("combobox", name=self.words("Who orders?"))).to_be_focused()
        self.look(page, "03-new-order")
        self.fill(page, "Name", self.names.customer)
        self.fill(page, "Phone", "+44 113 496 0123")
        self.fill(page, "E-mail", self.names.email)
        self.fill(page, "Street and number", "7 Wharf Street")
        self.fill(page, "Postcode", "LS2 7EQ")
        self.fill(page, "City", "Leeds")
        page.get_by_role("combobox", name=self.words("Country"), exact=True).select_option("GB")
        page.get_by_role("combobox", name=self.words("Language of the messages"), exact=True).select_option(self.words.language)
        self.choose(page, 0, typed=self.names.lamp[:3].lower(), product=self.names.lamp)
        page.get_by_role("textbox", name=self.words("Quantity"), exact=True).first.fill("2")
        self.choose(page, 1, typed="shade thing", product=self.names.shade)
        expect(page.locator("#totals")).to_contain_text("48.00")
        self.look(page, "05-order-typed")
        page.get_by_role("button", name=self.words("Place order")).click()
        page.wait_for_url(re.compile(r"/orders/[0-9A-Z-]+$"))
        expect(page.locator("#order-status")).to_have_text(self.words("Unpaid"))
        self.look(page, "06-placed")
        return page.url.rpartition("/")[2]

    def choose(self, page: Page, line: int, *, typed: str, product: str) -> None:
        box = page.get_by_role("combobox", name=self.words("Product"), exact=True).nth(line)
        box.press_sequentially(typed)
        option = page.get_by_role("option").filter(has_text=product)
        expect(option).to_be_visible()
        self.look(page, f"04-found-{line}")
        option.click()
        expect(page.get_by_text(self.words("%(count)s available", count=9)).filter(visible=True)).to_have_count(line + 1)

    def record_transfer(self, page: Page) -> None:
        due = page.get_by_role("form", name=self.words("Record a transfer"))
        self.fill(due, "Reference on the bank statement", f"BANK {self.names.clerk}")
        due.get_by_role("button", name=self.words("Record a transfer")).click()
        expect(page.locator("#order-status")).to_have_text(self.words("Paid"))
        expect(page.locator("#shipments")).to_contain_text(self.words("Ready to pick"))
        self.look(page, "07-paid")

    def watch_parcel(self, page: Page, link: str) -> None:
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text(self.words("We are preparing your order."))
        page.evaluate("window.notReloaded = true")
        self.look(page, "08-customer-preparing")

    def pick(self, page: Page, number: str) -> None:
        self.look(page, "09-home")
        page.get_by_role("navigation").get_by_role("link", name=re.compile("^" + self.words("Fulfilment"))).click()
        board = page.locator("#to-pick")
        expect(board).to_contain_text(number)
        self.look(page, "10-board")
        board.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
        scan = page.get_by_role("textbox", name=self.words("Scan what you take, one scan for each unit"))
        expect(scan).to_be_focused()
        page.keyboard.type(self.names.lamp)
        page.keyboard.press("Enter")
        expect(page.locator("#picking-count")).to_have_text(self.words("%(picked)s of %(units)s", picked=1, units=3))
        self.look(page, "11-scanned")
        self.scan_wrong_item(page)
        page.get_by_role("button", name=self.words("One more of %(sku)s", sku=self.names.lamp)).click()
        page.get_by_role("button", name=self.words("All of %(sku)s", sku=self.names.shade)).click()
        expect(page.locator("#picking-count")).to_have_text(self.words("%(picked)s of %(units)s", picked=3, units=3))
        self.look(page, "13-picked")

    def scan_wrong_item(self, page: Page) -> None:
        expect(page.get_by_role("textbox", name=self.words("Scan what you take, one scan for each unit"))).to_be_focused()
        page.keyboard.type(self.names.other)
        page.keyboard.press("Enter")
        alarm = page.get_by_role("alertdialog", name=self.words("Wrong item"))
        expect(alarm).to_be_visible()
        self.look(page, "12-wrong-item")
        alarm.get_by_role("link", name=self.words("Understood")).click()
        expect(alarm).to_have_count(0)
        expect(page.locator("#picking-count")).to_have_text(self.words("%(picked)s of %(units)s", picked=1, units=3))
        expect(page.get_by_role("textbox", name=self.words("Scan what you take, one scan for each unit"))).to_be_focused()

    def pack_and_dispatch(self, page: Page) -> None:
        self.fill(page, "Weight of the parcel", "1250")
        page.get_by_role("button", name=self.words("Pack the parcel")).click()
        carrier = page.get_by_role("combobox", name=self.words("Carrier"), exact=True)
        expect(carrier).to_be_visible()
        self.look(page, "14-packed")
        carrier.select_option(label="Dhl")
        self.fill(page, "Tracking number", f"JD {self.names.lamp}")
        page.get_by_role("button", name=self.words("Dispatch the parcel")).click()
        expect(page.locator("#facts")).to_contain_text(self.words("Handed to carrier"))
        self.look(page, "15-dispatched")

    def record_transit(self, page: Page) -> None:
        page.get_by_role("link", name=self.words("Record an event")).click()
        form = page.get_by_role("form", name=self.words("Record an event"))
        self.fill(form, "Place", "Wakefield")
        self.look(page, "16-event-form")
        form.get_by_role("button", name=self.words("Record the event")).click()
        expect(page.locator("#tracking")).to_contain_text("Wakefield")
        self.look(page, "16-in-transit")

    def record_delivery(self, page: Page) -> None:
        page.get_by_role("link", name=self.words("Delivered, signed")).click()
        form = page.get_by_role("form", name=self.words("Record the delivery"))
        self.fill(form, "Who signed", "N. Quill")
        self.look(page, "17-delivery-form")
        form.get_by_role("button", name=self.words("Record the delivery")).click()

    def fill(self, place: Page | Locator, label: str, text: str) -> None:
        place.get_by_role("textbox", name=self.words(label), exact=True).fill(text)


def _furnish(cast: Cast, names: Names) -> None:
    for email, who in ((names.clerk, "clerk"), (names.picker, "picker")):
        like = cast.person(who)
        person = Staff(email=email, name=like.name, role=like.role, password_hash=hash_password(PASSWORD), created_at=like.created_at)
        cast.session.add(person)
    cast.carrier("DHL")
    for sku, price in ((names.lamp, 1800), (names.shade, 1200), (names.other, 900)):
        shelve(cast, sku, 9, price=price, name=f"{sku.partition('-')[0].title()} thing")


def _mails_to(folder: Path, address: str, expected: int) -> list[EmailMessage]:
    """The mails to this address, once the worker has sent so many, the oldest first."""
    end = time.monotonic() + WAIT_MS / 1000
    while True:
        files = sorted((file for file in folder.rglob("*.eml") if f"To: {address}" in file.read_text()), key=lambda file: file.stat().st_mtime)
        if len(files) >= expected or time.monotonic() > end:
            return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        time.sleep(0.2)


def _link_in(mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(r"http://\S+/track/\S+", text.get_content())
    assert found, "the mail names the page of the order"
    return found[0]
