"""Python's operators for whatever gives meaning to operations by ``_apply``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from autograd.table import elementary as ops
from autograd.table.operation import TABLE, Operation

__tracebackhide__ = True  # from reports of pytest

# Kernels that mpmath and SymPy write alike: a library, and operands that are numbers of its own.
SHARED: dict[str, Callable[..., Any]] = {
    "add": lambda library, a, b: a + b,
    "subtract": lambda library, a, b: a - b,
    "multiply": lambda library, a, b: a * b,
    "negative": lambda library, x: -x,
    "exp2": lambda library, x: 2**x,
    "log2": lambda library, x: library.log(x) / library.log(2),
    "log10": lambda library, x: library.log(x) / library.log(10),
    "cbrt": lambda library, x: library.sign(x) * abs(x) ** (library.sign(1) / 3),
    "abs": lambda library, x: abs(x),
}
_NAMES = "exp log sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh floor"
SHARED |= {
    name: lambda library, *operands, name=name: getattr(library, name)(*operands)
    for name in _NAMES.split()
}


class Operators(ABC):
    """Base of the number-like classes here: every operator is a row of the table."""

    __slots__ = ()

    @staticmethod
    @abstractmethod
    def _apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
        """Apply an operation to operands, at least one of which is of this kind."""

    def __add__(self, other: Any) -> Any:
        return self._apply(ops.add, (self, other))

    def __radd__(self, other: Any) -> Any:
        return self._apply(ops.add, (other, self))

    def __sub__(self, other: Any) -> Any:
        return self._apply(ops.subtract, (self, other))

    def __rsub__(self, other: Any) -> Any:
        return self._apply(ops.subtract, (other, self))

    def __mul__(self, other: Any) -> Any:
        return self._apply(ops.multiply, (self, other))

    def __rmul__(self, other: Any) -> Any:
        return self._apply(ops.multiply, (other, self))

    def __truediv__(self, other: Any) -> Any:
        return self._apply(ops.divide, (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return self._apply(ops.divide, (other, self))

    def __pow__(self, other: Any) -> Any:
        return self._apply(ops.power, (self, other))

    def __rpow__(self, other: Any) -> Any:
        return self._apply(ops.power, (other, self))

    def __neg__(self) -> Any:
        return self._apply(ops.negative, (self,))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._apply(ops.absolute, (self,))

    def __floor__(self) -> Any:
        return self._apply(ops.floor, (self,))

    def __ceil__(self) -> Any:
        return self._apply(ops.ceil, (self,))

    def __round__(self) -> Any:
        return self._apply(ops.rounded, (self,))

    def __lt__(self, other: Any) -> Any:
        return self._apply(ops.less, (self, other))

    def __le__(self, other: Any) -> Any:
        return self._apply(ops.less_equal, (self, other))

    def __gt__(self, other: Any) -> Any:
        return self._apply(ops.less, (other, self))

    def __ge__(self, other: Any) -> Any:
        return self._apply(ops.less_equal, (other, self))

    def __and__(self, other: Any) -> Any:
        return self._apply(ops.both, (self, other))

    def __rand__(self, other: Any) -> Any:
        return self._apply(ops.both, (other, self))

    def __or__(self, other: Any) -> Any:
        return self._apply(ops.either, (self, other))

    def __ror__(self, other: Any) -> Any:
        return self._apply(ops.either, (other, self))

    def __getattr__(self, name: str) -> Any:
        """Operations of the table are methods too, as on Value: ``x.tanh()``."""
        row = TABLE.get(ops.NUMPY_NAMES.get(name, name))
        if row is None or not row.public:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return lambda *operands, **named: row(self, *operands, **named)
