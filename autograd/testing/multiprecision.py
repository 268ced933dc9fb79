"""Numbers of 60 digits and more on which graphs, definitions and rules of the table run (mpmath).

They follow IEEE 754 in what is infinite and what is nan, with one zero and a far wider range:
beyond 2**5000 a number counts as infinite, below 2**-5000 as zero. Those of a derivative in
question reach to 2**(2**23), so that exp(10**6) and its powers are numbers, save operands of
functions whose digits would take as many bits as that, such as the sine.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.differences import ENDLESS, JUMP, Slope, described
from autograd.engine.modes import Mode
from autograd.engine.value import Value
from autograd.errors import MissingExtraError, NotExpressibleError
from autograd.table import rows as ops
from autograd.table.operation import TABLE, Operation, is_real, real
from autograd.table.operators import Operators
from autograd.wording import what_is

__tracebackhide__ = True  # from reports of pytest

INLINED = Mode(inlined=True)  # code that was compiled knows floats alone
LARGEST, WIDEST = 5000, 2**23  # in powers of two
MOST_BITS = 8000
BITS_FOR_ZERO = 2200  # enough to tell 1 - cos(x), which is x**2 / 2, from zero for any float x

# Primitives that mpmath and SymPy write alike: a library, and operands that are numbers of its own.
SHARED: dict[str, Callable[..., Any]] = {
    "add": lambda library, a, b: a + b,
    "subtract": lambda library, a, b: a - b,
    "multiply": lambda library, a, b: a * b,
    "negative": lambda library, x: -x,
    "exp2": lambda library, x: 2**x,
    "log2": lambda library, x: library.log(x) / library.log(2),
    "log10": lambda library, x: library.log(x) / library.log(10),
    "abs": lambda library, x: abs(x),
}
_NAMES = "exp log sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh floor"
SHARED |= {
    name: lambda library, *operands, name=name: getattr(library, name)(*operands)
    for name in _NAMES.split()
}

# Every primitive of the table: m is mpmath's context, the operands are its numbers.
PRIMITIVES: dict[str, Callable[..., Any]] = {
    **SHARED,
    "divide": lambda m, a, b: a / b if b != 0 else a * m.inf,
    "power": lambda m, a, b: m.inf if a == 0 and b < 0 else m.power(a, b),
    "fmod": lambda m, x, y: m.sign(x) * (abs(x) % abs(y)) if y != 0 else m.nan,
    "less": lambda m, a, b: m.mpf(a < b),
    "less_equal": lambda m, a, b: m.mpf(a <= b),
    "both": lambda m, a, b: m.mpf(a != 0 and b != 0),
    "opposite": lambda m, a: m.mpf(a == 0),
    "either": lambda m, a, b: m.mpf(a != 0 or b != 0),
    "where": lambda m, c, a, b: a if c != 0 else b,
    "expm1": lambda m, x: m.expm1(x),
    "log1p": lambda m, x: m.log1p(x),
    "ceil": lambda m, x: m.ceil(x),
    "round": lambda m, x: m.nint(x),
}

# From here on the first term of the tail of erfc has all digits; mpmath's own raises an
# OverflowError from 1e154 on.
HUGE = 1e100
# Composite rows whose definition approximates for floats: mpmath knows them to any digit.
KNOWN: dict[str, Callable[..., Any]] = {
    "cbrt": lambda m, x: m.sign(x) * m.cbrt(abs(x)),
    "cosh_slope": lambda m, x: m.sinh(x),
    "gaussian": lambda m, x: m.exp(-x * x),
    "normal_density": lambda m, x: m.npdf(x),
    "elu": lambda m, x, alpha: alpha * m.expm1(x) if x < 0 else x if x > 0 else alpha * x,
    "softplus": lambda m, x: max(x, m.zero) + m.log1p(m.exp(-abs(x))),
    "logaddexp": lambda m, a, b: (
        max(a, b) + m.log1p(m.exp(-abs(a - b if a != b else m.zero))) if a == a else a
    ),
    "erf": lambda m, x: m.erf(x),
    "erfc": lambda m, x: m.exp(-x * x) / (x * m.sqrt(m.pi)) if x > HUGE else m.erfc(x),
    "normal_cdf": lambda m, x: KNOWN["erfc"](m, -x / m.sqrt(2)) / 2 if x < -HUGE else m.ncdf(x),
    "gelu": lambda m, x: x * KNOWN["normal_cdf"](m, x),
    "lgamma": lambda m, x: m.inf if x <= 0 and m.isint(x) else m.re(m.loggamma(x)),
    "digamma": lambda m, x: m.nan if x <= 0 and m.isint(x) else m.psi(0, x),
    "polygamma": lambda m, n, x: (
        m.nan if x <= 0 and (m.isint(x) or m.isinf(x)) else m.psi(int(n), x)
    ),
}

# How many operands may be as large as the widest range allows: it costs no more than a small one.
WIDE: dict[str, int] = {
    **dict.fromkeys("add subtract multiply divide negative abs sqrt log log2 log10".split(), 9),
    **dict.fromkeys("log1p less less_equal both opposite either where".split(), 9),
    "power": 1,  # its base
}


@functools.cache
def context() -> Any:
    """Return the arithmetic of these numbers, apart from mpmath's own global one."""
    try:
        from mpmath.ctx_mp import MPContext
    except ImportError as error:
        raise MissingExtraError("autograd.testing", "testing", error) from None
    made = MPContext()
    made.dps = 60
    made.largest = LARGEST
    return made


