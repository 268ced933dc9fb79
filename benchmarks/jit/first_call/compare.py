"""First and later calls of ``cases.py``, each in a process of its own: ours, an earlier build, JAX.

    python benchmarks/jit/first_call/compare.py --before TREE      all cases
    python benchmarks/jit/first_call/compare.py --before TREE "moons step" transformer

TREE is a work tree of the earlier version (``git worktree add TREE 84578a3``). Nothing is read from
disk (AUTOGRAD_CACHE=off). Seconds are processor time of one core, so that neighbours count little.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "flow"))

from cases import CASES
from measuring import machine

ROOT = Path(__file__).resolve().parents[3]
OF_JAX = ("mixture", "gradient a row", "moons", "1,000 steps")


def measured(name: str, side: str, tree: Path) -> dict[str, Any] | None:
    """Return what a process says of a case, or None if it failed."""
    command = [sys.executable, str(Path(__file__).with_name("cases.py")), name, side]
    given = {**os.environ, "PYTHONPATH": str(tree), "AUTOGRAD_CACHE": "off"}
    run = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    found: dict[str, Any] | None = json.loads(run.stdout) if run.returncode == 0 else None
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path)
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    print(machine("jax", "llvmlite"))
    print("| case | steps | side | first, s | a call, ms | kept, MB | peak, MB | runs at the end |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: | --- |")
    for name in options.cases or CASES:
        sides = {"autograd": (ROOT, "autograd")}
        if options.before:
            sides["before"] = options.before.resolve(), "autograd"
        if name.startswith(OF_JAX):
            sides["jax"] = ROOT, "jax"
        rows = {side: measured(name, how, tree) for side, (tree, how) in sides.items()}
        ours = rows["autograd"]
        for side, row in rows.items():
            if row is None or ours is None:
                print(f"| {name} | | {side} | failed | | | | |", flush=True)
                continue
            ratios = ("", "") if side == "autograd" else (
                f" ({ours['first'] / row['first']:.2f} x)", f" ({ours['call'] / row['call']:.2f} x)"
            )  # fmt: skip
            print(
                f"| {name} | {row['steps'] or ''} | {side} | {row['first']:.3f}{ratios[0]} "
                f"| {row['call'] * 1e3:.4f}{ratios[1]} | {row['kept']:.0f} | {row['peak']:.0f} "
                f"| {row['tier']} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
