"""Arrays of traced Values: NumPy's object arrays, whose comparisons stay conditions.

NumPy asks every comparison in an array of objects for its truth, which under ``jit`` would be a
decision, and a way through the function, for each element.
"""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def traced_array() -> Any:
    """Return the class; NumPy is imported when it is first wanted."""
    import numpy

    def settled(index: Any) -> Any:
        """Return a mask of conditions as bools: which entries there are has to be decided."""
        if isinstance(index, tuple):
            return tuple(map(settled, index))
        is_mask = isinstance(index, TracedArray) and index.size
        return index.astype(bool) if is_mask and index.flat[0].is_condition else index

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

        def __getitem__(self, index: Any) -> Any:
            return super().__getitem__(settled(index))

        def __setitem__(self, index: object, entries: object) -> None:
            super().__setitem__(settled(index), entries)

    return TracedArray
