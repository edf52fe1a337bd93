"""The words in which a carrier's answer is shown."""

from typing import Any

from logistics.core.language import lazy
from logistics.fulfilment.models import HookFormat
from logistics.tracking.models import Problem
from logistics.tracking.reading.formats import READERS

PROBLEM_TEXT: dict[str, Any] = {
    Problem.ADDRESS: lazy("Address"),
    Problem.ABSENT: lazy("Nobody there"),
    Problem.REFUSED: lazy("Refused"),
    Problem.CUSTOMS: lazy("Customs"),
    Problem.WEATHER: lazy("Weather"),
    Problem.DAMAGED: lazy("Damaged"),
    Problem.PAYMENT: lazy("Not paid for"),
    Problem.NOT_COLLECTED: lazy("Not collected"),
    Problem.DELAYED: lazy("Delayed"),
    Problem.NOT_RECEIVED: lazy("Not received"),
    Problem.OTHER: lazy("Other reason"),
}
_FORMAT_TEXT: dict[str, Any] = {
    "ups": "UPS",
    "fedex": "FedEx",
    "usps": "USPS",
    "laposte": "La Poste",
    "dhl": "DHL",
    "gls": "GLS",
    HookFormat.AFTERSHIP.value: "AfterShip",
    HookFormat.EASYPOST.value: "EasyPost",
    HookFormat.SEVENTEEN_TRACK.value: "17TRACK",
    HookFormat.KUAIDI100.value: "Kuaidi100",
    HookFormat.OWN.value: lazy("Our own format"),
}
FORMATS: list[tuple[str, Any]] = [(form, _FORMAT_TEXT.get(form, form)) for form in sorted(READERS)]
