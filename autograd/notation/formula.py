"""Formulas: symbols on which the rules of the operation table run.

A rule called with symbols gives the formula of a derivative, for every row of the table and
with nothing said twice. How a formula is written is the business of ``notation``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from autograd.table import elementary as ops
from autograd.table.operation import IEEE, Operation, Rule

if TYPE_CHECKING:
    from autograd.engine.value import Value

LONGEST_LABEL = 40


# -- what a formula is -------------------------------------------------------------------------


class Formula:
    """Something that can be written down, and with which the rules of the table can reckon."""

    __slots__ = ()
    __hash__ = object.__hash__

    @staticmethod
    def _apply(operation: Operation, operands: tuple[Any, ...]) -> Formula:
        return Application(operation, tuple(formula(operand) for operand in operands))

    def __add__(self, other: Any) -> Formula:
        return self._apply(ops.add, (self, other))

    def __radd__(self, other: Any) -> Formula:
        return self._apply(ops.add, (other, self))

    def __sub__(self, other: Any) -> Formula:
        return self._apply(ops.subtract, (self, other))

    def __rsub__(self, other: Any) -> Formula:
        return self._apply(ops.subtract, (other, self))

    def __mul__(self, other: Any) -> Formula:
        return self._apply(ops.multiply, (self, other))

    def __rmul__(self, other: Any) -> Formula:
        return self._apply(ops.multiply, (other, self))

    def __truediv__(self, other: Any) -> Formula:
        return self._apply(ops.divide, (self, other))

    def __rtruediv__(self, other: Any) -> Formula:
        return self._apply(ops.divide, (other, self))

    def __pow__(self, other: Any) -> Formula:
        return self._apply(ops.power, (self, other))

    def __rpow__(self, other: Any) -> Formula:
        return self._apply(ops.power, (other, self))

    def __neg__(self) -> Formula:
        return self._apply(ops.negative, (self,))

    def __abs__(self) -> Formula:
        return self._apply(ops.absolute, (self,))

    def __lt__(self, other: Any) -> Formula:
        return self._apply(ops.less, (self, other))

    def __le__(self, other: Any) -> Formula:
        return self._apply(ops.less_equal, (self, other))

    def __gt__(self, other: Any) -> Formula:
        return self._greater(ops.less, other)

    def __ge__(self, other: Any) -> Formula:
        return self._greater(ops.less_equal, other)

    def _greater(self, operation: Operation, other: Any) -> Formula:
        return Application(operation, (formula(other), self), flipped=True)

    def __bool__(self) -> bool:
        raise TypeError("a symbol is neither true nor false: a rule that asks has no formula")

    def __and__(self, other: Any) -> Formula:
        return self._apply(ops.both, (self, other))

    __rand__ = __and__  # a condition on constants alone is a bool, and may come first

    def __or__(self, other: Any) -> Formula:
        return self._apply(ops.either, (self, other))

    __ror__ = __or__


class Number(Formula):
    """A number, as it stands in a formula."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number


class Name(Formula):
    """The name of a node, which knows the node's number."""

    __slots__ = ("name", "number")

    def __init__(self, name: str, number: float) -> None:
        self.name = name
        self.number = number


class Derivative(Formula):
    """The derivative of one named node by another, and its number.

    ``total`` is true for the derivative of the root, which in code is the ``.grad`` of a node.
    """

    __slots__ = ("by", "number", "of", "total")

    def __init__(self, of: Name, by: Name, number: float, total: bool = False) -> None:
        self.of = of
        self.by = by
        self.number = number
        self.total = total


class Slot(Formula):
    """A place in a template, where a name or a number is put in later."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class Application(Formula):
    """An operation of the table applied to formulas; a > b is b < a, flipped."""

    __slots__ = ("flipped", "operands", "operation")

    def __init__(
        self, operation: Operation, operands: tuple[Formula, ...], flipped: bool = False
    ) -> None:
        self.operation = operation
        self.operands = operands
        self.flipped = flipped

    def on(self, operands: tuple[Formula, ...]) -> Application:
        """Return the same operation on other operands."""
        return Application(self.operation, operands, self.flipped)

    @property
    def is_condition(self) -> bool:
        """True for a comparison, and for comparisons joined by & and |."""
        return self.operation in (ops.less, ops.less_equal, ops.both, ops.either)


def formula(thing: Any) -> Formula:
    """Return a formula as it is, and a number as a formula."""
    return thing if isinstance(thing, Formula) else Number(float(thing))


def partial_formula(
    operation: Operation,
    index: int,
    result: Formula,
    operands: Sequence[Formula],
    at: Sequence[float],
    recorded: float,
) -> Formula:
    """Return the derivative by one operand, as the textbook writes it where that is right.

    The textbook's form is not the one that computes: at a tie, or where a function is saturated,
    it gives another number. There the rule that computes is shown in its place. A rule of the
    user's own that asks for a float has no formula, only its number.

    Args:
        operation: a row of the table.
        index: which operand.
        result: the formula of the result.
        operands: the formulas of the operands.
        at: the number of the result, then those of the operands.
        recorded: the derivative at these numbers.
    """
    rule = operation.shown[index]
    if rule is not operation.partials[index]:
        number = float(rule(*[IEEE(each) for each in at]))
        same = abs(number - recorded) <= 1e-6 * abs(recorded)
        if not same and number != recorded and recorded == recorded:
            rule = operation.partials[index]
    whole = rule_formula(rule, result, operands)
    return Number(recorded) if whole is None else whole


def rule_formula(rule: Rule, result: Formula, operands: Sequence[Formula]) -> Formula | None:
    """Return a rule's formula, tidied; None for one that only takes floats."""
    try:
        return tidied(formula(rule(result, *operands)))
    except Exception:  # a rule of the user's own may fail in any way on what is no number
        return None


