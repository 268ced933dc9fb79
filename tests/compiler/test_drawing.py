"""Random numbers that a compiled function draws while it is traced: a warning, and its remedy."""

import random
import subprocess
import sys
import warnings

import numpy as np
import pytest

from autograd import grad, jit, vmap
from autograd.compiler.drawing import Drawing

RNG, OWN, SAFE = np.random.default_rng(0), random.Random(0), random.SystemRandom()


def by_random(x):
    return x * random.random()


def by_numpy(x):
    return x * np.random.normal()


def by_generator(x):
    return x * RNG.normal()


def by_own(x):
    return x * OWN.random()


def within_a_branch(x):
    return x * random.random() if x > 0.0 else abs(x) * random.random() * random.random()


def closed_over(rng):
    return lambda x: x * rng.normal()


def seeded(x):
    np.random.seed(3)
    return x * 2.0


DRAWING = [by_random, by_numpy, by_generator, by_own, within_a_branch, closed_over(RNG), seeded]


@pytest.mark.parametrize("f", DRAWING)
@pytest.mark.parametrize("transform", [lambda f: f, grad])
def test_a_function_that_draws_is_warned_of_by_its_name(f, transform):
    with pytest.warns(UserWarning, match="drew random numbers while it was traced") as caught:
        jit(transform(f))(1.0)
    assert f.__name__ in str(caught[0].message)
    assert caught[0].filename == __file__
    assert "pass them in as an argument" in str(caught[0].message)


def test_the_warning_is_right_that_the_numbers_stay_and_its_remedy_works():
    fast = jit(by_random)
    with pytest.warns(UserWarning, match="drew random"):
        first = fast(1.0)
    assert fast(1.0) == first
    fast = jit(lambda x, noise: x * noise)
    assert fast(1.0, random.random()) != fast(1.0, random.random())


def test_it_is_warned_once():
    fast = jit(within_a_branch)
    with pytest.warns(UserWarning, match="drew random") as caught:
        numbers = [fast(x) for x in (1.0, -1.0, 2.0)]
    assert len(numbers) == 3
    assert len(caught) == 1


def test_drawing_around_a_compiled_function_is_no_drawing_in_it():
    fast = jit(vmap(lambda x: x * 2.0))
    for _ in range(2):
        fast(np.random.rand(5))
        assert jit(lambda x: x + 1.0)(random.random()) > 0.0


def test_without_numpys_random_it_is_not_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "numpy.random")
    with pytest.warns(UserWarning, match="drew random"):
        jit(by_random)(1.0)


def test_another_generator_put_in_numpys_place_is_seen():
    kept = np.random.get_bit_generator()
    np.random.set_bit_generator(np.random.PCG64(1))
    try:
        with pytest.warns(UserWarning, match="drew random"):
            jit(by_numpy)(1.0)
    finally:
        np.random.set_bit_generator(kept)


def test_that_numpys_random_is_imported_during_a_trace_is_no_drawing(monkeypatch):
    module = sys.modules["numpy.random"]
    monkeypatch.delitem(sys.modules, "numpy.random")

    def importing(x):
        sys.modules["numpy.random"] = module
        return x * 2.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(importing)(1.0) == 2.0


def test_fit_in_a_new_process_warns_of_nothing():
    code = """
import nn
from nn.data import moons
nn.fit(nn.MLP(2, [3, 1], seed=1), *moons(20, seed=1), epochs=1, seed=1, progress=False)
"""
    command = [sys.executable, "-W", "always::UserWarning", "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "Warning" not in run.stderr


@pytest.mark.parametrize("bits", ["MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"])
def test_generators_whose_state_is_an_array_are_compared_too(bits):
    rng = np.random.Generator(getattr(np.random, bits)(1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(lambda x: x * 2.0 if rng else x)(1.0) == 2.0
    with pytest.warns(UserWarning, match="drew random"):
        jit(lambda x: x * rng.random())(1.0)
    kept = np.random.get_bit_generator()
    np.random.set_bit_generator(getattr(np.random, bits)(1))
    try:
        with pytest.warns(UserWarning, match="drew random"):
            jit(by_numpy)(1.0)
    finally:
        np.random.set_bit_generator(kept)


class WithoutState(random.Random):
    def getstate(self):
        raise NotImplementedError


class Proxy:
    @property
    def __class__(self):
        raise RuntimeError("outside of a request")


def test_no_function_fails_because_its_numbers_are_watched(monkeypatch):
    odd, proxy = WithoutState(1), Proxy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(lambda x: x * odd.random())(1.0) > 0.0
        assert jit(lambda x: x * len((proxy, 2)))(1.0) == 2.0
        monkeypatch.setitem(sys.modules, "numpy.random", random)
        assert jit(lambda x: x * 2.0)(1.0) == 2.0


def test_a_generator_that_cannot_be_looked_at_is_left_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jit(lambda x: x * SAFE.random())(1.0)
        assert not Drawing(max).warn()
