"""Programs that the interpreter runs, called as native code is: with numbers and arrays.

Nothing is prepared and no code is written, so a loop of few steps has its result before LLVM has
begun. Loops and arrays run too, which groups of equal steps cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.backends.binding import Array, reduced
from autograd.backends.interpreter import Number, run
from autograd.backends.llvm.abi import Layout
from autograd.ir.function import SCAN, Function

USUAL = 10.0  # steps of a loop whose count depends on numbers of the call


class InterpretedProgram:
    """A program of primitives in exact mode, run instruction by instruction.

    Args:
        function: what to run.
        layout: where its parameters and results lie.
        watched: whether a call returns None where a result is nan.
        most: the limit on the instructions that a call runs plus the numbers in its arrays; None
            for no limit.
    """

    level = shared = work = code_bytes = 0

    def __init__(
        self, function: Function, layout: Layout, watched: bool, most: int | None = None
    ) -> None:
        self._function, self._layout = function, layout
        self._watched, self._most = watched, most

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[Array], rows: int | None = None
    ) -> list[float] | None:
        """Return the plain results, and fill the arrays of results; None where one is nan.

        Raises:
            SpentError: it takes more instructions than it may; nothing has been filled.
        """
        layout, left = self._layout, None if self._most is None else [self._most]
        read = {source.array for source in layout.sources if source.array is not None}
        flat = {place: arrays[place].ravel() for place in read}
        if left is not None:
            left[0] -= sum(each.size for each in flat.values())
        made = [
            run(self._function, self._arguments(numbers, flat, row), left)
            for row in range(1 if rows is None else rows)
        ]
        results = [[float(number) for number in row] for row in made]
        if layout.mapped and layout.reduce:
            results = [reduced(results, layout.reduce, len(layout.sinks))]
        plain = [0.0] * sum(sink.array is None for sink in layout.sinks)
        for row, numbers_of_row in enumerate(results):
            for sink, number in zip(layout.sinks, numbers_of_row, strict=True):
                if sink.array is None:
                    plain[sink.offset // 8] = number
                else:
                    place = (sink.offset + row * (sink.row or 0)) // 8
                    arrays[sink.array].reshape(-1)[place] = number
        is_nan = any(number != number for row in results for number in row)
        return None if is_nan and self._watched else plain

    def many_rows(
        self, numbers: Sequence[float], arrays: list[Array], staged: dict[int, object], rows: int
    ) -> list[float] | None:
        """Run a mapped call of many rows."""
        import numpy

        for place, dtype in staged.items():
            arrays[place] = numpy.ascontiguousarray(arrays[place], numpy.dtype(str(dtype)))
        return self(numbers, arrays, rows)

    def _arguments(
        self, numbers: Sequence[float], flat: dict[int, Array], row: int
    ) -> list[Number | list[Number]]:
        """Return what the parameters are in one of the rows."""
        found: list[Number | list[Number]] = []
        for source in self._layout.sources:
            if source.array is None:
                found.append(numbers[source.offset // 8])
                continue
            array = flat[source.array]
            if source.extent is not None:
                found.append(array.tolist())
            else:
                place = (source.offset + row * (source.row or 0)) // array.itemsize
                found.append(float(array[place]))
        return found


def may_be_short(function: Function, most: int) -> bool:
    """Return whether a program takes no more instructions than so many, as far as can be told."""
    return _supposed(function) <= most


def _supposed(function: Function) -> int:
    """Return how many instructions there are, a loop of unknown length taken for USUAL steps."""
    total = len(function)
    for number, bodies in function.bodies.items():
        count = USUAL
        if function.opcodes[number] == SCAN:
            count = float(function.constants.get(function.operands[number][0], USUAL))
        total += int(max(0.0, min(count, 1e9)) * sum(map(_supposed, bodies)))
    return total
