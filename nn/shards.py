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
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from typing import Any

from nn.engines import Engine, engine_named
from nn.losses import Loss
from nn.module import Module

Sums = tuple[float, Any]
Submitted = tuple[Executor, Future[Any]]


@dataclass(frozen=True)
class Problem:
    """All that a worker has to know to compute gradients, sent to it once."""

    engine: str
    model: Module
    loss: Loss
    X: list[list[float]]
    y: list[Any]

    def loaded(self) -> tuple[Engine, Any, Any]:
        """Return an engine on a model of its own, and rows and targets in the engine's form."""
        model = copy.deepcopy(self.model)  # also for threads, which would share it
        engine: Engine = engine_named(self.engine)(model, self.loss)
        return engine, engine.numbers(self.X), engine.numbers(self.y)


class Here:
    """Computes the shards of a batch in this process, one after the other."""

    def __init__(self, engine: Engine, X: Any, y: Any, size: int) -> None:
        self._engine, self._X, self._y, self._size = engine, X, y, size

    def sums(self, weights: Any, rows: Sequence[int] | None) -> Iterator[Sums]:
        """Yield the sums of each shard of a batch, in row order; None is all rows as they are."""
        X, y, engine = self._X, self._y, self._engine
        if rows is not None:
            X, y = engine.taken(X, rows), engine.taken(y, rows)
        for start in range(0, len(X), self._size):
            stop = start + self._size
            yield engine.gradient(weights, X[start:stop], y[start:stop])


class Workers:
    """Computes the shards of a batch by an executor, and those that it loses once more.

    Args:
        executor: an Executor, or a function that makes one (then a broken one is replaced).
        problem: what the workers are to know.
        here: computes what the executor fails to.
        size: rows in a shard.
    """

    def __init__(
        self, executor: Executor | Callable[[], Executor], problem: Problem, here: Here, size: int
    ) -> None:
        self._make = None if isinstance(executor, Executor) else executor
        self._executor = executor if isinstance(executor, Executor) else executor()
        self._problem, self._here, self._size = problem, here, size
        self._key = uuid.uuid4().hex
        self._broken = False

    def sums(self, weights: Any, rows: Sequence[int] | None) -> Iterator[Sums]:
        """Yield the sums of each shard of a batch, in row order."""
        everything = list(range(len(self._problem.X))) if rows is None else list(rows)
        shards = [
            everything[start : start + self._size]
            for start in range(0, len(everything), self._size)
        ]
        futures = [self._submitted(weights, shard, None) for shard in shards]
        try:
            for shard, submitted in zip(shards, futures, strict=True):
                sums = self._result(submitted)
                if sums is None:  # the worker has not got the rows, or the shard was lost
                    sums = self._result(self._submitted(weights, shard, self._problem))
                if sums is None:
                    (sums,) = self._here.sums(weights, shard)
                yield sums
        finally:  # an error or Ctrl-C leaves no work behind
            for submitted in futures:
                if submitted is not None:
                    submitted[1].cancel()

    def close(self) -> None:
        """Shut down an executor that was made here."""
        if self._make is not None:
            self._executor.shutdown(cancel_futures=True)

    def _submitted(
        self, weights: Any, shard: list[int], problem: Problem | None
    ) -> Submitted | None:
        executor = self._executor
        if self._broken:
            return None
        try:
            return executor, executor.submit(shard_sums, self._key, weights, shard, problem)
        except BrokenExecutor:
            self._replace(executor)
        return None

    def _result(self, submitted: Submitted | None) -> Sums | None:
        if submitted is None:
            return None
        executor, future = submitted
        try:
            sums: Sums | None = future.result()
        except BrokenExecutor:
            self._replace(executor)
        except Exception:  # an error of the loss itself comes again where the shard is redone
            pass
        else:
            return sums
        return None

    def _replace(self, broken: Executor) -> None:
        """Put a new executor in the place of a broken one, or do without."""
        if broken is not self._executor:
            return  # all that was submitted to it fails, and it has been replaced
        if self._make is not None:
            self._executor.shutdown(wait=False)
            self._executor = self._make()
        elif not self._broken:
            self._broken = True
            warnings.warn(
                "the executor is broken (a worker process died): its shards are computed in this "
                "process from here on, with the same numbers. Give fit a function that makes an "
                "executor, executor=lambda: ProcessPoolExecutor(4), to have it replaced",
                RuntimeWarning,
                stacklevel=2,
            )


_loaded = threading.local()  # one engine for each thread of a worker: graphs are not shared


def shard_sums(key: str, weights: Any, rows: list[int], problem: Problem | None) -> Sums | None:
    """Return the sums of one shard: what runs in a worker.

    Returns None where the worker has not got the training rows and they were not sent along.
    """
    if getattr(_loaded, "key", None) != key:
        if problem is None:
            return None
        _loaded.key, _loaded.problem = key, problem.loaded()
    engine, X, y = _loaded.problem
    sums: Sums = engine.gradient(weights, engine.taken(X, rows), engine.taken(y, rows))
    return sums
