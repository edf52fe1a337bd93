"""What is typed and scanned while goods are picked and packed."""

from wtforms import HiddenField
from wtforms.widgets import HiddenInput

from logistics.core.forms import Form, LineField, QuantityField, ReadField
from logistics.core.language import lazy


class LineIdField(ReadField):
    """Which shipment line is meant."""

    widget = HiddenInput()

    def read(self, text: str) -> int:
        """Its id; 0, which is none, for what is no number."""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


class PickingForm(Form):
    """How many of one line lie in the tote: typed, or one more, one fewer, all of it by a button (`step`)."""

    line = LineIdField(required=True)
    step = HiddenField()
    picked = QuantityField(lazy("Picked"), lowest=0)


class ScanForm(Form):
    """What a scanner read."""

    code = LineField(lazy("SKU or barcode"), longest=120, required=True)


class PackingForm(Form):
    """What the closed parcel weighs."""

    weight_grams = QuantityField(lazy("Weight of the parcel"))
