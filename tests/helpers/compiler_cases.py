"""What the compiler's tests share: equality of bits, numbers that try hard, random functions."""

from __future__ import annotations

import math
import random
import struct

from hypothesis import strategies as st
from table_rows import operands_of

import autograd
from autograd import Value
from autograd.table.operation import TABLE
from autograd.trees import flatten

SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, 0.3, 1e300, -1e300, 1e-200),
    *(math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 2.0**-1022, 709.8, -745.2),
)


def same(expected, found, any_zero=False):
    """Equal to the bit; nan is nan, and a zero gradient may have either sign."""
    if expected != expected:
        return found != found
    if expected == found == 0.0:
        return any_zero or math.copysign(1.0, expected) == math.copysign(1.0, found)
    return expected == found


def flat(tree):
    """Return all numbers in a nested container as floats."""
    return [float(leaf.data if isinstance(leaf, Value) else leaf) for leaf in flatten(tree)[0]]


def assert_same(expected, found, any_zero=False):
    for a, b in zip(flat(expected), flat(found), strict=True):
        assert same(a, b, any_zero), (expected, found)


def hard_number(source: random.Random) -> float:
    draw = source.random()
    if draw < 0.3:
        return source.choice(SPECIAL)
    if draw < 0.5:
        return struct.unpack("<d", source.randbytes(8))[0]
    return source.uniform(-5.0, 5.0)


def opposite(condition):
    return not condition if isinstance(condition, bool) else ~condition


def cases_of_the_table():
    """Return (name, function of plain numbers, how many) for every operation of the table."""
    for name, row in TABLE.items():
        if name == "where":
            yield name, lambda c, a, b: autograd.where(c > 0.0, a, b), 3
        elif row.static:
            yield (
                name,
                lambda *numbers, row=row: row(*operands_of(row, numbers, 2.0)),
                len(row.variables),
            )
        elif name in ("less", "less_equal"):
            compare = {"less": lambda a, b: a < b, "less_equal": lambda a, b: a <= b}[name]
            yield name, lambda a, b, f=compare: autograd.where(f(a, b), a * 2.0, b), 2
        elif name == "both":
            yield name, lambda a, b: autograd.where((a > 0.0) & (b <= 1.0), a, b), 2
        elif name == "opposite":
            yield name, lambda a, b: autograd.where(opposite(a < b), a * 2.0, b), 2
        elif name == "either":
            yield name, lambda a, b: autograd.where((a > 0.0) | (b <= 1.0), a, b), 2
        else:
            yield name, row, row.arity


UNARY = tuple(name for name, row in TABLE.items() if row.public and row.arity == 1 and row.partials)
SMOOTH = tuple(name for name in UNARY if not TABLE[name].strong_zero)
BINARY = ("+", "-", "*", "/", "**", "maximum", "minimum", "atan2", "hypot", "where")


@st.composite
def functions(draw, most=12):
    """Draw (function, number of arguments): a random graph over the whole table."""
    count = draw(st.integers(1, 3))
    steps = []
    for _ in range(draw(st.integers(1, most))):
        made = count + len(steps)
        name = draw(st.sampled_from(UNARY + BINARY * 3))
        operands = [draw(st.integers(0, made - 1)) for _ in range(2)]
        constant = draw(st.none() | st.sampled_from(SPECIAL) | st.floats(-4.0, 4.0))
        steps.append((name, operands, constant))

    def function(*args):
        values = list(args)
        for name, (i, j), constant in steps:
            a, b = values[i], values[j] if constant is None else constant
            if name in UNARY:
                values.append(TABLE[name](a))
            elif name == "where":
                values.append(autograd.where((a > b) | (a <= 0.0), a * b, b - a))
            elif name in ("maximum", "minimum", "atan2", "hypot"):
                values.append(TABLE[name](a, b))
            else:
                values.append(ARITHMETIC[name](a, b))
        total = values[-1]
        for value in values[count:-1]:
            total = total + value * 0.5
        return total

    return function, count


def branching(source: random.Random):
    """Return (function, number of arguments): a chain of operations, many of them ``where``.

    Below other choices compiled code has plain products still.
    """
    count = source.randint(1, 3)
    names = ["where"] * 3 + ["*"] * 4 + ["+", "-", "/", "**", "log", "sqrt"]
    steps = []
    for made in range(count, count + source.randint(2, 12)):
        name = source.choice([*names, *source.sample(SMOOTH, 3)])
        operands = [source.randint(max(0, made - 4), made - 1) for _ in range(4)]
        steps.append((name, operands, source.choice([None, None, None, source.choice(SPECIAL)])))

    def function(*args):
        values = list(args)
        for name, (i, j, k, m), constant in steps:
            a, b = values[i], values[j] if constant is None else constant
            if name == "where":
                is_first = values[k] > (values[m] if k != m else 0.0)
                values.append(autograd.where(is_first, a, values[j]))
            elif name in UNARY:
                values.append(TABLE[name](a))
            else:
                values.append(TABLE[name](a, b) if name == "maximum" else ARITHMETIC[name](a, b))
        return values[-1]

    return function, count


ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: (
        a / b if isinstance(a, Value) or isinstance(b, Value) else TABLE["divide"](a, b)
    ),
    "**": lambda a, b: TABLE["power"](a, b),
}

points = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True),
    st.floats(-5.0, 5.0),
    st.sampled_from(SPECIAL),
)
