"""Guesses what went wrong in a derivative worked out by hand.

The graph of the function knows where the chain rule was applied. Each common mistake (a sign, a
lost inner derivative, a forgotten term, the product of two derivatives) predicts a number at every
point; the mistake whose predictions equal the derivative in question is named.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograd.engine.chain_rule import contributions
from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.notation.formula import Application, Formula, Name, Number, tidied
from autograd.notation.writing import text
from autograd.table import rows as ops
from autograd.table.operation import divided

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
    if len(telling) < 3 or all(map(near, claimed, [trial.true[index] for trial in telling])):
        return ""
    for predicted, sentence in _slips(telling, index):
        if all(map(near, predicted, claimed)):
            return sentence()
    return ""


def near(a: float, b: float) -> bool:
    """Return whether two numbers share seven digits."""
    return abs(a - b) <= 1e-7 * max(abs(a), abs(b)) or a == b


def _slips(
    trials: Sequence[Trial], index: int
) -> Iterator[tuple[Sequence[float], Callable[[], str]]]:
    """Yield what each slip would give at every point, and its name, the plainest first."""
    true = [trial.true[index] for trial in trials]
    claimed = [trial.claimed[index] for trial in trials]
    leaves, roots = trials[0].leaves, [trial.root.data for trial in trials]
    yield [-number for number in true], lambda: "the sign: it is the true derivative, negated"
    yield [0.0] * len(true), lambda: "it is zero everywhere, as if the function were constant"
    for place, leaf in enumerate(leaves[: len(trials[0].true)]):
        yield (
            [trial.true[place] if place != index else math.nan for trial in trials],
            lambda leaf=leaf: (  # type: ignore[misc]
                f"it is the derivative by {leaf.label}: the two may have been swapped"
            ),
        )
    yield roots, lambda: "it is the function itself, not its derivative"
    tapes = [_Tape(trial.root, trial.leaves[index], trial.true[index]) for trial in trials]
    if len({tape.shape for tape in tapes}) == 1 and len(tapes[0].order) <= MOST_NODES:
        for place in reversed(range(len(tapes[0].order))):
            for slip, sentence in _slips_at(tapes[0], tapes[0].order[place]):
                predicted = [
                    tape.true
                    + tape.adjoints[place]
                    * (slip(tape, tape.order[place]) - tape.tangent(tape.order[place]))
                    for tape in tapes
                ]
                yield predicted, sentence
    factor = _ratio(claimed, true)
    if factor is not None:
        yield [factor * number for number in true], lambda: _factor_sentence(factor)
    offset = claimed[0] - true[0]
    which = "too many" if offset > 0 else "missing"
    yield (
        [number + offset for number in true],
        lambda: (
            f"it is off by the same {offset:.6g} everywhere: a term is {which}, or its sign "
            "is wrong"
        ),
    )


def _ratio(claimed: Sequence[float], true: Sequence[float]) -> float | None:
    """Return a plain fraction by which the numbers differ everywhere, if there is one."""
    for one, other in zip(claimed, true, strict=True):
        if other != 0.0 != one and math.isfinite(one / other):
            exact = one / other
            simple = float(Fraction(exact).limit_denominator(1000)) if abs(exact) < 1e6 else exact
            return simple if near(simple, exact) and simple != 0.0 else exact
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
        deque(contributions(self.order, self.tangents, forwards=True), maxlen=0)
        adjoints = {id(root): 1.0}
        deque(contributions(self.order, adjoints), maxlen=0)
        self.adjoints = [adjoints.get(id(node), 0.0) for node in self.order]
        self.shape = tuple(node.op.name if node.op else "" for node in self.order)

    def tangent(self, node: Value) -> float:
        """Return d(node)/d(leaf)."""
        return self.tangents.get(id(node), 0.0)


Derivative = Callable[[_Tape, Value], float]  # of a node, at one point


def _slips_at(tape: _Tape, node: Value) -> Iterator[tuple[Derivative, Callable[[], str]]]:
    """Yield what each slip at a node would make of its derivative, and its name."""
    places = [
        index
        for index, arg in enumerate(node.args)
        if node.partials[index] is not None and tape.tangent(arg) != 0.0
    ]
    if not places:
        return
    leaf = tape.leaf.label

    def named(sentence: str, index: int = 0) -> Callable[[], str]:
        parts = [arg if isinstance(arg, Value) else node for arg in node.args]
        return lambda: sentence.format(written(node), leaf, written(parts[index]))

    if node is not tape.order[-1]:
        yield (
            lambda tape, here: 1.0,
            named(
                "a lost inner derivative: the chain rule has a factor d({0})/d{1}, and it was "
                "left out"
            ),
        )
        yield lambda tape, here: 0.0, named("forgot to add: what comes through {0}")
    yield (
        lambda tape, here: -tape.tangent(here),
        named("a sign: the derivative of {0} has the opposite one"),
    )
    for index in places:

        def along(change: Callable[[float], float], index: int = index) -> Derivative:
            """Return the derivative of the node with another partial by one operand."""

            def changed(tape: _Tape, here: Value) -> float:
                partial = here.partials[index]
                assert partial is not None
                return tape.tangent(here) + change(partial) * tape.tangent(here.args[index])

            return changed

        if len(places) > 1:
            yield (
                along(lambda partial: -partial),
                named("forgot to add: {0} depends on {1} through {2} as well", index),
            )
            yield (
                along(lambda partial: -2.0 * partial),
                named("a sign: the term of {0} that comes through {2} has the opposite one", index),
            )
        yield (
            along(lambda partial: 1.0 - partial),
            named("a lost outer derivative: d({0}) by {2} is a factor, and it was left out", index),
        )
    if node.op is ops.multiply and len(places) == 2:
        yield (
            lambda tape, here: tape.tangent(here.args[0]) * tape.tangent(here.args[1]),
            named("the product rule: the derivative of {0} is u'v + uv', not u'v'"),
        )
    if node.op is ops.divide and len(places) == 2:
        yield (
            lambda tape, here: tape.tangent(here) * here.args[1].data ** 2,
            named("the quotient rule: the derivative of {0} is divided by the denominator squared"),
        )
        yield (
            lambda tape, here: divided(tape.tangent(here.args[0]), tape.tangent(here.args[1])),
            named("the quotient rule: the derivative of {0} is (u'v - uv')/v**2, not u'/v'"),
        )
    if node.op is ops.power and places == [0]:
        yield (
            lambda tape, here: tape.tangent(here) * here.args[0].data,
            named("the power rule: the exponent of {0} drops by one in the derivative"),
        )
        yield (
            lambda tape, here: divided(tape.tangent(here), _number(here.args[1])),
            named("the power rule: the exponent of {0} comes down as a factor"),
        )


def _number(operand: Value | float) -> float:
    return operand.data if isinstance(operand, Value) else operand


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
