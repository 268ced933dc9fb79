"""Function: a program of typed instructions in static single assignment form.

Everything between the user's Python and the back ends is a ``Function``: traced, differentiated,
lowered to primitives, simplified, and then interpreted or written as LLVM, C or JavaScript.

A function's values are numbered: first its parameters, then one for each instruction. So number
``n`` has an opcode, operands (numbers before it) and a type: ``f64``, ``i1`` (a condition), or a
tuple of these for the instructions that have bodies, whose parts are taken out by ``extract``. What
loops keep and look up lies in arrays of numbers, ``f64[]``, of a length that only the call knows.
Constants are instructions, captured Values are parameters: nothing is hidden in an operand.

Instructions stand in blocks. The first block is entered; it ends by returning, or by branching to
two others, or by ``deoptimize``, which says that this way was not compiled. A block has one
predecessor at most, so blocks form a tree, and a value may be used in its block and in all below.

| opcode | operands | result |
| --- | --- | --- |
| ``constant`` | none; ``constants`` holds its number or truth | f64 or i1 |
| the name of a row | as the row has them; ``statics`` holds static parameters | as the row has it |
| ``call`` | the body's parameters | a tuple of its results |
| ``cond`` | a condition, then the parameters of both bodies | a tuple of their results |
| ``scan`` | a length, then carries, then invariants; its body takes the index, carries and \
invariants, and gives the next carries; it runs while the index is less than the length | a tuple \
of the last carries |
| ``while`` | carries, then invariants, for two bodies: the first gives a condition, the second \
the next carries | a tuple of the last carries |
| ``extract`` | a tuple; ``statics`` holds the place | its part |
| ``array`` | numbers | an array of them |
| ``zeros`` | a number | an array of so many zeros |
| ``size`` | an array | how many numbers are in it |
| ``load`` | an array, an index; ``statics`` holds 1 where it is known to be inside | the number \
there; nan where there is none. An index below 0 counts from the end |
| ``push`` | an array, a number | the array with one number more at its end |
| ``add_at`` | an array, an index, a number | the array with the number added to the one there |
| ``add_all`` | two arrays of one size | their sum |

The last three *consume* their first operand, as a loop consumes the arrays among its carries: it is
not used after them, so that back ends may change it where it lies. What the body of a loop gives
for such a carry is what it has made of the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, NamedTuple, overload

from autograd.ir.operands import Operands
from autograd.table.operation import TABLE

F64, I1, ARRAY_TYPE = "f64", "i1", "f64[]"
Type = str | tuple[str, ...]

PARAMETER, CONSTANT, CALL, COND, SCAN, WHILE, EXTRACT = STRUCTURAL = (
    *("parameter", "constant", "call", "cond", "scan", "while", "extract"),
)
ARRAY, ZEROS, SIZE, LOAD, PUSH, ADD_AT, ADD_ALL = (
    *("array", "zeros", "size", "load", "push", "add_at", "add_all"),
)
ON_ARRAYS = {  # the types of operands and result; an array takes any count of numbers
    ARRAY: ((), ARRAY_TYPE),
    ZEROS: ((F64,), ARRAY_TYPE),
    SIZE: ((ARRAY_TYPE,), F64),
    LOAD: ((ARRAY_TYPE, F64), F64),
    PUSH: ((ARRAY_TYPE, F64), ARRAY_TYPE),
    ADD_AT: ((ARRAY_TYPE, F64, F64), ARRAY_TYPE),
    ADD_ALL: ((ARRAY_TYPE, ARRAY_TYPE), ARRAY_TYPE),
}
CONSUMING = frozenset((PUSH, ADD_AT, ADD_ALL))
BODIES = {CALL: 1, COND: 2, SCAN: 1, WHILE: 2}  # how many bodies an instruction has


class Parameter(NamedTuple):
    """One parameter of a function; a capture stands for a Value from outside of it."""

    name: str
    type: str = F64
    is_capture: bool = False


class Instruction(NamedTuple):
    """One instruction, as ``Function.instructions`` shows it."""

    number: int
    type: Type
    opcode: str
    operands: tuple[int, ...]


class Return(NamedTuple):
    """End of a block: the function is done."""

    results: tuple[int, ...]


class Branch(NamedTuple):
    """End of a block: go on in one of two others."""

    condition: int
    then: int
    otherwise: int


class Deoptimize(NamedTuple):
    """End of a block: nothing was compiled for this way; leave without a result."""


Terminator = Return | Branch | Deoptimize


@dataclass(slots=True)
class Block:
    """A run of instructions, from number ``first`` to before ``last``, and how it ends."""

    first: int
    last: int
    terminator: Terminator


class Opcodes(Sequence[str]):
    """The opcode of each number, a byte each.

    Attributes:
        codes: the place of each in KNOWN.
    """

    KNOWN = (*STRUCTURAL, *ON_ARRAYS, *TABLE)
    CODES: ClassVar = {name: place for place, name in enumerate(KNOWN)}

    def __init__(self, given: Iterable[str] = ()) -> None:
        self.codes = bytearray(map(self.CODES.__getitem__, given))

    def append(self, opcode: str) -> None:
        """Add the opcode of the next number."""
        self.codes.append(self.CODES[opcode])

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> object:
        return [*self][number] if isinstance(number, slice) else self.KNOWN[self.codes[number]]

    def __contains__(self, opcode: object) -> bool:
        code = self.CODES.get(opcode) if isinstance(opcode, str) else None
        return code is not None and code in self.codes

    @property
    def used(self) -> set[str]:
        """Those that there are."""
        return {self.KNOWN[code] for code in set(self.codes)}

    def __iter__(self) -> Iterator[str]:
        return map(self.KNOWN.__getitem__, self.codes)


class Types(Sequence[Type]):
    """The type of each number, a byte each; what nothing was said of is F64."""

    _KNOWN = (F64, I1, ARRAY_TYPE)
    _TUPLE = len(_KNOWN)  # what instructions with bodies give

    def __init__(self, opcodes: Opcodes) -> None:
        self._opcodes, self._codes = opcodes, bytearray()
        self._tuples: dict[int, Type] = {}

    def append(self, type_: Type) -> None:
        """Say the type of the number whose opcode was appended last."""
        if type_ == F64:
            return
        number = len(self._opcodes) - 1
        self._codes.extend(bytes(number - len(self._codes)))
        if isinstance(type_, str):
            self._codes.append(self._KNOWN.index(type_))
        else:
            self._tuples[number] = type_
            self._codes.append(self._TUPLE)

    def __len__(self) -> int:
        return len(self._opcodes)

    @overload
    def __getitem__(self, number: int) -> Type: ...
    @overload
    def __getitem__(self, number: slice) -> list[Type]: ...
    def __getitem__(self, number: int | slice) -> object:
        if isinstance(number, slice):
            return [*self][number]
        code = self._codes[number] if number < len(self._codes) else 0
        return self._tuples[number] if code == self._TUPLE else self._KNOWN[code]

    def __contains__(self, type_: object) -> bool:
        if not isinstance(type_, str) or type_ == F64:
            return any(type_ == each for each in self)
        return self._KNOWN.index(type_) in self._codes

    def __iter__(self) -> Iterator[Type]:
        return map(self.__getitem__, range(len(self)))


@dataclass(slots=True, eq=False)
class Function:
    """Values in the order of their numbers; see the head of this module.

    Attributes:
        name: what listings and exported code call it.
        parameters: the first numbers.
        opcodes: for each number what computes it.
        operands: for each number the numbers it is computed from.
        types: for each number its type. All three are in compact form while a function is built,
            and after that if it is large.
        constants: the float or bool of each constant, by number.
        statics: static parameters of some instructions, by number.
        bodies: the functions inside of some instructions, by number.
        blocks: the tree of blocks, the entry first.
    """

    name: str = "function"
    parameters: list[Parameter] = field(default_factory=list)
    opcodes: list[str] | Opcodes = field(default_factory=list)
    operands: list[tuple[int, ...]] | Operands = field(default_factory=list)
    types: list[Type] | Types = field(default_factory=list)
    constants: dict[int, float | bool] = field(default_factory=dict)
    statics: dict[int, tuple[int, ...]] = field(default_factory=dict)
    bodies: dict[int, tuple[Function, ...]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.opcodes)

    @property
    def used_opcodes(self) -> set[str]:
        """The opcodes that there are, those in bodies not counted."""
        opcodes = self.opcodes
        return opcodes.used if isinstance(opcodes, Opcodes) else set(opcodes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Function):
            return NotImplemented
        names = ("name", "parameters", "statics", "bodies", "blocks")
        columns = ("opcodes", "operands", "types")  # in compact form or not
        return (
            all(getattr(self, name) == getattr(other, name) for name in names)
            and all([*getattr(self, name)] == [*getattr(other, name)] for name in columns)
            and self.constants.keys() == other.constants.keys()
            and all(repr(c) == repr(other.constants[n]) for n, c in self.constants.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def add_parameter(self, parameter: Parameter) -> int:
        """Return the number of a new parameter; all come before the first instruction."""
        self.parameters.append(parameter)
        return self._append(PARAMETER, (), parameter.type)

    def add(self, opcode: str, operands: tuple[int, ...]) -> int:
        """Return the number of a new instruction without bodies."""
        return self._append(opcode, operands, result_type(opcode))

    def add_constant(self, constant: float | bool) -> int:
        """Return the number of a new constant: a condition if it is a bool."""
        number = self._append(CONSTANT, (), I1 if type(constant) is bool else F64)
        self.constants[number] = constant
        return number

    def add_call(self, opcode: str, operands: tuple[int, ...], *bodies: Function) -> int:
        """Return the number of a new instruction with bodies."""
        kept = bodies[-1]
        number = self._append(opcode, operands, tuple(kept.result_types()))
        self.bodies[number] = bodies
        return number

    def add_extract(self, operand: int, place: int) -> int:
        """Return the number of one part of a tuple."""
        number = self._append(EXTRACT, (operand,), self.types[operand][place])
        self.statics[number] = (place,)
        return number

    def _append(self, opcode: str, operands: tuple[int, ...], type_: Type) -> int:
        self.opcodes.append(opcode)
        self.operands.append(operands)
        self.types.append(type_)
        return len(self.opcodes) - 1

    def settled(self) -> Function:
        """Make all compact forms lists, which are faster to read; return itself."""
        if isinstance(self.opcodes, Opcodes):
            self.opcodes = [*self.opcodes]
        if isinstance(self.operands, Operands):
            self.operands = [*self.operands]
        if isinstance(self.types, Types):
            self.types = [*self.types]
        return self

    def end(self, results: tuple[int, ...]) -> Function:
        """Make all instructions one block that returns these numbers; return the function."""
        self.blocks = [Block(len(self.parameters), len(self.opcodes), Return(results))]
        return self

    @property
    def results(self) -> tuple[int, ...]:
        """The numbers that a function of one block returns."""
        terminator = self.blocks[0].terminator
        assert isinstance(terminator, Return)
        return terminator.results

    def result_types(self) -> list[str]:
        """Return the types of what is returned, by the first block that returns."""
        ends = (block.terminator for block in self.blocks)
        results = next((end.results for end in ends if isinstance(end, Return)), ())
        return [str(self.types[number]) for number in results]

    def copy_instruction(self, other: Function, number: int, operands: tuple[int, ...]) -> int:
        """Return the number of a copy of another function's instruction, on these operands."""
        copied = self._append(other.opcodes[number], operands, other.types[number])
        self.copy_details(other, number, copied)
        return copied

    def copy_details(self, other: Function, number: int, copied: int) -> None:
        """Copy what an instruction of another function has besides opcode, operands and type."""
        if number in other.constants:
            self.constants[copied] = other.constants[number]
        if number in other.statics:
            self.statics[copied] = other.statics[number]
        if number in other.bodies:
            self.bodies[copied] = other.bodies[number]

    def instructions(self, block: Block | None = None) -> Iterator[Instruction]:
        """Yield the instructions of a block, or all of them, in order."""
        first, last = (block.first, block.last) if block else (len(self.parameters), len(self))
        for number in range(first, last):
            yield Instruction(
                number, self.types[number], self.opcodes[number], self.operands[number]
            )

    def depends_on(self, parameters: list[int]) -> bytearray:
        """Return for each number whether it depends on one of these parameters."""
        found = bytearray(len(self.opcodes))
        for number in parameters:
            found[number] = 1
        for number in range(len(self.parameters), len(self.opcodes)):
            for operand in self.operands[number]:
                if found[operand]:
                    found[number] = 1
                    break
        return found


