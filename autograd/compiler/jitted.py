"""``jit``: a function that compiles itself for each structure of arguments that it meets."""

from __future__ import annotations

import contextlib
import copy
import functools
import gc
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from autograd import modes, ops
from autograd.compiler.arguments import Arguments, checked_axes, matching, need_numpy, replaced
from autograd.compiler.machine import binding
from autograd.compiler.nodes import CompiledCall, called_with_values, row_by_row
from autograd.compiler.plan import Plan, Recording, slopes_of
from autograd.compiler.report import Report, report_of
from autograd.compiler.trace import name_of
from autograd.errors import ArgumentError, StructureError, TraceError
from autograd.modes import thread
from autograd.structure import flatten


class Jitted:
    """A function with its compiled programs, one for each structure of arguments; see ``jit``.

    What it shows (``graph``, ``source``, ``llvm``, ``report()``) is of the latest that it compiled.
    """

    def __init__(
        self, function: Callable[..., Any], in_axes: Any, reduce: str | None, exact: bool
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._in_axes = in_axes
        self.reduce = reduce
        self.exact = exact
        self._plans: dict[Any, Plan] = {}
        self._direct: dict[Any, Callable[..., Any]] = {}
        self._latest: Plan | None = None
        self._row: Jitted | None = None
        self._lock = threading.RLock()
        self._owner: tuple[Any, str] | None = None  # the object whose method this is
        self._method_name = ""

    def __repr__(self) -> str:
        return f"<compiled {name_of(self._function)}>"

    # -- a call --------------------------------------------------------------------------------

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the function, compiling it first where this structure of arguments is new."""
        if modes.active and thread.recorder is not None:
            return self._traced(args, named)
        if named:
            args = self._bound(args, named)
        axes = self._in_axes
        if axes is None:
            direct = self._direct.get(tuple(map(type, args)))
            if direct is not None and not thread.transforms:
                return direct(*args)
        else:
            axes = self.axes_for(args)
        given = Arguments(args, axes)
        if given.has_values:
            return self._with_values(args, axes, given)
        plan = self._plans.get(given.key) or self._planned(given, args, axes)
        if plan.outside and thread.transforms and thread.recording:
            # A derivative that is being taken may be by a Value that the function closes over.
            return self._with_values(args, axes, given)
        return plan(given)

    def _with_values(self, args: tuple[Any, ...], axes: Any, given: Arguments) -> Any:
        if axes is None:
            if modes.active and thread.anomaly:
                return self._function(*args)  # the eager engine names the operation at fault
            return called_with_values(self, args, given)
        if given.rows is not None and not given.has_mapped_values and self.reduce is not None:
            return called_with_values(self, args, given)
        if self.reduce is not None:
            raise StructureError(
                f"jit: a mapped argument of {name_of(self)} holds Values, and reduce="
                f"{self.reduce!r} would add their derivatives over all rows: share the argument "
                f"(None in in_axes), or leave reduce out"
            )
        return row_by_row(self, args, axes)

    def _traced(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Take part in the tracing of another function: be traced with it."""
        if self._in_axes is None:
            return self._function(*args, **named)
        args = self._bound(args, named)
        axes = self.axes_for(args)
        assert axes is not None
        return row_by_row(self, args, axes)

    def one_row(self, *args: Any) -> Any:
        """Call the function for one row of a mapped call."""
        if self._row is None:
            self._row = Jitted(self._function, None, None, self.exact)
        return self._row(*args)

    def _bound(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """Return all arguments by position."""
        if not named:
            return args
        bound = inspect.signature(self._function).bind(*args, **named)
        if bound.kwargs:
            raise ArgumentError(
                f"jit: {name_of(self)} was given keyword-only arguments "
                f"({', '.join(bound.kwargs)}): bind them with functools.partial before jit"
            )
        return bound.args

    def axes_for(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the mapped axis of each argument; None where nothing is mapped."""
        axes = self._in_axes
        if axes is None:
            return None
        if isinstance(axes, int):
            return (axes,) * len(args)
        if len(axes) != len(args):
            raise StructureError(
                f"jit: in_axes has {len(axes)} entries, and {name_of(self)} was called with "
                f"{len(args)} arguments"
            )
        return axes if type(axes) is tuple else tuple(axes)

    # -- plans ---------------------------------------------------------------------------------

    def _planned(self, given: Arguments, args: tuple[Any, ...], axes: Any) -> Plan:
        self._check_differentiated(args, axes)
        with self._lock:
            plan = self._plans.get(given.key)
            if plan is None:
                plan = self._plans[given.key] = self._latest = self._compiled(args, axes, None)
                kinds = tuple(map(type, args))
                if plan.direct is not None and set(kinds) <= {float}:
                    self._direct[kinds] = plan.direct
            return plan

    def _compiled(self, args: tuple[Any, ...], axes: Any, active: tuple[int, ...] | None) -> Plan:
        """Record and compile, with derivatives by the active numbers besides if there are any."""
        with _collector_at_rest():
            recording = Recording(self._function, args, axes, self._names(len(args)))
            if active is not None:
                recording.add_slopes(active)
            return Plan(recording, self.reduce, self.exact)

    def _check_differentiated(self, args: tuple[Any, ...], axes: Any) -> None:
        """Refuse to add up over all rows a derivative that each row has for itself."""
        argnums = getattr(self._function, "argnums", None)
        if self.reduce is None or argnums is None:
            return
        for position in [argnums] if isinstance(argnums, int) else argnums:
            if -len(args) <= position < len(args) and axes[position] is not None:
                raise StructureError(
                    f"jit: argument {position % len(args)} of {name_of(self)} is mapped and "
                    f"differentiated, and reduce={self.reduce!r} would add the derivatives of "
                    f"different rows: leave reduce out, or share the argument (None in in_axes)"
                )

    def plan_with_slopes(
        self, given: Arguments, args: tuple[Any, ...], active: tuple[int, ...]
    ) -> Plan:
        """Return the plan that gives, besides the outputs, their derivatives by some inputs."""
        key = (given.key, active)
        with self._lock:
            plan = self._plans.get(key)
            if plan is None:
                plan = self._plans[key] = self._compiled(args, self.axes_for(args), active)
                self._latest = self._latest or plan
            return plan

    def slopes_of(self, call: CompiledCall, output: int) -> Jitted:
        """Return the derivatives of one output of a call, as a compiled function like this one."""

        def slopes(*args: Any) -> list[Any]:
            args = replaced(args, ops.identity)  # one Value, given twice, is two operands
            targets = [*matching(call.arguments, args), *call.outside]
            outputs, _ = flatten(self._function(*args))
            return slopes_of(outputs[output], targets)

        slopes.__name__ = f"slopes of {name_of(self)}"
        return Jitted(slopes, self._in_axes, self.reduce, self.exact)

    def _names(self, count: int) -> list[str]:
        try:
            names = list(inspect.signature(self._function).parameters)
        except (TypeError, ValueError):
            names = []
        return (names + [f"argument {i}" for i in range(len(names), count)])[:count]

    # -- what it shows -------------------------------------------------------------------------

    def _shown(self) -> Plan:
        if self._latest is None:
            raise TraceError(
                f"{name_of(self)} has not been compiled yet: call it once, and see what it became"
            )
        return self._latest

    @property
    def graph(self) -> Any:
        """The graph of the function at the numbers of the recorded call, as Values."""
        return self._shown().recording.graph(self._function)

    @property
    def source(self) -> str:
        """The numbered program after the clean-up, one step a line."""
        plan = self._shown()
        tape = plan.recording.tape
        names = [node.label for node in tape.inputs]
        names += [value.label or f"outside {i}" for i, value in enumerate(plan.outside)]
        return plan.program.listing(names)

    @property
    def llvm(self) -> str:
        """The LLVM code."""
        return self._shown().text

    def report(self) -> Report:
        """Return what compiling did: steps before and after, seconds, lanes, bytes."""
        return report_of(self._shown())

    # -- methods and pickles -------------------------------------------------------------------

    def __set_name__(self, owner: type, name: str) -> None:
        self._method_name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the compiled method of an object; it is kept in the object, which is traced too.

        What the method reads of its object is read as any closure: Values at every call.
        """
        if instance is None:
            return self
        method = functools.partial(self._function, instance)
        functools.update_wrapper(method, self._function)
        bound = Jitted(method, self._in_axes, self.reduce, self.exact)
        bound._owner = (instance, self._method_name or name_of(self))
        with contextlib.suppress(AttributeError):  # an object without a __dict__
            instance.__dict__[bound._owner[1]] = bound
        return bound

    def __reduce__(self) -> str | tuple[Any, ...]:
        if self._owner is not None:
            return getattr, self._owner
        module, name = getattr(self, "__module__", ""), getattr(self, "__qualname__", "")
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is self:  # decorated: it is found under its own name
            return name
        return jit, (self._function, self._in_axes, self.reduce, self.exact)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._owner is not None:
            owner, name = self._owner
            return getattr(copy.deepcopy(owner, memo), name)
        return self


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's collector from looking, over and over, through a graph without cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def jit(
    f: Callable[..., Any], in_axes: Any = None, reduce: str | None = None, exact: bool = True
) -> Jitted:
    """Trace a function once for each structure of its arguments, and compile it to native code.

    Args:
        f: a function of numbers, nested lists, tuples and dicts of numbers, and NumPy arrays,
            written with Python's operators and the functions of autograd. It sees an array as an
            object array of Values of the same shape. It may be a derivative: ``jit(grad(f))``.
        in_axes: None, or as in ``jax.vmap`` the axis of each argument that is mapped over, None
            for an argument that all rows share. Rows run side by side in SIMD lanes.
        reduce: "sum" or "mean" to add up each output over the mapped axis; None to return
            outputs with the mapped axis in front.
        exact: True for the bits of the eager engine; False allows contracted multiply-adds,
            and vector functions within 4 units in the last place.

    Returns:
        The compiled function. Given plain numbers it returns floats and float64 arrays; given
        Values, it returns Values, each one node whose partials are compiled too. It shows
        ``graph``, ``source``, ``llvm`` and ``report()``, works as a decorator and pickles.

    Raises:
        TypeError: f is no function; at a call, a number was asked of a traced Value (TraceError).
        ValueError: in_axes and reduce do not fit each other, or the arguments.
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
    if not callable(f):
        raise ArgumentError(f"jit: takes a function, and was given a {type(f).__name__}")
    in_axes = checked_axes(in_axes, reduce)
    need_numpy()
    binding()
    return Jitted(f, in_axes, reduce, bool(exact))
