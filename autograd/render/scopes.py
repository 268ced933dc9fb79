"""Where the nodes of a graph lie among its scopes, and how many scopes to open."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from autograd.engine.modes import Scope

if TYPE_CHECKING:
    from autograd.engine.value import Value


class Scopes:
    """The scopes of a graph: where each node lies, and how deep."""

    def __init__(self, order: list[Value], undrawn: Set[Scope] = frozenset()) -> None:
        self.parent: dict[Scope, Scope | None] = {}
        self.depth: dict[Scope | None, int] = {None: 0}
        self.number: dict[Scope, int] = {}
        self._drawn: dict[Scope | None, Scope | None] = {None: None}
        self._undrawn = undrawn
        self._opened: int | None = None  # how many are open in what stands in _folds
        self._folds: dict[Scope | None, Scope | None] = {}
        self.home: list[Scope | None] = [None] * len(order)
        if any(node.scope is not None for node in order):
            self._settle(order)

    def _settle(self, order: list[Value]) -> None:
        for node in order:
            if node.scope is not None and node.scope not in self._drawn:
                self._learn(node.scope)
        around: dict[Value, Scope | None] = {}  # the innermost scope around all uses of a leaf
        inputs: set[Value] = set()  # the leaves that lie outside it, since several scopes use them
        for position, node in enumerate(order):
            if node.op is None:
                continue
            home = self.home[position] = self._drawn[node.scope]
            for arg, partial in zip(node.args, node.partials, strict=True):
                if partial is None or arg.op is not None:
                    continue
                if around.setdefault(arg, home) is not home:
                    around[arg] = self._around_both(around[arg], home)
                    inputs.add(arg)
        for position, node in enumerate(order):
            if node.op is None:
                scope = around.get(node)
                self.home[position] = self.parent[scope] if scope and node in inputs else scope

    def _learn(self, scope: Scope) -> None:
        """Take in a scope and those around it: number them, and find which of them is drawn."""
        new: list[Scope] = []
        around: Scope | None = scope
        while around is not None and around not in self._drawn:
            new.append(around)
            around = around.parent
        for inner in reversed(new):
            parent = self._drawn[inner.parent]
            self.number[inner] = len(self.number)
            if inner in self._undrawn:
                self._drawn[inner] = parent
            else:
                self._drawn[inner] = inner
                self.parent[inner] = parent
                self.depth[inner] = self.depth[parent] + 1

    def _around_both(self, one: Scope | None, other: Scope | None) -> Scope | None:
        """Return the innermost scope that holds both, or None."""
        while one is not other:
            if self.depth[one] < self.depth[other]:
                one, other = other, one
            one = self.parent[one] if one else None
        return one

    def shown_in(self, position: int, depth: int) -> Scope | None:
        """Return the scope that folds this node when so many nested scopes are open, or None."""
        if self._opened != depth:
            self._opened, self._folds = depth, {None: None}
            for scope, parent in self.parent.items():  # parents come first
                is_folded = self.depth[scope] == depth + 1
                self._folds[scope] = scope if is_folded else self._folds[parent]
        return self._folds[self.home[position]]

    def boxes_at(self) -> Iterator[int]:
        """Yield how many boxes there are with 0, 1, 2, ... nested scopes open."""
        deepest = max(self.depth.values())
        nodes = [0] * (deepest + 2)
        scopes = [0] * (deepest + 2)
        for scope in self.home:
            nodes[self.depth[scope]] += 1
        for scope in self.parent:
            scopes[self.depth[scope]] += 1
        visible = 0
        for depth in range(deepest + 1):
            visible += nodes[depth]
            yield visible + scopes[depth + 1]


def chosen_depth(scopes: Scopes, depth: int | None, most: int) -> int:
    """Return how many nested scopes to open: -1 when even with none open there is too much."""
    counts = list(scopes.boxes_at())
    if depth is not None:
        counts = counts[: depth + 1]
    fitting = [opened for opened, count in enumerate(counts) if count <= most]
    return fitting[-1] if fitting else -1
