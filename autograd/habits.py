"""What those who come from PyTorch, JAX or HIPS autograd write: errors that say what ours is."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import PathFinder
from typing import NoReturn

from autograd.callsite import is_foreign, is_import, is_own
from autograd.errors import ArgumentError, MissingAttributeError, MissingImportError

_NUMBER = "the number alone, without its gradient, is v.data"
_ONE_KIND = "numbers are floats of 64 bits where Python runs: leave it out"
_CONSTANT = "every Value takes part in gradients; autograd.stop_gradient(v) lets none pass"
_OPERATOR = "operators do it: v + w, v * w, v**2"
_IN_PLACE = "operators make another Value, v = v * w; of a leaf the number is set by v.data = 1.0"
_ONE = (
    "it is one number, also where an array of no dimension was given; numpy.sum(v) and "
    "numpy.shape(v) take it as they take arrays"
)
_BY_ONE = ("explain", "derivation")
OF_VALUES = {
    "detach": f"autograd.stop_gradient(v) lets no gradient pass; {_NUMBER}",
    "requires_grad": _CONSTANT,
    "requires_grad_": _CONSTANT,
    **dict.fromkeys(("cpu", "cuda", "to", "double", "half", "float", "type", "astype"), _ONE_KIND),
    **dict.fromkeys(("dtype", "device", "is_cuda", "contiguous"), _ONE_KIND),
    "numpy": f"{_NUMBER}; NumPy's arrays hold Values with dtype=object",
    **dict.fromkeys(("value", "val"), _NUMBER),
    "clone": "+v is a node of its own, through which gradients pass",
    "copy": "+v is a node of its own, and Value(v.data) a leaf with the number alone",
    **dict.fromkeys(
        ("retain_grad", "retains_grad"),
        "every node keeps its gradient: read v.grad after backward()",
    ),
    "register_hook": "what a gradient is changed to, read and write at v.grad after backward()",
    "grad_fn": "a node is read by v.op, v.args and v.partials",
    "zero_grad": "write v.grad = 0.0, or autograd.zero_grad(v) for all nodes under v",
    **dict.fromkeys(("add", "sub", "mul", "div", "pow", "square", "matmul"), _OPERATOR),
    **dict.fromkeys(("shape", "ndim", "dim", "size", "numel", "T", "reshape", "view"), _ONE),
    **dict.fromkeys(("sum", "mean", "squeeze", "ravel", "flatten", "dot"), _ONE),
    **dict.fromkeys(("unsqueeze", "expand", "permute", "transpose", "argmax", "norm", "at"), _ONE),
    **dict.fromkeys(("max", "min"), "write autograd.maximum(v, w) and autograd.minimum(v, w)"),
    **dict.fromkeys(("clamp", "clamp_"), "it is v.clip(lo, hi)"),
    "rsqrt": "write 1 / autograd.sqrt(v)",
    "softmax": "autograd.softmax(xs) takes a list of Values",
    "log_softmax": "of a list of Values it is [x - autograd.logsumexp(xs) for x in xs]",
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), "compare it: v > w, v.data == w.data"),
    **dict.fromkeys(("add_", "sub_", "mul_", "div_", "pow_"), _IN_PLACE),
    **dict.fromkeys(("copy_", "zero_", "fill_"), _IN_PLACE),
    "name": "it is v.label",
    **dict.fromkeys(("gradient", "derivative"), "it is v.grad, after y.backward()"),
    "diff": "write y.backward() and x.grad, or gradient(y, [x])",
    **{
        name: f"it is a function: autograd.{name}(y{', x' * (name in _BY_ONE)})"
        for name in (*_BY_ONE, "graph", "steps", "explore", "latex")
    },
    **dict.fromkeys(("draw", "draw_dot", "plot", "show"), "autograd.graph(y) draws it"),
    "tolist": "the number alone, without its gradient, is v.item()",
    "block_until_ready": "a Value has its number at once: leave it out",
}
OF_COMPILED = {
    **dict.fromkeys(
        ("lower", "inspect_types", "get_compiler_ir"),
        "call it, and fast.source, fast.llvm, fast.c and fast.report() show the program",
    ),
    **dict.fromkeys(("inspect_llvm", "inspect_asm"), "it is fast.llvm, once it was called"),
    **dict.fromkeys(("js", "export"), "fast.save('f.js') and fast.save('f.c') write it as a file"),
    "eval_shape": "call it: the result has the shape",
    **dict.fromkeys(("clear_cache", "recompile"), "compile it anew by autograd.jit(f)"),
    **dict.fromkeys(("py_func", "python_function"), "the function is fast.__wrapped__"),
    **dict.fromkeys(("grad", "backward"), "write autograd.jit(autograd.grad(f))"),
}
OF_BACKWARD = {
    "retain_graph": "the graph is kept as long as y is: leave it out",
    "create_graph": "gradient(y, [x]) gives Values, which can be differentiated again",
    "inputs": "write gradient(y, [x]), which leaves v.grad alone",
    "zero_grad": "write autograd.zero_grad(y) before it",
}
_UNROLLED = (
    "how a loop is unrolled is the compiler's affair, and no result depends on it: leave it out"
)
_COUNTED = "keep a counter in the value, and let cond compare it"
_SCANNED = "rows and results are those of scan(step, init, xs)"
_NO_CHOICE = "programs run on the CPU, on floats of 64 bits: leave it out"
OF_TRANSFORMS = {  # settings of JAX's, PyTorch's and Numba's
    **dict.fromkeys(("device", "backend", "donate_argnums", "donate_argnames"), _NO_CHOICE),
    **dict.fromkeys(("inline", "keep_unused", "fullgraph", "dynamic"), "leave it out"),
    **dict.fromkeys(("nopython", "parallel", "cache", "fastmath"), "leave it out, or exact=False"),
    **dict.fromkeys(
        ("holomorphic", "allow_int"), "numbers are real floats of 64 bits: leave it out"
    ),
    **dict.fromkeys(("axis_size", "axis_name", "spmd_axis_name"), "rows are counted: leave it out"),
    **dict.fromkeys(("in_dims", "out_dims"), "it is in_axes, and out_axes"),
    "out_axes": "rows stand first in results; elsewhere in those of jit(vmap(f, out_axes=1))",
    **dict.fromkeys(("chunk_size", "randomness"), "leave it out"),
    **dict.fromkeys(("mode", "in_shardings", "out_shardings"), _NO_CHOICE),
    **dict.fromkeys(("argnum", "argnames"), "it is argnums= of derivatives: grad(f, argnums=0)"),
    "argnums": "derivatives have it: jit(grad(f, argnums=0))",
    "wrt": "it is argnums",
    **dict.fromkeys(
        ("create_graph", "retain_graph"), "derivatives nest, grad(grad(f)): leave it out"
    ),
}
OF_LOOPS = {
    "scan": {
        "f": "it is step",
        **dict.fromkeys(("carry", "init_val"), "it is init"),
        "unroll": _UNROLLED,
    },
    "fori_loop": {
        **dict.fromkeys(("body_fun", "f"), "it is body"),
        "init_val": "it is init",
        **dict.fromkeys(("xs", "length"), _SCANNED),
        **dict.fromkeys(("lo", "start"), "it is lower"),
        **dict.fromkeys(("hi", "stop"), "it is upper"),
        "step": "count by ones, and compute the number from i in body",
        "reverse": "count up, and take upper - 1 - i in body",
        "unroll": _UNROLLED,
    },
    "while_loop": {
        "cond_fun": "it is cond",
        **dict.fromkeys(("body_fun", "f"), "it is body"),
        "init_val": "it is init",
        **dict.fromkeys(("xs", "length"), _SCANNED),
        **dict.fromkeys(("max_steps", "maxiter", "maximum_iterations"), _COUNTED),
    },
}
_ARRAYS = "functions work on NumPy's arrays: import numpy as np, and np.tanh(x) or autograd.tanh(x)"
_NUMBERS = "what is differentiated by is a Value, Value(2.0, 'x'), or the argument of grad(f)(x)"
_OWN = "declare an operation of your own with @autograd.primitive(partials=(...,))"
_RULES = (
    "write @autograd.primitive(partials=(rule,)) above the function, with a rule "
    "lambda y, x: ... for each operand x, of the result y and all operands"
)
_RANDOM = "draw by random or numpy.random, and pass the numbers to the function as arguments"
_TREES = "write autograd.tree_map(f, tree), autograd.tree_leaves(tree)"
_DIRECTION = "write autograd.hvp(f, (x,), (v,))"
_MODELS = "a model is an argument like any other: autograd.grad(loss)(model, x)"
_PULLED = "write value, pull = autograd.vjp(f, x), and pull(cotangent)"
OF_AUTOGRAD = {
    **dict.fromkeys(("Variable", "Tensor", "tensor", "Parameter", "Scalar"), _NUMBERS),
    **dict.fromkeys(("numpy", "np", "jnp"), _ARRAYS),
    "array": _ARRAYS,
    "scipy": "special functions are here, as autograd.erf and autograd.lgamma",
    **dict.fromkeys(("elementwise_grad", "egrad"), "write autograd.vmap(autograd.grad(f))(x)"),
    "grad_and_aux": "write autograd.grad(f, has_aux=True)",
    **dict.fromkeys(("make_vjp", "vector_jacobian_product"), _PULLED),
    "make_jvp": "write value, slope = autograd.jvp(f, (x,), (v,))",
    **dict.fromkeys(("make_hvp", "hessian_vector_product", "hessian_tensor_product"), _DIRECTION),
    "functional": "write autograd.jacobian(f)(x), autograd.hessian(f)(x)",
    "differential_operators": "derivatives are autograd's own: from autograd import grad, jacobian",
    "test_util": "write from autograd.testing import check_gradient",
    "misc": "optimisers are those of nn: import nn, and nn.SGD(lr=0.1)",
    "builtins": "lists, tuples and dicts are Python's own: leave it out",
    "backward": "it is a method of the result: y.backward()",
    **dict.fromkeys(
        ("Function", "extend", "custom_vjp", "custom_jvp", "custom_gradient", "defvjp"), _OWN
    ),
    "set_detect_anomaly": "write with autograd.detect_anomaly():",
    **dict.fromkeys(
        ("inference_mode", "set_grad_enabled", "enable_grad"),
        "write with autograd.no_grad(): around what is not recorded; all else is",
    ),
    **dict.fromkeys(
        ("gradcheck", "check_grads", "check_grad"),
        "write import autograd.testing, and autograd.testing.check_gradient(f, x)",
    ),
    "check_gradient": "write from autograd.testing import check_gradient",
    "assert_derivative": "write from autograd.testing import assert_derivative",
    **dict.fromkeys(
        ("checkpoint", "remat"), "loops take it: autograd.fori_loop(..., checkpoint_every=10)"
    ),
    "lax": "loops are autograd.scan, autograd.fori_loop and autograd.while_loop",
    "cond": "write Python's if, which jit follows, or autograd.where(condition, a, b)",
    "switch": "write Python's if, which jit follows, or autograd.take(array, i)",
    **dict.fromkeys(("pi", "e", "inf", "nan"), "constants are those of Python: import math"),
    **dict.fromkeys(("tg", "tangent"), "it is autograd.tan"),
    **dict.fromkeys(("cot", "ctg", "cotan"), "write 1 / autograd.tan(x)"),
    "sec": "write 1 / autograd.cos(x)",
    **dict.fromkeys(("csc", "cosec"), "write 1 / autograd.sin(x)"),
    "lg": "write autograd.log10(x) or autograd.log2(x)",
    **dict.fromkeys(("root", "nthroot"), "write x**(1/3), or autograd.cbrt(x)"),
    "factorial": "write autograd.exp(autograd.lgamma(n + 1))",
    "gamma": "write autograd.exp(autograd.lgamma(x)) for x > 0",
    **dict.fromkeys(
        ("diff", "deriv", "derivative"),
        "write autograd.grad(f)(x) of a function, autograd.gradient(y, [x]) of a Value",
    ),
    **dict.fromkeys(("symbols", "Symbol", "var"), _NUMBERS),
    **dict.fromkeys(("draw", "draw_dot", "draw_graph", "visualize"), "write autograd.graph(y)"),
    **dict.fromkeys(
        ("radians", "deg2rad"), "functions take radians: write x * math.pi / 180 for x degrees"
    ),
    **dict.fromkeys(("degrees", "rad2deg"), "write x * 180 / math.pi for x radians"),
    "plot": "write autograd.graph(y) of a graph; Matplotlib draws autograd.vmap(f)(xs)",
    "device_put": _ONE_KIND,
    "block_until_ready": "numbers are there at once: leave it out",
    "pmap": "write autograd.jit(f, in_axes=0), which runs rows side by side",
    "random": _RANDOM,
    "nn": "it is a package of its own: import nn",
    **dict.fromkeys(
        ("optim", "optimizers"), "optimisers are those of nn: import nn, and nn.SGD(lr=0.1)"
    ),
    **dict.fromkeys(("stop_grad", "detach"), "write autograd.stop_gradient(v)"),
    **dict.fromkeys(
        ("add", "subtract", "multiply", "divide", "power", "pow", "square", "matmul"),
        "operators do it: a + b, a * b, a**2, a @ b of arrays",
    ),
    **dict.fromkeys(
        ("max", "min"),
        "write autograd.maximum(a, b) and autograd.minimum(a, b) of two, numpy.max(x) and "
        "numpy.min(x) of an array",
    ),
    **dict.fromkeys(
        ("tree_util", "tree", "tree_multimap", "tree_flatten", "tree_structure"), _TREES
    ),
    **dict.fromkeys(("tree_unflatten", "tree_reduce", "tree_all"), _TREES),
    **dict.fromkeys(("cat", "from_numpy", "Array"), _ARRAYS),
    **dict.fromkeys(
        ("map", "vectorize"), "write autograd.vmap(f)(xs), which calls f for every row and stacks"
    ),
    "associative_scan": "write autograd.scan(step, init, xs), which goes from row to row",
    "requires_grad": _CONSTANT,
    "eval_shape": "call the function: the result has the shape",
    "vhp": _DIRECTION,
    **dict.fromkeys(("functional_call", "make_functional"), _MODELS),
    **dict.fromkeys(
        ("named_scope", "named_call", "name_scope"), "write with autograd.scope(name):"
    ),
    **dict.fromkeys(("pure_callback", "io_callback"), _OWN),
    **dict.fromkeys(("config", "enable_x64"), _ONE_KIND),
    "linalg": _ARRAYS,
    "norm": "write numpy.linalg.norm(x), or autograd.sqrt(autograd.dot(x, x))",
    "log_softmax": "write [x - autograd.logsumexp(xs) for x in xs]",
    **dict.fromkeys(("manual_seed", "seed", "rand", "randn"), _RANDOM),
    **dict.fromkeys(("float32", "float64", "device", "cuda", "is_tensor"), _ONE_KIND),
    "make_jaxpr": "the program is fast.source of fast = autograd.jit(f), once it was called",
    "linearize": "write value, slope = autograd.jvp(f, (x,), (v,))",
    **dict.fromkeys(
        ("disable_jit", "debug"), "call f itself in place of autograd.jit(f), and print"
    ),
    "compile": "write autograd.jit(f)",
    "autograd": "it is this package: autograd.grad(f) of a function, gradient(y, [x]) of a Value",
    **dict.fromkeys(
        ("func", "utils"), "its functions are autograd's own: autograd.grad, autograd.vmap"
    ),
    **dict.fromkeys(("save", "load"), "models are kept by nn: nn.save(model, 'weights.json')"),
}
OF_PRIMITIVE = {
    **dict.fromkeys(
        ("derivative", "derivatives", "deriv", "df", "partial", "rule", "rules", "grad", "grads"),
        _RULES,
    ),
    **dict.fromkeys(
        ("gradient", "vjp", "vjps", "jvp", "jvps", "fwd", "bwd", "forward", "backward"), _RULES
    ),
    **dict.fromkeys(
        ("nondiff_argnums", "nondiff_argnames", "static_argnums", "static_argnames", "argnums"),
        "declare it inside a function of what is not differentiated by, which the rules then see",
    ),
    "name": "it is symbol=, or the name of the function",
}
OF_PRIMITIVES = {
    **dict.fromkeys(("defvjp", "defvjps", "defvjp_argnum", "defjvp", "defjvps", "def_jvp"), _RULES),
    **dict.fromkeys(("def_vjp", "defgrad", "defderiv", "register_autograd"), _RULES),
    **dict.fromkeys(("setup_context", "save_for_backward"), _RULES),
    **dict.fromkeys(("apply", "forward", "bind", "fn", "fun"), "call it: y = f(x)"),
    "backward": "it is a method of the result: y = f(x), and y.backward()",
    **dict.fromkeys(("grad", "gradient", "derivative", "deriv"), "write autograd.grad(f)(x)"),
    "vjp": "write value, pull = autograd.vjp(f, x)",
    "jvp": "write value, slope = autograd.jvp(f, (x,), (v,))",
}


_OF_TWO = "((x - x.mean()) * (y - y.mean())).sum()"
_COUNTS = "counts, which have no derivative, outside of the function, and give it what they are"
OF_NUMPY = {  # what to write in place of functions of NumPy's that fail on Values
    "cov": f"{_OF_TWO} / (len(x) - 1)",
    "corrcoef": f"{_OF_TWO} / (len(x) * x.std() * y.std())",
    "polyfit": f"of a straight line the slope, {_OF_TWO} / ((x - x.mean()) ** 2).sum()",
    "average": "(w * x).sum() / w.sum()",
    "choose": "autograd.where(x > 0, b, a)",
    "select": "autograd.where(x > 1, a, autograd.where(x > 0, b, c))",
    "interp": "its straight pieces, as in autograd.where(x < 1.0, 2.0 * x, x + 1.0)",
    "gradient": "(x[1:] - x[:-1]) / h",
    "heaviside": "autograd.where(x > 0, 1.0, 0.0)",
    "sinc": "autograd.sin(numpy.pi * x) / (numpy.pi * x), where x is not 0",
    "nansum": "autograd.where(autograd.isnan(x), 0.0, x).sum()",
    "nanmax": "numpy.max(autograd.where(autograd.isnan(x), -numpy.inf, x))",
    "nanmin": "numpy.min(autograd.where(autograd.isnan(x), numpy.inf, x))",
    "fix": "numpy.trunc(x)",
    "isclose": "abs(a - b) < 1e-8",
    "allclose": "numpy.max(abs(a - b)) < 1e-8",
    "signbit": "autograd.copysign(1.0, x) < 0",
    "modf": "x - numpy.trunc(x), numpy.trunc(x)",
    "divmod": "a // b, a % b",
    "float_power": "a**b",
    "logaddexp2": "autograd.log2(2.0**a + 2.0**b)",
    "ldexp": "a * 2.0**b",
    "angle": "autograd.atan2(y, x)",
    "linspace": "a + (b - a) * numpy.linspace(0.0, 1.0, 50)",
    "logspace": "10.0 ** (a + (b - a) * numpy.linspace(0.0, 1.0, 50))",
    "geomspace": "a * (b / a) ** numpy.linspace(0.0, 1.0, 50)",
    "isin": "(abs(x - 1.5) < 1e-8) | (abs(x - 2.5) < 1e-8)",
    "isposinf": "x >= numpy.inf",
    "isneginf": "x <= -numpy.inf",
    "unwrap": (
        "numpy.append(x[:1], x[1:] - 2.0 * numpy.pi * "
        "numpy.cumsum(numpy.rint((x[1:] - x[:-1]) / (2.0 * numpy.pi))))"
    ),
    "roots": "(-b + autograd.sqrt(b**2 - 4.0 * a * c)) / (2.0 * a), as for a * x**2 + b * x + c",
    **dict.fromkeys(("histogram", "bincount", "unique"), _COUNTS),
}


def advice(name: str, known: Mapping[str, str]) -> str:
    """Return the end of an error about a name that there is not; nothing if there is no advice."""
    return f": {known[name]}" if name in known else ""


def ours(name: str) -> str:
    """Return what to write in place of a function of NumPy, PyTorch or JAX of some name."""
    if name in OF_NUMPY:
        return OF_NUMPY[name]
    if name in sys.modules[__package__].__all__:
        return f"autograd.{name}"
    return "it with operators and the functions of autograd"


def way_in_numpy(otherwise: str = "") -> str:
    """Return what to write where a function of NumPy's that the user called fails on Values.

    Args:
        otherwise: what to say of any other function.
    """
    frame, name = sys._getframe(1), ""
    while frame.f_back is not None and is_foreign(frame):
        is_numpys = str(frame.f_globals.get("__name__")).startswith("numpy.")
        name = frame.f_code.co_name if is_numpys else ""
        frame = frame.f_back
    return (
        f"numpy.{name} fails on Values: write {OF_NUMPY[name]}" if name in OF_NUMPY else otherwise
    )


def refuse_setting(who: str, settings: Mapping[str, object], known: dict[str, str]) -> NoReturn:
    """Refuse a keyword argument that a function has not.

    Raises:
        TypeError: it says what ours is, where other libraries have such a setting.
    """
    name = next(iter(settings))
    raise ArgumentError(f"{who}: there is no setting {name!r}{advice(name, known)}")


def missing_export(
    name: str, public: Sequence[str], others: Mapping[str, str]
) -> AttributeError | ImportError:
    """Return the error for a public name that there is not.

    Args:
        name: what was asked for.
        public: the names that there are.
        others: what some of them are called elsewhere, in small letters.
    """
    small = name.lower()
    meant = others.get(small, {each.lower().replace("_", ""): each for each in public}.get(small))
    folders = sys.modules["autograd"].__path__
    is_name = name.isidentifier() and name[0] != "_"
    if is_name and PathFinder.find_spec(f"autograd.{name}", folders) is not None:
        ending = f": write import autograd.{name}"
    elif name not in OF_AUTOGRAD and meant in public:
        ending = f": it is autograd.{meant}"
    else:
        ending = advice(name, OF_AUTOGRAD) or _of_numpy(name)
    if ending and is_import(sys._getframe(2)):  # Python would drop the advice of an AttributeError
        return MissingImportError(f"cannot import name {name!r} from 'autograd'{ending}")
    return MissingAttributeError(f"module 'autograd' has no attribute {name!r}{ending}", name=name)


def _of_numpy(name: str) -> str:
    """Return the end of an error about a name that is a function of NumPy's."""
    if name.startswith("_") or importlib.util.find_spec("numpy") is None:
        return ""
    if name in OF_NUMPY:
        return f": write {OF_NUMPY[name]}"
    found = getattr(importlib.import_module("numpy"), name, None)
    loops = getattr(found, "types", ("O",))  # of a ufunc, which may have none for objects
    if not callable(found) or isinstance(found, type) or not any("O" in each for each in loops):
        return ""
    return f": functions of arrays, also of Values, are NumPy's: numpy.{name}"


