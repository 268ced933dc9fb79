"""The kernels of the accelerator beside those that LLVM writes: the same bits on hard numbers."""

import ctypes
import itertools
import math

import numpy as np
import pytest

from autograd.backends.llvm import kernels
from autograd.engine import accelerator

native = accelerator.native
pytestmark = pytest.mark.skipif(native is None, reason=accelerator.reason)

NUMBERS = (
    *(0.0, -0.0, 1.0, -1.0, 0.3, -2.5, 1e300, -1e300, 1e-300, 5e-324, -5e-324, 1e-310, 2.0**-1022),
    *(math.inf, -math.inf, math.nan, -math.nan, 1.0 + 2.0**-52, 3.0, 0.1),
)
TRIPLES = np.array([*itertools.product(NUMBERS, repeat=3)])
OF_ROWS = (kernels.ROWS, kernels.SHARED, kernels.SUMMED)
KIND = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int64] * 5)


def aligned(count):
    """Return doubles that begin at a line of the cache."""
    memory = np.zeros(count + 8)
    first = -memory.ctypes.data % 64 // 8
    return memory[first : first + count]


def computed(address, how):
    """Return what a kernel makes of all triples, at places in no order, and the memory around."""
    width = 8 if how in OF_ROWS else 1
    count = len(TRIPLES) // 8 if width == 8 else len(TRIPLES)
    source = np.random.default_rng(1)
    places = source.permutation(4 * count).astype(np.int32)
    if width == 1:  # the results lie side by side
        places[:count] = np.arange(count)
        places[count:] = count + source.permutation(3 * count)
    memory = aligned(4 * count * width)
    memory[:] = 7.0
    cells = memory.reshape(-1, width)
    for place in range(3):
        given = TRIPLES[: count * width, place].reshape(count, width)
        cells[places[(1 + place) * count : (2 + place) * count]] = given
    out, lists = 0, count * np.arange(1, 4)
    if how == kernels.SHARED:  # the first operand is one number, wherever it stands
        places[count : 2 * count] = source.integers(0, len(memory), count)
    if how == kernels.SUMMED:  # added to the sums that are there, where the third says so
        lists[2] = places[-1]
        told = np.where(np.arange(width) % 3 == 0, 0, -1)
        cells[lists[2]] = told.view(float)
    KIND(address)(memory.ctypes.data, places.ctypes.data, count, out, *lists)
    return memory.view(np.uint64).copy(), np.isnan(memory)


@pytest.fixture(scope="module")
def written():
    """Return the addresses of the same kernels, written by LLVM."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "_addresses", {})
        patch.setattr(kernels, "native", None)
        wanted = {key for key in native.group_kernels("g", "rows") if key[1]}
        return kernels.kernels(wanted)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_kernels_of_the_accelerator_give_the_bits_of_those_that_llvm_writes(written, most):
    ready = native.group_kernels("g", "rows", most)
    assert len(ready) > 35
    for (opcode, how), address in ready.items():
        if how:
            (mine, nan), (llvms, also_nan) = (
                computed(each, how) for each in (address, written[opcode, how])
            )
            assert (nan == also_nan).all(), (opcode, how)
            assert (mine == llvms)[~nan].all(), (opcode, how)


def test_kernels_are_ready_made_for_the_processor_at_hand_alone():
    ready = native.group_kernels("g", "rows")
    assert ready.items() <= kernels._known().items()
    with kernels.engine.compiling_for("sse2"):
        assert not ready.items() & kernels._known().items()


def test_what_is_asked_otherwise_is_refused():
    for wrong in ((), ("g",), (1, "rows"), ("g", "rows", "2")):
        with pytest.raises(TypeError):
            native.group_kernels(*wrong)
