"""If-conversion: where a function decides often, an ``if`` between two numbers becomes a choice.

Each decision of Python may double the ways through a function. Where the arms of an ``if`` do no
more than compute numbers, both can be computed and one chosen, and what follows is the same for
both: a network of a hundred such activations then has one way, and not two to the hundredth.

It is done on the source. While a function that has decided often is traced, the functions that
decided get the code of a source in which

    h if h > 0 else 0.0        reads  choose(h > 0, lambda: h, lambda: 0.0)

and likewise ``if`` statements that return or assign, ``and``, ``or`` and ``not`` in their tests,
and ``max`` and ``min``. That code does what the old does wherever nothing is converted, in other
threads too. Only arms without effects are taken: numbers, names, arithmetic, lookups, and
operations of the table. A test is computed once, as before, so it may be anything.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import gc
import linecache
import operator
import sys
import types
import warnings
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeGuard, cast

from autograd.compiler.bytecode import changes_of
from autograd.engine.value import Value
from autograd.ir.tables import is_truth
from autograd.ir.trace import (
    CannotConvert,
    Chosen,
    Condition,
    Trace,
    Tracer,
    plain_numbers,
    refuse_identity,
)
from autograd.locks import new_lock
from autograd.table.conditions import where
from autograd.table.operation import Operation, is_real
from autograd.trees import flatten, unflatten

OFTEN = 4  # decisions up to which the ways of a function are kept apart
PIECES = "pieces"  # convert functions of one number in pieces, which keeps the bits
ALL = "all"  # convert all: sums of a derivative may be taken in another order

Arm = Callable[[Callable[[object], object]], object]


# -- what the converted code calls ----------------------------------------------------------------


def _is_converted(test: object) -> TypeGuard[Condition]:
    if type(test) is not Condition or not test.trace.converts:
        return False
    return not test.trace.is_decided(test.number)


def choose(test: object, then: Arm, otherwise: Arm) -> object:
    """Return what one of two arms gives; by a traced condition, the choice between both."""
    if _is_converted(test):
        try:
            return _chosen(test, then, otherwise)
        except Exception:  # the arm that is not taken would not have raised: decide
            pass
    return then(_as_it_is) if test else otherwise(_as_it_is)


def _chosen(condition: Condition, then: Arm, otherwise: Arm) -> object:
    trace, begin, spoiled = condition.trace, len(condition.trace), len(condition.trace.spoiled)
    try:
        first, second = then(_without_effects), otherwise(_without_effects)
        return first if first is second else _choice_of(condition, first, second, begin)
    finally:
        del trace.spoiled[spoiled:]


def _choice_of(condition: Condition, first: object, second: object, begin: int) -> object:
    """Return the choice between two numbers, or two tuples of numbers, computed since ``begin``."""
    trace, of = condition.trace, set[int]()
    numbers, others = _leaves(first), _leaves(second)
    if trace.converts != ALL and trace.parent is None:  # in a loop the bits differ anyway
        of = _numbers_under(trace, begin, [*numbers, *others])
        if len(of) > 1:
            raise CannotConvert
    if len(numbers) != len(others) or flatten(first)[1] != flatten(second)[1]:
        raise CannotConvert
    end, chosen, choice = len(trace), list[object](), cast("Callable[..., object]", where)
    for a, b in zip(numbers, others, strict=True):
        plain = (*plain_numbers(a), *plain_numbers(b))
        if a is b or (len(plain) == 2 and _is_same(a, b)):
            chosen.append(a)
            continue
        if not all(_is_exact(each) for each in plain):
            raise CannotConvert
        chosen.append(trace.chosen(trace.reference(choice(condition, a, b), "if"), plain))
    if trace.converts != ALL and trace.parent is None:
        trace.pieces.append(({*of, *range(begin, end)}, range(begin, len(trace))))
    return unflatten(flatten(first)[1], chosen)


def _leaves(result: object) -> list[object]:
    """Return the numbers of an arm, which are one or in tuples; nothing that can be changed."""
    if type(result) is tuple:
        return [leaf for part in result for leaf in _leaves(part)]
    if not _is_number(result):
        raise CannotConvert
    return [result]


def _is_same(a: object, b: object) -> bool:
    return type(a) is type(b) in (int, float) and repr(a) == repr(b)


def _is_exact(number: object) -> bool:
    """Return whether a plain number is a float, or a whole number that a float holds."""
    if isinstance(number, float):
        return type(number) is float or type(number).__module__ == "numpy"
    return isinstance(number, int) and type(number) in (int, bool) and -(2**53) <= number <= 2**53


def _numbers_under(trace: Trace, begin: int, results: Sequence[object]) -> set[int]:
    """Return which earlier numbers the results depend on directly, in what is differentiated."""
    used = {trace.reference(each, "if") for each in results}
    for number in range(begin, len(trace)):
        operation = trace.operations[number]
        if operation is not None:
            for place, operand in enumerate(trace.operands[number]):
                if place not in operation.conditions:
                    used.add(operand)
    return {each for each in used if type(each) is int and each < begin}


def conjunction(first: Any, second: Arm) -> object:
    """Return ``first and second()``."""
    other: Any = _second(first, second)
    return first & other if other is not None else first and second(_as_it_is)


def disjunction(first: Any, second: Arm) -> object:
    """Return ``first or second()``."""
    other: Any = _second(first, second)
    return first | other if other is not None else first or second(_as_it_is)


def _second(first: object, second: Arm) -> object:
    """Return the second test where both can be computed."""
    if not _is_converted(first):
        return None
    spoiled = first.trace.spoiled
    before = len(spoiled)
    try:
        other = second(_without_effects)
        return other if isinstance(other, Condition | bool) else None
    except Exception:  # Python might not have come to it
        return None
    finally:
        del spoiled[before:]


def negation(test: object) -> object:
    """Return ``not test``."""
    return ~test if _is_converted(test) else not test


def extreme(function: Callable[..., object], *operands: object) -> object:
    """Return ``max(...)`` or ``min(...)`` as Python finds it: of equal ones the first."""
    if function is not max and function is not min:
        return function(*operands)
    items: Any = operands if len(operands) > 1 else list(*operands)
    if not any(isinstance(item, Tracer) and item.trace.converts for item in items):
        return function(items)
    if not all(map(_is_number, items)):
        return function(items)
    best, beats = items[0], operator.gt if function is max else operator.lt
    for item in items[1:]:
        best = choose(beats(item, best), _gives(item), _gives(best))
    return best


def which(obj: object) -> object:
    """Return an object of which it is asked which it is."""
    for each in obj if type(obj) is tuple else (obj,):
        if type(each) is Chosen:
            each.trace.keep_apart()
    return obj


def same(first: object, second: object) -> bool:
    """Return ``first is second``, which of a traced condition and a bool cannot be told."""
    if first is not second:
        for one, other in ((first, second), (second, first)):
            if is_truth(other):
                refuse_identity(one)
    return which(first) is which(second)


def matched(obj: object) -> object:
    """Return an object that is matched with True or False, or is in one that is."""
    refuse_identity(typed(obj))
    if type(obj) in (list, tuple, dict):
        parts: Any = obj
        for each in parts.values() if type(obj) is dict else parts:
            matched(each)
    return obj


def typed(obj: object) -> object:
    """Return an object of which it is asked of which type it is."""
    if type(obj) is Chosen and obj.plain:
        obj.trace.keep_apart()
    return obj


def _gives(item: object) -> Arm:
    return lambda _: item


def _is_number(leaf: object) -> bool:
    is_truth = isinstance(leaf, bool | Condition)
    return not is_truth and (isinstance(leaf, Value) or is_real(leaf))


def _as_it_is(function: object) -> object:
    return function


def _without_effects(function: object) -> object:
    """Return what to call for a function in an arm of which it is not known whether it counts."""
    found = _CHECKS.get(id(function))
    if found is not None:
        return functools.partial(_checked, found, cast("Callable[..., object]", function))
    if function is max or function is min:
        return function
    if type(function) is Operation:
        return functools.partial(_checked, _are_numbers, function)
    raise CannotConvert


def _checked(check: Callable[..., bool], function: Callable[..., object], *given: object) -> object:
    if not check(*given):
        raise CannotConvert
    return function(*given)


def _are_numbers(*operands: object) -> bool:
    return all(map(_is_plain, operands))


def _is_plain(operand: object) -> bool:
    """Return whether an operator of this object has no effects."""
    return type(operand) in (float, int, bool) or isinstance(operand, Value) or (
        type(operand).__module__ == "numpy" and getattr(operand, "shape", None) == ()
    )  # fmt: skip


def _extreme_of_numbers(function: object, *operands: object) -> bool:
    items: Any = operands if len(operands) > 1 else operands[0]
    return function in (max, min) and type(items) in (tuple, list) and _are_numbers(*items)


def _is_lookup(container: object, place: object) -> bool:
    return type(container) in (list, tuple, dict) or type(container).__module__ == "numpy"


def _is_attribute(owner: object, name: str) -> bool:
    """Return whether reading an attribute runs no code of the user's."""
    kind, mro = type(owner), tuple[type, ...]()
    if isinstance(owner, type):
        mro = (*owner.__mro__, kind) if kind is type else ()
    else:
        mro = kind.__mro__
        reads: object = kind.__getattribute__
        if reads is not object.__getattribute__ and reads is not types.ModuleType.__getattribute__:
            return False
    if not mro or any("__getattr__" in vars(each) for each in mro):
        return isinstance(owner, Value)
    found = next((vars(each)[name] for each in mro if name in vars(each)), None)
    return isinstance(found, _DESCRIPTORS) or not hasattr(type(found), "__get__")


