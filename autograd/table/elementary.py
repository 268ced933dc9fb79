"""The operation table: everything the project knows of each operation, one row each.

A row is ``kernel(signature, value, *partials, ...)`` or ``defined(signature, definition, ...)``.
Kernels are what every back end provides itself (Python here, LLVM, JavaScript in the saved page,
mpmath, SymPy). All others are defined: an expression in our own functions, which at once runs
everywhere. A partial is called with the result ``y`` and the operands.

Rules are written with arithmetic and other operations only, so that they serve floats, Values,
traced Values and formulas alike. The form that computes is the one that is accurate everywhere, and
whose own derivatives are; where a textbook writes it otherwise, ``shown`` says so.
Where zero times infinity has a value that is known, the rule says so (``zero_wins``, ``within``).

A choice (``strong_zero``) passes nothing to an operand that it did not choose. Its rules give nan
at nan by way of the result, all of whose derivatives are nan too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd.errors import OperandError
from autograd.table.doubled import exponential, quick_sum, square, two_sum
from autograd.table.operation import Operation, defined, divided, kernel, raised, total

# fmt: off

NAN, INF = math.nan, math.inf
POSITIVE = ((0.0, INF),)

# -- arithmetic --------------------------------------------------------------------------------

add: Operation = kernel(
    "add(a, b)", lambda a, b: a + b,
    lambda y, a, b: 1.0,
    lambda y, a, b: 1.0,
    symbol="+", form="infix", latex="+", rank=1, summary="The sum of two numbers.",
)
subtract: Operation = kernel(
    "subtract(a, b)", lambda a, b: a - b,
    lambda y, a, b: 1.0,
    lambda y, a, b: -1.0,
    symbol="-", form="infix", latex="-", rank=1, summary="The difference a - b.",
)
multiply: Operation = kernel(
    "multiply(a, b)", lambda a, b: a * b,
    lambda y, a, b: b,
    lambda y, a, b: a,
    symbol="*", form="infix", latex=r"\cdot", rank=2,
    summary="The product of two numbers.",
)
divide: Operation = kernel(
    "divide(a, b)", divided,
    lambda y, a, b: 1.0 / b,
    lambda y, a, b: -(a / b) / b,
    symbol="/", form="fraction", rank=2, summary="The quotient a / b; 1/0 is inf, 0/0 is nan.",
    shown=(lambda y, a, b: 1.0 / b, lambda y, a, b: -a / b**2),
)
negative: Operation = kernel(
    "negative(x)", lambda x: -x,
    lambda y, x: -1.0,
    symbol="-", form="prefix", latex="-", rank=1, summary="The number x negated.",
)
power: Operation = kernel(
    "power(a, b)", raised,
    lambda y, a, b: _by_base(a, b) if type(b) is float else power_by_base(a, b),
    lambda y, a, b: _by_exponent(y, a) if type(a) is float else power_by_exponent(a, b),
    symbol="**", form="power", rank=4, domain=((0.0, INF), (-INF, INF)),
    summary="a to the power b, as C's pow: (-8) ** (1/3) is nan.",
    shown=(lambda y, a, b: b * a ** (b - 1.0), lambda y, a, b: y * log(a)),
)

# -- conditions --------------------------------------------------------------------------------
# Between Values a comparison is a bool; these rows are for traced Values, whose numbers come later.

less: Operation = kernel(
    "less(a, b)", lambda a, b: float(a < b),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="<", form="infix", latex="<", rank=0, public=False, is_condition=True, summary="1 if a < b, else 0.",
)
less_equal: Operation = kernel(
    "less_equal(a, b)", lambda a, b: float(a <= b),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="<=", form="infix", latex=r"\le", rank=0, public=False, is_condition=True, summary="1 if a <= b, else 0.",
)
both: Operation = kernel(
    "both(a, b)", lambda a, b: float(a != 0.0 and b != 0.0),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="&", form="infix", latex=r"\wedge", rank=0, public=False,
    is_condition=True, conditions=(0, 1), summary="1 where both conditions hold, else 0.",
)
either: Operation = kernel(
    "either(a, b)", lambda a, b: float(a != 0.0 or b != 0.0),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    symbol="|", form="infix", latex=r"\vee", rank=0, public=False,
    is_condition=True, conditions=(0, 1), summary="1 where either condition holds, else 0.",
)
opposite: Operation = kernel(
    "opposite(a)", lambda a: float(a == 0.0),
    lambda y, a: 0.0,
    symbol="~", form="prefix", latex=r"\neg", rank=0, public=False,
    is_condition=True, conditions=(0,), summary="1 where the condition does not hold, else 0.",
)
select: Operation = kernel(
    "where(condition, a, b)", lambda c, a, b: a if c != 0.0 else b,
    lambda y, c, a, b: 0.0,
    lambda y, c, a, b: select(c, 1.0, 0.0),
    lambda y, c, a, b: select(c, 0.0, 1.0),
    strong_zero=(lambda y, c, a, b: True, lambda y, c, a, b: c <= 0.0, lambda y, c, a, b: c > 0.0),
    public=False, conditions=(0,), summary="a where the condition holds, else b.",
)


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition holds, else b; the branch not taken has derivative 0.

    Args:
        condition: a bool, a NumPy bool, or a comparison of traced Values (under ``jit``).
        a: a Value or a real number.
        b: likewise.

    Returns:
        A Value if one of a and b is, else a float.

    Raises:
        TypeError: the condition is anything else, or a or b is not a number.

    Example:
        >>> import autograd
        >>> x = autograd.Value(-2.0)
        >>> autograd.where(x > 0, autograd.sqrt(x), 0.0 * x).data
        -0.0
    """
    if type(condition) is not bool:
        if getattr(getattr(condition, "dtype", None), "kind", None) == "b" and condition.ndim == 0:
            condition = bool(condition)
        elif not getattr(condition, "is_condition", False):
            raise OperandError(
                f"where: the condition must be a bool or a comparison such as x > 0, "
                f"and was given a {type(condition).__name__}"
            )
    elif type(a) is float and type(b) is float:
        return a if condition else b
    return select(float(condition) if condition is True or condition is False else condition, a, b)


