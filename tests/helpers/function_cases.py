"""Random Functions for the back ends, and what runs them all."""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from autograd.backends import interpreter, javascript
from autograd.backends.binding import Binding
from autograd.ir.function import F64, I1, Function, Parameter, operand_types, result_type
from autograd.ir.lower import PRIMITIVES, pruned
from autograd.table.operation import TABLE

EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e300, 1e-300, 5e-324, math.inf, -math.inf, math.nan)


def number(source: random.Random) -> float:
    return source.choice(EDGES) if source.random() < 0.2 else source.uniform(-4.0, 4.0)


def random_function(source: random.Random, steps: int = 12) -> Function:
    """Return a program of primitives with conditions, constants and several results."""
    function = Function(f"case {source.getrandbits(40)}")
    for place in range(source.randint(1, 4)):
        function.add_parameter(Parameter(f"x[{place}]", is_capture=source.random() < 0.2))
    numbers = {F64: list(range(len(function))), I1: []}
    for _ in range(source.randint(1, steps)):
        if source.random() < 0.15:
            constant = source.random() < 0.5 if source.random() < 0.3 else number(source)
            numbers[I1 if isinstance(constant, bool) else F64].append(
                function.add_constant(constant)
            )
            continue
        opcode = source.choice(sorted(PRIMITIVES))
        wanted = operand_types(opcode)
        if all(numbers[type_] for type_ in wanted):
            operands = tuple(source.choice(numbers[type_][-6:]) for type_ in wanted)
            numbers[result_type(opcode)].append(function.add(opcode, operands))
    results = [source.choice(numbers[F64][-4:]) for _ in range(source.randint(1, 3))]
    return function.end(tuple(results))


def random_case(source: random.Random):
    """Return a function, a binding, shared numbers and rows."""
    function = pruned(random_function(source))
    count = len(function.parameters)
    kind = source.choice((None, None, "rows", "sum", "mean"))
    if kind is None:
        return function, Binding(), [number(source) for _ in range(count)], []
    mapped = frozenset(source.sample(range(count), source.randint(1, count)))
    binding = Binding(mapped, None if kind == "rows" else kind)
    rows = [[number(source) for _ in mapped] for _ in range(source.choice((1, 3, 8, 9, 20)))]
    return function, binding, [number(source) for _ in range(count - len(mapped))], rows


def bits(results) -> list[str]:
    """Return numbers so that they compare to the bit; every nan is one."""
    if results and isinstance(results[0], list):
        results = [number for row in results for number in row]
    return ["nan" if x != x else struct.pack("=d", x).hex() for x in results]


# A library for JavaScript: it looks up what the C library gave for the same arguments.
LOOKUP = """
const view = new DataView(new ArrayBuffer(8));
const hex = (x) => {
  if (x !== x) return 'nan';
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
};
const number = (text) => {
  if (text === 'nan') return NaN;
  view.setBigUint64(0, BigInt('0x' + text));
  return view.getFloat64(0);
};
const libraryOf = (table) => new Proxy({}, {
  get: (_, name) => (...given) => {
    const key = [name, ...given.map(hex)].join(' ');
    if (!(key in table)) throw new Error('not computed: ' + key);
    return number(table[key]);
  },
});
"""


def big_endian(x: float) -> str:
    return "nan" if x != x else struct.pack(">d", x).hex()


def library_calls(function, binding, shared, rows) -> dict[str, str]:
    """Return what the C library gives for each call of it that the function makes."""
    table: dict[str, str] = {}
    names = {**javascript.MATH, "power": "pow"}

    class Recorded(dict):
        """The table, whose rows keep what they are called with."""

        def __missing__(self, opcode):
            row = TABLE[opcode]

            def value(*operands):
                result = row.value(*operands)
                name, given = names.get(opcode), operands
                if opcode == "exp2":  # which JavaScript does not have
                    name, given = "pow", (2.0, *operands)
                if name:
                    table[" ".join([name, *map(big_endian, given)])] = big_endian(result)
                return result

            self[opcode] = SimpleNamespace(value=value, is_condition=row.is_condition)
            return self[opcode]

    with mock.patch.object(interpreter, "TABLE", Recorded()):
        interpreter.compile(function, binding)(shared, rows)
    return table


def run_in_node(cases) -> list[list[float]]:
    """Return the results of all cases, each with the C library's own functions."""
    with tempfile.TemporaryDirectory() as folder:
        calls = []
        for place, (function, binding, shared, rows) in enumerate(cases):
            Path(folder, f"case{place}.mjs").write_text(javascript.source(function, binding))
            given = {
                "name": javascript.identifier(function.name),
                "shared": [big_endian(x) for x in shared if not isinstance(x, list)],
                "arrays": [[*map(big_endian, x)] for x in shared if isinstance(x, list)],
                "rows": [big_endian(x) for row in rows for x in row],
                "count": len(rows),
                "mapped": binding.mapped is not None,
                "table": library_calls(function, binding, shared, rows),
            }
            calls.append(given)
        Path(folder, "cases.json").write_text(json.dumps(calls))
        Path(folder, "run.mjs").write_text(
            f"""import fs from 'node:fs';
{LOOKUP}
const cases = JSON.parse(fs.readFileSync(new URL('cases.json', import.meta.url)));
const results = [];
for (const [place, each] of cases.entries()) {{
  const f = (await import(`./case${{place}}.mjs`))[each.name];
  const library = libraryOf(each.table);
  const shared = each.shared.map(number), rows = each.rows.map(number);
  const input = each.arrays.length ? [shared, each.arrays.map((x) => x.map(number))] : [shared];
  const out = each.mapped ? f(each.count, ...input, rows, library) : f(...input, library);
  results.push([...out].map(hex));
}}
console.log(JSON.stringify(results));
"""
        )
        done = subprocess.run(
            ["node", str(Path(folder, "run.mjs"))], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return [
            [math.nan if x == "nan" else struct.unpack(">d", bytes.fromhex(x))[0] for x in each]
            for each in json.loads(done.stdout)
        ]
