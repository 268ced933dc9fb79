"""Every back end gives the bits of the interpreter, over the same random Functions."""

import math
import random
import shutil

import pytest
from function_cases import bits, random_case, run_in_node
from structured_cases import structured_case

from autograd.backends import c, grouped, groups, interpreter, javascript
from autograd.backends.binding import Binding
from autograd.backends.libm import LIBRARY
from autograd.backends.llvm import executable, instructions
from autograd.ir.function import Function, Parameter
from autograd.ir.lower import PRIMITIVES
from autograd.ir.text import text_of
from autograd.ir.verify import verify
from autograd.table.operation import TABLE


def cases(count, seed):
    source = random.Random(seed)
    made = [random_case(source) for _ in range(count)]
    for function, *_ in made:
        verify(function, PRIMITIVES)
    return made


def structured_cases(count, seed, as_lowered=False):
    source = random.Random(seed)
    made = [structured_case(source, as_lowered) for _ in range(count)]
    for function, *_ in made:
        verify(function, PRIMITIVES)
    return made


def expected(case):
    function, binding, shared, rows = case
    return bits(interpreter.compile(function, binding)(shared, rows))


@pytest.mark.parametrize("spelled", [c.SPELLINGS, javascript.SPELLINGS, javascript.PRIMITIVES])
def test_a_language_spells_every_primitive_and_nothing_else(spelled):
    assert set(spelled) == PRIMITIVES
    assert {*instructions.INSTRUCTIONS, *LIBRARY} == PRIMITIVES


@pytest.mark.parametrize("seed", range(2))
def test_native_code_gives_the_bits_of_the_interpreter(seed):
    for case in cases(25, seed):
        function, binding, shared, rows = case
        found = executable.compile(function, binding)(shared, rows)
        assert bits(found) == expected(case), (text_of(function), binding, shared, rows)


