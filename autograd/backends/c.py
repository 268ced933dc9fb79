"""The C back end: a Function as a self-contained C11 file.

Functions of the C library are called through pointers that the compiler may not look through:
otherwise it would write ``pow(x, 2)`` as ``x * x``, which differs in the last bit.

An array of a fixed small size is an array of C. One that grows, or whose size only the call knows,
lies in memory of the heap, and is freed at the end of its block; all of them are linked, so that a
function that gets no memory frees them and returns 1.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from autograd.backends.binding import BLOCK, LANES, ONE_BLOCK, Binding
from autograd.backends.language import (
    INEXACT,
    Language,
    comment,
    identifier,
    is_partial,
    notes_of_ways,
)
from autograd.backends.libm import LIBRARY
from autograd.backends.writer import ArrayName, Parts, Scope, Writer, opcodes_in
from autograd.errors import ExportError, ProgramError
from autograd.ir.function import ARRAY_TYPE, BODIES, F64, I1, ON_ARRAYS, Function
from autograd.table.operation import TABLE

SPELLINGS = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-({0})",
    "abs": "fabs({0})",
    "sqrt": "sqrt({0})",
    "floor": "floor({0})",
    "ceil": "ceil({0})",
    "round": "rint({0})",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "both": "{0} & {1}",
    "either": "{0} | {1}",
    "opposite": "!{0}",
    "where": "{0} ? {1} : {2}",
    **{
        opcode: f"library_{name}({', '.join(['{0}', '{1}'][: TABLE[opcode].arity])})"
        for opcode, name in LIBRARY.items()
    },
}


def _literal(constant: float | bool) -> str:
    if type(constant) is bool:
        return str(int(constant))
    if constant != constant:
        return "((double)NAN)"
    if constant - constant != 0.0:
        return "((double)INFINITY)" if constant > 0.0 else "(-(double)INFINITY)"
    return f"({constant!r})" if repr(constant).startswith("-") else repr(constant)


C = Language(
    "C",
    {F64: "const double", I1: "const int"},
    {F64: "double", I1: "int"},
    SPELLINGS,
    _literal,
    "    ",
)
LOCAL = 4096  # the numbers in arrays of C that a function may have: they lie on the stack

# The functions that arrays need, each with those that it calls.
HELPERS = {
    "array": ((), """\
/* An array of a size that only the call knows, and the one that was made before it. */
typedef struct autograd_array {
    struct autograd_array *before;
    double *numbers;
    int64_t size, room;
} autograd_array;
"""),
    "free": (("array",), """\
/* Free the arrays that were made after this one. */
static void autograd_free(autograd_array **made, autograd_array *last)
{
    for (; *made != last; *made = (*made)->before)
        free((*made)->numbers);
}
"""),
    "no_memory": (("free",), """\
/* Free all arrays, and return what the function returns then. */
static int autograd_no_memory(autograd_array *made)
{
    autograd_free(&made, NULL);
    return 1;
}
"""),
    "reserve": (("array",), """\
/* Make room for so many numbers; return 1 where there is no memory. */
static int autograd_reserve(autograd_array *array, double room)
{
    double *numbers;
    if (room <= (double)array->room)
        return 0;
    if (!(room < (double)(SIZE_MAX / sizeof(double))))
        return 1;
    numbers = (double *)realloc(array->numbers, (size_t)room * sizeof(double));
    if (numbers == NULL)
        return 1;
    array->numbers = numbers;
    array->room = (int64_t)room;
    return 0;
}
"""),
    "zeros": (("reserve",), """\
/* Make an empty array one of so many zeros. */
static int autograd_zeros(autograd_array *array, double count)
{
    if (!(count >= 1.0))
        return 0;
    if (autograd_reserve(array, count))
        return 1;
    array->size = (int64_t)count;
    for (int64_t k = 0; k < array->size; k++)
        array->numbers[k] = 0.0;
    return 0;
}
"""),
    "push": (("reserve",), """\
