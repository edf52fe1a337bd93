"""What people type to correct where an order goes."""

from typing import Any

from wtforms.widgets import HiddenInput

from logistics.core.addresses import Address
from logistics.core.forms import Form, LineField
from logistics.core.language import lazy
from logistics.orders.models import Order
from logistics.orders.readdressing import mark_of

_PARTS = ("line1", "line2", "postcode", "city", "district", "region")


class AddressForm(Form):
    """Where an order goes; its country stays. `seen` is the mark of the address that the form was filled from."""

    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    postcode = LineField(lazy("Postcode"), longest=20)
    city = LineField(lazy("City"), longest=100)
    district = LineField(lazy("District"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    # One that was not sent is no address's mark.
    seen = LineField(longest=64, required=True, widget=HiddenInput())

    @classmethod
    def of(cls, order: Order) -> "AddressForm":
        """The form with the address as it is."""
        given: dict[str, Any] = {part: getattr(order, part) for part in _PARTS}
        return cls(formdata=None, data={**given, "seen": mark_of(order.address)})

    def address_in(self, country: str) -> Address:
        """Where the parcel goes."""
        return Address(**{part: self[part].data or "" for part in _PARTS}, country=country)
