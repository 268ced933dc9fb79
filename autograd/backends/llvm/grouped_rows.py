"""Mapped programs in groups of equal steps: what is around the groups, in a small module of code.

The memory of a thread holds a vector of eight rows for each number, in this order: the results not
yet delivered, the numbers that all rows share, the inputs of the rows, and what the groups compute.
The rest (blocks, sums, rows past the end, arrays) is as for every mapped program.
"""

from __future__ import annotations

from autograd.backends.binding import LANES
from autograd.backends.groups import Once
from autograd.backends.llvm.abi import TABLES, Layout
from autograd.backends.llvm.contraction import contracted
from autograd.backends.llvm.executable import Native
from autograd.backends.llvm.group_calls import RUN
from autograd.backends.llvm.instructions import intrinsic_declarations
from autograd.backends.llvm.kernels import WIDE_VECTORS, ready
from autograd.backends.llvm.loop import mapped_entry, unload
from autograd.backends.llvm.memory import MEMORY, VECTOR, Chunk, collecting, waits
from autograd.backends.llvm.module import Assembled
from autograd.backends.llvm.partition import PARAMETERS
from autograd.backends.row_groups import RowGroups
from autograd.backends.steps import Steps
from autograd.ir.function import Function

SHARE, DELIVER = 32, 40  # where the tables have the accelerator's functions around groups


class GroupedRows(Native):
    """A mapped program, called as native code is.

    Args:
        function: a program of primitives, without loops.
        layout: where its parameters and results lie.
        watched: whether a call tells of nans among the results.
        exact: whether bits must be the eager engine's, without multiply-adds.
        quick: whether the code around the groups need not be optimised.
    """

    def __init__(
        self,
        function: Function,
        layout: Layout,
        watched: bool,
        exact: bool = True,
        quick: bool = False,
    ) -> None:
        import numpy

        inputs = [at for at, source in enumerate(layout.sources) if source.row is not None]
        if not exact:
            function = contracted(function, inputs)
        varies = numpy.frombuffer(function.depends_on(inputs), dtype=numpy.uint8) != 0
        steps = Steps(function, varies)
        is_step = steps.levels > 0
        own = numpy.flatnonzero(varies & is_step)
        results = numpy.array(function.results, dtype=numpy.int64)
        used = numpy.zeros(len(function), dtype=bool)
        for place in range(len(steps.given)):
            used[steps.given[place][own[steps.arity[own] > place]]] = True
        used[results] = True
        shared, sums = numpy.flatnonzero(used & ~varies), bool(layout.reduce)
        mapped = numpy.array(inputs, dtype=numpy.int64)
        self._groups = groups = RowGroups(steps, shared, mapped, own, results, exact, sums)
        self.once = Once(steps, layout, numpy.flatnonzero(~varies & is_step), groups.shared)
        self._tables = numpy.array(
            [
                groups.table.ctypes.data,
                len(groups.table),
                groups.delivered.ctypes.data,
                groups.lists.ctypes.data,
                ready("share"),
                ready("sum" if layout.reduce else "put"),
            ],
            dtype=numpy.int64,
        )
        begin = 8 * LANES * len(layout.sinks)
        text = _module(function, layout, inputs, groups, begin, watched)
        module = Assembled(text, 1, False, begin + 8 * LANES * groups.size, 8 * len(shared))
        super().__init__(
            function, layout, True, False, watched, module, (self._tables.ctypes.data,), quick
        )


def _module(
    function: Function,
    layout: Layout,
    inputs: list[int],
    groups: RowGroups,
    begin: int,
    watched: bool,
) -> str:
    """Return the code; ``begin`` is where the numbers lie, after the results that wait."""
    lines = collecting(layout, inputs, begin + 8 * LANES * groups.inputs)
    collected = [f"define internal void @collect({PARAMETERS}) #0 {{", *lines, "ret void", "}"]
    calls = [f"call void @{name}({PARAMETERS})" for name in ("collect", "groups", "deliver")]
    staged = waits(layout)
    if staged:
        calls.append("call void @unload(ptr %in, ptr %out, ptr %work, i64 %row, i64 %count)")
    bits = f"<{LANES} x i1>"
    masked_store = f"llvm.masked.store.v{LANES}f64.p0"
    parts = [
        MEMORY,
        WIDE_VECTORS,
        intrinsic_declarations(True),
        f"declare void @{masked_store}({VECTOR}, ptr, i32, {bits})",
        "\n".join(collected),
        RUN.replace("define void", "define internal void"),
        f"define internal void @groups({PARAMETERS}) #0 {{",
        _table("groups", layout, 0),
        _table("size", layout, 8, "i64"),
        _table("lists", layout, 24),
        f"%v = getelementptr i8, ptr %work, i64 {begin}",
        *_which_rows(function, layout, groups.given_rows),
        "call void @run_groups(ptr %v, ptr %lists, ptr %groups, i64 %size)",
        "ret void",
        "}",
        _share(layout, groups, begin),
        _deliver(function, layout, groups, begin),
        unload(layout) if staged else "",
        mapped_entry(
            [], calls, layout, len(layout.sinks), watched,
            "call void @share(ptr %in, ptr %work, ptr %shared)",
        ),
    ]  # fmt: skip
    return "\n".join(parts)


