"""Reads a graph for people: steps of the chain rule, paths, derivations, and a page to walk in."""
