"""The body of one native function, which knows where numbers lie in memory."""

from __future__ import annotations

from collections.abc import Callable

from autograd.compiler.layout import ELEMENTS, Layout, Sink, Source
from autograd.compiler.llvm import LANES, Body
from autograd.compiler.program import Program

VECTOR = f"<{LANES} x double>"
DATA = object.__basicsize__  # where a NumPy array keeps the address of its numbers: after the head


class Chunk(Body):
    """A function's body that loads inputs and stores results."""

    def __init__(
        self,
        program: Program,
        layout: Layout,
        lanes: bool,
        exact: bool,
        fetch: Callable[[Body, int], str],
    ) -> None:
        super().__init__(program, lanes, exact, fetch)
        self.layout = layout
        self._arrays: dict[int, str] = {}
        self._rows: list[str] = []
        self._row_starts: dict[int, list[str]] = {}
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

    def rows(self) -> list[str]:
        """Return the numbers of the eight rows; past the end the last row stands in."""
        if not self._rows:
            last = self.new("sub i64 %count, 1")
            for lane in range(LANES):
                inside = self.new(f"icmp ult i64 {lane}, %count")
                near = self.new(f"select i1 {inside}, i64 {lane}, i64 {last}")
                self._rows.append(self.new(f"add i64 %row, {near}"))
        return self._rows

    def row_starts(self, index: int, bytes_: int) -> list[str]:
        """Return where the eight rows of a mapped array begin."""
        if index not in self._row_starts:
            base = self.array(index)
            offsets = [self.new(f"mul i64 {row}, {bytes_}") for row in self.rows()]
            self._row_starts[index] = [self.at(base, offset) for offset in offsets]
        return self._row_starts[index]

    def read(self, source: Source) -> str:
        """Return the name of an input, as a double or as eight of them."""
        type_, _, conversion = ELEMENTS[source.element]

        def one(pointer: str) -> str:
            name = self.load(type_, pointer)
            return self.new(f"{conversion} {type_} {name} to double") if conversion else name

        if source.row is None:
            base = "%in" if source.array is None else self.array(source.array)
            return self.splat(one(self.at(base, source.offset)))
        assert source.array is not None
        vector = "poison"
        for lane, start in enumerate(self.row_starts(source.array, source.row)):
            name = one(self.at(start, source.offset))
            vector = self.new(f"insertelement {VECTOR} {vector}, double {name}, i64 {lane}")
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

    def write(self, name: str, sink: Sink) -> None:
        """Store a result."""
        base = "%out" if sink.array is None else self.array(sink.array)
        place = self.at(base, sink.offset)
        if not self.lanes:
            self.store("double", name, place)
            return
        bits = f"<{LANES} x i1>"
        if sink.row == 8:
            there = self.at(place, self.new("shl i64 %row, 3"))
            self.lines.append(
                f"call void @llvm.masked.store.v{LANES}f64.p0"
                f"({VECTOR} {name}, ptr {there}, i32 1, {bits} {self.mask()})"
            )
            return
        start = self.at(place, self.new(f"mul i64 %row, {sink.row}"))
        steps = ", ".join(f"i64 {lane * (sink.row or 0)}" for lane in range(LANES))
        places = self.new(f"getelementptr i8, ptr {start}, <{LANES} x i64> <{steps}>")
        self.lines.append(
            f"call void @llvm.masked.scatter.v{LANES}f64.v{LANES}p0"
            f"({VECTOR} {name}, <{LANES} x ptr> {places}, i32 1, {bits} {self.mask()})"
        )
