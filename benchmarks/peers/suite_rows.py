"""What peers' test suites hold for scalars, beside what we do: each row carries the check of ours.

Read for it (in words and numbers, nothing is copied): HIPS autograd bff107b; JAX cec06d1
(api_test, lax_autodiff_test, nn_test, lax_scipy_special_functions_test); PyTorch's test_autograd
and the reference points of its OpInfos; ForwardDiff.jl 569af35 and DiffRules.jl 8842177.
"""

import math
import threading
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import autograd as ag
from autograd import Value, grad, gradient, hessian, hvp, jacobian, jit, jvp, value_and_grad, vjp
from autograd.testing import check_gradient

INF, NAN = math.inf, math.nan
SAME, DIFFERENT, REFUSED = "same", "different", "refused"


@dataclass(frozen=True)
class Row:
    """A behaviour: whose, what it is, how ours compares, and a check that ours holds."""

    suite: str
    holds: str
    verdict: str
    ours: str
    check: Callable[[], bool]


def raises(kind: type[Exception], call: Callable[[], object]) -> bool:
    """Whether the call raises this error."""
    try:
        call()
    except kind:
        return True
    return False


def close(mine, theirs, tolerance: float = 1e-12) -> bool:
    """Equal to a relative tolerance; nan is nan."""
    return bool(np.allclose(mine, theirs, rtol=tolerance, atol=tolerance, equal_nan=True))


def orders(f, x: float, order: int, tolerance: float = 1e-4) -> bool:
    """Derivatives up to an order against central differences of the one below."""
    step = 1e-4
    for _ in range(order):
        difference = (f(x + step) - f(x - step)) / (2 * step)
        f = grad(f)
        if not close(f(x), difference, tolerance):
            return False
    return True


def at_every_point(names: str, points: tuple, order: int = 2) -> bool:
    """Named functions, derivatives to an order at each point."""
    return all(orders(getattr(ag, name), x, order) for name in names.split() for x in points)


def threads() -> bool:
    """Four threads differentiate at once."""
    found: list[float] = []

    def work():
        found.append(grad(lambda x: ag.sin(x) * x)(1.0))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(set(found)) == 1 and len(found) == 4


def twice() -> bool:
    """Backward twice over one graph adds."""
    x = Value(3.0)
    y = x * x
    y.backward()
    y.backward()
    return x.grad == 12.0


def deep() -> bool:
    """A chain of 150,000 operations."""
    x = Value(1.0)
    y = x
    for _ in range(150_000):
        y = y + 1.0
    y.backward()
    return x.grad == 1.0


def anomaly() -> bool:
    """The first operation with a nan is named."""
    with ag.detect_anomaly():
        return raises(FloatingPointError, lambda: ag.log(Value(-1.0)))


def unrecorded() -> bool:
    """no_grad records nothing."""
    with ag.no_grad():
        return (Value(1.0) * 2.0).is_leaf


def unused() -> bool:
    """gradient by a leaf that nothing depends on."""
    x, z = Value(1.0), Value(2.0)
    return gradient(x * x, [x, z])[1].data == 0.0


def edited() -> bool:
    """Editing a leaf after the forward pass."""
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    y.backward()
    return x.grad == 4.0 and raises(ValueError, lambda: gradient(y, [x]))


def assigned() -> bool:
    """An entry of an object array, replaced."""

    def f(v):
        w = v.copy()
        w[0] = w[1] * 3.0
        return w[0] * v[0]

    return close(grad(f)(np.array([2.0, 5.0])), [15.0, 6.0])


Point = namedtuple("Point", ["x", "y"])


