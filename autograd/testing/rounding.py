"""How far rounding may take a derivative that is computed in floats, measured on its function.

Running error analysis: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3.
A derivative worked out by hand has the chain rule's terms in some form. So the effect of rounding
on these terms, in the textbook's form or in the rule's, tells what it may do to them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.table.operation import Operation, Rule, real
from autograd.table.operators import Operators

__tracebackhide__ = True  # from reports of pytest

ULP = 2.0**-52
NORMAL, SMALLEST = 2.0**-1022, 2.0**-1074
FEW = 8.0  # ulps


class Rounded(Operators):
    """A float, and how far rounding may have taken it from what it should be.

    Example:
        >>> nearly_one = Rounded(1.0, 2.0**-52)
        >>> (nearly_one - 1.0).error
        2.220446049250313e-16
    """

    __slots__ = ("error", "number")

    def __init__(self, number: float, error: float = 0.0) -> None:
        self.number = number
        self.error = error

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> Rounded | bool:
        parts = [_rounded(operand) for operand in operands]
        numbers = tuple(part.number for part in parts)
        result = operation.value(*numbers)
        if operation.is_condition:
            return result != 0.0
        slopes = [
            operation.partial(index, result, numbers) if part.error else None
            for index, part in enumerate(parts)
        ]
        return _result(result, parts, slopes)


def _result(
    number: float, operands: Sequence[Rounded], partials: Sequence[float | None]
) -> Rounded:
    """Return a result with an error of its own, an ulp or the smallest float, and those passed."""
    error = ULP * abs(number) if math.isfinite(number) else 0.0
    if abs(number) < NORMAL and all(operand.number for operand in operands):  # it underflowed
        error = SMALLEST
    for operand, partial in zip(operands, partials, strict=True):
        if operand.error and partial is not None:
            error += operand.error * abs(partial)
    return Rounded(number, error)


def _rounded(operand: object) -> Rounded:
    return operand if isinstance(operand, Rounded) else Rounded(real(operand))


def noise(root: Value, leaf: Value) -> float:
    """Return the effect of a few ulps in each operation on d(root)/d(leaf); inf if unbounded.

    It is unbounded where the square of a denominator underflows, and where rounding meets an
    infinite slope.
    """
    shown = _tangent(root, leaf, lambda row: row.shown).error
    computed = _tangent(root, leaf, lambda row: row.partials).error
    return FEW * max(math.inf if math.isnan(error) else error for error in (shown, computed))


def grain(value: float, number: float) -> float:
    """Return what a few ulps of a value make of its slope over a length of 1, or of the number."""
    return FEW * ULP * abs(value) / max(1.0, abs(number))


def _tangent(root: Value, leaf: Value, rules: Callable[[Operation], Sequence[Rule]]) -> Rounded:
    """Return d(root)/d(leaf) by the chain rule in forward mode, with rules of one kind."""
    numbers: dict[int, Rounded] = {}
    tangents = {id(leaf): Rounded(1.0)}
    for node in ordered(root):
        operands = [numbers[id(a)] if isinstance(a, Value) else Rounded(a) for a in node.args]
        number = numbers[id(node)] = _result(node.data, operands, node.partials)
        if node.op is None:
            number.error = 0.0
            continue
        tangent = Rounded(0.0)
        for arg, partial, rule in zip(node.args, node.partials, rules(node.op), strict=True):
            if partial is not None and id(arg) in tangents:
                part = _partial(rule, partial, number, node.args, numbers)
                tangents[id(node)] = tangent = tangent + part * tangents[id(arg)]
    return tangents.get(id(root), Rounded(0.0))


def _partial(
    rule: Rule,
    recorded: float,
    result: Rounded,
    args: Sequence[Value | float],
    numbers: Mapping[int, Rounded],
) -> Rounded:
    """Return a partial derivative with its error; a rule that takes only floats has one ulp."""
    try:
        return _rounded(rule(result, *(numbers.get(id(arg), arg) for arg in args)))
    except Exception:  # a rule of the user's own may fail in any way on what is no float
        return Rounded(recorded, ULP * abs(recorded))


def roughness(derivative: Callable[[float], float], x: float) -> float:
    """Return how far a derivative may be off, judged by how rough it is near x.

    Sixth differences of a smooth function all but vanish; those of rounding errors are 30 times as
    large as these: Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33, 2011.
    They are taken on either side, and the smaller counts: a kink on the other side is no noise.
    """
    spacing = 2.0**-8 * min(abs(x), 1e-3)
    sizes = []
    for side in (-spacing, spacing):
        differences = [derivative(x + place * side) for place in range(7)]
        for _ in range(6):
            differences = [after - before for before, after in itertools.pairwise(differences)]
        sizes.append(abs(differences[0]) if math.isfinite(differences[0]) else 0.0)
    return min(sizes) / 4.0
