"""What people call the things of imports, and the tones they are shown in."""

from typing import Any

from logistics.core.delimited import DECIMALS, DELIMITERS, ENCODINGS
from logistics.core.language import lazy
from logistics.imports.models import ImportOutcome, ImportState

STATES: dict[str, tuple[str, Any]] = {
    ImportState.UPLOADED: ("warning", lazy("Columns to be confirmed")),
    ImportState.CHECKING: ("progress", lazy("Being checked")),
    ImportState.CHECKED: ("info", lazy("Checked")),
    ImportState.RUNNING: ("progress", lazy("Being imported")),
    ImportState.DONE: ("success", lazy("Imported")),
    ImportState.CANCELLED: ("neutral", lazy("Stopped")),
    ImportState.FAILED: ("danger", lazy("Broken off")),
}
OUTCOMES: dict[str, tuple[str, Any]] = {
    ImportOutcome.REFUSED: ("danger", lazy("Refused")),
    ImportOutcome.CONFLICT: ("warning", lazy("Conflict")),
    ImportOutcome.CHANGED: ("info", lazy("Updated")),
    ImportOutcome.NEW: ("success", lazy("New")),
    ImportOutcome.SAME: ("neutral", lazy("Unchanged")),
    ImportOutcome.NOTE: ("neutral", lazy("Note")),
}
# Where nothing that is here is ever changed by a file.
COMPARED = {**OUTCOMES, ImportOutcome.CHANGED: ("info", lazy("Differs"))}
# Chosen from when a file's columns are confirmed.
LAYOUT_CHOICES: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("encoding", lazy("Encoding"), ENCODINGS),
    ("delimiter", lazy("Between the fields"), DELIMITERS),
    ("decimal", lazy("Decimal sign"), DECIMALS),
)
