"""Which points of a domain are tried: simple numbers, ends, kinks and what is next to them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.errors import MissingExtraError
from autograd.testing.arguments import Bounds

__tracebackhide__ = True  # from reports of pytest

Numbers = tuple[float, ...]
SIMPLE = (*range(21), 0.5, 1.5, 2.5, 0.1, 0.25, 0.75, 0.01, 1e-6, 30, 50, 64)
NEXT_TO = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0)  # whole numbers whose neighbours are tried
LARGE = (100, 1000, 1001, 1024, 10_000, 1e5, 1e6)
APART = 6  # points of different simple numbers, going up and going down
BATCH = 10  # points in one example of Hypothesis, which takes longer than they do
MOST_BORDERS, MOST_NODES = 12, 300  # that kinks are looked for between, and in
NEXT = 3  # floats on either side of a kink


def simplicity(numbers: Iterable[float]) -> tuple[int, float, bool]:
    """Return a key that sorts simple points first: few digits, small numbers, no minus."""
    texts = [f"{number:.17g}" if number.is_integer() else repr(number) for number in numbers]
    sizes = [abs(number) for number in numbers]
    return sum(map(len, texts)), sum(sizes), any(number < 0.0 for number in numbers)


def simple_points(bounds: Sequence[Bounds], large: bool = False) -> list[Numbers]:
    """Return points of small whole numbers and the like, of ends, and of what is next to these.

    Args:
        bounds: the lowest and the highest for each number.
        large: whether some numbers far outside of the bounds are wanted too.
    """
    columns = [_simple_numbers(low, high, large) for low, high in bounds]
    found = [
        tuple(column[place % len(column)] for column in columns)
        for place in range(max(map(len, columns)))
    ]
    if len(bounds) > 1:
        last = len(columns) - 1
        for place in range(APART):  # where all are equal, the derivative by another looks right
            for turn in (0, last):  # 0, 1, 2 and 2, 1, 0
                steps = (place + abs(turn - at) for at in range(len(columns)))
                found.append(tuple(c[s % len(c)] for c, s in zip(columns, steps, strict=True)))
        usual = list(spread(bounds, 8))
        for index, column in enumerate(columns[:16]):
            for place, number in enumerate(column):
                there = usual[place % 8]
                found.append((*there[:index], number, *there[index + 1 :]))
    return list(dict.fromkeys(found))


def _simple_numbers(low: float, high: float, large: bool) -> list[float]:
    inside = sorted(
        {sign * float(n) for n in SIMPLE + LARGE for sign in (1, -1) if low <= sign * n <= high},
        key=lambda number: simplicity([number]),
    )
    ends = [low, math.nextafter(low, high), high, math.nextafter(high, low), low / 2.0 + high / 2.0]
    beside = [math.nextafter(n, way) for n in NEXT_TO for way in (-math.inf, math.inf)]
    nearest = [number for number in beside if low <= number <= high]
    far = [sign * float(n) for n in LARGE for sign in (1, -1)] if large else []
    return list(dict.fromkeys([*inside, *ends, *nearest, *far]))


def spread(bounds: Sequence[Bounds], count: int) -> Iterator[Numbers]:
    """Yield points that fill a domain evenly: multiples of powers of a ratio, modulo 1.

    For one number it is the golden ratio. Its powers would put points of two numbers on a line, so
    the ratio g of n numbers has g**(n + 1) + g**n = 1: Roberts, The unreasonable effectiveness of
    quasirandom sequences, 2018.
    """
    inverse = 2.0
    for _ in range(60):
        inverse = (1.0 + inverse) ** (1.0 / (len(bounds) + 1))
    for place in range(1, count + 1):
        yield tuple(
            low * (1.0 - (part := place * inverse ** -(index + 1) % 1.0)) + high * part
            for index, (low, high) in enumerate(bounds)
        )


# -- kinks -------------------------------------------------------------------------------------


def kinks(function: Callable[[Numbers], object], path: Sequence[Numbers]) -> Iterator[Numbers]:
    """Yield the points on a path at which a function takes another way, and those next to them.

    Args:
        function: of a point, giving the root of its graph.
        path: points; between each and the next the way is compared.
    """
    ways = [way(function(point)) for point in path]
    steps = zip(itertools.pairwise(path), itertools.pairwise(ways), strict=True)
    borders = [(points, first) for points, (first, second) in steps if first != second]
    for (low, high), first in borders[:MOST_BORDERS]:
        while (middle := _middle(low, high)) not in (low, high):
            low, high = (middle, high) if way(function(middle)) == first else (low, middle)
        yield low
        yield high
        for _ in range(NEXT if len(low) == 1 else 0):  # where it is so to floats, rounding decides
            low, high = (math.nextafter(low[0], -math.inf),), (math.nextafter(high[0], math.inf),)
            yield low
            yield high


def _middle(low: Numbers, high: Numbers) -> Numbers:
    return tuple(a / 2.0 + b / 2.0 for a, b in zip(low, high, strict=True))


def way(root: object) -> object:
    """Return which way a computation took: its operations, and on which side of each kink."""
    if not isinstance(root, Value):
        return None
    found: list[object] = []
    for node in ordered(root):
        if node.op is None:
            continue
        found.append(node.op.name)
        numbers = [arg.data if isinstance(arg, Value) else arg for arg in node.args]
        found += [(numbers[0] > kink) - (numbers[0] < kink) for kink in node.op.kinks]
        if node.op.piece is not None:
            found.append(node.op.piece(node.data, *numbers))
        if len(found) > 2 * MOST_NODES:
            return None
    return found


# -- Hypothesis --------------------------------------------------------------------------------


def counterexample(
    is_wrong: Callable[[Numbers], object], bounds: Sequence[Bounds], examples: int
) -> Numbers | None:
    """Return the simplest point of the domain that is wrong, by Hypothesis, if there is one."""
    try:
        from hypothesis import HealthCheck, Phase, currently_in_test_context, find, settings
        from hypothesis import strategies as st
        from hypothesis.errors import NoSuchExample, Unsatisfiable
    except ImportError as error:
        raise MissingExtraError("assert_derivative over a domain", "testing", error) from None
    batch = max(1, BATCH // len(bounds))
    chosen = settings(
        max_examples=-(-examples // batch),
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    point = st.tuples(*(st.floats(*pair) for pair in bounds))
    points = st.lists(point, min_size=batch, max_size=batch, unique=True)

    def search() -> list[Numbers]:
        try:
            return find(points, lambda tried: any(map(is_wrong, tried)), settings=chosen)
        except (NoSuchExample, Unsatisfiable):  # the latter if the domain has but a few floats
            return []

    if currently_in_test_context():
        # Hypothesis refuses a search inside one of its tests, which here is meant: in a thread of
        # its own it is a search like any other.
        with ThreadPoolExecutor(max_workers=1) as pool:
            found = pool.submit(search).result()
    else:
        found = search()
    return min(filter(is_wrong, found), key=simplicity, default=None)