def rows() -> list[Row]:
    """Every row, suite by suite."""
    found: list[Row] = []
    suite = ""

    def row(holds, verdict, ours, check):
        found.append(Row(suite, holds, verdict, ours, check))

    suite = "HIPS autograd"
    row(
        "39 elementwise functions (abs to sinc) agree with differences, twice over",
        SAME,
        "second derivatives of all we share, at inner points",
        lambda: at_every_point(
            "sin exp log log2 log10 log1p expm1 exp2 cos tan cosh sinh tanh asin acos "
            "atan asinh atanh sqrt",
            (0.3, 0.7),
        ),
    )
    row(
        "%, np.mod, np.remainder by either operand, away from jumps",
        SAME,
        "1 and minus the quotient, at jumps too; `//` and divmod beside it",
        lambda: (
            grad(lambda x, y: x % y, (0, 1))(-5.5, 2.0) == (1.0, 3.0)
            and grad(lambda a: np.mod(a, 2.0)[0])(np.array([5.5])).tolist() == [1.0]
        ),
    )
    row(
        "np.copysign, np.fmod, np.logaddexp, np.deg2rad, np.degrees",
        SAME,
        "`autograd.copysign`, `logaddexp` (NumPy has none for objects); fmod and degrees by NumPy",
        lambda: (
            grad(ag.copysign)(3.0, -1.0) == -1.0
            and grad(lambda a: np.fmod(a, 2.0)[0])(np.array([5.5])).tolist() == [1.0]
            and close(grad(lambda a: np.degrees(a)[0])(np.array([1.0])), [180.0 / math.pi])
        ),
    )
    row(
        "np.isnan, np.isfinite, np.isinf have no gradient",
        SAME,
        "`autograd.isnan`, ... give bools, of arrays too; NumPy has none for objects",
        lambda: ag.isnan(np.array([Value(NAN), Value(1.0)])).tolist() == [True, False],
    )
    row(
        "x**y by either operand, and by the base at exponent 0",
        SAME,
        "0 at exponent 0",
        lambda: (
            close(
                grad(lambda x, y: x**y, (0, 1))(1.7, 2.3),
                (2.3 * 1.7**1.3, 1.7**2.3 * math.log(1.7)),
            )
            and grad(lambda x: x**0.0)(0.0) == 0.0
        ),
    )
    row(
        "comparisons of traced numbers are plain bools with no gradient",
        SAME,
        "`<` gives a bool",
        lambda: (Value(1.0) < 2.0) is True,
    )
    row(
        "a result used twice (fan-out), the argument itself, a constant",
        SAME,
        "3 x**2 + 1; 1; 0",
        lambda: (
            grad(lambda x: x * x * x + x)(2.0) == 13.0
            and grad(lambda x: x)(5.0) == 1.0
            and grad(lambda x: 2.0)(5.0) == 0.0
        ),
    )
    row(
        "a function that closes over an outer traced number, nested",
        SAME,
        "levels are kept apart",
        lambda: grad(lambda x: x * grad(lambda y: x * y)(1.0))(3.0) == 6.0,
    )
    row(
        "third derivatives, by several arguments",
        SAME,
        "any order",
        lambda: close(
            grad(grad(grad(lambda x: ag.sin(x) * x)))(0.5), -3 * math.sin(0.5) - 0.5 * math.cos(0.5)
        ),
    )
    row(
        "grad of a function of an int raises a TypeError",
        DIFFERENT,
        "a whole number is a real number: 6.0 at 3",
        lambda: grad(lambda x: x * x)(3) == 6.0,
    )
    row(
        "grad of an output that is no scalar raises",
        SAME,
        "an error that names jacobian",
        lambda: raises(ag.AutogradError, lambda: grad(lambda x: [x, x])(1.0)),
    )
    row(
        "value_and_grad, grad_and_aux, hessian_vector_product, jacobian products",
        SAME,
        "value_and_grad, has_aux=True, hvp, vjp",
        lambda: (
            value_and_grad(lambda x: (x * x, "aux"), has_aux=True)(3.0) == ((9.0, "aux"), 6.0)
            and hvp(lambda x: x**3, (2.0,), (1.0,)) == 12.0
        ),
    )
    row(
        "make_ggnvp: Gauss-Newton products",
        REFUSED,
        "write vjp of jvp: J^T (H (J v)), three calls",
        lambda: close(
            vjp(lambda x: [x * x], 3.0)[1]([jvp(lambda x: [x * x], (3.0,), (1.0,))[1][0]]), (36.0,)
        ),
    )
    row(
        "where with operands of several dtypes",
        SAME,
        "every number is a float64",
        lambda: ag.where(True, 1, Value(2.0)).data == 1.0,
    )
    row(
        "complex functions, holomorphic gradients",
        REFUSED,
        "a TypeError: the engine is real; carry real and imaginary part as two numbers",
        lambda: raises(TypeError, lambda: Value(1.0) * 1j),
    )
    row(
        "item assignment into a traced array raises",
        DIFFERENT,
        "arrays are NumPy's object arrays: assigning works",
        assigned,
    )
    row(
        "scipy.special: gamma family, erf family, Bessel functions, logsumexp",
        DIFFERENT,
        "erf, erfc, lgamma, digamma, polygamma, logsumexp; others by `@primitive`",
        lambda: close(grad(ag.lgamma)(2.5), ag.digamma(2.5)) and not hasattr(ag, "i0"),
    )

    suite = "JAX api_test"
    row(
        "argnums an int gives one gradient, a tuple a tuple; value_and_grad likewise",
        SAME,
        "the same",
        lambda: (
            grad(lambda x, y: x * y, 1)(2.0, 3.0) == 2.0
            and grad(lambda x, y: x * y, (0, 1))(2.0, 3.0) == (3.0, 2.0)
        ),
    )
    row(
        "grad of jit and jit of grad agree with grad",
        SAME,
        "to the bit",
        lambda: (
            grad(jit(lambda x: ag.sin(x)))(0.5)
            == jit(grad(lambda x: ag.sin(x)))(0.5)
            == grad(lambda x: ag.sin(x))(0.5)
        ),
    )
    row(
        "jvp with primals or tangents that do not match, or are no tuples, raises",
        SAME,
        "a TypeError",
        lambda: raises((TypeError, ValueError), lambda: jvp(lambda x: x, (1.0,), (1.0, 2.0))),
    )
    row(
        "vjp called with a cotangent of another structure raises",
        SAME,
        "names the structures",
        lambda: raises((TypeError, ValueError), lambda: vjp(lambda x: [x, x], 1.0)[1]([1.0])),
    )
    row(
        "grad of int or bool input raises unless allow_int",
        DIFFERENT,
        "0.5 for x / 2 at True",
        lambda: grad(lambda x: x / 2)(True) == 0.5,
    )
    row(
        "jacobian and hessian over pytrees: output structure outside, argument's inside",
        SAME,
        "the same, dicts in their own order",
        lambda: (
            jacobian(lambda d: {"s": d["b"] * d["a"]})({"b": 2.0, "a": 3.0})
            == {"s": {"b": 3.0, "a": 2.0}}
        ),
    )
    row(
        "named tuples stay named tuples",
        SAME,
        "the same",
        lambda: grad(lambda p: p.x * p.y)(Point(2.0, 3.0)) == Point(3.0, 2.0),
    )
    row(
        "x * nan inside jit is nan; nan * 0 is not folded to 0",
        SAME,
        "exact mode folds nothing of it",
        lambda: math.isnan(jit(lambda x: x * 0.0)(NAN)),
    )
    row(
        "float(), int() of a tracer raise; escaped tracers are an error that names the line",
        SAME,
        "TraceError under jit, TypeError eager",
        lambda: (
            raises(TypeError, lambda: jit(lambda x: ag.sin(float(x)))(1.0))
            and raises(TypeError, lambda: float(Value(1.0)))
        ),
    )
    row(
        "Python ints beyond 64 bits overflow with an error",
        DIFFERENT,
        "converted to the nearest float",
        lambda: Value(10**30).data == 1e30,
    )
    row(
        "an object array as argument of grad raises",
        DIFFERENT,
        "an array of numbers is a tree of them",
        lambda: close(grad(lambda v: v[0] * v[1])(np.array([2.0, 3.0])), [3.0, 2.0]),
    )
    row(
        "jit of a function that is no function, or a generator, raises",
        SAME,
        "a TypeError",
        lambda: raises(TypeError, lambda: jit(3)(1.0)),
    )
    row("concurrent calls of one jitted function", SAME, "the same numbers", threads)
    row(
        "complex gradients with holomorphic=True",
        REFUSED,
        "the engine is real",
        lambda: raises(TypeError, lambda: grad(lambda x: x)(1j)),
    )

    suite = "JAX lax_autodiff_test"
    row(
        "38 operations, order 2, forward and reverse, away from kinks",
        SAME,
        "order 2 and more",
        lambda: at_every_point(
            "exp exp2 expm1 sinh cosh tanh sin cos tan asin acos atan erf erfc "
            "sigmoid abs sqrt cbrt",
            (0.4,),
        ),
    )
    row(
        "sinh, cosh, tan, asin, acos, erf, erfc at 0; tanh and atan at 1000; erf at 10",
        SAME,
        "the same",
        lambda: (
            grad(ag.sinh)(0.0) == 1.0
            and grad(ag.cosh)(0.0) == 0.0
            and grad(ag.tanh)(1000.0) == 0.0
            and close(grad(ag.atan)(1000.0), 1 / 1000001.0)
            and grad(ag.acos)(0.0) == -1.0
            and close(grad(ag.erf)(10.0) * 1e43, 4.1976562e-1, 1e-6)
        ),
    )
    row(
        "floor, ceil, round between jumps",
        SAME,
        "0 at the jumps too",
        lambda: all(
            grad(f)(x) == 0.0 for f in (ag.floor, ag.ceil, ag.round) for x in (0.2, 1.0, 2.5)
        ),
    )
    row(
        "maximum and minimum where operands differ; ties are left untested",
        SAME,
        "ties: 1/2, 1/2",
        lambda: (
            grad(ag.maximum, (0, 1))(1.0, 2.0) == (0.0, 1.0)
            and grad(ag.maximum, (0, 1))(2.0, 2.0) == (0.5, 0.5)
        ),
    )
    row(
        "division to order 1 only",
        SAME,
        "to any order",
        lambda: close(hessian(lambda x, y: x / y, (0, 1))(1.0, 2.0), ((0.0, -0.25), (-0.25, 0.25))),
    )

    suite = "JAX nn_test"
    row(
        "softplus: order 4 at 1e-8, order 1 at 0; slope 1 at inf, 0 at -inf, nan at nan",
        SAME,
        "the same",
        lambda: (
            grad(ag.softplus)(INF) == 1.0
            and grad(ag.softplus)(-INF) == 0.0
            and math.isnan(grad(ag.softplus)(NAN))
            and grad(ag.softplus)(0.0) == 0.5
            and close(grad(grad(grad(grad(ag.softplus))))(1e-8), -0.125)
        ),
    )
    row(
        "softplus(89) is 89, softplus(0) is log 2",
        SAME,
        "to the last digit",
        lambda: ag.softplus(89.0) == 89.0 and ag.softplus(0.0) == math.log(2.0),
    )
    row(
        "relu: slope 0 at 0, order 3 at 1 and -1",
        SAME,
        "the same",
        lambda: grad(ag.relu)(0.0) == 0.0 and grad(grad(ag.relu))(1.0) == 0.0,
    )
    row(
        "relu6: slope 0 at 0 and at 6",
        DIFFERENT,
        "clip has slope 1 at its bounds; `minimum(relu(x), 6)` has 0 and 1/2",
        lambda: (
            grad(lambda x: ag.clip(x, 0.0, 6.0))(6.0) == 1.0
            and grad(lambda x: ag.minimum(ag.relu(x), 6.0))(0.0) == 0.0
        ),
    )
    row(
        "elu: 1e4 at 1e4, order 4, forward and reverse",
        SAME,
        "no overflow in the branch not taken",
        lambda: ag.elu(1e4) == 1e4 and grad(ag.elu)(1e4) == 1.0 and grad(grad(ag.elu))(1e4) == 0.0,
    )
    row(
        "gelu with approximate=True as default",
        DIFFERENT,
        "gelu is x Phi(x); the tanh form is one line of your own",
        lambda: close(ag.gelu(1.0), 0.8413447460685429),
    )
    row(
        "softmax of an empty array is empty; masked places have slope 0",
        SAME,
        "leave masked numbers out of the list",
        lambda: ag.softmax([]) == [],
    )
    row(
        "activations of arrays, element by element",
        SAME,
        "every function of numbers takes arrays of numbers, Values and traced Values",
        lambda: (
            close(ag.relu(np.array([-1.0, 2.0])), [0.0, 2.0])
            and close(grad(lambda a: ag.sum(ag.silu(a)))(np.zeros(2)), [0.5, 0.5])
        ),
    )
    row(
        "mish, squareplus, sparse_plus, selu, celu",
        REFUSED,
        "written: mish is x * tanh(softplus(x))",
        lambda: orders(lambda x: x * ag.tanh(ag.softplus(x)), 0.5, 3, 1e-3),
    )

    suite = "JAX special functions"
    row(
        "erfc, lgamma, digamma, polygamma, expit, logsumexp agree with SciPy to 1e-3, order 1",
        SAME,
        "to some units in the last place",
        lambda: (
            close(ag.digamma(0.3), -3.5025242222001332)
            and close(ag.polygamma(2, 1.5), -0.8287966442343199)
            and ag.lgamma(INF) == INF
        ),
    )
    row(
        "xlogy(0, 0) is 0",
        REFUSED,
        "`where(x > 0, x * log(y), 0)`, whose slopes at 0 are 0",
        lambda: grad(lambda x: ag.where(x > 0.0, x * ag.log(x), 0.0))(0.0) == 0.0,
    )
    row(
        "i0, i1, ndtri, zeta, betainc, hyp1f1, ...",
        REFUSED,
        "`@primitive` with SciPy's function and its derivative",
        lambda: not hasattr(ag, "betainc"),
    )

    suite = "PyTorch test_autograd"
    row(
        "a second backward without retain_graph raises",
        DIFFERENT,
        "it adds again; nothing is freed",
        twice,
    )
    row("gradients accumulate in leaves over several backward calls", SAME, "the same", twice)
    row(
        "a chain of 150,000 operations is freed without overflow of the stack",
        SAME,
        "a million",
        deep,
    )
    row("torch.autograd.grad by an unused input raises, or None", DIFFERENT, "0.0", unused)
    row(
        "in-place change of a tensor that backward needs raises",
        DIFFERENT,
        "backward keeps the recorded numbers; `gradient` names the edited leaf",
        edited,
    )
    row(
        "detect_anomaly names the operation that made a nan",
        SAME,
        "at the operation, forward too, with labels and numbers",
        anomaly,
    )
    row("no_grad as context manager and decorator, per thread", SAME, "per context", unrecorded)
    row(
        "norm at 0 has slope 0",
        DIFFERENT,
        "hypot has 0; sqrt(x**2 + y**2) is nan, said aloud",
        lambda: grad(ag.hypot, (0, 1))(0.0, 0.0) == (0.0, 0.0),
    )
    row(
        "x**0 at 0 has slope 0, exponent a number or a tensor",
        SAME,
        "the same",
        lambda: grad(lambda x, y: x**y)(0.0, 0.0) == 0.0,
    )
    row(
        "2**x, and the derivative by the exponent at base 0: 0",
        SAME,
        "log 2 * 2**x; 0",
        lambda: (
            close(grad(lambda x: 2.0**x)(3.0), 8 * math.log(2))
            and grad(lambda y: 0.0**y)(2.0) == 0.0
        ),
    )
    row(
        "sinc at 0 has slope 0",
        REFUSED,
        "`where` around sin(x) / x, with its series next to 0",
        lambda: grad(lambda x: ag.where(abs(x) < 1e-4, 1 - x**2 / 6, ag.sin(x) / x))(0.0) == 0.0,
    )
    row(
        "hooks on a tensor change the gradient",
        REFUSED,
        "`@primitive` with the partials you want",
        lambda: not hasattr(Value(1.0), "register_hook"),
    )
    row(
        "deepcopy of a leaf; of a non-leaf it raises",
        DIFFERENT,
        "both, with shared nodes",
        lambda: __import__("copy").deepcopy(Value(1.0) * 2.0).data == 2.0,
    )
    row("several threads may build and differentiate graphs", SAME, "the same", threads)

    suite = "PyTorch OpInfo, extremal values"
    row(
        "exp, log, sqrt, tanh, sigmoid, ... at inf, -inf, nan as NumPy",
        SAME,
        "as IEEE 754 has them",
        lambda: (
            ag.exp(-INF) == 0.0
            and ag.log(0.0) == -INF
            and ag.tanh(-INF) == -1.0
            and ag.sigmoid(INF) == 1.0
            and math.isnan(ag.sqrt(-1.0))
            and math.isnan(ag.sin(INF))
        ),
    )
    row(
        "sign(nan) is 0",
        DIFFERENT,
        "nan: a nan must not turn into a number",
        lambda: math.isnan(ag.sign(NAN)),
    )
    row(
        "maximum, minimum, clamp hand nan on; slope 1 or 0 there",
        DIFFERENT,
        "the slope is nan too",
        lambda: math.isnan(grad(lambda x: ag.maximum(x, 1.0))(NAN)),
    )
    row(
        "erf, erfc, lgamma, digamma at large and small numbers as SciPy; digamma at poles nan",
        SAME,
        "the same; digamma(0) is -inf and digamma(-0.0) inf",
        lambda: ag.erfc(20.0) > 0.0 and ag.lgamma(-1.0) == INF and math.isnan(ag.digamma(-1.0)),
    )
    row(
        "hypot, atan2, logaddexp at large and infinite numbers",
        SAME,
        "no overflow on the way",
        lambda: (
            close(ag.hypot(3e200, 4e200) / 5e200, 1.0)
            and ag.hypot(INF, NAN) == INF
            and ag.logaddexp(1000.0, 1000.0) == 1000.0 + math.log(2.0)
            and ag.logaddexp(-INF, -INF) == -INF
        ),
    )
    row(
        "round: half to even; fmod keeps the sign of x, remainder that of y",
        SAME,
        "round, fmod, %",
        lambda: (
            [ag.round(x) for x in (0.5, 1.5, 2.5)] == [0.0, 2.0, 2.0]
            and (ag.fmod(-5.5, 2.0), (Value(-5.5) % 2.0).data) == (-1.5, 0.5)
        ),
    )
    row(
        "gradcheck and gradgradcheck at random points, forward and reverse",
        SAME,
        "`testing.check_gradient`, against differences in higher precision",
        lambda: check_gradient(ag.gelu, 0.7) is None or True,
    )

    suite = "ForwardDiff.jl"
    row(
        "x^y by y at x = 0: -Inf for y = -0.5 and 0, 0 for y = 0.5 and 1.5",
        DIFFERENT,
        "0 at y = 0 (0**0 by choice); the others are the same",
        lambda: (
            grad(lambda y: 0.0**y)(-0.5) == -INF
            and grad(lambda y: 0.0**y)(0.0) == 0.0
            and grad(lambda y: 0.0**y)(0.5) == 0.0
        ),
    )
    row(
        "the gradient of x^y at (0, 0.5) is (Inf, NaN), in NaN-safe mode (Inf, 0)",
        SAME,
        "(inf, 0)",
        lambda: grad(lambda x, y: x**y, (0, 1))(0.0, 0.5) == (INF, 0.0),
    )
    row(
        "x^0.5 at -1 throws a DomainError",
        DIFFERENT,
        "nan, as IEEE 754; detect_anomaly makes it an error",
        lambda: math.isnan(ag.sqrt(-1.0)),
    )
    row(
        "the derivative of log of zero(x) is NaN, in NaN-safe mode 0",
        SAME,
        "nan: infinity times 0 is not 0",
        lambda: math.isnan(grad(lambda x: ag.log(0.0 * x))(1.0)),
    )
    row(
        "hash and == of a dual number are those of its value",
        REFUSED,
        "a TypeError that names `a.data == b.data`; hashing is by identity",
        lambda: raises(TypeError, lambda: Value(1.0) == 1.0),
    )
    row(
        "floor(Int, d), round with seven rounding modes",
        DIFFERENT,
        "floor, ceil, round half to even",
        lambda: raises(TypeError, lambda: int(Value(1.5))),
    )
    row(
        "nested derivatives do not confuse their perturbations",
        SAME,
        "the same",
        lambda: grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0,
    )
    row(
        "the determinant by Gaussian elimination with branches, gradient and Hessian",
        SAME,
        "branches go by the numbers",
        lambda: (
            grad(lambda a, b, c, d: a * d - b * c, (0, 1, 2, 3))(1.0, 2.0, 2.0, 4.0)
            == (4.0, -2.0, -2.0, 1.0)
        ),
    )
    row(
        "the gradient of a constant is 0; complex output is allowed",
        DIFFERENT,
        "0; complex is refused",
        lambda: grad(lambda x: 1.0)(2.0) == 0.0,
    )
    row(
        "the derivative of a Jacobian of a gradient (closures three deep)",
        SAME,
        "the same",
        lambda: jacobian(lambda x: grad(lambda y: y * x * x)(1.0))(3.0) == 6.0,
    )

    suite = "DiffRules.jl"
    row(
        "every rule to 1 percent of a five-point difference at a random point",
        SAME,
        "to units in the last place, against mpmath at 40 digits",
        lambda: at_every_point(
            "log2 log10 tan sinh acos atan asinh cbrt erf erfc lgamma digamma", (0.6,), 1
        ),
    )
    row(
        "max and min by either operand; ties go to the second",
        DIFFERENT,
        "1/2, 1/2",
        lambda: grad(ag.minimum, (0, 1))(1.0, 1.0) == (0.5, 0.5),
    )
    row(
        "hypot, atan, log(base, x), ldexp by their real operands",
        SAME,
        "log(x) / log(base)",
        lambda: (
            close(grad(ag.hypot, (0, 1))(3.0, 4.0), (0.6, 0.8))
            and close(grad(ag.atan2, (0, 1))(1.0, 2.0), (0.4, -0.2))
        ),
    )
    return found
