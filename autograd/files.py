"""Writes files completely or not at all: no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from autograd.errors import ArgumentError, MissingAttributeError, OutputFileError, PictureError
from autograd.wording import what_is

fcntl: Any
try:
    import fcntl
except ImportError:  # on Windows, where no open file can be renamed either
    fcntl = None

UNFINISHED = ".unfinished"
UNWRITTEN = ("save", "html", "latex", "mathml", "tex", "svg", "png", "to_html", "to_latex")


class Kept:
    """What saves itself as a file, and opens no window."""

    __slots__ = ()
    _example = "g.svg"

    def __getattr__(self, name: str) -> NoReturn:
        if name in ("show", "view", "display", "render"):
            raise MissingAttributeError(
                f"{name}: there is no window: save it, .save({self._example!r}), print it, or end "
                f"a notebook's cell with it"
            )
        if name in ("to_latex", "tex") and hasattr(type(self), "latex"):
            raise MissingAttributeError(f"{name}: it is .latex")
        if name in ("text", "to_text", "to_string", "to_str"):
            raise MissingAttributeError(f"{name}: print shows the text, and str(...) gives it")
        if name in (*UNWRITTEN, "pdf", "savefig", "write", "to_file"):
            raise MissingAttributeError(
                f"{name}: .save({self._example!r}) writes a file, of the kind that its ending says"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


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
        raise ArgumentError(f"save: takes a file name, and was given {what_is(path)}") from None
    suffix = target.suffix.lower()
    if suffix not in kinds:
        *most, last = kinds
        way = ""
        if suffix == ".pdf" and ".html" in kinds:
            way = "; a browser prints the .html as PDF"
        elif suffix == ".pdf" and ".svg" in kinds:
            way = "; cairosvg g.svg -o g.pdf (pip install cairosvg) makes a PDF of it"
        raise PictureError(
            f"save: {str(target)!r} {f'ends in {suffix!r}' if suffix else 'has no ending'}; {what} "
            f"is saved as {', '.join(most)} or {last}{way}"
        )
    write_whole(target, kinds[suffix]())
    return target


def write_whole(target: Path, contents: bytes) -> None:
    """Write a new file next to the target (or to what a link points to), then rename it.

    A file that was there keeps its mode. What a killed process has left behind is written over.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    try:
        replace_whole(os.path.realpath(target), contents)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise OutputFileError(
            f"save: {str(target)!r} cannot be written: "
            f"{getattr(error, 'strerror', None) or error}; "
            f"give a file name in a folder that exists and that you may write to"
        ) from None


def replace_whole(place: str, contents: bytes, mode: int | None = None) -> None:
    """Write a file beside the place and put it there: under a mode, or its own, or a new file's."""
    if mode is None:
        with contextlib.suppress(OSError):
            mode = stat.S_IMODE(os.stat(place).st_mode)
    unfinished, file = _beside(place, 0o666 if mode is None else 0o600)
    try:
        with file:
            file.write(contents)
            file.flush()
            if mode is not None:
                os.chmod(unfinished, mode)
            if fcntl is None:
                file.close()
            os.replace(unfinished, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(unfinished)
        raise


def _beside(place: str, mode: int) -> tuple[str, BinaryIO]:
    """Open a file beside a place that no one else is writing.

    Its name is short, and always the same for one place, so that the files of killed processes do
    not pile up; while somebody else is writing that one, the name is another.
    """
    from hashlib import sha256

    folder, name = os.path.split(place)
    unfinished = os.path.join(folder, f".{sha256(name.encode()).hexdigest()[:16]}{UNFINISHED}")
    while fcntl is not None:
        file = os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT, mode), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(unfinished)):
                file.truncate()
                return unfinished, file
        except FileNotFoundError:  # it has just been put in place by somebody else
            pass
        except OSError:  # somebody else is writing, or this file system has no locks
            file.close()
            break
        file.close()
    from uuid import uuid4

    unfinished = os.path.join(folder, f".{uuid4().hex}{UNFINISHED}")
    handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    return unfinished, os.fdopen(handle, "r+b")
