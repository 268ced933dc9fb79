"""The entry points of a module: what is called from outside.

    direct(a, b, ...)          one result of a few plain numbers, all in registers
    run(packed, results)       everything, on the calling thread
    prepare(packed, results), blocks(packed, results, work, first, last), finish(packed, results)
                               the parts of run for a mapped function, for several threads

Rows are cut into blocks by their number alone. Each block's sums are kept apart, and added
in the order of the blocks; so the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.backends.binding import LANES
from autograd.backends.llvm.abi import BLOCK, BLOCKS, ROWS, SHARED, SUMS, WORK, Layout
from autograd.backends.llvm.instructions import Body
from autograd.backends.llvm.memory import DATA, VECTOR, waiting_columns
from autograd.ir.function import Function


def direct_entry(function: Function, steps: Sequence[int], exact: bool) -> str:
    """Return ``direct``: numbers and result in registers, nothing in memory."""
    body = Body(function, False, exact, lambda _, place: f"%a{place}")
    for place in steps:
        body.step(place)
    result = body.name(function.results[0])
    parameters = ", ".join(f"double %a{index}" for index in range(len(function.parameters)))
    lines = [f"define double @direct({parameters}) {{", *body.lines, f"ret double {result}", "}"]
    return "\n".join(lines) + "\n"


def _entry(name: str, layout: Layout, which: int, type_: str) -> str:
    return (
        f"%{name}_at = getelementptr i8, ptr %in, i64 {layout.entry(which)}\n"
        f"%{name} = load {type_}, ptr %{name}_at, align 1\n"
    )


def single_entry(calls: Sequence[str], layout: Layout, watched: bool) -> str:
    """Return ``run`` of a function that is not mapped; watched: it tells of nans in the results."""
    watch, end = _watch(layout) if watched else ("", "ret i64 0")
    return (
        (HOLDS_NAN if watched else "")
        + "define i64 @run(ptr %in, ptr %out) {\n"
        + _entry("work", layout, WORK, "ptr")
        + "\n".join(calls)
        .replace("ptr %shared", "ptr null")
        .replace("i64 %row", "i64 0")
        .replace("i64 %count", "i64 0")
        + f"\n{watch}\n{end}\n}}\n"
    )


def unload(layout: Layout) -> str:
    """Return the function that puts the results of eight rows, which wait, into their rows.

    Of whole eights of rows, eight results at a time are transposed in registers.
    """
    lines = [
        "define internal void @unload(ptr %in, ptr %out, ptr %work, i64 %row, i64 %count) #0 {"
    ]
    lines += [f"%is_whole = icmp eq i64 %count, {LANES}", "br label %begin"]
    lines.append("begin:")
    before = "%begin"
    if waiting_columns(layout):
        for index, size in _columns(layout):
            lines += _column_loop(layout, index, size, before)
            before = f"%columns_done{index}"
    for index, size in _runs(layout):
        row = layout.sinks[index].row or 0
        if row == 8:
            continue
        n, whole = str(index), size - size % LANES
        lines += [line.replace("%to", "%base") for line in _address(layout, index)]
        lines += [
            f"%skip{n} = mul i64 %row, {row}",
            f"%start{n} = getelementptr i8, ptr %base{n}, i64 %skip{n}",
            f"%from{n} = getelementptr i8, ptr %work, i64 {8 * LANES * index}",
            f"br label %blocks{n}",
            f"blocks{n}:",
            f"%b{n} = phi i64 [ 0, {before} ], [ %b_after{n}, %block{n} ]",
            f"%b_left{n} = icmp ult i64 %b{n}, {whole}",
            f"%b_more{n} = and i1 %b_left{n}, %is_whole",
            f"br i1 %b_more{n}, label %block{n}, label %lanes_begin{n}",
            f"block{n}:",
            *_transposed(n, row),
            f"%b_after{n} = add i64 %b{n}, {LANES}",
            f"br label %blocks{n}",
            f"lanes_begin{n}:",
            f"br label %lanes{n}",
            f"lanes{n}:",
            f"%lane{n} = phi i64 [ 0, %lanes_begin{n} ], [ %lane_after{n}, %lane_done{n} ]",
            f"%more_lanes{n} = icmp ult i64 %lane{n}, %count",
            f"br i1 %more_lanes{n}, label %lane_begin{n}, label %done{n}",
            f"lane_begin{n}:",
            f"%row_offset{n} = mul i64 %lane{n}, {row}",
            f"%row_at{n} = getelementptr i8, ptr %start{n}, i64 %row_offset{n}",
            f"%lane_at{n} = getelementptr double, ptr %from{n}, i64 %lane{n}",
            f"br label %next{n}",
            f"next{n}:",
            f"%j{n} = phi i64 [ %b{n}, %lane_begin{n} ], [ %j_after{n}, %copy{n} ]",
            f"%more{n} = icmp ult i64 %j{n}, {size}",
            f"br i1 %more{n}, label %copy{n}, label %lane_done{n}",
            f"copy{n}:",
            f"%source{n} = getelementptr {VECTOR}, ptr %lane_at{n}, i64 %j{n}",
            f"%number{n} = load double, ptr %source{n}, align 8",
            f"%target{n} = getelementptr double, ptr %row_at{n}, i64 %j{n}",
            f"store double %number{n}, ptr %target{n}, align 1",
            f"%j_after{n} = add i64 %j{n}, 1",
            f"br label %next{n}",
            f"lane_done{n}:",
            f"%lane_after{n} = add i64 %lane{n}, 1",
            f"br label %lanes{n}",
            f"done{n}:",
        ]
        before = f"%done{n}"
    return "\n".join([*lines, "ret void", "}", ""])


def _columns(layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield the first result and the count of those whose arrays follow each other."""
    index = 0
    while index < len(layout.sinks):
        size = 0
        while (
            index + size < len(layout.sinks)
            and layout.sinks[index + size].row == 8
            and layout.sinks[index + size].array == (layout.sinks[index].array or 0) + size
        ):
            size += 1
        if size:
            yield index, size
        index += size or 1


