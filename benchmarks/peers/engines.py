"""How each peer is asked: its names in our spelling, and the modes in which it answers.

An engine is a function that imports the peer and returns two things: `m`, an object that finds the
peer's functions under our names (an AttributeError where it has none), and a dictionary
question -> mode -> a function of (f, at) that gives the numbers as a flat list. Each runs in the
peer's own environment, so nothing of ours is imported here.
"""

import itertools
import math
import operator
from functools import reduce

NUMPY_NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "lgamma": "gammaln",
}  # fmt: skip


class Names:
    """Look a name up among ours for this peer, then in its modules under either spelling."""

    def __init__(self, *modules, absent=(), **own):
        self._modules, self._own, self._absent = modules, own, absent

    def __getattr__(self, name):
        if name in self._own:
            return self._own[name]
        for module in self._modules if name not in self._absent else ():
            for spelling in (name, NUMPY_NAMES.get(name, name)):
                if hasattr(module, spelling):
                    return getattr(module, spelling)
        raise AttributeError(f"no {name}")


WRITTEN = {  # reductions as code for a scalar engine writes them, where it has none
    "sum": lambda numbers: reduce(operator.add, numbers),
    "prod": lambda numbers: reduce(operator.mul, numbers),
}


def one_hot(count, place):
    return [float(place == other) for other in range(count)]


def alone(f, at, place):
    """f as a function of one argument, the others being constants."""
    return lambda x: f(*at[:place], x, *at[place + 1 :])


def jax_single():
    return jax(precise=False)


def jax(precise=True):
    import jax
    import jax.numpy as jnp
    from jax.scipy import special

    jax.config.update("jax_enable_x64", precise)
    m = Names(
        jnp, jax.nn, special, jax.lax, absent={"log_sigmoid"},
        abs=jnp.abs,
        sum=lambda v: jnp.sum(jnp.stack(v)),
        prod=lambda v: jnp.prod(jnp.stack(v)),
        max=lambda v: jnp.max(jnp.stack(v)),
        softmax=lambda v: jax.nn.softmax(jnp.stack(v)),
        logsumexp=lambda v: special.logsumexp(jnp.stack(v)),
        norm=lambda v: jnp.linalg.norm(jnp.stack(v)),
        det=lambda a, b, c, d: jnp.linalg.det(jnp.stack([jnp.stack([a, b]), jnp.stack([c, d])])),
    )  # fmt: skip

    def places(at):
        return tuple(range(len(at)))

    def given(at):
        return [jnp.asarray(float(x)) if isinstance(x, float) else x for x in at]

    def forward(f, at):
        floats = [jnp.asarray(float(x)) for x in at]
        return [
            jax.jvp(alone(f, floats, i), (x,), (jnp.ones_like(x),))[1] for i, x in enumerate(floats)
        ]

    def second(outer, inner, wrap=lambda f: f):
        def ask(f, at):
            n = places(at)
            return jax.tree.leaves(wrap(outer(inner(f, n), n))(*given(at)))

        return ask

    return m, {
        "value": {
            "eager": lambda f, at: [f(*given(at))],
            "jit": lambda f, at: [jax.jit(f)(*given(at))],
        },
        "slopes": {
            "reverse": lambda f, at: jax.grad(f, places(at))(*given(at)),
            "forward": forward,
            "jit": lambda f, at: jax.jit(jax.grad(f, places(at)))(*given(at)),
        },
        "second": {
            "hessian": second(jax.jacfwd, jax.jacrev),
            "reverse over reverse": second(jax.jacrev, jax.jacrev),
            "reverse over forward": second(jax.jacrev, jax.jacfwd),
            "forward over forward": second(jax.jacfwd, jax.jacfwd),
            "jit": second(jax.jacfwd, jax.jacrev, jax.jit),
        },
    }


