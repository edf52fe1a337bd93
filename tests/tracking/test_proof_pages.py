"""Photos and proofs on the pages of orders and shipments: sent with the delivery or later, looked at, and removed."""

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.keys import new_key
from logistics.tracking import drawing
from logistics.tracking.models import Proof, ProofPhoto, TrackingStatus
from tests.cast import Cast
from tests.tracking.pictures import a_picture, opened
from tests.tracking.test_incident_pages import kept, tell
from tests.tracking.test_tracking_pages import PART, a_delivery, a_shipment, state_of


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def a_file(content: bytes | None = None, name: str = "photo.jpg") -> dict[str, Any]:
    """A file chosen in the form."""
    return {"photo": (BytesIO(a_picture() if content is None else content), name)}


def delivered(cast: Cast, clerk: FlaskClient, **given: Any) -> tuple[str, str, int]:
    """The reference of a delivered shipment, its order's number, and the proof's id."""
    reference, number = a_shipment(cast)
    assert clerk.post(f"/shipments/{reference}/delivery", data=a_delivery() | given).status_code == 303
    return reference, number, int(kept(cast, Proof.id)[-1])


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_delivery_with_a_photo_shows_it(cast: Cast, clerk: FlaskClient, headers: dict[str, str]) -> None:
    reference, number = a_shipment(cast)

    answer = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery() | a_file(), headers=headers)

    assert answer.status_code == (200 if headers else 303)
    (name,) = kept(cast, ProofPhoto.name)
    for address in (f"/orders/{number}", f"/shipments/{reference}"):
        panel = clerk.get(address).text.split('id="tracking"')[1].split("</section>")[0]
        assert f'src="/shipments/{reference}/proof/{name}?small"' in panel
        assert "Photo of the delivery" in panel
        assert "M. Park" in panel


