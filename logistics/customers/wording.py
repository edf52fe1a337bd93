"""The words of what happens to customers' money, for every page that shows them."""

from typing import Any

from logistics.core.language import lazy
from logistics.customers.models import RequestState

REQUEST_STATES: dict[RequestState, tuple[str, Any]] = {
    RequestState.PENDING: ("warning", lazy("Waits for approval")),
    RequestState.APPROVED: ("success", lazy("Approved")),
    RequestState.REJECTED: ("neutral", lazy("Rejected")),
    RequestState.WITHDRAWN: ("neutral", lazy("Withdrawn")),
    RequestState.DIRECT: ("success", lazy("Done")),
}
