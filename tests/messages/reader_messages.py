"""Messages of formulas, of the test helpers and of programs: as in core_messages."""

import math

import autograd as ag
from autograd import explorer
from autograd.ir import text as ir
from autograd.notation.expression import read
from autograd.testing import assert_derivative, check_gradient
from autograd.testing.multiprecision import Precise, context
from autograd.testing.slopes import INLINED, slope
from autograd.testing.strategies import points, values
from autograd.testing.symbols import Symbolic, sympy


@ag.primitive(partials=(lambda y, x: x,))
def wrong_square(x):
    return x * x


def formula(text, right="", **numbers):
    """Return a case of the formula reader: the text, and what its message says to write."""
    return lambda: read(text)(numbers), (lambda: read(right)(numbers)) if right else None


FORMULAS = [
    (
        "module 'autograd.explorer' has no attribute 'step'",
        lambda: getattr(explorer, "step"),  # noqa: B009
        lambda: explorer.steps,
    ),
    ("is text", lambda: read(3), lambda: read("3")({})),
    ("the longest has", lambda: read("x" * 200_000), None),
    ("an empty formula", *formula(" ", "tanh(w*x + b)", w=1, x=2, b=3)),
    (
        "there is no number for 'x'",
        *formula("x"),
    ),
    ("is not a real number", *formula("2j", "2*x", x=1)),
    ("decimal digits", *formula("0x1", "0*x1", x1=1)),
    ("too large for a float", *formula("1e999", "1e99")),
    ("sin is a function", *formula("sin + 1", "sin(x)", x=1)),
    (r"sin\(...\)\*\*2", *formula("sin²x", "sin(x)**2", x=1)),
    (r"sin\(...\)\*\*3", *formula("sin^3 x", "sin(x)**3", x=1)),
    (r"sin\(...\)\*\*-2", *formula("sin⁻²x", "sin(x)**-2", x=1)),
    (r"write atan\(...\) for its inverse", *formula("tan⁻¹(x)", "atan(x)", x=1)),
    (r"write asin\(...\) for its inverse", *formula("sin^-1(x)", "asin(x)", x=1)),
    (r"write exp\(...\)\*\*-2", *formula("exp^-2(x)", "exp(x)**-2", x=1)),
    ("write what stands after the = alone, '2x'", *formula("y' = 2x", "2x", x=1)),
    ("write what stands after the = alone, '2x'", *formula("f'(x) = 2x", "2x", x=1)),
    ("write what stands after the = alone, '2x'", *formula("dy/dx = 2x", "2x", x=1)),
    ("sin .* with brackets", *formula("sin x y", "sin(x)*y", x=1, y=2)),
    ("√.* with brackets", *formula("√x^2", "√(x^2)", x=1)),
    (r"write 30[*]pi/180 for 30 degrees", *formula("sin(30°)", "sin(30*pi/180)")),
    (r"write x[*]pi/180 for x degrees", *formula("sin(radians(x))", "sin(x*pi/180)", x=1)),
    (r"write log\(x\)/log\(3\) for the base 3", *formula("log_3(x)", "log(x)/log(3)", x=2)),
    (
        r"write exp\(a\)/\(exp\(a\) \+ exp\(b\)\) for one",
        *formula("softmax(a, b)", "exp(a)/(exp(a) + exp(b))", a=1, b=2),
    ),
    ("did you mean tanh or tan", *formula("tahn(x)", "tanh(x)", x=1)),
    ("write exp", *formula("gamma(x)", "exp(lgamma(x))", x=1)),
    (r"write a % b", *formula("mod(x, 2)", "x % 2", x=1)),
    (r"for a product, write", *formula("q(x)", "q*(x)", q=1, x=2)),
    ("write [*] for a product", *formula("x y", "x * y", x=1, y=2)),
    ("a product after / has two readings", *formula("1/2x", "1/(2*x)", x=1)),
    ("an operand is missing", *formula("2 *", "2 * x", x=1)),
    ("has no '\\(' before it", *formula("x)", "(x)", x=1)),
    ("was never closed", *formula("sin(x", "sin(x)", x=1)),
    (
        "stands between comparisons",
        *formula("where(x & y, 1, 2)", "where((x > 0) & (y < 1), 1, 2)", x=1, y=2),
    ),
    (
        r"write \(a < x\) & \(x < b\)",
        *formula("where(0 < x < 1, 1, 2)", "where((0 < x) & (x < 1), 1, 2)", x=1),
    ),
    ("may only be the condition", *formula("x > 0", "where(x > 0, 1, 0)", x=1)),
    ("may only be the condition", *formula("(x > 0) + 1", "where(x > 0, 1, 0) + 1", x=1)),
    ("not a comma", *formula("(1,5)", "1.5")),
    ("takes 2 operands or more", *formula("max(x)", "max(x, 1)", x=1)),
    ("isnan takes 1 operand", *formula("isnan(x, 1)", "where(isnan(x), 1, 0)", x=1)),
    ("takes 2 operands", *formula("hypot(x)", "hypot(x, 1)", x=1)),
    ("must be a comparison", *formula("where(x, 1, 2)", "where(x > 0, 1, 2)", x=1)),
    ("x/100 for a percentage", *formula("50%", "50/100")),
    ("round brackets", *formula("[x]", "(x)", x=1)),
    ("compare with <", *formula("where(x == 1, 1, 2)", "where((x <= 1) & (x >= 1), 1, 2)", x=1)),
    (r"write \(1/2\) for it", *formula("½x", "(1/2)x", x=1)),
    ("give the function alone", *formula("d/dx x^2", "x^2", x=1)),
    (r"after the = alone, 'x\^2'", *formula("f(x) = x^2", "x^2", x=1)),
    (r"write tan\(x\)", *formula("tg x", "tan(x)", x=1)),
    ("for a name with a prime write x1", *formula("x\u2032 + 1", "x1 + 1", x1=1)),
    ("for a factorial", *formula("n!", "exp(lgamma(n + 1))", n=3)),
    (
        "may only be the condition",
        *formula("max(x > 0, 1)", "max(where(x > 0, x, 0), 1)", x=1),
    ),
    ("bare name", *formula("math.tanh(x)", "tanh(x)", x=1)),
]


