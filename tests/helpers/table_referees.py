"""What the rows of the operation table are held against, none of it taken from the table.

Values are mpmath's functions of the same name, or textbook definitions in mpmath's arithmetic.
First derivatives are worked out by hand. All derivatives are held against differences of the
values, in numbers of so many digits that more of them change nothing.
"""

import functools
import itertools
import math
import random
from collections import Counter

import mpmath
from mpmath import mp

INF = mpmath.inf


def power_derivative(m, n, a, b):
    """Return the derivative of a^b by the series of a^(b + z) (b + z)(b + z - 1)... in z."""
    series = [mp.log(a) ** k / mp.factorial(k) if k else mp.one for k in range(n + 1)]
    for place in range(m):
        before = [mp.zero, *series[:-1]]
        series = [(b - place) * term + lower for term, lower in zip(series, before, strict=True)]
    return mp.power(a, b - m) * series[n] * mp.factorial(n)


def truncated(x):
    return mp.sign(x) * mp.floor(abs(x))


def _at_pole(x):
    return x <= 0 and mp.isint(x)


# For each row its value in mpmath's arithmetic, None standing for mpmath's function of that name;
# then d/d(operand) for each operand, worked out by hand as a textbook has it, if the row is public.
REFEREES = {
    "add": (lambda a, b: a + b, lambda a, b: 1, lambda a, b: 1),
    "subtract": (lambda a, b: a - b, lambda a, b: 1, lambda a, b: -1),
    "multiply": (lambda a, b: a * b, lambda a, b: b, lambda a, b: a),
    "divide": (lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "negative": (lambda x: -x, lambda x: -1),
    "power": (
        lambda a, b: mp.power(a, b),
        lambda a, b: b * a ** (b - 1),
        lambda a, b: a**b * mp.log(a),
    ),
    "power_derivative": (lambda m, n, a, b: power_derivative(int(m), int(n), a, b),),
    "less": (lambda a, b: mp.mpf(a < b),),
    "less_equal": (lambda a, b: mp.mpf(a <= b),),
    "both": (lambda a, b: mp.mpf(a != 0 and b != 0),),
    "opposite": (lambda a: mp.mpf(a == 0),),
    "either": (lambda a, b: mp.mpf(a != 0 or b != 0),),
    "where": (lambda c, a, b: a if c else b,),
    "exp2": (lambda x: mp.power(2, x), lambda x: mp.log(2) * mp.power(2, x)),
    "log2": (lambda x: mp.log(x) / mp.log(2), lambda x: 1 / (x * mp.log(2))),
    "logistic_slope": (lambda x: mp.sech(x / 2) ** 2 / 4,),
    "cosh_slope": (lambda x: mp.sinh(x),),
    "sech_squared": (lambda x: mp.sech(x) ** 2,),
    "gaussian": (lambda x: mp.exp(-(x**2)),),
    "normal_density": (lambda x: mp.npdf(x),),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2)),
    "abs": (lambda x: abs(x), lambda x: mp.sign(x)),
    "round": (lambda x: mp.nint(x), lambda x: 0),
    "maximum": (lambda a, b: max(a, b), lambda a, b: mp.mpf(a > b), lambda a, b: mp.mpf(b > a)),
    "minimum": (lambda a, b: min(a, b), lambda a, b: mp.mpf(a < b), lambda a, b: mp.mpf(b < a)),
    "clip": (
        lambda x, lo, hi: min(max(x, lo), hi),
        lambda x, lo, hi: mp.mpf(lo < x < hi),
        lambda x, lo, hi: mp.mpf(x < lo < hi),
        lambda x, lo, hi: mp.mpf(max(x, lo) > hi),
    ),
    "over_square": (lambda x, y: x / (x**2 + y**2),),
    "cosine_of": (lambda x, y: x / mp.hypot(x, y),),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: mp.exp(-x) / (1 + mp.exp(-x)) ** 2),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), lambda x: 1 / (1 + mp.exp(-x))),
    "relu": (lambda x: max(x, mp.zero), lambda x: mp.mpf(x > 0)),
    "leaky_relu": (
        lambda x, slope: x if x > 0 else slope * x,
        lambda x, slope: mp.one if x > 0 else slope,
        lambda x, slope: mp.zero if x > 0 else x,
    ),
    "elu": (
        lambda x, alpha: x if x > 0 else alpha * mp.expm1(x),
        lambda x, alpha: mp.one if x > 0 else alpha * mp.exp(x),
        lambda x, alpha: mp.zero if x > 0 else mp.expm1(x),
    ),
    "silu": (
        lambda x: x / (1 + mp.exp(-x)),
        lambda x: (1 + mp.exp(-x) + x * mp.exp(-x)) / (1 + mp.exp(-x)) ** 2,
    ),
    "logaddexp": (
        lambda a, b: max(a, b) + mp.log1p(mp.exp(-abs(a - b))),
        lambda a, b: 1 / (1 + mp.exp(b - a)),
        lambda a, b: 1 / (1 + mp.exp(a - b)),
    ),
    "normal_cdf": (lambda x: mp.ncdf(x), lambda x: mp.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi)),
    "gelu": (lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x)),
    "lgamma": (lambda x: INF if _at_pole(x) else mp.re(mp.loggamma(x)), lambda x: mp.psi(0, x)),
    "digamma": (lambda x: mp.nan if _at_pole(x) else mp.psi(0, x), lambda x: mp.psi(1, x)),
    "polygamma": (
        lambda n, x: mp.nan if _at_pole(x) else mp.psi(int(n), x),
        None,
        lambda n, x: mp.psi(int(n) + 1, x),
    ),
    "copysign": (
        lambda x, y: abs(x) if y >= 0 else -abs(x),
        lambda x, y: mp.sign(x) * mp.sign(y),
        lambda x, y: 0,
    ),
    "fmod": (
        lambda x, y: x - y * truncated(x / y),
        lambda x, y: 1,
        lambda x, y: -truncated(x / y),
    ),
    "floor_divide": (lambda a, b: mp.floor(a / b), lambda a, b: 0, lambda a, b: 0),
    "remainder": (
        lambda a, b: a - b * mp.floor(a / b),
        lambda a, b: 1,
        lambda a, b: -mp.floor(a / b),
    ),
    "identity": (lambda x: x,),
    "stop_gradient": (lambda x: x, lambda x: 0),
    "exp": (None, lambda x: mp.exp(x)),
    "expm1": (None, lambda x: mp.exp(x)),
    "log": (None, lambda x: 1 / x),
    "log1p": (None, lambda x: 1 / (1 + x)),
    "log10": (None, lambda x: 1 / (x * mp.log(10))),
    "sqrt": (None, lambda x: 1 / (2 * mp.sqrt(x))),
    "sin": (None, lambda x: mp.cos(x)),
    "cos": (None, lambda x: -mp.sin(x)),
    "tan": (None, lambda x: mp.sec(x) ** 2),
    "asin": (None, lambda x: 1 / mp.sqrt((1 - x) * (1 + x))),
    "acos": (None, lambda x: -1 / mp.sqrt((1 - x) * (1 + x))),
    "atan": (None, lambda x: 1 / (1 + x**2)),
    "atan2": (None, lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
    "sinh": (None, lambda x: mp.cosh(x)),
    "cosh": (None, lambda x: mp.sinh(x)),
    "tanh": (None, lambda x: mp.sech(x) ** 2),
    "asinh": (None, lambda x: 1 / mp.sqrt(x**2 + 1)),
    "acosh": (None, lambda x: 1 / mp.sqrt((x - 1) * (x + 1))),
    "atanh": (None, lambda x: 1 / ((1 - x) * (1 + x))),
    "sign": (None, lambda x: 0),
    "floor": (None, lambda x: 0),
    "ceil": (None, lambda x: 0),
    "hypot": (None, lambda x, y: x / mp.hypot(x, y), lambda x, y: y / mp.hypot(x, y)),
    "erf": (None, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-(x**2))),
    "erfc": (None, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-(x**2))),
}


