"""What the table says in several ways is the same: definition, fast form, textbook form."""

import math
import struct

import pytest
from mpmath import mp
from table_referees import points_of, settled

import autograd
from autograd import Value
from autograd.table import elementary as ops
from autograd.table.operation import IEEE, TABLE
from autograd.testing import multiprecision, symbols
from autograd.testing.multiprecision import Precise

INF, NAN = math.inf, math.nan
ROWS = list(TABLE.values())
DEFINED = [row for row in ROWS if row.definition is not None]
PUBLIC = [row for row in ROWS if row.public]
SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-320, 1e308, -1e308, INF, -INF, NAN)


def bits(number):
    """Return the number's bits; every nan is the same."""
    return "nan" if math.isnan(number) else struct.pack("<d", number)


def some_points(row):
    chosen = SPECIAL if row.arity == 1 else (0.0, -0.0, 1.0, -2.5, 1e308, INF, -INF, NAN)
    axes = [chosen] * row.arity
    if row.name == "polygamma":
        axes = [(0.0, 1.0, 2.0), SPECIAL]
    points = [()]
    for axis in axes:
        points = [(*point, number) for point in points for number in axis]
    return points + points_of(row, 60)


@pytest.mark.parametrize("row", DEFINED, ids=lambda row: row.name)
def test_a_definition_gives_the_fast_value_to_the_bit(row):
    for point in some_points(row):
        try:
            defined = row.definition(*point)
        except ArithmeticError:
            defined = row.definition(*map(IEEE, point))
        assert bits(float(defined)) == bits(row.value(*point)), (row, point)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_value_is_total_and_a_float(row):
    for point in some_points(row):
        assert type(row.value(*point)) is float, (row, point)
        for index in range(row.name == "polygamma", row.arity):
            partial = row.partial(index, row.value(*point), point)
            assert type(partial) is float, (row, point)


@pytest.mark.parametrize("row", [row for row in PUBLIC if row.shown is not row.partials])
def test_the_textbook_form_is_the_rule_that_computes(row):
    compared = 0
    for point in points_of(row, 60):
        if max(abs(number) for number in point) > 1e4 or min(abs(n) for n in point) < 1e-4:
            continue
        for index in range(row.name == "polygamma", row.arity):

            def run(rule, point=point):
                operands = [Precise(number) for number in point]
                if row.name == "polygamma":
                    operands[0] = point[0]
                with multiprecision.context().workprec(mp.prec):
                    result = rule(row(*operands), *operands)
                return result.number if isinstance(result, Precise) else result

            rules, shown = row.partials[index], row.shown[index]
            computed = settled(lambda rule=rules: run(rule))
            textbook = settled(lambda rule=shown: run(rule))
            if computed is None or textbook is None:
                continue
            compared += 1
            # Constants such as 1 / log(2) are floats in the rules.
            assert abs(computed - textbook) <= 1e-15 * abs(textbook), (row, point, index)
    assert compared > 5


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
def test_the_operators_of_value_are_their_rows(symbol):
    row = {"+": ops.add, "-": ops.subtract, "*": ops.multiply, "/": ops.divide, "**": ops.power}
    row = row[symbol]
    apply = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "**": lambda a, b: a**b,
    }[symbol]
    for a in SPECIAL:
        for b in SPECIAL:
            result = row.value(a, b)
            partials = [row.partial(index, result, (a, b)) for index in (0, 1)]
            for left, right in ((Value(a), Value(b)), (Value(a), b), (a, Value(b))):
                node = apply(left, right)
                assert node.op is row
                assert bits(node.data) == bits(result), (symbol, a, b)
                for kept, partial, arg in zip(node.partials, partials, node.args, strict=True):
                    if isinstance(arg, Value):
                        assert bits(kept) == bits(partial), (symbol, a, b)
                    else:
                        assert kept is None


def test_negation_is_its_row():
    for a in SPECIAL:
        node = -Value(a)
        assert node.op is ops.negative
        assert bits(node.data) == bits(ops.negative.value(a))
        assert node.partials == (-1.0,)


def test_every_back_end_lists_the_kernels_once():
    kernels = {row.name for row in ROWS if row.definition is None}
    assert set(multiprecision.KERNELS) == kernels
    assert set(symbols.KERNELS) == kernels
    assert not set(multiprecision.KERNELS) & set(multiprecision.KNOWN)


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)
def test_methods_and_functions_are_the_row(row):
    point = [0.75, 0.25, 2.0][: row.arity] if row.name != "polygamma" else [1.0, 0.75]
    if row.name == "acosh":
        point = [1.5]
    plain = row(*point)
    assert type(plain) is float
    if row.symbol != row.name:
        return
    assert getattr(autograd, row.name) is row
    if row.name != "polygamma":
        node = getattr(Value(point[0]), row.name)(*point[1:])
        assert node.data == plain
