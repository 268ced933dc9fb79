"""Multiply-adds for ``exact=False``: a product and the one sum that reads it are one instruction.

It is done on the program, so that every tier that runs it gives the same bits: code and groups fuse
the same products, whatever is cut where.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.ir.function import F64, Function
from autograd.table import rows as ops

MULTIPLY_ADD = "multiply_add"  # a * b + c, rounded once where the processor can
# The sums that a multiply-add computes, and the sign of their second operand.
SIGNS = {ops.add.name: 1, ops.subtract.name: -1}


def contracted(function: Function, mapped: Sequence[int] = ()) -> Function:
    """Return the program with multiply-adds, bodies included.

    Args:
        function: a program of primitives, in one block.
        mapped: the parameters that differ from row to row: a product that all rows share is
            computed once, and is not put into a sum of each row.
    """
    places = _fused(function, function.depends_on([*mapped]))
    products = {function.operands[number][place] for number, place in places.items()}
    made = Function(function.name)
    for parameter in function.parameters:
        made.add_parameter(parameter)
    numbers = list(range(len(made)))
    for number in range(len(made), len(function)):
        if number in products:
            numbers.append(-1)
            continue
        operands = function.operands[number]
        place = places.get(number)
        if place is not None:
            a, b = [numbers[each] for each in function.operands[operands[place]]]
            c = numbers[operands[1 - place]]
            if SIGNS[function.opcodes[number]] < 0 and place:
                a = made.add(ops.negative.name, (a,))
            elif SIGNS[function.opcodes[number]] < 0:
                c = made.add(ops.negative.name, (c,))
            numbers.append(len(made))
            made.opcodes.append(MULTIPLY_ADD)
            made.operands.append((a, b, c))
            made.types.append(F64)
            continue
        given = tuple([numbers[each] for each in operands])
        numbers.append(made.copy_instruction(function, number, given))
        if number in function.bodies:
            made.bodies[numbers[-1]] = tuple(map(contracted, function.bodies[number]))
    return made.end(tuple([numbers[result] for result in function.results]))


def _fused(function: Function, varies: bytearray) -> dict[int, int]:
    """Return for each sum with a product that nothing else reads, which operand it is."""
    opcodes, count = function.opcodes, [0] * len(function)
    for operands in function.operands:
        for operand in operands:
            count[operand] += 1
    for number in function.results:
        count[number] += 1
    found: dict[int, int] = {}
    for number, opcode in enumerate(opcodes):
        if opcode in SIGNS:
            for place, operand in enumerate(function.operands[number]):
                is_product = opcodes[operand] == ops.multiply.name and count[operand] == 1
                if is_product and varies[operand] == varies[number]:
                    found[number] = place
                    break
    return found
