"""Whole formulas and worked derivations, written as a teacher writes them.

Everything comes from the operation table: an operation's form gives the formula, its rule gives the
derivative, and its name gives the name of the rule.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from autograd.errors import ArgumentError
from autograd.explorer.chain_rule import graph_under
from autograd.explorer.paths import Ways
from autograd.notation import writing as notation
from autograd.notation.formula import (
    Application,
    Derivative,
    Formula,
    Names,
    Number,
    tidied,
    with_numbers,
)
from autograd.notation.writing import LATEX, MATHML, TEXT
from autograd.table import elementary as ops

if TYPE_CHECKING:
    from autograd.engine.value import Value

LONGEST_FORMULA = 24  # operations in one line; beyond that a formula is set in several
MOST_LINES = 60
MOST_TERMS = 8

_RULES = {
    "add": "sum rule",
    "subtract": "difference rule",
    "negative": "sign rule",
    "multiply": "product rule",
    "share": "product rule",
    "divide": "quotient rule",
    "power": "power rule",
}


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
        return LATEX.equation(names[y], with_numbers(names[y]))
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
class Part:
    """One part of a derivation: a heading, words with names among them, and its equations."""

    heading: tuple[str | Formula, ...]
    equations: tuple[tuple[Formula, ...], ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A worked derivation of d(y)/d(x); ``str`` gives it as plain text.

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

    def __str__(self) -> str:
        lines = []
        for part in self.parts:
            lines.append("".join(map(_in_text, part.heading)))
            lefts = [TEXT.write(equation[0]) for equation in part.equations]
            width = min(max(map(len, lefts), default=0), 16)
            for left, equation in zip(lefts, part.equations, strict=True):
                sides = TEXT.equation(*equation[1:])
                lines.append(f"    {left:<{width}} = {sides}" if sides else f"    {left}")
            lines.append("")
        return "\n".join(lines).rstrip()

    @property
    def latex(self) -> str:
        r"""The derivation in LaTeX, for mathematical mode."""
        rows = []
        for part in self.parts:
            rows.append("&" + "".join(map(_in_latex, part.heading)))
            rows += [r"&\quad " + LATEX.equation(*equation) for equation in part.equations]
        return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def mathml(self) -> str:
        """The derivation as a MathML element."""
        rows = []
        for part in self.parts:
            rows.append("".join(map(_in_mathml, part.heading)))
            rows += [
                f'<mspace width="2em"/>{MATHML.equation(*equation)}' for equation in part.equations
            ]
        return notation.math_element(*rows, align="left")


def _in_text(piece: str | Formula) -> str:
    return piece if isinstance(piece, str) else TEXT.write(piece)


def _in_latex(piece: str | Formula) -> str:
    if isinstance(piece, str):
        return rf"\text{{{piece.replace('_', '-')}}}"
    return LATEX.write(piece)


def _in_mathml(piece: str | Formula) -> str:
    return f"<mtext>{html.escape(piece)}</mtext>" if isinstance(piece, str) else MATHML.write(piece)


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
        Write y in single operations
            v1 = x**2 = 2**2 = 4
            y  = sin(v1) = sin(4) = -0.7568
        <BLANKLINE>
        Start from the end
            dy/dy = 1
        <BLANKLINE>
        Derivative of sin
            dy/dv1 = cos(v1) = cos(4) = -0.6536
        <BLANKLINE>
        Power rule and chain rule
            dv1/dx = 2 * x = 2 * 2 = 4
            dy/dx  = dy/dv1 * dv1/dx = -0.6536 * 4 = -2.615
    """
    from autograd.engine.value import Value

    order = graph_under(y, "derivation")
    if not isinstance(x, Value):
        raise ArgumentError(f"derivation differentiates by a Value x, and was given {x!r:.60}")
    ways = Ways(order, x)
    known = any(node is x for node in order)
    names = Names(order if known else [*order, x])
    parts = _Teacher(ways, names).parts() if ways.between else [_independent(y, x, names)]
    return Derivation(y, x, ways.gradient, tuple(parts))


