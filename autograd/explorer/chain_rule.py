"""Steps: one for each application of the chain rule, in the order that backward takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from autograd.engine.chain_rule import contributions
from autograd.engine.order import ordered, recorded
from autograd.engine.value import Value
from autograd.errors import ArgumentError, MissingAttributeError
from autograd.explorer.nearby import Nearby
from autograd.files import UNWRITTEN
from autograd.habits import instead_of
from autograd.notation.formula import (
    Adjoint,
    Application,
    Constant,
    Formula,
    Number,
    evaluated,
    with_numbers,
)
from autograd.notation.names import Names
from autograd.notation.numbers import USUAL_DIGITS, checked_digits, expression
from autograd.notation.writing import Equation, Part, Worked
from autograd.table import rows as ops
from autograd.trees import unboxed
from autograd.wording import brief
from autograd.wrong_calls import asking


@dataclass(frozen=True, slots=True)
class ForwardStep(Worked):
    """One operation of the forward pass: what was computed, from which numbers.

    ``str`` gives ``y = tanh(v2) = tanh(0) = 0``.

    Attributes:
        node: the node that was computed.
        number: its number.
        digits: how many significant digits of numbers are shown.
    """

    node: Value
    number: float
    _names: Names = field(repr=False)
    digits: int = USUAL_DIGITS

    def _parts(self) -> list[Part]:
        return [Part((computed(self.node, self._names),))]


@dataclass(frozen=True, slots=True)
class Step(Worked):
    """One application of the chain rule: ``node`` hands its gradient on to one of its operands.

    ``str`` gives the local derivative and what it adds, in symbols and in numbers: ``v1.grad`` is
    the derivative of the root by v1 over all paths, as far as it has been added up, and
    ``∂v1/∂x`` that of one operation alone, its other operands held. Formulas write the first as a
    bar over v1, as Griewank and Walther do. Where an operation takes x twice, ``∂₁v1`` is its
    derivative by the first. A notebook shows a step by its formula.

    Attributes:
        node: the node whose gradient is complete, and is handed on.
        arg: the operand that receives a contribution.
        index: which operand of the node it is, from 0.
        partial: d(node)/d(arg), at the recorded numbers.
        upstream: d(root)/d(node).
        contribution: what this step adds, upstream x partial.
        before: what earlier steps had brought to the operand.
        accumulated: d(root)/d(arg) as far as it is known after this step.
        digits: how many significant digits of numbers are shown.

    Example:
        >>> from autograd import Value, steps
        >>> step = next(steps(Value(3.0, label="x") * 5))
        >>> step.upstream, step.partial, step.contribution
        (1.0, 5.0, 5.0)
        >>> print(step)
        v1 = x * 5
            ∂v1/∂x  = 5
            x.grad += v1.grad * ∂v1/∂x = 1 * 5 = 5
    """

    node: Value
    arg: Value
    index: int
    partial: float
    upstream: float
    contribution: float
    before: float
    accumulated: float
    _names: Names = field(repr=False)
    digits: int = USUAL_DIGITS

    def _parts(self) -> list[Part]:
        names, node = self._names, self.node
        local = names.partial(node, self.index)
        place = f"   (operand {local.place} of {len(node.args)})" if local.place else ""
        receiver = Adjoint(names[self.arg], self.accumulated)
        product: Formula = Application(ops.multiply, (Adjoint(names[node], self.upstream), local))
        added = Number(self.contribution)
        handed = Equation((receiver, product, with_numbers(product), added), "+=")
        number = evaluated(product)
        if (number != self.contribution and number == number) or self.contribution == 0.0 != number:
            handed = Equation((receiver, added), "+=", "nothing passes to what was not chosen")
        equations = [slope(node, self.index, names), handed]
        if self.before != 0.0:
            parts = Application(ops.add, (Number(self.before), added))
            equations.append(Equation((receiver, parts, Number(self.accumulated))))
        definition = Equation((names[node], names.definition(node)))
        return [Part((definition, *([place] if place else [])), tuple(equations))]


def computed(node: Value, names: Names) -> Equation:
    """Return how a node was computed: y = tanh(v2) = tanh(0) = 0."""
    symbols = names.definition(node)
    return Equation((names[node], symbols, with_numbers(symbols), Number(node.data)))


def slope(node: Value, index: int, names: Names) -> Equation:
    """Return the local derivative of a node by one operand: ∂y/∂x = 2 * x = 2 * 3 = 6."""
    local, symbols = names.partial(node, index), names.partial_formula(node, index)
    remark = Nearby(node, index).remark(node.data, local.number)
    if isinstance(symbols, Constant) and expression(symbols.number) is None:
        return Equation((local, symbols), remark=remark)
    return Equation((local, symbols, with_numbers(symbols), Number(local.number)), remark=remark)


@asking("forward_steps(y)")
def forward_steps(y: Value, digits: int = USUAL_DIGITS) -> Iterator[ForwardStep]:
    """Yield one step for each operation under y, in the order of the forward pass.

    Args:
        y: the root of the graph.
        digits: how many significant digits of numbers to show, from 1 to 17.

    Returns:
        An iterator of ForwardStep.

    Raises:
        TypeError: y is not a Value, or there cannot be so many digits.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value
        >>> from autograd.explorer.chain_rule import forward_steps
        >>> x = Value(3.0, label="x")
        >>> for step in forward_steps(x * x + 1):
        ...     print(step)
        v1 = x * x = 3 * 3 = 9
        v2 = v1 + 1 = 9 + 1 = 10
    """
    order = graph_under(y, "forward_steps")
    names = Names(order)
    digits = checked_digits("forward_steps", digits)
    return (ForwardStep(node, node.data, names, digits) for node in order if node.op is not None)


@asking("steps(y)")
def steps(y: Value, digits: int = USUAL_DIGITS) -> Iterator[Step]:
    """Yield one Step for each application of the chain rule, in the order that backward takes.

    The gradients start from 1 at y and from 0 everywhere else; ``.grad`` is neither read nor
    changed.

    Args:
        y: the root of the graph.
        digits: how many significant digits of numbers to show, from 1 to 17.

    Returns:
        An iterator of Step.

    Raises:
        TypeError: y is not a Value, or there cannot be so many digits.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, steps
        >>> x = Value(3.0, label="x")
        >>> for step in steps(x * x):
        ...     print(step)
        v1 = x * x   (operand 1 of 2)
            ∂₁v1    = x = 3
            x.grad += v1.grad * ∂₁v1 = 1 * 3 = 3
        v1 = x * x   (operand 2 of 2)
            ∂₂v1    = x = 3
            x.grad += v1.grad * ∂₂v1 = 1 * 3 = 3
            x.grad  = 3 + 3 = 6
    """
    order = graph_under(y, "steps")
    names = Names(order)
    return _Steps(y, names, _walked(y, order, names, checked_digits("steps", digits)))


class _Steps(Iterator[Step]):
    """The steps of a graph, one after the other."""

    def __init__(self, root: Value, names: Names, each: Iterator[Step]) -> None:
        self._root, self._names, self._each = root, names, each

    @property
    def _name(self) -> str:
        return self._names[self._root].name  # which numbers all nodes

    def __next__(self) -> Step:
        return next(self._each)

    def __getitem__(self, index: object) -> NoReturn:
        raise ArgumentError(
            f"the steps of {self._name} come one after the other: write list(steps(y))[{index!r}]"
        )

    def __len__(self) -> int:
        raise ArgumentError(
            f"the steps of {self._name} come one after the other: write len(list(steps(y)))"
        )

    def __bool__(self) -> bool:
        return True  # without asking how many there are

    def __getattr__(self, name: str) -> NoReturn:
        if name in UNWRITTEN:
            raise MissingAttributeError(
                f"{name}: the steps of {self._name} come one after the other: explore(y) saves "
                f"all, .save('y.html'), and each has its forms, [step.latex for step in steps(y)]"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<steps of {self._name}: print(*steps(y), sep='\\n') shows them>"


def _walked(root: Value, order: list[Value], names: Names, digits: int) -> Iterator[Step]:
    for each in contributions(order, {id(root): 1.0}):
        numbers = (each.partial, each.upstream, each.product, each.before, each.total)
        yield Step(each.node, each.arg, each.index, *numbers, names, digits)


def is_under(node: Value, root: Value) -> bool:
    """Return whether a root was computed from a node."""
    return any(each is node for each in ordered(root))


def graph_under(y: Value, reader: str) -> list[Value]:
    """Return the nodes under y as ``order.recorded`` does, and refuse what is not a Value."""
    if not isinstance(y, Value):
        if isinstance(unboxed(y), Value):
            raise ArgumentError(f"{reader}: NumPy has put the Value into an array: write y[()]")
        raise ArgumentError(
            f"{reader} reads the graph under a Value, and was given {brief(y)}: {instead_of(y)}"
        )
    return recorded(y)