def lazy_where(condition: Any, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Return ``where`` of what two functions return; only the one chosen by a bool is called."""
    if type(condition) is bool:
        return first() if condition else second()
    return where(condition, first(), second())


def choose(condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition holds, else b; no node where the condition is known."""
    return a if condition is True else b if condition is False else where(condition, a, b)


def _known(x: Any) -> Any:
    """Return whether a number is not nan."""
    return abs(x) >= 0.0


def zero_wins(a: Any, b: Any) -> Any:
    """Return a * b, where zero times infinity is zero: for factors of which the zero is exact."""
    meets = ((abs(a) <= 0.0) & (abs(b) >= INF)) | ((abs(a) >= INF) & (abs(b) <= 0.0))
    return choose(meets, 0.0, a * b)


def within(limit: float, x: Any, inside: Any) -> Any:
    """Return ``inside``, but 0 beyond -limit and limit, where it has long underflowed.

    So it has a value at infinity, and so have its derivatives.
    """
    return choose((x > limit) | (x < -limit), 0.0, inside)


# -- the derivatives of a power ----------------------------------------------------------------
# Where both operands are Values they are rows of their own: the derivatives of products would be
# sums of terms that overflow or underflow before they cancel.


def _by_base(a: Any, b: float) -> Any:
    """Return the derivative of a ** b by a, without powers of 0 and 1: as of 1, a and a * a."""
    if b == 0.0:
        return 0.0
    if b == 1.0 or b == 2.0:
        return b if b == 1.0 else b * a
    lower = power(a, b - 1.0)
    return zero_wins(b, lower) if abs(b) == INF else b * lower


def _by_exponent(y: Any, a: float) -> Any:
    """Return the derivative of y = a ** b by b; where y does not depend on b, it is 0."""
    if a == 0.0:
        return choose((y >= -1.0) & (y <= 1.0), 0.0, y * -INF)
    return choose(y <= 0.0, 0.0, y * INF) if a == INF else y * log(a)


def _at_edges(a: Any, b: Any, product: Any) -> Any:
    """Return a product of powers and logarithms of a, or its limit, 0, where 0 meets infinity.

    0 ** 0 is taken as constant.
    """
    limit = choose((a >= 0.0) & _known(b), 0.0, product)
    inside = choose(_known(product), product, limit)
    return choose((abs(a) <= 0.0) & (abs(b) <= 0.0), 0.0, inside)


def _by_both_and_exponent(a: Any, b: Any) -> Any:
    return _at_edges(a, b, power(a, b - 1.0) * (log(a) * (2.0 + b * log(a))))


power_by_base: Operation = defined(
    "power_by_base(a, b)",
    lambda a, b: where(abs(b) <= 0.0, 0.0, zero_wins(b, power(a, b - 1.0))),
    lambda y, a, b: _at_edges(a, b, b * power_by_base(a, b - 1.0)),
    lambda y, a, b: power_by_both(a, b),
    shown=(
        lambda y, a, b: b * (b - 1.0) * a ** (b - 2.0),
        lambda y, a, b: a ** (b - 1.0) * (1.0 + b * log(a)),
    ),
    domain=((1e-100, INF), (-INF, INF)), public=False,
    summary="b * a ** (b - 1), the derivative of a ** b by a.",
)
power_by_exponent: Operation = defined(
    "power_by_exponent(a, b)", lambda a, b: _at_edges(a, b, power(a, b) * log(a)),
    lambda y, a, b: power_by_both(a, b),
    lambda y, a, b: power_by_exponent_twice(a, b),
    shown=(
        lambda y, a, b: a ** (b - 1.0) * (1.0 + b * log(a)),
        lambda y, a, b: a**b * log(a) ** 2.0,
    ),
    domain=((0.0, INF), (-INF, INF)), public=False,
    summary="a ** b * log(a), the derivative of a ** b by b.",
)
power_by_exponent_twice: Operation = defined(
    "power_by_exponent_twice(a, b)",
    lambda a, b: _at_edges(a, b, power(a, b) * log(a) * log(a)),
    lambda y, a, b: _by_both_and_exponent(a, b),
    lambda y, a, b: _at_edges(a, b, y * log(a)),
    domain=((0.0, INF), (-INF, INF)), public=False,
    summary="a ** b * log(a) ** 2, the derivative of a ** b by b, twice.",
)
power_by_both: Operation = defined(
    "power_by_both(a, b)",
    lambda a, b: _at_edges(a, b, power(a, b - 1.0) * (1.0 + b * log(a))),
    lambda y, a, b: _at_edges(
        a, b, power(a, b - 2.0) * (zero_wins(b - 1.0, 1.0 + b * log(a)) + b)
    ),
    lambda y, a, b: _by_both_and_exponent(a, b),
    domain=((0.0, INF), (-INF, INF)), public=False,
    summary="a ** (b - 1) * (1 + b log(a)), the derivative of a ** b by a and b.",
)

# -- exponentials and logarithms ---------------------------------------------------------------


def _pole(at: float, there: float) -> Any:
    """Outside its domain a function is nan, at its pole it is infinite."""
    return lambda x: there if x == at else NAN


exp: Operation = kernel(
    "exp(x)", total(math.exp, lambda x: INF),
    lambda y, x: y,
    form="exponential", rank=4, summary="e to the power x.",
)
exp2: Operation = kernel(
    "exp2(x)", total(math.exp2, lambda x: INF),
    lambda y, x: math.log(2.0) * y,
    form="latex", latex="2^{{0}}", rank=4, shown=(lambda y, x: y * log(2.0),),
    summary="2 to the power x.",
)
expm1: Operation = kernel(
    "expm1(x)", total(math.expm1, lambda x: INF),
    lambda y, x: exp(x),
    summary="exp(x) - 1, accurate near 0.",
)
log: Operation = kernel(
    "log(x)", total(math.log, _pole(0.0, -INF)),
    lambda y, x: 1.0 / (x + 0.0),  # + 0.0 turns -0.0 into 0.0
    latex=r"\ln", domain=POSITIVE, shown=(lambda y, x: 1.0 / x,),
    summary="The natural logarithm of x.",
)
log1p: Operation = kernel(
    "log1p(x)", total(math.log1p, _pole(-1.0, -INF)),
    lambda y, x: 1.0 / (1.0 + x),
    domain=((-1.0, INF),), summary="log(1 + x), accurate near 0.",
)
log2: Operation = kernel(
    "log2(x)", total(math.log2, _pole(0.0, -INF)),
    lambda y, x: 1.4426950408889634 / (x + 0.0),
    latex=r"\log_{2}", domain=POSITIVE, shown=(lambda y, x: 1.0 / (x * log(2.0)),),
    summary="The logarithm of x to base 2.",
)
log10: Operation = kernel(
    "log10(x)", total(math.log10, _pole(0.0, -INF)),
    lambda y, x: 0.4342944819032518 / (x + 0.0),
    latex=r"\log_{10}", domain=POSITIVE, shown=(lambda y, x: 1.0 / (x * log(10.0)),),
    summary="The logarithm of x to base 10.",
)
sqrt: Operation = kernel(
    "sqrt(x)", total(math.sqrt, lambda x: NAN),
    lambda y, x: 0.5 / (y + 0.0),
    form="root", domain=POSITIVE, shown=(lambda y, x: 1.0 / (2.0 * sqrt(x)),),
    summary="The square root of x.",
)
cbrt: Operation = kernel(
    "cbrt(x)", math.cbrt,
    lambda y, x: lazy_where(
        (abs(x) > 0.0) & (abs(x) < INF), lambda: y / x / 3.0, lambda: 1.0 / abs(y)
    ),
    form="latex", latex=r"\sqrt[3]{{0}}", kinks=(0.0,),
    shown=(lambda y, x: 1.0 / (3.0 * y**2.0),),
    summary="The cube root of x.",
)

# -- trigonometry ------------------------------------------------------------------------------


def _one_minus_square(x: Any) -> Any:
    """Return 1 - x^2, to the last digits also next to 1; so is its derivative, also next to 0."""
    return lazy_where(abs(x) < 0.5, lambda: 1.0 - x * x, lambda: (1.0 - x) * (1.0 + x))


sin: Operation = kernel(
    "sin(x)", total(math.sin, lambda x: NAN),
    lambda y, x: cos(x),
    latex=r"\sin", summary="The sine of x radians.",
)
cos: Operation = kernel(
    "cos(x)", total(math.cos, lambda x: NAN),
    lambda y, x: -sin(x),
    latex=r"\cos", summary="The cosine of x radians.",
)
tan: Operation = kernel(
    "tan(x)", total(math.tan, lambda x: NAN),
    lambda y, x: 1.0 + y * y,
    latex=r"\tan", shown=(lambda y, x: 1.0 + y**2.0,), summary="The tangent of x radians.",
)
asin: Operation = kernel(
    "asin(x)", total(math.asin, lambda x: NAN),
    lambda y, x: 1.0 / sqrt(_one_minus_square(x)),
    latex=r"\arcsin", domain=((-1.0, 1.0),), shown=(lambda y, x: 1.0 / sqrt(1.0 - x**2.0),),
    summary="The angle in radians, from -pi/2 to pi/2, whose sine is x.",
)
acos: Operation = kernel(
    "acos(x)", total(math.acos, lambda x: NAN),
    lambda y, x: -1.0 / sqrt(_one_minus_square(x)),
    latex=r"\arccos", domain=((-1.0, 1.0),), shown=(lambda y, x: -1.0 / sqrt(1.0 - x**2.0),),
    summary="The angle in radians, from 0 to pi, whose cosine is x.",
)
atan: Operation = kernel(
    "atan(x)", math.atan,
    lambda y, x: lazy_where(
        abs(x) < 1e8, lambda: 1.0 / (1.0 + x * x), lambda: (1.0 / x) * (1.0 / x)
    ),
    latex=r"\arctan", shown=(lambda y, x: 1.0 / (1.0 + x**2.0),),
    summary="The angle in radians, from -pi/2 to pi/2, whose tangent is x.",
)
atan2: Operation = kernel(
    "atan2(y, x)", math.atan2,
    lambda angle, y, x: over_square(x, y),
    lambda angle, y, x: -over_square(y, x),
    latex=r"\operatorname{atan2}", kinks=(0.0,),
    shown=(
        lambda angle, y, x: x / (y**2.0 + x**2.0),
        lambda angle, y, x: -y / (y**2.0 + x**2.0),
    ),
    summary="The angle in radians, from -pi to pi, of the point (x, y).",
)

# -- hyperbolic functions ----------------------------------------------------------------------


def _logistic_slope(x: Any) -> Any:
    """Return exp(-x) / (1 + exp(-x))^2, which is sech(x / 2)^2 / 4."""
    tail = exp(-abs(x))
    return tail / ((1.0 + tail) * (1.0 + tail))


sinh: Operation = kernel(
    "sinh(x)", total(math.sinh, lambda x: math.copysign(INF, x)),
    lambda y, x: cosh(x),
    latex=r"\sinh", summary="The hyperbolic sine of x.",
)
cosh: Operation = kernel(
    "cosh(x)", total(math.cosh, lambda x: INF),
    lambda y, x: sinh(x),
    latex=r"\cosh", summary="The hyperbolic cosine of x.",
)
tanh: Operation = kernel(
    "tanh(x)", math.tanh,
    lambda y, x: sech_squared(x),
    latex=r"\tanh", shown=(lambda y, x: 1.0 - y**2.0,), summary="The hyperbolic tangent of x.",
)
sech_squared: Operation = defined(
    "sech_squared(x)", lambda x: 4.0 * _logistic_slope(2.0 * x),
    lambda y, x: -2.0 * y * tanh(x),
    symbol="sech²", latex=r"\operatorname{sech}^{2}", public=False,
    summary="The square of the hyperbolic secant of x, 1 / cosh(x)^2.",
)
asinh: Operation = kernel(
    "asinh(x)", math.asinh,
    lambda y, x: lazy_where(
        abs(x) < 1e8, lambda: 1.0 / sqrt(1.0 + x * x), lambda: 1.0 / abs(x)
    ),
    latex=r"\operatorname{arsinh}", shown=(lambda y, x: 1.0 / sqrt(1.0 + x**2.0),),
    summary="The number whose hyperbolic sine is x.",
)
acosh: Operation = kernel(
    "acosh(x)", total(math.acosh, lambda x: NAN),
    lambda y, x: 1.0 / sqrt(x - 1.0) / sqrt(x + 1.0),
    latex=r"\operatorname{arcosh}", domain=((1.0, INF),),
    shown=(lambda y, x: 1.0 / sqrt(x**2.0 - 1.0),),
    summary="The number, at least 0, whose hyperbolic cosine is x.",
)
atanh: Operation = kernel(
    "atanh(x)", total(math.atanh, lambda x: x * INF if abs(x) == 1.0 else NAN),
    lambda y, x: 1.0 / _one_minus_square(x),
    latex=r"\operatorname{artanh}", domain=((-1.0, 1.0),),
    shown=(lambda y, x: 1.0 / (1.0 - x**2.0),),
    summary="The number whose hyperbolic tangent is x.",
)

# -- size, sign and rounding -------------------------------------------------------------------

absolute: Operation = kernel(
    "abs(x)", abs,
    lambda y, x: sign(x),
    form="bars", kinks=(0.0,), summary="The absolute value of x.",
)
sign: Operation = defined(
    "sign(x)", lambda x: where(x > 0.0, 1.0, where(x < 0.0, -1.0, x)),
    lambda y, x: choose((x >= 0.0) | (x <= 0.0), 0.0, y),
    strong_zero=(lambda y, x: (x >= 0.0) | (x <= 0.0),),
    kinks=(0.0,), shown=(lambda y, x: 0.0,), summary="1, 0 or -1: the sign of x.",
)


def _floor(x: float) -> float:
    return math.copysign(float(math.floor(x)), x) if x - x == 0.0 else x


def _ceil(x: float) -> float:
    return math.copysign(float(math.ceil(x)), x) if x - x == 0.0 else x


def _round(x: float) -> float:
    return math.copysign(float(round(x)), x) if x - x == 0.0 else x


floor: Operation = kernel(
    "floor(x)", _floor,
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), form="floor", summary="The largest whole number not above x.",
)
ceil: Operation = kernel(
    "ceil(x)", _ceil,
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), form="ceil", summary="The smallest whole number not below x.",
)
rounded: Operation = kernel(
    "round(x)", _round,
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), summary="The whole number nearest to x; halves go to the even one.",
)
maximum: Operation = defined(
    "maximum(a, b)", lambda a, b: where(a > b, a, where(b >= a, b, a + b)),
    lambda y, a, b: choose(a > b, 1.0, choose(a < b, 0.0, choose(a >= b, 0.5, y))),
    lambda y, a, b: choose(b > a, 1.0, choose(b < a, 0.0, choose(b >= a, 0.5, y))),
    strong_zero=(lambda y, a, b: a < b, lambda y, a, b: b < a),
    fast=lambda a, b: a if a > b else b if b >= a else a + b,
    latex=r"\max", summary="The larger of two numbers; at a tie each has half of the derivative.",
    shown=(lambda y, a, b: where(a > b, 1.0, 0.0), lambda y, a, b: where(b > a, 1.0, 0.0)),
)
minimum: Operation = defined(
    "minimum(a, b)", lambda a, b: where(a < b, a, where(b <= a, b, a + b)),
    lambda y, a, b: choose(a < b, 1.0, choose(a > b, 0.0, choose(a >= b, 0.5, y))),
    lambda y, a, b: choose(b < a, 1.0, choose(b > a, 0.0, choose(b >= a, 0.5, y))),
    strong_zero=(lambda y, a, b: a > b, lambda y, a, b: b > a),
    fast=lambda a, b: a if a < b else b if b <= a else a + b,
    latex=r"\min", summary="The smaller of two numbers; at a tie each has half of the derivative.",
    shown=(lambda y, a, b: where(a < b, 1.0, 0.0), lambda y, a, b: where(b < a, 1.0, 0.0)),
)


