"""The page "Python under jit" runs as it stands."""

import doctest
import pathlib

import autograd.compiler

PAGE = pathlib.Path(autograd.compiler.__file__).parent / "CONTROL_FLOW.md"


def test_the_page_runs():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried > 30) == (0, True)
