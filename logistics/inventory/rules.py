"""Which warehouses serve an order, and which corrections need a manager: plain values in, a decision out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from logistics.inventory.models import Place

ADJUSTMENT_LIMIT = 50
# Stock rows are locked while a plan is made: beyond this many choices of warehouses, all that have something are taken.
_MOST_CHOICES = 5_000


@dataclass(frozen=True)
class Demand:
    """Units of a product that an order line asks for."""

    order_line_id: int
    product_id: int
    quantity: int


def total_by_product(demands: Iterable[Demand]) -> dict[int, int]:
    """Units wanted of each product, lines of one product summed."""
    totals: dict[int, int] = {}
    for demand in demands:
        totals[demand.product_id] = totals.get(demand.product_id, 0) + demand.quantity
    return totals


def find_missing(wanted: Mapping[int, int], available: Mapping[Place, int]) -> dict[int, int]:
    """How many units of each product are short over all warehouses; empty when everything can be promised."""
    there: dict[int, int] = {}
    for place, units in available.items():
        there[place.product_id] = there.get(place.product_id, 0) + units
    return {product: units - there.get(product, 0) for product, units in wanted.items() if there.get(product, 0) < units}


def plan(wanted: Mapping[int, int], available: Mapping[Place, int], warehouses: Sequence[int]) -> dict[Place, int]:
    """How many units to take where, given warehouse ids in order of priority. There must be enough in all (find_missing).

    One warehouse for everything if possible, else the fewest, the earlier in priority first.
    """
    chosen = _fewest(wanted, available, warehouses)
    taken: dict[Place, int] = {}
    for product, units in wanted.items():
        left = units
        for warehouse in chosen:
            place = Place(warehouse, product)
            take = min(left, available.get(place, 0))
            if take:
                taken[place] = take
                left -= take
    return taken


def needs_manager(change: int, earlier: int) -> bool:
    """Whether a correction is above ADJUSTMENT_LIMIT units, alone or with what the same person changed there lately (net, signed)."""
    return max(abs(change), abs(earlier + change)) > ADJUSTMENT_LIMIT


def _fewest(wanted: Mapping[int, int], available: Mapping[Place, int], warehouses: Sequence[int]) -> Sequence[int]:
    useful = [warehouse for warehouse in warehouses if any(available.get(Place(warehouse, product), 0) for product in wanted)]
    for size in range(1, len(useful)):
        if comb(len(useful), size) > _MOST_CHOICES:
            break
        for choice in combinations(useful, size):
            if _enough(wanted, available, choice):
                return choice
    return useful


def _enough(wanted: Mapping[int, int], available: Mapping[Place, int], warehouses: Sequence[int]) -> bool:
    return all(sum(available.get(Place(warehouse, product), 0) for warehouse in warehouses) >= units for product, units in wanted.items())
