"""The operands of a program in compact form, and what is asked of all of them at once."""

from __future__ import annotations

import array
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import overload

from autograd.engine.accelerator import native


class Operands(Sequence[tuple[int, ...]]):
    """The operands of each number, in a tenth of the memory of tuples.

    Attributes:
        first, second: the first two operands of each number; -1 where there is none.
    """

    _WIDE = -2  # as the first: there are more than three

    def __init__(self, given: Sequence[tuple[int, ...]] = ()) -> None:
        self._others = {n: each for n, each in enumerate(given) if len(each) > 3}
        short = [each if len(each) <= 3 else (self._WIDE,) for each in given]
        self.first, self.second, self._third = (
            array.array("i", [each[place] if place < len(each) else -1 for each in short])
            for place in range(3)
        )

    @property
    def third(self) -> array.array[int]:
        """The third operand of each number; -1 where there is none."""
        missing = len(self.first) - len(self._third)
        if missing:
            self._third.extend(array.array("i", [-1]) * missing)
        return self._third

    @property
    def is_wide(self) -> bool:
        """Whether a number has more than three."""
        return bool(self._others)

    def append(self, given: tuple[int, ...]) -> None:
        """Add the operands of the next number."""
        if len(given) > 3:
            self._others[len(self)] = given
            given = (self._WIDE,)
        first, second, third = (*given, -1, -1, -1)[:3]
        if third >= 0:
            self.third.append(third)
        self.first.append(first)
        self.second.append(second)

    def mark_needed(self, wanted: bytearray) -> None:
        """Mark with 1 what the marked numbers are computed from."""
        if native is not None and not self.is_wide:
            native.mark_needed(self.first, self.second, self._third, wanted)
            return
        thirds, number = len(self._third), len(self)
        for first, second in zip(reversed(self.first), reversed(self.second), strict=True):
            number -= 1
            if not wanted[number]:
                continue
            if second >= 0:
                wanted[first] = wanted[second] = 1
                if number < thirds and self._third[number] >= 0:
                    wanted[self._third[number]] = 1
            elif first >= 0:
                wanted[first] = 1
            elif first == self._WIDE:
                for operand in self._others[number]:
                    wanted[operand] = 1

    def mark_reached(self, marked: bytearray, ends: bytearray) -> bool:
        """Mark with 1 what is computed from the marked numbers; return whether an end is.

        Args:
            marked: for each number whether it is marked.
            ends: for each number whether it is an end, 1, or not.
        """
        if native is not None and not self.is_wide:
            return bool(native.mark_reached(self.first, self.second, self._third, marked, ends))
        is_reached = False
        for number, given in enumerate(self):
            if any(marked[each] for each in given):
                marked[number] = 1
                is_reached |= ends[number] == 1
        return is_reached

    def levels(self) -> array.array[int]:
        """Return for each number how deep it is: 0 where there are no operands."""
        level = array.array("i", bytes(4 * len(self)))
        if native is not None and not self.is_wide:
            native.count_levels(self.first, self.second, self._third, level)
            return level
        for number, given in enumerate(self):
            if given:
                level[number] = max([level[each] for each in given]) + 1
        return level

    def kept(self, wanted: bytearray, numbers: array.array[int]) -> Operands:
        """Return those of the marked numbers, which have other numbers from then on."""
        made = Operands()
        made.first, made.second, made._third = (
            array.array("i", [x if x < 0 else numbers[x] for x in compress(column, wanted)])
            for column in (self.first, self.second, self.third)
        )
        made._others = {
            numbers[number]: tuple([numbers[each] for each in given])
            for number, given in self._others.items()
            if wanted[number]
        }
        return made

    def __len__(self) -> int:
        return len(self.first)

    @overload
    def __getitem__(self, number: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, number: slice) -> list[tuple[int, ...]]: ...
    def __getitem__(self, number: int | slice) -> object:
        if isinstance(number, slice):
            return [*self][number]
        third = self._third[number] if number < len(self._third) else -1
        return self._given(number, self.first[number], self.second[number], third)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return map(self._given, range(len(self)), self.first, self.second, self.third)

    def __reversed__(self) -> Iterator[tuple[int, ...]]:
        columns = range(len(self)), self.first, self.second, self.third
        return map(self._given, *map(reversed, columns))

    def _given(self, number: int, first: int, second: int, third: int) -> tuple[int, ...]:
        if third >= 0:
            return first, second, third
        if second >= 0:
            return first, second
        if first >= 0:
            return (first,)
        return self._others[number] if first == self._WIDE else ()
