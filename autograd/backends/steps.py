"""A program in flat arrays, from which groups of equal steps are made (``groups.py``)."""

from __future__ import annotations

from itertools import chain

from autograd.backends.binding import Array
from autograd.backends.llvm.kernels import MULTIPLY_THEN_ADD, MULTIPLY_THEN_SUBTRACT
from autograd.ir.function import Function
from autograd.table import rows as ops

WIDEST = 3  # operands
# What sums become with a product that nothing else reads, and which operand that may be.
FUSED = {
    ops.add.name: (MULTIPLY_THEN_ADD, (0, 1)),
    ops.subtract.name: (MULTIPLY_THEN_SUBTRACT, (1,)),
}


class Steps:
    """A program in flat arrays: opcode, operands and depth of each number.

    A product that only one sum reads is computed with it, in one step that rounds twice.

    Args:
        function: a program of primitives, without loops.
        varies: which numbers differ from row to row, if any do: a product that all rows share is
            computed once, and stays a step.

    Attributes:
        levels: how deep each number is; 0 for parameters, constants and products that are part of
            another step.
    """

    def __init__(self, function: Function, varies: Array | None = None) -> None:
        import numpy

        opcodes, operands, count = function.opcodes, function.operands, len(function)
        known = {name: place for place, name in enumerate(sorted(set(opcodes)))}
        self.names = list(known)
        self.kinds = numpy.fromiter(map(known.__getitem__, opcodes), numpy.int32, count)
        widths = [len(operands[opcodes.index(name)]) for name in known]
        self.arity = arity = numpy.array(widths, dtype=numpy.int32)[self.kinds]
        flat = numpy.fromiter(chain.from_iterable(operands), numpy.int32, int(arity.sum()))
        first = numpy.cumsum(arity) - arity
        self.given = given = numpy.zeros((WIDEST, count), dtype=numpy.int32)
        for place in range(WIDEST):
            there = numpy.flatnonzero(arity > place)
            given[place][there] = flat[first[there] + place]
        self.levels = numpy.array(levels_of(function), dtype=numpy.int32)
        self.numbers = numpy.array([*function.constants], dtype=numpy.int64)
        self.constants = numpy.array([*map(float, function.constants.values())])
        uses = numpy.bincount(flat, minlength=count)
        uses[list(function.results)] += 1
        self._fuse(uses, varies)

    def _fuse(self, uses: Array, varies: Array | None) -> None:
        """Make a product and the one sum that reads it one step, which rounds twice as they do."""
        import numpy

        kinds, given = self.kinds, self.given
        if ops.multiply.name not in self.names:
            return
        is_product = (kinds == self.names.index(ops.multiply.name)) & (uses == 1)
        for opcode, (fused, places) in FUSED.items():
            if opcode not in self.names:
                continue
            sums = numpy.flatnonzero(kinds == self.names.index(opcode))
            for place in places:
                products = given[place, sums]
                has = is_product[products]
                if varies is not None:
                    has &= varies[products] == varies[sums]
                found, products = sums[has], products[has]
                sums = sums[~has]
                given[2, found] = given[1 - place, found]
                given[:2, found] = given[:2, products]
                kinds[found] = len(self.names)
                self.arity[found] = 3
                self.levels[products] = 0
            self.names.append(fused)


def levels_of(function: Function) -> list[int]:
    """Return for each number how deep it is: 0 for parameters and constants."""
    level: list[int] = []
    add = level.append
    for given in function.operands:
        if len(given) == 2:
            first, second = given
            a, b = level[first], level[second]
            add((a if a > b else b) + 1)
        elif given:
            add(max([level[each] for each in given]) + 1)
        else:
            add(0)
    return level
