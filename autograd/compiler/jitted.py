"""``jit``: the public face of the compiler."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any

from autograd import modes
from autograd.compiler.arguments import Arguments, checked_axes
from autograd.compiler.plan import Plan, example_graph
from autograd.compiler.trace import name_of
from autograd.errors import ArgumentError, StructureError
from autograd.modes import thread
from autograd.structure import unflatten


class Jitted:
    """A function that compiles itself for each structure of arguments that it meets."""

    def __init__(self, function: Callable[..., Any], in_axes: Any, reduce: Any, exact: bool):
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._in_axes = in_axes
        self._reduce = reduce
        self._exact = exact
        self._plans: dict[Any, Plan] = {}
        self._direct: dict[Any, Callable[..., float]] = {}
        self._lock = threading.RLock()
        self._latest: Plan | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        if modes.active and thread.special:
            return self._in_mode(args, named)
        direct = self._direct.get(tuple(map(type, args)))
        if direct is not None and not named:
            return direct(*args)
        return self._called(args, named)

    def _in_mode(self, args: Any, named: Any) -> Any:
        if thread.recorder is not None and self._in_axes is None:
            return self._function(*args, **named)
        return self._called(args, named)

    def _called(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if named:
            args = self._bound(args, named)
        axes = self._axes(args)
        given = Arguments(args, axes)
        plan = self._plans.get(given.key)
        if plan is None:
            plan = self._planned(given, args, axes)
        return plan(given)

    def _bound(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        bound = inspect.signature(self._function).bind(*args, **named)
        if bound.kwargs:
            raise ArgumentError(
                f"jit: {name_of(self._function)} was given keyword-only arguments "
                f"({', '.join(bound.kwargs)}): bind them with functools.partial before jit"
            )
        return bound.args

    def _axes(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        axes = self._in_axes
        if axes is None:
            return None
        if isinstance(axes, int):
            return (axes,) * len(args)
        if len(axes) != len(args):
            raise StructureError(
                f"jit: in_axes has {len(axes)} entries, and the function was called with "
                f"{len(args)} arguments"
            )
        return tuple(axes)

    def _planned(self, given: Arguments, args: tuple[Any, ...], axes: Any) -> Plan:
        with self._lock:
            plan = self._plans.get(given.key)
            if plan is None:
                names = self._names(len(args))
                plan = Plan(self._function, args, axes, names, self._reduce, self._exact)
                self._plans[given.key] = self._latest = plan
                if plan.direct is not None and not plan.outside:
                    self._direct[tuple(map(type, args))] = plan.direct
            return plan

    def _names(self, count: int) -> list[str]:
        try:
            names = list(inspect.signature(self._function).parameters)
        except (TypeError, ValueError):
            names = []
        return (names + [f"argument {i}" for i in range(len(names), count)])[:count]

    @property
    def graph(self) -> Any:
        """The recorded graph, at the numbers of the call that was traced."""
        assert self._latest is not None
        return unflatten(self._latest.structure, example_graph(self._latest))

    @property
    def llvm(self) -> str:
        """The LLVM code."""
        assert self._latest is not None
        return self._latest.text


def jit(
    f: Callable[..., Any], in_axes: Any = None, reduce: str | None = None, exact: bool = True
) -> Jitted:
    """Compile."""
    return Jitted(f, checked_axes(in_axes, reduce), reduce, exact)