/* Append a number. */
static int autograd_push(autograd_array *array, double number)
{
    if (array->size == array->room && autograd_reserve(array, 2.0 * (double)array->room + 8.0))
        return 1;
    array->numbers[array->size++] = number;
    return 0;
}
"""),
    "copy": (("reserve",), """\
/* Give an empty array the numbers of another. */
static int autograd_copy(autograd_array *array, const double *numbers, int64_t size)
{
    if (autograd_reserve(array, (double)size))
        return 1;
    for (int64_t k = 0; k < size; k++)
        array->numbers[k] = numbers[k];
    array->size = size;
    return 0;
}
"""),
    "place": ((), """\
/* The place that an index means, from the end if it is below 0; -1 where it means none. */
static int64_t autograd_place(int64_t size, double index)
{
    const int64_t place = -(double)size <= index && index < (double)size ? (int64_t)index : size;
    if (place == size || (double)place != index)
        return -1;
    return place < 0 ? place + size : place;
}
"""),
    "load": (("place",), """\
/* The number at an index; nan where there is none. */
static double autograd_load(const double *numbers, int64_t size, double index)
{
    const int64_t place = autograd_place(size, index);
    return place < 0 ? (double)NAN : numbers[place];
}
"""),
    "add_at": (("place",), """\
/* Add a number at an index; nothing where that means no place. */
static void autograd_add_at(double *numbers, int64_t size, double index, double number)
{
    const int64_t place = autograd_place(size, index);
    if (place >= 0)
        numbers[place] += number;
}
"""),
}  # fmt: skip

# The helpers that ask for memory, and return 1 where there is none.
FALLIBLE = frozenset(("zeros", "push", "copy"))


class CWriter(Writer):
    """Writes a program in C.

    Attributes:
        made: how many arrays the block at hand has made on the heap.
    """

    language = C
    counted = "for (int64_t {index} = 0; (double){index} < {limit}; {index}++)"
    as_number = "(double){}"

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.made = 0
        self._local = 0
        self._marks: list[tuple[str, int, int]] = []

    def block_begins(self) -> None:
        """Begin to count the arrays of a block."""
        self._marks.append((f"mark{self._new_tag()[:-1]}", len(self.lines), self.made))
        self.made = 0

    def block_ends(self, is_left: bool = False) -> None:
        """Free the arrays of a block, if there are any, unless it has been left before."""
        mark, at, before = self._marks.pop()
        if self.made:
            if not is_left:
                self.add(f"autograd_free(&made, {mark});")
            self.lines.insert(at, f"{self._margin}autograd_array *const {mark} = made;")
        self.made = before

    def leave(self, condition: str) -> None:
        """Write that a loop ends if a condition holds; what its block has made is freed."""
        if not self.made:
            self.add(f"if ({condition})", "    break;")
            return
        self.open(f"if ({condition})")
        self.left()
        self.close()

    def left(self) -> None:
        """Write that a block is left; what it has made is freed."""
        if self.made:
            self.add(f"autograd_free(&made, {self._marks[-1][0]});")
        self.add("break;")

    def not_met(self) -> None:
        """Write that a block is left without results, and the function will say so."""
        self.add("unmet = 2;")
        self.left()

    def fallible(self, helper: str, *given: str) -> None:
        """Write a call of a helper that may find no memory."""
        self.helpers |= {helper, "no_memory"}
        self.add(f"if (autograd_{helper}({', '.join(given)}))")
        self.add("    return autograd_no_memory(made);")

    def new_array(self, name: str) -> ArrayName:
        """Write an empty array on the heap."""
        self.helpers |= {"array", "free"}
        self.made += 1
        self.add(f"autograd_array {name} = {{made, NULL, 0, 0}};", f"made = &{name};")
        return ArrayName(f"{name}.numbers", f"{name}.size", name)

    def _is_local(self, size: float) -> bool:
        """Return whether an array of so many numbers is one of C, and count it as such."""
        is_local = 1.0 <= size <= LOCAL - self._local and size % 1.0 == 0.0
        self._local += int(size) if is_local else 0
        return is_local

    def array_of(self, scope: Scope, number: int, names: Sequence[str]) -> ArrayName:
        """Write an array of these numbers."""
        name, size = scope.own_name(number), len(names)
        if self._is_local(size):
            self.add(*_initialised(f"double {name}[{size}]", names))
            return ArrayName(name, str(size))
        array = self.new_array(name)
        self.fallible("zeros", f"&{name}", f"{size}.0")
        self.add(*[f"{array.numbers}[{place}] = {each};" for place, each in enumerate(names)])
        return array

    def constant_array(self, name: str, literals: Sequence[str]) -> ArrayName:
        """Write an array of constants, before the function."""
        declared = f"static const double {name}[{len(literals)}]"
        self.constants[name] = _initialised(declared, literals)
        return ArrayName(name, str(len(literals)), is_own=False)

    def zeros(self, scope: Scope, number: int, count: int) -> ArrayName:
        """Write an array of zeros."""
        name = scope.own_name(number)
        constant = scope.function.constants.get(count)
        if constant is not None and self._is_local(constant):
            self.add(f"double {name}[{int(constant)}] = {{0.0}};")
            return ArrayName(name, str(int(constant)))
        array = self.new_array(name)
        self.fallible("zeros", f"&{name}", self.number(scope, count))
        return array

    def copy(self, array: ArrayName, other: ArrayName) -> None:
        """Write that an empty array gets the numbers of another."""
        self.fallible("copy", f"&{array.whole}", other.numbers, other.size)

    def push(self, array: ArrayName, number: str) -> None:
        """Write that a number is appended to an array."""
        self.fallible("push", f"&{array.whole}", number)

    def sums(self, size: int) -> list[str]:
        """Return the lines of so many sums for each lane, on the stack if they are few."""
        if LANES * size <= LOCAL:
            return [f"double sums[{LANES}][{size}];"]
        self.lines = []
        array = self.new_array("room")
        self.fallible("zeros", "&room", f"{LANES * size}.0")
        self.add(f"double (*const sums)[{size}] = (double (*)[{size}])(void *){array.numbers};")
        return self.lines

    def load(self, array: ArrayName, index: str, is_inside: bool) -> str:
        """Return the number at an index, looked for in any case: a caller may give any count."""
        self.helpers.add("load")
        return f"autograd_load({array.numbers}, {array.size}, {index})"

    def add_at(self, array: ArrayName, index: str, number: str) -> None:
        """Write that a number is added at an index, which may be nowhere in the array."""
        self.helpers.add("add_at")
        self.add(f"autograd_add_at({array.numbers}, {array.size}, {index}, {number});")

    def add_all(self, array: ArrayName, other: ArrayName) -> None:
        """Write that the numbers of another array are added to those of one."""
        self.add(f"for (int64_t k = 0; k < {array.size}; k++)")
        self.add(f"    {array.numbers}[k] += {other.numbers}[k];")


def _initialised(declared: str, names: Sequence[str]) -> list[str]:
    """Return the lines of an array that is declared with its numbers, eight in a line."""
    if len(names) <= 8:
        return [f"{declared} = {{{', '.join(names)}}};"]
    rows = [", ".join(names[at : at + 8]) for at in range(0, len(names), 8)]
    return [f"{declared} = {{", *[f"    {row}," for row in rows], "};"]


DECLARED = re.compile(r"\s*(?:static )?(?:const )?(?:double|int) (\w+)(?:;| =|\[)")
ASSIGNED = re.compile(r"\s*(\w+) = ")


def _without_warnings(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return lines in which a name that no line reads is said to be unread.

    Args:
        lines: what declares names.
        others: the other lines of the function.
    """
    found = Counter(re.findall(r"\w+", "\n".join([*lines, *others])))
    found -= Counter(match[1] for line in lines if (match := ASSIGNED.match(line)))
    kept: list[str] = []
    unread = ""
    for line in lines:
        kept.append(line)
        declared = DECLARED.match(line)
        if declared and found[declared[1]] == 1:
            margin = line[: len(line) - len(line.lstrip())]
            unread = f"{margin}(void){declared[1]};"
        if unread and line.endswith(";"):
            kept.append(unread)
            unread = ""
    return kept


