"""Guesses what went wrong in a derivative worked out by hand.

The graph of the function knows where the chain rule was applied. Each usual slip (a sign, a lost
inner derivative, a forgotten term, the product of two derivatives) predicts a number at every
point; the slip whose predictions are the derivative in question is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.notation.formula import Application, Formula, Name, Number, tidied
from autograd.notation.writing import text
from autograd.table import elementary as ops

__tracebackhide__ = True  # from reports of pytest

MOST_NODES = 200  # of a graph that is looked through


@dataclass(frozen=True, slots=True)
class Trial:
    """One point: a derivative in question there, the true one, and the graph of the function.

    Attributes:
        claimed: the derivative in question by each number of the arguments.
        true: what it should be.
        leaves: the leaves of the graph, whose labels are the names of the numbers.
        root: its root.
    """

    claimed: Sequence[float]
    true: Sequence[float]
    leaves: Sequence[Value]
    root: Value


def diagnosis(trials: Sequence[Trial], index: int) -> str:
    """Return a sentence on what may have gone wrong in one component, or an empty text."""
    telling = [trial for trial in trials if math.isfinite(trial.claimed[index])]
    claimed = [trial.claimed[index] for trial in telling]
    if len(telling) < 3 or all(map(_near, claimed, [trial.true[index] for trial in telling])):
        return ""
    for predicted, sentence in _slips(telling, index):
        if all(map(_near, predicted, claimed)):
            return sentence
    return ""


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-7 * max(abs(a), abs(b)) or a == b


def _slips(trials: Sequence[Trial], index: int) -> Iterator[tuple[list[float], str]]:
    """Yield what each slip would give at every point, and its name, the plainest first."""
    true = [trial.true[index] for trial in trials]
    claimed = [trial.claimed[index] for trial in trials]
    yield [-number for number in true], "the sign: it is the true derivative, negated"
    yield [0.0] * len(trials), "it is zero everywhere, as if the function were constant"
    for other in range(len(trials[0].true)):
        if other != index:
            name = trials[0].leaves[other].label
            sentence = f"it is the derivative by {name}: the two may have been swapped"
            yield [trial.true[other] for trial in trials], sentence
    yield (
        [trial.root.data for trial in trials],
        "it is the function itself, not its derivative",
    )
    tapes = [_Tape(trial.root, trial.leaves[index], trial.true[index]) for trial in trials]
    if len({tape.shape for tape in tapes}) == 1 and len(tapes[0].order) <= MOST_NODES:
        for place in reversed(range(len(tapes[0].order))):
            yield from _slips_at(tapes, place)
    factor = _ratio(claimed, true)
    if factor is not None:
        yield [factor * number for number in true], _factor_sentence(factor)
    offset = claimed[0] - true[0]
    yield (
        [number + offset for number in true],
        f"it is off by the same {offset:.6g} everywhere: "
        f"a term is {'too many' if offset > 0 else 'missing'}, or its sign is wrong",
    )


def _ratio(claimed: Sequence[float], true: Sequence[float]) -> float | None:
    """Return a plain fraction by which the numbers differ everywhere, if there is one."""
    for one, other in zip(claimed, true, strict=True):
        if other != 0.0 != one and math.isfinite(one / other):
            exact = one / other
            near = float(Fraction(exact).limit_denominator(1000)) if abs(exact) < 1e6 else exact
            return near if _near(near, exact) and near != 0.0 else exact
    return None


def _factor_sentence(factor: float) -> str:
    inverse = 1.0 / factor
    if inverse.is_integer() or abs(factor) < 1.0:
        return f"a factor is missing: multiply by {inverse:.6g}"
    return f"a factor too many: it is {factor:.6g} times the true derivative everywhere"


# -- slips at one node -------------------------------------------------------------------------


class _Tape:
    """The graph at one point, with derivatives of the root by a node, and of a node by a leaf."""

    def __init__(self, root: Value, leaf: Value, true: float) -> None:
        self.order = ordered(root)
        self.true = true
        self.leaf = leaf
        self.tangents: dict[int, float] = {id(leaf): 1.0}
        adjoints = dict.fromkeys(map(id, self.order), 0.0) | {id(root): 1.0}
        for node in self.order:
            self.tangents.setdefault(
                id(node), sum(partial * self.tangent(arg) for arg, partial in active(node))
            )
        for node in reversed(self.order):
            for arg, partial in active(node):
                adjoints[id(arg)] += adjoints[id(node)] * partial
        self.adjoints = [adjoints[id(node)] for node in self.order]
        self.shape = tuple(node.op.name if node.op else "" for node in self.order)

    def tangent(self, node: Value) -> float:
        """Return d(node)/d(leaf)."""
        return self.tangents.get(id(node), 0.0)


def _slips_at(tapes: list[_Tape], place: int) -> Iterator[tuple[list[float], str]]:
    node = tapes[0].order[place]
    if node.op is None or all(tape.tangent(tape.order[place]) == 0.0 for tape in tapes):
        return

    def with_derivative(derivative: Callable[[_Tape, Value], float]) -> list[float]:
        """Return the derivatives at all points, had that of the node been another."""
        predicted = []
        for tape in tapes:
            here = tape.order[place]
            change = derivative(tape, here) - tape.tangent(here)
            predicted.append(tape.true + tape.adjoints[place] * change)
        return predicted

    name, leaf = written(node), tapes[0].leaf.label
    is_inner = place != len(tapes[0].order) - 1
    if is_inner:
        yield (
            with_derivative(lambda tape, here: 1.0),
            f"a lost inner derivative: the chain rule has a factor d({name})/d{leaf}, "
            f"and it was left out",
        )
        yield with_derivative(lambda tape, here: 0.0), f"forgot to add: what comes through {name}"
    yield (
        with_derivative(lambda tape, here: -tape.tangent(here)),
        f"a sign: the derivative of {name} has the opposite one",
    )
    places = [
        index
        for index, arg in enumerate(node.args)
        if node.partials[index] is not None and tapes[0].tangent(arg) != 0.0
    ]
    for index in places:
        yield from _slips_along(tapes, place, index, name, len(places) > 1)
    if node.op is ops.multiply and len(places) == 2:
        yield (
            with_derivative(lambda tape, here: _product(tape.tangent(arg) for arg in here.args)),
            f"the product rule: the derivative of {name} is u'v + uv', not u'v'",
        )
    if node.op is ops.divide and len(places) == 2:
        yield (
            with_derivative(lambda tape, here: tape.tangent(here) * here.args[1].data ** 2),
            f"the quotient rule: the derivative of {name} is divided by the denominator squared",
        )
        yield (
            with_derivative(
                lambda tape, here: tape.tangent(here.args[0]) / _nonzero(tape.tangent(here.args[1]))
            ),
            f"the quotient rule: the derivative of {name} is (u'v - uv')/v**2, not u'/v'",
        )
    if node.op is ops.power and places == [0]:
        yield (
            with_derivative(lambda tape, here: tape.tangent(here) * here.args[0].data),
            f"the power rule: the exponent of {name} drops by one in the derivative",
        )
        yield (
            with_derivative(lambda tape, here: tape.tangent(here) / _nonzero(_exponent(here))),
            f"the power rule: the exponent of {name} comes down as a factor",
        )


def _slips_along(
    tapes: list[_Tape], place: int, index: int, name: str, is_one_of_several: bool
) -> Iterator[tuple[list[float], str]]:
    def with_partial(partial: Callable[[float], float]) -> list[float]:
        predicted = []
        for tape in tapes:
            here = tape.order[place]
            recorded = here.partials[index]
            assert recorded is not None
            change = (partial(recorded) - recorded) * tape.tangent(here.args[index])
            predicted.append(tape.true + tape.adjoints[place] * change)
        return predicted

    operand, leaf = written(tapes[0].order[place].args[index]), tapes[0].leaf.label
    if is_one_of_several:
        yield (
            with_partial(lambda partial: 0.0),
            f"forgot to add: {name} depends on {leaf} through {operand} as well",
        )
        yield (
            with_partial(lambda partial: -partial),
            f"a sign: the term of {name} that comes through {operand} has the opposite one",
        )
    yield (
        with_partial(lambda partial: 1.0),
        f"a lost outer derivative: d({name}) by {operand} is a factor, and it was left out",
    )


def active(node: Value) -> Iterator[tuple[Value, float]]:
    """Yield the operands of a node that are no constants, each with the partial derivative."""
    for arg, partial in zip(node.args, node.partials, strict=True):
        if partial is not None and isinstance(arg, Value):
            yield arg, partial


def _product(numbers: Iterator[float]) -> float:
    return math.prod(numbers)


def _nonzero(number: float) -> float:
    return number if number != 0.0 else math.nan


def _exponent(node: Value) -> float:
    exponent = node.args[1]
    return exponent.data if isinstance(exponent, Value) else float(exponent)


def written(node: Value) -> str:
    """Return what a node is as a formula in the leaves, where that is short."""
    formulas: dict[int, tuple[Formula, int]] = {}
    for part in ordered(node):
        if part.op is None:
            formulas[id(part)] = Name(part.label or f"{part.data:g}", part.data), 1
            continue
        operands = [
            (Number(arg), 1) if partial is None else formulas[id(arg)]
            for arg, partial in zip(part.args, part.partials, strict=True)
        ]
        size = 1 + sum(size for _, size in operands)
        whole: Formula = Application(part.op, tuple(formula for formula, _ in operands))
        formulas[id(part)] = (whole if size <= 15 else Name("...", part.data)), min(size, 16)
    return text(tidied(formulas[id(node)][0]))
