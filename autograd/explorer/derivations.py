"""Whole formulas and worked derivations, written as a teacher writes them.

Everything comes from the operation table: an operation's form gives the formula, its rule gives the
derivative, and its name gives the name of the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from autograd.errors import ArgumentError
from autograd.explorer.chain_rule import computed, graph_under, is_under, slope
from autograd.explorer.paths import Ways
from autograd.notation.formula import (
    Adjoint,
    Application,
    Derivative,
    Formula,
    Number,
    tidied,
    with_numbers,
)
from autograd.notation.names import Names
from autograd.notation.writing import LATEX, TEXT, Equation, Part, Worked
from autograd.table import rows as ops

if TYPE_CHECKING:
    from autograd.engine.value import Value

LONGEST_FORMULA = 24  # operations in one line; beyond that a formula is set in several
MOST_LINES = 60
MOST_TERMS = 8


# -- one formula for a whole graph -------------------------------------------------------------


def latex(y: Value) -> str:
    r"""Return the formula of y in LaTeX, in terms of the leaves under it.

    A long formula is set in several lines, with a name for whatever is used more than once; of a
    very long one the last lines are shown.

    Args:
        y: the root of the graph; it may be the result of ``gradient``.

    Returns:
        LaTeX for mathematical mode.

    Raises:
        TypeError: y is not a Value.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, latex
        >>> x = Value(3.0, label="x")
        >>> y = x**2 / (1 + x)
        >>> y.label = "y"
        >>> print(latex(y))
        y = \frac{{x}^{2}}{1 + x}
    """
    order = graph_under(y, "latex")
    names = Names(order)
    if y.op is None:
        return LATEX.line([Equation((names[y], Number(y.data)))])
    rows = [
        (LATEX.write(names[node]), LATEX.write(tidied(whole)))
        for node, whole in _lines(order, names)
    ]
    if len(rows) == 1:
        return rows[0][1] if not y.label else " = ".join(rows[0])
    written = [f"{name} &= {whole}" for name, whole in rows[-MOST_LINES:]]
    if len(rows) > MOST_LINES:
        written.insert(0, r"&\ \,\vdots")
    return r"\begin{aligned} " + r" \\ ".join(written) + r" \end{aligned}"


def one_line(order: list[Value], names: Names) -> str:
    """Return ``y = tanh(w * x + b)`` as text where that is one line; else the name of y alone."""
    lines = _lines(order, names)
    name = TEXT.write(names[order[-1]])
    return f"{name} = {TEXT.write(tidied(lines[0][1]))}" if len(lines) == 1 else name


def _lines(order: list[Value], names: Names) -> list[tuple[Value, Formula]]:
    """Return the nodes that get a line of their own, each with its formula.

    All of y in one line where it is short enough, else a line for each node that has a label,
    is used more than once, or would make its line too long.
    """
    root = order[-1]
    uses: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for node in order:
        size = 0 if node.op is None else 1
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None:
                uses[id(arg)] = uses.get(id(arg), 0) + 1
                size += sizes[id(arg)]
        sizes[id(node)] = min(size, LONGEST_FORMULA + 1)
    whole = sizes[id(root)] <= LONGEST_FORMULA
    formulas: dict[int, Formula] = {}
    lengths: dict[int, int] = {}
    lines: list[tuple[Value, Formula]] = []
    for node in order:
        if node.op is None:
            formulas[id(node)], lengths[id(node)] = names[node], 0
            continue
        operands: list[Formula] = []
        length = 1
        for arg, partial in zip(node.args, node.partials, strict=True):
            operands.append(Number(arg) if partial is None else formulas[id(arg)])
            length += 0 if partial is None else lengths[id(arg)]
        formula = Application(node.op, tuple(operands))
        named = node.label or uses.get(id(node), 0) > 1 or length > LONGEST_FORMULA // 2
        if node is root or (named and not whole):
            lines.append((node, formula))
            formulas[id(node)], lengths[id(node)] = names[node], 0
        else:
            formulas[id(node)], lengths[id(node)] = formula, length
    return lines


# -- a worked derivation -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Derivation(Worked):
    """A worked derivation of d(y)/d(x); ``str`` gives it as text, a notebook shows it typeset.

    Attributes:
        y: the root.
        x: the node by which it is differentiated.
        gradient: the result.
        parts: headings and equations, in order.
    """

    y: Value
    x: Value
    gradient: float
    parts: tuple[Part, ...] = field(repr=False)

    def _parts(self) -> tuple[Part, ...]:
        return self.parts


def derivation(y: Value, x: Value) -> Derivation:
    """Work out d(y)/d(x) as a teacher would: rule named, substituted, numbers put in.

    Args:
        y: the root of the graph.
        x: the node by which to differentiate.

    Returns:
        A Derivation: ``str`` for plain text, ``.latex`` and ``.mathml``. Where more than 60 lines
        would be needed, the middle is left out and the text says so.

    Raises:
        TypeError: y or x is not a Value.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, derivation, sin
        >>> x = Value(2.0, label="x")
        >>> y = sin(x**2)
        >>> y.label = "y"
        >>> print(derivation(y, x))
        x.grad is dy/dx, over all paths; ∂v1/∂x is for one operation, its other operands held
        <BLANKLINE>
        Write y in single operations
            v1 = x**2 = 2**2 = 4
            y  = sin(v1) = sin(4) = -0.7568
        <BLANKLINE>
        Start from the end
            y.grad = 1
        <BLANKLINE>
        Derivative of sin
            ∂y/∂v1  = cos(v1) = cos(4) = -0.6536
            v1.grad = y.grad * ∂y/∂v1 = 1 * (-0.6536) = -0.6536
        <BLANKLINE>
        Power rule and chain rule
            ∂v1/∂x = 2 * x = 2 * 2 = 4
            dy/dx  = x.grad = v1.grad * ∂v1/∂x = -0.6536 * 4 = -2.615
    """
    from autograd.engine.value import Value

    order = graph_under(y, "derivation")
    if not isinstance(x, Value):
        raise ArgumentError(f"derivation differentiates by a Value x, and was given {x!r:.60}")
    ways = Ways(order, x)
    names = Names(order if id(x) in ways.adjoints else [*order, x])
    parts = _Teacher(ways, names).parts() if ways.between else [_independent(y, x, names)]
    return Derivation(y, x, ways.gradient, tuple(parts))


def _independent(y: Value, x: Value, names: Names) -> Part:
    zero = Equation((Derivative(names[y], names[x], 0.0), Number(0.0)))
    title = (names[y], " does not depend on ", names[x])
    if is_under(y, x):
        swapped = (", but ", names[x], " on ", names[y], ": write the two the other way round")
        return Part((*title, *swapped), (zero,))
    return Part(title, (zero,))


class _Teacher:
    """Writes the parts of a derivation, from the root down to x."""

    def __init__(self, ways: Ways, names: Names) -> None:
        self.ways = ways
        self.names = names
        self.total = Derivative(names[ways.root], names[ways.x], ways.gradient)

    def parts(self) -> list[Part]:
        ways, names = self.ways, self.names
        if ways.x is ways.root:
            return [Part(("Start from the end",), (Equation((self.total, Number(1.0))),))]
        made = [node for node in ways.between if node is not ways.x]
        users = self._users()
        nearest, index = users[id(ways.x)][0]
        local = names.partial(nearest, index)
        words = (" is ", self.total, ", over all paths; ", local)
        held = " is for one operation, its other operands held"
        forward = tuple(computed(node, names) for node in made[-MOST_LINES:])
        start = Equation((self._adjoint(ways.root), Number(1.0)))
        parts = [
            Part((self._adjoint(ways.x), *words, held)),
            Part(("Write ", names[ways.root], " in single operations"), forward),
            Part(("Start from the end",), (start,)),
        ]
        targets = [node for node in reversed(ways.between) if node is not ways.root]
        shown = targets if len(targets) <= MOST_LINES else targets[: MOST_LINES // 2]
        parts += [self._chain(node, users[id(node)]) for node in shown]
        if len(targets) > MOST_LINES:
            last = targets[-MOST_LINES // 2 :]
            left_out = len(targets) - len(shown) - len(last)
            parts.append(Part((f"... and so on, {left_out} more of the same kind ...",)))
            parts += [self._chain(node, users[id(node)]) for node in last]
        return parts

    def _users(self) -> dict[int, list[tuple[Value, int]]]:
        users: dict[int, list[tuple[Value, int]]] = {}
        for node in reversed(self.ways.between):
            for index, arg, _ in self.ways.edges.get(id(node), ()):
                users.setdefault(id(arg), []).append((node, index))
        return users

    def _adjoint(self, node: Value) -> Adjoint:
        return Adjoint(self.names[node], self.ways.adjoints[id(node)])

    def _chain(self, node: Value, users: list[tuple[Value, int]]) -> Part:
        """Return the part that finds the adjoint of a node from the nodes that use it."""
        names = self.names
        adjoint = self._adjoint(node)
        sides: list[Formula] = [self.total, adjoint] if node is self.ways.x else [adjoint]
        equations: list[Equation] = []
        if len(users) <= MOST_TERMS:
            equations += [slope(user, index, names) for user, index in users]
            terms: list[Formula] = [
                Application(ops.multiply, (self._adjoint(user), names.partial(user, index)))
                for user, index in users
                if self.ways.passes(user, index)
            ]
            if terms:
                whole = reduce(lambda a, b: Application(ops.add, (a, b)), terms)
                sides += [whole, with_numbers(whole)]
        equations.append(Equation((*sides, Number(adjoint.number))))
        words = ", ".join(dict.fromkeys(_rule(user, index) for user, index in users))
        if users[0][0] is not self.ways.root or len(users) > 1:
            words += " and chain rule"
        heading: tuple[str | Formula, ...] = (words[0].upper() + words[1:],)
        if len(users) > 1:
            heading += (f", summed over the {len(users)} uses of ", names[node])
        return Part(heading, tuple(equations))


def _rule(user: Value, index: int) -> str:
    assert user.op is not None
    if user.op is ops.power and index == 1:
        return "exponential rule"
    return user.op.rule
