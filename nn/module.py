"""``Module``: whatever holds parameters, and how these are named, saved and replaced.

A Module is a tree whose leaves are the numbers of its parameters. All else (names, sizes,
activations, how it is nested) is its structure, a ``Recipe``: it can be compared, and makes a
Module of the same kind around other leaves.
"""

from __future__ import annotations

import contextlib
import copy
import enum
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any

from autograd import Value, register_tree, tree_leaves, tree_map
from nn.errors import InputError, KindError


class Module:
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
        raise NotImplementedError(f"{type(self).__name__} must have a method __call__(self, x)")

    def __getattr__(self, name: str) -> Any:
        if PENDING not in vars(self):
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(text, name=name, obj=self)
        settle(self)
        return getattr(self, name)

    def __getstate__(self) -> Any:
        if PENDING in vars(self):
            settle(self)
        state: Any = super().__getstate__()
        parts, *slots = state if isinstance(state, tuple) else (state,)
        parts = (parts or {}).copy()  # of the dict itself, in one move
        parts.pop(LAYOUT, None)
        return (parts, *slots) if slots else parts

    def parameters(self) -> list[Value]:
        """Return the parameters in the order of their names.

        Returns:
            Leaf Values; an optimiser edits their ``.data``.
        """
        return settle(self) if PENDING in vars(self) else [*layout_of(self).parameters]

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
        for parameter, number in zip(
            self._by_name().values(), self.numbers_for(state), strict=True
        ):
            parameter.data = number

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
                f"and was given a {type(state).__name__}"
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


# -- structure ---------------------------------------------------------------------------------

LAYOUT, LEAVES, PENDING = "_layout", "_leaves", "_pending"  # attributes that are no parts
PLAIN = {bool, int, str, bytes, complex, type(None), type, range, frozenset}
SPELLED = {"module": ".{}", "dict": "[{!r}]"}
Path = tuple[Any, str, Any] | None  # that of the container, its kind, the key


class Static:
    """A part of a Module that is no parameter; plain ones are compared by value."""

    __slots__ = ("key", "thing")

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        if type(thing) in PLAIN or isinstance(thing, enum.Enum):
            self.key: Any = (type(thing), thing)
        elif isinstance(thing, float):
            self.key = (type(thing), repr(thing))
        elif isinstance(thing, set):
            self.key = (set, frozenset(thing))
        elif hasattr(thing, "tobytes") and hasattr(thing, "dtype"):
            self.key = (type(thing), str(thing.dtype), thing.shape, thing.tobytes())
        else:
            self.key = id(thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Recipe:
    """All of a Module but its parameters; it makes others like it.

    A step of it is the number of a parameter, a Static part, or a kind of container with what it
    needs besides its parts, and the steps of these. "again" stands for a container that came
    before: shared parts stay shared, and a Module may hold itself.

    Attributes:
        refusal: why no other Module can be made of it, in words; empty if one can.
    """

    __slots__ = ("_hash", "refusal", "step")

    def __init__(self, step: Any, refusal: str) -> None:
        self.step, self.refusal, self._hash = step, refusal, hash(step)

    def __reduce__(self) -> tuple[Any, ...]:
        return Recipe, (self.step, self.refusal)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Recipe) and self.step == other.step)

    def __hash__(self) -> int:
        return self._hash

    def made(self, leaves: Sequence[Any]) -> Any:
        """Return a Module with these in the places of parameters; floats there become Values.

        It is made when one of its attributes is first asked for: many are only passed on.
        """
        cls = self.step[1][0]
        module = object.__new__(cls)
        vars(module)[PENDING] = self, leaves
        if cls.__getattr__ is not Module.__getattr__:
            settle(module)
        return module

    def on_numbers(self, numbers: Sequence[float]) -> Any:
        """Return a Module with plain floats in the places of parameters."""
        return _made(self.step, numbers, [])


def settle(module: Module) -> list[Any]:
    """Make all parts of a Module that a recipe has promised, and return its parameters."""
    recipe, leaves = vars(module).pop(PENDING)
    boxed = [Value(leaf) if type(leaf) is float else leaf for leaf in leaves]
    foreign = [leaf for leaf in leaves if type(leaf) is not float]
    containers: list[Any] = []
    _made(recipe.step, boxed, containers, module)
    for container in containers if foreign else ():
        if isinstance(container, Module):
            vars(container)[LEAVES] = foreign  # it remembers what is a parameter besides Values
    return boxed


