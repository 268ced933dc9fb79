"""Native code that is called with numbers and arrays, in memory that calls take and give back."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from math import nan
from typing import Any

from autograd.backends.binding import ONE_BLOCK, Array, Binding, block_size
from autograd.backends.llvm.abi import Layout, Sink, Source
from autograd.backends.llvm.arena import (
    DEFINITIONS,
    ERROR,
    FUNCTIONS,
    HEAD,
    INTERRUPTED,
    LIMIT,
    OUT_OF_MEMORY,
    STATUS,
)
from autograd.backends.llvm.engine import NativeCode, provide
from autograd.backends.llvm.loop import padded
from autograd.backends.llvm.module import Assembled, assembled
from autograd.backends.llvm.staging import Blocks
from autograd.ir.function import ARRAY_TYPE, Function

THREADED = 4_000_000  # rows x instructions from which several threads are faster
ALIGNMENT = 64


class Native:
    """A program as native code.

    Args:
        function: a program of primitives.
        layout: where its parameters and results lie.
        exact: whether bits must be those of the eager engine.
        alone: whether its result is a single number, without a container around it.
        watched: whether a call returns None where a result is nan.
        module: its code, if it is written already.
        tail: further addresses that its code is given.
        quick: whether optimisation level 0 is enough, until it is called often.

    Attributes:
        code_bytes: the size of the LLVM code.
        level: the optimisation level.
        is_quick: whether there could be faster code.
        work, shared: bytes of memory for each thread, and for what all rows share.
        direct: the function of plain floats in registers, where there is one.
    """

    once: Callable[..., Any] | None = None  # computes what all rows share, where no code does

    def __init__(
        self,
        function: Function,
        layout: Layout,
        exact: bool,
        alone: bool,
        watched: bool,
        module: Assembled | None = None,
        tail: tuple[int, ...] = (),
        quick: bool = False,
    ) -> None:
        module = module or assembled(function, layout, exact, alone, watched)
        self._tail = tail
        self.layout = layout
        self.code_bytes = len(module.text)
        self.work, self.shared, self._arena = module.work, module.shared, module.arena
        self._steps = len(function)
        self._plain = sum(sink.array is None for sink in layout.sinks)
        if module.arena is not None:
            provide(DEFINITIONS, FUNCTIONS)
        self._code = code = NativeCode(module.text, module.level, quick)
        self.level, self.is_quick = code.level, code.level < module.level
        self._free: list[tuple[tuple[int, ...], object]] = []  # memories that no call uses
        self._pack = struct.Struct(f"@{layout.numbers}d{layout.arrays}Q{6 + len(tail)}Q").pack
        self._result_type = ctypes.c_double * self._plain
        run = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_char_p, ctypes.c_void_p)
        self._run = run(code.address("run"))
        if layout.mapped:
            prepare = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)
            self._prepare = prepare(code.address("prepare"))
            self._finish = run(code.address("finish"))
            kinds = (ctypes.c_char_p, *[ctypes.c_void_p] * 2, *[ctypes.c_uint64] * 2)
            self._blocks = ctypes.CFUNCTYPE(None, *kinds)(code.address("blocks"))
        self.direct: Callable[..., float] | None = None
        if module.direct:
            kind = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * layout.numbers)
            self.direct = direct = kind(code.address("direct"))
            direct.code = code  # type: ignore[attr-defined]  # a caller may hold nothing but this function

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[object], rows: int | None = None
    ) -> list[float] | None:
        """Return the plain results, and fill the arrays of results.

        Args:
            numbers: the plain numbers, captured ones last.
            arrays: the arrays of the arguments, as they can be read, then those for results.
            rows: how many rows there are, at most ``ONE_BLOCK``; None where none are mapped.

        Returns:
            The plain results; None where a watched result is nan.
        """
        try:  # two calls never use one memory: a signal handler may call inside of a call
            taken = self._free.pop()
        except IndexError:
            taken = self._new_memory()
        memory = taken[0]
        plain = self._result_type()
        count, blocks = (0, 0) if rows is None else (rows, 1)
        packed = self._pack(*numbers, *map(id, arrays), count, count, blocks, *memory)
        if self.once is not None:
            self._share(numbers, arrays, memory[0])
        told = self._run(packed, plain)
        if self._arena is not None:
            check_arena(memory[2] + self._arena)
        self._free.append(taken)
        return None if told else plain[:]

    def on_floats(self, build: Callable[[list[float]], object]) -> Callable[..., object] | None:
        """Return a short way to call it with floats alone; None where it takes or gives arrays.

        Args:
            build: makes of the plain results what a call returns.

        Returns:
            A function of the plain numbers. It returns nan where a watched result is nan.
        """
        layout = self.layout
        if layout.mapped or layout.arrays or self.once is not None or self._arena is not None:
            return None
        free, new_memory, pack = self._free, self._new_memory, self._pack
        result_type, run = self._result_type, self._run

        def call(*numbers: float) -> object:
            try:
                taken = free.pop()
            except IndexError:
                taken = new_memory()
            plain = result_type()
            told = run(pack(*numbers, 0, 0, 0, *taken[0]), plain)
            free.append(taken)
            return nan if told else build(plain[:])

        return call

    def _new_memory(self) -> tuple[tuple[int, ...], object]:
        """Make working memories for calls, one at a time; return their addresses, and them."""
        sums = 8 * padded(len(self.layout.sinks)) if self.layout.reduce else 0
        kept = [_memory(size) for size in (self.shared, sums)] + [self._working_memory()]
        return (*[address for _, address in kept], *self._tail), kept

    def _share(self, numbers: Sequence[float], arrays: Sequence[object], address: int) -> None:
        """Put what all rows share into memory."""
        assert self.once is not None
        self.once(numbers, arrays, (), address)

    def _working_memory(self) -> tuple[object, int]:
        """Make the memory in which one thread computes."""
        if self._arena is None:
            return _memory(self.work)
        made = _memory(self.work)
        set_up_arena(made[1] + self._arena)
        return made

    def many_rows(
        self, numbers: Sequence[float], arrays: list[Array], staged: dict[int, object], rows: int
    ) -> list[float] | None:
        """Run a mapped call block by block, on several threads where that is faster.

        Args:
            numbers: the plain numbers.
            arrays: the arrays of the arguments, then those for results.
            staged: the dtypes of the arrays that must be converted by a copy, by their place.
            rows: how many rows there are.
        """
        outputs = len(self.layout.sinks)
        size = block_size(rows, outputs)
        blocks = -(-rows // size)
        kept = [_memory(self.shared), _memory(8 * padded(outputs) * max(blocks, 1))]
        (_, shared), (_, sums) = kept
        copied = [
            (arrays[place], dtype, self.layout.array(place)) for place, dtype in staged.items()
        ]
        plain = self._result_type()
        threads = 1
        if rows * self._steps >= THREADED:
            threads = min(_processors(), blocks)
        works = [self._working_memory() for _ in range(threads)]
        tail = (rows, size, blocks, shared, sums, works[0][1], *self._tail)
        packed = self._pack(*numbers, *map(id, arrays), *tail)
        self._prepare(packed, plain)
        if self.once is not None:
            self._share(numbers, arrays, shared)
        if self._arena is not None:
            check_arena(works[0][1] + self._arena)
        step = -(-blocks // (4 * threads)) if threads > 1 else max(blocks, 1)
        queue = deque((first, min(first + step, blocks)) for first in range(0, blocks, step))

        failures: list[BaseException] = []
        alive = (kept, works, arrays)  # also for helpers that outlive an interrupted call

        def work(address: int, fetched: Blocks | None, alive: object = alive) -> None:
            try:
                while True:
                    try:
                        first, last = queue.popleft()
                    except IndexError:  # all are taken
                        return
                    if fetched is None:
                        self._blocks(packed, plain, address, first, last)
                    else:
                        for block in range(first, last):
                            fetched.fetch(block)
                            self._blocks(fetched.packed, plain, address, block, block + 1)
                    if self._arena is not None:
                        check_arena(address + self._arena)
            except BaseException as error:
                failures.append(error)
                queue.clear()
                for _, other in works if self._arena is not None else ():
                    stop_arena(other + (self._arena or 0))

        tasks = [  # memory is made here, where an error is seen
            (address, Blocks(packed, copied, size) if copied else None) for _, address in works
        ]
        helpers = [threading.Thread(target=work, args=task) for task in tasks[1:]]
        for helper in helpers:
            helper.start()
        work(*tasks[0])
        for helper in helpers:
            helper.join()
        if failures:
            raise failures[0]
        return None if self._finish(packed, plain) else plain[:]


def set_up_arena(address: int) -> None:
    """Prepare the head of an arena (see ``loops``): it may take most of the machine's memory."""
    ctypes.memset(address, 0, HEAD)
    ctypes.c_int64.from_address(address + LIMIT).value = _memory_of_machine() // 10 * 9


