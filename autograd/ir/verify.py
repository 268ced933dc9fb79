"""Checks that a Function is well formed: after every pass, in tests and with a debug switch.

The switch is the environment variable ``AUTOGRAD_VERIFY=1``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

from autograd.errors import ProgramError
from autograd.ir.function import (
    ARRAY_TYPE,
    BODIES,
    COND,
    CONSTANT,
    EXTRACT,
    F64,
    I1,
    ON_ARRAYS,
    PARAMETER,
    SCAN,
    STRUCTURAL,
    WHILE,
    Branch,
    Function,
    Return,
    Type,
    consumed,
    operand_types,
    origin,
    result_type,
)
from autograd.ir.text import line_of, text_of
from autograd.table.operation import TABLE


def verify(function: Function, primitives: frozenset[str] | None = None) -> Function:
    """Return the function if it is well formed.

    Args:
        function: what to check, its bodies included.
        primitives: the rows that may stand in it; any row of the table if left out.

    Raises:
        ProgramError: it is not; the error names the line of its text.
    """
    _Verifier(function, primitives).run()
    return function


def checked(function: Function, primitives: frozenset[str] | None = None) -> Function:
    """Return the function, verified if the debug switch is on."""
    if os.environ.get("AUTOGRAD_VERIFY") == "1":
        verify(function, primitives)
    return function


class _Verifier:
    def __init__(
        self,
        function: Function,
        primitives: frozenset[str] | None,
        above: Callable[[], int] = lambda: 0,
    ) -> None:
        self.function = function
        self.primitives = primitives
        self.above = above  # how many lines stand above it: it may be a body

    def line(self, number: int) -> int:
        return self.above() + line_of(self.function, number)

    def refuse(self, number: int, what: str) -> ProgramError:
        line = self.line(number)
        return ProgramError(f"line {line}: %{number} of {self.function.name!r} {what}")

    def refuse_block(self, index: int, what: str) -> ProgramError:
        line = self.line(~index)
        return ProgramError(f"line {line}: block ^{index} of {self.function.name!r} {what}")

    def run(self) -> None:
        function = self.function
        count = len(function.opcodes)
        if not len(function.operands) == len(function.types) == count or not function.blocks:
            raise ProgramError(f"{function.name!r} has no block, or lists of different lengths")
        self._check_blocks()
        seen = bytearray(count)  # the numbers that may be used here
        for number, parameter in enumerate(function.parameters):
            known = (F64, I1, ARRAY_TYPE)
            if function.opcodes[number] != PARAMETER or parameter.type not in known:
                raise self.refuse(number, "is no parameter of type f64, i1 or f64[]")
            if function.types[number] != parameter.type:
                raise self.refuse(number, f"has not the type {parameter.type} of its parameter")
            seen[number] = 1
        self._check_tree(seen)

    def _check_blocks(self) -> None:
        """Check that the blocks cut the instructions, and form a tree."""
        function = self.function
        at = len(function.parameters)
        entered = [0] * len(function.blocks)
        entered[0] = 1
        for index, block in enumerate(function.blocks):
            if block.first != at or block.last < at:
                raise ProgramError(f"block ^{index} of {function.name!r} does not begin at %{at}")
            at = block.last
            if isinstance(block.terminator, Branch):
                for target in (block.terminator.then, block.terminator.otherwise):
                    if not index < target < len(entered):
                        what = f"branches to ^{target}: blocks are numbered downwards"
                        raise self.refuse_block(index, what)
                    entered[target] += 1
        if at != len(function):
            raise ProgramError(f"the blocks of {function.name!r} do not hold all of it")
        for index, count in enumerate(entered):
            if count != 1:
                what = f"is entered by {count} branches: blocks form a tree"
                raise self.refuse_block(index, what)

    def _check_tree(self, seen: bytearray) -> None:
        """Check every block, each with what its ancestors have defined."""
        function = self.function
        expected: list[str] | None = None
        stack: list[tuple[int, bool]] = [(0, False)]
        while stack:
            index, is_left = stack.pop()
            block = function.blocks[index]
            if is_left:  # what it has consumed of those above, another block below them may too
                for number in range(block.first, block.last):
                    for operand in consumed(function, number):
                        seen[operand] = 1
                seen[block.first : block.last] = bytes(block.last - block.first)
                continue
            stack.append((index, True))
            for number in range(block.first, block.last):
                for operand in function.operands[number]:
                    if not 0 <= operand < number or not seen[operand]:
                        raise self.refuse(number, f"uses %{operand}, which is not defined there")
                self._check_instruction(number)
                seen[number] = 1
                for operand in consumed(function, number):
                    seen[operand] = 0
            match block.terminator:
                case Return(results):
                    for number in results:
                        if not 0 <= number < len(seen) or not seen[number]:
                            what = f"returns %{number}, which is not defined there"
                            raise self.refuse_block(index, what)
                    types = [str(function.types[number]) for number in results]
                    if expected is not None and types != expected:
                        what = f"returns {_words(types)}, and another block {_words(expected)}"
                        raise self.refuse_block(index, what)
                    expected = types
                case Branch(condition, then, otherwise):
                    known = 0 <= condition < len(seen) and seen[condition]
                    if not known or function.types[condition] != I1:
                        what = f"branches by %{condition}, which is no condition defined there"
                        raise self.refuse_block(index, what)
                    stack += [(otherwise, False), (then, False)]

    def _check_instruction(self, number: int) -> None:
        function = self.function
        opcode = function.opcodes[number]
        given = tuple(function.types[operand] for operand in function.operands[number])
        type_: Type
        if opcode == CONSTANT:
            if number not in function.constants or given:
                raise self.refuse(number, "is a constant without a number")
            type_ = I1 if type(function.constants[number]) is bool else F64
            wanted: tuple[Type, ...] = ()
        elif opcode == EXTRACT:
            place = (function.statics.get(number) or (-1,))[0]
            if len(given) != 1 or isinstance(given[0], str) or not 0 <= place < len(given[0]):
                raise self.refuse(number, "takes a part that there is not out of a tuple")
            wanted, type_ = given, given[0][place]
        elif opcode in ON_ARRAYS:
            wanted, type_ = ON_ARRAYS[opcode]
            wanted = wanted or (F64,) * len(given)
        elif opcode in BODIES:
            wanted, type_ = self._check_bodies(number)
        elif opcode in STRUCTURAL or opcode not in TABLE:
            raise self.refuse(number, f"has the opcode {opcode!r}, which there is not")
        else:
            if self.primitives is not None and opcode not in self.primitives:
                raise self.refuse(number, f"has the opcode {opcode!r}, which is no primitive")
            wanted, type_ = operand_types(opcode), result_type(opcode)
        if given != wanted:
            raise self.refuse(number, f"takes {_words(wanted)}, and is given {_words(given)}")
        if function.types[number] != type_:
            raise self.refuse(number, f"has the type {function.types[number]}, and gives {type_}")

    def _check_bodies(self, number: int) -> tuple[tuple[Type, ...], Type]:
        """Check an instruction with bodies; return the types of its operands and of its result."""
        function = self.function
        opcode, bodies = function.opcodes[number], function.bodies.get(number, ())
        if len(bodies) != BODIES[opcode]:
            raise self.refuse(number, f"has {len(bodies)} bodies, and {opcode} {BODIES[opcode]}")
        for place, body in enumerate(bodies):
            _Verifier(body, self.primitives, partial(self._above_body, number, place)).run()
        takes = tuple(parameter.type for parameter in bodies[-1].parameters)
        gives = tuple(bodies[-1].result_types())
        if opcode == SCAN and (takes[:1] != (F64,) or takes[1 : 1 + len(gives)] != gives):
            raise self.refuse(number, "has a body that does not take an index and its carries")
        if opcode == WHILE:
            first = bodies[0]
            if first.result_types() != [I1] or takes[: len(gives)] != gives:
                raise self.refuse(number, "needs a condition, and a body that takes its carries")
        if opcode in (SCAN, WHILE):
            self._check_arrays_carried(number, bodies[-1], gives)
        for body in bodies[:-1]:
            if tuple(parameter.type for parameter in body.parameters) != takes:
                raise self.refuse(number, "has bodies that take different parameters")
            if opcode != WHILE and tuple(body.result_types()) != gives:
                raise self.refuse(number, "has bodies that return different types")
        return ((I1, *takes) if opcode == COND else takes), gives

    def _above_body(self, number: int, place: int) -> int:
        before = self.function.bodies[number][:place]
        return self.line(number) + sum(text_of(body).count("\n") + 1 for body in before)

    def _check_arrays_carried(self, number: int, body: Function, gives: tuple[Type, ...]) -> None:
        """Check that each array among the carries is what becomes of the same one at each step."""
        first = int(self.function.opcodes[number] == SCAN)
        for block in body.blocks:
            if isinstance(block.terminator, Return):
                for place, result in enumerate(block.terminator.results):
                    if gives[place] == ARRAY_TYPE and origin(body, result) != first + place:
                        raise self.refuse(number, "carries an array, and its body gives another")


def _words(types: Sequence[Type]) -> str:
    return ", ".join(map(str, types)) or "nothing"
