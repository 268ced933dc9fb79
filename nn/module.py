"""``Module``: an object with parameters, and how these are named, saved and replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd import Value
from nn.errors import InputError, KindError
from nn.structure import Tree, layout_of
from nn.wording import brief, what_is

if TYPE_CHECKING:
    from numpy import ndarray

Array: TypeAlias = "ndarray[Any, Any]"
Numbers: TypeAlias = "list[Any] | Array"  # floats, or rows of them


class Module(Tree):
    """Something with parameters: the leaf Values among its attributes, however deep.

    Attributes are searched in the order in which they were set, through lists, tuples, dicts,
    arrays and other Modules. A Value that is found twice is one parameter, under its first name.

    A Module is a tree (``autograd.tree_leaves``): derivatives and ``jit`` take it as an argument,
    read the numbers of its parameters at each call, and return gradients by it as Modules.

    Example:
        >>> from autograd import Value, value_and_grad
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.shift = Value(2.0), Value(1.0)
        ...
        ...     def __call__(self, x):
        ...         return self.slope * x + self.shift
        >>> Line().state_dict()
        {'slope': 2.0, 'shift': 1.0}
        >>> value, gradient = value_and_grad(lambda line, x: line(x) ** 2)(Line(), 3.0)
        >>> value, gradient.state_dict()
        (49.0, {'slope': 42.0, 'shift': 14.0})
    """

    def __call__(self, x: Any) -> Any:
        """Return the scores of one row, Values; every kind of Module says how."""
        # Not abstract: as in micrograd and PyTorch, a Module may only hold parameters or others.
        rename = ": rename its forward" * hasattr(self, "forward")
        raise NotImplementedError(
            f"{type(self).__name__} must have a method __call__(self, x){rename}"
        )

    def parameters(self) -> list[Value]:
        """Return the parameters in the order of their names.

        Returns:
            Leaf Values; an optimiser edits their ``.data``.
        """
        return super().parameters()

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield each parameter with its name, the path to it: ``layers.0.neurons.3.w.1``."""
        layout = layout_of(self)
        yield from zip(layout.names(), layout.parameters, strict=True)

    def zero_grad(self) -> None:
        """Set ``.grad`` of every parameter to 0.0, as before each backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """Return the number of every parameter by its name.

        Raises:
            ValueError: two parameters have the same name, as with the keys 1 and "1" of a dict.
        """
        return {name: parameter.data for name, parameter in self._by_name().items()}

    def _by_name(self) -> dict[str, Value]:
        named: dict[str, Value] = {}
        for name, parameter in self.named_parameters():
            if name in named:
                raise InputError(
                    f"state_dict: two parameters of this {type(self).__name__} have the name "
                    f"{name!r}: give other keys to the dict that holds one of them"
                )
            named[name] = parameter
        return named

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter from a dict like that of ``state_dict``.

        Args:
            state: a number for each name that ``named_parameters`` gives, no more and no fewer.

        Raises:
            ValueError: names are missing or unknown; no parameter has been changed.
            TypeError: it is no dict, or something in it is not a real number; no parameter has
                been changed.

        Example:
            >>> from nn import MLP
            >>> one, other = MLP(2, [1], seed=1), MLP(2, [1], seed=2)
            >>> other.load_state_dict(one.state_dict())
            >>> other.state_dict() == one.state_dict()
            True
        """
        write(list(self._by_name().values()), self.numbers_for(state))

    def numbers_for(self, state: Mapping[str, float]) -> list[float]:
        """Return the numbers of a dict like that of ``state_dict``, in the order of parameters.

        Args:
            state: a number for each name that ``named_parameters`` gives, no more and no fewer.

        Raises:
            ValueError: names are missing or unknown.
            TypeError: it is no dict, or something in it is not a real number.
        """
        if not isinstance(state, Mapping):
            raise KindError(
                f"load_state_dict: takes a dict of numbers by name, as state_dict() returns it, "
                f"and was given {what_is(state)}"
            )
        named = self._by_name()
        missing, unknown = named.keys() - state.keys(), state.keys() - named.keys()
        if missing or unknown:
            raise InputError(
                f"load_state_dict: the names do not fit this {type(self).__name__} of "
                f"{len(named)} parameters, and {len(state)} were given"
                + _listed("; missing: ", missing)
                + _listed("; unknown: ", unknown)
            )
        return [Value(state[name]).data for name in named]  # converts and checks them all


# -- checks ------------------------------------------------------------------------------------


def _listed(title: str, names: set[str]) -> str:
    shown = sorted(names, key=str)[:3]  # the names of a foreign dict may be anything
    more = ", ..." if len(names) > len(shown) else ""
    return title + ", ".join(map(repr, shown)) + more if names else ""


def check_module(model: object) -> None:
    """Refuse what is no Module."""
    if not isinstance(model, Module):
        where = "its network is its model_, once it is fitted"
        if hasattr(model, "named_steps"):  # a pipeline of scikit-learn's
            where = (
                "its network is pipeline[-1].model_, once it is fitted, and takes rows as "
                "pipeline[:-1].transform(X) gives them"
            )
        inside = (
            f": {where}; joblib.dump(estimator, path) and pickle keep the whole, its classes and "
            "its scales"
        ) * hasattr(type(model), "predict")
        raise KindError(f"model must be an nn.Module, and is {what_is(model)}{inside}")


def leaves_of(parameters: object, who: str) -> list[Value]:
    """Return parameters as a list, or say what was given."""
    if isinstance(parameters, Module):
        raise KindError(f"{who}: takes the parameters of a Module: write model.parameters()")
    if not isinstance(parameters, Iterable):
        raise KindError(
            f"{who}: takes a list of Values, such as model.parameters(), and was given "
            f"{what_is(parameters)}"
        )
    if isinstance(parameters, Mapping):
        raise KindError(f"{who}: takes Values, and was given a mapping: write parameters.values()")
    leaves = list(parameters)
    for number, leaf in enumerate(leaves):
        if not isinstance(leaf, Value):
            way = ""
            if isinstance(leaf, Iterable) and not isinstance(leaf, str):
                way = "autograd.tree_leaves(parameters)"
                way = f": write {'parameters.ravel()' if hasattr(parameters, 'ravel') else way}"
            raise KindError(
                f"{who}: takes Values, such as model.parameters(), and number {number} of those "
                f"given is {brief(leaf, 80)}{way}"
            )
    return leaves


def write(parameters: Sequence[Value], weights: Numbers) -> None:
    """Set the number of every parameter, or of none where Ctrl-C falls into it."""
    before = [parameter.data for parameter in parameters]
    try:
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.data = weight
    except BaseException:
        for parameter, weight in zip(parameters, before, strict=True):
            parameter.data = weight
        raise


def whole(number: object, name: str, least: int = 1) -> int:
    """Return a whole number that is at least ``least``, or say what was given."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise KindError(f"{name} must be a whole number, and is {number!r}")
    if number.__index__() < least:
        raise InputError(f"{name} must be at least {least}, and is {number!r}")
    return int(number)


def numbers_of(score: object) -> Any:
    """Return the numbers of a score: floats, in lists and dicts as the model gives them."""
    if isinstance(score, Value):
        return score.data
    if isinstance(score, complex):  # of Python's own (-1.0) ** 0.5
        raise KindError("a score is a complex number")
    if isinstance(score, Mapping):
        return {key: numbers_of(part) for key, part in score.items()}
    if hasattr(score, "tolist"):
        return numbers_of(score.tolist())
    return [numbers_of(part) for part in score] if isinstance(score, (list, tuple)) else score