def torch():
    import torch
    from torch import func

    special = torch.special
    fn = torch.nn.functional
    one = torch.float64

    def both(function):
        """Take plain numbers too."""
        return lambda *x: function(
            *(torch.as_tensor(y, dtype=one) if isinstance(y, (int, float)) else y for y in x)
        )

    m = Names(
        fn, torch, special,
        maximum=both(torch.maximum), minimum=both(torch.minimum), abs=torch.abs,
        clip=both(torch.clip), where=both(torch.where), elu=fn.elu, leaky_relu=fn.leaky_relu,
        sum=lambda v: torch.sum(torch.stack(v)), prod=lambda v: torch.prod(torch.stack(v)),
        max=lambda v: torch.amax(torch.stack(v)),
        softmax=lambda v: torch.softmax(torch.stack(v), 0),
        logsumexp=lambda v: torch.logsumexp(torch.stack(v), 0),
        norm=lambda v: torch.linalg.vector_norm(torch.stack(v)),
        det=lambda a, b, c, d: torch.det(torch.stack([torch.stack([a, b]), torch.stack([c, d])])),
        stop_gradient=lambda x: x.detach(), lgamma=torch.lgamma,
    )  # fmt: skip

    def given(at):
        return tuple(torch.tensor(x, dtype=one if isinstance(x, float) else None) for x in at)

    def reverse(f, at):
        leaves = [x.requires_grad_() for x in given(at)]
        return [
            0.0 if g is None else g
            for g in torch.autograd.grad(f(*leaves), leaves, allow_unused=True)
        ]

    def forward(f, at):
        x = given(at)
        along = torch.tensor(1.0, dtype=one)
        return [func.jvp(alone(f, x, i), (x[i],), (along,))[1] for i in range(len(at))]

    def second(outer, inner):
        def ask(f, at):
            n = tuple(range(len(at)))
            return [x for row in outer(inner(f, n), n)(*given(at)) for x in row]

        return ask

    def classic(f, at):
        rows = torch.autograd.functional.hessian(f, given(at))
        return [x for row in rows for x in row]

    return m, {
        "value": {"eager": lambda f, at: [f(*given(at))]},
        "slopes": {"reverse": reverse, "forward": forward},
        "second": {
            "torch.func.hessian": second(func.jacfwd, func.jacrev),
            "autograd.functional.hessian": classic,
            "reverse over forward": second(func.jacrev, func.jacfwd),
            "forward over forward": second(func.jacfwd, func.jacfwd),
        },
    }


def casadi(kind="SX"):
    import casadi as ca

    symbol = getattr(ca, kind).sym
    m = Names(
        ca,
        absent={"det", "sum", "max", "clip", "hessian", "cbrt"},
        abs=ca.fabs, maximum=ca.fmax, minimum=ca.fmin, where=ca.if_else,
        sum=lambda v: ca.sum1(ca.vertcat(*v)), max=lambda v: ca.mmax(ca.vertcat(*v)),
        logsumexp=lambda v: ca.logsumexp(ca.vertcat(*v)),
        norm=lambda v: ca.norm_2(ca.vertcat(*v)),
        det=lambda a, b, c, d: ca.det(ca.vertcat(ca.horzcat(a, b), ca.horzcat(c, d))),
    )  # fmt: skip

    def asked(build):
        def ask(f, at):
            x = [symbol(f"x{i}") for i in range(len(at))]
            whole = ca.Function("f", x, [f(*x)])
            w = symbol("w", len(at))
            y = whole(*[w[i] for i in range(len(at))])
            out = ca.Function("g", [w], [ca.densify(build(y, w))])
            result = out(ca.DM([float(x) for x in at]))
            return [float(result[i]) for i in range(result.numel())]

        return ask

    def forward(y, w):
        return ca.horzcat(
            *(ca.jtimes(y, w, ca.DM(one_hot(w.numel(), i))) for i in range(w.numel()))
        )

    return m, {
        "value": {"eager": asked(lambda y, w: y)},
        "slopes": {"reverse": asked(ca.gradient), "forward": asked(forward)},
        "second": {
            "hessian": asked(lambda y, w: ca.hessian(y, w)[0]),
            "reverse over reverse": asked(lambda y, w: ca.jacobian(ca.gradient(y, w), w)),
        },
    }