class Definition(NamedTuple):
    """A function in C.

    Attributes:
        lines: its lines, and before them its arrays of constants.
        library: the primitives in it that are functions of the C library.
        helpers: the helpers that it calls.
        returns: int, where it may find no memory, or void.
    """

    lines: list[str]
    library: set[str]
    helpers: set[str]
    returns: str


def source(
    function: Function,
    binding: Binding | None = None,
    is_exact: bool = True,
    labels: Sequence[str] = (),
) -> str:
    """Return the function as a C11 file: a header comment, and one function.

    Args:
        function: a program of primitives, with loops and arrays.
        binding: which parameters differ from row to row, and how results are reduced.
        is_exact: whether it is compiled with ``exact=True``; else the comment says what differs.
        labels: what each result is, for the comment.

    Raises:
        ExportError: it holds something that is no primitive.
    """
    binding = binding or Binding()
    made = definition(function, binding)
    notes = [*NOTE, *(SAME_BITS if is_exact else INEXACT)]
    if has_arrays(function):
        notes += ARGUMENTS
    if made.helpers & FALLIBLE:
        notes += MEMORY
    notes += notes_of_ways(function, UNMET)
    head = comment(function, binding, identifier(function.name), ("/*", " *", " */"), notes, labels)
    return "\n".join([*head, *prelude([made]), *made.lines]) + "\n"


