"""Modules as trees: where their parameters are, and how to make copies with other parameters.

The leaves of a Module are the numbers of its parameters. Everything else (names, sizes,
activations, nesting) is its structure, a ``Recipe``: it can be compared and hashed, and makes a
Module of the same class around other leaves.
"""

from __future__ import annotations

import contextlib
import copy
import enum
import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any

from autograd import Value, register_tree, tree_leaves
from nn.copies import NotPlainError, Plan
from nn.errors import InputError, KindError
from nn.habits import OF_MODULES, missing, refuse_on_the_class
from nn.wording import an

LAYOUT, LEAVES, PENDING = "_layout", "_leaves", "_pending"  # attributes that are no parts
PLAIN = {bool, int, str, bytes, complex, type(None), type, range, frozenset}
SPELLED = {"module": ".{}", "dict": "[{!r}]"}
Path = tuple[Any, str, object] | None  # that of the container, its kind, the key


class Tree:
    """An object with parameters: the base of ``Module``, which has the public methods."""

    def parameters(self) -> list[Value]:
        """Return the parameters in the order of their names."""
        return settle(self) if PENDING in vars(self) else [*layout_of(self).parameters]

    def __getattr__(self, name: str) -> Any:
        if PENDING not in vars(self):
            raise missing(f"{type(self).__name__!r} object", name, OF_MODULES, dir(type(self)))
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


refuse_on_the_class(Tree, OF_MODULES)


class Recipe:
    """All of a Module but its parameters; it makes others like it.

    Attributes:
        refusal: why no other Module can be made of it, in words; empty if one can.
    """

    def __init__(self, module: Tree, layout: Layout, key: object, refusal: str) -> None:
        self.refusal, self._key, self._hash = refusal, key, hash(key)
        self._shared = {id(obj): obj for obj in layout.shared}  # by all that it makes
        self._kept = layout.kept
        self._slots = [object() for _ in layout.parameters]  # stand for the parameters
        self._labels = [getattr(parameter, "label", "") for parameter in layout.parameters]
        slots = dict(zip(map(id, layout.parameters), self._slots, strict=True))
        self._model = object.__new__(type(module))
        try:
            if not refusal:
                _copy(module, self._model, self._shared | slots)
        except Exception as error:
            self.refusal = f"{REFUSAL} a part of it cannot be copied: {error}"
        self._plan: Plan | None = None
        with contextlib.suppress(NotPlainError, RecursionError):
            places = {id(slot): place for place, slot in enumerate(self._slots)}
            self._plan = Plan(self._model, places, self._shared, _attributes_of_plain)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Recipe) and self._key == other._key)

    def __hash__(self) -> int:
        return self._hash

    def boxed(self, leaves: Sequence[object]) -> list[object]:
        """Return the leaves with Values in the places of floats."""
        pairs = zip(leaves, self._labels, strict=True)
        return [Value(leaf, label) if type(leaf) is float else leaf for leaf, label in pairs]

    def promised(self, leaves: Sequence[object]) -> Any:
        """Return a Module with these in the places of parameters; floats there become Values.

        It is made when one of its attributes is first asked for: many are only passed on.
        """
        module = object.__new__(type(self._model))
        vars(module)[PENDING] = self, leaves
        if type(module).__getattr__ is not Tree.__getattr__:
            settle(module)
        return module

    def fill(self, module: Tree, leaves: Sequence[object], put: Sequence[object] = ()) -> object:
        """Fill a new Module, with these in the places of parameters, and return it.

        The objects in ``put`` become its parameters, whatever they are.
        """
        made: Iterable[object]
        if self._plan is not None:
            made = self._plan.make(module, leaves)
        else:
            memo = self._shared | dict(zip(map(id, self._slots), leaves, strict=True))
            _copy(self._model, module, memo)
            made = memo.values()
        for part in made if put else ():
            if isinstance(part, Tree):
                vars(part)[LEAVES] = put
        return module

    def on_numbers(self, numbers: Sequence[float]) -> Any:
        """Return a Module with plain floats in the places of parameters."""
        return self.fill(object.__new__(type(self._model)), numbers)


def _copy(source: Tree, target: Tree, memo: dict[int, object]) -> None:
    """Give a new Module copies of the parts of another; those in the memo are taken from it."""
    memo[id(source)] = target
    state: Any = copy.deepcopy(source.__getstate__(), memo)
    for parts in state if isinstance(state, tuple) else (state,):
        for name, part in (parts or {}).items():
            if name not in vars(target):  # where it is, it was set before the others were made
                object.__setattr__(target, name, part)


def _attributes_of_plain(obj: object) -> dict[str, object] | None:
    """Return the attributes of a Module that consists of nothing else, and is copied by them."""
    if not isinstance(obj, Tree) or not _is_plain(type(obj)):
        return None
    state: Any = obj.__getstate__()
    return state if type(state) is dict else None