def casadi_mx():
    return casadi("MX")


def pytensor():
    import pytensor
    import pytensor.tensor as pt

    m = Names(
        pt, pt.special, pt.math,
        abs=pt.abs, clip=pt.clip, where=pt.where,
        sum=lambda v: pt.sum(pt.stack(v)), prod=lambda v: pt.prod(pt.stack(v)),
        max=lambda v: pt.max(pt.stack(v)),
        softmax=lambda v: pt.special.softmax(pt.stack(v), 0),
        logsumexp=lambda v: pt.logsumexp(pt.stack(v)),
        norm=lambda v: pt.linalg.norm(pt.stack(v), 2),
        det=lambda a, b, c, d: pt.linalg.det(pt.stack([pt.stack([a, b]), pt.stack([c, d])])),
        stop_gradient=pytensor.gradient.disconnected_grad,
        digamma=pt.psi, lgamma=pt.gammaln,
    )  # fmt: skip

    rewritten = pytensor.compile.mode.Mode(linker="py", optimizer="fast_run")
    modes = {"FAST_COMPILE": "FAST_COMPILE", "FAST_RUN": rewritten}  # no C compiler: same rewrites

    def asked(build, mode):
        def ask(f, at):
            x = [pt.dscalar(f"x{i}") for i in range(len(at))]
            out = pytensor.function(x, build(f(*x), x), mode=mode, on_unused_input="ignore")
            return list(out(*map(float, at)))

        return ask

    def reverse(y, x):
        return pytensor.grad(y, x, disconnected_inputs="ignore")

    def second(y, x):
        return [h for g in reverse(y, x) for h in reverse(g, x)]

    def forward(y, x):
        one = pt.constant(1.0)
        return [pytensor.gradient.pushforward(y, v, one) for v in x]

    def all_modes(build):
        return {name: asked(build, mode) for name, mode in modes.items()}

    return m, {
        "value": all_modes(lambda y, x: [y]),
        "slopes": {**all_modes(reverse), "forward": asked(forward, "FAST_COMPILE")},
        "second": all_modes(second),
    }


def tinygrad():
    import os

    os.environ.update(DEV="CPU", DEFAULT_FLOAT="DOUBLE")  # needs clang on the machine
    from tinygrad import Tensor

    def method(name):
        return lambda *x: getattr(x[0], name)(*x[1:])

    m = Names(
        type("Methods", (), {
            name: staticmethod(method(name))
            for name in ["relu", "leaky_relu", "elu", "maximum", "minimum", "sqrt", "log",
                "exp", "sin", "tanh", "sigmoid", "softplus", "gelu", "silu", "sign", "floor",
                "round", "abs", "copysign", "where", "fmod", "erf", "lgamma"]
            if hasattr(Tensor, name)
        }),
        where=lambda c, a, b: c.where(a, b), clip=lambda x, lo, hi: x.clamp(lo, hi),
        asin=lambda x: x.asin(), acosh=lambda x: x.acosh(),
        stop_gradient=lambda x: x.detach(),
        sum=lambda v: Tensor.stack(*v).sum(), prod=lambda v: Tensor.stack(*v).prod(),
        max=lambda v: Tensor.stack(*v).max(), softmax=lambda v: Tensor.stack(*v).softmax(0),
        logsumexp=lambda v: Tensor.stack(*v).logsumexp(0),
    )  # fmt: skip

    def scalars(at):
        return [Tensor(float(x), dtype="double") for x in at]

    def buffers(at):
        return [Tensor([float(x)]).realize() for x in at]

    def value(f, at):
        return [f(*scalars(at)).item()]

    def slopes(make):
        def ask(f, at):
            leaves = make(at)
            return [g.item() for g in f(*leaves).sum().gradient(*leaves)]

        return ask

    return m, {
        "value": {"eager": value},
        "slopes": {"scalars": slopes(scalars), "one-element buffers": slopes(buffers)},
        "second": {},
    }


