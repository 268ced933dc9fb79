"""Every back end gives the bits of the interpreter, over the same random Functions."""

import random
import shutil

import pytest
from function_cases import bits, random_case, run_in_node

from autograd.backends import c, grouped, groups, interpreter, javascript
from autograd.backends.binding import Binding
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


def expected(case):
    function, binding, shared, rows = case
    return bits(interpreter.compile(function, binding)(shared, rows))


@pytest.mark.parametrize("spelled", [c.SPELLINGS, javascript.SPELLINGS, javascript.PRIMITIVES])
def test_a_language_spells_every_primitive_and_nothing_else(spelled):
    assert set(spelled) == PRIMITIVES
    assert {*instructions.INSTRUCTIONS, *instructions.LIBRARY} == PRIMITIVES


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
    for case in cases(count, "groups"):
        function, binding, shared, rows = case
        found = grouped.compile(function, binding)(shared, rows)
        assert bits(found) == expected(case), (text_of(function), binding, shared, rows)


@pytest.mark.parametrize("primitive", sorted(PRIMITIVES))
def test_kernels_compute_side_by_side_and_anywhere_what_the_table_says(monkeypatch, primitive):
    monkeypatch.setattr(groups, "FEW", 0)
    monkeypatch.setattr(groups, "WIDE", 0)
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
        if pattern == "one":
            return known[7] if place else known[at]
        return source.choice(known)

    results = []
    for pattern in ("beside", "one", "anywhere"):
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
