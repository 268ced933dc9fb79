"""The accelerator and plain Python: same bits, same errors, same pickles; and it never crashes."""

import atexit
import contextlib
import gc
import hashlib
import json
import os
import pickle
import runpy
import signal
import subprocess
import sys
import threading
import types
import weakref
from pathlib import Path

import engine_programs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.engine import accelerator
from autograd.engine.node import FIELDS
from autograd.engine.order import ordered
from autograd.table import rows as ops

native = accelerator.native
needs_native = pytest.mark.skipif(native is None, reason=accelerator.reason)
ROOT = Path(ag.__file__).parent.parent
PATHS = os.pathsep.join([str(ROOT), str(Path(engine_programs.__file__).parent)])

NUMBERS = st.one_of(
    st.floats(-4.0, 4.0),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 1e308, -1e308, 5e-324, 710.0]),
)
LABELS = st.sampled_from(["", "x", "y"])
NODES = st.integers(0, 30)
OPERANDS = st.one_of(NODES, NODES, st.tuples(NUMBERS), st.tuples(st.integers(-5, 5)))
STEPS = st.one_of(
    st.tuples(st.just("leaf"), NUMBERS, LABELS, st.booleans()),
    st.tuples(st.sampled_from(sorted(engine_programs.BINARY)), NODES, OPERANDS),
    st.tuples(st.sampled_from(sorted(engine_programs.BINARY)), OPERANDS, NODES),
    st.tuples(st.sampled_from([*engine_programs.UNARY, *engine_programs.SIGNS]), NODES),
    st.tuples(st.sampled_from(["+", "*", "-", "/"]), NODES, NODES),
    st.tuples(st.just("clip"), NODES, OPERANDS, OPERANDS),
    st.tuples(st.just("where"), NODES, NODES),
    st.tuples(st.just("sum"), NODES, OPERANDS, NODES),
    st.tuples(st.just("dot"), NODES, OPERANDS, NODES),
    st.tuples(st.just("compare"), NODES, OPERANDS),
    st.tuples(st.just("backward"), NODES, NUMBERS),
    st.tuples(st.just("edit"), NODES, NUMBERS),
    st.tuples(st.just("set grad"), NODES, NUMBERS),
    st.tuples(st.just("label"), NODES, LABELS),
    st.tuples(st.sampled_from("zero copy deepcopy pickle forget grad".split()), NODES),
    st.tuples(st.just("gradient"), NODES, NODES),
    st.tuples(st.just("order"), NODES, NODES),
)
MODES = st.sampled_from(["none"] * 6 + ["scope"] * 2 + ["no_grad", "anomaly"])
PROGRAMS = st.lists(st.builds(lambda mode, step: [mode, *step], MODES, STEPS), max_size=40)


