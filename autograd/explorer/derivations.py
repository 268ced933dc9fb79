"""Whole formulas and worked derivations, written as a teacher writes them.

Everything comes from the operation table: an operation's form gives the formula, its rule gives the
derivative, and its name gives the name of the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.errors import ArgumentError
from autograd.explorer.chain_rule import graph_under, is_under
from autograd.explorer.derivation_parts import MOST_LINES, derivation_parts, shifted
from autograd.explorer.paths import Ways
from autograd.habits import instead_of
from autograd.notation.formula import (
    Application,
    Derivative,
    Formula,
    Number,
    tidied,
)
from autograd.notation.names import Names
from autograd.notation.numbers import USUAL_DIGITS, checked_digits
from autograd.notation.numbers import digits as digits_of
from autograd.notation.writing import LATEX, TEXT, Equation, LatexWriter, Part, Worked
from autograd.table import rows as ops
from autograd.wording import brief
from autograd.wrong_calls import asking

MOST_SHIFTS = 8  # of which it is tried out whether they cancel
LONGEST_FORMULA = 24  # operations in one line; beyond that a formula is set in several


# -- one formula for a whole graph -------------------------------------------------------------


@asking("latex(y)")
def latex(y: Value, digits: int = USUAL_DIGITS) -> str:
    r"""Return the formula of y in LaTeX, in terms of the leaves under it.

    A long formula is set in several lines, with a name for whatever is used more than once; of a
    very long one the last lines are shown. A shift that is held constant and cancels, as the
    largest number in a softmax does, is left out.

    Args:
        y: the root of the graph; it may be the result of ``gradient``.
        digits: how many significant digits to show, from 1 to 17, of constants that have more than
            ten; others are shown in full, and known ones by their formulas, as pi and log(2).

    Returns:
        LaTeX for mathematical mode.

    Raises:
        TypeError: y is not a Value, or there cannot be so many digits.
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
    digits = checked_digits("latex", digits)
    write = LATEX if digits == USUAL_DIGITS else LatexWriter(digits)
    if y.op is None:
        return write.line([Equation((names[y], Number(y.data)))])
    rows = [
        (write.write(names[node]), write.write(tidied(whole)))
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
    order, bare = _without_shifts(order)
    for node in order:
        size = 0 if node.op is None else 1
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None and id(arg) in sizes:
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
        if id(node) in bare:
            first = node.args[0]
            is_value = node.partials[0] is not None
            formulas[id(node)] = formulas[id(first)] if is_value else names.constant(first)
            lengths[id(node)] = lengths[id(first)] if is_value else 0
            continue
        operands: list[Formula] = []
        length = 1
        for arg, partial in zip(node.args, node.partials, strict=True):
            operands.append(names.constant(arg) if partial is None else formulas[id(arg)])
            length += 0 if partial is None else lengths[id(arg)]
        formula = Application(node.op, tuple(operands))
        named = node.label or uses.get(id(node), 0) > 1 or length > LONGEST_FORMULA // 2
        if node is root or (named and not whole):
            lines.append((node, formula))
            formulas[id(node)], lengths[id(node)] = names[node], 0
        else:
            formulas[id(node)], lengths[id(node)] = formula, length
    return lines


def _without_shifts(order: list[Value]) -> tuple[list[Value], set[int]]:
    """Return the nodes without shifts that cancel, and those that are shifted by them.

    So the largest number, which a softmax takes from all and holds constant, is in no formula.
    """
    held = [node for node in order if node.op is ops.stop_gradient]
    if not 0 < len(held) <= MOST_SHIFTS:
        return order, set()
    bare = {id(user) for node in held for user in shifted(order, node)}
    needed = {id(order[-1])}
    for node in reversed(order):
        if id(node) in needed:
            needed.update(map(id, node.args[:1] if id(node) in bare else node.args))
    return [node for node in order if id(node) in needed], bare


# -- a worked derivation -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Derivation(Worked):
    """A worked derivation of d(y)/d(x); ``str`` gives it as text, a notebook shows it typeset.

    Attributes:
        y: the root.
        x: the node by which it is differentiated.
        gradient: the result.
        parts: headings and equations, in order.
        digits: how many significant digits of numbers are shown.
    """

    _what = "a derivation"

    y: Value
    x: Value
    gradient: float
    parts: tuple[Part, ...] = field(repr=False)
    digits: int = USUAL_DIGITS

    def _parts(self) -> tuple[Part, ...]:
        return self.parts


@asking("derivation(y, x)")
def derivation(y: Value, x: Value, digits: int = USUAL_DIGITS) -> Derivation:
    """Work out d(y)/d(x) as a teacher would: rule named, substituted, numbers put in.

    It can be checked by hand: each equation uses what has been stated above it. What does not
    depend on x is stated first, computed where 60 lines are enough for it, else as numbers.

    Args:
        y: the root of the graph.
        x: the node by which to differentiate.
        digits: how many significant digits of numbers to show, from 1 to 17. Constants of y are
            shown in full where ten are enough, and known ones by their formulas, as pi and log(2).

    Returns:
        A Derivation: ``str`` for plain text, ``.latex`` and ``.mathml``, and ``.save("d.html")``,
        which takes .txt, .tex and .mml too. Where y takes more than
        60 operations, the middle is left out, and the numbers in it that the rest uses are stated.

    Raises:
        TypeError: y or x is not a Value, or there cannot be so many digits.
        ValueError: a leaf's data was edited after something above it was recorded.

    Example:
        >>> from autograd import Value, derivation, sin
        >>> x = Value(2.0, label="x")
        >>> y = sin(x**2)
        >>> y.label = "y"
        >>> print(derivation(y, x))
        x.grad is dy/dx, over all paths; ∂v1/∂x is for one operation, its other operands held; 4 digits of numbers are shown
        <BLANKLINE>
        Given
            x = 2
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
        >>> str(derivation(y, x, digits=10)).splitlines()[-1].rpartition(" = ")[2]
        '-2.614574483'
    """  # noqa: E501
    order = graph_under(y, "derivation")
    if not isinstance(x, Value):
        raise ArgumentError(
            f"derivation differentiates by a Value x, and was given {brief(x)}: {instead_of(x)}"
        )
    digits = checked_digits("derivation", digits)
    ways = Ways(order, x, held=True)
    if not ways.between:  # stop_gradient is all that stands between them
        ways = Ways(order, x)
    names = Names(order if id(x) in ways.adjoints else [*order, x])
    if ways.between:
        parts = derivation_parts(order, ways, names, digits)
    else:
        parts = [_independent(y, x, names)]
    if ways.gradient - ways.gradient != 0.0:
        entering = digits_of(ways.gradient).removeprefix("-")
        parts.append(Part((f"explain(y, x) says where {entering} enters",), ()))
    return Derivation(y, x, ways.gradient, tuple(parts), digits)


def _independent(y: Value, x: Value, names: Names) -> Part:
    zero = Equation((Derivative(names[y], names[x], 0.0), Number(0.0)))
    title = (names[y], " does not depend on ", names[x])
    if is_under(y, x):
        swapped = (", but ", names[x], " on ", names[y], ": write the two the other way round")
        return Part((*title, *swapped), (zero,))
    if x.label and any(node.op is None and node.label == x.label for node in ordered(y)):
        another = (", but on another Value that is called ", x.label, " too: y is to be computed")
        return Part((*title, *another, " again, or the other one given"), (zero,))
    return Part(title, (zero,))