def value_of(row):
    """Return the referee of a row's value."""
    value = REFEREES.get(row.name, (None,))[0] or getattr(mp, row.name, None)
    if value is None:
        raise LookupError(
            f"{row.name} has no referee: write its value in mpmath's arithmetic, and its "
            f"derivatives, in REFEREES of tests/helpers/table_referees.py"
        )
    return value


def partials_of(row):
    """Return the referees of a row's derivatives, one for each operand; none for inner rows."""
    return REFEREES.get(row.name, (None,))[1:]


def settled(compute, least=200, most=26_000):
    """Return compute() in as many bits as it takes for more of them to change nothing; or None.

    None stands for what is not a real number.
    """
    before, bits = None, least
    while bits <= most:
        with mp.workprec(bits):
            try:
                found = compute()
            except (ZeroDivisionError, ValueError, OverflowError):
                return None
            if isinstance(found, mpmath.mpc):
                if found.imag != 0:
                    return None
                found = found.real
            found = mp.mpf(found)
            if not mp.isfinite(found):
                return None
            is_settled = before is not None and abs(found - before) <= abs(found) * 2.0**-100
            before = found
        if is_settled and (found != 0 or bits > 3000):
            break
        bits *= 2
    with mp.workprec(200):
        return +before


# Where the derivatives of all orders are known: differences of these would take minutes.
HIGHER = {
    **dict.fromkeys(("floor", "ceil", "round", "floor_divide"), lambda along, *point: mp.zero),
    "fmod": lambda along, x, y: {(0,): 1, (1,): -truncated(x / y)}.get(along, 0),
    "remainder": lambda along, a, b: {(0,): 1, (1,): -mp.floor(a / b)}.get(along, 0),
    "lgamma": lambda along, x: mp.psi(len(along) - 1, x),
    "digamma": lambda along, x: mp.psi(len(along), x),
    "polygamma": lambda along, n, x: mp.psi(int(n) + len(along), x),
    "power": lambda along, a, b: power_derivative(along.count(0), along.count(1), a, b),
    "power_derivative": lambda along, m, n, a, b: power_derivative(
        int(m) + along.count(2), int(n) + along.count(3), a, b
    ),
}