def _clip_slope(y: Any, chosen: Any) -> Any:
    """Return 1 for the operand that was chosen and 0 for the others, but nan for all at nan."""
    return choose(_known(y), choose(chosen, 1.0, 0.0), y)


clip: Operation = defined(
    "clip(x, lo, hi)", lambda x, lo, hi: minimum(maximum(x, lo), hi),
    lambda y, x, lo, hi: _clip_slope(y, (x >= lo) & (x <= hi)),
    lambda y, x, lo, hi: _clip_slope(y, (x < lo) & (lo <= hi)),
    lambda y, x, lo, hi: _clip_slope(y, (x > hi) | (lo > hi)),
    strong_zero=(
        lambda y, x, lo, hi: _known(y) & ((x < lo) | (x > hi)),
        lambda y, x, lo, hi: _known(y) & ((x >= lo) | (lo > hi)),
        lambda y, x, lo, hi: _known(y) & (x <= hi) & (lo <= hi),
    ),
    summary="x kept between lo and hi.",
)


def _larger(x: Any, y: Any) -> Any:
    return where(abs(x) > abs(y), abs(x), abs(y))


def _smaller(x: Any, y: Any) -> Any:
    return where(abs(x) > abs(y), abs(y), abs(x))


def _scale(x: Any, y: Any) -> Any:
    """Return the size of the larger leg, and 1 at the origin."""
    return where(_larger(x, y) <= 0.0, 1.0, _larger(x, y))


