"""One traced function, compiled: memory is laid out once, and a call takes microseconds."""

from __future__ import annotations

import ctypes
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from math import nan
from typing import Any

from autograd.backends.binding import ONE_BLOCK, Array, added_up
from autograd.backends.llvm.abi import Sink, Source
from autograd.backends.llvm.executable import Native
from autograd.backends.llvm.module import assembled
from autograd.callsite import warn_user
from autograd.compiler.alike_rows import warn_of_rows
from autograd.compiler.bindings import (
    MANY_RESULTS,
    Arguments,
    Inputs,
    array_module,
    no_rows,
    rows_of_results,
)
from autograd.compiler.tiers import Answering, Plan, Warming, running
from autograd.decorated import name_of
from autograd.engine.value import Value
from autograd.errors import StructureError
from autograd.ir.contributions import Truth, choose
from autograd.ir.differentiate import pullback_where_reached
from autograd.ir.function import Function, Packed, packed
from autograd.ir.lower import Needed, has_guarded, lower
from autograd.ir.tables import ARRAY_OF
from autograd.ir.trace import Frozen, Places, Reference, Trace, traced_call
from autograd.locks import new_lock
from autograd.transforms.call import replaced
from autograd.trees import NUMBER, Builder, Structure, builder, plain_builder

MANY = 2_000_000  # recorded operations that take some ten seconds
FELT = 150_000  # and some that take about two


