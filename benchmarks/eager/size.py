"""Chains of up to ten million nodes: bytes and nanoseconds a node, and how soon Ctrl-C is answered.

    taskset -c 0 python benchmarks/eager/size.py           # about a minute, 2 GB

What has to hold is asserted: bytes a node, times that grow no faster than the chain, an answer
within 50 ms.
"""

import gc
import signal
import time
import tracemalloc

import autograd
from autograd import Value
from autograd.engine import accelerator

LENGTHS = (100_000, 1_000_000, 10_000_000)


def chain(length):
    x = Value(1.0)
    y = x
    for _ in range(length):
        y = y + x
    return x, y


def bytes_of_a_node(length):
    chain(10)
    gc.collect()
    tracemalloc.start()
    nodes = chain(length)
    size = tracemalloc.get_traced_memory()[0] / length
    tracemalloc.stop()
    del nodes
    return size


def nanoseconds(length):
    """Return the time of building, walking and freeing a chain, each for a node."""
    times = []
    start = time.perf_counter()
    x, y = chain(length)
    times.append(time.perf_counter() - start)
    start = time.perf_counter()
    y.backward()
    times.append(time.perf_counter() - start)
    assert x.grad == length + 1.0
    start = time.perf_counter()
    del y
    times.append(time.perf_counter() - start)
    return [1e9 * each / length for each in times]


def longest_answer(length, attempts=20, turns=3):
    """Return the longest time from a signal to its handler during a walk, in milliseconds.

    Each place in the walk is tried some times, and the best counts: on a machine that is busy, the
    process itself may not run for as long.
    """
    _, y = chain(length)
    start = time.perf_counter()
    y.backward()
    whole = time.perf_counter() - start
    due, waits = 0.0, {}

    def handler(*_):
        waits.setdefault(attempt, []).append(time.perf_counter() - due)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handler)
    for attempt in list(range(attempts)) * turns:
        try:
            delay = whole * (attempt + 0.5) / attempts
            due = time.perf_counter() + delay
            signal.setitimer(signal.ITIMER_REAL, delay)
            y.backward()
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        except KeyboardInterrupt:
            pass
    signal.signal(signal.SIGALRM, before)
    return 1e3 * max(map(min, waits.values()))


def main():
    print("\n".join(autograd.about().splitlines()[:4]))
    size = bytes_of_a_node(LENGTHS[1])
    print(f"{size:.0f} bytes a node")
    print(f"{'nodes':>12} {'build':>8} {'backward':>9} {'free':>8}   ns a node")
    rows = {length: nanoseconds(length) for length in LENGTHS}
    for length, times in rows.items():
        build, backward, free = times
        print(f"{length:12,} {build:8.1f} {backward:9.1f} {free:8.1f}")
    answer = longest_answer(LENGTHS[1])
    print(f"a signal within the walk of a million nodes is answered in at most {answer:.1f} ms")
    is_native = accelerator.native is not None
    assert size <= (110 if is_native else 200)
    for short, long in zip(rows[LENGTHS[1]], rows[LENGTHS[2]], strict=True):
        assert long <= 2.0 * short + 10.0
    assert not is_native or answer <= 50.0


if __name__ == "__main__":
    main()
