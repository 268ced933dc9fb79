"""Lowers a trace to a Function of primitives: decomposed, simplified, without dead code.

Equal instructions are computed once, constants are folded by the eager functions, and what
``simplify`` knows is applied, all in one pass.

A ``guarded_multiply`` (see ``differentiate``) is lowered in one of two ways. *Careful*: as what it
is, ``where(reached, a * b, 0)``. *Fast*: as the plain product, and the conditions vanish as dead
code. The two differ only where a product is nan that should be nothing. Such a nan goes through
arithmetic to a result, and is seen there: a program whose results hold a nan is then run again,
carefully. Where a nan could be lost on the way (in a comparison, in ``power``: 1 ** nan is 1) only
the careful program is made. So strong zeros cost nothing as long as there is no nan.
"""

from __future__ import annotations

import array
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, compress
from typing import NamedTuple

from autograd.engine.accelerator import native
from autograd.ir.contributions import GUARDED_MULTIPLY
from autograd.ir.function import (
    ADD_ALL,
    ADD_AT,
    ARRAY,
    ARRAY_TYPE,
    BODIES,
    CONSTANT,
    CONSUMING,
    EXTRACT,
    F64,
    I1,
    PUSH,
    SCAN,
    SIZE,
    WHILE,
    ZEROS,
    Function,
    Opcodes,
    Parameter,
    Types,
    can_pack,
    result_type,
)
from autograd.ir.loops import Loop, LoopBody, Part
from autograd.ir.operands import Operands
from autograd.ir.rules import Steps, primitive_steps
from autograd.ir.simplify import SIMPLER, SIMPLER_WITH_CONSTANT
from autograd.ir.tables import INSIDE, ON_ARRAYS, WholeArgument
from autograd.ir.trace import Frozen, Reference, Trace
from autograd.ir.verify import checked
from autograd.table import rows as ops
from autograd.table.operation import TABLE, Operation

MULTIPLY, WHERE = ops.multiply.name, ops.select.name
PRIMITIVES = frozenset(name for name, row in TABLE.items() if row.definition is None)
_COMMUTATIVE = frozenset(name for name, row in TABLE.items() if row.commutative)
_PLAIN = frozenset(row for row in TABLE.values() if row.definition is None)
_CODES = Opcodes.CODES
_TYPES = {name: result_type(name) for name in TABLE}
# What nothing is known of that would be simpler, unless an operand is one of these.
_STRAIGHT = frozenset(name for name in PRIMITIVES if name not in SIMPLER)
_SUMS = frozenset((ops.add.name, ops.subtract.name))
_TELLING = bytes([code in (_CODES[CONSTANT], _CODES[ops.negative.name]) for code in range(256)])
# Of primitives of two operands: the opcode, whether it is commutative, whether nothing simpler is
# known of it beside operands that tell nothing, whether a product is guarded no longer, and how the
# opcode is written.
_Pair = tuple[str, bool, bool, bool, int]
_PAIRS: dict[Operation | None, _Pair] = {
    row: (
        name,
        row.commutative,
        _TYPES[name] == F64 and (name in _STRAIGHT or name in _SUMS),
        False,
        _CODES[name],
    )
    for name, row in TABLE.items()
    if row.definition is None and row.arity == 2
}
_FAST_PAIRS = _PAIRS | {
    GUARDED_MULTIPLY: (*_PAIRS[ops.multiply][:3], True, *_PAIRS[ops.multiply][4:])
}
FEW = 100  # the steps of a large program beside one that may stay though nothing needs it
_LOSES_NAN = frozenset(name for name, row in TABLE.items() if row.loses_nan)
_LOSING = bytes([name in _LOSES_NAN for name in Opcodes.KNOWN]).ljust(256, b"\0")