def square(t):
    return t * t


def nothing(t):
    """Return nothing, as functions without return do."""


TESTING = [
    (
        "f is called with numbers, by position, and missing a required argument: 'n'",
        lambda: assert_derivative(lambda t, *, n: t**n, "3*t**2"),
        lambda: assert_derivative(lambda t: (lambda t, *, n: t**n)(t, n=3), "3*t**2"),
    ),
    (
        "f is called with numbers, by position, and too many positional arguments",
        lambda: assert_derivative(lambda: 1.0, "0"),
        lambda: assert_derivative(lambda t: 1.0, "0"),
    ),
    (
        "at is an iterable",
        lambda: assert_derivative(square, "2*t", at=3.0),
        lambda: assert_derivative(square, "2*t", at=[3.0]),
    ),
    (
        "each point in at is a tuple",
        lambda: assert_derivative(lambda a, b: a * b, "b", at=[1.0]),
        lambda: assert_derivative(lambda a, b: a * b, "b", at=[(1.0, 2.0)]),
    ),
    (
        "domain is a pair",
        lambda: assert_derivative(square, "2*t", domain=3),
        lambda: assert_derivative(square, "2*t", domain=(0, 1)),
    ),
    (
        "finite and not empty",
        lambda: assert_derivative(square, "2*t", domain=(1, 0)),
        lambda: assert_derivative(square, "2*t", domain=(0, 1)),
    ),
    (
        r"domain names a, and f takes a, b: add 'b': \(-10, 10\)",
        lambda: assert_derivative(lambda a, b: a * b, "b", domain={"a": (0, 1)}),
        lambda: assert_derivative(lambda a, b: a * b, "b", domain={"a": (0, 1), "b": (-10, 10)}),
    ),
    (
        "the formula 'y' has y: write it in a, b, or to put the numbers of y",
        lambda: assert_derivative(lambda a, b: a * b, ("y", "a")),
        lambda: assert_derivative(lambda a, b: a * b, ("b", "a")),
    ),
    (
        "domain names u",
        lambda: assert_derivative(lambda a, b: a * b, "b", domain={"u": (0, 1)}),
        lambda: assert_derivative(lambda a, b: a * b, "b", domain={"a": (0, 1), "b": (0, 1)}),
    ),
    (
        "df returns",
        lambda: assert_derivative(lambda v: v[0] * v[1], lambda v: v[1], at=[[1.0, 2.0]]),
        lambda: assert_derivative(lambda v: v[0] * v[1], lambda v: [v[1], v[0]], at=[[1.0, 2.0]]),
    ),
    (
        r"is checked by assert_derivative\(f, df\)",
        lambda: check_gradient(square, lambda t: 2 * t),
        lambda: assert_derivative(square, lambda t: 2 * t),
    ),
    (
        r"'2\*t' is none: a derivative of your own",
        lambda: check_gradient(square, "2*t"),
        lambda: assert_derivative(square, "2*t"),
    ),
    (
        "one point, and too many positional arguments: check one point after the other",
        lambda: check_gradient(square, 1.0, 2.0),
        lambda: [check_gradient(square, number) for number in (1.0, 2.0)],
    ),
    (
        r"the lowest number comes first, \(0.0, 1.0\)",
        lambda: assert_derivative(square, "2*t", domain=(1, 0)),
        lambda: assert_derivative(square, "2*t", domain=(0.0, 1.0)),
    ),
    (
        "assert_derivative: there is no setting 'tolerance': it is rtol",
        lambda: assert_derivative(square, "2*t", tolerance=1e-3),
        lambda: assert_derivative(square, "2*t", rtol=1e-3),
    ),
    (
        "no number to differentiate by",
        lambda: check_gradient(lambda: 1.0),
        lambda: check_gradient(square, 1.0),
    ),
    (
        "the value at this point is nan",
        lambda: check_gradient(ag.log, -1.0),
        lambda: check_gradient(ag.log, 1.0),
    ),
    (
        "backward and differences do not agree",
        lambda: check_gradient(
            ag.primitive(partials=(lambda r, t: 3.0 * t,))(lambda t: t * t), 1.0
        ),
        lambda: check_gradient(
            ag.primitive(partials=(lambda r, t: 2.0 * t,))(lambda t: t * t), 1.0
        ),
    ),
    ("f is a function", lambda: check_gradient(3, 1.0), lambda: check_gradient(square, 1.0)),
    (
        "rtol is a relative error",
        lambda: check_gradient(square, 1.0, rtol=-1),
        lambda: check_gradient(square, 1.0, rtol=1e-9),
    ),
    (
        "wrong",
        lambda: assert_derivative(square, "3*t", at=[1.0]),
        lambda: assert_derivative(square, "2*t", at=[1.0]),
    ),
    (
        "this is not the derivative",
        lambda: assert_derivative(square, lambda t: 2.0 * abs(t), domain=(-1, 1)),
        lambda: assert_derivative(square, lambda t: 2.0 * t, domain=(-1, 1)),
    ),
    (
        r"this is right wherever it is finite[\s\S]*domain=\(-100, 100\)",
        lambda: assert_derivative(ag.tanh, lambda t: 1.0 / math.cosh(t) ** 2),
        lambda: assert_derivative(
            ag.tanh, lambda t: 1.0 / math.cosh(t) ** 2, domain=(-100, 100), examples=5
        ),
    ),
    (
        "a power of a negative number",
        lambda: assert_derivative(ag.cbrt, "1/3*t^(-2/3)"),
        lambda: assert_derivative(ag.cbrt, "1/(3*cbrt(t)^2)"),
    ),
    (
        "real at none of the points",
        lambda: assert_derivative(ag.log, lambda t: 1.0 / t, domain=(-2, -1)),
        lambda: assert_derivative(ag.log, lambda t: 1.0 / t, domain=(1, 2)),
    ),
    (
        "examples is a whole number",
        lambda: assert_derivative(square, "2*t", domain=(0, 1), examples="a"),
        lambda: assert_derivative(square, "2*t", domain=(0, 1), examples=5),
    ),
    (
        "examples is at least 1",
        lambda: assert_derivative(square, "2*t", domain=(0, 1), examples=0),
        None,
    ),
    (
        "df is a function, or a formula .* write '3', or give the function itself",
        lambda: assert_derivative(square, 3, at=[1.0]),
        lambda: assert_derivative(square, "2*t", at=[1.0]),
    ),
    (
        "df has 3 formulas",
        lambda: assert_derivative(lambda a, b: a * b, ("b", "a", "a"), at=[(1.0, 2.0)]),
        lambda: assert_derivative(lambda a, b: a * b, ("b", "a"), at=[(1.0, 2.0)]),
    ),
    (
        r"write lambda x: x \* sin\(x\)\*\*2, with from autograd import sin",
        lambda: assert_derivative("x sin^2(x)", "2*x"),
        lambda: assert_derivative(
            lambda x: x * ag.sin(x) ** 2, "sin(x)^2 + 2*x*sin(x)*cos(x)", at=[1.0]
        ),
    ),
    (
        r"formulas by several arguments go in one tuple, assert_derivative\(f, \('b', 'a'\)\)",
        lambda: assert_derivative(lambda a, b: a * b, "b", "a"),
        lambda: assert_derivative(lambda a, b: a * b, ("b", "a")),
    ),
    (
        "one function returns the derivatives by all arguments",
        lambda: assert_derivative(lambda a, b: a * b, lambda a, b: b, lambda a, b: a),
        lambda: assert_derivative(lambda a, b: a * b, lambda a, b: (b, a), at=[(1.0, 2.0)]),
    ),
    (
        "df has formulas by b, c: there is none by a; f takes no c",
        lambda: assert_derivative(lambda a, b: a * b, {"b": "a", "c": "b"}),
        lambda: assert_derivative(lambda a, b: a * b, {"b": "a", "a": "b"}),
    ),
    (
        r"df is called with the arguments of f \(a, b\), and too many positional .*: it takes them",
        lambda: assert_derivative(lambda a, b: a * b, lambda a: a),
        lambda: assert_derivative(lambda a, b: a * b, lambda a, b: (b, a)),
    ),
    (
        r"no setting 'order': write check_gradient\(grad\(f\), x\) for second derivatives",
        lambda: check_gradient(ag.sin, 1.0, order=2),
        lambda: check_gradient(ag.grad(ag.sin), 1.0),
    ),
    (
        r"(?s)do not agree.*a rule of your own:\nsee the partials of wrong_square; check_gr",
        lambda: check_gradient(lambda x: wrong_square(x) * 3.0, 2.0),
        lambda: check_gradient(
            ag.primitive(partials=(lambda y, x: 2.0 * x,))(lambda x: x * x), 2.0
        ),
    ),
    (
        "f returned None: write return before its result",
        lambda: assert_derivative(nothing, "2*t"),
        lambda: assert_derivative(square, "2*t"),
    ),
    (
        "df returned None: write return before its result",
        lambda: assert_derivative(square, nothing),
        lambda: assert_derivative(square, lambda t: 2 * t, at=[1.0]),
    ),
    (
        r"to put the numbers of a into it, write f'2\*\(\{a\}\)\*t'",
        lambda: assert_derivative(lambda t, a=-3.0: a * t**2, "2*a*t"),
        lambda a=-3.0: assert_derivative(lambda t: a * t**2, f"2*({a})*t"),
    ),
    (
        r"has ln2, t: write ln\(2\) for ln2",
        lambda: assert_derivative(lambda t: 2**t, "ln2*2^t"),
        lambda: assert_derivative(lambda t: 2**t, "ln(2)*2^t"),
    ),
    (
        "from autograd.testing import assert_derivative",
        lambda: exec("from autograd import assert_derivative", {}),
        lambda: exec("from autograd.testing import assert_derivative", {}),
    ),
    (
        "the formula",
        lambda: assert_derivative(square, "2*u + v", at=[1.0]),
        lambda: assert_derivative(square, "2*t", at=[1.0]),
    ),
    ("nothing to choose from", lambda: values(2.0, 1.0), lambda: values(1.0, 2.0)),
    ("points: takes an operation", lambda: points(math.log), lambda: points(ag.log)),
    (
        "must return one number",
        lambda: check_gradient(lambda t: [t, t], 1.0),
        lambda: check_gradient(lambda t: t + t, 1.0),
    ),
]


