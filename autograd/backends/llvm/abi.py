"""The places of a call's numbers in memory, as compiled code and its caller know them.

A call hands over one packed block of eight-byte entries:

    the plain numbers among the arguments, and the Values from outside   (doubles)
    the arrays, arguments first, then results                            (addresses)
    for mapped functions: rows, rows in a block, blocks, and three working memories
    for those that groups of steps compute: the address of their tables
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

# How each dtype that compiled code reads is loaded: LLVM's type, bytes, conversion to double.
ELEMENTS = {
    "float64": ("double", 8, ""),
    "float32": ("float", 4, "fpext"),
    "int64": ("i64", 8, "sitofp"),
    "int32": ("i32", 4, "sitofp"),
    "int16": ("i16", 2, "sitofp"),
    "int8": ("i8", 1, "sitofp"),
    "uint64": ("i64", 8, "uitofp"),
    "uint32": ("i32", 4, "uitofp"),
    "uint16": ("i16", 2, "uitofp"),
    "uint8": ("i8", 1, "uitofp"),
    "bool": ("i8", 1, "uitofp"),
}

# The entries after numbers and arrays.
ROWS, BLOCK, BLOCKS, SHARED, SUMS, WORK, TABLES = range(7)


class Source(NamedTuple):
    """Where an input is read: among the packed numbers (array None), or in an array.

    Attributes:
        array: which array.
        offset: bytes from its start, or from the start of the row.
        element: the dtype's name.
        row: bytes from one row to the next; None where all rows share the number.
        extent: of a whole array, where its count of numbers is among the packed numbers, in bytes.
    """

    array: int | None
    offset: int
    element: str = "float64"
    row: int | None = None
    extent: int | None = None


class Sink(NamedTuple):
    """Where a result is written: among the plain results (array None), or in an array.

    Attributes:
        array: which array, counted with those of the arguments.
        offset: bytes from its start, or from the start of the row.
        row: bytes from one row to the next; None where there is one result for all rows.
    """

    array: int | None
    offset: int
    row: int | None = None


@dataclass(slots=True)
class Layout:
    """The layout of all memory of a call.

    Attributes:
        sources: where each input is.
        sinks: where each output goes.
        numbers: how many plain numbers are packed.
        arrays: how many arrays follow.
        mapped: whether the function is mapped over rows.
        reduce: None, "sum" or "mean".
    """

    sources: list[Source] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    numbers: int = 0
    arrays: int = 0
    mapped: bool = False
    reduce: str | None = None

    def array(self, index: int) -> int:
        """Return the position in bytes of an array's address in the packed block."""
        return 8 * (self.numbers + index)

    def entry(self, which: int) -> int:
        """Return the position in bytes of one of the last entries of the packed block."""
        return 8 * (self.numbers + self.arrays + which)
