"""No bad input is forgotten: B1 to B84 each have their rows on every surface there is, or it is said why not."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.bad_inputs.promises import ELSEWHERE, NO_SURFACE, ON
from tests.bad_inputs.table import ROWS, SURFACES

ROOT = Path(__file__).parent.parent.parent
PROMISED = {f"{number} {letter}" for number, letters in ON.items() for letter in letters}
KEPT = {f"{row.number} {row.letter}" for row in ROWS}


def test_every_number_is_promised() -> None:
    assert list(ON) == [f"B{number}" for number in range(1, 85)]
    assert set("".join(ON.values())) == set("FJCWQ")


def test_every_promise_is_kept_or_it_is_said_why_not() -> None:
    assert PROMISED - KEPT - set(ELSEWHERE) - set(NO_SURFACE) == set()


def test_hardly_anything_is_tested_elsewhere_alone() -> None:
    assert set(ELSEWHERE) - KEPT == {"B46 J"}


def test_what_has_no_surface_has_no_rows_and_was_promised() -> None:
    assert set(NO_SURFACE) & (KEPT | set(ELSEWHERE)) == set()
    assert set(NO_SURFACE) | set(ELSEWHERE) <= PROMISED | KEPT
    assert all(NO_SURFACE.values())


def test_every_surface_has_rows_and_every_row_its_surface() -> None:
    assert {row.surface for row in ROWS} == set(SURFACES)


@pytest.mark.parametrize("named", sorted({test for tests in ELSEWHERE.values() for test in tests}))
def test_the_tests_elsewhere_are_there(named: str) -> None:
    path, _colons, name = named.partition("::")
    tree = ast.parse((ROOT / path).read_text())

    assert name in {node.name for node in _functions(tree.body)}


def _functions(body: Iterable[ast.stmt]) -> Iterable[ast.FunctionDef]:
    return (node for node in body if isinstance(node, ast.FunctionDef))