def _slant(x: Any, y: Any) -> Any:
    """Return hypot(x, y) in units of the larger leg: it neither overflows nor underflows."""
    ratio = _smaller(x, y) / _scale(x, y)
    return sqrt(1.0 + ratio * ratio)


def _hypot(x: Any, y: Any) -> Any:
    """Return sqrt(x^2 + y^2), with the squares as sums of two doubles and one step of Newton's."""
    large = _larger(x, y)
    power_of_two = where(large > 1e140, 2.0**-600, where(large < 1e-140, 2.0**600, 1.0))
    a, a_low = square(large * power_of_two)
    b, b_low = square(_smaller(x, y) * power_of_two)
    total, lost = quick_sum(a, b)
    root = sqrt(total)
    back, back_low = square(root)
    rest = ((total - back) - back_low) + (lost + (a_low + b_low))
    return (root + rest / (2.0 * root)) / power_of_two


def _over_square(x: Any, y: Any) -> Any:
    far = (_larger(x, y) >= INF) & (abs(x) >= 0.0) & (abs(y) >= 0.0)  # and no nan
    scale, slant = _scale(x, y), _slant(x, y)
    return where(far, 0.0, x / scale / slant / scale / slant)


def _unless_origin(x: Any, y: Any, slope: Any) -> Any:
    """Return the slope, and at the origin nan, as all its derivatives are there."""
    return choose(_larger(x, y) <= 0.0, sqrt(x * x + y * y + -1.0), slope)


