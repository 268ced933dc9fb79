"""The processors that tests compile for besides the one they run on."""

import platform

import pytest

from autograd.backends.llvm.engine import TARGETS

IS_X86 = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
needs_x86 = pytest.mark.skipif(
    not IS_X86, reason="compiles for processors of x86, which this one cannot run"
)
OTHERS = [pytest.param(name, marks=needs_x86) for name in TARGETS]
