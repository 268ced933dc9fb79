"""Formulas: symbols on which the rules of the operation table run.

A rule called with symbols gives the formula of a derivative, for every row of the table. How
formulas are written stands in ``writing``, and how nodes are called in ``names``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from autograd.errors import NotExpressibleError
from autograd.table import rows as ops
from autograd.table.operation import Operation, Rule
from autograd.table.operators import Operators

# -- what a formula is -------------------------------------------------------------------------


class Formula(Operators):
    """Something that can be written down, and that the rules of the table can compute with."""

    __slots__ = ()

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> Formula:
        return Application(operation, tuple(formula(operand) for operand in operands))

    def __gt__(self, other: object) -> Formula:
        return self._greater(ops.less, other)

    def __ge__(self, other: object) -> Formula:
        return self._greater(ops.less_equal, other)

    def _greater(self, operation: Operation, other: object) -> Formula:
        return Application(operation, (formula(other), self), flipped=True)

    def __bool__(self) -> bool:
        raise NotExpressibleError(
            "a symbol is neither true nor false: a rule that asks has no formula"
        )


@dataclass(slots=True, eq=False)
class Number(Formula):
    """A number, as it stands in a formula."""

    number: float


@dataclass(slots=True, eq=False)
class Constant(Number):
    """A number that belongs to the formula, as it was written there or in a rule of the table."""


@dataclass(slots=True, eq=False)
class Name(Formula):
    """The name of a node, which knows the node's number.

    ``path`` names the scopes around it where others bear the same label: layer 1 / neuron 2.
    """

    label: str
    number: float
    path: str = ""

    @property
    def name(self) -> str:
        """The whole name: the label, after the path where there is one."""
        return f"{self.path} / {self.label}" if self.path else self.label


@dataclass(slots=True, eq=False)
class Adjoint(Formula):
    """The derivative of the root by a node over all paths: a bar over the node's name.

    The bar is that of Griewank and Walther, Evaluating Derivatives (2008); in code it is ``.grad``.
    """

    of: Name
    number: float


@dataclass(slots=True, eq=False)
class Derivative(Formula):
    """The derivative of one node by another over all paths, dy/dx, and its number."""

    of: Name
    by: Name
    number: float


@dataclass(slots=True, eq=False)
class Partial(Derivative):
    """The local derivative of a node by one operand, the others held, and its number.

    ``place`` counts the operand from 1 where the operation takes it more than once, since then
    its name does not say which is meant; else it is 0.
    """

    place: int = 0


@dataclass(slots=True, eq=False)
class Slot(Formula):
    """A place in a template, where a name or a number is put in later."""

    index: int


@dataclass(slots=True, eq=False)
class Application(Formula):
    """An operation of the table applied to formulas; a > b is b < a, flipped."""

    operation: Operation
    operands: tuple[Formula, ...]
    flipped: bool = False

    def on(self, operands: tuple[Formula, ...]) -> Application:
        """Return the same operation on other operands."""
        return Application(self.operation, operands, self.flipped)

    @property
    def is_condition(self) -> bool:
        """True for a comparison, and for comparisons joined by & and |."""
        return self.operation.is_condition


def formula(obj: Any) -> Formula:
    """Return a formula as it is, and a number as a constant of a formula."""
    return obj if isinstance(obj, Formula) else Constant(float(obj))


def partial_formula(
    operation: Operation,
    index: int,
    result: Formula,
    operands: Sequence[Formula],
    recorded: float,
) -> Formula:
    """Return the derivative by one operand, in the textbook's form where that is right.

    The textbook's form is not the rule that computes. At a tie, or where a function is saturated,
    it gives another number; so does cancelling 0 * x where x is infinite. The first form that has
    the recorded number is returned: the textbook's, that at a tie, the rule's, or the number.

    Args:
        operation: a row of the table.
        index: which operand.
        result: the formula of the result, which knows its number.
        operands: the formulas of the operands, likewise.
        recorded: the derivative at these numbers.
    """
    for rule in (operation.shown[index], operation.tied[index], operation.partials[index]):
        whole = rule_formula(operation, rule, result, operands)
        if whole is not None:
            number = evaluated(whole)
            close = abs(number - recorded) <= 1e-6 * abs(recorded)
            if close or number == recorded or (number != number and recorded != recorded):
                return whole
    return Number(recorded)


def rule_formula(
    operation: Operation, rule: Rule, result: Formula, operands: Sequence[Formula]
) -> Formula | None:
    """Return a rule's formula, tidied; None for one that only takes floats."""
    try:
        return tidied(formula(rule(result, *operation.plain_static(operands, evaluated))))
    except Exception:  # a rule of the user's own may fail in any way on what is no number
        return None


def evaluated(whole: Formula) -> float:
    """Return the number of a formula, by the values of the operations in it."""
    if isinstance(whole, Application):
        numbers = [evaluated(operand) for operand in whole.operands]
        return float(whole.operation.value(*numbers))
    assert isinstance(whole, (Number, Name, Adjoint, Derivative))
    return whole.number


def with_numbers(whole: Formula) -> Formula:
    """Return the formula with the number of each name put in its place."""
    if isinstance(whole, (Name, Adjoint, Derivative)):
        return Number(whole.number)
    if isinstance(whole, Application):
        return whole.on(tuple(map(with_numbers, whole.operands)))
    return whole


# -- tidying, for the eye only -----------------------------------------------------------------


def tidied(whole: Formula) -> Formula:
    """Return the formula without what a reader would strike out: 1 * x, x + 0, x**1, --x, +x."""
    if not isinstance(whole, Application):
        return whole
    if (written := whole.operation.written) is not None:
        return tidied(written(*whole.operation.plain_static(whole.operands, evaluated)))
    operands = tuple(map(tidied, whole.operands))
    if len(operands) == 1:
        return _tidied_one(whole.operation, operands[0])
    if len(operands) == 2 and not whole.is_condition:
        return _tidied_two(whole.operation, *operands)
    return whole.on(operands)


def _negated(part: Formula) -> TypeGuard[Application]:
    return isinstance(part, Application) and part.operation is ops.negative


def _tidied_one(operation: Operation, a: Formula) -> Formula:
    if operation is ops.identity:  # of a sum of one term too
        return a
    if operation is ops.negative:
        if isinstance(a, Number):
            return Constant(-a.number if a.number else 0.0)
        if _negated(a):
            return a.operands[0]
    return Application(operation, (a,))


def _tidied_two(operation: Operation, a: Formula, b: Formula) -> Formula:
    left = a.number if isinstance(a, Number) else None
    right = b.number if isinstance(b, Number) else None
    if left is not None and right is not None and operation in (ops.add, ops.subtract):
        return Constant(operation.value(left, right))
    if operation is ops.add and left == 0.0:
        return b
    if operation in (ops.add, ops.subtract) and right == 0.0:
        return a
    if operation is ops.multiply and left == 1.0:
        return b
    if operation in (ops.multiply, ops.divide, ops.power) and right == 1.0:
        return a
    if operation is ops.multiply and 0.0 in (left, right):
        return Constant(0.0)
    if operation is ops.multiply and left == -1.0:
        return _tidied_one(ops.negative, b)
    if operation is ops.multiply and right is not None and left is None:
        a, b = b, a
    if operation in (ops.multiply, ops.divide) and _negated(a):
        return Application(ops.negative, (_tidied_two(operation, a.operands[0], b),))
    if operation is ops.add and _negated(b):
        return Application(ops.subtract, (a, b.operands[0]))
    return Application(operation, (a, b))
