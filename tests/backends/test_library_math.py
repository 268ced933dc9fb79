"""The C library's functions of eight numbers at once: the library is the referee, to the bit."""

import ctypes
import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import jit
from autograd.backends.llvm import engine, library_math
from autograd.backends.llvm.engine import NativeCode
from autograd.backends.llvm.instructions import (
    each_lanes,
    intrinsic_declarations,
    library_declarations,
)
from autograd.backends.llvm.kernels import WIDE_VECTORS

KINDS = [*library_math.FUNCTIONS]
LOOP = """
define void @run(ptr %x, ptr %y, i64 %n) #0 {
br label %next
next:
%i = phi i64 [ 0, %0 ], [ %after, %inside ]
%more = icmp ult i64 %i, %n
br i1 %more, label %inside, label %done
inside:
%from = getelementptr double, ptr %x, i64 %i
%given = load <8 x double>, ptr %from, align 8
%result = call <8 x double> @each(<8 x double> %given)
%to = getelementptr double, ptr %y, i64 %i
store <8 x double> %result, ptr %to, align 8
%after = add i64 %i, 8
br label %next
done:
ret void
}
"""
EDGES = [
    0.0, 5e-324, 2.0**-1022, 2.0**-60, 2.0**-55, 2.0**-54, 2.0**-28, 1e-8, 0.25, 0.5, 1.0, 22.0,
    0.5 * math.log(2.0), 1.5 * math.log(2.0), 56.0 * math.log(2.0), 19.5 * math.log(2.0),
    511.9, 512.0, 699.9, 700.0, 709.78, 710.4, 745.1, 1e5, 1e308, math.inf, math.nan,
]  # fmt: skip


def near(number: float) -> list[float]:
    """Return a number, its neighbours, and all of them negative."""
    sizes = [number, math.nextafter(number, math.inf), math.nextafter(number, 0.0)]
    return [*sizes, *[-size for size in sizes]]


def by_library(kind: str, x: numpy.ndarray) -> numpy.ndarray:
    """Return what ``math`` gives; infinity for what it calls too large."""

    def one(number: float) -> float:
        try:
            return getattr(math, kind)(number)
        except OverflowError:
            return -math.inf if kind == "sinh" and number < 0.0 else math.inf

    return numpy.array([*map(one, x.tolist())])


def by_formula(kind: str, is_fused: bool, x: numpy.ndarray) -> numpy.ndarray:
    """Return what the formula gives that is said to be the library's, 7.0 where it is asked."""
    vector = "<8 x double>"
    sevens = f"<{', '.join(['double 7.0'] * 8)}>"
    text = [
        WIDE_VECTORS,
        intrinsic_declarations(True),
        library_math.declarations({kind}),
        f"define internal {vector} @sevens({vector} %a) {{\nret {vector} {sevens}\n}}",
        library_math.function_text(kind, "each", "sevens", is_fused),
        LOOP,
    ]
    code = NativeCode("\n".join(text), 1)
    run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    x = numpy.concatenate([x, numpy.zeros(-len(x) % 8)])
    y = numpy.empty_like(x)
    run(code.address("run"))(x.ctypes.data, y.ctypes.data, len(x))
    return y


def are_the_same(a: numpy.ndarray, b: numpy.ndarray) -> bool:
    """Return whether all bits are the same; one nan is as good as another."""
    either = numpy.isnan(a) & numpy.isnan(b)
    return bool(((a.view(numpy.int64) == b.view(numpy.int64)) | either).all())


@pytest.mark.parametrize("is_fused", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_library_is_known_by_are_the_results_of_our_formula(kind, is_fused):
    points = library_math.points(kind)
    found = library_math.digest(by_formula(kind, is_fused, points)[: len(points)])
    assert library_math.DIGESTS[kind][found] is is_fused


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_formulas_differ_at_every_number_that_is_called_critical(kind):
    places = numpy.array([*map(int, library_math.CRITICAL[kind].split())])
    x = library_math.sequence(kind, places)
    one, other = (by_formula(kind, is_fused, x) for is_fused in (True, False))
    assert len(x) == 48
    assert (one != other).all()


@pytest.mark.parametrize("tier", ["llvm", "grouped"])
@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_the_bits_of_the_library_at_every_edge_of_its_formulas(kind, tier):
    x = numpy.array([each for edge in EDGES for each in near(edge)])
    random = numpy.random.default_rng(0)
    for limit in (1.0, 3.0, 45.0, 760.0):
        x = numpy.concatenate([x, random.uniform(-limit, limit, 5_000)])
    random.shuffle(x)  # rare numbers stand among others
    fast = jit(getattr(autograd, kind), in_axes=0, tier=tier)
    assert are_the_same(fast(x), by_library(kind, x))


@given(x=st.lists(st.floats(width=64), min_size=1, max_size=20))
@pytest.mark.parametrize("kind", KINDS)
def test_any_rows_have_the_bits_of_the_library(kind, x):
    rows = numpy.array(x)
    assert are_the_same(ROWS[kind](rows), by_library(kind, rows))


ROWS = {kind: jit(getattr(autograd, kind), in_axes=0, tier="llvm") for kind in KINDS}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_million_rows_have_the_bits_of_the_library(kind):
    random = numpy.random.default_rng(1)
    for limit in (0.5, 2.0, 25.0, 600.0):
        x = random.uniform(-limit, limit, 250_000)
        assert are_the_same(ROWS[kind](x), by_library(kind, x))


@pytest.mark.parametrize("target", [None, *engine.TARGETS])
@pytest.mark.parametrize("is_fused", [True, False])
def test_a_formula_has_the_same_bits_on_every_kind_of_processor(target, is_fused, monkeypatch):
    monkeypatch.setattr(engine, "target", target)
    for kind in KINDS:
        points = library_math.points(kind)
        found = library_math.digest(by_formula(kind, is_fused, points)[: len(points)])
        assert library_math.DIGESTS[kind][found] is is_fused


def test_another_library_is_called_for_each_row(monkeypatch):
    monkeypatch.setattr(math, "expm1", lambda x: x)
    library_math.is_fused.cache_clear()
    try:
        assert library_math.is_fused("expm1") is None
        assert library_math.is_fused("tanh") is None  # made of it
        text = each_lanes({"tanh"})
        assert text.count("call double @library_tanh") == 8
        assert "fdiv" not in text
    finally:
        monkeypatch.undo()
        library_math.is_fused.cache_clear()


@pytest.mark.parametrize("kind", KINDS)
def test_rare_arguments_alone_are_left_to_the_library(kind):
    x = numpy.array([1.0] * 8 + [math.nan] + [1.0] * 7)
    found = by_formula(kind, True, x)
    assert (found[:8] != 7.0).all()
    assert (found[8:] == 7.0).all() == (library_math.FUNCTIONS[kind][1] is not None)
    assert "library_" not in library_declarations(set())