over_square: Operation = defined(
    "over_square(x, y)", _over_square,
    lambda u, x, y: _unless_origin(x, y, over_square(y, x) * over_square(y, x) - u * u),
    lambda u, x, y: _unless_origin(x, y, -2.0 * u * over_square(y, x)),
    public=False, kinks=(0.0,), shown=(
        lambda u, x, y: (y**2.0 - x**2.0) / (x**2.0 + y**2.0) ** 2.0,
        lambda u, x, y: -2.0 * x * y / (x**2.0 + y**2.0) ** 2.0,
    ),
    summary="x / (x^2 + y^2), the real part of 1 / (x + iy); 0 at the origin.",
)
cosine_of: Operation = defined(
    "cosine_of(x, y)",
    lambda x, y: where(
        (abs(x) >= INF) & (abs(y) < INF), sign(x), x / _scale(x, y) / _slant(x, y)
    ),
    lambda c, x, y: _unless_origin(x, y, cosine_of(y, x) * over_square(y, x)),
    lambda c, x, y: _unless_origin(x, y, -c * over_square(y, x)),
    public=False, kinks=(0.0,), shown=(
        lambda c, x, y: y**2.0 / hypot(x, y) ** 3.0,
        lambda c, x, y: -x * y / hypot(x, y) ** 3.0,
    ),
    summary="x / hypot(x, y), the cosine of the angle of the point (x, y); 0 at the origin.",
)
hypot: Operation = defined(
    "hypot(x, y)",
    lambda x, y: lazy_where(
        (_larger(x, y) > 0.0) & (_larger(x, y) < INF),
        lambda: _hypot(x, y),
        lambda: where((abs(x) >= INF) | (abs(y) >= INF), INF, abs(x) + abs(y)),
    ),
    lambda h, x, y: cosine_of(x, y),
    lambda h, x, y: cosine_of(y, x),
    kinks=(0.0,), shown=(lambda h, x, y: x / h, lambda h, x, y: y / h),
    summary="The length of the hypotenuse, sqrt(x^2 + y^2).",
)

