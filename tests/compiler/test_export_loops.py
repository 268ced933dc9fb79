"""Programs with loops and arrays as files: C built with gcc, JavaScript run under node."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from compiler_cases import flat
from function_cases import bits, run_in_node

from autograd import (
    Value,
    exp,
    fori_loop,
    grad,
    hessian,
    jit,
    log,
    put,
    scan,
    sin,
    take,
    tanh,
    value_and_grad,
    where,
    while_loop,
)
from autograd.backends import c, interpreter
from autograd.backends.binding import Binding
from autograd.ir.text import parse

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("node") is None,
    reason="there is no gcc or no node on this machine",
)


def root(a):
    """Newton's iteration for the square root."""
    return while_loop(lambda x: abs(x * x - a) > 1e-12, lambda x: 0.5 * (x + a / x), a)


def kept(w, xs):
    """A loop whose results are stacked, and read by another."""
    last, stack = scan(lambda h, x: (sin(h * w + x), h * x), w, xs)
    return last * stack[1] + scan(lambda total, y: (total + y * w, None), 0.0, stack)[0]


def nested(a, b):
    def outer(i, state):
        x, y = state
        inner = fori_loop(0, i, lambda j, z: z * 0.5 + a * j, x)
        return y + inner, x * b

    x, y = fori_loop(0, 4, outer, (a, b))
    return x * y


def recurrent(w, xs, start):
    def step(h, x):
        return tanh(w[0] * h + w[1] * x[0] + w[2] * x[1]), None

    h, _ = scan(step, start, xs)
    return h * h


def chosen(x, n):
    return fori_loop(0, n, lambda i, y: where(y > 1.0, log(y) * x, y * y + x), x)


def branching(height, speed):
    def step(i, state):
        y, v = state
        y, v = y + 0.1 * v, v - 0.981
        if y < 0.0:
            y, v = -y, -0.8 * v
        return y, v

    y, v = fori_loop(0, 20, step, (height, speed))
    return y * v


def looked_up(table, i):
    return take(table, i) * exp(take(put(table, 0, 2.0), -1)) + take([1.0, 2.0, 3.0], i)


def grown(x, k):
    """A loop in a loop, of which each ends by itself."""

    def outer(state):
        total, n = state
        inner = while_loop(lambda z: z < n, lambda z: z * x + 1.0, 0.25 * x)
        return total + inner * inner, n + 1.0

    return while_loop(lambda state: state[1] < k, outer, (0.0, 1.0))[0]


PAIRS = np.random.default_rng(1).normal(size=(7, 2))
PROGRAMS = {
    "a while": (root, [(2.0,), (0.25,), (1.0,)], 0),
    "a stack": (kept, [(0.5, PAIRS[:, 0]), (-0.3, PAIRS[:3, 1])], 0),
    "a loop in a loop": (nested, [(0.3, -1.1)], (0, 1)),
    "whiles in a while": (grown, [(1.5, 5.0), (1.1, 0.0)], 0),
    "a sequence": (
        recurrent,
        [(np.array([0.4, -0.2, 0.9]), PAIRS[:n], 0.1) for n in (7, 2, 1)],
        0,
    ),
    "a choice": (chosen, [(0.7, 5), (1.3, 0), (0.2, -2)], 0),
    "an if": (branching, [(1.0, 0.0)], (0, 1)),
    "a lookup": (looked_up, [(np.array([0.5, 1.5, -0.5]), i) for i in (1, -1, 7)], 0),
}


def leaves(args):
    numbers = [float(each) for each in args if not np.ndim(each)]
    return numbers, [np.asarray(each, float) for each in args if np.ndim(each)]


