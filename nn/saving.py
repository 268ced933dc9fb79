"""Weights and checkpoints as JSON: exact to the bit, readable, never a partial file."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import stat
import warnings
from pathlib import Path
from typing import Any, TextIO, TypeVar

from nn.errors import FolderError, InputError, KindError
from nn.habits import asking
from nn.module import Module, check_module
from nn.names import Name, known_classes, known_features
from nn.wording import brief

FilePath = str | os.PathLike[str]
M = TypeVar("M", bound=Module)
# Numbers in what a model shows of itself, and the blanks around them.
_NUMBER = re.compile(r"\s|(?<![\w.])[-+]?(\d+\.?\d*(e[-+]?\d+)?|nan|inf)(?!\w)")


@asking("save(model, 'weights.json')")
def save(model: Module, path: FilePath) -> None:
    """Write the weights of a model to a JSON file; an existing file is replaced atomically.

    Numbers are written in the shortest form that gives back the same float, so that loading them
    is exact to the bit. Other readers of JSON give the same bits (Python's json, orjson, jq, and
    Node but for the sign of -0), where they do not round: pandas needs
    ``read_json(path, precise_float=True)``. What is nan or infinite is written as text.

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
    _check_places("save", model, path)
    content = {"model": repr(model), "weights": model.state_dict()}
    names: dict[str, tuple[Name, ...]] = {"classes": known_classes(model)}
    with contextlib.suppress(KindError):  # an attribute of the user's, which no data frame met
        names["feature_names"] = known_features(model)
    write_json(path, content | {name: kept for name, kept in names.items() if kept})


@asking("load(model, 'weights.json')")
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
        UserWarning: the weights fit, and were those of a model of other functions.

    Example:
        >>> import tempfile
        >>> from nn import MLP
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(MLP(2, [1], seed=1), f"{folder}/weights.json")
        ...     load(MLP(2, [1], seed=2), f"{folder}/weights.json")
        MLP of [Layer of [LinearNeuron(2)]]
    """
    _check_places("load", model, path)
    content = read_json(path)
    weights = weights_in(content, path)
    kinds: dict[str, tuple[type, ...]] = {"classes": (str,), "feature_names": (str, int)}
    names = {kind: _names(content, kind, types, path) for kind, types in kinds.items()}
    model.load_state_dict(weights)
    vars(model).update({kind: kept for kind, kept in names.items() if kept})
    if other := other_model(content, model):
        warnings.warn(
            f"{os.fspath(path)}: holds the weights of {other:.200}, and this is "
            f"{brief(model, 200)}, whose functions differ: make the model as it was, with the same "
            f"activation, and load again",
            UserWarning,
            stacklevel=3,
        )
    return model


def _names(
    content: dict[str, object], kind: str, types: tuple[type, ...], path: FilePath
) -> tuple[Name, ...]:
    """Return the names in a file of weights, or in the settings of a checkpoint."""
    settings = content.get("settings")
    place = settings if isinstance(settings, dict) else content
    names = place.get(kind, [])
    if not isinstance(names, list) or not all(type(name) in types for name in names):
        raise InputError(f"{os.fspath(path)}: its {kind} are no names")
    return tuple(names)


def _check_places(who: str, model: object, path: object) -> None:
    """Refuse what is no model, and say so where the file came first."""
    if isinstance(path, Module) and not isinstance(model, Module):
        raise KindError(f"{who}: the model comes first: write {who}(model, {brief(model, 80)})")
    check_module(model)


def other_model(content: dict[str, object], model: Module) -> str:
    """Return what a file says of its model where that is another, of as many weights; else nothing.

    What shows no more than where it lies in memory may be the same, and so may what differs in
    numbers, which may be the weights.
    """
    saved = content.get("model")
    if not isinstance(saved, str) or " at 0x" in f"{saved}{model!r}":
        return ""
    return saved if _NUMBER.sub("", saved) != _NUMBER.sub("", repr(model)) else ""


def weights_in(content: object, path: FilePath) -> dict[str, float]:
    """Return the weights in the content of a file."""
    weights = content.get("weights") if isinstance(content, dict) else None
    if not isinstance(weights, dict):
        raise InputError(f"{os.fspath(path)}: holds no weights; was it written by nn.save?")
    try:
        return {name: number_in(number) for name, number in weights.items()}
    except (TypeError, OverflowError) as error:
        raise InputError(f"{os.fspath(path)}: a weight is not a number: {error}") from None


def number_in(obj: Any) -> float:
    """Return a number as it stands in a file, where nan and infinity are text.

    Raises:
        TypeError: it is none.
        OverflowError: it is too large for a float.
    """
    if type(obj) in (int, float) or obj in ("nan", "inf", "-inf"):
        return float(obj)
    raise KindError(f"{brief(obj, 60)} is not a number")


def write_json(path: FilePath, content: object) -> None:
    """Write JSON to a temporary file next to the path, and rename it to the path.

    The file keeps its mode. What a killed process has left behind is written over.
    """
    target = Path(os.path.realpath(path))  # a link stays, and what it names is replaced
    if not target.parent.is_dir():
        raise FolderError(
            f"{os.fspath(path)}: there is no folder {str(target.parent)!r}; make it, "
            f"Path(...).mkdir(), or save in another"
        )
    text = json.dumps(_plain(content), allow_nan=False, indent=1)
    temporary, file = _temporary(target)
    try:
        with file:
            if target.exists():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
            if os.name == "nt":  # where no open file can be renamed
                file.close()
            os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _temporary(target: Path) -> tuple[Path, TextIO]:
    """Open a file beside the target that no one else is writing, under the target's mode or less.

    Its name is short, whatever the target's name, and always the same, so that files of killed
    processes do not pile up; while another process is writing, another name is used.
    """
    import hashlib

    name = f".nn-{hashlib.sha256(target.name.encode()).hexdigest()[:16]}"
    try:
        import fcntl
    except ImportError:  # on Windows
        fcntl = None  # type: ignore[assignment]
    mode = 0o600 if target.exists() else 0o666
    while fcntl is not None:
        temporary = target.with_name(name)
        file = os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT, mode), "r+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(temporary)):
                file.truncate()
                return temporary, file
        except FileNotFoundError:  # it has just been put in place by someone else
            pass
        except OSError:  # someone else is writing, or this file system has no locks
            file.close()
            break
        file.close()
    import uuid

    temporary = target.with_name(f"{name}-{uuid.uuid4().hex}")
    return temporary, os.fdopen(
        os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode), "r+", encoding="utf-8"
    )


def read_json(path: FilePath) -> Any:
    """Return what is in a JSON file."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{os.fspath(path)}: is not JSON: {error}") from None


def _plain(obj: object) -> object:
    """Return the same with nan and infinity as text, for which JSON has no number."""
    if isinstance(obj, dict):
        return {name: _plain(part) for name, part in obj.items()}
    if isinstance(obj, (list, tuple)):
        return [_plain(part) for part in obj]
    return repr(obj) if isinstance(obj, float) and not math.isfinite(obj) else obj
