"""Vector functions for ``exact=False``: eight numbers at once, within 4 units in the last place.

They are written in LLVM's own instructions and need a library only for rare arguments (a sine
beyond 100,000, a power of a negative number): if one lane holds such an argument, all eight lanes
are computed by the C library. Nothing depends on a fused multiply-add being fused.

How each is computed, and where the mathematics is from (DLMF is the NIST Digital Library of
Mathematical Functions, https://dlmf.nist.gov):

    exp     k = round(x / ln 2), r = x - k ln 2 in two parts (Cody and Waite, Software Manual for
            the Elementary Functions, 1980); the series of e^r (DLMF 4.2.19) to r^13; times 2^k
    cosh    h = e^|x| / 2 from the same, h + 1 / (4 h)
    tanh    e^2|x| - 1 = 2^k (e^r - 1) + (2^k - 1), over itself plus 2
    log     x = 2^k m with m from sqrt(1/2) to sqrt(2); 2 atanh((m - 1) / (m + 1)) by its series
            (DLMF 4.6.4) to the 21st power; plus k ln 2 in two parts
    log1p   log(y) + (x - (y - 1)) / y for y = 1 + x rounded (Kahan's correction)
    sin,    k = round(x / (pi / 2)), r = x - k pi / 2 in three parts; the series (DLMF 4.19.1 and
    cos     4.19.2) to r^17 and r^16; chosen and signed by k mod 4
    power   y log(x) in doubled precision (Dekker, A floating-point technique for extending the
            available precision, Numer. Math. 18, 1971), then exp of the two parts
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from autograd.backends.binding import LANES

REAL = f"<{LANES} x double>"
WHOLE = f"<{LANES} x i64>"
BITS = f"<{LANES} x i1>"

# Added to a number below 2^51, this rounds it to a whole number and leaves that in the low bits.
ROUNDER = 1.5 * 2.0**52
# ln 2 and pi / 2 in parts: all but the last have so few bits that a multiple by k is exact.
LN2 = (0.6931471803691238, 1.9082149292705877e-10)
HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)
LARGEST_ANGLE = 100_000.0
SPLITTER = 2.0**27 + 1.0  # Veltkamp's constant, to cut a double into two halves

EXP_SERIES = [1.0 / math.factorial(n) for n in range(2, 14)]  # of (e^r - 1 - r) / r^2
SIN_SERIES = [(-1.0) ** n / math.factorial(2 * n + 1) for n in range(1, 9)]
COS_SERIES = [(-1.0) ** n / math.factorial(2 * n) for n in range(2, 9)]
LOG_SERIES = [2.0 / (2 * n + 1) for n in range(1, 11)]  # of 2 atanh(s) / s - 2, by s^2


def _literal(number: float, type_: str = REAL) -> str:
    if type_ == REAL:
        text = f"0x{struct.unpack('=Q', struct.pack('=d', number))[0]:016X}"
        return f"<{', '.join([f'double {text}'] * LANES)}>"
    return f"<{', '.join([f'i64 {int(number)}'] * LANES)}>"


class Writer:
    """Writes straight-line code; a number among the operands stands for a constant."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._count = 0

    def new(self, expression: str) -> str:
        """Add a line that names the result of an expression; return the name."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"{name} = {expression}")
        return name

    @staticmethod
    def _name(operand: str | float, type_: str = REAL) -> str:
        return operand if isinstance(operand, str) else _literal(operand, type_)

    def _real(self, word: str, a: str | float, b: str | float) -> str:
        return self.new(f"{word} {REAL} {self._name(a)}, {self._name(b)}")

    def add(self, a: str | float, b: str | float) -> str:
        """Return a + b."""
        return self._real("fadd", a, b)

    def subtract(self, a: str | float, b: str | float) -> str:
        """Return a - b."""
        return self._real("fsub", a, b)

    def multiply(self, a: str | float, b: str | float) -> str:
        """Return a * b."""
        return self._real("fmul", a, b)

    def divide(self, a: str | float, b: str | float) -> str:
        """Return a / b."""
        return self._real("fdiv", a, b)

    def fused(self, a: str | float, b: str | float, c: str | float) -> str:
        """Return a * b + c, fused where the processor can."""
        given = ", ".join(f"{REAL} {self._name(operand)}" for operand in (a, b, c))
        return self.new(f"call {REAL} @llvm.fmuladd.v{LANES}f64({given})")

    def size(self, a: str) -> str:
        """Return |a|."""
        return self.new(f"call {REAL} @llvm.fabs.v{LANES}f64({REAL} {a})")

    def signed(self, a: str, sign: str) -> str:
        """Return |a| with the sign of another number."""
        given = f"{REAL} {a}, {REAL} {sign}"
        return self.new(f"call {REAL} @llvm.copysign.v{LANES}f64({given})")

    def compare(self, relation: str, a: str | float, b: str | float) -> str:
        """Return the lanes in which a relation holds."""
        return self.new(f"fcmp {relation} {REAL} {self._name(a)}, {self._name(b)}")

    def select(self, bits: str, a: str | float, b: str | float) -> str:
        """Return a in these lanes, and b in the others."""
        return self.new(f"select {BITS} {bits}, {REAL} {self._name(a)}, {REAL} {self._name(b)}")

    def bits(self, word: str, a: str, b: str) -> str:
        """Return and, or, xor of two sets of lanes."""
        return self.new(f"{word} {BITS} {a}, {b}")

    def whole(self, word: str, a: str, b: str | int) -> str:
        """Return an operation on 64-bit integers."""
        return self.new(f"{word} {WHOLE} {a}, {self._name(b, WHOLE)}")

    def as_whole(self, a: str) -> str:
        """Return the bits of numbers."""
        return self.new(f"bitcast {REAL} {a} to {WHOLE}")

    def as_real(self, a: str) -> str:
        """Return the numbers that have these bits."""
        return self.new(f"bitcast {WHOLE} {a} to {REAL}")

    def series(self, x: str, coefficients: list[float]) -> str:
        """Return c0 + c1 x + c2 x^2 + ... by Horner's rule."""
        total: str | float = coefficients[-1]
        for coefficient in reversed(coefficients[:-1]):
            total = self.fused(total, x, coefficient)
        return self._name(total)

    def nearest(self, x: str) -> tuple[str, str]:
        """Return the nearest whole number, and a number with the same in its low bits."""
        shifted = self.add(x, ROUNDER)
        return self.subtract(shifted, ROUNDER), shifted

    def two_to(self, k: str) -> str:
        """Return 2^k for a whole number k from -1022 to 1023."""
        field = self.as_whole(self.add(k, ROUNDER + 1023.0))
        return self.as_real(self.whole("shl", field, 52))

    def scaled(self, x: str, k: str) -> str:
        """Return x 2^k in two steps, so that neither factor overflows."""
        half, _ = self.nearest(self.multiply(k, 0.5))
        once = self.multiply(x, self.two_to(half))
        return self.multiply(once, self.two_to(self.subtract(k, half)))

    # -- two doubles for one number, Dekker's way ----------------------------------------------

    def two_sum(self, a: str | float, b: str | float) -> tuple[str, str]:
        """Return a + b rounded, and what the rounding lost."""
        total = self.add(a, b)
        part = self.subtract(total, a)
        lost = self.add(self.subtract(a, self.subtract(total, part)), self.subtract(b, part))
        return total, lost

    def _halves(self, a: str) -> tuple[str, str]:
        large = self.multiply(a, SPLITTER)
        high = self.subtract(large, self.subtract(large, a))
        return high, self.subtract(a, high)

    def two_product(self, a: str, b: str) -> tuple[str, str]:
        """Return a b rounded, and what the rounding lost."""
        product = self.multiply(a, b)
        (a1, a2), (b1, b2) = self._halves(a), self._halves(b)
        lost = self.subtract(self.multiply(a1, b1), product)
        lost = self.add(lost, self.multiply(a1, b2))
        lost = self.add(lost, self.multiply(a2, b1))
        return product, self.add(lost, self.multiply(a2, b2))

    # -- pieces that several functions share ---------------------------------------------------

    def between(self, x: str, low: float, high: float) -> str:
        """Return x kept between two bounds; nan stays nan."""
        x = self.select(self.compare("ogt", x, high), high, x)
        return self.select(self.compare("olt", x, low), low, x)

    def reduced(self, x: str) -> tuple[str, str]:
        """Return k and r with x = k ln 2 + r."""
        k, _ = self.nearest(self.multiply(x, 1.0 / math.log(2.0)))
        r = self.fused(k, -LN2[0], x)
        return k, self.fused(k, -LN2[1], r)

    def exp_minus_one(self, r: str) -> str:
        """Return e^r - 1 for |r| at most ln(2) / 2."""
        return self.fused(self.multiply(r, r), self.series(r, EXP_SERIES), r)

    def exponent_and_mantissa(self, x: str) -> tuple[str, str]:
        """Return k and m with x = 2^k m, m from sqrt(1/2) to sqrt(2), for normal x > 0."""
        # Subtract the bits of sqrt(1/2): then the exponent field counts from there.
        offset = struct.unpack("=q", struct.pack("=d", math.sqrt(0.5)))[0]
        bits = self.as_whole(x)
        above = self.whole("sub", bits, offset)
        field = self.whole("ashr", above, 52)
        moved = self.whole("shl", field, 52)
        m = self.as_real(self.whole("sub", bits, moved))
        rounder = struct.unpack("=q", struct.pack("=d", ROUNDER))[0]
        k = self.subtract(self.as_real(self.whole("add", field, rounder)), ROUNDER)
        return k, m


