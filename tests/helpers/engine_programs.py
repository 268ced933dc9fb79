"""Random programs on Values, for the accelerator and plain Python alike: same bits or same errors.

As a script it runs what comes in, a program a line, and answers with a line each.
"""

import contextlib
import copy
import json
import pickle
import struct
import sys

import autograd as ag
from autograd import Value
from autograd.engine.order import ordered
from autograd.table.operation import TABLE


class Noted(Value):
    """A subclass with an attribute."""


@ag.primitive(partials=(lambda y, a, b: b + 1.0, lambda y, a, b: a))
def mixed(a, b):
    return a * b + a


UNARY = [name for name, row in TABLE.items() if row.arity == 1 and not row.is_condition]
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "copysign": ag.copysign,
    "maximum": ag.maximum,
    "minimum": ag.minimum,
    "hypot": ag.hypot,
    "atan2": ag.atan2,
    "leaky_relu": ag.leaky_relu,
    "fmod": ag.fmod,
    "logaddexp": ag.logaddexp,
    "mixed": mixed,
}
SIGNS = {"neg": lambda a: -a, "pos": lambda a: +a, "abs": abs}
MODES = {
    "no_grad": ag.no_grad,
    "anomaly": ag.detect_anomaly,
    "scope": lambda: ag.scope("part"),
    "none": contextlib.nullcontext,
}


def bits(number):
    """Return the bits of a float as text; nan is nan."""
    if number is None:
        return None
    return "nan" if number != number else struct.pack(">d", number).hex()


def described(node):
    """Return all that is known of a node, as things that JSON holds."""
    args = [bits(arg) if isinstance(arg, float) else "node" for arg in node.args]
    return [
        *(type(node).__name__, node.op.name if node.op is not None else None, node.label),
        *(repr(node.scope), bits(node.data), bits(node.grad), args, list(map(bits, node.partials))),
        getattr(node, "note", None),
    ]


def step(nodes, what, *operands):
    """Do one thing to the nodes made so far; what it makes is added to them."""

    def operand(each):
        return nodes[each % len(nodes)] if isinstance(each, int) else each[0]

    if what == "leaf":
        number, label, is_noted = operands
        leaf = (Noted if is_noted else Value)(number, label=label)
        if is_noted:
            leaf.note = label * 2
        nodes.append(leaf)
    elif what in BINARY:
        nodes.append(BINARY[what](operand(operands[0]), operand(operands[1])))
    elif what in SIGNS:
        nodes.append(SIGNS[what](operand(operands[0])))
    elif what == "clip":
        nodes.append(ag.clip(*map(operand, operands)))
    elif what == "where":
        a, b = map(operand, operands)
        nodes.append(ag.where(a >= b, a, b))
    elif what == "sum":
        nodes.append(sum(map(operand, operands)))
    elif what == "dot":
        numbers = [*map(operand, operands)]
        nodes.append(ag.dot(numbers, numbers[::-1]) + ag.sum(numbers * 2) + ag.mean(numbers))
    elif what == "compare":
        a, b = map(operand, operands)
        return [a < b, a <= b, a > b, a >= b, a is b]
    elif what == "backward":
        operand(operands[0]).backward(operands[1])
    elif what == "edit":
        operand(operands[0]).data = operands[1]
    elif what == "set grad":
        operand(operands[0]).grad = operands[1]
    elif what == "label":
        operand(operands[0]).label = operands[1]
    elif what == "zero":
        ag.zero_grad(operand(operands[0]))
    elif what == "copy":
        nodes.append(copy.copy(operand(operands[0])))
    elif what == "deepcopy":
        nodes.append(copy.deepcopy(operand(operands[0])))
    elif what == "pickle":
        nodes.append(pickle.loads(pickle.dumps(operand(operands[0]))))
    elif what == "forget":
        nodes.pop(operands[0] % len(nodes))
    elif what == "gradient":
        root, target = map(operand, operands)
        nodes += ag.gradient(root, [target])
    elif what == "grad":
        root = operand(operands[0])
        nodes.append(root + ag.grad(lambda x: x * ag.grad(lambda z: z * x * z)(x))(root.data))
    elif what == "order":
        return [described(node) for node in ordered(*map(operand, operands))]
    elif what in TABLE:
        nodes.append(TABLE[what](operand(operands[0])))
    else:
        raise LookupError(what)
    return None


def run(program):
    """Return what came of each step, and in the end of every node."""
    nodes = [Value(1.5, label="start")]
    came = []
    for mode, what, *operands in program:
        try:
            with MODES[mode]():
                came.append(step(nodes, what, *operands))
        except Exception as error:
            came.append(f"{type(error).__name__}: {error}")
        nodes = nodes or [Value(-0.5)]
    return [came, [[described(each) for each in ordered(node)] for node in nodes[-3:]]]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
