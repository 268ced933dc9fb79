"""Small reference problems of benchmarks/problems, against certified and closed answers."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd import jit, value_and_grad

pytest.importorskip("scipy")
FOLDER = Path(__file__).parents[2] / "benchmarks" / "problems"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


nist, options, process = map(load, ("nist", "options", "gaussian_process"))


LONG = {("MGH17", 0), ("MGH09", 0)}  # hundreds of iterations
FITS = [
    pytest.param(name, start, marks=[pytest.mark.slow] if (name, start) in LONG else [])
    for name in nist.MODELS
    for start in (0, 1)
]


@pytest.mark.parametrize(("name", "start"), FITS)
def test_a_fit_of_nist_reaches_the_certified_digits_and_as_many_as_differences(name, start):
    problem = nist.read(name)
    with np.errstate(all="ignore"):
        _, ours, _ = nist.fit(name, problem.starts[start], "autograd", problem)
        _, differences, _ = nist.fit(name, problem.starts[start], "3-point", problem)
    assert ours > 10.3  # of the 11 that are certified
    assert ours >= differences


def test_greeks_of_a_book_are_the_closed_forms():
    book = options.book(200)
    found = jit(options.greeks, in_axes=(0,) * 6)(*book)
    for name, mine, true in zip(options.GREEKS, found, options.closed_forms(*book), strict=True):
        np.testing.assert_allclose(mine, true, rtol=1e-11, atol=1e-11, err_msg=name)


def test_eager_greeks_of_one_option_are_the_closed_forms():
    option = (100.0, 0.2, 0.5, 0.03, 110.0, -1.0)
    true = options.closed_forms(*map(np.array, option))
    np.testing.assert_allclose(options.greeks(*option), true, rtol=1e-13)


def test_the_likelihood_of_a_gaussian_process_and_its_gradient_are_scikit_learns():
    pytest.importorskip("sklearn")
    x, y = process.data(6)
    theta = np.array([0.1, -0.2, -3.0])
    value, gradient = jit(value_and_grad(process.log_likelihood))(theta, x, y)
    true_value, true_gradient = process.referee(theta, x, y)
    np.testing.assert_allclose(value, true_value, rtol=1e-12)
    np.testing.assert_allclose(gradient, true_gradient, rtol=1e-10)
