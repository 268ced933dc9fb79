"""Operations that users define: a function of floats and its partial derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.errors import ArgumentError
from autograd.table.operation import Operation, Rule, real


class Primitive(Operation):
    """A row in the user's module instead of the table; it is pickled by its qualified name."""

    __qualname__: str

    def __reduce__(self) -> Any:
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<primitive {self.signature}>"


def primitive(
    *, partials: Sequence[Rule], latex: str | None = None, symbol: str | None = None
) -> Callable[[Callable[..., float]], Primitive]:
    r"""Declare a function of floats to be an operation, with its partial derivatives.

    The operation works in backward, in higher derivatives, in pictures and in the explorer. It
    cannot be compiled: under ``jit`` it raises TraceError.

    Args:
        partials: for each operand of the function a rule ``lambda y, a, b: ...`` that takes the
            result and the operands and returns d(result)/d(operand), written with Python's
            operators and the functions of autograd, so that it can be differentiated again.
        latex: its name in LaTeX, or a template with {0}, {1} for the operands.
        symbol: how pictures and ``.op.symbol`` name it; the function's name if left out.

    Returns:
        A decorator for a function of one or more floats that returns a float.

    Raises:
        TypeError: there is not one rule for each operand, or a rule is no function.

    Example:
        >>> import math, autograd
        >>> @autograd.primitive(partials=(lambda y, x: -2 * x * y,))
        ... def bell(x):
        ...     return math.exp(-x * x)
        >>> x = autograd.Value(1.0)
        >>> bell(x).backward()
        >>> print(f"{x.grad:.6f}")
        -0.735759
        >>> print(f"{autograd.grad(autograd.grad(bell))(1.0):.6f}")
        0.735759
    """
    if callable(partials):
        raise ArgumentError(
            "primitive: partials is a tuple with a rule for each operand: write partials=(rule,)"
        )
    if not isinstance(partials, Iterable):
        raise ArgumentError("primitive: partials is a tuple with a rule for each operand")
    for name, text in (("latex", latex), ("symbol", symbol)):
        if text is not None and not isinstance(text, str):
            raise ArgumentError(f"primitive: {name} is a str, and was a {type(text).__name__}")
    rules = tuple(partials)
    if not all(callable(rule) for rule in rules):
        raise ArgumentError("primitive: every one of the partials must be a function")

    def declared(function: Callable[..., float]) -> Primitive:
        name = getattr(function, "__name__", "primitive")
        operands = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
                raise ArgumentError(
                    f"primitive: {name} must take a fixed number of operands, "
                    f"so {parameter} cannot be one of them"
                )
            default = parameter.default
            given = "" if default is parameter.empty else f"={real(default, name)!r}"
            operands.append(parameter.name + given)
        if len(operands) != len(rules) or not rules:
            raise ArgumentError(
                f"primitive: {name} takes {len(operands)} operands and there are {len(rules)} "
                f"partials; there must be one rule for each"
            )

        def value(*numbers: float) -> float:
            return real(function(*numbers), f"the result of {name}")

        row = Primitive(
            f"{name}({', '.join(operands)})",
            value,
            rules,
            summary=inspect.getdoc(function) or "",
            symbol=symbol or "",
            form="latex" if latex and "{" in latex and "0" in latex else "call",
            latex=latex or "",
        )
        row.__module__ = function.__module__
        row.__qualname__ = function.__qualname__
        return row

    return declared
