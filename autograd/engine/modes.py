"""What can be switched on around operations: no_grad, scope, detect_anomaly (and tracing).

Modes belong to the context (``contextvars``): neither another thread nor another asyncio task sees
those that are entered here. The engine looks at ``active`` before each operation, a set for the
whole process; only while it is not empty does it ask for the ``current()`` modes. Contexts in a
scope are counted separately, in ``scoped``: networks are always in one, and it matters only to the
node that is made.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Never, NoReturn, Protocol, TypeVar, cast, overload

from autograd.callsite import user_line
from autograd.decorated import within
from autograd.engine.accelerator import native
from autograd.errors import ArgumentError, TraceError
from autograd.table.operation import Operation
from autograd.wording import what_is
from autograd.wrong_calls import asking

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")

active: set[object] = set()  # not empty while some context anywhere is in a mode
scoped: set[object] = set()  # likewise, in a scope


class Recorder(Protocol):
    """What records operations in place of the eager engine while a function is traced."""

    def record(self, operation: Operation, operands: tuple[object, ...]) -> object:
        """Record one operation and return what stands for its result."""

    def leaf(self, number: float) -> object:
        """Return what stands for a plain number that is differentiated with respect to."""

    def standing_for(self, value: object) -> Any:
        """Return what stands for a Value from outside: as a rule itself."""


class Scope:
    """One entry of ``with scope(name)``: nodes made inside hold it, and it knows its parent."""

    __slots__ = ("name", "parent")

    def __init__(self, name: str, parent: Scope | None) -> None:
        self.name = name
        self.parent = parent

    def path(self) -> tuple[Scope, ...]:
        """Return the scopes from the outermost to this one."""
        inner: Scope | None = self
        scopes: list[Scope] = []
        while inner is not None:
            scopes.append(inner)
            inner = inner.parent
        return tuple(reversed(scopes))

    def __repr__(self) -> str:
        return f"Scope({'/'.join(scope.name for scope in self.path())!r})"


class _Presence:
    """Keeps a set from being empty until the last context that holds it is gone.

    It goes by a function of C, into which Ctrl-C cannot fall, as it can into ``__del__``.
    """

    __slots__ = ("__weakref__",)

    def __init__(self, among: set[object]) -> None:
        among.add(weakref.ref(self, among.discard))


class State:
    """The modes of one context: the mode entered last, and the settings inside it.

    Attributes:
        mode: the mode entered last; None outside all.
        outer: the state in which it was entered.
        special: true when operations are not simply recorded.
        inlined: when what compiled functions are made of is called in their place, what gives the
            call of a function that is differentiated, or None for the usual one.
    """

    __slots__ = (
        *("mode", "outer", "special", "recording", "anomaly", "recorder", "scope", "inlined"),
        *("_present", "_present_in_scope"),
    )

    mode: Mode | None
    outer: State | None
    special: bool
    recording: bool
    anomaly: bool
    recorder: Recorder | None
    scope: Scope | None
    inlined: Callable[..., Any] | None
    _present: _Presence | None
    _present_in_scope: _Presence | None

    def inside(self, mode: Mode) -> State:
        """Return a state with the same settings, in which a mode has been entered."""
        state = State()
        state.mode, state.outer = mode, self
        state.special, state.recording, state.anomaly = self.special, self.recording, self.anomaly
        state.recorder, state.scope, state.inlined = self.recorder, self.scope, self.inlined
        state._present, state._present_in_scope = self._present, self._present_in_scope
        return state


_NOTHING = State()
_NOTHING.mode = _NOTHING.outer = _NOTHING.recorder = _NOTHING.scope = _NOTHING.inlined = None
_NOTHING.special = _NOTHING.anomaly = False
_NOTHING.recording = True
_NOTHING._present = _NOTHING._present_in_scope = None

state_of_context: ContextVar[State] = ContextVar("modes of autograd", default=_NOTHING)
current = state_of_context.get  # returns the state of this context


class _OfThread(threading.local):
    """What a thread is at: derivatives are taken in calls, each of which ends where it began."""

    derivatives: tuple[Sequence[object], ...] = ()


_of_thread = _OfThread()


def derivatives() -> tuple[Sequence[object], ...]:
    """Return the leaves of the derivatives that this thread is taking, the outermost first."""
    return _of_thread.derivatives


def set_derivatives(those: tuple[Sequence[object], ...]) -> None:
    """Say which derivatives this thread is taking."""
    _of_thread.derivatives = those


if native is not None:
    derivatives, set_derivatives = native.derivatives, native.set_derivatives


class _Kind(type):
    """The class of the classes of modes: ``with no_grad:``, which lacks the brackets, says so."""

    if not TYPE_CHECKING:  # checkers refuse a class there without our help

        def __enter__(cls) -> NoReturn:
            brackets = '("name")' if cls.__name__ == "scope" else "()"
            raise ArgumentError(
                f"with {cls.__name__}: lacks its brackets: write with {cls.__name__}{brackets}:"
            )

        def __exit__(cls, *error: object) -> None:
            """Python looks for it before the block."""


class Mode(contextlib.ContextDecorator, metaclass=_Kind):
    """A context manager and decorator that changes this context's settings while it is on.

    A setting is what the mode that was entered last says of it. So modes need not be left in the
    order of a stack: a generator may hold one open beyond the block in which it was entered.

    Ctrl-C can fall between the end of a block and the first line of ``__exit__``, which then never
    runs (the accelerator's has no lines). So a KeyboardInterrupt that passes a mode leaves all that
    were entered after it too, and so does ``__exit__()`` without arguments; functions are called in
    a mode by ``run``, on which Ctrl-C has no such hold. Leaving a mode twice does no harm.
    """

    def __init__(self, **changes: object) -> None:
        self._changes = changes

    def __call__(self, function: F) -> F:
        """Decorate a function; coroutines and generators are in the mode whenever they run.

        Raises:
            TypeError: it is no function.
        """
        import inspect

        name = type(self).__name__ if type(self) is not Mode else "no_grad"
        if (method := within(self, name, function)) is not None:
            return cast(F, method)
        if not callable(function):
            raise ArgumentError(f"{name}: takes a function, or nothing, and not {function!r}")
        if inspect.isgeneratorfunction(function):
            return cast(F, self._around_generator(function))
        if inspect.isasyncgenfunction(function):
            return cast(F, self._around_async_generator(function))

        @functools.wraps(function)
        def called(*args: object, **named: object) -> object:
            return self.run(function, *args, **named)

        if not inspect.iscoroutinefunction(function):
            return cast(F, called)

        @functools.wraps(function)
        async def awaited(*args: object, **named: object) -> object:
            with self:
                return await function(*args, **named)

        return cast(F, awaited)

    def _around_generator(self, function: Callable[..., Any]) -> Callable[..., object]:
        @functools.wraps(function)
        def stepped(*args: object, **named: object) -> Generator[object, object, object]:
            generator = function(*args, **named)
            resume, sent = generator.send, None
            while True:
                try:
                    with self:
                        item = resume(sent)
                except StopIteration as end:
                    return end.value
                try:
                    resume, sent = generator.send, (yield item)
                except GeneratorExit:
                    with self:
                        generator.close()
                    raise
                except BaseException as error:
                    resume, sent = generator.throw, error

        return stepped

    def _around_async_generator(self, function: Callable[..., Any]) -> Callable[..., object]:
        @functools.wraps(function)
        async def stepped(*args: object, **named: object) -> AsyncIterator[object]:
            generator = function(*args, **named)
            resume, sent = generator.asend, None
            while True:
                try:
                    with self:
                        item = await resume(sent)
                except StopAsyncIteration:
                    return
                try:
                    resume, sent = generator.asend, (yield item)
                except GeneratorExit:
                    with self:
                        await generator.aclose()
                    raise
                except BaseException as error:
                    resume, sent = generator.athrow, error

        return stepped

    def entered(self, outer: State, as_before: State | None = None) -> State:
        """Return the state in which the mode has been entered, for the first time or again."""
        state = outer.inside(self)
        for name, setting in self._changes.items():
            setattr(state, name, setting)
        state.special = not state.recording or state.anomaly or state.recorder is not None
        if (state.special or state.inlined) and state._present is None:
            state._present = _Presence(active)
        return state

    def __enter__(self) -> None:
        outer = current()
        try:
            state_of_context.set(self.entered(outer))
        except BaseException:  # Ctrl-C behind the last call: the block will not be
            state_of_context.set(outer)
            raise

    def run(self, function: Callable[..., T], *args: object, **named: object) -> T:
        """Call a function in this mode; whatever happens, it is left then."""
        outer = current()
        try:
            state_of_context.set(self.entered(outer))
            return function(*args, **named)
        finally:
            state_of_context.set(outer)

    def __exit__(self, *error: object) -> None:
        state: State | None = current()
        if state is not None and state.mode is self and state.outer is not None:
            state_of_context.set(state.outer)
            return
        left: list[State] = []  # the states entered after this mode, the last one first
        while state is not None and state.mode is not self:
            left.append(state)
            state = state.outer
        if state is None:
            return
        rest = state.outer
        assert rest is not None
        if error and error[0] is not KeyboardInterrupt:
            for inner in reversed(left):
                assert inner.mode is not None
                rest = inner.mode.entered(rest, inner)
        state_of_context.set(rest)


if native is not None and hasattr(native, "leaving"):
    Mode.__exit__ = native.leaving(state_of_context, Mode.__exit__)  # type: ignore[method-assign]


if TYPE_CHECKING:

    @overload
    def no_grad() -> Mode: ...
    @overload
    def no_grad(function: F) -> F: ...
    def no_grad(function: F | None = None) -> Mode | F:
        """Record nothing; see below."""
        raise NotImplementedError

else:  # a class, so that ``with no_grad:`` can say what it lacks

    class no_grad(metaclass=_Kind):
        """Record nothing: inside, operations give Values without operands (in this context only).

        It is a context manager and a decorator, with parentheses or without, as in PyTorch.

        Args:
            function: the function to decorate; nothing for a context manager.

        Raises:
            TypeError: it is no function.

        Example:
            >>> from autograd import Value, no_grad
            >>> w = Value(3.0)
            >>> with no_grad():
            ...     y = w * 2
            >>> y.is_leaf
            True
        """

        def __new__(cls, function: F | None = None) -> Mode | F:
            """Return a mode, or the function in it."""
            mode = Mode(recording=False)
            return mode if function is None else mode(function)


class detect_anomaly(Mode):
    """Raise FloatingPointError at the first operation whose value or derivative is nan or infinite.

    The error names the operation, its operands' labels and numbers, and the line of the user's
    source where it was made. Recording is slower inside; it holds in this context only.

    Example:
        >>> import autograd
        >>> from autograd import Value, detect_anomaly
        >>> try:
        ...     with detect_anomaly():
        ...         y = autograd.log(Value(0.0, label="x"))
        ... except FloatingPointError as error:
        ...     print(str(error).split(";")[0])
        log gave -inf, with derivatives [inf], for x = 0.0 ('x')
    """

    def __init__(self, *given: Never) -> None:
        if given:
            raise ArgumentError(
                "detect_anomaly: takes nothing: write @detect_anomaly() above a function, or "
                "with detect_anomaly(): before what it watches"
            )
        super().__init__(anomaly=True)

    def entered(self, outer: State, as_before: State | None = None) -> State:
        """Return the state in which it has been entered.

        Raises:
            TraceError: it is entered while a function is traced.
        """
        if outer.recorder is not None:
            raise TraceError(
                f"detect_anomaly at {user_line()}\nwatches numbers, and a compiled function has "
                f"none while it is traced: write it around the call, with detect_anomaly(): ..."
            )
        return super().entered(outer, as_before)


class scope(Mode):
    """Name the part of a computation in which nodes are made; pictures draw it as a box.

    Args:
        name: any text; scopes may be nested, and each entry is a box of its own.

    Raises:
        TypeError: the name is not a str.

    Example:
        >>> from autograd import Value, scope
        >>> with scope("attention"):
        ...     y = Value(2.0) * 3.0
        >>> y.scope
        Scope('attention')
    """

    @asking('scope("name")')
    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            above = ': write @scope("name") above a function' if callable(name) else ""
            raise ArgumentError(f"scope takes a name (a str), and was given {what_is(name)}{above}")
        self._name = name

    def entered(self, outer: State, as_before: State | None = None) -> State:
        """Return the state in which the scope has been entered, for the first time or again."""
        state = outer.inside(self)
        if as_before is None:
            state.scope = Scope(self._name, outer.scope)
        else:
            state.scope = as_before.scope
        if state._present_in_scope is None:
            state._present_in_scope = _Presence(scoped)
        return state
