"""Lowers a trace to a Function of primitives: decomposed, simplified, without dead code.

Equal instructions are computed once, constants are folded by the eager functions, and what
``simplify`` knows is applied, all in one pass.

A ``guarded_multiply`` (see ``differentiate``) is lowered in one of two ways. *Careful*: as what it
is, ``where(reached, a * b, 0)``. *Fast*: as the plain product, and the conditions vanish as dead
code. The two differ only where a product is nan that should be nothing. Such a nan goes through
arithmetic to a result, and is seen there: a program whose results hold a nan is then run again,
carefully. Where a nan could be lost on the way (in a comparison, in ``power``: 1 ** nan is 1) only
the careful program is made. So strong zeros cost nothing until there is a nan.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from autograd.ir.differentiate import GUARDED_MULTIPLY
from autograd.ir.function import CONSTANT, I1, Function, Parameter
from autograd.ir.rules import Steps, primitive_steps
from autograd.ir.simplify import SIMPLER, SIMPLER_WITH_CONSTANT
from autograd.ir.trace import Reference, Trace
from autograd.ir.verify import checked
from autograd.table import rows as ops
from autograd.table.operation import TABLE

MULTIPLY, WHERE = ops.multiply.name, ops.select.name
PRIMITIVES = frozenset(name for name, row in TABLE.items() if row.definition is None)
_COMMUTATIVE = frozenset(name for name, row in TABLE.items() if row.commutative)
_LOSES_NAN = frozenset(name for name, row in TABLE.items() if row.loses_nan)


class Lowering:
    """A program of primitives that grows by one instruction at a time.

    Attributes:
        function: what has been built.
        exact: whether every simplification must keep the bits.
        careful: whether guarded products are guarded.
        guarded: the numbers of those that are not.
    """

    def __init__(self, parameters: Sequence[Parameter], exact: bool, careful: bool) -> None:
        self.function = Function()
        for parameter in parameters:
            self.function.add_parameter(parameter)
        self.constants = self.function.constants
        self.exact = exact
        self.careful = careful
        self.guarded: set[int] = set()
        self._known: dict[tuple[object, ...], int] = {}

    def constant(self, constant: float | bool) -> int:
        """Return the number of a constant (0.0 and -0.0 are two)."""
        is_truth = type(constant) is bool
        key = (CONSTANT, constant if is_truth else struct.pack("=d", constant), is_truth)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = self.function.add_constant(constant)
        return number

    def operand_of(self, number: int, opcode: str) -> int | None:
        """Return the operand of a unary instruction with this opcode, None for any other."""
        function = self.function
        return function.operands[number][0] if function.opcodes[number] == opcode else None

    def add(self, opcode: str, operands: tuple[int, ...]) -> int:
        """Return the number of an instruction: an equal one that there is already, or a new one."""
        if opcode in _COMMUTATIVE and operands[0] > operands[1]:
            operands = (operands[1], operands[0])
        key = (opcode, operands)
        number = self._known.get(key)
        if number is None:
            number = self._simplified(opcode, operands)
            if number is None:
                number = self.function.add(opcode, operands)
            self._known[key] = number
        return number

    def _simplified(self, opcode: str, operands: tuple[int, ...]) -> int | None:
        constants = self.constants
        known = [constants[operand] for operand in operands if operand in constants]
        if len(known) == len(operands):
            row = TABLE[opcode]
            value = row.value(*[float(constant) for constant in known])
            return self.constant(value != 0.0 if row.is_condition else float(value))
        rule = (SIMPLER_WITH_CONSTANT if known else SIMPLER).get(opcode)
        return None if rule is None else rule(self, *operands)

    def expand(self, steps: Steps, operands: Sequence[int]) -> int:
        """Add the instructions of a composite, and return the number of its result."""
        numbers: list[int] = []

        def at(reference: Reference) -> int:
            if type(reference) is not int:
                return self.constant(reference)
            return numbers[reference] if reference >= 0 else operands[-1 - reference]

        for opcode, references in steps[0]:
            numbers.append(self.add(opcode, tuple([at(reference) for reference in references])))
        return at(steps[1])

    def guarded_multiply(self, reached: int, a: int, b: int) -> int:
        """Return the number of a * b where it is reached."""
        number = self.add(MULTIPLY, (a, b))
        if self.careful:
            return self.add(WHERE, (reached, number, self.constant(0.0)))
        self.guarded.add(number)
        return number

    def loses_nan(self) -> bool:
        """Return whether a nan of a guarded product could be lost before it reaches a result."""
        function = self.function
        if not self.guarded:
            return False
        tainted = bytearray(len(function))
        for number in self.guarded:
            tainted[number] = 1
        for number in range(min(self.guarded), len(function)):
            for operand in function.operands[number]:
                if tainted[operand]:
                    if function.opcodes[number] in _LOSES_NAN:
                        return True
                    tainted[number] = 1
                    break
        return False


def lower(
    trace: Trace,
    outputs: Sequence[Reference],
    exact: bool = True,
    careful: bool = False,
    name: str = "function",
) -> tuple[Function, bool]:
    """Return the program that computes the outputs of a traced function.

    Its parameters are the arguments of the trace, and after them the captured Values.

    Args:
        trace: what the function did.
        outputs: what it returned.
        exact: whether the program must give the bits of the eager engine.
        careful: whether guarded products are guarded in any case.
        name: the name of the program.

    Returns:
        The program, and whether it is fast where it could be careful: then a nan among its
        results says that the careful program is to be run.
    """
    parameters = [Parameter(name) for name in trace.names]
    parameters += [
        Parameter(value.label or f"capture {place}", is_capture=True)
        for place, value in enumerate(trace.captured)
    ]
    lowering = Lowering(parameters, exact, careful)
    lowering.function.name = name
    numbers = [-1] * len(trace)
    for place, number in enumerate([*trace.arguments, *trace.captures.values()]):
        numbers[number] = place
    wanted = _wanted(trace, outputs, careful)

    def at(reference: Reference) -> int:
        return numbers[reference] if type(reference) is int else lowering.constant(reference)

    for number, operation in enumerate(trace.operations):
        if not wanted[number]:
            continue
        if operation is None:
            if numbers[number] < 0:
                numbers[number] = lowering.constant(trace.constants[number])
            continue
        references = trace.operands[number]
        if operation is GUARDED_MULTIPLY:
            reached = at(references[0]) if careful else 0
            place = lowering.guarded_multiply(reached, at(references[1]), at(references[2]))
        elif operation.definition is None:
            place = lowering.add(operation.name, tuple([at(each) for each in references]))
        else:
            steps = primitive_steps(operation, references)
            place = lowering.expand(steps, [at(each) for each in references])
        numbers[number] = place
    results = []
    for output in outputs:
        result = at(output)
        if lowering.function.types[result] == I1:  # a truth among the results is 1 or 0
            arms = lowering.constant(1.0), lowering.constant(0.0)
            result = lowering.add(WHERE, (result, *arms))
        results.append(result)
    function = pruned(lowering.function.end(tuple(results)))
    if lowering.loses_nan():
        return lower(trace, outputs, exact, True, name)
    return checked(function, PRIMITIVES), bool(lowering.guarded)


def _wanted(trace: Trace, outputs: Sequence[Reference], careful: bool) -> bytearray:
    """Return for each number of the trace whether an output needs it."""
    wanted = bytearray(len(trace))
    for output in outputs:
        if type(output) is int:
            wanted[output] = 1
    operations, operands = trace.operations, trace.operands
    for number in range(len(trace) - 1, -1, -1):
        if wanted[number]:
            references = operands[number]
            operation = operations[number]
            if operation is GUARDED_MULTIPLY and not careful:
                references = references[1:]
            for reference in references:
                if type(reference) is int:
                    wanted[reference] = 1
    return wanted


def frozen(function: Function, captured: Sequence[float]) -> Function:
    """Return a function of one block with constants for its captures, the last parameters.

    Nothing is folded: the instructions stay as they are, and so do their bits.
    """
    given = [parameter for parameter in function.parameters if not parameter.is_capture]
    made = Function(function.name)
    for parameter in given:
        made.add_parameter(parameter)
    numbers = [*range(len(given)), *[made.add_constant(number) for number in captured]]
    for number in range(len(function.parameters), len(function)):
        if number in function.constants:
            numbers.append(made.add_constant(function.constants[number]))
        else:
            operands = tuple([numbers[operand] for operand in function.operands[number]])
            numbers.append(made.add(function.opcodes[number], operands))
    return pruned(made.end(tuple([numbers[number] for number in function.results])))


def pruned(function: Function) -> Function:
    """Return a function of one block without the instructions that no result needs."""
    opcodes, operands = function.opcodes, function.operands
    wanted = bytearray(len(opcodes))
    for number in function.results:
        wanted[number] = 1
    first = len(function.parameters)
    for number in range(len(opcodes) - 1, first - 1, -1):
        if wanted[number]:
            for operand in operands[number]:
                wanted[operand] = 1
    kept = Function(function.name)
    for parameter in function.parameters:
        kept.add_parameter(parameter)
    numbers = list(range(first)) + [0] * (len(opcodes) - first)
    for number in range(first, len(opcodes)):
        if wanted[number]:
            given = tuple([numbers[operand] for operand in operands[number]])
            place = numbers[number] = kept._append(opcodes[number], given, function.types[number])
            if opcodes[number] == CONSTANT:
                kept.constants[place] = function.constants[number]
    return kept.end(tuple([numbers[number] for number in function.results]))
