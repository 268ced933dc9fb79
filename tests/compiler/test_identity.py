"""Under jit a condition stands for a bool, and is none: what asks which it is gets a refusal."""

import linecache
import sys
import types
from functools import partial
from inspect import signature

import numpy as np
import pytest

from autograd import Value, fori_loop, grad, jit, scan, value_and_grad, vmap, where
from autograd.compiler.asked import files_that_may_ask
from autograd.compiler.bytecode import HAS_ROOM
from autograd.errors import TraceError


def is_positive(x):
    return x > 0.0


def chosen(c, a, b):
    return a if c is True else b


def of_local(x):
    c = x > 0.0
    if c is True:
        return 1.0 * x
    return -x


def of_match(x):
    match x > 0.0:
        case True:
            return 1.0 * x
        case _:
            return -x


def of_match_in_list(x):
    match [x > 0.0, x < 3.0]:
        case [True, True]:
            return 1.0 * x
        case _:
            return -x


def of_loop(x):
    total = -x
    for c in [x > 0.0]:
        if c is True:
            total = 1.0 * x
    return total


class Model:
    flag = True

    def asks(self, c):
        return c is not False

    def __call__(self, x):
        return 1.0 * x if self.flag is True and self.asks(x > 0.0) else -x


ASKING = {
    "is True": lambda x: 1.0 * x if (x > 0.0) is True else -x,
    "is not False": lambda x: 1.0 * x if (x > 0.0) is not False else -x,
    "True is": lambda x: 1.0 * x if True is (x > 0.0) else -x,
    "walrus": lambda x: 1.0 * x if (c := x > 0.0) and c is True else -x,
    "and": lambda x: 1.0 * x if ((x > 0.0) and (x < 3.0)) is True else -x,
    "given back": lambda x: 1.0 * x if is_positive(x) is True else -x,
    "handed on": lambda x: chosen(x > 0.0, 1.0 * x, -x),
    "entry": lambda x: 1.0 * x if [x > 0.0, x < 3.0][0] is True else -x,
    "lambda": lambda x: (lambda c: 1.0 * x if c is True else -x)(x > 0.0),
    "named bool": lambda x, yes=True: 1.0 * x if (x > 0.0) is yes else -x,
    "body": lambda x: fori_loop(0, 2, lambda _, c: 1.0 * c if (c > 0.0) is True else -c, x),
    "local": of_local,
    "match": of_match,
    "match in list": of_match_in_list,
    "loop": of_loop,
    "method": Model(),
}


@pytest.mark.parametrize("name", ASKING)
def test_a_condition_that_is_asked_which_bool_it_is_refuses(name):
    f = ASKING[name]
    assert f(2.0) == 2.0
    with pytest.raises(TraceError, match=r"which bool a condition is was asked") as caught:
        jit(f)(2.0)
    assert "test_identity.py" in str(caught.value)
    for made in (jit(grad(f)), value_and_grad(jit(f)), jit(jit(f))):
        with pytest.raises(TraceError, match="which bool"):
            made(2.0)
    with pytest.raises(TraceError, match="which bool"):
        jit(vmap(f))(np.ones(3))
    assert f(2.0) == 2.0


def test_the_line_that_asks_is_named():
    for f, line in ((of_local, "if c is True:"), (of_match, "match x > 0.0:")):
        with pytest.raises(TraceError, match=line):
            jit(f)(2.0)


def test_an_argument_that_may_be_a_bool_refuses_to_say_which():
    fast = jit(chosen)
    with pytest.raises(TraceError, match=r"(?s)the argument 'c'.*static_argnames='c'"):
        fast(True, 2.0, 3.0)
    with pytest.raises(TraceError, match="which bool"):
        fast(np.True_, 2.0, 3.0)
    static = jit(chosen, static_argnames="c")
    assert (static(True, 2.0, 3.0), static(False, 2.0, 3.0)) == (2.0, 3.0)


def flagged(x, flag=True, other=None):
    if flag is True and other is None and isinstance(flag, bool):
        match flag:
            case True:
                x = x * 2.0 if x > 0.0 else x
    return x if (x > 1.0) == True else -x  # noqa: E712


def test_plain_flags_and_the_advice_go_on_beside_conditions():
    fast, slopes = jit(flagged), jit(grad(flagged))
    for x in (2.0, 0.25, -1.0):
        assert fast(x) == flagged(x)
        assert slopes(x) == grad(flagged)(x)
        assert jit(lambda a: chosen(False, 1.0, a * a if a > 0.0 else a))(x) == (
            x * x if x > 0 else x
        )
    for keep in (np.True_, np.False_):
        told = jit(lambda x, c: (x if c else -x) * (2.0 if c == True else 3.0))  # noqa: E712
        assert told(2.0, keep) == (4.0 if keep else -6.0)
    mask = np.array([True, False])
    assert jit(lambda m: scan(lambda t, c: (t + (c == True), None), 0.0, m)[0])(mask) == 1.0  # noqa: E712