def mlx():
    import mlx.core as mx
    import mlx.nn as mn

    mx.set_default_device(mx.cpu)
    m = Names(
        mx, mn,
        abs=mx.abs, where=mx.where, clip=mx.clip, relu=mn.relu, leaky_relu=mn.leaky_relu,
        elu=mn.elu, silu=mn.silu, gelu=mn.gelu, softplus=mn.softplus,
        sum=lambda v: mx.sum(mx.stack(v)), prod=lambda v: mx.prod(mx.stack(v)),
        max=lambda v: mx.max(mx.stack(v)), softmax=lambda v: mx.softmax(mx.stack(v)),
        logsumexp=lambda v: mx.logsumexp(mx.stack(v)),
        norm=lambda v: mx.linalg.norm(mx.stack(v)),
    )  # fmt: skip

    def given(at):
        return [mx.array(float(x)) for x in at]

    def forward(f, at):
        x = given(at)
        along = [mx.array(1.0)]
        return [mx.jvp(alone(f, x, i), [x[i]], along)[1][0].item() for i in range(len(at))]

    def gradient(f, n):
        g = mx.grad(f, argnums=tuple(range(n)))
        return lambda *x: g(*x) if n > 1 else (g(*x),)

    def second(f, at):
        n = len(at)
        rows = [gradient(lambda *x, i=i: gradient(f, n)(*x)[i], n)(*given(at)) for i in range(n)]
        return [x.item() for row in rows for x in row]

    return m, {
        "value": {
            "eager": lambda f, at: [f(*given(at)).item()],
        },
        "slopes": {
            "reverse": lambda f, at: [x.item() for x in gradient(f, len(at))(*given(at))],
            "forward": forward,
        },
        "second": {"reverse over reverse": second},
    }


def mygrad():
    import mygrad as mg
    from mygrad import nnet

    m = Names(
        mg, nnet, nnet.activations,
        abs=mg.abs, where=mg.where, clip=mg.clip,
        leaky_relu=lambda x: nnet.leaky_relu(x, 0.01), elu=lambda x: nnet.activations.elu(x, 1.0),
        sum=lambda v: mg.sum(mg.stack(v)), prod=lambda v: mg.prod(mg.stack(v)),
        max=lambda v: mg.max(mg.stack(v)), softmax=lambda v: mg.nnet.softmax(mg.stack(v)),
        norm=lambda v: mg.linalg.norm(mg.stack(v)),
    )  # fmt: skip

    def given(at):
        return [mg.tensor(x) if isinstance(x, (int, float)) else x for x in at]

    def reverse(f, at):
        leaves = [mg.tensor(float(x)) for x in at]
        f(*leaves).backward()
        return [0.0 if x.grad is None else float(x.grad) for x in leaves]

    return m, {
        "value": {"eager": lambda f, at: [float(f(*given(at)).data)]},
        "slopes": {"reverse": reverse},
        "second": {},
    }


def hips():
    import autograd.numpy as np
    from autograd.differential_operators import make_jvp

    import autograd
    from autograd import scipy

    m = Names(
        np, scipy.special, absent={"round"},
        abs=np.abs, where=np.where, clip=np.clip, round=np.round,
        sum=lambda v: np.sum(np.stack(v)), prod=lambda v: np.prod(np.stack(v)),
        max=lambda v: np.max(np.stack(v)),
        logsumexp=lambda v: scipy.special.logsumexp(np.stack(v)),
        norm=lambda v: np.linalg.norm(np.stack(v)), cbrt=np.cbrt,
        det=lambda a, b, c, d: np.linalg.det(np.stack([np.stack([a, b]), np.stack([c, d])])),
        sigmoid=scipy.special.expit,
    )  # fmt: skip

    def places(at):
        return tuple(range(len(at)))

    def forward(f, at):
        return [make_jvp(f, i)(*at)(1.0)[1] for i in range(len(at))]

    def reverse(f, at):
        return [autograd.grad(f, i)(*at) for i in range(len(at))]

    def second(f, at):
        return [
            autograd.grad(lambda *x, i=i: autograd.grad(f, i)(*x), j)(*at)
            for i in places(at) for j in places(at)
        ]  # fmt: skip

    def forward_over_reverse(f, at):
        return [
            make_jvp(lambda *x, i=i: autograd.grad(f, i)(*x), j)(*at)(1.0)[1]
            for i in places(at) for j in places(at)
        ]  # fmt: skip

    return m, {
        "value": {"eager": lambda f, at: [f(*at)]},
        "slopes": {"reverse": reverse, "forward": forward},
        "second": {"reverse over reverse": second, "forward over reverse": forward_over_reverse},
    }


