"""Hypothesis strategies for your own tests: values, points of operations, random graphs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd.engine.value import Value
from autograd.errors import ArgumentError, MissingExtraError, StructureError
from autograd.table import rows as ops
from autograd.table.operation import Operation

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__tracebackhide__ = True  # from reports of pytest

SMOOTH = (
    *(ops.add, ops.subtract, ops.multiply, ops.divide, ops.negative, ops.power, ops.exp, ops.log),
    *(ops.sqrt, ops.sin, ops.cos, ops.tanh, ops.atan, ops.asinh, ops.sigmoid, ops.softplus),
    *(ops.hypot, ops.logaddexp),
)
KINKED = (ops.absolute, ops.relu, ops.leaky_relu, ops.maximum, ops.minimum, ops.elu)


def _hypothesis() -> Any:
    try:
        from hypothesis import strategies
    except ImportError as error:
        raise MissingExtraError("autograd.testing's strategies", "testing", error) from None
    return strategies


def values(
    low: float = -1e6, high: float = 1e6, labels: Sequence[str] = ("",)
) -> SearchStrategy[Value]:
    """Return a strategy of leaves.

    Args:
        low: the smallest number.
        high: the largest.
        labels: the labels to choose from.

    Returns:
        A Hypothesis strategy of Values.

    Raises:
        ValueError: low is above high, or there are no labels.

    Example:
        >>> from hypothesis import given
        >>> from autograd.testing import values
        >>> @given(values(-1.0, 1.0))
        ... def test(x):
        ...     assert abs(x.data) <= 1.0
        >>> test()
    """
    st = _hypothesis()
    labels = list(labels)
    if not low <= high or not labels:
        raise StructureError(
            f"values: there is nothing to choose from, with numbers from {low!r} to {high!r} and "
            f"labels {labels!r}"
        )
    strategy: SearchStrategy[Value] = st.builds(
        Value, st.floats(low, high), label=st.sampled_from(labels)
    )
    return strategy


def points(operation: Operation) -> SearchStrategy[tuple[float, ...]]:
    """Return a strategy of points at which an operation of the table is real.

    Tiny and huge numbers are among them, and whole numbers.

    Args:
        operation: a row of the table, such as ``autograd.log``.

    Returns:
        A Hypothesis strategy of tuples of floats, one for each operand.

    Raises:
        TypeError: it is no operation.

    Example:
        >>> import autograd
        >>> from hypothesis import given
        >>> from autograd.testing import points
        >>> @given(points(autograd.log))
        ... def test(point):
        ...     assert point[0] >= 0.0
        >>> test()
    """
    st = _hypothesis()
    if not isinstance(operation, Operation):
        raise ArgumentError(
            f"points: takes an operation such as autograd.log, and was given {operation!r}"
        )
    operands = []
    for low, high in operation.domain:
        bounds = {
            "min_value": low if math.isfinite(low) else None,
            "max_value": high if math.isfinite(high) else None,
        }
        usual = st.floats(max(low, -20.0), min(high, 20.0))
        operands.append(usual | st.floats(**bounds, allow_nan=False, allow_infinity=False))
    strategy: SearchStrategy[tuple[float, ...]] = st.tuples(*operands)
    return strategy


@dataclass(frozen=True, slots=True)
class RandomFunction:
    """A function made of random operations, for floats, Values and other number-like objects.

    Attributes:
        inputs: how many numbers it takes.
        program: for each operation its row and where its operands are: among the inputs and the
            results before it, or a constant (a float).
    """

    inputs: int
    program: tuple[tuple[Operation, tuple[int | float, ...]], ...]

    def __call__(self, *numbers: Any) -> Any:
        """Return the last result of the program, run on these numbers."""
        known = list(numbers)
        for operation, operands in self.program:
            known.append(operation(*[known[at] if type(at) is int else at for at in operands]))
        return known[-1]

    def __repr__(self) -> str:
        lines = [f"x{index}" for index in range(self.inputs)]
        for operation, operands in self.program:
            parts = [lines[at] if type(at) is int else repr(at) for at in operands]
            if operation.form == "infix":
                lines.append(f"({f' {operation.symbol} '.join(parts)})")
            else:
                lines.append(f"{operation.name}({', '.join(parts)})")
        written = lines[-1] if len(lines[-1]) < 2000 else f"{lines[-1][:2000]}..."
        return f"RandomFunction({', '.join(lines[: self.inputs])}: {written})"


def functions(
    inputs: int = 3, operations: int = 12, kinks: bool = False
) -> SearchStrategy[RandomFunction]:
    """Return a strategy of functions made of random operations.

    Args:
        inputs: how many numbers each takes.
        operations: of how many operations it consists at most.
        kinks: whether abs, relu, maximum and others that are not smooth are among them.

    Returns:
        A Hypothesis strategy of functions, whose text is a formula.

    Example:
        >>> from hypothesis import given
        >>> from autograd.testing import check_gradient, functions
        >>> @given(functions(inputs=1, operations=3))
        ... def test(f):
        ...     f(0.5)
        >>> test()
    """
    st = _hypothesis()
    rows = SMOOTH + (KINKED if kinks else ())

    def random_function(draw: Any) -> RandomFunction:
        program = []
        for place in range(draw(st.integers(1, operations))):
            row = draw(st.sampled_from(rows))
            # The latest result comes first, so that hardly any is left unused.
            latest = inputs + place - 1
            operands: list[int | float] = [
                draw(st.integers(0, latest).map(lambda n, k=latest: k - n))
            ]
            while len(operands) < row.arity:
                at = st.integers(0, latest)
                constant = st.sampled_from((-2.0, -0.5, 0.5, 1.0, 2.0, 3.0))
                operands.append(draw(st.one_of(at, at, constant)))
            program.append((row, tuple(draw(st.permutations(operands)))))
        return RandomFunction(inputs, tuple(program))

    strategy: SearchStrategy[RandomFunction] = st.composite(random_function)()
    return strategy


def graphs(
    inputs: int = 3, operations: int = 12, kinks: bool = False
) -> SearchStrategy[tuple[Value, tuple[Value, ...]]]:
    """Return a strategy of random graphs.

    Args:
        inputs: how many leaves each has, labelled x0, x1, ...
        operations: how many operations at most.
        kinks: whether operations that are not smooth are among them.

    Returns:
        A Hypothesis strategy of pairs: the root, and the leaves (not all need be under the root).

    Example:
        >>> from hypothesis import given
        >>> from autograd.testing import graphs
        >>> @given(graphs())
        ... def test(graph):
        ...     root, leaves = graph
        ...     root.backward()
        >>> test()
    """
    st = _hypothesis()

    def built(function: RandomFunction, numbers: list[float]) -> tuple[Value, tuple[Value, ...]]:
        leaves = tuple(Value(number, label=f"x{i}") for i, number in enumerate(numbers))
        return function(*leaves), leaves

    strategy: SearchStrategy[tuple[Value, tuple[Value, ...]]] = st.builds(
        built,
        functions(inputs, operations, kinks),
        st.lists(st.floats(-3.0, 3.0), min_size=inputs, max_size=inputs),
    )
    return strategy
