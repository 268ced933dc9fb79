"""Targets of other shapes, and labels of other numbers, than a model and a loss take."""

import re
import warnings

import numpy
import pandas
import polars
import pytest

import nn

X = numpy.random.default_rng(0).normal(size=(12, 2))
SIDE = (X[:, 0] > 0).astype(int)


def trained(y, outputs=1, **settings):
    """Return the losses of two epochs."""
    model = nn.MLP(2, [3, outputs], seed=1)
    settings = {"seed": 1, **settings}
    return nn.fit(model, X, y, epochs=2, progress=False, **settings)["loss"]


LOSSES = ["mse", "mae", "huber", "hinge", "binary_cross_entropy", "cross_entropy"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("is_list", [True, False])
def test_a_column_of_targets_is_refused_and_told_to_be_flattened(loss, is_list):
    y = 2 * SIDE - 1 if loss == "hinge" else SIDE
    column = y[:, None].tolist() if is_list else y[:, None]
    outputs = 2 if loss == "cross_entropy" else 1
    with pytest.raises(nn.InputError, match=r"write y.ravel\(\) of an array, or") as caught:
        trained(column, outputs, loss=loss)
    flat = eval(re.search(r"or (\[.*\]) of a list", str(caught.value))[1], {"y": column})
    expected = trained(y, outputs, loss=loss)
    assert trained(flat, outputs, loss=loss) == expected
    assert trained(numpy.array(column).ravel(), outputs, loss=loss) == expected
    with pytest.raises(nn.InputError, match=r"validation y.*write y.ravel"):
        trained(y, outputs, loss=loss, validation=(X, column))


def test_a_loss_of_ones_own_gets_no_column_either():
    with pytest.raises(nn.InputError, match=r"write y.ravel"):
        trained(SIDE[:, None], loss=lambda score, target: (score - target) ** 2)


def test_estimators_take_a_column_with_the_warning_of_scikit_learn():
    for estimator, y in ((nn.Regressor((3,), max_iter=2), X @ [1, 2]), (nn.Classifier((3,)), SIDE)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert estimator.fit(X, y[:, None]).predict(X).shape == (12,)
        assert any("ravel" in str(each.message) for each in caught)


LABELS = {
    "of the loss for yes and no": (SIDE, "hinge", 1),
    "of the hinge loss": (2 * SIDE - 1, "binary_cross_entropy", 1),
    "of two other numbers, hinge": (5 + 2 * SIDE, "hinge", 1),
    "of two other numbers, yes and no": (5 + 2 * SIDE, "binary_cross_entropy", 1),
    "from one on, hinge": (1 + SIDE, "hinge", 1),
    "from one on": (1 + SIDE, "cross_entropy", 2),
    "of two other numbers": (5 + 2 * SIDE, "cross_entropy", 2),
    "of the hinge loss, for classes": (2 * SIDE - 1, "cross_entropy", 2),
    "in rows of zeros and ones": (numpy.eye(2)[SIDE], "cross_entropy", 2),
}


HOLDERS = {
    "an array": numpy.asarray,
    "a list": numpy.ndarray.tolist,
    "a list of arrays and of NumPy's scalars": list,
    "pandas": lambda y: pandas.Series(y) if y.ndim == 1 else pandas.DataFrame(y),
    "polars": lambda y: polars.Series(y) if y.ndim == 1 else polars.DataFrame(y),
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("name", LABELS)
def test_other_labels_are_told_how_they_become_those_of_the_loss(name, holder):
    y, loss, outputs = LABELS[name]
    held = HOLDERS[holder](y)
    with pytest.raises(nn.InputError, match=r"takes labels .*\(write ") as caught:
        trained(held, outputs, loss=loss)
    way = re.search(r"\(write (.*?)(, or take .*)?\)$", str(caught.value))[1]
    assert way == "numpy.asarray(y) - 1" or not name.endswith("from one on")
    labels = eval(way, {"y": held, "numpy": numpy})
    low, high = (-1, 1) if loss == "hinge" else (0, 1)
    assert numpy.array_equal(labels, numpy.where(SIDE, high, low))
    assert trained(labels, outputs, loss=loss)
    if y.ndim == 1:
        assert nn.Classifier((3,), max_iter=2).fit(X, y).predict(X).shape == (12,)


def test_numbers_that_are_no_labels_are_told_of_a_loss_for_numbers():
    y = X @ [1.0, 2.0]
    for loss, outputs in (("hinge", 1), ("binary_cross_entropy", 1), ("cross_entropy", 2)):
        with pytest.raises(nn.InputError, match=r"where y holds numbers, and no classes, .*'mse'"):
            trained(y, outputs, loss=loss)
    with pytest.raises(nn.InputError, match="take loss='mse'"):  # hinge unless it is said
        trained(y)
    assert trained(y, loss="mse")


def test_more_classes_than_a_loss_or_a_model_tells_apart_are_counted():
    y = numpy.arange(12) % 3
    with pytest.raises(nn.InputError, match="of more than two classes take cross_entropy"):
        trained(y, loss="hinge")
    with pytest.raises(nn.InputError, match="there are 3 classes: give the model as many outputs"):
        trained(y, 2, loss="cross_entropy")
    assert trained(y, 3, loss="cross_entropy")


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "hinge", "binary_cross_entropy"])
def test_as_many_scores_as_targets_are_asked_of_the_model(loss):
    with pytest.raises(
        nn.InputError, match=r"gives 2 scores, .* one output, as MLP\(2, \[16, 1\]\)"
    ):
        trained(SIDE, 2, loss=loss)
    with pytest.raises(nn.InputError, match=r"gives 3 scores, and y has rows of 2: .*\[16, 2\]\)"):
        trained(numpy.c_[SIDE, SIDE], 3, loss=loss)
    y = 2 * SIDE - 1 if loss == "hinge" else SIDE
    assert trained(numpy.c_[y, y], 2, loss=loss)


def test_a_list_of_one_score_wants_rows_of_one_target():
    class Listed(nn.MLP):
        def __call__(self, x):
            return [super().__call__(x)]

    with pytest.raises(nn.InputError, match=r"a list of one score, .* score\[0\], or give rows of"):
        nn.fit(Listed(2, [3, 1], seed=1), X, SIDE, loss="mse", epochs=1, progress=False)
    column = SIDE[:, None]
    found = nn.fit(Listed(2, [3, 1], seed=1), X, column, loss="mse", epochs=2, progress=False)
    assert found["loss"] == trained(SIDE, loss="mse")


def test_a_loss_that_gets_a_row_of_scores_is_told_which_model_gives_one():
    with pytest.raises(TypeError) as caught:
        trained(SIDE, 2, loss=lambda score, target: (score - target) ** 2)
    assert caught.value.__notes__[0].endswith("; MLP(2, [16, 1]) gives one number")


@pytest.mark.parametrize(
    "name", ["shuffle", "validation_split", "early_stopping", "device", "dtype"]
)
def test_settings_that_other_libraries_have_say_what_ours_is(name):
    with pytest.raises(TypeError, match=f"fit: there is no setting '{name}': "):
        trained(SIDE, loss="mse", **{name: True})
    once, again, other = [trained(SIDE, loss="mse", batch_size=5, seed=seed) for seed in (1, 1, 2)]
    assert once == again != other
