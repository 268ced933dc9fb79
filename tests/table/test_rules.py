"""What the table says in several ways is the same: definition, fast form, textbook form."""

import ast
import math
import struct
from pathlib import Path

import pytest
from mpmath import mp
from table_referees import points_of, settled
from table_rows import operands_of

import autograd
from autograd import Value
from autograd.backends import c, javascript
from autograd.backends.llvm.instructions import PRIMITIVES
from autograd.ir.simplify import SIMPLER_WITH_CONSTANT
from autograd.table import rows as ops
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
    axes = [axis if place in row.variables else (0.0, 1.0, 2.0) for place, axis in enumerate(axes)]
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
        for index in row.variables:
            partial = row.partial(index, row.value(*point), point)
            assert type(partial) is float, (row, point)


@pytest.mark.parametrize("row", [row for row in PUBLIC if row.shown is not row.partials])
def test_the_textbook_form_is_the_rule_that_computes(row):
    compared = 0
    for point in points_of(row, 60):
        if max(abs(number) for number in point) > 1e4 or min(abs(n) for n in point) < 1e-4:
            continue
        for index in row.variables:

            def run(rule, point=point):
                operands = [Precise(number) for number in point]
                for place in set(range(row.arity)) - set(row.variables):
                    operands[place] = point[place]
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


def test_every_back_end_lists_the_primitives_once():
    primitives = {row.name for row in ROWS if row.definition is None}
    for listed in (
        multiprecision.PRIMITIVES,
        symbols.PRIMITIVES,
        PRIMITIVES,
        c.SPELLINGS,
        javascript.PRIMITIVES,
        javascript.SPELLINGS,
    ):
        assert set(listed) == primitives
    assert not set(multiprecision.PRIMITIVES) & set(multiprecision.KNOWN)


# Who spells the primitives of another language or names those of another engine, or rewrites them,
# lists them by nature.
SPELLING = ("table/", "backends/", "testing/multiprecision.py", "testing/symbols.py", "habits.py")
REWRITING = ("ir/simplify.py",)


FORMS = {row.form for row in ROWS}  # of writing: "power", "floor", "ceil" are such too


def listed_names(tree):
    """Yield the names of operations in every literal that holds more than one of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            parts = node.keys
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            parts = node.elts
        else:
            continue
        texts = [part.value for part in parts if isinstance(part, ast.Constant)]
        names = [text for text in texts if text in TABLE and text not in FORMS]
        if len(names) > 1:
            yield node.lineno, names


def test_no_list_of_operations_stands_outside_the_table():
    root = Path(autograd.__file__).parent
    for file in sorted(root.rglob("*.py")):
        place = file.relative_to(root).as_posix()
        if place.startswith(SPELLING + REWRITING) or place == "__init__.py":
            continue
        found = list(listed_names(ast.parse(file.read_text(encoding="utf-8"))))
        assert found == [], place


def test_what_the_simplifications_name_is_primitive():
    assert {TABLE[name].definition for name in SIMPLER_WITH_CONSTANT} == {None}


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.arity == len(row.variables) == 2], ids=lambda row: row.name
)
def test_a_commutative_row_gives_the_same_bits_either_way(row):
    points = some_points(row)
    same = [bits(row.value(*point)) == bits(row.value(*point[::-1])) for point in points]
    zeros = [point for point in points if point[0] == point[1] == 0.0]
    if row.commutative:  # the sign of the larger of 0 and -0 aside
        assert all(equal or point in zeros for equal, point in zip(same, points, strict=True))
    else:
        assert not all(same)


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)
def test_methods_and_functions_are_the_row(row):
    point = operands_of(row, [0.75, 0.25, 2.0])
    if row.name == "acosh":
        point = [1.5]
    plain = row(*point)
    assert type(plain) is float
    if row.symbol != row.name:
        return
    assert getattr(autograd, row.name) is row
    if not row.static:
        node = getattr(Value(point[0]), row.name)(*point[1:])
        assert node.data == plain
