"""The corners: functions, points, right answers, who says so. Read by corners.py and the suite.

A function takes `m`, the names of an engine in our spelling (`m.maximum`, `m.sqrt`, ...), then its
arguments. `value`, `slopes` (one for each argument) and `second` (the Hessian, row by row) are the
questions asked, with the right answers. Nothing is imported here but Python's own modules, since
every peer reads this file in an environment of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

INF, NAN, PI = math.inf, math.nan, math.pi
REFUSED = "refused"  # the right answer is an error
SECTIONS = (
    "Ties and kinks",
    "Choices that leave a pole out",
    "Powers",
    "Infinity times nothing, and what a compiler may not rewrite",
    "Sums and reductions",
    "Functions where the textbook's formula fails",
    "Remainders and signs",
    "nan in",
    "What a number is",
)


@dataclass(frozen=True)
class Corner:
    """One question: what a function and its derivatives are at a point."""

    section: str
    where: str
    function: Callable
    at: tuple
    authority: str
    right: dict[str, tuple | str]  # question -> numbers, or the word refused


def identifier(corner: Corner, question: str) -> str:
    """The name of a test: the question in words, without spaces."""
    return f"{corner.where}: {question}".replace(" ", "_")


def corners() -> list[Corner]:
    """Every row, in the order of the page."""
    rows: list[Corner] = []
    sections = iter(SECTIONS)

    def several(numbers):
        return numbers if isinstance(numbers, tuple | str) else (numbers,)

    def row(where, function, at, authority, value=None, slopes=None, second=None):
        """A single number stands for a tuple of one."""
        asked = {"value": value, "slopes": slopes, "second": second}
        right = {name: several(numbers) for name, numbers in asked.items() if numbers is not None}
        rows.append(Corner(section, where, function, several(at), authority, right))

    # fmt: off

    section = next(sections)
    convention = "choice: CONVENTIONS, "
    row("maximum(x, y) at a tie", lambda m, x, y: m.maximum(x, y), (2.0, 2.0),
        convention + "maximum at a tie", slopes=(0.5, 0.5))
    row("minimum(x, y) at a tie", lambda m, x, y: m.minimum(x, y), (2.0, 2.0),
        convention + "minimum at a tie", slopes=(0.5, 0.5))
    row("maximum(maximum(x, y), z), all equal", lambda m, x, y, z: m.maximum(m.maximum(x, y), z),
        (1.0, 1.0, 1.0), convention + "maximum at a tie, twice", slopes=(0.25, 0.25, 0.5))
    row("max of three equal numbers (the engine's reduction)", lambda m, x, y, z: m.max([x, y, z]),
        (1.0, 1.0, 1.0), "sum 1 (ours: maximum, folded)", slopes=(0.25, 0.25, 0.5))
    row("relu(x) at 0", lambda m, x: m.relu(x), 0.0, convention + "relu at 0", slopes=0.0)
    row("relu(x)**2 at 0", lambda m, x: m.relu(x) ** 2, 0.0, convention + "relu at 0",
        slopes=0.0, second=0.0)
    row("leaky_relu(x, 0.01) at 0", lambda m, x: m.leaky_relu(x), 0.0,
        convention + "leaky_relu at 0", slopes=0.01)
    row("elu(x) at 0", lambda m, x: m.elu(x), 0.0, convention + "elu at 0: the left branch",
        slopes=1.0, second=1.0)
    row("clip(x, 1, 3) at 1, by each", lambda m, x, lo, hi: m.clip(x, lo, hi), (1.0, 1.0, 3.0),
        convention + "clip at a bound", slopes=(1.0, 0.0, 0.0))
    row("clip(x, 1, 3) at 3, by each", lambda m, x, lo, hi: m.clip(x, lo, hi), (3.0, 1.0, 3.0),
        convention + "clip at a bound", slopes=(1.0, 0.0, 0.0))
    row("abs(x) at 0", lambda m, x: m.abs(x), 0.0, convention + "abs at 0", slopes=0.0)
    row("abs(x)**2 at 0", lambda m, x: m.abs(x) ** 2, 0.0,
        convention + "abs at 0, squared (as x**2 it would be 2)", slopes=0.0, second=0.0)
    row("x * abs(x) at 0", lambda m, x: x * m.abs(x), 0.0, "2 abs(x) by hand; abs at 0",
        slopes=0.0, second=0.0)
    row("maximum(x, 0)**2 at 0", lambda m, x: m.maximum(x, 0.0) ** 2, 0.0,
        "0 from the left, 2 from the right; maximum at a tie, squared", slopes=0.0, second=0.5)
    row("maximum(x, y)**2 at a tie", lambda m, x, y: m.maximum(x, y) ** 2, (1.0, 1.0),
        convention + "maximum at a tie, squared", slopes=(1.0, 1.0), second=(0.5, 0.5, 0.5, 0.5))
    row("sign(x) at 0", lambda m, x: m.sign(x), 0.0, convention + "sign", value=0.0,
        slopes=0.0)
    row("floor(x) at 1", lambda m, x: m.floor(x), 1.0, convention + "floor", value=1.0,
        slopes=0.0)
    row("round(x) at 2.5", lambda m, x: m.round(x), 2.5, "IEEE 754: half to even", value=2.0,
        slopes=0.0)
    row("hypot(x, y) at (0, 0)", lambda m, x, y: m.hypot(x, y), (0.0, 0.0),
        convention + "hypot at (0, 0)", slopes=(0.0, 0.0), second=(NAN, NAN, NAN, NAN))
    row("atan2(y, x) at (0, 0)", lambda m, y, x: m.atan2(y, x), (0.0, 0.0),
        convention + "atan2 at (0, 0)", value=0.0, slopes=(0.0, 0.0), second=(NAN, NAN, NAN, NAN))
    section = next(sections)
    strong = "strong zero: a choice passes nothing to what it did not choose"
    row("where(x > 0, x * log(x), 0) at 0", lambda m, x: m.where(x > 0, x * m.log(x), 0.0), 0.0,
        strong, value=0.0, slopes=0.0, second=0.0)
    row("where(x > 0, sqrt(x), 3 x) at 0", lambda m, x: m.where(x > 0, m.sqrt(x), 3.0 * x), 0.0,
        strong, slopes=3.0, second=0.0)
    row("relu(-1 - sqrt(x)) at 0", lambda m, x: m.relu(-1.0 - m.sqrt(x)), 0.0, strong, value=0.0,
        slopes=0.0)
    row("maximum(sqrt(x), 1) at 0", lambda m, x: m.maximum(m.sqrt(x), 1.0), 0.0, strong,
        value=1.0, slopes=0.0)
    row("minimum(1 / x, 5) at 0", lambda m, x: m.minimum(1.0 / x, 5.0), 0.0, strong, value=5.0,
        slopes=0.0)
    row("clip(log(x), -1, 1) at 0", lambda m, x: m.clip(m.log(x), -1.0, 1.0), 0.0, strong,
        value=-1.0, slopes=0.0)
    row("x * stop_gradient(sqrt(x)) at 0", lambda m, x: x * m.stop_gradient(m.sqrt(x)), 0.0,
        strong, value=0.0, slopes=0.0)

    section = next(sections)
    row("x**0.0 at 0", lambda m, x: x**0.0, 0.0, "C: pow(x, 0) is 1 for every x", value=1.0,
        slopes=0.0, second=0.0)
    row("x**1.0 at 0", lambda m, x: x**1.0, 0.0, "constant slope", value=0.0, slopes=1.0,
        second=0.0)
    row("x**2.0 at 0", lambda m, x: x**2.0, 0.0, "polynomial", slopes=0.0, second=2.0)
    row("x**3 at 0", lambda m, x: x**3, 0.0, "polynomial", slopes=0.0, second=0.0)
    row("x**0.5 at 0", lambda m, x: x**0.5, 0.0, "one-sided limit", value=0.0, slopes=INF)
    row("x**1.5 at 0", lambda m, x: x**1.5, 0.0, "one-sided limits", value=0.0, slopes=0.0,
        second=INF)
    row("x**-1 at 2 (whole number)", lambda m, x: x**-1, 2, "1/x; numbers are real numbers",
        value=0.5, slopes=-0.25)
    row("x**y at (0, 0)", lambda m, x, y: x**y, (0.0, 0.0), convention + "0**0", value=1.0,
        slopes=(0.0, 0.0))
    row("x**y at (0, 1)", lambda m, x, y: x**y, (0.0, 1.0), "limits: -inf in the mixed place",
        value=0.0, slopes=(1.0, 0.0), second=(0.0, -INF, -INF, 0.0))
    row("x**y at (0, 2)", lambda m, x, y: x**y, (0.0, 2.0), "limits", value=0.0, slopes=(0.0, 0.0),
        second=(2.0, 0.0, 0.0, 0.0))
    row("x**y at (-2, 3)", lambda m, x, y: x**y, (-2.0, 3.0),
        "y x**(y - 1) = 12; no real number by y", value=-8.0, slopes=(12.0, NAN))
    row("(-2)**x at 3", lambda m, x: (-2.0) ** x, 3.0, "log(-2) is not real", value=-8.0,
        slopes=NAN)
    row("x**(1/3) at -8", lambda m, x: x ** (1.0 / 3.0), -8.0,
        "IEEE 754 pow: nan, never complex", value=NAN, slopes=NAN)
    row("x**x at 0", lambda m, x: x**x, 0.0, convention + "0**0 (the one-sided limit is -inf)",
        value=1.0, slopes=0.0)
    row("sqrt(x) at 0", lambda m, x: m.sqrt(x), 0.0, "one-sided limits", value=0.0, slopes=INF,
        second=-INF)
    row("sqrt(x) at -4", lambda m, x: m.sqrt(x), -4.0, "IEEE 754", value=NAN, slopes=NAN)
    row("cbrt(x) at 0", lambda m, x: m.cbrt(x), 0.0, "limit", value=0.0, slopes=INF)
    row("cbrt(x) at -8", lambda m, x: m.cbrt(x), -8.0, "1 / (3 cbrt(x)**2)", value=-2.0,
        slopes=1 / 12)

    section = next(sections)
    ieee = "IEEE 754, operation by operation"
    row("0 * sqrt(x) at 0", lambda m, x: 0.0 * m.sqrt(x), 0.0, ieee + ": 0 x inf", value=0.0,
        slopes=NAN)
    row("x * sqrt(y) at (0, 0)", lambda m, x, y: x * m.sqrt(y), (0.0, 0.0), ieee + ": 0 x inf",
        value=0.0, slopes=(0.0, NAN))
    row("sqrt(x)**2 at 0", lambda m, x: m.sqrt(x) ** 2, 0.0, ieee + ": 0 x inf", value=0.0,
        slopes=NAN)
    row("sqrt(x)**2 at -1", lambda m, x: m.sqrt(x) ** 2, -1.0, ieee, value=NAN, slopes=NAN)
    row("sqrt(x * x) at 0", lambda m, x: m.sqrt(x * x), 0.0,
        "abs(x) has no slope there; " + ieee, value=0.0, slopes=NAN)
    row("sqrt(x**2) at 0", lambda m, x: m.sqrt(x**2), 0.0, "the same as sqrt(x * x)", value=0.0,
        slopes=NAN)
    row("sqrt(x**2 + y**2) at (0, 0)", lambda m, x, y: m.sqrt(x**2 + y**2), (0.0, 0.0),
        "no slope there; " + ieee, value=0.0, slopes=(NAN, NAN))
    row("norm([x, y]) at (0, 0)", lambda m, x, y: m.norm([x, y]), (0.0, 0.0),
        "a cone: no Hessian; slopes as hypot's by choice (ours: hypot)", slopes=(0.0, 0.0),
        second=(NAN, NAN, NAN, NAN))
    row("log(exp(x)) at 800", lambda m, x: m.log(m.exp(x)), 800.0, ieee + ": inf / inf",
        value=INF, slopes=NAN)
    row("exp(log(x)) at -1", lambda m, x: m.exp(m.log(x)), -1.0, ieee, value=NAN, slopes=NAN)
    row("log(x**2) at -3", lambda m, x: m.log(x**2), -3.0, "log 9; 2 / x", value=math.log(9.0),
        slopes=-2 / 3)
    row("log(x * y) at (-1, -2)", lambda m, x, y: m.log(x * y), (-1.0, -2.0),
        "log 2; 1 / x, 1 / y", value=math.log(2.0), slopes=(-1.0, -0.5))
    row("exp(x) / exp(x) at 800", lambda m, x: m.exp(x) / m.exp(x), 800.0, ieee + ": inf / inf",
        value=NAN, slopes=NAN)
    row("(x + 1e16) - 1e16 at 1", lambda m, x: (x + 1e16) - 1e16, 1.0, ieee, value=0.0,
        slopes=1.0)
    row("x * x - x * x at 0.1", lambda m, x: x * x - x * x, 0.1,
        ieee + ": no fused multiply-add", value=0.0, slopes=0.0)
    row("x * y + z at (0.1, 10, -1)", lambda m, x, y, z: x * y + z, (0.1, 10.0, -1.0),
        ieee + ": no fused multiply-add", value=0.0, slopes=(10.0, 0.1, 1.0))
    row("x / 10 at 3", lambda m, x: x / 10.0, 3.0, ieee + ": no reciprocal", value=0.3,
        slopes=0.1)
    row("x - x at inf", lambda m, x: x - x, INF, ieee, value=NAN, slopes=0.0)
    row("x / x at 0", lambda m, x: x / x, 0.0, ieee, value=NAN, slopes=NAN)
    row("0 * x at inf", lambda m, x: 0.0 * x, INF, ieee, value=NAN, slopes=0.0)
    row("(x + y) + z at (0.1, 0.2, 0.3)", lambda m, x, y, z: (x + y) + z, (0.1, 0.2, 0.3),
        ieee + ": left to right", value=0.6000000000000001)
    row("log(exp(x)) at 100", lambda m, x: m.log(m.exp(x)), 100.0, "100; float32 overflows",
        value=100.0, slopes=1.0)
    row("(x + 1e8) - 1e8 at 1", lambda m, x: (x + 1e8) - 1e8, 1.0, "1; float32 has 7 digits",
        value=1.0, slopes=1.0)
    row("5e-324 * 1.0", lambda m, x: x * 1.0, 5e-324, ieee + ": denormals are kept", value=5e-324)
    row("exp(x) at -745", lambda m, x: m.exp(x), -745.0, "mpmath: rounds to 5e-324",
        value=5e-324, slopes=5e-324)

    section = next(sections)
    row("sum of ten x at 0.1", lambda m, x: m.sum([x] * 10), 0.1,
        "fsum: 1 (left to right gives 0.9999999999999999)", value=1.0, slopes=10.0)
    row("sum([1e16, x, -1e16]) at 1", lambda m, x: m.sum([1e16 + 0 * x, x, -1e16 + 0 * x]), 1.0,
        "pairwise, each sum rounded (true 1)", value=0.0, slopes=1.0)
    row("prod([x, y, z]) at (0, 2, 3)", lambda m, x, y, z: m.prod([x, y, z]), (0.0, 2.0, 3.0),
        "products of the others", value=0.0, slopes=(6.0, 0.0, 0.0),
        second=(0.0, 3.0, 2.0, 3.0, 0.0, 0.0, 2.0, 0.0, 0.0))
    row("prod([x, y, z]) at (0, 0, 3)", lambda m, x, y, z: m.prod([x, y, z]), (0.0, 0.0, 3.0),
        "products of the others", value=0.0, slopes=(0.0, 0.0, 0.0),
        second=(0.0, 3.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    row("det([[a, b], [c, d]]) at (1, 2, 2, 4)", lambda m, a, b, c, d: m.det(a, b, c, d),
        (1.0, 2.0, 2.0, 4.0), "the adjugate (ours: a * d - b * c)", value=0.0,
        slopes=(4.0, -2.0, -2.0, 1.0))
    row("logsumexp([x, y]) at (1000, 1000)", lambda m, x, y: m.logsumexp([x, y]), (1000.0, 1000.0),
        "1000 + log 2", value=1000.6931471805599, slopes=(0.5, 0.5),
        second=(0.25, -0.25, -0.25, 0.25))
    row("logsumexp([x, y]) at (-inf, 0)", lambda m, x, y: m.logsumexp([x, y]), (-INF, 0.0),
        "exp(x - y) is 0 at the limit", value=0.0, slopes=(0.0, 1.0))
    row("softmax([x, y])[0] at (1000, 0)", lambda m, x, y: m.softmax([x, y])[0], (1000.0, 0.0),
        "1 / (1 + exp(-1000))", value=1.0, slopes=(0.0, 0.0))

    section = next(sections)
    row("hypot(x, y) at (1e-170, 1e-170)", lambda m, x, y: m.hypot(x, y), (1e-170, 1e-170),
        "scale-free: 1 / sqrt 2", value=1.4142135623730951e-170, slopes=(0.5**0.5, 0.5**0.5))
    row("hypot(x, y) at (1e30, 1e30)", lambda m, x, y: m.hypot(x, y), (1e30, 1e30),
        "scale-free: 1 / sqrt 2", value=1.4142135623730951e30, slopes=(0.5**0.5, 0.5**0.5))
    row("hypot(x, y) at (3e200, 4e200)", lambda m, x, y: m.hypot(x, y), (3e200, 4e200), "3, 4, 5",
        value=5e200, slopes=(0.6, 0.8))
    row("atan2(y, x) at (1e-200, 1e-200)", lambda m, y, x: m.atan2(y, x), (1e-200, 1e-200),
        "x / (x**2 + y**2)", value=PI / 4, slopes=(5e199, -5e199))
    row("tanh(x) at 20", lambda m, x: m.tanh(x), 20.0, "mpmath: sech(20)**2", value=1.0,
        slopes=1.6993417021166355e-17)
    row("sigmoid(x) at 40", lambda m, x: m.sigmoid(x), 40.0,
        "mpmath: exp(-40) / (1 + exp(-40))**2", value=1.0, slopes=4.248354255291589e-18)
    row("sigmoid(x) at -1000", lambda m, x: m.sigmoid(x), -1000.0, "below the smallest float",
        value=0.0, slopes=0.0)
    row("log(sigmoid(x)) at -800", lambda m, x: m.log(m.sigmoid(x)), -800.0, ieee + ": inf x 0",
        value=-INF, slopes=NAN)
    row("softplus(x) at 1000", lambda m, x: m.softplus(x), 1000.0, "x to the last digit",
        value=1000.0, slopes=1.0)
    row("log(1 + exp(x)) at 1000", lambda m, x: m.log(1.0 + m.exp(x)), 1000.0,
        ieee + ": inf / inf", value=INF, slopes=NAN)
    row("gelu(x) at 1", lambda m, x: m.gelu(x), 1.0, "mpmath: x Phi(x)",
        value=0.8413447460685429, slopes=1.0833154705876864)
    row("gelu(x) at -10", lambda m, x: m.gelu(x), -10.0, "mpmath: x Phi(x)",
        value=-7.619853024160527e-23)
    row("silu(x) at -1000", lambda m, x: m.silu(x), -1000.0, "below the smallest float",
        value=0.0, slopes=0.0)
    row("sinc(x) = sin(pi x) / (pi x) at 0", lambda m, x: m.sinc(x), 0.0,
        "Taylor: 1 - (pi x)**2 / 6 (ours: where and the series)", value=1.0, slopes=0.0,
        second=-(PI**2) / 3)
    row("log(x) at 0", lambda m, x: m.log(x), 0.0, "one-sided limits", value=-INF, slopes=INF,
        second=-INF)
    row("asin(x) at 1", lambda m, x: m.asin(x), 1.0, "one-sided limit", value=PI / 2,
        slopes=INF)
    row("acosh(x) at 1", lambda m, x: m.acosh(x), 1.0, "one-sided limit", value=0.0,
        slopes=INF)
    row("exp(x) at 710", lambda m, x: m.exp(x), 710.0, "over the largest float: inf", value=INF,
        slopes=INF)
    row("digamma(x) at 1", lambda m, x: m.digamma(x), 1.0,
        "mpmath: -Euler's constant; pi**2 / 6", value=-0.5772156649015329,
        slopes=1.6449340668482264, second=-2.4041138063191885)
    row("lgamma(x) at -0.5", lambda m, x: m.lgamma(x), -0.5, "mpmath", value=1.2655121234846454,
        slopes=0.03648997397857652)
    row("sin(x) at 1e22", lambda m, x: m.sin(x), 1e22, "mpmath: range reduction by all of pi",
        value=-0.8522008497671888, slopes=0.5232147853951389)

    section = next(sections)
    python = "Python's floats; 1 and minus the quotient"
    row("x % y at (-5.5, 2)", lambda m, x, y: x % y, (-5.5, 2.0), python, value=0.5,
        slopes=(1.0, 3.0))
    row("x % y at (5.5, -2)", lambda m, x, y: x % y, (5.5, -2.0), python, value=-0.5,
        slopes=(1.0, 3.0))
    row("x % y at (-1, inf)", lambda m, x, y: x % y, (-1.0, INF), "Python's floats", value=INF,
        slopes=(1.0, 1.0))
    row("x % y at (1, 0)", lambda m, x, y: x % y, (1.0, 0.0), "IEEE 754: no remainder", value=NAN)
    row("x // y at (-5.5, 2)", lambda m, x, y: x // y, (-5.5, 2.0), "Python's floats; no slope",
        value=-3.0, slopes=(0.0, 0.0))
    row("x // y at (1, 0.1)", lambda m, x, y: x // y, (1.0, 0.1),
        "Python's floats: 0.1 is above a tenth", value=9.0)
    row("x // y at (1, 0)", lambda m, x, y: x // y, (1.0, 0.0), "NumPy: the quotient", value=INF)
    row("fmod(x, y) at (-5.5, 2)", lambda m, x, y: m.fmod(x, y), (-5.5, 2.0),
        "C; 1 and minus the quotient cut towards 0", value=-1.5, slopes=(1.0, 2.0))
    row("copysign(x, y) at (3, -0.0)", lambda m, x, y: m.copysign(x, y), (3.0, -0.0),
        "IEEE 754: zero has a sign", value=-3.0, slopes=(-1.0, 0.0))
    row("copysign(x, y) at (0, 1)", lambda m, x, y: m.copysign(x, y), (0.0, 1.0),
        convention + "abs at 0", value=0.0, slopes=(0.0, 0.0))
    row("logaddexp(x, y) at (1000, 1000)", lambda m, x, y: m.logaddexp(x, y), (1000.0, 1000.0),
        "1000 + log 2", value=1000.6931471805599, slopes=(0.5, 0.5),
        second=(0.25, -0.25, -0.25, 0.25))
    row("logaddexp(x, y) at (-inf, -inf)", lambda m, x, y: m.logaddexp(x, y), (-INF, -INF),
        "log(0 + 0)", value=-INF)
    row("logaddexp(x, y) at (0, -inf)", lambda m, x, y: m.logaddexp(x, y), (0.0, -INF),
        "exp(y - x) is 0 at the limit", value=0.0, slopes=(1.0, 0.0))

    section = next(sections)
    nan = "IEEE 754-2019: a nan must not turn into a number"
    row("maximum(x, 1) at nan", lambda m, x: m.maximum(x, 1.0), NAN, nan, value=NAN,
        slopes=NAN)
    row("clip(x, 0, 2) at nan", lambda m, x: m.clip(x, 0.0, 2.0), NAN, nan, value=NAN,
        slopes=NAN)
    row("relu(x) at nan", lambda m, x: m.relu(x), NAN, nan, value=NAN, slopes=NAN)
    row("sign(x) at nan", lambda m, x: m.sign(x), NAN, nan, value=NAN, slopes=NAN)
    row("abs(x) at nan", lambda m, x: m.abs(x), NAN, nan, value=NAN, slopes=NAN)

    section = next(sections)
    row("x * x at the whole number 3", lambda m, x: x * x, 3, "a whole number is a real number",
        value=9.0, slopes=6.0)
    row("x / 2 at True", lambda m, x: x / 2, True, "Python: bool is int", value=0.5,
        slopes=0.5)
    row("x * x at Fraction(1, 2)", lambda m, x: x * x, Fraction(1, 2),
        "a fraction is a real number", value=0.25, slopes=1.0)
    row("float(x) * x at 2", lambda m, x: float(x) * x, 2.0,
        "an error: float() drops a derivative in silence", slopes=REFUSED)
    row("x * 1j at 2", lambda m, x: x * 1j, 2.0, "an error: the engine is real", slopes=REFUSED)
    row("sum of x, x (one node twice) by one walk", lambda m, x: x + x, 1.0, "by hand",
        value=2.0, slopes=2.0)
    row("3 x + y at (1, 1), equal numbers", lambda m, x, y: 3.0 * x + y, (1.0, 1.0), "by hand",
        value=4.0, slopes=(3.0, 1.0))
    # fmt: on
    return rows
