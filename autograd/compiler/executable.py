"""One compiled program, and how it is called: memory laid out once, a few microseconds a call."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from autograd.backends.llvm.abi import Sink, Source
from autograd.backends.llvm.engine import NativeCode
from autograd.backends.llvm.instructions import KERNELS, LANES
from autograd.backends.llvm.loop import padded
from autograd.backends.llvm.module import assembled
from autograd.compiler.bindings import Arguments, Inputs, array_module, no_rows, replaced
from autograd.compiler.staging import Blocks
from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.ir.program import program_of
from autograd.ir.trace import Tape, Traced, traced_call, tracing
from autograd.transforms.traced import adjoints
from autograd.trees import NUMBER, Structure, builder

ONE_BLOCK = 2048  # rows up to this many are summed in one go
BLOCK = 1024  # rows in a block at least, beyond
THREADED = 4_000_000  # rows x steps from which on several threads pay
ALIGNMENT = 64


class Recording:
    """A function as it was recorded, once, for one structure of its arguments.

    Attributes:
        arguments: what it was called with, traced Values in the places of numbers.
        tape: the operations in order, until they are forgotten.
        layout: where the arguments' numbers lie.
        examples: the numbers of the call that was recorded, of its first row where rows are mapped.
        outputs: what it returned, flattened: traced Values, Values from outside, floats.
        structure: the structure of what it returned.
        operations: how many it called.
        seconds: what recording took.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        axes: tuple[Any, ...] | None,
        names: list[str],
    ) -> None:
        start = time.perf_counter()
        self.tape = Tape(KERNELS)
        inputs = Inputs(self.tape, arguments, axes, names)
        self.layout = inputs.layout
        self.examples = inputs.examples
        self.arguments = inputs.arguments
        own = replaced(self.arguments, lambda node: node)  # the function may change its lists
        self.outputs, self.structure = traced_call(function, self.tape, own)
        self.operations = len(self.tape.nodes)
        self.seconds = time.perf_counter() - start

    def inputs_of_numbers(self) -> list[Traced]:
        """Return the traced Values that stand for the plain numbers among the arguments."""
        pairs = zip(self.tape.inputs, self.layout.sources, strict=False)
        return [node for node, source in pairs if source.array is None]

    def add_slopes(self, active: Sequence[int]) -> None:
        """Return besides each output its derivatives by these numbers and the Values outside."""
        inputs = self.inputs_of_numbers()
        targets = [*[inputs[place] for place in active], *self.tape.outside.values()]
        parts = [self.structure]
        with tracing(self.tape):
            for output in list(self.outputs):
                slopes = slopes_of(output, targets) if isinstance(output, Value) else []
                self.outputs += slopes
                parts.append(Structure("array", (), (len(slopes),)))
        self.structure = Structure("tuple", tuple(parts), tuple)

    def graph(self, function: Callable[..., Any]) -> Any:
        """Return what the function gives for Values with the numbers of the recorded call."""
        values = [
            Value(number, node.label)
            for node, number in zip(self.tape.inputs, self.examples, strict=True)
        ]
        return function(*replaced(self.arguments, lambda node: values[node.place]))

    def forget(self) -> None:
        """Let the recorded operations go; a large graph would burden the garbage collector."""
        self.outputs = []
        self.tape.nodes = []


def slopes_of(output: Value, targets: Sequence[Value]) -> list[Any]:
    """Return the derivatives of a traced output by each target, as a graph.

    The walk is that of the eager engine, so that sums have its bits; but Values from outside are
    operands here like the targets, and it stops at all of them.
    """
    stops = {id(target) for target in targets}
    traced = [node for node in ordered(output) if isinstance(node, Traced)]
    order = [node for node in traced if id(node) not in stops]
    return adjoints(output, 1.0, targets, order)


