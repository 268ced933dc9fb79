"""Reads a graph for people: steps of the chain rule, paths, derivations, and a page to walk in."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_ROOMS = {
    "Derivation": "derivations",
    "Explanation": "explanation",
    "Explorer": "page_file",
    "ForwardStep": "chain_rule",
    "Step": "chain_rule",
    "derivation": "derivations",
    "explain": "explanation",
    "explore": "page_file",
    "forward_steps": "chain_rule",
    "latex": "derivations",
    "steps": "chain_rule",
}


if not TYPE_CHECKING:  # a type checker would accept every name

    def __getattr__(name: str) -> object:
        """Import what reads graphs when it is first asked for here."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
