"""Sessions that end while somebody looks on: the whole page goes to the door, and no form to sign in ever stands in a table."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import update

from logistics.core import clock
from logistics.staff.models import StaffSession
from tests.browser.furnishing import shelve
from tests.cast import Cast


def test_pages_that_look_for_news_after_the_session_ended_lead_to_the_door(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "GONE-1", 3), cast.order(lines=[("GONE-1", 1)]))[1].number)
    first = open_browser("manager")
    pages = {url: first.context.new_page() for url in ("/", "/orders/", f"/orders/{number}", "/fulfilment/", "/stock/")}
    for url, page in pages.items():
        page.goto(url)
        expect(page.get_by_role("navigation", name="Main navigation")).to_have_count(1)
    cast.made(lambda: _end_sessions(cast, "manager"))

    for url, page in pages.items():
        page.wait_for_url(f"**/sign-in?next={url}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        expect(page.get_by_role("navigation", name="Main navigation")).to_have_count(0)
        expect(page.get_by_role("textbox", name="E-mail")).to_have_count(1)


def test_what_is_done_after_the_session_ended_leads_to_the_door_and_changes_nothing(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "GONE-2", 3))
    page = open_browser("auditor")
    page.goto("/stock/?q=gone-2")
    page.get_by_role("searchbox", name="Search stock").focus()  # or the table looks for news, and leads to the door by itself
    cast.made(lambda: _end_sessions(cast, "auditor"))
    page.get_by_role("link", name="Low stock").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("table")).to_have_count(0)


def test_signing_out_elsewhere_leads_to_the_door_from_a_form_being_sent(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "GONE-3", 3))
    page = open_browser("admin")
    page.goto("/stock/?q=gone-3")
    page.get_by_role("row").filter(has_text="GONE-3").get_by_role("link", name="Adjust").click()
    form = page.get_by_role("form", name="Adjust GONE-3 in LEEDS")
    form.get_by_role("textbox", name="Change by").fill("+2")
    form.get_by_role("combobox", name="Reason").select_option(index=1)
    cast.made(lambda: _end_sessions(cast, "admin"))
    form.get_by_role("button", name="Save").click()

    page.wait_for_url("**/sign-in?next=/stock/?q%3Dgone-3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("table")).to_have_count(0)
    assert cast.made(lambda: cast.stock("GONE-3", 1).on_hand) == 4, "only what was received is there"


def _end_sessions(cast: Cast, who: str) -> None:
    cast.session.execute(update(StaffSession).where(StaffSession.staff_id == cast.person(who).id).values(revoked_at=clock.now()))
