"""Messages of jit, of loops and of lookups beyond the common ones: as in core_messages."""

import copy
import pickle
import threading
from itertools import count, cycle

import numpy as np

import autograd as ag
from autograd import Value, fori_loop, grad, jit, scan, while_loop
from autograd.compiler import bindings
from autograd.notation.formula import Name

A = np.array([1.0, 2.0])
NO_ROWS = np.zeros(0)


def line(w, row):
    return w * row


def without_numpy():
    """Compile a first function where NumPy cannot be imported."""
    from missing_messages import without

    kept = bindings.numpy
    bindings.numpy = None
    try:
        without("numpy", lambda: jit(ag.sin)(1.0))()
    finally:
        bindings.numpy = kept


def watched(f):
    with ag.detect_anomaly():
        return f()


def two_calls(f, first, second):
    return f(first), f(second)


def opposite(a):
    return -a


def size(a):
    return a if a > 0.0 else opposite(a)


def shown(fast):
    """Read what shows the program of a compiled function."""
    fast(1.0)
    return all([fast.source, fast.llvm, fast.c, str(fast.report())])


def unsteady():
    """Return a function that decides by another condition each time."""
    calls = count(1)
    return lambda a: 2.0 * a if a > float(next(calls)) else a


def editing():
    """Return a function in whose midst another thread edits what it has decided by."""
    w, signs = Value(1.0), cycle((-1.0, 1.0))

    def f(a):
        result = a if a * w > 0.0 else 2.0 * a
        thread = threading.Thread(target=setattr, args=(w, "data", next(signs)))
        thread.start()
        thread.join()
        return result

    return f


def together(a, b):
    return scan(lambda c, row: (c + row[0] * row[1], None), 0.0, (a, b))[0]


def of_two_lengths(second):
    f = jit(together)
    return f(A, A), f(A, second)


def other_way():
    """Ask a recorded call of a compiled function for numbers of another way through it."""
    f = jit(lambda a: a * a if a > 0.0 else 3.0 * a)
    y = f(Value(2.0))
    return f, y


def symbols_of_rule():
    y = jit(ag.sin)(Value(1.0, "x"))
    return y.op.partial(0, Name("y", 1.0), (Name("x", 1.0),))


def two_structures(c, _):
    return (c, [c]) if c > 0.0 else (c, [c, c])


def one_structure(c, _):
    return (c, [c, 0.0]) if c > 0.0 else (c, [c, c])


def nested_ways(count):
    def body(i, c):
        for k in range(count):
            c = c + 1.0 if c > float(k) else opposite(c)
        return c

    return jit(lambda a: fori_loop(0, 2, body, a))(1.0)


def doubles(a):
    yield 2.0 * a


def leaving_a_comparison_behind():
    kept = []
    jit(lambda a: kept.append(a > 0.0) or a)(1.0)
    return 1.0 if kept[0] else 2.0


def returning_a_comparison():
    return 1.0 if jit(lambda a: (a, a > 0.0))(1.0)[1] else 2.0


