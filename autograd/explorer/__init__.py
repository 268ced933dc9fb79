"""Reads a graph for people: steps of the chain rule, paths, derivations, and a page to walk in."""

from autograd.explorer.chain_rule import ForwardStep, Step, forward_steps, steps
from autograd.explorer.derivations import Derivation, derivation, latex
from autograd.explorer.explanation import Explanation, explain
from autograd.explorer.page_file import Explorer, explore

__all__ = [
    "Derivation",
    "Explanation",
    "Explorer",
    "ForwardStep",
    "Step",
    "derivation",
    "explain",
    "explore",
    "forward_steps",
    "latex",
    "steps",
]