def _exp(w: Writer, x: str) -> str:
    k, r = w.reduced(w.between(x, -746.0, 710.0))
    return w.scaled(w.add(w.exp_minus_one(r), 1.0), k)


def _cosh(w: Writer, x: str) -> str:
    k, r = w.reduced(w.between(w.size(x), 0.0, 711.0))
    half = w.scaled(w.add(w.exp_minus_one(r), 1.0), w.subtract(k, 1.0))
    return w.add(half, w.divide(0.25, half))


def _tanh(w: Writer, x: str) -> str:
    twice = w.between(w.multiply(w.size(x), 2.0), 0.0, 44.0)
    k, r = w.reduced(twice)
    power = w.two_to(k)
    above_one = w.fused(power, w.exp_minus_one(r), w.subtract(power, 1.0))
    return w.signed(w.divide(above_one, w.add(above_one, 2.0)), x)


def _log_parts(w: Writer, x: str) -> str:
    """Return log(x) for normal x > 0."""
    k, m = w.exponent_and_mantissa(x)
    f = w.subtract(m, 1.0)
    s = w.divide(f, w.add(f, 2.0))
    square = w.multiply(s, s)
    # log(1 + f) = f - s (f - s^2 (2/3 + ...)), in which only f is not small
    tail = w.multiply(square, w.series(square, LOG_SERIES))
    small = w.multiply(s, w.subtract(f, tail))
    low = w.fused(k, LN2[1], w.subtract(0.0, small))
    return w.fused(k, LN2[0], w.add(f, low))