class PlainPython:
    """An interpreter beside this one, in which the engine is plain Python."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", engine_programs.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "AUTOGRAD_NATIVE": "off", "PYTHONPATH": PATHS},
        )
        atexit.register(self.close)

    def run(self, program):
        self._process.stdin.write(json.dumps(program) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@pytest.fixture(scope="module")
def plain_python():
    plain = PlainPython()
    yield plain
    plain.close()


def agree(program, plain):
    program = json.loads(json.dumps(program))
    ours = json.loads(json.dumps(engine_programs.run(program)))
    theirs = plain.run(program)
    for place, (came, expected) in enumerate(zip(ours[0], theirs[0], strict=True)):
        assert came == expected, program[: place + 1]
    assert ours[1] == theirs[1]


@needs_native
@given(program=PROGRAMS)
@settings(max_examples=150, deadline=None)
def test_random_programs_have_the_bits_and_the_errors_of_plain_python(program, plain_python):
    agree(program, plain_python)


@needs_native
@pytest.mark.slow
@given(program=PROGRAMS)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_random_programs_agree(program, plain_python):
    agree(program, plain_python)


@needs_native
@pytest.mark.parametrize("name", engine_programs.UNARY)
def test_every_function_of_one_number_has_the_bits_of_plain_python(name, plain_python):
    numbers = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -2.0, 30.0, -745.5, 1e-310, 1e300, -1e300]
    numbers += [float("inf"), -float("inf"), float("nan")]
    numbers += [index / 7.0 - 11.0 for index in range(150)]
    program = [
        each
        for number in numbers
        for each in (
            ["none", "leaf", number, "", False],
            ["none", "forget", -2],
            ["none", name, -1],
            ["none", "order", -1, -1],
        )
    ]
    agree(program, plain_python)


@needs_native
def test_each_reads_the_pickles_of_the_other(tmp_path):
    write = (
        "import pickle, sys, autograd as ag\n"
        "x = ag.Value(0.5, label='x')\n"
        "with ag.scope('part'):\n"
        "    y = ag.clip(ag.tanh(x * 2 + 1) / (3 - x) ** 2, -5, 5)\n"
        "y.backward()\n"
        "sys.stdout.buffer.write(pickle.dumps((x, y)))\n"
    )
    read = (
        "import pickle, sys, engine_programs as programs\n"
        "from autograd.engine.order import ordered\n"
        "x, y = pickle.load(sys.stdin.buffer)\n"
        "y.backward()\n"
        "print([programs.described(node) for node in ordered(y)], x in ordered(y))\n"
    )
    answers = set()
    for writer, reader in (("on", "off"), ("off", "on"), ("off", "off")):
        environment = {**os.environ, "PYTHONPATH": PATHS}
        pickled = subprocess.run(
            [sys.executable, "-c", write],
            capture_output=True,
            check=True,
            env={**environment, "AUTOGRAD_NATIVE": writer},
        ).stdout
        answers.add(
            subprocess.run(
                [sys.executable, "-c", read],
                input=pickled,
                capture_output=True,
                check=True,
                env={**environment, "AUTOGRAD_NATIVE": reader},
            ).stdout
        )
    assert len(answers) == 1
    assert b"True" in answers.pop()


# -- what must not crash ---------------------------------------------------------------------------

THINGS = st.one_of(
    st.none(), st.floats(), st.integers(), st.text(max_size=2), NODES, st.lists(NODES, max_size=4)
)


@needs_native
def test_leaves_of_a_level_are_found_and_nonsense_is_refused():
    leaf = native.leaf_of(0.5, 3)
    assert (leaf.data, leaf._level, leaf._adjoint, leaf.is_leaf) == (0.5, 3, 0.0, True)
    assert native.are_inside([leaf, leaf * 2.0], 3)
    assert not native.are_inside([leaf], 4)
    assert not native.are_inside([leaf, Value(1.0)], 1)
    for bad in ((), (0.5,), ("a", 1), (0.5, "a"), (0.5, 2**70), (0.5, 1, 1)):
        with pytest.raises((TypeError, OverflowError)):
            native.leaf_of(*bad)
    for bad in ((), ([],), ((), 1), ([], "a"), ([0.5], 1), ([object.__new__(Value)], 1)):
        with pytest.raises((TypeError, AttributeError)):
            native.are_inside(*bad)


@given(st.lists(st.tuples(NODES, st.sampled_from(FIELDS), THINGS), max_size=30))
@settings(max_examples=200, deadline=None)
def test_whatever_is_put_into_the_fields_of_nodes_a_walk_ends_in_an_error_or_a_list(edits):
    if native is None:
        pytest.skip("plain Python holds whatever it is given")
    leaves = [Value(0.5), Value(-2.0)]
    nodes = [*leaves, leaves[0] * leaves[1], ag.clip(leaves[0], -1.0, leaves[1]), -leaves[0]]
    nodes += [object.__new__(Value), nodes[2] ** 2]
    for place, field, thing in edits:
        target = nodes[place % len(nodes)]
        if isinstance(thing, list):
            thing = tuple(
                nodes[each % len(nodes)] if each % 3 else [None, 1.5, each, "x"][each % 4]
                for each in thing
            )
        elif isinstance(thing, int) and thing >= 0 and field in ("_left", "_right"):
            if thing % len(nodes) >= place % len(nodes):
                continue  # a node above itself has no order
            thing = nodes[thing % len(nodes)]
        with contextlib.suppress(TypeError, AttributeError, OverflowError, ValueError):
            setattr(target, field, thing)
            getattr(target, field, None)
    for node in nodes:
        for use in (ordered, Value.backward, lambda n: (n.args, n.partials), repr, abs):
            with contextlib.suppress(TypeError, AttributeError, ValueError, AssertionError):
                use(node)
    for node in nodes:
        for field in ("_left", "_right"):
            with contextlib.suppress(TypeError, AttributeError):
                setattr(node, field, None)


@needs_native
def test_a_node_without_a_number_says_so():
    node = object.__new__(Value)
    for use in (lambda: node + 1.0, lambda: -node, lambda: node.data, lambda: node.backward()):
        with pytest.raises(AttributeError):
            use()


@needs_native
def test_a_thousand_turns_leave_every_count_of_references_as_it_was():
    def turn():
        x, kept = Value(0.5, label="x"), engine_programs.Noted(2.0)
        kept.other = x
        with ag.scope("part"):
            y = ag.clip(ag.tanh(x * 2 + 1) / (3 - kept) ** 2, -5, kept) - abs(-x).relu()
        y.backward()
        _ = y.args, y.partials, y.op, y.scope, y.label, x.label, x.data, x.grad
        pickle.loads(pickle.dumps(y)).backward()
        ag.gradient(y, [x])[0].backward()
        ag.grad(lambda z: z * z)(3.0)
        x.data, x.grad = 3, 0
        for wrong in (lambda: x + "a", lambda: Value("a"), lambda: x.relu(1), lambda: y**y ** "b"):
            with pytest.raises(TypeError):
                wrong()

    for _ in range(200):
        turn()
    gc.collect()
    counted = [Value, Value.__mro__[2], None, float, ops.add, ops.tanh, ops.relu, ops.clip]
    before = [sys.getrefcount(thing) for thing in counted]
    blocks = sys.getallocatedblocks()
    every_reference = getattr(sys, "gettotalrefcount", int)  # of debug builds: Debian's python3-dbg
    references = every_reference()
    for _ in range(1000):
        turn()
    gc.collect()
    for thing, count in zip(counted, before, strict=True):
        assert abs(sys.getrefcount(thing) - count) < 100, thing
    assert sys.getallocatedblocks() - blocks < 800
    assert abs(every_reference() - references) < 500


@needs_native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_signal_handler_may_walk_a_graph_in_the_midst_of_a_walk():
    x = Value(1.0)
    y = x
    for _ in range(300_000):
        y = y + x
    walked = []

    def handler(*_):
        root = x * 3.0 + y
        walked.append([id(node) for node in ordered(root, y)])

    expected = [id(node) for node in ordered(y)]
    before = signal.signal(signal.SIGALRM, handler)
    try:
        for turn in range(20):
            signal.setitimer(signal.ITIMER_REAL, 0.001 + 0.002 * turn)
            assert [id(node) for node in ordered(y)] == expected
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert walked
    assert all(len(order) == len(expected) + 2 for order in walked)
    x.grad = 0.0
    y.backward()
    assert x.grad == 300_001.0


@needs_native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_signal_handler_may_take_operands_away_in_the_midst_of_a_walk():
    def chain():
        y = Value(1.0)
        nodes = [y]
        for _ in range(300_000):
            y = y + 1.0
            if len(nodes) < 30:
                nodes.append(weakref.ref(y))
        return y, nodes[-1]()

    taken = []

    def handler(*_):
        middle._left = Value(2.0)  # what was below is freed while the walk is there
        taken.append(True)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        for turn in range(12):
            y, middle = chain()
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + 0.001 * turn)
            y.backward()
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert middle.grad == 1.0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert taken


def test_other_threads_run_while_a_long_graph_is_walked():
    x = Value(1.0)
    y = x
    for _ in range(300_000):
        y = y * 1.0 + x
    turns, stop = [], threading.Event()

    def count():
        while not stop.is_set():
            turns.append(1)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = len(turns)
        y.backward()
        assert len(turns) > before
    finally:
        stop.set()
        thread.join()
    assert x.grad == 300_001.0


class Tagged(Value):
    def __add__(self, other):
        return "mine"

    def __radd__(self, other):
        return "mine too"


def test_a_subclass_may_have_operators_of_its_own():
    x, tagged = Value(1.0), Tagged(2.0)
    assert tagged + x == "mine"
    assert x + tagged == "mine too"
    assert 1 + tagged == "mine too"
    assert super(Tagged, tagged).__add__(x).data == 3.0
    assert (tagged * x).op is ops.multiply


def test_methods_that_are_replaced_are_called(monkeypatch):
    monkeypatch.setattr(Value, "__mul__", lambda self, other: "replaced")
    monkeypatch.setattr(Value, "relu", lambda self: "replaced too")
    assert Value(1.0) * 2 == "replaced"
    assert Value(1.0).relu() == "replaced too"


def test_an_object_that_holds_a_node_and_is_held_by_none_is_collected():
    class Kept(Value):
        pass

    kept = Kept(1.0)
    kept.itself = kept
    gone = weakref.ref(kept)
    del kept
    gc.collect()
    assert gone() is None


def test_a_weak_reference_to_a_node_ends_with_it_also_deep_in_a_graph():
    x = Value(1.0)
    y, seen = x, []
    references = []
    for _ in range(3000):
        y = y + 1.0
        references.append(weakref.ref(y, lambda _: seen.append(Value(1.0) * 2.0)))
    del y
    assert len(seen) == 3000
    assert not any(reference() for reference in references)


def test_the_environment_says_whether_it_serves():
    code = "from autograd.engine.accelerator import native, reason; print(native is None, reason)"
    for wish, answer in (("off", "True AUTOGRAD_NATIVE is off"), ("yes", "'on', 'off' or")):
        environment = {**os.environ, "AUTOGRAD_NATIVE": wish, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment
        )
        assert answer in done.stdout + done.stderr


def test_methods_called_on_what_is_no_value_say_the_same_as_in_plain_python():
    code = """
