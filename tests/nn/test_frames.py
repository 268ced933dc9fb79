"""Data frames, series and classes by name: what fit takes, and what predict gives back."""

import datetime
import re

import numpy as np
import pytest

import nn
from nn import MLP, SGD, Adam, data, fit, predict

POINTS, SIDES = data.moons(40, noise=0.05, seed=1)
NAMES = ["cat" if side < 0 else "dog" for side in SIDES]
BLOBS, KINDS = data.blobs(45, seed=3)
ANIMALS = [("ant", "bee", "cow")[int(kind)] for kind in KINDS]


def settings(**more):
    return {"optimizer": Adam(lr=0.1), "epochs": 40, "seed": 1, "progress": False} | more


@pytest.mark.parametrize("engine", ["eager", "jit"])
@pytest.mark.parametrize("loss", ["hinge", "binary_cross_entropy"])
def test_a_classifier_of_two_names_keeps_them_and_gives_them_back(engine, loss):
    model, same = MLP(2, [8, 1], seed=1), MLP(2, [8, 1], seed=1)
    history = fit(model, POINTS, NAMES, loss, engine=engine, **settings(epochs=10))
    numbers = [side if loss == "hinge" else max(side, 0.0) for side in SIDES]
    expected = fit(same, POINTS, numbers, loss, engine=engine, **settings(epochs=10))
    assert history["loss"] == expected["loss"]
    assert history["accuracy"] == expected["accuracy"]
    assert model.classes == ("cat", "dog")
    found = predict(model, POINTS)
    scores = predict(model, POINTS, scores=True)
    assert scores == predict(same, POINTS)
    assert found == ["dog" if score > 0 else "cat" for score in scores]
    hits = [ours == theirs for ours, theirs in zip(found, NAMES, strict=True)]
    assert sum(hits) / len(hits) == history["accuracy"][-1] or history["accuracy"][-1] > 0.8


def test_a_classifier_of_several_names_keeps_them(tmp_path):
    model = MLP(2, [3], seed=1)
    fit(model, BLOBS, ANIMALS, "cross_entropy", validation=(BLOBS, ANIMALS), **settings())
    assert model.classes == ("ant", "bee", "cow")
    found = predict(model, BLOBS)
    assert sum(a == b for a, b in zip(found, ANIMALS, strict=True)) > 40
    nn.save(model, tmp_path / "weights.json")
    other = nn.load(MLP(2, [3], seed=2), tmp_path / "weights.json")
    assert other.classes == model.classes
    assert predict(other, BLOBS) == found
    # Trained further on rows of some of them, it knows all of them still.
    some = [i for i, name in enumerate(ANIMALS) if name != "bee"]
    rows, names = [BLOBS[i] for i in some], [ANIMALS[i] for i in some]
    fit(model, rows, names, "cross_entropy", **settings(epochs=2))
    assert model.classes == ("ant", "bee", "cow")


@pytest.fixture(params=["pandas", "polars"])
def frame(request):
    """A function of columns that makes a frame of them."""
    return pytest.importorskip(request.param).DataFrame


def of_points(frame, *names):
    columns = dict(zip("ab", zip(*POINTS, strict=True), strict=True))
    return frame({name: columns[name] for name in names})


def test_columns_in_another_order_are_refused_and_follow_their_names(frame, tmp_path):
    right, turned = of_points(frame, "a", "b"), of_points(frame, "b", "a")
    model = MLP(2, [4, 1], seed=1)
    checkpoint = tmp_path / "run.json"
    fit(model, right, SIDES, checkpoint=checkpoint, **settings(epochs=2))
    assert model.feature_names == ("a", "b")
    expected = predict(model, right)
    assert predict(model, POINTS) == expected  # rows without names go by place
    nn.save(model, tmp_path / "weights.json")
    for file in ("weights.json", "run.json"):
        loaded = nn.load(MLP(2, [4, 1], seed=2), tmp_path / file)
        for use in (
            lambda X, loaded=loaded: predict(loaded, X),
            lambda X, loaded=loaded: nn.activations(loaded, X),
            lambda X, loaded=loaded: nn.dead_units(loaded, X),
            lambda X, loaded=loaded: nn.gradients(loaded, X, SIDES),
            lambda X, loaded=loaded: fit(loaded, X, SIDES, **settings(epochs=1)),
        ):
            with pytest.raises(nn.InputError, match=r"write X\[\[\*model.feature_names\]\]"):
                use(turned)
        assert predict(loaded, turned[[*loaded.feature_names]]) == expected
    with pytest.raises(nn.InputError, match=r"write X_validation\[\[\*X.columns\]\]"):
        fit(MLP(2, [4, 1]), right, SIDES, validation=(turned, SIDES), **settings(epochs=1))
    with pytest.raises(nn.InputError, match="feature_names"):
        fit(MLP(2, [4, 1], seed=1), turned, SIDES, resume=checkpoint, **settings(epochs=4))
    fit(MLP(2, [4, 1], seed=1), POINTS, SIDES, resume=checkpoint, **settings(epochs=4))


