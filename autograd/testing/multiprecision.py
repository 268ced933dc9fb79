"""Numbers of 60 digits and more on which graphs, definitions and rules of the table run (mpmath).

They follow IEEE 754 in what is infinite and what is nan, with one zero and a far wider range:
beyond 2**5000 a number counts as infinite, below 2**-5000 as zero.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.engine.value import Value
from autograd.errors import MissingExtraError, NotExpressibleError
from autograd.table import elementary as ops
from autograd.table.operation import TABLE, Operation, is_real, real
from autograd.testing.operators import Operators

LARGEST = 5000  # in powers of two
MOST_BITS = 8000
BITS_FOR_ZERO = 1900  # enough to tell 1 - tanh(300), which is 1e-260, from zero

# Every kernel of the table: m is mpmath's context, the operands are its numbers.
KERNELS: dict[str, Callable[..., Any]] = {
    "add": lambda m, a, b: a + b,
    "subtract": lambda m, a, b: a - b,
    "multiply": lambda m, a, b: a * b,
    "divide": lambda m, a, b: a / b if b != 0 else a * m.inf,
    "negative": lambda m, x: -x,
    "power": lambda m, a, b: m.inf if a == 0 and b < 0 else m.power(a, b),
    "less": lambda m, a, b: m.mpf(a < b),
    "less_equal": lambda m, a, b: m.mpf(a <= b),
    "both": lambda m, a, b: m.mpf(a != 0 and b != 0),
    "opposite": lambda m, a: m.mpf(a == 0),
    "either": lambda m, a, b: m.mpf(a != 0 or b != 0),
    "where": lambda m, c, a, b: a if c != 0 else b,
    "exp": lambda m, x: m.exp(x),
    "exp2": lambda m, x: m.power(2, x),
    "expm1": lambda m, x: m.expm1(x),
    "log": lambda m, x: m.log(x),
    "log1p": lambda m, x: m.log1p(x),
    "log2": lambda m, x: m.log(x, 2),
    "log10": lambda m, x: m.log(x, 10),
    "sqrt": lambda m, x: m.sqrt(x),
    "cbrt": lambda m, x: m.sign(x) * m.cbrt(abs(x)),
    "sin": lambda m, x: m.sin(x),
    "cos": lambda m, x: m.cos(x),
    "tan": lambda m, x: m.tan(x),
    "asin": lambda m, x: m.asin(x),
    "acos": lambda m, x: m.acos(x),
    "atan": lambda m, x: m.atan(x),
    "atan2": lambda m, y, x: m.atan2(y, x),
    "sinh": lambda m, x: m.sinh(x),
    "cosh": lambda m, x: m.cosh(x),
    "tanh": lambda m, x: m.tanh(x),
    "asinh": lambda m, x: m.asinh(x),
    "acosh": lambda m, x: m.acosh(x),
    "atanh": lambda m, x: m.atanh(x),
    "abs": lambda m, x: abs(x),
    "floor": lambda m, x: m.floor(x),
    "ceil": lambda m, x: m.ceil(x),
    "round": lambda m, x: m.nint(x),
}
# Defined rows whose definition is an approximation good for floats: mpmath knows them to any digit.
KNOWN: dict[str, Callable[..., Any]] = {
    "gaussian": lambda m, x: m.exp(-x * x),
    "normal_density": lambda m, x: m.npdf(x),
    "softplus": lambda m, x: max(x, m.zero) + m.log1p(m.exp(-abs(x))),
    "logaddexp": lambda m, a, b: (
        max(a, b) + m.log1p(m.exp(-abs(a - b if a != b else m.zero))) if a == a else a
    ),
    "erf": lambda m, x: m.erf(x),
    "erfc": lambda m, x: m.erfc(x),
    "normal_cdf": lambda m, x: m.ncdf(x),
    "gelu": lambda m, x: x * m.ncdf(x),
    "lgamma": lambda m, x: m.inf if x <= 0 and m.isint(x) else m.re(m.loggamma(x)),
    "digamma": lambda m, x: m.nan if x <= 0 and m.isint(x) else m.psi(0, x),
    "polygamma": lambda m, n, x: m.nan if x <= 0 and m.isint(x) else m.psi(int(n), x),
}


@functools.cache
def context() -> Any:
    """Return the arithmetic of these numbers, apart from mpmath's own global one."""
    try:
        from mpmath.ctx_mp import MPContext
    except ImportError:
        raise MissingExtraError("autograd.testing", "testing") from None
    made = MPContext()
    made.dps = 60
    return made


