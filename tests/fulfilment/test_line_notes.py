"""A note on a line goes with its goods: to who picks, to who packs, and into the parcel."""

from sqlalchemy import select

from logistics.fulfilment.models import Shipment
from logistics.orders.paying import record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from tests.cast import Cast


def test_a_lines_note_is_read_where_its_goods_are_handled(cast: Cast) -> None:
    def make() -> str:
        mina = cast.customer()
        cast.stock("LAMP", 2)
        lines = [LineRequest("LAMP", 2, note="Gift <wrapped>")]
        request = OrderRequest("desk", mina.id, mina.name, cast.address_of(mina), "USD", lines)
        order = place(cast.session, request, by=cast.actor())
        record_transfer(cast.session, number=order.number, amount=order.total, reference="BANK", by=cast.actor())
        return cast.session.scalars(select(Shipment.reference).where(Shipment.order_id == order.id)).one()

    reference = cast.made(make)
    picker = cast.client("picker")
    for page in (f"/shipments/{reference}", f"/shipments/{reference}/slip"):
        assert "Gift &lt;wrapped&gt;" in picker.get(page).text, page