class Precise(Operators):
    """A real number of many digits; functions of Values run on it unchanged.

    A Value that it is combined with comes from outside: it is treated as a constant.

    Args:
        number: a real number, or one of mpmath's.

    Example:
        >>> import autograd
        >>> float(autograd.exp(Precise(1) / 3).number)
        1.3956124250860895
    """

    __slots__ = ("number",)

    def __init__(self, number: object) -> None:
        arithmetic = context()
        if not isinstance(number, (arithmetic.mpf, arithmetic.mpc)):
            number = arithmetic.mpf(number if type(number) is int else real(number, "Precise"))
        self.number = _bounded(arithmetic, number, arithmetic.largest)

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> object:
        rule = PRIMITIVES.get(operation.name) or KNOWN.get(operation.name)
        if rule is not None and TABLE.get(operation.name) is operation:
            arithmetic = context()
            numbers = [_number(operand, operation) for operand in operands]
            if arithmetic.largest > LARGEST:
                narrow = slice(WIDE.get(operation.name, 0), None)
                numbers[narrow] = [_bounded(arithmetic, n, LARGEST) for n in numbers[narrow]]
            result = Precise(rule(arithmetic, *numbers))
            is_condition = operation.is_condition
            return result.number != 0 if is_condition else result
        if operation.definition is None:
            raise NotExpressibleError(f"{operation.name} is known for floats only")
        lifted = [
            _lifted(operand, operation) if place in operation.variables else operand
            for place, operand in enumerate(operands)
        ]
        return operation.definition(*lifted)

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


def _lifted(operand: object, operation: Operation) -> object:
    return operand if isinstance(operand, Precise) else Precise(_number(operand, operation))


def _number(operand: object, operation: Operation) -> object:
    if isinstance(operand, Precise):
        return operand.number
    if isinstance(operand, Value):
        return context().mpf(operand.data)
    if hasattr(type(operand), "_apply"):
        raise NotExpressibleError(f"{operation.name} was given {what_is(operand)} as well")
    return context().mpf(real(operand, operation.name))


def _bounded(arithmetic: Any, number: object, largest: int) -> object:
    """Return a real number of the range; nan for a complex one."""
    if isinstance(number, arithmetic.mpc):
        return arithmetic.nan if number.imag != 0 else _bounded(arithmetic, number.real, largest)
    if number != 0 and arithmetic.isfinite(number):
        magnitude = arithmetic.mag(number)
        if magnitude > largest:
            return arithmetic.sign(number) * arithmetic.inf
        if magnitude < -largest:
            return arithmetic.zero
    return number


# -- slopes ------------------------------------------------------------------------------------

OfPoint = Callable[[Sequence[Any]], Any]  # a function of some numbers, giving one
STEP = -100  # of a smooth function, as a power of two
STEPS = (-60, -90, -120, -150)  # where it may not be smooth
GUARD_BITS = 70  # that a change of the value must have, to tell something