def _log(w: Writer, x: str) -> str:
    tiny = w.compare("olt", x, 2.0**-1022)
    scaled = w.select(tiny, w.multiply(x, 2.0**54), x)
    result = _log_parts(w, scaled)
    result = w.add(result, w.select(tiny, -54.0 * math.log(2.0), 0.0))
    result = w.select(w.compare("oeq", x, 0.0), -math.inf, result)
    result = w.select(w.compare("oeq", x, math.inf), math.inf, result)
    return w.select(w.compare("uge", x, 0.0), w.select(w.compare("uno", x, x), x, result), math.nan)


def _log1p(w: Writer, x: str) -> str:
    y = w.add(x, 1.0)
    lost = w.subtract(x, w.subtract(y, 1.0))
    inside = w.bits("and", w.compare("ogt", y, 0.0), w.compare("olt", y, math.inf))
    result = w.add(_log_parts(w, w.select(inside, y, 1.0)), w.divide(lost, y))
    result = w.select(w.compare("oeq", x, math.inf), math.inf, result)
    result = w.select(w.compare("oeq", x, -1.0), -math.inf, result)
    result = w.select(w.compare("oeq", x, 0.0), x, result)
    return w.select(
        w.compare("uge", x, -1.0), w.select(w.compare("uno", x, x), x, result), math.nan
    )


def _angle(w: Writer, x: str, quarters: int) -> str:
    """Return the sine of x + quarters pi / 2."""
    k, shifted = w.nearest(w.multiply(x, 2.0 / math.pi))
    r = w.fused(k, -HALF_PI[0], x)
    r = w.fused(k, -HALF_PI[1], r)
    r = w.fused(k, -HALF_PI[2], r)
    square = w.multiply(r, r)
    sine = w.fused(w.multiply(r, square), w.series(square, SIN_SERIES), r)
    cosine = w.fused(w.multiply(square, square), w.series(square, COS_SERIES), 1.0)
    cosine = w.fused(square, -0.5, cosine)
    number = w.whole("add", w.as_whole(shifted), quarters)
    odd = w.new(f"trunc {WHOLE} {number} to {BITS}")
    half = w.new(f"trunc {WHOLE} {w.whole('lshr', number, 1)} to {BITS}")
    size = w.select(odd, cosine, sine)
    return w.select(half, w.new(f"fneg {REAL} {size}"), size)