class Lowering:
    """A program of primitives that grows by one instruction at a time.

    Attributes:
        function: what has been built.
        exact: whether every simplification must keep the bits.
        careful: whether guarded products are guarded.
        guarded: the numbers of those that are not.
    """

    def __init__(self, parameters: Sequence[Parameter], exact: bool, careful: bool) -> None:
        opcodes, self._operands = Opcodes(), Operands()
        operands = self._operands
        self.function = Function(opcodes=opcodes, operands=operands, types=Types(opcodes))
        self._columns = opcodes.codes, operands.first, operands.second
        for parameter in parameters:
            self.function.add_parameter(parameter)
        self.constants = self.function.constants
        self.exact = exact
        self.careful = careful
        self.guarded: set[int] = set()
        self.results: tuple[int, ...] = ()
        self._known: dict[tuple[object, ...], int] = {}
        self._made: dict[str, dict[object, int]] = {name: {} for name in _TYPES}
        self._loops: dict[tuple[object, ...], list[tuple[tuple[Function, ...], int]]] = {}
        self._bodies: dict[int, list[Lowering]] = {}

    def constant(self, constant: float | bool) -> int:
        """Return the number of a constant (0.0 and -0.0 are two)."""
        key: tuple[object, ...]
        if type(constant) is bool or not constant or constant != constant:
            bits = constant if type(constant) is bool else struct.pack("=d", constant)
            key = (CONSTANT, bits, type(constant) is bool)
        else:
            key = (constant,)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = self.function.add_constant(constant)
        return number

    def operand_of(self, number: int, opcode: str) -> int | None:
        """Return the operand of a unary instruction with this opcode, None for any other."""
        function = self.function
        return function.operands[number][0] if function.opcodes[number] == opcode else None

    def instruction(self, number: int) -> tuple[str, tuple[int, ...]]:
        """Return the opcode and the operands of a number."""
        return self.function.opcodes[number], self.function.operands[number]

    def in_place_of(self, product: int, number: int) -> int:
        """Return the number, which is guarded from now on if the product is."""
        if product in self.guarded:
            self.guarded.add(number)
        return number

    def add(self, opcode: str, operands: tuple[int, ...]) -> int:
        """Return the number of an instruction: an existing equal one, or a new one."""
        if opcode in _COMMUTATIVE and operands[0] > operands[1]:
            operands = (operands[1], operands[0])
        made = self._made[opcode]
        key = operands[0] << 32 | operands[1] if len(operands) == 2 else operands
        number = made.get(key)
        if number is None:
            number = self._simplified(opcode, operands)
            if number is None:
                number = self._new(opcode, operands)
            made[key] = number
        return number

    def _new(self, opcode: str, operands: tuple[int, ...]) -> int:
        """Do what ``Function.add`` does, in less time."""
        codes, first, second = self._columns
        if len(operands) == 2 and _TYPES[opcode] == F64:
            codes.append(_CODES[opcode])
            first.append(operands[0])
            second.append(operands[1])
            return len(codes) - 1
        return self.function.add(opcode, operands)

    def _simplified(self, opcode: str, operands: tuple[int, ...]) -> int | None:
        constants = self.constants
        known = 0
        for operand in operands:
            known += operand in constants
        if known == len(operands):
            row = TABLE[opcode]
            value = row.value(*[float(constants[operand]) for operand in operands])
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
        """Return the number of where(reached, a * b, 0)."""
        return self.add(WHERE, (reached, self.add(MULTIPLY, (a, b)), self.constant(0.0)))

    def on_arrays(
        self, opcode: str, operands: tuple[int, ...], statics: tuple[int, ...] = ()
    ) -> int:
        """Return the number of an instruction on arrays; what can be changed is made anew."""
        if opcode in (ZEROS, *CONSUMING):
            return self.function.add(opcode, operands)
        key = (opcode, operands, statics)
        if key not in self._known:
            number = self._known[key] = self.function.add(opcode, operands)
            if statics:
                self.function.statics[number] = statics
        return self._known[key]

    def loop(
        self, opcode: str, head: list[int], arrays: list[tuple[str, tuple[int, ...]]],
        captures: list[int], bodies: list[Lowering],
    ) -> list[int]:  # fmt: skip
        """Return the numbers of the parts of a loop: an equal one that there is, or a new one.

        Args:
            opcode: scan or while.
            head: the count of steps, where they are counted, and the first carries.
            arrays: how the arrays among the carries are made: opcodes and operands.
            captures: what the body has from outside.
            bodies: the functions in it.
        """
        functions = tuple([body.finished() for body in bodies])
        key = (opcode, *head, *arrays, *captures)
        known = self._loops.setdefault(key, [])
        number = next((number for same, number in known if same == functions), None)
        if number is None:
            made = [self.function.add(*each) for each in arrays]
            number = self.function.add_call(opcode, (*head, *made, *captures), *functions)
            known.append((functions, number))
            self._bodies[number] = bodies
        keys: list[tuple[object, ...]] = [
            (EXTRACT, number, place) for place in range(len(self.function.types[number]))
        ]
        for place, each in enumerate(keys):
            if each not in self._known:
                self._known[each] = self.function.add_extract(number, place)
        return [self._known[each] for each in keys]

    def finished(self) -> Function:
        """Return what has been built, without what no result needs; nothing is added after it."""
        self._known, self._made, self._loops = {}, {}, {}
        function = pruned(self.function.end(self.results))
        return function if can_pack(function) else function.settled()

    @property
    def is_guarded(self) -> bool:
        """Whether there are products, in loops too, that the careful program guards."""
        bodies = [body for each in self._bodies.values() for body in each]
        return bool(self.guarded) or any(body.is_guarded for body in bodies)

    def loses_nan(self) -> bool:
        """Return whether a nan of a guarded product could be lost before it reaches a result."""
        return self.is_guarded and self._spread(())[0]

    def _spread(self, arguments: Iterable[int]) -> tuple[bool, bytearray]:
        """Return whether a nan is lost, and the numbers that it spreads to.

        Args:
            arguments: the parameters that may be such a nan.
        """
        function = self.function
        tainted = bytearray(len(function))
        for number in (*self.guarded, *arguments):
            tainted[number] = 1
        parts: dict[int, list[int]] = {}
        is_lost = False
        opcodes = function.used_opcodes
        if not self._bodies and opcodes.isdisjoint((EXTRACT, SIZE)):  # the common case, kept short
            codes = self._columns[0]
            return self._operands.mark_reached(tainted, codes.translate(_LOSING)), tainted
        for number in range(len(function.parameters), len(function)):
            opcode, operands = function.opcodes[number], function.operands[number]
            if opcode in BODIES:
                lost, parts[number] = self._spread_in_loop(number, tainted)
                is_lost |= lost
            elif opcode == EXTRACT:
                tainted[number] = parts[operands[0]][function.statics[number][0]]
            elif opcode != SIZE:
                for operand in operands:
                    if tainted[operand]:
                        is_lost |= opcode in _LOSES_NAN
                        tainted[number] = 1
                        break
        return is_lost, tainted

    def _spread_in_loop(self, number: int, tainted: bytearray) -> tuple[bool, list[int]]:
        function, bodies = self.function, self._bodies[number]
        counted = int(function.opcodes[number] == SCAN)
        given = [tainted[operand] for operand in function.operands[number]]
        count = len(function.types[number])
        is_lost = bool(counted and given[0])
        while True:
            arguments = [place for place, each in enumerate(given) if each]
            for body in bodies:
                lost, inner = body._spread(arguments)
                is_lost |= lost
            parts = [
                max(before, inner[result])
                for before, result in zip(
                    given[counted : counted + count], bodies[-1].results, strict=True
                )
            ]
            if parts == given[counted : counted + count]:
                return is_lost, parts
            given[counted : counted + count] = parts


