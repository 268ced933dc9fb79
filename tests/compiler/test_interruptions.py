"""Ctrl-C and forks while something is compiled: nothing is torn, nothing hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import FrameType
from typing import Any

import numpy
import pytest

from autograd import jit

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and signals of POSIX")


def output_of(code: str, is_quiet: bool = False) -> str:
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert not is_quiet or not run.stderr, run.stderr[-2000:]
    return run.stdout.strip()


@posix
def test_a_child_forked_while_another_thread_compiles_compiles_too() -> None:
    code = """
        import os, threading, time
        from autograd import grad, jit, sin

        def work(k):
            def f(x):
                for i in range(30):
                    x = sin(x * k) + x * i
                return x
            return jit(grad(f))(0.5)

        work(0)  # modules are imported: a fork in the middle of an import is Python's own affair
        stop = False

        def compile_all_the_time():
            k = 0
            while not stop:
                work(k := k + 1)

        threads = [threading.Thread(target=compile_all_the_time) for _ in range(2)]
        [t.start() for t in threads]
        results = []
        for attempt in range(8):
            time.sleep(0.03)
            child = os.fork()
            if child == 0:
                work(-attempt)
                os._exit(0)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    results.append(status)
                    break
                time.sleep(0.01)
            else:
                os.kill(child, 9)
                results.append("hangs")
        stop = True
        [t.join() for t in threads]
        print(results)
    """
    assert output_of(code) == str([0] * 8)


def test_the_main_thread_never_takes_the_lock_of_llvm_where_a_signal_could_leave_it_taken() -> None:
    code = """
        import gc, threading, time
        import llvmlite.binding as llvm
        import numpy as np

        lock, takers = type(llvm.ffi.lib._lock), []
        take = lock.__enter__
        lock.__enter__ = lambda self: (takers.append(threading.get_ident()), take(self))[1]

        from autograd import fori_loop, grad, jit, sin
        from autograd.compiler.tiers import finish

        rows = np.linspace(-1.0, 1.0, 20)
        for tier in "llvm", "grouped", None:
            fast = jit(grad(lambda x: sin(x) * x + 1.0), tier=tier)
            print(fast(0.0), fast(0.0))
            many = jit(lambda x: sin(x) * x, in_axes=0, tier=tier)
            assert many(rows).shape == (20,)
            fast.llvm, many.report()
        looped = jit(lambda x: fori_loop(0, 9, lambda i, c: sin(c), x))
        print(looped(0.0))
        finish()
        del fast, many, looped
        gc.collect()
        end = time.monotonic() + 20.0
        from autograd.backends.llvm import engine
        while engine._dropped and time.monotonic() < end:
            time.sleep(0.01)
        print(len(engine._dropped), len(takers) > 100, threading.get_ident() in takers)
    """
    assert output_of(code).split() == ["0.0"] * 7 + ["0", "True", "False"]


def test_functions_are_compiled_while_python_ends_too() -> None:
    code = """
        import atexit
        from autograd import jit, sin
        jit(sin)(0.5)
        atexit.register(lambda: print(jit(lambda x: sin(x) + 1.0)(0.0)))
    """
    assert output_of(code) == "1.0"


def test_machine_code_that_is_left_at_the_end_says_nothing() -> None:
    first_compiled_at_the_end = """
        import atexit
        from autograd import jit, sin
        atexit.register(lambda: print(jit(lambda x: sin(x) + 1.0)(0.0)))
    """
    assert output_of(first_compiled_at_the_end, is_quiet=True) == "1.0"
    torn_down_before_the_function = """
        from autograd import jit, sin
        from autograd.backends.llvm import engine
        fast = jit(lambda x: sin(x) + 1.0)
        print(fast(0.0))
        engine.finish_freeing()
        vars(engine).update(_has_ended=None, _dropped=None)
        del fast
    """
    assert output_of(torn_down_before_the_function, is_quiet=True) == "1.0"


@pytest.mark.parametrize("seconds", [0.4, 0.45, 0.5, 0.55])
def test_python_ends_while_a_daemon_thread_compiles(seconds: float) -> None:
    code = f"""
        import random, threading, time
        from autograd import jit, sin, value_and_grad

        def made(k, size):
            def chain(x, y):
                total = x * k
                for i in range(size):
                    total = sin(total * y + k) + x * (i + 1.5)
                return total
            return chain

        def compile_on() -> None:
            while True:
                f = made(random.random(), random.choice([50, 150, 400]))
                jit(value_and_grad(f), tier="llvm")(0.3, 0.7)

        threading.Thread(target=compile_on, daemon=True).start()
        time.sleep({seconds})
        print("end")
    """
    assert [output_of(code, is_quiet=True) for _ in range(3)] == ["end"] * 3


@posix
def test_python_that_is_interrupted_at_its_end_waits_for_what_is_being_compiled() -> None:
    code = """
        import atexit, signal, time
        from autograd import jit, sin
        from autograd.backends.llvm import engine
        from autograd.compiler import tiers

        left, code, begun = 5, tiers.Plan.code, []

        def interrupted(number, frame):
            global left
            left -= 1
            if not left:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
            raise KeyboardInterrupt

        def slow(plan, quick=False):
            if not quick:
                begun.append(plan)
                time.sleep(0.5)
                print("made", flush=True)
            return code(plan, quick)

        tiers.HOT, tiers.Plan.code = 3, slow
        fast = jit(sin)
        for _ in range(4):
            fast(0.5)
        while not begun:
            time.sleep(0.01)
        signal.signal(signal.SIGALRM, interrupted)
        atexit.register(lambda: signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02))
    """
    assert output_of(code) == "made"


@posix
def test_interrupts_while_functions_are_compiled_spoil_nothing() -> None:
    code = """
        import os, signal, threading, time, random
        from autograd import grad, jit, sin

        def made(k):
            def f(x):
                for i in range(40):
                    x = sin(x * k) + x * 0.5
                return x
            return f

        main, stop, seen, made_so_far = threading.main_thread().ident, False, 0, []

        def interrupted(number, frame):
            global seen, armed
            if armed:  # until the work goes on again there is nobody to catch another
                seen, armed = seen + 1, False
                raise KeyboardInterrupt

        def interrupt():
            source = random.Random(1)
            while not stop:
                time.sleep(source.uniform(0.001, 0.02))
                signal.pthread_kill(main, signal.SIGINT)

        def work():
            global armed
            armed = True
            while seen < 60:
                f = made(len(made_so_far))
                made_so_far.append((f, jit(grad(f))))
                made_so_far[-1][1](0.3)

        work_again, armed = True, False
        jit(grad(made(0)))(0.3)  # modules are imported: to interrupt that is Python's own affair
        signal.signal(signal.SIGINT, interrupted)
        sender = threading.Thread(target=interrupt)
        sender.start()
        while work_again:
            try:
                work()
                armed = work_again = False
            except KeyboardInterrupt:
                pass
        stop = True
        sender.join()
        print(sum(fast(0.3) != float(grad(f)(0.3)) for f, fast in made_so_far[-20:]))
    """
    assert output_of(code) == "0"


@posix
def test_interrupts_while_hot_functions_are_handed_over_leave_no_thread_waiting() -> None:
    code = """
        import signal, threading, time, random
        from autograd import grad, jit, tanh
        from autograd.compiler import tiers

        tiers.HOT = 3

        def made(k):
            def chain(x):
                for i in range(150):
                    x = tanh(x * k) + x * 0.5
                return x
            return chain

        main, seen, functions = threading.main_thread().ident, 0, []

        def interrupted(number, frame):
            global seen, armed
            if armed:
                seen, armed = seen + 1, False
                raise KeyboardInterrupt

        def interrupt():
            source = random.Random(1)
            while seen < 40:
                time.sleep(source.uniform(0.001, 0.02))
                signal.pthread_kill(main, signal.SIGINT)

        def work():
            global armed
            armed = True
            while seen < 40:
                f = made(1.0 + 0.001 * len(functions))
                functions.append((f, jit(grad(f))))
                for _ in range(tiers.HOT + 2):
                    functions[-1][1](0.3)
                if len(functions) % 8 == 0:
                    tiers.finish()

        armed = False
        fast = jit(grad(made(0.5)))
        for _ in range(tiers.HOT + 2):
            fast(0.3)
        tiers.finish()  # modules are imported: to interrupt that is Python's own affair
        signal.signal(signal.SIGINT, interrupted)
        sender = threading.Thread(target=interrupt)
        sender.start()
        while seen < 40:
            try:
                work()
            except KeyboardInterrupt:
                pass
        sender.join()
        fast = jit(grad(made(0.75)))  # the thread still does its work
        for _ in range(tiers.HOT + 2):
            fast(0.3)
        tiers.finish()
        functions.append((made(0.75), fast))
        assert not tiers._jobs and not tiers._compiling.locked()
        print(sum(fast(0.3) != float(grad(f)(0.3)) for f, fast in functions[-10:]))
        print({fast.report().tier for f, fast in functions if fast._executables()} - {"grouped"})
    """
    assert output_of(code).split("\n") == ["0", "{'llvm'}"]


@pytest.mark.parametrize("axes", [None, (None, 0, None)])
@pytest.mark.parametrize("tier", ["grouped", "llvm"])
def test_a_call_that_a_signal_makes_within_another_changes_none_of_its_numbers(
    tier: str, axes: Any
) -> None:
    fast = jit(lambda w, x, s: [s * (w[0] + w[1]) * x[1], w * s + x[0]], in_axes=axes, tier=tier)
    rows = numpy.arange(12.0).reshape(6, 2)
    given = numpy.array([3, 5]), rows if axes else rows[1], 0.5
    other = numpy.array([-7, 9]), -rows if axes else -rows[1], 1.5
    expected, answer = (numpy.hstack([*map(numpy.ravel, fast(*each))]) for each in (given, other))
    calls = 0

    def signal(frame: FrameType, event: str, arg: object) -> Any:  # Python runs it at every line
        nonlocal calls
        if "backends" in Path(frame.f_code.co_filename).parts:
            calls += 1
            assert (numpy.hstack([*map(numpy.ravel, fast(*other))]) == answer).all()
        return signal

    before = sys.gettrace()
    sys.settrace(signal)
    try:
        found = fast(*given)
    finally:
        sys.settrace(before)
    assert (numpy.hstack([*map(numpy.ravel, found)]) == expected).all()
    assert calls > 5
