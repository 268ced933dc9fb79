"""Python's operators for number-like classes: formulas, multiprecision numbers, symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.habits import OF_VALUES, advice
from autograd.table import rows as ops
from autograd.table.operation import TABLE, Operation


def _operator(operation: Operation, swapped: bool = False) -> Callable[[Operators, Any], Any]:
    def method(self: Operators, other: object) -> object:
        return self._apply(operation, (other, self) if swapped else (self, other))

    return method


def _sign(operation: Operation) -> Callable[[Operators], object]:
    return lambda self: self._apply(operation, (self,))


class Operators:
    """Base of number-like classes: each operator is a row of the table, applied by ``_apply``."""

    __slots__ = ()

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> object:
        """Apply an operation to operands, at least one of which is of this kind."""
        raise NotImplementedError

    __add__, __radd__ = _operator(ops.add), _operator(ops.add, swapped=True)
    __sub__, __rsub__ = _operator(ops.subtract), _operator(ops.subtract, swapped=True)
    __mul__, __rmul__ = _operator(ops.multiply), _operator(ops.multiply, swapped=True)
    __truediv__, __rtruediv__ = _operator(ops.divide), _operator(ops.divide, swapped=True)
    __floordiv__, __rfloordiv__ = (_operator(ops.floor_divide, swapped=s) for s in (False, True))
    __mod__, __rmod__ = _operator(ops.remainder), _operator(ops.remainder, swapped=True)
    __pow__, __rpow__ = _operator(ops.power), _operator(ops.power, swapped=True)
    __lt__, __gt__ = _operator(ops.less), _operator(ops.less, swapped=True)
    __le__, __ge__ = _operator(ops.less_equal), _operator(ops.less_equal, swapped=True)
    __and__ = __rand__ = _operator(ops.both)  # a condition on constants alone is a bool
    __or__ = __ror__ = _operator(ops.either)
    __neg__, __abs__, __round__ = _sign(ops.negative), _sign(ops.absolute), _sign(ops.rounded)
    __floor__, __ceil__, __invert__ = _sign(ops.floor), _sign(ops.ceil), _sign(ops.opposite)

    def __pos__(self) -> object:
        return self

    def __getattr__(self, name: str) -> Any:
        """Operations of the table are methods too, as on Value: ``x.tanh()``."""
        row = TABLE.get(ops.NUMPY_NAMES.get(name, name))
        if row is None or not row.public:
            what = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(what + advice(name, OF_VALUES))
        return lambda *operands, **named: row(self, *operands, **named)