def test_a_photo_is_given_out_as_what_it_is(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number, _proof = delivered(cast, clerk, **a_file(a_picture("PNG", size=(900, 600))))
    (name,) = kept(cast, ProofPhoto.name)

    whole, small = (clerk.get(f"/shipments/{reference}/proof/{name}{query}") for query in ("", "?small"))
    kept_as = clerk.get(f"/shipments/{reference}/proof/{name}?download")

    assert (opened(whole.data).size, opened(small.data).size) == ((900, 600), (320, 213))
    assert (whole.headers["Content-Type"], whole.headers["X-Content-Type-Options"], whole.headers["Cache-Control"]) == (
        "image/jpeg",
        "nosniff",
        "no-store",
    )
    assert (whole.headers["Content-Disposition"], kept_as.headers["Content-Disposition"]) == (
        f"inline; filename={name}.jpg",
        f"attachment; filename={name}.jpg",
    )


def test_who_sees_a_photo(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number, _proof = delivered(cast, clerk, **a_file())
    other, _order = a_shipment(cast)
    (name,) = kept(cast, ProofPhoto.name)

    assert cast.client("picker").get(f"/shipments/{reference}/proof/{name}").status_code == 200
    assert cast.client(None).get(f"/shipments/{reference}/proof/{name}").status_code == 302
    wrong = [
        clerk.get(address) for address in (f"/shipments/{other}/proof/{name}", f"/shipments/{reference}/proof/x", f"/shipments/S-1/proof/{name}")
    ]
    assert {answer.status_code for answer in wrong} == {404}


WRONG_FILES = (
    (b"hello", "no photo that can be read"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no photo that can be read"),
    (a_picture()[:400], "no photo that can be read"),
    (a_picture("GIF", mode="P"), "no photo that can be read"),
    (a_picture("PNG", size=(6000, 5000), mode="1"), "too many pixels"),
)


@pytest.mark.parametrize(("content", "said"), WRONG_FILES)
def test_a_wrong_file_is_told_beside_its_field_and_nothing_is_noted(cast: Cast, clerk: FlaskClient, content: bytes, said: str) -> None:
    reference, _number = a_shipment(cast)

    for headers in (PART, {}):
        answer = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery(signer="Mina & Son") | a_file(content), headers=headers)
        assert answer.status_code == 422
        assert said in answer.text.split('id="photo-errors"')[1].split("</ul>")[0]
        assert 'value="Mina &amp; Son"' in answer.text

    assert (state_of(cast, reference), kept(cast, Proof.id)) == ("shipped", [])


def test_a_large_file_is_told_beside_its_field(cast: Cast, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LARGEST_FILE", 100)
    reference, _number = a_shipment(cast)

    answer = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery() | a_file(), headers=PART)

    assert answer.status_code == 422
    assert "larger than 5 MB" in answer.text.split('id="photo-errors"')[1].split("</ul>")[0]
    assert kept(cast, Proof.id) == []


def test_what_is_far_too_large_is_not_read(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    sent = {"data": b"\0" * 11_000_000, "content_type": "multipart/form-data; boundary=x"}
    assert clerk.post(f"/shipments/{reference}/delivery", **sent).status_code == 413


def test_a_double_click_keeps_one_photo(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    form = a_delivery()

    answers = [clerk.post(f"/shipments/{reference}/delivery", data=form | a_file(), headers=PART).status_code for _click in range(2)]

    assert (answers, len(kept(cast, ProofPhoto.id))) == ([200, 200], 1)


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_photo_is_added_later(cast: Cast, clerk: FlaskClient, headers: dict[str, str]) -> None:
    reference, number, proof = delivered(cast, clerk)
    address = f"/shipments/{reference}/proofs/{proof}/photo"
    assert address + "/new" in clerk.get(f"/orders/{number}").text
    assert 'id="tracking-form"' in clerk.get(address + "/new", headers=headers).text

    refused = [clerk.post(address, data={"form_key": new_key()} | more, headers=headers) for more in ({}, a_file(b"x"))]
    answer = clerk.post(address, data={"form_key": new_key()} | a_file(), headers=headers)
    again = clerk.post(address, data={"form_key": new_key()} | a_file(), headers=PART)

    assert [(one.status_code, 'id="photo-errors"' in one.text) for one in refused] == [(422, True), (422, True)]
    assert "Choose a photo." in refused[0].text
    assert answer.status_code == (200 if headers else 303)
    assert (again.status_code, "has a photo already" in again.text) == (409, True)
    assert len(kept(cast, ProofPhoto.id)) == 1


def test_who_took_it_in_is_added_where_the_carrier_did_not_say(cast: Cast, clerk: FlaskClient) -> None:
    reference, number = a_shipment(cast)
    tell(cast, reference, TrackingStatus.DELIVERED, 1)
    assert f"/shipments/{reference}/proofs/new" in clerk.get(f"/orders/{number}").text
    assert 'enctype="multipart/form-data"' in clerk.get(f"/shipments/{reference}/proofs/new").text
    form = {"kind": "locker", "signer": ""}

    wrong = [clerk.post(f"/shipments/{reference}/proofs", data=form | {"form_key": new_key()} | more) for more in ({"kind": "dog"}, a_file(b"x"))]
    answer = clerk.post(f"/shipments/{reference}/proofs", data=form | {"form_key": new_key()} | a_file())
    again = clerk.post(f"/shipments/{reference}/proofs", data=form | {"form_key": new_key()})

    assert [one.status_code for one in (*wrong, answer, again)] == [422, 422, 303, 409]
    assert (kept(cast, Proof.kind), len(kept(cast, ProofPhoto.id))) == (["locker"], 1)
    page = clerk.get(f"/orders/{number}").text
    assert ("Put into a parcel locker" in page, f"{reference}/proofs/new" in page) == (True, False)


def test_a_manager_removes_a_photo_and_who_signed(cast: Cast, clerk: FlaskClient) -> None:
    reference, number, proof = delivered(cast, clerk, **a_file())
    address, manager = f"/shipments/{reference}/proofs/{proof}/erasure", cast.client("manager")
    assert "Remove the photo" not in clerk.get(f"/orders/{number}").text
    assert address in manager.get(f"/orders/{number}").text
    assert clerk.post(address).status_code == 403

    removed = manager.post(address, headers=PART)

    assert (removed.status_code, removed.headers["HX-Retarget"], "Remove the photo" in removed.text) == (200, "#tracking", False)
    assert (kept(cast, ProofPhoto.id), kept(cast, Proof.signer)) == ([], ["M. Park"])
    assert "Forget who signed" in manager.get(f"/shipments/{reference}").text
    assert manager.post(address, data={"and_signer": "1"}).status_code == 303
    assert kept(cast, Proof.signer) == [None]
    assert "M. Park" not in manager.get(f"/orders/{number}").text
    assert manager.post(f"/shipments/{reference}/proofs/{proof + 1}/erasure").status_code == 404


def test_who_may_add_proofs(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number, proof = delivered(cast, clerk)
    auditor = cast.client("auditor")
    for address in (f"/shipments/{reference}/proofs", f"/shipments/{reference}/proofs/{proof}/photo"):
        assert auditor.get(address + "/new").status_code == 403
        assert auditor.post(address, data=a_file()).status_code == 403
    assert cast.client("picker").get(f"/shipments/{reference}/proofs/{proof}/photo/new").status_code == 200


def test_photos_are_not_read_to_show_that_they_are_there(cast: Cast, clerk: FlaskClient, queries: SimpleNamespace) -> None:
    reference, number, _proof = delivered(cast, clerk, **a_file())
    queries.statements.clear()

    clerk.get(f"/orders/{number}")

    assert any("proof_photos.name" in statement for statement in queries.statements)
    assert not any("proof_photos.data" in statement or "proof_photos.small" in statement for statement in queries.statements)
    clerk.get(f"/shipments/{reference}")
    assert cast.made(lambda: cast.session.scalars(select(Proof)).one().signer) == "M. Park"
