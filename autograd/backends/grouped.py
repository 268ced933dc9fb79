"""The grouped back end: programs run without writing code for them.

Groups of equal steps (``groups.py``) are computed one after the other. Where rows are mapped, eight
of them go through the groups side by side, a vector for each number; what all rows share is
computed once, by groups of single numbers (``llvm/grouped_rows.py``).

It gives the bits of every other back end. Nothing is compiled, so it is the first to be ready.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from autograd.backends.binding import Array, Binding
from autograd.backends.groups import Once
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.contraction import contracted
from autograd.backends.llvm.executable import Bound
from autograd.backends.llvm.grouped_rows import GroupedRows
from autograd.backends.steps import Steps
from autograd.errors import ExportError
from autograd.ir.function import Function, Packed, whole


class Grouped:
    """A program without rows, called with numbers and arrays as native code is.

    Args:
        function: a program of primitives, without loops.
        layout: where its parameters and results lie.
        watched: whether a call tells of nans among the results.
        exact: whether bits must be the eager engine's, without multiply-adds.

    Attributes:
        nanoseconds: how long a call takes, roughly.
    """

    level = shared = code_bytes = 0

    def __init__(
        self, function: Function | Packed, layout: Layout, watched: bool, exact: bool = True
    ) -> None:
        import numpy

        if not exact:
            function = contracted(whole(function))
        steps = Steps(function)
        own = numpy.flatnonzero(steps.levels > 0)
        results = numpy.array(function.results, dtype=numpy.int64)
        filled = numpy.array([-1 if sink.array is None else sink.array for sink in layout.sinks])
        outputs = sorted({*filled.tolist()} - {-1})
        parts = [results[filled == array] for array in outputs]
        sizes = [*map(len, parts)]
        plain = results[filled == -1]
        self._once = Once(steps, layout, own, numpy.concatenate([*parts, plain]), sizes)
        self._watched = watched
        self.work = 8 * self._once.groups.size
        self.nanoseconds = self._once.groups.nanoseconds
        self._outputs = outputs
        self._as_given = self._once.are_as_given(outputs, layout.arrays)
        self._result_type = ctypes.c_double * len(plain)

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[Array], rows: int | None = None
    ) -> list[float] | None:
        """Return the plain results, and fill the arrays of results; None where one is nan."""
        plain = self._result_type()
        made = None if self._as_given else [arrays[output] for output in self._outputs]
        told = self._once(numbers, arrays, made, plain)
        return None if told and self._watched else plain[:]

    def many_rows(self, *args: object) -> list[float] | None:
        """Refuse: there are no rows."""
        raise ExportError("a program without rows was called with rows")


def compile(function: Function, binding: Binding) -> Bound:  # noqa: A001 - as in every back end
    """Return the function as groups of steps."""

    def made(function: Function, layout: Layout) -> GroupedRows | Grouped:
        return (GroupedRows if layout.mapped else Grouped)(function, layout, False)

    return Bound(function, binding, made)
