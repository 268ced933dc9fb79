"""Rules of the table as programs over its kernel operations, which the page can run.

A rule is run once with registers for operands. Operations that are defined by others are replaced
by their definitions, until only kernels are left: those that ``page/kernels.js`` lists.
"""

from __future__ import annotations

from typing import Any

from autograd.notation.formula import Formula
from autograd.table.operation import Operation, Rule


class Register(Formula):
    """A number that will be known when the program runs, by its place among the registers."""

    __slots__ = ("place", "program")
    is_condition = True  # it may be one; the rules only ask where it is

    def __init__(self, program: Program, place: int) -> None:
        self.program = program
        self.place = place

    @staticmethod
    def _apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
        program = next(each.program for each in operands if isinstance(each, Register))
        return program.recorded(operation, operands)

    def _greater(self, operation: Operation, other: Any) -> Formula:
        register: Register = self.program.recorded(operation, (other, self))
        return register


class Program:
    """A list of kernel operations on registers: inputs first, then one register a line.

    Attributes:
        lines: for each line the kernel's name and its operands; an operand is a register's
            place (int) or a constant (float).
        result: where the result is: a place or a constant.
    """

    def __init__(self, rule: Rule, arguments: tuple[float | None, ...]) -> None:
        """Record a rule; arguments that are None become registers, in order."""
        count = sum(argument is None for argument in arguments)
        self.inputs = count
        self.lines: list[tuple[str, tuple[int | float, ...]]] = []
        self._known: dict[tuple[str, tuple[str, ...]], Register] = {}
        places = iter(range(count))
        registers = [
            Register(self, next(places)) if argument is None else argument for argument in arguments
        ]
        self.result = self._operand(rule(*registers))

    def _operand(self, thing: Any) -> int | float:
        return thing.place if isinstance(thing, Register) else float(thing)

    def recorded(self, operation: Operation, operands: tuple[Any, ...]) -> Any:
        """Return the register that holds the operation's result, adding lines as needed."""
        if operation.definition is not None:
            return operation.definition(*operands)
        numbers = tuple(map(self._operand, operands))
        key = (operation.name, tuple(map(repr, numbers)))
        if key not in self._known:
            self._known[key] = Register(self, self.inputs + len(self.lines))
            self.lines.append((operation.name, numbers))
        return self._known[key]
