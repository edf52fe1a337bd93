"""What staff type about parcels that went wrong."""

from logistics.core.forms import Form, NoteField
from logistics.core.language import lazy


class DisputeForm(Form):
    """Why a delivery is disputed."""

    reason = NoteField(lazy("What did the customer say?"), longest=500, required=True)


class ResolutionForm(Form):
    """How a parcel incident was settled."""

    resolution = NoteField(lazy("How it was settled"), longest=500, required=True)
