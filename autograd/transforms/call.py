"""One call of the user's function on Values of our own: every derivative begins with it.

Each call has a level, a number larger than those of all calls begun before. The leaves made of its
arguments carry that level. A leaf whose level is at least the call's was made by this call or
inside it, and counts as a number; a leaf with a smaller level, or none, comes from outside. Results
that depend on no leaf from outside are returned as plain floats. Levels are the way of JAX's and of
Autodidact's nested derivatives.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import types
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeAlias

from autograd.decorated import is_method_of, name_of, within
from autograd.engine.accelerator import native
from autograd.engine.chain_rule import propagated
from autograd.engine.modes import Mode, active, current, derivatives, set_derivatives
from autograd.engine.node import is_number, levels
from autograd.engine.order import are_inside, ordered, recorded, walking
from autograd.engine.value import Value, leaf_of
from autograd.errors import ArgumentError, OperandError, StructureError
from autograd.habits import OF_TRANSFORMS, advice
from autograd.table import rows as ops
from autograd.table.operation import real
from autograd.transforms import sweeps
from autograd.trees import (
    NUMBER,
    Structure,
    check_numbers,
    explain_arrays,
    flatten,
    is_array,
    tree_map,
    unflatten,
)
from autograd.wording import brief, counted, what_is

Argnums = int | tuple[int, ...]
P = ParamSpec("P")
Derived: TypeAlias = Callable[P, Any]  # a function of the same arguments


class Call:
    """One call of a function on Values of our own, and its results.

    Every number among the chosen arguments becomes a leaf. A Value among them becomes the operand
    of an identity node: to differentiate with respect to that node leaves alone whatever else the
    function knows of the same Value (Siskind and Pearlmutter, Perturbation confusion and
    referential transparency, 2005).

    Attributes:
        name: the transform that makes the call, for messages.
        single: whether one argument is chosen, by an int.
        leaves: the Values that stand for the numbers of the chosen arguments.
        structures: the structures of these arguments.
        outputs: the numbers that the function returned, Values and floats.
        output_structure: their structure.
        has_aux: whether the function returns a pair: its result, and ``aux``.
        is_open: whether a sweep has found that a Value from outside takes part.
    """

    def __init__(
        self,
        name: str,
        f: Callable[..., object],
        argnums: Argnums,
        args: tuple[object, ...],
        named: dict[str, object],
        has_aux: bool = False,
    ) -> None:
        self._begin(name, [], [], next(levels))
        self.single = isinstance(argnums, int)
        self.has_aux = has_aux
        self.is_traced = self.is_open = current().recorder is not None
        if current().recording:
            result = self._called(f, argnums, args, named)
        else:  # the function is recorded, also where the caller is under no_grad
            with Mode(recording=True):
                result = self._called(f, argnums, args, named)
        self._take(result)

    @classmethod
    def of(cls, name: str, result: object, leaves: list[Value], tree: object, level: int) -> Call:
        """Return the call of a function that gave this result for leaves.

        Args:
            name: the transform.
            result: what the function returned.
            leaves: stand for the numbers of its argument.
            tree: the argument, with leaves in place of its numbers.
            level: that of the call.
        """
        call = cls.__new__(cls)
        call._begin(name, leaves, [flatten(tree)[1]], level)
        call._take(result)
        return call

    def _begin(
        self, name: str, leaves: list[Value], structures: list[Structure], level: int
    ) -> None:
        self.name, self.leaves, self.structures, self.level = name, leaves, structures, level
        self.single, self.has_aux, self.is_traced, self.is_open = True, False, False, False

    def _take(self, result: object) -> None:
        name = self.name
        self.aux: Any = None
        if self.has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise StructureError(
                    f"{name}: with has_aux=True the function returns a pair, its result and what "
                    f"else there is, and it returned {flatten(result)[1]}"
                )
            result, self.aux = result
        if isinstance(result, Value):
            self.outputs: list[Any] = [result]
            self.output_structure = NUMBER
            return
        outputs, self.output_structure = flatten(result)
        self.outputs = self._each(
            lambda output: output if isinstance(output, Value) else real(output, name),
            outputs,
            self.output_structure,
            "the result",
        )

    def _called(
        self,
        f: Callable[..., object],
        argnums: Argnums,
        args: tuple[object, ...],
        named: dict[str, object],
    ) -> object:
        arguments = list(args)
        for position in positions_of(self.name, argnums, len(args), named):
            numbers, structure = flatten(args[position])
            own = None if self.is_traced else leaves_of(numbers, self.level)
            if own is None:
                own = self._each(self._leaf, numbers, structure, f"argument {position}")
            self.leaves += own
            self.structures.append(structure)
            arguments[position] = unflatten(structure, own)
        outer = derivatives()
        try:
            set_derivatives((*outer, self.leaves))  # inside: Ctrl-C may fall behind any call
            return f(*arguments, **named)
        except (IndexError, AttributeError, TypeError, ValueError) as error:
            positions = positions_of(self.name, argnums, len(args))
            explain_arrays(self.name, [args[position] for position in positions], error)
            raise
        finally:
            set_derivatives(outer)

    def _each(
        self, convert: Callable[[Any], Any], leaves: list[Any], structure: Structure, root: str
    ) -> list[Any]:
        """Return each leaf converted, or raise an error that says which one is no number."""
        try:
            return [convert(leaf) for leaf in leaves]
        except OperandError:
            check_numbers(self.name, leaves, structure, root, is_number)
            raise

    def _leaf(self, number: object) -> Value:
        if type(number) is not float:
            if isinstance(number, Value):
                node: Value = number._apply(ops.identity, (number,))
                return node
            number = real(number, self.name)
        if self.is_traced:
            tracer: Any = current().recorder
            traced_leaf: Value = tracer.leaf(number)
            return traced_leaf
        return leaf_of(number, self.level)

    # -- what depends on this call alone ---------------------------------------------------------

    def _is_closed(self, order: list[Value]) -> bool:
        """Return whether all leaves among these nodes were made by this call, or inside of it."""
        return are_inside(order, self.level)

    def lowered(self, numbers: list[Value | float]) -> list[Value | float]:
        """Return floats, unless some of the numbers depend on a Value from outside."""
        if _FLOATS.issuperset(map(type, numbers)):
            return numbers
        values = [number for number in numbers if isinstance(number, Value)]
        if self.is_traced or not values:
            return numbers
        if self._is_closed(ordered(*values)):
            return [n._data if isinstance(n, Value) else n for n in numbers]
        if current().recording:
            return [n if isinstance(n, Value) else Value(n) for n in numbers]
        return [Value(n._data if isinstance(n, Value) else n) for n in numbers]

    def lowered_aux(self) -> object:
        """Return what the function returned beside its result, as plain numbers if possible."""
        return replaced(self.aux, lambda value: self.lowered([value])[0])

    # -- derivatives -----------------------------------------------------------------------------

    def scalar(self) -> Any:
        """Return the one output of a function that must have one."""
        if self.output_structure != NUMBER:
            is_nothing = self.output_structure.kind == "none"
            advice = "end it with return" if is_nothing else "use jacobian for several"
            parts = self.output_structure.parts if self.output_structure.kind == "tuple" else ()
            if len(parts) == 2 and parts[0] == NUMBER:  # as JAX's functions with aux
                advice += ", or has_aux=True where the second is not to be differentiated"
            raise StructureError(
                f"{self.name}: the function must return one number, and returned "
                f"{self.output_structure}; {advice}"
            )
        return self.outputs[0]

    def pulled(self, output: object, seed: Value | float = 1.0) -> list[Value | float]:
        """Return d(output)/d(leaf) x seed for every leaf, walking backwards."""
        leaves = self.leaves
        if not isinstance(output, Value):
            return [0.0] * len(leaves)
        if type(seed) is float and not self.is_open:
            if native is not None and not active:
                slopes = native.slopes_of(output, seed, leaves, self.level)
                if slopes is not None:
                    return slopes  # type: ignore[no-any-return]
            with walking:
                for leaf in leaves:
                    leaf._adjoint = 0.0
                if self._is_closed(propagated(output, seed)):
                    return [leaf._adjoint for leaf in leaves]
            self.is_open = True
        with _recording():
            if self.is_traced:
                from autograd.transforms import traced

                return traced.adjoints(output, seed, leaves)
            return sweeps.adjoints(output, seed, leaves)

    def pulled_together(self, seeds: list[Value | float]) -> list[Value | float]:
        """Return the sum of d(output)/d(leaf) x seed over all outputs, for every leaf."""
        sums: list[Any] = [0.0] * len(self.leaves)
        for output, seed in zip(self.outputs, seeds, strict=True):
            pulled = self.pulled(output, seed)
            with _recording():
                sums = [sweeps.plus(a, b) for a, b in zip(sums, pulled, strict=True)]
        return sums

    def pushed(self, directions: list[Value | float]) -> list[Value | float]:
        """Return the derivative of every output along the directions, walking forwards."""
        with _recording():
            if self.is_traced:
                from autograd.transforms import traced

                return traced.tangents(self.outputs, self.leaves, directions)
            order = recorded(*[output for output in self.outputs if isinstance(output, Value)])
            is_numeric = all(type(direction) is float for direction in directions)
            is_numeric = is_numeric and self._is_closed(order)
            return sweeps.tangents(order, self.outputs, self.leaves, directions, is_numeric)

    def pushed_apart(self) -> list[list[Value | float]]:
        """Return for every output its derivative by each leaf, walking forwards."""
        with _recording():
            if self.is_traced:
                from autograd.transforms import traced

                columns = [traced.tangents(self.outputs, [leaf], [1.0]) for leaf in self.leaves]
                return [list(row) for row in zip(*columns, strict=True)]
            order = recorded(*[output for output in self.outputs if isinstance(output, Value)])
            return sweeps.tangents_apart(order, self.outputs, self.leaves, self._is_closed(order))

    def shaped(self, numbers: list[Any]) -> Any:
        """Return one number for each leaf in the structure of the chosen arguments."""
        if self.single:
            return unflatten(self.structures[0], numbers)
        supply = iter(numbers)
        return tuple(
            unflatten(structure, [next(supply) for _ in range(structure.count())])
            for structure in self.structures
        )


def begun(
    name: str,
    f: Callable[..., object],
    argnums: Argnums,
    args: tuple[object, ...],
    named: dict[str, object],
    has_aux: bool,
) -> Call:
    """Call a function as ``Call`` does, or as numbers want it that are not of the engine."""
    if active and (inlined := current().inlined) is not None:
        found: Call | None = inlined(name, f, argnums, args, named, has_aux)
        if found is not None:
            return found
    return Call(name, f, argnums, args, named, has_aux)


def leaves_of(numbers: list[float], level: int) -> list[Value] | None:
    """Make leaves as ``leaf_of`` does, of floats; None where there is something else."""
    if not _FLOATS.issuperset(map(type, numbers)):
        return None
    return [leaf_of(number, level) for number in numbers]


def replaced(tree: object, replacement: Callable[[Any], object] | None = None) -> Any:
    """Return a copy of the tree, with each Value replaced by what the function gives for it."""

    def leaf(obj: Any) -> object:
        if isinstance(obj, Value):
            return obj if replacement is None else replacement(obj)
        if is_array(obj) and obj.dtype == object:
            copy = obj.copy()
            for place, part in enumerate(obj.ravel() if replacement is not None else ()):
                copy.flat[place] = leaf(part)
            if getattr(obj, "handed_over", None) is not None:  # an argument of a traced function
                copy.whole = obj.handed_over
            return copy
        return obj

    return tree_map(leaf, tree)


def _recording() -> Any:
    """Record inside, also where the caller is under no_grad."""
    return _AS_IT_IS if current().recording else Mode(recording=True)


_AS_IT_IS = contextlib.nullcontext()
_FLOATS = frozenset([float])
if native is not None:
    leaves_of = native.leaves_of


def positions_of(name: str, argnums: Argnums, count: int, named: object = None) -> list[int]:
    """Return which arguments are chosen, of so many."""
    if argnums == 0 and count:
        return [0]
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    for number in chosen:
        if not -count <= number < count:
            raise StructureError(
                f"{name}: argnums is {number}, but the function was called with "
                f"{counted(count, 'positional argument')}"
                + ": give what it is differentiated by without its name"
                * bool(named)
            )
    positions = [number % count for number in chosen]
    if len(set(positions)) < len(positions):
        raise StructureError(f"{name}: argnums {tuple(chosen)} names an argument twice")
    return positions


class Derivative:
    """What a transform returns: a function with the name of f, which is pickled as its recipe.

    Args:
        transform: what it is named by, and made with again where a pickle is read.
        f: the function.
        argnums: which arguments it differentiates with respect to.
        has_aux: whether f returns a pair, of its result and something else.
        read: gives what was asked for of a call.
        through: what is called in place of f, such as a derivative of it; None for f.
        wanted: "pair" or "slopes" where that is all that is asked for of a call whose result is one
            number: the value and the slopes, or the slopes alone.

    Attributes:
        argnums: which arguments it differentiates with respect to (the compiler asks).
    """

    __name__: str

    def __init__(
        self,
        transform: Callable[..., object],
        f: Callable[..., object],
        argnums: int | Sequence[int],
        has_aux: bool,
        read: Callable[[Call], object],
        through: Callable[..., object] | None = None,
        wanted: str = "",
    ) -> None:
        self._name = transform.__name__
        self.argnums = checked(self._name, f, argnums)
        functools.update_wrapper(self, f, updated=())
        self._recipe = transform, f, has_aux
        self._f, self._has_aux, self._read = through or f, has_aux, read
        is_short = native is not None and wanted and not has_aux
        self._place = self.argnums if is_short and isinstance(self.argnums, int) else -1
        self._wants_pair = wanted == "pair"

    def __call__(self, *args: object, **named: object) -> Any:
        """Call f on Values that stand for the numbers, and return what was asked for."""
        is_short = self._place >= 0 and not active
        try:
            if is_short:  # the common case, in one go
                found = native.differentiated(self._f, self._place, args, named, levels)
                if type(found) is tuple:
                    return found if self._wants_pair else found[1]
                if found is not None:
                    return self._read(Call.of(self._name, *found))
                is_short = False
            return self._read(begun(self._name, self._f, self.argnums, args, named, self._has_aux))
        except (IndexError, AttributeError, TypeError, ValueError) as error:
            if is_short:
                explain_arrays(self._name, [args[self._place]], error)
            self._explain_self(args, error)
            if not derivatives():
                from autograd.transforms.one_row import explain_rows

                explain_rows(self._name, self, args, named, error)
            raise

    def _explain_self(self, args: tuple[object, ...], error: Exception) -> None:
        """Raise an error that says so where a method was differentiated by its object."""
        is_number = not isinstance(error, OperandError) or " argument 0 is " not in str(error)
        if is_number or not args or not is_method_of(self, args[0]):
            return
        first = "cls" if isinstance(args[0], type) else f"self, {what_is(args[0])}"
        raise OperandError(
            f"{self._name}: argument 0 of {name_of(self)} is {first}, and counts, though it is no "
            f"number: write @{self._name}(argnums=1) above the method"
        ) from None

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> tuple[object, ...]:
        transform, f, has_aux = self._recipe
        return transform, (f, self.argnums, has_aux)

    def __repr__(self) -> str:
        return f"<{self._name} of {getattr(self._recipe[1], '__name__', self._recipe[1])}>"


class _Later:
    """Stands in a signature for the function that a decorator is given later."""

    def __repr__(self) -> str:
        return "<the decorated function>"


def decorating(transform: Callable[..., object]) -> Derived[...]:
    """Let a transform that is called with settings alone return a decorator, as JAX's do.

    Args:
        transform: a function of f and of settings that have defaults.

    Returns:
        The transform: ``grad(f, argnums=1)`` as before, and ``@grad(argnums=1)`` above a function.

    Raises:
        TypeError: when it is called: there is no such setting.
    """
    assert isinstance(transform, types.FunctionType)
    first, *settings = transform.__code__.co_varnames[: transform.__code__.co_argcount]

    @functools.wraps(transform)
    def called(*args: object, **named: object) -> object:
        for name in named:
            if name != first and name not in settings:
                known = f"; the settings: {', '.join(settings)}"
                raise ArgumentError(
                    f"{transform.__name__}: there is no setting {name!r}"
                    f"{advice(name, OF_TRANSFORMS) or known}"
                )
        if args or first in named:
            if args and isinstance(args[0], _OF_CLASSES):
                rest = functools.partial(transform, **named)
                return within(lambda f: rest(f, *args[1:]), transform.__name__, args[0])
            return transform(*args, **named)
        return functools.partial(called, **named)

    transform.__defaults__ = (_Later(), *(transform.__defaults__ or ()))  # for signatures alone
    return called


_OF_CLASSES = (staticmethod, classmethod, property)


def check_function(name: str, f: object, setting: str) -> None:
    """Refuse what is no function, and say how the function and the settings are given.

    Args:
        name: the transform.
        f: what it was given.
        setting: how one of its settings is written.

    Raises:
        TypeError: f is no function.
    """
    if callable(f):
        return
    if isinstance(f, Value):
        way = "of a Value y, y.backward() and gradient(y, [x]) are the derivatives"
    else:
        way = f"write {name}(f)(x), and a setting by its name, {name}(f, {setting})"
    raise ArgumentError(f"{name}: takes a function, and was given {what_is(f)}; {way}")


def checked(name: str, f: object, argnums: object = 0) -> Argnums:
    """Check a transform's own arguments; return argnums as an int or a tuple of ints."""
    check_function(name, f, "in_axes=0" if name == "vmap" else "argnums=0")
    listed = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    try:
        numbers = tuple(operator.index(number) for number in listed)
    except TypeError:
        numbers = (True,)
    if any(isinstance(number, bool) for number in (*listed, *numbers)):
        raise ArgumentError(
            f"{name}: argnums is an int or a tuple of ints, and was given {brief(argnums)}; the "
            f"arguments of the function follow in a second call, {name}(f)(x)"
        )
    return numbers if isinstance(argnums, (tuple, list)) else numbers[0]