def exported(fast, args):
    """Return what a compiled function exports, what all rows share, and the rows."""
    executable = fast._shown()
    executable = executable.careful() if executable.is_fast else executable
    layout = executable.layout
    numbers, arrays = leaves(args)
    numbers, shared, mapped, columns = iter(numbers), [], [], []
    for place, source in enumerate(layout.sources):
        if source.array is None:
            shared.append(next(numbers))
        elif source.extent is not None:
            shared.append(arrays[source.array].ravel().tolist())
        elif source.row is None:
            shared.append(float(arrays[source.array].flat[source.offset // 8]))
        else:
            column = arrays[source.array].reshape(len(arrays[source.array]), -1)
            columns.append(column[:, source.offset // 8].tolist())
            mapped.append(place)
    binding = Binding(frozenset(mapped) if layout.mapped else None, layout.reduce)
    labels = [*executable.traced.structure.paths("result")]
    assert fast.c == c.source(executable.function, binding, fast.exact, labels)
    return executable.function, binding, shared, [list(row) for row in zip(*columns, strict=True)]


def everywhere(case):
    """Return the bits of the interpreter, which C and JavaScript are held to."""
    function, binding, shared, rows = case
    expected = bits(interpreter.compile(function, binding)(shared, rows))
    assert bits(c.compile(function, binding)(shared, rows)) == expected
    assert bits(run_in_node([case])[0]) == expected
    return expected


DERIVED = {
    "value": lambda function, argnums: function,
    "gradient": grad,
    "hessian": hessian,
}


@pytest.mark.parametrize("order", DERIVED)
def test_loops_in_c_and_in_javascript_have_the_bits_of_compiled_code(order):
    cases, results = [], []
    for name, (function, calls, argnums) in PROGRAMS.items():
        fast = jit(DERIVED[order](function, argnums))
        for args in calls:
            results.append(bits(flat(fast(*args))))
            program, *given = exported(fast, args)
            cases.append((replace(program, name=f"case {len(cases)}"), *given))
            if order == "value" and name != "a lookup":  # which is an IndexError where it is eager
                eager = function(*[np.asarray(a).astype(object) if np.ndim(a) else a for a in args])
                assert bits([float(eager)]) == results[-1], name
    in_c = c.compile_all([case[:2] for case in cases])
    for case, compiled, one, wanted in zip(cases, in_c, run_in_node(cases), results, strict=True):
        function, binding, shared, rows = case
        assert bits(interpreter.compile(function, binding)(shared, rows)) == wanted
        assert bits(compiled(shared, rows)) == bits(one) == wanted, function.name


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_rows_with_loops_are_added_up_in_c_as_in_compiled_code(reduce):
    rows = np.random.default_rng(2).uniform(0.2, 2.0, size=(60, 2))

    def f(w, x, table):
        y = scan(lambda h, t: (tanh(h * w + t), None), x[0], table)[0]
        counted = fori_loop(0, x[1] * 0.0 + 3.0, lambda i, z: z * x[1] + take(table, i), y)
        return root(counted * counted + 1.0) * take([1.0, w, 3.0], 1)

    fast = jit(value_and_grad(f), (None, 0, None), reduce)
    args = (0.5, rows, PAIRS[:3, 0])
    value, slope = fast(*args)
    wanted = np.column_stack([value, slope]).ravel().tolist()
    function, binding, shared, given = case = exported(fast, args)
    assert bits(c.compile(function, binding)(shared, given)) == bits(wanted)
    assert bits(run_in_node([case])[0]) == bits(wanted)


def test_a_function_without_arrays_of_its_own_returns_nothing_and_needs_no_memory():
    fast = jit(root)
    fast(2.0)
    assert "\nvoid autograd_root(const double *in, double *out)\n" in fast.c
    assert "stdlib" not in fast.c
    assert "malloc" not in fast.c


def test_the_head_of_a_file_names_its_whole_arrays_and_what_it_returns(tmp_path):
    fast = jit(grad(recurrent))
    fast(np.ones(3), PAIRS, 0.5)
    head = fast.c[: fast.c.index("#include")]
    assert "in their order:\n *   [0] xs\n * results: 3" in head
    assert "returns: 0, or 1 where" in head
    signature = "const double *in, const double *const *arrays, const int64_t *sizes, double *out)"
    assert f"\nint autograd_recurrent({signature}\n" in fast.c
    text = fast.save(tmp_path / "f.js").read_text()
    assert "autograd_recurrent(input, arrays, library = Math)" in text


HARNESS = """
#include <stdio.h>
#include <stdlib.h>
static long live, peak, asked, last = -1;
void *counted_realloc(void *, size_t);
void counted_free(void *);
void *counted_realloc(void *before, size_t count)
{
    long *block;
    if (last >= 0 && asked >= last)
        return NULL;
    asked++;
    block = realloc(before == NULL ? NULL : (long *)before - 2, count + 2 * sizeof(long));
    if (before == NULL)
        *block = 0;
    live += (long)count - *block;
    peak = live > peak ? live : peak;
    *block = (long)count;
    return block + 2;
}
void counted_free(void *block)
{
    if (block == NULL)
        return;
    live -= *((long *)block - 2);
    free((long *)block - 2);
}
"""
CHECKED = ["-std=c11", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-g"]
CHECKED += ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def counted(source):
    """Return C code whose memory the harness gives."""
    include = "#include <stdlib.h>\n"
    assert include in source
    declared = "void *counted_realloc(void *, size_t);\nvoid counted_free(void *);\n"
    defined = "#define realloc counted_realloc\n#define free counted_free\n"
    return source.replace(include, include + declared + defined)


def run_checked(folder, sources, main):
    """Return what a program prints that is built of some sources, with all checks of gcc."""
    for place, source in enumerate(sources):
        (folder / f"f{place}.c").write_text(source)
    (folder / "main.c").write_text(f"#include <stdint.h>\n#include <math.h>\n{main}")
    files = [str(folder / f"f{place}.c") for place in range(len(sources))]
    command = ["gcc", *CHECKED, "-o", str(folder / "main"), str(folder / "main.c"), *files]
    built = subprocess.run([*command, "-lm"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    done = subprocess.run([str(folder / "main")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_where_there_is_no_memory_a_function_says_so_and_leaks_nothing(tmp_path):
    def f(x, xs):
        def outer(h, y):
            rows = scan(lambda g, z: (sin(g * x) * z, g), h, xs)[1]
            return h * y + take(rows, 0), None

        return scan(outer, x, xs)[0]

    fast = jit(hessian(f))
    args = (0.5, PAIRS[:, 0])
    wanted = fast(*args)
    _, _, numbers, _ = exported(fast, args)
    main = f"""{HARNESS}
int autograd_f(const double *in, double *out);
int main(void)
{{
    const double in[] = {{{", ".join(map(repr, numbers))}}};
    double out[1] = {{0.0}};
    int status = 1;
    for (last = 0; status; last++) {{
        asked = 0;
        status = autograd_f(in, out);
        if (live)
            return 2;
    }}
    printf("%ld %.17g", last, out[0]);
    return 0;
}}
"""
    failures, result = run_checked(tmp_path, [counted(fast.c)], main)
    assert int(failures) > 3
    assert float(result) == wanted


def test_memory_does_not_grow_with_the_steps_of_a_loop_whose_arrays_die_in_each(tmp_path):
    def f(x, n):
        def step(i, y):
            slope = grad(lambda z: fori_loop(0, 5, lambda j, t: sin(t * z) + j, z))(y)
            return y + 0.001 * slope

        return fori_loop(0, n, step, x)

    fast = jit(f)
    wanted = [fast(0.5, 10), fast(0.5, 1000)]
    main = f"""{HARNESS}
int autograd_f(const double *in, double *out);
int main(void)
{{
    for (double n = 10.0; n <= 1000.0; n *= 100.0) {{
        const double in[] = {{0.5, n}};
        double out[1];
        peak = 0;
        if (autograd_f(in, out) || live)
            return 1;
        printf("%ld %.17g ", peak, out[0]);
    }}
    return 0;
}}
"""
    few, first, many, second = run_checked(tmp_path, [counted(fast.c)], main)
    assert int(few) == int(many) > 0
    assert [float(first), float(second)] == wanted


def test_programs_with_loops_pass_gccs_sanitizers(tmp_path):
    sources, calls, wanted = [], [], []
    for place, name in enumerate(PROGRAMS):
        function, (args, *_), argnums = PROGRAMS[name]
        fast = jit(value_and_grad(function, argnums))
        fast(*args)
        fast._shown().function.name = f"f{place}"
        function, _, shared, _ = case = exported(fast, args)
        function.name = f"f{place}"
        sources.append(c.source(function))
        numbers = [x for x in shared if not isinstance(x, list)]
        arrays = [x for x in shared if isinstance(x, list)]
        given = [f"(const double[]){{{', '.join(map(repr, numbers))}}}"]
        parameters = ["const double *"]
        if arrays:
            listed = [f"(const double[]){{{', '.join(map(repr, each))}}}" for each in arrays]
            given.append(f"(const double *const[]){{{', '.join(listed)}}}")
            given.append(f"(const int64_t[]){{{', '.join(str(len(each)) for each in arrays)}}}")
            parameters += ["const double *const *", "const int64_t *"]
        kind = "int" if f"int autograd_f{place}" in sources[-1] else "void"
        calls.append(
            f"    {{ {kind} autograd_f{place}({', '.join(parameters)}, double *);\n"
            f"    autograd_f{place}({', '.join(given)}, out);\n"
            f"    for (int k = 0; k < {len(function.results)}; k++)\n"
            f'        printf("%.17g ", out[k]); }}'
        )
        wanted += interpreter.compile(*case[:2])(shared)
    main = "#include <stdio.h>\nint main(void)\n{\n    double out[64];\n"
    main += "\n".join(calls) + "\n    return 0;\n}\n"
    assert [float(each) for each in run_checked(tmp_path, sources, main)] == wanted


@pytest.mark.parametrize("sizes", [(5,), (1,), (0,)])
def test_a_size_that_is_no_count_of_rows_reads_nothing_outside_of_an_array(tmp_path, sizes):
    fast = jit(grad(recurrent))
    fast(np.ones(3), PAIRS, 0.5)
    main = f"""
int autograd_recurrent(const double *, const double *const *, const int64_t *, double *);
int main(void)
{{
    double xs[{sizes[0] + 1}] = {{1.0}}, out[3];
    const double *arrays[] = {{xs}};
    return autograd_recurrent((const double[]){{0.1, 0.2, 0.3, 0.4}}, arrays,
                              (const int64_t[]){{{sizes[0]}}}, out);
}}
"""
    assert run_checked(tmp_path, [fast.c], main) == []


ADDED = """
func "added" (%0 "xs": f64[], %1 "i": f64, %2 "n": f64) {
  %3 = constant 1.0 : f64
  %4 = constant 2.0 : f64
  %5 = array %3, %4 : f64[]
  %6 = push %5, %1 : f64[]
  %7 = scan %2, %0, %6 : (f64[], f64[]) {
    func "step" (%0 "k": f64, %1 "a": f64[], %2 "b": f64[]) {
      %3 = add_at %1, %0, %0 : f64[]
      %4 = push %2, %0 : f64[]
      return %3, %4
    }
  }
  %8 = extract[0] %7 : f64[]
  %9 = extract[1] %7 : f64[]
  %10 = load %8, %1 : f64
  %11 = load %9, %1 : f64
  %12 = size %9 : f64
  return %10, %11, %12
}
"""


def test_arrays_of_the_caller_and_of_constants_are_copied_before_they_are_changed():
    case = (parse(ADDED), Binding(), [[1.0, 2.0, 3.0], -1.0, 5.0], [])
    for _ in range(2):
        found = c.compile(case[0], Binding())
        assert found(case[2]) == found(case[2]) == [5.0, 4.0, 8.0]
    assert run_in_node([case]) == [[5.0, 4.0, 8.0]]
    assert interpreter.compile(case[0], Binding())([[1.0, 2.0, 3.0], -1.0, 5.0]) == [5.0, 4.0, 8.0]


def test_a_table_of_constants_keeps_the_sign_of_a_zero():
    fast = jit(lambda i: take([-0.0, 0.0, float("nan"), float("-inf")], i))
    for i in range(4):
        wanted = bits([take([-0.0, 0.0, float("nan"), float("-inf")], i)])
        assert bits([fast(i)]) == wanted
        assert everywhere(exported(fast, (i,))) == wanted


def test_large_arrays_do_not_lie_on_the_stack(monkeypatch):
    fast = jit(lambda xs, i: grad(lambda xs: take(xs, i) ** 2)(xs)[3] + take(xs, i))
    numbers = [float(place) for place in range(20)]
    assert fast(numbers, 3) == 9.0
    function = fast._shown().function
    assert "double v" in fast.c
    assert "[20] = {" in fast.c
    monkeypatch.setattr(c, "LOCAL", 19)
    assert "[20] = {" not in fast.c
    assert c.compile(function, Binding())([*numbers, 3.0]) == [9.0]


def test_captured_values_are_constants_of_a_loops_file(tmp_path):
    weight = Value(0.5, "weight")
    fast = jit(lambda x, n: fori_loop(0, n, lambda i, y: y * weight + i, x))
    result = fast(2.0, 4.0)
    path = fast.save(tmp_path / "f.mjs", freeze=True)
    code = f"import('{path}').then((m) => console.log(m.autograd_lambda([2, 4])[0]))"
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == result.data