@functools.cache
def derivative(row, point, along):
    """Return a derivative of a row at a point, which is the same in whatever order it is taken."""
    return _derivative(row, point, tuple(sorted(along)))


@functools.lru_cache(maxsize=1000)
def _derivative(row, point, along):
    """Return a derivative of a row at a point by nested central differences, or None.

    Args:
        row: an operation of the table.
        point: floats.
        along: which operand each differentiation is by, () for the value itself.
    """
    function = value_of(row)
    if not along:
        return settled(lambda: function(*map(mp.mpf, point)))
    if row.name in HIGHER:
        if "gamma" in row.name and _at_pole(mp.mpf(point[-1])):
            return None
        return settled(lambda: HIGHER[row.name](along, *map(mp.mpf, point)))
    exponents = [math.frexp(number)[1] if number else 0 for number in point]
    largest = max(0, *exponents) if len(point) > 1 else 0  # x ** 1e300 moves fast
    fine = [120 - min(exponent, 0) + largest for exponent in exponents]
    least = 200 + sum(2 * (fine[index] + max(exponents[index], 0)) for index in along)

    # Nested central differences as one sum: a point that several of them ask for is computed once.
    weights = Counter({(0,) * len(point): 1})
    for index in along:
        sides, weights = weights, Counter()
        for moves, weight in sides.items():
            for sign in (1, -1):
                moved = (*moves[:index], moves[index] + sign, *moves[index + 1 :])
                weights[moved] += sign * weight

    def difference():
        numbers = [mp.mpf(number) for number in point]
        total = mp.zero
        for moves, weight in weights.items():
            if weight:
                steps = zip(moves, fine, strict=True)
                moved = [n + mp.ldexp(k, -f) for n, (k, f) in zip(numbers, steps, strict=True)]
                total += weight * function(*moved)
        return total * mp.ldexp(1, sum(fine[index] - 1 for index in along))

    return settled(difference, least)


# -- how close is close enough -----------------------------------------------------------------

TOLERANCE = {2: 1e-13, 3: 1e-9}
OVERFLOW = mp.ldexp(1, 1024) - mp.ldexp(1, 970)


# Their higher derivatives may be nan where the true one is no double (CONVENTIONS.md says so).
NAN_OUTSIDE = {"cbrt", "power"}


def _positive_or_mirrored(x):
    return abs(mp.psi(0, 1 - x)) if x < 0 else mp.zero


def _nearest_pole(n, x):
    """Return the size of polygamma's term of the nearest pole."""
    n = int(n)
    return mp.factorial(n) / abs(x - mp.nint(x)) ** (n + 1) if x < 0 else mp.zero


