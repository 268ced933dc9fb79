"""What a back end must know of a call besides the program: rows, and how they are added up.

Every back end has ``compile(function, binding)``, and what it returns is called with the numbers
that all rows share and, where rows are mapped, a sequence of the numbers of each row.

Results are added up in one order everywhere.
Rows are cut into blocks by their count alone. Within a block, row ``i`` is added to sum ``i % 8``
(one row a SIMD lane); then the halves of these eight are added, and the halves of those; and the
sums of the blocks are added in their order. So the result depends neither on the number of threads
nor on how wide the processor's vectors are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy

Array: TypeAlias = "numpy.ndarray[Any, Any]"

LANES = 8
ONE_BLOCK = 2048  # rows up to this many are one block
BLOCK = 1024  # rows in a block at least, beyond


@dataclass(frozen=True, slots=True)
class Binding:
    """How a function's parameters and results belong to a call.

    Attributes:
        mapped: the parameters of which every row has its own; None where nothing is mapped.
        reduce: None, "sum" or "mean": what becomes of the results of rows.
    """

    mapped: frozenset[int] | None = None
    reduce: str | None = None


def block_size(rows: int, outputs: int) -> int:
    """Return how many rows are added up in one block."""
    if rows <= ONE_BLOCK:
        return max(rows, 1)
    most = max(8, min(256, 2**21 // max(outputs, 1)))
    size = max(BLOCK, -(-rows // most))
    return size + -size % LANES


def reduced(results: Sequence[Sequence[Any]], reduce: str | None, outputs: int = 0) -> list[Any]:
    """Return the sum or the mean over the rows of each result, in this order; of Values too."""
    outputs = len(results[0]) if results else outputs
    size = block_size(len(results), outputs)
    totals = [0.0] * outputs
    for begin in range(0, len(results), size):
        lanes = [[0.0] * outputs for _ in range(LANES)]
        for place, row in enumerate(results[begin : begin + size]):
            lane = lanes[place % LANES]
            for output, number in enumerate(row):
                lane[output] += number
        while len(lanes) > 1:
            half = len(lanes) // 2
            lanes = [[a + b for a, b in zip(lanes[i], lanes[i + half], strict=True)]
                     for i in range(half)]  # fmt: skip
        totals = [total + part for total, part in zip(totals, lanes[0], strict=True)]
    if reduce == "mean":
        return [total / float(len(results)) if results else nan for total in totals]
    return [total + 0.0 for total in totals]


def added_up(column: Any, reduce: str, outputs: int) -> Any:
    """Return the sum or mean over the first axis of an array, in this order, by NumPy."""
    import numpy

    rows, shape = len(column), column.shape[1:]
    total = numpy.zeros(shape)
    size = block_size(rows, outputs)
    for begin in range(0, rows, size):
        part = column[begin : begin + size]
        padding = numpy.zeros((-len(part) % LANES, *shape))
        lanes = numpy.concatenate([part, padding]).reshape(-1, LANES, *shape)
        sums = lanes[0] + 0.0
        for row in lanes[1:]:
            sums = sums + row
        while len(sums) > 1:
            half = len(sums) // 2
            sums = sums[:half] + sums[half:]
        total = total + sums[0]
    return total / rows if reduce == "mean" else total + 0.0