def prelude(definitions: Sequence[Definition]) -> list[str]:
    """Return the lines before the definitions of functions that stand in one file."""
    used = {opcode for each in definitions for opcode in each.library}
    pointers = [
        f"static double (*const volatile library_{LIBRARY[opcode]})"
        f"({', '.join(['double'] * TABLE[opcode].arity)}) = {LIBRARY[opcode]};"
        for opcode in sorted(used, key=LIBRARY.__getitem__)
    ]
    called = {helper for each in definitions for helper in each.helpers}
    for name in reversed(HELPERS):
        if name in called:
            called.update(HELPERS[name][0])
    helpers = [text for name, (_, text) in HELPERS.items() if name in called]
    included = ["math", "stdint", *(["stdlib"] if "array" in called else [])]
    return [
        *[f"#include <{name}.h>" for name in included],
        *("", *pointers, *([""] if pointers else [])),
        *helpers,
    ]


NOTE = (
    "Compile it with -ffp-contract=off (fused multiply-adds change last bits) and without",
    "-ffast-math, and link libm.",
)
SAME_BITS = ("Where the C library is the same, the results are those of the function, to the bit.",)
ARGUMENTS = (
    "An array is given as a pointer to its numbers, in arrays, and how many there are, in sizes.",
    "The numbers that a loop has beyond the end of one are nan.",
)
MEMORY = (
    "It asks malloc for the memory of its arrays and frees it before it returns: 0, or 1 where",
    "there is not enough; then what is in out means nothing.",
)


UNMET = "For numbers (of a row) that take another, the results are nan, and it returns 2, else 0."


def has_arrays(function: Function) -> bool:
    """Return whether there are whole arrays among the arguments."""
    return any(parameter.type == ARRAY_TYPE for parameter in function.parameters)


