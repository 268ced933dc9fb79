#!/usr/bin/env python3
"""Runs for hours that find what no single test would: programs, interrupts, kills, forks, tasks.

    python scripts/long_runs.py programs 100000 --seed 0   # random programs, run in every way
    python scripts/long_runs.py interrupts 10000           # Ctrl-C at random moments
    python scripts/long_runs.py kills 500                  # kill -9 while files are written
    python scripts/long_runs.py forks 200                  # forks while other threads compile
    python scripts/long_runs.py tasks 1000                 # asyncio tasks in modes take turns

Each prints what it did and found, one line at a time, and ends with status 1 if anything was found.
A program is named by its number: ``programs 1 --seed NUMBER --all`` compares it in every way, and
shows the shortest program that differs. tests/test_long_runs.py runs a part of each.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

import torn_states  # noqa: E402
from random_programs import differences, program, shortened  # noqa: E402


def programs(count: int, seed: int, compare_all: bool, seconds: float) -> tuple[Counter[str], int]:
    """Compare random programs; print each difference."""
    counts: Counter[str] = Counter()
    faults, start = 0, time.monotonic()
    for number in range(seed, seed + count):
        if time.monotonic() - start > seconds:
            print(f"stopped before program {number}", flush=True)
            break
        found = differences(program(number), compare_all, counts)
        counts["programs"] += 1
        if found:
            faults += 1
            print(f"program {number}: {found[0][0]}: {found[0][1]}"[:600], flush=True)
            if compare_all:
                print(shortened(program(number), compare_all), flush=True)
    return counts, faults


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("programs", "interrupts", "kills", "forks", "tasks"))
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="compare each program in every way")
    parser.add_argument("--seconds", type=float, default=1e9, help="start no program after these")
    chosen = parser.parse_args()
    start = time.monotonic()
    if chosen.what == "programs":
        counts, faults = programs(chosen.count, chosen.seed, chosen.all, chosen.seconds)
    else:
        with tempfile.TemporaryDirectory() as folder:
            run = getattr(torn_states, chosen.what)
            counts, found = run(chosen.count, chosen.seed, Path(folder))
        faults = len(found)
        for line, times in Counter(found).items():
            print(f"{times} times: {line}", flush=True)
    done = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
    print(f"{done}; {faults} faults, {time.monotonic() - start:.0f} s", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    os.environ.setdefault("AUTOGRAD_CACHE", "off")  # what compiles here, compiles anew
    sys.exit(main())