_DESCRIPTORS = types.FunctionType | types.MemberDescriptorType | types.GetSetDescriptorType
_OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Pow: operator.pow,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_IN_PLACE: dict[type[ast.AST], Any] = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul,
    ast.Div: operator.itruediv, ast.Pow: operator.ipow,
}  # fmt: skip
_CHECKS: dict[int, Callable[..., bool]] = {
    **dict.fromkeys(map(id, _OPERATORS.values()), _are_numbers),
    **dict.fromkeys(map(id, (*_IN_PLACE.values(), builtins.abs)), _are_numbers),
    id(where): lambda condition, *arms: (
        isinstance(condition, bool | Condition) and _are_numbers(*arms)
    ),
    id(operator.getitem): _is_lookup,
    id(getattr): _is_attribute,
    id(extreme): _extreme_of_numbers,
}

# -- the source -----------------------------------------------------------------------------------

_HERE = "\0if-conversion"  # the constant for which this module is put in
_CHECK = "_without_effects_"  # the parameter of an arm


def _ours(*names: str) -> ast.expr:
    """Return the expression for something of this module."""
    found: ast.expr = ast.Constant(_HERE)
    for name in names:
        found = ast.Attribute(found, name, ast.Load())
    return found


def _is_ours(function: ast.expr) -> bool:
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Constant) and function.value == _HERE


