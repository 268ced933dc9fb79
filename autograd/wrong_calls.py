"""What a public function says when it is called with arguments that it does not take."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from autograd.errors import ArgumentError

__tracebackhide__ = True  # from reports of pytest

F = TypeVar("F", bound=Callable[..., object])

SETTINGS = {  # what the settings of the readers of graphs and of checks are called elsewhere
    **dict.fromkeys(("precision", "decimals", "places", "ndigits", "significant"), ("digits",)),
    **dict.fromkeys(("fmt", "format_spec", "number_format"), ("format", "digits")),
    "format": ("digits",),
    **dict.fromkeys(("direction", "orientation", "orient"), ("rankdir",)),
    **dict.fromkeys(("layout", "prog"), ("engine",)),
    **dict.fromkeys(("style", "mode", "dark"), ("theme",)),
    **dict.fromkeys(("max_paths", "top", "n_paths", "count"), ("limit",)),
    **dict.fromkeys(("points", "point", "values", "xs"), ("at",)),
    **dict.fromkeys(("tol", "tolerance", "atol", "rel", "eps", "delta"), ("rtol",)),
    **dict.fromkeys(("bounds", "range", "interval", "limits"), ("domain",)),
    **dict.fromkeys(("samples", "max_examples", "trials", "n"), ("examples",)),
    **dict.fromkeys(("leaves", "wrt", "inputs", "variables", "params"), ("xs", "x")),
    **dict.fromkeys(("filename", "file", "fname", "outfile", "name"), ("path",)),
    **dict.fromkeys(("derivative", "fprime", "grad", "jac"), ("df",)),
}
OF_CHECKS = {  # settings of HIPS autograd's, JAX's and PyTorch's checks
    "order": "write check_gradient(grad(f), x) for second derivatives",
    **dict.fromkeys(("modes", "raise_exception", "nondet_tol"), "leave it out"),
}


def asking(example: str) -> Callable[[F], F]:
    """Let a public function that is called with the wrong arguments say which it takes.

    Args:
        example: a call as it should be.

    Returns:
        A decorator, which raises a TypeError of ours in place of Python's.
    """

    def around(function: F) -> F:
        kind, _, name = function.__qualname__.rpartition(".")
        who = kind if name == "__init__" else name

        @functools.wraps(function)
        def called(*args: object, **named: object) -> object:
            try:
                return function(*args, **named)
            except TypeError as refusal:
                if refusal.__traceback__ is None or refusal.__traceback__.tb_next is not None:
                    raise  # it comes from within
                words = f"{str(refusal).partition('() ')[2]}; write {example}"
            names = _settings(function)
            for name in named:
                if name not in names:
                    words = _unknown(name, names)
            raise ArgumentError(f"{who}: {words}")

        return cast(F, called)

    return around


def _settings(function: Callable[..., object]) -> list[str]:
    import inspect  # no program that is right needs it

    return [
        name
        for name, each in inspect.signature(function).parameters.items()
        if name != "self" and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]


def _unknown(name: str, settings: Sequence[str]) -> str:
    import difflib

    known = [other for other in SETTINGS.get(name, ()) if other in settings]
    close = difflib.get_close_matches(name, settings, 1)
    if name in OF_CHECKS and "rtol" in settings:
        way = f": {OF_CHECKS[name]}"
    elif known:
        way = f": it is {known[0]}"
    elif close:
        way = f"; did you mean {close[0]}"
    else:
        way = f"; the settings are {', '.join(settings)}"
    return f"there is no setting {name!r}{way}"
