"""Writes the straight-line LLVM code of a program's steps, for one number or for eight rows.

One step is one line of LLVM, or a few. A number is a ``double``; where rows are mapped it is an
``<8 x double>`` that holds the same number of eight rows, one row a lane.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from autograd.backends.llvm import vector_math
from autograd.ir.program import CONSTANT, Program
from autograd.ir.trace import CONDITIONS

LANES = 8

# Steps after which eight copies of a shared number are loaded anew: to keep them from the forward
# to the backward pass would fill the stack with vectors, and the first cache with the stack.
STALE = 16

# Kernels that are one instruction or intrinsic of LLVM. {t} is the type, {f} the flags.
INSTRUCTIONS = {
    "add": "fadd {f}{t} {0}, {1}",
    "subtract": "fsub {f}{t} {0}, {1}",
    "multiply": "fmul {f}{t} {0}, {1}",
    "divide": "fdiv {t} {0}, {1}",
    "negative": "fneg {t} {0}",
    "abs": "call {t} @llvm.fabs.{s}({t} {0})",
    "sqrt": "call {t} @llvm.sqrt.{s}({t} {0})",
    "floor": "call {t} @llvm.floor.{s}({t} {0})",
    "ceil": "call {t} @llvm.ceil.{s}({t} {0})",
    "round": "call {t} @llvm.rint.{s}({t} {0})",
}
INTRINSICS = ("fabs", "sqrt", "floor", "ceil", "rint")

# Kernels that are functions of the C library, the same that Python's math module calls.
LIBRARY = {
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log1p": "log1p",
    "log2": "log2",
    "log10": "log10",
    "cbrt": "cbrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
    "power": "pow",
    "atan2": "atan2",
}
TWO_OPERANDS = frozenset(("power", "atan2"))

# Kernels that are written out in Body.step.
SPELLED = frozenset(("where", *CONDITIONS))

KERNELS = frozenset((*INSTRUCTIONS, *LIBRARY, *SPELLED))


def literal(number: float, lanes: bool) -> str:
    """Return a constant as LLVM writes it: the bits of the double in hexadecimal."""
    if number == 0.0 and struct.pack("=d", number) == bytes(8):
        return "zeroinitializer" if lanes else "0.0"
    text = f"0x{struct.unpack('=Q', struct.pack('=d', number))[0]:016X}"
    return f"<{', '.join([f'double {text}'] * LANES)}>" if lanes else text


class Body:
    """The lines of one native function that computes some of the steps.

    Args:
        program: the whole program.
        lanes: whether a number is a vector of eight rows.
        exact: whether contracted multiply-adds and vector functions are left out.
        fetch: called with a place that is not computed here; adds lines that load it, and returns
            its name.
    """

    def __init__(
        self, program: Program, lanes: bool, exact: bool, fetch: Callable[[Body, int], str]
    ) -> None:
        self.program = program
        self.lanes = lanes
        self.exact = exact
        self.lines: list[str] = []
        self.functions: set[str] = set()  # kernels of the library, or vector functions, called
        self._fetch = fetch
        self._numbers: dict[int, str] = {}
        self._conditions: dict[int, str] = {}
        self._loaded: dict[int, int] = {}  # for places that were fetched, at which step
        self._steps = 0
        self._count = 0
        self.type = f"<{LANES} x double>" if lanes else "double"
        self.bit = f"<{LANES} x i1>" if lanes else "i1"
        self._suffix = f"v{LANES}f64" if lanes else "f64"
        self._flags = "" if exact else "contract "

    def new(self, expression: str) -> str:
        """Add a line that names the result of an expression; return the name."""
        self._count += 1
        name = f"%t{self._count}"
        self.lines.append(f"{name} = {expression}")
        return name

    def number(self, place: int) -> str:
        """Return the name of a number, loading or converting it where needed."""
        name = self._numbers.get(place)
        if self.lanes and self._steps - self._loaded.get(place, self._steps) > STALE:
            name = None
        if name is None:
            if self.program.kinds[place] == CONSTANT:
                name = literal(self.program.constants[place], self.lanes)
            elif place in self._conditions and self.program.kinds[place] in CONDITIONS:
                condition = self._conditions[place]
                name = self.new(f"uitofp {self.bit} {condition} to {self.type}")
            else:
                name = self._fetch(self, place)
                self._loaded[place] = self._steps
            self._numbers[place] = name
        return name

    def condition(self, place: int) -> str:
        """Return the name of a bit that says whether a number is not zero (nan is not)."""
        name = self._conditions.get(place)
        if name is None:
            zero = literal(0.0, self.lanes)
            name = self.new(f"fcmp une {self.type} {self.number(place)}, {zero}")
            self._conditions[place] = name
        return name

    def step(self, place: int) -> None:
        """Add the lines of one step."""
        kind, operands = self.program.kinds[place], self.program.operands[place]
        t = self.type
        self._steps += 1
        if kind in INSTRUCTIONS:
            names = [self.number(operand) for operand in operands]
            pattern = INSTRUCTIONS[kind]
            self._numbers[place] = self.new(
                pattern.format(*names, t=t, f=self._flags, s=self._suffix)
            )
        elif kind in LIBRARY:
            self.functions.add(kind)
            given = ", ".join(f"{t} {self.number(operand)}" for operand in operands)
            self._numbers[place] = self.new(f"call {t} @{self.function(kind)}({given})")
        elif kind == "where":
            condition = self.condition(operands[0])
            a, b = self.number(operands[1]), self.number(operands[2])
            self._numbers[place] = self.new(f"select {self.bit} {condition}, {t} {a}, {t} {b}")
        elif kind in ("less", "less_equal"):
            a, b = self.number(operands[0]), self.number(operands[1])
            relation = "olt" if kind == "less" else "ole"
            self._conditions[place] = self.new(f"fcmp {relation} {t} {a}, {b}")
        else:
            a, b = self.condition(operands[0]), self.condition(operands[1])
            word = "and" if kind == "both" else "or"
            self._conditions[place] = self.new(f"{word} {self.bit} {a}, {b}")

    def function(self, kind: str) -> str:
        """Return the name of the function that computes a kernel here."""
        if self.lanes and not self.exact and kind in vector_math.FUNCTIONS:
            return f"near_{kind}"
        return f"each_{kind}" if self.lanes else f"library_{LIBRARY[kind]}"


def library_declarations(functions: set[str]) -> str:
    """Return the declarations of these functions of the C library."""
    lines = []
    for kind in sorted(functions):
        operands = "double, double" if kind in TWO_OPERANDS else "double"
        lines.append(f"declare double @library_{LIBRARY[kind]}({operands})")
    return "\n".join(lines) + "\n"


def each_lane(kind: str) -> str:
    """Return a function of eight rows that calls the library for one row after the other."""
    vector = f"<{LANES} x double>"
    names = ("a", "b")[: 2 if kind in TWO_OPERANDS else 1]
    parameters = ", ".join(f"{vector} %{name}" for name in names)
    lines = [f"define internal {vector} @each_{kind}({parameters}) #0 {{"]
    result = "poison"
    for lane in range(LANES):
        for name in names:
            lines.append(f"%{name}{lane} = extractelement {vector} %{name}, i64 {lane}")
        given = ", ".join(f"double %{name}{lane}" for name in names)
        lines.append(f"%y{lane} = call double @library_{LIBRARY[kind]}({given})")
        lines.append(f"%r{lane} = insertelement {vector} {result}, double %y{lane}, i64 {lane}")
        result = f"%r{lane}"
    lines.append(f"ret {vector} {result}\n}}\n")
    return "\n".join(lines)


def intrinsic_declarations(lanes: bool) -> str:
    """Return the declarations of LLVM's own functions of one type."""
    t, suffix = (f"<{LANES} x double>", f"v{LANES}f64") if lanes else ("double", "f64")
    return "".join(f"declare {t} @llvm.{name}.{suffix}({t})\n" for name in INTRINSICS)
