"""How fast pictures are made, and how many lines cross in them beside those of Graphviz's dot.

    python benchmarks/render/pictures.py

Times are the least of several runs, in milliseconds of processor time. Crossings are counted on
the drawn curves, ours and dot's by the same count; links from one operand leave it together and
do not cross. Without a dot program on the PATH that part is left out.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from autograd import Value, dot, graph, mean, scope
from autograd.engine.order import ordered
from autograd.render import Layout, Link, layout_of

NUMBERS = random.Random(1)


def perceptron(inputs: int, layers: list[int], scoped: bool) -> Value:
    """Return a multilayer perceptron's output, its neurons and layers in scopes or not."""

    def named(name: str) -> AbstractContextManager[Any]:
        return scope(name) if scoped else contextlib.nullcontext()

    signal: list[Any] = [Value(NUMBERS.uniform(-1, 1), f"x{index}") for index in range(inputs)]
    for depth, width in enumerate(layers):
        outputs = []
        with named(f"layer {depth}"):
            for unit in range(width):
                weights = [
                    Value(NUMBERS.uniform(-1, 1), f"w{index}") for index in range(len(signal))
                ]
                bias = Value(0.0, "b")
                with named(f"neuron {unit}"):
                    total: Any = bias
                    for weight, operand in zip(weights, signal, strict=True):
                        total = total + weight * operand
                    outputs.append(total.tanh())
        signal = outputs
    root: Value = signal[0]
    root.backward()
    return root


def rows(count: int) -> Value:
    """Return the mean output of a 2-16-16-1 network over rows, each row in a scope."""
    layers = [
        [[Value(NUMBERS.uniform(-1, 1)) for _ in range(inputs)] for _ in range(width)]
        for inputs, width in ((2, 16), (16, 16), (16, 1))
    ]
    outputs = []
    for _ in range(count):
        signal: list[Any] = [Value(NUMBERS.uniform(-1, 1)) for _ in range(2)]
        with scope("row"):
            for layer in layers:
                signal = [dot(weights, signal).tanh() for weights in layer]
        outputs += signal
    root: Value = mean(outputs)
    return root


def milliseconds(action: Callable[[], object], runs: int) -> float:
    """Return the least time of several runs."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return 1000.0 * min(times)


def lines(link: Link, steps: int = 12) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight pieces of a link's curve in a picture that runs from left to right."""
    points = link.points
    curves: list[tuple[tuple[float, float], ...]] = []
    if link.curved:
        spline = points[:-1]
        curves = [tuple(spline[at : at + 4]) for at in range(0, len(spline) - 1, 3)]
        curves.append((points[-2], points[-2], points[-1], points[-1]))
    else:
        for (x, y), (to_x, to_y) in itertools.pairwise(points):
            middle = (x + to_x) / 2
            curves.append(((x, y), (middle, y), (middle, to_y), (to_x, to_y)))
    for curve in curves:
        before = curve[0]
        for step in range(1, steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            here = (
                sum(weight * corner[0] for weight, corner in zip(weights, curve, strict=True)),
                sum(weight * corner[1] for weight, corner in zip(weights, curve, strict=True)),
            )
            yield (*before, *here)
            before = here


def crossings(layout: Layout) -> int:
    """Count the points where the lines of two links with different operands cross."""
    pieces = [(link.source, piece) for link in layout.links for piece in lines(link)]
    pieces.sort(key=lambda pair: min(pair[1][0], pair[1][2]))
    count = 0
    for index, (source, (ax, ay, bx, by)) in enumerate(pieces):
        right, low, high = max(ax, bx), min(ay, by), max(ay, by)
        for other, (cx, cy, dx, dy) in itertools.islice(pieces, index + 1, None):
            if min(cx, dx) > right:
                break
            if other is source or max(cy, dy) < low or min(cy, dy) > high:
                continue
            one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
            three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
            four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
            count += one * two < 0 and three * four < 0
    return count


def main() -> None:
    """Print the tables."""
    with contextlib.suppress(AttributeError):  # not on every system
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("SVG of an MLP, all of it drawn              nodes      ms")
    for inputs, layers in ((2, [4, 1]), (3, [8, 8, 1])):
        for scoped in (True, False):
            root = perceptron(inputs, layers, scoped)
            taken = milliseconds(partial(drawn, root), 15)
            name = "with scopes" if scoped else "without scopes"
            print(f"  {name:<38}{len(ordered(root)):>9,}{taken:>8.1f}")
    print("SVG of a large graph, summarised            nodes      ms   elements")
    for count in (60, 150):
        root = rows(count)
        svg = drawn(root)
        taken = milliseconds(partial(drawn, root), 3)
        elements = svg.count("<") - svg.count("</")
        print(f"  {f'{count} rows':<38}{len(ordered(root)):>9,}{taken:>8.0f}{elements:>11,}")
    if not shutil.which("dot"):
        print("no dot program on the PATH: crossings are not compared")
        return
    print("crossings in an MLP                         nodes    ours     dot   ours/dot")
    for inputs, layers in ((2, [4, 1]), (3, [3, 1]), (3, [4, 4, 1]), (2, [5, 4, 1])):
        for scoped in (True, False):
            root = perceptron(inputs, layers, scoped)
            ours, dots = crossings(layout_of(root)), crossings(layout_of(root, engine="dot"))
            name = f"{inputs}-{'-'.join(map(str, layers))}{', scopes' if scoped else ''}"
            print(f"  {name:<38}{len(ordered(root)):>9,}{ours:>8}{dots:>8}{ours / dots:>11.2f}")


def drawn(root: Value) -> str:
    """Return the SVG of a graph, drawn whole as long as it has at most 1000 nodes."""
    return graph(root, max_nodes=1000 if len(ordered(root)) < 1000 else None).svg


if __name__ == "__main__":
    main()
