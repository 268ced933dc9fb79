"""Checks of derivatives worked out by hand or by backward: assert_derivative, check_gradient."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from autograd.engine.value import Value
from autograd.errors import (
    ArgumentError,
    MissingExtraError,
    NotExpressibleError,
    StructureError,
    WrongDerivativeError,
)
from autograd.notation.expression import Expression, read
from autograd.table.operation import real
from autograd.testing.diagnosis import Trial, diagnosis
from autograd.testing.multiprecision import Precise, value
from autograd.testing.symbols import Symbolic, sympy
from autograd.testing.truth import Truth, by_backward, noise, plain, roughness, truth
from autograd.trees import flatten, unflatten

Function = Callable[..., Any]
DEFAULT_DOMAIN = (-10.0, 10.0)
LARGEST_PROOF = 200  # operations in what SymPy is asked to simplify
LONGEST_FRACTION = 10**6  # of 2**(0.6931471805599453*x) SymPy would compute the 10**16th power


@dataclass(frozen=True, slots=True)
class Checked:
    """What a passed check was worth.

    Attributes:
        method: "exact" where SymPy has proved it, "numeric" where numbers were compared.
        detail: the identity that was proved, or the points that were tried.
    """

    method: str
    detail: str

    def __str__(self) -> str:
        return f"{self.method}: {self.detail}"


# -- check_gradient ----------------------------------------------------------------------------


def check_gradient(f: Function, *args: Any, rtol: float = 1e-9) -> Checked:
    """Check the gradient of f by backward against differences of numbers with many digits.

    Where f cannot run on such numbers (a primitive of floats, a compiled function, a derivative of
    a function, x.data), the differences are those of floats, and six digits are asked for. Values
    from outside, such as a model's parameters, count as their numbers. Where the value jumps there
    is nothing to compare with; at a kink every slope between left and right will do.

    Args:
        f: a function of numbers, nested lists, tuples, dicts and arrays of them, giving a scalar.
        args: the point.
        rtol: the relative error allowed.

    Returns:
        What was compared.

    Raises:
        AssertionError: a derivative differs; the message shows which one and both numbers.
        TypeError: f is no function, or there is no number to differentiate by.
        ValueError: f does not return one number, or its value is not finite.

    Example:
        >>> import autograd
        >>> from autograd.testing import check_gradient
        >>> print(check_gradient(lambda x, y: autograd.sin(x * y), 0.5, 2.0))
        numeric: 2 derivatives against differences of 60 digits
    """
    _check_function("check_gradient", f)
    rtol = _tolerance("check_gradient", rtol)
    leaves, structure = flatten(tuple(args))
    point = [real(leaf, "check_gradient") for leaf in leaves]
    if not point:
        raise ArgumentError("check_gradient: there is no number to differentiate by")

    def flat(numbers: Sequence[Any]) -> Any:
        return f(*unflatten(structure, numbers))

    result, gradient = by_backward(flat, point)
    if not math.isfinite(result):
        raise StructureError(f"check_gradient: the value at this point is {result!r}")
    is_precise = True
    for index, derivative in enumerate(gradient):
        true = truth(flat, point, index, derivative)
        is_precise = is_precise and true.is_precise
        expected = true.nearest(derivative)
        rounding = noise(flat, point, index) if true.low == true.high else 0.0
        if not true.allows(derivative, rtol * abs(expected) + rounding):
            raise WrongDerivativeError(
                f"backward and differences do not agree\n\n"
                f"    derivative by number {index + 1} of {len(point)}, at {point[index]!r}\n"
                f"    by backward     {derivative!r}\n"
                f"    by differences  {expected!r}"
            )
    derivatives = f"{len(point)} derivative{'s' * (len(point) != 1)}"
    digits = "60 digits" if is_precise else "floats"
    return Checked("numeric", f"{derivatives} against differences of {digits}")


def _check_function(name: str, f: Any) -> None:
    if not callable(f):
        raise ArgumentError(f"{name}: f is a function, and was {_shown(f)}")


def _tolerance(name: str, rtol: Any) -> float:
    number = real(rtol, f"{name}: rtol")
    if not 0.0 <= number < math.inf:
        raise StructureError(f"{name}: rtol is a relative error such as 1e-9, and was {rtol!r}")
    return number


def _shown(thing: Any) -> str:
    return f"{thing!r:.40} ({type(thing).__name__})"


# -- assert_derivative -------------------------------------------------------------------------


def assert_derivative(
    f: Function,
    df: Function | str,
    domain: tuple[float, float] | None = None,
    *,
    at: Iterable[float] = (),
    rtol: float = 1e-9,
    examples: int = 200,
) -> Checked:
    """Check a derivative worked out by hand against the function that it should belong to.

    Args:
        f: a function of one number, written with Python's operators and autograd's functions.
        df: its derivative: a function of one number, or a formula such as "3*x**2" in one name.
        domain: (lowest, highest), the numbers to try with Hypothesis; (-10, 10) where neither a
            domain nor points are given. Points where f is not real are passed over.
        at: points to try besides, or instead: an iterable of numbers.
        rtol: the relative error allowed.
        examples: how many points of the domain are tried.

    Returns:
        How it was checked: a formula is proved with SymPy where it can be ("exact"), all else is
        compared in numbers ("numeric"). At a kink every slope between left and right will do; at
        a jump of the value the derivative is what backward gives (0 for floor, sign and round).

    Raises:
        AssertionError: it is not the derivative; the message shows the simplest point where it is
            not, both numbers, and what may have gone wrong.
        TypeError: f is no function, df is neither a function nor a formula, or at, domain, rtol
            or examples is of the wrong kind.
        ValueError: the formula cannot be read, the domain is empty, or f is nowhere real in it.

    Example:
        >>> import autograd
        >>> from autograd.testing import assert_derivative
        >>> print(assert_derivative(lambda x: x**3, "3*x**2"))
        exact: SymPy has d/dx x**3 = 3*x**2
        >>> assert_derivative(lambda x: autograd.sin(3 * x), lambda x: autograd.cos(3 * x))
        Traceback (most recent call last):
        ...
        autograd.errors.WrongDerivativeError: this is not the derivative of f
        ...
    """
    _check_function("assert_derivative", f)
    if not callable(df) and not isinstance(df, str):
        raise ArgumentError(
            f"assert_derivative: df is a function, or a formula such as '3*x**2', "
            f"and was {_shown(df)}"
        )
    rtol = _tolerance("assert_derivative", rtol)
    examples = _count(examples)
    points = _points(at)
    bounds = _bounds(domain)
    if bounds is None and not points and not isinstance(df, str):
        bounds = DEFAULT_DOMAIN
    proved = ""
    if isinstance(df, str):
        expression = _of_one_name(df)
        proved = _proved(f, expression, bounds, points)
        df = _as_function(expression)
        if bounds is None and not points and not proved:
            bounds = DEFAULT_DOMAIN
    comparison = _Comparison(f, df, rtol)
    wrong = [point for point in points if comparison.differs(point)]
    if wrong:
        simplest = min(wrong, key=lambda point: len(repr(point)))
        raise comparison.failure(simplest, "one of the points given", bounds, points)
    is_real = comparison.count or (comparison.is_real_in(bounds) if bounds else not points)
    if proved and is_real:
        return Checked("exact", proved)
    if bounds is not None:
        counterexample = _simplest(comparison, bounds, examples)
        if counterexample is not None:
            where = f"the simplest point found in [{bounds[0]:g}, {bounds[1]:g}]"
            raise comparison.failure(counterexample, where, bounds, points)
    if comparison.count == 0:
        raise StructureError("assert_derivative: f is real at none of the points that were tried")
    place = f" in [{bounds[0]:g}, {bounds[1]:g}]" if bounds else ""
    return Checked("numeric", f"{comparison.count} points{place} within {rtol:g}")


def _points(at: Any) -> list[float]:
    if isinstance(at, str) or not isinstance(at, Iterable):
        raise ArgumentError(
            f"assert_derivative: at is an iterable of points, as in at=[3.0], and was {_shown(at)}"
        )
    return [real(point, "assert_derivative: at") for point in at]


def _count(examples: Any) -> int:
    if isinstance(examples, bool) or not hasattr(type(examples), "__index__"):
        raise ArgumentError(
            f"assert_derivative: examples is a whole number, and was {_shown(examples)}"
        )
    if examples < 1:
        raise StructureError(f"assert_derivative: examples is at least 1, and was {examples}")
    return int(examples)


def _bounds(domain: Any) -> tuple[float, float] | None:
    if domain is None:
        return None
    try:
        low, high = domain
    except (TypeError, ValueError):
        raise ArgumentError(
            f"assert_derivative: domain is a pair (lowest, highest), and was {_shown(domain)}"
        ) from None
    low, high = real(low, "domain"), real(high, "domain")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise StructureError(
            f"assert_derivative: domain must be finite and not empty, and was ({low!r}, {high!r})"
        )
    return low, high


def _of_one_name(formula: str) -> Expression:
    expression = read(formula)
    if len(expression.names) > 1:
        raise StructureError(
            f"assert_derivative: the derivative of a function of one number has one name, "
            f"and {formula!r} has {', '.join(expression.names)}"
        )
    return expression


def _as_function(expression: Expression) -> Function:
    return lambda x: expression(dict.fromkeys(expression.names, x))


def _proved(
    f: Function,
    expression: Expression,
    bounds: tuple[float, float] | None,
    points: Sequence[float],
) -> str:
    """Return the identity that SymPy has proved, or an empty text."""
    s = sympy()
    is_positive = (bounds is not None and bounds[0] >= 0.0 and all(p > 0.0 for p in points)) or None
    x = s.Symbol((*expression.names, "x")[0], real=True, positive=is_positive)
    try:
        whole = _symbolic(f, x)
        claimed = _symbolic(_as_function(expression.lifted(Symbolic)), x)
    except (NotExpressibleError, TypeError, AttributeError):
        return ""
    derivative = s.diff(whole, x)
    gap = derivative - claimed
    if (
        gap.has(s.Derivative, s.Subs, s.DiracDelta, s.nan, s.zoo)
        or s.count_ops(gap) > LARGEST_PROOF
    ):
        return ""
    attempts: list[Any] = [s.expand, s.piecewise_fold]
    if all(max(abs(n.p), n.q) <= LONGEST_FRACTION for n in gap.atoms(s.Rational)):
        attempts += [s.simplify, lambda gap: s.simplify(gap.rewrite(s.exp))]
    for attempt in attempts:
        try:
            if attempt(gap) == 0:
                return f"SymPy has d/d{x} {whole} = {claimed}"
        except Exception:  # SymPy gives up in many ways; numbers decide then
            continue
    return ""


def _symbolic(function: Function, x: Any) -> Any:
    result = function(Symbolic(x))
    return result.expression if isinstance(result, Symbolic) else Symbolic(plain(result)).expression


def _simplest(comparison: _Comparison, bounds: tuple[float, float], examples: int) -> float | None:
    """Return the simplest point of the domain where the two differ, by Hypothesis."""
    try:
        from hypothesis import HealthCheck, Phase, currently_in_test_context, find, settings
        from hypothesis import strategies as st
        from hypothesis.errors import NoSuchExample
    except ImportError:
        raise MissingExtraError("assert_derivative over a domain", "testing") from None
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )

    def search() -> float | None:
        try:
            return find(st.floats(*bounds), comparison.differs, settings=chosen)
        except NoSuchExample:
            return None

    if not currently_in_test_context():
        return search()
    # Hypothesis refuses a search inside one of its tests, which here is meant: in a thread of its
    # own it is a search like any other.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(search).result()


class _Comparison:
    """A derivative in question beside the true one, point by point."""

    def __init__(self, f: Function, df: Function, rtol: float) -> None:
        self.f = f
        self.df = df
        self.rtol = rtol
        self.count = 0

    def differs(self, x: float) -> bool:
        """Return whether the derivative in question is wrong at a point."""
        found = self.numbers(x)
        if found is None:
            return False
        self.count += 1
        claimed, true, is_rounded = found
        allowed = self.rtol * abs(true.nearest(claimed)) + 1e-30
        if true.allows(claimed, allowed):
            return False
        return not (is_rounded and true.allows(claimed, allowed + self._noise(x)))

    def is_real_in(self, bounds: tuple[float, float]) -> bool:
        """Return whether f is real at one of some points of a domain."""
        low, high = bounds
        tried = (low + (high - low) * step / 16 for step in range(17))
        return any(self.numbers(x) is not None for x in tried)

    def numbers(self, x: float) -> tuple[float, Truth, bool] | None:
        """Return the derivative in question, the true one, and whether rounding has a part in it.

        Nothing is returned where f is not real.
        """
        result, (derivative,) = by_backward(self._of_point, [x])
        if not math.isfinite(result):
            return None
        claimed, is_rounded = self._claimed(x)
        true = truth(self._of_point, [x], 0, derivative)
        if not true.is_precise and true.allows(derivative, 0.0) and true.low == true.high:
            # Floats have few digits for differences, but vouch for backward, which has all.
            rounding = roughness(self._of_point, x)
            true = Truth(derivative, derivative, rounding, is_precise=False)
        return claimed, true, is_rounded or not true.is_precise

    def _of_point(self, point: Sequence[Any]) -> Any:
        return self.f(point[0])

    def _claimed(self, x: float) -> tuple[float, bool]:
        """Return what df gives: with many digits where it can, else with floats."""
        try:
            return float(value(lambda point: self._precise_claim(point[0]), [x])), False
        except Exception:  # math.cos and others take floats only, and say so in many ways
            pass
        try:
            result = self.df(x)
        except (ArithmeticError, ValueError):
            return math.nan, True
        return plain(result, "the derivative"), True

    def _precise_claim(self, x: Precise) -> Any:
        claim = self.df(x)
        if not isinstance(claim, Precise):
            raise NotExpressibleError("df does not keep the digits of its argument")
        return claim

    def _noise(self, x: float) -> float:
        """Return what rounding may do to df at x: how it jumps from one float to the next."""
        near = [x, x]
        claims = [self._claimed(x)[0]]
        for _ in range(4):
            near = [math.nextafter(near[0], -math.inf), math.nextafter(near[1], math.inf)]
            claims += [self._claimed(number)[0] for number in near]
        finite = [claim for claim in claims if math.isfinite(claim)]
        spread = max(finite) - min(finite) if finite else 0.0
        sizes = [
            abs(by_backward(self._of_point, [x * 0.5**halving])[1][0]) for halving in range(1, 7)
        ]
        return 4.0 * spread + 1e-13 * max((size for size in sizes if size < math.inf), default=0.0)

    def failure(
        self,
        x: float,
        where: str,
        bounds: tuple[float, float] | None,
        points: list[float],
    ) -> WrongDerivativeError:
        """Return the error that a student can learn from."""
        found = self.numbers(x)
        assert found is not None
        claimed, true, _ = found
        lines = [
            "this is not the derivative of f",
            "",
            f"    at x =       {x!r}   ({where})",
            f"    yours is     {self._shown(x, claimed)}",
            f"    it should be {true.nearest(claimed)!r}",
        ]
        sentence = diagnosis(self._trials(x, bounds, points))
        if sentence:
            lines += ["", "What may have gone wrong:", *textwrap.wrap(sentence, 76)]
        return WrongDerivativeError("\n".join(lines))

    def _shown(self, x: float, claimed: float) -> str:
        try:
            self.df(x)
        except (ArithmeticError, ValueError) as error:
            return f"not a number: {type(error).__name__}, {error}"
        return repr(claimed)

    def _trials(
        self, x: float, bounds: tuple[float, float] | None, points: list[float]
    ) -> list[Trial]:
        low, high = bounds or (x - 2.0, x + 2.0)
        golden = 0.6180339887498949
        spread = [low + (high - low) * (index * golden % 1.0) for index in range(1, 13)]
        trials = []
        for at in (*points, x, *spread):
            found = self.numbers(at)
            root = self.f(leaf := Value(at, label="x"))
            if found is None or not isinstance(root, Value):
                continue
            claimed, true, _ = found
            slope = true.nearest(claimed)
            if math.isfinite(slope):
                trials.append(Trial(at, claimed, slope, leaf, root))
        return trials
