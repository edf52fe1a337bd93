"""Which warehouses serve an order."""

import pytest

from logistics.inventory.models import Place
from logistics.inventory.rules import Demand, find_missing, needs_manager, plan, total_by_product

LAMP, SHADE = 1, 2
LEEDS, HANGZHOU, YORK = 10, 20, 30


def test_lines_of_one_product_are_summed() -> None:
    assert total_by_product([Demand(1, LAMP, 3), Demand(2, LAMP, 3), Demand(3, SHADE, 1)]) == {LAMP: 6, SHADE: 1}


def test_what_is_short_is_counted_over_all_warehouses() -> None:
    assert find_missing({LAMP: 5, SHADE: 1}, {Place(LEEDS, LAMP): 2, Place(YORK, LAMP): 2}) == {LAMP: 1, SHADE: 1}


def test_one_warehouse_that_has_everything_is_preferred_to_an_earlier_one_that_has_not() -> None:
    available = {Place(LEEDS, LAMP): 5, Place(YORK, LAMP): 5, Place(YORK, SHADE): 5}

    assert plan({LAMP: 2, SHADE: 1}, available, [LEEDS, YORK]) == {Place(YORK, LAMP): 2, Place(YORK, SHADE): 1}


def test_the_fewest_warehouses_are_taken_and_the_earlier_in_priority_first() -> None:
    available = {Place(LEEDS, LAMP): 4, Place(HANGZHOU, LAMP): 4, Place(YORK, LAMP): 4}

    assert plan({LAMP: 6}, available, [LEEDS, HANGZHOU, YORK]) == {Place(LEEDS, LAMP): 4, Place(HANGZHOU, LAMP): 2}


def test_many_small_warehouses_are_planned_without_trying_every_choice() -> None:
    warehouses = list(range(100, 140))
    available = {Place(warehouse, LAMP): 1 for warehouse in warehouses}

    assert plan({LAMP: 30}, available, warehouses) == {Place(warehouse, LAMP): 1 for warehouse in warehouses[:30]}


@pytest.mark.parametrize(
    ("change", "earlier", "needed"),
    [(50, 0, False), (51, 0, True), (-51, 0, True), (-30, -30, True), (30, -30, False), (-30, 40, False), (60, -60, True)],
)
def test_a_correction_above_the_limit_alone_or_with_earlier_ones_needs_a_manager(change: int, earlier: int, needed: bool) -> None:
    assert needs_manager(change, earlier) is needed
