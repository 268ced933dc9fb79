"""The numbered program: what is left of a recorded function once it is cleaned up.

A program is a list of kernel operations on numbers that stand before them. Defined operations are
expanded by their definitions. Every step of the clean-up is exact in IEEE arithmetic: the program
gives the same bits as the graph it was made from (the payload of a nan aside). So there is x * 1,
x - 0 and --x here, and never x + 0, x * 0 or x / x.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.engine.modes import recording_with
from autograd.ir.trace import Tape, Traced
from autograd.table.operation import TABLE, Operation

INPUT, CONSTANT = "input", "constant"
COMMUTES = frozenset(("add", "multiply", "both", "either"))

# A step of a template: a kernel and its operands. An operand is a float for a constant, a place
# among the steps, or -1 - i for operand i of the defined operation.
Template = tuple[list[tuple[str, tuple[Any, ...]]], Any]


class Program:
    """Numbered steps, each a kernel operation on earlier numbers.

    Attributes:
        kinds: for each number "input", "constant" or the name of a kernel.
        operands: for each number the numbers it is computed from.
        constants: the floats of the constants, by number.
        inputs: how many inputs there are; they are the first numbers.
        exact: whether every simplification must keep the bits.
        outputs: the numbers that are the results.
    """

    def __init__(self, inputs: int, exact: bool = True) -> None:
        self.exact = exact
        self.kinds: list[str] = [INPUT] * inputs
        self.operands: list[tuple[int, ...]] = [()] * inputs
        self.constants: dict[int, float] = {}
        self.inputs = inputs
        self.outputs: list[int] = []
        self._known: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def _append(self, kind: str, operands: tuple[int, ...]) -> int:
        self.kinds.append(kind)
        self.operands.append(operands)
        return len(self.kinds) - 1

    def constant(self, number: float) -> int:
        """Return the place of a constant (0.0 and -0.0 are two)."""
        key = struct.pack("=d", number)
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = self._append(CONSTANT, ())
            self.constants[place] = number
        return place

    def add(self, kind: str, operands: tuple[int, ...]) -> int:
        """Return the place of a step: an equal one that stands there already, or a new one."""
        numbers = [self.constants[operand] for operand in operands if operand in self.constants]
        if len(numbers) == len(operands):
            return self.constant(float(TABLE[kind].value(*numbers)))
        rule = (SIMPLER_WITH_CONSTANT if numbers else SIMPLER).get(kind)
        if rule is not None:
            simpler = rule(self, *operands)
            if simpler is not None:
                return simpler
        if kind in COMMUTES and operands[0] > operands[1]:
            operands = (operands[1], operands[0])
        key = (kind, operands)
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = self._append(kind, operands)
        return place

    def expand(self, template: Template, operands: Sequence[int]) -> int:
        """Add the steps of a defined operation, and return the place of its result."""
        steps, result = template
        places: list[int] = []

        def at(reference: float | int) -> int:
            if isinstance(reference, float):
                return self.constant(reference)
            return places[reference] if reference >= 0 else operands[-1 - reference]

        for kind, references in steps:
            places.append(self.add(kind, tuple([at(reference) for reference in references])))
        return at(result)

    def is_negated(self, place: int) -> bool:
        """Return whether the number was made by negation."""
        return self.kinds[place] == "negative"

    def listing(self, names: Sequence[str]) -> str:
        """Return the program as readable text, one step a line."""
        lines = []
        for place, (kind, operands) in enumerate(zip(self.kinds, self.operands, strict=True)):
            if kind == INPUT:
                lines.append(f"v{place} = {names[place]}")
            elif kind == CONSTANT:
                lines.append(f"v{place} = {self.constants[place]!r}")
            else:
                lines.append(f"v{place} = {kind}({', '.join(f'v{i}' for i in operands)})")
        lines.append("return " + ", ".join(f"v{place}" for place in self.outputs))
        return "\n".join(lines)

    def depends_on(self, inputs: Iterable[int]) -> bytearray:
        """Return for each number whether it depends on one of these inputs."""
        found = bytearray(len(self.kinds))
        for place in inputs:
            found[place] = 1
        for place in range(self.inputs, len(self.kinds)):
            for operand in self.operands[place]:
                if found[operand]:
                    found[place] = 1
                    break
        return found

    def pruned(self) -> Program:
        """Return the program without the steps that no output needs; all inputs stay."""
        wanted = bytearray(len(self.kinds))
        for place in self.outputs:
            wanted[place] = 1
        for place in range(len(self.kinds) - 1, self.inputs - 1, -1):
            if wanted[place]:
                for operand in self.operands[place]:
                    wanted[operand] = 1
        kept = Program(self.inputs, self.exact)
        renumbered = list(range(self.inputs)) + [0] * (len(self.kinds) - self.inputs)
        for place in range(self.inputs, len(self.kinds)):
            if wanted[place]:
                operands = tuple([renumbered[operand] for operand in self.operands[place]])
                renumbered[place] = kept._append(self.kinds[place], operands)
                if self.kinds[place] == CONSTANT:
                    kept.constants[renumbered[place]] = self.constants[place]
        kept.outputs = [renumbered[place] for place in self.outputs]
        return kept


# -- exact simplifications -------------------------------------------------------------------
# Each is given the program and the operands, and returns the place of something equal, or None.


def _is(program: Program, place: int, number: float) -> bool:
    constant = program.constants.get(place)
    return (
        constant is not None
        and constant == number
        and math.copysign(1.0, constant) == math.copysign(1.0, number)
    )


def _add(program: Program, a: int, b: int) -> int | None:
    if _is(program, b, -0.0):
        return a
    if _is(program, a, -0.0):
        return b
    if program.is_negated(b):
        return program.add("subtract", (a, program.operands[b][0]))
    if program.is_negated(a):
        return program.add("subtract", (b, program.operands[a][0]))
    return None


def _subtract(program: Program, a: int, b: int) -> int | None:
    if _is(program, b, 0.0):
        return a
    if _is(program, a, -0.0):
        return program.add("negative", (b,))
    if program.is_negated(b):
        return program.add("add", (a, program.operands[b][0]))
    return None


def _multiply(program: Program, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        if _is(program, one, 1.0):
            return other
        if _is(program, one, -1.0):
            return program.add("negative", (other,))
    return None


def _divide(program: Program, a: int, b: int) -> int | None:
    divisor = program.constants.get(b)
    if divisor is not None and divisor - divisor == 0.0 and divisor != 0.0:
        fraction, exponent = math.frexp(divisor)
        if abs(fraction) == 0.5 and abs(exponent) < 1000:  # a power of two: its inverse is exact
            return program.add("multiply", (a, program.constant(1.0 / divisor)))
    return None


def _negative(program: Program, x: int) -> int | None:
    return program.operands[x][0] if program.is_negated(x) else None


def _power(program: Program, a: int, b: int) -> int | None:
    exponent = program.constants.get(b)
    if exponent == 0.0:
        return program.constant(1.0)  # of anything, nan too
    if exponent == 1.0:
        return a
    if not program.exact:  # C's pow(a, 2) need not be a * a rounded
        if exponent == 2.0:
            return program.add("multiply", (a, a))
        if exponent == -1.0:
            return program.add("divide", (program.constant(1.0), a))
    return None


def _select(program: Program, condition: int, a: int, b: int) -> int | None:
    if a == b:
        return a
    known = program.constants.get(condition)
    if known is not None:
        return a if known != 0.0 else b
    return None


Rule = Callable[..., int | None]
SIMPLER: dict[str, Rule] = {
    "add": _add,
    "subtract": _subtract,
    "negative": _negative,
    "where": _select,
}
SIMPLER_WITH_CONSTANT: dict[str, Rule] = SIMPLER | {
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
}


# -- from a tape to a program ------------------------------------------------------------------


@functools.lru_cache(maxsize=1000)
def template_of(
    operation: Operation, constants: tuple[str | None, ...], kernels: frozenset[str]
) -> Template:
    """Return the definition of an operation as steps of kernels, traced once.

    Operands that are constants are put in as such (in hexadecimal, where 0.0 is not -0.0), since a
    definition may need the number, as polygamma does its order.
    """
    assert operation.definition is not None
    tape = Tape(kernels)
    inputs = [tape.input(name) for name in operation.parameters]
    with recording_with(tape):
        result = operation.definition(
            *[
                node if number is None else float.fromhex(number)
                for node, number in zip(inputs, constants, strict=True)
            ]
        )
    steps: list[tuple[str, tuple[Any, ...]]] = []
    references: list[Any] = []  # for each node of the tape where its result is

    def reference(operand: Any) -> Any:
        if not isinstance(operand, Traced):
            return float(operand)
        return -1 - operand.place if operand.op is None else references[operand.place]

    for node in tape.nodes:
        assert node.op is not None
        operands = [reference(arg) for arg in node.args]
        if node.op.definition is None:
            references.append(len(steps))
            steps.append((node.op.name, tuple(operands)))
        else:
            inner, last = template_of(node.op, _constants(node), kernels)
            base = len(steps)

            def moved(inside: Any, base: int = base, operands: list[Any] = operands) -> Any:
                if type(inside) is float:
                    return inside
                return inside + base if inside >= 0 else operands[-1 - inside]

            steps += [(kind, tuple(moved(r) for r in inside)) for kind, inside in inner]
            references.append(moved(last))
    return steps, reference(result)


def _constants(node: Traced) -> tuple[str | None, ...]:
    return tuple([arg.hex() if type(arg) is float else None for arg in node.args])


def program_of(
    tape: Tape, outputs: Sequence[Any], kernels: frozenset[str], exact: bool = True
) -> Program:
    """Return the cleaned-up program that computes the outputs of a traced function.

    Its inputs are those of the tape, and after them the Values from outside, in order.
    """
    program = Program(len(tape.inputs) + len(tape.outside), exact)
    outside = {key: len(tape.inputs) + index for index, key in enumerate(tape.outside)}
    needed = _needed(tape, outputs)
    places = [0] * len(tape.nodes)

    def place_of(operand: Any) -> int:
        if type(operand) is float:
            return program.constant(operand)
        if isinstance(operand, Traced):
            if operand.op is not None:
                return places[operand.place]
            place = operand.place
            return place if place >= 0 else program.constant(tape.constants[-1 - place])
        return outside[id(operand)]

    for node in tape.nodes:
        if not needed[node.place]:
            continue
        operation = node.op
        assert operation is not None
        operands = tuple([place_of(arg) for arg in node.args])
        if operation.definition is None:
            places[node.place] = program.add(operation.name, operands)
        else:
            template = template_of(operation, _constants(node), kernels)
            places[node.place] = program.expand(template, operands)
    program.outputs = [place_of(output) for output in outputs]
    return program.pruned()


def _needed(tape: Tape, outputs: Sequence[Any]) -> bytearray:
    needed = bytearray(len(tape.nodes))
    for output in outputs:
        if isinstance(output, Traced) and output.op is not None:
            needed[output.place] = 1
    for node in reversed(tape.nodes):
        if needed[node.place]:
            for arg in node.args:
                if isinstance(arg, Traced) and arg.op is not None:
                    needed[arg.place] = 1
    return needed