def test_parts_of_a_frame_keep_the_names_of_its_columns(frame):
    whole = of_points(frame, "a", "b")
    (X, y), (others, labels) = nn.data.split(whole, SIDES, 0.25, seed=1)
    (rows, same), (left, _) = nn.data.split(POINTS, SIDES, 0.25, seed=1)
    assert [*X.columns] == [*others.columns] == ["a", "b"]
    assert rows == X
    assert others == left
    assert (y, len(labels)) == (same, 10)
    model = MLP(2, [4, 1], seed=1)
    fit(model, X, y, validation=(others, labels), **settings(epochs=1))
    assert model.feature_names == ("a", "b")
    with pytest.raises(nn.InputError, match=r"write X\[\[\*model.feature_names\]\]"):
        predict(model, of_points(frame, "b", "a"))
    with pytest.raises(nn.InputError, match="column 'b'"):
        fit(
            model, nn.data.split(frame({"a": [1.0, 2.0], "b": ["?", "?"]}), [1, -1], 0.5)[0][0], [1]
        )


@pytest.mark.parametrize(("names", "turned"), [((0, 1), [1, 0]), (("a", 7), [7, "a"])])
def test_columns_that_are_numbered_have_an_order_too(names, turned, tmp_path):
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(POINTS, columns=names)
    model = MLP(2, [4, 1], seed=1)
    fit(model, X, SIDES, **settings(epochs=1))
    assert model.feature_names == names
    nn.save(model, tmp_path / "weights.json")
    loaded = nn.load(MLP(2, [4, 1]), tmp_path / "weights.json")
    with pytest.raises(nn.InputError, match="in this order"):
        predict(loaded, X[turned])
    assert predict(loaded, X[turned][[*loaded.feature_names]]) == predict(model, X)


def test_columns_that_were_given_no_names_go_by_place():
    pandas = pytest.importorskip("pandas")
    plain, named = pandas.DataFrame(POINTS), pandas.DataFrame(POINTS, columns=["a", "b"])
    for trained, asked in ((plain, named), (named, plain)):
        model = MLP(2, [4, 1], seed=1)
        fit(model, trained, SIDES, **settings(epochs=1))
        assert predict(model, asked) == predict(model, POINTS)


def test_a_model_trained_on_other_columns_keeps_their_names(frame):
    model = MLP(2, [4, 1], seed=1)
    fit(model, of_points(frame, "a", "b"), SIDES, **settings(epochs=1))
    others = frame({"c": [1.0, 2.0], "d": [0.0, 3.0]})
    with pytest.raises(nn.InputError, match="'a' is missing"):
        predict(model, others)
    fit(model, others, [1.0, -1.0], **settings(epochs=1))
    assert model.feature_names == ("c", "d")
    fit(model, POINTS, SIDES, **settings(epochs=1))
    assert not hasattr(model, "feature_names")


def test_a_model_with_feature_names_of_its_own_is_trained_on_arrays_and_saved(tmp_path):
    model = MLP(2, [4, 1], seed=1)
    model.feature_names = ["height", "weight"]
    fit(model, POINTS, SIDES, **settings(epochs=1))
    nn.save(model, tmp_path / "weights.json")
    assert model.feature_names == ["height", "weight"]
    assert predict(model, POINTS) == predict(
        nn.load(MLP(2, [4, 1]), tmp_path / "weights.json"), POINTS
    )