def symbol(name="t"):
    return Symbolic(sympy().Symbol(name, real=True))


@ag.primitive(partials=(lambda r, a: 1.0,))
def opaque(a):
    return math.fabs(a)


def doubled(t, times):
    for _ in range(times):
        t = t + t
    return t


def close(f):
    """Check what mpmath or SymPy cannot follow: differences of floats take their place."""
    assert_derivative(f, lambda t: 1.0 + 0.0 * t, domain=(1, 2), examples=5)


def digits(f, at, bits=240):
    with context().workprec(bits):
        return INLINED.run(ag.grad(f), Precise(at))


def kink():
    assert_derivative(ag.grad(lambda t: ag.relu(t) * t), lambda t: 2.0 * (t > 0), domain=(-1, 1))


def high_order():
    third = ag.grad(ag.hessian(ag.sin))
    assert_derivative(third, ag.sin, at=[0.5, 1.0])


def stopped():
    assert_derivative(ag.grad(lambda t: ag.stop_gradient(t) * t), lambda t: 1.0, at=[0.5, 1.0])


# What says that a check cannot be made exactly: the checks go on without, as the last code shows.
EXACT = [
    ("is known for floats only", lambda: opaque(Precise(1.0)), lambda: close(opaque)),
    (
        "is known for floats only",
        lambda: ag.jit(ag.sin)(ag.Value(1.0)).op(symbol()),
        lambda: close(opaque),
    ),
    ("at a kink is known for floats only", lambda: digits(ag.relu, 0.0), lambda: kink()),
    ("would take too many digits", lambda: digits(ag.sin, 1.0, 3000), lambda: high_order()),
    ("do not see what stops", lambda: digits(ag.stop_gradient, 1.0), lambda: stopped()),
    ("was given a Symbolic as well", lambda: Precise(1.0) + symbol(), lambda: Precise(1.0) + 1.0),
    ("was given a Precise as well", lambda: symbol() + Precise(1.0), lambda: symbol() + 1.0),
    (
        "does not run on numbers of many digits",
        lambda: slope(lambda point: point[0].data, [1.0], 0),
        lambda: close(ag.jit(lambda t: t)),
    ),
    (
        "written out it has more than",
        lambda: doubled(symbol(), 99),
        lambda: doubled(symbol(), 3),
    ),
    (
        "neither true nor false; use where",
        lambda: bool(symbol() > 0.0),
        lambda: ag.where(symbol() > 0.0, 1.0, 2.0),
    ),
    (
        "with the exponent [0-9]+ is too large",
        lambda: Symbolic(9) ** 9.0**9.0,
        lambda: Symbolic(9) ** 9.0,
    ),
    ("has no meaning for symbols", lambda: ag.stop_gradient(symbol()), lambda: symbol() % 2.0),
]
SOURCE = ag.jit(lambda t, w: ag.where(t > 0.0, t * w, 1.0))
SOURCE(1.0, 2.0)


def parsed(old="", new=""):
    assert old in SOURCE.source
    return ir.parse(SOURCE.source.replace(old, new))


PROGRAMS = [
    (r'line 1: here should be func "name"', lambda: parsed("func", "fun"), lambda: parsed()),
]
CASES = [*FORMULAS, *TESTING, *EXACT, *PROGRAMS]