def with_numbers(whole: Formula) -> Formula:
    """Return the formula with the number of each name put in its place."""
    if isinstance(whole, (Name, Derivative)):
        return Number(whole.number)
    if isinstance(whole, Application):
        return whole.on(tuple(map(with_numbers, whole.operands)))
    return whole


# -- tidying, for the eye only -----------------------------------------------------------------


def tidied(whole: Formula) -> Formula:
    """Return the formula without what a reader would strike out: 1 * x, x + 0, x**1, --x."""
    if not isinstance(whole, Application):
        return whole
    operands = tuple(map(tidied, whole.operands))
    if len(operands) == 1:
        return _tidied_one(whole.operation, operands[0])
    if len(operands) == 2 and not whole.is_condition:
        return _tidied_two(whole.operation, *operands)
    return whole.on(operands)


def _negated(part: Formula) -> TypeGuard[Application]:
    return isinstance(part, Application) and part.operation is ops.negative


def _tidied_one(operation: Operation, a: Formula) -> Formula:
    if operation is ops.negative:
        if isinstance(a, Number):
            return Number(-a.number if a.number else 0.0)
        if _negated(a):
            return a.operands[0]
    return Application(operation, (a,))


def _tidied_two(operation: Operation, a: Formula, b: Formula) -> Formula:
    if operation is ops.power_by_base:
        return tidied(b * a ** (b - 1.0))
    if operation is ops.power_by_exponent:
        return tidied(a**b * ops.log(a))
    if operation is ops.power_by_exponent_twice:
        return tidied(a**b * ops.log(a) ** 2.0)
    if operation is ops.power_by_both:
        return tidied(a ** (b - 1.0) * (1.0 + b * ops.log(a)))
    if operation is ops.share:
        operation = ops.multiply
    left = a.number if isinstance(a, Number) else None
    right = b.number if isinstance(b, Number) else None
    if left is not None and right is not None and operation in (ops.add, ops.subtract):
        return Number(operation.value(left, right))
    if operation is ops.add and left == 0.0:
        return b
    if operation in (ops.add, ops.subtract) and right == 0.0:
        return a
    if operation is ops.multiply and left == 1.0:
        return b
    if operation in (ops.multiply, ops.divide, ops.power) and right == 1.0:
        return a
    if operation is ops.multiply and 0.0 in (left, right):
        return Number(0.0)
    if operation is ops.multiply and left == -1.0:
        return _tidied_one(ops.negative, b)
    if operation is ops.multiply and right is not None and left is None:
        a, b = b, a
    if operation in (ops.multiply, ops.divide) and _negated(a):
        return Application(ops.negative, (_tidied_two(operation, a.operands[0], b),))
    if operation is ops.add and _negated(b):
        return Application(ops.subtract, (a, b.operands[0]))
    return Application(operation, (a, b))


# -- names -------------------------------------------------------------------------------------


def readable(label: str, longest: int = LONGEST_LABEL) -> str:
    """Return a label as one line that can be printed: no controls, no endless length.

    Of accents piled up on one letter two stay, and more only among the first eight characters.
    """
    shown: list[str] = []
    pile = 0
    for character in label[: 4 * longest]:
        kind = unicodedata.category(character)
        pile = pile + 1 if kind in ("Mn", "Me") else 0
        if character.isspace():
            shown.append(" ")
        elif kind[0] == "C" and character != "\u200d":
            shown.append("\ufffd")
        elif pile <= 2 or len(shown) < 8:
            shown.append(character)
    line = "".join(shown).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


class Names:
    """The names of the nodes of a graph: their labels, and v1, v2, ... where they have none.

    A label that several nodes bear is numbered from its second bearer on: x, x#2, x#3.
    """

    def __init__(self, order: Iterable[Value]) -> None:
        nodes = list(order)
        labels = [readable(node.label) for node in nodes]
        taken = set(labels)
        self._names: dict[int, Name] = {}
        self._nodes = nodes
        counts: dict[str, int] = {}
        unlabelled = 0
        for node, label in zip(nodes, labels, strict=True):
            if not label:
                unlabelled += 1
                while f"v{unlabelled}" in taken:
                    unlabelled += 1
                label = f"v{unlabelled}"
            elif label in counts:
                number = counts[label] + 1
                while f"{label}#{number}" in taken:
                    number += 1
                counts[label] = number
                label = f"{label}#{number}"
            else:
                counts[label] = 1
            taken.add(label)
            self._names[id(node)] = Name(label, node.data)

    def __getitem__(self, node: Value) -> Name:
        return self._names[id(node)]

    def operands(self, node: Value) -> tuple[Formula, ...]:
        """Return the operands of a node: names, and numbers for its constants."""
        return tuple(
            Number(arg) if partial is None else self[arg]
            for arg, partial in zip(node.args, node.partials, strict=True)
        )

    def definition(self, node: Value) -> Formula:
        """Return what a node was computed from: its operation on the names of its operands."""
        if node.op is None:
            return self[node]
        return Application(node.op, self.operands(node))

    def partial(self, node: Value, index: int) -> Formula:
        """Return the derivative of a node by one of its operands, as a formula in names."""
        assert node.op is not None
        numbers = [arg if type(arg) is float else arg.data for arg in node.args]
        recorded = node.partials[index]
        assert recorded is not None
        return partial_formula(
            node.op, index, self[node], self.operands(node), [node.data, *numbers], recorded
        )
