"""Which column of a file is which of ours: guessed by its heading, remembered as it was confirmed last."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.language import LOCALES, speaking
from logistics.core.search import fold
from logistics.core.sheets import Column, Layout, Reading, Source
from logistics.imports.models import ImportMapping, sources_from


def guess_sources(headings: Sequence[str], columns: Sequence[Column]) -> dict[str, Source]:
    """Where each of our columns seems to stand, as far as a heading says so; no place is given twice."""
    plain = [_plain(heading) for heading in headings]
    sources: dict[str, Source] = {}
    taken: set[int] = set()
    for column in columns:
        names = _names_of(column)
        fitting = [at for at, heading in enumerate(plain) if heading in names and at not in taken]
        if fitting:
            sources[column.name] = Source(min(fitting, key=lambda at: names.index(plain[at])))
            taken.add(sources[column.name].at or 0)
    return sources


def recall(session: Session, kind: str, channel_id: int | None, headings: Sequence[str]) -> Reading | None:
    """How a file with these headings was read last."""
    mapping = session.scalar(
        select(ImportMapping).where(
            ImportMapping.kind == kind, ImportMapping.channel_id.is_not_distinct_from(channel_id), ImportMapping.fingerprint == fingerprint(headings)
        )
    )
    return Reading(Layout(**mapping.layout), sources_from(mapping.sources)) if mapping else None


def remember(session: Session, kind: str, channel_id: int | None, headings: Sequence[str], layout: Layout, sources: Mapping[str, Source]) -> None:
    """Read files with these headings like this from now on."""
    values = {"layout": asdict(layout), "sources": {name: asdict(source) for name, source in sources.items()}, "used_at": clock.now()}
    mapping = insert(ImportMapping).values(kind=kind, channel_id=channel_id, fingerprint=fingerprint(headings), **values)
    session.execute(mapping.on_conflict_do_update(index_elements=["kind", "channel_id", "fingerprint"], set_=values))


def fingerprint(headings: Sequence[str]) -> str:
    """The same for the same headings in the same order, however they are capitalised and spaced."""
    return hashlib.sha256(json.dumps([_plain(heading) for heading in headings]).encode()).hexdigest()


def _names_of(column: Column) -> list[str]:
    """What a column may be called, the likeliest first: its name, its label in each language, its other names."""
    labels = []
    for locale in LOCALES:
        with speaking(locale):
            labels.append(str(column.label))
    return [_plain(name) for name in (column.name, *labels, *column.also.split("|")) if name]


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]", "", fold(heading))