def _read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _call(function: ast.expr, *operands: ast.expr) -> ast.expr:
    return ast.Call(function, list(operands), [])


def _arm(expression: ast.expr) -> ast.expr:
    """Return an expression without effects as an arm."""
    return ast.Lambda(
        ast.arguments([], [ast.arg(_CHECK)], None, [], [], None, []), _pure(expression)
    )


def _operator(sign: ast.AST) -> ast.expr:
    return _ours("operator", _OPERATORS[type(sign)].__name__)


def _checked_call(function: ast.expr, *operands: ast.expr) -> ast.expr:
    return _call(_call(_read(_CHECK), function), *operands)


def _pure(node: ast.expr) -> ast.expr:
    """Return an expression as it stands in an arm, its calls checked.

    Raises:
        CannotConvert: it may have effects, or gives something else than numbers.
    """
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return node
        case ast.Name():
            return node
        case ast.Attribute(value, name) if not name.startswith("__"):
            return _checked_call(_ours("builtins", "getattr"), _pure(value), ast.Constant(name))
        case ast.Subscript(value, place):
            return _checked_call(_ours("operator", "getitem"), _pure(value), _pure(place))
        case ast.UnaryOp(sign, operand) if type(sign) in _OPERATORS:
            return _checked_call(_operator(sign), _pure(operand))
        case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
            return _checked_call(_operator(sign), _pure(left), _pure(right))
        case ast.Compare(left, [sign], [right]) if type(sign) in _OPERATORS:
            return _checked_call(_operator(sign), _pure(left), _pure(right))
        case ast.Tuple(parts):
            return ast.Tuple([_pure(part) for part in parts], ast.Load())
        case ast.Call(ast.Attribute(_, name) as function, operands, []) if _is_ours(function):
            given = [each if isinstance(each, ast.Lambda) else _pure(each) for each in operands]
            is_choice = name in ("choose", "conjunction", "disjunction", "negation")
            return (_call if is_choice else _checked_call)(function, *given)
        case ast.Call(function, operands, []):
            return _checked_call(_pure(function), *map(_pure, operands))
    raise CannotConvert


