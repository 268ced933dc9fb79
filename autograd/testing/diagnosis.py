"""Guesses what went wrong in a derivative worked out by hand.

The graph of the function knows where the chain rule was applied. Each common mistake (a sign, a
lost inner derivative, a forgotten term, the product of two derivatives, brackets that were left
out, a square left out of the derivative of one function) predicts a number at every point; the
mistake whose predictions equal the derivative in question is named.
"""

from __future__ import annotations

import functools
import math
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd.differences import Slope
from autograd.engine.chain_rule import contributions
from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.errors import AutogradError
from autograd.notation.formula import (
    Application,
    Constant,
    Formula,
    Name,
    Number,
    evaluated,
    rule_formula,
    tidied,
)
from autograd.notation.writing import text
from autograd.table import rows as ops
from autograd.table.operation import TABLE, divided
from autograd.testing.sampling import way
from autograd.transforms.vjp import gradient

__tracebackhide__ = True  # from reports of pytest

ROUNDING = 1e-14  # of a difference of two derivatives, relative to the larger
ROUNDED = 0.01  # the relative error of a constant written with two digits or more
FEWEST = 3  # points that there must be on each side before a sentence says which side is right
NEAR_ZERO = 5.0  # farther from 0, a claim may look right by rounding alone
MOST_NODES = 200  # of a graph that is searched for mistakes
ELSEWHERE = ": f is another formula there"
SUMS = (ops.add, ops.subtract)


@dataclass(frozen=True, slots=True)
class Trial:
    """One point: a derivative in question there, the true one, and the graph of the function.

    Attributes:
        claimed: the derivative in question by each number of the arguments.
        true: what it should be.
        leaves: the leaves of the graph, whose labels are the names of the numbers.
        root: its root.
        slope: the slope of the derivative in question, of one component along its own number.
    """

    claimed: Sequence[float]
    true: Sequence[float]
    leaves: Sequence[Value]
    root: Value
    slope: Callable[[int], Slope]


def diagnosis(trials: Sequence[Trial], index: int) -> str:
    """Return a sentence on what may have gone wrong in one component, or an empty text."""
    telling = [trial for trial in trials if math.isfinite(trial.claimed[index])]
    claimed = [trial.claimed[index] for trial in telling]
    known = [trial.true[index] for trial in telling]
    if len(telling) < 3 or all(map(near, claimed, known)):
        return ""
    tapes = _tapes(telling, index)
    at_zero, elsewhere = _one_sided(telling, index)
    for predicted, sentence in _chosen_everywhere(tapes):
        if all(map(near, predicted, claimed)):
            side = at_zero.removesuffix(ELSEWHERE)
            return f"{side}: {sentence()}" if side else sentence()
    if at_zero and any(
        number and near(one, number) for one, number in zip(claimed, known, strict=True)
    ):
        return at_zero
    vague = ""  # where a side is right since it is 0, a slip on both sides tells more
    for predicted, sentence in _slips(telling, index, tapes):
        if all(map(near, predicted, claimed)):
            words = sentence()
            if words.count("...") < 2:  # the terms that it names are short enough to be written out
                return words
            vague = vague or words
    return at_zero or elsewhere or vague


def _one_sided(trials: Sequence[Trial], index: int) -> tuple[str, str]:
    """Return a sentence on a claim that is right on one side only.

    The first text is for sides of 0, and of where the function takes another way; the second is for
    those of any other number, where other slips may be the reason.
    """
    is_right = [near(trial.claimed[index], trial.true[index]) for trial in trials]
    ways = [str(way(trial.root)) for trial in trials]
    right = {path for path, known in zip(ways, is_right, strict=True) if known}
    wrong = {path for path, known in zip(ways, is_right, strict=True) if not known}
    is_split = right.isdisjoint(wrong)
    reason = ELSEWHERE * is_split
    leaves = range(len(trials[0].leaves))
    columns = [
        (trials[0].leaves[place].label, [trial.leaves[place].data for trial in trials])
        for place in sorted(leaves, key=lambda place: place != index)  # its own number first
    ]
    for name, numbers in columns:
        if sides := _sides_of_zero(name, numbers, is_right):
            return sides + reason, ""
    for name, numbers in columns:
        if sides := _sides(name, numbers, is_right):
            return (sides + reason, "") if is_split else ("", sides)
    return "", ""


