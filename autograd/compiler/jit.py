"""``jit``: a function that compiles itself for each structure of arguments that it meets."""

from __future__ import annotations

import contextlib
import copy
import functools
import gc
import os
import re
import sys
import types
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, ParamSpec, cast, overload

from autograd.backends.binding import Binding
from autograd.backends.llvm.engine import binding
from autograd.compiler.asked import files_that_may_ask
from autograd.compiler.bindings import (
    KEYWORDS,
    Arguments,
    array_module,
    checked_mapping,
    is_mask,
    maps,
    matching,
    need_numpy,
)
from autograd.compiler.drawing import Drawing
from autograd.compiler.executable import (
    Executable,
    TracedFunction,
    gradients_of,
)
from autograd.compiler.if_conversion import ALL, OFTEN, PIECES, converted
from autograd.compiler.joined import joined
from autograd.compiler.opaque import CompiledCall, GuardedRows, called_with_values, row_by_row
from autograd.compiler.paths import MAX_PATHS, CapturedAnew, ConvertedAnew, Paths, too_many
from autograd.compiler.plain import explain_plain
from autograd.compiler.report import Report, report_of
from autograd.compiler.static import (
    WithStatic,
    by_position,
    checked_static,
    key_of,
    taken_out,
)
from autograd.compiler.tiers import checked_tier
from autograd.decorated import besides, is_method_of, name_of
from autograd.engine import modes
from autograd.engine.modes import current, derivatives, no_grad
from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.errors import (
    ArgumentError,
    ExportError,
    OperandError,
    StructureError,
    TraceError,
)
from autograd.files import write_whole
from autograd.habits import OF_COMPILED, Missing
from autograd.ir.function import Function
from autograd.ir.lower import frozen, pruned
from autograd.ir.text import text_of
from autograd.ir.trace import CannotConvert, Trace, called_with
from autograd.locks import new_lock
from autograd.signatures import axes_without_self, has_places_of_its_own, signature_of
from autograd.table import rows as ops
from autograd.table.operation import real
from autograd.transforms.call import Derivative, check_function, decorating, replaced
from autograd.transforms.one_row import explain_number, explain_rows
from autograd.transforms.vmap import axes_of_names, is_from_vmap, rows_behind, vmap
from autograd.trees import explain_arrays, flatten, map_with_axes, tree_map, unflatten
from autograd.wording import brief, counted

P = ParamSpec("P")

Run = Callable[[Trace, frozenset[types.CodeType]], TracedFunction]


@dataclass(slots=True, weakref_slot=True)
class Cache:
    """What has been compiled for a function; it does not refer to the function itself.

    Attributes:
        executables: one for each structure of arguments.
        direct: the fast paths of some of them, by the types of the arguments.
        of_any_length: those that serve arrays of any length, by which arrays these are and the key.
        latest: the last executable, if there is one.
        row: the cache of the function for single rows, where it is mapped.
        named: that for calls with keyword arguments, which shares ``latest``.
        specialised: those for static arguments, by what these are, the latest at the end.
        static: these arguments, by place and by name.
        converts: which ``if`` are choices (if-conversion), and
        converted: in which codes;
        kept: those for which that does not lead to fewer decisions.
        forgotten: the arguments of ways that were not kept then, by their structure.
        covering: ways with choices that were not kept, each of which may serve several without.
        drew: whether it was warned of random numbers that the function drew while it was traced.
        lock: held while compiling.
    """

    executables: dict[Any, Any] = field(default_factory=dict)
    direct: dict[Any, Callable[..., Any]] = field(default_factory=dict)
    of_any_length: dict[Any, Any] = field(default_factory=dict)
    latest: list[Executable] = field(default_factory=list)
    row: Cache | None = None
    named: Cache | None = None
    specialised: OrderedDict[Any, Cache] = field(default_factory=OrderedDict)
    static: tuple[dict[int, object], dict[str, object]] = field(default_factory=lambda: ({}, {}))
    converts: str = PIECES
    converted: frozenset[types.CodeType] = frozenset()
    kept: frozenset[types.CodeType] = frozenset()
    forgotten: dict[Any, list[tuple[Any, ...]]] = field(default_factory=dict)
    covering: dict[Any, list[Executable]] = field(default_factory=dict)
    drew: bool = False
    lock: Any = field(default_factory=new_lock)

    def convert(self, codes: frozenset[types.CodeType], which: str) -> None:
        """Let ``if`` be a choice in these codes from now on; the ways so far are not kept."""
        is_undone = bool(self.converted and not codes)
        self.converted, self.converts = codes, which
        for key, each in [*self.executables.items()]:
            if isinstance(each, Paths | list):
                del self.executables[key]
                if is_undone and isinstance(each, Paths):
                    self.covering.setdefault(key, []).extend(each.executables)
                ways, key = (each, key[0]) if isinstance(each, list) else (each.executables, key)
                self.forgotten.setdefault(key, []).extend(map(_plain_arguments, ways))
        for lengths, each in [*self.of_any_length.items()]:
            if isinstance(each, Paths):
                del self.of_any_length[lengths]

    def holds(self, executable: Executable) -> bool:
        """Return whether it was compiled for a structure of arguments, or is a way of one."""
        return any(
            executable in (each.executables if isinstance(each, Paths) else (each,))
            for each in self.executables.values()
        )

    def parts(self) -> Iterator[Cache]:
        """Yield this cache, and those inside."""
        yield self
        for each in (self.row, self.named, *self.specialised.values()):
            if each is not None:
                yield from each.parts()

    def make_room(self) -> None:
        """Let the oldest programs go where there are as many as are kept."""
        while len(self.executables) >= MOST_STRUCTURES:
            oldest = self.executables.pop(next(iter(self.executables)))
            for found in (self.direct, self.of_any_length):
                for key in [key for key, each in found.items() if _is_of(each, oldest)]:
                    del found[key]


