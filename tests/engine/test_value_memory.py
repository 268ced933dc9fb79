"""Graphs of any size: no cycles, no recursion, little memory, threads and interruptions."""

import copy
import gc
import os
import pickle
import signal
import sys
import threading
import time
import tracemalloc
import weakref

import pytest

import autograd as ag
from autograd import Value, zero_grad
from autograd.engine.accelerator import native
from autograd.engine.order import ordered

MILLION = 1_000_000


@pytest.fixture
def no_collector():
    """Take what exists out of the collector's sight: looking through it all takes long."""
    assert ag.explain
    assert ag.steps  # enters the room: an import leaves circles of its own behind
    gc.collect()
    gc.disable()
    gc.freeze()
    yield
    gc.unfreeze()
    gc.enable()


def every_kind_of_node(x):
    y = ag.tanh(x * 2 + 1) / (3 - x) ** 2 - -x
    return ag.clip(ag.maximum(y, 0.1), -5, 5) * ag.where(x > 0, x, y) + abs(y)


def test_dropping_the_root_frees_the_graph_at_once(no_collector):
    x = Value(0.5)
    root = every_kind_of_node(x)
    root.backward()
    list(ag.steps(root))
    nodes = [weakref.ref(node) for node in ordered(root) if node is not x]
    assert len(nodes) > 10
    del root
    assert [node() for node in nodes if node() is not None] == []
    assert gc.collect() == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda x: ag.grad(every_kind_of_node)(0.5),
        lambda x: ag.hessian(lambda p: every_kind_of_node(p[0]) * p[1])([0.5, 2.0]),
        lambda x: ag.gradient(every_kind_of_node(x), [x]),
        lambda x: ag.gradient(ag.gradient(every_kind_of_node(x), [x])[0], [x]),
        lambda x: copy.deepcopy(every_kind_of_node(x)),
        lambda x: pickle.loads(pickle.dumps(every_kind_of_node(x))),
        lambda x: ag.softmax([x, x * 2, 3]),
        lambda x: str(ag.explain(every_kind_of_node(x), x)),
    ],
)
def test_nothing_leaves_a_cycle_of_nodes_behind(use, no_collector):
    use(Value(0.5))  # whatever is kept for later calls is kept now
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        use(Value(0.5))
        gc.collect()
        cyclic = [thing for thing in gc.garbage if isinstance(thing, Value)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert cyclic == []


def chain(length):
    x = Value(1.0, label="x")
    y = x
    for _ in range(length):
        y = y + x
    return x, y


def test_a_chain_a_million_long_builds_differentiates_frees_and_copies():
    assert sys.getrecursionlimit() <= 1000
    x, y = chain(MILLION)
    assert y.data == MILLION + 1
    y.backward()
    assert x.grad == MILLION + 1
    zero_grad(y)
    assert x.grad == 0.0
    middle = weakref.ref(y.args[0].args[0])
    del y
    assert middle() is None


@pytest.mark.slow
def test_a_chain_a_million_long_is_pickled_and_copied():
    x, y = chain(MILLION)
    for twin_y, twin_x in (copy.deepcopy((y, x)), pickle.loads(pickle.dumps((y, x)))):
        twin_y.backward()
        assert twin_x.grad == MILLION + 1
        assert x.grad == 0.0


def test_a_node_takes_less_than_280_bytes():
    length = 100_000
    chain(10)
    gc.collect()
    tracemalloc.start()
    x, y = chain(length)
    built = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    y.backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert x.grad == length + 1
    assert built / length <= 280
    assert peak / length <= 280


def test_a_deep_chain_is_walked_where_the_stack_is_nearly_full():
    _, y = chain(50_000)

    def deeper(levels):
        if levels:
            return deeper(levels - 1)
        y.backward()
        copy.deepcopy(y)
        pickle.dumps(y)
        return y.grad

    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    assert deeper(sys.getrecursionlimit() - depth - 60) == 1.0


def test_wide_reductions_are_shallow():
    leaves = [Value(0.1) for _ in range(10_000)]
    for total in (ag.sum(leaves), ag.logsumexp(leaves), ag.dot(leaves, leaves)):
        depth = {id(leaf): 0 for leaf in leaves}
        for node in ordered(total):
            for arg in node.args:
                if isinstance(arg, Value):
                    depth[id(node)] = max(depth.get(id(node), 0), depth[id(arg)] + 1)
        assert depth[id(total)] <= 16
        total.backward()


def test_threads_build_and_differentiate_their_own_graphs():
    failures = []
    shared = Value(2.0)

    def work(number):
        try:
            for turn in range(100):
                x = Value(float(number))
                y = x
                for _ in range(20):
                    y = y * 1.0 + x * shared
                y.backward()
                assert x.grad == 41.0, (number, turn, x.grad)
        except BaseException as error:  # handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert shared.grad == sum(20.0 * number * 100 for number in range(1, 9))


# Where Ctrl-C falls into a callback of the collector, Python itself swallows it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupted_walk_spoils_nothing():
    length = 20_000 if native is None else 200_000
    x, y = chain(length)

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    interrupted = 0
    try:
        for attempt in range(25):
            zero_grad(y)
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0002 + 0.0006 * attempt)
                    y.backward()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            # All of a gradient or none of it, and the next call is right whatever happened.
            assert x.grad in (0.0, length + 1.0)
            assert y.grad in (0.0, 1.0)
            zero_grad(y)
            y.backward()
            assert (x.grad, y.grad) == (length + 1.0, 1.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 2


def test_freeing_a_deep_graph_in_another_thread():
    holder = [chain(300_000)[1]]
    thread = threading.Thread(target=holder.clear)
    thread.start()
    thread.join()
    assert holder == []


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # Python says so itself
@pytest.mark.filterwarnings("ignore:os.fork")  # of JAX, where another test has imported it
def test_a_fork_in_the_middle_of_other_threads_work_can_walk():
    stop = threading.Event()

    def busy():
        _, y = chain(2_000)
        while not stop.is_set():
            y.backward()

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        time.sleep(0.05)
        for _ in range(5):
            child = os.fork()
            if child == 0:
                x = Value(3.0)
                (x * x).backward()
                os._exit(0 if x.grad == 6.0 else 1)
            deadline = time.monotonic() + 10.0
            status = None
            while status is None and time.monotonic() < deadline:
                done, code = os.waitpid(child, os.WNOHANG)
                status = code if done else None
                time.sleep(0.01)
            if status is None:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            assert status == 0, "the child waits for a lock that no thread of its holds"
    finally:
        stop.set()
        thread.join()
