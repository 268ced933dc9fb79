"""Weights and checkpoints as JSON: exact to the bit, readable, and never half a file."""

from __future__ import annotations

import json
import math
import os
import uuid
from pathlib import Path
from typing import Any, TypeVar

from nn.errors import InputError
from nn.module import Module, check_module

FilePath = str | os.PathLike[str]
M = TypeVar("M", bound=Module)


def save(model: Module, path: FilePath) -> None:
    """Write the weights of a model to a JSON file; a file that is there is replaced at once.

    Numbers are written in the shortest form that gives back the same float, so that loading them
    is exact to the bit.

    Args:
        model: whose ``state_dict`` is written.
        path: the file.

    Raises:
        OSError: the file cannot be written; one that was there is left as it was.
        TypeError: the model is no Module.

    Example:
        >>> import tempfile
        >>> from nn import MLP
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(MLP(2, [3, 1], seed=1), f"{folder}/weights.json")
        ...     model = load(MLP(2, [3, 1], seed=2), f"{folder}/weights.json")
        >>> model.state_dict() == MLP(2, [3, 1], seed=1).state_dict()
        True
    """
    check_module(model)
    write_json(path, {"model": repr(model), "weights": model.state_dict()})


def load(model: M, path: FilePath) -> M:
    """Set the weights of a model from a file that ``save`` or ``fit(checkpoint=...)`` wrote.

    Args:
        model: one with the same parameter names as the saved one.
        path: the file.

    Returns:
        The model that was given.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no weights, or other names; no parameter has been changed.
        TypeError: the model is no Module.

    Example:
        >>> import tempfile
        >>> from nn import MLP
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(MLP(2, [1], seed=1), f"{folder}/weights.json")
        ...     load(MLP(2, [1], seed=2), f"{folder}/weights.json")
        MLP of [Layer of [LinearNeuron(2)]]
    """
    check_module(model)
    model.load_state_dict(weights_in(read_json(path), path))
    return model


def weights_in(content: Any, path: FilePath) -> dict[str, float]:
    """Return the weights in the content of a file."""
    weights = content.get("weights") if isinstance(content, dict) else None
    if not isinstance(weights, dict):
        raise InputError(f"{os.fspath(path)}: holds no weights; was it written by nn.save?")
    try:
        return {name: float(number) for name, number in weights.items()}
    except (TypeError, ValueError) as error:
        raise InputError(f"{os.fspath(path)}: a weight is not a number: {error}") from None


def write_json(path: FilePath, content: Any) -> None:
    """Write JSON to a temporary file beside the path, and put it in its place in one move."""
    target = Path(os.path.realpath(path))  # a link stays, and what it names is replaced
    text = json.dumps(_plain(content), allow_nan=False, indent=1)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: FilePath) -> Any:
    """Return what is in a JSON file."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{os.fspath(path)}: is not JSON: {error}") from None


def _plain(thing: Any) -> Any:
    """Return the same with nan and infinity as text, for which JSON has no number."""
    if isinstance(thing, dict):
        return {name: _plain(part) for name, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(part) for part in thing]
    return repr(thing) if isinstance(thing, float) and not math.isfinite(thing) else thing