class Precise(Operators):
    """A real number of many digits; functions of Values run on it unchanged.

    A Value that it meets comes from outside and does not depend on it: it counts as its number.

    Args:
        number: a real number, or one of mpmath's.

    Example:
        >>> import autograd
        >>> float(autograd.exp(Precise(1) / 3).number)
        1.3956124250860895
    """

    __slots__ = ("number",)

    def __init__(self, number: Any) -> None:
        arithmetic = context()
        if not isinstance(number, (arithmetic.mpf, arithmetic.mpc)):
            number = arithmetic.mpf(number if type(number) is int else real(number, "Precise"))
        self.number = _bounded(arithmetic, number)

    @staticmethod
    def _apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
        rule = KERNELS.get(operation.name) or KNOWN.get(operation.name)
        if rule is not None and TABLE.get(operation.name) is operation:
            arithmetic = context()
            numbers = [_number(operand, operation) for operand in operands]
            result = Precise(rule(arithmetic, *numbers))
            is_condition = operation.is_condition
            return result.number != 0 if is_condition else result
        if operation.definition is None:
            raise NotExpressibleError(f"{operation.name} is known for floats only")
        return operation.definition(*[_lifted(operand, operation) for operand in operands])

    def __eq__(self, other: object) -> bool:  # derivatives by hand may ask for x == 0
        if isinstance(other, Precise):
            return bool(self.number == other.number)
        return bool(self.number == real(other)) if is_real(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.number)

    def __bool__(self) -> bool:
        return bool(self.number != 0)

    def __repr__(self) -> str:
        return f"Precise({context().nstr(self.number, 20)})"


def _lifted(operand: Any, operation: Operation) -> Any:
    return operand if isinstance(operand, Precise) else Precise(_number(operand, operation))


def _number(operand: Any, operation: Operation) -> Any:
    if isinstance(operand, Precise):
        return operand.number
    if isinstance(operand, Value):
        return context().mpf(operand.data)
    if hasattr(type(operand), "_apply"):
        raise NotExpressibleError(f"{operation.name} was given a {type(operand).__name__} as well")
    return context().mpf(real(operand, operation.name))


def _bounded(arithmetic: Any, number: Any) -> Any:
    """Return a real number of the range; nan for a complex one."""
    if isinstance(number, arithmetic.mpc):
        return arithmetic.nan if number.imag != 0 else _bounded(arithmetic, number.real)
    if number != 0 and arithmetic.isfinite(number):
        magnitude = arithmetic.mag(number)
        if magnitude > LARGEST:
            return arithmetic.sign(number) * arithmetic.inf
        if magnitude < -LARGEST:
            return arithmetic.zero
    return number


# -- slopes ------------------------------------------------------------------------------------


