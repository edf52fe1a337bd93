"""Photos of deliveries and deliveries that did not arrive, in real windows: on a phone, at the desk, and without JavaScript."""

import os
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from logistics.tracking.models import ProofPhoto
from tests.browser.test_parcels import a_shipment
from tests.cast import Cast
from tests.tracking.pictures import a_picture, opened, written

A_PHOTO = {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": a_picture(size=(800, 600))}
# Nothing can be pressed out of noise: as large as what a phone takes.
A_LARGE_PHOTO = {"name": "large.png", "mimeType": "image/png", "buffer": written(Image.frombytes("RGB", (1500, 1200), os.urandom(5_400_000)), "PNG")}


def photos(cast: Cast) -> list[tuple[int, int]]:
    """The sizes of what is kept."""
    return list(cast.made(lambda: [opened(data).size for data in cast.session.scalars(select(ProofPhoto.data).order_by(ProofPhoto.id))]))


@pytest.mark.parametrize("script", [True, False])
def test_a_delivery_is_noted_with_a_photo(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    reference, number = a_shipment(cast, f"PHOTO-{script}", 2, state="shipped")
    page = open_browser("picker", phone=True, script=script)
    page.goto(f"/orders/{number}" if script else f"/shipments/{reference}")
    page.get_by_role("link", name="Delivered, signed").click()
    page.locator("#photo").set_input_files(A_PHOTO)
    page.get_by_label("Who signed").fill("M. Park")
    page.get_by_label("Handed over how").select_option(label="Handed to a neighbour")
    page.get_by_role("button", name="Record the delivery").click()

    proof = page.get_by_role("list", name="Proof of delivery").get_by_role("listitem")
    expect(proof).to_contain_text("Handed to a neighbour")
    expect(proof).to_contain_text("Signed by M. Park")
    picture = proof.get_by_role("img", name=f"Photo of the delivery of {reference}")
    picture.scroll_into_view_if_needed()
    if script:
        page.wait_for_function("image => image.complete && image.naturalWidth === 320", arg=picture.element_handle())
    assert photos(cast)[-1] == (800, 600)


def test_a_wrong_file_keeps_what_was_typed_and_a_large_one_is_shrunk(cast: Cast, open_browser: Callable[..., Page]) -> None:
    _reference, number = a_shipment(cast, "LARGE-1", 2, state="shipped")
    page = open_browser("clerk")
    page.goto(f"/orders/{number}")
    page.get_by_role("link", name="Delivered, signed").click()
    page.get_by_label("Who signed").fill("M. Park")
    page.locator("#photo").set_input_files({"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_role("button", name="Record the delivery").click()
    expect(page.get_by_text("This is no photo that can be read.")).to_be_visible()
    expect(page.get_by_label("Who signed")).to_have_value("M. Park")

    assert len(A_LARGE_PHOTO["buffer"]) > 5 * 1024 * 1024
    page.locator("#photo").set_input_files(A_LARGE_PHOTO)
    page.wait_for_function("() => document.querySelector('#photo').files[0]?.type === 'image/jpeg'")
    page.get_by_role("button", name="Record the delivery").click()

    expect(page.get_by_role("list", name="Proof of delivery").get_by_role("img")).to_be_visible()
    assert photos(cast)[-1] == (1500, 1200)


def test_a_photo_is_added_looked_at_and_removed(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, number = a_shipment(cast, "LATER-1", 2, state="shipped")
    page = open_browser("manager", phone=True)
    page.goto(f"/orders/{number}")
    page.get_by_role("link", name="Delivered, signed").click()
    page.get_by_label("Who signed").fill("M. Park")
    page.get_by_role("button", name="Record the delivery").click()
    proof = page.get_by_role("list", name="Proof of delivery").get_by_role("listitem")
    proof.get_by_role("link", name="Add a photo").click()
    page.locator("#photo").set_input_files(A_PHOTO)
    page.get_by_role("button", name="Keep the photo").click()
    picture = proof.get_by_role("img", name=f"Photo of the delivery of {reference}")
    expect(picture).to_be_visible()

    whole = page.context.request.get(str(proof.get_by_role("link", name="Photo of the delivery").get_attribute("href")))
    assert opened(whole.body()).size == (800, 600)
    proof.locator("summary", has_text="Remove the photo").click()
    page.get_by_role("dialog", name="Remove the photo").get_by_label("Forget who signed, too").check()
    page.get_by_role("dialog", name="Remove the photo").get_by_role("button", name="Remove the photo").click()

    expect(picture).to_have_count(0)
    expect(proof).not_to_contain_text("M. Park")
    expect(proof.get_by_role("link", name="Add a photo")).to_be_visible()


def test_a_delivery_is_disputed_and_its_incident_settled(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, number = a_shipment(cast, "MISSED-1", 2, state="shipped")
    page = open_browser("manager")
    page.goto(f"/orders/{number}")
    page.get_by_role("link", name="Delivered, signed").click()
    page.get_by_label("Who signed").fill("Somebody")
    page.get_by_role("button", name="Record the delivery").click()
    page.get_by_role("link", name="The customer did not get it").click()
    page.get_by_label("What did the customer say?").fill("The porch is empty.")
    page.get_by_role("button", name="Dispute the delivery").click()
    expect(page.locator("#tracking")).to_contain_text("Reported as not received")
    alert = page.locator(".notice", has_text="The customer did not get the parcel")
    expect(alert).to_contain_text("The porch is empty.")

    alert.get_by_role("link", name="Open the list of parcel incidents").click()
    row = page.get_by_role("listitem").filter(has_text=reference)
    row.locator("summary", has_text="Resolve").click()
    page.get_by_role("dialog", name="How was this settled?").get_by_role("textbox").fill("Behind the bins.")
    page.get_by_role("dialog", name="How was this settled?").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("status")).to_contain_text("The incident is resolved.")
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Resolved").click()
    expect(row).to_contain_text("Behind the bins.")
