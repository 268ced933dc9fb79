"""Checkpoints: all that ``fit`` needs to go on after a break, to the numbers of an unbroken run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nn.errors import InputError
from nn.saving import FilePath, read_json, weights_in, write_json

if TYPE_CHECKING:
    from nn.training import Training


def write_checkpoint(training: Training, path: FilePath) -> None:
    """Write the state at the end of an epoch; a file that is there is replaced in one move."""
    names = [name for name, _ in training.model.named_parameters()]

    def named(weights: Any) -> dict[str, float]:
        return dict(zip(names, map(float, weights), strict=True))

    write_json(
        path,
        {
            "model": repr(training.model),
            "settings": _settings(training),
            "weights": named(training.weights),
            "optimizer": training.optimizer.state_dict(),
            "history": training.history.records,
            "best": {
                "epoch": training.history.best_epoch,
                "loss": training.best_loss,
                "weights": named(training.best_weights),
            },
        },
    )


def read_checkpoint(training: Training, path: FilePath) -> None:
    """Put a training in the state of a checkpoint.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a checkpoint, or one of other settings or of another model.
    """
    try:
        _take(training, read_json(path), path)
    except (KeyError, IndexError, TypeError):
        raise InputError(
            f"{os.fspath(path)}: is not a checkpoint of fit(..., checkpoint=path)"
        ) from None


def _settings(training: Training) -> dict[str, Any]:
    """Return what must be the same for a resumed run to give the same numbers."""
    return {
        "loss": getattr(training.loss, "__name__", type(training.loss).__name__),
        "optimizer": type(training.optimizer).__name__,
        "rows": len(training.rows),
        "batch_size": training.batch_size,
        "shard_size": training.shard_size,
        "seed": training.seed,
    }


def _take(training: Training, content: Any, path: FilePath) -> None:
    settings, before = _settings(training), content["settings"]
    if not training.seed_given:
        settings["seed"] = before["seed"]
    for name, setting in settings.items():
        if before[name] != setting:
            raise InputError(
                f"{os.fspath(path)}: was written with {name}={before[name]!r}, and this call has "
                f"{setting!r}: resume with the same settings"
            )
    training.seed = settings["seed"]
    training.model.load_state_dict(weights_in(content["best"], path))
    training.best_weights = training.parameters_now()
    training.model.load_state_dict(weights_in(content, path))
    training.weights = training.parameters_now()
    training.optimizer.load_state_dict(content["optimizer"])
    training.history.records = [
        {name: float(number) for name, number in record.items()} for record in content["history"]
    ]
    training.history.best_epoch = content["best"]["epoch"]
    training.best_loss = float(content["best"]["loss"])
    training.settle()
