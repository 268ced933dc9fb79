"""The generators, the real data, and dividing them."""

import math
import random

import pytest

from nn import data

TWO = ["moons", "circles", "spirals", "xor"]
ALL = [*TWO, "blobs", "noisy_sine"]


@pytest.mark.parametrize("name", ALL)
def test_a_seed_gives_the_same_points_and_leaves_random_alone(name):
    make = getattr(data, name)
    before = random.getstate()
    X, y = make(31, seed=3)
    assert random.getstate() == before
    assert (X, y) == make(31, seed=3)
    assert (X, y) != make(31, seed=4)
    assert (len(X), len(y)) == (31, 31)
    assert all(type(number) is float and math.isfinite(number) for row in X for number in row)
    random.seed(2)
    drawn = make(5)
    random.seed(2)
    assert make(5) == drawn


@pytest.mark.parametrize("name", TWO)
def test_two_classes_are_balanced_shuffled_and_labelled_for_hinge(name):
    _, y = getattr(data, name)(101, seed=1)
    assert (y.count(-1.0), y.count(1.0)) == (51, 50)
    assert y != sorted(y)
    _, labels = getattr(data, name)(101, seed=1, labels=(0, 1))
    assert labels == [(label + 1) / 2 for label in y]


def test_without_noise_points_lie_on_their_curves():
    for (a, b), label in zip(*data.moons(40, noise=0.0, seed=1), strict=True):
        centre = (0.0, 0.0) if label < 0 else (1.0, 0.5)
        assert math.dist((a, b), centre) == pytest.approx(1.0)
        assert (b >= -1e-12) if label < 0 else (b <= 0.5 + 1e-12)
    for row, label in zip(*data.circles(40, noise=0.0, seed=1, inner=0.3), strict=True):
        assert math.hypot(*row) == pytest.approx(1.0 if label < 0 else 0.3)
    for (a, b), label in zip(*data.xor(40, seed=1), strict=True):
        assert (a * b < 0) == (label > 0)
        assert max(abs(a), abs(b)) <= 1.0
    for row, label in zip(*data.spirals(40, noise=0.0, seed=1, labels=range(2)), strict=True):
        part = (math.hypot(*row) - 0.1) / 0.9
        turned = math.atan2(row[1], row[0]) / (2 * math.pi) - part - label / 2
        assert abs(turned - round(turned)) < 1e-9
    for row, label in zip(*data.blobs(9, noise=0.0, seed=1), strict=True):
        angle = 2 * math.pi * label / 3
        assert math.dist(row, (math.cos(angle), math.sin(angle))) < 1e-12


def test_noise_is_normal_with_the_deviation_asked_for():
    X, y = data.noisy_sine(2000, noise=0.2, seed=1)
    errors = [target - math.sin(math.pi * x) for (x,), target in zip(X, y, strict=True)]
    spread = math.sqrt(sum(error * error for error in errors) / len(errors))
    assert spread == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("name", ALL)
def test_bad_numbers_are_refused(name):
    make = getattr(data, name)
    for noise in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="noise"):
            make(5, noise=noise)
    with pytest.raises(ValueError, match="rows must be at least 1"):
        make(0)
    with pytest.raises(TypeError, match="rows must be a whole number"):
        make(2.5)
    with pytest.raises(TypeError, match="seed"):
        make(5, seed="x")


def test_no_labels_are_no_classes():
    for make in (data.blobs, data.spirals):
        with pytest.raises(ValueError, match="at least one class"):
            make(5, labels=())


def test_the_real_data_are_scikit_learns():
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = data.digits()
    images = datasets.load_digits()
    assert [[pixel * 16 for pixel in row] for row in X] == images.data.tolist()
    assert y == images.target.tolist()
    X, y = data.iris()
    assert (len(X), len(X[0]), sorted(set(y))) == (150, 4, [0, 1, 2])


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"scalar-autograd\[data\]"):
        data.digits()


def test_split_keeps_rows_with_their_targets_and_loses_none():
    X = [[float(i)] for i in range(25)]
    (train, t), (test, u) = data.split(X, list(range(25)), held_out=0.2, seed=3)
    assert (len(train), len(test)) == (20, 5)
    assert sorted(t + u) == list(range(25))
    assert [row[0] for row in train + test] == t + u
    assert t != sorted(t)
    for part in (0.0, 1.0, 0.01, -1.0):
        with pytest.raises(ValueError, match="held_out"):
            data.split(X, list(range(25)), held_out=part)
    with pytest.raises(ValueError, match=r"25 rows and 1 target$"):
        data.split(X, [1])


def test_two_classes_take_two_labels_of_any_kind():
    for name in ("moons", "circles", "xor"):
        with pytest.raises(ValueError, match="2 classes"):
            getattr(data, name)(6, labels=(0, 1, 2))
        numpy = pytest.importorskip("numpy")
        assert sorted(getattr(data, name)(4, labels=numpy.array([0, 1]))[1]) == [0, 0, 1, 1]
