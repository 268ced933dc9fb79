"""The native functions that run a table of groups (see ``kernels.empty_table``)."""

from __future__ import annotations

from autograd.backends.llvm.memory import DATA

_FIELDS = {"n": 8, "out": 12, "p0": 16, "p1": 20, "p2": 24}  # of a group, and where they lie
_LOADED = "\n".join(
    f"""%at_{name} = getelementptr i8, ptr %group, i64 {offset}
%short_{name} = load i32, ptr %at_{name}
%{name} = zext i32 %short_{name} to i64"""
    for name, offset in _FIELDS.items()
)

# One kernel after the other, from the block ``from`` to the block ``ran``.
_LOOP = f"""
br label %runs
runs:
%g = phi i64 [ 0, %from ], [ %g_after, %run ]
%g_more = icmp ult i64 %g, %count
br i1 %g_more, label %run, label %ran
run:
%group = getelementptr [4 x i64], ptr %groups, i64 %g
%kernel = load ptr, ptr %group
{_LOADED}
call void %kernel(ptr %v, ptr %lists, i64 %n, i64 %out, i64 %p0, i64 %p1, i64 %p2)
%g_after = add i64 %g, 1
br label %runs
ran:
"""

RUN = f"""
define void @run_groups(ptr %v, ptr %lists, ptr %groups, i64 %count) {{
br label %from
from:{_LOOP}ret void
}}
"""

# What a call is handed: where numbers, lists and the table lie, and its length; where the places of
# results and the sizes of their arrays lie, how many arrays there are, and how many results are in
# none; where places and bytes of the arrays that are read lie, and how many these are.
WORDS = {
    "v": "ptr",
    "lists": "ptr",
    "groups": "ptr",
    "count": "i64",
    "places": "ptr",
    "sizes": "ptr",
    "outputs": "i64",
    "numbers": "i64",
    "read": "ptr",
    "inputs": "i64",
}

# Copies the arrays that are read, runs the groups, and puts the results into arrays, the last ones
# among the plain results. Returns 1 where one is nan. The address of numbers lies in their array's
# object.
CALL = f"""
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define i64 @call_groups(ptr %given, ptr %arrays, ptr %plain) {{
{
    chr(10).join(
        f"%word_{name} = getelementptr i64, ptr %given, i64 {place}{chr(10)}"
        f"%{name} = load {kind}, ptr %word_{name}"
        for place, (name, kind) in enumerate(WORDS.items())
    )
}
br label %inputs_left
inputs_left:
%k = phi i64 [ 0, %0 ], [ %k_after, %read_one ]
%k_more = icmp ult i64 %k, %inputs
br i1 %k_more, label %read_one, label %from
read_one:
%input = getelementptr [2 x i64], ptr %read, i64 %k
%bytes_at = getelementptr i64, ptr %input, i64 1
%place = load i64, ptr %input
%bytes = load i64, ptr %bytes_at
%to_place = getelementptr double, ptr %v, i64 %place
%source_at = getelementptr ptr, ptr %arrays, i64 %k
%source = load ptr, ptr %source_at, align 1
%source_data_at = getelementptr i8, ptr %source, i64 {DATA}
%source_data = load ptr, ptr %source_data_at
call void @llvm.memcpy.p0.p0.i64(ptr %to_place, ptr %source_data, i64 %bytes, i1 false)
%k_after = add i64 %k, 1
br label %inputs_left
from:
%made = getelementptr ptr, ptr %arrays, i64 %inputs
{_LOOP}
br label %next
next:
%i = phi i64 [ 0, %ran ], [ %i_after, %filled ]
%from_here = phi ptr [ %places, %ran ], [ %from_there, %filled ]
%told_before = phi i1 [ false, %ran ], [ %told, %filled ]
%i_is_array = icmp ult i64 %i, %outputs
br i1 %i_is_array, label %array, label %last
array:
%size_at = getelementptr i64, ptr %sizes, i64 %i
%array_size = load i64, ptr %size_at
%object_at = getelementptr ptr, ptr %made, i64 %i
%object = load ptr, ptr %object_at, align 1
%data_at = getelementptr i8, ptr %object, i64 {DATA}
%data = load ptr, ptr %data_at
br label %fill
last:
br label %fill
fill:
%to = phi ptr [ %data, %array ], [ %plain, %last ]
%size = phi i64 [ %array_size, %array ], [ %numbers, %last ]
br label %results
results:
%j = phi i64 [ 0, %fill ], [ %j_after, %result ]
%told = phi i1 [ %told_before, %fill ], [ %told_now, %result ]
%j_more = icmp ult i64 %j, %size
br i1 %j_more, label %result, label %filled
result:
%result_at = getelementptr i32, ptr %from_here, i64 %j
%result_place = load i32, ptr %result_at
%result_wide = zext i32 %result_place to i64
%number_at = getelementptr double, ptr %v, i64 %result_wide
%number = load double, ptr %number_at
%to_at = getelementptr double, ptr %to, i64 %j
store double %number, ptr %to_at, align 8
%is_nan = fcmp uno double %number, 0.0
%told_now = or i1 %told, %is_nan
%j_after = add i64 %j, 1
br label %results
filled:
%from_there = getelementptr i32, ptr %from_here, i64 %size
%i_after = add i64 %i, 1
br i1 %i_is_array, label %next, label %done
done:
%answer = zext i1 %told to i64
ret i64 %answer
}}
"""
