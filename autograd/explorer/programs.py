"""Rules of the table as programs over its primitives, which the page can run.

The rule is the template that the compiler has of it (ir/rules.py), with composites decomposed.
"""

from __future__ import annotations

from autograd.ir.rules import Template, decomposed, traced_rule
from autograd.table.operation import Operation, Rule


class Program:
    """A list of primitives on registers: inputs first, then one register a line.

    Attributes:
        inputs: how many registers are inputs.
        lines: for each line the primitive's name and its operands; an operand is a register's
            place (int) or a constant (float).
        result: where the result is: a place or a constant.
    """

    def __init__(self, operation: Operation, rule: Rule, given: tuple[float | None, ...]) -> None:
        """Take a rule of an operation; arguments that are None become registers, in order."""
        places = iter(range(len(given)))
        registers = [next(places) if number is None else -1 for number in given]
        count = self.inputs = sum(number is None for number in given)
        template: Template = traced_rule(
            operation, rule, tuple([0 if number is None else number for number in given])
        )
        steps, result = decomposed(template)
        known: dict[tuple[str, tuple[str, ...]], int] = {}
        moved: list[int] = []
        self.lines: list[tuple[str, tuple[int | float, ...]]] = []

        def at(reference: int | float) -> int | float:
            if type(reference) is not int:
                return float(reference)
            return moved[reference] if reference >= 0 else registers[-1 - reference]

        for opcode, references in steps:
            operands = tuple([at(reference) for reference in references])
            key = (opcode, tuple(map(repr, operands)))
            if key not in known:
                known[key] = count + len(self.lines)
                self.lines.append((opcode, operands))
            moved.append(known[key])
        self.result = at(result)