def _sides_of_zero(name: str, numbers: Sequence[float], is_right: Sequence[bool]) -> str:
    known = list(zip(numbers, is_right, strict=True))
    above, below = ([r for n, r in known if n * sign > 0.0] for sign in (1, -1))
    if not _are_opposite(above, below) or min(abs(n) for n in numbers if n) >= NEAR_ZERO:
        return ""
    good, bad = (">", "<") if above[0] else ("<", ">")
    return f"it is right for {name} {good} 0, and wrong for {name} {bad} 0"


def _sides(name: str, numbers: Sequence[float], is_right: Sequence[bool]) -> str:
    known = sorted(zip(numbers, is_right, strict=True))
    ways = [r for _, r in known]
    border = ways.index(not ways[0]) if len({*ways}) == 2 else 0
    if not _are_opposite(ways[:border], ways[border:]):
        return ""
    below, above = ("right", "wrong") if ways[0] else ("wrong", "right")
    return (
        f"it is {below} at the points tried up to {name} = {known[border - 1][0]:.4g}, "
        f"and {above} from {known[border][0]:.4g} on"
    )


def _are_opposite(one: Sequence[bool], other: Sequence[bool]) -> bool:
    """Return whether a claim is right at all of some points and at none of some others."""
    is_known = min(len(one), len(other)) >= FEWEST
    return is_known and {*one} | {*other} == {True, False} and len({*one}) == len({*other}) == 1


def near(a: float, b: float) -> bool:
    """Return whether two numbers share seven digits."""
    return abs(a - b) <= 1e-7 * max(abs(a), abs(b)) or a == b


