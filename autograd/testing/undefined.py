"""Where a derivative in question is no finite number: why, and a domain without such points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from autograd.engine.order import ordered
from autograd.engine.value import Value
from autograd.table import rows as ops
from autograd.testing.arguments import Bounds
from autograd.testing.diagnosis import written

__tracebackhide__ = True  # from reports of pytest

PLAIN_DOMAINS = (  # that are offered, the first that will do
    *((-(10.0**n), 10.0**n) for n in (5, 4, 3, 2, 1)),
    *((0.0, 10.0), (0.1, 10.0), (-10.0, 0.0), (-10.0, -0.1), (-1.0, 1.0), (0.0, 1.0)),
    *((0.1, 1.0), (-0.9, 0.9), (1.1, 10.0)),
)


def origin(root: Value) -> str:
    """Return which part of a formula is the first that is no number, or an empty text."""
    order = ordered(root)
    for is_found in (math.isnan, math.isinf):
        for node in order:
            numbers = [arg.data if isinstance(arg, Value) else arg for arg in node.args]
            if node.op is not None and is_found(node.data) and not any(map(is_found, numbers)):
                return "; ".join([_sentence(node, numbers), *_overflows(node)])
    return ""


def _sentence(node: Value, numbers: Sequence[float]) -> str:
    assert node.op is not None
    shown = [f"{number:.6g}" for number in numbers]
    if node.op is ops.power and numbers[0] < 0.0 and math.isnan(node.data):
        return (
            f"{written(node)} is nan there: a power of a negative number ({shown[0]}), whose "
            f"exponent is no whole number, is no real number (write cbrt(x) for a cube root)"
        )
    if node.op.symbol != node.op.name and len(shown) == 2:
        part = written(node)
        subject = "It has" if part.isdigit() else f"{part} is"  # 0 * exp(x), tidied
        return f"{subject} {f' {node.op.symbol} '.join(shown)} there, which is {node.data}"
    return f"{written(node)} is {node.data} there"


def _overflows(node: Value) -> Iterator[str]:
    """Yield what operands of a node are infinite in doubles, though made of finite numbers."""
    for part in ordered(node)[:-1]:
        operands = [arg.data if isinstance(arg, Value) else arg for arg in part.args]
        if part.op is not None and math.isinf(part.data) and all(map(math.isfinite, operands)):
            yield f"{written(part)} is {part.data}"


def plain_domain(is_right: Callable[[Bounds], bool], bounds: Sequence[Bounds]) -> Bounds | None:
    """Return a plain range within the bounds in which a derivative is right, if one is known."""
    for low, high in PLAIN_DOMAINS:
        is_inside = all(least <= low and high <= most for least, most in bounds)
        if is_inside and is_right((low, high)):
            return low, high
    return None