def _test(node: ast.expr) -> ast.expr:
    """Return the test of a choice, with ``and``, ``or`` and ``not`` of conditions."""
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            return _call(_ours("negation"), _test(operand))
        case ast.BoolOp(sign, [first, *others]):
            name = "conjunction" if isinstance(sign, ast.And) else "disjunction"
            whole = _test(first)
            try:
                for other in others:
                    whole = _call(_ours(name), whole, _arm(_test(other)))
            except CannotConvert:
                return node
            return whole
        case ast.Compare(left, [_, _, *_] as signs, rights):
            sides = [left, *rights]
            pairs = zip(sides, signs, rights, strict=False)
            if all(isinstance(each, ast.Name | ast.Constant) for each in sides[1:-1]):
                parts: list[ast.expr] = [ast.Compare(a, [sign], [b]) for a, sign, b in pairs]
                return _test(ast.BoolOp(ast.And(), parts))
    return node


def _choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    return _call(_ours("choose"), _test(test), _arm(then), _arm(otherwise))


class _Converter(ast.NodeTransformer):
    """Puts choices in the place of all ``if`` whose arms have no effects."""

    def __init__(self) -> None:
        self.outside: set[str] = set()  # names that are global or nonlocal, or deleted
        self.in_class = False  # the names of a class are none of an arm's
        self.asks = False  # whether an object is asked which bool it is

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self._inside(node, True)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self._inside(node, False)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self._inside(node, False)
        return node

    def _inside(self, node: ast.AST, in_class: bool) -> None:
        """Visit what has a body of its own; defaults and decorators are of what is around it."""
        before = self.in_class
        for name, part in ast.iter_fields(node):
            self.in_class = in_class if name == "body" else before
            if isinstance(part, ast.AST):
                setattr(node, name, self.visit(part))
            elif isinstance(part, list):
                part[:] = [self.visit(each) if isinstance(each, ast.AST) else each for each in part]
        self.in_class = before

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if self.in_class:
            return node
        try:
            return _choice(node.test, node.body, node.orelse)
        except CannotConvert:
            return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        constants = [each.value for each in sides if isinstance(each, ast.Constant)]
        if not any(isinstance(each, ast.Is | ast.IsNot) for each in node.ops):
            return node
        if any(isinstance(each, bool) for each in constants):
            self.asks = True
        elif constants:
            return node
        if len(sides) == 2:
            is_same: ast.expr = ast.copy_location(_call(_ours("same"), *sides), node)
            is_negated = isinstance(node.ops[0], ast.IsNot)
            return ast.UnaryOp(ast.Not(), is_same) if is_negated else is_same
        question = "matched" if constants else "which"
        node.left, *node.comparators = [_call(_ours(question), each) for each in sides]
        return node

    def visit_Match(self, node: ast.Match) -> ast.Match:
        asks = any(
            isinstance(each, ast.MatchSingleton) and each.value is not None
            for case in node.cases
            for each in ast.walk(case.pattern)
        )
        self.asks = self.asks or asks
        self.generic_visit(node)
        question, subject = _ours("matched" if asks else "typed"), node.subject
        node.subject = ast.copy_location(_call(question, subject), subject)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("max" | "min"), [_, *_], []):
                return _call(_ours("extreme"), node.func, *node.args)
            case ast.Call(ast.Name("isinstance" | "type" | "id" as name), [first, *rest], []):
                if not isinstance(first, ast.Starred):
                    question = "which" if name == "id" else "typed"
                    node.args = [_call(_ours(question), first), *rest]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        outside = self.outside
        self.outside = {
            name
            for each in ast.walk(node)
            if isinstance(each, ast.Global | ast.Nonlocal)
            for name in each.names
        }
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Del):
                self.outside.add(each.id)
            elif isinstance(each, ast.ExceptHandler) and each.name:
                self.outside.add(each.name)
        self._inside(node, False)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        node.body = self._block(node.body, {each.arg for each in every})
        self.outside = outside
        return node

    def _block(self, statements: list[ast.stmt], bound: set[str]) -> list[ast.stmt]:
        """Return a list of statements of a function with its ``if`` converted.

        Args:
            statements: these statements.
            bound: the names that have a value when they begin.
        """
        bound, done = set(bound), list[ast.stmt]()
        for place, statement in enumerate(statements):
            if isinstance(statement, ast.If):
                rest = statements[place + 1 :]
                for arm in (statement.body, statement.orelse):
                    arm[:] = self._block(arm, bound)
                if not statement.orelse and rest and _returns(statement.body):
                    rest = self._block(rest, bound)
                    if len(rest) == 1 and _returns(rest):
                        statement.orelse, rest = rest, []
                    return [*done, self._converted(statement, bound), *rest]
                statement = self._converted(statement, bound)
            else:
                for name in ("body", "orelse", "finalbody"):
                    inner = getattr(statement, name, None)
                    if inner and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                        known = bound | _targets(statement) if name == "body" else bound
                        setattr(statement, name, self._block(inner, known))
            done.append(statement)
            if isinstance(statement, ast.Assign | ast.AugAssign) or (
                isinstance(statement, ast.AnnAssign) and statement.value is not None
            ):
                bound |= _targets(statement)
        return done

    def _converted(self, statement: ast.If, bound: set[str]) -> ast.stmt:
        """Return an ``if`` as a choice, if it is one; else as it is."""
        then, otherwise = statement.body, statement.orelse
        try:
            if _returns(then) and _returns(otherwise):
                values = [_returned(each) for each in (then, otherwise)]
                return ast.Return(_choice(statement.test, *values))
            assigned = [_assigned(each) for each in (then, otherwise)]
            names = sorted({*assigned[0], *assigned[1]})
            for name in names:
                is_always = name in assigned[0] and name in assigned[1]
                if name in self.outside or not (is_always or name in bound):
                    return statement
            if not names:
                return statement
            arms = [_together([each.get(name, _read(name)) for name in names]) for each in assigned]
            targets = _together([ast.Name(name, ast.Store()) for name in names], ast.Store())
            return ast.Assign([targets], _choice(statement.test, *arms))
        except CannotConvert:
            return statement


