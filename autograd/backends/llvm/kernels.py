"""Native loops over groups of equal steps: compiled once for each primitive, used by all programs.

A kernel computes ``n`` results, which lie side by side in the memory of a program, from operands
that lie there too: side by side, all in one place, or anywhere, by a list of places. A condition is
1 or 0.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterable
from typing import Any

from autograd.backends.binding import LANES, Array
from autograd.backends.libm import LIBRARY
from autograd.backends.llvm import engine, object_cache, vector_math
from autograd.backends.llvm.contraction import MULTIPLY_ADD
from autograd.backends.llvm.engine import NativeCode
from autograd.backends.llvm.group_calls import CALL
from autograd.backends.llvm.instructions import (
    WRITTEN,
    each_lanes,
    intrinsic_declarations,
    library_declarations,
    literal,
)
from autograd.engine.accelerator import native
from autograd.locks import new_lock
from autograd.table import rows as ops
from autograd.table.operation import TABLE

VECTOR = f"<{LANES} x double>"
# How the operands of a kernel lie.
ANYWHERE, SIDE_BY_SIDE, REVERSED, ONE_PLACE = "gcrs"
SCATTERED = "scattered"  # anywhere, and so do the results
ROWS = "rows"  # anywhere, and a number is one of eight rows each
NEAR = "near"  # likewise, by a vector function of ``exact=False``
SHARED = "shared"  # as ROWS, but the first operand is one number for all rows
SUMMED = "summed"  # as ROWS, but each result is added to a sum, where the last operand has a row

LISTED = (SCATTERED, ROWS, NEAR, SHARED, SUMMED)

# Two steps in one, rounded after each of them: a * b + c, and c - a * b.
MULTIPLY_THEN_ADD, MULTIPLY_THEN_SUBTRACT = "multiply_then_add", "multiply_then_subtract"
THEN = {
    MULTIPLY_THEN_ADD: "fadd {t} {p}, {c}",
    MULTIPLY_THEN_SUBTRACT: "fsub {t} {c}, {p}",
}
COPY = "copy"
OF_NUMBERS = {MULTIPLY_ADD, *THEN, COPY}  # opcodes that no row of the table has
# Those of which the first two operands may change places, and the first be one for all rows.
SYMMETRIC = (ops.add.name, ops.multiply.name, *THEN, MULTIPLY_ADD)

# Kernels that are compiled together, so that what lies on disk serves most programs.
_COMMON = ("add", "subtract", "multiply", "divide", "negative", "where", "less", "less_equal")
BUNDLES = (
    {
        *((opcode, ROWS) for opcode in (*_COMMON, MULTIPLY_THEN_ADD)),
        *((opcode, SHARED) for opcode in SYMMETRIC if opcode != MULTIPLY_ADD),
        (ops.multiply.name, SUMMED),
    },
    {
        (MULTIPLY_THEN_ADD, ANYWHERE * 3),
        *((opcode, ANYWHERE * TABLE[opcode].arity) for opcode in _COMMON),
    },
)

_lock = new_lock()
_codes: list[NativeCode] = []
_addresses: dict[str | None, dict[tuple[str, str], int]] = {}  # for each target

WIDE_VECTORS = (
    'attributes #0 = { alignstack=64 "min-legal-vector-width"="512" "prefer-vector-width"="512" }'
)
PARAMETERS = "ptr %v, ptr %lists, i64 %n, i64 %out, i64 %p0, i64 %p1, i64 %p2"


def empty_table(groups: int) -> Array:
    """Return an array for groups: a kernel's address, how many steps, and where their numbers lie.

    That is the place of the first, or where in the list of places a list begins.
    """
    import numpy

    place = numpy.int32
    columns: list[Any] = [("kernel", numpy.int64), ("count", place), ("result", place)]
    dtype = numpy.dtype([*columns, ("operands", place, 3), ("padding", place)])
    return numpy.zeros(groups, dtype)


def _known() -> dict[tuple[str, str], int]:
    """Return the addresses that there are for what we compile for; under the lock.

    For this processor the accelerator has the most common kernels.
    """
    if engine.target not in _addresses:
        is_ready = engine.target is None and native is not None
        _addresses[engine.target] = native.group_kernels(ANYWHERE, ROWS) if is_ready else {}
    return _addresses[engine.target]


def kernels(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the addresses of kernels, by opcode and how the operands lie; compile the new ones."""
    with _lock:
        known = _known()
        missing = set(wanted) - set(known)
        is_kept = object_cache.folder() is not None
        parts = [bundle for bundle in BUNDLES if is_kept and bundle & missing]
        parts.append(missing.difference(*parts))
        for new in map(sorted, parts):
            if not new:
                continue
            opcodes = {opcode for opcode, how in new if how != NEAR}
            near = [opcode for opcode, how in new if how == NEAR]
            handed = {opcode for opcode in near if vector_math.needs_library(opcode)}
            text = [intrinsic_declarations(False), intrinsic_declarations(True)]
            text.append(library_declarations((opcodes | handed) & set(LIBRARY)))
            wide = {opcode for opcode, how in new if how in (ROWS, SHARED, SUMMED)}
            if wide or near:
                text.append(WIDE_VECTORS)
                text.append(each_lanes((wide | handed) & set(LIBRARY)))
            if near:
                text.append(vector_math.declarations())
                text += [vector_math.function_text(opcode) for opcode in near]
            text += [
                _listed_kernel(opcode, how) if how in LISTED else _kernel(opcode, how)
                for opcode, how in new
            ]
            code = NativeCode("\n".join(text), 1)
            _codes.append(code)
            for opcode, how in new:
                known[opcode, how] = code.address(f"{opcode}_{how}")
        return dict(known)


