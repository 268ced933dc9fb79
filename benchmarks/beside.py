"""The benchmarks of an earlier build, run with its packages and with these, in turn.

    python benchmarks/beside.py TREE                     all of them, three rounds
    python benchmarks/beside.py TREE jit/rows jit/moons --rounds 5

TREE is a work tree of the earlier version (``git worktree add TREE 84578a3``), whose benchmark
files both sides run, so that they do the same work. Below each line of ours stands, for each of its
numbers, the median over the rounds of the same number here divided by the one there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "jit" / "flow"))

from measuring import machine

ROOT = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*\.?\d*(?![\w.]*\d)")


def lines_of(file: Path, tree: Path) -> list[str]:
    """Return what a benchmark prints with the packages of a tree; of pytest's, the medians."""
    given = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, str(file)]
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "medians.json")
        if file.name.startswith("test_"):
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
            command += [f"--benchmark-json={kept}", f"--rootdir={tree}"]
        run = subprocess.run(
            command, env=given, capture_output=True, text=True, check=False, cwd=tree
        )
        if run.returncode:
            print(f"  failed with {tree.name}: {(run.stderr or run.stdout).strip()[-200:]}")
        if not kept.exists():
            return run.stdout.splitlines()
        found = json.loads(kept.read_text())["benchmarks"]
    return [f"{each['name']:50s} {each['stats']['median'] * 1e6:12.2f} us" for each in found]


def numbers_in(line: str) -> list[float]:
    """Return the numbers of a line."""
    return [float(number.replace(",", "")) for number in NUMBER.findall(line)]


def compared(pairs: list[tuple[str, str]]) -> str:
    """Return the median ratio of each number of a line that is not the same in all runs."""
    ratios = []
    columns = [
        list(zip(numbers_in(now), numbers_in(before), strict=False)) for now, before in pairs
    ]
    for column in zip(*columns, strict=False):
        is_count = all(now == before for now, before in column) or not all(b for _, b in column)
        ratios.append("-" if is_count else f"{statistics.median(n / b for n, b in column):.2f}")
    return "  ".join(ratios) if any(ratio != "-" for ratio in ratios) else ""


def main() -> None:
    """Print every line with its ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("before", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tree = options.before.resolve()
    folder = tree / "benchmarks"
    print(machine())
    for file in sorted(folder.rglob("*.py")):
        name = str(file.relative_to(folder).with_suffix(""))
        is_wanted = not options.names or name in options.names
        if not is_wanted or file.stem in ("common", "local_gradients"):  # no benchmarks
            continue
        print(f"== {name}", flush=True)
        rounds = [(lines_of(file, ROOT), lines_of(file, tree)) for _ in range(options.rounds)]
        for place, line in enumerate(rounds[0][0]):
            found = [(n[place], b[place]) for n, b in rounds if place < min(len(n), len(b))]
            ratios = compared(found)
            print(line, f"\n      here / there: {ratios}" if ratios else "", flush=True)


if __name__ == "__main__":
    main()
