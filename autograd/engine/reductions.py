"""Functions over many numbers, one row: sum, mean, prod, dot, logsumexp, softmax.

Each combines its numbers in a balanced tree, halves with halves. So a sum of n terms is log2(n)
nodes deep, not n, and its rounding error grows with log2(n), not with n (pairwise summation:
Higham, The accuracy of floating point summation, SIAM J. Sci. Comput. 14, 1993).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Never, NoReturn, Protocol, cast, overload

from autograd.engine.accelerator import native
from autograd.errors import ArgumentError, OperandError, StructureError
from autograd.habits import refuse_setting
from autograd.table import rows as ops
from autograd.table.number import N, RealNumber, Symbolic
from autograd.table.operation import real
from autograd.trees import Array, array_of, is_array, unboxed
from autograd.wording import what_is


class Reduction(Protocol):
    """A function of many numbers: plain ones give a float, a Value among them a Value."""

    @overload
    def __call__(self, numbers: Iterable[RealNumber]) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, numbers: Iterable[N | RealNumber]) -> N: ...
    @overload  # mypy takes [x, 1.0], where it is written, for no list of either
    def __call__(  # type: ignore[overload-cannot-match]
        self, numbers: Iterable[Symbolic | RealNumber]
    ) -> Any: ...


def _typed(function: Callable[[Iterable[object]], object]) -> Reduction:
    return cast(Reduction, function)


Way = Callable[[str, int, int], str]  # what to write for an array, by its dimensions and the axis


def _terms(numbers: Any, name: str, way: Way | None = None) -> list[Any]:
    try:
        terms = list(numbers)
    except TypeError:
        if hasattr(numbers, "__next__"):  # what computes the terms raised it
            raise
        given = what_is(numbers)
        if hasattr(type(numbers), "_apply"):
            given = f"one Value: write {name}([x])"
            if name in ("sum", "mean"):
                given += f"; under in_axes f has one row, and jit(f, reduce={name!r}) is over all"
        raise OperandError(
            f"{name}: takes an iterable of Values or real numbers, and was given {given}"
        ) from None
    if native is not None and native.are_terms(terms):
        return terms
    terms = [unboxed(term) for term in terms]
    is_frame = is_array(numbers) and _dimensions(numbers) > 1  # whose terms are names
    if is_frame or any(isinstance(term, (list, tuple)) or is_array(term) for term in terms):
        written = way(name, _dimensions(numbers), -1) if way else f"np.{name}(X)"
        what = f"an array X of shape {numbers.shape}" if is_array(numbers) else "a list of rows"
        of = "" if is_array(numbers) else " with X = np.array(rows)"
        raise OperandError(
            f"{name}: takes one row of numbers, and was given {what}: write {written}{of}"
        )
    return [term if hasattr(type(term), "_apply") else real(term, name) for term in terms]


def _for_each_row(name: str, dimensions: int, axis: int) -> str:
    before = axis % dimensions
    written = name
    for _ in range(dimensions - 1 - before):
        written = f"vmap({written}, in_axes=-1, out_axes=-1)"
    return f"{'vmap(' * before}{written}{')' * before}(X)"


def _dimensions(numbers: object) -> int:
    if is_array(numbers):
        return cast("Array", numbers).ndim
    is_row = isinstance(numbers, Sequence) and not any(hasattr(each, "__len__") for each in numbers)
    return 1 if is_row else 2


def _refuse_more(
    name: str,
    numbers: object,
    more: tuple[object, ...],
    settings: Mapping[str, object],
    way: Way | None = None,
) -> NoReturn:
    """Refuse several numbers, or the axis of NumPy's functions, and say how it is written."""
    if isinstance(numbers, (int, float)) or hasattr(type(numbers), "_apply"):
        raise ArgumentError(f"{name}: takes all numbers in one list: write {name}([a, b])")
    is_start = bool(more) and not hasattr(more[0], "__index__")  # as that of Python's sum
    settings = settings or {"start" if is_start else "axis": more[0]}
    axis, dimensions = settings.get("axis"), _dimensions(numbers)
    if dimensions == 1:
        advice = "it takes one row of numbers: leave it out"
    elif way is None:
        written = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
        advice = f"write np.{name}(X, {written})"
    else:
        advice = f"write {way(name, dimensions, axis if type(axis) is int else -1)}"
    start = f"write {name}(numbers) {'*' if name == 'prod' else '+'} start"
    refuse_setting(name, settings, {"axis": advice, "start": start})


def _combined(terms: list[Any], pair: Callable[[Any, Any], Any], empty: float) -> Any:
    """Combine neighbours until one is left; an odd one out waits for the next round."""
    if len(terms) == 1 and hasattr(type(terms[0]), "_apply"):
        return ops.identity(terms[0])  # a result of its own: not the leaf, which may be edited
    if native is not None and pair is operator.add and terms:
        return native.added(terms)
    while len(terms) > 1:
        paired = [pair(a, b) for a, b in zip(terms[::2], terms[1::2], strict=False)]
        if len(terms) % 2:
            paired.append(terms[-1])
        terms = paired
    return terms[0] if terms else empty


def _sum(terms: list[object]) -> Any:
    return _combined(terms, operator.add, 0.0)


