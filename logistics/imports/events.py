"""What happens to imports."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class ImportUploaded(Event):
    """Somebody brought a file of so many bytes."""

    SUBJECT: ClassVar[str] = "import"
    import_id: int
    kind: str
    size: int


@dataclass(frozen=True)
class ImportMoved(Event):
    """It came to another state; the counts are of what was written, or looked at, by then."""

    SUBJECT: ClassVar[str] = "import"
    import_id: int
    kind: str
    state: str
    mode: str
    new: int
    changed: int
    left_out: int