def _column_loop(layout: Layout, index: int, size: int, before: str) -> list[str]:
    """Return lines that store eight rows of such results, each in its array."""
    bits, n = f"<{LANES} x i1>", index
    numbers = ", ".join(f"i64 {lane}" for lane in range(LANES))
    lanes = f"<{LANES} x i64>"
    return [
        f"%counts_first{n} = insertelement {lanes} poison, i64 %count, i64 0",
        f"%counts{n} = shufflevector {lanes} %counts_first{n}, {lanes} poison, "
        f"<{LANES} x i32> zeroinitializer",
        f"%mask{n} = icmp ult {lanes} <{numbers}>, %counts{n}",
        f"%things{n} = getelementptr i8, ptr %in, i64 {layout.array(layout.sinks[n].array or 0)}",
        f"%waiting{n} = getelementptr i8, ptr %work, i64 {8 * LANES * n}",
        f"br label %columns{n}",
        f"columns{n}:",
        f"%c{n} = phi i64 [ 0, {before} ], [ %c_after{n}, %column_one{n} ]",
        f"%c_more{n} = icmp ult i64 %c{n}, {size}",
        f"br i1 %c_more{n}, label %column_one{n}, label %columns_done{n}",
        f"column_one{n}:",
        f"%c_at{n} = getelementptr ptr, ptr %things{n}, i64 %c{n}",
        f"%c_thing{n} = load ptr, ptr %c_at{n}, align 1",
        f"%c_data{n} = getelementptr i8, ptr %c_thing{n}, i64 {DATA}",
        f"%c_to{n} = load ptr, ptr %c_data{n}, align 1",
        f"%c_there{n} = getelementptr double, ptr %c_to{n}, i64 %row",
        f"%c_from{n} = getelementptr {VECTOR}, ptr %waiting{n}, i64 %c{n}",
        f"%c_found{n} = load {VECTOR}, ptr %c_from{n}, align 8",
        f"call void @llvm.masked.store.v{LANES}f64.p0({VECTOR} %c_found{n}, ptr %c_there{n}, "
        f"i32 1, {bits} %mask{n})",
        f"%c_after{n} = add i64 %c{n}, 1",
        f"br label %columns{n}",
        f"columns_done{n}:",
    ]