def test_other_things_are_told_apart_as_before():
    value = Value(3.0)
    assert jit(lambda x: 1.0 * x if (x > 0.0) is not None else -x)(2.0) == 2.0
    assert jit(lambda x: 1.0 * x if x is not value else -x)(2.0) == 2.0
    assert jit(lambda x: 1.0 * x if not isinstance(x, bool) else -x)(2.0) == 2.0
    dispatched = jit(
        lambda x: where((lambda c: not c if isinstance(c, bool) else ~c)(x > 0.0), x, -x)
    )
    assert (dispatched(2.0), dispatched.ways) == (-2.0, 1)
    assert jit(lambda x: 1.0 * x if (not x > 0.0) is False else -x)(2.0) == 2.0
    assert jit(lambda x: {True: 1.0 * x}.get(x > 0.0, -x))(2.0) == 2.0
    assert jit(lambda x: 1.0 * x if (x > 0.0) in (True,) else -x)(2.0) == 2.0


def module_of(name, source, monkeypatch, file=None):
    """Return a module of this source, as an import makes it."""
    module = types.ModuleType(name)
    file = file or f"/nowhere/{name}.py"
    module.__file__ = file
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def test_what_asks_may_stand_in_a_module_behind_others(monkeypatch):
    module_of("far", "def pick(c, a, b):\n    return a if c is True else b\n", monkeypatch)
    module_of("between", "import far\ndef pick(*args):\n    return far.pick(*args)\n", monkeypatch)
    near = "import between\ndef f(x):\n    return between.pick(x > 0.0, 1.0 * x, -x)\n"
    f = module_of("near", near, monkeypatch).f
    assert files_that_may_ask(f) == {"/nowhere/far.py"}
    with pytest.raises(TraceError, match=r"far.py:2: return a if c is True"):
        jit(f)(2.0)
    installed = near.replace("between", "site")
    for folder in ("site-packages", "dist-packages"):  # Debian's own are in the second
        file = f"/nowhere/{folder}/site.py"
        module_of("site", "import far\npick = far.pick", monkeypatch, file)
        g = module_of("near", installed, monkeypatch).f
        assert files_that_may_ask(g) == set()  # as said in CONVENTIONS


def test_the_classes_of_arguments_and_static_functions_are_looked_at(monkeypatch):
    source = "class Weights(tuple):\n    def asks(self, c):\n        return c is True\n"
    kind = module_of("weights", source, monkeypatch).Weights
    near = "def f(w, x):\n    return 1.0 * x if w.asks(x > 0.0) else -x\n"
    f = module_of("near", near, monkeypatch).f
    assert files_that_may_ask(f, kind(), 2.0) == {"/nowhere/weights.py"}
    for fast in (jit(f, static_argnums=0), jit(lambda x: jit(f, static_argnums=0)(kind(), x))):
        with pytest.raises(TraceError, match=r"weights.py:3: return c is True"):
            fast(*[kind(), 2.0][-len(signature(fast).parameters) :])


@pytest.mark.skipif(not HAS_ROOM, reason="from Python 3.13 on code without source is not looked at")
def test_code_without_source_refuses_too():
    source = """
def f(x):
    return 1.0 * x if (x > 0.0) is True else -x
def g(x):
    match x > 0.0:
        case True:
            return 1.0 * x
    return -x
def h(x):
    return 1.0 * x if (lambda c: c is not False)(x > 0.0) else -x
def flagged(x, flag=True):
    return (x if x > 0.0 else -x) if flag is True and flag is not False else 3.0 * x
"""
    names = {}
    exec(source, names)
    for name in "fgh":
        code = names[name].__code__
        with pytest.raises(TraceError, match="which bool"):
            jit(names[name])(2.0)
        assert names[name].__code__ is code
        assert names[name](2.0) == 2.0
    assert jit(names["flagged"])(-2.0) == 2.0
    assert jit(lambda x: names["flagged"](x, False))(2.0) == 6.0


def test_no_function_fails_because_its_modules_are_odd(monkeypatch):
    odd = module_of("odd", "class C:\n    __module__ = property()\nc = C()\n", monkeypatch)
    near = module_of("near", "import odd\nc = odd.c\ndef f(x):\n    return x * x\n", monkeypatch)
    odd.__file__ = 3
    monkeypatch.setitem(sys.modules, "none", None)
    assert jit(near.f)(3.0) == 9.0


def test_neither_our_own_functions_nor_code_that_does_not_ask_are_converted(monkeypatch):
    f = module_of("near", "def f(x, choose):\n    return choose(x > 0.0, x, -x)\n", monkeypatch).f
    assert files_that_may_ask(partial(f, choose=where), where) == set()
    outside = types.ModuleType("__main__")
    outside.__file__ = "<stdin>"
    exec("def g(x):\n    return -x\n", vars(outside))
    assert files_that_may_ask(outside.g, 1.0) == set()
