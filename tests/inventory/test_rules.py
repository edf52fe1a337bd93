"""Which warehouses serve an order, and by what that was decided."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.addresses import Address
from logistics.inventory.models import Place
from logistics.inventory.rules import (
    ELSEWHERE,
    Demand,
    Distance,
    Plan,
    Site,
    SourcingRule,
    distance,
    find_missing,
    needs_manager,
    plan,
    share_out,
    total_by_product,
)

LAMP, SHADE = 1, 2
LEEDS, HANGZHOU, YORK = 10, 20, 30
NEAR: Distance = (0, 0, -3)


def test_lines_of_one_product_are_summed() -> None:
    assert total_by_product([Demand(1, LAMP, 3), Demand(2, LAMP, 3), Demand(3, SHADE, 1)]) == {LAMP: 6, SHADE: 1}


def test_what_is_short_is_counted_over_all_warehouses() -> None:
    assert find_missing({LAMP: 5, SHADE: 1}, {Place(LEEDS, LAMP): 2, Place(YORK, LAMP): 2}) == {LAMP: 1, SHADE: 1}


def test_one_warehouse_that_has_everything_is_preferred_to_an_earlier_one_that_has_not() -> None:
    available = {Place(LEEDS, LAMP): 5, Place(YORK, LAMP): 5, Place(YORK, SHADE): 5}

    chosen = plan({LAMP: 2, SHADE: 1}, available, sites(LEEDS, YORK))

    assert chosen.taken == {Place(YORK, LAMP): 2, Place(YORK, SHADE): 1}
    assert (chosen.rule, codes(chosen)) == (SourcingRule.ONLY_ONE, [YORK])


def test_the_fewest_warehouses_are_taken_and_the_earlier_in_priority_first() -> None:
    available = {Place(LEEDS, LAMP): 4, Place(HANGZHOU, LAMP): 4, Place(YORK, LAMP): 4}

    chosen = plan({LAMP: 6}, available, sites(LEEDS, HANGZHOU, YORK))

    assert chosen.taken == {Place(LEEDS, LAMP): 4, Place(HANGZHOU, LAMP): 2}
    assert chosen.rule is SourcingRule.FEWEST_BY_PRIORITY


def test_a_product_comes_from_one_of_the_chosen_where_one_has_all_of_it() -> None:
    available = {Place(LEEDS, LAMP): 1, Place(YORK, LAMP): 5, Place(LEEDS, SHADE): 2}

    assert plan({LAMP: 5, SHADE: 1}, available, sites(LEEDS, YORK)).taken == {Place(YORK, LAMP): 5, Place(LEEDS, SHADE): 1}


@pytest.mark.parametrize(
    ("first", "second", "rule", "expected"),
    [
        (Site(1, "A", 20, NEAR), Site(2, "B", 10, ELSEWHERE), SourcingRule.ONE_BY_PRIORITY, 2),
        (Site(1, "A", 10, ELSEWHERE), Site(2, "B", 10, NEAR), SourcingRule.ONE_BY_NEARNESS, 2),
        (Site(2, "B", 10, NEAR), Site(1, "A", 10, NEAR), SourcingRule.ONE_OF_EQUALS, 1),
    ],
)
def test_among_equals_priority_decides_then_nearness_then_age(first: Site, second: Site, rule: SourcingRule, expected: int) -> None:
    chosen = plan({LAMP: 1}, {Place(1, LAMP): 5, Place(2, LAMP): 5}, [first, second])

    assert (chosen.rule, codes(chosen)) == (rule, [expected])


@pytest.mark.parametrize(
    ("ranks", "rule", "expected"),
    [
        ([(10, NEAR), (10, NEAR)], SourcingRule.FEWEST, [1, 2]),
        ([(10, ELSEWHERE), (30, NEAR), (20, ELSEWHERE)], SourcingRule.FEWEST_BY_PRIORITY, [1, 3]),
        ([(10, ELSEWHERE), (10, NEAR), (10, (0, 1, 0))], SourcingRule.FEWEST_BY_NEARNESS, [2, 3]),
        ([(10, NEAR), (10, NEAR), (10, NEAR)], SourcingRule.FEWEST_OF_EQUALS, [1, 2]),
    ],
)
def test_the_same_holds_for_several_together(ranks: list[tuple[int, Distance]], rule: SourcingRule, expected: list[int]) -> None:
    places = [Site(at, str(at), priority, far) for at, (priority, far) in enumerate(ranks, 1)]

    chosen = plan({LAMP: 6}, {Place(site.id, LAMP): 3 for site in places}, places)

    assert (chosen.rule, codes(chosen)) == (rule, expected)


def test_many_small_warehouses_are_planned_without_trying_every_choice() -> None:
    warehouses = list(range(100, 140))
    available = {Place(warehouse, LAMP): 2 if warehouse >= 130 else 1 for warehouse in warehouses}

    chosen = plan({LAMP: 24}, available, sites(*warehouses))

    # The ten that have two, and the first four of the others.
    assert (chosen.rule, codes(chosen)) == (SourcingRule.FEW, [*range(100, 104), *range(130, 140)])
    assert sum(chosen.taken.values()) == 24


def test_of_what_is_short_all_that_is_there_is_planned_and_of_what_is_not_there_nothing() -> None:
    chosen = plan({LAMP: 9, SHADE: 1}, {Place(LEEDS, LAMP): 4, Place(YORK, LAMP): 2}, sites(LEEDS, YORK))

    assert chosen.taken == {Place(LEEDS, LAMP): 4, Place(YORK, LAMP): 2}
    assert plan({SHADE: 1}, {Place(LEEDS, LAMP): 4}, sites(LEEDS)) == Plan(SourcingRule.NONE_YET)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (Address(country="GB", postcode="LS9 0PX"), Address(country="GB", postcode="L1 8JQ")),
        (Address(country="GB", postcode="ls1-5zz"), Address(country="GB", postcode="LS9 0PX")),
        (Address(country="GB", postcode="SW1A 1AA"), Address(country="NL", postcode="LS1 5HD")),
        (Address(country="GB"), Address(country="")),
    ],
)
def test_the_same_country_is_nearer_and_the_longer_common_beginning_of_the_postcode(nearer: Address, farther: Address) -> None:
    leeds = Address(country="GB", postcode="LS1 5HD")

    assert distance(nearer, leeds) < distance(farther, leeds)


@pytest.mark.parametrize(
    ("to", "nearer", "farther"),
    [
        (Address(country="US", region="CA", postcode="94016"), Address(country="US", region="California"), Address(country="US", region="NV")),
        (Address(country="CN", region="浙江", postcode="310000"), Address(country="CN", region="浙江省"), Address(country="CN", region="江苏省")),
        (Address(country="CN", city="上海市"), Address(country="CN", region="Shanghai"), Address(country="CN", region="浙江省")),
        # What one of the two does not name says nothing: the postcode decides.
        (Address(country="GB", postcode="LS1"), Address(country="GB", region="Yorkshire", postcode="LS9"), Address(country="GB", postcode="E1")),
    ],
)
def test_the_same_region_is_nearer_however_it_is_written(to: Address, nearer: Address, farther: Address) -> None:
    assert distance(nearer, to) < distance(farther, to)


def test_two_addresses_that_say_no_country_are_not_near() -> None:
    assert distance(Address(postcode="LS1"), Address(postcode="LS1")) == ELSEWHERE


STOCK = st.dictionaries(st.builds(Place, st.integers(1, 5), st.sampled_from([LAMP, SHADE, 3])), st.integers(0, 6))
WANTED = st.dictionaries(st.sampled_from([LAMP, SHADE, 3]), st.integers(1, 12), min_size=1)
RANKS = st.lists(st.tuples(st.sampled_from([10, 20]), st.sampled_from([NEAR, ELSEWHERE])), min_size=5, max_size=5)


@given(wanted=WANTED, available=STOCK, ranks=RANKS)
def test_a_plan_takes_what_there_is_from_the_fewest_and_the_best_of_them(
    wanted: dict[int, int], available: dict[Place, int], ranks: list[tuple[int, Distance]]
) -> None:
    places = [Site(at, str(at), priority, far) for at, (priority, far) in enumerate(ranks, 1)]
    there = {product: min(units, sum(available.get(Place(site.id, product), 0) for site in places)) for product, units in wanted.items()}

    chosen = plan(wanted, available, places)

    for product, units in there.items():
        assert sum(taken for place, taken in chosen.taken.items() if place.product_id == product) == units
    assert all(0 < taken <= available[place] for place, taken in chosen.taken.items())
    used = {place.warehouse_id for place in chosen.taken}
    assert sorted(used) == sorted(codes(chosen))
    possible = [choice for size in range(6) for choice in combinations(places, size) if suffices(there, available, choice)]
    assert len(used) == len(possible[0])
    best = min((choice for choice in possible if len(choice) == len(used)), key=badness)
    assert badness(chosen.sites) == badness(best)


@given(demands=st.lists(st.tuples(st.sampled_from([LAMP, SHADE]), st.integers(1, 9)), min_size=1), available=STOCK)
def test_every_unit_taken_goes_to_one_line_and_what_a_line_lacks_is_named(demands: list[tuple[int, int]], available: dict[Place, int]) -> None:
    asked = [Demand(line, product, units) for line, (product, units) in enumerate(demands)]
    taken = plan(total_by_product(asked), available, sites(1, 2, 3, 4, 5)).taken

    shares, short = share_out(asked, taken)

    for place, units in taken.items():
        assert sum(share.units for share in shares if share.place == place) == units
    lacking = {demand.order_line_id: demand.quantity for demand in short}
    for demand in asked:
        assert sum(share.units for share in shares if share.order_line_id == demand.order_line_id) == demand.quantity - lacking.get(
            demand.order_line_id, 0
        )


@pytest.mark.parametrize(
    ("change", "earlier", "needed"),
    [(50, 0, False), (51, 0, True), (-51, 0, True), (-30, -30, True), (30, -30, False), (-30, 40, False), (60, -60, True)],
)
def test_a_correction_above_the_limit_alone_or_with_earlier_ones_needs_a_manager(change: int, earlier: int, needed: bool) -> None:
    assert needs_manager(change, earlier) is needed


def sites(*ids: int) -> list[Site]:
    """Warehouses, the first with the first priority."""
    return [Site(warehouse, str(warehouse), priority) for priority, warehouse in enumerate(ids)]


def codes(chosen: Plan) -> list[int]:
    """Whom a plan asks, in its order."""
    return [site.id for site in chosen.sites]


def suffices(wanted: dict[int, int], available: dict[Place, int], choice: Sequence[Site]) -> bool:
    """Whether these have everything together."""
    return all(sum(available.get(Place(site.id, product), 0) for site in choice) >= units for product, units in wanted.items())


def badness(choice: Sequence[Site]) -> tuple[list[int], list[Distance], list[int]]:
    """Priority, then nearness, then age: the smaller, the better."""
    return sorted(site.priority for site in choice), sorted(site.distance for site in choice), sorted(site.id for site in choice)
