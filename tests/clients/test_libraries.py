"""Libraries that people use beside this one take its functions as they are."""

import itertools
import math

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, exp, grad, hessian, jit, value_and_grad

# -- SciPy ----------------------------------------------------------------------------------------


def valley(p):
    """Rosenbrock's function of any number of variables."""
    return sum(
        100.0 * (after - before**2) ** 2 + (1.0 - before) ** 2
        for before, after in itertools.pairwise(p)
    )


@pytest.mark.parametrize("compiled", [False, True])
def test_scipy_minimize_takes_value_and_gradient_in_one_function(compiled):
    from scipy.optimize import minimize

    both = value_and_grad(valley)
    found = minimize(jit(both) if compiled else both, np.full(5, -1.2), jac=True, tol=1e-12)
    np.testing.assert_allclose(found.x, 1.0, atol=1e-6)


def test_scipy_minimize_takes_hessians_and_their_products():
    from scipy.optimize import minimize

    start = np.full(4, -1.2)
    whole = minimize(
        valley, start, jac=grad(valley), hess=hessian(valley), method="trust-exact", tol=1e-10
    )
    np.testing.assert_allclose(whole.x, 1.0, atol=1e-6)

    def product(x, direction):
        return autograd.hvp(valley, (x,), (direction,))

    products = minimize(valley, start, jac=grad(valley), hessp=product, method="Newton-CG")
    np.testing.assert_allclose(products.x, 1.0, atol=1e-4)


def test_scipy_least_squares_takes_a_compiled_jacobian_by_rows():
    from scipy.optimize import least_squares

    def decay(b, x):
        return b[0] * (1.0 - exp(-b[1] * x))

    x = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0])
    y = np.array([109.0, 149.0, 149.0, 191.0, 213.0, 224.0])  # NIST's BoxBOD
    model, slopes = jit(decay, in_axes=(None, 0)), jit(grad(decay), in_axes=(None, 0))
    found = least_squares(
        lambda b: model(b, x) - y,
        [100.0, 0.75],
        lambda b: slopes(b, x),
        x_scale="jac",
        xtol=1e-15,
        ftol=1e-15,
    )
    np.testing.assert_allclose(found.x, [213.80940889, 0.54723748542], rtol=1e-5)


def test_scipy_curve_fit_takes_a_compiled_model_and_its_jacobian():
    from scipy.optimize import curve_fit

    def bump(x, height, place, width):
        return height * exp(-0.5 * ((x - place) / width) ** 2)

    rows = (0, None, None, None)
    model = jit(bump, in_axes=rows)
    slopes = jit(grad(bump, argnums=(1, 2, 3)), in_axes=rows)
    x = np.linspace(-3, 3, 40)
    y = model(x, 2.0, 0.5, 0.8)
    found, covariance = curve_fit(
        model, x, y, [1.0, 0.0, 1.0], jac=lambda *args: np.stack(slopes(*args), axis=1)
    )
    np.testing.assert_allclose(found, [2.0, 0.5, 0.8], rtol=1e-9)
    assert np.all(np.isfinite(covariance))


# -- iminuit --------------------------------------------------------------------------------------


def test_iminuit_takes_a_function_and_its_gradient():
    iminuit = pytest.importorskip("iminuit")

    def cost(x, y):
        return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2

    slopes = grad(cost, argnums=(0, 1))
    minuit = iminuit.Minuit(cost, x=-1.2, y=1.0, grad=slopes)
    minuit.errordef = iminuit.Minuit.LEAST_SQUARES
    minuit.strategy, minuit.tol = 2, 1e-6
    minuit.migrad()
    assert minuit.valid
    assert minuit.ngrad > 0
    assert minuit.values["x"] == pytest.approx(1.0, abs=5e-3)
    minuit.hesse()
    expected = np.linalg.inv(np.array(hessian(lambda p: cost(*p))([1.0, 1.0])) / 2.0)
    assert minuit.errors["x"] == pytest.approx(math.sqrt(expected[0][0]), rel=0.1)


# -- NumPy ----------------------------------------------------------------------------------------


def test_numpy_arrays_of_values_multiply_reshape_and_sum():
    w = np.array([[Value(0.5), Value(-1.0)], [Value(2.0), Value(0.25)]])
    x = np.array([1.5, -2.0])
    y = np.sum(np.tanh(w @ x) ** 2) + np.dot(w.ravel(), w.reshape(4)) / 2 + np.mean(np.exp(w.T))
    y.backward()
    numbers = np.array([[v.data for v in row] for row in w])
    inner = np.tanh(numbers @ x)
    expected = np.outer(2 * inner * (1 - inner**2), x) + numbers + np.exp(numbers) / 4
    np.testing.assert_allclose([[v.grad for v in row] for row in w], expected, rtol=1e-14)


# -- SymPy ----------------------------------------------------------------------------------------


def test_what_sympy_lambdify_writes_runs_on_values():
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y", positive=True)
    formula = sympy.sin(x * y) * sympy.exp(-(x**2)) + sympy.sqrt(x / y) + sympy.atan2(y, x)
    function = sympy.lambdify((x, y), formula, modules=[autograd])
    point = {x: 0.7, y: 1.3}
    slopes = grad(function, argnums=(0, 1))(0.7, 1.3)
    for name, slope in zip((x, y), slopes, strict=True):
        assert slope == pytest.approx(float(formula.diff(name).subs(point)), rel=1e-13)
    fast = jit(grad(function, argnums=(0, 1)))
    assert fast(0.7, 1.3) == slopes


# -- joblib and Dask ------------------------------------------------------------------------------