STEPS = (-140, -120)  # the step, and a longer one to compare with, as powers of two


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slopes to the left and to the right of a point, as mpmath's numbers.

    A slope is infinite where it grows however close one looks, and nan where the function is not
    real on that side or jumps. ``is_kink`` is true where the two differ, ``is_endless`` where one
    is infinite, ``is_jump`` where the value itself jumps.
    """

    left: Any
    right: Any
    is_kink: bool
    is_endless: bool
    is_jump: bool


def slopes(
    function: Callable[[Sequence[Any]], Any], numbers: Sequence[float], index: int
) -> Slopes:
    """Return the slopes of a function at a point along one of its numbers.

    One-sided differences between numbers of so many digits that what is left of their error,
    a step of at most 1e-42 times the curvature, is beyond a float's last digit.

    Args:
        function: of a list of Precise numbers, giving one.
        numbers: the point.
        index: which of its numbers moves.

    Raises:
        TypeError: the function does not run on such numbers.
    """
    exponent = math.frexp(numbers[index])[1] if numbers[index] else 0
    bits = 480 + 2 * abs(exponent)
    found = _differences(function, numbers, index, exponent, bits)
    while bits < MOST_BITS:  # until more digits make no difference: 1 - tanh(300) is 1e-260
        bits *= 2
        before, found = found, _differences(function, numbers, index, exponent, bits)
        if _same(before[0], found[0], bits) and _same(before[1], found[1], bits):
            break
    return _read(*found)


def _differences(
    function: Callable[[Sequence[Any]], Any],
    numbers: Sequence[float],
    index: int,
    exponent: int,
    bits: int,
) -> tuple[Any, Any, Any, Any]:
    """Return the differences to the left and to the right, then the two with the longer step."""
    arithmetic = context()
    with arithmetic.workprec(bits):
        point = [Precise(number) for number in numbers]
        here = _called(function, point)

        def difference(power: int, sign: int) -> Any:
            step = sign * arithmetic.ldexp(1, min(exponent, 0) + power)
            moved = Precise(arithmetic.mpf(numbers[index]) + step)
            return (_called(function, [*point[:index], moved, *point[index + 1 :]]) - here) / step

        near, far = STEPS
        return (
            difference(near, -1),
            difference(near, 1),
            difference(far, -1),
            difference(far, 1),
        )


def _read(left: Any, right: Any, far_left: Any, far_right: Any) -> Slopes:
    """Tell kinks, jumps and poles of slope apart by what a shorter step changes."""
    ldexp = context().ldexp
    gap, size = abs(right - left), max(abs(left), abs(right))
    is_kink = gap > size * ldexp(1, -100) and gap > abs(far_right - far_left) / 2
    left, jumps_left = _side(left, far_left)
    right, jumps_right = _side(right, far_right)
    is_endless = bool(context().isinf(left) or context().isinf(right))
    if is_endless:
        is_kink = left != right and not (context().isnan(left) or context().isnan(right))
    return Slopes(left, right, bool(is_kink), is_endless, jumps_left or jumps_right)


def _side(near: Any, far: Any) -> tuple[Any, bool]:
    """Return the slope on one side, and whether the value jumps there.

    By a shorter step the change of the value is just as large at a jump, and smaller, if less than
    in proportion, at a pole of the slope such as that of sqrt at 0.
    """
    arithmetic = context()
    if arithmetic.isinf(near):
        return arithmetic.nan, True
    if not abs(near) > 1.01 * abs(far) > 0:
        return near, False
    shorter = arithmetic.ldexp(1, STEPS[0] - STEPS[1])
    if abs(near) * shorter > abs(far) * (1 - arithmetic.ldexp(1, -40)):
        return arithmetic.nan, True
    return arithmetic.sign(near) * arithmetic.inf, False


def _same(a: Any, b: Any, bits: int) -> bool:
    """Return whether more digits have changed nothing; a zero may yet become a small number."""
    if not context().isfinite(a - b):
        return True
    if a == 0 and b == 0:
        return bits >= BITS_FOR_ZERO
    return bool(abs(a - b) <= abs(a) * context().ldexp(1, -80))


def value(function: Callable[[Sequence[Any]], Any], numbers: Sequence[float]) -> Any:
    """Return the value at a point as one of mpmath's numbers, with as many digits as it takes."""
    bits = 240
    before = found = None
    while bits < MOST_BITS and (before is None or not _same(before, found, bits)):
        before = found
        with context().workprec(bits):
            found = _called(function, [Precise(number) for number in numbers])
        bits *= 2
    return found


def _called(function: Callable[[Sequence[Any]], Any], point: Sequence[Precise]) -> Any:
    """Return the result as one of mpmath's numbers.

    Compiled functions, derivatives of functions and all that asks for ``x.data`` take Values, and
    say in one of these two ways that they do not take a Precise.
    """
    try:
        return _number(function(point), ops.identity)
    except (TypeError, AttributeError) as error:
        if isinstance(error, NotExpressibleError):
            raise
        raise NotExpressibleError(f"it does not run on numbers of many digits: {error}") from error
