"""Functions: text form, verifier, and what the interpreter makes of bodies and blocks."""

import math
import random
import re
import shutil

import pytest
from function_cases import random_function
from hypothesis import given
from hypothesis import strategies as st
from program_messages import MALFORMED, UNREADABLE
from program_texts import ARRAYS, COND, SCAN, WAYS, WHILE

from autograd.backends import c, interpreter, javascript
from autograd.backends.binding import Binding
from autograd.errors import ExportError, ProgramError
from autograd.ir.function import (
    Block,
    Branch,
    Deoptimize,
    Function,
    Opcodes,
    Parameter,
    Return,
    Types,
)
from autograd.ir.lower import pruned
from autograd.ir.text import parse, text_of
from autograd.ir.verify import verify


def run(text, *arguments):
    return interpreter.compile(verify(parse(text)), Binding())(arguments)


def test_the_interpreter_follows_branches_and_leaves_by_ways_that_nobody_compiled():
    assert run(WAYS, 3.0) == [6.0]
    assert run(WAYS, -0.5) == [0.5]
    with pytest.raises(ProgramError, match="not been compiled"):
        run(WAYS, -2.0)


def test_the_interpreter_runs_loops_conditionals_and_calls():
    assert run(SCAN, 5.0, 3.0) == [30.0]
    assert run(SCAN, 0.0, 3.0) == [0.0]
    assert run(WHILE, 2.0) == [pytest.approx(math.sqrt(2.0), rel=1e-12)]
    assert run(COND, -3.0) == run(COND, 3.0) == [9.0]
    assert run(ARRAYS, 4.0) == [6.0]


@pytest.mark.parametrize("text", [WAYS, SCAN, WHILE, COND, ARRAYS])
def test_a_text_is_parsed_and_printed_to_itself(text):
    function = parse(text)
    assert text_of(function) == text.strip()
    assert parse(text_of(function)) == function


def test_random_functions_are_printed_and_parsed_to_equal_ones():
    source = random.Random(1)
    for _ in range(300):
        function = random_function(source)
        for each in (function, pruned(function)):  # the second is in compact form
            again = parse(text_of(verify(each)))
            assert again == each
            assert each == again
            assert text_of(again) == text_of(each)


def test_any_name_survives_the_text():
    for name in ('"', "\\", "a\nb", "}", "%0: f64", "\x1b[31m", "é", ""):
        function = Function(name)
        function.add_parameter(Parameter(name))
        function.end((0,))
        assert parse(text_of(function)) == function
        assert "\x1b" not in text_of(function)


def test_functions_differ_by_every_part():
    first = parse(SCAN)
    for other in (WAYS, SCAN.replace("multiples", "products"), SCAN.replace("0.0", "-0.0")):
        assert parse(other) != first
    assert parse(SCAN.replace("0.0", "nan")) == parse(SCAN.replace("0.0", "nan"))
    assert parse(SCAN.replace("add", "subtract")) != first


@pytest.mark.parametrize(("text", "line"), UNREADABLE)
def test_a_text_that_cannot_be_read_is_refused_by_its_line(text, line):
    with pytest.raises(ProgramError, match=rf"^line {line}: "):
        parse(text)


@pytest.mark.parametrize(("text", "complaint"), MALFORMED)
def test_what_is_no_proper_program_is_refused_by_its_line_with_the_reason(text, complaint):
    with pytest.raises(ProgramError, match=r"^line \d+: ") as caught:
        verify(parse(text))
    assert re.search(complaint, str(caught.value)), caught.value


def test_a_program_of_primitives_holds_no_composite():
    text = 'func "f" (%0 "x": f64) {\n  %1 = relu %0 : f64\n  return %1\n}'
    assert interpreter.compile(verify(parse(text)), Binding())([-2.0]) == [0.0]
    with pytest.raises(ProgramError, match="no primitive"):
        verify(parse(text), frozenset(("add",)))


def test_an_empty_function_is_no_program():
    with pytest.raises(ProgramError):
        verify(Function("nothing"))
    with pytest.raises(ProgramError, match="begin"):
        verify(Function("gap", blocks=[Block(1, 1, Return(()))]))
    function = parse(WAYS)
    function.blocks[2].terminator = Deoptimize()
    with pytest.raises(ProgramError, match="tree"):
        verify(function)
    function = parse(WAYS)
    function.blocks[0].terminator = Branch(2, 1, 9)
    with pytest.raises(ProgramError):
        verify(function)


@pytest.mark.parametrize("language", [c, javascript])
def test_several_blocks_in_a_body_are_refused_by_name(language):
    inside = parse(COND)
    inside.bodies[5] = (parse(WAYS),)
    with pytest.raises(ExportError, match=f"a body in '{inside.name}' has 5 blocks"):
        language.source(verify(inside))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc on this machine")
def test_blocks_run_in_c_as_in_the_interpreter_and_an_array_may_be_changed_in_each_of_two():
    text = """
func "taken" (%0 "x": f64) {
  %1 = constant 2.0 : f64
  %2 = array %0, %1, %1 : f64[]
  %3 = constant 0.0 : f64
  %4 = less %3, %0 : i1
  branch %4, ^1, ^2
^1:
  %5 = add_at %2, %3, %1 : f64[]
  %6 = load %5, %3 : f64
  return %6
^2:
  %7 = add_at %2, %1, %0 : f64[]
  %8 = load %7, %1 : f64
  return %8
}
"""
    function = verify(parse(text))
    for back_end in (c, interpreter):
        run = back_end.compile(function, Binding())
        assert [*run([1.5]), *run([-3.0])] == [3.5, -1.0]
    with pytest.raises(ProgramError, match="not defined"):
        verify(parse(text.replace("load %5, %3", "load %2, %3")))


@given(st.lists(st.tuples(st.sampled_from(Opcodes.KNOWN), st.sampled_from(
    ("f64", "i1", "f64[]", ("f64", "i1")))))
)  # fmt: skip
def test_opcodes_and_types_in_compact_form_are_those_that_were_appended(pairs):
    opcodes = Opcodes()
    types = Types(opcodes)
    for opcode, type_ in pairs:
        opcodes.append(opcode)
        types.append(type_)
    assert [*zip(opcodes, types, strict=True)] == pairs
    assert [(opcodes[n], types[n]) for n in range(len(pairs))] == pairs
    assert [*zip(opcodes[:], types[:], strict=True)] == pairs
    for opcode in (*Opcodes.KNOWN, "no opcode"):
        assert (opcode in opcodes) is any(opcode == each for each, _ in pairs)
    assert opcodes.used == {opcode for opcode, _ in pairs}
    for type_ in ("f64", "i1", "f64[]", ("f64", "i1"), ("i1",)):
        assert (type_ in types) is any(type_ == each for _, each in pairs)
