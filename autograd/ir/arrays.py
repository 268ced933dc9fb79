"""Arrays of traced Values: NumPy's object arrays, whose comparisons stay conditions.

NumPy asks every comparison in an array of objects for its truth, which under ``jit`` would be a
decision, and a way through the function, for each element.
"""

from __future__ import annotations

import functools
from typing import Any

from autograd.ir.tables import WholeArgument, looked_up


@functools.cache
def traced_array() -> object:
    """Return the class; NumPy is imported on first use."""
    import numpy

    def settled(index: Any) -> Any:
        """Return a mask of conditions as bools: which entries it selects has to be decided."""
        if isinstance(index, tuple):
            return tuple(map(settled, index))
        is_mask = isinstance(index, TracedArray) and index.size
        return index.astype(bool) if is_mask and index.flat[0].is_condition else index

    def is_traced(index: Any) -> bool:
        return getattr(index, "is_condition", None) is False

    class TracedArray(numpy.ndarray):
        """An array of traced Values, or of the conditions that comparing them gives."""

        def __lt__(self, other: Any) -> Any:
            return numpy.less(self, other, dtype=object)

        def __le__(self, other: Any) -> Any:
            return numpy.less_equal(self, other, dtype=object)

        def __gt__(self, other: Any) -> Any:
            return numpy.greater(self, other, dtype=object)

        def __ge__(self, other: Any) -> Any:
            return numpy.greater_equal(self, other, dtype=object)

        def __getitem__(self, index: object) -> Any:
            if is_traced(index):
                return looked_up(self, index, "table[i]")
            if isinstance(index, tuple) and any(map(is_traced, index)):
                entry = self
                for each in index:
                    entry = entry[each]
                return entry
            return super().__getitem__(settled(index))

        def __setitem__(self, index: object, entries: object) -> None:
            super().__setitem__(settled(index), entries)

    return TracedArray


class Whole:
    """A whole array among the arguments: in a trace its length is unknown.

    Attributes:
        trace: the trace of the function.
        place: which of the arrays among its arguments it is.
        examples: its numbers in the call at hand.
        count, width: its rows in that call, and the numbers in a row.
    """

    def __init__(self, trace: Any, place: int, examples: list[float], count: int) -> None:
        self.trace, self.place, self.examples = trace, place, examples
        self.count, self.width = count, len(examples) // count

    def number_in(self, trace: Any) -> int | float:
        """Return its number in the trace, or in the body of a loop there."""
        if trace.parent is not None:
            inside: int | float = trace.captured_number(self.number_in(trace.parent))
            return inside
        if self.place not in trace.wholes:
            operation = WholeArgument(self.place, self.examples)
            trace.wholes[self.place] = trace.append(operation, ())
        number: int = trace.wholes[self.place]
        return number

    def fix(self) -> None:
        """Make its length part of the traced function."""
        self.trace.fixed.add(self.place)


@functools.cache
def argument_array() -> object:
    """Return the class of arrays among the arguments; asking for their length fixes it."""
    import numpy

    class ArgumentArray(traced_array()):  # type: ignore[misc]
        """An array among the arguments of a traced function."""

        whole: Whole | None = None

        def _fixed(self) -> Any:
            if self.whole is not None:
                self.whole.fix()
            return self.view(traced_array())

        def __len__(self) -> int:
            return len(self._fixed())

        def __iter__(self) -> object:
            return iter(self._fixed())

        @property
        def shape(self) -> object:
            """The lengths of its axes."""
            return numpy.ndarray.shape.__get__(self._fixed())

        @property
        def size(self) -> int:
            """How many entries it has."""
            return int(numpy.ndarray.size.__get__(self._fixed()))

        @property
        def nbytes(self) -> int:
            """How many bytes it takes."""
            return int(numpy.ndarray.nbytes.__get__(self._fixed()))

    return ArgumentArray