# -- activations -------------------------------------------------------------------------------


def _sigmoid(x: float) -> float:
    tail = math.exp(-abs(x))
    return 1.0 / (1.0 + tail) if x >= 0.0 else tail / (1.0 + tail)


sigmoid: Operation = defined(
    "sigmoid(x)",
    lambda x: where(x >= 0.0, 1.0, exp(-abs(x))) / (1.0 + exp(-abs(x))),
    lambda y, x: logistic_slope(x),
    fast=_sigmoid, latex=r"\sigma", shown=(lambda y, x: y * (1.0 - y),),
    summary="The logistic function 1 / (1 + exp(-x)).",
)


logistic_slope: Operation = defined(
    "logistic_slope(x)", _logistic_slope,
    lambda y, x: -y * tanh(0.5 * x),
    latex=r"\sigma'", public=False,
    summary="The derivative of sigmoid, exp(-x) / (1 + exp(-x))^2.",
)


_LOG_8_5 = (0.4700036292457356, -2.3229412495470032e-17)


def _plus_log_one_plus_exp(start: Any, x: Any) -> Any:
    """Return start + log(1 + exp(x)) for x up to 0, within a unit in the last place."""
    m, n, k = exponential(where(x < -800.0, -800.0, x), 0.0)
    power_of_two = exp2(k)
    total, lost = quick_sum(1.0, m * power_of_two)
    rest = (lost + n * power_of_two) / total
    # log(total) is at most 0.26 away from 0, or from log(8 / 5): there its digits count less.
    is_near = total < 1.3
    near, more = quick_sum(0.5 * total, 0.125 * total)
    base, base_low = where(is_near, 0.0, _LOG_8_5[0]), where(is_near, 0.0, more / near + _LOG_8_5[1])
    value, first = two_sum(start, base)
    value, second = two_sum(value, log(where(is_near, total, near)))
    return where(abs(start) < INF, value + (first + second + (base_low + rest)), start)


