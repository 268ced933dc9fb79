"""The C back end: a Function as a self-contained C11 file.

Functions of the C library are called through pointers that the compiler may not look through:
otherwise it would write ``pow(x, 2)`` as ``x * x``, which differs in the last bit.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograd.backends.binding import BLOCK, LANES, ONE_BLOCK, Binding
from autograd.backends.straight_line import (
    INEXACT,
    Language,
    check_straight,
    comment,
    identifier,
)
from autograd.errors import ExportError
from autograd.ir.function import Function
from autograd.table.operation import TABLE

_NAMES = """exp exp2 expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh
    acosh atanh atan2 fmod"""
# Primitives that are functions of the C library.
LIBRARY = {name: name for name in _NAMES.split()} | {"power": "pow"}

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


C = Language("C", "const double", "const int", SPELLINGS, _literal)


def source(
    function: Function,
    binding: Binding | None = None,
    is_exact: bool = True,
    labels: Sequence[str] = (),
) -> str:
    """Return the function as a C11 file: a header comment, and one function.

    Args:
        function: without loops and calls of other Functions.
        binding: which parameters differ from row to row, and how results are reduced.
        is_exact: whether it is compiled with ``exact=True``; else the comment says what differs.
        labels: what each result is, for the comment.

    Raises:
        ValueError: it holds something that C code of ours cannot compute.
    """
    binding = binding or Binding()
    check_straight(function)
    notes = (*NOTE, *(SAME_BITS if is_exact else INEXACT))
    head = comment(function, binding, identifier(function.name), ("/*", " *", " */"), notes, labels)
    return "\n".join([*head, *prelude([function]), *definition(function, binding)]) + "\n"


def prelude(functions: Sequence[Function]) -> list[str]:
    """Return the lines before the definitions of functions that stand in one file."""
    used = {opcode for each in functions for opcode in each.opcodes if opcode in LIBRARY}
    pointers = [
        f"static double (*const volatile library_{LIBRARY[opcode]})"
        f"({', '.join(['double'] * TABLE[opcode].arity)}) = {LIBRARY[opcode]};"
        for opcode in sorted(used, key=LIBRARY.__getitem__)
    ]
    return ["#include <math.h>", "#include <stdint.h>", "", *pointers, *([""] if pointers else [])]


def definition(function: Function, binding: Binding) -> list[str]:
    """Return the lines of the function itself."""
    name = identifier(function.name)
    is_mapped = binding.mapped is not None
    return _mapped(function, binding, name) if is_mapped else _single(function, name)


NOTE = (
    "Compile it with -ffp-contract=off (fused multiply-adds change last bits) and without",
    "-ffast-math, and link libm.",
)
SAME_BITS = ("Where the C library is the same, the results are those of the function, to the bit.",)


def _single(function: Function, name: str) -> list[str]:
    parts = C.parts(function, Binding(), "in[{}]", "")
    lines = [f"    {line}" for line in parts.once]
    outputs = [f"    out[{place}] = {result};" for place, result in enumerate(parts.results)]
    used = _unused([*lines, *outputs], "in")
    return [f"void {name}(const double *in, double *out)", "{", *used, *lines, *outputs, "}"]


def _unused(lines: Sequence[str], name: str) -> list[str]:
    """Return a line that keeps compilers from complaining of a parameter that no line reads."""
    return [] if any(f"{name}[" in line for line in lines) else [f"    (void){name};"]


def _mapped(function: Function, binding: Binding, name: str) -> list[str]:
    once, each, outputs, row = C.parts(function, binding, "in[{}]", "row[{}]")
    before, body = [f"    {line}" for line in once], [f"        {line}" for line in each]
    count = len(outputs)
    head = f"void {name}(int64_t rows, const double *in, const double *row, double *out)"
    lines = [*before, *body, *outputs]
    used = [*_unused(lines, "in"), *_unused(lines, "row")]
    if not binding.reduce:
        stores = [f"        out[{place}] = {output};" for place, output in enumerate(outputs)]
        loop = "    for (int64_t i = 0; i < rows; i++) {"
        step = [f"        row += {row};", f"        out += {count};", "    }", "}"]
        used += _unused(stores, "out")
        return [head, "{", *used, *before, loop, *body, *stores, *step]
    size = max(count, 1)
    adds = [
        f"        sums[i % {LANES}][{place}] += {output};" for place, output in enumerate(outputs)
    ]
    most = max(8, min(256, 2**21 // size))
    mean = " / (double)rows" if binding.reduce == "mean" else " + 0.0"
    return [
        *(head, "{", *used, *before),
        f"    double sums[{LANES}][{size}];",
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
        "}",
    ]


class Compiled:
    """A Function compiled by the system's C compiler; see ``compile``."""

    def __init__(self, function: Function, binding: Binding, library: ctypes.CDLL) -> None:
        self.binding = binding
        self.outputs = len(function.results)
        self._call = getattr(library, identifier(function.name))

    def __call__(
        self, arguments: Sequence[float], rows: Sequence[Sequence[float]] = ()
    ) -> list[float] | list[list[float]]:
        """Return the results: floats, or a list of them for each row."""
        given = (ctypes.c_double * len(arguments))(*arguments)
        if self.binding.mapped is None:
            out = (ctypes.c_double * self.outputs)()
            self._call(given, out)
            return list(out)
        flat = [number for row in rows for number in row]
        count = self.outputs if self.binding.reduce else self.outputs * len(rows)
        out = (ctypes.c_double * count)()
        self._call(ctypes.c_int64(len(rows)), given, (ctypes.c_double * len(flat))(*flat), out)
        if self.binding.reduce:
            return list(out)
        return [list(out[at : at + self.outputs]) for at in range(0, count, self.outputs or 1)]


def compile(function: Function, binding: Binding) -> Compiled:  # noqa: A001 - as in every back end
    """Return the function compiled by the C compiler of this machine (``CC``, or ``cc``)."""
    return compile_all([(function, binding)])[0]


def compile_all(cases: Sequence[tuple[Function, Binding]]) -> list[Compiled]:
    """Return several functions, whose names differ, compiled together.

    Raises:
        ValueError: there is no C compiler, or it refuses the code.
    """
    compiler = os.environ.get("CC", "cc")
    lines = prelude([function for function, _ in cases])
    for function, binding in cases:
        lines += definition(function, binding)
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
    return [Compiled(function, binding, library) for function, binding in cases]