def slope(function: OfPoint, numbers: Sequence[float], index: int) -> Slope:
    """Return the slope of a function at a point along one of its numbers, to a float's last digit.

    If the slopes on both sides agree except for the effect of curvature, the function is smooth.
    Otherwise each side is examined separately, with four steps, each 2**30 times shorter than the
    one before, and with more and more digits until they change nothing.

    Args:
        function: of a list of Precise numbers, giving one.
        numbers: the point.
        index: which of its numbers moves.

    Raises:
        TypeError: the function does not run on such numbers.
    """
    arithmetic = context()
    exponent = math.frexp(numbers[index])[1] if numbers[index] else 0
    scale, bits = min(exponent, 0), 256 + 2 * abs(exponent)
    here, left, right = _differences(function, numbers, index, bits, scale, (STEP,))
    size, gap = abs(left[0]) + abs(right[0]), abs(right[0] - left[0])
    noise = arithmetic.ldexp(here, GUARD_BITS - bits - scale - STEP)
    if abs(noise) < size < math.inf and gap <= arithmetic.ldexp(size, -60):
        central = float((left[0] + right[0]) / 2)
        return Slope(central, 0.0, central, central)
    is_same = False
    before: list[Any] = []
    while bits < MOST_BITS and not is_same:  # until 1 - tanh(300), which is 1e-260, is not 0
        bits *= 2
        here, left, right = _differences(function, numbers, index, bits, scale, STEPS)
        is_same = _same(before, [*left, *right], bits)
        before = [*left, *right]
    noise = arithmetic.ldexp(here, -bits // 2 - scale - STEPS[-1])
    (below, error, jumps), (above, error_above, jumps_above) = (
        _limit(side, abs(noise)) for side in (left, right)
    )
    low, high = float(below), float(above)
    if is_same and (jumps or jumps_above):
        return Slope(high if jumps else low, float(error + error_above), low, high, JUMP)
    error += error_above
    is_one = low == high
    if math.isfinite(low) and math.isfinite(high):
        is_one = is_one or abs(above - below) <= error + arithmetic.ldexp(low + high, -50)
    remark = described(low, high, is_kink=not is_one)
    if math.isnan(low) or math.isnan(high):
        central = high if math.isnan(low) else low
    else:
        central = low if is_one else (low + high) / 2.0
        if math.isinf(central) and not is_one:  # one side alone grows without end
            central = math.nan
    return Slope(central, float(error), low, high, ENDLESS if math.isinf(central) else remark)


def _differences(
    function: OfPoint,
    numbers: Sequence[float],
    index: int,
    bits: int,
    scale: int,
    steps: tuple[int, ...],
) -> tuple[Any, list[Any], list[Any]]:
    """Return the value, and the differences to the left and to the right by each of the steps."""
    arithmetic = context()
    with arithmetic.workprec(bits):
        point = [Precise(number) for number in numbers]
        here = _called(function, point)

        def difference(sign: float, power: int) -> object:
            step = arithmetic.ldexp(sign, scale + power)
            moved = Precise(arithmetic.mpf(numbers[index]) + step)
            return (_called(function, [*point[:index], moved, *point[index + 1 :]]) - here) / step

        # Steps of the same size on both sides would take x * abs(x) and cbrt(x) for smooth at 0;
        # of sizes in a whole ratio, the few digits left of -log(sigmoid(100)) may be the same.
        return here, *([difference(sign, power) for power in steps] for sign in (-1, math.e))


def _limit(differences: Sequence[Any], floor: Any) -> tuple[Any, Any, bool]:
    """Return the slope on one side, how far off it may be, and whether the value jumps there.

    By a shorter step the change of the value is just as large at a jump, and smaller, if less than
    in proportion, at a pole of the slope such as that of sqrt at 0. Elsewhere the error of a
    difference is a power of its step, which Aitken's method takes away.
    """
    arithmetic = context()
    first, second, third, last = differences
    if not all(map(arithmetic.isfinite, differences)):
        return arithmetic.nan, arithmetic.zero, bool(arithmetic.isinf(last))
    ratio = arithmetic.ldexp(1, STEPS[0] - STEPS[1])
    is_large = abs(last) > floor
    if is_large and abs(last) > abs(third) * ratio * (1 - 2.0**-40):
        return arithmetic.nan, arithmetic.zero, True
    changes = second - first, third - second, last - third
    if is_large and abs(changes[2]) > max(abs(changes[1]) * 0.9999, abs(last) * 2.0**-20):
        return arithmetic.sign(changes[2]) * arithmetic.inf, arithmetic.zero, False

    def extrapolated(number: object, before: Any, change: Any) -> Any:
        return number + change * change / (before - change) if before != change else number

    limit = extrapolated(last, changes[1], changes[2])
    error = abs(limit - extrapolated(third, changes[0], changes[1]))
    error += arithmetic.ldexp(abs(last), -100)
    return limit if abs(limit) > error else arithmetic.zero, error, False


def _same(before: Sequence[Any], after: Sequence[object], bits: int) -> bool:
    """Return whether more digits have changed nothing; a zero may yet become a small number."""
    for a, b in zip(before, after, strict=False):
        if a == 0 and b == 0:
            if bits < BITS_FOR_ZERO:
                return False
        elif context().isfinite(a - b) and abs(a - b) > abs(a) * context().ldexp(1, -80):
            return False
    return bool(before)


@contextlib.contextmanager
def _widened() -> Iterator[None]:
    """Let numbers be of the widest range."""
    arithmetic = context()
    before, arithmetic.largest = arithmetic.largest, WIDEST
    try:
        yield
    finally:
        arithmetic.largest = before


def values(
    function: Callable[[Sequence[object]], Sequence[Any]], numbers: Sequence[float]
) -> list[Any]:
    """Return results at a point as mpmath's numbers, with as many digits as it takes."""
    bits = 240
    before: list[Any] = []
    while bits < MOST_BITS:
        with context().workprec(bits), _widened():
            point = [Precise(number) for number in numbers]
            results = INLINED.run(function, point)
            found = [_number(result, ops.identity) for result in results]
        if _same(before, found, bits):
            break
        before, bits = found, 2 * bits
    return found


def _called(function: OfPoint, point: Sequence[Precise]) -> Any:
    """Return the result as one of mpmath's numbers.

    Derivatives of functions and all that asks for ``x.data`` take Values, and say in one of these
    two ways that they do not take a Precise.
    """
    try:
        return _number(INLINED.run(function, point), ops.identity)
    except (TypeError, AttributeError) as error:
        if isinstance(error, NotExpressibleError):
            raise
        raise NotExpressibleError(f"it does not run on numbers of many digits: {error}") from error
