"""Puts the native functions of a program together into one LLVM module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.backends.binding import LANES
from autograd.backends.llvm import arena, vector_math
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.contraction import contracted
from autograd.backends.llvm.instructions import (
    each_lanes,
    intrinsic_declarations,
    library_declarations,
)
from autograd.backends.llvm.loop import direct_entry, mapped_entry, single_entry, unload
from autograd.backends.llvm.loops import ARENA_AT, is_structured, steps_in
from autograd.backends.llvm.memory import MEMORY, VECTOR, waits
from autograd.backends.llvm.partition import Section
from autograd.ir.function import CONSTANT, F64, I1, PARAMETER, Function

DIRECT_LIMIT = 6  # arguments that fit in registers on every platform
LARGE = 4000  # steps from which on functions are cut, and left as they are by the optimiser
CUT = 300  # steps in a function then


@dataclass
class Assembled:
    """The text of a module and what its caller must provide.

    Attributes:
        text: the LLVM code.
        level: the optimisation level that fits its size.
        direct: whether there is the entry point for plain numbers.
        work: bytes of working memory for each thread.
        shared: bytes for numbers that all rows share.
        arena: where in the working memory the arena is, if there are loops.
    """

    text: str
    level: int
    direct: bool
    work: int
    shared: int
    arena: int | None = None


def assembled(
    function: Function, layout: Layout, exact: bool, alone: bool, watched: bool = False
) -> Assembled:
    """Return the LLVM module of a program.

    Args:
        function: the program.
        layout: where its parameters and results lie.
        exact: whether bits must be those of the eager engine.
        alone: whether its result is a number in no container.
        watched: whether ``run`` and ``finish`` return 1 where a result is nan.
    """
    mapped_inputs = [i for i, source in enumerate(layout.sources) if source.row is not None]
    if not exact:
        function = contracted(function, mapped_inputs)
    steps = [
        place
        for place in range(len(function.parameters), len(function))
        if function.opcodes[place] != CONSTANT
    ]
    is_looping = is_structured(function)
    size = steps_in(function) if is_looping else len(steps)
    level, chunk = _level(size, layout)
    if is_looping:
        chunk = len(steps) or 1
    varies = function.depends_on(mapped_inputs)
    shared_places = [place for place in steps if not varies[place]]
    row_places = [place for place in steps if varies[place]]
    if is_looping and layout.mapped:
        row_places = _with_arrays(function, row_places)
    if not layout.mapped:
        exports: dict[int, int] = {}
    else:
        read = {operand for place in row_places for operand in function.operands[place]}
        read.update(function.results)
        crossing = [
            place for place in shared_places
            if place in read and function.types[place] in (F64, I1)
        ]  # fmt: skip
        exports = {place: 8 * slot for slot, place in enumerate(crossing)}
    single = Section(
        "single",
        function,
        layout,
        lanes=False,
        exact=exact,
        places=shared_places,
        outputs=() if layout.mapped else enumerate(function.results),
        exports=exports,
        imports={},
        first_slot=0,
        chunk=chunk,
        varies=varies,
    )
    sections = [single]
    if layout.mapped:
        staged = waits(layout)
        sums = 8 * LANES * len(function.results) if layout.reduce or staged else 0
        rows = Section(
            "rows",
            function,
            layout,
            lanes=True,
            exact=exact,
            places=row_places,
            outputs=enumerate(function.results),
            exports={},
            imports=exports,
            first_slot=sums,
            chunk=chunk,
            varies=varies,
        )
        sections.append(rows)
        calls = list(rows.calls)
        if staged:
            calls.append("call void @unload(ptr %in, ptr %out, ptr %work, i64 %row, i64 %count)")
        entry = mapped_entry(single.calls, calls, layout, len(function.results), watched)
        if staged:
            entry = unload(layout) + entry
    else:
        entry = single_entry(single.calls, layout, watched)
    direct = ""
    if alone and not layout.mapped and not is_looping and _fits_direct(layout, len(steps)):
        direct = direct_entry(function, steps, exact)
    parts = [_head(sections, exact), *("\n".join(s.text) for s in sections)]
    work = max(section.work for section in sections)
    place = None
    if any(section.has_loops for section in sections):
        place = work + -work % 64
        work = place + arena.ARENA_BYTES
        constants = {name: line for section in sections for name, line in section.constants.items()}
        parts = [*constants.values(), arena.declarations(), *parts]
    text = "\n".join([MEMORY, *parts, entry, direct])
    return Assembled(
        text=text.replace(ARENA_AT, str(place)),
        level=level,
        direct=bool(direct),
        work=work,
        shared=8 * len(exports),
        arena=place,
    )


def _with_arrays(function: Function, places: Sequence[int]) -> list[int]:
    """Return these steps, and those besides that make the arrays and tuples that they use."""
    kept = set(places)
    stack = list(places)
    while stack:
        for operand in function.operands[stack.pop()]:
            is_made = function.opcodes[operand] != PARAMETER
            if operand not in kept and is_made and function.types[operand] not in (F64, I1):
                kept.add(operand)
                stack.append(operand)
    return sorted(kept)


def _level(steps: int, layout: Layout) -> tuple[int, int]:
    """Return the optimisation level, and how many steps go in a function, for a program's size.

    Level 1 takes more than linear time over many loads and stores with little in between.
    """
    results = len(layout.sinks)
    inputs = sum(source.row is not None for source in layout.sources)
    size = steps + 4 * (results * (results > steps) + inputs * (4 * inputs > steps))
    return (1, steps or 1) if size <= LARGE else (0, CUT)


def _head(sections: Sequence[Section], exact: bool) -> str:
    """Return declarations, and the functions that the sections call."""
    wide = '"min-legal-vector-width"="512" "prefer-vector-width"="512"'
    text = [f"attributes #0 = {{ alignstack=64 {wide} }}"]
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
        text.append(each_lanes(each))
    if near:
        text.append(vector_math.declarations())
        text += [vector_math.function_text(kind) for kind in sorted(near)]
    return "\n".join(text) + "\n"


def _fits_direct(layout: Layout, steps: int) -> bool:
    return (
        layout.arrays == 0
        and len(layout.sinks) == 1
        and layout.numbers <= DIRECT_LIMIT
        and steps <= LARGE
    )
