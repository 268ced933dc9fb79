"""A scalar automatic differentiation engine: ``Value``, ``backward`` and what reads a graph.

The engine is imported at once. The derivatives of functions, and the packages that read graphs
(pictures, the explorer, the compiler), are imported when one of their names is first used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from autograd.engine.modes import detect_anomaly, no_grad, scope
from autograd.engine.order import zero_grad
from autograd.engine.reductions import dot, logsumexp, mean, prod, softmax, sum
from autograd.engine.value import Value
from autograd.errors import AutogradError, TraceError
from autograd.habits import ModulesElsewhere, missing_export
from autograd.table.opaque import primitive
from autograd.table.rows import absolute as abs
from autograd.table.rows import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    copysign,
    cos,
    cosh,
    digamma,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    fmod,
    gelu,
    hypot,
    isfinite,
    isinf,
    isnan,
    leaky_relu,
    lgamma,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    maximum,
    minimum,
    polygamma,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    stop_gradient,
    tan,
    tanh,
    where,
)
from autograd.table.rows import rounded as round
from autograd.trees import register_tree, tree_leaves, tree_map

if TYPE_CHECKING:
    from autograd.compiler.jit import jit
    from autograd.explorer.chain_rule import Step, steps
    from autograd.explorer.derivations import derivation, latex
    from autograd.explorer.explanation import explain
    from autograd.explorer.page_file import explore
    from autograd.installation import about
    from autograd.render import Graph, graph
    from autograd.transforms.jacobian import hessian, jacfwd, jacobian, jacrev
    from autograd.transforms.jvp import hvp, jvp
    from autograd.transforms.lookups import put, take
    from autograd.transforms.loops import fori_loop, scan, while_loop
    from autograd.transforms.vjp import grad, gradient, value_and_grad, vjp
    from autograd.transforms.vmap import vmap

__version__ = "0.1.0"

__all__ = [
    "AutogradError",
    "Graph",
    "Step",
    "TraceError",
    "Value",
    "about",
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clip",
    "copysign",
    "cos",
    "cosh",
    "derivation",
    "detect_anomaly",
    "digamma",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "explain",
    "explore",
    "expm1",
    "floor",
    "fmod",
    "fori_loop",
    "gelu",
    "grad",
    "gradient",
    "graph",
    "hessian",
    "hvp",
    "hypot",
    "isfinite",
    "isinf",
    "isnan",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "latex",
    "leaky_relu",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "polygamma",
    "primitive",
    "prod",
    "put",
    "register_tree",
    "relu",
    "round",
    "scan",
    "scope",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "steps",
    "stop_gradient",
    "sum",
    "take",
    "tan",
    "tanh",
    "tree_leaves",
    "tree_map",
    "value_and_grad",
    "vjp",
    "vmap",
    "where",
    "while_loop",
    "zero_grad",
]

_ROOMS = {
    "Graph": "autograd.render",
    "Step": "autograd.explorer.chain_rule",
    "about": "autograd.installation",
    "derivation": "autograd.explorer.derivations",
    "explain": "autograd.explorer.explanation",
    "explore": "autograd.explorer.page_file",
    "fori_loop": "autograd.transforms.loops",
    "grad": "autograd.transforms.vjp",
    "gradient": "autograd.transforms.vjp",
    "graph": "autograd.render",
    "hessian": "autograd.transforms.jacobian",
    "hvp": "autograd.transforms.jvp",
    "jacfwd": "autograd.transforms.jacobian",
    "jacobian": "autograd.transforms.jacobian",
    "jacrev": "autograd.transforms.jacobian",
    "jit": "autograd.compiler.jit",
    "jvp": "autograd.transforms.jvp",
    "latex": "autograd.explorer.derivations",
    "put": "autograd.transforms.lookups",
    "scan": "autograd.transforms.loops",
    "steps": "autograd.explorer.chain_rule",
    "take": "autograd.transforms.lookups",
    "value_and_grad": "autograd.transforms.vjp",
    "vjp": "autograd.transforms.vjp",
    "vmap": "autograd.transforms.vmap",
    "while_loop": "autograd.transforms.loops",
}


if not TYPE_CHECKING:  # a type checker would accept every name

    def __getattr__(name: str) -> object:
        """Import the package of a public name when the name is first used."""
        if name not in _ROOMS:
            others = import_module("autograd.table.rows").OTHER_NAMES
            raise missing_export(name, __all__, others)
        obj = globals()[name] = getattr(import_module(_ROOMS[name]), name)
        return obj


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if ModulesElsewhere not in sys.meta_path:
    sys.meta_path.append(ModulesElsewhere)