def test_a_checkpoint_of_names_gives_a_model_its_classes(tmp_path):
    path = tmp_path / "run.json"
    fit(MLP(2, [4, 1], seed=1), POINTS, NAMES, checkpoint=path, **settings(epochs=3))
    assert nn.load(MLP(2, [4, 1], seed=1), path).classes == ("cat", "dog")


def test_a_run_on_names_resumes(tmp_path):
    path = tmp_path / "run.json"
    whole, broken, last = (MLP(2, [4, 1], seed=1) for _ in range(3))
    fit(whole, POINTS, NAMES, **settings(epochs=6))
    fit(broken, POINTS, NAMES, checkpoint=path, **settings(epochs=3))
    fit(last, POINTS, NAMES, resume=path, **settings(epochs=6))
    assert last.state_dict() == whole.state_dict()
    others = [name.upper() for name in NAMES]
    with pytest.raises(ValueError, match="classes"):
        fit(MLP(2, [4, 1], seed=1), POINTS, others, resume=path, **settings(epochs=6))


@pytest.mark.parametrize(
    ("nouts", "loss", "names", "words"),
    [
        ([1], "mse", NAMES, "mse takes numbers"),
        ([1], lambda s, t: s, NAMES, "takes numbers"),
        ([1], "hinge", ["a", "b", "c", "c"] * 10, "cannot tell the 3 classes"),
        ([1], "hinge", ["a"] * 40, "give rows of two classes"),
        ([2], "cross_entropy", ["a", "b", "c", "c"] * 10, "0 to 1"),
        ([4], "cross_entropy", ["a", "b", "c", "c"] * 10, "3 classes, and the model gives 4"),
        ([1], "hinge", [*NAMES[:-1], 1.0], r"y\[39\] is 1.0, and others are names"),
        ([1], "hinge", [*NAMES[:-1], None], r"y\[39\] is None, and others are names"),
    ],
)
def test_names_that_do_not_fit_are_refused(nouts, loss, names, words):
    model = MLP(2, [4, *nouts], seed=1)
    with pytest.raises(ValueError, match=words):
        fit(model, POINTS, names, loss, engine="eager", **settings(epochs=1))
    assert model.state_dict() == MLP(2, [4, *nouts], seed=1).state_dict()
    assert not hasattr(model, "classes")


def test_a_name_that_was_not_there_before_is_refused():
    model = MLP(2, [4, 1], seed=1)
    with pytest.raises(ValueError, match=r"validation y\[0\] is 'cow', which is none of \['cat'"):
        fit(model, POINTS, NAMES, validation=([[0.0, 1.0]], ["cow"]), **settings(epochs=1))
    fit(model, POINTS, NAMES, **settings(epochs=1))
    with pytest.raises(ValueError, match=r"y\[0\] is 'cow', which is none of"):
        fit(model, POINTS[:2], ["cow", "cat"], **settings(epochs=1))
    model.classes = 2
    with pytest.raises(TypeError, match=r"model\.classes"):
        fit(model, POINTS, NAMES, **settings(epochs=1))