def _is_plain(kind: type) -> bool:
    """Return whether a class of Modules leaves to Python how its objects are copied."""
    own = ("__deepcopy__", "__setstate__", "__getnewargs__", "__getnewargs_ex__")
    usual: list[tuple[str, type]] = [("__getstate__", Tree)]
    usual += [(name, object) for name in ("__reduce_ex__", "__reduce__", "__new__")]
    return not any(hasattr(kind, name) for name in own) and all(
        getattr(kind, name) is getattr(base, name) for name, base in usual
    )


def settle(module: Tree) -> list[Any]:
    """Build all parts of a Module that a recipe has promised, and return its parameters."""
    recipe, leaves = vars(module).pop(PENDING)
    foreign = [leaf for leaf in leaves if type(leaf) is not float]
    boxed: list[Any] = foreign if len(foreign) == len(leaves) else recipe.boxed(leaves)
    recipe.fill(module, boxed, foreign)
    return boxed


class Layout:
    """Where the parameters of one Module are, and what is around them.

    Attributes:
        parameters: the leaf Values, each once; whatever else a recipe was given in their places.
        shared: parts that a Module made like it has too, the very same.
        kept: parts that are told apart by their identity, and copied.
    """

    def __init__(self, module: Tree) -> None:
        self.parameters: list[Any] = []
        self.shared: list[Any] = []
        self.kept: list[Any] = []
        self._paths: list[Path] = []
        self._put = {id(leaf) for leaf in vars(module).get(LEAVES, ())}
        self._numbers: dict[int, int] = {}  # of parameters, by identity
        self._places: dict[int, int] = {}  # of containers, by identity
        self._held: list[tuple[Path, Any]] = []  # by the closures of functions inside
        self._refusal = ""
        self._root = _attributes(module)
        self._containers: list[Any] = []  # with parts that may be exchanged, and a copy of each
        self._copies: list[Any] = []
        self._entries: list[tuple[Any, Any, Any]] = []  # numbers inside: container, key, number
        self._mutable: list[tuple[Any, Any]] = []  # things, and what was in them
        self._lasts = True
        try:
            key = self._key(module, None)
        except RecursionError:
            raise InputError("the parts of the Module are nested too deep") from None
        for path, obj in self._held:
            if id(obj) in self._numbers or id(obj) in self._places:
                self._refuse(path, "a function with the Module in its closure: make it a method")
        self._structure = key
        self._recipe: Recipe | None = None

    def recipe(self, module: Tree) -> Recipe:
        """Return all of the Module but its parameters."""
        if self._recipe is None:
            self._recipe = Recipe(module, self, self._structure, self._refusal)
        return self._recipe

    def holds(self, module: Tree) -> bool:
        """Return whether the Module is unchanged except for the numbers of its parameters."""
        root = _attributes(module)
        try:
            return (
                self._lasts
                and all(map(operator.eq, self._containers, self._copies))
                and (*root,) == (*self._root,)
                and all(map(operator.is_, root.values(), self._root.values()))
                and all(_contents(obj) == key for obj, key in self._mutable)
                and all(container[key] is part for container, key, part in self._entries)
            )
        except Exception:  # what cannot be compared is not the same
            return False

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

    def _key(self, obj: Any, path: Path) -> object:
        """Return what must be equal in Modules that differ only in their parameters."""
        kind = type(obj)
        if kind in PLAIN:
            return (kind, obj)
        if (self._put and id(obj) in self._put) or (isinstance(obj, Value) and _is_leaf(obj)):
            if id(obj) not in self._numbers:
                self._numbers[id(obj)] = len(self.parameters)
                self.parameters.append(obj)
                self._paths.append(path)
            return (self._numbers[id(obj)], getattr(obj, "label", ""))
        if id(obj) in self._places:
            return ("again", self._places[id(obj)])
        parts: dict[Any, Any]
        watched: Any = obj  # what may get other parts
        if isinstance(obj, Tree):
            name, watched, parts = "module", vars(obj), _attributes(obj)
            if hasattr(kind, "__deepcopy__"):
                self._refuse(path, "copied in a way of its own (__deepcopy__)")
        elif isinstance(obj, (list, tuple)):
            name, parts = "list", dict(enumerate(obj))
            watched = obj if isinstance(obj, list) else None
        elif isinstance(obj, Mapping):
            name, parts = "dict", dict(obj)
        elif getattr(getattr(obj, "dtype", None), "kind", "") == "O":
            name, watched, self._lasts = "array", None, False
            indices = itertools.product(*map(range, obj.shape))
            parts = dict(zip([".".join(map(str, i)) for i in indices], obj.ravel(), strict=True))
        else:
            return self._other(obj, path)
        place = self._places[id(obj)] = len(self._places)
        if place and watched is not None:  # the root is compared by itself
            self._containers.append(watched)
            self._copies.append(watched.copy())
            self._entries += [
                (watched, key, part)
                for key, part in parts.items()
                if isinstance(part, (int, float))
            ]
        head = () if name == "list" else tuple([(type(key), key) for key in parts])
        return (kind, head, *[self._key(part, (path, name, key)) for key, part in parts.items()])

    def _other(self, obj: object, path: Path) -> object:
        """Return the key of what is neither a parameter nor a container that we know."""
        self.shared.append(obj)
        if (key := _contents(obj)) is not None:
            if type(obj) is not float:
                self._mutable.append((obj, key))
            return key
        called = _called(obj)
        if isinstance(called, FunctionType):
            self._held += [(path, held) for held in _held_by(called)]
        elif isinstance(called, MethodType) and id(called.__self__) in self._places:
            self.shared.pop()  # it is copied with the Module that it belongs to
            if called is obj:
                return (MethodType, called.__func__, self._places[id(called.__self__)])
            self.kept.append(obj)
        elif not (len(leaves := tree_leaves(obj)) == 1 and leaves[0] is obj):
            self.kept.append(self.shared.pop())  # of a registered class
            self._lasts = False
            return (
                id(obj),
                *[self._key(leaf, (path, "tree", i)) for i, leaf in enumerate(leaves)],
            )
        elif called is obj and _hides_values(obj):
            kind = type(obj).__name__
            self._refuse(
                path,
                f"{an(kind)}, which holds Values and is no tree: make it an nn.Module, or register "
                f"it by autograd.register_tree({kind}, flatten, unflatten)",
            )
        return (id(obj),)

    def _refuse(self, path: Path, words: str) -> None:
        where = ""
        while path:
            path, kind, key = path
            where = SPELLED.get(kind, "[{}]").format(key) + where
        self._refusal = f"{REFUSAL} model{where} is {words}"


