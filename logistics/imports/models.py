"""Imports, their files and reports, and how the columns of files are remembered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.core.sheets import Layout, Reading, Source
from logistics.orders.models import Channel
from logistics.staff.models import Staff


class ImportState(StrEnum):
    """How far an import has come."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ImportMode(StrEnum):
    """What is written of a file in which something is wrong: nothing, or all that is right."""

    ALL = "all"
    VALID = "valid"


class Problem(StrEnum):
    """Why an import ended before it was done."""

    NONE = ""
    NOT_ALLOWED = "not_allowed"
    OUR_MISTAKE = "our_mistake"


class ImportOutcome(StrEnum):
    """What became of a thing of a file, or would; `note` is about one that was taken."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflict"
    REFUSED = "refused"
    NOTE = "note"


WORKING = (ImportState.CHECKING, ImportState.RUNNING)
COUNTS = ("new", "changed", "same", "conflict", "left_out", "errors", "notes")


class Import(Base):
    """A file on its way into the books. `done` of `things` are looked at or written in this pass; the counts are of this pass too.

    `tries` counts how often a worker took it up: who was lost meanwhile writes nothing more. `sources` and `layout` say how it is
    read; `sample` holds the first rows of a workbook, which takes long to open. `language` is that of its report.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state"),
        CheckConstraint(f"mode = '' OR {one_of('mode', ImportMode)}", name="mode"),
        CheckConstraint(one_of("problem", Problem), name="problem"),
        Index("ix_imports_newest", "created_at", "id"),
        Index("ix_imports_starter", "started_by", "created_at", "id"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(40))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    headings: Mapped[list[str]] = mapped_column(JSONB)
    sample: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    layout: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    sources: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(String(20), default=ImportState.UPLOADED.value)
    mode: Mapped[str] = mapped_column(String(10), default="")
    problem: Mapped[str] = mapped_column(String(20), default="")
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    pass_number: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    things: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    conflict: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    notes: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(10))
    started_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    channel: Mapped[Channel | None] = relationship()
    starter: Mapped[Staff] = relationship()

    @property
    def is_working(self) -> bool:
        """Whether the worker has it, or will have it soon."""
        return self.state in WORKING

    @property
    def can_be_mapped(self) -> bool:
        """Whether its columns may still be chosen."""
        return self.state in (ImportState.UPLOADED, ImportState.CHECKED) and self.erased_at is None

    @property
    def can_be_cancelled(self) -> bool:
        """Whether there is anything left to stop."""
        return self.state in (ImportState.UPLOADED, ImportState.CHECKED, *WORKING) and not self.cancel_asked

    @property
    def reading(self) -> Reading:
        """How its file is to be read."""
        return Reading(Layout(**self.layout), sources_from(self.sources))


class ImportFile(Base):
    """What was uploaded, byte by byte, apart from what lists read."""

    __tablename__ = "import_files"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """A line of an import's report. `row` is the spreadsheet's; lines about a whole thing have its `name`, and our `number` for it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(one_of("outcome", ImportOutcome), name="outcome"),
        Index("ix_import_rows_report", "import_id", "pass_number", "id"),
        Index("ix_import_rows_outcome", "import_id", "pass_number", "outcome", "id"),
    )

    id: Mapped[PrimaryKey]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    pass_number: Mapped[int]
    row: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(20))
    field: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(60), default="")
    message: Mapped[str] = mapped_column(String(1000), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(20), default="")
    differences: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)


class ImportMapping(Base):
    """How files with these headings are read for a channel, as somebody confirmed it last."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "channel_id", "fingerprint", postgresql_nulls_not_distinct=True),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(40))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    layout: Mapped[dict[str, str]] = mapped_column(JSONB)
    sources: Mapped[dict[str, Any]] = mapped_column(JSONB)
    used_at: Mapped[datetime]


def sources_from(stored: dict[str, Any]) -> dict[str, Source]:
    """Where columns come from, as it is kept."""
    return {name: Source(**given) for name, given in stored.items()}
