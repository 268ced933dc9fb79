"""Messages about programs that are not well formed, and of what runs or writes them."""

import ctypes
import os
from unittest import mock

from missing_messages import without
from program_texts import ARRAYS, COND, SCAN, WAYS, WHILE

from autograd.backends import c, grouped, interpreter, javascript
from autograd.backends.binding import Binding
from autograd.backends.llvm import engine, executable
from autograd.ir.function import Block, Branch, Deoptimize, Function, Parameter, Return
from autograd.ir.text import parse
from autograd.ir.verify import verify

# A text, and the line that is refused.
UNREADABLE = [
    (SCAN.replace("    }\n  }\n", "    }\n"), 10),
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
]
# A text, and words of what the verifier says.
MALFORMED = [
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
    (WAYS.replace("branch %6, ^3, ^4", "branch %6, ^3, ^3"), "blocks form a tree"),
    (WAYS.replace("branch %6, ^3, ^4", "branch %6, ^1, ^4"), "downwards"),
    (WAYS.replace("return %4", "return %2"), "another block i1"),
    (WAYS.replace("return %4", "return %8"), "not defined there"),
    (SCAN.replace("%3 = scan %0, %2, %1", "%3 = scan %0, %2"), "takes f64, f64, f64"),
    (SCAN.replace("extract[0]", "extract[1]"), "line 10: .*a part that there is not"),
    (SCAN.replace("extract[0]", "extract[]"), "a part that there is not"),
    (COND.replace("cond %2, %0", "cond %0, %0"), "takes i1, f64, and is given f64, f64"),
    (WHILE.replace("return %6\n", "return %4\n"), "needs a condition"),
    (WHILE.replace("return %6, %0", "return %6"), "gives|has the type"),
    (COND.replace("      return %0\n", "      return %1\n"), "line 10: block .0 of 'itself'"),
    (COND.replace("multiply %0, %0", "multiply %0, %2"), "line 16: %1 of 'square' uses %2"),
    (ARRAYS.replace("return %3, %4", "return %4, %3"), "carries an array, and its body gives an"),
]
ADD = """
func "sum" (%0 "x": f64) {
  %1 = constant 2.0 : f64
  %2 = add %0, %1 : f64
  return %2
}
"""
RELU = ADD.replace("%2 = add %0, %1", "%2 = relu %0")


def changed(text, change):
    """Return code that verifies a program after a change to it."""

    def run():
        function = parse(text)
        change(function)
        return verify(function)

    return run


def setting(part, place, value):
    def change(function):
        getattr(function, part)[place] = value

    return change


def ending(block, terminator):
    def change(function):
        function.blocks[block].terminator = terminator

    return change


def bodies(place, change):
    """Return a change of the bodies of an instruction."""

    def run(function):
        function.bodies[place] = tuple(change(*function.bodies[place]))

    return run


def parameter(name="x", type_="f64"):
    return Parameter(name, type_)


BROKEN = [
    ("no block, or lists", ADD, setting("types", slice(2, 3), [])),
    ("is no parameter of type", ADD, setting("opcodes", 0, "add")),
    ("has not the type", ADD, setting("types", 0, "i1")),
    ("does not begin at", ADD, setting("blocks", 0, Block(2, 3, Return((2,))))),
    ("blocks form a tree", WAYS, ending(2, Deoptimize())),
    ("do not hold all of it", ADD, setting("blocks", 0, Block(1, 2, Return((1,))))),
    ("numbered downwards", WAYS, ending(0, Branch(2, 1, 9))),
    ("branches by %0, which is no condition", WAYS, ending(0, Branch(0, 1, 2))),
    ("returns %9, which is not defined", ADD, ending(0, Return((9,)))),
    ("another block", WAYS, ending(1, Return((2,)))),
    ("is a constant without a number", ADD, lambda function: function.constants.clear()),
    ("has 1 bodies, and cond 2", COND, bodies(3, lambda first, second: [first])),
    (
        "take an index and its carries",
        SCAN,
        bodies(3, lambda body: [parse(ADD)]),
    ),
    ("needs a condition", WHILE, bodies(3, lambda test, step: [step, step])),
    ("take different parameters", COND, bodies(3, lambda first, second: [parse(SCAN), second])),
    ("return different types", COND, bodies(3, lambda first, second: [two_results(), second])),
]


def two_results():
    return parse('func "two" (%0 "x": f64) {\n  return %0, %0\n}')


def with_body(body):
    function = Function("calls")
    x = function.add_parameter(parameter())
    return function.end((function.add_extract(function.add_call("call", (x,), body), 0),))


def compiled(back_end, text=ADD, **binding):
    return back_end.compile(parse(text), Binding(**binding))


def with_compiler(name, text=ADD):
    with mock.patch.dict(os.environ, {"CC": name}):
        return compiled(c, text)


def arena(code):
    """Read a loop's memory in which native code has left a code."""
    memory = (ctypes.c_char * 4096)()
    ctypes.c_int64.from_buffer(memory, executable.STATUS).value = code
    executable.check_arena(ctypes.addressof(memory))


OTHERS = [
    (
        "which is no primitive",
        lambda: verify(parse(RELU), frozenset(("add",))),
        lambda: verify(parse(ADD), frozenset(("add",))),
    ),
    (
        "has not been compiled for this way",
        lambda: compiled(interpreter, WAYS)((-2.0,)),
        lambda: compiled(interpreter, WAYS)((2.0,)),
    ),
    (
        "has not been compiled for this way",
        lambda: compiled(c, WAYS)((-2.0,)),
        lambda: compiled(c, WAYS)((2.0,)) == [4.0],
    ),
    (
        "a body in .* has 5 blocks, and a file takes one",
        lambda: c.source(with_body(parse(WAYS))),
        lambda: c.source(with_body(parse(ADD))),
    ),
    (
        "relu of .* cannot be written in JavaScript: it is no primitive",
        lambda: javascript.source(parse(RELU)),
        lambda: javascript.source(parse(ADD)),
    ),
    (
        "no memory for the arrays",
        lambda: compiled(c, ARRAYS)((1e17,)),
        lambda: compiled(c, ARRAYS)((4.0,)) == [6.0],
    ),
    ("cannot be run", lambda: with_compiler("/nowhere/cc"), lambda: with_compiler("cc")),
    ("refused the C code", lambda: with_compiler("false"), lambda: with_compiler("cc")),
    (
        "was called with rows",
        lambda: grouped.Grouped.many_rows(None),
        lambda: compiled(grouped)((1.0,)) == [3.0],
    ),
    (r"pip install .*\[jit\]", without("llvmlite", engine.binding), engine.binding),
    (
        "take fewer steps, or check its condition",
        lambda: arena(executable.OUT_OF_MEMORY),
        lambda: arena(0),
    ),
]
CASES = [
    *[(rf"^line {line}: ", lambda t=text: parse(t), None) for text, line in UNREADABLE],
    *[(words, lambda t=text: verify(parse(t)), None) for text, words in MALFORMED],
    *[
        (words, changed(text, change), lambda t=text: verify(parse(t)))
        for words, text, change in BROKEN
    ],
    *OTHERS,
]