class Packed:
    """A function of one block without bodies, in a tenth of the memory.

    Attributes:
        name, parameters, constants, results: those of the function.
        names: its opcodes, each once, sorted.
        kinds: for each number the place of its opcode among them.
        operands: those of each number.
    """

    def __init__(self, function: Function) -> None:
        self.name, self.parameters = function.name, function.parameters
        self.constants, self.results = function.constants, function.results
        opcodes = function.opcodes
        self.names = sorted(function.used_opcodes)
        places = {name: place for place, name in enumerate(self.names)}
        if isinstance(opcodes, Opcodes):
            table = bytes([places.get(name, 0) for name in Opcodes.KNOWN])
            self.kinds = bytes(opcodes.codes.translate(table.ljust(256)))
        else:
            self.kinds = bytes(map(places.__getitem__, opcodes))
        given = function.operands
        self.operands = given if isinstance(given, Operands) else Operands(given)

    def __len__(self) -> int:
        return len(self.kinds)

    def unpacked(self) -> Function:
        """Return an equal function."""
        made = Function(self.name, self.parameters)
        made.constants = self.constants
        made.opcodes = [self.names[place] for place in self.kinds]
        made.operands = [*self.operands]
        for number, opcode in enumerate(made.opcodes):
            if opcode == PARAMETER:
                made.types.append(self.parameters[number].type)
            elif opcode == CONSTANT:
                made.types.append(I1 if type(self.constants[number]) is bool else F64)
            else:
                made.types.append(_row_type(opcode))
        return made.end(self.results)


