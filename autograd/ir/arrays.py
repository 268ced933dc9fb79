"""Arrays of traced Values: NumPy's object arrays, whose comparisons stay conditions.

NumPy asks every comparison in an array of objects for its truth, which under ``jit`` would be a
decision, and a way through the function, for each element.
"""

from __future__ import annotations

import functools
from typing import Any

from autograd.callsite import user_line
from autograd.errors import TraceError
from autograd.ir.tables import WholeArgument, looked_up
from autograd.ir.truths import by_conditions, is_mask, of_conditions
from autograd.trees import NUMBER, Structure
from autograd.wording import what_is


@functools.cache
def traced_array() -> object:
    """Return the class; NumPy is imported on first use."""
    import numpy

    comparisons = {numpy.less, numpy.less_equal, numpy.greater, numpy.greater_equal}
    comparisons |= {numpy.equal, numpy.not_equal}

    def settled(index: Any) -> Any:
        """Return conditions in an index as bools: which entries they select has to be decided."""
        if isinstance(index, tuple):
            return tuple(map(settled, index))
        if isinstance(index, list):
            return [*map(settled, index)]
        if getattr(index, "is_condition", False):
            return bool(index)  # NumPy would take it for the place 0 or 1
        is_of_objects = isinstance(index, numpy.ndarray) and index.dtype.kind == "O" and index.size
        return index.view(numpy.ndarray).astype(bool) if is_of_objects and is_mask(index) else index

    def is_traced(index: Any) -> bool:
        return getattr(index, "is_condition", None) is False

    def plain(obj: object) -> object:
        return obj.view(numpy.ndarray) if isinstance(obj, TracedArray) else obj

    def each_plain(obj: object) -> object:
        return tuple(map(plain, obj)) if isinstance(obj, tuple) else plain(obj)

    def traced(made: object) -> object:
        return made.view(TracedArray) if isinstance(made, numpy.ndarray) else made

    class TracedArray(numpy.ndarray):
        """An array of traced Values, or of the conditions that comparing them gives."""

        def __array_ufunc__(self, ufunc: Any, method: str, *args: object, **named: object) -> Any:
            """Compute on the elements as they are; of no dimension the result is the Value."""
            given = named.get("out")
            named = {name: each_plain(each) for name, each in named.items()}
            other = None
            if given is None and all(map(is_mask, args)):
                other = of_conditions(ufunc, method)
            if other is not None:
                named.pop("dtype", None)  # bool, for which NumPy would ask for truths
            elif given is None and method == "__call__" and ufunc in comparisons:
                named["dtype"] = object
            with numpy.errstate(all="ignore"):  # its flags are those of our own arithmetic
                made = getattr(other or ufunc, method)(*map(plain, args), **named)
            if isinstance(given, tuple):
                return given[0] if len(given) == 1 else given
            return tuple(map(traced, made)) if isinstance(made, tuple) else traced(made)

        def __array_function__(self, *call: Any) -> object:
            """Choose and count by conditions; an array of objects is one like this."""
            function, _, args, named = call
            made = by_conditions(function, args, named)
            if made is None:
                made = super().__array_function__(*call)
            is_plain = type(made) is numpy.ndarray and made.dtype.kind == "O"
            return traced(made) if is_plain else made  # as of concatenate and stack

        def astype(self, dtype: Any, *args: Any, **named: Any) -> Any:
            """Return a mask as numbers, 1 and 0, where it is asked for so."""
            if numpy.dtype(dtype).kind in "fiu" and is_mask(self):
                return self * 1.0
            return super().astype(dtype, *args, **named)

        def __getitem__(self, index: Any) -> Any:
            if is_traced(index):
                return looked_up(self, index, "table[i]")
            if isinstance(index, tuple) and any(map(is_traced, index)):
                return self._looked_up(index)
            return super().__getitem__(settled(index))

        def _looked_up(self, index: tuple[Any, ...]) -> Any:
            """Return what is at an index of several parts, of which some are traced."""
            for each in index:
                if not is_traced(each) and (
                    isinstance(each, bool)  # of which NumPy makes an axis
                    or not isinstance(each, (int, numpy.integer, slice, type(...)))
                ):
                    raise TraceError(
                        f"table[i] at {user_line()}\nbeside a traced index stand ints and slices "
                        f"alone, and here is {what_is(each)}: index by it first"
                    )
            dots = [place for place, each in enumerate(index) if each is ...]
            if len(dots) == 1:  # of several NumPy says what is wrong
                at = dots[0]
                missing = (slice(None),) * (self.ndim - len(index) + 1)
                index = (*index[:at], *missing, *index[at + 1 :])
            entry: Any = super().__getitem__(
                tuple([slice(None) if is_traced(i) else i for i in index])
            )
            left = [each for each in index if is_traced(each) or isinstance(each, slice)]
            for axis in reversed(range(len(left))):
                if is_traced(left[axis]):
                    entry = looked_up(numpy.moveaxis(entry, axis, 0), left[axis], "table[i]")
            return entry

        def __setitem__(self, index: object, entries: object) -> None:
            super().__setitem__(settled(index), entries)

    return TracedArray


