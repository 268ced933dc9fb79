"""Numbers of 60 digits and more on which graphs, definitions and rules of the table run (mpmath).

They follow IEEE 754 in what is infinite and what is nan, with one zero and a far wider range:
beyond 2**5000 a number counts as infinite, below 2**-5000 as zero. Those of a derivative in
question reach to 2**(2**23), so that exp(10**6) and its powers are numbers, save operands of
functions whose digits would take as many bits as that, such as the sine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.engine.modes import current
from autograd.engine.value import Value
from autograd.errors import MissingExtraError, NotExpressibleError
from autograd.table import rows as ops
from autograd.table.operation import TABLE, Operation, is_real, real
from autograd.table.operators import Operators
from autograd.wording import what_is

__tracebackhide__ = True  # from reports of pytest

LARGEST = 5000  # in powers of two

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
    made.derivatives = 0  # that are being taken
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
        if context().derivatives and (operation is ops.stop_gradient or not current().recording):
            raise NotExpressibleError("differences do not see what stops derivatives")
        rule = PRIMITIVES.get(operation.name) or KNOWN.get(operation.name)
        if rule is not None and TABLE.get(operation.name) is operation:
            arithmetic = context()
            numbers = [number_of(operand, operation) for operand in operands]
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
    return operand if isinstance(operand, Precise) else Precise(number_of(operand, operation))


def number_of(operand: object, operation: Operation = ops.identity) -> object:
    """Return the number of an operand as one of mpmath's."""
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
