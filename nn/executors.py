"""Executors: objects that compute tasks elsewhere by ``submit`` or by ``map``.

Those of ``concurrent.futures`` and a Dask Client have ``submit``; a ``multiprocessing.Pool`` has
``map``. Other methods (``shutdown``, ``cancel``) are used where an executor has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from functools import partial
from itertools import islice
from typing import Any, Protocol

from nn.errors import KindError
from nn.wording import what_is


class Submits(Protocol):
    """An executor that takes one task at a time."""

    def submit(self, function: Callable[..., object], /, *arguments: object) -> object:
        """Return a future: its ``result()`` waits for function(*arguments)."""


class Maps(Protocol):
    """An executor that takes many tasks at once."""

    def map(
        self, function: Callable[[object], object], tasks: Iterable[object], /
    ) -> Iterable[object]:
        """Return function(task) of every task, in their order."""


AnyExecutor = Submits | Maps
Task = tuple[object, ...]  # the arguments of one call


def made(executor: Any) -> tuple[AnyExecutor, Callable[[], AnyExecutor] | None]:
    """Return an executor, and the function that makes new ones where such a function was given.

    Raises:
        TypeError: it is neither, or the function has made something else.
    """
    if _way(executor) is not None:
        return executor, None
    if not callable(executor):
        raise KindError(
            f"executor must be an object with submit or map, such as ProcessPoolExecutor(4), or a "
            f"function that makes one; it is {what_is(executor)}"
        )
    new = executor()
    if _way(new) is None:
        raise KindError(
            f"the function given as executor must make an object with submit or map, such as "
            f"ProcessPoolExecutor(4); it has made {what_is(new)}"
        )
    return new, executor


def outcomes(
    executor: AnyExecutor, function: Callable[..., object], tasks: Sequence[Task]
) -> Iterator[object]:
    """Yield the result of function(*task) for each task, or the Exception that it raised.

    A ``map`` ends at its first exception; the tasks after it have no outcome.

    Raises:
        BrokenExecutor: the executor takes no more tasks.
        TypeError: ``submit`` does not return futures.
    """
    run = _submitted if _way(executor) == "submit" else _mapped
    return run(executor, function, tasks)


def end(executor: AnyExecutor, wait: bool = True) -> None:
    """Shut down an executor by its own method, if it has one."""
    if isinstance(executor, Executor):
        executor.shutdown(wait=wait)
    elif close := _method(executor, "close"):  # shutdown would end the cluster of a Dask Client
        close()
    elif shutdown := _method(executor, "shutdown"):
        shutdown()


def _way(executor: object) -> str | None:
    """Return the method by which an executor computes, or None for no executor."""
    for name in ("submit", "map"):
        inherited = getattr(type(executor), name, None) is getattr(Executor, name)  # does nothing
        if _method(executor, name) and not inherited:
            return name
    return None


def _method(obj: object, name: str) -> Callable[..., Any] | None:
    """Return a method of an object; a class, whose methods lack their object, has none."""
    method = None if isinstance(obj, type) else getattr(obj, name, None)
    return method if callable(method) else None


def _submitted(
    executor: Any, function: Callable[..., object], tasks: Sequence[Task]
) -> Iterator[object]:
    futures: list[Any] = []
    try:
        for task in tasks:
            future = executor.submit(function, *task)
            if not _method(future, "result"):
                raise KindError(
                    f"executor.submit must return a future, an object with result(), and has "
                    f"returned {what_is(future)}"
                )
            futures.append(future)
        for future in futures:
            try:
                outcome = future.result()
            except BrokenExecutor:
                raise
            except Exception as error:
                outcome = error
            yield outcome
    finally:  # an error or Ctrl-C leaves no work behind
        for future in futures:
            if cancel := _method(future, "cancel"):
                cancel()


def _mapped(
    executor: Any, function: Callable[..., object], tasks: Sequence[Task]
) -> Iterator[object]:
    try:
        yield from islice(executor.map(partial(_called, function), tasks), len(tasks))
    except BrokenExecutor:
        raise
    except Exception as error:
        yield error


def _called(function: Callable[..., object], arguments: Iterable[object]) -> object:
    """Return function(*arguments): a pool's ``map`` gives each task as one argument."""
    return function(*arguments)
