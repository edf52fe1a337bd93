"""What people type to correct where an order goes."""

from typing import Any

from wtforms.widgets import HiddenInput

from logistics.core import address_forms
from logistics.core.address_forms import PARTS
from logistics.core.forms import LineField
from logistics.orders.models import Order
from logistics.orders.readdressing import mark_of


class AddressForm(address_forms.AddressForm):
    """Where an order goes; its country stays. `seen` is the mark of the address that the form was filled from."""

    # One that was not sent is no address's mark.
    seen = LineField(longest=64, required=True, widget=HiddenInput())

    @classmethod
    def of(cls, order: Order) -> "AddressForm":
        """The form with the address as it is."""
        given: dict[str, Any] = {part: getattr(order, part) for part in PARTS}
        return cls(formdata=None, data={**given, "seen": mark_of(order.address)})
