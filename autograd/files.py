"""Writes files completely or not at all: no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from autograd.errors import ArgumentError, OutputFileError, PictureError


def saved(
    path: str | os.PathLike[str], kinds: Mapping[str, Callable[[], bytes]], what: str
) -> Path:
    """Write a file of one of several kinds, and return its path.

    Args:
        path: the file's name; its ending says which kind.
        kinds: by ending, what makes the contents.
        what: words for the error where there is no such kind: "a picture".

    Raises:
        TypeError: path is not a file name.
        ValueError: the name has another ending.
        OSError: the file cannot be written; what was there before is left as it was.
    """
    try:
        target = Path(path)
    except TypeError:
        name = type(path).__name__
        raise ArgumentError(f"save: takes a file name, and was given a {name}") from None
    suffix = target.suffix.lower()
    if suffix not in kinds:
        *most, last = kinds
        raise PictureError(
            f"save: {str(target)!r} ends in {suffix or 'nothing'!r}; {what} is saved as "
            f"{', '.join(most)} or {last}"
        )
    write_whole(target, kinds[suffix]())
    return target


def write_whole(target: Path, contents: bytes) -> None:
    """Write a new file next to the target (or to what a link points to), then rename it.

    A file that was there keeps its mode.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    unfinished = ""
    try:
        place = os.path.realpath(target)
        folder = os.path.dirname(place)
        handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".", suffix=".unfinished")
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
        os.chmod(unfinished, _mode(place))
        os.replace(unfinished, place)
        unfinished = ""
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise OutputFileError(
            f"save: {str(target)!r} cannot be written: "
            f"{getattr(error, 'strerror', None) or error}; "
            f"give a file name in a folder that exists and that you may write to"
        ) from None
    finally:
        if unfinished:
            with contextlib.suppress(OSError):
                os.remove(unfinished)


def _mode(place: str) -> int:
    """Return the mode of the existing file, or the mode that open() would give a new one."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(os.stat(place).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
