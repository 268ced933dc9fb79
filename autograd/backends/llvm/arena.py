"""The arena as LLVM code: memory for the arrays of loops, taken in order and given back at once.

An arena belongs to a thread. It begins with a head, a place that may be written to in vain, and a
first block; more blocks come from the C library when they are needed. Its functions are compiled
once for all programs, which declare them.
"""

from __future__ import annotations

import hashlib

from autograd.backends.binding import LANES
from autograd.backends.llvm.instructions import literal
from autograd.backends.llvm.memory import VECTOR

HEAD, SCRATCH, FIRST_BLOCK = 128, 64, 65536
ARENA_BYTES = HEAD + SCRATCH + FIRST_BLOCK
STATUS, USED, BASE, CAPACITY, TICKS, TOTAL, LIMIT, ERROR = 0, 8, 16, 24, 32, 40, 48, 56
INTERRUPTED, OUT_OF_MEMORY = 2, 3
TICKS_BETWEEN = 1_000_000  # instructions after which a loop asks for signals
PYTHON = ("PyGILState_Ensure", "PyErr_CheckSignals", "PyErr_Fetch", "PyGILState_Release")
C_LIBRARY = ("malloc", "free")
FUNCTIONS = ("arena_take", "arena_release", "arena_begin", "arena_end", "arena_ask")

DEFINITIONS = f"""\
declare i32 @library_PyGILState_Ensure()
declare i32 @library_PyErr_CheckSignals()
declare void @library_PyErr_Fetch(ptr, ptr, ptr)
declare void @library_PyGILState_Release(i32)
declare ptr @library_malloc(i64)
declare void @library_free(ptr)
define ptr @arena_take(ptr %a, i64 %count) noinline {{
%up = add i64 %count, 63
%bytes = and i64 %up, -64
%used_at = getelementptr i8, ptr %a, i64 {USED}
%base_at = getelementptr i8, ptr %a, i64 {BASE}
%capacity_at = getelementptr i8, ptr %a, i64 {CAPACITY}
%total_at = getelementptr i8, ptr %a, i64 {TOTAL}
%limit_at = getelementptr i8, ptr %a, i64 {LIMIT}
%used = load i64, ptr %used_at
%base = load ptr, ptr %base_at
%capacity = load i64, ptr %capacity_at
%after = add i64 %used, %bytes
%fits = icmp ule i64 %after, %capacity
br i1 %fits, label %here, label %more
here:
store i64 %after, ptr %used_at
%there = getelementptr i8, ptr %base, i64 %used
ret ptr %there
more:
%twice = mul i64 %capacity, 2
%larger = icmp ugt i64 %bytes, %twice
%size = select i1 %larger, i64 %bytes, i64 %twice
%total = load i64, ptr %total_at
%sum = add i64 %total, %size
%limit = load i64, ptr %limit_at
%too_much = icmp ugt i64 %sum, %limit
%absurd = icmp ugt i64 %bytes, %limit
%refused = or i1 %too_much, %absurd
br i1 %refused, label %failed, label %allocate
allocate:
%whole = add i64 %size, 64
%new = call ptr @library_malloc(i64 %whole)
%none = icmp eq ptr %new, null
br i1 %none, label %failed, label %link
link:
store i64 %sum, ptr %total_at
store ptr %base, ptr %new
%new_used = getelementptr i8, ptr %new, i64 8
store i64 %used, ptr %new_used
%new_capacity = getelementptr i8, ptr %new, i64 16
store i64 %capacity, ptr %new_capacity
%data = getelementptr i8, ptr %new, i64 64
store ptr %data, ptr %base_at
store i64 %size, ptr %capacity_at
store i64 %bytes, ptr %used_at
ret ptr %data
failed:
store i64 {OUT_OF_MEMORY}, ptr %a
ret ptr null
}}
define void @arena_release(ptr %a, ptr %to, i64 %to_used) noinline {{
%used_at = getelementptr i8, ptr %a, i64 {USED}
%base_at = getelementptr i8, ptr %a, i64 {BASE}
%capacity_at = getelementptr i8, ptr %a, i64 {CAPACITY}
%total_at = getelementptr i8, ptr %a, i64 {TOTAL}
br label %next
next:
%base = load ptr, ptr %base_at
%there = icmp eq ptr %base, %to
br i1 %there, label %done, label %free
free:
%block = getelementptr i8, ptr %base, i64 -64
%before = load ptr, ptr %block
%capacity_before_at = getelementptr i8, ptr %block, i64 16
%capacity_before = load i64, ptr %capacity_before_at
%capacity = load i64, ptr %capacity_at
%total = load i64, ptr %total_at
%less = sub i64 %total, %capacity
store i64 %less, ptr %total_at
store ptr %before, ptr %base_at
store i64 %capacity_before, ptr %capacity_at
call void @library_free(ptr %block)
br label %next
done:
store i64 %to_used, ptr %used_at
ret void
}}
define i1 @arena_begin(ptr %a) noinline {{
%base_at = getelementptr i8, ptr %a, i64 {BASE}
%base = load ptr, ptr %base_at
%is_new = icmp eq ptr %base, null
br i1 %is_new, label %set_up, label %ready
set_up:
%own = getelementptr i8, ptr %a, i64 {HEAD + SCRATCH}
store ptr %own, ptr %base_at
%capacity_at = getelementptr i8, ptr %a, i64 {CAPACITY}
store i64 {FIRST_BLOCK}, ptr %capacity_at
br label %ready
ready:
%status = load i64, ptr %a
%stopped = icmp ne i64 %status, 0
ret i1 %stopped
}}
define void @arena_end(ptr %a) noinline {{
%own = getelementptr i8, ptr %a, i64 {HEAD + SCRATCH}
call void @arena_release(ptr %a, ptr %own, i64 0)
ret void
}}
define i1 @arena_ask(ptr %a) noinline {{
%ticks_at = getelementptr i8, ptr %a, i64 {TICKS}
store i64 {TICKS_BETWEEN}, ptr %ticks_at
%status = load atomic i64, ptr %a monotonic, align 8
%stopped = icmp ne i64 %status, 0
br i1 %stopped, label %yes, label %ask
ask:
%state = call i32 @library_PyGILState_Ensure()
%told = call i32 @library_PyErr_CheckSignals()
%raised = icmp ne i32 %told, 0
br i1 %raised, label %keep, label %no
keep:
%type_at = getelementptr i8, ptr %a, i64 {ERROR}
%value_at = getelementptr i8, ptr %a, i64 {ERROR + 8}
%trace_at = getelementptr i8, ptr %a, i64 {ERROR + 16}
call void @library_PyErr_Fetch(ptr %type_at, ptr %value_at, ptr %trace_at)
call void @library_PyGILState_Release(i32 %state)
store i64 {INTERRUPTED}, ptr %a
br label %yes
no:
call void @library_PyGILState_Release(i32 %state)
ret i1 false
yes:
ret i1 true
}}
"""


