"""The JavaScript back end: a Function as an ES module without dependencies.

``PRIMITIVES`` is the one list of the primitives in JavaScript; the explorer's page runs on it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.backends.binding import BLOCK, LANES, ONE_BLOCK, Binding
from autograd.backends.language import INEXACT, Language, comment, identifier, notes_of_ways
from autograd.backends.writer import ArrayName, Scope, Writer, opcodes_in
from autograd.ir.function import ARRAY_TYPE, F64, I1, Function
from autograd.wording import counted

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


JAVASCRIPT = Language(
    "JavaScript",
    {F64: "const", I1: "const"},
    {F64: "let", I1: "let"},
    SPELLINGS,
    _literal,
    "  ",
)

# The functions that arrays need.
ON_ARRAYS = {
    "place": """\
// The place that an index means, from the end if it is below 0; -1 where it means none.
const place = (size, index) => {
  if (!(-size <= index && index < size) || Math.floor(index) !== index) return -1;
  return index < 0 ? index + size : index;
};""",
    "load": """\
// The number at an index; NaN where there is none.
const load = (array, index) => {
  const at = place(array.length, index);
  return at < 0 ? NaN : array[at];
};""",
    "addAt": """\
// Add a number at an index; nothing where that means no place.
const addAt = (array, index, number) => {
  const at = place(array.length, index);
  if (at >= 0) array[at] += number;
};""",
}


class JavaScriptWriter(Writer):
    """Writes a program in JavaScript; an array is an array."""

    language = JAVASCRIPT
    counted = "for (let {index} = 0; {index} < {limit}; {index}++)"
    as_number = "{}"

    def _array(self, name: str, expression: str) -> ArrayName:
        self.add(f"const {name} = {expression};")
        return ArrayName(name, f"{name}.length", name)

    def new_array(self, name: str) -> ArrayName:
        """Write an empty array."""
        return self._array(name, "[]")

    def array_of(self, scope: Scope, number: int, names: Sequence[str]) -> ArrayName:
        """Write an array of these numbers."""
        return self._array(scope.own_name(number), f"[{', '.join(names)}]")

    def constant_array(self, name: str, literals: Sequence[str]) -> ArrayName:
        """Write an array of constants, before the function."""
        self.constants[name] = [f"const {name} = [{', '.join(literals)}];"]
        return ArrayName(name, str(len(literals)), is_own=False)

    def zeros(self, scope: Scope, number: int, count: int) -> ArrayName:
        """Write an array of zeros."""
        length = f"{{ length: {self.number(scope, count)} }}"
        return self._array(scope.own_name(number), f"Array.from({length}, () => 0)")

    def copy(self, array: ArrayName, other: ArrayName) -> None:
        """Write that an empty array gets the numbers of another."""
        self.add(f"for (const number of {other.numbers}) {array.numbers}.push(number);")

    def push(self, array: ArrayName, number: str) -> None:
        """Write that a number is appended to an array."""
        self.add(f"{array.numbers}.push({number});")

    def load(self, array: ArrayName, index: str, is_inside: bool) -> str:
        """Return the number at an index; nan where there is none, if it need not be there."""
        if is_inside:
            return f"{array.numbers}[{index}]"
        self.helpers |= {"place", "load"}
        return f"load({array.numbers}, {index})"

    def add_at(self, array: ArrayName, index: str, number: str) -> None:
        """Write that a number is added at an index, which may be nowhere in the array."""
        self.helpers |= {"place", "addAt"}
        self.add(f"addAt({array.numbers}, {index}, {number});")

    def not_met(self) -> None:
        """Write that nothing is known of the way that the numbers take."""
        words = f"{self.title}: no call had taken the way of these numbers before it was written"
        self.add(f'throw new RangeError("{words}");')

    def add_all(self, array: ArrayName, other: ArrayName) -> None:
        """Write that the numbers of another array are added to those of one."""
        self.add(
            f"for (let k = 0; k < {array.size}; k++) {array.numbers}[k] += {other.numbers}[k];"
        )


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
        function: a program of primitives, with loops and arrays.
        binding: which parameters differ from row to row, and how results are reduced.
        is_exact: whether it is compiled with ``exact=True``; else the comment says what differs.
        labels: what each result is, for the comment.

    Raises:
        ExportError: it holds something that is no primitive.
    """
    binding = binding or Binding()
    writer = JavaScriptWriter(identifier(function.name))
    write = _single if binding.mapped is None else _mapped
    body = write(function, binding, writer)
    opcodes = opcodes_in(function)
    helpers = [HELPERS[opcode] for opcode in sorted(HELPERS) if opcode in opcodes]
    helpers += [text for name, text in ON_ARRAYS.items() if name in writer.helpers]
    notes = [*NOTE, *([] if is_exact else INEXACT)]
    notes += notes_of_ways(function, "For numbers that take another, it throws a RangeError.")
    head = comment(function, binding, writer.title, ("/*", " *", " */"), notes, labels)
    return "\n".join([*head, *helpers, *writer.constants_in(body), *body]) + "\n"


