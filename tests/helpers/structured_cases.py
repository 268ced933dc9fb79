"""Random Functions with loops, choices, calls and arrays."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from function_cases import number

from autograd.backends.binding import Binding
from autograd.ir.function import (
    ADD_ALL,
    ADD_AT,
    ARRAY,
    ARRAY_TYPE,
    CALL,
    COND,
    F64,
    I1,
    LOAD,
    PUSH,
    SCAN,
    SIZE,
    WHILE,
    ZEROS,
    Function,
    Parameter,
    operand_types,
    result_type,
)
from autograd.ir.lower import PRIMITIVES, pruned

STEPS = 4  # a loop takes no more


@dataclass
class Program:
    """A program that grows at random.

    Attributes:
        source: what draws.
        as_lowered: whether only what lowering makes may be in it.
        depth: how many bodies are around it.
        numbers: what there is of each type.
        own: the arrays that may be changed, among those.
    """

    source: random.Random
    as_lowered: bool
    depth: int = 0
    function: Function = field(default_factory=Function)
    numbers: dict[str, list[int]] = field(default_factory=lambda: {F64: [], I1: [], ARRAY_TYPE: []})
    own: list[int] = field(default_factory=list)

    def parameter(self, name: str, type_: str = F64) -> int:
        place = self.function.add_parameter(Parameter(name, type_))
        self.numbers[type_].append(place)
        return place

    def put(self, place: int) -> int:
        self.numbers[str(self.function.types[place])].append(place)
        return place

    def add(self, opcode: str, *operands: int) -> int:
        return self.put(self.function.add(opcode, operands))

    def constant(self, constant: float | bool) -> int:
        return self.put(self.function.add_constant(constant))

    def pick(self, type_: str) -> int:
        found = self.numbers[type_]
        if not found:
            self.constant(number(self.source) if type_ == F64 else self.source.random() < 0.5)
        return self.source.choice(self.numbers[type_][-8:])

    def count(self) -> int:
        """Return a whole number from 0 to ``STEPS``, which may be one of the call."""
        draw = self.source.random()
        if draw < 0.4:
            return self.constant(float(self.source.randint(0, STEPS)))
        if draw < 0.5 and self.numbers[ARRAY_TYPE]:
            size = self.add(SIZE, self.pick(ARRAY_TYPE))
        else:
            size = self.add("floor", self.pick(F64))
        most, none = self.constant(float(STEPS)), self.constant(0.0)
        most = self.add("where", self.add("less_equal", size, most), size, most)
        return self.add("where", self.add("less", none, most), most, none)

    def index(self) -> int:
        draw = self.source.random()
        if draw < 0.5:
            return self.constant(float(self.source.randint(-3, 4)))
        return self.count() if draw < 0.8 else self.pick(F64)

    def array(self, is_empty: bool = False) -> int:
        """Return a new array, which may be changed."""
        draw = self.source.random()
        if is_empty or (not self.as_lowered and draw < 0.3):
            count = 0 if is_empty else self.source.randint(0, 3)
            made = self.function.add(ARRAY, tuple(self.pick(F64) for _ in range(count)))
        else:
            made = self.function.add(ZEROS, (self.count(),))
        self.own.append(self.put(made))
        return made

    def change(self, array: int, may_push: bool) -> int:
        """Return what an array has become by a change of it."""
        opcodes = [PUSH, PUSH, ADD_AT, ADD_ALL] if may_push else [ADD_AT, ADD_ALL]
        opcode = self.source.choice(opcodes)
        if opcode == PUSH:
            operands = (array, self.pick(F64))
        elif opcode == ADD_AT:
            operands = (array, self.index(), self.pick(F64))
        else:
            size = self.function.add(SIZE, (array,))
            other = self.function.add(ZEROS, (self.put(size),))
            other = self.function.add(ADD_AT, (other, self.index(), self.pick(F64)))
            operands = (array, other)
        self.consume(array)
        changed = self.put(self.function.add(opcode, operands))
        self.own.append(changed)
        return changed

    def consume(self, array: int) -> None:
        self.own.remove(array)
        self.numbers[ARRAY_TYPE].remove(array)

    def step(self) -> None:
        """Add an instruction or a few."""
        draw = self.source.random()
        if draw < 0.1:
            self.constant(self.source.random() < 0.5 if draw < 0.02 else number(self.source))
        elif draw < 0.5:
            opcode = self.source.choice(sorted(PRIMITIVES))
            operands = [self.pick(type_) for type_ in operand_types(opcode)]
            made = self.function.add(opcode, tuple(operands))
            self.numbers[result_type(opcode)].append(made)
        elif draw < 0.6:
            if self.source.random() < 0.5:
                self.array()
            else:
                constants = [self.constant(number(self.source)) for _ in range(3)]
                self.add(ARRAY, *constants[: self.source.randint(1, 3)])
        elif draw < 0.75 and self.numbers[ARRAY_TYPE]:
            self.add(LOAD, self.pick(ARRAY_TYPE), self.index())
        elif draw < 0.8 and self.own and not self.as_lowered:
            self.change(self.source.choice(self.own), True)
        elif self.depth < 3:
            self.bodies()

    def bodies(self) -> None:
        """Add an instruction with bodies."""
        source = self.source
        loops = [SCAN, WHILE]
        opcode = source.choice(loops if self.as_lowered else [*loops, SCAN, COND, CALL])
        if opcode in (COND, CALL):
            self.choice_or_call(opcode)
            return
        kinds = [source.choice((F64, F64, I1)) for _ in range(source.randint(1, 3))]
        carries = [self.pick(kind) for kind in kinds]
        arrays, pushes = [], []
        for _ in range(source.choice((0, 1, 1, 2))):
            may_push = source.random() < 0.5
            pushes.append(may_push)
            if self.own and not self.as_lowered and source.random() < 0.5:
                arrays.append(source.choice(self.own))
                self.consume(arrays[-1])
            else:
                arrays.append(self.array(may_push and self.as_lowered))
                self.consume(arrays[-1])
        captured = [self.pick(source.choice((F64, F64, I1))) for _ in range(source.randint(0, 3))]
        captured += [self.pick(ARRAY_TYPE)] if self.numbers[ARRAY_TYPE] else []
        head = [self.count()] if opcode == SCAN else [self.constant(0.0)]
        if opcode == WHILE:
            kinds.insert(0, F64)
        types = [*kinds, *[ARRAY_TYPE] * len(arrays)]
        types += [str(self.function.types[each]) for each in captured]
        names = [F64, *types] if opcode == SCAN else types
        made = []
        for is_condition in (True, False)[opcode == SCAN :]:
            body = Program(source, self.as_lowered, self.depth + 1)
            places = [body.parameter(f"p{place}", type_) for place, type_ in enumerate(names)]
            first = int(opcode == SCAN)
            carried = places[first + len(kinds) : first + len(kinds) + len(arrays)]
            for place in carried:
                body.numbers[ARRAY_TYPE].remove(place)  # changed in order, at the end
            for _ in range(source.randint(1, 5)):
                body.step()
            if is_condition:
                most = body.constant(float(source.randint(0, STEPS)))
                goes_on = body.add("less", 0, most)
                made.append(pruned(body.function.end((goes_on,))))
                continue
            following = [body.pick(kind) for kind in kinds]
            if source.random() < 0.3:  # they change places
                same = [place for place, kind in enumerate(kinds) if kind == F64 and place]
                chosen = same[:]
                source.shuffle(chosen)
                for place, other in zip(same, chosen, strict=True):
                    following[place] = first + other
            if opcode == WHILE:
                following[0] = body.add("add", 0, body.constant(1.0))
            for place, may_push in zip(carried, pushes, strict=True):
                body.own.append(place)
                body.numbers[ARRAY_TYPE].append(place)
                now = place
                for _ in range(source.randint(1, 2)):
                    if self.as_lowered and may_push:
                        body.consume(now)
                        now = body.put(body.function.add(PUSH, (now, body.pick(F64))))
                        body.own.append(now)
                    else:
                        now = body.change(now, not self.as_lowered)
                body.consume(now)
                following.append(now)
            made.append(pruned(body.function.end(tuple(following))))
        call = self.function.add_call(opcode, (*head, *carries, *arrays, *captured), *made)
        self.take_parts(call)

    def take_parts(self, call: int) -> None:
        for place, type_ in enumerate(self.function.types[call]):
            part = self.put(self.function.add_extract(call, place))
            if type_ == ARRAY_TYPE:
                self.own.append(part)

    def choice_or_call(self, opcode: str) -> None:
        source = self.source
        kinds = [source.choice((F64, F64, I1)) for _ in range(source.randint(1, 3))]
        given = [self.pick(kind) for kind in kinds]
        if self.numbers[ARRAY_TYPE]:
            given.append(self.pick(ARRAY_TYPE))
            kinds.append(ARRAY_TYPE)
        results = [source.choice((F64, I1)) for _ in range(source.randint(1, 2))]
        has_array = source.random() < 0.4
        made = []
        for _ in range(2 if opcode == COND else 1):
            body = Program(source, False, self.depth + 1)
            for place, kind in enumerate(kinds):
                body.parameter(f"p{place}", kind)
            for _ in range(source.randint(1, 5)):
                body.step()
            ended = [body.pick(kind) for kind in results]
            if has_array:
                ended.append(source.choice(body.own) if body.own else body.array())
            made.append(pruned(body.function.end(tuple(ended))))
        head = [self.pick(I1)] if opcode == COND else []
        self.take_parts(self.function.add_call(opcode, (*head, *given), *made))


def random_structured(source: random.Random, as_lowered: bool) -> Function:
    """Return a program with bodies and arrays, some among its parameters."""
    program = Program(source, as_lowered)
    program.function.name = f"case {source.getrandbits(60)}"
    for place in range(source.randint(1, 3)):
        program.parameter(f"x[{place}]")
    for place in range(source.choice((0, 0, 1, 2))):
        program.parameter(f"array {place}", ARRAY_TYPE)
    for _ in range(source.randint(2, 10)):
        program.step()
    if not program.function.bodies:
        program.bodies()
    results = [program.source.choice(program.numbers[F64][-4:]) for _ in range(2)]
    for array in program.numbers[ARRAY_TYPE][-2:]:
        size = program.add(SIZE, array)
        results += [size, program.add(LOAD, array, program.constant(-1.0))]
    return pruned(program.function.end(tuple(results)))


def structured_case(source: random.Random, as_lowered: bool):
    """Return a function, a binding, what all rows share and rows, as ``random_case`` does."""
    function = random_structured(source, as_lowered)
    plain = [p for p, parameter in enumerate(function.parameters) if parameter.type == F64]
    arrays = len(function.parameters) - len(plain)
    own = [[number(source) for _ in range(source.randint(0, 5))] for _ in range(arrays)]
    kind = source.choice((None, None, "rows", "sum", "mean"))
    if kind is None:
        return function, Binding(), [*[number(source) for _ in plain], *own], []
    mapped = frozenset(source.sample(plain, source.randint(1, len(plain))))
    binding = Binding(mapped, None if kind == "rows" else kind)
    rows = [[number(source) for _ in mapped] for _ in range(source.choice((1, 3, 8, 9, 20)))]
    return function, binding, [*[number(source) for _ in plain[len(mapped) :]], *own], rows
