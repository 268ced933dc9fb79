"""A Function as lines of a language with blocks: an instruction a line, loops written in place.

The body of a loop stands in a block of its own. Its carries are variables, which get their next
values at the end of a step; what it captures is called what it is called outside. An array among
the carries is one and the same thing before the loop, in its steps and after it, since loops
consume the arrays that they carry.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import NamedTuple

from autograd.backends.binding import Binding
from autograd.backends.language import Language, check_bodies
from autograd.errors import ExportError
from autograd.ir.function import (
    ADD_ALL,
    ADD_AT,
    ARRAY,
    ARRAY_TYPE,
    BODIES,
    CALL,
    COND,
    CONSTANT,
    EXTRACT,
    F64,
    LOAD,
    ON_ARRAYS,
    PUSH,
    SCAN,
    SIZE,
    ZEROS,
    Branch,
    Function,
    Return,
    consumed,
)


class ArrayName(NamedTuple):
    """What an array is called.

    Attributes:
        numbers: what its numbers are called, to be followed by an index in brackets.
        size: how many there are.
        whole: of one that can grow, what it is called itself.
        is_own: whether the program has made it, and may change it where it lies.
        is_argument: whether the caller has given it, so that its size may be any.
    """

    numbers: str
    size: str
    whole: str = ""
    is_own: bool = True
    is_argument: bool = False

    @property
    def known_size(self) -> int | None:
        """How many numbers there are, where that is known."""
        return int(self.size) if self.size.isdigit() else None


Name = str | ArrayName


class Parts(NamedTuple):
    """A function in lines.

    Attributes:
        once: the lines that are the same for every row; all of them where nothing is mapped.
        each: the lines that each row runs for itself.
        results: what is returned.
        width: how many numbers a row has for itself.
    """

    once: list[str]
    each: list[str]
    results: list[str]
    width: int


@dataclass(slots=True)
class Scope:
    """A function that is being written: the whole program, or a body.

    Attributes:
        function: its instructions.
        tag: what the names of its instructions hold besides their numbers.
        names: what its numbers are called so far; constants are written where they are used.
        parts: what the results of instructions with bodies are called.
    """

    function: Function
    tag: str = ""
    names: dict[int, Name] = field(default_factory=dict)
    parts: dict[int, Sequence[Name]] = field(default_factory=dict)

    def own_name(self, number: int) -> str:
        """Return the name that nothing else has."""
        return f"v{self.tag}{number}"


class Writer(ABC):
    """Writes one program; a language says how arrays are made and changed.

    Attributes:
        title: what the function is called.
        language: how numbers and primitives are written.
        counted: the head of a loop that counts {index} from 0 while it is less than {limit}.
        as_number: how an index that counts steps is written where a number is wanted.
        lines: what has been written.
        constants: the lines before the function, for arrays of constants, by their names.
        helpers: the helpers that the lines call.
    """

    language: Language
    counted: str
    as_number: str

    def __init__(self, title: str) -> None:
        self.title = title
        self.lines: list[str] = []
        self.constants: dict[str, list[str]] = {}
        self.helpers: set[str] = set()
        self._margin = ""
        self._tags = 0

    def write(
        self, function: Function, binding: Binding, shared: str, own: str, arrays: Sequence[str]
    ) -> Parts:
        """Return the lines and results of a function, and what each row takes of them.

        Args:
            function: what is written.
            binding: which parameters each row has for itself.
            shared: a template for what all rows share, such as ``in[{}]``.
            own: likewise for what a row has for itself.
            arrays: templates for the numbers and the size of an array among the arguments.
        """
        check_bodies(function)
        mapped = binding.mapped or frozenset()
        counts = {shared: 0, own: 0, "arrays": 0}
        scope = Scope(function)
        for place, parameter in enumerate(function.parameters):
            is_array = parameter.type == ARRAY_TYPE
            template = "arrays" if is_array else own if place in mapped else shared
            at, counts[template] = counts[template], counts[template] + 1
            if is_array:
                numbers, size = [each.format(at) for each in arrays]
                scope.names[place] = ArrayName(numbers, size, is_own=False, is_argument=True)
            else:
                scope.names[place] = template.format(at)
        first = range(len(function.parameters), function.blocks[0].last)
        if binding.mapped is None:
            self.steps(scope, first)
            results = self._results(scope)
            once, self.lines = self.lines, []
            return Parts(once, [], results, 0)
        varies = varying(function, mapped)
        self.steps(scope, [number for number in first if not varies[number]])
        once, self.lines = self.lines, []
        self.block_begins()
        self.steps(scope, [number for number in first if varies[number]])
        results = self._results(scope)
        self.block_ends()
        each, self.lines = self.lines, []
        return Parts(once, each, results, counts[own])

    def constants_in(self, lines: Iterable[str]) -> list[str]:
        """Return the lines of the arrays of constants that these lines read."""
        words = set(re.findall(r"\w+", "\n".join(lines))) if self.constants else set()
        return [line for name, own in self.constants.items() if name in words for line in own]

    # -- names -------------------------------------------------------------------------------------

    def number(self, scope: Scope, number: int) -> str:
        """Return what an operand is called that is a number or a truth."""
        name = scope.names[number]
        assert isinstance(name, str)
        return name

    def array(self, scope: Scope, number: int) -> ArrayName:
        """Return what an operand is called that is an array."""
        name = scope.names[number]
        assert isinstance(name, ArrayName)
        return name

    def known_place(self, scope: Scope, array: ArrayName, number: int) -> str | None:
        """Return the place that an index means, where it is known to be inside of the array."""
        constant, size = scope.function.constants.get(number), array.known_size
        if constant is None or size is None or constant % 1.0 or not 0.0 <= constant < size:
            return None
        return str(int(constant))

    # -- lines -------------------------------------------------------------------------------------

    def add(self, *lines: str) -> None:
        """Append lines to the block at hand."""
        self.lines += [self._margin + line for line in lines]

    def open(self, head: str) -> None:
        """Begin a block."""
        self.add(f"{head} {{")
        self._margin += self.language.indent

    def close(self, after: str = "") -> None:
        """End a block."""
        self._margin = self._margin[len(self.language.indent) :]
        self.add(f"}}{after}")

    def steps(self, scope: Scope, numbers: Iterable[int]) -> None:
        """Write some instructions of a function."""
        function, names, spellings = scope.function, scope.names, self.language.spellings
        for number in numbers:
            opcode, operands = function.opcodes[number], function.operands[number]
            if opcode in spellings:
                given = [names[operand] for operand in operands]
                self.define(scope, number, spellings[opcode].format(*given))
            elif opcode == CONSTANT:
                names[number] = self.language.literal(function.constants[number])
            elif opcode == EXTRACT:
                names[number] = scope.parts[operands[0]][function.statics[number][0]]
            elif opcode in BODIES:
                scope.parts[number] = self._with_bodies(scope, number, opcode)
            elif opcode in ON_ARRAYS:
                self._on_array(scope, number, opcode)
            else:
                raise ExportError(
                    f"{opcode} of {function.name!r} cannot be written in {self.language.name}: "
                    f"it is no primitive"
                )

    def _results(self, scope: Scope) -> list[str]:
        """Return what the results are called; the blocks below the first are written."""
        function = scope.function
        if isinstance(function.blocks[0].terminator, Return):
            return [self.number(scope, number) for number in function.results]
        names = [f"way{place}" for place in range(len(function.result_types()))]
        sizes = [1] * len(function.blocks)
        for place in range(len(sizes) - 1, -1, -1):
            if isinstance(end := function.blocks[place].terminator, Branch):
                sizes[place] += sizes[end.then] + sizes[end.otherwise]
        declared = self.language.variables[F64]
        self.add(*[f"{declared} {name} = {self.language.literal(nan)};" for name in names])
        self.open("do")
        self.block_begins()
        self._ends(scope, names, sizes, 0)
        self.block_ends(is_left=True)
        self.close(" while (0);")
        return names

    def _ends(self, scope: Scope, names: Sequence[str], sizes: Sequence[int], at: int) -> None:
        """Write how a block ends, and the blocks below, which all leave what is around them.

        So only the smaller of two needs braces: they do not stand deep, however many ways part.
        """
        blocks = scope.function.blocks
        while isinstance(end := blocks[at].terminator, Branch):
            is_then = sizes[end.then] <= sizes[end.otherwise]
            less, at = (end.then, end.otherwise) if is_then else (end.otherwise, end.then)
            self.open(f"if ({'' if is_then else '!'}{self.number(scope, end.condition)})")
            self.steps(scope, range(blocks[less].first, blocks[less].last))
            self._ends(scope, names, sizes, less)
            self.close()
            self.steps(scope, range(blocks[at].first, blocks[at].last))
        if isinstance(end, Return):
            for name, number in zip(names, end.results, strict=True):
                self.add(f"{name} = {self.number(scope, number)};")
            self.left()
        else:
            self.not_met()

    def define(self, scope: Scope, number: int, expression: str) -> None:
        """Write a number or a truth that an expression gives."""
        name = scope.names[number] = scope.own_name(number)
        declared = self.language.constants[scope.function.types[number]]
        self.lines.append(f"{self._margin}{declared} {name} = {expression};")

    # -- loops -------------------------------------------------------------------------------------

    def _with_bodies(self, scope: Scope, number: int, opcode: str) -> Sequence[Name]:
        function = scope.function
        given = [scope.names[operand] for operand in function.operands[number]]
        if opcode == CALL:
            (body,) = function.bodies[number]
            return self._in_place(body, [*map(_kept, given)])
        if opcode == COND:
            return self._choice(scope, number, [*map(_kept, given)])
        return self._loop(scope, number, opcode == SCAN)

    def _new_tag(self) -> str:
        self._tags += 1
        return f"{self._tags}_"

    def _in_place(self, body: Function, given: Sequence[Name], tag: str = "") -> list[Name]:
        """Write the instructions of a body; return what its results are called."""
        scope = Scope(body, tag or self._new_tag(), dict(enumerate(given)))
        self.steps(scope, range(len(body.parameters), len(body)))
        return [scope.names[result] for result in body.results]

    def _choice(self, scope: Scope, number: int, given: Sequence[Name]) -> Sequence[Name]:
        function, tag = scope.function, self._new_tag()
        results: list[Name] = []
        for place, type_ in enumerate(function.types[number]):
            name = f"v{tag}{place}"
            if type_ == ARRAY_TYPE:
                results.append(self.new_array(name))
            else:
                self.add(f"{self.language.variables[type_]} {name};")
                results.append(name)
        self.open(f"if ({given[0]})")
        for is_first, body in zip((True, False), function.bodies[number], strict=True):
            self.block_begins()
            made = self._in_place(body, given[1:])
            for result, ended in zip(results, made, strict=True):
                if isinstance(result, ArrayName):
                    assert isinstance(ended, ArrayName)
                    self.copy(result, ended)
                else:
                    self.add(f"{result} = {ended};")
            self.block_ends()
            self.close()
            if is_first:
                self.open("else")
        return results

    def _loop(self, scope: Scope, number: int, is_counted: bool) -> Sequence[Name]:
        function, tag = scope.function, self._new_tag()
        operands, types = function.operands[number], function.types[number]
        first, count = int(is_counted), len(types)
        carries: list[Name] = []
        for place, (operand, type_) in enumerate(zip(operands[first:], types, strict=False)):
            if type_ == ARRAY_TYPE:
                grows = is_pushed_on(function.bodies[number][-1], first + place)
                carries.append(self._own(scope, operand, grows))
            else:
                name = f"v{tag}{first + place}"
                begin = self.number(scope, operand)
                self.add(f"{self.language.variables[type_]} {name} = {begin};")
                carries.append(name)
        captured = [_kept(scope.names[operand]) for operand in operands[first + count :]]
        given = [*carries, *captured]
        if is_counted:
            index, limit = f"i{tag[:-1]}", self.number(scope, operands[0])
            self.open(self.counted.format(index=index, limit=limit))
            given = [self.as_number.format(index), *given]
        else:
            self.open("for (;;)")
        self.block_begins()
        if not is_counted:
            (condition,) = self._in_place(function.bodies[number][0], given)
            self.leave(f"!{condition}")
        following = self._in_place(function.bodies[number][-1], given, tag=tag)
        self._assign(types, carries, following)
        self.block_ends()
        self.close()
        return carries

    def _assign(
        self, types: Sequence[str], carries: Sequence[Name], following: Sequence[Name]
    ) -> None:
        """Write that the carries get their next values, which are all known before."""
        assigned: set[str] = set()
        kept: dict[Name, str] = {}
        assignments = []
        for type_, carry, name in zip(types, carries, following, strict=True):
            if type_ == ARRAY_TYPE or carry == name:
                continue
            if name in assigned and name not in kept:
                kept[name] = f"before_{name}"
                self.add(f"{self.language.constants[type_]} {kept[name]} = {name};")
            assignments.append(f"{carry} = {kept.get(name, name)};")
            assigned.add(str(carry))
        self.add(*assignments)

    # -- arrays ------------------------------------------------------------------------------------

    def _on_array(self, scope: Scope, number: int, opcode: str) -> None:
        function = scope.function
        operands = function.operands[number]
        if opcode == ARRAY:
            scope.names[number] = self._array_of(scope, number, operands)
            return
        if opcode == ZEROS:
            scope.names[number] = self.zeros(scope, number, operands[0])
            return
        if opcode in (SIZE, LOAD):
            array = self.array(scope, operands[0])
            if opcode == SIZE and (array.is_argument or array.known_size is not None):
                scope.names[number] = self.as_number.format(array.size)
            elif opcode == SIZE:  # as it is here: the array may grow
                self.define(scope, number, self.as_number.format(array.size))
            else:
                self.define(scope, number, self._loaded(scope, array, number))
            return
        array = scope.names[number] = self._own(scope, operands[0], opcode == PUSH)
        if opcode == PUSH:
            self.push(array, self.number(scope, operands[1]))
        elif opcode == ADD_AT:
            added = self.number(scope, operands[2])
            place = self.known_place(scope, array, operands[1])
            if place is None:
                self.add_at(array, self.number(scope, operands[1]), added)
            else:
                self.add(f"{array.numbers}[{place}] += {added};")
        else:
            assert opcode == ADD_ALL
            self.add_all(array, self.array(scope, operands[1]))

    def _array_of(self, scope: Scope, number: int, operands: Sequence[int]) -> ArrayName:
        names = [self.number(scope, operand) for operand in operands]
        if not operands:
            return self.new_array(scope.own_name(number))
        if any(operand not in scope.function.constants for operand in operands):
            return self.array_of(scope, number, names)
        return self.constant_array(f"{self.title}_constants_{len(self.constants)}", names)

    def _loaded(self, scope: Scope, array: ArrayName, number: int) -> str:
        index = scope.function.operands[number][1]
        place = self.known_place(scope, array, index)
        if place is not None:
            return f"{array.numbers}[{place}]"
        is_inside = number in scope.function.statics and not array.is_argument
        return self.load(array, self.number(scope, index), is_inside)

    def _own(self, scope: Scope, number: int, grows: bool) -> ArrayName:
        """Return an array that may be changed, and pushed on: a copy where it cannot."""
        array = self.array(scope, number)
        if array.is_own and (array.whole or not grows):
            return array
        copy = self.new_array(f"{scope.own_name(number)}_copy{self._new_tag()[:-1]}")
        self.copy(copy, array)
        return copy

    # -- what languages do each in their way -------------------------------------------------------

    def block_begins(self) -> None:  # noqa: B027 - there may be nothing to do
        """Be told that a block has begun: that of a body, or the lines of each row."""

    def block_ends(self, is_left: bool = False) -> None:  # noqa: B027 - likewise
        """Write the last lines of a block, unless it has been left before in any case."""

    def leave(self, condition: str) -> None:
        """Write that a loop ends if a condition holds."""
        self.add(f"if ({condition}) break;")

    def left(self) -> None:
        """Write that a block is left."""
        self.add("break;")

    @abstractmethod
    def not_met(self) -> None:
        """Write that a block is left without results: no call has met the way that is taken."""

    @abstractmethod
    def new_array(self, name: str) -> ArrayName:
        """Write an array without numbers that can be pushed on."""

    @abstractmethod
    def array_of(self, scope: Scope, number: int, names: Sequence[str]) -> ArrayName:
        """Write an array of these numbers."""

    @abstractmethod
    def constant_array(self, name: str, literals: Sequence[str]) -> ArrayName:
        """Write an array of constants, before the function."""

    @abstractmethod
    def zeros(self, scope: Scope, number: int, count: int) -> ArrayName:
        """Write an array of zeros; their count is an operand."""

    @abstractmethod
    def copy(self, array: ArrayName, other: ArrayName) -> None:
        """Write that an empty array gets the numbers of another."""

    @abstractmethod
    def push(self, array: ArrayName, number: str) -> None:
        """Write that a number is appended to an array."""

    @abstractmethod
    def load(self, array: ArrayName, index: str, is_inside: bool) -> str:
        """Return the number at an index; nan where there is none, if it need not be there."""

    @abstractmethod
    def add_at(self, array: ArrayName, index: str, number: str) -> None:
        """Write that a number is added at an index, which may be nowhere in the array."""

    @abstractmethod
    def add_all(self, array: ArrayName, other: ArrayName) -> None:
        """Write that the numbers of another array are added to those of one."""


def _kept(name: Name) -> Name:
    """Return what a body calls something that it must leave as it is."""
    return name._replace(is_own=False) if isinstance(name, ArrayName) else name


def is_pushed_on(function: Function, array: int) -> bool:
    """Return whether a function appends numbers to one of its parameters."""
    same: set[object] = {array}  # what it has become, and which parts of loops
    for number in range(len(function.parameters), len(function)):
        opcode, operands = function.opcodes[number], function.operands[number]
        if opcode == EXTRACT and (operands[0], function.statics[number][0]) in same:
            same.add(number)
        for operand in consumed(function, number):
            if operand not in same:
                continue
            if opcode == PUSH:
                return True
            same.add(number)
            if opcode in BODIES:
                place = operands.index(operand, int(opcode == SCAN))
                if is_pushed_on(function.bodies[number][-1], place):
                    return True
                same.add((number, place - int(opcode == SCAN)))
    return False


def varying(function: Function, mapped: Iterable[int]) -> bytearray:
    """Return for each number whether every row computes it for itself.

    That is what depends on the row, and the arrays that such instructions change.
    """
    found = function.depends_on(sorted(mapped))
    first, last = len(function.parameters), function.blocks[0].last
    if len(function.blocks) > 1:  # no row may run what is below the first
        found[last:] = bytes([1]) * (len(found) - last)
    while ARRAY_TYPE in function.types:
        before = found.count(1)
        for number in range(len(function) - 1, first - 1, -1):
            if found[number]:
                is_part = function.opcodes[number] == EXTRACT
                of = function.operands[number] if is_part else consumed(function, number)
                for operand in of:
                    found[operand] |= operand >= first
        if found.count(1) == before:
            break
        for number in range(first, len(function)):
            found[number] |= any(found[operand] for operand in function.operands[number])
    return found


def opcodes_in(function: Function) -> set[str]:
    """Return the opcodes of a function, those of bodies included."""
    found = function.used_opcodes
    for bodies in function.bodies.values():
        for body in bodies:
            found |= opcodes_in(body)
    return found