def ready(name: str) -> int:
    """Return the address of a function of the accelerator around groups; 0 where there is none."""
    with _lock:
        return _known().get((name, ""), 0)


def caller() -> Callable[[int, bytes, object], int]:
    """Return the function that runs groups.

    It is given the address of the words of a call (Python hands over one address in half the time
    of four), the arrays that are read and those of results, and memory for the plain results.
    """
    with _lock:
        known = _known()
        if ("call", "") not in known:
            code = NativeCode(CALL, 1)
            _codes.append(code)
            known["call", ""] = code.address("call_groups")
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    call: Callable[[int, bytes, object], int] = kind(known["call", ""])
    return call


def _kernel(opcode: str, how: str) -> str:
    """Return a kernel: eight results at a time where operands allow it, then one by one."""
    lines = [f"define void @{opcode}_{how}({PARAMETERS}) {{"]
    is_wide = ANYWHERE not in how and (opcode in WRITTEN or opcode in THEN)
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

    if is_wide:
        lines.append(f"%is_wide = icmp uge i64 %n, {LANES}")
        lines.append(f"%last = sub i64 %n, {LANES}")
        splats = {}
        for place, name in ones.items():
            first = new(f"insertelement {VECTOR} poison, double {name}, i64 0")
            zeros = f"<{LANES} x i32> zeroinitializer"
            splats[place] = new(f"shufflevector {VECTOR} {first}, {VECTOR} poison, {zeros}")
        lines += ["br i1 %is_wide, label %wide, label %one", "wide:"]
        lines.append("%k = phi i64 [ 0, %0 ], [ %k_next, %wide ]")
        names = []
        for place, way in enumerate(how):
            if way == ONE_PLACE:
                names.append(splats[place])
            elif way == REVERSED:
                before = new(f"add i64 %k, {LANES - 1}")
                at = pointer(new(f"sub i64 %p{place}, {before}"))
                found = new(f"load {VECTOR}, ptr {at}, align 8")
                order = ", ".join(f"i32 {lane}" for lane in reversed(range(LANES)))
                given = f"{VECTOR} {found}, {VECTOR} poison, <{LANES} x i32> <{order}>"
                names.append(new(f"shufflevector {given}"))
            else:
                at = pointer(new(f"add i64 %p{place}, %k"))
                names.append(new(f"load {VECTOR}, ptr {at}, align 8"))
        result = computed(names, True)
        lines.append(f"store {VECTOR} {result}, ptr {pointer(new('add i64 %out, %k'))}, align 8")
        # The last eight may overlap the ones before: they are computed once more.
        lines += [
            f"%k_after = add i64 %k, {LANES}",
            "%k_more = icmp ult i64 %k_after, %n",
            "%k_fits = icmp ult i64 %k_after, %last",
            "%k_next = select i1 %k_fits, i64 %k_after, i64 %last",
            "br i1 %k_more, label %wide, label %done",
        ]
    else:
        lines.append("br label %one")
    lines.append("one:")
    lines.append("%i = phi i64 [ 0, %0 ], [ %i_after, %one_body ]")
    lines.append("%i_more = icmp ult i64 %i, %n")
    lines += ["br i1 %i_more, label %one_body, label %done", "one_body:"]
    names = []
    for place, way in enumerate(how):
        if way == ONE_PLACE:
            names.append(ones[place])
        elif way == SIDE_BY_SIDE:
            names.append(new(f"load double, ptr {pointer(new(f'add i64 %p{place}, %i'))}"))
        elif way == REVERSED:
            names.append(new(f"load double, ptr {pointer(new(f'sub i64 %p{place}, %i'))}"))
        else:
            at = new(f"getelementptr i32, ptr %lists, i64 {new(f'add i64 %p{place}, %i')}")
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
    if opcode == COPY:
        return names[0]
    if opcode in THEN:
        product = new(f"fmul {t} {names[0]}, {names[1]}")
        return new(THEN[opcode].format(t=t, p=product, c=names[2]))
    row = TABLE[ops.add.name if opcode in OF_NUMBERS else opcode]  # of numbers alone, like add
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


