"""A trace is of the traced function alone, also while signal handlers and finalisers compute."""

import gc
import signal
import sys
import time

import pytest

import autograd as ag
from autograd import Value, grad, jit
from autograd.errors import OperandError

FOREIGN = Value(1.5)


def compute(*_):
    t = ag.sin(FOREIGN) * 2.0 + FOREIGN * FOREIGN - 1.0 / FOREIGN
    return ag.exp(Value(0.25)) * t > 0.0


def operators(x, y):
    t = x
    for _ in range(100):
        t = t * y + x * 1.5 - ag.sin(t) / (y + 2.0)
    return t


def functions(x, y):
    t = x
    for _ in range(100):
        t = ag.cos(ag.sin(t))
    return t * y


def looped(x, y):
    return ag.fori_loop(0, 3, lambda _, t: operators(t, y), x)


FUNCTIONS = [
    operators,
    functions,
    looped,
    grad(operators, (0, 1)),
    grad(functions),
    grad(looped),
    grad(grad(functions)),
]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers")
def test_a_signal_handler_that_computes_with_values_leaves_traces_as_they_are():
    expected = [jit(f)(0.3, 0.7) for f in FUNCTIONS]
    before = signal.signal(signal.SIGALRM, compute)
    end = time.monotonic() + 1.0
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0004, 0.0004)
        while time.monotonic() < end:
            for f, result in zip(FUNCTIONS, expected, strict=True):
                assert jit(f)(0.3, 0.7) == result, f
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_whatever_runs_between_two_lines_of_a_trace_leaves_it_as_it_is():
    """A handler runs between any two instructions; a tracing function here, before each line."""
    expected = [jit(f)(0.3, 0.7) for f in FUNCTIONS]
    count = 0

    def before_line(frame, event, arg):
        nonlocal count
        if "autograd" in frame.f_code.co_filename:
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            count += 1
            if count % 97 == 0:
                sys.settrace(None)
                compute()
                sys.settrace(before_line)
        return before_line

    for f, result in zip(FUNCTIONS[:2], expected, strict=False):
        sys.settrace(before_line)
        try:
            found = jit(lambda x, y, f=f: f(x, y))(0.3, 0.7)
        finally:
            sys.settrace(None)
        assert found == result


class Finalised:
    def __del__(self):
        compute()


def test_a_finaliser_that_computes_with_values_leaves_a_trace_as_it_is():
    def dropping(x):
        each = Finalised()
        each.itself = each
        del each
        gc.collect()
        return x * 3.0 if x > 1.0 else x

    assert jit(dropping)(2.0) == 6.0
    assert type(jit(dropping)(2.0)) is float


def test_a_value_that_nothing_depends_on_is_not_captured():
    w = Value(3.0)

    def unused(x):
        w * x
        return 2.0 * x

    fast = jit(unused)
    assert fast(2.0) == unused(2.0) == 4.0
    assert fast.outside == []
    assert grad(fast)(2.0) == 2.0


@pytest.mark.parametrize("rule", [lambda y, x: FOREIGN * x, lambda y, x: FOREIGN * ag.sin(x)])
def test_a_rule_of_the_users_own_that_takes_a_value_from_outside_says_so(rule):
    operation = ag.primitive(partials=(rule,))(lambda x: x * x)
    for derivative in (grad(operation), jit(grad(operation))):
        with pytest.raises(OperandError, match="was given a Value"):
            derivative(2.0)
