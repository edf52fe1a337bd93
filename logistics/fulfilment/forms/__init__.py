"""What people type and scan about shipments and carriers."""

from logistics.fulfilment.forms.carrier import CarrierForm
from logistics.fulfilment.forms.dispatching import DispatchForm
from logistics.fulfilment.forms.handling import PackingForm, PickingForm, ScanForm

__all__ = ["CarrierForm", "DispatchForm", "PackingForm", "PickingForm", "ScanForm"]
