"""What the benchmarks of jit share: one core, medians, versions, ratios."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)


def pin_to_one_core() -> None:
    """Run on one core, as the comparison asks."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def versions(*packages: str) -> str:
    """Return the versions of the packages that take part."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)


def heat(call: Callable[[], Any], seconds: float = 0.3) -> None:
    """Call so often that code has taken the place of groups, where it will."""
    end = time.perf_counter() + seconds
    call()
    while time.perf_counter() < end:
        call()
    with contextlib.suppress(ImportError):  # an earlier build, or none
        from autograd.compiler.tiers import finish

        finish()


def medians(rivals: dict[str, Callable[[], Any]], calls: int, rounds: int = 5) -> dict[str, float]:
    """Return the median seconds of a call of each, measured in turns so that noise hits all."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for call in rivals.values():
        heat(call)
    for _ in range(rounds):
        for name, call in rivals.items():
            for _ in range(max(1, calls // rounds)):
                start = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def report(title: str, ours: str, seconds: dict[str, float], unit: float = 1e6) -> None:
    """Print the medians and how many times as fast ours is."""
    word = {1e6: "us", 1e3: "ms", 1.0: "s", 1e9: "ns"}[unit]
    print(title)
    for name, time_ in seconds.items():
        ratio = f"{time_ / seconds[ours]:8.2f} x ours" if name != ours else ""
        print(f"  {name:42s} {time_ * unit:12.2f} {word}   {ratio}")
