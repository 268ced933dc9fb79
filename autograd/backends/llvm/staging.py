"""Mapped arrays that compiled code cannot read directly, copied block by block.

Compiled code reads rows one after another in the machine's own number formats. Columns of a larger
array, Fortran order, a step or foreign bytes are copied just before a block of rows is computed,
into a buffer that the next block uses again, so that no second copy of the whole is ever made.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from typing import Any

from autograd.backends.binding import Array
from autograd.backends.llvm.memory import DATA

_ADDRESS = struct.Struct("@Q")


class Blocks:
    """The blocks of rows of some arrays, one at a time; every thread has its own.

    Attributes:
        packed: the packed call, with the block's buffers where the arrays' addresses were.
    """

    def __init__(self, packed: bytes, arrays: Sequence[tuple[Array, Any, int]], size: int) -> None:
        """Make buffers for (array, dtype, its place in the packed call), of ``size`` rows."""
        import numpy

        self._size = size
        self._parts = []
        call = bytearray(packed)
        for array, dtype, place in arrays:
            buffer = numpy.empty((size, *array.shape[1:]), dtype)
            head = ctypes.create_string_buffer(DATA + _ADDRESS.size)  # what stands for the array
            _ADDRESS.pack_into(call, place, ctypes.addressof(head))
            row_bytes = buffer.itemsize * (buffer.size // size)
            self._parts.append((array, buffer, head, row_bytes))
        self.packed = bytes(call)
        self._copy = numpy.copyto

    def fetch(self, block: int) -> None:
        """Copy the rows of a block."""
        first = block * self._size
        for array, buffer, head, row_bytes in self._parts:
            rows = array[first : first + self._size]
            self._copy(buffer[: len(rows)], rows, casting="unsafe")
            # Rows are counted from the first of all, which would lie before the buffer.
            start = (buffer.ctypes.data - first * row_bytes) % 2**64
            _ADDRESS.pack_into(head, DATA, start)
