"""Puts the native functions of a program together into one LLVM module.

A program is cut into functions of a few hundred steps once it is large, since compilers take
more than linear time over long functions; numbers that cross from one to another go through memory.
The entry points are

    direct(a, b, ...)          one result of a few plain numbers, all in registers
    run(packed, results)       everything, on the calling thread
    prepare(packed, results), blocks(packed, results, work, first, last), finish(packed, results)
                               the parts of run for a mapped function, for several threads

Rows are cut into blocks by their number alone. Each block's sums are kept apart, and added
in the order of the blocks; so the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autograd.compiler import layout as entries
from autograd.compiler import vector_math
from autograd.compiler.layout import ELEMENTS, Layout, Sink, Source
from autograd.compiler.llvm import (
    LANES,
    Body,
    each_lane,
    intrinsic_declarations,
    library_declarations,
)
from autograd.compiler.program import CONSTANT, INPUT, Program

PARAMETERS = "ptr %in, ptr %out, ptr %work, ptr %shared, i64 %row, i64 %count"
VECTOR = f"<{LANES} x double>"
DIRECT_LIMIT = 6  # arguments that fit in registers on every platform
DATA = object.__basicsize__  # where a NumPy array keeps the address of its numbers: after the head


@dataclass
class Assembled:
    """The text of a module and what its caller must provide.

    Attributes:
        text: the LLVM code.
        level: the optimisation level that fits its size.
        direct: whether there is the entry point for plain numbers.
        work: bytes of working memory for each thread.
        shared: bytes for numbers that all rows share.
    """

    text: str
    level: int
    direct: bool
    work: int
    shared: int


class _Chunk(Body):
    """A function's body that knows where inputs, slots and results lie in memory."""

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


class _Section:
    """A run of chunks over some of the steps, all for one number or all for eight rows.

    Args:
        name: how its functions are called.
        places: the steps to compute, in order.
        exports: places that another section reads, with their slot in the shared memory.
        imports: likewise, for those that this section reads.
        outputs: (index, place) of the outputs that it writes.
        first_slot: bytes of working memory that are taken already.
    """

    def __init__(
        self,
        name: str,
        program: Program,
        layout: Layout,
        *,
        lanes: bool,
        exact: bool,
        places: Sequence[int],
        outputs: Iterable[tuple[int, int]],
        exports: dict[int, int],
        imports: dict[int, int],
        first_slot: int,
        chunk: int,
    ) -> None:
        self.name = name
        self.program = program
        self.layout = layout
        self.lanes = lanes
        self.exact = exact
        self.exports = exports
        self.imports = imports
        self.functions: set[str] = set()
        self.text: list[str] = []
        self._outputs: dict[int, list[int]] = {}
        for index, place in outputs:
            self._outputs.setdefault(place, []).append(index)
        pieces = [places[at : at + chunk] for at in range(0, len(places), chunk)] or [places]
        self._size = 8 * LANES if lanes else 8
        self._slots, self.work = self._allotted(pieces, first_slot)
        self.calls = [self._function(number, piece, pieces) for number, piece in enumerate(pieces)]

    def _allotted(
        self, pieces: Sequence[Sequence[int]], first_slot: int
    ) -> tuple[dict[int, int], int]:
        """Give a slot of memory to each number that crosses chunks; reuse it after its last use."""
        if len(pieces) == 1:
            return {}, first_slot
        home = {place: number for number, piece in enumerate(pieces) for place in piece}
        last: dict[int, int] = {}
        for number, piece in enumerate(pieces):
            for place in piece:
                for operand in self.program.operands[place]:
                    if home.get(operand, number) != number:
                        last[operand] = number
        free: list[int] = []
        ending: dict[int, list[int]] = {}
        slots: dict[int, int] = {}
        end = first_slot
        for number, piece in enumerate(pieces):
            free += ending.pop(number - 1, [])
            for place in piece:
                if place in last:
                    if free:
                        slots[place] = free.pop()
                    else:
                        slots[place] = end
                        end += self._size
                    ending.setdefault(last[place], []).append(slots[place])
        return slots, end

    def _fetch(self, body: Body, place: int) -> str:
        assert isinstance(body, _Chunk)
        if self.program.kinds[place] == INPUT:
            return body.read(self.layout.sources[place])
        if place in self.imports:
            return body.splat(body.load("double", body.at("%shared", self.imports[place])))
        return body.load(body.type, body.at("%work", self._slots[place]))

    def _deliver(self, body: _Chunk, place: int) -> None:
        for index in self._outputs.get(place, ()):
            if self.lanes and self.layout.reduce:
                body.accumulate(body.number(place), index)
            else:
                body.write(body.number(place), self.layout.sinks[index])

    def _function(self, number: int, piece: Sequence[int], pieces: Sequence[Sequence[int]]) -> str:
        body = _Chunk(self.program, self.layout, self.lanes, self.exact, self._fetch)
        for place in piece:
            body.step(place)
            self._deliver(body, place)
            if place in self._slots:
                body.store(body.type, body.number(place), body.at("%work", self._slots[place]))
            if place in self.exports:
                body.store("double", body.number(place), body.at("%shared", self.exports[place]))
        if number == len(pieces) - 1:  # results that are inputs, constants or computed elsewhere
            computed = {place for part in pieces for place in part}
            for place in self._outputs:
                if place not in computed:
                    self._deliver(body, place)
        self.functions |= body.functions
        name = f"{self.name}_{number}"
        self.text.append(f"define internal void @{name}({PARAMETERS}) #0 {{")
        self.text += body.lines
        self.text.append("ret void\n}\n")
        return f"call void @{name}({PARAMETERS})"