def _sin(w: Writer, x: str) -> str:
    return w.select(w.compare("oeq", x, 0.0), x, _angle(w, x, 0))


def _cos(w: Writer, x: str) -> str:
    return _angle(w, x, 1)


def _power(w: Writer, a: str, b: str) -> str:
    k, m = w.exponent_and_mantissa(a)
    f = w.subtract(m, 1.0)
    under, under_low = w.two_sum(m, 1.0)
    s = w.divide(f, under)
    product, lost = w.two_product(s, under)
    rest = w.subtract(w.subtract(w.subtract(f, product), lost), w.multiply(s, under_low))
    s_low = w.divide(rest, under)
    square, square_low = w.two_product(s, s)
    square_low = w.fused(w.multiply(s, 2.0), s_low, square_low)
    # 2/3 in two parts, and the later terms of the series
    later = w.multiply(square, w.series(square, LOG_SERIES[1:]))
    sum_, sum_low = w.two_sum(2.0 / 3.0, later)
    sum_low = w.add(sum_low, 2.0 / 3.0 * 2.0**-54)
    cube, cube_low = w.two_product(square, sum_)
    cube_low = w.add(cube_low, w.fused(square, sum_low, w.multiply(square_low, sum_)))
    tail, tail_low = w.two_product(s, cube)
    tail_low = w.add(tail_low, w.fused(s, cube_low, w.multiply(s_low, cube)))
    high, low = w.two_sum(w.multiply(s, 2.0), tail)
    low = w.add(low, w.fused(s_low, 2.0, tail_low))
    log, more = w.two_sum(w.multiply(k, LN2[0]), high)
    log_low = w.add(w.fused(k, LN2[1], low), more)
    log, log_low = w.two_sum(log, log_low)
    exponent, exponent_low = w.two_product(b, log)
    exponent_low = w.fused(b, log_low, exponent_low)
    inside = w.between(exponent, -760.0, 720.0)
    k, r = w.reduced(inside)
    r = w.add(r, exponent_low)
    return w.scaled(w.add(w.exp_minus_one(r), 1.0), k)


def _wide_angle(w: Writer, x: str) -> str:
    return w.compare("uge", w.size(x), LARGEST_ANGLE)


def _odd_power(w: Writer, a: str, b: str) -> str:
    normal = w.bits("and", w.compare("oge", a, 2.0**-1022), w.compare("olt", a, math.inf))
    usual = w.bits("and", normal, w.compare("olt", w.size(b), 1e9))
    return w.new(f"xor {BITS} {usual}, <{', '.join(['i1 true'] * LANES)}>")


# For each primitive how it is computed, and which lanes it leaves to the C library.
FUNCTIONS: dict[str, tuple[Callable[..., str], Callable[..., str] | None]] = {
    "exp": (_exp, None),
    "cosh": (_cosh, None),
    "tanh": (_tanh, None),
    "log": (_log, None),
    "log1p": (_log1p, None),
    "sin": (_sin, _wide_angle),
    "cos": (_cos, _wide_angle),
    "power": (_power, _odd_power),
}


def needs_library(kind: str) -> bool:
    """Return whether the function hands rare arguments to the C library."""
    return FUNCTIONS[kind][1] is not None


def function_text(kind: str) -> str:
    """Return the LLVM function ``near_<kind>`` of eight numbers."""
    compute, rare = FUNCTIONS[kind]
    names = ("%a", "%b") if kind == "power" else ("%a",)
    parameters = ", ".join(f"{REAL} {name}" for name in names)
    w = Writer()
    if rare is not None:
        bits = w.new(f"bitcast {BITS} {rare(w, *names)} to i{LANES}")
        some = w.new(f"icmp ne i{LANES} {bits}, 0")
        w.lines.append(f"br i1 {some}, label %by_library, label %here")
        w.lines.append("by_library:")
        w.lines.append(f"ret {REAL} {w.new(f'call {REAL} @each_{kind}({parameters})')}")
        w.lines.append("here:")
    w.lines.append(f"ret {REAL} {compute(w, *names)}")
    body = "\n".join(w.lines)
    return f"define internal {REAL} @near_{kind}({parameters}) #0 {{\n{body}\n}}\n"


def declarations() -> str:
    """Return the declarations of LLVM's functions that these use besides the usual ones."""
    return f"declare {REAL} @llvm.copysign.v{LANES}f64({REAL}, {REAL})\n"