def _listed_kernel(opcode: str, how: str) -> str:
    """Return a kernel whose operands and results lie anywhere; of eight rows each, or of one."""
    lanes = how != SCATTERED
    t, align, attributes = (VECTOR, 64, "#0 ") if lanes else ("double", 8, "")
    lines = [f"define void @{opcode}_{how}({PARAMETERS}) {attributes}{{", "br label %next", "next:"]
    lines.append("%i = phi i64 [ 0, %0 ], [ %i_after, %inside ]")
    lines.append("%more = icmp ult i64 %i, %n")
    lines += ["br i1 %more, label %inside, label %done", "inside:"]
    fresh = itertools.count()

    def new(expression: str) -> str:
        name = f"%t{next(fresh)}"
        lines.append(f"{name} = {expression}")
        return name

    def listed(places: str, type_: str = t) -> str:
        at = new(f"getelementptr i32, ptr %lists, i64 {new(f'add i64 {places}, %i')}")
        index = new(f"sext i32 {new(f'load i32, ptr {at}')} to i64")
        return new(f"getelementptr {type_}, ptr %v, i64 {index}")

    names = []
    for place in range(3 if opcode in OF_NUMBERS else TABLE[opcode].arity):
        if how == SHARED and not place:
            one = new(f"load double, ptr {listed('%p0', 'double')}, align 8")
            first = new(f"insertelement {t} poison, double {one}, i64 0")
            zeros = f"<{LANES} x i32> zeroinitializer"
            names.append(new(f"shufflevector {t} {first}, {t} poison, {zeros}"))
        else:
            names.append(new(f"load {t}, ptr {listed(f'%p{place}')}, align {align}"))
    result = _computed(opcode, names, lanes, new, how == NEAR)
    target = listed("%out")
    if how == SUMMED:
        before = new(f"load {t}, ptr {target}, align {align}")
        total = new(f"fadd {t} {before}, {result}")
        at = new(f"getelementptr {t}, ptr %v, i64 %p2")
        integers = f"<{LANES} x i64>"
        told = new(f"load {integers}, ptr {at}, align {align}")
        is_row = new(f"icmp ne {integers} {told}, zeroinitializer")
        result = new(f"select <{LANES} x i1> {is_row}, {t} {total}, {t} {before}")
    lines.append(f"store {t} {result}, ptr {target}, align {align}")
    lines += ["%i_after = add i64 %i, 1", "br label %next", "done:", "ret void", "}"]
    return "\n".join(lines)