REFUSAL = "no Module with other parameters can be made:"


def _contents(obj: Any) -> object:
    """Return what distinguishes one number, set or array from another; None for others."""
    if isinstance(obj, float):
        return (type(obj), repr(obj))
    if isinstance(obj, enum.Enum):
        return (type(obj), obj)
    if isinstance(obj, set):
        return (set, frozenset(obj))
    if hasattr(obj, "tobytes") and hasattr(obj, "dtype"):
        return (type(obj), str(obj.dtype), obj.shape, obj.tobytes())
    return None


def _is_leaf(value: Value) -> bool:
    try:
        return value.is_leaf
    except Exception:  # what a traced call has left behind in the Module
        return False


def _attributes(module: Tree) -> dict[str, object]:
    """Return all parts of a Module by their names."""
    if PENDING in vars(module):
        settle(module)
    attributes = vars(module).copy()
    attributes.pop(LAYOUT, None)
    attributes.pop(LEAVES, None)
    return attributes


def _called(obj: object) -> object:
    """Return the function or method that another wraps: jit(f), grad(f), partial(f)."""
    for _ in range(100):
        inner = getattr(obj, "__wrapped__", None) or getattr(obj, "func", None)
        if inner is None or not callable(inner):
            break
        obj = inner
    return obj


def _held_by(function: FunctionType) -> list[object]:
    """Return the objects in a function's closure and defaults, and in lists among them."""
    held = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # an empty one
            held.append(cell.cell_contents)
    return held + [part for obj in held if isinstance(obj, (list, tuple)) for part in obj]


def _hides_values(obj: object, depth: int = 3) -> bool:
    """Return whether there are Values or Modules among the attributes of an object."""
    if isinstance(obj, (Value, Tree)):
        return True
    inside: Iterable[Any] = getattr(obj, "__dict__", {}).values()
    if isinstance(obj, (list, tuple, Mapping)):
        inside = obj.values() if isinstance(obj, Mapping) else obj
    elif isinstance(obj, (type, FunctionType, ModuleType)):
        return False
    return depth > 0 and any(_hides_values(part, depth - 1) for part in inside)


def layout_of(module: Tree) -> Layout:
    """Return the layout of a Module, cached while nothing but numbers changes."""
    layout: Layout | None = vars(module).get(LAYOUT)
    if layout is None or not layout.holds(module):
        layout = Layout(module)
        vars(module)[LAYOUT] = layout
    return layout


def with_parameters(module: Tree, leaves: Sequence[object]) -> Any:
    """Return a Module like this one that has these in the places of its parameters, in order."""
    layout = layout_of(module)
    chosen = dict(zip(map(id, module.parameters()), leaves, strict=True))
    return layout.recipe(module).promised([chosen.get(id(p), p) for p in layout.parameters])


def _flattened(module: Tree) -> tuple[Sequence[object], Recipe]:
    if PENDING in vars(module):
        recipe, leaves = vars(module)[PENDING]
        return leaves, recipe
    layout = layout_of(module)
    recipe = layout.recipe(module)
    if recipe.refusal:
        raise KindError(recipe.refusal)
    put = {id(leaf) for leaf in vars(module).get(LEAVES, ())}
    if put:
        return [leaf if id(leaf) in put else leaf._data for leaf in layout.parameters], recipe
    return [parameter._data for parameter in layout.parameters], recipe


register_tree(Tree, _flattened, Recipe.promised)