def definition(function: Function, binding: Binding) -> Definition:
    """Return the function itself.

    Raises:
        ExportError: it holds something that is no primitive.
    """
    writer = CWriter(identifier(function.name))
    is_mapped = binding.mapped is not None
    shared, own = ("in[{}]", "row[{}]") if is_mapped else ("in[{}]", "")
    parts = writer.write(function, binding, shared, own, ("arrays[{}]", "sizes[{}]"))
    opcodes = opcodes_in(function)
    once, each = parts.once, parts.each
    if not opcodes.isdisjoint((*BODIES, *ON_ARRAYS)):
        once, each = [
            _without_warnings(lines, [*others, *parts.results])
            for lines, others in ((once, each), (each, once))
        ]
    if is_mapped and binding.reduce:
        once = [*once, *writer.sums(max(len(parts.results), 1))]
    ending = ["    autograd_free(&made, NULL);"] if writer.made else []
    returns = "int"
    if is_partial(function):
        once = ["int unmet = 0;", *once]
        ending.append("    return unmet;")
    elif not writer.helpers.isdisjoint(FALLIBLE):
        ending.append("    return 0;")
    else:
        returns = "void"
    if "array" in writer.helpers:
        once = ["autograd_array *made = NULL;", *once]
    whole = "const double *const *arrays, const int64_t *sizes, " if has_arrays(function) else ""
    parts = parts._replace(once=once, each=each)
    lines = _mapped(parts, binding, whole) if is_mapped else _single(parts, whole)
    head, *rest = lines
    unused = [line for name in ("arrays", "sizes") if whole for line in _unused(rest, name)]
    text = [f"{returns} {writer.title}{head}", "{", *unused, *rest, *ending, "}"]
    library = {opcode for opcode in opcodes if opcode in LIBRARY}
    return Definition([*writer.constants_in(text), *text], library, writer.helpers, returns)


def _single(parts: Parts, whole: str) -> list[str]:
    """Return the parameters of the function, and the lines of its body."""
    lines = [f"    {line}" for line in parts.once]
    outputs = [f"    out[{place}] = {result};" for place, result in enumerate(parts.results)]
    used = [*_unused([*lines, *outputs], "in"), *_unused(outputs, "out")]
    return [f"(const double *in, {whole}double *out)", *used, *lines, *outputs]


def _unused(lines: Sequence[str], name: str) -> list[str]:
    """Return a line that keeps compilers from complaining of a parameter that no line reads."""
    return [] if any(f"{name}[" in line for line in lines) else [f"    (void){name};"]