JIT = [
    (
        r"no attribute 'js': fast.save\('f.js'\) and fast.save\('f.c'\) write it as a file",
        lambda: jit(ag.sin).js,
        None,
    ),
    (
        r"jit: doubles: .* the result is a generator: write a list, .* in place of yield",
        lambda: jit(doubles)(1.0),
        lambda: jit(lambda a: list(doubles(a)))(1.0),
    ),
    (
        "there is none where it says so",
        lambda: jit(lambda a, b: b, in_axes=(0, None))([], 1.0),
        lambda: jit(lambda a, b: a[0] * b, in_axes=(0, None))([A], 1.0),
    ),
    (
        "of dtype complex128",
        lambda: jit(ag.sin, in_axes=0)(NO_ROWS.astype(complex)),
        lambda: jit(ag.sin, in_axes=0)(NO_ROWS),
    ),
    (r"pip install .*\[jit\]", without_numpy, lambda: jit(ag.sin)(1.0)),
    (
        "jit: tier is one of",
        lambda: jit(ag.sin, tier="fast"),
        lambda: jit(ag.sin, tier="grouped")(1.0),
    ),
    (
        "takes strings|static_argnames='a'",
        lambda: jit(lambda a, b: b)("a", 1.0),
        lambda: jit(lambda a, b: b, static_argnames="a")("a", 1.0),
    ),
    (
        "and argument 'b' is a str .* static_argnames='b'",
        lambda: jit(keyed)(1.0, b="b"),
        lambda: jit(keyed, static_argnames="b")(1.0, b="b"),
    ),
    (
        r"(?s)whether a set or a dict of numbers holds the argument 'b', .* static_argnames='b'",
        lambda: jit(lambda a, b: a if b in {1, 2} else -a)(1.0, 1),
        lambda: jit(lambda a, b: a if b in {1, 2} else -a, static_argnames="b")(1.0, 1) == 1.0,
    ),
    (
        r"(?s)the argument 'b', a traced Value, .* static_argnames='b'\)\.",
        lambda: jit(keyed)(1.0, b=3),
        lambda: jit(keyed, static_argnames="b")(1.0, b=3) == 1.0,
    ),
    (
        "is static, and in_axes maps it",
        lambda: jit(line, in_axes=(0, 0), static_argnums=0)(2, A),
        lambda: jit(line, in_axes=(None, 0), static_argnums=0)(2, A),
    ),
    (
        "is static, and is differentiated",
        lambda: jit(grad(line), static_argnums=0)(2, 1.0),
        lambda: jit(grad(line, 1), static_argnums=0)(2, 1.0) == 2.0,
    ),
    (
        "static_argnums is 5",
        lambda: jit(line, static_argnums=5),
        lambda: jit(line, static_argnums=1)(1.0, 2),
    ),
    (
        "has numbers but no formula",
        symbols_of_rule,
        None,
    ),
    (
        "takes another way at these numbers",
        lambda: other_way()[1].op(Value(-1.0)),
        lambda: other_way()[0](Value(-1.0)),
    ),
    (
        "of no rows",
        lambda: watched(lambda: jit(line, (None, 0), "mean")(1.0, NO_ROWS)),
        lambda: watched(lambda: jit(line, (None, 0), "sum")(1.0, NO_ROWS)),
    ),
    (
        "of no rows",
        lambda: two_calls(jit(size, 0, "mean"), A, NO_ROWS),
        lambda: two_calls(jit(size, 0, "sum"), A, NO_ROWS),
    ),
    (
        "takes more than 1 way,",
        lambda: two_calls(jit(size, max_paths=1), Value(1.0), Value(-1.0)),
        lambda: two_calls(jit(size, max_paths=2), Value(1.0), Value(-1.0)),
    ),
    (
        "is not the same function at every call",
        lambda: two_calls(jit(unsteady()), 1.5, -0.5),
        lambda: two_calls(jit(size), 1.0, -1.0),
    ),
    (
        "is not the same function at every call",
        ag.no_grad(lambda: two_calls(jit(editing()), 1.0, -1.0)),
        lambda: two_calls(jit(size), 1.0, -1.0),
    ),
    (
        "is not the same function at every call",
        ag.no_grad(lambda: two_calls(jit(editing(), in_axes=0), A, -A)),
        lambda: two_calls(jit(size, in_axes=0), A, -A),
    ),
]
LOOPS = [
    (
        "checkpoint_every is a whole number",
        lambda: fori_loop(0, 4, lambda i, c: c, 1.0, checkpoint_every=0),
        lambda: fori_loop(0, 4, lambda i, c: c, 1.0, checkpoint_every=2),
    ),
    (
        "with checkpoint_every the step returns no results",
        lambda: jit(lambda c: scan(lambda c, a: (c * a, c), c, A, checkpoint_every=1)[0])(1.0),
        lambda: jit(lambda c: scan(lambda c, a: (c * a, None), c, A, checkpoint_every=1)[0])(1.0),
    ),
    (
        "as many steps as only each call knows",
        lambda: jit(lambda c, n: scan(lambda c, _: (c, c), c, length=n)[1])(1.0, 3.0),
        lambda: jit(lambda c, n: scan(lambda c, _: (c, c), c, length=n)[1], static_argnames=("n",))(
            1.0, 3
        ),
    ),
    (
        "returns a comparison, such as",
        lambda: jit(lambda c: while_loop(lambda c: c, lambda c: c + 1.0, c))(1.0),
        lambda: jit(lambda c: while_loop(lambda c: c < 3.0, lambda c: c + 1.0, c))(1.0),
    ),
    (
        "scan goes through arrays of",
        lambda: of_two_lengths(np.ones(3)),
        lambda: of_two_lengths(np.ones(2)),
    ),
    (
        "write it around the call",
        lambda: jit(lambda a: watched(lambda: ag.sin(a)))(1.0),
        lambda: watched(lambda: jit(ag.sin)(1.0)),
    ),
    ("more than [0-9]+ ways", lambda: nested_ways(9), lambda: nested_ways(2)),
    ("more than [0-9]+ ways", lambda: nested_ways(99), lambda: nested_ways(2)),
    (
        "numbers on one way and",
        lambda: jit(lambda a: scan(two_structures, a, length=2))(1.0),
        lambda: jit(lambda a: scan(one_structure, a, length=2))(1.0),
    ),
    (
        "index by it first",
        lambda: jit(lambda t, i: t[i, [0, 1]].sum())(np.eye(2), 1.0),
        lambda: jit(lambda t, i: t[:, [0, 1]][i].sum())(np.eye(2), 1.0),
    ),
    (
        "there is no entry to look up",
        lambda: jit(lambda i: ag.take([], i))(0.0),
        lambda: jit(lambda i: ag.take([3.0], i))(0.0),
    ),
    (
        "a traced Value has no attribute",
        lambda: jit(lambda a: a.nothing)(1.0),
        lambda: jit(lambda a: a.tanh())(1.0),
    ),
    (
        "the truth of a traced Value was asked for (.|\n)*return it from the function",
        leaving_a_comparison_behind,
        returning_a_comparison,
    ),
]


