"""Native loops over groups of equal steps: compiled once for each primitive, used by all programs.

A kernel computes ``n`` results, which lie side by side in the memory of a program, from operands
that lie there too: side by side, all in one place, or anywhere, by a list of places. A condition is
1 or 0.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterable

from autograd.backends.binding import LANES
from autograd.backends.llvm import engine, vector_math
from autograd.backends.llvm.contraction import MULTIPLY_ADD
from autograd.backends.llvm.engine import NativeCode
from autograd.backends.llvm.instructions import (
    LIBRARY,
    WRITTEN,
    each_lane,
    intrinsic_declarations,
    library_declarations,
    literal,
)
from autograd.locks import new_lock
from autograd.table import rows as ops
from autograd.table.operation import TABLE

VECTOR = f"<{LANES} x double>"
ANYWHERE, SIDE_BY_SIDE, ONE_PLACE = "gcs"  # how the operands of a kernel lie
ROWS = "rows"  # anywhere, and a number is one of eight rows each
NEAR = "near"  # likewise, by a vector function of ``exact=False``

# Kernels that are compiled together, so that what lies on disk serves most programs.
_COMMON = ("add", "subtract", "multiply", "divide", "negative", "where", "less", "less_equal")
BUNDLES = (
    {(opcode, ROWS) for opcode in _COMMON},
    {(opcode, ANYWHERE * TABLE[opcode].arity) for opcode in _COMMON},
    {(opcode, a + b) for opcode in ("add", "multiply") for a in "cs" for b in "cs"},
)

_lock = new_lock()
_codes: list[NativeCode] = []
_addresses: dict[str | None, dict[tuple[str, str], int]] = {}  # for each target

WIDE_VECTORS = (
    'attributes #0 = { alignstack=64 "min-legal-vector-width"="512" "prefer-vector-width"="512" }'
)
PARAMETERS = "ptr %v, i64 %n, i64 %out, i64 %p0, i64 %p1, i64 %p2, ptr %q0, ptr %q1, ptr %q2"

# Calls one kernel after the other: eight numbers each, the kernel's address before its arguments.
RUN = f"""
define void @run_groups(ptr %v, ptr %groups, i64 %count) {{
br label %next
next:
%i = phi i64 [ 0, %0 ], [ %after, %inside ]
%more = icmp ult i64 %i, %count
br i1 %more, label %inside, label %done
inside:
%g = getelementptr [9 x i64], ptr %groups, i64 %i
{
    chr(10).join(
        f"%g{place} = getelementptr i64, ptr %g, i64 {place}{chr(10)}"
        f"%a{place} = load {'ptr' if place in (0, 6, 7, 8) else 'i64'}, ptr %g{place}"
        for place in range(9)
    )
}
call void %a0(ptr %v, i64 %a1, i64 %a2, i64 %a3, i64 %a4, i64 %a5, ptr %a6, ptr %a7, ptr %a8)
%after = add i64 %i, 1
br label %next
done:
ret void
}}
"""


def kernels(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the addresses of kernels, by opcode and how the operands lie; compile the new ones."""
    with _lock:
        known = _addresses.setdefault(engine.target, {})
        missing = set(wanted) - set(known)
        parts = [bundle for bundle in BUNDLES if bundle & missing]
        parts.append(missing.difference(*parts))
        for new in map(sorted, parts):
            if not new:
                continue
            opcodes = {opcode for opcode, how in new if how != NEAR}
            near = [opcode for opcode, how in new if how == NEAR]
            handed = {opcode for opcode in near if vector_math.needs_library(opcode)}
            text = [intrinsic_declarations(False), intrinsic_declarations(True)]
            text.append(library_declarations((opcodes | handed) & set(LIBRARY)))
            wide = {opcode for opcode, how in new if how == ROWS}
            if wide or near:
                text.append(WIDE_VECTORS)
                text += [each_lane(opcode) for opcode in sorted((wide | handed) & set(LIBRARY))]
            if near:
                text.append(vector_math.declarations())
                text += [vector_math.function_text(opcode) for opcode in near]
            text += [
                _kernel_of_rows(opcode, how) if how in (ROWS, NEAR) else _kernel(opcode, how)
                for opcode, how in new
            ]
            code = NativeCode("\n".join(text), 1)
            _codes.append(code)
            for opcode, how in new:
                known[opcode, how] = code.address(f"{opcode}_{how}")
        return dict(known)


def runner() -> Callable[[int, int, int], None]:
    """Return the function that runs a list of groups."""
    with _lock:
        known = _addresses.setdefault(engine.target, {})
        if ("run", "") not in known:
            code = NativeCode(RUN, 1)
            _codes.append(code)
            known["run", ""] = code.address("run_groups")
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    run: Callable[[int, int, int], None] = kind(known["run", ""])
    return run


