"""Machine code kept on disk, so that another process need not make it again.

An entry is an object file under the hash of all that it was made from: the LLVM code, the level,
the versions, the processor. The folder is private to the user: nothing is loaded from one that
others may write, nor from an entry that is not whole. Whatever goes wrong here costs time alone.

``AUTOGRAD_CACHE`` names the folder, or says ``off``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from autograd.files import UNFINISHED, replace_whole

MAGIC = b"autograd objects 2\n"
LARGEST = 256 * 2**20  # bytes that the folder may hold; the entries that were used longest ago go
ABANDONED = 60.0  # seconds after which nobody is writing a file any more
_SIZE = struct.Struct("<Q")
WORTH = 0.01  # seconds of compiling from which on an entry is written


def folder() -> Path | None:
    """Return the folder of entries, or None if there is to be none."""
    wish = os.environ.get("AUTOGRAD_CACHE", "")
    if wish == "off":
        return None
    if wish:
        return Path(wish)
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # there is no home
        return None
    return base / "scalar-autograd"


def key_of(*parts: object) -> str:
    """Return the name of what is made from these parts."""
    made = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        made.update(b"%d:" % len(text) + text)
    return made.hexdigest()


def load(key: str) -> list[bytes] | None:
    """Return the object files under a key; None where there are none that can be trusted."""
    place = folder()
    if place is None:
        return None
    try:
        if not _is_private(place, stat.S_ISDIR):
            return None
        path = place / f"{key}.o"
        if not _is_private(path, stat.S_ISREG):
            return None
        whole = path.read_bytes()
    except OSError:
        return None
    head = _head(key, whole[len(_head(key, b"")) :])
    if not whole.startswith(head):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    codes, at = [], len(head)
    while at < len(whole):
        (size,) = _SIZE.unpack_from(whole, at)
        codes.append(whole[at + _SIZE.size : at + _SIZE.size + size])
        at += _SIZE.size + size
    return codes


def store(key: str, codes: Sequence[bytes]) -> None:
    """Keep object files under a key, whole or not at all."""
    code = b"".join([part for each in codes for part in (_SIZE.pack(len(each)), each)])
    place = folder()
    if place is None:
        return
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(place, stat.S_ISDIR):
            return
        replace_whole(os.fspath(place / f"{key}.o"), _head(key, code) + code, 0o600)
        _make_room(place)
    except OSError:
        return


def _head(key: str, code: bytes) -> bytes:
    return MAGIC + key.encode() + b" " + hashlib.sha256(code).hexdigest().encode() + b"\n"


def _is_private(path: Path, is_kind: object) -> bool:
    """Return whether it is ours and nobody else may write to it, and is no link to elsewhere."""
    found = path.lstat()
    right = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    if not right or not is_kind(found.st_mode):  # type: ignore[operator]
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def _make_room(place: Path) -> None:
    """Let the entries go that were used longest ago, and what killed processes left."""
    entries, old = [], time.time() - ABANDONED
    with os.scandir(place) as found:
        for entry in found:
            with contextlib.suppress(OSError):
                about = entry.stat(follow_symlinks=False)
                if entry.name.endswith(UNFINISHED) and about.st_mtime < old:
                    os.unlink(entry.path)
                    continue
                entries.append((about.st_mtime, about.st_size, entry.path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= LARGEST:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
            total -= size