def assembled(program: Program, layout: Layout, exact: bool) -> Assembled:
    """Return the LLVM module of a program."""
    steps = [
        place for place in range(program.inputs, len(program)) if program.kinds[place] != CONSTANT
    ]
    level, chunk = _level(len(steps))
    mapped_inputs = [i for i, source in enumerate(layout.sources) if source.row is not None]
    varies = program.depends_on(mapped_inputs)
    shared_places = [place for place in steps if not varies[place]]
    row_places = [place for place in steps if varies[place]]
    if not layout.mapped:
        exports: dict[int, int] = {}
    else:
        read = {operand for place in row_places for operand in program.operands[place]}
        read.update(program.outputs)
        crossing = [place for place in shared_places if place in read]
        exports = {place: 8 * slot for slot, place in enumerate(crossing)}
    single = _Section(
        "single",
        program,
        layout,
        lanes=False,
        exact=exact,
        places=shared_places,
        outputs=() if layout.mapped else enumerate(program.outputs),
        exports=exports,
        imports={},
        first_slot=0,
        chunk=chunk,
    )
    sections = [single]
    if layout.mapped:
        sums = 8 * LANES * len(program.outputs) if layout.reduce else 0
        rows = _Section(
            "rows",
            program,
            layout,
            lanes=True,
            exact=exact,
            places=row_places,
            outputs=enumerate(program.outputs),
            exports={},
            imports=exports,
            first_slot=sums,
            chunk=chunk,
        )
        sections.append(rows)
        entry = _mapped_entry(single.calls, rows.calls, layout, len(program.outputs))
    else:
        entry = _single_entry(single.calls, layout)
    direct = ""
    if not layout.mapped and _fits_direct(layout, len(steps)):
        direct = _direct_entry(program, steps, exact)
    parts = [_head(sections, exact), *("\n".join(s.text) for s in sections)]
    return Assembled(
        text="\n".join([*parts, entry, direct]),
        level=level,
        direct=bool(direct),
        work=max(section.work for section in sections),
        shared=8 * len(exports),
    )


def _level(steps: int) -> tuple[int, int]:
    """Return the optimisation level, and how many steps go in a function, for a program's size."""
    return (2, steps or 1) if steps <= 4000 else (0, 300)


def _head(sections: Sequence[_Section], exact: bool) -> str:
    """Return declarations, and the functions that the sections call."""
    text = ['attributes #0 = { "min-legal-vector-width"="512" "prefer-vector-width"="512" }']
    text.append(intrinsic_declarations(False))
    single, rows = set(sections[0].functions), set[str]()
    for section in sections[1:]:
        rows |= section.functions
    near = set() if exact else rows & set(vector_math.FUNCTIONS)
    each = rows - near | {kind for kind in near if vector_math.needs_library(kind)}
    text.append(library_declarations(single | each))
    if len(sections) > 1:
        text.append(intrinsic_declarations(True))
        bits = f"<{LANES} x i1>"
        name = f"llvm.masked.store.v{LANES}f64.p0"
        text.append(f"declare void @{name}({VECTOR}, ptr, i32, {bits})")
        name = f"llvm.masked.scatter.v{LANES}f64.v{LANES}p0"
        text.append(f"declare void @{name}({VECTOR}, <{LANES} x ptr>, i32, {bits})")
        text += [each_lane(kind) for kind in sorted(each)]
    if near:
        text.append(vector_math.declarations())
        text += [vector_math.function_text(kind) for kind in sorted(near)]
    return "\n".join(text) + "\n"


