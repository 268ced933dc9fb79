"""What the C library computes, eight numbers at once and to the same bits.

In exact mode a row has the bits that Python's ``math`` gives, which are those of the C library that
is here. Called for one row after the other it takes most of the time of many programs. Where that
library is glibc, its formulas are known, and nothing is in them but additions, products, quotients
and a table: eight rows that go through the same operations get the same bits. glibc compiles each
formula twice, with multiply-adds for the processors that have them and without; which of the two
runs here, or whether it is another library, is found by asking it: its results for some thousand
numbers must be those of one of the formulas, all of them to the bit. Otherwise, and for the rare
arguments that a formula leaves out (a nan, an infinity, a result near overflow), the library itself
is called for each row.

The formulas, and where the mathematics is from:

    exp     k = x 128 / ln 2 rounded, r = x - k ln 2 / 128 in two parts; e^r - 1 by a polynomial of
            degree 5; times 2^(k / 128) of a table, which holds for each what its rounding lost
            (S. Nagy, Arm optimized routines, 2018; after P. T. P. Tang, Table-driven implementation
            of the exponential function, ACM TOMS 15, 1989)
    expm1   k = x / ln 2 rounded, r = x - k ln 2 in two parts; e^r - 1 by a rational function of
            r^2; put together with 2^k by five formulas, as k is -1, 0, 1, below 20 or more
            (fdlibm, Sun Microsystems, 1993)
    tanh    t / (t + 2), t = expm1(2 |x|) from 1 on, else of expm1(-2 |x|) (fdlibm)
    sinh    (t + t / (t + 1)) / 2, t = expm1(|x|); below 1 (2 t - t^2 / (t + 1)) / 2 (fdlibm)
    cosh    e^|x| / 2 + 1 / (2 e^|x|); below ln(2) / 2 1 + t^2 / (2 + 2 t), t = expm1(|x|) (fdlibm)
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable
from functools import cache

from autograd.backends.binding import LANES, Array
from autograd.backends.llvm.vector_math import BITS, LN2, REAL, ROUNDER, WHOLE, Writer

SIZE = 128  # of the table of exp
EXP_PARTS = (-0.005415212348111709, -1.2864023111638344e-14)  # -ln 2 / 128
EXP_POLYNOMIAL = (
    0.49999999999996786,
    0.16666666666665886,
    0.0416666808410674,
    0.008333335853059549,
)
EXPM1_POLYNOMIAL = (
    -0.03333333333333313,
    0.0015873015872548146,
    -7.93650757867488e-05,
    4.008217827329362e-06,
    -2.0109921818362437e-07,
)
# The bits of numbers at which fdlibm changes formulas, which it tells by their upper halves.
HALF_LN2, MORE_THAN_LN2, MANY_LN2 = 0x3FD62E43 << 32, 0x3FF0A2B2 << 32, 0x4043687A << 32
GATHER = f"llvm.masked.gather.v{LANES}i64.v{LANES}p0"


def _real(bits: int) -> float:
    found: float = struct.unpack("=d", struct.pack("=Q", bits))[0]
    return found


@cache
def exp_table() -> tuple[list[int], list[int]]:
    """Return bits of 2^(i / 128), 2^-7 i taken from their exponents, and of what rounding lost."""
    powers, lost = [], []
    extra = 200  # bits
    for index in range(SIZE):
        root = 1 << (index + extra)
        for _ in range(7):  # the 128th root is seven square roots
            root = math.isqrt(root << extra)
        power = root / (1 << extra)
        numerator, denominator = power.as_integer_ratio()
        rest = (root * denominator - (numerator << extra)) / (numerator << extra)
        powers.append(struct.unpack("=Q", struct.pack("=d", power))[0] - (index << 45))
        lost.append(struct.unpack("=Q", struct.pack("=d", rest))[0])
    return powers, lost


class _Library(Writer):
    """Writes a formula of the library, with multiply-adds or without."""

    def __init__(self, is_fused: bool) -> None:
        super().__init__()
        self._is_fused = is_fused

    def plus(self, a: str | float, b: str | float, c: str | float) -> str:
        """Return a * b + c as the library computes it."""
        if not self._is_fused:
            return self.add(self.multiply(a, b), c)
        given = ", ".join(f"{REAL} {self._name(operand)}" for operand in (a, b, c))
        return self.new(f"call {REAL} @llvm.fma.v{LANES}f64({given})")

    def less(self, a: str | float) -> str:
        """Return -a."""
        return self.new(f"fneg {REAL} {self._name(a)}")

    def with_sign_of(self, size: str, x: str) -> str:
        """Return a number that is not negative with the sign of another."""
        sign = self.whole("and", self.as_whole(x), -(2**63))
        return self.as_real(self.whole("or", self.as_whole(size), sign))

    def entry(self, table: str, places: str) -> str:
        """Return entries of a table of bits."""
        at = self.new(f"getelementptr i64, ptr @{table}, {WHOLE} {places}")
        every = f"<{', '.join(['i1 true'] * LANES)}>"
        return self.new(
            f"call {WHOLE} @{GATHER}(<{LANES} x ptr> {at}, i32 8, {BITS} {every}, {WHOLE} poison)"
        )

    def all_but(self, bits: str) -> str:
        """Return the lanes that are not these."""
        return self.new(f"xor {BITS} {bits}, <{', '.join(['i1 true'] * LANES)}>")


def _exp(w: _Library, x: str) -> str:
    shifted = w.plus(1.0 / math.log(2.0) * SIZE, x, ROUNDER)
    k = w.subtract(shifted, ROUNDER)
    r = w.plus(k, EXP_PARTS[1], w.plus(k, EXP_PARTS[0], x))
    bits = w.as_whole(shifted)
    place = w.whole("and", bits, SIZE - 1)
    scale = w.as_real(w.whole("add", w.entry("exp_powers", place), w.whole("shl", bits, 45)))
    lost = w.as_real(w.entry("exp_lost", place))
    c2, c3, c4, c5 = EXP_POLYNOMIAL
    square = w.multiply(r, r)
    low = w.plus(square, w.plus(r, c3, c2), w.add(lost, r))
    rest = w.plus(w.multiply(square, square), w.plus(r, c5, c4), low)
    return w.plus(scale, rest, scale)


def _expm1(w: _Library, x: str, is_for_tanh: bool = False) -> str:
    """Return expm1(x) for numbers below 700; for tanh from -2 to 0, and from 2 on."""
    size, is_negative = w.size(x), w.compare("olt", x, 0.0)
    k = w.plus(1.0 / math.log(2.0), x, w.select(is_negative, -0.5, 0.5))
    short = f"<{LANES} x i32>"
    k = w.new(f"sitofp {short} {w.new(f'fptosi {REAL} {k} to {short}')} to {REAL}")
    is_near = w.compare("olt", size, _real(MORE_THAN_LN2))
    k = w.select(is_near, -1.0 if is_for_tanh else w.select(is_negative, -1.0, 1.0), k)
    k = w.select(w.compare("oge", size, _real(HALF_LN2)), k, 0.0)
    high, low = w.plus(k, -LN2[0], x), w.multiply(k, LN2[1])
    r = w.subtract(high, low)
    lost = w.subtract(w.subtract(high, r), low)
    half = w.multiply(r, 0.5)
    h = w.multiply(r, half)
    h2 = w.multiply(h, h)
    h4 = w.multiply(h2, h2)
    q1, q2, q3, q4, q5 = EXPM1_POLYNOMIAL
    r1 = w.plus(h2, w.plus(h, q3, q2), w.plus(h, q1, 1.0))
    r1 = w.plus(h4, w.plus(h, q5, q4), r1)
    t = w.plus(w.less(r1), half, 3.0)
    e = w.multiply(h, w.divide(w.subtract(r1, t), w.plus(w.less(r), t, 6.0)))
    at_0 = w.subtract(r, w.plus(r, e, w.less(h)))
    e = w.subtract(w.plus(r, w.subtract(e, lost), w.less(lost)), h)
    difference = w.subtract(e, r)
    at_minus_1 = w.subtract(w.multiply(w.subtract(r, e), 0.5), 0.5)
    power = w.two_to(w.less(k))
    below_20 = w.subtract(w.subtract(1.0, power), difference)
    inner = w.add(w.subtract(r, w.add(e, power)), 1.0)
    inner = w.select(w.compare("olt", k, 20.0), below_20, inner)
    is_plain = w.bits("or", w.compare("ole", k, -2.0), w.compare("ogt", k, 56.0))
    inner = w.select(is_plain, w.subtract(1.0, difference), inner)
    exponent = w.whole("shl", w.as_whole(w.add(k, ROUNDER)), 52)
    scaled = w.as_real(w.whole("add", w.as_whole(inner), exponent))
    y = w.select(is_plain, w.subtract(scaled, 1.0), scaled)
    y = w.select(w.compare("oeq", k, -1.0), at_minus_1, y)
    if not is_for_tanh:  # whose k is 3 at least where it is above 0
        far = w.multiply(w.subtract(e, w.add(r, 0.5)), -2.0)
        at_1 = w.add(w.multiply(w.subtract(r, e), 2.0), 1.0)
        at_1 = w.select(w.compare("olt", r, -0.25), far, at_1)
        y = w.select(w.compare("oeq", k, 1.0), at_1, y)
    y = w.select(w.compare("oeq", k, 0.0), at_0, y)
    if is_for_tanh:
        return y
    y = w.select(w.compare("olt", size, 2.0**-54), x, y)
    return w.select(w.compare("ole", x, -_real(MANY_LN2)), -1.0, y)


def _tanh(w: _Library, x: str) -> str:
    size = w.between(w.size(x), 0.0, 22.0)
    is_far = w.compare("oge", size, 1.0)
    twice = w.multiply(size, 2.0)
    t = _expm1(w, w.select(is_far, twice, w.less(twice)), is_for_tanh=True)
    part = w.divide(w.select(is_far, 2.0, w.less(t)), w.add(t, 2.0))
    y = w.select(is_far, w.subtract(1.0, part), part)
    y = w.select(w.compare("oge", size, 22.0), 1.0, y)
    return w.select(w.compare("uno", x, x), x, w.with_sign_of(y, x))


def _sinh(w: _Library, x: str) -> str:
    size = w.size(x)
    is_near = w.compare("olt", size, 1.0)
    t = _expm1(w, size)
    part = w.divide(w.select(is_near, w.multiply(t, t), t), w.add(t, 1.0))
    near = w.subtract(w.multiply(t, 2.0), part)
    y = w.multiply(w.select(is_near, near, w.add(t, part)), 0.5)
    return w.select(w.compare("olt", size, 2.0**-28), x, w.with_sign_of(y, x))


def _cosh(w: _Library, x: str) -> str:
    size = w.size(x)
    t = _expm1(w, size)
    above = w.add(t, 1.0)
    near = w.add(w.divide(w.multiply(t, t), w.add(above, above)), 1.0)
    e = _exp(w, size)
    far = w.add(w.multiply(e, 0.5), w.divide(0.5, e))
    return w.select(w.compare("olt", size, _real(HALF_LN2)), near, far)


# How each is computed, and from which size on the library itself is asked: None for never.
FUNCTIONS: dict[str, tuple[Callable[[_Library, str], str], float | None]] = {
    "exp": (_exp, 512.0),
    "expm1": (_expm1, 700.0),
    "tanh": (_tanh, None),
    "sinh": (_sinh, 22.0),
    "cosh": (_cosh, 22.0),
}
MADE_OF = {"tanh": ("expm1",), "sinh": ("expm1",), "cosh": ("exp", "expm1")}

# What says that the library computes as above: the digest of its results for ``points``, and
# whether it has multiply-adds.
DIGESTS: dict[str, dict[str, bool]] = {
    "exp": {"ed93e37f63934b928ca1b4db": True, "05cc8159a22343bbaa8d2a56": False},
    "expm1": {"440ac0cb684ad992191f413b": True, "25140a2e7e052ddabd967c08": False},
    "tanh": {"e24dc61b8e609bdf449e5245": True, "70906156de7aaeeb6b5b8cbe": False},
    "sinh": {"2f70cab72db95fac03f80696": True, "63493baa5277b43f98d7fb4b": False},
    "cosh": {"f659303da422d179cac63f38": True, "5c811a170016a60ea9711b1b": False},
}

# Numbers of ``sequence`` at which the formula with multiply-adds differs from the one without: a
# third way to round would show there.
CRITICAL = {
    "exp": """
        2028 2565 3346 3975 6263 10292 12281 16207 18564 20481 21506 22924 25535 26180 36021
        39175 39514 42170 42581 44350 45708 46150 48487 49923 51438 51626 58686 60051 60722
        61632 62419 63031 63328 63443 65555 68915 72500 72712 73032 74802 78350 80780 83203
        84368 85525 86261 86553 86676
    """,
    "expm1": """
        2128 3244 3640 3922 4514 4738 5400 6014 6496 7004 7284 7734 7954 7992 8412 8698 8808
        8870 9373 9856 10148 12108 13528 14732 17358 18208 18954 19394 19750 20290 20682 21772
        22018 22856 22880 24354 26364 26602 27372 27426 29306 29408 29516 29714 30132 30238
        30592 30702
    """,
    "tanh": """
        2818 3928 4366 6978 8950 12356 13288 13484 14044 16872 17642 18254 19986 21658 24586
        24925 26758 27038 27088 27978 28122 28376 31418 34690 35936 36578 42578 43084 43120
        43220 45521 45896 46642 48074 48150 48912 49268 49786 49932 51087 51880 55854 55936
        56554 57080 58630 61776 66125
    """,
    "sinh": """
        2636 3244 3922 4514 6014 6496 6542 7004 7284 7734 8441 8698 8808 8870 9026 10745 11024
        11422 12309 13179 13528 15124 15150 15294 15590 17358 19658 19758 20258 20290 21156
        21622 21732 21772 22018 22615 22856 22880 24354 26602 27372 29018 29062 29516 29560
        30086 30132 30592
    """,
    "cosh": """
        6895 7403 11401 12585 14507 20855 23987 25781 32597 32949 39527 40797 44201 46581 48313
        53745 55335 55643 56372 58794 65345 74087 75531 75937 78523 83163 84205 84578 85465
        88055 89975 97338 98317 99613 100015 102595 104695 111071 115585 121201 123421 130981
        133370 133593 135579 135661 139277 140979
    """,
}
COUNT = 2_000  # of other numbers


def sequence(kind: str, places: Array) -> Array:
    """Return these numbers of a sequence, half of them between -1/2 and 1/2."""
    import numpy

    limit = min(FUNCTIONS[kind][1] or 25.0, 60.0 if kind == "expm1" else 600.0)
    found: Array = (places * 0.6180339887498949) % 1.0 * 2.0 - 1.0
    found *= numpy.where(places % 2 == 0, 0.5, limit)
    return found


def points(kind: str) -> Array:
    """Return the numbers for which the library is asked."""
    import numpy

    return sequence(kind, numpy.array([*range(COUNT), *map(int, CRITICAL[kind].split())]))


def digest(results: Array) -> str:
    """Return what stands for the bits of some results."""
    return hashlib.sha256(results.tobytes()).hexdigest()[:24]


@cache
def is_fused(kind: str) -> bool | None:
    """Return whether the library computes with multiply-adds; None if another formula runs here."""
    import numpy

    if kind not in FUNCTIONS:
        return None
    function = getattr(math, kind)
    found = DIGESTS[kind].get(digest(numpy.array([*map(function, points(kind).tolist())])))
    return found if all(is_fused(each) is found for each in MADE_OF.get(kind, ())) else None


def declarations(kinds: set[str]) -> str:
    """Return the declarations and the tables that the functions of eight numbers need."""
    lines = [f"declare {REAL} @llvm.fma.v{LANES}f64({REAL}, {REAL}, {REAL})"]
    if not kinds.isdisjoint(("exp", "cosh")):
        pointers = f"<{LANES} x ptr>"
        lines.append(f"declare {WHOLE} @{GATHER}({pointers}, i32, {BITS}, {WHOLE})")
        for name, table in zip(("exp_powers", "exp_lost"), exp_table(), strict=True):
            text = ", ".join(f"i64 {entry}" for entry in table)
            lines.append(f"@{name} = internal constant [{SIZE} x i64] [{text}], align 64")
    return "\n".join(lines) + "\n"


def function_text(kind: str, name: str, by_library: str, is_fused: bool) -> str:
    """Return the LLVM function of eight numbers, which hands rare arguments to another one."""
    compute, limit = FUNCTIONS[kind]
    w = _Library(is_fused)
    if limit is not None:
        usual = w.compare("olt", w.size("%a"), limit)
        bits = w.new(f"bitcast {BITS} {w.all_but(usual)} to i{LANES}")
        some = w.new(f"icmp ne i{LANES} {bits}, 0")
        w.lines.append(f"br i1 {some}, label %by_library, label %here")
        w.lines.append("by_library:")
        w.lines.append(f"ret {REAL} {w.new(f'call {REAL} @{by_library}({REAL} %a)')}")
        w.lines.append("here:")
    w.lines.append(f"ret {REAL} {compute(w, '%a')}")
    body = "\n".join(w.lines)
    return f"define internal {REAL} @{name}({REAL} %a) #0 {{\n{body}\n}}\n"