class ModulesElsewhere:
    """The last of the finders of modules: it finds none, and says what stands for one of others.

    ``import autograd.numpy`` is what users of HIPS autograd write, whose package has our name.
    """

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> None:
        """Raise an error for a module of ``autograd`` or ``nn`` that other libraries have.

        Who asks by ``importlib.util.find_spec`` whether there is one is told None.

        Raises:
            ImportError: it says what to write; of other modules Python says that there are none.
        """
        package, _, inner = fullname.partition(".")
        ours = sys.modules.get(package) if package in ("autograd", "nn") else None
        is_asked = sys._getframe(2).f_code is importlib.util.find_spec.__code__
        if is_asked or ours is None or not is_own(ours.__file__ or ""):
            return
        try:
            getattr(ours, inner)
        except AttributeError as error:
            way = str(error).partition(": ")[2]
        else:
            way = f"it is no module: write from {package} import {inner}"
        if way:
            raise MissingImportError(f"No module named {fullname!r}: {way}", name=fullname)


class Missing:
    """An attribute that the nodes of other engines have: asked for, it says what ours is.

    A class has it not, and ``hasattr`` says so of both; a subclass may have one of that name.

    Args:
        name: its name.
        who: what has it elsewhere, and not here.
        known: what ours is, by name.
    """

    def __init__(
        self, name: str, who: str = "a Value", known: Mapping[str, str] = OF_VALUES
    ) -> None:
        self.name, self._who, self._known = name, who, known

    def __get__(self, node: object, owner: type | None = None) -> object:
        own = getattr(node, "__dict__", {}) if node is not None else {}
        if self.name not in own:
            self._refuse(f"the class {owner.__name__}" if node is None and owner else self._who)
        return own[self.name]  # of a subclass with attributes of its own

    def __set__(self, node: object, value: object) -> None:
        if not hasattr(node, "__dict__"):
            self._refuse(self._who)
        node.__dict__[self.name] = value

    def __delete__(self, node: object) -> None:
        self.__get__(node)
        del node.__dict__[self.name]

    def _refuse(self, who: str) -> NoReturn:
        way = advice(self.name, self._known).removeprefix(": ")
        words = f"{who} has no attribute {self.name!r}: {way_in_numpy(way)}"
        raise MissingAttributeError(words, name=self.name)

    def __repr__(self) -> str:
        return f"<no attribute{advice(self.name, self._known)}>"


def instead_of(given: object) -> str:
    """Return how a graph, or a Value in it, is given where something else was."""
    if isinstance(given, (list, tuple)) or (
        getattr(given, "ndim", False) and hasattr(given, "ravel")
    ):
        return "give them one after the other, in a loop"
    if isinstance(given, str):
        return 'compute with x = Value(2.0, "x"), or python -m autograd "x**2" x=2 reads formulas'
    if type(given).__name__ in ("Derivation", "Explanation"):
        return "it is there to be read, and the derivative as a Value is gradient(y, [x])[0]"
    if type(given).__name__ in ("Graph", "Explorer"):
        return "it is a picture: give the Value that it shows"
    if callable(given) and hasattr(given, "parameters"):  # a model
        return "call it with one row, model([x1, x2]), and give its result"
    if callable(given):
        return 'call it with x = Value(2.0, "x"), and give its result'
    return 'compute with x = Value(2.0, "x"), since a plain number has no graph'
