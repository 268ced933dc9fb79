"""The accelerator: the same engine in C, where it was built.

As in PEP 399 there is one specification, these modules, and ``_native`` (native/README.md), which
takes over the common case of what it knows and asks the Python for everything else.
``AUTOGRAD_NATIVE=off`` in the environment turns it off, and ``required`` refuses to go without it.
"""

from __future__ import annotations

import importlib
import os
from typing import Any, TypeVar

from autograd.errors import ArgumentError

T = TypeVar("T")

INTERFACE = 11  # native/module.c has the same number: the two are of one version


def _loaded() -> tuple[Any, str]:
    """Return the accelerator, or None and the reason why it cannot be used."""
    if WISH == "off":
        return None, "AUTOGRAD_NATIVE is off"
    try:
        module = importlib.import_module("autograd.engine._native")
    except ImportError as error:
        is_absent = isinstance(error, ModuleNotFoundError)
        return None, "it was not built" if is_absent else f"it cannot be loaded: {error}"
    if module.INTERFACE != INTERFACE:
        return None, "it was built from another version: install once more"
    if not module.is_at_home():
        return None, "it serves another interpreter of this process"
    return module, ""


WISH = os.environ.get("AUTOGRAD_NATIVE") or "on"
if WISH not in ("on", "off", "required"):
    raise ArgumentError(f"AUTOGRAD_NATIVE is 'on', 'off' or 'required', and was {WISH!r}")
native, reason = _loaded()
if native is None and WISH == "required":
    raise ImportError(f"AUTOGRAD_NATIVE requires the accelerator, and {reason}")


def accelerated(kind: type[T]) -> type[T]:
    """Decorate a class of nodes: replace what the accelerator provides of it."""
    return native.adopted(kind) if native is not None else kind
