"""Loops and arrays as LLVM code: a loop's body is written in place, its carries are registers.

Arrays lie in an *arena* (``arena.py``), memory of the thread that grows by blocks and is given back
at the end of the function, and at the end of each step of a loop. An array of eight rows holds
eight numbers at each place, one a lane; arrays of constants and of arguments hold one number, for
all lanes.

Lanes go through a loop together: those that are done wait, masked, until the last one is.

Every so many instructions a loop asks Python whether there is a signal, so that Ctrl-C ends a loop
that does not end by itself.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.backends.binding import LANES
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.arena import BASE, HEAD, TICKS, USED
from autograd.backends.llvm.instructions import Body, literal
from autograd.backends.llvm.memory import VECTOR, Chunk
from autograd.ir.function import (
    ADD_ALL,
    ADD_AT,
    ARRAY,
    ARRAY_TYPE,
    BODIES,
    EXTRACT,
    I1,
    LOAD,
    ON_ARRAYS,
    PARAMETER,
    PUSH,
    SCAN,
    SIZE,
    ZEROS,
    Function,
)

ARENA_AT = "ARENA_OFFSET"  # stands for a number that is known when all functions are written


@dataclass(frozen=True, slots=True)
class ArrayName:
    """What an array is called in a function.

    Attributes:
        data: the pointer to its numbers.
        size, capacity: how many there are, and there can be, 64-bit integers.
        lanes: whether it has eight numbers at each place.
    """

    data: str
    size: str
    capacity: str = "0"
    lanes: bool = False


def is_structured(function: Function) -> bool:
    """Return whether there are loops or arrays in a program."""
    opcodes = function.used_opcodes
    return (
        not opcodes.isdisjoint(BODIES)
        or not opcodes.isdisjoint(ON_ARRAYS)
        or ARRAY_TYPE in function.types
    )


def steps_in(function: Function) -> int:
    """Return how many instructions there are, those of bodies included."""
    bodies = [body for each in function.bodies.values() for body in each]
    return len(function) + sum(map(steps_in, bodies))


class Looping(Chunk):
    """A function's body in which there can be loops and arrays."""

    def __init__(
        self,
        function: Function,
        layout: Layout,
        lanes: bool,
        exact: bool,
        fetch: Callable[[Body, int], str],
        uniform: Callable[[int], bool],
    ) -> None:
        super().__init__(function, layout, lanes, exact, fetch)
        self.constants: dict[str, str] = {}  # arrays of constants: their text by name
        self.has_loops = False
        self._labels = itertools.count()
        self._uniform = uniform  # whether all lanes have the same number
        self._arrays_named: dict[int, ArrayName] = {}
        self._tuples: dict[int, list[Any]] = {}
        self._known_uniform: dict[int, bool] = {}
        self._row_places: dict[tuple[str, int], str] = {}
        self._active: str | None = None  # the lanes that take part; None for all

    # -- small pieces ------------------------------------------------------------------------------

    def label(self, word: str) -> str:
        """Return a label that nothing else has."""
        return f"{word}{next(self._labels)}"

    def begin(self, label: str) -> None:
        """Go on in a new basic block, which the one before falls into."""
        self.lines += [f"br label %{label}", f"{label}:"]

    def branch(self, condition: str, then: str, otherwise: str) -> None:
        """End the basic block."""
        self.lines.append(f"br i1 {condition}, label %{then}, label %{otherwise}")

    @property
    def width(self) -> int:
        """Bytes of a place in an array of this function."""
        return 8 * LANES if self.lanes else 8

    def is_uniform(self, number: int) -> bool:
        """Return whether all lanes have the same number."""
        if not self.lanes:
            return True
        known = self._known_uniform.get(number)
        if known is None:
            function = self.function
            opcode, operands = function.opcodes[number], function.operands[number]
            if number in function.constants or self._uniform(number):
                known = True  # also what was computed once for all rows, and elsewhere
            elif opcode in (PARAMETER, EXTRACT) or number not in self._names:
                known = False
            elif opcode == LOAD:
                array = self._arrays_named[operands[0]]
                known = not array.lanes and self.is_uniform(operands[1])
            else:
                known = opcode == SIZE or all(map(self.is_uniform, operands))
            self._known_uniform[number] = known
        return known

    def first_lane(self, name: str) -> str:
        """Return the number of the first lane, as a scalar."""
        return self.new(f"extractelement {VECTOR} {name}, i64 0") if self.lanes else name

    def whole(self, number: int) -> str:
        """Return a count, the same in all lanes, as a 64-bit integer from 0 to 2^40."""
        constant = self.function.constants.get(number)
        if constant is not None and 0.0 <= constant <= 2.0**40 and constant % 1.0 == 0.0:
            return str(int(constant))
        return self._as_count(self.first_lane(self.name(number)))

    def _as_count(self, double: str) -> str:
        up = self.new(f"call double @llvm.ceil.f64(double {double})")
        integer = self.new(f"call i64 @llvm.fptosi.sat.i64.f64(double {up})")
        least = self.new(f"call i64 @llvm.smax.i64(i64 {integer}, i64 0)")
        return self.new(f"call i64 @llvm.umin.i64(i64 {least}, i64 {2**40})")

    def take_memory(self, size: str) -> str:
        """Return memory for so many places; the function ends where there is none."""
        count = self.new(f"mul i64 {size}, {self.width}")
        pointer = self.new(f"call ptr @arena_take(ptr %arena, i64 {count})")
        failed, there = self.new(f"icmp eq ptr {pointer}, null"), self.label("there")
        self.branch(failed, "abort", there)
        self.lines.append(f"{there}:")
        return pointer

    # -- instructions ------------------------------------------------------------------------------

    def step(self, number: int) -> None:
        """Add the lines of one instruction."""
        opcode = self.function.opcodes[number]
        if opcode in BODIES:
            self.has_loops = True
            self._loop(number, opcode == SCAN)
        elif opcode == EXTRACT:
            (operand,), (place,) = self.function.operands[number], self.function.statics[number]
            part = self._tuples[operand][place]
            if isinstance(part, ArrayName):
                self._arrays_named[number] = part
            else:
                self._names[number] = part
        elif opcode in ON_ARRAYS:
            self.has_loops = True
            self._on_array(number, opcode)
        else:
            super().step(number)

    def array_named(self, number: int) -> ArrayName:
        """Return what an array is called here: one of the arguments is read where it lies."""
        if number not in self._arrays_named:
            source = self.layout.sources[number]
            assert source.array is not None
            assert source.extent is not None
            data = self.at(self.array(source.array), source.offset)
            double = self.load("double", self.at("%in", source.extent))
            size = self.new(f"fptosi double {double} to i64")
            self._arrays_named[number] = ArrayName(data, size)
        return self._arrays_named[number]

    def _on_array(self, number: int, opcode: str) -> None:
        operands = self.function.operands[number]
        if opcode == ARRAY:
            self._arrays_named[number] = self._packed(operands)
            return
        if opcode == ZEROS:
            size = self.whole(operands[0])
            data = self.take_memory(size)
            count = self.new(f"mul i64 {size}, {self.width}")
            self.lines.append(
                f"call void @llvm.memset.p0.i64(ptr {data}, i8 0, i64 {count}, i1 false)"
            )
            self._arrays_named[number] = ArrayName(data, size, size, self.lanes)
            return
        array = self.array_named(operands[0])
        if opcode == SIZE:
            self._names[number] = self.splat(self.new(f"sitofp i64 {array.size} to double"))
        elif opcode == LOAD:
            is_inside = number in self.function.statics
            self._names[number] = self._number_in(array, operands[1], is_inside)
        elif opcode == PUSH:
            self.store(self.type, self.name(operands[1]), self._place(array, array.size))
            size = self.new(f"add i64 {array.size}, 1")
            self._arrays_named[number] = replace(array, size=size)
        elif opcode == ADD_AT:
            self._add_at(array, operands[1], self.name(operands[2]))
            self._arrays_named[number] = array
        else:
            assert opcode == ADD_ALL
            self._add_all(array, self.array_named(operands[1]))
            self._arrays_named[number] = array

    def _packed(self, operands: Sequence[int]) -> ArrayName:
        size = str(len(operands))
        if not operands:
            return ArrayName("null", "0", "0", self.lanes)
        constants = self.function.constants
        if all(operand in constants for operand in operands):
            text = ", ".join(
                f"double {literal(float(constants[operand]), False)}" for operand in operands
            )
            name = f"@constants_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
            self.constants[name] = f"{name} = internal constant [{size} x double] [{text}], align 8"
            return ArrayName(name, size)
        names = [self.name(operand) for operand in operands]
        data = self.take_memory(size)
        for place, name in enumerate(names):
            self.store(self.type, name, self.at(data, place * self.width))
        return ArrayName(data, size, size, self.lanes)

    def _place(self, array: ArrayName, index: str) -> str:
        width = 8 * LANES if array.lanes else 8
        return self.at(array.data, self.new(f"mul i64 {index}, {width}"))

    def _checked_place(self, array: ArrayName, index: int, otherwise: str) -> str:
        """Return where a number of an array is, or another pointer where there is none."""
        constant = self.function.constants.get(index)
        size = int(array.size) if array.size.isdigit() else 0
        if constant is not None and 0.0 <= constant < size and constant % 1.0 == 0.0:
            return self.at(array.data, int(constant) * (8 * LANES if array.lanes else 8))
        double = self.first_lane(self.name(index))
        integer = self.new(f"call i64 @llvm.fptosi.sat.i64.f64(double {double})")
        back = self.new(f"sitofp i64 {integer} to double")
        is_whole = self.new(f"fcmp oeq double {back}, {double}")
        is_below = self.new(f"icmp slt i64 {integer}, 0")
        from_end = self.new(f"add i64 {integer}, {array.size}")
        place = self.new(f"select i1 {is_below}, i64 {from_end}, i64 {integer}")
        is_inside = self.new(f"icmp ult i64 {place}, {array.size}")
        is_there = self.new(f"and i1 {is_whole}, {is_inside}")
        pointer = self._place(array, place)
        return self.new(f"select i1 {is_there}, ptr {pointer}, ptr {otherwise}")

    def _place_inside(self, array: ArrayName, index: int) -> str:
        """Return where a number of an array is, by an index that is known to be inside.

        The places of a row differ by constants, and their common part is computed once.
        """
        function, offset = self.function, 0
        if function.opcodes[index] == "add":
            for one, other in (function.operands[index], function.operands[index][::-1]):
                constant = function.constants.get(other)
                if constant is not None and constant % 1.0 == 0.0 and 0.0 <= constant < 2.0**31:
                    index, offset = one, int(constant)
                    break
        width = 8 * LANES if array.lanes else 8
        key = array.data, index
        if key not in self._row_places:
            double = self.first_lane(self.name(index))
            integer = self.new(f"fptosi double {double} to i64")
            self._row_places[key] = self._place(array, integer)
        return self.at(self._row_places[key], offset * width)

    def _checked_places(self, array: ArrayName, index: int) -> tuple[str, str]:
        """Return eight pointers, one for each lane, and which of them are inside the array."""
        eight, bits = f"<{LANES} x i64>", f"<{LANES} x i1>"

        def splat(integer: str) -> str:
            first = self.new(f"insertelement {eight} poison, i64 {integer}, i64 0")
            zeros = f"<{LANES} x i32> zeroinitializer"
            return self.new(f"shufflevector {eight} {first}, {eight} poison, {zeros}")

        name, size = self.name(index), splat(array.size)
        kind = f"v{LANES}i64.v{LANES}f64"
        integer = self.new(f"call {eight} @llvm.fptosi.sat.{kind}({VECTOR} {name})")
        back = self.new(f"sitofp {eight} {integer} to {VECTOR}")
        is_whole = self.new(f"fcmp oeq {VECTOR} {back}, {name}")
        is_below = self.new(f"icmp slt {eight} {integer}, zeroinitializer")
        from_end = self.new(f"add {eight} {integer}, {size}")
        place = self.new(f"select {bits} {is_below}, {eight} {from_end}, {eight} {integer}")
        is_inside = self.new(f"icmp ult {eight} {place}, {size}")
        is_there = self.new(f"and {bits} {is_whole}, {is_inside}")
        if array.lanes:
            lanes = ", ".join(f"i64 {lane}" for lane in range(LANES))
            first = self.new(f"mul {eight} {place}, {splat(str(LANES))}")
            place = self.new(f"add {eight} {first}, <{lanes}>")
        pointers = self.new(f"getelementptr double, ptr {array.data}, {eight} {place}")
        return pointers, is_there

    def _number_in(self, array: ArrayName, index: int, is_inside: bool) -> str:
        if self.is_uniform(index):
            if is_inside:
                place = self._place_inside(array, index)
            else:
                place = self._checked_place(array, index, "@no_number")
            if array.lanes:
                return self.load(VECTOR, place)
            return self.splat(self.load("double", place))
        pointers, is_there = self._checked_places(array, index)
        return self._gather(pointers, is_there)

    def _gather(self, pointers: str, mask: str) -> str:
        nan = literal(float("nan"), True)
        return self.new(
            f"call {VECTOR} @llvm.masked.gather.v{LANES}f64.v{LANES}p0(<{LANES} x ptr> {pointers}, "
            f"i32 8, <{LANES} x i1> {mask}, {VECTOR} {nan})"
        )

    def _masked(self, name: str) -> str:
        """Return a number, and 0 in the lanes that take no part."""
        if self._active is None:
            return name
        bits = f"<{LANES} x i1>"
        return self.new(f"select {bits} {self._active}, {VECTOR} {name}, {VECTOR} zeroinitializer")

    def _add_at(self, array: ArrayName, index: int, name: str) -> None:
        if self.is_uniform(index):
            place = self._checked_place(array, index, "%scratch")
            before = self.load(self.type, place)
            total = self.new(f"fadd {self.type} {before}, {self._masked(name)}")
            self.store(self.type, total, place)
            return
        pointers, mask = self._checked_places(array, index)
        if self._active is not None:
            mask = self.new(f"and <{LANES} x i1> {mask}, {self._active}")
        total = self.new(f"fadd {VECTOR} {self._gather(pointers, mask)}, {name}")
        self.lines.append(
            f"call void @llvm.masked.scatter.v{LANES}f64.v{LANES}p0({VECTOR} {total}, "
            f"<{LANES} x ptr> {pointers}, i32 8, <{LANES} x i1> {mask})"
        )

    def _add_all(self, array: ArrayName, other: ArrayName) -> None:
        before, head, body, done = map(self.label, ("before", "add", "added", "done"))
        self.begin(before)
        self.lines += [f"br label %{head}", f"{head}:"]
        at = len(self.lines)
        self.lines.append("")
        index = f"%index_{head}"
        more = self.new(f"icmp ult i64 {index}, {array.size}")
        self.branch(more, body, done)
        self.lines.append(f"{body}:")
        there = self._place(array, index)
        if other.lanes or not self.lanes:
            added = self.load(self.type, self._place(other, index))
        else:
            added = self.splat(self.load("double", self._place(other, index)))
        total = self.new(f"fadd {self.type} {self.load(self.type, there)}, {self._masked(added)}")
        self.store(self.type, total, there)
        following = self.new(f"add i64 {index}, 1")
        self.lines += [f"br label %{head}", f"{done}:"]
        self.lines[at] = f"{index} = phi i64 [ 0, %{before} ], [ {following}, %{body} ]"

    def _reserved(self, array: ArrayName, more: str) -> ArrayName:
        """Return an array with room for more numbers at its end."""
        enough, grow, done = map(self.label, ("enough", "grow", "grown"))
        needed = self.new(f"add i64 {array.size}, {more}")
        fits = self.new(f"icmp ule i64 {needed}, {array.capacity}")
        self.begin(enough)
        self.branch(fits, done, grow)
        self.lines.append(f"{grow}:")
        twice = self.new(f"mul i64 {array.capacity}, 2")
        capacity = self.new(f"call i64 @llvm.umax.i64(i64 {needed}, i64 {twice})")
        data = self.take_memory(capacity)
        count = self.new(f"mul i64 {array.size}, {self.width}")
        self.lines.append(
            f"call void @llvm.memcpy.p0.p0.i64(ptr {data}, ptr {array.data}, i64 {count}, i1 false)"
        )
        copied = self.label("copied")
        self.begin(copied)
        self.lines += [f"br label %{done}", f"{done}:"]
        here = self.new(f"phi ptr [ {array.data}, %{enough} ], [ {data}, %{copied} ]")
        room = self.new(f"phi i64 [ {array.capacity}, %{enough} ], [ {capacity}, %{copied} ]")
        return ArrayName(here, array.size, room, self.lanes)

    # -- loops -------------------------------------------------------------------------------------

    def _loop(self, number: int, is_scan: bool) -> None:
        function = self.function
        operands, bodies = function.operands[number], function.bodies[number]
        types = function.types[number]
        body = bodies[-1]
        first, count = int(is_scan), len(types)
        carried, captured = operands[first : first + count], operands[first + count :]
        limit, lengths = "", ""
        if is_scan:
            lengths = self.name(operands[0])
            limit = self._limit(operands[0], lengths)
        scalars = [place for place, type_ in enumerate(types) if type_ != ARRAY_TYPE]
        pushes = _pushes(body, first, count)
        initial = {place: self.name(carried[place]) for place in scalars}
        arrays = {
            place: self.array_named(carried[place])
            for place in range(count)
            if types[place] == ARRAY_TYPE
        }
        outside = [
            self.array_named(each) if function.types[each] == ARRAY_TYPE else self.name(each)
            for each in captured
        ]
        growing = [place for place in arrays if pushes[place]]
        if is_scan and growing:
            steps = self._as_count(limit)
            for place in growing:
                arrays[place] = self._reserved(
                    arrays[place], self.new(f"mul i64 {steps}, {pushes[place]}")
                )
        before, head, test, inside, latch, done = map(
            self.label, ("before", "head", "test", "body", "latch", "done")
        )
        self.begin(before)
        self.lines += [f"br label %{head}", f"{head}:"]
        at = len(self.lines)
        phis: list[tuple[str, str, str]] = []  # name, type, first value

        def phi(type_: str, start: str) -> str:
            name = f"%{head}_{len(phis)}"
            phis.append((name, type_, start))
            return name

        index = phi("i64", "0")
        values = {
            place: phi(self.bit if types[place] == I1 else self.type, initial[place])
            for place in scalars
        }
        in_loop: dict[int, ArrayName] = {}
        for place, array in arrays.items():
            if not pushes[place]:
                in_loop[place] = array
            elif is_scan:
                size = self.new(f"mul i64 {index}, {pushes[place]}")
                in_loop[place] = replace(array, size=self.new(f"add i64 {array.size}, {size}"))
            else:
                data, size = phi("ptr", array.data), phi("i64", array.size)
                in_loop[place] = ArrayName(data, size, phi("i64", array.capacity), self.lanes)
        outer_active = self._active
        double = self.new(f"sitofp i64 {index} to double")
        step_number = self.splat(double)
        is_masked = self.lanes and not (is_scan and self.is_uniform(operands[0]))
        bits = f"<{LANES} x i1>"
        active = ""
        if is_masked:
            every = f"<{', '.join(['i1 true'] * LANES)}>"
            active = phi(bits, outer_active or every)
        given: list[Any] = [values[p] if p in values else in_loop[p] for p in range(count)]
        if is_scan:
            more = self.new(f"fcmp olt double {double}, {limit}")
            going = active
            if is_masked:
                within = self.new(f"fcmp olt {VECTOR} {step_number}, {lengths}")
                going = self.new(f"and {bits} {within}, {active}")
        else:
            (condition,) = self._inlined(bodies[0], [*given, *outside], captured, None)
            more, going = condition, ""
            if is_masked:
                going = self.new(f"and {bits} {condition}, {active}")
                byte = self.new(f"bitcast {bits} {going} to i{LANES}")
                more = self.new(f"icmp ne i{LANES} {byte}, 0")
        self.begin(test)
        self.branch(more, inside, done)
        self.lines.append(f"{inside}:")
        self._ask_for_signals(len(body) + 1)
        if is_masked:
            self._active = going
        if not is_scan:
            for place in growing:
                in_loop[place] = self._reserved(in_loop[place], str(pushes[place]))
            given = [values[p] if p in values else in_loop[p] for p in range(count)]
        allocates = any(opcode in BODIES or opcode in (ARRAY, ZEROS) for opcode in body.opcodes)
        base = self.load("ptr", self.at("%arena", BASE)) if allocates else ""
        used = self.load("i64", self.at("%arena", USED)) if allocates else ""
        head_arguments = [step_number] if is_scan else []
        results = self._inlined(
            body, [*head_arguments, *given, *outside], captured, 0 if is_scan else None
        )
        if allocates:
            self.lines.append(f"call void @arena_release(ptr %arena, ptr {base}, i64 {used})")
        following: list[str] = [self.new(f"add i64 {index}, 1")]
        for place in scalars:
            result = results[place]
            if is_masked:
                type_ = self.bit if types[place] == I1 else self.type
                result = self.new(
                    f"select {bits} {going}, {type_} {result}, {type_} {values[place]}"
                )
            following.append(result)
        if not is_scan:
            for place in growing:
                array = results[place]
                following += [array.data, array.size, array.capacity]
        if is_masked:
            following.append(going)
        self._active = outer_active
        self.begin(latch)
        self.lines += [f"br label %{head}", f"{done}:"]
        self.lines[at:at] = [
            f"{name} = phi {type_} [ {start}, %{before} ], [ {next_}, %{latch} ]"
            for (name, type_, start), next_ in zip(phis, following, strict=True)
        ]
        ended: list[Any] = []
        for place in range(count):
            if place in values:
                ended.append(values[place])
            elif place in growing and not is_scan:
                at_head = 1 + len(scalars) + 3 * growing.index(place)
                data, size, room = [entry[0] for entry in phis[at_head : at_head + 3]]
                ended.append(ArrayName(data, size, room, self.lanes))
            else:
                ended.append(in_loop[place])
        self._tuples[number] = ended

    def _limit(self, length: int, name: str) -> str:
        """Return how many steps there are at most in a lane that takes part."""
        if not self.lanes:
            return name
        if self.is_uniform(length):
            return self.first_lane(name)
        lengths = self._masked(name)
        return self.new(f"call double @llvm.vector.reduce.fmax.v{LANES}f64({VECTOR} {lengths})")

    def _inlined(
        self,
        body: Function,
        arguments: Sequence[Any],
        captured: Sequence[int],
        index: int | None,
    ) -> list[Any]:
        """Write the instructions of a body in place; return what its results are called."""
        inner = object.__new__(type(self))
        inner.__dict__ |= self.__dict__
        inner.function = body
        inner._names, inner._loaded, inner._tuples, inner._known_uniform = {}, {}, {}, {}
        inner._arrays_named, inner._row_places = {}, {}
        first = len(arguments) - len(captured)
        uniform = {
            first + place for place, each in enumerate(captured) if self._is_uniform_number(each)
        }
        if index is not None:
            uniform.add(index)
        inner._uniform = lambda number: number in uniform
        for place, argument in enumerate(arguments):
            if isinstance(argument, ArrayName):
                inner._arrays_named[place] = argument
            else:
                inner._names[place] = argument
        for number in range(len(body.parameters), len(body)):
            if number not in body.constants:
                inner.step(number)
        return [
            inner.array_named(result) if body.types[result] == ARRAY_TYPE else inner.name(result)
            for result in body.results
        ]

    def _is_uniform_number(self, number: int) -> bool:
        return self.function.types[number] != ARRAY_TYPE and self.is_uniform(number)

    def _ask_for_signals(self, steps: int) -> None:
        ask, go = self.label("ask"), self.label("go")
        place = self.at("%arena", TICKS)
        left = self.new(f"sub i64 {self.load('i64', place)}, {steps}")
        self.store("i64", left, place)
        is_due = self.new(f"icmp slt i64 {left}, 0")
        self.branch(is_due, ask, go)
        self.lines.append(f"{ask}:")
        stop = self.new("call i1 @arena_ask(ptr %arena)")
        self.branch(stop, "abort", go)
        self.lines.append(f"{go}:")

    # -- the function ------------------------------------------------------------------------------

    def enclosed(self) -> list[str]:
        """Return all lines of the function, with the arena set up and given back."""
        if not self.has_loops:
            return [*self.lines, "ret void"]
        return [
            f"%arena = getelementptr i8, ptr %work, i64 {ARENA_AT}",
            f"%scratch = getelementptr i8, ptr %arena, i64 {HEAD}",
            "%stopped = call i1 @arena_begin(ptr %arena)",
            "br i1 %stopped, label %abort, label %started",
            "started:",
            *self.lines,
            "br label %abort",
            "abort:",
            "call void @arena_end(ptr %arena)",
            "ret void",
        ]


def _pushes(body: Function, first: int, count: int) -> list[int]:
    """Return how many numbers a body appends to each of its parameters from the first on."""
    counts, of = [0] * count, {first + place: place for place in range(count)}
    for number in range(len(body.parameters), len(body)):
        if body.opcodes[number] == PUSH and body.operands[number][0] in of:
            of[number] = place = of[body.operands[number][0]]
            counts[place] += 1
    return counts