def _fits_direct(layout: Layout, steps: int) -> bool:
    return (
        layout.arrays == 0
        and len(layout.sinks) == 1
        and layout.numbers <= DIRECT_LIMIT
        and steps <= 4000
    )


def _direct_entry(program: Program, steps: Sequence[int], exact: bool) -> str:
    body = Body(program, False, exact, lambda _, place: f"%a{place}")
    for place in steps:
        body.step(place)
    result = body.number(program.outputs[0])
    parameters = ", ".join(f"double %a{index}" for index in range(program.inputs))
    lines = [f"define double @direct({parameters}) {{", *body.lines, f"ret double {result}", "}"]
    return "\n".join(lines) + "\n"


def _entry(name: str, layout: Layout, which: int, type_: str) -> str:
    return (
        f"%{name}_at = getelementptr i8, ptr %in, i64 {layout.entry(which)}\n"
        f"%{name} = load {type_}, ptr %{name}_at, align 1\n"
    )


def _single_entry(calls: Sequence[str], layout: Layout) -> str:
    return (
        "define void @run(ptr %in, ptr %out) {\n"
        + _entry("work", layout, entries.WORK, "ptr")
        + "\n".join(calls)
        .replace("ptr %shared", "ptr null")
        .replace("i64 %row", "i64 0")
        .replace("i64 %count", "i64 0")
        + "\nret void\n}\n"
    )


def _mapped_entry(single: Sequence[str], rows: Sequence[str], layout: Layout, outputs: int) -> str:
    """Return prepare, blocks, finish and run of a mapped function."""
    shared_calls = "\n".join(single).replace("i64 %row", "i64 0").replace("i64 %count", "i64 0")
    clear, add_up, finish = "", "", ""
    if layout.reduce:
        size = 8 * LANES * outputs
        clear = f"call void @llvm.memset.p0.i64(ptr %work, i8 0, i64 {size}, i1 false)"
        add_up = _add_lanes(outputs)
        finish = _add_blocks(layout, outputs)
    return f"""
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @prepare(ptr %in, ptr %out) {{
{_entry("work", layout, entries.WORK, "ptr")}{_entry("shared", layout, entries.SHARED, "ptr")}
{shared_calls}
ret void
}}
define void @blocks(ptr %in, ptr %out, ptr %work, i64 %first, i64 %last) #0 {{
{_entry("rows", layout, entries.ROWS, "i64")}{_entry("size", layout, entries.BLOCK, "i64")}
{_entry("shared", layout, entries.SHARED, "ptr")}{_entry("sums", layout, entries.SUMS, "ptr")}
br label %next_block
next_block:
%block = phi i64 [ %first, %0 ], [ %block_after, %block_done ]
%more_blocks = icmp ult i64 %block, %last
br i1 %more_blocks, label %block_begin, label %done
block_begin:
%begin = mul i64 %block, %size
%begin_after = add i64 %begin, %size
%short = icmp ult i64 %rows, %begin_after
%end = select i1 %short, i64 %rows, i64 %begin_after
{clear}
br label %next_rows
next_rows:
%row = phi i64 [ %begin, %block_begin ], [ %row_after, %rows_begin ]
%more_rows = icmp ult i64 %row, %end
br i1 %more_rows, label %rows_begin, label %rows_done
rows_begin:
%left = sub i64 %end, %row
%is_tail = icmp ult i64 %left, {LANES}
%count = select i1 %is_tail, i64 %left, i64 {LANES}
{chr(10).join(rows)}
%row_after = add i64 %row, {LANES}
br label %next_rows
rows_done:
{add_up or "br label %block_done"}
block_done:
%block_after = add i64 %block, 1
br label %next_block
done:
ret void
}}
define void @finish(ptr %in, ptr %out) #0 {{
{finish}
ret void
}}
define void @run(ptr %in, ptr %out) {{
{_entry("work", layout, entries.WORK, "ptr")}{_entry("blocks", layout, entries.BLOCKS, "i64")}
call void @prepare(ptr %in, ptr %out)
call void @blocks(ptr %in, ptr %out, ptr %work, i64 0, i64 %blocks)
call void @finish(ptr %in, ptr %out)
ret void
}}
"""