def _made(step: Any, leaves: Sequence[Any], containers: list[Any], root: Any = None) -> Any:
    """Return what a step of a recipe makes; containers are those that were made before."""
    if type(step) is int:
        return leaves[step]
    if type(step) is Static:
        return step.thing
    kind, detail, steps = step
    if kind == "again":
        return containers[detail]
    if kind == "bound":
        thing, owner, place = detail
        return copy.deepcopy(thing.thing, {id(owner.thing): containers[place]})
    if kind == "tree":
        supply = iter([_made(part, leaves, containers) for part in steps])
        return tree_map(lambda _: next(supply), detail.thing)
    place = len(containers)
    if kind == "module":
        cls, names = detail
        module = object.__new__(cls) if root is None else root
        containers.append(module)
        for name, part in zip(names, steps, strict=True):
            if root is None or name not in vars(root):
                object.__setattr__(module, name, _made(part, leaves, containers))
        return module
    made: Any = {} if kind == "dict" else []
    containers.append(made)
    parts = [_made(part, leaves, containers) for part in steps]
    if kind == "dict":
        made.update(zip([key.thing for key in detail], parts, strict=True))
    elif kind == "list":
        made += parts
    elif kind == "tuple":
        made = detail(*parts) if hasattr(detail, "_fields") else detail(parts)
    else:
        import numpy

        made = numpy.empty(len(parts), dtype=object)
        made[:] = parts
        made = made.reshape(detail)
    containers[place] = made
    return made