def _traced_with(
    codes: frozenset[types.CodeType], which: str, trace: Trace, run: Run
) -> TracedFunction:
    """Trace a function with choices in these codes."""
    trace.converts = which if codes else ""
    made = run(trace, codes)
    if trace.spoiled:  # the function caught what a choice raised
        raise CannotConvert
    return made


def _plain_arguments(way: Executable) -> tuple[Any, ...]:
    """Return the arguments of the call that a way was traced for, arrays of the dtype they had."""
    sources = zip(way.traced.trace.names, way.layout.sources, strict=False)
    kinds = {
        name: array_module().dtype(source.element).type
        for name, source in sources
        if source.array is not None
    }
    example = way.traced.example(lambda number, name: kinds.get(name, float)(number))
    given: tuple[Any, ...] = tree_map(_plain, example)
    return given


def _is_of(kept: object, executable: object) -> bool:
    """Return whether it is an executable, or its fast path."""
    return kept is executable or kept is getattr(executable, "direct", None)


MOST_STRUCTURES = 512  # structures of arguments for which programs are kept
MOST_LENGTHS = 256  # lengths of arrays for which a program is found without a search
MOST_SPECIALISATIONS = 256  # values of static arguments for which programs are kept
OTHERS = 16  # objects without weak references whose compiled methods are kept


class WithKeywords:
    """A function that takes its keyword arguments as a dict, in the last place."""

    def __init__(self, function: Callable[..., object]) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function

    def __call__(self, *args: Any) -> object:
        """Call the function."""
        return self.function(*args[:-1], **args[-1])