class TracedFunction:
    """A function as it was traced, once, for one structure of its arguments.

    Attributes:
        arguments: what it was called with, tracers in the places of numbers.
        trace: its operations, until they are forgotten.
        layout: where the arguments' numbers lie.
        wholes: the arrays among the arguments whose length may be any (``settle_wholes``).
        examples: the numbers of the call that was traced, of its first row where rows are mapped.
        outputs: what it returned, flattened: numbers of the trace and constants.
        structure: the structure of what it returned.
        operations: how many it called.
        has_gradients: whether derivatives are among the outputs.
        lowered: what ``lower`` made of it, if it was asked already.
        seconds: what tracing took.
    """

    def __init__(
        self,
        function: Callable[..., object],
        arguments: tuple[object, ...],
        axes: tuple[object, ...] | None,
        names: list[str],
        row: int = 0,
        longer: frozenset[int] = frozenset(),
        fixed: bool = False,
        trace: Trace | None = None,
    ) -> None:
        start = time.perf_counter()
        self.trace = Trace() if trace is None else trace
        self.name = name_of(function)
        self._is_fixed = fixed
        inputs = Inputs(self.trace, arguments, axes, names, row, longer)
        self.layout = inputs.layout
        self.examples = inputs.examples
        self.arguments = inputs.arguments
        self.trace.examples = dict(zip(self.trace.arguments, self.examples, strict=True))
        self.outputs, self.structure = self._traced(function)
        self.operations = len(self.trace)
        if self.operations > MANY:
            warn_user(
                f"jit: {self.name} has {self.operations:,} operations on single numbers, and is "
                f"compiled number by number: where rows are treated alike, write it for one row "
                f"and map it, jit(f, in_axes=...); what is repeated may be a scan; and see that no "
                f"array of n x n came of (n,) and (n, 1)"
            )
        elif axes is None and self.operations > FELT:
            warn_of_rows(self.name, function, self.arguments, self.trace)
        self.has_gradients = False
        self.lowered: tuple[Function, bool] | None = None
        self.seconds = time.perf_counter() - start

    def _traced(self, function: Callable[..., object]) -> tuple[list[Reference], Structure]:
        """Trace the function, again where a list was indexed by a condition."""
        places = self.trace.places = Places()
        while True:
            own = replaced(self.arguments)  # the function may change its lists
            self.trace.fixed.clear()
            self.trace.decided.clear()  # so that what becomes a choice does so again
            places.begin()
            try:
                made = traced_call(function, self.trace, own)
            except BaseException:
                if not places.is_left():
                    raise
            else:
                if not places.is_left():
                    self._leave_out_unused(made[0])
                    return made

    def _leave_out_unused(self, outputs: Sequence[Reference]) -> None:
        """Capture no Value that nothing depends on, as those of a signal handler."""
        trace = self.trace
        if trace.captured:
            used = Needed(trace, [*outputs, *trace.guards], True).numbers
            trace.captured = {n: value for n, value in trace.captured.items() if used[n]}
            trace.captures = {id(value): n for n, value in trace.captured.items()}

    def settle_wholes(self) -> None:
        """Leave out the numbers of arrays that are used as whole arrays, of any length.

        An array that is used in another way too, or whose length was asked for, is an array of its
        numbers.
        """
        trace, sources = self.trace, self.layout.sources
        self._every = [*trace.arguments], [*trace.names], [*self.examples]
        self.wholes: list[int] = []
        if not trace.wholes:
            return
        needed = Needed(trace, self.outputs, True).numbers
        dropped: set[int] = set()
        called: list[str] = []
        for place, number in trace.wholes.items():
            own = [at for at, source in enumerate(sources) if source.array == place]
            numbers = [trace.arguments[at] for at in own]
            is_fixed = self._is_fixed or trace.guards or place in trace.fixed
            if is_fixed or any(needed[each] for each in numbers):
                trace.operations[number], trace.operands[number] = ARRAY_OF, tuple(numbers)
            else:
                dropped.update(own)
                self.wholes.append(place)
                called += [trace.names[at].rpartition("[")[0] for at in own[:1]] or ["array"]
        kept = [at for at in range(len(sources)) if at not in dropped]
        lists: tuple[list[Any], ...] = (trace.arguments, trace.names, self.examples, sources)
        for listed in lists:
            listed[:] = [listed[at] for at in kept]
        trace.names += called
        for place in self.wholes:
            trace.arguments.append(trace.wholes[place])
            self.examples.append(nan)
            sources.append(Source(place, 0))

    def does_the_same(self, other: TracedFunction) -> bool:
        """Return whether a function that was traced again, for longer arrays, is the same one."""
        if self.wholes != other.wholes or self.structure != other.structure:
            return False
        self.lowered = lower(self.trace, self.outputs, name=self.name)
        return self.lowered[0] == lower(other.trace, other.outputs, name=self.name)[0]

    def plain_arguments(self) -> list[int]:
        """Return the numbers of the plain numbers among the arguments."""
        pairs = zip(self.trace.arguments, self.layout.sources, strict=False)
        return [number for number, source in pairs if source.array is None]

    def argument_names(self) -> list[str]:
        """Return what the plain numbers among the arguments are called."""
        pairs = zip(self.trace.names, self.layout.sources, strict=False)
        return [name for name, source in pairs if source.array is None]

    def add_gradients(self, active: Sequence[int]) -> None:
        """Return besides each output its derivatives by these arguments and the captures.

        They are arrays of two columns: the derivative, and 1 where nothing passes (a choice did
        not choose what depends on the operand), else 0.
        """
        self.has_gradients = True
        plain = self.plain_arguments()
        targets = [*[plain[place] for place in active], *self.trace.captured]
        parts = [self.structure]
        for output in list(self.outputs):
            gradients, reached = gradients_of(self.trace, output, targets)
            for gradient, when in zip(gradients, reached, strict=True):
                is_known = when is True or when is False
                untaken = float(not when) if is_known else choose(self.trace, when, 0.0, 1.0)
                self.outputs += [gradient, untaken]
            parts.append(Structure("array", (), (len(gradients), 2)))
        self.structure = Structure("tuple", tuple(parts), tuple)

    def add_guard(self) -> None:
        """Return besides the outputs whether all decisions of Python were those of this trace."""
        self.outputs.append(self.trace.holds())
        self.structure = Structure("tuple", (self.structure, NUMBER), tuple)

    def graph(self, function: Callable[..., object]) -> object:
        """Return what the function gives for Values with the numbers of the traced call."""
        return function(*self.example(Value))

    def example(self, of: Callable[[float, str], object]) -> tuple[object, ...]:
        """Return the arguments of the traced call; what numbers are is made of them and names."""
        places, names, examples = self._every
        numbers = dict(zip(places, examples, strict=True))
        made = {place: of(numbers[place], name) for place, name in zip(places, names, strict=True)}
        truth = array_module().bool_
        made |= {place: truth(numbers[number]) for place, number in self.trace.truths.items()}
        given: tuple[object, ...] = replaced(self.arguments, lambda tracer: made[tracer.number])
        return given


