"""Random programs over all that a user may write, and what must agree on them.

A program is data: a list of steps, whose operands are places among the numbers made before, counted
from the latest and taken modulo, so that a program stays one when steps are left out (``shortened``
does that with one that fails). Among the steps are Python's decisions, ``where``, loops, lookups,
compiled functions, Values from outside, deep copies of objects with compiled methods, derivatives
and mapped functions; among the numbers are nan and infinities.
"""

from __future__ import annotations

import contextlib
import copy
import math
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy
from compiler_cases import ARITHMETIC, SPECIAL, UNARY, same

import autograd as ag
from autograd import Value, grad, gradient, hessian, hvp, jit, jvp, tree_leaves, value_and_grad
from autograd.engine.order import ordered
from autograd.table.operation import TABLE
from autograd.testing.slopes import slope, values

TWO = ("maximum", "minimum", "atan2", "hypot", "logaddexp", "copysign", "fmod")
KINDS = {  # how often each kind of step is drawn
    "unary": 24,
    "binary": 36,
    "where": 10,
    "static": 3,
    "stop": 2,
    "captured": 6,
    "if": 4,
    "sorted": 2,
    "no_grad": 2,
    "scan": 1,
    "fori": 1,
    "while": 1,
    "take": 1,
    "put": 1,
    "compiled": 2,
    "copied": 1,
    "grad": 1,
    "jvp": 1,
    "rows": 1,
    "vmap": 1,
    "sum": 2,
}
# The sums in their derivatives may be taken in another order, as those of second derivatives may:
LOOPS = {"scan", "fori", "while", "rows", "vmap", "take", "put", "grad", "jvp"}
COMPILED = {"compiled", "copied", "rows"}
LONG = {"lgamma", "digamma", "gelu"}  # hundreds of instructions each: drawn less often
SHORT = tuple(name for name in UNARY if name not in LONG)


@dataclass(frozen=True)
class Program:
    """A random program with the numbers it is run on."""

    seed: int
    inputs: int
    steps: tuple[tuple[Any, ...], ...]
    points: tuple[tuple[float, ...], ...]
    outside: tuple[float, ...]  # the numbers of the Values that it captures

    def has(self, *kinds: str) -> bool:
        return any(step[0] in kinds for step in self.steps)

    def is_cut(self) -> bool:
        """Return whether derivatives stop somewhere, which the slopes of values do not."""
        return self.has("no_grad", "stop") or "stop_gradient" in repr(self.steps)


def number(source: random.Random, wild: bool) -> float:
    if wild and source.random() < 0.3:
        return source.choice(SPECIAL)
    if source.random() < 0.15:
        return float(source.randint(-3, 3))
    return source.uniform(-3.0, 3.0)


def small_steps(source: random.Random, most: int = 3) -> tuple[tuple[Any, ...], ...]:
    steps = []
    for _ in range(source.randint(1, most)):
        kind = source.choice(("unary", "binary", "binary", "where"))
        steps.append(simple_step(source, kind, wild=False))
    return tuple(steps)


def simple_step(source: random.Random, kind: str, wild: bool) -> tuple[Any, ...]:
    i, j, k, m = (min(int(source.expovariate(0.7)), 9) for _ in range(4))
    if kind == "unary":
        return kind, source.choice(UNARY if source.random() < 0.1 else SHORT), i
    if kind == "binary":
        name = source.choice(("+", "-", "*", "/") * 3 + ("**", "**", *TWO))
        constant = number(source, wild) if source.random() < 0.35 else None
        return kind, name, i, j, constant, source.random() < 0.3
    if kind == "where":
        return kind, i, j, k, m, source.random() < 0.2
    raise LookupError(kind)