def test_pictures_and_gradients_take_names_too():
    pytest.importorskip("matplotlib").use("Agg")
    model = MLP(2, [4, 1], seed=1)
    first, last = nn.gradients(model, POINTS, NAMES)
    assert (first, last) == tuple(nn.gradients(model, POINTS, SIDES))
    fit(model, POINTS, NAMES, **settings(epochs=2))
    ax = nn.plot.decision_boundary(model, POINTS, NAMES, resolution=5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["cat", "dog"]
    wide = nn.plot.decision_boundary(model, [[x, 1000 * y] for x, y in POINTS], NAMES, resolution=5)
    assert (ax.get_aspect(), wide.get_aspect()) == (1.0, "auto")


# -- frames, series, NumPy scalars ---------------------------------------------------------------


def trained(X, y, **more):
    model = MLP(2, [4, 1], seed=1)
    history = fit(model, X, y, optimizer=SGD(lr=0.1), epochs=3, seed=1, progress=False, **more)
    return history["loss"], predict(model, X)


@pytest.mark.parametrize("engine", ["eager", "jit"])
@pytest.mark.parametrize("kind", [np.int8, np.float32, np.float64, np.bool_])
def test_lists_of_numpy_scalars_are_numbers(engine, kind):
    loss = "binary_cross_entropy" if kind is np.bool_ else "hinge"
    y = np.array([side > 0 if kind is np.bool_ else side for side in SIDES]).astype(kind)
    expected = trained(POINTS, [float(label) for label in y], loss=loss, engine=engine)
    X = [[np.float64(a), b] for a, b in POINTS]
    assert trained(X, list(y), loss=loss, engine=engine) == expected


@pytest.mark.parametrize("package", ["pandas", "polars"])
@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_data_frames_and_series_are_rows_and_targets(package, engine):
    frames = pytest.importorskip(package)
    table = frames.DataFrame({"a": [row[0] for row in POINTS], "b": [row[1] for row in POINTS]})
    sides, names = frames.Series([int(s) for s in SIDES]), frames.Series(NAMES)
    expected = trained(POINTS, SIDES, engine=engine)
    assert trained(table, sides, engine=engine) == expected
    assert trained(table, frames.DataFrame({"y": sides}), engine=engine) == expected
    losses, found = trained(table, names, engine=engine, validation=(table, names))
    assert losses == expected[0]
    assert set(found) <= {"cat", "dog"}
    kinds = names.astype("category") if package == "pandas" else names.cast(frames.Categorical)
    assert trained(table, kinds, engine=engine)[0] == losses
    with pytest.raises(TypeError, match=r"X\[0\] holds the text .*dummies"):
        trained(frames.DataFrame({"a": NAMES, "b": NAMES}), sides, engine=engine)


def test_rows_and_names_of_a_frame_are_divided_drawn_and_judged():
    pytest.importorskip("matplotlib").use("Agg")
    frame = pytest.importorskip("pandas").DataFrame(POINTS, columns=["height", "weight"])
    frame.index = range(100, 140)  # as after a selection
    names = frame["height"].map(lambda height: "large" if height > 0.5 else "small")
    (X, y), (held_out, held_out_names) = data.split(frame, names, 0.25, seed=1)
    assert (len(X), len(y), len(held_out), len(held_out_names)) == (30, 30, 10, 10)
    assert all(
        ("large" if row[0] > 0.5 else "small") == name for row, name in zip(X, y, strict=True)
    )
    model = MLP(2, [4, 1], seed=1)
    history = fit(model, X, y, **settings())
    assert nn.accuracy(predict(model, X), y) == history["accuracy"][-1]
    assert nn.accuracy(np.array(["a", "b"]), ["a", "a"]) == 0.5
    ax = nn.plot.decision_boundary(model, frame, names, resolution=5)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("height", "weight")


# -- columns of very different sizes -------------------------------------------------------------


def quick(X, y, loss="hinge", epochs=10, lr=1e-12):
    model, optimizer = MLP(2, [3, 1], seed=1), SGD(lr=lr)
    fit(model, X, y, loss, optimizer, epochs, seed=1, engine="eager", progress=False)


WIDE = np.array(POINTS) * [1.0, 1000.0]


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_column_that_is_too_large_is_named(package):
    frame = pytest.importorskip(package).DataFrame({"age": WIDE[:, 0], "income": WIDE[:, 1]})
    with pytest.warns(UserWarning, match="column 1 has numbers as large as [0-9,]+, and") as seen:
        quick(WIDE, SIDES)
    assert [warning.filename for warning in seen] == [quick.__code__.co_filename]
    with pytest.warns(UserWarning, match="column 'income' has numbers"):
        quick(frame, SIDES)
    with pytest.warns(UserWarning, match=r"column 'income' \(and 1 more\) has numbers"):
        quick(frame * 1000.0, SIDES)
    with pytest.warns(UserWarning, match="column 0 stays below 0.002 beside numbers as large as"):
        quick(WIDE * [0.001, 0.01], SIDES)


@pytest.mark.parametrize("package", ["numpy", "lists", "pandas", "polars"])
def test_what_the_warning_says_to_write_is_quiet(package):
    X, y = WIDE, 1000.0 * np.array(SIDES)
    if package == "lists":
        X, y = X.tolist(), y.tolist()
    elif package != "numpy":
        frames = pytest.importorskip(package)
        X, y = frames.DataFrame({"age": X[:, 0], "income": X[:, 1]}), frames.Series(y)
    names = {"X": X, "y": y, "numpy": np}

    def advised(words):
        found = re.search(r"give (?P<scaled>.*?std\(0?\))(?: with (?P<array>.*?\)))?, ", words)
        exec(found["array"] or "", names)
        return eval(found["scaled"], names)

    with pytest.warns(UserWarning, match="the loss came down little. X: column") as seen:
        quick(X, SIDES)
    quick(advised(str(seen[0].message)), SIDES)
    with pytest.warns(UserWarning, match="y has numbers as large as 1,000, and") as seen:
        quick(POINTS, y, "mse")
    quick(POINTS, advised(str(seen[0].message)), "mse")
    quick(POINTS, y, lambda score, target: (score - target / 1000.0) ** 2)


@pytest.mark.parametrize(
    ("loss", "outputs", "constant"),
    [("hinge", 1, "1"), ("binary_cross_entropy", 1, "0.693"), ("cross_entropy", 2, "0.693")],
)
def test_a_loss_that_is_halved_and_no_better_than_a_constant_guess_is_told(loss, outputs, constant):
    draw = np.random.default_rng(0)
    X = np.stack([draw.normal(50_000.0, 15_000.0, 200), draw.normal(40.0, 12.0, 200)], axis=1)
    scaled = (X - X.mean(0)) / X.std(0)
    y = np.where(scaled.sum(1) > 0.0, "yes", "no").tolist()

    def trained(X):
        model = MLP(2, [8, outputs], seed=2)
        return fit(model, X, y, loss, epochs=100, seed=1, progress=False)["loss"]

    words = f"the loss is .*, and a constant guess has {re.escape(constant)}. X: column 0 has"
    with pytest.warns(UserWarning, match=words):
        losses = trained(X)
    assert float(constant) < losses[-1] < 0.5 * losses[0]
    assert trained(scaled)[-1] < 0.5


def test_targets_that_are_met_no_better_than_by_their_mean_are_told():
    y = 1000.0 + np.array(SIDES)
    with pytest.warns(UserWarning, match="a constant guess has 1. y has numbers as large as 1,001"):
        fit(MLP(2, [4, 1], seed=1), POINTS, y, "mse", SGD(lr=0.004), 300, progress=False)


def test_targets_that_are_all_the_same_are_no_reason_to_warn():
    fit(MLP(2, [1], seed=1), WIDE, [0.5] * 40, "mse", Adam(lr=0.5), 80, progress=False)


def test_an_estimator_names_the_column_and_scaled_data_are_quiet():
    pytest.importorskip("sklearn")
    pandas = pytest.importorskip("pandas")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    wide = pandas.DataFrame(WIDE, columns=["age", "income"])
    with pytest.warns(UserWarning, match="column 'income'") as seen:
        nn.Classifier((3,), learning_rate_init=1e-12, max_iter=10).fit(wide, NAMES)
    assert [warning.filename for warning in seen] == [__file__]
    make_pipeline(StandardScaler(), nn.Classifier((3,), learning_rate_init=1e-12, max_iter=10)).fit(
        wide, NAMES
    )
    nn.Regressor((3,), learning_rate_init=1e-12, max_iter=10).fit(POINTS, 1000.0 * np.array(SIDES))


def test_data_as_they_are_used_to_be_are_no_reason_to_warn():
    quick([[0.0, 0.0], [0.0, 0.0]], [1.0, -1.0])
    quick([[0.0, 20.0], [0.1, 70.0]], [1.0, -1.0])
    for loader, width in ((data.iris, 4), (data.digits, 64)):
        X, y = loader()
        model = MLP(width, [10], seed=1)
        fit(model, X[:50], y[:50], "cross_entropy", SGD(lr=1e-12), 10, progress=False)


def test_wide_columns_on_which_the_loss_comes_down_are_no_reason_to_warn():
    rows, line = [[0.0], [100.0]], [5.0, 30.0]
    model = MLP(1, [1], seed=1)
    history = fit(model, rows, line, "mse", SGD(lr=1e-4), 200, engine="eager", progress=False)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    quick(WIDE, SIDES, epochs=9)  # too few to judge


def columns_of_time():
    """Yield tables whose only fault is a column of dates, times or durations, and its name."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    day = datetime.datetime(2020, 1, 1)
    kinds = ([day] * 4, [day.date()] * 4, [day - day] * 4, [day.time()] * 4)
    for cells in kinds:
        yield polars.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], "when": cells}), "when"
    for cells in kinds[::2]:
        yield pandas.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], "when": cells}), "when"
        yield pandas.DataFrame({"when": cells}), "when"
        yield (
            np.array([[cell] for cell in cells], "datetime64[s]" if cells is kinds[0] else "m8[s]"),
            0,
        )


def test_dates_and_masks_are_not_taken_for_numbers_of_any_kind_of_table():
    pytest.importorskip("sklearn")
    masked = np.ma.masked_array([[1.0, 2.0]] * 4, mask=[[0, 1], [0, 0], [0, 0], [0, 0]])
    tables = [(table, f"X.* in column {name!r}.*: ") for table, name in columns_of_time()]
    for table, words in [*tables, (masked, "X has masked numbers.*filled")]:
        for train in (
            lambda: nn.Classifier((2,), max_iter=2).fit(table, ["a", "b"] * 2),  # noqa: B023
            lambda: nn.Regressor((2,), max_iter=2).fit(table, [1.0, 2.0] * 2),  # noqa: B023
            lambda: fit(MLP(table.shape[1], [1]), table, [1.0, -1.0] * 2, progress=False),  # noqa: B023
        ):
            with pytest.raises(ValueError, match=words):
                train()
    nn.Regressor((2,), max_iter=2).fit(np.ma.masked_array([[1.0, 2.0]] * 4), [1.0, 2.0] * 2)


PAUSE, DAY = np.timedelta64(3, "ns"), np.datetime64("2024-01-01", "ns")


@pytest.mark.parametrize(
    "rows",
    [
        [[0.0, 1.0], [DAY, 1.0], [1.0, 2.0], [2.0, 1.0]],
        [(0.0, 1.0), (PAUSE, 1.0), (1.0, 2.0), (2.0, 1.0)],
        [[0.0, 1.0], [np.ma.masked, 1.0], [1.0, 2.0], [2.0, 1.0]],
        np.array([[0.0, 1.0], [PAUSE, 1.0], [1.0, 2.0], [2.0, 1.0]], dtype=object),
        [[0.0, 1.0], np.array([PAUSE, PAUSE]), [1.0, 2.0], [2.0, 1.0]],
        [[0.0, 1.0], np.ma.masked_equal([1.0, 2.0], 2.0), [1.0, 2.0], [2.0, 1.0]],
        [[0.0, 1.0], np.array([DAY, DAY]), [1.0, 2.0], [2.0, 1.0]],
    ],
)
def test_dates_and_masks_are_not_taken_for_numbers_inside_of_rows(rows):
    pytest.importorskip("sklearn")
    fine = [[0.0, 1.0], [1.0, 0.0], [1.0, 2.0], [2.0, 1.0]]
    for use in (
        lambda: nn.Classifier((2,), max_iter=2).fit(rows, ["a", "b"] * 2),
        lambda: nn.Regressor((2,), max_iter=2).fit(rows, [1.0, 2.0] * 2),
        lambda: nn.Regressor((2,), max_iter=2).fit(fine, [1.0, 2.0] * 2).predict(rows),
        lambda: fit(MLP(2, [1]), rows, [1.0, -1.0] * 2, progress=False),
        lambda: nn.predict(MLP(2, [1]), rows),
    ):
        with pytest.raises(ValueError, match=r"X\[1\].*(holds the d|holds a masked|has masked)"):
            use()


def test_labels_are_neither_masked_nor_dates_nor_made_names_of():
    pytest.importorskip("sklearn")
    rows = [[0.0, 1.0], [1.0, 0.0], [1.0, 2.0], [2.0, 1.0]]
    for labels, words in [
        (np.ma.masked_equal([0, 1, 2, 1], 2), r"y\[2\] is a masked entry"),
        (np.ma.masked_equal([[0], [1], [2], [1]], 2), r"y\[2\] is a masked entry"),
        (np.ma.array(["a", "b"] * 2, mask=[0, 1] * 2), r"y\[1\] is a masked entry"),
        ([0, np.ma.masked, 1, 0], r"y\[1\] is a masked entry"),
        ([PAUSE, 2 * PAUSE] * 2, r"y\[0\] is .*: labels are texts or whole numbers"),
        (np.array([DAY, DAY, DAY, DAY]), r"y\[0\] is .*: labels are texts or whole numbers"),
        ([1, "x"] * 2, r"y\[0\] is 1, and others are names"),
        (["x", True] * 2, r"y\[1\] is True, and others are names"),
        (np.array([1, "x"] * 2, dtype=object), r"y\[0\] is 1, and others are names"),
        (["x", None] * 2, r"y\[1\] is None"),
    ]:
        with pytest.raises(ValueError, match=words):
            nn.Classifier((2,), max_iter=2).fit(rows, labels)
    for labels in (np.ma.array([0, 1, 0, 1]), [True, False] * 2, [np.str_("a"), "b"] * 2):
        nn.Classifier((2,), max_iter=2).fit(rows, labels)


def test_labels_that_stand_for_no_class_are_named_with_what_to_do():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    rows = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    gaps = [["a", None, "b", "a"], [0, None, 1, 0], [0.0, np.nan, 1.0, 0.0]]
    tables = [
        *gaps,
        *[pandas.Series(each, dtype=object) for each in gaps],
        pandas.Series(gaps[0], dtype="string"),
        pandas.Series(gaps[0], dtype="category"),
        pandas.Series(gaps[1], dtype="Int64"),
        pandas.Series([True, None, False, True], dtype="boolean"),
        pandas.Series([0, pandas.NA, 1, 0], dtype=object),
    ]
    for table in tables:
        with pytest.raises(ValueError, match=r"^y\[1\] is (None|NaN|nan|<NA>), .* rows out"):
            nn.Classifier((2,), max_iter=2).fit(rows, table)
    for label in (pandas.Period("2020-01"), datetime.date(2020, 1, 1), 10**30, object()):
        with pytest.raises(ValueError, match=r"^y\[0\] is .*: labels are texts or whole numbers"):
            nn.Classifier((2,), max_iter=2).fit(rows, [label, 1, 2, 1])


def test_labels_of_every_kind_that_stands_for_a_class_are_given_back():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    rows = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    names, numbers = ["a", "b", "b", "a"], [3, 7, 7, 3]
    for dtype in (object, "string", "category"):
        found = nn.Classifier((2,), max_iter=2).fit(rows, pandas.Series(names, dtype=dtype))
        assert {*found.predict(rows)} <= {"a", "b"}
    for dtype in (object, "Int64", float):
        found = nn.Classifier((2,), max_iter=2).fit(rows, pandas.Series(numbers, dtype=dtype))
        assert {*found.predict(rows)} <= {3, 7}


def test_columns_of_one_name_are_told_apart_by_fit_and_refused_by_estimators():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    rows = pandas.DataFrame([[0.0, 1.0], [1.0, 0.0]], columns=["a", "a"])
    fit(MLP(2, [1]), rows, [1.0, -1.0], epochs=1, progress=False)
    for estimator in (nn.Classifier((2,), max_iter=2), nn.Regressor((2,), max_iter=2)):
        with pytest.raises(ValueError, match="X has 2 columns 'a'"):
            estimator.fit(rows, [0, 1])
        estimator.fit(rows.to_numpy(), [0, 1])


def test_one_hidden_layer_may_be_a_number_and_estimators_are_cloned_with_their_settings():
    base = pytest.importorskip("sklearn.base")
    for sizes in (5, np.int64(5), (5,), np.array([5])):
        estimator = base.clone(nn.Classifier(sizes, max_iter=2))
        assert estimator.get_params()["max_iter"] == 2
        assert len(estimator.fit([[0.0], [1.0]], [0, 1]).model_.layers) == 2


def test_a_generator_of_numpy_seeds_an_estimator():
    pytest.importorskip("sklearn")
    x, y = np.eye(4), [0, 1, 0, 1]
    first, second = [
        nn.Classifier((2,), max_iter=2, random_state=np.random.default_rng(3)).fit(x, y)
        for _ in range(2)
    ]
    assert (first.predict_proba(x) == second.predict_proba(x)).all()