def xad():
    import xad
    import xad.adj_1st as adjoint
    import xad.fwd_1st as dual
    import xad.math as xm

    m = Names(xm, maximum=xm.fmax, minimum=xm.fmin, abs=xm.fabs, absent={"max", "norm"},
              **WRITTEN)  # fmt: skip

    def reverse(f, at):
        leaves = [adjoint.Real(float(x)) for x in at]
        with adjoint.Tape() as tape:
            for leaf in leaves:
                tape.registerInput(leaf)
            tape.newRecording()
            y = f(*leaves)
            tape.registerOutput(y)
            y.setDerivative(1.0)
            tape.computeAdjoints()
            return [leaf.getDerivative() for leaf in leaves]

    def forward(f, at):
        answer = []
        for i in range(len(at)):
            leaves = [dual.Real(float(x)) for x in at]
            leaves[i].setDerivative(1.0)
            answer.append(f(*leaves).getDerivative())
        return answer

    def value(f, at):
        return [xad.value(f(*(dual.Real(float(x)) for x in at)))]

    return m, {
        "value": {"eager": value},
        "slopes": {"reverse": reverse, "forward": forward},
        "second": {},
    }


def num_dual():
    import num_dual as nd

    def method(name):
        def call(x):
            if hasattr(x, name):
                return getattr(x, name)()
            raise AttributeError(f"no {name}")

        return call

    names = [
        "exp",
        "expm1",
        "exp2",
        "log",
        "log1p",
        "log2",
        "log10",
        "sqrt",
        "cbrt",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
    ]
    m = Names(
        type("Methods", (), {name: staticmethod(method(name)) for name in names}),
        asin=method("arcsin"), acosh=method("arccosh"), **WRITTEN,
    )  # fmt: skip

    def value(f, at):
        return [nd.gradient(lambda x: f(*x), [float(x) for x in at])[0]]

    return m, {
        "value": {"eager": value},
        "slopes": {
            "forward": lambda f, at: nd.gradient(lambda x: f(*x), [float(x) for x in at])[1]
        },
        "second": {
            "forward": lambda f, at: [
                h for row in nd.hessian(lambda x: f(*x), [float(x) for x in at])[2] for h in row
            ]
        },
    }


def fastdual():
    import fastdual as fd
    import numpy as np

    m = Names(
        np, absent={"max", "norm", "det", "stop_gradient", "clip", "logaddexp", "sinc", "where"},
        abs=abs, **WRITTEN,
    )  # fmt: skip

    def slopes(f, at):
        leaves = [fd.Dual(float(x)) for x in at]
        y = f(*leaves)
        return [fd.der(y, x) for x in leaves]

    return m, {
        "value": {"eager": lambda f, at: [fd.val(f(*[fd.Dual(float(x)) for x in at]))]},
        "slopes": {"forward": slopes},
        "second": {
            "forward": lambda f, at: [
                float(h) for row in fd.autohess(f)(*map(float, at))[1] for h in row
            ]
        },
    }


