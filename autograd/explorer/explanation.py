"""``explain(y, x)``: a gradient split into its paths, and why it is zero, nan or extreme."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from autograd.engine.value import Value
from autograd.errors import ArgumentError, MissingAttributeError
from autograd.explorer.chain_rule import graph_under
from autograd.explorer.paths import MOST_COUNTED, Path, Use, Ways
from autograd.explorer.reasons import Reasons
from autograd.files import UNWRITTEN
from autograd.habits import instead_of
from autograd.notation.formula import Derivative, Formula
from autograd.notation.names import Names
from autograd.notation.numbers import USUAL_DIGITS, checked_digits
from autograd.notation.numbers import digits as rounded
from autograd.notation.writing import TextWriter
from autograd.wording import brief, counted
from autograd.wrong_calls import asking

MOST_PRINTED = 12
MOST_FACTORS = 8


@dataclass(frozen=True, slots=True)
class Explanation:
    """The derivative of y by x, path by path.

    Attributes:
        y: the root.
        x: the node by which it is differentiated.
        gradient: d(y)/d(x), the number that backward adds to ``x.grad``.
        count: how many paths lead from y to x (10**18 stands for that many or more).
        magnitude: the sum of the magnitudes of their products.
        paths: the paths, the largest first; all of them, or the largest where there are many.
        rest: what the paths that are not listed add up to; 0.0 where all are listed, nan where it
            cannot be told, since those that are listed have no finite sum.
        uses: the paths grouped by the last edge into x; the totals add up to the gradient.
        reason: why the gradient is zero, nan, infinite, huge or tiny; "" where it is none of these.
        digits: how many significant digits of numbers are shown.
    """

    y: Value
    x: Value
    gradient: float
    count: int
    magnitude: float
    paths: tuple[Path, ...]
    rest: float
    uses: tuple[Use, ...]
    reason: str
    _names: Names = field(repr=False)
    digits: int = USUAL_DIGITS

    def __str__(self) -> str:
        total = Derivative(self._names[self.y], self._names[self.x], self.gradient)
        lines = [f"{self._write(total)} = {self._write(self.gradient)}, over {_paths(self.count)}"]
        rows = [self._row(path) for path in self.paths[:MOST_PRINTED]]
        wide = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
        lines += [f"  {a:>{wide[0]}}{b:<{wide[1]}}  {c}" for a, b, c in rows]
        unlisted = self.count - len(rows)
        if unlisted > 0:
            rest = _sum([self.rest, *[path.product for path in self.paths[MOST_PRINTED:]]])
            words = _others(self.count, unlisted, rest, self.digits)
            lines += [f"  and {words}", *self._grouped()]
        if self.reason:
            lines.append(self.reason)
        return "\n".join(lines)

    __repr__ = __str__

    def __getattr__(self, name: str) -> NoReturn:
        if name in UNWRITTEN:
            raise MissingAttributeError(
                f"{name}: an explanation is text, print(explain(y, x)): derivation(y, x) is also "
                f"typeset, and saved by .save('d.html')"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _write(self, whole: Formula | float) -> str:
        if isinstance(whole, Formula):
            return TextWriter(self.digits).write(whole)
        return rounded(whole, self.digits)

    def _row(self, path: Path) -> tuple[str, str, str]:
        """Return the product, its factors where there are several, and the nodes of a path."""

        def factor(place: int) -> str:
            partial = path.partials[place]
            written = self._write(partial)
            return f"({written})" if partial < 0.0 and place else written

        factors = _shortened(len(path.partials), factor)
        nodes = _shortened(len(path.nodes), lambda at: self._write(self._names[path.nodes[at]]))
        return (
            self._write(path.product),
            f" = {' * '.join(factors)}" if len(factors) > 1 else "",
            " -> ".join(nodes),
        )

    def _grouped(self) -> list[str]:
        uses = sorted(self.uses, key=lambda use: abs(use.total), reverse=True)
        if len(uses) < 2:
            return []
        lines = ["by the last edge:"]
        nodes = [use.node for use in uses]
        for use in uses[:MOST_PRINTED]:
            node = self._write(self._names[use.node])
            definition = self._write(self._names.definition(use.node))
            often = sum(each is use.node for each in nodes) > 1
            operand = f"operand {use.index + 1} of {len(use.node.args)}, " * often
            total = f"{self._write(use.total):>10}"
            lines.append(f"  {total}  {node} = {definition}  ({operand}{_paths(use.count)})")
        if len(uses) > MOST_PRINTED:
            more = len(uses) - MOST_PRINTED
            lines.append(f"  and {counted(more, 'more edge')}")
        return lines


def _sum(products: list[float]) -> float:
    """Return the sum, correctly rounded; nan for inf - inf, and inf beyond the largest float."""
    try:
        return math.fsum(products)
    except (ValueError, OverflowError):
        return sum(products)


def _others(count: int, unlisted: int, rest: float, digits: int) -> str:
    """Return words for the paths that are not listed, and what they add up to."""
    if count == MOST_COUNTED:
        words, verb = "the other paths", "add up to"
    else:
        words = f"{counted(unlisted, 'more path')}"
        verb = "add up to" if unlisted > 1 else "adds"
    return f"{words}, which {verb} {rounded(rest, digits)}" if rest == rest else words


def _paths(count: int) -> str:
    if count == MOST_COUNTED:
        return "more than 10**18 paths"
    return f"{counted(count, 'path') if count else 'no paths'}"


def _shortened(count: int, write: Callable[[int], str]) -> list[str]:
    """Return what is written of the first and the last parts, or of all where they are few."""
    if count <= MOST_FACTORS:
        return [write(place) for place in range(count)]
    first, last = [[write(at) for at in part] for part in (range(4), range(count - 3, count))]
    return [*first, f"... {count - 7} more ...", *last]


@asking("explain(y, x)")
def explain(y: Value, x: Value, limit: int = 100, digits: int = USUAL_DIGITS) -> Explanation:
    """Split d(y)/d(x) into its paths, and say why it is zero, nan or huge where it is.

    Args:
        y: the root of the graph.
        x: any node; where y does not depend on it, the explanation says so.
        limit: how many paths to list at most, and fewer of many thousand steps. The others are
            counted and summed, not enumerated.
        digits: how many significant digits of numbers to show, from 1 to 17.

    Returns:
        An Explanation; printed, it shows the largest paths and the reason.

    Raises:
        TypeError: y or x is not a Value, the limit is not a whole number, or there cannot be so
            many digits.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, explain
        >>> x = Value(3.0, label="x")
        >>> y = x * x + 2 * x
        >>> y.label = "y"
        >>> print(explain(y, x))
        dy/dx = 8, over 3 paths
          3 = 1 * 3  y -> v1 -> x
          3 = 1 * 3  y -> v1 -> x
          2 = 1 * 2  y -> v2 -> x
    """
    order = graph_under(y, "explain")
    if not isinstance(x, Value):
        raise ArgumentError(
            f"explain splits d(y)/d(x) for a Value x, and was given {brief(x)}: {instead_of(x)}"
        )
    if not isinstance(limit, int) or limit < 1:
        raise ArgumentError(f"explain: limit is a whole number from 1 on, and was {brief(limit)}")
    digits = checked_digits("explain", digits)
    ways = Ways(order, x)
    names = Names(order if id(x) in ways.adjoints else [*order, x])
    paths = ways.largest(limit)
    complete = len(paths) == ways.count
    return Explanation(
        y=y,
        x=x,
        gradient=ways.gradient,
        count=ways.count,
        magnitude=ways.magnitude,
        paths=tuple(paths),
        rest=0.0 if complete else ways.gradient - _sum([path.product for path in paths]),
        uses=tuple(ways.uses()),
        reason=Reasons(ways, names, TextWriter(digits)).reason(paths),
        _names=names,
        digits=digits,
    )