@pytest.mark.parametrize("count", [30, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shortest", [2, 8])
def test_groups_of_steps_give_the_bits_of_the_interpreter(monkeypatch, shortest, count):
    monkeypatch.setattr(groups, "SHORTEST", shortest)
    monkeypatch.setattr(groups, "FEW", -1 if shortest == 2 else 20_000)
    monkeypatch.setattr(groups, "WIDE", 0)
    monkeypatch.setattr(groups, "RARE", 0 if shortest == 2 else 1_000)
    for case in cases(count, "groups"):
        function, binding, shared, rows = case
        found = grouped.compile(function, binding)(shared, rows)
        assert bits(found) == expected(case), (text_of(function), binding, shared, rows)


@pytest.mark.parametrize("primitive", sorted(PRIMITIVES))
def test_kernels_compute_side_by_side_and_anywhere_what_the_table_says(monkeypatch, primitive):
    monkeypatch.setattr(groups, "FEW", 0)
    monkeypatch.setattr(groups, "WIDE", 0)
    monkeypatch.setattr(groups, "RARE", 0)
    source = random.Random(primitive)
    function, row, count = Function(), TABLE[primitive], 37
    for place in range(3 * count):
        function.add_parameter(Parameter(f"x{place}"))
    one = function.add_constant(0.75)
    truths = [function.add("less", (place, place + count)) for place in range(3 * count - count)]

    def operand(at, place, pattern):
        known = truths if place in row.conditions else range(3 * count)
        if pattern == "beside":
            return known[(at + 5 * place) % len(known)]
        if pattern == "back":
            return known[(5 * place - at) % len(known)]
        if pattern == "one":
            return known[7] if place else known[at]
        return source.choice(known)

    results = []
    for pattern in ("beside", "back", "one", "anywhere"):
        for at in range(count):
            given = tuple([operand(at, place, pattern) for place in range(row.arity)])
            result = function.add(primitive, given)
            if row.is_condition:
                result = function.add("where", (result, one, 0))
            results.append(result)
    verify(function.end(tuple(results)), PRIMITIVES)
    numbers = [source.choice([-2.5, -1.0, -0.0, 0.0, 0.3, 1.0, 7.0]) for _ in range(3 * count)]
    binding = Binding()
    wanted = interpreter.compile(function, binding)(numbers)
    assert bits(grouped.compile(function, binding)(numbers)) == bits(wanted)


def sums_of_products(source):
    """Return a program of matrices that are read by rows and by columns, in several orders."""
    function = Function()
    height, width = source.randint(3, 21), source.randint(3, 21)
    for place in range(height * width + width):
        function.add_parameter(Parameter(f"x{place}"))
    matrix = [[row * width + column for column in range(width)] for row in range(height)]
    vector = [*range(height * width, height * width + width)]
    results = []
    for _ in range(4):
        order = [*range(len(vector))]
        first = source.choice([0, 0, 1])  # where the sum begins
        order = [*order[first:], *order[:first]][:: source.choice([1, -1])]
        is_swapped, is_last, is_subtracted = [source.random() < 0.3 for _ in range(3)]
        sums = []
        for row in matrix:
            total = None
            for at in order:
                factors = (vector[at], row[at]) if is_swapped else (row[at], vector[at])
                product = function.add("multiply", factors)
                if total is None:
                    total = product
                elif is_subtracted and at % 2:
                    total = function.add("subtract", (total, product))
                else:
                    pair = (total, product) if is_last else (product, total)
                    total = function.add("add", pair)
                if source.random() < 0.01:
                    results.append(product)  # one that is read besides
            sums.append(total)
        results += sums[:: source.choice([1, -1])]
        matrix = [[row[at] for row in matrix] for at in range(len(matrix[0]))]
        vector = sums
    return function.end(tuple(results))


def test_sums_of_products_in_groups_round_twice_in_whatever_order_they_lie(monkeypatch):
    used = set()
    made = groups.kernels
    monkeypatch.setattr(groups, "FEW", 0)
    monkeypatch.setattr(groups, "WIDE", 0)
    monkeypatch.setattr(groups, "RARE", 0)
    monkeypatch.setattr(groups, "kernels", lambda wanted: used.update(wanted) or made(wanted))
    source = random.Random(3)
    for _ in range(12):
        function = verify(sums_of_products(source), PRIMITIVES)
        numbers = [source.gauss(0.0, 1.0) for _ in function.parameters]
        numbers[source.randrange(len(numbers))] = source.choice([1e300, -0.0, math.inf])
        wanted = interpreter.compile(function, Binding())(numbers)
        assert bits(grouped.compile(function, Binding())(numbers)) == bits(wanted)
    ways = {how for opcode, how in used if opcode == "multiply_then_add"}
    assert {"csc", "rsc", "ggc", "scattered"} <= ways
    assert any(opcode == "multiply_then_subtract" for opcode, _ in used)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc on this machine")
def test_c_gives_the_bits_of_the_interpreter():
    for case in cases(20, "c"):
        function, binding, shared, rows = case
        found = c.compile(function, binding)(shared, rows)
        assert bits(found) == expected(case), (text_of(function), binding, shared, rows)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_javascript_gives_the_bits_of_the_interpreter():
    made = cases(200, "javascript")
    for case, found in zip(made, run_in_node(made), strict=True):
        assert bits(found) == expected(case), (text_of(case[0]), *case[1:])


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc on this machine")
@pytest.mark.parametrize("count", [40, pytest.param(2000, marks=pytest.mark.slow)])
def test_random_loops_in_c_give_the_bits_of_the_interpreter(count):
    made = structured_cases(count, "loops in c")
    for begin in range(0, count, 200):
        part = made[begin : begin + 200]
        compiled = c.compile_all([case[:2] for case in part])
        for case, native in zip(part, compiled, strict=True):
            assert bits(native(*case[2:])) == expected(case), text_of(case[0])


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_random_loops_in_javascript_give_the_bits_of_the_interpreter(count):
    made = structured_cases(count, "loops in javascript")
    for case, found in zip(made, run_in_node(made), strict=True):
        assert bits(found) == expected(case), text_of(case[0])


@pytest.mark.parametrize("count", [10, pytest.param(300, marks=pytest.mark.slow)])
def test_random_loops_in_native_code_give_the_bits_of_the_interpreter(count):
    for case in structured_cases(count, "native loops", as_lowered=True):
        function, _, shared, rows = case
        if not rows:  # arrays of several rows have one size in native code, as lowering makes them
            found = executable.compile(function, Binding())(shared)
            assert bits(found) == expected(case), (text_of(function), shared)


@pytest.mark.slow
def test_two_thousand_random_functions_agree_to_the_bit_everywhere():
    made = cases(2000, "all")
    in_node = run_in_node(made)
    in_c = c.compile_all([(function, binding) for function, binding, _, _ in made])
    for case, one, compiled in zip(made, in_node, in_c, strict=True):
        function, binding, shared, rows = case
        found = executable.compile(function, binding)(shared, rows)
        wanted = expected(case)
        assert wanted == bits(found) == bits(one) == bits(compiled(shared, rows)), text_of(function)


def test_rows_of_many_blocks_are_added_in_one_order():
    source = random.Random(7)
    for case in cases(60, "blocks"):
        function, binding, shared, rows = case
        if binding.reduce:
            rows = [[source.uniform(-2.0, 2.0) for _ in rows[0]] for _ in range(5000)]
            case = (function, binding, shared, rows)
            found = executable.compile(function, binding)(shared, rows)
            assert bits(found) == expected(case), text_of(function)
            break