def _together(parts: list[ast.expr], use: ast.expr_context | None = None) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.Tuple(parts, use or ast.Load())


def _targets(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value, or the head of a loop."""
    head = [getattr(statement, "target", None), *getattr(statement, "targets", ())]
    return {
        name.id
        for target in head
        if target is not None
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def _returns(statements: Sequence[ast.stmt]) -> bool:
    return len(statements) == 1 and isinstance(statements[0], ast.Return)


def _returned(statements: Sequence[ast.stmt]) -> ast.expr:
    value = getattr(statements[0], "value", None)
    if value is None:
        raise CannotConvert
    return value  # type: ignore[no-any-return]


def _assigned(statements: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    """Return what an arm assigns to which names; none of it reads another.

    Raises:
        CannotConvert: it does something else too.
    """
    found: dict[str, ast.expr] = {}
    for statement in statements:
        match statement:
            case ast.Pass():
                new: dict[str, ast.expr] = {}
            case ast.Assign([ast.Name(name)], value):
                new = {name: value}
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
                if not all(isinstance(target, ast.Name) for target in targets):
                    raise CannotConvert
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                new = dict(zip(names, values, strict=True))
            case ast.AugAssign(ast.Name(name), sign, value) if type(sign) in _IN_PLACE:
                new = {
                    name: _call(
                        _ours("operator", _IN_PLACE[type(sign)].__name__), _read(name), value
                    )
                }
            case _:
                raise CannotConvert
        read = {
            each.id
            for value in new.values()
            for each in ast.walk(value)
            if isinstance(each, ast.Name)
        }
        if read & {*found} or {*new} & {*found}:
            raise CannotConvert
        found |= new
    return found


# -- the code of functions ------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _conversions(file: str, source: str) -> tuple[dict[types.CodeType, types.CodeType], bool]:
    """Return the converted code for each of a file's, and whether objects are asked in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
        before = compile(tree, file, "exec", dont_inherit=True)
        converter = _Converter()
        tree = ast.fix_missing_locations(converter.visit(tree))
        after = _with_this_module(compile(tree, file, "exec", dont_inherit=True))
    found: dict[types.CodeType, types.CodeType] = {}
    pairs = [(before, after)]
    while pairs:
        one, other = pairs.pop()
        if one != other and one.co_freevars == other.co_freevars:
            found[one] = other
        inner, converted = _inner(one), _inner(other)
        for key, codes in inner.items():
            if len(codes) == len(converted.get(key, ())):
                pairs += zip(codes, converted[key], strict=True)
    return found, converter.asks


def _inner(code: types.CodeType) -> dict[tuple[str, int], list[types.CodeType]]:
    """Return the codes of the functions that are defined in one, by name and line."""
    found: dict[tuple[str, int], list[types.CodeType]] = {}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if _CHECK in constant.co_varnames[:1]:  # an arm
                continue
            found.setdefault((constant.co_name, constant.co_firstlineno), []).append(constant)
    return found


def _with_this_module(code: types.CodeType) -> types.CodeType:
    """Return a code with this module for the constant that stands for it."""
    here = sys.modules[__name__]
    constants = [
        _with_this_module(each) if isinstance(each, types.CodeType)
        else here if isinstance(each, str) and each == _HERE
        else each
        for each in code.co_consts
    ]  # fmt: skip
    return code.replace(co_consts=tuple(constants))


_LOCK = new_lock()
_uses: Counter[str] = Counter()  # how many tracings want the converted code of a file
_changed: dict[str, list[tuple[types.FunctionType, types.CodeType]]] = {}  # and who got it
_found: dict[str, list[weakref.ref[types.FunctionType]]] = {}  # the functions of a file
_found_at: list[int] = []  # the counts of the collector's runs then


@contextlib.contextmanager
def converted(codes: Collection[types.CodeType], asking: Collection[str] = ()) -> Iterator[None]:
    """Give the functions with these codes, and those around them, converted code meanwhile.

    Several threads may want so at once; the last of them puts the code back.

    Args:
        codes: these codes.
        asking: files in which code is converted too where it asks which bool an object is.
    """
    changes: dict[str, dict[types.CodeType, types.CodeType]] = {}
    files = {code.co_filename for code in codes}
    for file in files.union(asking):
        if file in asking and not linecache.getlines(file):
            codes_of = [each.__code__ for each in _functions(file)]
            changes[file] = {k: v for each in codes_of for k, v in changes_of(each, same).items()}
            continue
        with contextlib.suppress(SyntaxError, ValueError):  # it is not source as it was compiled
            found, asks = _conversions(file, "".join(linecache.getlines(file)))
            if asks or file in files:
                changes[file] = found
    if not any(changes.values()):
        yield
        return
    with _LOCK:
        _uses.update([*changes])
    try:
        with _LOCK:
            for function in [each for file in changes for each in _functions(file)]:
                code = function.__code__
                after = changes.get(code.co_filename, {}).get(code)
                if after is not None:
                    _changed.setdefault(code.co_filename, []).append((function, code))
                    function.__code__ = after
        yield
    finally:
        with _LOCK:
            _uses.subtract([*changes])
            for file in changes:
                if not _uses[file]:
                    _put_back(file, changes[file])


def _put_back(file: str, changes: dict[types.CodeType, types.CodeType]) -> None:
    """Give the functions of a file their own code again, and those defined meanwhile theirs."""
    for function, code in _changed.pop(file, ()):
        function.__code__ = code
    own = {id(after): before for before, after in changes.items()}
    for function in _functions(file):
        if id(function.__code__) in own:
            function.__code__ = own[id(function.__code__)]


def _functions(file: str) -> list[types.FunctionType]:
    """Return the functions of a file; those that were found before are not looked for again.

    All objects are looked through for them, which takes long where there are many. What was made
    since is among the youngest, as long as the collector has not run.
    """
    runs = _runs_of_the_collector()
    if runs != _found_at:
        _found.clear()
        _found_at[:] = runs
    objects = gc.get_objects(generation=0 if file in _found else None)
    if runs != _runs_of_the_collector():  # it has just now
        objects = gc.get_objects()
    functions = [each for each in objects if type(each) is types.FunctionType]
    functions = [each for each in functions if each.__code__.co_filename == file]
    if file not in _found:
        _found[file] = [weakref.ref(each) for each in functions]
        return functions
    before = [each() for each in _found[file]]
    return [*functions, *[each for each in before if each is not None]]


def _runs_of_the_collector() -> list[int]:
    return [each["collections"] for each in gc.get_stats()]