@_typed
def sum(numbers: Iterable[object], *more: object, **settings: object) -> object:
    """Return the sum of Values or real numbers, added in pairs; the sum of none is 0.0.

    Args:
        numbers: an iterable of Values and real numbers.
        more: there are none: all numbers are in one list.
        settings: there are none: ``axis`` is refused, with what to write for an array.

    Returns:
        A Value if there is one among the numbers, else a float.

    Raises:
        TypeError: something in it is not a number.

    Example:
        >>> import autograd
        >>> autograd.sum([1, 2, 3.5])
        6.5
    """
    if more or settings:
        _refuse_more("sum", numbers, more, settings)
    return _sum(_terms(numbers, "sum"))


@_typed
def mean(numbers: Iterable[object], *more: object, **settings: object) -> object:
    """Return the arithmetic mean of Values or real numbers.

    Args:
        numbers: an iterable of Values and real numbers, at least one.
        more: there are none: all numbers are in one list.
        settings: there are none: ``axis`` is refused, with what to write for an array.

    Returns:
        A Value if there is one among the numbers, else a float.

    Raises:
        ValueError: there are no numbers.
        TypeError: something in it is not a number.

    Example:
        >>> import autograd
        >>> autograd.mean([1, 2, 6])
        3.0
    """
    if more or settings:
        _refuse_more("mean", numbers, more, settings)
    terms = _terms(numbers, "mean")
    if not terms:
        raise StructureError("mean: there is no mean of no numbers; give at least one")
    return _sum(terms) / float(len(terms))


@_typed
def prod(numbers: Iterable[object], *more: object, **settings: object) -> object:
    """Return the product of Values or real numbers; the product of none is 1.0.

    Args:
        numbers: an iterable of Values and real numbers.
        more: there are none: all numbers are in one list.
        settings: there are none: ``axis`` is refused, with what to write for an array.

    Returns:
        A Value if there is one among the numbers, else a float.

    Raises:
        TypeError: something in it is not a number.

    Example:
        >>> import autograd
        >>> autograd.prod([1, 2, 3.5])
        7.0
    """
    if more or settings:
        _refuse_more("prod", numbers, more, settings)
    return _combined(_terms(numbers, "prod"), operator.mul, 1.0)


def _as_product(name: str, dimensions: int, axis: int) -> str:
    return "X @ w (w @ X where X comes second)"


@overload
def dot(  # type: ignore[overload-overlap]
    a: Iterable[RealNumber], b: Iterable[RealNumber]
) -> float: ...
@overload
def dot(a: Iterable[N | RealNumber], b: Iterable[N | RealNumber]) -> N: ...
@overload
def dot(  # type: ignore[overload-cannot-match]
    a: Iterable[Symbolic | RealNumber], b: Iterable[Symbolic | RealNumber]
) -> Any: ...
def dot(a: Iterable[object], b: Iterable[object]) -> object:
    """Return the sum of the products of two equally long sequences, added in pairs.

    Args:
        a: an iterable of Values and real numbers.
        b: another of the same length.

    Returns:
        A Value if there is one among the numbers, else a float.

    Raises:
        ValueError: the lengths differ.
        TypeError: something in them is not a number.

    Example:
        >>> import autograd
        >>> autograd.dot([1, 2], [3, 4])
        11.0
    """
    left, right = _terms(a, "dot", _as_product), _terms(b, "dot", _as_product)
    if len(left) != len(right):
        raise StructureError(
            f"dot: the sequences have {len(left)} and {len(right)} numbers; "
            f"they must be equally long"
        )
    if native is not None:
        return _sum(native.products(left, right))
    return _sum([x * y for x, y in zip(left, right, strict=True)])


@_typed
def logsumexp(numbers: Iterable[object], *more: object, **settings: object) -> object:
    """Return log(exp(x1) + exp(x2) + ...), finite wherever the mathematics is.

    Args:
        numbers: an iterable of Values and real numbers; of none it is -inf.
        more: there are none: all numbers are in one list.
        settings: there are none: ``axis`` is refused, with what to write for an array.

    Returns:
        A Value if there is one among the numbers, else a float.

    Raises:
        TypeError: something in it is not a number.

    Example:
        >>> import autograd
        >>> autograd.logsumexp([1000, 1000])
        1000.6931471805599
    """
    if more or settings:
        _refuse_more("logsumexp", numbers, more, settings, _for_each_row)
    return _combined(_terms(numbers, "logsumexp", _for_each_row), ops.logaddexp, -ops.INF)


@overload
def softmax(numbers: Array, **settings: Never) -> Array: ...
@overload
def softmax(  # type: ignore[overload-overlap]
    numbers: Iterable[RealNumber], **settings: Never
) -> list[float]: ...
@overload
def softmax(numbers: Iterable[N | RealNumber], **settings: Never) -> list[N]: ...
def softmax(numbers: Iterable[object], *more: object, **settings: object) -> Any:
    """Return exp(x) of each number over the sum of them all; it never overflows.

    Args:
        numbers: an iterable of Values and real numbers.
        more: there are none: all numbers are in one list.
        settings: there are none: ``axis`` is refused, with what to write for an array.

    Returns:
        A list of Values or floats, as many as there were numbers; of a NumPy array an array.

    Raises:
        TypeError: something in it is not a number.

    Example:
        >>> import autograd
        >>> autograd.softmax([1000, 1000])
        [0.5, 0.5]
    """
    if more or settings:
        _refuse_more("softmax", numbers, more, settings, _for_each_row)
    terms = _terms(numbers, "softmax", _for_each_row)
    largest = ops.stop_gradient(_combined(terms, ops.maximum, 0.0))
    powers = [ops.exp(term - largest) for term in terms]
    total = _sum(powers)
    shares = [power / total for power in powers]
    return array_of(shares, (len(shares),)) if is_array(numbers) else shares
