"""The ways through a function as one program: a tree of blocks, the results of a way at each leaf.

What decides is computed where it is asked for, and what only some of the ways need where they are
known to be taken. Where no call has met the way, a block leaves without results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from autograd.ir.function import (
    BODIES,
    EXTRACT,
    ON_ARRAYS,
    Block,
    Branch,
    Deoptimize,
    Function,
    Parameter,
    Return,
    consumed,
)
from autograd.ir.lower import PRIMITIVES, WHERE, Lowering
from autograd.ir.verify import checked
from autograd.table import rows as ops

SPECIAL = frozenset((*BODIES, *ON_ARRAYS, EXTRACT))  # instructions that are no rows of the table
BOTH, OPPOSITE, LESS = ops.both.name, ops.opposite.name, ops.less.name

ENTRY, LEFT = -1, -2  # in place of a block
Tests = dict[int, bool]  # conditions, and what each is on a way


def merged(
    parameters: Sequence[Parameter], ways: Iterable[tuple[Function, list[int]]]
) -> tuple[Lowering, list[list[int]]]:
    """Return one program of functions of one block, and which numbers are the results of each.

    What several of them compute stands in it once.

    Args:
        parameters: those of the program.
        ways: the functions, and which parameters of the program theirs are.
    """
    lowering = Lowering(parameters, True, True)
    made = lowering.function
    others: dict[tuple[object, ...], list[tuple[object, int]]] = {}
    found: list[list[int]] = []
    for function, given in ways:
        numbers, used = [*given], set[int]()
        for number in range(len(function.parameters), len(function)):
            if number in function.constants:
                numbers.append(lowering.constant(function.constants[number]))
                continue
            opcode = function.opcodes[number]
            operands = tuple([numbers[operand] for operand in function.operands[number]])
            if opcode not in SPECIAL:
                numbers.append(lowering.add(opcode, operands))
                continue
            same = others.setdefault((opcode, operands, function.statics.get(number)), [])
            bodies = function.bodies.get(number)
            equal = [at for each, at in same if at not in used and each == bodies]
            if not equal:  # arrays are changed where they lie: two of one way stay two
                equal = [made.copy_instruction(function, number, operands)]
                same.append((bodies, equal[0]))
            used.add(equal[0])
            numbers.append(equal[0])
        found.append([numbers[result] for result in function.results])
    return lowering, found


@dataclass(slots=True)
class _Node:
    """A place in the tree of decisions.

    Attributes:
        ways: which ways may be taken from here, and what is still to be tested for each.
        tests: what is tested here; at a leaf nothing, and the first of the ways is taken.
        below: the nodes where all tests hold, and where not; None is that of no way.
        needed: what is computed here or above.
    """

    ways: dict[int, Tests]
    tests: Tests = field(default_factory=dict)
    below: list[int | None] = field(default_factory=list)
    needed: set[int] = field(default_factory=set)


def joined(functions: Sequence[Function]) -> Function:
    """Return the ways as one function; its blocks part as the ways do.

    Args:
        functions: one for each way, with the same parameters; the last result of each is 1 where
            the way is that of its arguments, and else 0.
    """
    first = functions[0]
    own = [*range(len(first.parameters))]
    lowering, found = merged(first.parameters, [(each, own) for each in functions])
    nodes = _nodes(_tests_of(lowering, [results.pop() for results in found]))
    for node in reversed(nodes):
        node.needed = _needed(lowering.function, node.tests or found[next(iter(node.ways))])
        if None not in node.below:
            sides = [nodes[place].needed for place in node.below if place is not None]
            node.needed |= set[int]().union(*sides[:1]).intersection(*sides[1:])
    return checked(_written(lowering.function, first, nodes, found), PRIMITIVES)


def _tests_of(lowering: Lowering, holds: Sequence[int]) -> list[Tests]:
    """Return for each way the conditions that all hold where its last result is 1."""
    wholes: list[int] = []
    for number in holds:
        opcode, operands = lowering.instruction(number)
        if opcode == WHERE and [*map(lowering.constants.get, operands[1:])] == [1.0, 0.0]:
            wholes.append(operands[0])
        else:
            wholes.append(lowering.add(LESS, (lowering.constant(0.0), number)))
    opposites = {lowering.operand_of(number, OPPOSITE) for number in range(len(lowering.function))}
    found: list[Tests] = []
    for whole in wholes:
        tests: Tests = {}
        stack = [whole]
        while stack:
            number = stack.pop()
            opcode, operands = lowering.instruction(number)
            if opcode == BOTH and number not in opposites:
                stack += operands
            elif opcode == OPPOSITE:
                tests[operands[0]] = False
            elif lowering.constants.get(number) is not True:
                tests[number] = True
        found.append(tests)
    return found


def _nodes(tests: Sequence[Tests]) -> list[_Node]:
    """Return the tree of decisions, each node before those below it."""
    nodes = [_Node(dict(enumerate(tests)))]
    for node in nodes:  # which grow
        if not all(node.ways.values()):
            node.ways = {way: each for way, each in node.ways.items() if not each}
            continue
        first, *others = node.ways.values()
        node.tests = {n: o for n, o in first.items() if all(each.get(n) is o for each in others)}
        sides: list[dict[int, Tests]] = [node.ways]
        if not node.tests:  # then they part, as a rule by what all of them test
            shared = [n for n in sorted(first) if all(n in each for each in others)]
            node.tests = {n: first[n] for n in shared[:1]} or first
            sides = [
                {way: each for way, each in node.ways.items() if node.tests.items() <= each.items()}
            ]
            sides.append({way: each for way, each in node.ways.items() if way not in sides[0]})
        for side in sides:
            node.below.append(len(nodes))
            known = node.tests if side is sides[0] or len(node.tests) == 1 else {}
            left = [{n: o for n, o in each.items() if n not in known} for each in side.values()]
            nodes.append(_Node(dict(zip(side, left, strict=True))))
        node.below += [None] * (2 - len(sides))
    return nodes


def _needed(function: Function, numbers: Iterable[int]) -> set[int]:
    """Return these numbers and all that they are computed from."""
    found, stack = set[int](), [*numbers]
    while stack:
        number = stack.pop()
        if number not in found:
            found.add(number)
            stack += function.operands[number]
    return found


class _Copy:
    """Instructions of one function, copied to another along a path of its blocks.

    Attributes:
        made: the other function.
        numbers: where its numbers are there.
        spent: the arrays there that have been changed since.
    """

    def __init__(self, whole: Function, parameters: Sequence[Parameter]) -> None:
        self.made, self._whole = Function(whole.name), whole
        for parameter in parameters:
            self.made.add_parameter(parameter)
        self.numbers = {number: number for number in range(len(parameters))}
        self.spent: set[int] = set()

    def add(self, number: int) -> int:
        """Copy an instruction; an array among its operands is made again where another took it."""
        whole, made = self._whole, self.made
        operands = tuple([self._unspent(operand) for operand in whole.operands[number]])
        copied = made.copy_instruction(whole, number, operands)
        self.spent.update(consumed(made, copied))
        return copied

    def _unspent(self, number: int) -> int:
        found = self.numbers[number]
        if found not in self.spent:
            return found
        if self._whole.opcodes[number] != EXTRACT:
            return self.add(number)
        (loop,) = self._whole.operands[number]
        return self.made.add_extract(self.add(loop), *self._whole.statics[number])


def _written(
    whole: Function, first: Function, nodes: Sequence[_Node], found: Sequence[list[int]]
) -> Function:
    """Return the tree of decisions in blocks; those below a block stand after it."""
    whole.name = first.name
    copy = _Copy(whole, first.parameters)
    made, numbers = copy.made, copy.numbers
    branches: dict[int, list[int]] = {}  # of blocks: the condition, and the blocks below
    waiting: list[tuple[int | None, int]] = [(0, ENTRY)]  # nodes, and the blocks above them
    before: list[tuple[list[int], set[int]]] = []  # what is undone where a node is left
    while waiting:
        place, above = waiting.pop()
        if above == LEFT:
            own, copy.spent = before.pop()
            for number in own:
                del numbers[number]
            continue
        if above != ENTRY:
            branches[above].append(len(made.blocks))
        end = Block(len(made), len(made), Deoptimize())
        made.blocks.append(end)
        if place is None:
            continue
        node = nodes[place]
        before.append((sorted(node.needed - numbers.keys()), {*copy.spent}))
        waiting.append((None, LEFT))
        for number in before[-1][0]:
            numbers[number] = copy.add(number)
        if node.below:
            conditions = [
                numbers[number] if outcome else made.add(OPPOSITE, (numbers[number],))
                for number, outcome in node.tests.items()
            ]
            condition = reduce(lambda one, other: made.add(BOTH, (one, other)), conditions)
            branches[len(made.blocks) - 1] = [condition]
            waiting += [(each, len(made.blocks) - 1) for each in reversed(node.below)]
        else:
            results = [numbers[result] for result in found[next(iter(node.ways))]]
            end.terminator = Return(tuple(results))
        end.last = len(made)
    for place, (condition, then, otherwise) in branches.items():
        made.blocks[place].terminator = Branch(condition, then, otherwise)
    return made
