"""Functions: text form, verifier, and what the interpreter makes of bodies and blocks."""

import math
import random
import re

import pytest
from function_cases import random_function

from autograd.backends import c, interpreter, javascript
from autograd.backends.binding import Binding
from autograd.errors import ExportError, ProgramError
from autograd.ir.function import (
    Block,
    Branch,
    Deoptimize,
    Function,
    Parameter,
    Return,
)
from autograd.ir.text import parse, text_of
from autograd.ir.verify import verify

# x > 0: x * 2; else x < -1: nobody has compiled this; else x + 1.
WAYS = """
func "ways" (%0 "x": f64) {
  %1 = constant 0.0 : f64
  %2 = less %1, %0 : i1
  branch %2, ^1, ^2
^1:
  %3 = constant 2.0 : f64
  %4 = multiply %0, %3 : f64
  return %4
^2:
  %5 = constant -1.0 : f64
  %6 = less %0, %5 : i1
  branch %6, ^3, ^4
^3:
  deoptimize
^4:
  %7 = constant 1.0 : f64
  %8 = add %0, %7 : f64
  return %8
}
"""

# The sum of a * i for i from 0 to n - 1, by scan.
SCAN = """
func "sum of multiples" (%0 "n": f64, %1 capture "a": f64) {
  %2 = constant 0.0 : f64
  %3 = scan %0, %2, %1 : (f64) {
    func "body" (%0 "i": f64, %1 "total": f64, %2 "a": f64) {
      %3 = multiply %0, %2 : f64
      %4 = add %1, %3 : f64
      return %4
    }
  }
  %4 = extract[0] %3 : f64
  return %4
}
"""

# Newton's method for the square root of a, until it stands still.
WHILE = """
func "root" (%0 "a": f64) {
  %1 = constant 1.0 : f64
  %2 = constant 0.0 : f64
  %3 = while %1, %2, %0 : (f64, f64) {
    func "go on" (%0 "x": f64, %1 "before": f64, %2 "a": f64) {
      %3 = subtract %0, %1 : f64
      %4 = abs %3 : f64
      %5 = constant 1e-12 : f64
      %6 = less %5, %4 : i1
      return %6
    }
    func "step" (%0 "x": f64, %1 "before": f64, %2 "a": f64) {
      %3 = divide %2, %0 : f64
      %4 = add %0, %3 : f64
      %5 = constant 0.5 : f64
      %6 = multiply %4, %5 : f64
      return %6, %0
    }
  }
  %4 = extract[0] %3 : f64
  return %4
}
"""

# |x| by cond, and its square by a call.
COND = """
func "square of the size" (%0 "x": f64) {
  %1 = constant 0.0 : f64
  %2 = less %0, %1 : i1
  %3 = cond %2, %0 : (f64) {
    func "negative" (%0 "x": f64) {
      %1 = negative %0 : f64
      return %1
    }
    func "itself" (%0 "x": f64) {
      return %0
    }
  }
  %4 = extract[0] %3 : f64
  %5 = call %4 : (f64) {
    func "square" (%0 "x": f64) {
      %1 = multiply %0, %0 : f64
      return %1
    }
  }
  %6 = extract[0] %5 : f64
  return %6
}
"""


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


@pytest.mark.parametrize("text", [WAYS, SCAN, WHILE, COND])
def test_a_text_is_parsed_and_printed_to_itself(text):
    function = parse(text)
    assert text_of(function) == text.strip()
    assert parse(text_of(function)) == function


def test_random_functions_are_printed_and_parsed_to_equal_ones():
    source = random.Random(1)
    for _ in range(300):
        function = random_function(source)
        again = parse(text_of(verify(function)))
        assert again == function
        assert text_of(again) == text_of(function)


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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SCAN.replace("func", "fun", 1), 2),
        (SCAN.replace('%1 capture "a": f64', '%2 "a": f64'), 2),
        (SCAN.replace("%2 = constant 0.0", "%2 = constant zero"), 3),
        (SCAN.replace("%4 = extract", "%5 = extract"), 11),
        (SCAN.replace("return %4\n}", "return 4\n}"), 12),
        (WAYS.replace("^3:", "^4:"), 14),
        (SCAN.rstrip()[:-1], 13),
        (SCAN + "more", 14),
        ('func "\\q" () {\n  return\n}', 1),
        (SCAN.replace("extract[0]", "extract[-]"), 11),
        (SCAN.replace("return %4\n}", f"return %{'9' * 5000}\n}}"), 12),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_by_its_line(text, line):
    with pytest.raises(ProgramError, match=rf"^line {line}: "):
        parse(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (WAYS.replace("%2 = less %1, %0 : i1", "%2 = less %1, %0 : f64"), "line 3: .*has the type"),
        (WAYS.replace("%2 = less %1, %0", "%2 = less %1, %2"), "line 3: .*not defined"),
        (WAYS.replace("%2 = less %1, %0", "%2 = lesser %1, %0"), "line 3: .*'lesser'"),
        (
            WAYS.replace("%8 = add %0, %7", "%8 = add %0, %2"),
            "is given f64, i1",
        ),
        (WAYS.replace("%8 = add %0, %7", "%8 = add %0"), "takes f64, f64"),
        (WAYS.replace("%8 = add %0, %7", "%8 = add %0, %4"), "%4, which is not defined there"),
        (WAYS.replace("branch %2, ^1, ^2", "branch %0, ^1, ^2"), "no condition"),
        (WAYS.replace("branch %6, ^3, ^4", "branch %6, ^3, ^3"), "no tree"),
        (WAYS.replace("branch %6, ^3, ^4", "branch %6, ^1, ^4"), "downwards"),
        (WAYS.replace("return %4", "return %2"), "elsewhere"),
        (WAYS.replace("return %4", "return %8"), "not defined there"),
        (SCAN.replace("%3 = scan %0, %2, %1", "%3 = scan %0, %2"), "takes f64, f64, f64"),
        (SCAN.replace("extract[0]", "extract[1]"), "line 10: .*a part that there is not"),
        (SCAN.replace("extract[0]", "extract[]"), "a part that there is not"),
        (COND.replace("cond %2, %0", "cond %0, %0"), "takes i1, f64, and is given f64, f64"),
        (WHILE.replace("return %6\n", "return %4\n"), "needs a condition"),
        (WHILE.replace("return %6, %0", "return %6"), "gives|has the type"),
    ],
)
def test_what_is_no_proper_program_is_refused_with_the_reason(text, complaint):
    with pytest.raises(ProgramError) as caught:
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
@pytest.mark.parametrize("text", [WAYS, SCAN])
def test_what_a_language_does_not_write_yet_is_refused_by_name(language, text):
    with pytest.raises(ExportError):
        language.source(parse(text))
