"""The interpreter: a Function run instruction by instruction with the table's own functions.

It is the referee of the other back ends: every one gives its bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

from autograd.backends.binding import Binding, reduced
from autograd.errors import ProgramError
from autograd.ir.function import (
    ADD_ALL,
    ARRAY,
    CALL,
    COND,
    CONSTANT,
    EXTRACT,
    LOAD,
    ON_ARRAYS,
    PUSH,
    SCAN,
    SIZE,
    WHILE,
    ZEROS,
    Branch,
    Function,
    Return,
    place_in,
)
from autograd.table.operation import TABLE

Number = float | bool
Held = Number | list[Number]  # what stands for a number; a list for an array or a tuple


class Interpreted:
    """A Function that the interpreter runs; see ``compile``."""

    def __init__(self, function: Function, binding: Binding) -> None:
        self.function = function
        self.binding = binding

    def __call__(
        self, arguments: Sequence[Number], rows: Sequence[Sequence[float]] = ()
    ) -> list[float] | list[list[float]]:
        """Return the results: floats, or a list of them for each row."""
        function, mapped = self.function, self.binding.mapped
        if mapped is None:
            return list(map(float, run(function, arguments)))
        results = []
        for row in rows:
            given, own = iter(arguments), iter(row)
            places = range(len(function.parameters))
            whole = [next(own) if place in mapped else next(given) for place in places]
            results.append(list(map(float, run(function, whole))))
        if self.binding.reduce is None:
            return results
        return reduced(results, self.binding.reduce, len(function.result_types()))


def compile(function: Function, binding: Binding) -> Interpreted:  # noqa: A001 - as in every back end
    """Return the function as something that can be called.

    Args:
        function: what to run; its instructions may be composites and may have bodies.
        binding: which parameters each row has for itself, and what becomes of rows' results.
    """
    return Interpreted(function, binding)


class SpentError(Exception):
    """A run would take more instructions than it may."""


def run(
    function: Function, arguments: Sequence[Held], left: list[int] | None = None
) -> list[Number]:
    """Return what the function returns for these arguments.

    Args:
        function: what to run.
        arguments: what its parameters are.
        left: how many instructions may be run, in a list that is counted down; None for any.

    Raises:
        ProgramError: it leaves by a way that was not compiled (``deoptimize``).
        SpentError: none are left.
    """
    if left is not None:
        left[0] -= len(function)
        if left[0] < 0:
            raise SpentError
    values: list[Held] = [*arguments, *[0.0] * (len(function) - len(arguments))]
    block = function.blocks[0]
    while True:
        for number in range(block.first, block.last):
            values[number] = _result(function, number, values, left)
        match block.terminator:
            case Return(results):
                return [values[result] for result in results]  # type: ignore[misc]
            case Branch(condition, then, otherwise):
                block = function.blocks[then if values[condition] else otherwise]
            case _:
                raise ProgramError(f"{function.name!r} has not been compiled for this way")


def _result(function: Function, number: int, values: list[Held], left: list[int] | None) -> Held:
    opcode = function.opcodes[number]
    given = [values[operand] for operand in function.operands[number]]
    if opcode == CONSTANT:
        return function.constants[number]
    if opcode == EXTRACT:
        return given[0][function.statics[number][0]]  # type: ignore[index]
    bodies = function.bodies.get(number, ())
    if opcode in ON_ARRAYS:
        result_: Held = _on_arrays(opcode, given)
        return result_
    if opcode == CALL:
        return run(bodies[0], given, left)
    if opcode == COND:
        return run(bodies[0 if given[0] else 1], given[1:], left)
    if opcode in (SCAN, WHILE):
        count = len(function.types[number])
        first = 1 if opcode == SCAN else 0
        carries, invariants = given[first : first + count], given[first + count :]
        index = 0
        while (
            index < given[0]  # type: ignore[operator]
            if opcode == SCAN
            else run(bodies[0], [*carries, *invariants], left)[0]
        ):
            head: list[Held] = [float(index)] if opcode == SCAN else []
            carries = list(run(bodies[-1], [*head, *carries, *invariants], left))
            index += 1
        return carries  # type: ignore[return-value]
    row = TABLE[opcode]
    result = row.value(*map(float, given))  # type: ignore[arg-type]
    return result != 0.0 if row.is_condition else result


def _on_arrays(opcode: str, given: list[Any]) -> Any:
    """Return the result of an instruction on arrays, which are lists here."""
    if opcode == ARRAY:
        return [*given]
    if opcode == ZEROS:
        return [0.0] * int(given[0])
    array = given[0]
    if opcode == SIZE:
        return float(len(array))
    if opcode == PUSH:
        array.append(given[1])
        return array
    if opcode == ADD_ALL:
        return [a + b for a, b in zip(array, given[1], strict=True)]
    place = place_in(len(array), given[1])
    if opcode == LOAD:
        return nan if place is None else array[place]
    if place is not None:
        array[place] += given[2]
    return array