def _add_lanes(outputs: int) -> str:
    """Add the lanes of each sum, halves to halves, into the sums of the block."""
    half, quarter = LANES // 2, LANES // 4
    low, high = (
        ", ".join(f"i32 {lane}" for lane in lanes) for lanes in (range(half), range(half, LANES))
    )
    lower, upper = (
        ", ".join(f"i32 {lane}" for lane in lanes)
        for lanes in (range(quarter), range(quarter, half))
    )
    four, two = f"<{half} x double>", f"<{quarter} x double>"
    return f"""
%sums_offset = mul i64 %block, {8 * outputs}
%block_sums = getelementptr i8, ptr %sums, i64 %sums_offset
br label %next_sum
next_sum:
%index = phi i64 [ 0, %rows_done ], [ %index_after, %sum_begin ]
%more_sums = icmp ult i64 %index, {outputs}
br i1 %more_sums, label %sum_begin, label %block_done
sum_begin:
%lanes_at = getelementptr {VECTOR}, ptr %work, i64 %index
%eight = load {VECTOR}, ptr %lanes_at, align 1
%low4 = shufflevector {VECTOR} %eight, {VECTOR} poison, <{half} x i32> <{low}>
%high4 = shufflevector {VECTOR} %eight, {VECTOR} poison, <{half} x i32> <{high}>
%four = fadd {four} %low4, %high4
%low2 = shufflevector {four} %four, {four} poison, <{quarter} x i32> <{lower}>
%high2 = shufflevector {four} %four, {four} poison, <{quarter} x i32> <{upper}>
%two = fadd {two} %low2, %high2
%low1 = extractelement {two} %two, i64 0
%high1 = extractelement {two} %two, i64 1
%one = fadd double %low1, %high1
%sum_at = getelementptr double, ptr %block_sums, i64 %index
store double %one, ptr %sum_at, align 1
%index_after = add i64 %index, 1
br label %next_sum"""


def _add_blocks(layout: Layout, outputs: int) -> str:
    """Add the sums of all blocks in their order, divide for a mean, and hand out the results."""
    divide = "%rows_double = uitofp i64 %rows to double\n%result = fdiv double %total, %rows_double"
    keep = "%result = fadd double %total, 0.0"  # -0.0, the sum of no rows, becomes 0.0
    text = f"""
{_entry("rows", layout, entries.ROWS, "i64")}{_entry("blocks", layout, entries.BLOCKS, "i64")}
{_entry("sums", layout, entries.SUMS, "ptr")}
br label %next_output
next_output:
%index = phi i64 [ 0, %0 ], [ %index_after, %output_done ]
%more_outputs = icmp ult i64 %index, {outputs}
br i1 %more_outputs, label %output_begin, label %all_added
output_begin:
br label %next_block
next_block:
%block = phi i64 [ 0, %output_begin ], [ %block_after, %add_block ]
%total = phi double [ 0.0, %output_begin ], [ %total_after, %add_block ]
%more_blocks = icmp ult i64 %block, %blocks
br i1 %more_blocks, label %add_block, label %output_done
add_block:
%block_offset = mul i64 %block, {outputs}
%which = add i64 %block_offset, %index
%part_at = getelementptr double, ptr %sums, i64 %which
%part = load double, ptr %part_at, align 1
%total_after = fadd double %total, %part
%block_after = add i64 %block, 1
br label %next_block
output_done:
{divide if layout.reduce == "mean" else keep}
%result_at = getelementptr double, ptr %sums, i64 %index
store double %result, ptr %result_at, align 1
%index_after = add i64 %index, 1
br label %next_output
all_added:
"""
    return text + "\n".join(_handed_out(layout))


def _handed_out(layout: Layout) -> list[str]:
    """Return lines that copy the sums to the results, a whole array at a time."""
    lines: list[str] = []
    index = 0
    while index < len(layout.sinks):
        sink = layout.sinks[index]
        size = 1
        while index + size < len(layout.sinks) and layout.sinks[index + size].array == sink.array:
            size += 1
        if sink.array is None:
            lines.append(f"%to{index} = getelementptr i8, ptr %out, i64 {sink.offset}")
        else:
            lines += [
                f"%at{index} = getelementptr i8, ptr %in, i64 {layout.array(sink.array)}",
                f"%thing{index} = load ptr, ptr %at{index}, align 1",
                f"%data{index} = getelementptr i8, ptr %thing{index}, i64 {DATA}",
                f"%to{index} = load ptr, ptr %data{index}, align 1",
            ]
        lines.append(f"%from{index} = getelementptr double, ptr %sums, i64 {index}")
        lines.append(
            f"call void @llvm.memcpy.p0.p0.i64(ptr %to{index}, ptr %from{index}, "
            f"i64 {8 * size}, i1 false)"
        )
        index += size
    return lines
