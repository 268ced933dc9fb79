"""The branches of ``where``: under which conditions anything depends on a node of a graph.

``where`` passes nothing to the branch that it has not taken, whatever numbers stand there. Among
Values the conditions are known, and that branch is left out of a derivative. While a function is
traced they are not; then the derivative holds both, and what is to be zero says so itself.

Ways are alternatives, each a set of conditions that hold together: {(3, True), (5, False)} is
"condition 3 and not condition 5", a condition being named by its place on the tape.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from autograd.engine import modes
from autograd.table.elementary import less, select

Way = frozenset[tuple[int, bool]]
Ways = tuple[Way, ...]

ALWAYS: Ways = (frozenset(),)
NEVER: Ways = ()
MOST = 6  # alternatives, or conditions in one, before they become one condition on the tape


def through(ways: Ways, condition: Any, is_first: bool) -> Ways:
    """Return the ways to the first or second branch of a ``where`` that these ways lead to."""
    if type(condition) is float:
        return ways if (condition != 0.0) == is_first else NEVER
    literal = (condition.place, is_first)
    return _simple(way | {literal} for way in ways)


def either(first: Ways, second: Ways) -> Ways:
    """Return the ways of both."""
    if first is ALWAYS or second is ALWAYS:
        return ALWAYS
    return _simple(first + second) if first and second else first or second


def both(first: Ways, second: Ways) -> Ways:
    """Return the ways along one of each."""
    if first is ALWAYS or second is ALWAYS:
        return second if first is ALWAYS else first
    return _simple(one | other for one in first for other in second)


def _simple(found: Iterable[Way]) -> Ways:
    """Return the same ways without those that cannot be, or say nothing new."""
    ways = {way for way in found if not any((place, not holds) in way for place, holds in way)}
    while True:
        for one, other in combinations(ways, 2):
            if one < other or other < one:
                ways.remove(max(one, other, key=len))
                break
            difference = one ^ other
            if len(one) == len(other) and len({place for place, _ in difference}) == 1:
                ways -= {one, other}  # c and not c: then c does not matter
                ways.add(one & other)
                break
        else:
            break
    if ALWAYS[0] in ways:
        return ALWAYS
    in_order = tuple(sorted(ways, key=sorted))
    is_short = len(ways) <= MOST and all(len(way) <= MOST for way in ways)
    return in_order if is_short else _put_together(in_order)


def _put_together(ways: Ways) -> Ways:
    condition = less(0.0, chosen(ways, 1.0))
    return (frozenset({(condition.place, True)}),)


def chosen(ways: Ways, number: Any) -> Any:
    """Return the number where one of the ways is open, else 0, as nodes on the tape."""
    tape: Any = modes.thread.recorder
    result: Any = 0.0
    for way in reversed(ways):
        otherwise, result = result, number
        for place, holds in sorted(way, reverse=True):
            condition = tape.nodes[place]
            result = (
                select(condition, result, otherwise)
                if holds
                else select(condition, otherwise, result)
            )
    return result
