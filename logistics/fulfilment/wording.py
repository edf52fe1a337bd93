"""What people call the zones of parcels, and the ways in which carriers report."""

from typing import Any

from logistics.core.language import lazy
from logistics.fulfilment.models import HookFormat
from logistics.fulfilment.zoning import Zone

ZONES: dict[Zone, Any] = {
    Zone.LOCAL: lazy("Same region"),
    Zone.DOMESTIC: lazy("Same country"),
    Zone.NEAR: lazy("Neighbouring countries"),
    Zone.FAR: lazy("Other countries"),
}
HOOK_FORMATS: dict[HookFormat, Any] = {
    HookFormat.NONE: lazy("Reports nothing by itself"),
    HookFormat.OWN: lazy("Our own format"),
    HookFormat.AFTERSHIP: "AfterShip",
    HookFormat.EASYPOST: "EasyPost",
    HookFormat.SEVENTEEN_TRACK: "17TRACK",
    HookFormat.KUAIDI100: "Kuaidi100 快递100",
}
