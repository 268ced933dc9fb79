"""LaTeX of every kind that the packages write: all rows, steps, derivations, and odd labels."""

import random

import autograd
from autograd import Value, derivation, latex, scope, steps
from autograd.explorer.chain_rule import forward_steps
from autograd.table.operation import TABLE

MARKS = "".join(map(chr, [*range(0x300, 0x370), 0x20D7, 0x20DD, 0x5B0, 0x64B]))
LABELS = [
    "x̄", "ŵ", "θ̂", "x̣", "ab̄c", "̄", "x̂̄", "w_1", "theta_12", "loss", "a b", "50%", "#1", "~", "\\",
    "}{", "x'y''", "<b>", "&amp;", '"', "$x$", "a_b^c", "\\end{aligned}", "θ", "é", "ŵ_2", "名前",
    "emoji 🎉", "…", "\x1b[31m", "x#2", "²", "ﬁ", "d/dx",
]  # fmt: skip
LABELS += ["".join(map(chr, range(start, start + 16))) for start in range(32, 128, 16)]
LABELS += [f"x{mark}" for mark in MARKS]


def sources():
    """Every formula, each once."""
    found = {}
    for row in TABLE.values():
        operands = [Value(0.5 + place, f"x{place}") for place in range(row.arity)]
        for place, name in enumerate(row.parameters):
            if name in row.static:
                operands[place] = 2.0
        _collect(row(*operands), operands[-1], found)
    for label in LABELS:
        x = Value(2.0, label)
        y = x * x + autograd.sin(x) / Value(-3.0, label)
        y.label = label
        _collect(y, x, found)
    with scope("layer_1"), scope("50% of ŵ"):
        y = autograd.tanh(Value(1e-9, "w") * Value(2.0, "w") + Value(1e300, "w"))
    _collect(y, y.args[0].args[1], found)
    x = Value(0.0, "x")
    _collect(autograd.where(x > 0, x, autograd.log(x)) ** 2 / x, x, found)
    draw = random.Random(1)
    public = [row for row in TABLE.values() if row.public and row.name != "polygamma"]
    for _ in range(40):
        nodes = [Value(draw.uniform(-2, 2), name) for name in ("a", "b_1", "gamma")]
        for _ in range(draw.randint(1, 8)):
            row = draw.choice(public)
            nodes.append(row(*[draw.choice(nodes) for _ in row.parameters]))
        _collect(nodes[-1], nodes[0], found)
        slope = autograd.gradient(nodes[-1], [nodes[0]])[0]
        if isinstance(slope, Value):
            found[latex(slope)] = None
    return list(found)


def _collect(y, x, found):
    found[latex(y)] = None
    for step in [*forward_steps(y), *steps(y)]:
        found[step.latex] = None
    found[derivation(y, x).latex] = None