def cube_slope(x):
    return grad(lambda x: x**3)(x)


@pytest.mark.slow
def test_joblib_runs_derivatives_and_compiled_functions_in_other_processes():
    from joblib import Parallel, delayed

    step = jit(value_and_grad(valley))
    starts = [[1.0, 2.0], [-1.0, 0.5]]
    with Parallel(n_jobs=2) as pool:
        assert pool(delayed(cube_slope)(x) for x in (1.0, 2.0)) == [3.0, 12.0]
        assert pool(delayed(step)(start) for start in starts) == [step(start) for start in starts]


def test_joblib_and_dask_delay_derivatives_in_threads():
    import dask
    from joblib import Parallel, delayed

    slopes = grad(valley)
    starts = [[1.0, 2.0], [-1.0, 0.5], [0.0, 0.0]]
    expected = [slopes(start) for start in starts]
    assert Parallel(n_jobs=2, backend="threading")(delayed(slopes)(s) for s in starts) == expected
    lazily = [dask.delayed(slopes)(start) for start in starts]
    assert list(dask.compute(*lazily, scheduler="threads")) == expected


# -- scikit-learn ---------------------------------------------------------------------------------


@pytest.fixture
def moons():
    X, y = nn.data.moons(80, noise=0.1, seed=1)
    return np.array(X), np.array(["upper" if side < 0 else "lower" for side in y])


def test_a_classifier_takes_frames_and_texts_and_stands_in_pipelines_and_searches(moons):
    pandas = pytest.importorskip("pandas")
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = moons
    frame, labels = pandas.DataFrame(X, columns=["east", "north"]), pandas.Series(y)
    pipeline = make_pipeline(
        StandardScaler(), nn.Classifier(learning_rate_init=0.1, random_state=1)
    )
    search = GridSearchCV(pipeline, {"classifier__hidden_layer_sizes": [(1,), (8,)]}, cv=2)
    search.fit(frame, labels)
    best = search.best_estimator_
    assert best.score(frame, labels) > 0.95
    assert set(best.predict(frame)) == {"lower", "upper"}
    assert list(best[0].feature_names_in_) == ["east", "north"]
    np.testing.assert_allclose(best.predict_proba(frame).sum(axis=1), 1.0)


def test_a_classifier_of_three_classes_gives_a_score_for_each():
    X, y = nn.data.blobs(60, seed=1)
    names = np.array(["a", "b", "c"])[np.array(y, int)]
    classifier = nn.Classifier((6,), max_iter=80, random_state=1).fit(X, names)
    assert classifier.decision_function(X).shape == (60, 3)
    assert classifier.score(X, names) > 0.95
    again = nn.Classifier((6,), max_iter=80, random_state=1).fit(X, names)
    assert np.array_equal(classifier.predict_proba(X), again.predict_proba(X))


@pytest.mark.parametrize(
    ("names", "weights"),
    [
        (["no", "yes"], "balanced"),
        (["no", "yes"], {"yes": 3.0, "no": 0.5}),
        (["high", "low", "middle"], "balanced"),
        (["high", "low", "middle"], {"low": 2.0}),
    ],
)
def test_weights_of_classes_are_those_of_scikit_learns_logistic_regression(names, weights):
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(3)
    X = random.normal(size=(80, 2))
    places = np.digitize(X[:, 0] + random.normal(size=80), [0.8, 1.2][: len(names) - 1])
    labels = np.array(names)[places]
    options = {"max_iter": 400, "learning_rate_init": 0.1, "random_state": 0}
    ours = nn.Classifier((), class_weight=weights, **options).fit(X, labels)
    theirs = LogisticRegression(C=np.inf, class_weight=weights, tol=1e-10).fit(X, labels)
    found, expected = ours.predict_proba(X), theirs.predict_proba(X)
    assert np.allclose(found, expected, atol=1e-4)
    hits = [a == b for a, b in zip(ours.predict(X), labels, strict=True)]
    assert abs(ours.history_["accuracy"][-1] - sum(hits) / len(hits)) < 0.03


def test_weights_may_name_a_class_that_this_fold_lacks_where_all_others_have_theirs():
    weights = {"a": 1.0, "b": 2.0, "c": 3.0}
    fitted = nn.Classifier((), class_weight=weights, max_iter=1).fit([[0.0], [1.0]], ["a", "b"])
    assert fitted.classes_.tolist() == ["a", "b"]


@pytest.mark.filterwarnings("ignore:the loss (came down|is) :UserWarning")
def test_scikit_learn_finds_weights_of_classes_to_matter():
    from sklearn.utils.estimator_checks import check_class_weight_classifiers

    check_class_weight_classifiers("Classifier", nn.Classifier(max_iter=60))


def test_one_class_alone_is_refused(moons):
    with pytest.raises(ValueError, match="one class, 'upper'"):
        nn.Classifier().fit(moons[0], ["upper"] * 80)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:the loss (came down|is) :UserWarning")  # on data of the checks
@pytest.mark.parametrize("estimator", [nn.Classifier, nn.Regressor])
def test_scikit_learn_finds_nothing_wrong_with_the_estimators(estimator):
    from sklearn.utils.estimator_checks import check_estimator

    check_estimator(estimator(max_iter=60), on_skip=None)


def test_without_scikit_learn_the_estimators_name_the_extra(monkeypatch):
    import sys

    import nn.estimators

    monkeypatch.setitem(sys.modules, "nn.estimators", None)
    monkeypatch.delattr(nn, "estimators")
    with pytest.raises(ImportError, match=r"scalar-autograd\[data\]"):
        nn.Classifier  # noqa: B018
    assert not hasattr(nn, "Clasifier")
