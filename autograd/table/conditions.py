"""Conditions, and the choice between two numbers by one.

Between Values a comparison is a bool; these rows are for traced Values, whose numbers come later.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, Protocol, cast, overload

from autograd.errors import OperandError
from autograd.table.elementwise import by_element
from autograd.table.number import A, Condition, N, Number, RealNumber, Symbolic
from autograd.table.operation import Operation, primitive, real
from autograd.trees import is_array, unboxed
from autograd.wording import what_is

# fmt: off

NAN, INF = math.nan, math.inf

less: Operation = primitive(
    "less(a, b)", lambda a, b: float(a < b),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="<", form="infix", latex="<", rank=0, public=False, is_condition=True,
    loses_nan=True, summary="1 if a < b, else 0.",
)
less_equal: Operation = primitive(
    "less_equal(a, b)", lambda a, b: float(a <= b),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="<=", form="infix", latex=r"\le", rank=0, public=False, is_condition=True,
    loses_nan=True, summary="1 if a <= b, else 0.",
)
both: Operation = primitive(
    "both(a, b)", lambda a, b: float(a != 0.0 and b != 0.0),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="&", form="infix", latex=r"\wedge", rank=0, public=False,
    is_condition=True, conditions=(0, 1), commutative=True,
    summary="1 where both conditions hold, else 0.",
)
either: Operation = primitive(
    "either(a, b)", lambda a, b: float(a != 0.0 or b != 0.0),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="|", form="infix", latex=r"\vee", rank=0, public=False,
    is_condition=True, conditions=(0, 1), commutative=True,
    summary="1 where either condition holds, else 0.",
)
opposite: Operation = primitive(
    "opposite(a)", lambda a: float(a == 0.0),
    lambda y, a: 0.0,
    symbol="~", form="prefix", latex=r"\neg", rank=0, public=False,
    is_condition=True, conditions=(0,), summary="1 where the condition does not hold, else 0.",
)
select: Operation = primitive(
    "where(condition, a, b)", lambda c, a, b: a if c != 0.0 else b,
    lambda y, c, a, b: 0.0,
    lambda y, c, a, b: select(c, 1.0, 0.0),
    lambda y, c, a, b: select(c, 0.0, 1.0),
    strong_zero=(lambda y, c, a, b: True, lambda y, c, a, b: c <= 0.0, lambda y, c, a, b: c > 0.0),
    public=False, conditions=(0,), piece=lambda y, c, a, b: c, flat="the other branch was taken",
    summary="a where the condition holds, else b.",
)


@overload
def where(  # type: ignore[overload-overlap]
    condition: Condition, a: RealNumber, b: RealNumber
) -> float: ...
@overload
def where(  # type: ignore[overload-overlap]
    condition: Condition, a: N | RealNumber, b: N | RealNumber
) -> N: ...
@overload
def where(condition: Condition, a: Number, b: Number) -> Number: ...
def where(condition: Any, a: object, b: object) -> Any:
    """Return a where the condition holds, else b; the branch not taken has derivative 0.

    Args:
        condition: a bool, a NumPy bool, or a comparison of traced Values (under ``jit``); or an
            array of these.
        a: a Value or a real number, or an array of them.
        b: likewise.

    Returns:
        A Value if one of a and b is, else a float; an array where one of the three is.

    Raises:
        TypeError: the condition is anything else, or a or b is not a number.

    Example:
        >>> import autograd
        >>> x = autograd.Value(-2.0)
        >>> autograd.where(x > 0, autograd.sqrt(x), 0.0 * x).data
        -0.0
    """
    if type(condition) is not bool:
        condition = unboxed(condition)
        if getattr(getattr(condition, "dtype", None), "kind", None) == "b" and condition.ndim == 0:
            condition = bool(condition)
        elif is_array(condition):
            return by_element(where, (condition, a, b), "where")
        elif type(condition) is not bool and not getattr(condition, "is_condition", False):
            way = (
                ": write v > 0; a bool of Python's that a compiled function is given is 0 or 1 "
                "there, and so is every bool by which is differentiated"
            )
            raise OperandError(
                f"where: the condition must be a bool or a comparison such as x > 0, and was given "
                f"{'a Value' + way if hasattr(condition, '_apply') else what_is(condition)}"
            )
    elif type(a) is float and type(b) is float:
        return a if condition else b
    return select(float(condition) if type(condition) is bool else condition, a, b)


class Question(Protocol):
    """A question about a number, or about each number of an array."""

    __name__: str

    @overload
    def __call__(self, x: A) -> A: ...
    @overload
    def __call__(self, x: RealNumber | Symbolic) -> bool: ...


def _operand(x: Any, name: str) -> Number:
    return x if hasattr(type(x), "_apply") else real(x, name)


def _of_arrays_too(question: Callable[[Any], object]) -> Question:
    @functools.wraps(question)
    def asked(x: object) -> object:
        try:
            return question(x)
        except OperandError:
            if (content := unboxed(x)) is not x:
                return asked(content)
            if not is_array(x):
                raise
            return by_element(question, (x,), question.__name__)

    return cast(Question, asked)


@_of_arrays_too
def isnan(x: Any) -> object:
    """Return whether a number is nan.

    Args:
        x: a Value or a real number, or an array of them.

    Returns:
        A bool; under ``jit`` a condition, which ``where`` and ``if`` take; an array of these.

    Raises:
        TypeError: x is neither a Value nor a real number.

    Example:
        >>> import autograd
        >>> autograd.isnan(autograd.log(-1.0))
        True
    """
    known = _operand(x, "isnan") <= x
    return not known if type(known) is bool else ~known


@_of_arrays_too
def isinf(x: Any) -> object:
    """Return whether a number is infinite.

    Args:
        x: a Value or a real number, or an array of them.

    Returns:
        A bool; under ``jit`` a condition, which ``where`` and ``if`` take; an array of these.

    Raises:
        TypeError: x is neither a Value nor a real number.

    Example:
        >>> import autograd
        >>> autograd.isinf(autograd.log(0.0))
        True
    """
    return (_operand(x, "isinf") >= INF) | (x <= -INF)


@_of_arrays_too
def isfinite(x: Any) -> object:
    """Return whether a number is neither infinite nor nan.

    Args:
        x: a Value or a real number, or an array of them.

    Returns:
        A bool; under ``jit`` a condition, which ``where`` and ``if`` take; an array of these.

    Raises:
        TypeError: x is neither a Value nor a real number.

    Example:
        >>> import autograd
        >>> autograd.isfinite(autograd.log(2.0))
        True
    """
    return (_operand(x, "isfinite") < INF) & (x > -INF)


QUESTIONS = (isnan, isinf, isfinite)


def lazy_where(
    condition: Condition, first: Callable[[], Number], second: Callable[[], Number]
) -> Number:
    """Return ``where`` of the results of two functions; a bool calls only the chosen one."""
    if type(condition) is bool:
        return first() if condition else second()
    return where(condition, first(), second())


def choose(condition: Condition, a: Number, b: Number) -> Number:
    """Return a where the condition holds, else b; no node where the condition is known."""
    return a if condition is True else b if condition is False else where(condition, a, b)


def is_known(x: Number) -> Condition:
    """Return whether a number is not nan."""
    return abs(x) >= 0.0


def is_zero(x: Number) -> Condition:
    """Return whether a number is 0."""
    return abs(x) <= 0.0


def zero_wins(a: Number, b: Number) -> Number:
    """Return a * b, but 0 for zero times infinity: used where the zero is exact."""
    meets = (is_zero(a) & (abs(b) >= INF)) | ((abs(a) >= INF) & is_zero(b))
    return choose(meets, 0.0, a * b)


def within(limit: float, x: Number, inside: Number) -> Number:
    """Return ``inside``, but 0 beyond -limit and limit, where it has underflowed.

    So the value and its derivatives are defined at infinity too.
    """
    return choose((x > limit) | (x < -limit), 0.0, inside)