def _independent(y: Value, x: Value, names: Names) -> Part:
    zero = (Derivative(names[y], names[x], 0.0), Number(0.0))
    return Part((names[y], " does not depend on ", names[x]), (zero,))


class _Teacher:
    """Writes the parts of a derivation, from the root down to x."""

    def __init__(self, ways: Ways, names: Names) -> None:
        self.ways = ways
        self.names = names
        self.root = names[ways.root]

    def parts(self) -> list[Part]:
        between = [node for node in self.ways.between if node.op is not None]
        forward = [self._definition(node) for node in between if node is not self.ways.x]
        start = (self._total(self.ways.root), Number(1.0))
        parts = [Part(("Start from the end",), (start,))]
        if forward:
            heading = ("Write ", self.root, " in single operations")
            parts.insert(0, Part(heading, tuple(forward[-MOST_LINES:])))
        targets = [node for node in reversed(self.ways.between) if node is not self.ways.root]
        users = self._users()
        shown = targets if len(targets) <= MOST_LINES else targets[: MOST_LINES // 2]
        parts += [self._chain(node, users[id(node)]) for node in shown]
        if len(targets) > MOST_LINES:
            last = targets[-MOST_LINES // 2 :]
            left_out = len(targets) - len(shown) - len(last)
            parts.append(Part((f"... and so on, {left_out} more of the same kind ...",), ()))
            parts += [self._chain(node, users[id(node)]) for node in last]
        return parts

    def _users(self) -> dict[int, list[tuple[Value, int, float]]]:
        users: dict[int, list[tuple[Value, int, float]]] = {}
        for node in reversed(self.ways.between):
            for index, arg, partial in self.ways.edges.get(id(node), ()):
                users.setdefault(id(arg), []).append((node, index, partial))
        return users

    def _definition(self, node: Value) -> tuple[Formula, ...]:
        name, symbols = self.names[node], self.names.definition(node)
        return name, symbols, with_numbers(symbols), with_numbers(name)

    def _total(self, node: Value) -> Derivative:
        return Derivative(self.root, self.names[node], self.ways.adjoints[id(node)])

    def _chain(self, node: Value, users: list[tuple[Value, int, float]]) -> Part:
        """Return the part that finds d(root)/d(node) from the nodes that use it."""
        equations: list[tuple[Formula, ...]] = []
        terms: list[Formula] = []
        rules = []
        for user, index, partial in users:
            local = Derivative(self.names[user], self.names[node], partial)
            symbols = self.names.partial(user, index)
            if len(users) <= MOST_TERMS:
                equations.append((local, symbols, with_numbers(symbols), with_numbers(local)))
            rules.append(_rule(user, index))
            if user is self.ways.root:
                terms.append(local)
            else:
                terms.append(Application(ops.multiply, (self._total(user), local)))
        total = self._total(node)
        if len(users) > MOST_TERMS:
            equations.append((total, with_numbers(total)))
        elif len(users) > 1 or users[0][0] is not self.ways.root:
            whole = reduce(lambda a, b: Application(ops.add, (a, b)), terms)
            equations.append((total, whole, with_numbers(whole), with_numbers(total)))
        words = ", ".join(dict.fromkeys(rules))
        if users[0][0] is not self.ways.root or len(users) > 1:
            words += " and chain rule"
        heading: tuple[str | Formula, ...] = (words[0].upper() + words[1:],)
        if len(users) > 1:
            heading += (f", summed over the {len(users)} uses of ", self.names[node])
        return Part(heading, _distinct(equations))


def _rule(user: Value, index: int) -> str:
    assert user.op is not None
    if user.op is ops.power and index == 1:
        return "exponential rule"
    return _RULES.get(user.op.name, f"derivative of {user.op.name}")


def _distinct(equations: list[tuple[Formula, ...]]) -> tuple[tuple[Formula, ...], ...]:
    """Leave out an equation that repeats one before it, as for the two operands of x * x."""
    seen: dict[str, tuple[Formula, ...]] = {}
    for equation in equations:
        seen.setdefault(TEXT.equation(*equation), equation)
    return tuple(seen.values())