class Layout:
    """Where the parameters of one Module are, and what is around them.

    Attributes:
        parameters: the leaf Values, each once; whatever else a recipe was given in their places.
        recipe: the rest.
    """

    def __init__(self, module: Module) -> None:
        self.parameters: list[Any] = []
        self._paths: list[Path] = []
        self._put = {id(leaf) for leaf in vars(module).get(LEAVES, ())}
        self._numbers: dict[int, int] = {}  # of parameters, by identity
        self._places: dict[int, int] = {}  # of containers, by identity
        self._held: list[tuple[Path, Any]] = []  # by the closures of functions inside
        self._refusal = ""
        self._root = _attributes(module)
        self._containers: list[Any] = []  # with parts that may be exchanged, and a copy of each
        self._copies: list[Any] = []
        self._constants: list[Any] = []  # numbers inside: container, key, number
        self._mutable: list[Static] = []
        self._lasts = True
        try:
            step = self._step(module, None)
        except RecursionError:
            raise InputError("the parts of the Module are nested too deep") from None
        for path, thing in self._held:
            if id(thing) in self._numbers or id(thing) in self._places:
                self._refuse(path, "a function with the Module in its closure: make it a method")
        self.recipe = Recipe(step, self._refusal)
        self._constants = list(zip(*self._constants, strict=True))

    def holds(self, module: Module) -> bool:
        """Return whether the Module is as it was, but for the numbers of its parameters."""
        root = _attributes(module)
        try:
            return (
                self._lasts
                and all(map(operator.eq, self._containers, self._copies))
                and (*root,) == (*self._root,)
                and all(map(operator.is_, root.values(), self._root.values()))
                and all(Static(static.thing) == static for static in self._mutable)
                and self._has_constants()
            )
        except Exception:  # what cannot be compared is not the same
            return False

    def _has_constants(self) -> bool:
        """Return whether numbers are the same ones: 1 and True are equal, and differ."""
        if not self._constants:
            return True
        containers, keys, numbers = self._constants
        return all(map(operator.is_, map(operator.getitem, containers, keys), numbers))

    def names(self) -> list[str]:
        """Return the paths of the parameters: ``layers.0.neurons.3.w.1``."""
        names = []
        for path in self._paths:
            keys = []
            while path:
                path, _, key = path
                keys.append(str(key))
            names.append(".".join(reversed(keys)))
        return names

    def _step(self, thing: Any, path: Path) -> Any:
        """Return the step of a recipe that makes a part of the Module."""
        kind = type(thing)
        if kind in PLAIN:
            return Static(thing)
        if (self._put and id(thing) in self._put) or (isinstance(thing, Value) and _is_leaf(thing)):
            if id(thing) not in self._numbers:
                self._numbers[id(thing)] = len(self.parameters)
                self.parameters.append(thing)
                self._paths.append(path)
            return self._numbers[id(thing)]
        if id(thing) in self._places:
            return ("again", self._places[id(thing)], ())
        if kind is list:
            return self._inside("list", None, thing, enumerate(thing), path, thing)
        if isinstance(thing, Module):
            attributes = _attributes(thing)
            self._lasts = self._lasts and not _slots(kind)
            detail = (kind, tuple(attributes))
            return self._inside("module", detail, thing, attributes.items(), path, vars(thing))
        if kind is float or isinstance(thing, FunctionType):
            return self._other(thing, path)
        if isinstance(thing, Mapping):
            return self._inside(
                "dict", tuple(map(Static, thing)), thing, thing.items(), path, thing
            )
        if isinstance(thing, list):
            return self._inside("list", None, thing, enumerate(thing), path, thing)
        if isinstance(thing, tuple):
            return self._inside("tuple", kind, thing, enumerate(thing), path, None)
        if getattr(getattr(thing, "dtype", None), "kind", "") == "O":
            self._lasts = False
            indices = itertools.product(*map(range, thing.shape))
            entries = zip(
                [".".join(map(str, index)) for index in indices], thing.ravel(), strict=True
            )
            return self._inside("array", thing.shape, thing, entries, path, None)
        return self._other(thing, path)

    def _inside(
        self, kind: str, detail: Any, thing: Any, parts: Iterable[Any], path: Path, watched: Any
    ) -> Any:
        """Return the step of a container; watched is what may change in it."""
        place = self._places[id(thing)] = len(self._places)
        parts = list(parts)
        if place and watched is not None:  # the root is compared by itself
            self._containers.append(watched)
            self._copies.append(watched.copy())
            self._constants += [
                (watched, key, part) for key, part in parts if isinstance(part, (int, float))
            ]
        return (kind, detail, tuple([self._step(part, (path, kind, key)) for key, part in parts]))

    def _other(self, thing: Any, path: Path) -> Any:
        """Return the step for what is neither a parameter nor a container that we know."""
        static = Static(thing)
        if type(static.key) is tuple:
            if isinstance(thing, set) or hasattr(thing, "tobytes"):
                self._mutable.append(static)
            return static
        called = _called(thing)
        if isinstance(called, FunctionType):
            self._held += [(path, held) for held in _held_by(called)]
            return static
        if isinstance(called, MethodType) and id(called.__self__) in self._places:
            owner = called.__self__
            return ("bound", (static, Static(owner), self._places[id(owner)]), ())
        leaves = tree_leaves(thing)
        if not (len(leaves) == 1 and leaves[0] is thing):  # of a registered class
            self._lasts = False
            steps = [self._step(leaf, (path, "tree", i)) for i, leaf in enumerate(leaves)]
            return ("tree", static, tuple(steps))
        if called is thing and _hides_values(thing):
            kind = type(thing).__name__
            self._refuse(
                path,
                f"a {kind}, which holds Values and is no tree: make it an nn.Module, or register "
                f"it by autograd.register_tree({kind}, flatten, unflatten)",
            )
        return static

    def _refuse(self, path: Path, words: str) -> None:
        where = ""
        while path:
            path, kind, key = path
            where = SPELLED.get(kind, "[{}]").format(key) + where
        self._refusal = f"no Module with other parameters can be made: model{where} is {words}"


def _is_leaf(value: Value) -> bool:
    try:
        return value.is_leaf
    except Exception:  # what a traced call has left behind in the Module
        return False


def _find_slots(cls: type) -> tuple[str, ...]:
    """Return the attributes of a class of Modules that are not in its dict."""
    found = [vars(ancestor).get("__slots__", ()) for ancestor in cls.__mro__]
    names = [(slots,) if isinstance(slots, str) else tuple(slots) for slots in found]
    return tuple({name: None for each in names for name in each if not name.startswith("__")})


_slots: Callable[[type], tuple[str, ...]] = functools.lru_cache(maxsize=256)(_find_slots)