softplus: Operation = defined(
    "softplus(x)", lambda x: _plus_log_one_plus_exp(maximum(x, 0.0), -abs(x)),
    lambda y, x: sigmoid(x),
    summary="log(1 + exp(x)), a smooth relu.",
)
relu: Operation = defined(
    "relu(x)", lambda x: where(x <= 0.0, 0.0, x),
    lambda y, x: choose(x > 0.0, 1.0, choose(x <= 0.0, 0.0, y)),
    strong_zero=(lambda y, x: x <= 0.0,),
    fast=lambda x: 0.0 if x <= 0.0 else x, kinks=(0.0,),
    shown=(lambda y, x: where(x > 0.0, 1.0, 0.0),),
    summary="x where it is positive, else 0.",
)
leaky_relu: Operation = defined(
    "leaky_relu(x, slope=0.01)", lambda x, slope: where(x > 0.0, x, slope * x),
    lambda y, x, slope: choose(x > 0.0, 1.0, choose(x <= 0.0, slope, y)),
    lambda y, x, slope: choose(x > 0.0, 0.0, choose(x <= 0.0, x, y)),
    strong_zero=(lambda y, x, slope: False, lambda y, x, slope: x > 0.0),
    kinks=(0.0,), shown=(
        lambda y, x, slope: where(x > 0.0, 1.0, slope),
        lambda y, x, slope: where(x > 0.0, 0.0, x),
    ),
    summary="x where it is positive, else slope * x.",
)