from autograd import Value
from autograd.table.operation import TABLE
from autograd.table.rows import NUMPY_NAMES
names = [row.name for row in TABLE.values() if row.public and row.symbol == row.name]
names = [name for name in names if TABLE[name].arity == 1]
x = Value(0.5)
for name in [*names, *NUMPY_NAMES, "backward", "item"]:
    for operands in ((1,), ("text",), (x, 1, 2)):
        try:
            getattr(Value, name)(*operands)
        except TypeError as error:
            print(name, error)
"""
    told = []
    for wish in ("on", "off"):
        environment = {**os.environ, "AUTOGRAD_NATIVE": wish, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment
        )
        assert not done.stderr
        told.append(done.stdout.splitlines())
    assert "relu relu() is a method of Value, and was given an int" in told[0]
    assert len(told[0]) > 100
    assert told[0] == told[1]


def test_a_debugger_steps_into_operators_of_plain_python_and_over_those_of_the_accelerator():
    x, seen = Value(2.0), []
    before = sys.gettrace()
    sys.settrace(lambda frame, event, _: seen.append(frame.f_code.co_name))
    try:
        product = x * x
    finally:
        sys.settrace(before)
    assert (product.data, "__mul__" in seen) == (4.0, native is None)


@pytest.mark.parametrize(
    ("missing", "words"),
    [("Py_GIL_DISABLED", "lock of the interpreter"), ("pypy", "CPython"), ("wasm", "WebAssembly")],
)
def test_builds_of_python_that_the_accelerator_is_not_for_get_plain_python(
    missing, words, monkeypatch
):
    hook = ROOT / "hatch_build.py"
    if not hook.exists():
        pytest.skip("installed from a wheel: what builds it is not here")
    monkeypatch.delenv("AUTOGRAD_NATIVE", raising=False)
    plugin = types.ModuleType("plugin")
    plugin.BuildHookInterface = object
    monkeypatch.setitem(sys.modules, "hatchling.builders.hooks.plugin.interface", plugin)
    for depth in range(1, 5):
        name = ".".join("hatchling.builders.hooks.plugin".split(".")[:depth])
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    why_not = runpy.run_path(str(hook))["why_not"]
    monkeypatch.setattr(sys.implementation, "name", "cpython")
    monkeypatch.setattr("sysconfig.get_config_var", lambda name: 0)
    assert why_not() == ""
    if missing == "pypy":
        monkeypatch.setattr(sys.implementation, "name", "pypy")
    elif missing == "wasm":
        monkeypatch.setattr(sys, "platform", "emscripten")
    else:
        monkeypatch.setattr("sysconfig.get_config_var", lambda name: int(name == missing))
    assert words in why_not()


@needs_native
@pytest.mark.slow
def test_a_second_interpreter_of_the_process_runs_plain_python_and_harms_nothing():
    interpreters = pytest.importorskip(
        "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from autograd.engine.accelerator import native\n"
        "from autograd import Value\n"
        "x = Value(2.0)\n"
        "(x * x + 'a' if native else x * x).backward()\n"
        "assert x.grad == 4.0 and native is None\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import autograd, {interpreters.__name__} as many\n"
            f"inner = many.create()\n"
            f"problem = many.run_string(inner, {code!r})\n"
            "assert problem is None, problem\n"
            "many.destroy(inner)\n"
            "x = autograd.Value(2.0)\n"
            "with autograd.no_grad():\n"
            "    y = x / 0 + 2**x\n"
            "(x / 2).backward()\n"
            "print(x.grad, y.data)",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AUTOGRAD_NATIVE": "on"},
    )
    assert done.stdout == "0.5 inf\n", done.stderr


@needs_native
def test_what_is_built_is_what_the_sources_say():
    folder = Path(ag.__file__).parent / "engine" / "native"
    files = sorted([*folder.glob("*.c"), *folder.glob("*.h")])
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    if not files or not native.SOURCES:
        pytest.skip("the sources are not here, or the accelerator was built by hand")
    assert digest == native.SOURCES, "install once more: pip install -e ."


@needs_native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
@pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="interrupted, its `with lock:` keeps the lock"
)
@given(program=PROGRAMS, times=st.lists(st.floats(1e-5, 3e-3), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None)
def test_programs_that_are_interrupted_leave_graphs_with_the_same_bits(program, times):
    program = [each for each in json.loads(json.dumps(program)) if each[1] != "forget"]
    nodes = [Value(1.5, label="start")]
    for mode, what, *operands in program:
        with contextlib.suppress(Exception), engine_programs.MODES[mode]():
            engine_programs.step(nodes, what, *operands)
    x = Value(1.0)
    root = x
    for _ in range(20_000):
        root = root + x
    for node in nodes:
        root = root + node
    pure = pickle.loads(pickle.dumps(root))
    pure.backward()
    expected = [engine_programs.bits(node.grad) for node in ordered(pure)]
    grads = [node.grad for node in ordered(root)]

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for seconds in times:
            for node, number in zip(ordered(root), grads, strict=True):
                node.grad = number
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, seconds)
                    root.backward()
                    ordered(root)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0.0)
            except KeyboardInterrupt:
                pass
            found = [engine_programs.bits(node.grad) for node in ordered(root)]
            assert found in (expected, [engine_programs.bits(number) for number in grads])
    finally:
        signal.signal(signal.SIGALRM, before)


def test_graphs_are_built_walked_and_dropped_in_many_threads_at_once():
    shared, failures = Value(0.5), []

    def work(seed):
        try:
            for turn in range(60):
                x = Value(float(seed))
                y = x
                for _ in range(300):
                    y = (y * 0.5 + x * shared).tanh()
                keep = y.args[0]
                y.backward()
                del y
                assert keep.op is ops.add
                assert x.grad != 0.0, turn
                assert len(ordered(keep)) > 600
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 7)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []


def test_an_edit_in_a_mode_is_noticed_after_many_others():
    """The count of edits is C's where C runs, also where a mode has Python look at the call."""
    x = Value(0.0)
    for number in range(100):
        x.data = float(number)
    y = abs(x)
    with ag.detect_anomaly():
        x.data = 1.0
    with pytest.raises(ag.AutogradError, match="edited after"):
        ag.gradient(y, [x])
