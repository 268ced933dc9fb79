"""Steps: one for each application of the chain rule, in the order that backward takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograd.engine.order import contribution, recorded, untaken
from autograd.errors import ArgumentError
from autograd.notation import writing as notation
from autograd.notation.formula import Application, Derivative, Formula, Names, with_numbers
from autograd.table import elementary as ops

if TYPE_CHECKING:
    from autograd.engine.value import Value


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """One operation of the forward pass: what was computed, from which numbers.

    ``str`` gives ``y = tanh(v2) = tanh(0) = 0``.

    Attributes:
        node: the node that was computed.
        number: its number.
    """

    node: Value
    number: float
    _names: Names = field(repr=False)
    _width: int = field(repr=False)

    def _sides(self) -> tuple[Formula, Formula, Formula, Formula]:
        symbols = self._names.definition(self.node)
        name = self._names[self.node]
        return name, symbols, with_numbers(symbols), with_numbers(name)

    def __str__(self) -> str:
        name, *sides = self._sides()
        return f"{notation.text(name):<{self._width}} = {notation.TEXT.equation(*sides)}"

    @property
    def latex(self) -> str:
        """The same in LaTeX, for mathematical mode."""
        return notation.LATEX.equation(*self._sides())

    @property
    def mathml(self) -> str:
        """The same as a MathML element."""
        return notation.math_element(notation.MATHML.equation(*self._sides()))


@dataclass(frozen=True, slots=True)
class Step:
    """One application of the chain rule: ``node`` hands its gradient on to one of its operands.

    ``str`` gives the local derivative and what it adds, in symbols and in numbers.

    Attributes:
        node: the node whose gradient is complete, and is handed on.
        arg: the operand that receives a contribution.
        index: which operand of the node it is, from 0.
        partial: d(node)/d(arg), at the recorded numbers.
        upstream: d(root)/d(node).
        contribution: what this step adds, upstream x partial.
        before: what earlier steps had brought to the operand.
        accumulated: d(root)/d(arg) as far as it is known after this step.

    Example:
        >>> from autograd import Value, steps
        >>> step = next(steps(Value(3.0, label="x") * 5))
        >>> step.upstream, step.partial, step.contribution
        (1.0, 5.0, 5.0)
        >>> print(step)
        v1 = x * 5
            dv1/dx  = 5
            x.grad += v1.grad * dv1/dx = 1 * 5 = 5
    """

    node: Value
    arg: Value
    index: int
    partial: float
    upstream: float
    contribution: float
    before: float
    accumulated: float
    _root: Value = field(repr=False)
    _names: Names = field(repr=False)
    _width: int = field(repr=False)

    def _derivative(self) -> tuple[Formula, Formula, Formula, Formula]:
        """Return the sides of: dy/dx = formula = the same with numbers = number."""
        name = Derivative(self._names[self.node], self._names[self.arg], self.partial)
        symbols = self._names.partial(self.node, self.index)
        return name, symbols, with_numbers(symbols), with_numbers(name)

    def _product(self) -> tuple[Formula, Formula, Formula]:
        """Return the sides of: upstream * partial = the same with numbers = number."""
        root, local = self._names[self._root], self._derivative()[0]
        upstream = Derivative(root, self._names[self.node], self.upstream, total=True)
        product = Application(ops.multiply, (upstream, local))
        return product, with_numbers(product), with_numbers(self._gradient(self.contribution))

    def _gradient(self, number: float) -> Derivative:
        return Derivative(self._names[self._root], self._names[self.arg], number, total=True)

    def _is_repeated(self) -> bool:
        return sum(arg is self.arg for arg in self.node.args) > 1

    def _sum(self) -> tuple[Formula, Formula]:
        parts = (self._gradient(self.before), self._gradient(self.contribution))
        total = with_numbers(self._gradient(self.accumulated))
        return with_numbers(Application(ops.add, parts)), total

    def __str__(self) -> str:
        width = self._width
        local, *formulas = self._derivative()
        target = notation.text(self._gradient(0.0))
        place = (
            f"   (operand {self.index + 1} of {len(self.node.args)})" if self._is_repeated() else ""
        )
        definition = notation.TEXT.equation(
            self._names[self.node], self._names.definition(self.node)
        )
        lines = [
            f"{definition}{place}",
            f"    {notation.text(local):<{width}}  = {notation.TEXT.equation(*formulas)}",
            f"    {target:<{width}} += {notation.TEXT.equation(*self._product())}",
        ]
        if self.before != 0.0:
            lines.append(f"    {target:<{width}}  = {notation.TEXT.equation(*self._sum())}")
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        """The same in LaTeX, for mathematical mode."""
        write = notation.LATEX
        target = write.write(self._gradient(0.0))
        rows = [
            write.equation(*self._derivative()).replace(" = ", " &= ", 1),
            rf"{target} &\mathrel{{+}}= {write.equation(*self._product())}",
        ]
        if self.before != 0.0:
            rows.append(f"{target} &= {write.equation(*self._sum())}")
        return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"

    @property
    def mathml(self) -> str:
        """The same as a MathML element."""
        write = notation.MATHML
        target = write.write(self._gradient(0.0))
        rows = [
            write.equation(*self._derivative()),
            f"{target}<mo>+=</mo>{write.equation(*self._product())}",
        ]
        if self.before != 0.0:
            rows.append(f"{target}<mo>=</mo>{write.equation(*self._sum())}")
        return notation.math_element(*rows)


def forward_steps(y: Value) -> Iterator[ForwardStep]:
    """Yield one step for each operation under y, in the order of the forward pass.

    Args:
        y: the root of the graph.

    Returns:
        An iterator of ForwardStep.

    Raises:
        TypeError: y is not a Value.
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
    width = _widest([notation.text(names[node]) for node in order if node.op is not None])
    return (ForwardStep(node, node.data, names, width) for node in order if node.op is not None)


