"""What these benchmarks share with those of ``jit``: one core, medians, versions, the processor."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from common import medians, pin_to_one_core, versions

__all__ = ["first_call", "machine", "medians", "megabytes", "pin_to_one_core", "show", "versions"]


def machine(*packages: str) -> str:
    """Return the processor, its widest vectors and the versions that take part."""
    words = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line for line in words.splitlines() if line.startswith("model name")), "")
    vectors = "AVX-512" if "avx512f" in words else "AVX2" if "avx2" in words else "other vectors"
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{model.partition(': ')[2]}, {vectors}, Python {python}, {versions(*packages)}"


def first_call(make: Callable[[], Callable[[], Any]]) -> tuple[float, Callable[[], Any]]:
    """Return the seconds of one core's time from nothing to the first result, and the call."""
    start = time.process_time()
    call = make()
    call()
    return time.process_time() - start, call


def megabytes() -> float:
    """Return the most memory that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(title: str, first: dict[str, float], call: dict[str, float]) -> None:
    """Print first calls and later ones, and ours over theirs."""
    (ours, *others) = first
    print(title)
    for name in first:
        print(f"  {name:28s} first {first[name]:9.3f} s   then {call[name] * 1e3:12.4f} ms")
    for name in others:
        print(
            f"  ours over {name:18s} first {first[ours] / first[name]:9.3f}     "
            f"then {call[ours] / call[name]:12.4f}"
        )
