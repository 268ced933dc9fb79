"""Derivatives given as formulas: how they are read, and what is said of those that do not fit."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping, Sequence

from autograd.errors import ArgumentError, ExpressionError, StructureError
from autograd.notation.expression import Expression, functions, read
from autograd.notation.formula import Formula as Written
from autograd.notation.formula import Name
from autograd.notation.names import CONSTANTS
from autograd.notation.writing import TextWriter
from autograd.table.operation import is_real
from autograd.testing.arguments import Function, shown
from autograd.testing.symbols import Symbolic

__tracebackhide__ = True  # from reports of pytest

DIGITS = 15  # of a number that a person wrote


def formulas_of(df: object, names: Sequence[str]) -> list[Formula]:
    """Return the formulas of a derivative as functions of the arguments; none of a function."""
    if callable(df):
        return []
    if isinstance(df, Mapping) and all(isinstance(text, str) for text in df.values()):
        df = _in_order(df, names)
    texts = [df] if isinstance(df, str) else df
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise ArgumentError(
            f"assert_derivative: df is a function, or a formula such as '3*x**2', "
            f"and was {shown(df)}{_way_to_one(df)}"
        )
    if not isinstance(df, str) and len(texts) != len(names):
        raise StructureError(
            f"assert_derivative: f takes {', '.join(names)}, and df has {len(texts)} formulas"
        )
    return [Formula(read(text, names), names) for text in texts]


def _in_order(df: Mapping[object, object], names: Sequence[str]) -> list[object]:
    if set(df) != set(names):
        missing = ", ".join(name for name in names if name not in df)
        strange = ", ".join(str(name) for name in df if name not in names)
        raise StructureError(
            f"assert_derivative: f takes {', '.join(names)}, and df has formulas by "
            f"{', '.join(map(str, df)) or 'nothing'}"
            + f": there is none by {missing}" * bool(missing)
            + f"{';' if missing else ':'} f takes no {strange}" * bool(strange)
        )
    return [df[name] for name in names]


def _way_to_one(df: object) -> str:
    """Return what to write in place of what is no derivative, after a colon."""
    if is_real(df):
        return f": write {str(df)!r}, or give the function itself, df where it was df(x)"
    parts = df.values() if isinstance(df, Mapping) else df if isinstance(df, Sequence) else ()
    is_many = any(map(callable, parts))
    return ": write one function that returns them all, lambda x, y: (..., ...)" * is_many


class Formula:
    """A formula as a function of the arguments of the function under test."""

    def __init__(self, expression: Expression, names: Sequence[str]) -> None:
        self.expression = expression
        self.names = names
        if len(names) == 1 == len(expression.names):  # by a name of its own
            self.names = expression.names
        strange = [name for name in expression.names if name not in self.names]
        if strange:
            raise StructureError(
                f"assert_derivative: f takes {', '.join(names)}, and the formula "
                f"{expression.text!r} has {', '.join(expression.names)}"
                f"{_way_with(expression.text, strange, self.names)}"
            )

    def __call__(self, *arguments: object) -> object:
        """Return its value."""
        return self.expression(dict(zip(self.names, arguments, strict=True)))

    def lifted(self) -> Formula:
        """Return the same with its numbers as SymPy's."""
        return Formula(self.expression.lifted(Symbolic), self.names)


def together(formulas: Sequence[Formula]) -> Function:
    """Return a function that gives the values of formulas in the form of grad's results."""
    if len(formulas) == 1:
        return formulas[0]
    return lambda *arguments: tuple(formula(*arguments) for formula in formulas)


def _way_with(text: str, strange: Sequence[str], names: Sequence[str]) -> str:
    """Return how a formula is written whose names are those of numbers or of calls: a, ln2."""
    calls = {name: call for name in strange if (call := _call(name))}
    if calls:
        words = (f"{call} for {name}" for name, call in calls.items())
        return f": write {' and '.join(words)}"
    inside = text
    for name in strange:
        inside = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"({{{name}}})", inside)
    if inside == text or text.count("{"):
        return ""
    return (
        f": write it in {', '.join(names)}, or to put the numbers of {', '.join(strange)} into it, "
        f"write f{inside!r}"
    )


def _call(name: str) -> str:
    """Return the call that a name such as ln2 or sinx stands for, or an empty text."""
    found = re.fullmatch(r"([a-z]+?)(\d+|[a-z])", name)
    return f"{found[1]}({found[2]})" if found and found[1] in functions() else ""


# -- a function given as a formula -------------------------------------------------------------


def as_python(text: str) -> str:
    """Return a formula as the function that Python has for it, or an empty text."""
    for candidate in _readings(text):
        try:
            expression = read(candidate, tuple(CONSTANTS))
            whole = expression({name: Name(name, 0.5) for name in expression.names})
        except ExpressionError:
            continue
        if not isinstance(whole, Written):
            return ""
        body = TextWriter(DIGITS).write(whole)
        constants = [name for name in expression.names if name in CONSTANTS]
        called = sorted({*re.findall(r"([a-z]\w*)\(", body)} - {*dir(builtins)})
        names = [name for name in expression.names if name not in CONSTANTS] or ["x"]
        imports = [f"from autograd import {', '.join(called)}"] * bool(called)
        imports += [f"from math import {', '.join(constants)}"] * bool(constants)
        ending = f", with {' and '.join(imports)}" if imports else ""
        return f"lambda {', '.join(names)}: {body}{ending}"
    return ""


def _readings(text: str) -> Iterator[str]:
    """Yield a formula, and how it may be meant: sin(x)^2 for sin^2(x), x*e^x for x e^x."""
    yield text
    text = re.sub(r"^[^=<>]*=(?!=)\s*", "", text)  # f(x) = x^2
    powers = re.sub(r"\b([a-z]+)\s*(?:\^|\*\*)\s*(\d+)\s*\(([^()]*)\)", r"(\1(\3)^\2)", text)
    yield powers
    yield re.sub(r"(?<=[\w)])\s+(?=[A-Za-z(])", "*", powers)
