"""The rows of activation functions: sigmoid, softplus, relu and similar ones."""

from __future__ import annotations

import math
from typing import cast

from autograd.table.choices import maximum
from autograd.table.conditions import INF, choose, lazy_where, where
from autograd.table.doubled import exponential, quick_sum, two_product, two_sum
from autograd.table.elementary import exp, exp2, expm1, log, slope_of_logistic, tanh
from autograd.table.number import Number
from autograd.table.operation import Operation, composite

# fmt: off


def _sigmoid(x: float) -> float:
    tail = math.exp(-abs(x))
    return 1.0 / (1.0 + tail) if x >= 0.0 else tail / (1.0 + tail)


sigmoid: Operation = composite(
    "sigmoid(x)",
    lambda x: where(x >= 0.0, 1.0, exp(-abs(x))) / (1.0 + exp(-abs(x))),
    lambda y, x: logistic_slope(x),
    fast=_sigmoid, latex=r"\sigma", shown=(lambda y, x: y * (1.0 - y),),
    flat="the sigmoid is saturated at {arg}", summary="The logistic function 1 / (1 + exp(-x)).",
)


logistic_slope: Operation = composite(
    "logistic_slope(x)", slope_of_logistic,
    lambda y, x: -y * tanh(0.5 * x),
    latex=r"\sigma'", public=False,
    summary="The derivative of sigmoid, exp(-x) / (1 + exp(-x))^2.",
)


_LOG_8_5 = (0.4700036292457356, -2.3229412495470032e-17)


def _plus_log_one_plus_exp(start: Number, x: Number) -> Number:
    """Return start + log(1 + exp(x)) for x up to 0, within a unit in the last place."""
    m, n, k = exponential(where(x < -800.0, -800.0, x), 0.0)
    power_of_two = exp2(k)
    total, lost = quick_sum(1.0, m * power_of_two)
    rest = (lost + n * power_of_two) / total
    # log(total) is at most 0.26 away from 0, or from log(8 / 5): there its digits count less.
    is_near = total < 1.3
    near, more = quick_sum(0.5 * total, 0.125 * total)
    base = where(is_near, 0.0, _LOG_8_5[0])
    base_low = where(is_near, 0.0, more / near + _LOG_8_5[1])
    value, first = two_sum(start, base)
    value, second = two_sum(value, log(where(is_near, total, near)))
    return where(abs(start) < INF, value + (first + second + (base_low + rest)), start)


softplus: Operation = composite(
    "softplus(x)", lambda x: _plus_log_one_plus_exp(maximum(x, 0.0), -abs(x)),
    lambda y, x: sigmoid(x),
    otherwise="with a sharpness beta it is softplus(beta * x) / beta",
    flat="softplus is flat at {arg}", summary="log(1 + exp(x)), a smooth relu.",
)
relu: Operation = composite(
    "relu(x)", lambda x: where(x <= 0.0, 0.0, x),
    lambda y, x: choose(x > 0.0, 1.0, choose(x <= 0.0, 0.0, y)),
    strong_zero=(lambda y, x: x <= 0.0,),
    fast=lambda x: 0.0 if x <= 0.0 else x, kinks=(0.0,),
    shown=(lambda y, x: where(x > 0.0, 1.0, 0.0),),
    flat="the relu is dead, its input {arg} is not positive",
    summary="x where it is positive, else 0.",
)
leaky_relu: Operation = composite(
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


def _times_exp(factor: Number, x: Number) -> Number:
    """Return factor * exp(x), accurate even where exp(x) alone underflows."""
    half = exp(0.5 * x)
    return factor * half * half


def _times_expm1(factor: Number, x: Number) -> Number:
    """Return factor * (exp(x) - 1) within 0.8 ulp for x below 0 and factors below 1e290."""
    m, n, k = exponential(where(x < -40.0, -40.0, x), 0.0)
    power_of_two = exp2(k)
    whole, lost = two_sum(m * power_of_two, -1.0)
    whole, lost = quick_sum(whole, lost + n * power_of_two)
    high, low = two_product(factor, whole)
    return where(abs(factor) < 1e290, high + (low + factor * lost), factor * whole)


def _elu(x: Number, alpha: Number) -> Number:
    return lazy_where(
        x > 0.0,
        lambda: x,
        lambda: lazy_where(x < 0.0, lambda: _times_expm1(alpha, x), lambda: alpha * x),
    )


def _fast_elu(x: float, alpha: float) -> float:
    if x > 0.0:
        return x
    return cast(float, _times_expm1(alpha, x)) if x < 0.0 else alpha * x


elu: Operation = composite(
    "elu(x, alpha=1)", _elu,
    lambda y, x, alpha: choose(x > 0.0, 1.0, _times_exp(alpha, x)),
    lambda y, x, alpha: choose(x > 0.0, 0.0, expm1(x)),
    strong_zero=(lambda y, x, alpha: False, lambda y, x, alpha: x > 0.0),
    fast=_fast_elu, kinks=(0.0,), shown=(
        lambda y, x, alpha: where(x > 0.0, 1.0, alpha * exp(x)),
        lambda y, x, alpha: where(x > 0.0, 0.0, expm1(x)),
    ),
    summary="x where it is positive, else alpha * (exp(x) - 1).",
)
def _silu_far(x: Number, one: float) -> Number:
    low = where(x > -INF, x, -1500.0)  # exp(low) is 0, and low is not infinite
    return _times_exp(one + low, low)


silu: Operation = composite(
    "silu(x)",
    lambda x: lazy_where(x < -700.0, lambda: _silu_far(x, 0.0), lambda: x / (1.0 + exp(-x))),
    lambda y, x: lazy_where(
        x < -700.0,
        lambda: _silu_far(x, 1.0),
        lambda: sigmoid(x) + where(x < 750.0, x, 0.0) * logistic_slope(x),
    ),
    shown=(lambda y, x: sigmoid(x) + y * (1.0 - sigmoid(x)),),
    summary="x * sigmoid(x), also called swish.",
)


def _gap(a: Number, b: Number) -> Number:
    """Return a - b, where two equal infinities are 0 apart."""
    return choose((a <= b) & (a >= b) & (abs(a) >= INF), 0.0, a - b)


def _share(a: Number, b: Number) -> Number:
    """Return sigmoid(a - b), where the difference, which may be large, is not rounded."""
    _, lost = two_sum(a, -b)
    gap = _gap(a, b)
    return sigmoid(gap) + where(abs(gap) < INF, lost, 0.0) * logistic_slope(gap)


logaddexp: Operation = composite(
    "logaddexp(a, b)", lambda a, b: _plus_log_one_plus_exp(maximum(a, b), -abs(_gap(a, b))),
    lambda y, a, b: _share(a, b),
    lambda y, a, b: _share(b, a),
    shown=(lambda y, a, b: exp(a - y), lambda y, a, b: exp(b - y)), commutative=True,
    rule="derivative of logaddexp(u, v) = log(exp(u) + exp(v))",
    flat="{arg} is so far below {other} that its share is below the smallest float",
    summary="log(exp(a) + exp(b)), finite wherever the mathematics is.",
)