def ad():
    import ad
    import ad.admath as am

    m = Names(am, abs=abs, absent={"norm"}, **WRITTEN)

    def asked(read):
        def ask(f, at):
            leaves = [ad.adnumber(x) for x in at]
            y = f(*leaves)
            return read(y, leaves)

        return ask

    return m, {
        "value": {"eager": asked(lambda y, x: [y.x])},
        "slopes": {"forward": asked(lambda y, x: [y.d(v) for v in x])},
        "second": {
            "forward": asked(
                lambda y, x: [y.d2(v) if v is w else y.d2c(v, w) for v in x for w in x]
            )
        },
    }


def ddx():
    import ddx

    m = Names(
        ddx, absent={"sum", "max"},
        maximum=ddx.max, minimum=ddx.min, where=ddx.select, **WRITTEN,
    )  # fmt: skip
    kinds = {"interpreted": False, "compiled": True}

    def asked(compiled, read):
        def ask(f, at):
            names = [f"x{i}" for i in range(len(at))]
            equation = ddx.equation(lambda: f(*[ddx.var(name) for name in names]))
            point = [float(x) for x in at]
            if compiled:
                equation.compile()
            used = [names.index(name) for name in equation.symbols]
            return read(equation, [point[i] for i in used], used, len(at))

        return ask

    def spread(numbers, used, n):
        full = [0.0] * n
        for place, number in zip(used, numbers, strict=True):
            full[place] = float(number)
        return full

    def reverse(e, x, used, n):
        return spread(e.jacobian(x)[1], used, n)

    def forward(e, x, used, n):
        return spread([e.jvp(one_hot(len(x), i), x)[1] for i in range(len(x))], used, n)

    def hessian(e, x, used, n):
        return [float(h) for row in e.hessian(x)[2] for h in row]

    def dense(e, x, used, n):
        return [float(h) for row in e.dense_hessian(x)[2] for h in row]

    def products(e, x, used, n):
        return [float(h) for i in range(len(x)) for h in e.hvp(one_hot(len(x), i), x)[2]]

    def by_kind(**reads):
        return {
            f"{name} {kind}".strip(): asked(compiled, read)
            for (name, read), (kind, compiled) in itertools.product(reads.items(), kinds.items())
        }

    return m, {
        "value": by_kind(value=lambda e, x, used, n: [float(e.evaluate(x))]),
        "slopes": by_kind(reverse=reverse, jvp=forward),
        "second": by_kind(hessian=hessian, dense_hessian=dense, hvp=products),
    }


def advect():
    import advect
    import numpy as np

    m = Names(
        np, absent={"round"},
        abs=np.abs, round=np.round, stop_gradient=advect.stop_gradient,
        sum=lambda v: np.sum(np.stack(v)), prod=lambda v: np.prod(np.stack(v)),
        max=lambda v: np.max(np.stack(v)), norm=lambda v: np.linalg.norm(np.stack(v)),
        det=lambda a, b, c, d: np.linalg.det(np.stack([np.stack([a, b]), np.stack([c, d])])),
    )  # fmt: skip

    def given(at):
        return [np.asarray(x) if isinstance(x, float) else x for x in at]

    def of_vector(f, n):
        return lambda v: f(*[v[i] for i in range(n)])

    def vector(at):
        return np.array([float(x) for x in at])

    def forward(f, at):
        g = of_vector(f, len(at))
        return [
            float(advect.jvp(g)(vector(at), tangents=np.array(one_hot(len(at), i)))[1])
            for i in range(len(at))
        ]

    def staged(f, at):
        program = advect.stage(of_vector(f, len(at)), vector(at))
        return list(advect.grad(program)(vector(at)))

    return m, {
        "value": {"eager": lambda f, at: [float(f(*given(at)))]},
        "slopes": {
            "reverse": lambda f, at: list(advect.grad(of_vector(f, len(at)))(vector(at))),
            "forward": forward,
            "staged": staged,
        },
        "second": {
            "hessian": lambda f, at: list(
                np.ravel(advect.hessian(of_vector(f, len(at)))(vector(at)))
            )
        },
    }