class Whole:
    """What an array among the arguments is as a whole: in a trace, of a length that may be any.

    Attributes:
        trace: the trace of the function.
        place: which of the arrays among its arguments it is.
        examples: its numbers in the call at hand.
        tracers: what stands for them.
        count, width: its rows in that call, and the numbers in a row.
        row: the structure of a row.
        is_mask: whether it is one of bools.
    """

    def __init__(
        self, trace: Any, place: int, examples: list[float], array: Any, is_mask: bool
    ) -> None:
        self.trace, self.place, self.examples, self.is_mask = trace, place, examples, is_mask
        self.tracers = array.ravel().tolist()
        self.count, self.width = len(array), len(examples) // len(array)
        self.row = Structure("array", (), array.shape[1:]) if array.ndim > 1 else NUMBER

    def is_intact(self, array: Any) -> bool:
        """Return whether the array still holds what it was handed over with."""
        import numpy

        here = array.view(numpy.ndarray).ravel().tolist()
        return all(a is b for a, b in zip(here, self.tracers, strict=True))

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
        """Make its length a part of the function."""
        self.trace.fixed.add(self.place)


def used_otherwise(array: Any) -> None:
    """Take an array for one of a fixed length: it is used in a way that may depend on it."""
    whole = getattr(array, "whole", None)
    if whole is not None:
        whole.fix()
        array.whole = None


QUIET = frozenset(
    ("whole", "handed_over", "dtype", "ndim", "view", "__class__", "__array_finalize__")
)


@functools.cache
def argument_array() -> Any:
    """Return the class of arrays among the arguments.

    Whatever is done with one but a loop over its rows and lookups in it may depend on its length,
    or change it: then its length is a part of the function.
    """

    class ArgumentArray(traced_array()):  # type: ignore[misc]
        """An array among the arguments of a traced function."""

        whole: Whole | None = None
        handed_over: Whole | None = None  # what a copy for the function becomes

        def __getattribute__(self, name: str) -> Any:
            if name not in QUIET:
                used_otherwise(self)
            return super().__getattribute__(name)

        def __array_finalize__(self, other: object) -> None:
            if isinstance(other, ArgumentArray):
                used_otherwise(other)

        def __array_function__(self, *args: object, **named: object) -> object:
            used_otherwise(self)
            return super().__array_function__(*args, **named)

        def __len__(self) -> int:
            used_otherwise(self)
            return int(super().__len__())

        def __iter__(self) -> object:
            used_otherwise(self)
            return super().__iter__()

        def __getitem__(self, index: Any) -> Any:
            if getattr(index, "is_condition", None) is not False:
                used_otherwise(self)
            return super().__getitem__(index)

        def __setitem__(self, index: object, entries: object) -> None:
            used_otherwise(self)
            super().__setitem__(index, entries)

    return ArgumentArray
