"""One program of several ways through a mapped function: each row gets the results of its own.

What the ways have in common, as a rule all that comes before they part, is computed once; the rest
is computed for all rows, and chosen among by the guards. So rows run in lanes, and are added up in
the native loop, as where nothing is decided.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence

from autograd.backends.llvm.executable import Native
from autograd.compiler.bindings import Arguments, array_module
from autograd.compiler.executable import Executable
from autograd.compiler.joined import SPECIAL, merged
from autograd.engine.value import Value
from autograd.ir.function import Function, packed
from autograd.ir.lower import WHERE, pruned
from autograd.ir.verify import checked
from autograd.table import rows as ops
from autograd.trees import builder

LARGEST = 4000  # instructions of all ways together


class NanMet(Exception):  # noqa: N818 - caught where it can happen: the ways run one by one
    """A result is nan, and only the careful program of its way can tell what it should be."""


class Together(Executable):
    """The ways through a mapped function as one program; see ``together``."""

    def __init__(self, ways: Sequence[Executable], function: Function, reduce: str | None) -> None:
        first = ways[0]
        self.traced, self.exact, self.tier = first.traced, first.exact, first.tier
        self.steps = len(function) - len(function.parameters) - len(function.constants)
        self._function, self.guards, self.is_guarded = packed(function), {}, False
        self.captured = _captured(ways)
        self.same_length = []
        self.is_fast = any(way.is_fast for way in ways)
        self.layout = layout = copy.deepcopy(first.layout)
        arguments = len(first.function.parameters) - len(first.captured)
        layout.sources = layout.sources[:arguments]
        layout.sinks, layout.reduce = [], reduce
        layout.arrays -= len(first._shapes)
        layout.numbers = sum(source.array is None for source in layout.sources)
        self._finish_layout(self.traced.structure)
        self.native = Native(function, layout, self.exact, False, self.is_fast)
        self._lock = threading.RLock()
        self._build = builder(self.traced.structure, self._results_mapped)
        self._empty = array_module().empty
        self.direct = self._short = None

    def careful(self) -> Executable:
        """Leave it to the ways: each has a careful program of its own."""
        raise NanMet

    def answered(self, given: Arguments) -> list[object] | None:
        """Return the results if every row takes one of these ways, as a list of one; else None."""
        try:
            results, holds = self(given)
        except NanMet:
            return None
        rows = given.rows
        if self.layout.reduce is None:
            is_known = bool((holds == 1.0).all())
        else:
            is_known = holds == (float(rows or 0) if self.layout.reduce == "sum" else 1.0)
        return [results] if is_known else None


def _captured(ways: Sequence[Executable]) -> list[Value]:
    return list({id(value): value for way in ways for value in way.captured}.values())


def together(ways: Sequence[Executable], reduce: str | None) -> Together | None:
    """Return the ways as one program; None where they are too large, or have loops."""
    functions = [way.function for way in ways]
    first = functions[0]
    if sum(map(len, functions)) > LARGEST or any(SPECIAL & {*each.opcodes} for each in functions):
        return None
    captured = {id(value): place for place, value in enumerate(_captured(ways))}
    own = [parameter for parameter in first.parameters if not parameter.is_capture]
    parameters = {
        captured[id(value)]: parameter
        for way in ways
        for value, parameter in zip(way.captured, way.function.parameters[len(own) :], strict=True)
    }
    given = [
        (each, [*range(len(own)), *[len(own) + captured[id(value)] for value in way.captured]])
        for way, each in zip(ways, functions, strict=True)
    ]
    lowering, found = merged([*own, *[parameters[i] for i in range(len(captured))]], given)
    lowering.function.name = first.name
    chosen = found[-1]
    for results in reversed(found[:-1]):
        taken = lowering.add(ops.less.name, (lowering.constant(0.0), results[-1]))
        chosen = [
            lowering.add(WHERE, (taken, one, other))
            for one, other in zip(results, chosen, strict=True)
        ]
    function = checked(pruned(lowering.function.end(tuple(chosen))))
    return Together(ways, function, reduce)
