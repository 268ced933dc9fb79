"""The entry points of a module: what is called from outside.

    direct(a, b, ...)          one result of a few plain numbers, all in registers
    run(packed, results)       everything, on the calling thread
    prepare(packed, results), blocks(packed, results, work, first, last), finish(packed, results)
                               the parts of run for a mapped function, for several threads

Rows are cut into blocks by their number alone. Each block's sums are kept apart, and added
in the order of the blocks; so the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.backends.llvm.abi import BLOCK, BLOCKS, ROWS, SHARED, SUMS, WORK, Layout
from autograd.backends.llvm.instructions import LANES, Body
from autograd.backends.llvm.memory import DATA, VECTOR
from autograd.ir.program import Program


def direct_entry(program: Program, steps: Sequence[int], exact: bool) -> str:
    """Return ``direct``: numbers and result in registers, nothing in memory."""
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


def single_entry(calls: Sequence[str], layout: Layout) -> str:
    """Return ``run`` of a function that is not mapped."""
    return (
        "define void @run(ptr %in, ptr %out) {\n"
        + _entry("work", layout, WORK, "ptr")
        + "\n".join(calls)
        .replace("ptr %shared", "ptr null")
        .replace("i64 %row", "i64 0")
        .replace("i64 %count", "i64 0")
        + "\nret void\n}\n"
    )


def mapped_entry(single: Sequence[str], rows: Sequence[str], layout: Layout, outputs: int) -> str:
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
{_entry("work", layout, WORK, "ptr")}{_entry("shared", layout, SHARED, "ptr")}
{shared_calls}
ret void
}}
define void @blocks(ptr %in, ptr %out, ptr %work, i64 %first, i64 %last) #0 {{
{_entry("rows", layout, ROWS, "i64")}{_entry("size", layout, BLOCK, "i64")}
{_entry("shared", layout, SHARED, "ptr")}{_entry("sums", layout, SUMS, "ptr")}
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
{_entry("work", layout, WORK, "ptr")}{_entry("blocks", layout, BLOCKS, "i64")}
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
