"""``fit``: the four steps of back-propagation in a loop, and what belongs around it."""

from __future__ import annotations

import contextlib
import math
import os
import random
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd import scope
from nn.checkpoints import read_checkpoint, write_checkpoint
from nn.clipping import checked_limit, norm_scale
from nn.divergence import divergence, runaway, smaller
from nn.engines import Engine, Penalty, engine_named, finite, plus, times
from nn.errors import DivergedError, InputError, KindError
from nn.executors import AnyExecutor
from nn.habits import asking
from nn.history import History
from nn.initializers import checked_seed
from nn.inputs import (
    check_fit,
    checked,
    classes_of,
    codes_of,
    fault_of_losses,
    has_grown,
    warn,
    warn_of_scales,
)
from nn.losses import Loss, loss_named
from nn.metrics import Metric, usual_metrics
from nn.module import Module, Numbers, check_module, whole, write
from nn.names import Name, check_order, check_validation, keep_names
from nn.optimizers import Adam, Optimizer
from nn.saving import FilePath
from nn.schedules import Schedule, checked_rate
from nn.shards import LocalShards, Problem, Workers
from nn.state import State
from nn.wording import counted

Callback = Callable[[History, Module], Any]


@asking("fit(model, X, y, epochs=100)")
def fit(
    model: Module,
    X: object,
    y: object,
    loss: str | Loss = "hinge",
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    validation: tuple[object, object] | None = None,
    *,
    engine: str | None = None,
    executor: AnyExecutor | Callable[[], AnyExecutor] | None = None,
    shard_size: int = 256,
    penalty: Penalty | None = None,
    schedule: Schedule | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    metrics: Mapping[str, Metric] | None = None,
    patience: int | None = None,
    callbacks: Callback | Iterable[Callback] = (),
    checkpoint: FilePath | None = None,
    resume: FilePath | None = None,
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Train a model: for every batch, the four steps of back-propagation.

    By hand they are ``score = model(x)``; ``error = nn.hinge(score, target)``;
    ``error.backward()``; ``optimizer.step(model.parameters())``.

    Args:
        model: a Module; it is called with one row.
        X: rows of numbers: nested lists, an array of shape (rows, features), a data frame, whose
            names of columns the model keeps, as ``model.feature_names``, to check their order.
        y: the label or target of each row, or its class by name: the model then keeps the names,
            as ``model.classes``, and ``predict`` gives them back.
        loss: a name ("mse", "mae", "huber", "hinge", "binary_cross_entropy", "cross_entropy"), or a
            function of (score, target) of one row.
        optimizer: None is ``Adam(lr=0.01)``.
        epochs: how often to go through all rows (in all, also with ``resume``).
        batch_size: rows for one update, in an order shuffled every epoch; None takes all.
        validation: (X, y) to judge by after every epoch and never to train on.
        engine: "jit" (needs the extra ``jit``), "eager", or None for jit where it is installed.
        executor: what computes the shards of every batch by its ``submit`` or ``map``, such as a
            ``concurrent.futures.Executor``; or a function that makes one (then one that breaks is
            replaced).
        shard_size: rows in a shard; numbers depend on it in the last digits, never on workers.
        penalty: a function of the list of parameters, such as ``lambda p: l2_penalty(p, 1e-4)``,
            added to the loss of every batch. Recorded losses are without it.
        schedule: the learning rate as a function of the epoch, counted from 0.
        clip_norm: the largest norm of a gradient.
        clip_value: the largest absolute value in a gradient.
        metrics: functions of (scores, targets) by name; None is accuracy, where the loss is for
            labels.
        patience: stop when the validation loss has had no new minimum for so many epochs; the
            model then has the weights of the best epoch.
        callbacks: functions, or one, called after every epoch with (history, model); training
            ends when one returns True.
        checkpoint: a file to write after every epoch.
        resume: a checkpoint to go on from, to the same numbers as without the break.
        seed: of the order of rows; None draws one from the module ``random``.
        progress: show a progress bar on stderr, or in the notebook.

    Returns:
        A History. After Ctrl-C it is the history so far, and the model (like the optimiser) is as
        it was at the end of the last finished epoch.

    Warns:
        UserWarning: the loss was not halved in ten epochs or more, or ended no lower than that of a
            constant guess (1 for hinge, log 2, log k, the variance of y), and a column of X, or a
            target, has numbers of 100 or more, or columns are a thousand times as large as others:
            networks train badly then. It names the column and the remedy. Or the loss ended at more
            than twice what it began with, and no lower than that of a constant guess: the learning
            rate is too large.

    Raises:
        ValueError: data, labels or settings do not fit.
        TypeError: an argument is of the wrong kind; or a TraceError, where jit cannot follow.
        FloatingPointError: a loss, gradient or weight became nan or infinite; the error names the
            epoch, the batch and the operation.
        ImportError: engine="jit" without its extra.

    Example:
        >>> from nn import MLP, SGD, data
        >>> X, y = data.xor(20, seed=1)
        >>> model = MLP(2, [8, 1], seed=1)
        >>> history = fit(model, X, y, "hinge", SGD(lr=0.1), 5, engine="eager", progress=False)
        >>> len(history), history["loss"][-1] < history["loss"][0]
        (5, True)
    """
    check_module(model)
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise KindError(f"optimizer must be one such as nn.Adam(lr=0.01), and is {optimizer!r}")
    for name, function in (("penalty", penalty), ("schedule", schedule)):
        if function is not None and not callable(function):
            raise KindError(f"{name} must be a function, and is {function!r}")
    optimizer = Adam(lr=0.01) if optimizer is None else optimizer
    callbacks, measures = _callbacks(callbacks), _measures(metrics)
    for name, path in (("checkpoint", checkpoint), ("resume", resume)):
        if path is not None and not isinstance(path, (str, os.PathLike)):
            raise KindError(f"{name} must be the path of a file, and is {path!r}")
    if checkpoint is not None and not Path(checkpoint).parent.is_dir():
        raise InputError(f"checkpoint: there is no folder {os.fspath(Path(checkpoint).parent)!r}")
    criterion, classes = loss_named(loss), classes_of(model, y)
    features = check_order(model, X)
    codes = codes_of(classes, criterion) if classes else []
    rows, targets = checked(X, y, "", classes, codes)
    check_fit(model, criterion, rows, targets, "", len(classes))
    held_out = None
    if validation is not None:
        if not isinstance(validation, (list, tuple)) or len(validation) != 2:
            raise KindError(
                "validation must be a pair (X, y) of rows held out, such as the second of "
                "nn.data.split(X, y, 0.2)"
            )
        check_validation(X, validation[0])
        held_out = checked(*validation, "validation ", classes, codes)
        check_fit(model, criterion, *held_out, "validation ")
    elif patience is not None:
        raise InputError("patience watches the validation loss: give validation=(X, y)")
    training = Training(
        model=model,
        engine=engine_named(engine)(model, criterion),
        optimizer=optimizer,
        rows=rows,
        targets=targets,
        held_out=held_out,
        loss=criterion,
        batch_size=len(rows) if batch_size is None else whole(batch_size, "batch_size"),
        shard_size=whole(shard_size, "shard_size"),
        penalty=penalty,
        schedule=schedule,
        clip_norm=None if clip_norm is None else checked_limit(clip_norm),
        clip_value=None if clip_value is None else checked_limit(clip_value),
        metrics=usual_metrics(criterion) if measures is None else measures,
        patience=None if patience is None else whole(patience, "patience"),
        seed=random.getrandbits(32) if seed is None else checked_seed(seed),
        classes=classes,
        features=features,
    )
    epochs = whole(epochs, "epochs")
    if resume is not None:
        read_checkpoint(training.state, resume, training.engine.numbers, seed is not None)
    history = training.run(epochs, executor, callbacks, checkpoint, progress)
    losses = history["loss"] if len(history) else [0.0]
    fault = fault_of_losses(losses, targets, criterion) if len(losses) >= 10 else ""
    warned = fault and warn_of_scales(fault, X, y, rows, targets, criterion)
    if not warned and has_grown(losses, targets, criterion):
        warn(f"the loss rose from {losses[0]:.3g} to {losses[-1]:.3g}: {smaller(optimizer.lr)}")
    return history


@dataclass
class Training:
    """One call of fit: its settings, and the state that an epoch changes."""

    model: Module
    engine: Engine
    optimizer: Optimizer
    rows: list[list[float]]
    targets: list[Any]
    held_out: tuple[list[list[float]], list[Any]] | None
    loss: Loss
    batch_size: int
    shard_size: int
    penalty: Penalty | None
    schedule: Schedule | None
    clip_norm: float | None
    clip_value: float | None
    metrics: dict[str, Metric]
    patience: int | None
    seed: int
    classes: tuple[str, ...]
    features: tuple[Name, ...]

    def __post_init__(self) -> None:
        self._scope = scope("fit")
        parameters = self.model.parameters()
        if not parameters:
            raise InputError(f"{type(self.model).__name__} has no parameters to train")
        numbers = self.engine.numbers
        self.X, self.y = numbers(self.rows), numbers(self.targets)
        self.judged = {"": (self.X, self.y)} if self.metrics else {}
        if self.held_out is not None:
            self.judged["validation_"] = (numbers(self.held_out[0]), numbers(self.held_out[1]))
        self.shards: LocalShards | Workers = LocalShards(
            self.engine, self.X, self.y, self.shard_size
        )
        settings: dict[str, Any] = {
            "loss": getattr(self.loss, "__name__", type(self.loss).__name__),
            "optimizer": type(self.optimizer).__name__,
            "rows": len(self.rows),
            "batch_size": self.batch_size,
            "shard_size": self.shard_size,
            "seed": self.seed,
        }
        if self.classes:
            settings["classes"] = [*self.classes]
        if self.features:
            settings["feature_names"] = [*self.features]
        weights = numbers([parameter.data for parameter in parameters])
        history = History(self.engine.name)
        self.state = State(self.model, self.optimizer, history, weights, settings)

    # -- the four steps ------------------------------------------------------------------------

    def epoch(self, number: int) -> None:
        """Go through all rows once, batch by batch."""
        if self.schedule is not None:
            self.optimizer.lr = checked_rate(self.schedule(number), f"schedule({number})")
        started, total, state = time.perf_counter(), 0.0, self.state
        for batch, rows in enumerate(self.batches(number), 1):
            error, gradient = self.error_and_gradient(rows)  # steps 1, 2 and 3
            if not math.isfinite(error) or not finite(gradient):
                raise self.diverged(f"epoch {number + 1}, batch {batch}", rows, error)
            total += error
            gradient = self.clipped(gradient)
            state.weights = self.optimizer.updated(state.weights, gradient)  # step 4
        if not finite(state.weights):
            raise self.diverged(f"epoch {number + 1}, batch {batch}", rows, total)
        self.record({"loss": total / len(self.rows)}, started)

    def diverged(self, place: str, rows: list[int] | None, error: float) -> DivergedError:
        """Return the error for a batch whose loss or gradient is not finite."""
        if not finite(self.state.weights):
            return runaway(place, self.optimizer.lr)
        data = zip(range(len(self.rows)), self.rows, self.targets, strict=True)
        chosen = data if rows is None else [(r, self.rows[r], self.targets[r]) for r in rows]
        weights = list(map(float, self.state.weights))
        rate = self.optimizer.lr
        return divergence(self.model, self.loss, weights, place, chosen, error, rate)

    def batches(self, epoch: int) -> Iterator[list[int] | None]:
        """Yield the row numbers of every batch; None stands for all rows as they are."""
        count = len(self.rows)
        if self.batch_size >= count:
            yield None
            return
        seed = self.state.settings["seed"]
        generator = random.Random(f"{seed} {epoch}")  # so that resuming needs no state
        keys = [generator.random() for _ in range(count)]
        order = sorted(range(count), key=keys.__getitem__)
        for start in range(0, count, self.batch_size):
            yield order[start : start + self.batch_size]

    def error_and_gradient(self, rows: list[int] | None) -> tuple[float, Numbers]:
        """Return the sum of the losses of a batch, and the derivative of its mean and penalty."""
        shards = self.shards.sums(self.state.weights, rows)
        _, error, gradient = next(shards)
        for _, more_error, more_gradient in shards:
            error, gradient = error + more_error, plus(gradient, more_gradient)
        gradient = times(gradient, 1.0 / (len(self.rows) if rows is None else len(rows)))
        if self.penalty is not None:
            _, pull = self.engine.penalized(self.state.weights, self.penalty)
            gradient = plus(gradient, pull)
        return error, gradient

    def clipped(self, gradient: Numbers) -> Numbers:
        """Return the gradient, clipped to the given limits."""
        if self.clip_norm is not None:
            gradient = times(gradient, norm_scale(gradient, self.clip_norm))
        if self.clip_value is not None:
            limit = self.clip_value
            gradient = self.engine.numbers([min(max(part, -limit), limit) for part in gradient])
        return gradient

    # -- around them ---------------------------------------------------------------------------

    def run(
        self,
        epochs: int,
        executor: AnyExecutor | Callable[[], AnyExecutor] | None,
        callbacks: list[Callback],
        checkpoint: FilePath | None,
        progress: bool,
    ) -> History:
        """Train until the last epoch, or until there is a reason to stop."""
        state, history = self.state, self.state.history
        history.ending = f"finished {counted(max(epochs, len(history)), 'epoch')}"
        try:
            keep_names(self.model, "classes", self.classes)
            keep_names(self.model, "feature_names", self.features)
            write(state.parameters, state.weights)
            self.engine.settle(self.rows, self.targets)
            if executor is not None:
                in_place = getattr(self.engine, "in_place", False)
                data = (self.rows, self.targets)
                problem = Problem(self.engine.name, self.model, self.loss, *data, in_place)
                self.shards = Workers(
                    executor,
                    problem,
                    LocalShards(self.engine, self.X, self.y, self.shard_size),
                    self.shard_size,
                )
            with _bar(epochs, len(history), progress, self.engine.name) as bar:
                for number in range(len(history), epochs):
                    with self._scope:
                        self.epoch(number)
                    state.commit()
                    if checkpoint is not None:
                        write_checkpoint(state, checkpoint)
                    if callbacks:
                        write(state.parameters, state.weights)
                    asked = [callback(history, self.model) for callback in callbacks]
                    if bar.update() or number + 1 == epochs:
                        bar.set_postfix(_shown(history.records[-1]))
                    if any(answer is True for answer in asked):
                        history.ending = f"a callback ended it after epoch {number + 1}"
                        break
                    if self.patience is not None and state.waited() >= self.patience:
                        history.ending = self._stopped(number + 1)
                        break
        except KeyboardInterrupt:
            history.ending = f"interrupted after epoch {state.committed}"
        finally:
            self._restored()
            if isinstance(self.shards, Workers):
                self.shards.close()
        return history

    def _stopped(self, epoch: int) -> str:
        """Return why training stops early.

        Raises:
            FloatingPointError: there is no best epoch to go back to.
        """
        best, losses = self.state.history.best_epoch, self.state.history["validation_loss"]
        if best is None:
            raise DivergedError(
                f"the validation loss was {losses[-1]!r} after epoch {epoch} and never finite, so "
                f"patience has no best epoch to go back to (the model has the weights of this "
                f"one): look at the scores of the validation rows, nn.predict(model, X), and at "
                f"what the loss makes of them"
            )
        return f"stopped early after epoch {epoch}, with the weights of epoch {best}"

    def record(self, numbers: dict[str, float], started: float) -> None:
        """Judge the weights after an epoch, and add a line to the history."""
        for prefix, (X, y) in self.judged.items():
            losses, scores = self.engine.examined(self.state.weights, X, y)
            if prefix:
                numbers[f"{prefix}loss"] = sum(map(float, losses)) / len(losses)
            for name, metric in self.metrics.items():
                numbers[f"{prefix}{name}"] = float(metric(scores, y))
        numbers["learning_rate"] = self.optimizer.lr
        numbers["seconds"] = time.perf_counter() - started
        self.state.history.records.append(numbers)
        self.state.judge(numbers.get("validation_loss", math.inf))

    def _restored(self) -> None:
        """Restore, from the start again if Ctrl-C falls in the middle."""
        while True:
            try:
                self._scope.__exit__()  # and all within, which Ctrl-C may have left open
                self.state.restore(best=self.patience is not None)
            except KeyboardInterrupt:
                self.state.history.ending = f"interrupted after epoch {self.state.committed}"
            else:
                return


def _callbacks(callbacks: Any) -> list[Callback]:
    """Return the callbacks as a list, also a single one."""
    if callable(callbacks):
        return [callbacks]
    listed = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in listed:
        if not callable(callback):
            raise KindError(
                f"callbacks must be functions of (history, model), and one is {callback!r}"
            )
    return listed


def _measures(metrics: object) -> dict[str, Metric] | None:
    """Return a copy of the metrics, whose names are those in the history."""
    if metrics is None:
        return None
    if not isinstance(metrics, Mapping):
        raise KindError(
            f'metrics must be a dict of functions by name, such as {{"accuracy": nn.accuracy}}, '
            f"and is {metrics!r}"
        )
    for name, metric in metrics.items():
        if not callable(metric):
            raise KindError(
                f"metrics must be functions of (scores, targets), and {name!r} is {metric!r}"
            )
        if name in ("loss", "learning_rate", "seconds") or str(name).startswith("validation_"):
            raise InputError(
                f"metrics: the history has a column {name!r} of its own: give it another name"
            )
    return dict(metrics)


def _bar(epochs: int, done: int, progress: bool, engine: str) -> Any:
    """Return a progress bar: of the terminal, or of the notebook where there are widgets."""
    if not progress:  # not tqdm's disabled bar, which still takes the lock that all bars share
        return _NoBar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets a notebook shows the bar as text
        from tqdm.auto import tqdm

        return tqdm(
            total=epochs,
            initial=done,
            unit="epoch",
            desc=f"fit ({engine})",
        )


class _NoBar(contextlib.nullcontext["_NoBar"]):
    """The progress bar where none is shown."""

    def __enter__(self) -> _NoBar:
        return self

    def update(self) -> bool:
        """Say that nothing was drawn."""
        return False

    def set_postfix(self, numbers: dict[str, str]) -> None:
        """Show nothing."""


def _shown(record: dict[str, float]) -> dict[str, str]:
    hidden = ("learning_rate", "seconds")
    return {name: f"{number:.4g}" for name, number in record.items() if name not in hidden}