def lower(
    trace: Trace,
    outputs: Sequence[Reference],
    exact: bool = True,
    careful: bool = False,
    name: str = "function",
    spend: bool = False,
    frozen: Frozen | None = None,
) -> tuple[Function, bool]:
    """Return the program that computes the outputs of a traced function.

    Its parameters are the arguments of the trace, and after them the captured Values.

    Args:
        trace: what the function did.
        outputs: what it returned.
        exact: whether the program must give the bits of the eager engine.
        careful: whether guarded products are guarded in any case.
        name: the name of the program.
        spend: whether operations of the trace are dropped as they are lowered, so that the trace
            and the program are never in memory as a whole.
        frozen: the trace in compact form, if it is spent and may be lowered again.

    Returns:
        The program, and whether it is the fast of two versions: then a nan among its results means
        that the careful program must be run.
    """
    parameters = [
        Parameter(name, ARRAY_TYPE if isinstance(trace.operations[number], WholeArgument) else F64)
        for number, name in zip(trace.arguments, trace.names, strict=True)
    ]
    parameters += [
        Parameter(value.label or f"capture {place}", is_capture=True)
        for place, value in enumerate(trace.captured.values())
    ]
    lowering = Lowering(parameters, exact, careful)
    lowering.function.name = name
    own = [*trace.arguments, *trace.captured]
    _fill(lowering, trace, outputs, dict(zip(own, range(len(own)), strict=True)), spend)
    function = lowering.finished()
    if lowering.loses_nan():
        if spend:
            assert frozen is not None
            trace, outputs = frozen.thawed()
        return lower(trace, outputs, exact, True, name)
    return checked(function, PRIMITIVES), lowering.is_guarded