class Jitted(Generic[P]):
    """A function with its compiled programs, one for each structure of arguments; see ``jit``.

    What it shows (``graph``, ``source``, ``llvm``, ``report()``) is of the latest that it compiled.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        in_axes: Any,
        reduce: str | None,
        exact: bool,
        programs: Cache | None = None,
        max_paths: int = MAX_PATHS,
        tier: str | None = None,
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._in_axes = in_axes
        self.reduce = reduce
        self.exact = exact
        self.max_paths = max_paths
        self.tier = tier
        self._programs = programs or Cache()
        self._row: Jitted[...] | None = None
        self._named: Jitted[...] | None = None
        self._is_mapped = False  # whether it is what vmap returned that is compiled
        self._classes: tuple[type, ...] = ()  # whose method it is
        self._axes_of_methods: Any = None  # in_axes without an entry for self
        # Of a bound method: the method and its object.
        self._bound_to: tuple[Jitted[...], Any] | None = None
        self._objects: dict[int, tuple[weakref.ref[Any], Cache]] = {}
        self._others: deque[tuple[Any, Cache]] = deque(maxlen=OTHERS)

    def __repr__(self) -> str:
        return f"<compiled {name_of(self._function)}>"

    # -- a call --------------------------------------------------------------------------------

    def __call__(self, *args: P.args, **named: P.kwargs) -> Any:
        """Call the function, compiling it first where this structure of arguments is new."""
        if modes.active:
            if current().recorder is not None or current().inlined:
                return self._traced(args, named)
            if current().anomaly:
                return self._watched(args, named)
        if named:
            jitted, positional = self._by_position(args, named)
            return jitted(*positional)
        axes = self._in_axes
        if axes is None:
            direct = self._programs.direct.get(tuple(map(type, args)))
            if direct is not None and not derivatives():
                result = direct(*args)
                if type(result) is not float or result == result:
                    return result  # a nan is looked at again below
        if (self._classes or (args and isinstance(args[0], type))) and self._is_unbound(args):
            return self.__get__(args[0])(*args[1:])
        if axes is not None and (type(axes) is not tuple or len(axes) != len(args)):
            axes = self.axes_for(args)
        try:
            given = Arguments(args, axes, self._function if axes else None)
        except OperandError as error:
            if is_method_of(self, args[0]):  # below @property, which says nothing of its class
                self._classes += (type(args[0]),)
                return self.__get__(args[0])(*args[1:])
            raise self._with_option(args, error) from None
        if given.has_values:
            return self._with_values(args, axes, given)
        executable = self._programs.executables.get(given.key) or self._executable_for(
            given, args, axes
        )
        if executable.captured and current().recording:  # nodes by what the function closes over
            return self._with_values(args, axes, given)
        if isinstance(executable, Paths):
            try:
                return executable(given, args, axes)
            except CapturedAnew:
                return self._with_values(args, axes, given)
            except ConvertedAnew:
                return cast("Jitted[...]", self)(*args)
        return executable(given)

    def _with_option(self, args: tuple[object, ...], error: OperandError) -> OperandError:
        """Return an error about an argument that is no number, with the option that keeps it."""
        found = re.search(r"argument (\d+)(?:\['(\w+)'\])?(?= |$)", str(error))
        names = self._names(len(args))
        if found is None or int(found[1]) >= len(names):
            return error
        name = names[int(found[1])]
        words = str(error)
        if name == KEYWORDS and found[2]:
            name = found[2]
            words = words.replace(found[0], f"argument {name!r}")
        elif found[2]:
            return error
        return OperandError(
            f"{words}. What only Python can take, it keeps as it is: "
            f"jit(f, static_argnames={name!r})"
        )

    def _with_values(self, args: tuple[object, ...], axes: Any, given: Arguments) -> object:
        if axes is None:
            return called_with_values(self, args, given)
        self._check_mapped_values(given)
        if self.reduce is not None and given.rows:
            try:
                return called_with_values(self, args, given)
            except GuardedRows:
                return row_by_row(self, args, axes, in_lanes=True)
        return row_by_row(self, args, axes)

    def _check_mapped_values(self, given: Arguments) -> None:
        if self.reduce is not None and given.has_mapped_values:
            raise StructureError(
                f"jit: a mapped argument of {name_of(self)} holds Values, and reduce="
                f"{self.reduce!r} would add their derivatives over all rows: share the argument "
                f"(None in in_axes), or leave reduce out"
            )

    def _traced(self, args: tuple[object, ...], named: dict[str, object]) -> object:
        """Inline the function into the enclosing trace."""
        if self._in_axes is None:
            return self._function(*args, **named)
        jitted, args = self._by_position(args, named)
        axes = jitted.axes_for(args)
        assert axes is not None
        return row_by_row(jitted, args, axes)

    def _watched(self, args: tuple[object, ...], named: dict[str, object]) -> object:
        """Under detect_anomaly: leave the call to the eager engine, which names the operation.

        Plain numbers become Values for it, row by row, since on floats nothing is watched.
        """
        jitted, args = self._by_position(args, named)
        if jitted is not self:
            return jitted(*args)
        axes = self.axes_for(args)
        given = Arguments(args, axes)
        if axes is not None:
            self._check_mapped_values(given)
            return row_by_row(self, args, axes)
        if given.has_values or derivatives():
            return self._function(*args)
        results, structure = flatten(self._function(*tree_map(_as_values, args)))
        numbers = [result._data if isinstance(result, Value) else result for result in results]
        return unflatten(structure, [real(n, f"the result of {name_of(self)}") for n in numbers])

    def one_row(self, *args: object) -> object:
        """Call the function for one row of a mapped call."""
        if self._row is None:
            programs = self._programs.row = self._programs.row or Cache()
            self._row = Jitted(self._function, None, None, self.exact, programs, *self._limits)
        return self._row(*args)

    def _by_position(
        self, args: tuple[object, ...], named: dict[str, object]
    ) -> tuple[Jitted[...], tuple[object, ...]]:
        """Return what to call with all arguments by position; some may go in a dict at the end."""
        if self._is_unbound(args):
            return self.__get__(args[0])._by_position(args[1:], named)
        if not named:
            return self, args
        if is_from_vmap(getattr(self._function, "__func__", self._function)):
            return self._with_keywords(), (*args, named)
        args, named = by_position(self._function, args, named, self._in_axes)
        return (self._with_keywords(), (*args, named)) if named else (self, args)

    def _with_keywords(self) -> Jitted[...]:
        if self._named is None:
            if self._programs.named is None:
                self._programs.named = Cache(latest=self._programs.latest)
            axes = self._in_axes
            self._named = Jitted(
                WithKeywords(self._function),
                axes if axes is None or isinstance(axes, int) else [*axes, None],
                self.reduce,
                self.exact,
                self._programs.named,
                *self._limits,
            )
        return self._named

    def axes_for(self, args: tuple[object, ...]) -> tuple[object, ...] | None:
        """Return the mapped axis of each argument; None where nothing is mapped."""
        axes = self._in_axes
        if axes is None:
            return None
        if isinstance(axes, int):
            axes = (axes,) * len(args)
        by_name = isinstance(self._function, WithKeywords)  # in the last place
        if len(axes) != len(args):
            count = len(args) - by_name
            raise StructureError(
                f"jit: in_axes has {counted(len(axes) - by_name, 'entry', 'entries')}, and "
                f"{name_of(self)} was called "
                f"with {counted(count, 'argument')}{besides(self._function)}"
            )
        if not by_name:
            return tuple(axes)
        return *axes[:-1], axes_of_names("jit", cast(Any, args[-1]), self._function)

    # -- executables ---------------------------------------------------------------------------

    def _executable_for(
        self, given: Arguments, args: tuple[object, ...], axes: Any
    ) -> Executable | Paths:
        self._check_differentiated(args, axes)
        programs = self._programs
        with programs.lock:
            executable = programs.executables.get(given.key)
            if executable is None:
                executable = self._of_any_length(given, args, axes)
            if executable is None:
                made = self._compiled(args, axes, None, rows=given.rows)
                executable = self._paths(made) if made.is_guarded else made
                if _is_transient(made):
                    return executable
                programs.make_room()
                programs.executables[given.key] = executable
                if made.wholes:
                    varying = frozenset(made.wholes)
                    key = varying, Arguments(args, axes, None, varying).key
                    programs.of_any_length[key] = executable
                kinds = tuple(map(type, args))
                if made.direct is not None and not made.captured and set(kinds) <= {float}:
                    programs.direct[kinds] = made.direct
                    made.listed = weakref.ref(programs), kinds
            return executable

    def _of_any_length(
        self, given: Arguments, args: tuple[object, ...], axes: Any
    ) -> Executable | None:
        """Return a program for arrays of other lengths that serves these too, if there is one."""
        programs = self._programs
        for varying in {varying for varying, _ in programs.of_any_length}:
            key = varying, Arguments(args, axes, None, varying).key
            found: Executable | None = programs.of_any_length.get(key)
            if found is not None:
                if len(programs.executables) < MOST_LENGTHS:
                    programs.executables[given.key] = found
                return found
        return None

    def _paths(self, first: Executable) -> Paths:
        before = self._programs.converted, self._programs.converts

        def trace_again(args: tuple[object, ...], axes: object, row: int) -> Executable:
            with self._programs.lock:
                made = self._compiled(args, axes, None, row)
                if (self._programs.converted, self._programs.converts) != before:
                    raise ConvertedAnew
                if _is_transient(made):
                    raise CapturedAnew
                return made

        return Paths(
            first, trace_again, self._convert_all, self.reduce, self.max_paths, name_of(self)
        )

    def _compiled(
        self,
        args: tuple[Any, ...],
        axes: Any,
        active: tuple[int, ...] | None,
        row: int = 0,
        rows: int | None = None,
    ) -> Executable:
        """Trace and compile, with derivatives by the active numbers besides if there are any."""
        with _collector_at_rest():
            drawing = Drawing(self._function)
            try:
                traced = self._traced_function(args, axes, active, row)
            except (IndexError, AttributeError, TypeError, ValueError) as error:
                if axes is None and not isinstance(self._function, WithStatic | WithKeywords):
                    explain_rows("jit", self._function, args, {}, error)
                explain_number(error)
                raise
            if not self._programs.drew:
                self._programs.drew = drawing.warn()
            is_guarded = bool(traced.trace.guards)
            reduce = None if is_guarded else self.reduce
            executable = Executable(traced, reduce, self.exact, tier=self.tier, rows=rows)
            if active is None or not self._programs.latest:
                self._programs.latest[:] = [executable]
            return executable

    def _traced_function(
        self, args: tuple[Any, ...], axes: Any, active: tuple[int, ...] | None, row: int
    ) -> TracedFunction:
        """Trace the function; where arrays may be of any length, once more for longer ones.

        Only if it then does the same is it taken to be the same function for every length.
        """

        def traced(**options: object) -> TracedFunction:
            made = self._converted_where_often(self._run(args, axes, row, active, **options))
            if made.trace.guards:
                if active is not None and self.reduce is not None:
                    raise GuardedRows
                made.add_guard()
            made.settle_wholes()
            return made

        first = traced()
        if not first.wholes:
            return first
        try:
            if first.does_the_same(traced(longer=frozenset(first.wholes))):
                return first
        except Exception:  # what cannot be traced for longer arrays is not the same for them
            pass
        return traced(fixed=True)

    def _run(
        self,
        args: tuple[object, ...],
        axes: tuple[object, ...] | None,
        row: int,
        active: tuple[int, ...] | None,
        **options: object,
    ) -> Run:
        """Return what traces the function, with derivatives by the active numbers if any are."""

        def run(trace: Trace, codes: frozenset[types.CodeType]) -> TracedFunction:
            names = self._names(len(args))
            given: Any = {**options, "trace": trace}
            try:
                with converted(codes, files_that_may_ask(self._function, *args)):
                    made = TracedFunction(self._function, args, axes, names, row, **given)
            except (LookupError, AttributeError, TypeError, ValueError) as error:
                explain_arrays("jit", args, error)
                explain_plain(error, trace)
                raise
            if active is not None:
                made.add_gradients(active)
            return made

        return run

    def _converted_where_often(self, run: Run) -> TracedFunction:
        """Trace the function; where it decides often, with choices in the place of its ``if``."""
        programs, trace = self._programs, Trace()
        made: TracedFunction | None = None
        failure: TraceError | None = None
        try:
            made = _traced_with(programs.converted, programs.converts, trace, run)
        except Exception as error:
            if programs.converted:  # it cannot be done on this way: all are kept apart again
                programs.kept |= programs.converted
                programs.convert(frozenset(), programs.converts)
                return self._converted_where_often(run)
            if not isinstance(error, TraceError):
                raise
            failure = error
        new = frozenset(trace.deciders) - programs.converted - programs.kept
        if new and trace.deciders.total() > OFTEN:
            every = programs.converted | new
            other = self._with_fewer_decisions(every, programs.converts, trace, run)
            if other is not None:
                return other
            programs.kept |= new
        if made is None:
            assert failure is not None
            raise failure
        return made

    def _with_fewer_decisions(
        self, codes: frozenset[types.CodeType], which: str, before: Trace, run: Run
    ) -> TracedFunction | None:
        """Trace the function with choices in these codes; None if it decides as often then."""
        trace = Trace()
        try:
            made = _traced_with(codes, which, trace, run)
        except Exception:  # it is another function then: the ways are kept apart
            return None
        if trace.deciders.total() >= before.deciders.total():
            return None
        self._programs.convert(codes, which)
        return made

    def _convert_all(
        self,
        args: tuple[object, ...],
        axes: Any,
        row: int,
        active: tuple[int, ...] | None = None,
    ) -> bool:
        """Make choices of all ``if`` that can be; return whether fewer decisions are left."""
        programs, trace = self._programs, Trace()
        with programs.lock:
            if programs.converts == ALL:
                return False
            run = self._run(args, axes, row, active)
            try:
                _traced_with(programs.converted, programs.converts, trace, run)
            except Exception:
                if not programs.converted:
                    raise
                programs.kept |= programs.converted  # this way cannot be converted
                programs.convert(frozenset(), programs.converts)
                return True
            codes = programs.converted | frozenset(trace.deciders)
            return self._with_fewer_decisions(codes, ALL, trace, run) is not None

    def _check_differentiated(self, args: tuple[Any, ...], axes: Any) -> None:
        """Refuse to reduce a derivative by a mapped argument, which differs from row to row."""
        if self.reduce is None:
            return
        for position in differentiated(self._function, len(args)):
            if maps(axes[position]):
                raise StructureError(
                    f"jit: argument {position} of {name_of(self)} is mapped and "
                    f"differentiated, and reduce={self.reduce!r} would add the derivatives of "
                    f"different rows: leave reduce out, or share the argument (None in in_axes)"
                )

    def executable_with_gradients(
        self, given: Arguments, args: tuple[object, ...], active: tuple[int, ...]
    ) -> Executable:
        """Return the executable that gives besides the outputs their derivatives by some inputs."""
        key = (given.key, active)
        programs = self._programs
        with programs.lock:
            executable: Executable | list[Executable] | None = programs.executables.get(key)
            if isinstance(executable, Executable):
                return executable
            if executable is not None and self.reduce is not None:
                raise GuardedRows
            for each in executable or ():  # ways through the function: the one that args take
                if each.results(_numbers(given, each), given)[-1]:
                    return each
            if executable and len(executable) >= self.max_paths:
                if self._convert_all(args, self.axes_for(args), 0, active):
                    return self.executable_with_gradients(given, args, active)
                raise too_many(name_of(self), self.max_paths, executable[-1])
            try:
                made = self._compiled(args, self.axes_for(args), active)
            except GuardedRows:
                programs.executables[key] = []
                raise
            if not _is_transient(made):
                if not made.is_guarded:
                    programs.executables[key] = made
                else:
                    programs.executables.setdefault(key, []).append(made)
            return made

    def gradients_of_call(self, call: CompiledCall, output: int) -> Jitted[...]:
        """Return the derivatives of one output of a call, as a compiled function like this one."""

        def gradients(*args: object) -> list[object]:
            *args, captured = replaced(args, _itself)  # one Value, twice, is two operands
            result = called_with(captured, call.captured, self._function, *args)
            targets = [*matching(call.arguments, args), *captured]
            trace: Any = current().recorder
            number = trace.reference(flatten(result)[0][output], name_of(self))
            found, _ = gradients_of(trace, number, [target.number for target in targets])
            return list(map(trace.tracer, found))

        gradients.__name__ = f"gradients of {name_of(self)}"
        axes = self.axes_for(call.arguments)
        axes = None if axes is None else (*axes, None)
        return Jitted(gradients, axes, self.reduce, self.exact, None, *self._limits)

    def _names(self, count: int) -> list[str]:
        keywords = isinstance(self._function, WithKeywords)
        count -= keywords
        try:
            names = list(signature_of(self._function, placed=True).parameters)
        except (TypeError, ValueError):
            names = []
        names = (names + [f"argument {i}" for i in range(len(names), count)])[:count]
        return [*names, KEYWORDS] if keywords else names

    # -- what it shows -------------------------------------------------------------------------

    def _shown(self) -> Executable:
        if not self._programs.latest:
            raise TraceError(
                f"{name_of(self)} has not been compiled yet: call it once, and see what it became"
            )
        return self._programs.latest[0]

    @property
    def graph(self) -> Any:
        """The graph of the function at the numbers of the traced call, as Values."""
        executable, programs, function = self._shown(), self._programs, self._function
        for special in programs.specialised.values():
            if special.holds(executable) or (special.named and special.named.holds(executable)):
                programs, function = special, WithStatic(function, *special.static)
        by_keyword = programs.named is not None and programs.named.holds(executable)
        return executable.traced.graph(WithKeywords(function) if by_keyword else function)

    @property
    def source(self) -> str:
        """The program in its text form, lowered and simplified, one instruction a line."""
        return text_of(self._shown().function)

    @property
    def outside(self) -> list[Value]:
        """The captured Values, which the compiled function reads at every call."""
        self._shown()
        found = {id(value): value for each in self._executables() for value in each.captured}
        return list(found.values())

    @property
    def ways(self) -> int:
        """How many programs have been compiled: one for each structure of arguments and way."""
        made = self._executables()
        with_gradients = sum(each.traced.has_gradients for each in made)
        return max(with_gradients, len(made) - with_gradients)

    def _executables(self) -> list[Executable]:
        found: dict[int, Executable] = {}
        for cache in self._programs.parts():
            for each in (*cache.executables.values(), *cache.latest):
                if isinstance(each, Paths):
                    found |= {id(way): way for way in each.executables}
                else:
                    ways = each if isinstance(each, list) else [each]
                    found |= {id(way): way for way in ways}
        return list(found.values())

    @property
    def llvm(self) -> str:
        """The LLVM code."""
        return self._shown().llvm

    @property
    def c(self) -> str:
        """The program as a C11 file; its header comment says what goes where.

        Raises:
            ValueError: the function captures Values, which may change; see ``save``.
        """
        return self._exported("c", False)

    def save(self, path: str | os.PathLike[str], freeze: bool = False) -> Path:
        """Write the program to a file, completely or not at all.

        With ``exact=False`` the file has neither multiply-adds nor vector functions: its results
        may differ from the function's by what that allows, and the comment at its head says so.
        Of a function that decides by numbers the file has the ways that calls have taken: where
        there are others, C returns 2 and nan for them, JavaScript throws, and the comment says so.

        Args:
            path: a file name that ends in .c (C11) or .js or .mjs (an ES module).
            freeze: whether captured Values become constants, with the numbers they have now.

        Returns:
            The path that was written.

        Raises:
            ValueError: the name has another ending, or the program cannot be exported.
            OSError: the file cannot be written.

        Example:
            >>> import tempfile
            >>> from autograd import grad, jit
            >>> slope = jit(grad(lambda x: x**3))
            >>> slope(2.0)
            12.0
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     print(slope.save(f"{folder}/slope.c").name)
            slope.c
        """
        target = Path(path)
        suffixes = {".c": "c", ".js": "javascript", ".mjs": "javascript"}
        if target.suffix not in suffixes:
            raise ExportError(
                f"save: a file name ends in {', '.join(suffixes)}, and this is {target.name!r}"
            )
        text = self._exported(suffixes[target.suffix], freeze)
        write_whole(target, text.encode())
        return target

    def _exported(self, language: str, freeze: bool) -> str:
        module: Any = import_module(f"autograd.backends.{language}")
        function, binding, labels = self._to_export(freeze)
        source: str = module.source(function, binding, self.exact, labels)
        return source

    def _to_export(self, freeze: bool) -> tuple[Function, Binding, list[str]]:
        """Return the program, which of its parameters are mapped, and what its results are."""
        executable = self._shown()
        if executable.traced.has_gradients:
            raise ExportError(
                f"{name_of(self)} has been called with Values alone, for which its derivatives are "
                f"compiled with it: call it once with plain numbers, and export that"
            )
        ways = self._ways_beside(executable)
        executable = ways[0]
        careful = [way.careful() if way.is_fast else way for way in ways]
        functions = [way.function for way in careful]
        captured = [p.name for each in functions for p in each.parameters if p.is_capture]
        if captured:
            if not freeze:
                names = ", ".join(dict.fromkeys(captured))
                raise ExportError(
                    f"{name_of(self)} reads captured Values at every call ({names:.200}), and a "
                    f"file could not: make them arguments, or write save(path, freeze=True) to "
                    f"make constants of the numbers they have now"
                )
            functions = [
                frozen(each, [value._data for value in way.captured])
                for way, each in zip(ways, functions, strict=True)
            ]
        function, structure = pruned(functions[0], True), executable.traced.structure
        if executable.is_guarded:
            function, structure = joined(functions), structure.parts[0]
        layout = executable.layout
        mapped = {place for place, source in enumerate(layout.sources) if source.row is not None}
        reduce = self.reduce if layout.mapped else None
        binding = Binding(frozenset(mapped) if layout.mapped else None, reduce)
        return function, binding, [*structure.paths("result")]

    def _ways_beside(self, executable: Executable) -> list[Executable]:
        """Return all known ways of the structure of arguments of an executable, the first first."""
        own = {id(each._programs): each for each in self._parts()}
        for cache in self._programs.parts():
            for key, each in [*cache.executables.items()]:
                if isinstance(each, Paths) and executable in each.executables:
                    if id(cache) in own:
                        each = own[id(cache)]._with_all_ways(key) or each
                    ways = each.executables[::-1] if isinstance(each, Paths) else [each]
                    return ways + cache.covering.get(key, []) * ways[0].is_guarded
        return [executable]

    def _parts(self) -> Iterator[Jitted[...]]:
        """Yield what calls go through: this, and what is compiled for keywords and static ones."""
        yield self
        for each in (self._named, *getattr(self, "_specialised", {}).values()):
            if each is not None:
                yield from each._parts()

    def _with_all_ways(self, key: object) -> Executable | Paths | None:
        """Return what is compiled for a structure of arguments once all calls have their ways.

        They are taken by plain numbers, also where a call gave Values for what is captured, and
        anew where the call was made before ``if`` became a choice.
        """
        programs, waiting = self._programs, list[tuple[Any, ...]]()
        for other, ways in [*programs.executables.items()]:
            if isinstance(ways, list) and other[0] == key:
                waiting += map(_plain_arguments, ways)
        while waiting := waiting + programs.forgotten.pop(key, []):
            args = waiting.pop()
            axes = self.axes_for(args)
            if axes is not None:
                if isinstance(self._function, WithKeywords):  # a row of (n,) has no axis to see
                    axes = (*axes[:-1], tree_map(_first_axis, args[-1]))
                pairs = zip(args, axes, strict=True)
                args = tuple([map_with_axes(_one_row, arg, axis, "") for arg, axis in pairs])
            with no_grad():
                cast("Jitted[...]", self)(*args)
        return cast("Executable | Paths | None", programs.executables.get(key))

    def report(self) -> Report:
        """Return what compiling did: steps before and after, seconds, lanes, bytes."""
        return report_of(self._shown())

    # -- methods and pickles -------------------------------------------------------------------

    def __set_name__(self, owner: type, name: str) -> None:
        self._classes += (owner,)

    def _is_unbound(self, args: tuple[object, ...]) -> bool:
        """Return whether this is a method that was called with its object as an argument."""
        if not args or self._bound_to is not None:
            return False
        first = args[0]
        if isinstance(first, type):  # a classmethod, from Python 3.13 on
            name = name_of(self)
            return any(getattr(vars(c).get(name), "__func__", None) is self for c in first.__mro__)
        return isinstance(first, self._classes)

    def __get__(self, instance: object, owner: type | None = None) -> Jitted[...]:
        """Return the compiled method of an object, which has programs of its own.

        What the method reads of its object is read as any closure: Values at every call.
        """
        if instance is None:
            return self
        bound = object.__new__(type(self))
        bound.__dict__ |= self.__dict__
        bound._function = types.MethodType(self._function, instance)
        if self._in_axes is not None:
            if self._axes_of_methods is None:
                self._axes_of_methods = axes_without_self(self._in_axes, self._function)
            bound._in_axes = self._axes_of_methods
        bound.__dict__["__wrapped__"] = bound._function  # whose signature has no self
        bound._programs = self._programs_of(instance)
        bound._bound_to = (self, instance)
        bound._row = bound._named = None
        return bound

    def _programs_of(self, instance: object) -> Cache:
        """Return what has been compiled for an object; it goes when the object goes."""
        found = self._objects.get(id(instance))
        if found is not None and found[0]() is instance:
            return found[1]
        for other, programs in self._others:
            if other is instance:
                return programs
        programs = Cache()
        objects, key = self._objects, id(instance)
        try:
            objects[key] = (weakref.ref(instance, lambda _: objects.pop(key, None)), programs)
        except TypeError:  # __slots__ without __weakref__: the latest few are kept
            self._others.append((instance, programs))
        return programs

    def __reduce__(self) -> str | tuple[object, ...]:
        if self._bound_to is not None:
            return _bound, self._bound_to
        module, name = getattr(self, "__module__", ""), getattr(self, "__qualname__", "")
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is self:  # decorated: it is found under its own name
            return name
        if self._is_mapped:
            return _of_rows, (self._function, *self._options())
        return jit, (self._function, *self._options())

    def _options(self) -> tuple[Any, ...]:
        return self._in_axes, self.reduce, self.exact, *self._limits

    @property
    def _limits(self) -> tuple[int, str | None]:
        return self.max_paths, self.tier

    def __deepcopy__(self, memo: dict[int, object]) -> object:
        if self._bound_to is not None:
            method, instance = self._bound_to
            return method.__get__(copy.deepcopy(instance, memo))
        inner: Any = self._function  # of a partial the arguments are copied too
        while not isinstance(inner, (types.MethodType, functools.partial)):
            if not hasattr(inner, "__wrapped__"):
                break
            inner = inner.__wrapped__
        if copy.deepcopy(inner, memo) is inner:  # a plain function
            return self
        function = copy.deepcopy(self._function, memo)  # that of the copied object
        return (_of_rows if self._is_mapped else jit)(function, *self._options())


# Not a __getattr__, which costs each call a twentieth of its time.
for _name in OF_COMPILED:
    setattr(Jitted, _name, Missing(_name, "what jit returns", OF_COMPILED))


class StaticJitted(Jitted[P]):
    """A function some of whose arguments stay Python's: a program for each of their values."""

    def __init__(self, static: tuple[Any, ...], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._static = static
        self._specialised: dict[Any, Jitted[...]] = {}

    def __call__(self, *args: object, **named: object) -> Any:
        """Call the function, compiling it first where the static arguments are new."""
        if self._is_unbound(args):
            return self.__get__(args[0])(*args[1:], **named)
        args, named = by_position(self._function, args, named, self._in_axes)
        places, by_name = taken_out(self._function, self._static, args, named)
        key = len(args), key_of(places, by_name)
        programs = self._programs_for(key)
        jitted = self._specialised.get(key)
        if jitted is None or jitted._programs is not programs:
            programs.static = places, by_name
            jitted = self._specialisation(places, by_name, args, programs)
            self._specialised[key] = jitted
        rest = [each for place, each in enumerate(args) if place not in places]
        return jitted(*rest, **{name: named[name] for name in named if name not in by_name})

    def _programs_for(self, key: Hashable) -> Cache:
        """Return what has been compiled for some static arguments; the latest are kept."""
        kept = self._programs.specialised
        with self._programs.lock:
            programs = kept.pop(key, None) or Cache(latest=self._programs.latest)
            kept[key] = programs
            if len(kept) > MOST_SPECIALISATIONS:
                self._specialised.pop(kept.popitem(last=False)[0], None)
        return programs

    def _specialisation(
        self,
        places: dict[int, object],
        by_name: dict[str, object],
        args: tuple[object, ...],
        programs: Cache,
    ) -> Jitted[...]:
        axes = self._in_axes
        if axes is not None and not isinstance(axes, int):
            axes = self.axes_for(args) or ()
            for place in places:
                if axes[place] is not None:
                    raise StructureError(
                        f"jit: argument {place} of {name_of(self)} is static, and in_axes maps it: "
                        f"write None there"
                    )
            axes = tuple([axis for place, axis in enumerate(axes) if place not in places])
        for place in differentiated(self._function, len(args)):
            if place in places:
                raise StructureError(
                    f"jit: argument {place} of {name_of(self)} is static, and is differentiated: "
                    f"leave it out of static_argnums or of argnums"
                )
        function = WithStatic(self._function, places, by_name)
        return Jitted(function, axes, self.reduce, self.exact, programs, *self._limits)

    def __get__(self, instance: object, owner: type | None = None) -> Jitted[...]:
        """Return the compiled method of an object."""
        bound = super().__get__(instance, owner)
        if bound is not self:
            assert isinstance(bound, StaticJitted)
            bound._static = tuple(  # those by number count self
                [each - 1 if isinstance(each, int) else each for each in self._static]
            )
            bound._specialised = {}
        return bound

    def _options(self) -> tuple[Any, ...]:
        numbers = tuple([each for each in self._static if isinstance(each, int)])
        names = tuple([each for each in self._static if isinstance(each, str)])
        return (*super()._options(), numbers or None, names or None)


def _as_values(leaf: object) -> object:
    """Return a number, or an array of numbers, as Values; a mask stays one."""
    if is_mask(leaf):
        return leaf
    numbers, structure = flatten(leaf)
    return unflatten(structure, [Value(real(number, "jit")) for number in numbers])


def _of_rows(function: Callable[..., object], in_axes: object, *options: object) -> Jitted[...]:
    """Return ``jit(vmap(function, in_axes))``."""
    compiled: Callable[..., Jitted[...]] = jit
    return compiled(vmap(function, in_axes), None, *options)


def _bound(method: Jitted[...], instance: object) -> Jitted[...]:
    return method.__get__(instance)


def _numbers(given: Arguments, executable: Executable) -> list[float]:
    """Return the plain numbers of a call and of what the executable captures."""
    captured = executable.captured
    return [n._data if isinstance(n, Value) else n for n in [*given.numbers, *captured]]


def _is_transient(executable: Executable) -> bool:
    """Return True if it captures a running transform's own leaves, and so must not be cached."""
    own = {id(leaf) for leaves in derivatives() for leaf in leaves}
    captured = executable.captured
    return bool(own and captured) and any(id(node) in own for node in ordered(*captured))


def _plain(leaf: object) -> object:
    """Return an array of objects that are all of a dtype as one of it, and such a number, too."""
    dtype = getattr(leaf, "dtype", None)
    if dtype is None or dtype.kind == "b":
        return leaf
    array = array_module().asarray(leaf)
    kind = getattr(next(iter(array.flat), 0.0), "dtype", None if array.size else float)
    return array_module().array(array.tolist(), kind or object).reshape(array.shape)


def _first_axis(leaf: object) -> int | None:
    return 0 if hasattr(leaf, "dtype") else None


def _one_row(_: str, leaf: Any, axis: int | None) -> object:
    """Return rows of which this is the only one."""
    return leaf if axis is None else array_module().expand_dims(leaf, axis)


def _itself(value: Value) -> object:
    """Return another Value of the same number; a condition itself."""
    return value if getattr(value, "is_condition", False) else ops.identity(value)


def differentiated(function: Any, count: int) -> list[int]:
    """Return which of the arguments a derivative is taken by, if the function is a derivative."""
    if isinstance(function, WithKeywords):
        return differentiated(function.function, count - 1)
    if isinstance(function, Jitted):
        return differentiated(function._function, count)
    if isinstance(function, WithStatic):
        places = differentiated(function.function, count + len(function.places))
        return function.places_here(places)
    given = 0  # arguments that it has already
    if isinstance(function, functools.partial):
        function, given = function.func, len(function.args)
    elif isinstance(function, types.MethodType):
        function, given = function.__func__, 1
    if given:
        return [
            place - given for place in differentiated(function, count + given) if place >= given
        ]
    argnums = getattr(function, "argnums", ())
    if argnums != () and not isinstance(function, Derivative):  # a decorator's copy
        if has_places_of_its_own(function):
            return []
        return differentiated(function.__wrapped__, count)
    chosen = [argnums] if isinstance(argnums, int) else argnums
    return [number % count for number in chosen if -count <= number < count]


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Pause Python's garbage collector, which would scan a graph without cycles repeatedly."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@overload
def jit(
    f: Callable[P, object],
    in_axes: None = None,
    reduce: None = None,
    exact: bool = True,
    max_paths: int = MAX_PATHS,
    tier: str | None = None,
    static_argnums: int | Sequence[int] | None = None,
    static_argnames: str | Sequence[str] | None = None,
) -> Jitted[P]: ...
@overload
def jit(
    f: Callable[..., object],
    in_axes: object,
    reduce: str | None = None,
    exact: bool = True,
    max_paths: int = MAX_PATHS,
    tier: str | None = None,
    static_argnums: int | Sequence[int] | None = None,
    static_argnames: str | Sequence[str] | None = None,
) -> Jitted[...]: ...
@overload
def jit(
    *,
    in_axes: None = None,
    reduce: None = None,
    exact: bool = True,
    max_paths: int = MAX_PATHS,
    tier: str | None = None,
    static_argnums: int | Sequence[int] | None = None,
    static_argnames: str | Sequence[str] | None = None,
) -> Callable[[Callable[P, object]], Jitted[P]]: ...
@overload
def jit(
    *,
    in_axes: object,
    reduce: str | None = None,
    exact: bool = True,
    max_paths: int = MAX_PATHS,
    tier: str | None = None,
    static_argnums: int | Sequence[int] | None = None,
    static_argnames: str | Sequence[str] | None = None,
) -> Callable[[Callable[..., object]], Jitted[...]]: ...
@decorating
def jit(
    f: Callable[..., object],
    in_axes: object = None,
    reduce: str | None = None,
    exact: bool = True,
    max_paths: int = MAX_PATHS,
    tier: str | None = None,
    static_argnums: int | Sequence[int] | None = None,
    static_argnames: str | Sequence[str] | None = None,
) -> Jitted[...]:
    """Trace a function once for each structure of its arguments, and compile it to native code.

    Args:
        f: a function or method of numbers, nested lists, tuples and dicts of numbers, and NumPy
            arrays, by position or by keyword, written with Python's operators and the functions
            of autograd. It sees an array as an object array of Values of the same shape. It may
            be a derivative: ``jit(grad(f))``. Without it the settings make a decorator:
            ``@jit(exact=False)``. Plain numbers that it reads from outside (globals, a closure,
            ``self.rate`` of a method's object) stay what they were when it was traced; what is to
            change is an argument, or a Value, whose ``.data`` is read at every call.
        in_axes: None, or as in ``jax.vmap`` the axis of each argument that is mapped over, None
            for an argument that all rows share. Rows run side by side in SIMD lanes. Arrays given
            by keyword are mapped over their first axis, as in JAX, unless a tuple has an entry for
            the place of that argument, and numbers are shared; so is the object of a method, for
            which a tuple in the class has None or no entry.
        reduce: "sum" or "mean" to add up each output over the mapped axis; None to return
            outputs with the mapped axis in front.
        exact: True for the bits of the eager engine; False allows contracted multiply-adds,
            and vector functions within 4 units in the last place.
        max_paths: how many ways through f there may be, where it decides by traced numbers.
        tier: "llvm", "grouped" or "interpreted" for what runs the programs, in all cases where it
            can; None for what is soonest ready at first and fastest later: groups of equal steps
            for large programs, the interpreter for loops of few steps, else LLVM. All give the same
            bits. ``AUTOGRAD_TIER`` is for all.
        static_argnums: the places of arguments that stay Python's, such as counts, flags, strings
            and functions: there is a program for each of their values, which must be hashable
            (the latest 256 are kept).
        static_argnames: likewise, their names.

    Returns:
        The compiled function. Given plain numbers it returns floats and float64 arrays; given
        Values, it returns Values, each one node whose partials are compiled too. So it does where f
        reads Values from outside, as ``jit(model)`` does the weights of a trained model: numbers
        are had under ``no_grad()``, or with the model as an argument, ``jit(lambda model, x:
        model(x))(model, x)``. It shows ``graph``, ``source``, ``outside``, ``llvm`` and
        ``report()``, works as a decorator and pickles.

    Raises:
        TypeError: f is no function; at a call, a number was asked of a traced Value (TraceError).
        ValueError: in_axes and reduce do not fit each other, or the arguments; or f is a
            derivative by a mapped argument, which reduce would add up over different rows.
        ImportError: NumPy or llvmlite is not installed.

    Example:
        >>> from autograd import grad, jit
        >>> slope = jit(grad(lambda x: x**3 + x))
        >>> slope(2.0)
        13.0
        >>> import numpy
        >>> area = jit(lambda width, height: width * height, in_axes=(0, None), reduce="sum")
        >>> area(numpy.array([1.0, 2.0, 3.0]), 10.0)
        60.0
    """
    check_function("jit", f, "in_axes=0")
    in_axes = checked_mapping(in_axes, reduce)
    if type(max_paths) is not int or max_paths < 1:
        raise ArgumentError(
            f"jit: max_paths is a whole number from 1 on, and was {brief(max_paths, 40)}"
        )
    need_numpy()
    binding()
    rows = rows_behind(f) if in_axes is None else None
    if rows is not None:  # vmap: the rows go side by side
        f, in_axes = rows[0], checked_mapping(rows[1], None)
    options = (f, in_axes, reduce, bool(exact), None, max_paths, checked_tier(tier))
    if static_argnums is None and static_argnames is None:
        jitted: Jitted[...] = Jitted(*options)
        jitted._is_mapped = rows is not None
        return jitted
    return StaticJitted(checked_static(f, static_argnums, static_argnames), *options)
