"""Writes the straight-line LLVM code of a program's instructions, for one number or for eight rows.

One instruction is one line of LLVM. A number is a ``double``; where rows are mapped it is an
``<8 x double>`` that holds the same number of eight rows, one row a lane.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable

from autograd.backends.binding import LANES
from autograd.backends.libm import LIBRARY
from autograd.backends.llvm import library_math, vector_math
from autograd.backends.llvm.contraction import MULTIPLY_ADD
from autograd.ir.function import I1, Function
from autograd.table.operation import TABLE

# Steps after which eight copies of a shared number are loaded again. To keep them from the forward
# to the backward pass would need a stack of vectors that fills the first-level cache.
STALE = 16

# Primitives that are one instruction or intrinsic of LLVM: {t} is the type of numbers, {b} that of
# conditions, {s} the suffix of intrinsics.
INSTRUCTIONS = {
    "add": "fadd {t} {0}, {1}",
    "subtract": "fsub {t} {0}, {1}",
    "multiply": "fmul {t} {0}, {1}",
    "divide": "fdiv {t} {0}, {1}",
    "negative": "fneg {t} {0}",
    "abs": "call {t} @llvm.fabs.{s}({t} {0})",
    "sqrt": "call {t} @llvm.sqrt.{s}({t} {0})",
    "floor": "call {t} @llvm.floor.{s}({t} {0})",
    "ceil": "call {t} @llvm.ceil.{s}({t} {0})",
    "round": "call {t} @llvm.rint.{s}({t} {0})",
    "less": "fcmp olt {t} {0}, {1}",
    "less_equal": "fcmp ole {t} {0}, {1}",
    "both": "and {b} {0}, {1}",
    "either": "or {b} {0}, {1}",
    "opposite": "xor {b} {0}, TRUE",
    "where": "select {b} {0}, {t} {1}, {t} {2}",
}
INTRINSICS = ("fabs", "sqrt", "floor", "ceil", "rint")

PRIMITIVES = frozenset((*INSTRUCTIONS, *LIBRARY))

# Besides primitives there is what ``contraction`` makes of them.
WRITTEN = INSTRUCTIONS | {MULTIPLY_ADD: "call {t} @llvm.fmuladd.{s}({t} {0}, {t} {1}, {t} {2})"}


def literal(constant: float | bool, lanes: bool) -> str:
    """Return a constant as LLVM writes it: a condition, or the bits of a double."""
    if type(constant) is bool:
        text, type_ = str(constant).lower(), "i1"
    else:
        if constant == 0.0 and struct.pack("=d", constant) == bytes(8):
            return "zeroinitializer" if lanes else "0.0"
        bits = struct.unpack("=Q", struct.pack("=d", constant))[0]
        text, type_ = f"0x{bits:016X}", "double"
    return f"<{', '.join([f'{type_} {text}'] * LANES)}>" if lanes else text


class Body:
    """The lines of one native function that computes some of a program's instructions.

    Args:
        function: the whole program.
        lanes: whether a number is a vector of eight rows.
        exact: whether bits must be the eager engine's, without vector functions.
        fetch: called with a number that is not computed here; adds lines that load it as a double,
            and returns its name.
    """

    def __init__(
        self,
        function: Function,
        lanes: bool,
        exact: bool,
        fetch: Callable[[Body, int], str],
    ) -> None:
        self.function = function
        self.lanes = lanes
        self.exact = exact
        self.lines: list[str] = []
        self.functions: set[str] = set()  # primitives of the library, or vector functions, called
        self._fetch = fetch
        self._names: dict[int, str] = {}
        self._loaded: dict[int, int] = {}  # for numbers that were fetched, at which step
        self._steps = 0
        self._count = itertools.count(1)
        self.type = f"<{LANES} x double>" if lanes else "double"
        self.bit = f"<{LANES} x i1>" if lanes else "i1"
        self._suffix = f"v{LANES}f64" if lanes else "f64"

    def new(self, expression: str) -> str:
        """Add a line that names the result of an expression; return the name."""
        name = f"%t{next(self._count)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def name(self, number: int) -> str:
        """Return what a number is called here, loading it where it is computed elsewhere."""
        name = self._names.get(number)
        if self.lanes and self._steps - self._loaded.get(number, self._steps) > STALE:
            name = None
        if name is None:
            constant = self.function.constants.get(number)
            if constant is not None:
                name = literal(constant, self.lanes)
            else:
                name = self._fetch(self, number)
                if self.function.types[number] == I1:  # in memory a condition is 1 or 0
                    zero = literal(0.0, self.lanes)
                    name = self.new(f"fcmp une {self.type} {name}, {zero}")
                self._loaded[number] = self._steps
            self._names[number] = name
        return name

    def stored(self, number: int) -> str:
        """Return the name of a number as memory holds it, a condition as 1 or 0."""
        name = self.name(number)
        if self.function.types[number] == I1:
            return self.new(f"uitofp {self.bit} {name} to {self.type}")
        return name

    def step(self, number: int) -> None:
        """Add the line of one instruction."""
        self._steps += 1
        opcode = self.function.opcodes[number]
        names = [self.name(operand) for operand in self.function.operands[number]]
        t, bit = self.type, self.bit
        if opcode in LIBRARY:
            self.functions.add(opcode)
            given = ", ".join(f"{t} {name}" for name in names)
            line = f"call {t} @{self.library(opcode)}({given})"
        else:
            line = WRITTEN[opcode].format(*names, t=t, b=bit, s=self._suffix)
            line = line.replace("TRUE", literal(True, self.lanes))
        self._names[number] = self.new(line)

    def library(self, opcode: str) -> str:
        """Return the name of the function that computes a primitive here."""
        if self.lanes and not self.exact and opcode in vector_math.FUNCTIONS:
            return f"near_{opcode}"
        return f"each_{opcode}" if self.lanes else f"library_{LIBRARY[opcode]}"


def library_declarations(functions: set[str]) -> str:
    """Return the declarations of these functions of the C library."""
    lines = []
    for kind in sorted(functions):
        operands = ", ".join(["double"] * TABLE[kind].arity)
        lines.append(f"declare double @library_{LIBRARY[kind]}({operands})")
    return "\n".join(lines) + "\n"


def each_lanes(kinds: set[str]) -> str:
    """Return functions of eight rows with the library's bits: by its formulas where they are known.

    Else, and for rare arguments, they call the library for one row after the other.
    """
    known = {kind for kind in kinds if library_math.is_fused(kind) is not None}
    text = [library_math.declarations(known)] if known else []
    for kind in sorted(kinds):
        is_fused = library_math.is_fused(kind)
        if is_fused is None:
            text.append(_one_by_one(kind, f"each_{kind}"))
            continue
        text.append(_one_by_one(kind, f"slowly_{kind}"))
        text.append(library_math.function_text(kind, f"each_{kind}", f"slowly_{kind}", is_fused))
    return "\n".join(text)


def _one_by_one(kind: str, name: str) -> str:
    """Return a function of eight rows that calls the library for one row after the other."""
    vector = f"<{LANES} x double>"
    operands = ("a", "b")[: TABLE[kind].arity]
    parameters = ", ".join(f"{vector} %{operand}" for operand in operands)
    lines = [f"define internal {vector} @{name}({parameters}) #0 {{"]
    result = "poison"
    for lane in range(LANES):
        for operand in operands:
            lines.append(f"%{operand}{lane} = extractelement {vector} %{operand}, i64 {lane}")
        given = ", ".join(f"double %{operand}{lane}" for operand in operands)
        lines.append(f"%y{lane} = call double @library_{LIBRARY[kind]}({given})")
        lines.append(f"%r{lane} = insertelement {vector} {result}, double %y{lane}, i64 {lane}")
        result = f"%r{lane}"
    lines.append(f"ret {vector} {result}\n}}\n")
    return "\n".join(lines)


def intrinsic_declarations(lanes: bool) -> str:
    """Return the declarations of LLVM's own functions of one type."""
    t, suffix = (f"<{LANES} x double>", f"v{LANES}f64") if lanes else ("double", "f64")
    lines = [f"declare {t} @llvm.{name}.{suffix}({t})\n" for name in INTRINSICS]
    return "".join([*lines, f"declare {t} @llvm.fmuladd.{suffix}({t}, {t}, {t})\n"])