def steps(y: Value) -> Iterator[Step]:
    """Yield one Step for each application of the chain rule, in the order that backward takes.

    The gradients start from 1 at y and from 0 everywhere else; ``.grad`` is neither read nor
    changed.

    Args:
        y: the root of the graph.

    Returns:
        An iterator of Step.

    Raises:
        TypeError: y is not a Value.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, steps
        >>> x = Value(3.0, label="x")
        >>> for step in steps(x * x):
        ...     print(step)
        v1 = x * x   (operand 1 of 2)
            dv1/dx  = x = 3
            x.grad += v1.grad * dv1/dx = 1 * 3 = 3
        v1 = x * x   (operand 2 of 2)
            dv1/dx  = x = 3
            x.grad += v1.grad * dv1/dx = 1 * 3 = 3
            x.grad  = 3 + 3 = 6
    """
    order = graph_under(y, "steps")
    return _walked(y, order, Names(order))


def _walked(root: Value, order: list[Value], names: Names) -> Iterator[Step]:
    width = _widest(
        [
            f"d{notation.text(names[node])}/d{notation.text(names[arg])}"
            for node in order
            for arg, partial in zip(node.args, node.partials, strict=True)
            if partial is not None
        ]
    )
    adjoints = dict.fromkeys(map(id, order), 0.0)
    adjoints[id(root)] = 1.0
    left_out = untaken(order)
    for node in reversed(order):
        if node.op is None:
            continue
        upstream = adjoints[id(node)]
        for index, (arg, partial) in enumerate(zip(node.args, node.partials, strict=True)):
            if partial is not None:
                added = contribution(node.op, upstream, partial, id(node) in left_out)
                before = adjoints[id(arg)]
                after = adjoints[id(arg)] = before + added
                numbers = (partial, upstream, added, before, after)
                yield Step(node, arg, index, *numbers, root, names, width)


def graph_under(y: Value, reader: str) -> list[Value]:
    """Return the nodes under y as ``walk.recorded`` does, and refuse what is not a Value."""
    from autograd.engine.value import Value

    if not isinstance(y, Value):
        raise ArgumentError(f"{reader} reads the graph under a Value, and was given {y!r:.60}")
    return recorded(y)


def _widest(names: list[str]) -> int:
    """Return the width of the column that most names fit in; a very long one may stand out."""
    return min(max(map(len, names), default=0), 16)