def _transposed(n: str, row: int) -> Iterator[str]:
    """Yield lines that load eight results of eight rows, and store them row by row.

    In three rounds vectors that are 1, 2 and 4 apart exchange half of their numbers.
    """
    names = [f"%r0_{lane}_{n}" for lane in range(LANES)]
    for lane, name in enumerate(names):
        yield f"%p{lane}_{n} = add i64 %b{n}, {lane}"
        yield f"%q{lane}_{n} = getelementptr {VECTOR}, ptr %from{n}, i64 %p{lane}_{n}"
        yield f"{name} = load {VECTOR}, ptr %q{lane}_{n}, align 8"
    apart = 1
    while apart < LANES:
        made = [""] * LANES
        for first in range(LANES):
            if first & apart:
                continue
            second = first | apart
            for target, keep in ((first, 0), (second, apart)):
                mask = [
                    (lane & ~apart | keep) + (LANES if lane & apart else 0) for lane in range(LANES)
                ]
                made[target] = f"%r{apart}_{target}_{n}"
                places = ", ".join(f"i32 {place}" for place in mask)
                yield (
                    f"{made[target]} = shufflevector {VECTOR} {names[first]}, "
                    f"{VECTOR} {names[second]}, <{LANES} x i32> <{places}>"
                )
        names, apart = made, apart * 2
    yield f"%column{n} = getelementptr double, ptr %start{n}, i64 %b{n}"
    for lane, name in enumerate(names):
        yield f"%s{lane}_{n} = getelementptr i8, ptr %column{n}, i64 {lane * row}"
        yield f"store {VECTOR} {name}, ptr %s{lane}_{n}, align 1"


def mapped_entry(
    single: Sequence[str],
    rows: Sequence[str],
    layout: Layout,
    outputs: int,
    watched: bool,
    begin: str = "",
) -> str:
    """Return prepare, blocks, finish and run of a mapped function; blocks begins with a call."""
    shared_calls = "\n".join(single).replace("i64 %row", "i64 0").replace("i64 %count", "i64 0")
    clear, add_up, finish = "", "", ""
    if layout.reduce:
        size = 8 * LANES * outputs
        clear = f"call void @llvm.memset.p0.i64(ptr %work, i8 0, i64 {size}, i1 false)"
        add_up = _add_lanes(outputs)
        finish = _add_blocks(layout, outputs)
    elif watched:
        finish = _entry("rows", layout, ROWS, "i64")
    watch, end = _watch(layout) if watched else ("", "ret i64 0")
    return f"""{HOLDS_NAN if watched else ""}
define void @prepare(ptr %in, ptr %out) {{
{_entry("work", layout, WORK, "ptr")}{_entry("shared", layout, SHARED, "ptr")}
{shared_calls}
ret void
}}
define void @blocks(ptr %in, ptr %out, ptr %work, i64 %first, i64 %last) #0 {{
{_entry("rows", layout, ROWS, "i64")}{_entry("size", layout, BLOCK, "i64")}
{_entry("shared", layout, SHARED, "ptr")}{_entry("sums", layout, SUMS, "ptr")}
{begin}
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
define i64 @finish(ptr %in, ptr %out) #0 {{
{finish}
{watch}
{end}
}}
define i64 @run(ptr %in, ptr %out) {{
{_entry("work", layout, WORK, "ptr")}{_entry("blocks", layout, BLOCKS, "i64")}
call void @prepare(ptr %in, ptr %out)
call void @blocks(ptr %in, ptr %out, ptr %work, i64 0, i64 %blocks)
%told = call i64 @finish(ptr %in, ptr %out)
ret i64 %told
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
%sums_offset = mul i64 %block, {8 * padded(outputs)}
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


def padded(outputs: int) -> int:
    """Return how many sums a block keeps: whole vectors of them."""
    return outputs + -outputs % LANES


def _add_blocks(layout: Layout, outputs: int) -> str:
    """Add the sums of all blocks in their order, divide for a mean, and hand out the results."""
    step = 8 * padded(outputs)
    finishing = f"fadd {VECTOR} %total, zeroinitializer"  # a -0.0 becomes 0.0
    if layout.reduce == "mean":
        finishing = f"fdiv {VECTOR} %total, %divisor"
    text = f"""
{_entry("rows", layout, ROWS, "i64")}{_entry("blocks", layout, BLOCKS, "i64")}
{_entry("sums", layout, SUMS, "ptr")}
%rows_double = uitofp i64 %rows to double
%one_divisor = insertelement {VECTOR} poison, double %rows_double, i64 0
%divisor = shufflevector {VECTOR} %one_divisor, {VECTOR} poison, <{LANES} x i32> zeroinitializer
br label %next_output
next_output:
%index = phi i64 [ 0, %0 ], [ %index_after, %output_done ]
%more_outputs = icmp ult i64 %index, {step}
br i1 %more_outputs, label %output_begin, label %all_added
output_begin:
%result_at = getelementptr i8, ptr %sums, i64 %index
br label %next_block
next_block:
%block = phi i64 [ 0, %output_begin ], [ %block_after, %add_block ]
%total = phi {VECTOR} [ zeroinitializer, %output_begin ], [ %total_after, %add_block ]
%more_blocks = icmp ult i64 %block, %blocks
br i1 %more_blocks, label %add_block, label %output_done
add_block:
%block_offset = mul i64 %block, {step}
%part_at = getelementptr i8, ptr %result_at, i64 %block_offset
%part = load {VECTOR}, ptr %part_at, align 1
%total_after = fadd {VECTOR} %total, %part
%block_after = add i64 %block, 1
br label %next_block
output_done:
%result = {finishing}
store {VECTOR} %result, ptr %result_at, align 1
%index_after = add i64 %index, {8 * LANES}
br label %next_output
all_added:
"""
    return text + "\n".join(_handed_out(layout))


def _handed_out(layout: Layout) -> list[str]:
    """Return lines that copy the sums to the results, a whole array at a time."""
    lines: list[str] = []
    for index, size in _runs(layout):
        lines += _address(layout, index)
        lines.append(f"%from{index} = getelementptr double, ptr %sums, i64 {index}")
        lines.append(
            f"call void @llvm.memcpy.p0.p0.i64(ptr %to{index}, ptr %from{index}, "
            f"i64 {8 * size}, i1 false)"
        )
    return lines


def _runs(layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield the first result and the count of those that lie in one array, or among the numbers."""
    index = 0
    while index < len(layout.sinks):
        sink, size = layout.sinks[index], 1
        while index + size < len(layout.sinks) and layout.sinks[index + size].array == sink.array:
            size += 1
        yield index, size
        index += size