def _mapped(parts: Parts, binding: Binding, whole: str) -> list[str]:
    """Return the parameters of the function, and the lines of its body, with a loop over rows."""
    once, each, outputs, row = parts
    before, body = [f"    {line}" for line in once], [f"        {line}" for line in each]
    count = len(outputs)
    head = f"(int64_t rows, const double *in, {whole}const double *row, double *out)"
    lines = [*before, *body, *outputs]
    used = [*_unused(lines, "in"), *_unused(lines, "row")]
    if not binding.reduce:
        stores = [f"        out[{place}] = {output};" for place, output in enumerate(outputs)]
        loop = "    for (int64_t i = 0; i < rows; i++) {"
        step = [f"        row += {row};", f"        out += {count};", "    }"]
        used += _unused(stores, "out")
        return [head, *used, *before, loop, *body, *stores, *step]
    size = max(count, 1)
    adds = [
        f"        sums[i % {LANES}][{place}] += {output};" for place, output in enumerate(outputs)
    ]
    most = max(8, min(256, 2**21 // size))
    mean = " / (double)rows" if binding.reduce == "mean" else " + 0.0"
    return [
        *(head, *used, *before),
        f"    int64_t size = rows > {ONE_BLOCK} ? (rows + {most - 1}) / {most} : rows;",
        f"    if (rows > {ONE_BLOCK}) {{",
        f"        size = size < {BLOCK} ? {BLOCK} : size;",
        f"        size += ({LANES} - size % {LANES}) % {LANES};",
        "    }",
        f"    for (int k = 0; k < {count}; k++)",
        "        out[k] = 0.0;",
        "    for (int64_t begin = 0; begin < rows; begin += size) {",
        "    const int64_t count = rows - begin < size ? rows - begin : size;",
        f"    for (int lane = 0; lane < {LANES}; lane++)",
        f"        for (int k = 0; k < {count}; k++)",
        "            sums[lane][k] = 0.0;",
        "    for (int64_t i = 0; i < count; i++) {",
        *body,
        *adds,
        f"        row += {row};",
        "    }",
        f"    for (int half = {LANES // 2}; half > 0; half /= 2)",
        "        for (int lane = 0; lane < half; lane++)",
        f"            for (int k = 0; k < {count}; k++)",
        "                sums[lane][k] = sums[lane][k] + sums[lane + half][k];",
        f"    for (int k = 0; k < {count}; k++)",
        "        out[k] = out[k] + sums[0][k];",
        "    }",
        f"    for (int k = 0; k < {count}; k++)",
        f"        out[k] = out[k]{mean};",
    ]


class Compiled:
    """A Function compiled by the system's C compiler; see ``compile``."""

    def __init__(
        self, function: Function, binding: Binding, library: ctypes.CDLL, returns: str
    ) -> None:
        self.binding = binding
        self.outputs = len(function.result_types())
        self._name = function.name
        self._call = getattr(library, identifier(function.name))
        self._call.restype = ctypes.c_int if returns == "int" else None

    def __call__(
        self,
        arguments: Sequence[float | Sequence[float]],
        rows: Sequence[Sequence[float]] = (),
    ) -> list[float] | list[list[float]]:
        """Return the results: floats, or a list of them for each row.

        Raises:
            ProgramError: there is no memory for its arrays.
        """
        numbers = [each for each in arguments if isinstance(each, (int, float))]
        arrays = [each for each in arguments if not isinstance(each, (int, float))]
        given: list[object] = [(ctypes.c_double * len(numbers))(*numbers)]
        if arrays:
            held = [(ctypes.c_double * len(array))(*array) for array in arrays]
            pointer = ctypes.POINTER(ctypes.c_double)
            given.append((pointer * len(held))(*[ctypes.cast(each, pointer) for each in held]))
            given.append((ctypes.c_int64 * len(held))(*map(len, held)))
        if self.binding.mapped is None:
            out = (ctypes.c_double * self.outputs)()
            self._run(*given, out)
            return list(out)
        flat = [number for row in rows for number in row]
        count = self.outputs if self.binding.reduce else self.outputs * len(rows)
        out = (ctypes.c_double * count)()
        own = (ctypes.c_double * len(flat))(*flat)
        self._run(ctypes.c_int64(len(rows)), *given, own, out)
        if self.binding.reduce:
            return list(out)
        return [list(out[at : at + self.outputs]) for at in range(0, count, self.outputs or 1)]

    def _run(self, *given: object) -> None:
        status = self._call(*given)
        if status == 2:
            raise ProgramError(f"{self._name!r} has not been compiled for this way")
        if status:
            raise ProgramError("there is no memory for the arrays of the function")


def compile(function: Function, binding: Binding) -> Compiled:  # noqa: A001 - as in every back end
    """Return the function compiled by the C compiler of this machine (``CC``, or ``cc``)."""
    return compile_all([(function, binding)])[0]


def compile_all(cases: Sequence[tuple[Function, Binding]]) -> list[Compiled]:
    """Return several functions, whose names differ, compiled together.

    Raises:
        ValueError: there is no C compiler, or it refuses the code.
    """
    compiler = os.environ.get("CC", "cc")
    made = [definition(function, binding) for function, binding in cases]
    lines = [*prelude(made), *[line for each in made for line in each.lines]]
    with tempfile.TemporaryDirectory() as folder:
        file, shared = Path(folder, "program.c"), Path(folder, "program.so")
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [compiler, "-std=c11", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
        command += ["-shared", "-fPIC", "-o", str(shared), str(file), "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise ExportError(f"the C compiler {compiler!r} cannot be run: {error}") from None
        if done.returncode:
            raise ExportError(f"{compiler} refused the C code: {done.stderr.strip()[:2000]}")
        library = ctypes.CDLL(str(shared))
    return [
        Compiled(function, binding, library, each.returns)
        for (function, binding), each in zip(cases, made, strict=True)
    ]
