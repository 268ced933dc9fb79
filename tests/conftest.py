"""Slow tests and browser tests run only when asked for; no test may leave a mode on."""

import os
import signal

import pytest

from autograd.engine.modes import current, derivatives

os.environ["AUTOGRAD_CACHE"] = "off"  # what is compiled is compiled by the test itself
os.environ.setdefault("AUTOGRAD_VERIFY", "1")  # every program that a test compiles is verified
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # started in the background of a script:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests send themselves Ctrl-C


@pytest.fixture(autouse=True)
def no_mode_is_left_open():
    """Fail a test that leaves a mode on: it would change those that follow."""
    yield
    assert current().outer is None, f"still entered: {current().mode}"
    assert derivatives() == ()


_codes = {}  # machine code by what it was made from


@pytest.fixture(scope="module")
def equal_programs_are_made_once():
    """Let LLVM write the code of equal programs once: what it writes depends on nothing else."""
    from autograd.backends.llvm import object_cache

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(object_cache, "load", _codes.get)
        patch.setattr(object_cache, "store", _codes.__setitem__)
        patch.setattr(object_cache, "WORTH", 0.0)
        yield


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the slow tests")
    parser.addoption("--browser", action="store_true", help="also run the tests in a browser")


def pytest_collection_modifyitems(config, items):
    for mark in ("slow", "browser"):
        if not config.getoption(f"--{mark}"):
            left = [item for item in items if item.get_closest_marker(mark) is not None]
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item not in set(left)]