NOTE = (
    "Inputs are any indexed lists of numbers, results a Float64Array. JavaScript's Math need not",
    "have the last bits of a C library: an object with its functions may be given as library.",
)
ARRAYS = ("arrays[{}]", "arrays[{}].length")


def _parameters(function: Function, *words: str) -> str:
    """Return the parameters of the function; arrays are a list of lists, after the inputs."""
    is_given = any(parameter.type == ARRAY_TYPE for parameter in function.parameters)
    listed = [word for word in words if is_given or word != "arrays"]
    return ", ".join([*listed, "library = Math"])


def _single(function: Function, binding: Binding, writer: JavaScriptWriter) -> list[str]:
    parts = writer.write(function, binding, "input[{}]", "", ARRAYS)
    return [
        f"export function {writer.title}({_parameters(function, 'input', 'arrays')}) {{",
        *_check(function, binding, writer.title),
        *[f"  {line}" for line in parts.once],
        f"  return Float64Array.from([{', '.join(parts.results)}]);",  # as many as there may be
        "}",
    ]


def _check(function: Function, binding: Binding, title: str) -> list[str]:
    """Return lines that refuse other arguments than lists, which would give nan without a word."""
    mapped = binding.mapped or ()
    is_array = [parameter.type == ARRAY_TYPE for parameter in function.parameters]
    each = [place in mapped for place, array in enumerate(is_array) if not array]
    wrong, held = [], []
    for name, count, times in (
        ("input", each.count(False), ""),
        ("arrays", is_array.count(True), ""),
        ("rows", each.count(True), "count * "),
    ):
        if count:
            what = "array" if name == "arrays" else "number"
            wrong.append(f"!({name}?.length >= {times}{count})")
            if name == "arrays":  # the numbers of one in place of a list of it
                wrong.append("arrays.some((array) => !(array?.length >= 0))")
            held.append(f"{name} of {counted(count, what)}" + " a row" * (name == "rows"))
    if not held:
        return []
    return [
        f"  if ({' || '.join(wrong)})",
        f'    throw new TypeError("{title} takes lists: {", ".join(held)}");',
    ]


def _mapped(function: Function, binding: Binding, writer: JavaScriptWriter) -> list[str]:
    once, each, outputs, row = writer.write(function, binding, "input[{}]", "rows[at + {}]", ARRAYS)
    before, body = [f"  {line}" for line in once], [f"    {line}" for line in each]
    count = len(outputs)
    parameters = _parameters(function, "count", "input", "arrays", "rows")
    head = [
        f"export function {writer.title}({parameters}) {{",
        *_check(function, binding, writer.title),
    ]
    if not binding.reduce:
        stores = [
            f"    out[i * {count} + {place}] = {output};" for place, output in enumerate(outputs)
        ]
        return [
            *(*head, *before, f"  const out = new Float64Array(count * {count});"),
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
        *(*head, *before, f"  const out = new Float64Array({count});"),
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