def drawn_step(source: random.Random, wild: bool) -> tuple[Any, ...]:
    kind = source.choices(list(KINDS), list(KINDS.values()))[0]
    i, j, k = (min(int(source.expovariate(0.7)), 9) for _ in range(3))
    if kind in ("unary", "binary", "where"):
        return simple_step(source, kind, wild)
    if kind == "static":
        names = ("leaky_relu", "elu", "clip", "polygamma")
        return kind, source.choices(names, (9, 9, 9, 1))[0], i
    if kind == "captured":
        return kind, source.randrange(3), source.random() < 0.25
    if kind in ("stop", "put", "take", "sum"):
        return kind, i, j, k
    if kind in ("if", "sorted"):
        return kind, i, j, k, small_steps(source), small_steps(source, 1)
    return kind, i, j, small_steps(source), source.randint(0, 4)


def program(seed: int) -> Program:
    source = random.Random(seed)
    wild = source.random() < 0.5
    inputs = source.randint(1, 3)
    steps = tuple(drawn_step(source, wild) for _ in range(source.randint(2, 10)))
    points = tuple(tuple(number(source, wild) for _ in range(inputs)) for _ in range(2))
    return Program(seed, inputs, steps, points, tuple(number(source, False) for _ in range(3)))


# -- running one -----------------------------------------------------------------------------------


class Model:
    """An object with a weight and a compiled method."""

    def __init__(self, weight: float, steps: tuple[tuple[Any, ...], ...]) -> None:
        self.weight = Value(weight)
        self.steps = steps
        self.fast = jit(self.forward)

    def forward(self, x: Any) -> Any:
        return small(self.steps, [self.weight * 1.0, x], identity)


def identity(x: Any) -> Any:
    return x


def small(
    steps: tuple[tuple[Any, ...], ...], known: list[Any], rounded: Callable[[Any], Any]
) -> Any:
    known = list(known)
    for step in steps:
        known.append(rounded(applied(step, known)))
    return known[-1]


def applied(step: tuple[Any, ...], known: list[Any]) -> Any:
    """Return what a simple step gives."""

    def at(place: int) -> Any:
        return known[-1 - place % len(known)]

    kind = step[0]
    if kind == "unary":
        return TABLE[step[1]](at(step[2]))
    if kind == "binary":
        _, name, i, j, constant, is_first = step
        a, b = at(i), at(j) if constant is None else constant
        if is_first:
            a, b = b, a
        return (ARITHMETIC.get(name) or TABLE[name])(a, b)
    if kind == "where":
        _, i, j, k, m, is_opposite = step
        condition = (at(k) > at(m)) if k % len(known) != m % len(known) else (at(k) <= 0.5)
        if is_opposite:
            condition = condition | (at(i) >= 1.0)
        return ag.where(condition, at(i), at(j))
    raise LookupError(kind)


