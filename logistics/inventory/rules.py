"""Which warehouses serve an order and by what that was decided, and which corrections need a manager: plain values in, a decision out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations, takewhile
from math import comb

from logistics.core.addresses import Address, same_region
from logistics.core.search import fold
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


@dataclass(frozen=True)
class Share:
    """Units at one place for an order line."""

    order_line_id: int
    place: Place
    units: int


class SourcingRule(StrEnum):
    """By what the warehouses of an order were chosen among those that have its goods."""

    ONLY_ONE = "only_one"
    ONE_BY_PRIORITY = "one_by_priority"
    ONE_BY_NEARNESS = "one_by_nearness"
    ONE_OF_EQUALS = "one_of_equals"
    FEWEST = "fewest"
    FEWEST_BY_PRIORITY = "fewest_by_priority"
    FEWEST_BY_NEARNESS = "fewest_by_nearness"
    FEWEST_OF_EQUALS = "fewest_of_equals"
    FEW = "few"
    NONE_YET = "none_yet"


# What decided: there was no other choice, the priority, the nearness, nothing but who came first.
_ONE = (SourcingRule.ONLY_ONE, SourcingRule.ONE_BY_PRIORITY, SourcingRule.ONE_BY_NEARNESS, SourcingRule.ONE_OF_EQUALS)
_SEVERAL = (SourcingRule.FEWEST, SourcingRule.FEWEST_BY_PRIORITY, SourcingRule.FEWEST_BY_NEARNESS, SourcingRule.FEWEST_OF_EQUALS)

# Another country, another region, how many characters the postcodes have in common (as a negative number): the smaller, the nearer.
Distance = tuple[int, int, int]
ELSEWHERE: Distance = (1, 1, 0)


@dataclass(frozen=True)
class Site:
    """A warehouse that may serve an order. The lower its priority number, the earlier it is chosen."""

    id: int
    code: str
    priority: int = 100
    distance: Distance = ELSEWHERE

    @property
    def rank(self) -> tuple[int, Distance, int]:
        """Whom to ask first."""
        return self.priority, self.distance, self.id


@dataclass(frozen=True)
class Plan:
    """Which warehouses serve, the first to ask first; by what they were chosen; and how many units to take where."""

    rule: SourcingRule
    sites: tuple[Site, ...] = ()
    taken: Mapping[Place, int] = field(default_factory=dict)


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


def distance(there: Address, to: Address) -> Distance:
    """How far a warehouse is from where the parcel goes, as far as addresses tell: country, then region, then how the postcodes begin.

    A region that one of the two does not name says nothing; then the postcodes of the country decide.
    """
    if not there.country or there.country != to.country:
        return ELSEWHERE
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(_postcode(there), _postcode(to), strict=False))
    return (0, 0 if same_region(there, to) else 1, -len(list(alike)))


def plan(wanted: Mapping[int, int], available: Mapping[Place, int], sites: Iterable[Site]) -> Plan:
    """How many units to take where: all that is wanted, or of a product that is short all there is.

    One warehouse for everything if possible, else the fewest; among equals by priority, then the nearest, then the oldest. Where
    there are too many choices to try, few are found instead of the fewest.
    """
    there = _limit_to_what_is_there(wanted, available)
    useful = sorted((site for site in sites if any(available.get(Place(site.id, product), 0) for product in there)), key=lambda site: site.rank)
    if not there:
        return Plan(SourcingRule.NONE_YET)
    rule, chosen = _fewest(there, available, useful)
    taken = _take(there, available, chosen)
    used = {place.warehouse_id for place in taken}
    return Plan(rule, tuple(site for site in chosen if site.id in used), taken)


def share_out(demands: Sequence[Demand], taken: Mapping[Place, int]) -> tuple[list[Share], list[Demand]]:
    """Which line gets what of the units taken, the earlier line first; and what is left of the lines that got too little."""
    left, shares, short = dict(taken), [], []
    for demand in demands:
        wanted = demand.quantity
        for place in taken:
            if place.product_id == demand.product_id and (units := min(wanted, left[place])):
                left[place] -= units
                wanted -= units
                shares.append(Share(demand.order_line_id, place, units))
        if wanted:
            short.append(replace(demand, quantity=wanted))
    return shares, short


def needs_manager(change: int, earlier: int) -> bool:
    """Whether a correction is above ADJUSTMENT_LIMIT units, alone or with what the same person changed there lately (net, signed)."""
    return max(abs(change), abs(earlier + change)) > ADJUSTMENT_LIMIT


def _limit_to_what_is_there(wanted: Mapping[int, int], available: Mapping[Place, int]) -> dict[int, int]:
    missing = find_missing(wanted, available)
    return {product: there for product, units in wanted.items() if (there := units - missing.get(product, 0))}


def _fewest(wanted: Mapping[int, int], available: Mapping[Place, int], sites: Sequence[Site]) -> tuple[SourcingRule, Sequence[Site]]:
    shelves = [(units, [available.get(Place(site.id, product), 0) for site in sites]) for product, units in wanted.items()]
    for size in range(1, len(sites) + 1):
        if comb(len(sites), size) > _MOST_CHOICES:
            break
        choices = [choice for choice in combinations(range(len(sites)), size) if _enough(shelves, choice)]
        if choices:
            return _best([[sites[at] for at in choice] for choice in choices])
    return SourcingRule.FEW, _few(wanted, available, sites)


def _enough(shelves: Sequence[tuple[int, Sequence[int]]], choice: Sequence[int]) -> bool:
    return all(sum(shelf[at] for at in choice) >= units for units, shelf in shelves)


def _best(choices: Sequence[Sequence[Site]]) -> tuple[SourcingRule, Sequence[Site]]:
    """The best of several choices of as many warehouses each, and what it is better by."""
    ranked = sorted((_priorities(choice), _distances(choice), sorted(site.id for site in choice), at) for at, choice in enumerate(choices))
    best = choices[ranked[0][-1]]
    by = 0
    if len(ranked) > 1:
        (priorities, distances, *_), (next_priorities, next_distances, *_) = ranked[:2]
        by = 1 if priorities < next_priorities else 2 if distances < next_distances else 3
    return (_ONE if len(best) == 1 else _SEVERAL)[by], best


def _priorities(sites: Sequence[Site]) -> list[int]:
    return sorted(site.priority for site in sites)


def _distances(sites: Sequence[Site]) -> list[Distance]:
    return sorted(site.distance for site in sites)


def _few(wanted: Mapping[int, int], available: Mapping[Place, int], sites: Sequence[Site]) -> Sequence[Site]:
    """Whoever gives most of what is still wanted, again and again."""
    left, chosen = dict(wanted), set[Site]()
    while any(left.values()):
        gifts = {site: {product: min(units, available.get(Place(site.id, product), 0)) for product, units in left.items()} for site in sites}
        most = max((site for site in sites if site not in chosen), key=lambda site: sum(gifts[site].values()))
        chosen.add(most)
        left = {product: units - gifts[most][product] for product, units in left.items()}
    return [site for site in sites if site in chosen]


def _take(wanted: Mapping[int, int], available: Mapping[Place, int], sites: Sequence[Site]) -> dict[Place, int]:
    taken: dict[Place, int] = {}
    for product, units in wanted.items():
        places = [Place(site.id, product) for site in sites]
        # From one place where one has them all: that is one walk for the picker.
        whole = [place for place in places if available.get(place, 0) >= units]
        left = units
        for place in whole[:1] or places:
            if take := min(left, available.get(place, 0)):
                taken[place] = take
                left -= take
    return taken


def _postcode(address: Address) -> str:
    return "".join(sign for sign in fold(address.postcode) if sign.isalnum())
