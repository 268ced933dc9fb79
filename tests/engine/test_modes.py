"""Modes belong to the context: no other thread, task or generator sees what is entered here."""

import asyncio
import contextvars
import gc
import inspect
import pickle
import random
import re
import threading

import pytest

import autograd as ag
from autograd import Value, detect_anomaly, no_grad, scope
from autograd.engine import modes


def seen(w):
    """Return what an operation here sees of the modes."""
    try:
        with_anomaly = ag.log(w * 0.0) is None
    except FloatingPointError:
        with_anomaly = True
    y = w * 2.0
    return y.is_leaf, with_anomaly, y.scope.name if y.scope is not None else None


def entered(source):
    """Return a random mode and what it changes of what is seen."""
    return source.choice(
        [
            (no_grad, {0: True}),
            (detect_anomaly, {1: True}),
            (lambda: scope("inner"), {2: "inner"}),
        ]
    )


def test_a_thousand_tasks_take_turns_and_each_sees_its_own_modes():
    w = Value(1.0)

    async def work(seed):
        source = random.Random(seed)
        expected = [False, False, None]

        async def deeper(depth):
            before = list(expected)
            mode, changes = entered(source)
            with mode():
                for place, change in changes.items():
                    expected[place] = change
                await asyncio.sleep(0)
                assert list(seen(w)) == expected
                if depth:
                    await deeper(depth - 1)
                await asyncio.sleep(0)
                assert list(seen(w)) == expected
            expected[:] = before

        for _ in range(2):
            assert list(seen(w)) == expected
            await deeper(2)
            await asyncio.sleep(0)
        assert seen(w) == (False, False, None)

    async def all_at_once():
        await asyncio.gather(*map(work, range(1000)))

    asyncio.run(all_at_once())
    assert seen(w) == (False, False, None)


def test_a_coroutine_is_in_the_mode_that_decorates_it_whenever_it_runs():
    w = Value(1.0)
    order = []

    @no_grad
    async def quiet():
        order.append(("quiet", (w * 2).is_leaf))
        await asyncio.sleep(0)
        order.append(("quiet", (w * 2).is_leaf))
        return 7

    async def loud():
        order.append(("loud", (w * 2).is_leaf))
        await asyncio.sleep(0)
        order.append(("loud", (w * 2).is_leaf))

    async def both():
        return await asyncio.gather(quiet(), loud())

    assert asyncio.run(both()) == [7, None]
    assert order == [("quiet", True), ("loud", False)] * 2
    assert inspect.iscoroutinefunction(quiet)


def test_an_asynchronous_generator_is_in_the_mode_and_its_reader_is_not():
    w = Value(1.0)
    ends = []

    @scope("numbers")
    async def numbers():
        try:
            sent = yield (w * 2).scope.name
            await asyncio.sleep(0)
            try:
                yield sent, (w * 2).scope.name
            except ValueError:
                yield (w * 3).scope.name
        finally:
            ends.append((w * 2).scope.name)

    async def read():
        generator = numbers()
        assert await generator.asend(None) == "numbers"
        assert (w * 2).scope is None
        assert await generator.asend(5) == (5, "numbers")
        assert await generator.athrow(ValueError) == "numbers"
        assert (w * 2).scope is None
        await generator.aclose()
        assert [name async for name in numbers()] == ["numbers", (None, "numbers")]

    asyncio.run(read())
    assert ends == ["numbers", "numbers"]


def test_a_task_inherits_the_modes_it_was_made_in_and_keeps_them():
    w = Value(1.0)

    async def child(start):
        await start.wait()
        return (w * 2).is_leaf

    async def parent():
        start = asyncio.Event()
        with no_grad():
            task = asyncio.create_task(child(start))
        assert not (w * 2).is_leaf
        start.set()
        return await task

    assert asyncio.run(parent())
    assert not (w * 2).is_leaf


def test_a_context_that_is_run_later_has_its_modes_still():
    w = Value(1.0)
    with no_grad(), scope("kept"):
        kept = contextvars.copy_context()
    assert not (w * 2).is_leaf
    assert kept.run(lambda: (w * 2).is_leaf)
    assert kept.run(lambda: (Value(1.0)).scope.name) == "kept"


def test_no_other_thread_is_in_a_mode():
    w = Value(1.0)
    found = []
    with no_grad(), detect_anomaly(), scope("here"):
        thread = threading.Thread(target=lambda: found.append(seen(w)))
        thread.start()
        thread.join()
    assert found == [(False, False, None)]


def test_the_fast_way_is_taken_again_once_nobody_is_in_a_mode():
    with no_grad(), scope("s"):
        assert modes.active
        assert modes.scoped
        kept = contextvars.copy_context()
    assert modes.active  # somebody may run in that context yet
    del kept
    gc.collect()
    assert not modes.active
    assert not modes.scoped


def test_an_error_or_a_cancelled_task_leaves_no_mode_on():
    w = Value(1.0)

    async def fails():
        with no_grad():
            await asyncio.sleep(0)
            raise ValueError

    async def waits():
        with no_grad():
            await asyncio.sleep(10)

    async def both():
        task = asyncio.create_task(waits())
        await asyncio.sleep(0)
        task.cancel()
        results = await asyncio.gather(task, fails(), return_exceptions=True)
        return [type(result) for result in results], (w * 2).is_leaf

    kinds, is_leaf = asyncio.run(both())
    assert kinds == [asyncio.CancelledError, ValueError]
    assert not is_leaf


def test_decorating_something_else_says_so():
    with pytest.raises(TypeError, match="no_grad: takes a function"):
        no_grad(3)


@pytest.mark.parametrize(("mode", "way"), [(no_grad, "no_grad()"), (scope, 'scope("name")')])
def test_a_mode_without_brackets_says_so_and_leaves_nothing_on(mode, way):
    with pytest.raises(TypeError, match=re.escape(f"write with {way}:")), mode:
        raise AssertionError("the block runs")
    assert not (Value(1.0) * 2.0).is_leaf
    with no_grad():
        assert (Value(1.0) * 2.0).is_leaf
    assert no_grad(lambda: Value(1.0) * 2.0)().is_leaf
    assert pickle.loads(pickle.dumps(no_grad)) is no_grad
    assert [*inspect.signature(no_grad).parameters] == ["function"]