def _table(name: str, layout: Layout, offset: int, type_: str = "ptr") -> str:
    """Return lines that load an entry of the tables."""
    return f"""%tables_at_{name} = getelementptr i8, ptr %in, i64 {layout.entry(TABLES)}
%tables_{name} = load ptr, ptr %tables_at_{name}, align 1
%{name}_at = getelementptr i8, ptr %tables_{name}, i64 {offset}
%{name} = load {type_}, ptr %{name}_at, align 8"""


def _which_rows(function: Function, layout: Layout, place: int | None) -> list[str]:
    """Return lines that store the mask of the rows that exist, if a step reads it."""
    if place is None:
        return []
    body, integers = Chunk(function, layout, True, True, lambda _, place: ""), f"<{LANES} x i64>"
    told = body.new(f"sext <{LANES} x i1> {body.mask()} to {integers}")
    body.store(integers, told, body.at("%v", 8 * LANES * place))
    return body.lines


def _share(layout: Layout, groups: RowGroups, begin: int) -> str:
    """Return the function that copies what all rows share: once, and into all lanes."""
    once, first, count = groups.once, groups.lanes, len(groups.shared)
    head = f"""define internal void @share(ptr %in, ptr %work, ptr %shared) #0 {{
%v = getelementptr i8, ptr %work, i64 {begin}
"""
    if ready("share"):
        given = f"ptr %v, ptr %shared, i64 {once}, i64 {first}, i64 {count}"
        return f"""{head}{_table("function", layout, SHARE)}
call void %function({given})
ret void
}}"""
    return f"""{head}
call void @llvm.memcpy.p0.p0.i64(ptr %v, ptr %shared, i64 {8 * once}, i1 false)
%lanes = getelementptr {VECTOR}, ptr %v, i64 {groups.inputs - (count - first) - first}
br label %next
next:
%i = phi i64 [ {first}, %0 ], [ %after, %inside ]
%more = icmp ult i64 %i, {count}
br i1 %more, label %inside, label %done
inside:
%from = getelementptr double, ptr %shared, i64 %i
%number = load double, ptr %from, align 8
%first = insertelement {VECTOR} poison, double %number, i64 0
%all = shufflevector {VECTOR} %first, {VECTOR} poison, <{LANES} x i32> zeroinitializer
%to = getelementptr {VECTOR}, ptr %lanes, i64 %i
store {VECTOR} %all, ptr %to, align 64
%after = add i64 %i, 1
br label %next
done:
ret void
}}"""


def _deliver(function: Function, layout: Layout, groups: RowGroups, begin: int) -> str:
    """Return the function that adds the results of eight rows up, or puts them where they wait."""
    count = len(groups.delivered) // (2 if layout.reduce else 1)
    body = Chunk(function, layout, True, True, lambda _, place: "")
    body.lines += [_table("places", layout, 16), f"%v = getelementptr i8, ptr %work, i64 {begin}"]
    if ready("sum"):
        given = f"ptr %v, ptr %places, i64 {count}, ptr %work, i64 %count"
        body.lines += [_table("function", layout, DELIVER), f"call void %function({given})"]
    else:
        _deliver_each(body, layout, count)
    for index, sink in enumerate(layout.sinks):
        if sink.row == 8 and not body.columns_wait:
            found = body.load(VECTOR, body.at("%work", 8 * LANES * index))
            body.write(found, index)
    return "\n".join([f"define internal void @deliver({PARAMETERS}) #0 {{", *body.lines,
                      "ret void", "}"])  # fmt: skip


def _deliver_each(body: Chunk, layout: Layout, count: int) -> None:
    """Add the lines that deliver one result at a time."""
    mask = body.mask()
    which = "%i"
    body.lines += [
        "br label %next",
        "next:",
        "%i = phi i64 [ 0, %0 ], [ %after, %inside ]",
        f"%more = icmp ult i64 %i, {count}",
        "br i1 %more, label %inside, label %done",
        "inside:",
        "%place_at = getelementptr i32, ptr %places, i64 %i",
        "%place = load i32, ptr %place_at, align 4",
        "%place_wide = zext i32 %place to i64",
        f"%from = getelementptr {VECTOR}, ptr %v, i64 %place_wide",
        f"%found = load {VECTOR}, ptr %from, align 64",
    ]
    if layout.reduce:
        which_at = body.new(f"getelementptr i32, ptr %place_at, i64 {count}")
        which = body.new(f"zext i32 {body.new(f'load i32, ptr {which_at}, align 4')} to i64")
    body.lines.append(f"%to = getelementptr {VECTOR}, ptr %work, i64 {which}")
    kept = "%found"
    if layout.reduce:
        before = body.load(VECTOR, "%to")
        total = body.new(f"fadd {VECTOR} {before}, %found")
        kept = body.new(f"select <{LANES} x i1> {mask}, {VECTOR} {total}, {VECTOR} {before}")
    body.store(VECTOR, kept, "%to")
    body.lines += ["%after = add i64 %i, 1", "br label %next", "done:"]
