"""What customers type on their pages."""

import re

from wtforms.widgets import EmailInput

from logistics.core.forms import EmailField, Form, LineField, NoteField, ReadField
from logistics.core.language import lazy


class VisitForm(Form):
    """An order's number and a second fact of it: the customer's door without the link."""

    number = LineField(lazy("Order number"), longest=40, required=True)
    fact = LineField(lazy("E-mail, postcode or the last 4 digits of your phone"), longest=254, required=True)


class FactForm(Form):
    """A second fact of an order that is known already."""

    fact = LineField(lazy("E-mail, postcode or the last 4 digits of your phone"), longest=254, required=True)


class LinksForm(Form):
    """Where mails are to go."""

    email = EmailField(lazy("E-mail"), required=True, widget=EmailInput())


class ParcelNumberField(ReadField):
    """Which parcel of an order is meant, as its customer counts them."""

    def read(self, text: str) -> int:
        """Its number; 0, which no parcel has, for anything else."""
        return int(text) if re.fullmatch(r"[1-9][0-9]{0,2}", text, re.ASCII) else 0


class ParcelForm(Form):
    """A parcel of an order."""

    parcel = ParcelNumberField(lazy("Parcel"))


class ProblemForm(ParcelForm):
    """A delivered parcel that did not come."""

    note = NoteField(lazy("What else should we know?"), longest=500)