def _slips(
    trials: Sequence[Trial], index: int, tapes: Sequence[_Tape]
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    """Yield what each slip would give at every point, and its name, the plainest first.

    The numbers are worked out as they are asked for: most slips fail to fit at the first point.
    """
    true = [trial.true[index] for trial in trials]
    claimed = [trial.claimed[index] for trial in trials]
    leaves, roots = trials[0].leaves, [trial.root.data for trial in trials]
    yield [-number for number in true], lambda: "the sign: it is the true derivative, negated"
    yield [0.0] * len(true), lambda: "it is zero everywhere, as if the function were constant"
    by_others = [
        (place, [trial.true[place] for trial in trials], leaves[place].label)
        for place in range(len(trials[0].claimed))
        if place != index
    ]
    for place, numbers, label in by_others:
        if all(map(near, [trial.claimed[place] for trial in trials], true)):  # both were
            yield numbers, _by_another(label, ": the two may have been swapped")
    name = leaves[index].label
    if not any(trial.leaves[index] is node for trial in trials for node in ordered(trial.root)):
        words = f"f does not depend on {name}: it is a constant, and its derivative is 0"
        yield claimed, lambda: words
    if tapes:
        telling = max(tapes, key=lambda tape: sum(map(bool, tape.tangents.values())))
        yield from _powers(tapes, telling)
        if _is_exponential(tapes):  # the factor that it lacks tells more
            yield from _slips_at_nodes(tapes, telling)
    yield roots, lambda: "it is the function itself, not its derivative"
    if tapes:
        yield from _slips_at_nodes(tapes, telling)
        for place, node in enumerate(telling.order[:-1]):
            if node.op is not None and telling.tangent(node):
                yield map(_predicted(_kept, place), tapes), _kept_sentence(node)
        yield from _lost_brackets(tapes, telling)
    for _, numbers, label in by_others:
        yield numbers, _by_another(label)
    yield map(_second_derivative(index), trials), lambda: "it is the second derivative"
    offset = claimed[0] - true[0]
    which = "too many" if offset > 0 else "missing"
    yield (
        [number + offset for number in true],
        lambda: (
            f"it is off by the same {offset:.6g} everywhere: a term is {which}, or its sign "
            "is wrong"
        ),
    )
    yield (
        map(_differentiated(index), trials),
        lambda: "it is an integral of the function: its derivative is the function",
    )
    yield from _functions_as_factors(true, trials, index)
    factor = _ratio(claimed, true)
    if factor is not None:
        yield [factor * number for number in true], lambda: _factor_sentence(factor)


def _slips_at_nodes(
    tapes: Sequence[_Tape], telling: _Tape
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    for place in reversed(range(len(telling.order))):
        for slip, named in _slips_at(telling, telling.order[place]):
            yield map(_predicted(slip, place), tapes), named


def _is_exponential(tapes: Sequence[_Tape]) -> bool:
    """Return whether the slope of the root is a constant times the root."""
    roots = [tape.order[-1] for tape in tapes]
    ratios = [divided(root.partials[-1] or 0.0, root.data) for root in roots if root.op is not None]
    is_known = any(ratios) and all(map(math.isfinite, ratios))
    return is_known and all(near(ratio, ratios[0]) for ratio in ratios)


def _tapes(trials: Sequence[Trial], index: int) -> Sequence[_Tape]:
    """Return the graphs of all trials, where they are one and the same, and not too large."""
    if len(ordered(trials[0].root)) > MOST_NODES:
        return ()
    tapes = [_Tape(trial.root, trial.leaves[index], trial.true[index]) for trial in trials]
    return tapes if len({tape.shape for tape in tapes}) == 1 else ()


def _chosen_everywhere(
    tapes: Sequence[_Tape],
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    """Yield what it gives to forget a choice: to take one operand, or its slope, everywhere."""
    for place, node in enumerate(tapes[0].order if tapes else ()):
        if node.op is None or not (node.op.kinks or node.op.strong_zero):
            continue
        for index, partial in enumerate(node.partials):
            slopes = {tape.order[place].partials[index] for tape in tapes}
            if partial is None or 1.0 not in slopes or len(slopes) == 1:
                continue

            def as_one(tape: _Tape, here: Value, index: int = index) -> float:
                partial = here.partials[index]
                assert partial is not None
                return tape.tangent(here) + (1.0 - partial) * tape.tangent(here.args[index])

            yield map(_predicted(as_one, place), tapes), _as_one_sentence(node, index)
            yield (
                map(_without_choice(place, index), tapes),
                _sentence("{0} was taken to be {1} everywhere", node, node.args[index]),
            )


def _without_choice(place: int, index: int) -> Callable[[_Tape], float]:
    """Return the derivative of a graph in which an operand stands in the place of a node."""

    def at(tape: _Tape) -> float:
        leaf = Value(tape.leaf.data)
        made: dict[int, Any] = {id(tape.leaf): leaf}
        for here, node in enumerate(tape.order):
            operands = [made.get(id(arg), arg) for arg in node.args]
            if here == place:
                made[id(node)] = operands[index]
            elif node.op is not None:
                made[id(node)] = node.op(*operands)
            elif node is not tape.leaf:
                made[id(node)] = node.data
        whole = made[id(tape.order[-1])]
        return gradient(whole, [leaf])[0].data if isinstance(whole, Value) else 0.0

    return at


def _as_one_sentence(node: Value, index: int) -> Callable[[], str]:
    def sentence() -> str:
        whole, arg = written(node), written(node.args[index])
        return (
            f"the derivative of {whole} by {arg} was taken to be 1 everywhere, as where it goes "
            f"with {arg}"
        )

    return sentence


def _lost_brackets(
    tapes: Sequence[_Tape], telling: _Tape
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    """Yield what products with a sum are without its brackets: u + v*w for (u + v)*w."""
    for place, node in enumerate(telling.order):
        if node.op in SUMS and len(_moving_terms(telling, node)) > 1:
            words = "brackets: the derivative of {0} is a sum, and all of it is multiplied"
            for last in (True, False):
                yield map(_bare_tangent(place, last), tapes), _sentence(words, node)
        if node.op is not ops.multiply:
            continue
        for index in (0, 1):
            factor, other = node.args[index], node.args[1 - index]
            if isinstance(factor, Value) and factor.op in SUMS and isinstance(other, Value):
                words = (
                    "brackets: {0} is a sum, and in the derivative of {1} all of it is multiplied"
                )
                for last in (True, False):
                    yield (
                        map(_bare_factor(place, index, last), tapes),
                        _sentence(words, factor, node),
                    )


def _sentence(words: str, *nodes: Value) -> Callable[[], str]:
    return lambda: words.format(*map(written, nodes))


def _summands(node: Value | float, sign: float = 1.0) -> list[tuple[float, Value | float]]:
    """Return the terms of a sum, with their signs, in the order in which they are written."""
    if not isinstance(node, Value) or node.op not in SUMS:
        return [(sign, node)]
    left, right = node.args
    other = -sign if node.op is ops.subtract else sign
    return [*_summands(left, sign), *_summands(right, other)]


def _moving_terms(tape: _Tape, node: Value) -> list[float]:
    """Return the terms of the derivative of a sum, in their order."""
    terms = [(sign, term) for sign, term in _summands(node) if isinstance(term, Value)]
    return [sign * tape.tangent(term) for sign, term in terms if tape.tangent(term)]


def _bare(terms: Sequence[float], factor: float, last: bool) -> float:
    """Return what a sum times a factor is if the factor stands at its last or first term alone."""
    if last:
        return sum(terms[:-1]) + factor * terms[-1]
    return factor * terms[0] + sum(terms[1:])


def _bare_tangent(place: int, last: bool) -> Callable[[_Tape], float]:
    def at(tape: _Tape) -> float:
        terms, factor = _moving_terms(tape, tape.order[place]), tape.adjoints[place]
        return tape.true - factor * sum(terms) + _bare(terms, factor, last) if terms else tape.true

    return at


def _bare_factor(place: int, index: int, last: bool) -> Callable[[_Tape], float]:
    def at(tape: _Tape) -> float:
        node = tape.order[place]
        terms = [sign * _number(term) for sign, term in _summands(node.args[index])]
        factor = tape.adjoints[place] * tape.tangent(node.args[1 - index])
        return tape.true - factor * sum(terms) + _bare(terms, factor, last)

    return at


def _by_another(label: str, more: str = "") -> Callable[[], str]:
    return lambda: f"it is the derivative by {label}{more}"


def _predicted(slip: Derivative, place: int) -> Callable[[_Tape], float]:
    """Return what the whole derivative is at a point with a slip at one node."""

    def at(tape: _Tape) -> float:
        node, adjoint = tape.order[place], tape.adjoints[place]
        others = tape.true - adjoint * tape.tangent(node)  # what comes through other nodes
        if abs(others) <= ROUNDING * abs(tape.true):  # nothing: exp(100) less itself is no 1e27
            others = 0.0
        return others + adjoint * slip(tape, node)

    return at


def _second_derivative(index: int) -> Callable[[Trial], float]:
    """Return the second derivative by one number, nan where the graph does not tell it."""

    def at(trial: Trial) -> float:
        try:
            leaf = trial.leaves[index]
            first = gradient(trial.root, [leaf])[0]
            return gradient(first, [leaf])[0].data
        except AutogradError:  # an operation that knows its first derivative only
            return math.nan

    return at


def _differentiated(index: int) -> Callable[[Trial], float]:
    """Return the claim itself where its derivative is the function, else nan."""

    def at(trial: Trial) -> float:
        slope = trial.slope(index)
        is_integral = not slope.remark and slope.agrees(trial.root.data)
        return trial.claimed[index] if is_integral else math.nan

    return at


def _functions_as_factors(
    true: Sequence[float], trials: Sequence[Trial], index: int
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    """Yield what the derivative is with a function of the number as a factor more, or less."""
    numbers, name = [trial.leaves[index].data for trial in trials], trials[0].leaves[index].label
    for row in TABLE.values():
        if (
            row.arity != 1
            or not row.public
            or row.kinks
            or row.strong_zero
            or row.symbol != row.name
        ):
            continue
        factors = list(map(row.value, numbers))
        factor = f"{row.name}({name})"
        yield (
            map(operator.mul, true, factors),
            functools.partial(
                "a factor too many: it is {} times the true derivative".format, factor
            ),
        )
        yield (
            map(divided, true, factors),
            functools.partial("a factor is missing: multiply by {}".format, factor),
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
    gap = abs(factor - 1.0)
    if 0.0 < gap < ROUNDED:
        digits = 1 - math.floor(math.log10(gap))
        return (
            f"it is {factor:.{digits}g} times the true derivative everywhere: a constant may have "
            f"been rounded"
        )
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
        self.mistaken: dict[tuple[int, int], list[tuple[float, Formula, Formula]]] = {}
        self.shape = tuple(node.op.name if node.op else "" for node in self.order)

    def tangent(self, node: Value) -> float:
        """Return d(node)/d(leaf)."""
        return self.tangents.get(id(node), 0.0)

    def slope(self, operand: Value | float) -> float:
        """Return the derivative of an operand by the leaf: that of a number is 0."""
        return self.tangents.get(id(operand), 0.0)


Derivative = Callable[[_Tape, Value], float]  # of a node, at one point


def _slips_at(tape: _Tape, node: Value) -> Iterator[tuple[Derivative, Callable[[], str]]]:
    """Yield what each slip at a node would make of its derivative, and its name."""
    places = [
        index
        for index, arg in enumerate(node.args)
        if node.partials[index] is not None and tape.tangent(arg) != 0.0
    ]
    if not places or node.op is None:
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
    if node.op in SUMS and len(places) == 1:
        constant = node.args[1 - places[0]]
        if not isinstance(constant, Value) and constant:
            sign = -1.0 if node.op is ops.subtract and places == [0] else 1.0
            yield (
                lambda tape, here: tape.tangent(here) + sign * constant,
                named(f"a constant: the derivative of {constant:g} in {{0}} is 0"),
            )
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
    if node.op in SUMS and len(places) == 2:
        yield (
            lambda tape, here: tape.tangent(here.args[0]) * tape.tangent(here.args[1]),
            named("the sum rule: the derivative of {0} is the sum of theirs, u' + v', not u'v'"),
        )
    if node.op is ops.multiply and len(places) == 2:
        yield (
            lambda tape, here: tape.tangent(here.args[0]) * tape.tangent(here.args[1]),
            named("the product rule: the derivative of {0} is u'v + uv', not u'v'"),
        )
    if node.op is ops.multiply:
        factors = _factors(node)
        moving = [
            place
            for place, factor in enumerate(factors)
            if isinstance(factor, Value) and tape.tangent(factor)
        ]
        if len({id(factors[place]) for place in moving}) == 1 < len(moving):
            yield (
                lambda tape, here: tape.tangent(here) * _number(_factors(here)[moving[0]]),
                named("the power rule: the exponent of {0}, a power, drops by one"),
            )
        elif len(moving) > 2:
            yield (
                lambda tape, here: _product_of_tangents(tape, here, moving),
                named(
                    "the product rule: the derivative of {0} is a sum of terms with one factor "
                    "derived in each, not the product of all derivatives"
                ),
            )
    if node.op is ops.divide and 1 in places:
        yield (
            lambda tape, here: tape.tangent(here) * here.args[1].data,
            named("the quotient rule: in the derivative of {0} the denominator is squared", 1),
        )
        yield (
            lambda tape, here: tape.tangent(here) * here.args[1].data ** 2,
            named("the quotient rule: the derivative of {0} is divided by the denominator squared"),
        )
    if node.op is ops.divide and places[-1] == 1:
        for form, of in _QUOTIENTS:
            if places == [1] and "u'" in form:
                continue
            rule = "(u'v - uv')/v**2" if len(places) == 2 else "-uv'/v**2"
            yield (
                _quotient(of),
                named(f"the quotient rule: the derivative of {{0}} is {rule}, not {form}"),
            )
    if node.op is ops.power and places == [0]:
        yield (
            lambda tape, here: tape.tangent(here) * here.args[0].data,
            named("the power rule: the exponent of {0} drops by one in the derivative"),
        )
        yield (
            lambda tape, here: tape.tangent(here) * here.args[0].data ** 2,
            named("the power rule: the exponent of {0} drops by one, and was raised by one"),
        )
        yield (
            lambda tape, here: divided(tape.tangent(here), _number(here.args[1])),
            named("the power rule: the exponent of {0} comes down as a factor"),
        )
    if node.op in (ops.power, ops.exp) and places[-1] == node.op.arity - 1:
        yield (
            _as_a_power,
            named("the power rule does not hold for {0}: {1} stands in the exponent"),
        )
    if node.op.arity == 1 and node.args[0].op is not None:  # else it is the function itself
        yield (
            lambda tape, here: here.data * tape.tangent(here.args[0]),
            named("the derivative of {0} was taken to be {0}, times that of {2}"),
        )
    if any(node.args[index].op is not None for index in places):
        yield (
            _of_tangents,
            named(
                "the chain rule: the function {0} was applied to the derivative of {2}", places[0]
            ),
        )
        if node.op.arity == 1:
            yield from _partials_at_the_slope(named, 0)
    if node.op.arity == 1:
        yield _at_operand, _by_the_value(node)
        for scale, words in _ANGLES:
            yield from _partials_elsewhere(
                0, functools.partial(_scaled, scale), named(words), scale
            )
    for index in places:
        for place, (_, mistaken, right) in enumerate(_mistaken(tape, node, index)):
            yield _taken_as(index, place), _mistake(node, index, mistaken, right)
    if len(places) == 1 < node.op.arity and node.args[places[0]].op is not None:
        yield from _partials_at_the_slope(named, places[0])


def _quotient(of: Callable[[float, float, float, float], float]) -> Derivative:
    """Return what a formula of u, v and their derivatives makes of the derivative of u / v."""

    def at(tape: _Tape, here: Value) -> float:
        u, v = here.args
        return of(_number(u), _number(v), tape.slope(u), tape.slope(v))

    return at


_QUOTIENTS: list[tuple[str, Callable[[float, float, float, float], float]]] = [
    ("u'/v'", lambda u, v, du, dv: divided(du, dv)),
    ("u'/v**2", lambda u, v, du, dv: divided(du, v**2)),
    ("uv'/v**2", lambda u, v, du, dv: divided(u * dv, v**2)),
    ("u/v**2", lambda u, v, du, dv: divided(u, v**2)),
    ("u/v'", lambda u, v, du, dv: divided(u, dv)),
    ("(u' - v')/v**2", lambda u, v, du, dv: divided(du - dv, v**2)),
]


def _powers(
    tapes: Sequence[_Tape], telling: _Tape
) -> Iterator[tuple[Iterable[float], Callable[[], str]]]:
    """Yield what it gives to take the base or the exponent for constant where both vary."""
    for place, node in enumerate(telling.order):
        if node.op is not ops.power or not all(map(telling.slope, node.args)):
            continue
        for index, words in enumerate(
            (
                "the power rule does not hold for {0}: its exponent {1} is no constant",
                "{0} is no power of a constant: its base {1} is none",
            )
        ):
            predicted = list(map(_predicted(_through(index), place), tapes))
            if all(map(near, predicted, [tape.order[-1].data for tape in tapes])):
                words += ", and it gives the function itself"  # x * x**(x - 1)
            yield predicted, _sentence(words, node, node.args[1 - index])


def _through(index: int) -> Derivative:
    """Return the derivative of a node as if its other operands were constants."""

    def at(tape: _Tape, here: Value) -> float:
        return (here.partials[index] or 0.0) * tape.slope(here.args[index])

    return at


def _factors(node: Value | float) -> list[Value | float]:
    """Return the factors of a product, in the order in which they are written."""
    if not isinstance(node, Value) or node.op is not ops.multiply:
        return [node]
    return [factor for arg in node.args for factor in _factors(arg)]


def _product_of_tangents(tape: _Tape, node: Value, moving: Sequence[int]) -> float:
    """Return a product with some of its factors derived, all at once."""
    numbers = list(map(_number, _factors(node)))
    for place in moving:
        numbers[place] = tape.slope(_factors(node)[place])
    return math.prod(numbers)


def _kept(tape: _Tape, node: Value) -> float:
    return node.data


def _kept_sentence(node: Value) -> Callable[[], str]:
    return lambda: f"{written(node)} stands where its derivative should"


def _as_a_power(tape: _Tape, node: Value) -> float:
    """Return n * b**(n - 1) * n' for b**n, as if the power rule held for its exponent."""
    exponent: Value = node.args[-1]
    base = _number(node.args[0]) if node.op is ops.power else math.e
    power = float(ops.power.value(base, exponent.data - 1.0))
    return exponent.data * power * tape.tangent(exponent)


def _of_tangents(tape: _Tape, node: Value) -> float:
    """Return the value of a node's operation on the derivatives of its operands."""
    assert node.op is not None
    numbers = [
        arg if partial is None else tape.tangent(arg)
        for arg, partial in zip(node.args, node.partials, strict=True)
    ]
    try:
        return float(node.op.value(*numbers))
    except Exception:  # an operation of the user's own
        return math.nan


_ANGLES = [
    (math.pi / 180.0, "degrees: {0} takes {2} in radians, and its derivative was taken in degrees"),
    (180.0 / math.pi, "degrees: its derivative was taken at {2} with its degrees left as they are"),
]


def _partials_at_the_slope(
    named: Callable[..., Callable[[], str]], index: int
) -> Iterator[tuple[Derivative, Callable[[], str]]]:
    words = "the chain rule: d({0}) by {2} was taken at the derivative of {2}"
    return _partials_elsewhere(index, lambda tape, arg: tape.tangent(arg), named(words, index))


def _partials_elsewhere(
    index: int,
    elsewhere: Callable[[_Tape, Value], float],
    named: Callable[[], str],
    factor: float = 1.0,
) -> Iterator[tuple[Derivative, Callable[[], str]]]:
    """Yield the derivative with a partial that is taken at another number than the operand.

    The inner derivative is a factor of it, or has been left out; that of a change of the number
    by a factor, such as pi / 180, may be there too.
    """

    def partial(tape: _Tape, node: Value) -> float:
        assert node.op is not None
        operands = [Number(_number(arg)) for arg in node.args]
        operands[index] = Number(elsewhere(tape, node.args[index]))
        application = Application(node.op, tuple(operands))
        whole = rule_formula(node.op, node.op.shown[index], application, application.operands)
        return math.nan if whole is None else _evaluated(whole)

    def with_inner(tape: _Tape, node: Value) -> float:
        return partial(tape, node) * tape.tangent(node.args[index])

    yield partial, named
    yield with_inner, named
    if factor != 1.0:
        yield lambda tape, node: factor * with_inner(tape, node), named


def _scaled(factor: float, tape: _Tape, operand: Value) -> float:
    return factor * operand.data


def _at_operand(tape: _Tape, node: Value) -> float:
    """Return the derivative of a node with its operand where its value should stand."""
    assert node.op is not None
    operand = Number(_number(node.args[0]))
    whole = rule_formula(node.op, node.op.shown[0], operand, (operand,))
    return math.nan if whole is None else _evaluated(whole) * tape.tangent(node.args[0])


def _by_the_value(node: Value) -> Callable[[], str]:
    def sentence() -> str:
        assert node.op is not None
        operands = _operands(node)
        value = Name("y", node.data)
        right = rule_formula(node.op, node.op.shown[0], value, operands)
        wrong = rule_formula(node.op, node.op.shown[0], operands[0], operands)
        words = f"the derivative of y = {text(tidied(Application(node.op, operands)))} by "
        assert right is not None
        assert wrong is not None
        return (
            words + f"{text(operands[0])} is {text(right)}, and {text(tidied(wrong))} was taken "
            f"for it: y is the result" + _definitions(node, operands)
        )

    return sentence


def _definitions(node: Value, operands: Sequence[Formula]) -> str:
    """Return what the names of operands stand for, where they are no leaves."""
    return "".join(
        f", with {operand.label} = {written(arg)}"
        for operand, arg in zip(operands, node.args, strict=True)
        if isinstance(operand, Name) and arg.op is not None
    )


def _taken_as(index: int, place: int) -> Derivative:
    """Return the derivative of a node with one of the mistaken partials by an operand."""

    def changed(tape: _Tape, node: Value) -> float:
        partial, found = node.partials[index], _mistaken(tape, node, index)
        if partial is None or place >= len(found):
            return math.nan
        number, *_ = found[place]
        return tape.tangent(node) + (number - partial) * tape.tangent(node.args[index])

    return changed


def _mistaken(tape: _Tape, node: Value, index: int) -> list[tuple[float, Formula, Formula]]:
    """Return what a partial may have been taken for, one thing in its formula being different.

    The right formula stands beside each.
    """
    key = id(node), index
    if key not in tape.mistaken:
        tape.mistaken[key] = [
            (_evaluated(formula), formula, right)
            for right in _locals(node, index)
            for formula in (*_changed(right), 1.0 - right)
        ]
    return tape.mistaken[key]


def _locals(node: Value, index: int) -> list[Formula]:
    """Return textbooks' formulas of a partial, in the names of leaves, u and v."""
    assert node.op is not None
    operands = _operands(node)
    whole = Application(node.op, operands)
    rules = (node.op.shown[index], *(node.op.also if index == 0 else ()))
    formulas = [rule_formula(node.op, rule, whole, operands) for rule in rules]
    return [formula for formula in formulas if formula is not None]


def _operands(node: Value) -> tuple[Formula, ...]:
    names = iter("uvw")
    return tuple(
        Number(arg)
        if partial is None
        else Name(arg.label if arg.op is None and arg.label else next(names), arg.data)
        for arg, partial in zip(node.args, node.partials, strict=True)
    )


def _changed(whole: Formula) -> Iterator[Formula]:
    """Yield a formula with one thing in it different: a square left out, a sign, a factor."""
    if not isinstance(whole, Application):
        return
    operation, operands = whole.operation, whole.operands
    if operation is ops.power and isinstance(operands[1], Number):
        yield operands[0]
        yield whole.on((operands[0], Number(-operands[1].number)))
    elif operation is ops.sqrt:
        yield operands[0]
        yield Application(ops.divide, (Number(1.0), whole))
    elif operation in (ops.add, ops.subtract):
        yield Application(ops.subtract if operation is ops.add else ops.add, operands)
        if isinstance(operands[0], Number):
            yield operands[1]
    elif operation is ops.multiply:
        yield from operands
    elif operation is ops.divide:
        yield operands[0]
        below = operands[1]
        if isinstance(below, Application) and below.operation in SUMS:  # without its brackets
            first, rest = below.operands
            yield below.on((whole.on((operands[0], first)), rest))
        if isinstance(below, Application) and below.operation is ops.multiply:  # log(10) / x
            first, rest = below.operands
            yield whole.on((operands[0] * first, rest))
            yield whole.on((operands[0] * rest, first))
    for place, operand in enumerate(operands):
        for other in _changed(operand):
            yield whole.on((*operands[:place], other, *operands[place + 1 :]))


def _evaluated(whole: Formula) -> float:
    try:
        return evaluated(whole)
    except Exception:  # an operation of the user's own
        return math.nan


def _mistake(node: Value, index: int, mistaken: Formula, right: Formula) -> Callable[[], str]:
    def sentence() -> str:
        assert node.op is not None
        operands = _operands(node)
        whole = text(tidied(Application(node.op, operands)))
        words = (
            f"the derivative of {whole} by {text(operands[index])} is {text(right)}, and "
            f"{text(tidied(mistaken))} was taken for it"
        )
        return words + _definitions(node, operands)

    return sentence


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
            (Constant(arg), 1) if partial is None else formulas[id(arg)]
            for arg, partial in zip(part.args, part.partials, strict=True)
        ]
        size = 1 + sum(size for _, size in operands)
        whole: Formula = Application(part.op, tuple(formula for formula, _ in operands))
        formulas[id(part)] = (whole if size <= 15 else Name("...", part.data)), min(size, 16)
    return text(tidied(formulas[id(node)][0]))