class Running:
    """A program with the objects it captures; ``function()`` gives it as a function of numbers."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.leaves = [Value(number, label=f"w{i}") for i, number in enumerate(program.outside)]
        self.inner = [leaf * 1.5 for leaf in self.leaves]
        self.compiled: dict[int, Any] = {}
        for place, step in enumerate(program.steps):
            if step[0] == "compiled":
                body = step[3]
                self.compiled[place] = jit(lambda a, b, s=body: small(s, [a, b], identity))
            elif step[0] == "rows":
                body = step[3]
                self.compiled[place] = jit(
                    lambda a, b, s=body: small(s, [b, a], identity),
                    in_axes=(None, 0), reduce="sum",
                )  # fmt: skip
            elif step[0] == "copied":
                model = Model(program.outside[0], step[3])
                if step[4] % 2:  # the copy is made of an object whose method is compiled already
                    with contextlib.suppress(Exception):
                        model.fast(0.5)
                self.compiled[place] = copy.deepcopy(model)
                self.compiled[place].weight.data = program.outside[1]

        self.numbers = [leaf.data for leaf in self.captured()]

    def captured(self) -> list[Value]:
        models = [each.weight for each in self.compiled.values() if isinstance(each, Model)]
        return [*self.leaves, *models]

    def function(
        self,
        is_plain: bool = True,
        shaken: random.Random | None = None,
        precise: bool = False,
        one_zero: bool = False,
    ) -> Any:
        """Return the program as a function.

        Args:
            is_plain: call the functions that are to be compiled as they are.
            precise: for the numbers of the referee.
            shaken: moves each number by its last digits, to see how many digits can be known.
            one_zero: makes each -0.0 a 0.0, the only zero that the referee has.
        """

        def rounded(x: Any) -> Any:
            if shaken is not None:
                x = x * (1.0 + 4 * shaken.choice((-1, 1)) * 2.0**-52)
            return x + 0.0 if one_zero else x

        def run(*numbers: Any) -> Any:
            known = list(map(rounded, numbers))
            for place, step in enumerate(self.program.steps):
                known.append(rounded(self.done(place, step, known, is_plain, precise, rounded)))
            return known[-1]

        return run

    def done(
        self,
        place: int,
        step: tuple[Any, ...],
        known: list[Any],
        is_plain: bool,
        precise: bool,
        rounded: Any,
    ) -> Any:
        def at(place: int) -> Any:
            return known[-1 - place % len(known)]

        kind = step[0]
        if kind in ("unary", "binary", "where"):
            return applied(step, known)
        if kind == "static":
            return {
                "leaky_relu": lambda x: ag.leaky_relu(x, 0.1),
                "elu": lambda x: ag.elu(x, 0.5),
                "polygamma": lambda x: ag.polygamma(2, x),
                "clip": lambda x: ag.clip(x, -1.0, 1.5),
            }[step[1]](at(step[2]))
        if kind == "stop":
            return ag.stop_gradient(at(step[1]))
        if kind == "captured":
            return (self.inner if step[2] else self.leaves)[step[1]] * at(0)
        if kind == "sum":
            return ag.sum([at(step[1]), at(step[2]), at(step[3]), 0.5])
        if kind in ("take", "put"):
            i, j, k = step[1:]
            x = at(i)
            index = ag.where((x >= -3.0) & (x < 3.0), ag.floor(x), 1.0)
            table = [at(j), at(k), 0.5 * at(j)]
            if not isinstance(index, Value):  # plain numbers index Python's lists
                index = int(getattr(index, "number", index))
            if kind == "take":
                return ag.take(table, index)
            new = ag.put(table, index, at(0))
            return new[0] * new[1] + new[2]
        if kind == "if":
            _, i, j, k, first, second = step
            return small(first if at(i) < at(j) else second, [at(k), at(i)], rounded)
        if kind == "sorted":
            a, b, c = sorted((at(step[1]), at(step[2]), 0.25))
            return max(a * 2.0, b) - min(b, c, at(step[3]))
        _, i, j, body, count = step
        if kind == "no_grad":
            with ag.no_grad():
                return small(body, [at(i), at(j)], rounded)
        if kind in ("scan", "fori", "while"):
            return self.looped(kind, at(i), at(j), body, count, rounded)
        if kind == "compiled":
            if is_plain:
                return small(body, [at(i), at(j)], rounded)
            return self.compiled[place](at(i), at(j))
        if kind == "copied":
            model = self.compiled[place]
            return (model.forward if is_plain else model.fast)(at(i))
        if kind == "rows":
            rows = [-1.0, 0.5, 2.0][: count % 4]
            if is_plain:
                each = [small(body, [b, at(i)], rounded) for b in rows]
                return (ag.sum(each) if each else 0.0) + 0.0 * at(j)
            return self.compiled[place](at(i), numpy.array(rows)) + 0.0 * at(j)
        if kind == "vmap":
            rows = [at(i), at(j), 0.5]
            if precise:
                return sum((small(body, [x, at(0)], identity) for x in rows), 0.0)
            last = at(0)
            return ag.sum(ag.vmap(lambda x: small(body, [x, last], identity))(numpy.array(rows)))
        if kind == "grad":
            if precise:
                raise NoReferee
            # Zero slopes may have either sign, which 1 / x would tell.
            return grad(lambda x: small(body, [at(j), x], rounded))(at(i)) + 0.0
        if kind == "jvp":
            if precise:
                raise NoReferee
            return jvp(lambda x: small(body, [x, x], rounded), (at(i),), (at(j),))[1] + 0.0
        raise LookupError(kind)

    @staticmethod
    def looped(kind: str, x: Any, y: Any, body: Any, count: int, rounded: Any) -> Any:
        if kind == "scan":

            def step(carry: Any, t: Any) -> Any:
                following = small(body, [carry, t], rounded)
                return following, following * 0.5

            last, results = ag.scan(step, x, [y, 0.5, x, y * 0.5][: max(count, 1)])
            return last + ag.sum(list(results))
        if kind == "fori":
            return ag.fori_loop(0, count, lambda k, c: small(body, [c, y * (0.5 + k)], rounded), x)
        last = ag.while_loop(
            lambda s: (s[0] < count) & (s[1] <= 10.0),
            lambda s: (s[0] + 1.0, small(body, [s[1], y], rounded)),
            (0.0, x),
        )
        return last[1]


class NoReferee(Exception):
    """There is nothing that the other arithmetic can be asked about."""


# -- what must agree -------------------------------------------------------------------------------


def float_of(leaf: Any) -> float:
    return float(leaf.data if isinstance(leaf, Value) else leaf)


def floats(tree: Any) -> list[float]:
    return list(map(float_of, tree_leaves(tree)))


def bitwise(expected: list[float], found: list[float]) -> bool:
    return all(same(a, b, any_zero=True) for a, b in zip(expected, found, strict=True))


class Doubt:
    """How far numbers can be known: by how much they move when all is shaken in its last digits."""

    def __init__(
        self, derivative: Callable[[Any], list[float]], running: Running, **how: bool
    ) -> None:
        self.exact = derivative(running.function(**how))
        self.moved = [
            derivative(running.function(shaken=random.Random(k), **how)) for k in range(6)
        ]

    def allows(self, found: list[float], factor: float = 64.0, sizes: Any = None) -> bool:
        for place, (expected, got) in enumerate(zip(self.exact, found, strict=True)):
            if same(expected, got, any_zero=True):
                continue
            moved = [numbers[place] for numbers in self.moved]
            if not all(map(math.isfinite, [*moved, expected])):
                if any(not same(expected, each, any_zero=True) for each in moved):
                    continue  # infinite, nan or neither by the last digits
                return False
            spread = max(abs(each - expected) for each in moved)
            size = abs(expected) if sizes is None else max(abs(expected), sizes[place])
            if not abs(got - expected) <= factor * spread + 1e-13 * size + 1e-300:
                return False
        return True


def sizes_of(root: object, operands: list[Value]) -> list[float]:
    """Return the sum of the magnitudes of all paths from the root to each operand."""
    if not isinstance(root, Value):
        return [0.0] * len(operands)
    sizes = {id(root): 1.0}
    for node in reversed(ordered(root)):
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None:
                size = sizes.get(id(node), 0.0) * abs(partial)
                sizes[id(arg)] = sizes.get(id(arg), 0.0) + size
    found = [sizes.get(id(each), 0.0) for each in operands]
    return [size if math.isfinite(size) else 0.0 for size in found]


def is_extreme(root: object) -> bool:
    """Return whether a product along a path may leave the range of floats on the way."""
    if not isinstance(root, Value):
        return False
    least, most = 0.0, 0.0
    for node in ordered(root):
        logs = [
            math.log2(abs(each))
            for each in node.partials
            if each is not None and each != 0.0 and math.isfinite(each)
        ]
        if logs:
            least, most = least + min(0.0, *logs), most + max(0.0, *logs)
        if node.data != 0.0 and not 1e-250 < abs(node.data) < 1e250 and math.isfinite(node.data):
            return True
    return least < -900.0 or most > 900.0


def overflows(root: object) -> bool:
    """Return whether a slope is infinite at usual numbers, as that of 1 / x is at 1e-200."""
    if not isinstance(root, Value):
        return False
    for node in ordered(root):
        numbers = [node.data, *map(float_of, node.args)]
        is_usual = all(map(math.isfinite, numbers)) and all(numbers[1:])
        if is_usual and any(each is not None and math.isinf(each) for each in node.partials):
            return True
    return False


class Comparison:
    """A program, what eager code says of it, and the others that are asked.

    Eager, forward and compiled code are asked for every program, the others for some by its seed.
    """

    def __init__(self, program: Program, all_of_them: bool = False) -> None:
        self.program, self.all_of_them = program, all_of_them
        self.point, self.inputs = program.points[0], program.inputs
        self.along, self.argnums = (1.0,) * self.inputs, tuple(range(self.inputs))
        self.running = Running(program)
        self.f = self.running.function()
        self.is_bitwise = not program.has(*LOOPS)
        # Programs of the grouped tier are ready sooner, and have the same bits.
        self.options = {} if self.turn(0, 20) else {"tier": "grouped"}
        self.operands = [Value(number) for number in self.point]
        self.root = self.f(*self.operands)
        self.is_extreme = is_extreme(self.root)
        self.sizes = [0.0, *sizes_of(self.root, self.operands)]
        if program.has("grad", "jvp"):  # what cancels there is not seen in the graph
            self.sizes = [max(size, self.largest()) for size in self.sizes]
        self.eager = self.first(self.f)

    def largest(self) -> float:
        """Return the largest finite number in the graph."""
        nodes = ordered(self.root) if isinstance(self.root, Value) else []
        return max((abs(each.data) for each in nodes if math.isfinite(each.data)), default=0.0)

    def turn(self, n: int, of: int) -> bool:
        return self.all_of_them or self.program.seed % of == n

    def gradient(self, function: Any) -> Any:
        return value_and_grad(function, self.argnums)

    def first(self, function: Any) -> list[float]:
        return floats(self.gradient(function)(*self.point))

    def forward(self, function: Any) -> list[float]:
        return floats(jvp(function, self.point, self.along)[1])

    def doubt(self, derivative: Any = None, **how: bool) -> Doubt:
        return Doubt(derivative or self.first, self.running, **how)

    def all(self) -> Iterator[tuple[str, Any]]:
        """Yield what was compared, and None or what differed."""
        yield self.backward()
        yield from self.forwards()
        yield self.compiled()
        if self.turn(0, 4):
            yield self.other_numbers()
        if self.turn(1, 20):
            yield from self.nodes()
        if self.turn(2, 20) and not self.is_extreme:
            yield from self.hessians()
        if self.turn(3, 40):
            yield from self.fast()
        if self.turn(4, 20) and not self.is_extreme:
            yield from self.mpmath()
        if self.turn(5, 40):
            yield self.rows()

    def backward(self) -> tuple[str, Any]:
        if isinstance(self.root, Value):
            self.root.backward()
        found = floats([self.root, [each.grad for each in self.operands]])
        return "backward", None if bitwise(self.eager, found) else (self.eager, found)

    def forwards(self) -> Iterator[tuple[str, Any]]:
        slopes = self.eager[1:]
        total = math.fsum(slopes) if all(map(math.isfinite, slopes)) else sum(slopes)
        if not self.is_extreme:
            forward = self.forward(self.f)
            is_close = abs(total - forward[0]) <= 1e-13 * sum(self.sizes)
            # Infinite slopes may cancel in one mode and not in the other: nan or infinite.
            is_close |= not math.isfinite(total) and not math.isfinite(forward[0])
            agree = is_close or self.doubt(self.forward).allows([total])
            yield "forward", None if agree else (total, forward[0])

    def both(self, function: Any, point: Any = None) -> Any:
        point = point or self.point
        return self.gradient(function)(*point), jvp(function, point, self.along)[1]

    def compiled(self) -> tuple[str, Any]:
        function = self.running.function(is_plain=False)
        self.compiled_function = jit(lambda *p: self.both(function, p), **self.options)
        expected, found = floats(self.both(self.f)), floats(self.compiled_function(*self.point))
        agree = bitwise(expected, found)
        if not agree and not self.is_bitwise:
            doubt = self.doubt(lambda g: floats(self.both(g)))
            agree = self.is_extreme or doubt.allows(found, sizes=[*self.sizes, sum(self.sizes)])
        return "compiled", None if agree else (expected, found)

    def other_numbers(self) -> tuple[str, Any]:
        """Another point, other numbers in the Values from outside, a copy of the function."""
        point, fast = self.program.points[1], self.compiled_function
        if not any(step[0] == "captured" and step[2] for step in self.program.steps):
            for leaf in self.running.captured():
                leaf.data = leaf.data * 0.5
        try:
            expected = floats(self.both(self.f, point))
            found = floats((copy.deepcopy(fast) if self.program.seed % 2 else fast)(*point))
        finally:
            for leaf, number in zip(self.running.captured(), self.running.numbers, strict=True):
                leaf.data = number
        agree = not self.is_bitwise or bitwise(expected, found)
        return "compiled, other numbers", None if agree else (expected, found)

    def nodes(self) -> Iterator[tuple[str, Any]]:
        """Compiled calls with Values, whole and inside, and deep copies of their graphs."""
        captured = self.running.captured()
        reached = [Value(number) for number in self.point]
        root = self.f(*reached)
        expected = self.reached(root, reached)
        for name, function in (
            ("node", jit(self.f, **self.options)),
            ("nodes inside", self.running.function(is_plain=False)),
        ):
            operands = [Value(number) for number in self.point]
            node = function(*operands)
            copied, copies = copy.deepcopy((node, operands))
            found = self.reached(node, operands)
            agree = bitwise(expected, found)
            if not agree and (not self.is_bitwise or name == "nodes inside"):
                doubt = Doubt(self.first, self.running)
                size = len(self.eager)
                sizes = [0.0, *sizes_of(root, [*reached, *captured])]
                agree = self.is_extreme or (
                    doubt.allows(found[:size], sizes=sizes)
                    and all(
                        same(a, b, True) or abs(a - b) <= 1e-11 * max(abs(a), c)
                        for a, b, c in zip(expected[size:], found[size:], sizes[size:], strict=True)
                    )
                )
            yield name, None if agree else (expected, found)
            if isinstance(copied, Value):
                copied.backward()
            again = floats([copied, [each.grad for each in copies]])
            agree = bitwise(found[: len(again)], again)
            yield f"deep copy, {name}", None if agree else (found, again)

    def reached(self, root: Any, operands: list[Value]) -> list[float]:
        """Return the value and what backward gives all leaves, those from outside too."""
        captured = self.running.captured()
        for leaf in captured:
            leaf.grad = 0.0
        if isinstance(root, Value):
            root.backward()
        return floats([root, *[each.grad for each in (*operands, *captured)]])

    def hessians(self) -> Iterator[tuple[str, Any]]:
        """Reverse over reverse, forward over reverse, compiled."""
        tangent = (1.0, -0.5, 0.25)[: self.inputs]

        def second(function: Any, *point: Any) -> Any:
            return hessian(lambda *p: function(*p), self.argnums)(*point)

        def product(function: Any) -> list[float]:
            return floats(hvp(lambda p: function(*p), (self.point,), (tangent,)))

        doubt = self.doubt(lambda g: floats(second(g, *self.point)))
        function = self.running.function(is_plain=False)
        found = floats(jit(lambda *p: second(function, *p), **self.options)(*self.point))
        if all(map(math.isfinite, self.eager)):
            yield "compiled Hessian", None if doubt.allows(found) else (doubt.exact, found)
            n = self.inputs
            rows = [doubt.exact[i * n : (i + 1) * n] for i in range(n)]
            sums = [sum(a * t for a, t in zip(row, tangent, strict=True)) for row in rows]
            forward = self.doubt(product)
            moved = max(
                abs(a - b) for row in doubt.moved for a, b in zip(row, doubt.exact, strict=True)
            )
            close = max(map(abs, doubt.exact)) * 1e-12 + 64.0 * moved
            pairs = zip(sums, forward.exact, strict=True)
            agree = forward.allows(sums) or all(abs(a - b) <= close for a, b in pairs)
            if not agree and not all(map(math.isfinite, [*sums, *forward.exact])):
                operands = [Value(number) for number in self.point]  # CONVENTIONS: accuracy
                agree = any(map(overflows, gradient(self.f(*operands), operands)))
            yield "Hessian times vector", None if agree else (sums, forward.exact)

    def fast(self) -> Iterator[tuple[str, Any]]:
        found = floats(jit(self.gradient(self.f), exact=False)(*self.point))
        # What cancels to the last bit here may leave a rest there, by which a derivative within,
        # whose numbers are not in the graph, may have divided.
        is_hidden = self.program.has("grad", "jvp") and not all(map(math.isfinite, self.eager))
        if not self.is_extreme and not is_hidden:
            nodes = ordered(self.root) if isinstance(self.root, Value) else []
            largest = max(
                (abs(each.data) for each in nodes if math.isfinite(each.data)), default=0.0
            )
            sizes = [max(size, largest) for size in self.sizes]
            agree = self.doubt().allows(found, 256.0, sizes)
            yield "fast", None if agree else (self.eager, found)

    def mpmath(self) -> Iterator[tuple[str, Any]]:
        precise = self.running.function(precise=True)
        with contextlib.suppress(NoReferee):
            (exact,) = values(lambda numbers: [precise(*numbers)], self.point)
            exact = float(getattr(exact, "number", exact))
            doubt = self.doubt(one_zero=True)
            found = [exact, *doubt.exact[1:]]
            if math.isfinite(exact) and math.isfinite(doubt.exact[0]):
                for i in range(self.inputs if not self.program.is_cut() else 0):
                    there = slope(lambda numbers: precise(*numbers), self.point, i)
                    is_smooth = not there.remark and math.isfinite(there.central)
                    if is_smooth and math.isfinite(found[1 + i]):
                        found[1 + i] = there.central
                agree = doubt.allows(found, 256.0, self.sizes)
                yield "mpmath", None if agree else (found, doubt.exact)

    def rows(self) -> tuple[str, Any]:
        """Rows side by side, of two kinds."""
        rows = [self.program.points[k % 2] for k in range(9)]
        columns = [numpy.array(column) for column in zip(*rows, strict=True)]
        results = tree_leaves(jit(self.gradient(self.f), in_axes=0)(*columns))
        found = [floats([column[row] for column in results]) for row in (0, 1, 7, 8)]
        expected = [floats(self.gradient(self.f)(*rows[row])) for row in (0, 1, 7, 8)]
        agree = not self.is_bitwise or all(map(bitwise, expected, found))
        return "rows", None if agree else (expected[:2], found[:2])


def differences(
    program: Program, all_of_them: bool = False, counts: Counter[str] | None = None
) -> list[tuple[str, Any]]:
    """Return what does not agree; an error that is no answer is a difference too."""
    found = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for name, difference in Comparison(program, all_of_them).all():
                if counts is not None:
                    counts[name] += 1
                if difference is not None:
                    found.append((name, difference))
    except Exception as error:
        found.append((type(error).__name__, str(error)[-300:]))
    return found


def shortened(program: Program, all_of_them: bool = False) -> Program:
    """Return the program without the steps that its difference does not need."""
    kinds = {name for name, _ in differences(program, all_of_them)}
    place = 0
    while place < len(program.steps):
        shorter = replace(program, steps=program.steps[:place] + program.steps[place + 1 :])
        if shorter.steps and kinds & {name for name, _ in differences(shorter, all_of_them)}:
            program = shorter
        else:
            place += 1
    return program
