"""SymPy's expressions as numbers on which graphs, definitions and rules of the table run.

A float stands for the fraction with a small denominator that it is nearest to, if it is the float
nearest to that, and else for the decimal that Python prints: 0.1 is one tenth and 1/3 one third, so
that what a person wrote and what a person meant are the same.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from autograd.engine.value import Value
from autograd.errors import MissingExtraError, NotExpressibleError
from autograd.table.operation import TABLE, Operation, real
from autograd.table.operators import Operators
from autograd.testing.multiprecision import SHARED
from autograd.wording import what_is

__tracebackhide__ = True  # from reports of pytest

# Every primitive of the table: s is SymPy, the operands are its expressions.
PRIMITIVES: dict[str, Callable[..., Any]] = {
    **SHARED,
    "divide": lambda s, a, b: a / b,
    "power": lambda s, a, b: _power(a, b),
    "less": lambda s, a, b: s.StrictLessThan(a, b),
    "less_equal": lambda s, a, b: s.LessThan(a, b),
    "both": lambda s, a, b: s.And(a, b),
    "opposite": lambda s, a: s.Not(a),
    "either": lambda s, a, b: s.Or(a, b),
    "where": lambda s, c, a, b: s.Piecewise((a, _condition(s, c)), (b, True)),
    "fmod": lambda s, x, y: x - y * s.sign(x / y) * s.floor(abs(x / y)),
    "expm1": lambda s, x: s.exp(x) - 1,
    "log1p": lambda s, x: s.log(1 + x),
    "ceil": lambda s, x: s.ceiling(x),
    "round": lambda s, x: (
        s.floor(x + s.Rational(1, 2))
        - s.Piecewise((1, s.Eq(s.Mod(x, 2), s.Rational(1, 2))), (0, True))
    ),
}
# Composite rows whose definition approximates for floats, or which SymPy knows better.
KNOWN: dict[str, Callable[..., Any]] = {
    "cbrt": lambda s, x: s.sign(x) * abs(x) ** s.Rational(1, 3),
    "cosh_slope": lambda s, x: s.sinh(x),
    "sech_squared": lambda s, x: s.sech(x) ** 2,
    "logistic_slope": lambda s, x: s.exp(-x) / (1 + s.exp(-x)) ** 2,
    "gaussian": lambda s, x: s.exp(-(x**2)),
    "normal_density": lambda s, x: s.exp(-(x**2) / 2) / s.sqrt(2 * s.pi),
    "erf": lambda s, x: s.erf(x),
    "erfc": lambda s, x: s.erfc(x),
    "normal_cdf": lambda s, x: s.erfc(-x / s.sqrt(2)) / 2,
    "gelu": lambda s, x: x * s.erfc(-x / s.sqrt(2)) / 2,
    "lgamma": lambda s, x: s.loggamma(x),
    "digamma": lambda s, x: s.digamma(x),
    "polygamma": lambda s, n, x: s.polygamma(n, x),
    "sigmoid": lambda s, x: 1 / (1 + s.exp(-x)),
    "elu": lambda s, x, alpha: s.Piecewise((x, x > 0), (alpha * (s.exp(x) - 1), True)),
    "softplus": lambda s, x: s.log(1 + s.exp(x)),
    "silu": lambda s, x: x / (1 + s.exp(-x)),
    "hypot": lambda s, x, y: s.sqrt(x**2 + y**2),
    "over_square": lambda s, x, y: x / (x**2 + y**2),
    "cosine_of": lambda s, x, y: x / s.sqrt(x**2 + y**2),
    "logaddexp": lambda s, a, b: s.log(s.exp(a) + s.exp(b)),
    "floor_divide": lambda s, a, b: s.floor(a / b),
    "remainder": lambda s, a, b: a - b * s.floor(a / b),
    "stop_gradient": lambda s, x: _refused("stop_gradient"),
}
LARGEST = 120  # operations in an expression; what is shared in a graph is written out in SymPy
MOST_DIGITS = 10_000  # of a number to the power of a number


@functools.cache
def sympy() -> Any:
    """Return SymPy, imported on first use."""
    try:
        import sympy as imported
    except ImportError as error:
        raise MissingExtraError("autograd.testing", "testing", error) from None
    return imported


class Symbolic(Operators):
    """A SymPy expression that can stand in place of a Value.

    Args:
        expression: a SymPy expression or condition, or a real number.

    Example:
        >>> import autograd
        >>> x = Symbolic(sympy().Symbol("x", real=True))
        >>> autograd.tanh(2.0 * x + 0.5).expression
        tanh(2*x + 1/2)
    """

    __slots__ = ("expression", "is_condition", "size")

    def __init__(self, expression: object, is_condition: bool = False, size: int = 1) -> None:
        if size > LARGEST:
            raise NotExpressibleError(f"written out it has more than {LARGEST} operations")
        s = sympy()
        known = isinstance(expression, (s.Basic, bool))
        self.expression = expression if known else exact(real(expression, "Symbolic"))
        self.is_condition = is_condition
        self.size = size

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> object:
        rule = KNOWN.get(operation.name) or PRIMITIVES.get(operation.name)
        if rule is None or TABLE.get(operation.name) is not operation:
            definition = operation.written or operation.definition
            if definition is None:
                raise NotExpressibleError(f"{operation.name} is known for floats only")
            lifted = [
                _lifted(operand, operation) if place in operation.variables else operand
                for place, operand in enumerate(operands)
            ]
            return definition(*lifted)
        given = [_lifted(operand, operation) for operand in operands]
        size = 1 + sum(operand.size for operand in given)
        result = rule(sympy(), *[operand.expression for operand in given])
        return Symbolic(result, operation.is_condition, size)

    def __bool__(self) -> bool:
        raise NotExpressibleError("a condition on symbols is neither true nor false; use where")

    def __repr__(self) -> str:
        return f"Symbolic({self.expression})"


def exact(number: float) -> object:
    """Return the number that a person meant by a float: a fraction, a decimal, pi or e."""
    s = sympy()
    if not math.isfinite(number):
        return s.nan if math.isnan(number) else s.oo if number > 0 else -s.oo
    known = {math.pi: s.pi, math.e: s.E, -math.pi: -s.pi, 2.0 * math.pi: 2 * s.pi}
    fraction = Fraction(number).limit_denominator(1000)
    if float(fraction) == number:
        return s.Rational(fraction.numerator, fraction.denominator)
    return known.get(number) or s.Rational(repr(number))


def _lifted(operand: Any, operation: Operation) -> Symbolic:
    if isinstance(operand, Symbolic):
        return operand
    if isinstance(operand, Value):  # from outside: a constant
        return Symbolic(operand.data)
    if hasattr(type(operand), "_apply"):
        raise NotExpressibleError(f"{operation.name} was given {what_is(operand)} as well")
    return Symbolic(real(operand, operation.name))


def _condition(s: Any, expression: object) -> object:
    """Return a condition: an expression is one where it is not zero."""
    if expression in (s.true, s.false) or isinstance(expression, s.logic.boolalg.Boolean):
        return expression
    return s.Ne(expression, 0)


def _power(a: Any, b: Any) -> object:
    """Return a power; SymPy would write out those of numbers, 9**9**9 with all its digits."""
    if a.is_Rational and b.is_Rational and abs(a) not in (0, 1):
        digits = len(str(a.p)) + len(str(a.q))
        if abs(b) * digits > MOST_DIGITS:
            raise NotExpressibleError(f"a power of numbers with the exponent {b} is too large")
    return a**b


def _refused(name: str) -> object:
    raise NotExpressibleError(f"{name} has no meaning for symbols")


# -- proofs ------------------------------------------------------------------------------------

LARGEST_PROOF = 120  # operations in what SymPy is asked to simplify
LARGE_POWER = 8
MOST_TERMS = 2000  # of a sum that a power of a sum may be written out as
LONGEST_FRACTION = 10**7  # of 2**(0.6931471805599453*x) SymPy would compute the 10**16th power


def proof(
    f: Callable[..., object],
    claims: Sequence[Callable[..., object]],
    names: Sequence[str],
    is_positive: Sequence[bool],
) -> str:
    """Return the identities of claimed derivatives that SymPy has proved, or an empty text.

    Args:
        f: the function.
        claims: its derivative by each of its arguments, or by the first alone.
        names: the names of the arguments.
        is_positive: which of them are positive.
    """
    s = sympy()
    symbols = [
        s.Symbol(name, real=True, positive=positive or None)
        for name, positive in zip(names, is_positive, strict=True)
    ]
    identities = []
    try:
        whole = _expression(f, symbols)
        for claim, symbol in zip(claims, symbols, strict=False):
            claimed = _expression(claim, symbols)
            if not _is_zero(s.diff(whole, symbol) - claimed):
                return ""
            identities.append(f"d/d{symbol} {whole} = {claimed}")
    except (NotExpressibleError, TypeError, AttributeError):
        return ""
    return f"SymPy has {', '.join(identities)}"


def _expression(function: Callable[..., object], symbols: Sequence[object]) -> object:
    result = function(*map(Symbolic, symbols))
    if isinstance(result, Value):
        result = result.data
    return (result if isinstance(result, Symbolic) else Symbolic(result)).expression


def _is_zero(gap: Any) -> bool:
    """Return whether SymPy finds that an expression is zero, within its limits."""
    s = sympy()
    gap = _lowered(gap)
    if gap == 0:
        return True
    if gap.has(s.Derivative, s.Subs, s.DiracDelta, s.nan, s.zoo):
        return False
    if s.count_ops(gap) > LARGEST_PROOF or _terms(gap) > MOST_TERMS:
        return False
    if any(max(abs(n.p), n.q) > LONGEST_FRACTION for n in gap.atoms(s.Rational)):
        return False
    attempts = (
        s.expand,
        lambda gap: s.cancel(s.together(gap)),
        s.piecewise_fold,
        lambda gap: s.cancel(s.together(gap.rewrite(s.exp))),
        s.simplify,
    )
    for attempt in attempts:
        try:
            if attempt(gap) == 0:
                return True
        except Exception:  # SymPy gives up in many ways; numbers decide then
            continue
    return False


def _lowered(gap: Any) -> object:
    """Return an expression with a symbol for what large powers of a sum have in common."""
    s = sympy()
    exponents: dict[Any, list[Any]] = {}
    for power in gap.atoms(s.Pow):
        if power.base.is_Add and power.exp.is_Integer and power.exp > LARGE_POWER:
            exponents.setdefault(power.base, []).append(power.exp)
    for base, known in exponents.items():
        common = s.Dummy(real=True)
        stand_ins = {base**n: common * base ** (n - min(known)) for n in known}
        gap = gap.xreplace(stand_ins)
    return gap


def _terms(expression: Any) -> int:
    """Return how many terms an expression has when its powers and products are written out."""
    inside = [min(_terms(part), MOST_TERMS + 1) for part in expression.args]
    if expression.is_Add:
        return sum(inside)
    if expression.is_Pow and expression.exp.is_Integer and inside[0] > 1:
        power = abs(int(expression.exp))
        return math.comb(power + inside[0] - 1, power) if power <= MOST_TERMS else MOST_TERMS + 1
    return math.prod(inside) if expression.is_Mul else max(inside, default=1)