def _kernel(opcode: str, how: str) -> str:
    """Return a kernel: eight results at a time where operands allow it, then one by one."""
    lines = [f"define void @{opcode}_{how}({PARAMETERS}) {{"]
    is_wide = ANYWHERE not in how and opcode in WRITTEN
    ones: dict[int, str] = {}
    fresh = itertools.count()

    def new(expression: str) -> str:
        name = f"%t{next(fresh)}"
        lines.append(f"{name} = {expression}")
        return name

    def pointer(index: str) -> str:
        return new(f"getelementptr double, ptr %v, i64 {index}")

    for place, way in enumerate(how):
        if way == ONE_PLACE:
            ones[place] = new(f"load double, ptr {pointer(f'%p{place}')}")

    def computed(names: list[str], lanes: bool) -> str:
        return _computed(opcode, names, lanes, new)

    begin = "%0"
    if is_wide:
        lines.append(f"%whole = and i64 %n, {-LANES}")
        splats = {}
        for place, name in ones.items():
            first = new(f"insertelement {VECTOR} poison, double {name}, i64 0")
            zeros = f"<{LANES} x i32> zeroinitializer"
            splats[place] = new(f"shufflevector {VECTOR} {first}, {VECTOR} poison, {zeros}")
        lines += ["br label %wide", "wide:"]
        lines.append("%k = phi i64 [ 0, %0 ], [ %k_after, %wide_body ]")
        lines.append("%k_more = icmp ult i64 %k, %whole")
        lines += ["br i1 %k_more, label %wide_body, label %rest", "wide_body:"]
        names = []
        for place, way in enumerate(how):
            if way == ONE_PLACE:
                names.append(splats[place])
            else:
                at = pointer(new(f"add i64 %p{place}, %k"))
                names.append(new(f"load {VECTOR}, ptr {at}, align 8"))
        result = computed(names, True)
        lines.append(f"store {VECTOR} {result}, ptr {pointer(new('add i64 %out, %k'))}, align 8")
        lines += [f"%k_after = add i64 %k, {LANES}", "br label %wide", "rest:"]
        begin = "%rest"
    lines += ["br label %one", "one:"]
    start = "%whole" if is_wide else "0"
    lines.append(f"%i = phi i64 [ {start}, {begin} ], [ %i_after, %one_body ]")
    lines.append("%i_more = icmp ult i64 %i, %n")
    lines += ["br i1 %i_more, label %one_body, label %done", "one_body:"]
    names = []
    for place, way in enumerate(how):
        if way == ONE_PLACE:
            names.append(ones[place])
        elif way == SIDE_BY_SIDE:
            names.append(new(f"load double, ptr {pointer(new(f'add i64 %p{place}, %i'))}"))
        else:
            at = new(f"getelementptr i32, ptr %q{place}, i64 %i")
            index = new(f"zext i32 {new(f'load i32, ptr {at}')} to i64")
            names.append(new(f"load double, ptr {pointer(index)}"))
    result = computed(names, False)
    lines.append(f"store double {result}, ptr {pointer(new('add i64 %out, %i'))}")
    lines += ["%i_after = add i64 %i, 1", "br label %one", "done:", "ret void", "}"]
    return "\n".join(lines)


def _computed(
    opcode: str, names: list[str], lanes: bool, new: Callable[[str], str], is_near: bool = False
) -> str:
    """Return the name of a primitive's result, for one number or for eight rows."""
    t, bits = (VECTOR, f"<{LANES} x i1>") if lanes else ("double", "i1")
    row = TABLE[ops.add.name if opcode == MULTIPLY_ADD else opcode]  # of numbers alone, like add
    zero = "zeroinitializer" if lanes else "0.0"
    given = [
        new(f"fcmp une {t} {name}, {zero}") if place in row.conditions else name
        for place, name in enumerate(names)
    ]
    if opcode in LIBRARY:
        numbers = ", ".join(f"{t} {name}" for name in given)
        called = f"each_{opcode}" if lanes else f"library_{LIBRARY[opcode]}"
        called = f"near_{opcode}" if is_near else called
        return new(f"call {t} @{called}({numbers})")
    suffix = f"v{LANES}f64" if lanes else "f64"
    line = WRITTEN[opcode].format(*given, t=t, b=bits, f="", s=suffix)
    result = new(line.replace("TRUE", literal(True, lanes)))
    return new(f"uitofp {bits} {result} to {t}") if row.is_condition else result


def _kernel_of_rows(opcode: str, how: str) -> str:
    """Return a kernel for numbers of eight rows each; operands and results lie anywhere."""
    lines = [f"define void @{opcode}_{how}({PARAMETERS}) #0 {{", "br label %next", "next:"]
    lines.append("%i = phi i64 [ 0, %0 ], [ %i_after, %inside ]")
    lines.append("%more = icmp ult i64 %i, %n")
    lines += ["br i1 %more, label %inside, label %done", "inside:"]
    lines.append("%places = inttoptr i64 %out to ptr")
    fresh = itertools.count()

    def new(expression: str) -> str:
        name = f"%t{next(fresh)}"
        lines.append(f"{name} = {expression}")
        return name

    def listed(places: str) -> str:
        at = new(f"getelementptr i32, ptr {places}, i64 %i")
        index = new(f"zext i32 {new(f'load i32, ptr {at}')} to i64")
        return new(f"getelementptr {VECTOR}, ptr %v, i64 {index}")

    names = [
        new(f"load {VECTOR}, ptr {listed(f'%q{place}')}, align 64")
        for place in range(3 if opcode == MULTIPLY_ADD else TABLE[opcode].arity)
    ]
    result = _computed(opcode, names, True, new, how == NEAR)
    target = listed("%places")
    lines.append(f"store {VECTOR} {result}, ptr {target}, align 64")
    lines += ["%i_after = add i64 %i, 1", "br label %next", "done:", "ret void", "}"]
    return "\n".join(lines)
