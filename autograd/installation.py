"""What is installed and running here: for reports of bugs, and to see which engine it is."""

from __future__ import annotations

import platform
import re
import sys
from importlib import metadata
from pathlib import Path

from autograd.engine import accelerator

DISTRIBUTION = "scalar-autograd"


def about() -> str:
    """Return what is running: versions, the engine (C or plain Python), processor, extras found.

    Returns:
        Several lines of text.

    Example:
        >>> import autograd
        >>> print(autograd.about())
        scalar-autograd ...
        Python ...
        engine: ...
        processor: ...
        extra ...
    """
    engine = "in C" if accelerator.native is not None else f"plain Python, {accelerator.reason}"
    try:
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = "(not installed: imported from a folder)"
    return "\n".join(
        [
            f"{DISTRIBUTION} {version}",
            f"Python {platform.python_version()} ({sys.implementation.name}), "
            f"{platform.system()} {platform.machine()}",
            f"engine: {engine}",
            f"processor: {_processor()}",
            *_extras(),
        ]
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _extras() -> list[str]:
    """Return a line for each extra, with the version found of each of its packages."""
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return ["extra packages: unknown where nothing is installed"]
    packages: dict[str, list[str]] = {}
    for requirement in requirements:
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", requirement)
        name = re.match(r"[\w.-]+", requirement)
        if extra and name and name[0] != DISTRIBUTION:
            packages.setdefault(extra[1], []).append(f"{name[0]} {_version(name[0])}")
    return [f"extra {extra}: {', '.join(found)}" for extra, found in packages.items()]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(missing)"