def checked_axes(name: str, setting: str, axes: object) -> object:
    """Return axes with ints for whole numbers of every kind.

    Raises:
        TypeError: one of the axes is neither a whole number nor None.
    """

    def checked_axis(axis: object) -> int:
        if hasattr(axis, "__index__") and not isinstance(axis, bool) and not is_array(axis):
            return operator.index(axis)
        raise ArgumentError(
            f"{name}: {setting} takes ints, None and containers of them, and was given "
            f"{what_is(axis)}; the arguments of the function follow in a second call, "
            f"{name}(f)(x)"
        )

    return tree_map(checked_axis, axes)


def whole_call(
    name: str, f: Callable[..., object], primals: Sequence[object], has_aux: bool = False
) -> Call:
    """Call f, differentiating with respect to all its arguments."""
    checked(name, f)
    if not isinstance(primals, (tuple, list)):
        raise ArgumentError(
            f"{name}: the primals are a tuple of arguments, and were {what_is(primals)}: "
            f"write (x,) for a single one"
        )
    return begun(name, f, tuple(range(len(primals))), tuple(primals), {}, has_aux)


def matching(name: str, what: str, trees: object, structures: tuple[Structure, ...]) -> list[Any]:
    """Return the numbers of tangents or cotangents, which must have these structures."""
    if not isinstance(trees, (tuple, list)):
        raise ArgumentError(f"{name}: the {what} are a tuple, and were {what_is(trees)}")
    numbers: list[Any] = []
    their: list[Structure] = []
    for index, tree in enumerate(trees):
        flat, structure = flatten(tree, structures[index] if index < len(structures) else None)
        their.append(structure)
        numbers += [n if isinstance(n, Value) else real(n, f"{name}: {what}") for n in flat]
    if tuple(their) != structures:
        raise StructureError(
            f"{name}: the {what} must be {', '.join(map(str, structures))}, "
            f"and were {', '.join(map(str, their))}"
        )
    return numbers
