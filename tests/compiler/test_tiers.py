"""Which tier runs a program changes no bit, and can be chosen."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

import autograd
from autograd import Value, exp, grad, jit, log, relu, tanh, value_and_grad, where


def layers(w: Any, x: Any, y: Any) -> Any:
    """A small network with a pole below a choice."""
    hidden = [tanh(sum(a * b for a, b in zip(row, x, strict=True))) for row in w]
    safe = [where(h > 0.0, relu(h) * log(h), exp(h)) for h in hidden]
    return autograd.sum(safe) * y


W = numpy.random.default_rng(2).normal(size=(12, 5))
ARGUMENTS = (W, [0.1, -0.4, 0.3, 0.9, -0.2], 1.5)


@pytest.mark.parametrize("argnums", [0, (0, 1, 2)])
def test_tiers_agree_to_the_bit(argnums: Any) -> None:
    step = value_and_grad(layers, argnums)
    results = [
        numpy.concatenate(
            [numpy.ravel(leaf) for leaf in autograd.tree_leaves(jit(step, tier=tier)(*ARGUMENTS))]
        )
        for tier in ("llvm", "grouped", None)
    ]
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()


def test_a_nan_that_nothing_chose_is_seen_by_groups_too() -> None:
    fast = jit(grad(lambda x: where(x > 0.0, x * log(x), x)), tier="grouped")
    assert [fast(x) for x in (1.0, 0.0, -1.0)] == [1.0, 1.0, 1.0]


def test_groups_read_values_from_outside_and_arrays_of_every_dtype() -> None:
    scale = Value(2.0, "scale")
    fast = jit(lambda x: x * scale, tier="grouped")
    with autograd.no_grad():
        assert list(fast(numpy.arange(3, dtype="int16"))) == [0.0, 2.0, 4.0]
        scale.data = 3.0
        assert list(fast(numpy.arange(3, dtype="int16"))) == [0.0, 3.0, 6.0]


def test_the_report_names_the_tier_and_the_code_can_be_seen_all_the_same() -> None:
    wide = jit(lambda xs: autograd.sum([exp(x * x) for x in xs]))
    wide(numpy.linspace(0.0, 1.0, 3000))
    assert wide.report().tier == "grouped"
    assert "into groups" in str(wide.report())
    assert "define i64 @run" in wide.llvm
    small = jit(exp)
    small(1.0)
    assert small.report().tier == "llvm"


def test_a_tier_that_there_is_not_is_refused(monkeypatch: Any) -> None:
    with pytest.raises(TypeError, match="llvm, grouped"):
        jit(exp, tier="fast")
    monkeypatch.setenv("AUTOGRAD_TIER", "none")
    with pytest.raises(TypeError, match="AUTOGRAD_TIER"):
        jit(exp)
    monkeypatch.setenv("AUTOGRAD_TIER", "grouped")
    fast = jit(exp)
    assert (fast(0.0), fast.report().tier) == (1.0, "grouped")
