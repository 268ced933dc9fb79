"""Checks of derivatives worked out by hand or by backward: assert_derivative, check_gradient."""

from __future__ import annotations

import inspect
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.errors import ArgumentError, StructureError, WrongDerivativeError
from autograd.signatures import misfit
from autograd.table.opaque import Primitive
from autograd.table.operation import real
from autograd.testing.arguments import (
    Bounds,
    Function,
    Parameters,
    Point,
    point_of,
    shown,
    told_of_trees,
)
from autograd.testing.comparison import Comparison, Judgement
from autograd.testing.diagnosis import Trial, diagnosis, near
from autograd.testing.formulas import Formula, as_python, formulas_of, together
from autograd.testing.sampling import counterexample, kinks, simple_points, simplicity, spread
from autograd.testing.symbols import proof
from autograd.testing.undefined import origin, plain_domain
from autograd.trees import explain_arrays
from autograd.wording import brief, counted
from autograd.wrong_calls import asking

__tracebackhide__ = True  # from reports of pytest

DEFAULT_DOMAIN = (-10.0, 10.0)
FURTHER = " and some to 1e6"  # of the points that are tried where no domain is given
FURTHEST = 1e6
MOST_LISTED = 20  # wrong components in a report
FEW = 10  # points, of which it tells nothing how many are right
SPREAD, ENOUGH = 12, 6  # points at which slips are looked for, and of them with a true derivative
NEAR_BY = (2.0, 0.5, 0.05)  # how far from a wrong point they are, where there are not enough


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check that passed was made.

    Attributes:
        method: "exact" where SymPy has proved it, "numeric" where numbers were compared.
        detail: the identity that was proved, or the points that were tried.
    """

    method: str
    detail: str

    def __str__(self) -> str:
        return f"{self.method}: {self.detail}"


# -- check_gradient ----------------------------------------------------------------------------


@asking("check_gradient(f, 2.0)")
def check_gradient(f: Function, *args: object, rtol: float = 1e-9) -> Checked:
    """Check the gradient of f by backward against differences of numbers with many digits.

    Of a compiled function they are those of the function that was compiled. Where f cannot run on
    such numbers (a primitive of floats, x.data), the differences are
    those of floats, and six digits are asked for. Values from outside, such as a model's
    parameters, count as their numbers. Where the value jumps there is nothing to compare with; at a
    kink every slope between left and right will do.

    Args:
        f: a function of numbers, nested lists, tuples, dicts and arrays of them, giving a scalar.
        args: the point.
        rtol: the relative error allowed.

    Returns:
        What was compared.

    Raises:
        AssertionError: a derivative differs; the message shows which ones and both numbers.
        TypeError: f is no function, or there is no number to differentiate by.
        ValueError: f does not return one number, or its value is not finite.

    Example:
        >>> import autograd
        >>> from autograd.testing import check_gradient
        >>> print(check_gradient(lambda x, y: autograd.sin(x * y), 0.5, 2.0))
        numeric: 2 derivatives against differences of 60 digits
    """
    _check_function("check_gradient", f)
    comparison = Comparison(f, None, _tolerance("check_gradient", rtol), Parameters(f))
    for given in args:
        if inspect.isroutine(given) or isinstance(given, str):
            raise ArgumentError(
                f"check_gradient: after f come its arguments, a point, and {brief(given)} is none: "
                f"a derivative of your own is checked by assert_derivative(f, df)"
            )
    point = point_of(args, "check_gradient")
    if not point.numbers:
        raise ArgumentError(
            "check_gradient: there is no number to differentiate by: give the arguments of f after "
            "it, check_gradient(f, 2.0)"
        )
    try:
        judged = comparison.judged(point, verified=True)
    except (IndexError, AttributeError, TypeError) as error:
        explain_arrays("check_gradient", args, error)
        if wrong := misfit(f, args):
            raise ArgumentError(
                f"check_gradient: f was called with what follows it, one point, and {wrong}: "
                f"check one point after the other, each with an argument for each of f's"
            ) from None
        raise
    if not judged:
        raise StructureError(
            f"check_gradient: the value at this point is {comparison.backward(point)[0]!r}"
        )
    if not all(judgement.is_right for judgement in judged):
        heads = ("by backward", "by differences")
        lines = ["backward and differences do not agree"]
        lines += _shown(comparison, point, judged, heads)
        reasons = list(_reasons(*comparison.graph(point), judged))
        lines += ["", *reasons] if reasons else []
        raise WrongDerivativeError("\n".join(lines))
    derivatives = f"{counted(len(judged), 'derivative')}"
    digits = "60 digits" if all(judgement.is_precise for judgement in judged) else "floats"
    return Checked("numeric", f"{derivatives} against differences of {digits}")


def _reasons(
    leaves: Sequence[Value], root: Value | None, judged: Sequence[Judgement]
) -> Iterator[str]:
    """Yield where each nan of backward comes from, and where a part of f is kept from it."""
    from autograd.explorer.explanation import explain

    for leaf, judgement in zip(leaves, judged, strict=True):
        if root is not None and not judgement.is_right and math.isnan(judgement.claimed):
            yield from textwrap.wrap(explain(root, leaf).reason, 80)
    wrong = [judgement for judgement in judged if not judgement.is_right]
    if wrong and all(judgement.claimed == 0.0 for judgement in wrong):
        yield "nothing arrives by backward:"
        yield "what f takes out by .data or stop_gradient has no gradient"
    elif wrong and root is not None:
        used = {type(node.op): node.op for node in ordered(root)}
        if own := used.get(Primitive):
            yield "what backward goes by there is a rule of your own:"
            yield f"see the partials of {own.name}; check_gradient({own.name}, ...) is for it alone"


def _check_function(name: str, f: object) -> None:
    if not callable(f):
        known = as_python(f) if isinstance(f, str) else ""
        way = f": write {known}" if known else ", such as lambda x: x**2"
        raise ArgumentError(f"{name}: f is a function, and was {shown(f)}{way}")


def _tolerance(name: str, rtol: float) -> float:
    number = real(rtol, f"{name}: rtol")
    if not 0.0 <= number < math.inf:
        raise StructureError(f"{name}: rtol is a relative error such as 1e-9, and was {rtol!r}")
    return number


# -- assert_derivative -------------------------------------------------------------------------


@asking("assert_derivative(f, '3*x**2')")
def assert_derivative(
    f: Function,
    df: Function | str | Sequence[str] | Mapping[str, str],
    domain: Bounds | Mapping[str, object] | None = None,
    *,
    at: Iterable[object] = (),
    rtol: float = 1e-9,
    examples: int = 200,
) -> Checked:
    """Check a derivative worked out by hand against the function that it should belong to.

    Small whole numbers, the ends of the domain, the kinks of f and the numbers next to all of these
    are always tried, then random ones by Hypothesis; every point is judged by itself.

    Args:
        f: a function written with Python's operators and autograd's functions, of one number, of
            several, or of trees of numbers (lists, tuples, dicts, arrays, models), giving one.
        df: its derivative: a function that returns what ``grad(f)`` does, or a tuple of the
            derivatives by all arguments; or a formula such as "3*x**2", for several numbers one
            for each.
        domain: (lowest, highest), the numbers to try; (-10, 10) and a few large ones where neither
            a domain nor points are given. For several arguments {"a": (lowest, highest), ...},
            with such pairs in lists, tuples and dicts where an argument is a tree. Points where f
            is not real are passed over.
        at: points to try besides, or instead: numbers, for several arguments tuples of them.
        rtol: the relative error allowed.
        examples: how many random points of the domain are tried.

    Returns:
        How it was checked: a formula is proved with SymPy where it can be ("exact"), all else is
        compared in numbers ("numeric"). At a kink every slope between left and right will do, at
        a jump of the value the slope on the side that the value belongs to, or what backward gives
        (0 for sign), and at both, and at ends of the domain, df may be nan or raise an error.
        What overflows in floats is judged by many digits where df takes them; a proved formula may
        be no number at single points where neither domain nor points are given. Both are told.

    Raises:
        AssertionError: it is not the derivative; the message shows the simplest point where it is
            not, all wrong components with both numbers, and what may have gone wrong in each.
        TypeError: f is no function, df is neither a function nor a formula, or at, domain, rtol
            or examples is of the wrong kind.
        ValueError: the formula cannot be read, the domain is empty, or f is nowhere real in it.

    Example:
        >>> import autograd
        >>> from autograd.testing import assert_derivative
        >>> print(assert_derivative(lambda x: x**3, "3*x**2"))
        exact: SymPy has d/dx x**3 = 3*x**2
        >>> print(assert_derivative(lambda a, b: a * b**2, ("b**2", "2*a*b")))
        exact: SymPy has d/da a*b**2 = b**2, d/db a*b**2 = 2*a*b
        >>> assert_derivative(lambda x: autograd.sin(3 * x), lambda x: autograd.cos(3 * x))
        Traceback (most recent call last):
        ...
        autograd.errors.WrongDerivativeError: this is not the derivative of f
        ...
    """
    _check_function("assert_derivative", f)
    _check_domain(df, domain)
    parameters = Parameters(f, domain)
    rtol = _tolerance("assert_derivative", rtol)
    examples = _count(examples)
    points = parameters.points(at)
    formulas = formulas_of(df, parameters.names)
    place, bounds = parameters.domain(DEFAULT_DOMAIN if domain is None else domain)
    if domain is None and points:
        bounds = []
    claim = df if callable(df) else together(formulas)
    comparison = Comparison(f, claim, rtol, parameters)

    given: list[Point] = []  # those that are wrong
    try:
        given += [point for point in points if comparison.wrong(point, verified=True)]
        wrong = given or [
            *filter(comparison.wrong, _tried(comparison, place, bounds, domain is None))
        ]
    except (TypeError, AttributeError, IndexError) as error:
        tried = points[0] if points else place
        if unfit := misfit(f, tried.arguments()):
            raise ArgumentError(
                f"assert_derivative: f is called with numbers, by position, and {unfit}: write a "
                f"function of what it is differentiated by alone, lambda x: f(x, n=3)"
            ) from None
        if callable(df) and (unfit := misfit(df, tried.arguments())):
            names = ", ".join(parameters.names)
            raise ArgumentError(
                f"assert_derivative: df is called with the arguments of f ({names}), and {unfit}: "
                f"it takes them all, and returns the derivatives by all, lambda x, y: (..., ...)"
            ) from None
        if note := told_of_trees(f, df, parameters.names, tried, error):
            error.add_note(note)
        raise
    if given:
        raise _failure(
            comparison, _telling(comparison, given), "one of the points given", bounds, points
        )
    is_usual = domain is None and not points
    is_undefined = bool(wrong) and all(map(comparison.is_undefined, wrong))
    is_isolated = is_usual and is_undefined and all(map(comparison.is_isolated, wrong))
    proved = ""
    if formulas and (is_isolated or not wrong) and (comparison.count or is_usual):
        proved = _proof(f, formulas, bounds, points)
    if proved and is_isolated:
        proved += f"; it is no number at {_named(comparison, wrong)}"
        wrong = []
    if bounds and not proved and (is_undefined or not wrong):

        def is_wrong(numbers: Sequence[float]) -> bool:
            tried = place.at(numbers)
            is_known = is_undefined and comparison.is_undefined(tried)
            return bool(comparison.wrong(tried)) and not is_known

        found = counterexample(is_wrong, bounds, examples)
        wrong = [place.at(found)] if found is not None else wrong
    within = f" in [{bounds[0][0]:g}, {bounds[0][1]:g}]" if len(set(bounds)) == 1 else ""
    within += FURTHER * is_usual
    if wrong:
        where = f"the simplest found{within}"
        raise _failure(comparison, _telling(comparison, wrong), where, bounds, points)
    in_digits = ""
    if comparison.overflows:  # of floats
        in_digits = f"; by many digits at {_named(comparison, comparison.overflows)}"
    if proved:
        return Checked("exact", proved + in_digits)
    if comparison.count == 0:
        raise StructureError("assert_derivative: f is real at none of the points that were tried")
    return Checked(
        "numeric", f"{counted(comparison.count, 'point')}{within} within {rtol:g}{in_digits}"
    )


def _check_domain(df: object, domain: object) -> None:
    """Refuse the derivative by a second argument where the domain goes."""
    if isinstance(domain, str) or callable(domain):
        one, other = (brief(part) if isinstance(part, str) else "..." for part in (df, domain))
        way = (
            f"formulas by several arguments go in one tuple, assert_derivative(f, ({one}, {other}))"
            if isinstance(domain, str)
            else "one function returns the derivatives by all arguments, lambda x, y: (..., ...)"
        )
        raise ArgumentError(
            f"assert_derivative: after df comes the domain, a pair (lowest, highest), and it was "
            f"{shown(domain)}: {way}"
        )


def _count(examples: int) -> int:
    if isinstance(examples, bool) or not hasattr(type(examples), "__index__"):
        raise ArgumentError(
            f"assert_derivative: examples is a whole number, and was {shown(examples)}"
        )
    if examples < 1:
        raise StructureError(f"assert_derivative: examples is at least 1, and was {examples}")
    return int(examples)


def _proof(
    f: Function, formulas: Sequence[Formula], bounds: Sequence[Bounds], points: Sequence[Point]
) -> str:
    """Return the identities that SymPy has proved, or an empty text."""
    names = formulas[0].names
    is_positive = [
        bool(bounds) and bounds[index][0] >= 0.0 and all(p.numbers[index] > 0.0 for p in points)
        for index in range(len(names))
    ]
    return proof(f, [formula.lifted() for formula in formulas], names, is_positive)


def _tried(
    comparison: Comparison, place: Point, bounds: Sequence[Bounds], with_large: bool
) -> list[Point]:
    """Return the points of a domain that are always tried."""
    if not bounds:
        return []
    simple = simple_points(bounds, with_large)
    path = [*spread(bounds, 16)]
    if len(bounds) == 1:
        path = sorted([*simple, *path])
    found = kinks(lambda numbers: comparison.graph(place.at(numbers))[1], path)
    inside = [
        numbers
        for numbers in found
        if all(low <= n <= high for n, (low, high) in zip(numbers, bounds, strict=True))
    ]
    return [place.at(numbers) for numbers in (*simple, *inside)]


def _telling(comparison: Comparison, points: Iterable[Point]) -> Point:
    """Return the point where the most components are wrong, the simplest of several.

    Those where a number is wrong tell more than those where there is none, and those with a finite
    derivative more than a kink or the end of a square root.
    """
    return min(
        points,
        key=lambda p: (
            comparison.is_undefined(p),
            comparison.is_special(p),
            -comparison.wrong(p),
            simplicity(p.numbers),
        ),
    )


def _named(comparison: Comparison, points: Sequence[Point]) -> str:
    """Return the simplest of some points, and how many others there are."""
    known = sorted(set(points), key=lambda p: simplicity(p.numbers))
    names = comparison.parameters.components(known[0])
    first = ", ".join(f"{n} = {x!r}" for n, x in zip(names, known[0].numbers, strict=True))
    return first + f" and {len(known) - 1} more" * (len(known) > 1)


# -- the report --------------------------------------------------------------------------------


def _failure(
    comparison: Comparison,
    point: Point,
    where: str,
    bounds: Sequence[Bounds],
    points: Sequence[Point],
) -> WrongDerivativeError:
    """Return the error that a student can learn from."""
    judged = comparison.judged(point, verified=True)
    lines = ["this is not the derivative of f"]
    right = comparison.right
    if right and comparison.is_undefined(point):
        many = f"{counted(right, 'point')}"
        lines = [f"this is right wherever it is finite ({many}), and not finite everywhere"]
    lines += _shown(comparison, point, judged, ("yours is", "it should be"), where)
    names = comparison.parameters.components(point)
    if right and comparison.is_undefined(point):
        reach = [(-FURTHEST, FURTHEST)] * len(bounds) if FURTHER in where else bounds
        lines += ["", *_undefined(comparison, point, judged, reach)]
        return WrongDerivativeError("\n".join(lines))
    trials = _trials(comparison, point, judged, bounds, points)
    sentences: dict[str, list[str]] = {}
    for index, judgement in enumerate(judged):
        if not judgement.is_right and len(sentences) < MOST_LISTED:
            sentences.setdefault(diagnosis(trials, index), []).append(names[index])
    if any(sentences):
        lines += ["", "What may have gone wrong:"]
    for sentence, components in sentences.items():
        if sentence:
            by = f"by {', '.join(components)}: " if len(names) > 1 else ""
            lines += textwrap.wrap(by + sentence, 76)
    if not any(sentences) and 2 * right >= comparison.count > FEW:
        lines += ["", f"At {right} of the {comparison.count} points that were tried it is right."]
    return WrongDerivativeError("\n".join(lines))


def _undefined(
    comparison: Comparison, point: Point, judged: Sequence[Judgement], bounds: Sequence[Bounds]
) -> Iterator[str]:
    """Yield the lines on why a derivative is no finite number at a point, and what to do."""
    index = next(place for place, judgement in enumerate(judged) if not judgement.is_right)
    root = comparison.claim(point, index)
    reason = origin(root) if root is not None else ""
    if isinstance(comparison.refusal, OverflowError):
        reason = "There it overflows: a float ends at 1.8e308"
    if reason:
        yield from textwrap.wrap(f"{reason}.", 76)
    if not bounds:
        yield "Write it otherwise, or leave such points out of at."
        return

    def is_right(pair: Bounds) -> bool:
        pairs = [pair] * len(bounds)
        return not any(map(comparison.wrong, _tried(comparison, point, pairs, False)))

    yield "Write it otherwise, or give a domain without such points:"
    found = plain_domain(is_right, bounds)
    low, high = map("{:g}".format, found) if found else ("lowest", "highest")
    names = comparison.parameters.names
    if len(names) != len(bounds):  # of trees
        yield f"    with ({low}, {high}) for each number"
        return
    pairs = ", ".join(f"{name!r}: ({low}, {high})" for name in names)
    yield f"    domain={f'({low}, {high})' if len(names) == 1 else f'{{{pairs}}}'}"


def _shown(
    comparison: Comparison,
    point: Point,
    judged: Sequence[Judgement],
    heads: tuple[str, str],
    where: str = "",
) -> list[str]:
    """Return the point, and a table of all components that are wrong."""
    names = comparison.parameters.components(point)
    numbers = [f"{name} = {n!r}" for name, n in zip(names, point.numbers, strict=True)]
    where = f"   ({where})" if where else ""
    if len(names) == 1:
        shown = (_number(comparison, judged[0].claimed), _truth(judged[0]))
        rows = [("at " + names[0] + " =", repr(point.numbers[0]) + where)]
        rows += zip(heads, shown, strict=True)
        width = max(len(head) for head, _ in rows)
        return ["", *(f"    {head:<{width}} {number}" for head, number in rows)]
    place = textwrap.wrap(f"at {', '.join(numbers[:MOST_LISTED])}", 76)
    more = len(numbers) - MOST_LISTED
    if more > 0:
        place.append(f"and {more} more numbers")
    wrong = [(name, j) for name, j in zip(names, judged, strict=False) if not j.is_right]
    table = [("by", *heads)]
    table += [(n, _number(comparison, j.claimed), _truth(j)) for n, j in wrong[:MOST_LISTED]]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    lines = ["", *(f"    {line}" for line in place)]
    lines[-1] += where
    lines.append("")
    lines += ["    " + "   ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    if len(wrong) > MOST_LISTED:
        lines.append(f"    and {len(wrong) - MOST_LISTED} more")
    return lines


def _truth(judgement: Judgement) -> str:
    """Return what a derivative should be: at a kink there is more than one answer."""
    if judgement.between is None:
        return repr(judgement.true)
    low, high = judgement.between
    return f"from {low!r} to {high!r}, at a kink"


def _number(comparison: Comparison, claimed: float) -> str:
    """Return a claim, or why there is none."""
    refusal = comparison.refusal
    if math.isnan(claimed) and refusal is not None:
        return f"not a number: {type(refusal).__name__}, {refusal}"
    return repr(claimed)


def _trials(
    comparison: Comparison,
    point: Point,
    judged: Sequence[Judgement],
    bounds: Sequence[Bounds],
    points: Sequence[Point],
) -> list[Trial]:
    """Return what is claimed and what is true at some points, with the graphs of f there.

    If backward is right at the point in question, it is trusted at the others too.
    """
    backward = comparison.backward(point)[1]
    is_trusted = all(map(near, backward, (judgement.true for judgement in judged)))
    around = [(number - 2.0, number + 2.0) for number in point.numbers]
    trials: list[Trial] = []

    def add(tried: Iterable[Point]) -> None:
        for at in tried:
            if at.structure != point.structure:
                continue
            try:
                found = (
                    comparison.trusting(at) if is_trusted else comparison.judged(at, verified=True)
                )
                leaves, root = comparison.graph(at)
            except Exception:  # f and df need not know what to do at points that nobody asked for
                continue
            true = [judgement.true for judgement in found]
            if root is None and not any(true):  # f gives a plain number
                root = Value(0.0)
            if root is not None and found and all(map(math.isfinite, true)):
                claimed = [judgement.claimed for judgement in found]
                trials.append(Trial(claimed, true, leaves, root, partial(comparison.slope, at)))

    add((*points, point, *map(point.at, spread(bounds or around, SPREAD))))
    for near_by in NEAR_BY if bounds else ():  # where f is real in a small part of the domain
        if len(trials) >= ENOUGH:
            break
        sides = [
            (max(low, number - near_by), min(high, number + near_by))
            if low <= number <= high  # else it is one of those far outside
            else (number - near_by, number + near_by)
            for (low, high), number in zip(bounds, point.numbers, strict=True)
        ]
        add(map(point.at, spread(sides, SPREAD)))
    return trials