def declarations() -> str:
    """Return what a program with loops begins with: the arena's functions, and LLVM's own.

    They name the text of the functions, by which code on disk is known to fit them.
    """
    nans = ", ".join([f"double {literal(float('nan'), False)}"] * LANES)
    lines = [
        f"; arena {hashlib.sha256(DEFINITIONS.encode()).hexdigest()[:16]}",
        "declare ptr @arena_take(ptr, i64) nounwind",
        "declare void @arena_release(ptr, ptr, i64) nounwind",
        "declare i1 @arena_begin(ptr) nounwind",
        "declare void @arena_end(ptr) nounwind",
        "declare i1 @arena_ask(ptr) nounwind",
        f"@no_number = internal constant [{LANES} x double] [{nans}], align 64",
        "declare i64 @llvm.fptosi.sat.i64.f64(double)",
        f"declare <{LANES} x i64> @llvm.fptosi.sat.v{LANES}i64.v{LANES}f64({VECTOR})",
        "declare i64 @llvm.smax.i64(i64, i64)",
        "declare i64 @llvm.umin.i64(i64, i64)",
        "declare i64 @llvm.umax.i64(i64, i64)",
        f"declare double @llvm.vector.reduce.fmax.v{LANES}f64({VECTOR})",
        f"declare void @llvm.masked.scatter.v{LANES}f64.v{LANES}p0"
        f"({VECTOR}, <{LANES} x ptr>, i32, <{LANES} x i1>)",
        f"declare {VECTOR} @llvm.masked.gather.v{LANES}f64.v{LANES}p0"
        f"(<{LANES} x ptr>, i32, <{LANES} x i1>, {VECTOR})",
    ]
    return "\n".join(lines) + "\n"
