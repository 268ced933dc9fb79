"""Points to learn from: small problems drawn from a seed, and real ones through an extra.

Every generator returns ``(X, y)``: a list of rows of numbers, and a list with the label or the
target of each row. The same seed gives the same points on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from nn.errors import InputError, MissingPackageError
from nn.habits import asking, say_what_is_ours
from nn.initializers import generator_of
from nn.inputs import listed
from nn.module import whole
from nn.names import NamedRows, names_in
from nn.wording import counted

say_what_is_ours(__name__)
Rows = list[list[float]]
Seed = int | random.Random | None
Row = TypeVar("Row")
Target = TypeVar("Target")


@asking("moons(100, seed=1)")
def moons(
    rows: int = 100,
    noise: float = 0.1,
    seed: Seed = None,
    labels: tuple[float, float] = (-1.0, 1.0),
) -> tuple[Rows, list[float]]:
    """Return two interleaved half circles of radius 1.

    Args:
        rows: how many points; half of them, and the odd one, lie on the upper moon.
        noise: the deviation of the normal noise on both coordinates.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        labels: of the upper and of the lower moon.

    Returns:
        X, rows of two numbers, and y, their labels, in a shuffled order.

    Raises:
        ValueError: there are no rows, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = moons(4, noise=0.0, seed=1)
        >>> len(X), sorted(y)
        (4, [-1.0, -1.0, 1.0, 1.0])
    """

    def point(arc: int, part: float, generator: random.Random) -> list[float]:
        x, height = math.cos(math.pi * part), math.sin(math.pi * part)
        return [x, height] if arc == 0 else [1.0 - x, 0.5 - height]

    return _classes(point, rows, noise, seed, labels, 2)


@asking("circles(100, seed=1)")
def circles(
    rows: int = 100,
    noise: float = 0.05,
    seed: Seed = None,
    labels: tuple[float, float] = (-1.0, 1.0),
    inner: float = 0.5,
) -> tuple[Rows, list[float]]:
    """Return a circle of radius 1 and a smaller one inside.

    Args:
        rows: how many points; half of them, and the odd one, lie on the outer circle.
        noise: the deviation of the normal noise on both coordinates.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        labels: of the outer and of the inner circle.
        inner: the radius of the inner circle.

    Returns:
        X, rows of two numbers, and y, their labels, in a shuffled order.

    Raises:
        ValueError: there are no rows, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = circles(3, noise=0.0, seed=1, labels=(0, 1))
        >>> [round(math.hypot(*row), 6) for row, label in zip(X, y) if label == 1]
        [0.5]
    """

    def point(ring: int, part: float, generator: random.Random) -> list[float]:
        radius, angle = (1.0, inner)[ring], 2.0 * math.pi * generator.random()
        return [radius * math.cos(angle), radius * math.sin(angle)]

    return _classes(point, rows, noise, seed, labels, 2)


@asking("spirals(100, seed=1)")
def spirals(
    rows: int = 200,
    noise: float = 0.02,
    seed: Seed = None,
    labels: Sequence[float] = (-1.0, 1.0),
    turns: float = 1.0,
) -> tuple[Rows, list[float]]:
    """Return spirals of radius 1 around the same centre, one for each label.

    Args:
        rows: how many points in all.
        noise: the deviation of the normal noise on both coordinates.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        labels: one for each spiral; ``range(3)`` gives three.
        turns: how often each winds around the centre.

    Returns:
        X, rows of two numbers, and y, their labels, in a shuffled order.

    Raises:
        ValueError: there are no rows or no labels, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = spirals(6, seed=1, labels=range(3))
        >>> sorted(y)
        [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    """

    def point(arm: int, part: float, generator: random.Random) -> list[float]:
        radius = 0.1 + 0.9 * part
        angle = 2.0 * math.pi * (turns * part + arm / len(labels))
        return [radius * math.cos(angle), radius * math.sin(angle)]

    return _classes(point, rows, noise, seed, labels)


@asking("blobs(100, seed=1)")
def blobs(
    rows: int = 150,
    noise: float = 0.3,
    seed: Seed = None,
    labels: Sequence[float] = (0.0, 1.0, 2.0),
) -> tuple[Rows, list[float]]:
    """Return round clouds of points with centres spaced evenly on a circle of radius 1.

    Args:
        rows: how many points in all.
        noise: the deviation of each cloud in both coordinates.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        labels: one for each cloud.

    Returns:
        X, rows of two numbers, and y, their labels, in a shuffled order.

    Raises:
        ValueError: there are no rows or no labels, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = blobs(6, noise=0.0, seed=1)
        >>> {label: [round(number, 2) for number in row] for row, label in zip(X, y)}[0.0]
        [1.0, 0.0]
    """

    def point(blob: int, part: float, generator: random.Random) -> list[float]:
        angle = 2.0 * math.pi * blob / len(labels)
        return [math.cos(angle), math.sin(angle)]

    return _classes(point, rows, noise, seed, labels)


@asking("xor(100, seed=1)")
def xor(
    rows: int = 100,
    noise: float = 0.0,
    seed: Seed = None,
    labels: tuple[float, float] = (-1.0, 1.0),
) -> tuple[Rows, list[float]]:
    """Return points of the square from -1 to 1, labelled by whether their signs differ.

    Args:
        rows: how many points; half of them, and the odd one, have equal signs.
        noise: the deviation of the normal noise on both coordinates.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        labels: where the signs are equal, and where they differ.

    Returns:
        X, rows of two numbers, and y, their labels, in a shuffled order.

    Raises:
        ValueError: there are no rows, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = xor(50, seed=1)
        >>> all((a * b < 0) == (label == 1) for (a, b), label in zip(X, y))
        True
    """

    def point(differ: int, part: float, generator: random.Random) -> list[float]:
        side = generator.choice((-1.0, 1.0))
        a, b = generator.random(), generator.random()
        return [side * a, -side * b if differ else side * b]

    return _classes(point, rows, noise, seed, labels, 2)


@asking("noisy_sine(100, seed=1)")
def noisy_sine(rows: int = 50, noise: float = 0.1, seed: Seed = None) -> tuple[Rows, list[float]]:
    """Return points along one period of a sine.

    Args:
        rows: how many points.
        noise: the deviation of the normal noise on y.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.

    Returns:
        X, rows of one number from -1 to 1, and y, sin(pi * x) with noise.

    Raises:
        ValueError: there are no rows, or noise is negative.
        TypeError: rows or seed is not a whole number.

    Example:
        >>> X, y = noisy_sine(3, noise=0.0, seed=1)
        >>> all(abs(target - math.sin(math.pi * row[0])) < 1e-15 for row, target in zip(X, y))
        True
    """
    generator = generator_of(seed)
    rows, noise = whole(rows, "rows"), _deviation(noise)
    X = [[generator.uniform(-1.0, 1.0)] for _ in range(rows)]
    return X, [math.sin(math.pi * x) + generator.gauss(0.0, noise) for (x,) in X]


def digits() -> tuple[Rows, list[int]]:
    """Return the 1797 images of handwritten digits that come with scikit-learn.

    Source: Alpaydin and Kaynak, Optical recognition of handwritten digits, UCI repository, 1998.

    Returns:
        X, rows of 64 numbers from 0 (paper) to 1 (ink), 8 by 8 pixels; y, digits from 0 to 9.

    Raises:
        ImportError: scikit-learn is not installed (extra ``data``).

    Example:
        >>> X, y = digits()
        >>> len(X), len(X[0]), y[:3]
        (1797, 64, [0, 1, 2])
    """
    X, y = _scikit_learn("load_digits")
    return [[pixel / 16.0 for pixel in row] for row in X], y


def iris() -> tuple[Rows, list[int]]:
    """Return the 150 iris flowers that come with scikit-learn.

    Source: Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7,
    1936.

    Returns:
        X, rows of four lengths in cm (sepal length and width, petal length and width); y, the
        species: 0 setosa, 1 versicolor, 2 virginica.

    Raises:
        ImportError: scikit-learn is not installed (extra ``data``).

    Example:
        >>> X, y = iris()
        >>> X[0], y[0]
        ([5.1, 3.5, 1.4, 0.2], 0)
    """
    return _scikit_learn("load_iris")


@asking("split(X, y, 0.2, seed=1)")
def split(
    X: Sequence[Row], y: Sequence[Target], held_out: float = 0.2, seed: Seed = None
) -> tuple[tuple[list[Row], list[Target]], tuple[list[Row], list[Target]]]:
    """Divide rows at random into a part for training and a part held out for evaluation.

    Args:
        X: the rows; lists of those of a data frame keep the names of its columns.
        y: their labels or targets.
        held_out: which part of the rows is held out, between 0 and 1.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.

    Returns:
        (X, y) for training, and (X, y) held out.

    Raises:
        ValueError: there are not as many rows as targets, or one of the two parts has no rows.
        TypeError: seed is not a whole number.

    Example:
        >>> train, test = split([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4], held_out=0.25, seed=1)
        >>> len(train[0]), len(test[0])
        (3, 1)
    """
    names = names_in(X)
    X, y = listed(X, "X"), listed(y, "y")
    if len(X) != len(y):
        raise InputError(
            f"split: there are {counted(len(X), 'row')} and {counted(len(y), 'target')}"
        )
    count = round(held_out * len(X))
    if not 0 < count < len(X):
        raise InputError(
            f"split: held_out={held_out!r} of {counted(len(X), 'row')} leaves a part empty"
        )
    order = list(range(len(X)))
    generator_of(seed).shuffle(order)

    def part(numbers: list[int]) -> tuple[list[Row], list[Target]]:
        rows = [X[number] for number in numbers]
        return NamedRows(rows, names) if names else rows, [y[number] for number in numbers]

    return part(order[count:]), part(order[:count])


# -- what the generators share -----------------------------------------------------------------


def _deviation(noise: float) -> float:
    if not 0.0 <= noise < math.inf:
        raise InputError(f"noise must be at least 0 and finite, and is {noise!r}")
    return float(noise)


def _classes(
    point: Callable[[int, float, random.Random], list[float]],
    rows: int,
    noise: float,
    seed: Seed,
    labels: Sequence[float],
    classes: int | None = None,
) -> tuple[Rows, list[float]]:
    """Return noisy points of each class, evenly along it (``part`` from 0 to 1), shuffled."""
    rows, noise = whole(rows, "rows"), _deviation(noise)
    labels = list(labels)
    if not labels:
        raise InputError("labels must name at least one class")
    if classes is not None and len(labels) != classes:
        raise InputError(f"there are {classes} classes, and labels has {len(labels)}: {labels!r}")
    generator = generator_of(seed)
    drawn: list[tuple[list[float], float]] = []
    for which, label in enumerate(labels):
        count = rows // len(labels) + (which < rows % len(labels))
        for i in range(count):
            place = point(which, i / max(count - 1, 1), generator)
            noisy = [number + generator.gauss(0.0, noise) for number in place]
            drawn.append((noisy, float(label)))
    generator.shuffle(drawn)
    return [row for row, _ in drawn], [label for _, label in drawn]


def _scikit_learn(loader: str) -> tuple[Rows, list[int]]:
    try:
        from sklearn import datasets
    except ImportError:
        raise MissingPackageError("nn.data's digits and iris", "data") from None
    X, y = getattr(datasets, loader)(return_X_y=True)
    return X.tolist(), y.tolist()
