"""NumPy's functions of bools on arrays of conditions, each by its table of truths.

NumPy asks every object in an array for its truth, which under ``jit`` would be a decision, and a
way through the function, for each element.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from autograd.ir.tables import is_truth
from autograd.table.conditions import where

METHODS = frozenset(("__call__", "outer", "reduce", "accumulate"))


def is_mask(obj: object) -> bool:
    """Return whether it is a truth, or an array of nothing else."""
    import numpy

    if not isinstance(obj, numpy.ndarray):
        return is_truth(obj)
    return obj.dtype.kind == "b" or (obj.dtype.kind == "O" and all(map(is_truth, obj.flat)))


def of_conditions(ufunc: Any, method: str) -> object | None:
    """Return a ufunc that does with conditions what this one does with bools; None for others.

    Those give no bools, as ``add`` does not where it counts (``add.reduce``).

    Raises:
        TypeError: NumPy's own, for what it does not compute of bools.
    """
    import numpy

    if method not in METHODS or ufunc.signature or ufunc.nout > 1 or ufunc.nin > 2:
        return None
    bools = numpy.array([False, True])
    count = ufunc.nin if method in ("__call__", "outer") else 1
    if getattr(ufunc, method)(*[bools] * count).dtype.kind != "b":
        return None
    table = ufunc(bools) if ufunc.nin == 1 else ufunc.outer(bools, bools)
    identity = None if ufunc.identity is None else bool(ufunc.identity)
    combined: object = numpy.frompyfunc(
        functools.partial(_by_table, table.tolist()), ufunc.nin, 1, identity=identity
    )
    return combined


def _by_table(table: Any, first: Any, *rest: Any) -> object:
    """Return what a table of truths, false before true, has for these conditions."""
    if rest:
        table = [_by_table(each, *rest) for each in table]
    otherwise, then = table
    if then is True:
        return first | otherwise
    if otherwise is False:
        return first & then
    return (first & then) | ((first ^ True) & otherwise)


def by_conditions(function: object, args: Any, named: dict[str, object]) -> object | None:
    """Return what a function of NumPy's chooses or counts by conditions; None for others."""
    import numpy

    calls = {numpy.where: _where, numpy.count_nonzero: numpy.sum, numpy.select: _selected}
    if not args or function not in calls or (function is numpy.where and len(args) < 3):
        return None
    conditions = args[0] if function is numpy.select else args[:1]
    if not all(map(is_mask, conditions)):
        return None
    call: Any = calls[function]
    found: object = call(*args, **named)
    return found


def _selected(
    condlist: Sequence[object], choicelist: Sequence[object], default: object = 0.0
) -> object:
    result = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = _where(condition, choice, result)
    return result


def _where(*given: object) -> object:
    """Return a choice of two numbers, or of two truths, which stays one."""
    parts: Any = given
    condition, a, b = parts
    if not (is_mask(a) and is_mask(b)):
        number: object = where(condition, a, b)
        return number
    truth: object = (condition & a) | ((condition ^ True) & b)
    return truth
