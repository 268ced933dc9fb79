"""What an operation does next to the numbers that it was given: kinks, jumps, no value at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd.table.operation import TABLE

if TYPE_CHECKING:
    from autograd.engine.value import Value


class Nearby:
    """What an operation does next to the numbers of a node, where one operand is moved."""

    def __init__(self, node: Value, index: int) -> None:
        assert node.op is not None
        self.op, self.index = node.op, index
        self.numbers = [
            arg if partial is None else arg.data
            for arg, partial in zip(node.args, node.partials, strict=True)
        ]
        self.is_known = TABLE.get(self.op.name) is self.op  # one of the user's may do anything

    def _moved(self, part: float) -> Iterator[list[float]]:
        """Yield the operands with one of them moved down and up, by a part of it."""
        number = self.numbers[self.index]
        for step in (-part * (abs(number) or 1.0), part * (abs(number) or 1.0)):
            numbers = [*self.numbers]
            numbers[self.index] = number + step
            yield numbers

    def jumps(self) -> bool:
        """Return whether the value jumps here."""
        width = 1e-9 * (abs(self.numbers[self.index]) or 1.0)
        if not self.is_known or width > 0.1:
            return False
        low, high = (self.op.value(*numbers) for numbers in self._moved(1e-9))
        return abs(high - low) > 1e3 * width

    def are_finite(self) -> bool:
        """Return whether all operands are finite numbers."""
        return all(map(math.isfinite, self.numbers))

    def bends(self) -> bool:
        """Return whether other slopes hold on the two sides, of which this is one, or between."""
        if not self.is_known or not (self.op.kinks or self.op.piece) or not self.are_finite():
            return False
        low, high = (
            self.op.partial(self.index, self.op.value(*numbers), tuple(numbers))
            for numbers in self._moved(1e-9)
        )
        return not self.jumps() and abs(high - low) > 1e-6 * max(abs(high), abs(low))

    def is_kink(self) -> bool:
        """Return whether the operands stand where the table says that 0 is a convention."""
        return all(self.numbers[place] in self.op.kinks for place in self.op.variables)

    def is_rounded_to_zero(self) -> bool:
        """Return whether a slope of 0 is one that is not 0, and too small for a float."""
        are_usual = all(each != 0.0 and each - each == 0.0 for each in self.numbers)
        return self.is_known and are_usual and self.op.piece is None

    def overflows(self) -> bool:
        """Return whether an infinite slope is one that is finite, and too large for a float."""
        if not self.is_known:
            return False
        slopes = [
            self.op.partial(self.index, self.op.value(*numbers), tuple(numbers))
            for numbers in self._moved(1e-3)
        ]
        return any(map(math.isinf, slopes))

    def remark(self, value: float, partial: float) -> str:
        """Return why a slope here is not one that the mathematics give, or an empty text."""
        if not (self.op.kinks or self.op.piece or value != value):
            return ""
        if value != value:
            is_outside = self.are_finite() and any(
                not lowest <= number <= highest
                for number, (lowest, highest) in zip(self.numbers, self.op.domain, strict=False)
            )
            return f"{self.op.name} has no value here, and its formula is used" * is_outside
        if self.bends():
            return "a kink: the slope jumps here, and this one is taken"
        is_taken = math.isfinite(partial) and self.jumps()
        return "a jump: there is no slope here, and this one is taken" * is_taken