def traced(use):
    return lambda: jit(use)(1.0)


def with_rule(rule):
    return ag.primitive(partials=(rule,))(lambda a: ag.sin(a))


def keyed(a, *, b=2):
    return a ** len(range(b)) if b != "b" else a


def gradient_set(a):
    a.grad = 1.0


TRACED = [
    (words, traced(use), traced(right))
    for words, use, right in [
        (
            r"(?s)number \(data\) of the argument 'a', a traced Value, .* static_argnames='a'",
            lambda a: a.data * a,
            lambda a: ag.stop_gradient(a) * a,
        ),
        (r"number \(data\) of the argument 'a'", lambda a: a.item(), lambda a: a),
        (
            r"number \(data\) of a traced Value was asked for",
            lambda a: (a * a).data,
            lambda a: a * a,
        ),
        (r"number \(grad\)", lambda a: a._grad, lambda a: grad(ag.sin)(a)),
        ("was assigned at", lambda a: setattr(Value(1.0), "data", 2.0), lambda a: a),
        ("copy of a Value was", lambda a: a * copy.deepcopy(Value(1.0)), lambda a: a * Value(1.0)),
        ("truth of", lambda a: 1.0 if a else 2.0, lambda a: 1.0 if a > 0.0 else 2.0),
        (r"number \(grad\)", lambda a: a.grad, lambda a: grad(ag.sin)(a)),
        ("was assigned to", gradient_set, lambda a: grad(ag.sin)(a)),
        (r"numbers \(partials\)", lambda a: (a * a).partials, lambda a: grad(lambda b: b * b)(a)),
        ("format", lambda a: f"{a:.2f}", lambda a: f"{a}" and a),
        (r"float\(\)", lambda a: float(a), lambda a: ag.sin(a)),
        (r"int\(\)", lambda a: int(a), lambda a: ag.floor(a)),
        (
            r"Look an entry up by autograd.take\(table, i\), or table\[i\]",
            lambda a: [1.0, 2.0][int(a)],
            lambda a: ag.take([1.0, 2.0], a),
        ),
        ("take.table, i", lambda a: [1.0, 2.0][a], lambda a: ag.take([1.0, 2.0], a)),
        ("fori_loop or scan", lambda a: range(a), lambda a: fori_loop(0, a, lambda i, c: c, a)),
        ("a copy of", lambda a: copy.deepcopy(a), lambda a: +a),
        ("a pickle of", lambda a: pickle.dumps(a), lambda a: a),
        ("made by tracing alone", lambda a: type(a)(), lambda a: a * 1.0),
    ]
]
TRACED += [
    (
        "which bool a condition is was asked",
        lambda: jit(lambda x: x * 1.0 if (x > 0.0) is True else -x)(2.0),
        lambda: jit(lambda x: x * 1.0 if (x > 0.0) == True else -x)(2.0) == 2.0,  # noqa: E712
    ),
    (
        "whether the argument 'flag', a traced Value, is True or False itself was asked",
        lambda: jit(lambda x, flag: x * 1.0 if flag is True else -x)(2.0, True),
        lambda: (
            jit(lambda x, flag: x if flag is True else -x, static_argnames="flag")(2.0, True) == 2.0
        ),
    ),
    (
        r"choose by autograd\.where",
        lambda: jit(grad(with_rule(lambda y, a: 1.0 if a > 0.0 else 2.0)))(1.0),
        lambda: jit(grad(with_rule(lambda y, a: ag.where(a > 0.0, 1.0, 2.0))))(1.0),
    ),
]
FOREIGN = [
    (
        r"no attribute 'lower': call it, and fast.source, fast.llvm, fast.c and fast.report\(\)",
        lambda: jit(opposite).lower(1.0),
        lambda: shown(jit(opposite)),
    ),
    (
        r"^jit: <lambda>: takes .* result\['name'\] is a str .*: leave it out of",
        lambda: jit(lambda x: {"x": x, "name": "x"})(A),
        lambda: jit(lambda x: {"x": x})(A),
    ),
]
CASES = [*JIT, *LOOPS, *TRACED, *FOREIGN]
