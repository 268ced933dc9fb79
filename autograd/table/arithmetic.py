"""The rows of arithmetic: sums, products, quotients, signs."""

from __future__ import annotations

from autograd.table.operation import Operation, composite, divided, primitive

# fmt: off

add: Operation = primitive(
    "add(a, b)", lambda a, b: a + b,
    lambda y, a, b: 1.0,
    lambda y, a, b: 1.0,
    symbol="+", form="infix", latex="+", rank=1, commutative=True, rule="sum rule",
    summary="The sum of two numbers.",
)
subtract: Operation = primitive(
    "subtract(a, b)", lambda a, b: a - b,
    lambda y, a, b: 1.0,
    lambda y, a, b: -1.0,
    symbol="-", form="infix", latex="-", rank=1, rule="difference rule",
    summary="The difference a - b.",
)
multiply: Operation = primitive(
    "multiply(a, b)", lambda a, b: a * b,
    lambda y, a, b: b,
    lambda y, a, b: a,
    symbol="*", form="infix", latex=r"\cdot", rank=2, commutative=True, rule="product rule",
    flat="the other factor, {other}, is 0",
    summary="The product of two numbers.",
)
divide: Operation = primitive(
    "divide(a, b)", divided,
    lambda y, a, b: 1.0 / b,
    lambda y, a, b: -(a / b) / b,
    symbol="/", form="fraction", rank=2, rule="quotient rule",
    remedy="divide by where(abs(u) > 0, u, 1.0) where u may be 0",
    indefinite="0 / 0 has no value. If u / v has a limit there, write where(abs(v) > 0, u / where("
    "abs(v) > 0, v, 1.0), limit), the limit with the terms that its slope needs: for sin(x) / x it "
    "is 1 - x**2 / 6",
    summary="The quotient a / b; 1/0 is inf, 0/0 is nan.",
    shown=(lambda y, a, b: 1.0 / b, lambda y, a, b: -a / b**2),
)
negative: Operation = primitive(
    "negative(x)", lambda x: -x,
    lambda y, x: -1.0,
    symbol="-", form="prefix", latex="-", rank=1, rule="sign rule", summary="The number x negated.",
)
identity: Operation = composite(
    "identity(x)", lambda x: x,
    lambda y, x: 1.0,
    symbol="+", form="prefix", latex="+", rank=1, public=False,
    summary="x itself as a node of its own: unary plus.",
)