def stop_arena(address: int) -> None:
    """Let the loops of another thread end."""
    ctypes.c_int64.from_address(address + STATUS).value = INTERRUPTED


def check_arena(address: int) -> None:
    """Raise what ended a loop before its time.

    Raises:
        MemoryError: what it keeps does not fit in memory.
        BaseException: what a signal raised, KeyboardInterrupt as a rule.
    """
    status = ctypes.c_int64.from_address(address + STATUS)
    if not status.value:
        return
    code, status.value = status.value, 0
    if code == OUT_OF_MEMORY:
        raise MemoryError(
            "a compiled loop keeps what each step began with, for its derivative, and that does "
            "not fit in memory: take fewer steps, or check its condition"
        )
    error = [ctypes.c_void_p.from_address(address + ERROR + 8 * place).value for place in range(3)]
    ctypes.memset(address + ERROR, 0, 24)
    if not error[0]:  # another thread has the error
        raise KeyboardInterrupt
    restore = ctypes.PyDLL(None).PyErr_Restore
    restore.argtypes, restore.restype = [ctypes.c_void_p] * 3, None
    restore(*error)


def _memory_of_machine() -> int:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 2**34


def _memory(size: int) -> tuple[object, int]:
    """Return a new aligned piece of memory, what keeps it alive first."""
    if not size:
        return None, 0
    buffer = ctypes.create_string_buffer(size + ALIGNMENT) if size < 4096 else None
    if buffer is None:
        import numpy

        kept = numpy.empty(size + ALIGNMENT, dtype="uint8")
        address = kept.ctypes.data
        return kept, address + -address % ALIGNMENT
    address = ctypes.addressof(buffer)
    return buffer, address + -address % ALIGNMENT


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Bound:
    """Native code called as every back end's; see ``compile``."""

    def __init__(
        self, function: Function, binding: Binding, made: Callable[[Function, Layout], object]
    ) -> None:
        self.binding = binding
        self.outputs = len(function.results)
        mapped = binding.mapped or frozenset()
        layout = Layout(mapped=binding.mapped is not None, reduce=binding.reduce)
        width = len(mapped)
        layout.arrays = int(layout.mapped)
        for place, parameter in enumerate(function.parameters):
            if place in mapped:
                column = sum(source.row is not None for source in layout.sources)
                layout.sources.append(Source(0, 8 * column, row=8 * width))
            elif parameter.type == ARRAY_TYPE:
                layout.sources.append(Source(layout.arrays, 0, extent=8 * layout.numbers))
                layout.arrays += 1
                layout.numbers += 1
            else:
                layout.sources.append(Source(None, 8 * layout.numbers))
                layout.numbers += 1
        stored = layout.mapped and not binding.reduce
        layout.sinks = [
            Sink(layout.arrays, 8 * place, 8 * self.outputs) if stored else Sink(None, 8 * place)
            for place in range(self.outputs)
        ]
        layout.arrays += int(stored)
        self.native: Any = made(function, layout)
        self._width, self._stored = width, stored

    def __call__(
        self,
        arguments: Sequence[float | Sequence[float]],
        rows: Sequence[Sequence[float]] = (),
    ) -> list[float] | list[list[float]]:
        """Return the results: floats, or a list of them for each row."""
        import numpy

        given = [each for each in arguments if not isinstance(each, (int, float))]
        arrays = [numpy.array(each, dtype=float) for each in given]
        arguments = [
            each if isinstance(each, (int, float)) else float(len(each)) for each in arguments
        ]
        if self.binding.mapped is None:
            return self.native(arguments, arrays) or []
        arrays.insert(0, numpy.array(rows, dtype=float).reshape(len(rows), self._width))
        if self._stored:
            arrays.append(numpy.empty((len(rows), self.outputs)))
        if 0 < len(rows) <= ONE_BLOCK:
            plain: list[float] = self.native(arguments, arrays, len(rows))
        else:
            plain = self.native.many_rows(arguments, arrays, {}, len(rows))
        return arrays[-1].tolist() if self._stored else plain or []


def compile(  # noqa: A001 - as in every back end
    function: Function, binding: Binding, exact: bool = True
) -> Bound:
    """Return the function as native code of this processor."""
    return Bound(function, binding, lambda made, layout: Native(made, layout, exact, False, False))
