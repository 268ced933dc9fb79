"""A program in flat arrays, from which groups of equal steps are made (``groups.py``)."""

from __future__ import annotations

from autograd.backends.binding import Array
from autograd.backends.llvm.kernels import MULTIPLY_THEN_ADD, MULTIPLY_THEN_SUBTRACT
from autograd.ir.function import Function, Packed
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

    def __init__(self, function: Function | Packed, varies: Array | None = None) -> None:
        import numpy

        packed = function if isinstance(function, Packed) else Packed(function)
        count, self.names = len(packed), [*packed.names]
        self.kinds = numpy.frombuffer(packed.kinds, numpy.uint8).astype(numpy.int32)
        given = packed.operands
        columns = [
            numpy.frombuffer(each, numpy.int32) for each in (given.first, given.second, given.third)
        ]
        self.arity = numpy.zeros(count, dtype=numpy.int32)
        self.given = numpy.empty((WIDEST, count), dtype=numpy.int32)
        uses = numpy.zeros(count, dtype=numpy.int64)
        for place, column in enumerate(columns):
            is_there = column >= 0
            self.arity += is_there
            numpy.maximum(column, 0, out=self.given[place])
            uses += numpy.bincount(column[is_there], minlength=count)
        self.levels = numpy.frombuffer(given.levels(), dtype=numpy.int32)
        self.numbers = numpy.array([*packed.constants], dtype=numpy.int64)
        self.constants = numpy.array([*map(float, packed.constants.values())])
        uses[list(packed.results)] += 1
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
