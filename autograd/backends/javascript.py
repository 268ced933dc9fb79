"""The JavaScript back end: a Function as an ES module without dependencies.

``PRIMITIVES`` is the one list of the primitives in JavaScript; the explorer's page runs on it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.backends.binding import BLOCK, LANES, ONE_BLOCK, Binding
from autograd.backends.straight_line import (
    INEXACT,
    Language,
    check_straight,
    comment,
    identifier,
)
from autograd.ir.function import Function

# Primitives that are functions of JavaScript's Math. Their last bits differ from libm's, as far as
# the engine that runs them likes; an exported function takes other functions in place of Math.
_NAMES = """exp expm1 log log1p log2 log10 sqrt sin cos tan asin acos atan atan2 sinh cosh
    tanh asinh acosh atanh abs floor ceil"""
MATH = {name: name for name in _NAMES.split()}

# The others as arrow functions; truths are numbers where they stand alone, as in the page.
ARROWS = {
    "add": "(a, b) => a + b",
    "subtract": "(a, b) => a - b",
    "multiply": "(a, b) => a * b",
    "divide": "(a, b) => a / b",
    "fmod": "(a, b) => a % b",
    "negative": "(x) => -x",
    "power": "(a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b))",
    "exp2": "(x) => Math.pow(2, x)",
    "less": "(a, b) => Number(a < b)",
    "less_equal": "(a, b) => Number(a <= b)",
    "both": "(a, b) => Number(a !== 0 && b !== 0)",
    "either": "(a, b) => Number(a !== 0 || b !== 0)",
    "opposite": "(a) => Number(a === 0)",
    "where": "(condition, a, b) => (condition !== 0 ? a : b)",
    "round": """(x) => {
    const below = Math.floor(x);
    const rest = x - below;
    if (rest < 0.5 || !(rest >= 0.5)) return rest === 0 || rest !== rest ? x : below;
    const nearest = rest > 0.5 || below % 2 !== 0 ? below + 1 : below;
    return nearest === 0 && x < 0 ? -0 : nearest; // half to the even one
  }""",
}
PRIMITIVES = ARROWS | {opcode: f"Math.{name}" for opcode, name in MATH.items()}

SPELLINGS = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "fmod": "{0} % {1}",
    "negative": "-({0})",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "both": "{0} && {1}",
    "either": "{0} || {1}",
    "opposite": "!{0}",
    "where": "{0} ? {1} : {2}",
    "power": "power({0}, {1}, library)",
    "exp2": "library.pow(2, {0})",
    "round": "round({0})",
    **{
        opcode: f"library.{name}({{0}}, {{1}})" if opcode == "atan2" else f"library.{name}({{0}})"
        for opcode, name in MATH.items()
    },
}

HELPERS = {
    "power": f"const power = {ARROWS['power']};".replace("(a, b) =>", "(a, b, library) =>").replace(
        "Math.pow", "library.pow"
    ),
    "round": f"const round = {ARROWS['round']};",
}


def _literal(constant: float | bool) -> str:
    if type(constant) is bool:
        return str(constant).lower()
    if constant - constant != 0.0:
        return "NaN" if constant != constant else "Infinity" if constant > 0.0 else "(-Infinity)"
    return f"({constant!r})" if repr(constant).startswith("-") else repr(constant)


JAVASCRIPT = Language("JavaScript", "const", "const", SPELLINGS, _literal)


def page_table() -> str:
    """Return the primitives as the object ``PRIMITIVES`` of the explorer's page."""
    lines = "\n".join(f"  {opcode}: {text}," for opcode, text in sorted(PRIMITIVES.items()))
    return f"const PRIMITIVES = {{\n{lines}\n}};\n"


def source(
    function: Function,
    binding: Binding | None = None,
    is_exact: bool = True,
    labels: Sequence[str] = (),
) -> str:
    """Return the function as an ES module that exports it.

    Args:
        function: without loops and calls of other Functions.
        binding: which parameters differ from row to row, and how results are reduced.
        is_exact: whether it is compiled with ``exact=True``; else the comment says what differs.
        labels: what each result is, for the comment.

    Raises:
        ValueError: it holds something that this back end cannot compute.
    """
    binding = binding or Binding()
    check_straight(function)
    name = identifier(function.name)
    helpers = [HELPERS[opcode] for opcode in sorted(HELPERS) if opcode in function.opcodes]
    notes = NOTE if is_exact else (*NOTE, *INEXACT)
    head = comment(function, binding, name, ("/*", " *", " */"), notes, labels)
    body = (
        _mapped(function, binding, name) if binding.mapped is not None else _single(function, name)
    )
    return "\n".join([*head, *helpers, *body]) + "\n"


NOTE = (
    "Inputs are any indexed lists of numbers, results a Float64Array. JavaScript's Math need not",
    "have the last bits of a C library: an object with its functions may be given as library.",
)


def _single(function: Function, name: str) -> list[str]:
    parts = JAVASCRIPT.parts(function, Binding(), "input[{}]", "")
    return [
        f"export function {name}(input, library = Math) {{",
        *[f"  {line}" for line in parts.once],
        f"  return Float64Array.of({', '.join(parts.results)});",
        "}",
    ]


def _mapped(function: Function, binding: Binding, name: str) -> list[str]:
    once, each, outputs, row = JAVASCRIPT.parts(function, binding, "input[{}]", "rows[at + {}]")
    before, body = [f"  {line}" for line in once], [f"    {line}" for line in each]
    count = len(outputs)
    head = f"export function {name}(count, input, rows, library = Math) {{"
    if not binding.reduce:
        stores = [
            f"    out[i * {count} + {place}] = {output};" for place, output in enumerate(outputs)
        ]
        return [
            *(head, *before, f"  const out = new Float64Array(count * {count});"),
            f"  for (let i = 0, at = 0; i < count; i++, at += {row}) {{",
            *(*body, *stores, "  }", "  return out;", "}"),
        ]
    most = max(8, min(256, 2**21 // max(count, 1)))
    adds = [
        f"    sums[(i - begin) % {LANES}][{place}] += {output};"
        for place, output in enumerate(outputs)
    ]
    mean = " / count" if binding.reduce == "mean" else " + 0"
    return [
        *(head, *before, f"  const out = new Float64Array({count});"),
        f"  let size = count > {ONE_BLOCK} ? Math.max({BLOCK}, Math.ceil(count / {most})) : count;",
        f"  if (count > {ONE_BLOCK}) size += ({LANES} - (size % {LANES})) % {LANES};",
        "  for (let begin = 0, at = 0; begin < count; begin += size) {",
        f"    const sums = Array.from({{ length: {LANES} }}, () => new Float64Array({count}));",
        f"    for (let i = begin; i < Math.min(begin + size, count); i++, at += {row}) {{",
        *(*body, *adds, "    }"),
        f"    for (let half = {LANES // 2}; half >= 1; half /= 2)",
        "      for (let lane = 0; lane < half; lane++)",
        f"        for (let k = 0; k < {count}; k++) sums[lane][k] += sums[lane + half][k];",
        f"    for (let k = 0; k < {count}; k++) out[k] += sums[0][k];",
        "  }",
        f"  for (let k = 0; k < {count}; k++) out[k] = out[k]{mean};",
        *("  return out;", "}"),
    ]
