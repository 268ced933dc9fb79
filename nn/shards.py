"""A batch in shards of fixed size, computed here or by the workers of an executor.

Shards are summed in row order, so the numbers depend on the size of a shard and never on how many
workers there are, or on which of them failed. A worker keeps the training rows: once it has them,
only weights, row numbers and sums travel.
"""

from __future__ import annotations

import copy
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from nn.engines import CompiledEngine, EagerEngine, Engine, taken
from nn.errors import KindError
from nn.executors import AnyExecutor, end, made, outcomes
from nn.losses import Loss
from nn.module import Module, Numbers
from nn.wording import what_is


class Sums(NamedTuple):
    """The result of a worker: the sums over a shard, and the number of its first row."""

    row: int
    error: float
    gradient: Any


Task = tuple[str, Any, list[int], "Problem | None"]  # the arguments of shard_sums
CARRIERS = 8  # to so many shards the training rows are sent along at first, then to twice as many


@dataclass(frozen=True)
class Problem:
    """All that a worker needs to compute gradients, sent to it once."""

    engine: str
    model: Module
    loss: Loss
    X: list[list[float]]
    y: list[Any]
    in_place: bool  # of the compiled engine: whether it traces the model itself

    def loaded(self) -> tuple[Engine, Numbers, Numbers]:
        """Return an engine of its own, and rows and targets in the engine's form."""
        engine: Engine
        if self.engine == "eager":  # which writes weights into the model, and threads share it
            copies = copy.deepcopy((self.model, self.loss))
            engine = EagerEngine(*copies, originals=self.model.parameters())
        else:
            engine = CompiledEngine(self.model, self.loss, self.in_place)
        return engine, engine.numbers(self.X), engine.numbers(self.y)


class LocalShards:
    """Computes the shards of a batch in this process, one after the other."""

    def __init__(self, engine: Engine, X: Numbers, y: Numbers, size: int) -> None:
        self._engine, self._X, self._y, self._size = engine, X, y, size

    def sums(self, weights: Numbers, rows: Sequence[int] | None) -> Iterator[Sums]:
        """Yield the sums of each shard of a batch, in row order; None is all rows as they are."""
        X, y, engine = self._X, self._y, self._engine
        if rows is not None:
            X, y = taken(X, rows), taken(y, rows)
        for start in range(0, len(X), self._size):
            stop = start + self._size
            yield Sums(start, *engine.gradient(weights, X[start:stop], y[start:stop]))


class Workers:
    """Computes the shards of a batch by an executor, and in this process those that it loses.

    Args:
        executor: what has ``submit`` or ``map``, or a function that makes such (then a broken one
            is replaced).
        problem: what the workers are to know.
        here: computes what the executor fails to.
        size: rows in a shard.

    Raises:
        TypeError: the executor is none.
    """

    def __init__(
        self,
        executor: AnyExecutor | Callable[[], AnyExecutor],
        problem: Problem,
        here: LocalShards,
        size: int,
    ) -> None:
        self._executor, self._make = made(executor)
        self._problem, self._here, self._size = problem, here, size
        self._key = uuid.uuid4().hex
        self._broken = self._warned = False
        self._error: Exception | None = None  # the last with which a shard was lost

    def sums(self, weights: Numbers, rows: Sequence[int] | None) -> Iterator[Sums]:
        """Yield the sums of each shard of a batch, in row order."""
        everything = list(range(len(self._problem.X))) if rows is None else list(rows)
        shards = [
            everything[start : start + self._size]
            for start in range(0, len(everything), self._size)
        ]
        found: dict[int, Sums] = {}
        missing, carriers = list(range(len(shards))), 0
        while missing:  # workers have not got the rows, or have lost shards
            tasks: list[Task] = [
                (self._key, weights, shards[number], self._problem if place < carriers else None)
                for place, number in enumerate(missing)
            ]
            results = self._results(tasks)
            for number, (_, _, shard, problem), sums in zip(missing, tasks, results, strict=True):
                if sums is not None:
                    found[number] = sums
                elif problem is not None:
                    (found[number],) = self._here.sums(weights, shard)
                    self._warn()
            missing = [number for number in missing if number not in found]
            carriers = 2 * carriers or CARRIERS
        yield from (found[number] for number in range(len(shards)))

    def close(self) -> None:
        """Shut down an executor that was made here."""
        if self._make is not None:
            end(self._executor)

    def _results(self, tasks: list[Task]) -> list[Sums | None]:
        """Return the executor's results of the tasks, None for those that it loses."""
        results: list[Sums | None] = []
        if not self._broken:
            try:
                for outcome in outcomes(self._executor, shard_sums, tasks):
                    if isinstance(outcome, Exception):  # of the loss: comes again when redone
                        self._error = outcome
                        results.append(None)
                    else:
                        results.append(_checked(outcome, tasks[len(results)][2]))
            except BrokenExecutor:
                self._replace()
        return results + [None] * (len(tasks) - len(results))

    def _warn(self) -> None:
        """Warn once that shards are computed here because the executor lost them."""
        if self._error is not None and not self._warned:
            self._warned = True
            warnings.warn(
                f"the executor has lost shards ({type(self._error).__name__}: {self._error}); they "
                f"are computed in this process, with the same numbers",
                RuntimeWarning,
                stacklevel=2,
            )

    def _replace(self) -> None:
        """Put a new executor in the place of a broken one, or do without."""
        if self._make is not None:
            end(self._executor, wait=False)
            self._executor, _ = made(self._make)
        else:
            self._broken = True
            warnings.warn(
                "the executor is broken (a worker process died): its shards are computed in this "
                "process from here on, with the same numbers. Give fit a function that makes an "
                "executor, executor=lambda: ProcessPoolExecutor(4), to have it replaced",
                RuntimeWarning,
                stacklevel=2,
            )


def _checked(outcome: object, shard: list[int]) -> Sums | None:
    """Return what an executor has returned for a shard, if it is what a worker gave."""
    if outcome is None:
        return None
    if not isinstance(outcome, Sums):
        raise KindError(
            f"the executor must return what the function returned that it was given, and has "
            f"returned {what_is(outcome)}"
        )
    if outcome.row != shard[0]:
        raise KindError("the executor must return what it computed in the order of the tasks")
    return outcome


_loaded = threading.local()  # one engine for each thread of a worker: graphs are not shared


def shard_sums(key: str, weights: Numbers, rows: list[int], problem: Problem | None) -> Sums | None:
    """Return the sums of one shard: what runs in a worker.

    Returns None where the worker has not got the training rows and they were not sent along.
    """
    if getattr(_loaded, "key", None) != key:
        if problem is None:
            return None
        _loaded.key, _loaded.problem = key, problem.loaded()
    engine, X, y = _loaded.problem
    return Sums(rows[0], *engine.gradient(weights, taken(X, rows), taken(y, rows)))
