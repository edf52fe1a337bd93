"""Warehouses: adding them, changing them, closing them to new orders."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.addresses import Address, check_address
from logistics.core.events import publish
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Stale
from logistics.inventory.events import WarehouseSaved
from logistics.inventory.locks import lock_warehouse
from logistics.inventory.models import CODE_INDEX, Warehouse, WarehouseKind
from logistics.inventory.tasks import dispatch_moves


@dataclass(frozen=True)
class House:
    """What is known of a warehouse. The lower its priority number, the earlier it is chosen; `active` ones take goods and orders."""

    code: str
    name: str
    kind: WarehouseKind = WarehouseKind.WAREHOUSE
    address: Address = field(default_factory=Address)
    priority: int = 100
    active: bool = True


def add_warehouse(session: Session, house: House, *, by: Actor) -> Warehouse:
    """Add a warehouse. Raises Invalid, which names every field that is wrong; a code is taken regardless of case."""
    _refuse(_find_problems(session, house, other_than=None))
    return _save(session, Warehouse(**_columns(house)), by)


def change_warehouse(session: Session, house: House, *, warehouse_id: int, version: int, by: Actor) -> Warehouse:
    """Save a warehouse as it was edited at `version`. A no-op when nothing differs. Locks the warehouse.

    One that is closed gets no new orders and takes no goods in; what lies there and is promised still goes out, and orders that wait
    there wait elsewhere.
    Raises Stale when somebody else saved it meanwhile, Invalid and NotFound.
    """
    warehouse = lock_warehouse(session, warehouse_id)
    if warehouse is None:
        raise NotFound(_("There is no such warehouse."))
    asked = _columns(house)
    differing = [name for name, value in asked.items() if getattr(warehouse, name) != value]
    if not differing:
        return warehouse
    if warehouse.version != version:
        raise Stale(_("Somebody else saved this warehouse meanwhile. Their values stand beside yours."), differing=differing)
    _refuse(_find_problems(session, house, other_than=warehouse.id))
    _save(session, warehouse, by, **{name: asked[name] for name in differing}, version=warehouse.version + 1)
    if "active" in differing:
        # Who waits there must not wait for ever, and what lies in one that is opened may be waited for elsewhere.
        enqueue_once(session, dispatch_moves)
    return warehouse


def _columns(house: House) -> dict[str, object]:
    address = asdict(house.address)
    kept = {name: address[name] for name in ("line1", "city", "region", "postcode", "country")}
    return {"code": house.code, "name": house.name, "kind": house.kind.value, "priority": house.priority, "active": house.active, **kept}


def _find_problems(session: Session, house: House, *, other_than: int | None) -> list[FieldError]:
    taken = select(Warehouse.code).where(func.lower(Warehouse.code) == house.code.lower(), Warehouse.id.is_distinct_from(other_than))
    problems = []
    if other := session.scalar(taken):
        problems.append(_taken(other))
    return problems + check_address(house.address)


def _refuse(problems: Sequence[FieldError]) -> None:
    if problems:
        raise Invalid(_("The warehouse cannot be saved yet. Mend the marked fields."), errors=problems)


def _save(session: Session, warehouse: Warehouse, by: Actor, **changes: object) -> Warehouse:
    code = str(changes.get("code", warehouse.code))
    try:
        with session.begin_nested():
            # Inside, because a savepoint begins with a flush: what fails then would take the whole transaction along.
            for name, value in changes.items():
                setattr(warehouse, name, value)
            session.add(warehouse)
            session.flush()
    except IntegrityError as error:
        # A rival took the code after it was looked up: only the index knows.
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") != CODE_INDEX:
            raise
        _refuse([_taken(code)])
    publish(session, WarehouseSaved(warehouse.id, warehouse.code, warehouse.active), by=by)
    return warehouse


def _taken(code: str) -> FieldError:
    return FieldError("code", "taken", _("There is a warehouse “%(code)s” already.", code=code), {"code": code})
