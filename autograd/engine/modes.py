"""What a thread can switch on around operations: no_grad, scope, detect_anomaly (and tracing).

The engine looks at ``active``, one number for the whole process, before each operation. Only while
some thread is in some mode does it look further, at ``thread``, which every thread has of its own.
Threads in a scope are counted apart, in ``scoped``: networks are in one all the time, and it
concerns only the node that is made.
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
from autograd.table.operation import Operation

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
    """What records operations in place of the eager engine while a function is traced."""

    def record(self, operation: Operation, operands: tuple[Any, ...]) -> Any:
        """Record one operation and return what stands for its result."""

    def leaf(self, number: float) -> Any:
        """Return what stands for a plain number that is differentiated with respect to."""

    def standing_for(self, value: Any) -> Any:
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


class _Thread(threading.local):
    """The modes of one thread; ``special`` is true when operations are not simply recorded."""

    special: bool = False
    recording: bool = True
    anomaly: bool = False
    recorder: Recorder | None = None
    scope: Scope | None = None
    transforms: tuple[Any, ...] = ()  # the derivatives of functions that are being taken

    def __init__(self) -> None:
        self.entered: list[tuple[Mode, dict[str, Any]]] = []  # the modes that are on, and settings


thread = _Thread()


class Mode(contextlib.ContextDecorator):
    """A context manager and decorator that changes this thread's settings while it is on.

    A setting is what the mode that was entered last says of it. So modes need not be left in the
    order of a stack: a generator may hold one open beyond the block in which it was entered.

    Ctrl-C can fall between the end of a block and the first line of ``__exit__``, which then never
    runs. So a KeyboardInterrupt that passes a mode leaves all that were entered after it too, and
    so does ``__exit__()`` without arguments. Leaving a mode twice does no harm.
    """

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    def __call__(self, function: Any) -> Any:
        """Decorate a function; a generator is in the mode whenever it runs."""
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def stepped(*args: Any, **named: Any) -> Any:
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

    def __enter__(self) -> None:
        global active
        with _counting:  # first, and down again last: too high a count only costs time
            active += 1
        thread.entered.append((self, self._changes))
        for name, setting in self._changes.items():
            setattr(thread, name, setting)
        thread.special = not thread.recording or thread.anomaly or thread.recorder is not None

    def __exit__(self, *error: Any) -> None:
        global active, scoped
        entered = thread.entered
        place = len(entered) - 1
        while place >= 0 and entered[place][0] is not self:
            place -= 1
        if place < 0:
            return
        end = len(entered) if not error or error[0] is KeyboardInterrupt else place + 1
        left, rest = entered[place:end], entered[:place] + entered[end:]
        for _, changes in left:
            for name in changes:
                setattr(thread, name, _setting(name, rest))
        thread.special = not thread.recording or thread.anomaly or thread.recorder is not None
        thread.entered = rest
        scopes = sum(isinstance(mode, scope) for mode, _ in left)
        with _counting:
            active -= len(left) - scopes
            scoped -= scopes > 0 and thread.scope is None


def _setting(name: str, entered: list[tuple[Mode, dict[str, Any]]]) -> Any:
    """Return what the last of the entered modes says of a setting, or else its default."""
    for _, changes in reversed(entered):
        if name in changes:
            return changes[name]
    return getattr(_Thread, name)


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
        if not callable(function):
            raise ArgumentError(f"no_grad: takes a function, or nothing, and not {function!r}")
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
        global scoped
        before = thread.scope
        if before is None:
            with _counting:
                scoped += 1
        made = Scope(self._name, before)
        thread.entered.append((self, {"scope": made}))
        thread.scope = made

    def __exit__(self, *error: Any) -> None:
        global scoped
        entered = thread.entered
        if not error or error[0] is not None or not entered or entered[-1][0] is not self:
            super().__exit__(*error)
            return
        place = (
            len(entered) - 2
        )  # the short way, for networks are in and out of scopes all the time
        while place >= 0 and "scope" not in entered[place][1]:
            place -= 1
        before = thread.scope = entered[place][1]["scope"] if place >= 0 else None
        entered.pop()
        if before is None:
            with _counting:
                scoped -= 1