class Plan:
    """A recorded function, compiled.

    Attributes:
        recording: the recorded function.
        outside: the Values from outside that it reads at every call.
        program: the cleaned-up program.
        text: the LLVM code.
        seconds: what cleaning up and compiling took.
        direct: a short way to call it with plain floats alone, where there is one.
    """

    def __init__(self, recording: Recording, reduce: str | None, exact: bool) -> None:
        start = time.perf_counter()
        self.recording = recording
        self.layout = recording.layout
        self.layout.reduce = reduce
        self.outside = list(recording.tape.outside.values())
        self.program = program_of(recording.tape, recording.outputs, KERNELS, exact)
        recording.forget()
        self._finish_layout(recording.structure)
        module = assembled(self.program, self.layout, exact, alone=recording.structure == NUMBER)
        self.text = module.text
        self.level = module.level
        self.work = module.work
        self.shared = module.shared
        self._code = NativeCode(module.text, module.level)
        self._memory = threading.local()
        self._set_up(module.direct)
        self.seconds = time.perf_counter() - start

    # -- set-up --------------------------------------------------------------------------------

    def _finish_layout(self, structure: Structure) -> None:
        """Add the Values from outside to the packed numbers, and say where results go."""
        layout = self.layout
        for _ in self.outside:
            layout.sources.append(Source(None, 8 * layout.numbers))
            layout.numbers += 1
        self._shapes: list[tuple[int, ...]] = []
        self._plain = 0
        self._results_mapped = layout.mapped and layout.reduce is None
        self._place_results(structure)
        layout.arrays += len(self._shapes)

    def _place_results(self, structure: Structure) -> None:
        layout = self.layout
        array = layout.arrays + len(self._shapes)
        if structure.kind == "number":
            if self._results_mapped:
                layout.sinks.append(Sink(array, 0, 8))
                self._shapes.append(())
            else:
                layout.sinks.append(Sink(None, 8 * self._plain))
                self._plain += 1
        elif structure.kind == "array":
            size = structure.count()
            row = 8 * size if self._results_mapped else None
            layout.sinks += [Sink(array, 8 * index, row) for index in range(size)]
            self._shapes.append(structure.detail)
        for part in structure.parts:
            self._place_results(part)

    def _set_up(self, direct: bool) -> None:
        """Prepare everything about a call that does not change from one to the next."""
        layout, code = self.layout, self._code
        self._pack = struct.Struct(f"@{layout.numbers}d{layout.arrays}Q6Q").pack
        self._result_type = ctypes.c_double * self._plain
        self._build = builder(self.recording.structure, self._results_mapped)
        run = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)
        self._run = run(code.address("run"))
        if layout.mapped:
            self._prepare = run(code.address("prepare"))
            self._finish = run(code.address("finish"))
            kinds = (ctypes.c_char_p, *[ctypes.c_void_p] * 2, *[ctypes.c_uint64] * 2)
            self._blocks = ctypes.CFUNCTYPE(None, *kinds)(code.address("blocks"))
        self.direct: Callable[..., Any] | None = None
        if not layout.mapped and not layout.arrays:
            self.direct = self._of_floats
        if direct and not self.outside:
            kind = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * layout.numbers)
            self.direct = kind(code.address("direct"))

    # -- a call --------------------------------------------------------------------------------

    def __call__(self, given: Arguments) -> Any:
        """Run the program and return its results in their structure."""
        numbers = given.numbers
        if self.outside:
            numbers = [*numbers, *[value._data for value in self.outside]]
        return self.results(numbers, given)

    def _of_floats(self, *numbers: float) -> Any:
        """Run the program on floats alone, when neither arguments nor results hold arrays."""
        if self.outside:
            numbers = (*numbers, *[value._data for value in self.outside])
        plain = self._result_type()
        self._run(self._pack(*numbers, 0, 0, 0, *self._memory_of_thread()), plain)
        return self._build(iter(plain[:]), iter(()))

    def results(self, numbers: list[float], given: Arguments) -> Any:
        """Run the program on these numbers (with those from outside) and the arrays given."""
        if given.rows is None:
            shapes = self._shapes
            shared, sums, work = self._memory_of_thread()
            rows = (0, 0, 0)
        else:
            count = given.rows
            shapes = self._shapes
            if self._results_mapped:
                shapes = [(count, *shape) for shape in shapes]
            if count > ONE_BLOCK or not count:
                return self._many_rows(numbers, given, shapes, count)
            shared, sums, work = self._memory_of_thread()
            rows = (count, count, 1)
        arrays = given.readable() if given.foreign else given.arrays
        made: list[Any] = []
        if shapes:
            empty = array_module().empty
            made = [empty(shape) for shape in shapes]
            arrays = [*arrays, *made]
        plain = self._result_type()
        self._run(self._pack(*numbers, *map(id, arrays), *rows, shared, sums, work), plain)
        return self._build(iter(plain[:]), iter(made))

    def _memory_of_thread(self) -> tuple[int, int, int]:
        """Return the addresses of this thread's working memories, made at its first call."""
        try:
            addresses: tuple[int, int, int] = self._memory.addresses
        except AttributeError:
            sums = 8 * padded(len(self.layout.sinks)) if self.layout.reduce else 0
            sizes = (self.shared, sums, self.work)
            self._memory.kept = [_memory(size) for size in sizes]
            addresses = self._memory.addresses = tuple(
                [address for _, address in self._memory.kept]
            )
        return addresses

    def _many_rows(
        self, numbers: list[float], given: Arguments, shapes: list[Any], rows: int
    ) -> Any:
        """Run block by block, on several threads where that pays."""
        outputs = len(self.layout.sinks)
        if self.layout.reduce == "mean" and not rows:
            raise no_rows()
        most = max(8, min(256, 2**21 // max(outputs, 1)))
        size = max(BLOCK, -(-rows // most))
        size += -size % LANES
        blocks = -(-rows // size)
        kept = [_memory(self.shared), _memory(8 * padded(outputs) * max(blocks, 1))]
        (_, shared), (_, sums) = kept
        made = [array_module().empty(shape) for shape in shapes]
        things = [*given.arrays, *made]
        foreign = [
            (given.arrays[place], dtype, self.layout.array(place))
            for place, dtype in given.foreign.items()
        ]
        plain = self._result_type()
        threads = 1
        if rows * len(self.program) >= THREADED:
            threads = min(_processors(), blocks)
        works = [_memory(self.work) for _ in range(threads)]
        tail = (rows, size, blocks, shared, sums, works[0][1])
        packed = self._pack(*numbers, *map(id, things), *tail)
        self._prepare(packed, plain)
        step = -(-blocks // (4 * threads)) if threads > 1 else max(blocks, 1)
        queue = deque((first, min(first + step, blocks)) for first in range(0, blocks, step))

        failures: list[BaseException] = []
        alive = (kept, works, things)  # also for helpers that outlive an interrupted call

        def work(address: int, fetched: Blocks | None, alive: Any = alive) -> None:
            try:
                while True:
                    try:
                        first, last = queue.popleft()
                    except IndexError:  # all are taken
                        return
                    if fetched is None:
                        self._blocks(packed, plain, address, first, last)
                        continue
                    for block in range(first, last):
                        fetched.fetch(block)
                        self._blocks(fetched.packed, plain, address, block, block + 1)
            except BaseException as error:
                failures.append(error)
                queue.clear()

        tasks = [  # memory is made here, where an error is seen
            (address, Blocks(packed, foreign, size, array_module()) if foreign else None)
            for _, address in works
        ]
        helpers = [threading.Thread(target=work, args=task) for task in tasks[1:]]
        for helper in helpers:
            helper.start()
        work(*tasks[0])
        for helper in helpers:
            helper.join()
        if failures:
            raise failures[0]
        self._finish(packed, plain)
        return self._build(iter(plain[:]), iter(made))


def _memory(size: int) -> tuple[Any, int]:
    """Return a new aligned piece of memory, what keeps it alive first."""
    if not size:
        return None, 0
    buffer = (ctypes.c_char * (size + ALIGNMENT))() if size < 4096 else None
    if buffer is None:
        kept = array_module().empty(size + ALIGNMENT, dtype="uint8")
        address = kept.ctypes.data
        return kept, address + -address % ALIGNMENT
    address = ctypes.addressof(buffer)
    return buffer, address + -address % ALIGNMENT


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