def _times_exp(factor: Any, x: Any) -> Any:
    """Return factor * exp(x), to the last digits also where exp(x) by itself has few or none."""
    half = exp(0.5 * x)
    return factor * half * half


elu: Operation = defined(
    "elu(x, alpha=1)", lambda x, alpha: where(x > 0.0, x, alpha * expm1(x)),
    lambda y, x, alpha: choose(x > 0.0, 1.0, _times_exp(alpha, x)),
    lambda y, x, alpha: choose(x > 0.0, 0.0, expm1(x)),
    strong_zero=(lambda y, x, alpha: False, lambda y, x, alpha: x > 0.0),
    kinks=(0.0,), shown=(
        lambda y, x, alpha: where(x > 0.0, 1.0, alpha * exp(x)),
        lambda y, x, alpha: where(x > 0.0, 0.0, expm1(x)),
    ),
    summary="x where it is positive, else alpha * (exp(x) - 1).",
)
def _silu_far(x: Any, one: float) -> Any:
    low = where(x > -INF, x, -1500.0)  # exp(low) is 0, and low is not infinite
    return _times_exp(one + low, low)


silu: Operation = defined(
    "silu(x)",
    lambda x: lazy_where(x < -700.0, lambda: _silu_far(x, 0.0), lambda: x * sigmoid(x)),
    lambda y, x: lazy_where(
        x < -700.0,
        lambda: _silu_far(x, 1.0),
        lambda: sigmoid(x) + where(x < 750.0, x, 0.0) * logistic_slope(x),
    ),
    shown=(lambda y, x: sigmoid(x) + y * (1.0 - sigmoid(x)),),
    summary="x * sigmoid(x), also called swish.",
)


def _gap(a: Any, b: Any) -> Any:
    """Return a - b, where two equal infinities are 0 apart."""
    return choose((a <= b) & (a >= b) & (abs(a) >= INF), 0.0, a - b)


logaddexp: Operation = defined(
    "logaddexp(a, b)", lambda a, b: _plus_log_one_plus_exp(maximum(a, b), -abs(_gap(a, b))),
    lambda y, a, b: sigmoid(_gap(a, b)),
    lambda y, a, b: sigmoid(_gap(b, a)),
    shown=(lambda y, a, b: exp(a - y), lambda y, a, b: exp(b - y)),
    public=False,
    summary="log(exp(a) + exp(b)), finite wherever the mathematics is.",
)

# -- the graph itself --------------------------------------------------------------------------

identity: Operation = defined(
    "identity(x)", lambda x: x,
    lambda y, x: 1.0,
    symbol="+", form="prefix", latex="+", rank=1, public=False,
    summary="x itself as a node of its own: unary plus.",
)
stop_gradient: Operation = defined(
    "stop_gradient(x)", lambda x: x,
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), summary="x, taken as a constant: no derivative passes.",
)

# The names under which NumPy calls these on arrays of objects, as in np.arcsin(array).
NUMPY_NAMES = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "conjugate": "identity",  # np.var and np.std ask for it
    "fabs": "abs",
    "rint": "round",
}