def gradients_of(
    trace: Trace, output: Reference, targets: Sequence[int]
) -> tuple[list[Reference], list[Truth]]:
    """Return the derivatives of a traced output by each target, and when there is one.

    The walk is that of the eager engine, so that sums have its bits; but captures are operands
    here like the targets, and it stops at all of them.
    """
    if type(output) is not int:
        return [], []
    return pullback_where_reached(trace, output, 1.0, targets, frozenset(targets))


class Lowered:
    """A program of which only the trace is kept: lowered again, it is the same."""

    def __init__(self, frozen: Frozen, exact: bool, name: str) -> None:
        self._given = frozen, exact, name

    def unpacked(self) -> Function:
        """Return the program."""
        frozen, exact, name = self._given
        return lower(*frozen.thawed(), exact, False, name)[0]


def _give_back() -> None:
    """Give the system what was freed: glibc would keep all that lies below what is still used."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class Executable:
    """A traced function, compiled.

    Attributes:
        traced: the traced function.
        captured: the captured Values that it reads at every call.
        guards: what Python decided by numbers while it was traced.
        steps: how many there are in the program, constants left out.
        is_guarded: whether its results are (results, 1 if they are right for the call, else 0).
        is_fast: whether there is a careful program besides (see ir/lower.py).
        native: its native code.
        seconds: what lowering and compiling took.
        direct: a short way to call it with plain floats alone, where there is one.
        listed: the cache in which that is found, and under which types of arguments.
    """

    def __init__(
        self,
        traced: TracedFunction,
        reduce: str | None,
        exact: bool,
        of: Executable | None = None,
        tier: str | None = None,
        rows: int | None = None,
    ) -> None:
        start = time.perf_counter()
        self.traced = traced
        self.guards = traced.trace.guards
        self.is_guarded = bool(self.guards)
        self.layout = traced.layout
        self.layout.reduce = reduce
        self.exact = exact
        self.captured = list(traced.trace.captured.values())
        self.same_length = traced.trace.same_length
        frozen: Frozen | None
        if of is None:
            trace, outputs = traced.trace, traced.outputs
            frozen = Frozen(trace, outputs) if has_guarded(trace) else None
        else:
            frozen = of._frozen
            assert frozen is not None
            trace, outputs = frozen.thawed()
        made = traced.lowered if of is None and exact else None
        traced.lowered = None
        function, self.is_fast = made or lower(
            trace, outputs, exact, of is not None, traced.name, True, frozen
        )
        self._careful: Executable | None = None
        self._frozen: Frozen | None = frozen if self.is_fast else None
        if of is None:
            traced.trace.forget()
            traced.outputs = []
            self._finish_layout(traced.structure)
        else:
            for name in ("wholes", "_shapes", "_largest", "_plain", "_results_mapped"):
                setattr(self, name, getattr(of, name))
        alone = traced.structure == NUMBER
        self.tier = tier
        compact = packed(function)
        self._function: Function | Packed | Lowered = compact
        if self._frozen is not None and compact is not function:
            self._function = Lowered(self._frozen, exact, traced.name)
        self.steps = len(function) - len(function.parameters) - len(function.constants)
        plan = Plan(function, self.layout, exact, alone, self.is_fast, tier, rows)
        if plan.starts_grouped and not self.layout.mapped:
            plan.put_away(compact)
        else:
            function.settled()
        del function, compact  # the memory of a large one
        self.native: Answering | Warming = running(self, plan, self._function)
        self._short: Callable[..., Any] | None = None
        self.listed: tuple[Callable[[], Any], tuple[type, ...]] | None = None
        self._lock = new_lock()
        self._build = builder(traced.structure, self._results_mapped)
        self._empty = array_module().empty
        self.direct = self._direct()
        if self.steps > FELT:
            _give_back()
        self.seconds = time.perf_counter() - start

    def _direct(self) -> Callable[..., Any] | None:
        """Return a short way to call it with plain floats alone, if there is one.

        Where it gives nan, what was asked is asked again, of the executable itself.
        """
        native, layout = self.native, self.layout
        if self.is_guarded or layout.mapped or layout.arrays:
            return None
        warming, native = (native, native.native) if isinstance(native, Warming) else (None, native)
        short: Callable[..., Any] | None = None
        if isinstance(native, Native) and not self.captured:
            short = native.direct or native.on_floats(plain_builder(self.traced.structure))
        if short is None:
            return self._of_floats
        return short if warming is None else warming.counted(short)

    @property
    def function(self) -> Function:
        """The program."""
        kept = self._function
        return kept if isinstance(kept, Function) else kept.unpacked()

    @property
    def llvm(self) -> str:
        """The LLVM code of the program, whether it runs or groups do."""
        alone = self.traced.structure == NUMBER
        return assembled(self.function, self.layout, self.exact, alone, self.is_fast).text

    def take_over(self, native: Native) -> None:
        """Let better code answer from now on."""
        self.native = native
        before, direct = self.direct, self._direct()
        if direct is None or direct == self._of_floats:
            return
        self._short = self.direct = direct
        if self.listed is not None:
            place, kinds = self.listed
            cache = place()
            if cache is not None and cache.direct.get(kinds) is before:
                cache.direct[kinds] = direct

    def careful(self) -> Executable:
        """Return the program in which products below choices are guarded (see ir/lower.py).

        It is compiled when a result of this one is nan for the first time.
        """
        with self._lock:
            if self._careful is None:
                self._careful = Executable(
                    self.traced, self.layout.reduce, self.exact, self, self.tier
                )
        return self._careful

    # -- set-up --------------------------------------------------------------------------------

    def _finish_layout(self, structure: Structure) -> None:
        """Add the captured Values to the packed numbers, and say where results go."""
        layout = self.layout
        for _ in self.captured:
            layout.sources.append(Source(None, 8 * layout.numbers))
            layout.numbers += 1
        self.wholes = self.traced.wholes
        for at, source in enumerate(layout.sources):
            if source.array in self.wholes and source.row is None:
                layout.sources[at] = source._replace(extent=8 * layout.numbers)
                layout.numbers += 1
        self._shapes: list[tuple[int, ...]] = []
        self._plain = 0
        self._results_mapped = layout.mapped and layout.reduce is None
        self._place_results(structure)
        layout.arrays += len(self._shapes)
        self._largest = max(map(math.prod, self._shapes), default=0)  # numbers a row in one array

    def _place_results(self, structure: Structure) -> None:
        layout = self.layout
        array = layout.arrays + len(self._shapes)
        if structure.kind == "number":
            if self._results_mapped:
                layout.sinks.append(Sink(array, 0, 8))
                self._shapes.append(())
            else:
                layout.sinks.append(Sink(None, 8 * self._plain))
                self._plain += 1
        elif structure.kind == "array":
            size = structure.count()
            row = 8 * size if self._results_mapped else None
            layout.sinks += [Sink(array, 8 * index, row) for index in range(size)]
            self._shapes.append(structure.detail)
        for part in structure.parts:
            self._place_results(part)

    # -- a call --------------------------------------------------------------------------------

    def __call__(self, given: Arguments) -> Any:
        """Run the program and return its results in their structure."""
        numbers = given.numbers
        if self.captured:
            numbers = [*numbers, *[value._data for value in self.captured]]
        rows, arrays, shapes = given.rows, given.arrays, self._shapes
        is_short = rows is None or (0 < rows <= ONE_BLOCK and not self._results_mapped)
        if is_short and not self.wholes and not given.staged:  # the common case, kept short
            made: list[Any] = []
            if shapes:
                empty = self._empty
                made = [empty(shape) for shape in shapes]
                arrays = [*arrays, *made]
            plain = self.native(numbers, arrays, rows)
            if plain is not None:
                return self._build(iter(plain), iter(made))
        return self.results(numbers, given)

    def _of_floats(self, *numbers: float) -> object:
        """Run the program on floats alone, when neither arguments nor results hold arrays."""
        if self._short is not None:
            return self._short(*numbers)
        if self.captured:
            numbers = (*numbers, *[value._data for value in self.captured])
        plain = self.native(numbers, ())
        if plain is None:
            plain = self.careful().native(numbers, ()) or []
        return self._build(iter(plain), iter(()))

    def results(
        self, numbers: Sequence[float], given: Arguments, build: Builder | None = None
    ) -> Any:
        """Run the program on these numbers (with the captured ones) and the arrays given."""
        build = build or self._build
        if self.wholes:
            numbers = [*numbers, *self._lengths(given)]
        shapes, rows, empty = self._shapes, given.rows, self._empty
        if rows is not None and self._results_mapped:
            shapes = [(rows, *shape) for shape in shapes]
            if rows * self._largest >= MANY_RESULTS:
                empty = rows_of_results
        is_long = rows is not None and (rows > ONE_BLOCK or not rows)
        arrays = given.arrays if is_long or not given.staged else given.readable()
        made: list[Any] = []
        if shapes:
            made = [empty(shape) for shape in shapes]
            arrays = [*arrays, *made]
        if is_long:
            if self.layout.reduce == "mean" and not rows:
                raise no_rows()
            plain = self.native.many_rows(numbers, arrays, given.staged, rows or 0)
        else:
            plain = self.native(numbers, arrays, rows)
        if plain is None:
            plain_numbers = numbers[: len(numbers) - len(self.wholes)]
            return self.careful().results(plain_numbers, given, build)
        return build(iter(plain), iter(made))

    def _lengths(self, given: Arguments) -> list[float]:
        """Return how many numbers are in each array that is used as a whole one."""
        arrays = given.arrays
        for one, other in self.same_length:
            if len(arrays[one]) != len(arrays[other]):
                raise StructureError(
                    f"{self.traced.name}: scan goes through arrays of {len(arrays[one])} and "
                    f"{len(arrays[other])} rows together"
                )
        for place in self.wholes:
            if arrays[place].dtype != float:
                arrays[place] = arrays[place].astype(float)
        return [float(arrays[place].size) for place in self.wholes]

    def columns(self, given: Arguments) -> list[Array]:
        """Return the arrays of results of a mapped call, which is not reduced, in their order."""
        kept: list[Any] = []

        def keep(plain: Iterator[float], made: Iterator[object]) -> None:
            kept.extend(made)

        numbers = [*given.numbers, *[value._data for value in self.captured]]
        self.results(numbers, given, keep)
        return kept

    def reduced(self, columns: Sequence[Array], reduce: str) -> object:
        """Return results that are added up over the rows, in the order of every back end."""
        if reduce == "mean" and columns and not len(columns[0]):
            raise no_rows()
        outputs = len(self.layout.sinks) - 1
        totals = [added_up(column, reduce, outputs) for column in columns]
        plain = [float(total) for total in totals if not total.shape]
        arrays = [total for total in totals if total.shape]
        return builder(self.traced.structure.parts[0], False)(iter(plain), iter(arrays))

    def together(self, columns: Sequence[object]) -> object:
        """Return the arrays of results of a mapped call in their structure."""
        return builder(self.traced.structure.parts[0], True)(iter(()), iter(columns))