def can_pack(function: Function) -> bool:
    """Return whether a compact form of the function is worth it and possible."""
    is_plain = not (function.bodies or function.statics) and len(function.blocks) == 1
    return len(function) >= 1000 and is_plain and ARRAY not in function.opcodes


def whole(function: Function | Packed) -> Function:
    """Return the function, made anew if it is in compact form."""
    return function if isinstance(function, Function) else function.unpacked()


def packed(function: Function) -> Function | Packed:
    """Return the function in compact form where that is worth it and possible."""
    return Packed(function) if can_pack(function) else function


def result_type(opcode: str) -> str:
    """Return the type of what a row of the table gives, or an instruction on arrays."""
    if opcode in ON_ARRAYS:
        return ON_ARRAYS[opcode][1]
    return I1 if TABLE[opcode].is_condition else F64


_row_type = lru_cache(None)(result_type)


def operand_types(opcode: str) -> tuple[str, ...]:
    """Return the types of the operands that a row of the table takes."""
    row = TABLE[opcode]
    return tuple(I1 if place in row.conditions else F64 for place in range(row.arity))


def consumed(function: Function, number: int) -> list[int]:
    """Return the arrays among an instruction's operands that nothing may use after it."""
    opcode, operands = function.opcodes[number], function.operands[number]
    if opcode in CONSUMING:
        return [operands[0]]
    if opcode in (SCAN, WHILE):
        first = int(opcode == SCAN)
        carries = operands[first : first + len(function.types[number])]
        return [each for each in carries if function.types[each] == ARRAY_TYPE]
    return []


def origin(function: Function, array: int) -> int:
    """Return the number of which an array has become what it is, changed where it lies."""
    while True:
        opcode, operands = function.opcodes[array], function.operands[array]
        if opcode in CONSUMING:
            array = operands[0]
        elif opcode == EXTRACT and function.opcodes[operands[0]] in (SCAN, WHILE):
            first = int(function.opcodes[operands[0]] == SCAN)
            array = function.operands[operands[0]][first + function.statics[array][0]]
        else:
            return array


def place_in(size: int, index: float) -> int | None:
    """Return the place of an array that an index means; None where it means none."""
    if not -size <= index < size or index % 1.0:
        return None
    return int(index) % size
