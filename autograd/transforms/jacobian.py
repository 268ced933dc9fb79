"""Matrices of derivatives: jacobian, jacrev, jacfwd and hessian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, ParamSpec, overload

from autograd.engine.value import Value
from autograd.transforms.call import (
    Call,
    Derivative,
    Derived,
    checked,
    decorating,
)
from autograd.trees import Structure, array_of, builder

P = ParamSpec("P")


@overload
def jacobian(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]: ...
@overload
def jacobian(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Derived[P]]: ...
@decorating
def jacobian(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]:
    """Return a function that gives every partial derivative of every output of f.

    It goes forwards where there are fewer inputs than outputs (``jacfwd``), else backwards
    (``jacrev``).

    Args:
        f: a function of numbers or containers of them that returns a number or a container.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.
        has_aux: whether f returns a pair of its result and something else, which is returned
            beside the matrix.

    Returns:
        A function of the same arguments. Its result has the structure of f's output outermost,
        then a tuple if argnums is one, then the structure of the argument; for an array of
        outputs by an array of inputs it is one array of shape ``out.shape + in.shape``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda p: [p[0] * p[1], p[0] + p[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """
    return Derivative(jacobian, f, argnums, has_aux, _cheaper)


@overload
def jacrev(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]: ...
@overload
def jacrev(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Derived[P]]: ...
@decorating
def jacrev(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]:
    """Return the function that ``jacobian`` gives, in reverse mode: one sweep for each output.

    Args:
        f: a function of numbers or containers of them that returns a number or a container.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.
        has_aux: whether f returns a pair of its result and something else.

    Returns:
        A function of the same arguments, as of ``jacobian``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import jacrev
        >>> jacrev(lambda x: [x, x * x])(3.0)
        [1.0, 6.0]
    """
    return Derivative(jacrev, f, argnums, has_aux, _by_rows)


@overload
def jacfwd(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]: ...
@overload
def jacfwd(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Derived[P]]: ...
@decorating
def jacfwd(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]:
    """Return the function that ``jacobian`` gives, in forward mode: all inputs in one sweep.

    Args:
        f: a function of numbers or containers of them that returns a number or a container.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.
        has_aux: whether f returns a pair of its result and something else.

    Returns:
        A function of the same arguments, as of ``jacobian``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import jacfwd
        >>> jacfwd(lambda x: [x, x * x])(3.0)
        [1.0, 6.0]
    """
    return Derivative(jacfwd, f, argnums, has_aux, _by_columns)


@overload
def hessian(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]: ...
@overload
def hessian(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Derived[P]]: ...
@decorating
def hessian(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]:
    """Return a function that gives every second partial derivative of f.

    Args:
        f: a function of numbers or containers of them that returns one number (or several).
        argnums: which positional argument to differentiate with respect to, or a tuple of them.
        has_aux: whether f returns a pair of its result and something else, which is returned
            beside the matrix.

    Returns:
        A function of the same arguments that returns the jacobian of the jacobian: the structure
        of the argument within itself; for an array, an array of shape ``in.shape + in.shape``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda p: p[0] ** 2 * p[1])([3.0, 5.0])
        [[10.0, 6.0], [6.0, 0.0]]
    """
    argnums = checked("hessian", f, argnums)
    rows = Derivative(hessian, f, argnums, has_aux, _cheaper)
    return Derivative(hessian, f, argnums, has_aux, _cheaper, through=rows)


def _cheaper(call: Call) -> object:
    return (_by_columns if len(call.leaves) < len(call.outputs) else _by_rows)(call)


def _by_rows(call: Call) -> object:
    return _matrix(call, [call.pulled(output) for output in call.outputs])


def _by_columns(call: Call) -> object:
    return _matrix(call, call.pushed_apart())


def _matrix(call: Call, rows: list[list[Value | float]]) -> object:
    flat = call.lowered([entry for row in rows for entry in row])
    width = len(call.leaves)
    rows = [flat[width * place : width * (place + 1)] for place, _ in enumerate(rows)]
    inner = call.structures[0] if call.single else Structure("tuple", tuple(call.structures), tuple)
    matrix = blocks(call.output_structure, rows, lambda unit, part: _columns(unit, inner, part))
    return (matrix, call.lowered_aux()) if call.has_aux else matrix


def blocks(structure: Structure, items: list[Any], build: Callable[..., object]) -> object:
    """Rebuild a structure, giving each number or array of it, with its items, to ``build``."""
    supply = iter(items)
    built = (build(unit, [*islice(supply, unit.count())]) for unit in structure.units())
    return builder(structure, arrays_only=True)(iter(()), built)


def _columns(unit: Structure, inner: Structure, rows: list[list[Value | float]]) -> object:
    """Return the derivatives of one output (a number, or a whole array) in the inner structure."""
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else []
    outer = unit.detail if unit.kind == "array" else ()

    def block(part: Structure, columns: list[list[Value | float]]) -> object:
        shape = outer + (part.detail if part.kind == "array" else ())
        flat = [number for row in zip(*columns, strict=True) for number in row]
        return array_of(flat, shape) if shape else flat[0]

    return blocks(inner, columns, block)
