"""Locks that a forked child finds free, whatever other threads of its parent were doing."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


def new_lock() -> Any:
    """Return a lock that its holder may take again, and that is free in a forked child."""
    lock = threading.RLock()
    _locks.add(lock)
    return lock


def _renew() -> None:
    """Free all locks: the threads that held them are not in the child."""
    for lock in list(_locks):
        lock._at_fork_reinit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