def dualpy():
    import dualpy
    import numpy as np

    m = Names(
        np, absent={"round"},
        abs=np.abs, round=np.round,
        sum=lambda v: np.sum(np.stack(v)), prod=lambda v: np.prod(np.stack(v)),
        max=lambda v: np.max(np.stack(v)), norm=lambda v: np.linalg.norm(np.stack(v)),
        det=lambda a, b, c, d: np.linalg.det(np.stack([np.stack([a, b]), np.stack([c, d])])),
    )  # fmt: skip

    def of_vector(f, n):
        return lambda v: f(*[v[i] for i in range(n)])

    def vector(at):
        return np.array([float(x) for x in at])

    def slopes(f, at):
        if len(at) == 1:
            return [float(dualpy.derivative(f)(float(at[0])))]
        return list(np.ravel(dualpy.gradient(of_vector(f, len(at)))(vector(at))))

    def second(f, at):
        if len(at) == 1:
            return [float(dualpy.nth_derivative(f, 2)(float(at[0])))]
        return list(np.ravel(dualpy.hessian(of_vector(f, len(at)))(vector(at))))

    return m, {"value": {}, "slopes": {"forward": slopes}, "second": {"forward": second}}


def sympy():
    import sympy as sp

    m = Names(
        sp, absent={"det", "maximum", "minimum", "sum", "prod", "root"},
        abs=sp.Abs, maximum=sp.Max, minimum=sp.Min, max=lambda v: sp.Max(*v),
        floor=sp.floor, lgamma=sp.loggamma, asin=sp.asin, acosh=sp.acosh,
        where=lambda c, a, b: sp.Piecewise((a, c), (b, True)),
        sigmoid=lambda x: 1 / (1 + sp.exp(-x)),
        det=lambda a, b, c, d: sp.Matrix([[a, b], [c, d]]).det(),
        norm=lambda v: sp.Matrix(v).norm(),
        sinc=lambda x: sp.sinc(sp.pi * x),
        **WRITTEN,
    )  # fmt: skip

    def asked(order):
        def ask(f, at):
            x = sp.symbols(f"x0:{len(at)}", real=True)
            y = sp.sympify(f(*x))
            point = dict(zip(x, map(sp.sympify, at), strict=True))
            found = [y] if order == 0 else [sp.diff(y, v) for v in x]
            if order == 2:
                found = [sp.diff(g, v) for g in found for v in x]
            numbers = [complex(sp.N(g.subs(point))) for g in found]
            if any(number.imag for number in numbers):
                raise ValueError("complex")
            return [number.real for number in numbers]

        return ask

    return m, {
        "value": {"subs": asked(0)},
        "slopes": {"diff": asked(1)},
        "second": {"diff": asked(2)},
    }


def uncertainties():
    from uncertainties import ufloat, umath

    m = Names(umath, abs=abs, maximum=max, minimum=min, max=max, **WRITTEN)

    def asked(read):
        def ask(f, at):
            leaves = [ufloat(float(x), 1.0) for x in at]
            return read(f(*leaves), leaves)

        return ask

    return m, {
        "value": {"eager": asked(lambda y, x: [y.nominal_value])},
        "slopes": {"forward": asked(lambda y, x: [y.derivatives.get(v, 0.0) for v in x])},
        "second": {},
    }


def micrograd():
    from micrograd.engine import Value

    m = Names(relu=lambda x: x.relu(), sum=sum, prod=lambda v: reduce(operator.mul, v))

    def reverse(f, at):
        leaves = [Value(x) for x in at]
        f(*leaves).backward()
        return [x.grad for x in leaves]

    return m, {
        "value": {"eager": lambda f, at: [f(*map(Value, at)).data]},
        "slopes": {"reverse": reverse},
        "second": {},
    }


def flat(numbers) -> list[float]:
    """The answer as floats; a complex number is said so."""
    answer = []
    for number in numbers:
        number = number.item() if hasattr(number, "item") else number
        if isinstance(number, complex):
            if number.imag or math.isnan(number.imag):
                raise ValueError("complex")
            number = number.real
        answer.append(float(number))
    return answer
