"""Which warehouses serve an order."""

from logistics.inventory.models import Place
from logistics.inventory.rules import Demand, find_missing, plan, total_by_product

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
