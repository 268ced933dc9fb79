"""Code as users write it, for type checkers alone: test_user_code.py runs mypy and pyright on it.

Every line that ends in ``# refused`` must be an error, and no other line may be one.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import autograd as ag
import nn
from autograd import Value

x, y = Value(2.0, label="x"), Value(True)
rows: NDArray[np.float64] = np.ones((3, 2))

# -- operators ---------------------------------------------------------------------------------

assert_type(x + 1.0, Value)
assert_type(1 + x, Value)
assert_type(x - y, Value)
assert_type(2.0 - x, Value)
assert_type(x * Fraction(1, 2), Value)
assert_type(Fraction(1, 2) * x, Value)
assert_type(x * np.float32(2.0), Value)
assert_type(x / np.int64(3), Value)
assert_type(3 / x, Value)
assert_type(x**2, Value)
assert_type(2**x, Value)
assert_type(x // 2, Value)
assert_type(7 // x, Value)
assert_type(x % y, Value)
assert_type(7 % x, Value)
assert_type(divmod(x, 2.0), tuple[Value, Value])
assert_type(-x, Value)
assert_type(+x, Value)
assert_type(abs(x), Value)
assert_type(round(x), Value)
assert_type(x < y, bool)
assert_type(x >= 0, bool)
assert_type(sum([x, y], 0.0), Value | float)
x + "a"  # refused
"a" + x  # refused
x * None  # refused
x / [1.0]  # refused
x**1j  # refused
x < "a"  # refused

# -- members -------------------------------------------------------------------------------------

assert_type(x.data, float)
assert_type(x.grad, float)
assert_type(x.label, str)
assert_type(x.is_leaf, bool)
assert_type(x.item(), float)
assert_type(x.partials, tuple[float | None, ...])
x.data = 3
x.backward()
x.backward(0.5)
assert_type(x.tanh(), Value)
assert_type(x.leaky_relu(slope=0.1), Value)
assert_type(x.clip(0, y), Value)
assert_type(x.isnan(), bool)
x.foo  # refused
x.tanh(1.0)  # refused
x.backward("a")  # refused
with ag.no_grad:  # refused
    pass
x.grad = "a"  # refused
Value("a")  # refused
Value(1.0, label=3)  # refused

# -- functions -----------------------------------------------------------------------------------

assert_type(ag.sin(x), Value)
assert_type(ag.sin(1.0), float)
assert_type(ag.sin(1), float)
assert_type(ag.sin(np.float32(1)), float)
assert_type(ag.sin(rows), NDArray[np.float64])
assert_type(ag.maximum(x, 1.0), Value)
assert_type(ag.maximum(1.0, x), Value)
assert_type(ag.maximum(1, 2.0), float)
assert_type(ag.maximum(rows, 0.0), NDArray[np.float64])
assert_type(ag.elu(x, alpha=y), Value)
assert_type(ag.polygamma(1, x), Value)
assert_type(ag.where(x > 0, x, 0.0), Value)
assert_type(ag.where(True, 1.0, 0), float)
assert_type(ag.isnan(x), bool)
assert_type(ag.sum([x, y]), Value)
ag.sum([x, 1.0]).backward()
mixed: list[Value | float] = [x, 1.0]
assert_type(ag.sum(mixed), Value)
assert_type(ag.mean([1.0, 2]), float)
assert_type(ag.dot([x, y], [1.0, 2.0]), Value)
assert_type(ag.softmax([x, y]), list[Value])
assert_type(ag.gradient(x, [y]), list[Value])
ag.sin("a")  # refused
ag.sin(None)  # refused
ag.sin([x])  # refused
ag.sin(1j)  # refused
ag.maximum(x, "a")  # refused
ag.where(x > 0, x, "a")  # refused
ag.sum(["a"])  # refused
ag.sum(x)  # refused
ag.no_such_function(x)  # refused


# -- derivatives keep the signature --------------------------------------------------------------


def power(base: float, exponent: float = 2.0, *, scale: float = 1.0) -> float:
    return scale * base * exponent


ag.grad(power)(3.0)
ag.grad(power, argnums=(0, 1))(3.0, 2.0, scale=2.0)
assert_type(ag.value_and_grad(power)(3.0), tuple[Any, Any])
ag.jit(power)(3.0, scale=2.0)
ag.jit(ag.grad(power))(3.0)
ag.hessian(ag.jacobian(power))(3.0)
ag.jit(power, in_axes=(0, None), reduce="sum")(rows[:, 0], 2.0)
ag.vmap(power, in_axes=(0, None))(rows[:, 0], 2.0)
ag.jvp(power, (3.0,), (1.0,))
ag.vjp(power, 3.0)
print(ag.jit(power).source, ag.jit(power).report())
ag.scan(lambda total, row: (total + row, total), 0.0, rows[:, 0])
ag.fori_loop(0, 3, lambda i, value: value * 2.0, x)
ag.while_loop(lambda value: value < 9.0, lambda value: value * 2.0, x)
ag.put(rows[:, 0], 1, ag.take(rows[:, 0], 0))


@ag.jit(exact=False)
def area(width: float, height: float = 1.0) -> float:
    return width * height


@ag.jit(in_axes=(0, None), reduce="sum")
def areas(width: float, height: float) -> float:
    return width * height


@ag.grad(argnums=1)
def by_height(width: float, height: float) -> float:
    return width * height


@ag.value_and_grad()
def both(width: float) -> float:
    return width * width


@ag.vmap(in_axes=(0, None))
def each(width: float, height: float) -> float:
    return width * height


area(2.0, height=3.0)
areas(rows[:, 0], 2.0)
by_height(2.0, 3.0)
assert_type(both(2.0), tuple[Any, Any])
each(rows[:, 0], 2.0)
ag.hessian(argnums=1)(power)(2.0, 3.0)
area("a")  # refused
by_height(2.0)  # refused
both("a")  # refused
ag.jit(exakt=False)  # refused
ag.grad(5)  # refused
ag.detect_anomaly(power)  # refused
ag.primitive(power)  # refused
ag.grad(power)("a")  # refused
ag.grad(power)(3.0, width=1.0)  # refused
ag.value_and_grad(power)()  # refused
ag.jit(power)("a")  # refused
ag.jit(ag.grad(power))(3.0, 2.0, 1.0)  # refused
ag.grad(3.0)  # refused
ag.jit(power, exact="yes")  # refused
ag.vmap("a")  # refused


# -- modes -------------------------------------------------------------------------------------


@ag.no_grad()
def measured(x: Value) -> float:
    return x.data


@ag.no_grad
def counted(count: int) -> list[int]:
    with ag.no_grad(), ag.scope("counting"), ag.detect_anomaly():
        return [count]


@ag.scope("shape")
def shaped(x: Value) -> Value:
    return x * x


assert_type(measured(x), float)
assert_type(counted(3), list[int])
assert_type(shaped(x), Value)
measured("a")  # refused
counted()  # refused
ag.scope(3)  # refused
ag.no_grad("a")  # refused

# -- networks ------------------------------------------------------------------------------------

model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
assert_type(model.parameters(), list[Value])
assert_type(nn.Neuron(2)([1.0, x]), Value)
optimizer = nn.SGD(lr=0.1)
optimizer.step(model.parameters())
history = nn.fit(model, rows, [1.0, -1.0, 1.0], loss="hinge", optimizer=optimizer, epochs=1)
(train, labels), held_out = nn.data.split([[1.0], [2.0]], ["a", "b"], held_out=0.5)
assert_type(train, list[list[float]])
assert_type(labels, list[str])
activation: Callable[[Any], Any] = ag.relu
nn.MLP("a", [1])  # refused
nn.MLP(2, [4, 1], activation=3)  # refused
nn.SGD(rate=0.1)  # refused
optimizer.step("a")  # refused
nn.fit(model)  # refused
nn.Neuron(2)(["a"])  # refused
