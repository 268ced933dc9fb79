"""The rules of the table, traced once each: definitions and partials as lists of operations.

A rule that has become a template is put into a trace or a program by copying numbers, which is
far cheaper than running it again. Constants among the operands are part of the template, since a
rule may need the number itself, and a condition on it is then decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.engine.value import Value
from autograd.ir.trace import Reference, Trace, appended, tracing
from autograd.table.operation import IEEE, Operation, Rule, real

Steps = tuple[list[tuple[str, tuple[Reference, ...]]], Reference]  # opcodes in place of rows

LIMIT = 20_000  # templates that are kept


@dataclass(slots=True)
class Template:
    """A rule as a list of operations on numbers.

    Attributes:
        steps: rows and operands; an operand is a constant, the place of an earlier step, or
            -1 - i for argument i.
        result: where the result is, likewise.
        primitives: the same in primitives alone, once somebody has asked for it.
    """

    steps: list[tuple[Operation, tuple[Reference, ...]]]
    result: Reference
    primitives: Steps | None = None

    def emit(self, trace: Trace, arguments: tuple[Reference, ...]) -> Reference:
        """Append the steps to a trace, for these arguments; return where the result is."""
        operations, operands = trace.operations, trace.operands
        places: list[int] = []
        for operation, references in self.steps:
            given = tuple(
                [
                    reference
                    if type(reference) is not int
                    else places[reference]
                    if reference >= 0
                    else arguments[-1 - reference]
                    for reference in references
                ]
            )
            if operation.is_condition:
                places.append(trace.condition(operation, given))
            else:
                places.append(appended(operations, operands, operation, given))
        result = self.result
        if type(result) is not int:
            return result
        return places[result] if result >= 0 else arguments[-1 - result]


def primitive_steps(operation: Operation, operands: tuple[Reference, ...]) -> Steps:
    """Return the definition of a composite in primitives."""
    template = definition_of(operation, operands)
    if template.primitives is None:
        template.primitives = decomposed(template)
    return template.primitives


def decomposed(template: Template) -> Steps:
    """Return the steps of a template in primitives."""
    steps: list[tuple[str, tuple[Reference, ...]]] = []
    places: list[Reference] = []  # where the result of each step of the template is

    def moved(reference: Reference) -> Reference:
        return places[reference] if type(reference) is int and reference >= 0 else reference

    for operation, references in template.steps:
        operands = tuple([moved(reference) for reference in references])
        if operation.definition is None:
            places.append(len(steps))
            steps.append((operation.name, operands))
            continue
        inner, last = primitive_steps(operation, operands)
        base = len(steps)

        def inside(
            reference: Reference, base: int = base, operands: tuple[Reference, ...] = operands
        ) -> Reference:
            if type(reference) is not int:
                return reference
            return reference + base if reference >= 0 else operands[-1 - reference]

        steps += [(opcode, tuple([inside(each) for each in given])) for opcode, given in inner]
        places.append(inside(last))
    return steps, moved(template.result)


_templates: dict[tuple[object, ...], Template] = {}


def definition_of(operation: Operation, operands: tuple[Reference, ...]) -> Template:
    """Return the definition of a composite; its arguments are the operands."""
    assert operation.definition is not None
    return _template(operation, -1, operation.definition, operands)


def partial_of(operation: Operation, index: int, operands: tuple[Reference, ...]) -> Template:
    """Return the rule of a partial; its arguments are the result, then the operands."""
    return _template(operation, index, operation.partials[index], (0, *operands))


def plain_partials(operation: Operation) -> Sequence[Reference | Template]:
    """Return the partials of a row for operands that are no constants; nothing for a choice.

    For each operand a constant, ``-1`` for the result, ``-2 - i`` for operand ``i``, or a template.
    Where it is no template it is right for constant operands too: the rule did nothing to them.
    """
    found = PLAIN_PARTIALS.get(operation)
    if found is None:
        found = []
        if not (operation.strong_zero or operation.conditions or operation.static):
            for index in range(len(operation.partials)):
                template = partial_of(operation, index, (0,) * operation.arity)
                found.append(template if template.steps else template.result)
        PLAIN_PARTIALS[operation] = found
    return found


# What ``plain_partials`` has returned.
PLAIN_PARTIALS: dict[Operation, list[Reference | Template]] = {}


def unchosen_of(operation: Operation, index: int, operands: tuple[Reference, ...]) -> Template:
    """Return the condition under which a choice passes nothing to an operand, as a template."""
    return _template(operation, -2 - index, operation.strong_zero[index], (0, *operands))


def _template(
    operation: Operation, which: int, rule: Rule, operands: tuple[Reference, ...]
) -> Template:
    constants = tuple(
        [operand.hex() if type(operand) is float else operand if operand is True or operand is False
         else None for operand in operands]
    )  # fmt: skip
    key = (operation, which, constants)
    template = _templates.get(key)
    if template is None:
        if len(_templates) >= LIMIT:
            _templates.clear()
            PLAIN_PARTIALS.clear()
        template = _templates[key] = traced_rule(operation, rule, operands)
    return template


def traced_rule(operation: Operation, rule: Rule, operands: tuple[Reference, ...]) -> Template:
    """Return a rule as a template; operands that are floats are constants.

    Raises:
        TypeError: the rule computes with a Value from outside.
    """
    template, outside = _traced_rule(operation, rule, operands)
    if outside:  # it may have been a signal handler that did
        template, outside = _traced_rule(operation, rule, operands)
    for value in outside:
        real(value, f"a rule of {operation.name}")  # refused
    return template


def _traced_rule(
    operation: Operation, rule: Rule, operands: tuple[Reference, ...]
) -> tuple[Template, list[Value]]:
    """Return a rule as a template, and the Values from outside with which something computed."""
    trace = Trace()
    names = ("result", *operation.parameters)[-len(operands) :]
    arguments = [
        trace.argument(name) if type(operand) is int else operand
        for name, operand in zip(names, operands, strict=True)
    ]
    places = [-1 - place for place, operand in enumerate(operands) if type(operand) is int]
    count = len(places)

    def moved(reference: Reference) -> Reference:
        if type(reference) is not int:
            return reference
        return places[reference] if reference < count else reference - count

    def traced() -> Reference:
        try:
            result = rule(*arguments)
        except ArithmeticError:  # a constant operand at a pole
            trace.operations, trace.operands = trace.operations[:count], trace.operands[:count]
            result = rule(*[IEEE(a) if type(a) is float else a for a in arguments])
        is_truth = result is True or result is False
        return result if is_truth else trace.reference(result, f"a rule of {operation.name}")

    last = tracing(trace).run(traced)
    steps = [
        (row, tuple([moved(reference) for reference in references]))
        for row, references in zip(trace.operations[count:], trace.operands[count:], strict=True)
        if row is not None
    ]
    return Template(steps, moved(last)), [*trace.captured.values()]