def _address(layout: Layout, index: int) -> list[str]:
    """Return lines that make ``%to`` and the index the address of a result."""
    sink = layout.sinks[index]
    if sink.array is None:
        return [f"%to{index} = getelementptr i8, ptr %out, i64 {sink.offset}"]
    return [
        f"%at{index} = getelementptr i8, ptr %in, i64 {layout.array(sink.array)}",
        f"%thing{index} = load ptr, ptr %at{index}, align 1",
        f"%data{index} = getelementptr i8, ptr %thing{index}, i64 {DATA}",
        f"%to{index} = load ptr, ptr %data{index}, align 1",
    ]


HOLDS_NAN = f"""
define internal i64 @holds_nan(ptr %data, i64 %count) #0 {{
%whole = and i64 %count, {-LANES}
br label %next
next:
%index = phi i64 [ 0, %0 ], [ %after, %vector ]
%bits = phi <{LANES} x i1> [ zeroinitializer, %0 ], [ %more_bits, %vector ]
%more = icmp ult i64 %index, %whole
br i1 %more, label %vector, label %rest
vector:
%at = getelementptr double, ptr %data, i64 %index
%eight = load {VECTOR}, ptr %at, align 1
%found = fcmp uno {VECTOR} %eight, %eight
%more_bits = or <{LANES} x i1> %bits, %found
%after = add i64 %index, {LANES}
br label %next
rest:
%byte = bitcast <{LANES} x i1> %bits to i{LANES}
%any = icmp ne i{LANES} %byte, 0
br label %next_one
next_one:
%one = phi i64 [ %whole, %rest ], [ %after_one, %single ]
%bit = phi i1 [ %any, %rest ], [ %either, %single ]
%more_ones = icmp ult i64 %one, %count
br i1 %more_ones, label %single, label %done
single:
%one_at = getelementptr double, ptr %data, i64 %one
%number = load double, ptr %one_at, align 1
%is_nan = fcmp uno double %number, %number
%either = or i1 %bit, %is_nan
%after_one = add i64 %one, 1
br label %next_one
done:
%result = zext i1 %bit to i64
ret i64 %result
}}
"""


def _watch(layout: Layout) -> tuple[str, str]:
    """Return lines that look for a nan among the results, and the line that returns what they saw.

    Where results are mapped, %rows is the count of rows.
    """
    lines: list[str] = []
    told = "0"
    for index, size in _runs(layout):
        row = layout.sinks[index].row
        if layout.reduce:
            lines.append(f"%look{index} = getelementptr double, ptr %sums, i64 {index}")
        else:
            lines += [line.replace("%to", "%look") for line in _address(layout, index)]
        count = str(size)
        if row is not None:
            lines.append(f"%count{index} = mul i64 %rows, {row // 8}")
            count = f"%count{index}"
        lines.append(f"%nan{index} = call i64 @holds_nan(ptr %look{index}, i64 {count})")
        lines.append(f"%told{index} = or i64 {told}, %nan{index}")
        told = f"%told{index}"
    return "\n".join(lines), f"ret i64 {told}"