def _fill(
    lowering: Lowering,
    trace: Trace,
    outputs: Sequence[Reference],
    given: dict[int, int],
    spend: bool = False,
) -> Callable[[Reference], int]:
    """Add the instructions that compute the outputs of a trace.

    Args:
        lowering: has a parameter for each argument.
        trace: what is lowered.
        outputs: what it returns.
        given: the parameters that stand for numbers of the trace.
        spend: whether operations of the trace are dropped as they are lowered.

    Returns:
        A function from references of the trace that an output needs to numbers of the program.
    """
    needed = Needed(trace, outputs, lowering.careful)
    numbers = array.array("i", bytes(4 * len(trace)))
    for number, parameter in given.items():
        numbers[number] = parameter
    parts: dict[Reference, dict[int, int]] = {}

    def at(reference: Reference) -> int:
        return numbers[reference] if type(reference) is int else lowering.constant(reference)

    add, constant, wanted = lowering.add, lowering.constant, needed.numbers
    all_made, guarded = lowering._made, lowering.guarded
    pairs = _PAIRS if lowering.careful else _FAST_PAIRS
    for number in given:
        wanted[number] = 0

    def lower_one(
        number: int, operation: Operation | None, references: tuple[Reference, ...]
    ) -> None:
        if operation is None:
            numbers[number] = constant(trace.constants[number])
        elif operation is GUARDED_MULTIPLY:
            if lowering.careful:
                numbers[number] = lowering.guarded_multiply(*[at(each) for each in references])
            else:
                numbers[number] = add(MULTIPLY, (at(references[1]), at(references[2])))
                guarded.add(numbers[number])
        elif isinstance(operation, Part):
            numbers[number] = parts[references[0]][operation.place]
        elif isinstance(operation, Loop):
            live = needed.loops[number]
            parts[number] = _lower_loop(lowering, operation, live, references, at)
        elif operation in ON_ARRAYS:
            operands = tuple([at(each) for each in references])
            statics = (1,) if operation is INSIDE else ()
            numbers[number] = lowering.on_arrays(operation.name, operands, statics)
        elif operation.definition is None:
            numbers[number] = add(operation.name, tuple([at(each) for each in references]))
        else:
            steps = primitive_steps(operation, references)
            numbers[number] = lowering.expand(steps, [at(each) for each in references])

    if native is not None:
        for base, operations, operands in trace.recorded_in_order(spend):
            lower_pairs = partial(
                native.lower_pairs, operations, operands, wanted, numbers, pairs, ops.identity,
                all_made, lowering._known, lowering._columns, _TELLING, guarded, base,
            )  # fmt: skip
            number = lower_pairs(base)
            while number < base + len(operations):
                lower_one(number, operations[number - base], operands[number - base])
                number = lower_pairs(number + 1)
    else:
        codes, first, second = lowering._columns
        add_code, add_first, add_second = codes.append, first.append, second.append
        recorded = trace.spent() if spend else (trace.operations, trace.operands)
        each = zip(range(len(wanted)), *recorded, strict=False)
        for number, operation, references in compress(each, wanted):
            pair = pairs.get(operation)
            if pair is None:
                lower_one(number, operation, references)
                continue
            opcode, is_commutative, is_straight, is_guarded, code = pair
            a, b = references[1:] if is_guarded else references
            a = numbers[a] if type(a) is int else constant(a)
            b = numbers[b] if type(b) is int else constant(b)
            if is_commutative and a > b:
                a, b = b, a
            key, made = a << 32 | b, all_made[opcode]
            place = made.get(key)
            if place is None:  # what ``add`` does, written out
                if is_straight and not (_TELLING[codes[a]] or _TELLING[codes[b]]):
                    place = made[key] = len(codes)
                    add_code(code)
                    add_first(a)
                    add_second(b)
                else:
                    place = add(opcode, (a, b))
            if is_guarded:
                guarded.add(place)
            numbers[number] = place
    results = []
    for output in outputs:
        result = at(output)
        if lowering.function.types[result] == I1:  # a truth among the results is 1 or 0
            arms = lowering.constant(1.0), lowering.constant(0.0)
            result = lowering.add(WHERE, (result, *arms))
        results.append(result)
    lowering.results = tuple(results)
    return at


