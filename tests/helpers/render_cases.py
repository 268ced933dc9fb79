"""Graphs to draw, and the geometry of a layout, written down apart from the code it judges."""

import random
from contextlib import nullcontext
from itertools import pairwise

from autograd import Value, scope

RANKDIRS = ("LR", "TB", "RL", "BT")


def expression():
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    y = (a * b + c) * -2.0
    y.label = "y"
    y.backward()
    return y


def well_known():
    """The expression of micrograd's README: 24.7041, with gradients 138.8338 and 645.5773."""
    a, b = Value(-4.0, "a"), Value(2.0, "b")
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.label = "g"
    g.backward()
    return g


def perceptron(inputs, layers, scoped=True, seed=1):
    """A multilayer perceptron as one learns it: every neuron a sum of products, then tanh."""
    numbers = random.Random(seed)
    x = [Value(numbers.uniform(-1, 1), f"x{index}") for index in range(inputs)]
    named = scope if scoped else (lambda name: nullcontext())
    for depth, width in enumerate(layers, 1):
        with named(f"layer {depth}"):
            outputs = []
            for unit in range(1, width + 1):
                weights = [Value(numbers.uniform(-1, 1), f"w{index}") for index in range(len(x))]
                bias = Value(0.1, "b")
                with named(f"neuron {unit}"):
                    total = bias
                    for weight, value in zip(weights, x, strict=True):
                        total = total + weight * value
                    outputs.append(total.tanh() if depth < len(layers) else total)
        x = outputs
    x[0].backward()
    return x[0]


def tangle(size, seed, scopes=0.0):
    """A random graph; with scopes, nodes are made in scopes nested at random."""
    numbers = random.Random(seed)
    pool = [Value(numbers.uniform(-2, 2), numbers.choice(["", "x", "a longer label"]))]
    opened = []
    for _ in range(size):
        if numbers.random() < scopes:
            if opened and numbers.random() < 0.5:
                opened.pop().__exit__(None, None, None)
            else:
                opened.append(scope(numbers.choice(["s", "attention", "a scope with a long name"])))
                opened[-1].__enter__()
        a, b = numbers.choice(pool[-8:]), numbers.choice(pool)
        kind = numbers.randrange(6)
        if kind == 0:
            pool.append(Value(numbers.uniform(-2, 2)))
        elif kind == 1:
            pool.append(a.sin())
        elif kind == 2:
            pool.append(a * numbers.uniform(-1, 1))
        elif kind == 3:
            pool.append(a.clip(b, 2.0))
        else:
            pool.append(a + b if kind == 4 else a * b)
    while opened:
        opened.pop().__exit__(None, None, None)
    total = pool[0]
    for value in pool[-3:]:
        total = total + value
    return total


# -- geometry ----------------------------------------------------------------------------------


def rectangle(thing):
    return thing.x, thing.y, thing.x + thing.width, thing.y + thing.height


def overlapping(one, other, slack=0.01):
    left, top, right, bottom = rectangle(one)
    other_left, other_top, other_right, other_bottom = rectangle(other)
    return (
        left < other_right - slack
        and other_left < right - slack
        and top < other_bottom - slack
        and other_top < bottom - slack
    )


def sampled(link, rankdir, steps=10):
    """The line of a link as many points, from the meaning of ``points`` in Link's docstring."""
    sideways = rankdir in ("LR", "RL")
    line = [link.points[0]]
    for (x, y), (to_x, to_y) in pairwise(link.points):
        if sideways:
            first, second = ((x + to_x) / 2, y), ((x + to_x) / 2, to_y)
        else:
            first, second = (x, (y + to_y) / 2), (to_x, (y + to_y) / 2)
        for step in range(1, steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            corners = ((x, y), first, second, (to_x, to_y))
            line.append(
                tuple(
                    sum(
                        weight * corner[axis]
                        for weight, corner in zip(weights, corners, strict=True)
                    )
                    for axis in (0, 1)
                )
            )
    return line


def around(box):
    """The frames around a box, the innermost first."""
    return [box.frame, *outer(box.frame)] if box.frame else []


def outer(frame):
    frames, frame = [], frame.parent
    while frame is not None:
        frames.append(frame)
        frame = frame.parent
    return frames


def inside(point, thing, slack=0.05):
    left, top, right, bottom = rectangle(thing)
    return left + slack < point[0] < right - slack and top + slack < point[1] < bottom - slack


def faults(layout):
    """Everything that is wrong with a layout to the eye, in words; empty for a good one."""
    found = []
    from_left = sorted(layout.boxes, key=lambda box: box.x)
    for index, box in enumerate(from_left):
        for other in from_left[index + 1 :]:
            if other.x > box.x + box.width:
                break
            if overlapping(box, other):
                found.append(f"boxes {box.id} and {other.id} overlap")
    for box in layout.boxes:
        for frame in layout.frames:
            within = frame in around(box)
            left, top, right, bottom = rectangle(box)
            corners = [(left, top), (right, bottom)]
            if within and not all(inside(corner, frame) for corner in corners):
                found.append(f"box {box.id} sticks out of frame {frame.id}")
            if not within and overlapping(box, frame):
                found.append(f"box {box.id} overlaps frame {frame.id}")
        if box.x < 0 or box.y < 0 or box.x + box.width > layout.width:
            found.append(f"box {box.id} is clipped")
        if box.y + box.height > layout.height:
            found.append(f"box {box.id} is clipped")
    for index, frame in enumerate(layout.frames):
        for other in layout.frames[index + 1 :]:
            if frame not in outer(other) and overlapping(frame, other):
                found.append(f"frames {frame.id} and {other.id} overlap")
    for link in layout.links:
        line = sampled(link, layout.rankdir)
        ends = {link.source, link.target}
        own_frames = {*around(link.source), *around(link.target)}
        low_x, high_x = min(x for x, _ in line), max(x for x, _ in line)
        low_y, high_y = min(y for _, y in line), max(y for _, y in line)
        for thing in [*layout.boxes, *layout.frames]:
            if thing.x > high_x or thing.x + thing.width < low_x:
                continue
            if thing.y > high_y or thing.y + thing.height < low_y:
                continue
            if thing in ends or thing in own_frames:
                continue
            if any(inside(point, thing) for point in line):
                found.append(f"link {link.id} runs through {thing.id}")
        for thing in ends:
            if any(inside(point, thing) for point in line):
                found.append(f"link {link.id} runs through its own box {thing.id}")
        if not touches(line[0], link.source) or not touches(line[-1], link.target):
            found.append(f"link {link.id} does not reach its boxes")
    return found


def touches(point, box, slack=0.1):
    left, top, right, bottom = rectangle(box)
    x, y = point
    on_side = min(abs(x - left), abs(x - right)) < slack and top - slack < y < bottom + slack
    on_top = min(abs(y - top), abs(y - bottom)) < slack and left - slack < x < right + slack
    return on_side or on_top
