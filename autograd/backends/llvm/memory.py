"""The body of one native function, which knows where numbers lie in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.backends.binding import LANES
from autograd.backends.llvm.abi import ELEMENTS, Layout, Source
from autograd.backends.llvm.instructions import Body
from autograd.ir.function import Function

VECTOR = f"<{LANES} x double>"
NARROW = 4  # numbers in a row up to which eight rows are loaded whole and shuffled
MANY = 16  # arrays of one number a row from which on they are written in a loop
MEMORY = """declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
DATA = object.__basicsize__  # where a NumPy array keeps the address of its numbers: after the head


def waiting_columns(layout: Layout) -> bool:
    """Return whether results of one number a row wait in working memory: where they are many."""
    return sum(sink.row == 8 for sink in layout.sinks) >= MANY


def waits(layout: Layout) -> bool:
    """Return whether some results of rows wait in working memory, until ``unload``."""
    return waiting_columns(layout) or any(sink.row not in (None, 8) for sink in layout.sinks)


class Chunk(Body):
    """A function's body that loads inputs and stores results."""

    def __init__(
        self,
        function: Function,
        layout: Layout,
        lanes: bool,
        exact: bool,
        fetch: Callable[[Body, int], str],
    ) -> None:
        super().__init__(function, lanes, exact, fetch)
        self.layout = layout
        self.columns_wait = lanes and waiting_columns(layout)
        self._arrays: dict[int, str] = {}
        self._mask = ""

    def at(self, base: str, offset: int | str) -> str:
        """Return a pointer some bytes after another."""
        return base if offset == 0 else self.new(f"getelementptr i8, ptr {base}, i64 {offset}")

    def load(self, type_: str, pointer: str) -> str:
        """Return the name of what lies at a pointer, which need not be aligned."""
        return self.new(f"load {type_}, ptr {pointer}, align 1")

    def store(self, type_: str, name: str, pointer: str) -> None:
        """Store something at a pointer, which need not be aligned."""
        self.lines.append(f"store {type_} {name}, ptr {pointer}, align 1")

    def array(self, index: int) -> str:
        """Return the address of an array's numbers, read from the array object itself."""
        if index not in self._arrays:
            thing = self.load("ptr", self.at("%in", self.layout.array(index)))
            self._arrays[index] = self.load("ptr", self.at(thing, DATA))
        return self._arrays[index]

    def splat(self, name: str) -> str:
        """Return a vector that holds the same number in every lane."""
        if not self.lanes:
            return name
        first = self.new(f"insertelement {VECTOR} poison, double {name}, i64 0")
        return self.new(
            f"shufflevector {VECTOR} {first}, {VECTOR} poison, <{LANES} x i32> zeroinitializer"
        )

    def read(self, source: Source) -> str:
        """Return the name of an input that all rows share, as a double or as eight of them."""
        base = "%in" if source.array is None else self.array(source.array)
        return self.splat(self._element(source, self.at(base, source.offset)))

    def _element(self, source: Source, pointer: str) -> str:
        type_, _, conversion = ELEMENTS[source.element]
        name = self.load(type_, pointer)
        return self.new(f"{conversion} {type_} {name} to double") if conversion else name

    def read_rows(self, places: Sequence[int]) -> None:
        """Load the inputs of eight rows: full groups directly, the last rows under a mask."""
        if not places:
            return
        sources = [self.layout.sources[place] for place in places]
        starts: dict[int, str] = {}
        for source in sources:
            assert source.array is not None
            if source.array not in starts:
                offset = self.new(f"mul i64 %row, {source.row}")
                starts[source.array] = self.at(self.array(source.array), offset)
        whole = self.new(f"icmp eq i64 %count, {LANES}")
        self.lines += [f"br i1 {whole}, label %whole, label %part", "whole:"]
        blocks: dict[int, list[str]] = {}
        short = [self._column(source, starts[source.array or 0], blocks) for source in sources]
        self.lines += ["br label %read", "part:"]
        last = self.new("sub i64 %count, 1")
        rows = []
        for lane in range(LANES):
            inside = self.new(f"icmp ult i64 {lane}, %count")
            rows.append(self.new(f"select i1 {inside}, i64 {lane}, i64 {last}"))
        careful = [
            self._gathered(
                source,
                starts[source.array or 0],
                [self.new(f"mul i64 {row}, {source.row}") for row in rows],
            )
            for source in sources
        ]
        self.lines += ["br label %read", "read:"]
        for place, one, other in zip(places, short, careful, strict=True):
            name = self.new(f"phi {VECTOR} [ {one}, %whole ], [ {other}, %part ]")
            self._names[place] = name

    def _gathered(self, source: Source, start: str, offsets: Sequence[int | str]) -> str:
        """Return one number of eight rows, loaded one by one."""
        vector = "poison"
        for lane, offset in enumerate(offsets):
            row = self.at(start, offset)
            name = self._element(source, self.at(row, source.offset))
            vector = self.new(f"insertelement {VECTOR} {vector}, double {name}, i64 {lane}")
        return vector

    def _column(self, source: Source, start: str, blocks: dict[int, list[str]]) -> str:
        """Return one number of eight rows; narrow rows are loaded in one piece."""
        assert source.row is not None
        assert source.array is not None
        width = source.row // 8
        if source.element != "float64" or width > NARROW:
            return self._gathered(source, start, [lane * source.row for lane in range(LANES)])
        if source.array not in blocks:
            blocks[source.array] = [
                self.load(VECTOR, self.at(start, 8 * LANES * block)) for block in range(width)
            ]
        vector, *others = blocks[source.array]
        where = [lane * width + source.offset // 8 for lane in range(LANES)]
        for block, other in enumerate(others, start=1):
            mask = []
            for lane, position in enumerate(where):
                here = position - LANES * block  # its place in this block, negative before it
                chosen = LANES + here if here >= 0 else lane if block > 1 else position
                mask.append(f"i32 {chosen}" if here < LANES else "i32 poison")
            vector = self.new(
                f"shufflevector {VECTOR} {vector}, {VECTOR} {other}, "
                f"<{LANES} x i32> <{', '.join(mask)}>"
            )
        return vector

    def mask(self) -> str:
        """Return which of the eight rows there are."""
        if not self._mask:
            lanes = f"<{LANES} x i64>"
            first = self.new(f"insertelement {lanes} poison, i64 %count, i64 0")
            zeros = f"<{LANES} x i32> zeroinitializer"
            counts = self.new(f"shufflevector {lanes} {first}, {lanes} poison, {zeros}")
            numbers = ", ".join(f"i64 {lane}" for lane in range(LANES))
            self._mask = self.new(f"icmp ult {lanes} <{numbers}>, {counts}")
        return self._mask

    def accumulate(self, name: str, index: int) -> None:
        """Add the rows that there are to the sums of one output, lane by lane."""
        place = self.at("%work", 8 * LANES * index)
        before = self.load(VECTOR, place)
        total = self.new(f"fadd {VECTOR} {before}, {name}")
        bits = f"<{LANES} x i1>"
        kept = self.new(f"select {bits} {self.mask()}, {VECTOR} {total}, {VECTOR} {before}")
        self.store(VECTOR, kept, place)

    def write(self, name: str, index: int) -> None:
        """Store a result; those of eight rows that lie apart wait in memory (``unload``)."""
        sink = self.layout.sinks[index]
        if self.lanes and (sink.row != 8 or self.columns_wait):
            self.store(VECTOR, name, self.at("%work", 8 * LANES * index))
            return
        base = "%out" if sink.array is None else self.array(sink.array)
        place = self.at(base, sink.offset)
        if not self.lanes:
            self.store("double", name, place)
            return
        there = self.at(place, self.new("shl i64 %row, 3"))
        self.lines.append(
            f"call void @llvm.masked.store.v{LANES}f64.p0"
            f"({VECTOR} {name}, ptr {there}, i32 1, <{LANES} x i1> {self.mask()})"
        )


def collecting(layout: Layout, places: Sequence[int], first: int) -> list[str]:
    """Return lines that put inputs of eight rows in working memory, from ``first`` on.

    Inputs side by side in an array share a loop, so that the code does not grow with them.
    Lanes past the last row repeat it.
    """
    sources = [layout.sources[place] for place in places]
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(sources):
        stop, size = at + 1, ELEMENTS[sources[at].element][1]
        while (
            stop < len(sources)
            and sources[stop].array == sources[at].array
            and sources[stop].offset == sources[at].offset + (stop - at) * size
        ):
            stop += 1
        runs.append((at, stop))
        at = stop
    lines = ["%last = sub i64 %count, 1"]
    for lane in range(LANES):
        lines.append(f"%in{lane} = icmp ult i64 {lane}, %count")
        lines.append(f"%lane{lane} = select i1 %in{lane}, i64 {lane}, i64 %last")
        lines.append(f"%row{lane} = add i64 %row, %lane{lane}")
    before = "%0"
    for n, (start, stop) in enumerate(runs):
        source = sources[start]
        assert source.array is not None
        type_, size, conversion = ELEMENTS[source.element]
        lines += [
            f"%at{n} = getelementptr i8, ptr %in, i64 {layout.array(source.array)}",
            f"%thing{n} = load ptr, ptr %at{n}, align 1",
            f"%data{n} = getelementptr i8, ptr %thing{n}, i64 {DATA}",
            f"%from{n} = load ptr, ptr %data{n}, align 1",
            f"%to{n} = getelementptr i8, ptr %work, i64 {first + 8 * LANES * start}",
        ]
        for lane in range(LANES):
            lines += [
                f"%skip{n}_{lane} = mul i64 %row{lane}, {source.row}",
                f"%begin{n}_{lane} = add i64 %skip{n}_{lane}, {source.offset}",
                f"%start{n}_{lane} = getelementptr i8, ptr %from{n}, i64 %begin{n}_{lane}",
            ]
        lines += [
            f"br label %next{n}",
            f"next{n}:",
            f"%i{n} = phi i64 [ 0, {before} ], [ %after{n}, %one{n} ]",
            f"%more{n} = icmp ult i64 %i{n}, {stop - start}",
            f"br i1 %more{n}, label %one{n}, label %done{n}",
            f"one{n}:",
            f"%offset{n} = mul i64 %i{n}, {size}",
        ]
        vector = "poison"
        for lane in range(LANES):
            tag = f"{n}_{lane}"
            lines.append(f"%p{tag} = getelementptr i8, ptr %start{tag}, i64 %offset{n}")
            lines.append(f"%x{tag} = load {type_}, ptr %p{tag}, align 1")
            name = f"%x{tag}"
            if conversion:
                name = f"%y{tag}"
                lines.append(f"{name} = {conversion} {type_} %x{tag} to double")
            lines.append(f"%v{tag} = insertelement {VECTOR} {vector}, double {name}, i64 {lane}")
            vector = f"%v{tag}"
        lines += [
            f"%slot{n} = getelementptr {VECTOR}, ptr %to{n}, i64 %i{n}",
            f"store {VECTOR} {vector}, ptr %slot{n}, align 64",
            f"%after{n} = add i64 %i{n}, 1",
            f"br label %next{n}",
            f"done{n}:",
        ]
        before = f"%done{n}"
    return lines
