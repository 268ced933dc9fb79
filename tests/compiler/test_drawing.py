"""Random numbers that a compiled function draws while it is traced: a warning, and its remedy."""

import functools
import random
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest

from autograd import grad, jit, vmap
from autograd.compiler.drawing import Drawing

RNG, OWN, SAFE = np.random.default_rng(0), random.Random(0), random.SystemRandom()
LEGACY = np.random.RandomState(1)


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


def by_default(x, rng=RNG):
    return x * rng.normal()


def by_keyword(x, *, rng=OWN):
    return x * rng.random()


def by_legacy(x):
    return x * LEGACY.normal()


class Noise:
    shared = np.random.RandomState(3)

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def drawn(self, x):
        return x * self.rng.normal()

    @classmethod
    def of_class(cls, x):
        return x * cls.shared.normal()

    @jit
    def compiled(self, x):
        return x * self.rng.normal()


DRAWING = [
    *(by_random, by_numpy, by_generator, by_own, within_a_branch, closed_over(RNG), by_default),
    *(by_keyword, by_legacy, Noise().drawn, Noise.of_class),
]


def seeded(x):
    np.random.seed(3)
    return x * 2.0


def seeded_in_python(x):
    random.seed(3)
    return x * 2.0


def seeded_generator(x):
    LEGACY.seed(3)
    OWN.seed(4)
    return x * 2.0


@pytest.mark.parametrize("f", [seeded, seeded_in_python, seeded_generator])
def test_a_seed_that_is_set_while_tracing_is_warned_of_as_a_seed(f):
    with pytest.warns(UserWarning, match=f"{f.__name__} set the seed of random numbers while it"):
        jit(f)(1.0)

    def drawing_too(x):
        return f(x) * random.random() * np.random.rand() * LEGACY.rand() * OWN.random()

    with pytest.warns(UserWarning, match="drawing_too drew random numbers"):
        jit(drawing_too)(1.0)


def test_the_last_of_the_words_of_a_state_is_drawn_and_no_seed():
    random.seed(1)
    for _ in range(311):
        random.random()  # two words each
    with pytest.warns(UserWarning, match="drew random numbers"):
        jit(by_random)(1.0)
    assert random.getstate()[1][-1] == 624


@pytest.mark.parametrize("module", [np.random, LEGACY])
@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.PCG64])
def test_the_second_of_two_normal_numbers_which_is_kept_is_drawn_too(module, bits):
    kept = np.random.get_bit_generator()
    np.random.set_bit_generator(bits(1))
    rng = np.random if module is np.random else np.random.RandomState(bits(1))
    try:
        for _ in range(2):
            with pytest.warns(UserWarning, match="drew random numbers"):
                jit(lambda x: x * rng.normal())(1.0)
    finally:
        np.random.set_bit_generator(kept)


def test_generators_that_a_method_is_compiled_with_or_given_are_seen():
    for f in (Noise().compiled, jit(functools.partial(by_default, rng=np.random.default_rng(1)))):
        with pytest.warns(UserWarning, match="drew random numbers"):
            f(1.0)
    with pytest.warns(UserWarning, match="drew random numbers"):
        jit(by_default, static_argnames="rng")(1.0, rng=np.random.default_rng(1))
    with pytest.warns(UserWarning, match="drew random numbers"):
        jit(by_default, static_argnums=1)(1.0, np.random.default_rng(1))


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


def test_fit_in_a_new_process_warns_of_nothing():
    code = """
import nn
from nn.data import moons
nn.fit(nn.MLP(2, [3, 1], seed=1), *moons(20, seed=1), epochs=1, seed=1, progress=False)
"""
    command = [sys.executable, "-W", "always::UserWarning", "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "Warning" not in run.stderr


@pytest.mark.parametrize(
    ("use", "words"), [("np.random.rand()", "drew random numbers"), ("bool(np.random)", "")]
)
def test_the_first_use_of_numpy_s_random_numbers_is_seen_though_numpy_loads_them_then(use, words):
    code = f"""
import sys
import numpy as np
from autograd import jit
assert not words or "numpy.random" not in sys.modules
jit(lambda x: x * {use})(1.0)
""".replace("words", repr(words))
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert words in run.stderr
    assert words or "Warning" not in run.stderr


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


class Interrupted(random.Random):
    """A generator during the reading of which a signal comes."""

    def getstate(self):
        signal.raise_signal(signal.SIGUSR1)
        return super().getstate()


def too_late(number, frame):
    raise TimeoutError("too late")


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="there are no such signals")
def test_what_a_handler_of_signals_raises_while_generators_are_looked_at_is_passed_on():
    own, kept = Interrupted(1), signal.signal(signal.SIGUSR1, too_late)
    try:
        with pytest.raises(TimeoutError, match="too late"):
            jit(lambda x: x * 2.0 if own else x)(1.0)
    finally:
        signal.signal(signal.SIGUSR1, kept)


def test_what_is_raised_while_a_known_generator_is_looked_at_is_passed_on(monkeypatch):
    def late():
        raise TimeoutError("a handler of signals may raise anywhere")

    monkeypatch.setattr(random, "getstate", late)
    with pytest.raises(TimeoutError):
        jit(lambda x: x * 2.0)(1.0)
    monkeypatch.undo()
    assert jit(lambda x: x * 2.0)(1.0) == 2.0


class Unreadable(np.random.MT19937):
    @property
    def state(self):
        raise NotImplementedError


def test_bits_of_a_class_of_ones_own_that_cannot_be_read_are_left_alone():
    rng = np.random.Generator(Unreadable(1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(lambda x: x * 2.0 if rng else x)(1.0) == 2.0


def test_a_generator_that_cannot_be_looked_at_is_left_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jit(lambda x: x * SAFE.random())(1.0)
        assert not Drawing(max).warn()
