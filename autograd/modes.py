"""What a thread can switch on around operations: no_grad, scope, detect_anomaly (and tracing).

The engine looks at ``active``, one number for the whole process, before each operation. Only while
some thread is in some mode does it look further, at ``thread``, which every thread has of its own.
Scopes are counted apart, in ``scoped``: networks are in one all the time, and it concerns only the
node that is made.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import threading
from collections.abc import Callable
from typing import Any, Protocol

from autograd.errors import ArgumentError
from autograd.operation import Operation

active = 0
scoped = 0
_counting = threading.Lock()
if hasattr(os, "register_at_fork"):  # as for the lock in walk.py
    os.register_at_fork(
        before=_counting.acquire,
        after_in_parent=_counting.release,
        after_in_child=_counting.release,
    )


class Recorder(Protocol):
    """What records operations in place of the eager engine while a function is traced.

    Attributes:
        ways: the conditions under which anything depends on what is recorded now (branches.py).
    """

    ways: Any

    def record(self, operation: Operation, operands: tuple[Any, ...]) -> Any:
        """Record one operation and return what stands for its result."""

    def leaf(self, number: float) -> Any:
        """Return what stands for a plain number that is differentiated with respect to."""

    def ways_of(self, node: Any) -> Any:
        """Return the ways that held when a node was recorded."""


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


class _Thread(threading.local):
    """The modes of one thread; ``special`` is true when operations are not simply recorded."""

    special: bool = False
    recording: bool = True
    anomaly: bool = False
    recorder: Recorder | None = None
    scope: Scope | None = None
    transforms: int = 0  # how many derivatives of functions are being taken, one within another

    def __init__(self) -> None:
        self.entered: list[tuple[Mode, Any]] = []  # the modes that are on, and what was before


thread = _Thread()


class Mode(contextlib.ContextDecorator):
    """A context manager and decorator that changes this thread's modes and puts them back.

    Ctrl-C can fall between the end of a block and the first line of ``__exit__``, which then never
    runs. So a mode that is left puts back whatever was entered within it as well, and leaving it
    twice does no harm: who catches an interruption leaves again, to be sure.
    """

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    def __call__(self, function: Any) -> Any:
        """Decorate a function; a generator is in the mode whenever it runs."""
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def stepped(*args: Any, **named: Any) -> Any:
            generator, answer = function(*args, **named), None
            while True:
                try:
                    with self:
                        item = generator.send(answer)
                except StopIteration as end:
                    return end.value
                answer = yield item

        return stepped

    def __enter__(self) -> None:
        before = {name: getattr(thread, name) for name in self._changes}
        self._count(1, before)  # first, and down again last: too high a count only costs time
        thread.entered.append((self, before))
        self._change(self._changes)

    def __exit__(self, *error: object) -> None:
        entered = thread.entered
        while entered:
            mode, before = entered[-1]
            if mode is not self and all(other is not self for other, _ in entered):
                return
            mode._change(before)
            entered.pop()
            mode._count(-1, before)
            if mode is self:
                return

    def _change(self, settings: Any) -> None:
        for name, setting in settings.items():
            setattr(thread, name, setting)
        thread.special = not thread.recording or thread.anomaly or thread.recorder is not None

    def _count(self, change: int, before: Any) -> None:
        global active
        with _counting:
            active += change


class no_grad(Mode):
    """Record nothing: inside, operations give Values without operands (in this thread only).

    It is a context manager and a decorator, as in PyTorch.

    Example:
        >>> from autograd import Value, no_grad
        >>> w = Value(3.0)
        >>> with no_grad():
        ...     y = w * 2
        >>> y.is_leaf
        True
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Serve as ``@no_grad`` too, without parentheses."""
        mode = super().__new__(cls)
        if function is None:
            return mode
        Mode.__init__(mode, recording=False)
        return mode(function)

    def __init__(self) -> None:
        super().__init__(recording=False)


class detect_anomaly(Mode):
    """Raise FloatingPointError at the first operation whose value or derivative is nan or infinite.

    The error names the operation, its operands' labels and numbers, and the line of the user's
    source where it was made. Recording is slower inside; it holds in this thread only.

    Example:
        >>> import autograd
        >>> from autograd import Value, detect_anomaly
        >>> try:
        ...     with detect_anomaly():
        ...         y = autograd.log(Value(0.0, label="x"))
        ... except FloatingPointError as error:
        ...     print(str(error).split(";")[0])
        log gave -inf, with derivatives [inf], for x = 0.0 (x)
    """

    def __init__(self) -> None:
        super().__init__(anomaly=True)


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

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ArgumentError(
                f"scope takes a name (a str), and was given a {type(name).__name__}"
            )
        self._name = name

    def __enter__(self) -> None:
        before = thread.scope
        self._count(1, before)
        thread.entered.append((self, before))
        thread.scope = Scope(self._name, before)

    def _change(self, settings: Scope | None) -> None:
        thread.scope = settings

    def _count(self, change: int, before: Scope | None) -> None:
        global scoped
        if before is None:  # the outermost stands for those within it
            with _counting:
                scoped += change


class recording_with(Mode):
    """Hand every operation of this thread to a recorder (the compiler traces so)."""

    def __init__(self, recorder: Recorder | None) -> None:
        super().__init__(recorder=recorder)
