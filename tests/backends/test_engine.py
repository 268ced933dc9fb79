"""How LLVM is called."""

import pytest

from autograd import jit
from autograd.backends.llvm import engine


@pytest.fixture
def options(monkeypatch):
    """The options of LLVM that are set, one after the other."""
    llvm, found = engine.binding(), []
    monkeypatch.setattr(llvm, "set_option", lambda name, option: found.append(option))
    return found


def test_llvm_keeps_our_order_of_instructions_and_its_option_is_put_back(options):
    assert jit(lambda x: x * 7.25 + 0.125, tier="llvm")(1.0) == 7.375
    assert options == ["-enable-misched=false", "-enable-misched=true"]


def test_the_option_is_put_back_after_an_error(options):
    with pytest.raises(RuntimeError), engine.in_our_order(engine.binding()):
        raise RuntimeError
    assert options[-1] == "-enable-misched=true"


def test_a_version_of_llvm_that_may_not_know_the_option_is_not_given_it(options, monkeypatch):
    monkeypatch.setattr(engine, "NEWEST", 0)
    assert jit(lambda x: x * 7.25 + 0.0625, tier="llvm")(1.0) == 7.3125
    assert options == []