def _lower_loop(
    lowering: Lowering,
    loop: Loop,
    live: Live,
    references: tuple[Reference, ...],
    at: Callable[[Reference], int],
) -> dict[int, int]:
    """Add a loop, as far as it is needed; return the numbers of its parts."""
    body = loop.body
    captures = [at(references[loop.captures + place]) for place in live.captures]
    parameters = [Parameter("step")]
    parameters += [Parameter(f"carry {j}") for j in live.carries]
    first_array = len(parameters)
    arrays: list[tuple[str, tuple[int, ...]]] = [
        (ZEROS, (at(references[loop.sizes + place]),)) for place in live.sums
    ]
    arrays += [(ARRAY, ())] * len(live.stacks)
    parameters += [Parameter(f"array {place}", ARRAY_TYPE) for place in range(len(arrays))]
    first_capture = len(parameters)
    types = lowering.function.types
    parameters += [
        Parameter(f"capture {place}", str(types[number])) for place, number in enumerate(captures)
    ]
    own = list(body.trace.outer.values())
    given = {body.index: 0} | {body.carries[j]: 1 + k for k, j in enumerate(live.carries)}
    given |= {own[place]: first_capture + k for k, place in enumerate(live.captures)}

    inner = Lowering(parameters, lowering.exact, lowering.careful)
    here = _fill(inner, body.trace, live.outputs(loop), given)
    following = [here(body.following[j]) for j in live.carries]
    changed: list[int] = []
    for place in live.sums:
        array = first_array + len(changed)
        for where, term in body.sums[place]:
            if where is None:
                array = inner.on_arrays(ADD_ALL, (array, here(term)))
            else:
                array = inner.on_arrays(ADD_AT, (array, here(where), here(term)))
        changed.append(array)
    for place in live.stacks:
        array = first_array + len(changed)
        for term in body.stacks[place]:
            array = inner.on_arrays(PUSH, (array, here(term)))
        changed.append(array)
    inner.results = (*following, *changed)
    inner.function.name = "step"
    initial = [at(references[loop.first + j]) for j in live.carries]
    if loop.is_counted:
        head, bodies = [at(references[0]), *initial], [inner]
        numbers = lowering.loop(SCAN, head, arrays, captures, bodies)
        counted = []
    else:
        test = Lowering(parameters, lowering.exact, lowering.careful)
        test.function.name = "condition"
        _fill_condition(test, body, given)
        one = inner.constant(1.0)
        inner.results = (inner.add("add", (0, one)), *inner.results)
        head = [lowering.constant(0.0), *initial]
        counted = lowering.loop(WHILE, head, arrays, captures, [test, inner])
        numbers = counted[1:]
    places = [*live.carries]
    places += [loop.parts_of_sums().start + place for place in live.sums]
    places += [loop.parts_of_stacks().start + place for place in live.stacks]
    parts = dict(zip(places, numbers, strict=True))
    return parts | ({loop.count: counted[0]} if counted else {})


def _fill_condition(lowering: Lowering, body: LoopBody, given: dict[int, int]) -> None:
    """Add the instructions that compute the condition of a loop, and make it the result."""
    assert body.test is not None
    at = _fill(lowering, body.trace, [body.test], given)
    lowering.results = (
        lowering.constant(body.test != 0.0) if type(body.test) is not int else at(body.test),
    )


def has_guarded(trace: Trace) -> bool:
    """Return whether there may be guarded products, for which a trace is lowered in two ways."""
    kinds = set(trace.operations)
    return GUARDED_MULTIPLY in kinds or any(isinstance(kind, Loop) for kind in kinds)