def _attributes(module: Module) -> dict[str, Any]:
    """Return all parts of a Module by their names."""
    if PENDING in vars(module):
        settle(module)
    attributes = vars(module).copy()
    attributes.pop(LAYOUT, None)
    attributes.pop(LEAVES, None)
    for name in _slots(type(module)):
        if hasattr(module, name):
            attributes[name] = getattr(module, name)
    return attributes


def _called(thing: Any) -> Any:
    """Return the function or method inside of what wraps one: jit(f), grad(f), partial(f)."""
    for _ in range(100):
        inner = getattr(thing, "__wrapped__", None) or getattr(thing, "func", None)
        if inner is None or not callable(inner):
            break
        thing = inner
    return thing


def _held_by(function: FunctionType) -> list[Any]:
    """Return what a function holds by its closure and its defaults, and what is in lists there."""
    held = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # an empty one
            held.append(cell.cell_contents)
    return held + [part for thing in held if isinstance(thing, (list, tuple)) for part in thing]


def _hides_values(thing: Any, depth: int = 3) -> bool:
    """Return whether there are Values or Modules among the attributes of an object."""
    if isinstance(thing, (Value, Module)):
        return True
    inside: Iterable[Any] = getattr(thing, "__dict__", {}).values()
    if isinstance(thing, (list, tuple, Mapping)):
        inside = thing.values() if isinstance(thing, Mapping) else thing
    elif isinstance(thing, (type, FunctionType, ModuleType)):
        return False
    return depth > 0 and any(_hides_values(part, depth - 1) for part in inside)


def layout_of(module: Module) -> Layout:
    """Return the layout of a Module, which is kept as long as nothing but numbers change."""
    layout: Layout | None = vars(module).get(LAYOUT)
    if layout is None or not layout.holds(module):
        layout = Layout(module)
        vars(module)[LAYOUT] = layout
    return layout


def with_parameters(module: Module, leaves: Sequence[Any]) -> Any:
    """Return a Module like this one that has these in the places of its parameters, in order."""
    layout = layout_of(module)
    chosen = dict(zip(map(id, module.parameters()), leaves, strict=True))
    return layout.recipe.made([chosen.get(id(p), p) for p in layout.parameters])


def _flattened(module: Module) -> tuple[Sequence[Any], Recipe]:
    if PENDING in vars(module):
        recipe, leaves = vars(module)[PENDING]
        return leaves, recipe
    layout = layout_of(module)
    if layout.recipe.refusal:
        raise KindError(layout.recipe.refusal)
    if LEAVES in vars(module):
        own = {id(leaf) for leaf in vars(module)[LEAVES]}
        return [p if id(p) in own else p._data for p in layout.parameters], layout.recipe
    return [parameter._data for parameter in layout.parameters], layout.recipe


register_tree(Module, _flattened, Recipe.made)


# -- checks ------------------------------------------------------------------------------------


def _listed(title: str, names: set[Any]) -> str:
    shown = sorted(names, key=str)[:3]  # the names of a foreign dict may be anything
    more = ", ..." if len(names) > len(shown) else ""
    return title + ", ".join(map(repr, shown)) + more if names else ""


def check_module(model: Any) -> None:
    """Refuse what is no Module."""
    if not isinstance(model, Module):
        raise KindError(f"model must be an nn.Module, and is a {type(model).__name__}")


def leaves_of(parameters: Any, who: str) -> list[Value]:
    """Return parameters as a list, or say what was given."""
    if isinstance(parameters, Module):
        raise KindError(f"{who}: takes the parameters of a Module: write model.parameters()")
    if not isinstance(parameters, Iterable):
        raise KindError(
            f"{who}: takes a list of Values, such as model.parameters(), and was given a "
            f"{type(parameters).__name__}"
        )
    leaves = list(parameters)
    for number, leaf in enumerate(leaves):
        if not isinstance(leaf, Value):
            raise KindError(
                f"{who}: takes Values, such as model.parameters(), and number {number} of those "
                f"given is {leaf!r}"
            )
    return leaves


def whole(number: Any, name: str, least: int = 1) -> int:
    """Return a whole number that is at least ``least``, or say what was given."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise KindError(f"{name} must be a whole number, and is {number!r}")
    if number.__index__() < least:
        raise InputError(f"{name} must be at least {least}, and is {number!r}")
    return int(number)


def numbers_of(score: Any) -> Any:
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
