"""What people type about parcels on their way."""

from logistics.tracking.forms.news import AnswerForm, CodeForm, DismissalForm
from logistics.tracking.forms.recorded import DeliveryForm, ErasureForm, EventForm, PhotoForm, ProofForm
from logistics.tracking.forms.trouble import DisputeForm, ResolutionForm
from logistics.tracking.forms.visitors import FactForm, LinksForm, ParcelForm, ProblemForm, VisitForm

__all__ = [
    "AnswerForm",
    "CodeForm",
    "DeliveryForm",
    "DismissalForm",
    "DisputeForm",
    "ErasureForm",
    "EventForm",
    "FactForm",
    "LinksForm",
    "ParcelForm",
    "PhotoForm",
    "ProblemForm",
    "ProofForm",
    "ResolutionForm",
    "VisitForm",
]
