"""Checkpoints: all that ``fit`` needs to resume with the numbers of an uninterrupted run."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

from autograd import AutogradError
from nn.errors import InputError
from nn.module import Numbers
from nn.saving import FilePath, number_in, other_model, read_json, weights_in, write_json
from nn.state import State
from nn.wording import brief


def write_checkpoint(state: State, path: FilePath) -> None:
    """Write the state at the end of an epoch; an existing file is replaced atomically."""
    names = [name for name, _ in state.model.named_parameters()]

    def named(weights: Numbers) -> dict[str, float]:
        return dict(zip(names, map(float, weights), strict=True))

    write_json(
        path,
        {
            "model": repr(state.model),
            "settings": state.settings,
            "weights": named(state.weights),
            "optimizer": state.optimizer.state_dict(),
            "history": state.history.records,
            "best": {
                "epoch": state.history.best_epoch,
                "loss": state.best_loss,
                "weights": named(state.best_weights),
            },
        },
    )


def read_checkpoint(
    state: State, path: FilePath, numbers: Callable[[Sequence[float]], Numbers], seed_given: bool
) -> None:
    """Restore a training from a checkpoint, after checking all of it.

    Args:
        state: of a training that has not begun.
        path: the file.
        numbers: puts weights in the form of the engine.
        seed_given: whether the seed must be that of the file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a checkpoint, or one of other settings or of another model; nothing
            has been changed.
    """
    try:
        content = read_json(path)
        settings = _settings(state, content["settings"], path, seed_given)
        other = other_model(content, state.model)
        best, epoch = content["best"], content["best"]["epoch"]
        weights, best_weights = [
            numbers(state.model.numbers_for(weights_in(part, path))) for part in (content, best)
        ]
        if not all(map(math.isfinite, (*weights, *best_weights))):
            raise InputError(
                f"{os.fspath(path)}: a weight in it is infinite or nan, which fit writes none of: "
                f"resume from a file that is whole"
            )
        records = [{str(k): number_in(v) for k, v in dict(r).items()} for r in content["history"]]
        best_loss = number_in(best["loss"])
        memory = state.optimizer.checked_state(content["optimizer"], len(weights))
        whole_epoch = epoch is None or (type(epoch) is int and 1 <= epoch <= len(records))
        if not whole_epoch or any(
            r.keys() != records[0].keys() or "loss" not in r for r in records
        ):
            raise KeyError
    except (LookupError, TypeError, AttributeError, OverflowError, ValueError) as error:
        name = os.fspath(path)
        if isinstance(error, InputError) and str(error).startswith(f"{name}: "):
            raise
        known = f": {error}" if isinstance(error, AutogradError) else ""
        raise InputError(
            f"{name}: is not a checkpoint of fit(..., checkpoint=path) for such a call{known}"
        ) from error
    if other:
        raise InputError(
            f"{os.fspath(path)}: was written with a model that is {other:.200}, and this one is "
            f"{brief(state.model, 200)}: resume with a model of the same functions"
        )
    state.settings = settings
    state.weights, state.best_weights, state.best_loss = weights, best_weights, best_loss
    state.optimizer.restore((state.optimizer.lr, *memory))
    state.history.records, state.history.best_epoch = records, epoch
    state.commit()


def _settings(state: State, before: Any, path: FilePath, seed_given: bool) -> dict[str, object]:
    """Return the settings of a resumed run, which are those of the run before."""
    settings = dict(state.settings)
    if not seed_given and type(before["seed"]) is int:
        settings["seed"] = before["seed"]
    for name, setting in settings.items():
        if name == "feature_names" and name not in before:
            continue  # the rows had no names, or an earlier release wrote the file
        if before[name] != setting:
            raise InputError(
                f"{os.fspath(path)}: was written with {name}={before[name]!r}, and this call has "
                f"{setting!r}: resume with the same settings"
            )
    return settings