# Where a result is the small difference of terms, the largest of them, by (name, order).
TERMS = {
    ("lgamma", 0): lambda x: abs(mp.log(abs(mp.gamma(1 + x - mp.nint(x))))) if x < 0 else mp.zero,
    ("lgamma", 1): _positive_or_mirrored,
    ("digamma", 0): _positive_or_mirrored,
    ("lgamma", 2): lambda x: _nearest_pole(1, x),
    ("digamma", 1): lambda x: _nearest_pole(1, x),
    ("digamma", 2): lambda x: _nearest_pole(2, x),
    ("polygamma", 0): _nearest_pole,
    ("polygamma", 1): lambda n, x: _nearest_pole(n + 1, x),
    ("polygamma", 2): lambda n, x: _nearest_pole(n + 2, x),
    ("logaddexp", 0): lambda a, b: abs(max(a, b)),
    ("atan2", 2): lambda y, x: 1 / (x**2 + y**2),
    ("gelu", 1): lambda x: mp.ncdf(x),
    ("gelu", 2): lambda x: 2 * mp.npdf(x),
    ("gelu", 3): lambda x: 4 * abs(x) * mp.npdf(x),
    ("over_square", 1): lambda x, y: 1 / (x**2 + y**2),
    ("silu", 1): lambda x: 1 / (1 + mp.exp(-x)),
    ("silu", 2): lambda x: mp.sech(x / 2) ** 2 / 2,
}


def miss(row, point, along, got):
    """Return words on how a float misses the referee's number, or an empty text.

    Allowed are 4 units in the last place for a value and 8 for a first derivative, 1e-13 for second
    ones and 1e-9 for third ones; of the largest term (TERMS) where the result is a small difference
    of terms. The operands are the doubles they are: how they were rounded excuses nothing.
    """
    true = derivative(row, point, along)
    if true is None:
        return ""
    shown = mp.nstr(true, 17) if abs(mp.mag(true)) < 5000 else f"{mp.sign(true)} 2**{mp.mag(true)}"
    what = f"{row.name}{point} by {along}: got {got!r}, true {shown:.60}"
    if type(got) is not float:
        return what
    is_outside = not mp.ldexp(1, -1022) < abs(true) < OVERFLOW
    if row.name in NAN_OUTSIDE and len(along) > 1 and got != got and is_outside:
        return ""
    if abs(true) >= OVERFLOW:
        return "" if got == math.copysign(math.inf, true) else what
    scale = abs(true)
    if term := TERMS.get((row.name, len(along))):
        scale = max(scale, term(*map(mp.mpf, point)))
    # Below the smallest normal number floats lose digits: what is allowed is then of that number.
    size = float(min(max(scale, mp.ldexp(1, -1022)), mp.mpf(1.7e308)))
    if len(along) > 1:
        allowed = TOLERANCE[len(along)] * mp.mpf(size)
        if row.name == "gelu" and len(along) == 2 and abs(true) < mp.ldexp(1, -1022):
            allowed *= 10  # the density, times x^2, has lost its digits already: CONVENTIONS
    else:
        allowed = mp.mpf((8 if along else 4) * math.ulp(size))
    gap = abs(mp.mpf(got) - true) if math.isfinite(got) else INF
    if gap <= allowed or (abs(got) == math.inf and abs(true) + allowed >= OVERFLOW):
        return ""
    return f"{what}, allowed {mp.nstr(allowed, 3)}"


# -- points ------------------------------------------------------------------------------------

SIZES = (
    *(1e-300, 1e-100, 1e-20, 1e-9, 1e-3, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0 - 2.0**-20, 1.0),
    *(1.0 + 2.0**-30, 1.25, 1.5, 2.0, 2.5, 3.0, 5.5, 7.5, 10.0, 20.0, 27.0, 37.0, 38.4, 100.0),
    *(350.0, 500.0, 709.0, 729.0, 745.0, 750.0, 7737.2, 1e9, 1e20, 1e100, 1e300),
)
FEW = (1e-300, 1e-20, 1e-3, 0.7, 1.0, 2.0, 37.0, 1e20, 1e300)
ORDERS = (0.0, 1.0, 2.0, 3.0, 5.0, 30.0, 99.0)


def points_of(row, most=150):
    """Return points of a row's domain: tiny, huge and negative numbers, and random ones."""
    chance = random.Random(row.name)
    axes = []
    for index, (low, high) in enumerate(row.domain):
        sizes = SIZES if row.arity == 1 else FEW
        usual = [chance.uniform(max(low, -8.0), min(high, 8.0)) for _ in range(14)]
        axis = [sign * size for size in sizes for sign in (1.0, -1.0)] + usual[: 14 // row.arity]
        if index not in row.variables:
            axis = list(ORDERS if row.arity == 2 else ORDERS[:4])
        axes.append([number for number in axis if low <= number <= high])
    # Where two operands are equal, some rows have a kink: CONVENTIONS.md has its own test.
    points = [point for point in itertools.product(*axes) if len(set(point)) == len(point)]
    return points if len(points) <= most else chance.sample(points, most)
