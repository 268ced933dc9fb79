"""The rows of the elementary functions: exponentials, logarithms, angles, hyperbolic functions."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.table.conditions import INF, NAN, lazy_where, where
from autograd.table.doubled import polynomial
from autograd.table.number import Number
from autograd.table.operation import Operation, composite, primitive, total

# fmt: off

POSITIVE = ((0.0, INF),)

# -- exponentials and logarithms ---------------------------------------------------------------


def _pole(at: float, there: float) -> Callable[[float], float]:
    """Outside its domain a function is nan, at its pole it is infinite."""
    return lambda x: there if x == at else NAN


exp: Operation = primitive(
    "exp(x)", total(math.exp, lambda x: INF),
    lambda y, x: y,
    form="exponential", rank=4, flat="exp is flat at {arg}", summary="e to the power x.",
)
exp2: Operation = primitive(
    "exp2(x)", total(math.exp2, lambda x: INF),
    lambda y, x: math.log(2.0) * y,
    form="latex", latex="2^{{0}}", rank=4, shown=(lambda y, x: y * log(2.0),),
    summary="2 to the power x.",
)
expm1: Operation = primitive(
    "expm1(x)", total(math.expm1, lambda x: INF),
    lambda y, x: exp(x),
    summary="exp(x) - 1, accurate near 0.",
)
log: Operation = primitive(
    "log(x)", total(math.log, _pole(0.0, -INF)),
    lambda y, x: 1.0 / (x + 0.0),  # + 0.0 turns -0.0 into 0.0
    latex=r"\ln", domain=POSITIVE, shown=(lambda y, x: 1.0 / x,),
    remedy="write log(exp(a) + exp(b)) as logaddexp(a, b), and log(u) where u may be 0 as "
    "log(where(u > 0, u, 1.0))",
    otherwise="for another base write log2(x), log10(x), or log(x) / log(base)",
    summary="The natural logarithm of x.",
)
log1p: Operation = primitive(
    "log1p(x)", total(math.log1p, _pole(-1.0, -INF)),
    lambda y, x: 1.0 / (1.0 + x),
    domain=((-1.0, INF),), summary="log(1 + x), accurate near 0.",
)
log2: Operation = primitive(
    "log2(x)", total(math.log2, _pole(0.0, -INF)),
    lambda y, x: 1.4426950408889634 / (x + 0.0),
    latex=r"\log_{2}", domain=POSITIVE, shown=(lambda y, x: 1.0 / (x * log(2.0)),),
    summary="The logarithm of x to base 2.",
)
log10: Operation = primitive(
    "log10(x)", total(math.log10, _pole(0.0, -INF)),
    lambda y, x: 0.4342944819032518 / (x + 0.0),
    latex=r"\log_{10}", domain=POSITIVE, shown=(lambda y, x: 1.0 / (x * log(10.0)),),
    summary="The logarithm of x to base 10.",
)
sqrt: Operation = primitive(
    "sqrt(x)", total(math.sqrt, lambda x: NAN),
    lambda y, x: 0.5 / (y + 0.0),
    form="root", domain=POSITIVE, shown=(lambda y, x: 1.0 / (2.0 * sqrt(x)),),
    remedy="write the root of a sum of squares as hypot(a, b), and sqrt(u) where u may be 0 as "
    "sqrt(where(u > 0, u, 1.0))",
    summary="The square root of x.",
)

# -- trigonometry ------------------------------------------------------------------------------


def _one_minus_square(x: Number) -> Number:
    """Return 1 - x^2 accurately near 1, with a derivative that is accurate near 0."""
    return lazy_where(abs(x) < 0.5, lambda: 1.0 - x * x, lambda: (1.0 - x) * (1.0 + x))


sin: Operation = primitive(
    "sin(x)", total(math.sin, lambda x: NAN),
    lambda y, x: cos(x),
    latex=r"\sin", summary="The sine of x radians.",
)
cos: Operation = primitive(
    "cos(x)", total(math.cos, lambda x: NAN),
    lambda y, x: -sin(x),
    latex=r"\cos", summary="The cosine of x radians.",
)
tan: Operation = primitive(
    "tan(x)", total(math.tan, lambda x: NAN),
    lambda y, x: 1.0 + y * y,
    latex=r"\tan", shown=(lambda y, x: 1.0 + y**2.0,), also=(lambda y, x: 1.0 / cos(x) ** 2.0,),
    summary="The tangent of x radians.",
)
asin: Operation = primitive(
    "asin(x)", total(math.asin, lambda x: NAN),
    lambda y, x: 1.0 / sqrt(_one_minus_square(x)),
    latex=r"\arcsin", domain=((-1.0, 1.0),), shown=(lambda y, x: 1.0 / sqrt(1.0 - x**2.0),),
    summary="The angle in radians, from -pi/2 to pi/2, whose sine is x.",
)
acos: Operation = primitive(
    "acos(x)", total(math.acos, lambda x: NAN),
    lambda y, x: -1.0 / sqrt(_one_minus_square(x)),
    latex=r"\arccos", domain=((-1.0, 1.0),), shown=(lambda y, x: -1.0 / sqrt(1.0 - x**2.0),),
    summary="The angle in radians, from 0 to pi, whose cosine is x.",
)
atan: Operation = primitive(
    "atan(x)", math.atan,
    lambda y, x: lazy_where(
        abs(x) < 1e8, lambda: 1.0 / (1.0 + x * x), lambda: (1.0 / x) * (1.0 / x)
    ),
    latex=r"\arctan", shown=(lambda y, x: 1.0 / (1.0 + x**2.0),),
    otherwise="the angle of a point is atan2(y, x)",
    summary="The angle in radians, from -pi/2 to pi/2, whose tangent is x.",
)

# -- hyperbolic functions ----------------------------------------------------------------------


def slope_of_logistic(x: Number) -> Number:
    """Return exp(-x) / (1 + exp(-x))^2, which is sech(x / 2)^2 / 4."""
    tail = exp(-abs(x))
    return tail / ((1.0 + tail) * (1.0 + tail))


_SINH_NEAR = 1.5
_SINH = tuple(1.0 / math.factorial(2 * n + 1) for n in range(10, 0, -1))  # DLMF 4.33.1


def _sinh_by_cosh(x: Number) -> Number:
    """Return sinh(x) within 2.3 ulp: near 0 by its series, else from cosh(x).

    It is y - exp(-x) with y = cosh(x) and exp(-x) = 1 / (y + sqrt(y^2 - 1)). The C library's sinh
    takes longer than its cosh, which this has in common with the value of cosh.
    """

    def far() -> Number:
        y = cosh(x)
        size = y - 1.0 / (y + sqrt(y * y - 1.0))
        return where(x < 0.0, -size, size)

    square = x * x
    return lazy_where(
        abs(x) < _SINH_NEAR, lambda: x + x * (square * polynomial(_SINH, square)), far
    )


def _fast_sinh_by_cosh(x: float) -> float:
    square = x * x
    if abs(x) < _SINH_NEAR:
        return x + x * (square * polynomial(_SINH, square))
    y = math.cosh(x)
    size = y - 1.0 / (y + math.sqrt(y * y - 1.0))
    return -size if x < 0.0 else size


sinh: Operation = primitive(
    "sinh(x)", total(math.sinh, lambda x: math.copysign(INF, x)),
    lambda y, x: cosh(x),
    latex=r"\sinh", summary="The hyperbolic sine of x.",
)
cosh: Operation = primitive(
    "cosh(x)", total(math.cosh, lambda x: INF),
    lambda y, x: cosh_slope(x),
    latex=r"\cosh", shown=(lambda y, x: sinh(x),), summary="The hyperbolic cosine of x.",
)
cosh_slope: Operation = composite(
    "cosh_slope(x)", _sinh_by_cosh,
    lambda y, x: cosh(x),
    fast=_fast_sinh_by_cosh, latex=r"\sinh", public=False,
    summary="The derivative of cosh, sinh(x), which has cosh(x) in common with its value.",
)
tanh: Operation = primitive(
    "tanh(x)", math.tanh,
    lambda y, x: sech_squared(x),
    latex=r"\tanh", shown=(lambda y, x: 1.0 - y**2.0,), also=(lambda y, x: 1.0 / cosh(x) ** 2.0,),
    flat="the tanh is saturated at {arg}",
    summary="The hyperbolic tangent of x.",
)
sech_squared: Operation = composite(
    "sech_squared(x)", lambda x: 4.0 * slope_of_logistic(2.0 * x),
    lambda y, x: -2.0 * y * tanh(x),
    latex=r"\operatorname{sech}^{2}", public=False,
    summary="The square of the hyperbolic secant of x, 1 / cosh(x)^2.",
)
asinh: Operation = primitive(
    "asinh(x)", math.asinh,
    lambda y, x: lazy_where(
        abs(x) < 1e8, lambda: 1.0 / sqrt(1.0 + x * x), lambda: 1.0 / abs(x)
    ),
    latex=r"\operatorname{arsinh}", shown=(lambda y, x: 1.0 / sqrt(1.0 + x**2.0),),
    summary="The number whose hyperbolic sine is x.",
)
acosh: Operation = primitive(
    "acosh(x)", total(math.acosh, lambda x: NAN),
    lambda y, x: 1.0 / sqrt(x - 1.0) / sqrt(x + 1.0),
    latex=r"\operatorname{arcosh}", domain=((1.0, INF),),
    shown=(lambda y, x: 1.0 / sqrt(x**2.0 - 1.0),),
    summary="The number, at least 0, whose hyperbolic cosine is x.",
)
atanh: Operation = primitive(
    "atanh(x)", total(math.atanh, lambda x: x * INF if abs(x) == 1.0 else NAN),
    lambda y, x: 1.0 / _one_minus_square(x),
    latex=r"\operatorname{artanh}", domain=((-1.0, 1.0),),
    shown=(lambda y, x: 1.0 / (1.0 - x**2.0),),
    summary="The number whose hyperbolic tangent is x.",
)