class Live(NamedTuple):
    """The needed parts of a loop: the places of carries, sums, stacks and captures."""

    carries: list[int]
    sums: list[int]
    stacks: list[int]
    captures: list[int]

    def outputs(self, loop: Loop) -> list[Reference]:
        """Return what a step must compute, but for the condition."""
        body = loop.body
        found = [body.following[j] for j in self.carries]
        for place in self.sums:
            for where, term in body.sums[place]:
                found += [term] if where is None else [where, term]
        return found + [term for place in self.stacks for term in body.stacks[place]]


class Needed:
    """The operations that some outputs of a trace need.

    Attributes:
        numbers: whether a number is needed.
        loops: for each loop that is, which of its parts.
    """

    def __init__(self, trace: Trace, outputs: Sequence[Reference], careful: bool) -> None:
        self.numbers = wanted = bytearray(len(trace))
        self.loops: dict[int, Live] = {}
        parts: dict[Reference, set[int]] = {}
        for output in outputs:
            if type(output) is int:
                wanted[output] = 1
        operations, operands = trace.operations, trace.operands
        number = len(trace)
        while number > 0:
            number -= 1
            if native is not None:
                number = native.mark_operands(operations, operands, wanted, _PLAIN, number)
                if number < 0:
                    break
            if wanted[number]:
                references = operands[number]
                operation = operations[number]
                if operation in _PLAIN:
                    pass
                elif operation is GUARDED_MULTIPLY and not careful:
                    references = references[1:]
                elif isinstance(operation, Part):
                    parts.setdefault(references[0], set()).add(operation.place)
                elif isinstance(operation, Loop):
                    live = self.loops[number] = _live(operation, parts[number], careful)
                    places = [*range(operation.first)]
                    places += [operation.first + j for j in live.carries]
                    places += [operation.captures + place for place in live.captures]
                    places += [operation.sizes + place for place in live.sums]
                    references = tuple([references[place] for place in places])
                for reference in references:
                    if type(reference) is int:
                        wanted[reference] = 1


def _live(loop: Loop, parts: set[int], careful: bool) -> Live:
    """Return the parts of a loop that must be kept if these are needed."""
    body = loop.body
    carries = {place for place in parts if place < loop.count}
    sums = [k for k, place in enumerate(loop.parts_of_sums()) if place in parts]
    stacks = [k for k, place in enumerate(loop.parts_of_stacks()) if place in parts]
    while True:
        live = Live(sorted(carries), sums, stacks, [])
        test = [] if body.test is None else [body.test]
        needed = Needed(body.trace, [*live.outputs(loop), *test], careful).numbers
        more = {j for j, number in enumerate(body.carries) if needed[number]} - carries
        if not more:
            captures = [k for k, own in enumerate(body.trace.outer.values()) if needed[own]]
            return live._replace(captures=captures)
        carries |= more


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
        operands = tuple([numbers[operand] for operand in function.operands[number]])
        numbers.append(made.copy_instruction(function, number, operands))
    made.end(tuple([numbers[number] for number in function.results]))
    return checked(pruned(made)).settled()


def pruned(function: Function, entirely: bool = False) -> Function:
    """Return a function of one block without the instructions that no result needs.

    Few of a large one may stay, unless it is to be pruned entirely.
    """
    given = function.operands
    operands = given if isinstance(given, Operands) else Operands(given)
    wanted = bytearray(len(operands))
    for number in function.results:
        wanted[number] = 1
    operands.mark_needed(wanted)
    first = len(function.parameters)
    unneeded = wanted.count(0, first)
    if not unneeded or (not entirely and unneeded < len(operands) // FEW):
        return function
    wanted[:first] = bytes([1]) * first
    numbers = array.array("i", accumulate(wanted, initial=0))  # of what is wanted, its number then
    kept = Function(
        function.name,
        [*function.parameters],
        Opcodes(compress(function.opcodes, wanted)),
        operands.kept(wanted, numbers),
        [*compress(function.types, wanted)],
    )
    for name in ("constants", "statics", "bodies"):
        details = getattr(function, name).items()
        setattr(kept, name, {numbers[n]: detail for n, detail in details if wanted[n]})
    return checked(kept.end(tuple(map(numbers.__getitem__, function.results))))
