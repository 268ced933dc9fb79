"""Reads a graph for people: steps of the chain rule, paths, derivations, and a page to walk in."""

from autograd.explorer.chain_rule import ForwardStep, Step, forward_steps, steps
from autograd.explorer.derivations import Derivation, derivation, latex
from autograd.explorer.explanation import Explanation, explain

__all__ = [
    "Derivation",
    "Explanation",
    "ForwardStep",
    "Step",
    "derivation",
    "explain",
    "forward_steps",
    "latex",
    "steps",
]
