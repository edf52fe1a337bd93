"""State machines: each is one dict of moves in its feature's lifecycle.py; this is how they are asked."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from logistics.core.language import _
from logistics.core.refusals import IllegalMove

State = TypeVar("State", bound=str)


def check_move(moves: Mapping[State, Collection[State]], current: State, to: State) -> None:
    """Raise IllegalMove unless the machine allows this step."""
    if to not in moves[current]:
        raise IllegalMove(_("This step is not possible now. Reload to see the present state."), current=str(current), asked=str(to))
