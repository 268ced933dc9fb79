"""Interrupts, kills, forks and tasks at random moments, and what must hold after each.

Each of ``interrupts``, ``kills``, ``forks`` and ``tasks`` returns how many there were of each kind,
and what was found torn, lost or left on: a list that should be empty.
"""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy

import autograd as ag
import nn
from autograd import (
    Value,
    detect_anomaly,
    grad,
    jit,
    no_grad,
    scope,
    sin,
    value_and_grad,
    zero_grad,
)
from autograd.backends.llvm import object_cache
from autograd.engine import modes

Found = tuple[Counter[str], list[str]]


def modes_on() -> str:
    """Return what is seen to be on here, or nothing."""
    w = Value(1.0, label="w")
    try:
        y, z = w * 2.0, ag.log(w * 0.0)
    except FloatingPointError:
        return "detect_anomaly is on"
    if y.is_leaf or y.scope is not None or z.data != -ag.exp(1e9):
        return f"a mode is on: {y!r}, {y.scope}"
    return "a derivative is being taken" if modes.derivatives() else ""


def made(k: int) -> Callable[[Any], Any]:
    """Return one of many functions, no two alike."""

    def f(x: Any) -> Any:
        for step in range(1 + k % 7):
            x = sin(x * (0.5 + k % 1000)) + x * (0.25 * step + 0.5)
        return x * (1.0 + k * 1e-6)

    return f


X, Y = nn.data.moons(12, noise=0.1, seed=5)


def trained(model: Any = None, optimizer: Any = None, epochs: int = 3, **settings: Any) -> Any:
    model = model or nn.MLP(2, [3, 1], seed=3)
    settings = {"engine": "eager", "seed": 11, "progress": False, "batch_size": 6} | settings
    optimizer = optimizer or nn.Adam(lr=0.05)
    history = nn.fit(model, X, Y, "hinge", optimizer, epochs, **settings)
    return model, optimizer, history


# -- interrupts ------------------------------------------------------------------------------------


class Workshop:
    """Things to do that Ctrl-C may fall into, each with what must hold afterwards."""

    def __init__(self, folder: Path, source: random.Random) -> None:
        self.folder, self.source = folder, source
        self.leaves = [Value(0.3 + 0.1 * k) for k in range(5)]
        self.root = self.built(self.leaves)
        self.root.backward()
        self.slopes = [leaf.grad for leaf in self.leaves]
        self.fast = jit(value_and_grad(self.function))
        self.answer = self.fast(0.3, 0.7)
        self.rows = numpy.linspace(0.1, 1.0, 20_000)
        self.mapped = jit(grad(self.function), in_axes=(0, None))
        self.mapped_answer = self.mapped(self.rows, 0.7)
        self.looped = jit(grad(lambda x: ag.fori_loop(0, 3000, lambda k, c: sin(c) + x, x)))
        self.looped_answer = self.looped(0.3)
        self.models = [nn.MLP(2, [3, 1], seed=seed) for seed in (1, 2)]
        self.states = [model.state_dict() for model in self.models]
        self.epochs = {engine: self.epochs_of(engine) for engine in ("eager", "jit")}
        self.made: list[tuple[int, Any]] = []
        self.pictures = {
            seed: ag.graph(self.small(seed)).svg.encode() for seed in (1.0, 2.0)
        }  # fmt: skip
        self.sources = {name: fast.c.encode() for name, fast in self.small_functions().items()}

    @staticmethod
    def built(leaves: list[Value]) -> Value:
        y = leaves[0]
        for k in range(400):
            y = sin(y * leaves[k % 5]) + leaves[(k + 2) % 5] * 0.5
        return y

    @staticmethod
    def function(x: Any, y: Any) -> Any:
        return sin(x * y) + ag.where(x > y, ag.exp(x), y / x) + ag.hypot(x, y)

    @staticmethod
    def small(seed: float) -> Value:
        x = Value(seed, label="x")
        return x * x + sin(x)

    @staticmethod
    def small_functions() -> dict[str, Any]:
        found = {"one": jit(made(1)), "two": jit(made(2))}
        for fast in found.values():
            fast(0.5)
        return found

    @staticmethod
    def epochs_of(engine: str) -> list[Any]:
        model = nn.MLP(2, [3, 1], seed=3)
        states = [model.state_dict()]
        trained(model, engine=engine, callbacks=[lambda h, m: states.append(m.state_dict())])
        return states

    def jobs(self) -> dict[str, Callable[[], Callable[[], object]]]:
        """Return what can be done: each returns what to interrupt, and what to check afterwards."""
        return {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name[:3] == "do_"
        }

    def do_backward(self) -> Any:
        zero_grad(self.root)

        def check() -> str:
            found = [leaf.grad for leaf in self.leaves]
            return "" if found in (self.slopes, [0.0] * 5) else "half a gradient"

        return self.root.backward, check

    def do_graph(self) -> Any:
        def run() -> None:
            root = self.built([Value(leaf.data) for leaf in self.leaves])
            ag.gradient(root, [root])
            copy.deepcopy(root)
            pickle.loads(pickle.dumps(root))
            ag.explain(self.root, self.leaves[0])

        return run, lambda: ""

    def do_derivatives(self) -> Any:
        def run() -> None:
            with scope("outer"), no_grad():
                self.function(Value(0.5), 0.3)
            ag.hessian(self.function, (0, 1))(0.3, 0.4)
            with detect_anomaly():
                ag.hvp(self.function, (0.3, 0.5), (1.0, 0.5))

        return run, lambda: ""

    def do_call(self) -> Any:
        def run() -> None:
            for _ in range(20):
                self.fast(0.3, 0.7)
                x = Value(0.3)
                self.fast(x, Value(0.7))[0].backward()
                self.mapped(self.rows, 0.7)
            self.looped(0.3)

        return run, self.called

    def called(self) -> str:
        if self.fast(0.3, 0.7) != self.answer or self.looped(0.3) != self.looped_answer:
            return "a compiled function gives other numbers"
        if not numpy.array_equal(self.mapped(self.rows, 0.7), self.mapped_answer):
            return "a mapped function gives other numbers"
        return ""

    def do_compile(self) -> Any:
        k = self.source.randrange(10**9)
        fast = jit(grad(made(k)))
        self.made = [*self.made[-30:], (k, fast)]

        def check() -> str:
            j, one = self.source.choice(self.made)
            return "" if one(0.3) == float(grad(made(j))(0.3)) else "wrong after a compile"

        return lambda: fast(0.3), check

    def do_fit(self) -> Any:
        engine = self.source.choice(("eager", "jit"))
        model, optimizer = nn.MLP(2, [3, 1], seed=3), nn.Adam(lr=0.05)

        def check() -> str:
            done = optimizer.steps // 2
            states = self.epochs[engine]
            if optimizer.steps % 2 or model.state_dict() != states[done]:
                return f"no finished epoch after {optimizer.steps} steps"
            return ""

        return lambda: trained(model, optimizer, engine=engine), check

    def do_step(self) -> Any:
        model, optimizer = nn.MLP(2, [30, 30, 1], seed=3), nn.Adam(lr=0.05)
        for parameter in model.parameters():
            parameter.grad = 1.0
        before = model.state_dict(), optimizer.state_dict()
        parameters = model.parameters()

        def check() -> str:
            is_new = optimizer.steps == 1
            if not is_new:
                changed = (model.state_dict(), optimizer.state_dict()) != before
                return "half a step of an optimiser" if changed else ""
            same = sum(
                a == b for a, b in zip(before[0].values(), model.state_dict().values(), strict=True)
            )
            return f"{same} weights were not stepped" if same else ""

        return lambda: optimizer.step(parameters), check

    def do_load(self) -> Any:
        model = nn.MLP(2, [30, 30, 1], seed=3)
        new, old = nn.MLP(2, [30, 30, 1], seed=4).state_dict(), model.state_dict()

        def check() -> str:
            return "" if model.state_dict() in (old, new) else "half of the weights are loaded"

        return lambda: model.load_state_dict(new), check

    def do_save(self) -> Any:
        model = self.source.choice(self.models)
        path = self.folder / "weights.json"

        def check() -> str:
            if not path.exists():
                return ""
            found = nn.load(nn.MLP(2, [3, 1], seed=9), path).state_dict()
            return "" if found in self.states else "a file of no model"

        return lambda: nn.save(model, path), check

    def do_picture(self) -> Any:
        picture, path = ag.graph(self.small(self.source.choice((1.0, 2.0)))), self.folder / "g.svg"

        def check() -> str:
            whole = not path.exists() or path.read_bytes() in self.pictures.values()
            return "" if whole else "half a picture"

        return lambda: picture.save(path), check

    def do_export(self) -> Any:
        fast = self.source.choice(list(self.small_functions().values()))
        path = self.folder / "f.c"

        def check() -> str:
            whole = not path.exists() or path.read_bytes() in self.sources.values()
            return "" if whole else "half of an exported file"

        return lambda: fast.save(path), check

    def finished(self) -> Iterator[str]:
        """After all: each file is written once more, and nothing else lies in the folder."""
        for what in (self.do_save, self.do_picture, self.do_export):
            run, check = what()
            run()
            yield check()
        expected = ["f.c", "g.svg", "weights.json"]
        found = sorted(os.listdir(self.folder))
        yield "" if found == expected else f"files are left: {found}"
        zero_grad(self.root)
        self.root.backward()
        yield "" if [leaf.grad for leaf in self.leaves] == self.slopes else "the graph is spoilt"
        yield self.called()
        gc.collect()
        yield "modes are counted that are off" if modes.active or modes.scoped else ""


def interrupts(count: int, seed: int, folder: Path) -> Found:
    """Raise KeyboardInterrupt at random moments of all that is done, so many times."""
    source = random.Random(seed)
    workshop = Workshop(folder, source)
    jobs, usual = workshop.jobs(), dict.fromkeys(workshop.jobs(), 0.01)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    armed = False

    def interrupt(*_: object) -> None:
        nonlocal armed
        if armed:  # until the work goes on again there is nobody to catch another
            armed = False
            raise KeyboardInterrupt

    def swallowed(_: object) -> None:  # Python itself keeps what is raised in a finaliser
        counts["swallowed by a finaliser"] += 1

    before, hook = signal.signal(signal.SIGALRM, interrupt), sys.unraisablehook
    sys.unraisablehook = swallowed
    umask = os.umask(0o022)
    try:
        while sum(counts[name] for name in jobs) < count:
            name = source.choice(list(jobs))
            run, check = jobs[name]()
            started = time.perf_counter()
            try:
                armed = True
                signal.setitimer(signal.ITIMER_REAL, source.uniform(1e-5, 1.3 * usual[name] + 1e-4))
                run()
                armed = False
                usual[name] += 0.1 * (time.perf_counter() - started - usual[name])
                was_interrupted = False
            except KeyboardInterrupt:
                was_interrupted = True
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
            if was_interrupted or (name == "fit" and not armed):
                counts[name] += 1
            armed = False
            mask = os.umask(0o022)
            found = [check(), modes_on(), "" if mask == 0o022 else f"the umask is {mask:o}"]
            faults += [f"{name}: {fault}" for fault in found if fault]
        faults += [f"in the end: {fault}" for fault in workshop.finished() if fault]
    finally:
        os.umask(umask)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = hook
    return counts, faults


# -- kills -----------------------------------------------------------------------------------------


def child_of(work: Callable[[], object]) -> int:
    """Fork a child that works until it is killed or done."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def kills(count: int, seed: int, folder: Path) -> Found:
    """Kill processes that save, that train with a checkpoint, and that fill the cache of code."""
    source = random.Random(seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    models = [nn.MLP(2, [20, 20, 1], seed=k) for k in range(3)]
    states = [model.state_dict() for model in models]
    weights, run, cache = folder / "weights.json", folder / "run.json", folder / "cache"
    unbroken = [nn.MLP(2, [8, 1], seed=3).state_dict()]
    trained(
        nn.MLP(2, [8, 1], seed=3), epochs=60, engine="jit",
        callbacks=[lambda h, m: unbroken.append(m.state_dict())],
    )  # fmt: skip
    cached = os.environ.get("AUTOGRAD_CACHE")
    os.environ["AUTOGRAD_CACHE"], worth = str(cache), object_cache.WORTH
    object_cache.WORTH = 0.0

    def save() -> None:
        while True:
            for model in models:
                nn.save(model, weights)
                ag.graph(Workshop.small(1.0)).save(folder / "g.svg")

    def saved() -> str:
        if weights.exists():
            found = nn.load(nn.MLP(2, [20, 20, 1], seed=9), weights).state_dict()
            if found not in states:
                return "weights of no model"
        picture = folder / "g.svg"
        if picture.exists() and not picture.read_text().rstrip().endswith("</svg>"):
            return "half a picture"
        nn.save(models[0], weights)
        ag.graph(Workshop.small(1.0)).save(picture)
        return leftovers()

    def train() -> None:
        model = nn.MLP(2, [8, 1], seed=3)
        resume = run if run.exists() else None
        trained(model, epochs=60, engine="jit", checkpoint=run, resume=resume)

    def resumed() -> str:
        if not run.exists():
            return ""
        epochs = len(json.loads(run.read_text())["history"])
        if epochs < 60:
            model, _, _ = trained(
                nn.MLP(2, [8, 1], seed=3), epochs=epochs + 1, engine="jit", resume=run,
                checkpoint=run,
            )  # fmt: skip
            if model.state_dict() != unbroken[epochs + 1]:
                return f"resumed after epoch {epochs} it gives other numbers"
        else:
            run.unlink()
        return leftovers()

    numbers = [0]

    def compile_() -> None:
        for k in range(numbers[0], numbers[0] + 100):
            jit(grad(made(k)))(0.3)

    def compiled() -> str:
        numbers[0] += 3
        for k in range(numbers[0] - 3, numbers[0]):  # those that the child has begun with
            if jit(grad(made(k)))(0.3) != float(grad(made(k))(0.3)):
                return f"machine code of function {k} is wrong"
        return ""

    def leftovers() -> str:
        found = {*os.listdir(folder)} - {"weights.json", "run.json", "cache", "g.svg"}
        return f"files are left: {sorted(found)}" if found else ""

    kinds = {"saving": (save, saved), "training": (train, resumed), "cache": (compile_, compiled)}
    usual = {"saving": 0.02, "training": 0.1, "cache": 0.1}
    try:
        jit(grad(made(-1)))(0.3)
        while sum(counts[name] for name in kinds) < count:
            name = source.choice(list(kinds))
            work, check = kinds[name]
            child = child_of(work)
            time.sleep(source.uniform(0.0, usual[name]))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status):
                counts[name] += 1
            elif status:
                faults.append(f"{name}: the child failed")
            fault = check()
            if fault:
                faults.append(f"{name}: {fault}")
        parts = [each for each in cache.iterdir() if each.suffix != ".o"]
        counts["parts of entries of the cache that kills left"] = len(parts)
        for part in parts:
            os.utime(part, (1.0, 1.0))
        jit(grad(made(10**6)))(0.3)
        if any(each.suffix != ".o" for each in cache.iterdir()):
            faults.append("cache: parts of entries are left")
    finally:
        object_cache.WORTH = worth
        if cached is None:
            del os.environ["AUTOGRAD_CACHE"]
        else:
            os.environ["AUTOGRAD_CACHE"] = cached
    return counts, faults


# -- forks -----------------------------------------------------------------------------------------


def forks(count: int, seed: int, folder: Path) -> Found:
    """Fork while two other threads compile, save and call; the child does all that too."""
    del folder
    source = random.Random(seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    rows = numpy.linspace(0.1, 1.0, 100)

    def work(k: int) -> None:
        f = made(k)
        assert jit(grad(f))(0.3) == float(grad(f)(0.3))
        assert jit(f, in_axes=0)(rows)[0] == float(f(0.1))
        with no_grad(), scope("part"):
            assert (Value(1.0) * 2.0).is_leaf

    work(0)  # modules are imported: a fork in the middle of an import is Python's own affair
    going = True

    def always(start: int) -> None:
        k = start
        while going:
            work(k := k + 1)

    threads = [threading.Thread(target=always, args=(10**6 * n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        for attempt in range(count):
            time.sleep(source.uniform(0.0, 0.03))
            child = child_of(lambda k=attempt: work(-k - 1))
            deadline = time.monotonic() + 60.0
            while time.monotonic() < deadline:
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    counts["forks"] += 1
                    if status:
                        faults.append(f"the child of fork {attempt} failed")
                    break
                time.sleep(0.002)
            else:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                faults.append(f"the child of fork {attempt} hangs")
    finally:
        going = False
        for thread in threads:
            thread.join()
    return counts, faults


# -- tasks -----------------------------------------------------------------------------------------

MODES = {
    "no_grad": (no_grad, {0: True}),
    "detect_anomaly": (detect_anomaly, {1: True}),
    "scope": (lambda: scope("inner"), {2: "inner"}),
}


def tasks(count: int, seed: int, folder: Path) -> Found:
    """Let some tasks take turns at random, with modes as blocks, decorators and generators."""
    del folder
    counts: Counter[str] = Counter()
    faults: list[str] = []
    fast = jit(lambda x: x * x)
    fast(2.0)
    w = Value(3.0)

    def seen() -> list[object]:
        try:
            is_watched = ag.log(w * 0.0) is None
        except FloatingPointError:
            is_watched = True
        y = w * 2.0
        if fast(w).is_leaf != y.is_leaf:
            faults.append("a compiled call is in another mode")
        if not y.is_leaf and grad(lambda x: x * x)(3.0) != 6.0:
            faults.append("a derivative is wrong")
        return [y.is_leaf, is_watched, y.scope.name if y.scope is not None else None]

    def hold(expected: list[object], where: str) -> None:
        found = seen()
        if found != expected:
            faults.append(f"{where}: {found} in place of {expected}")

    async def turn(source: random.Random) -> None:
        for _ in range(source.randrange(3)):
            await asyncio.sleep(0)

    async def work(source: random.Random, expected: list[object], depth: int) -> None:
        for _ in range(source.randint(1, 2)):
            name = source.choice(list(MODES))
            mode, changes = MODES[name]
            inner = [changes.get(k, each) for k, each in enumerate(expected)]
            kind = source.choice(("block", "decorated", "generator", "child", "thread", "error"))
            counts[kind] += 1

            async def inside(inner: list[object] = inner, name: str = name) -> None:
                hold(inner, name)
                await turn(source)
                if depth:
                    await work(source, inner, depth - 1)
                hold(inner, name)

            if kind == "block":
                with mode():
                    await inside()
            elif kind == "decorated":
                await mode()(inside)()
            elif kind == "generator":

                @mode()
                async def numbers(inner: list[object] = inner) -> Any:
                    for number in range(3):
                        hold(inner, "generator")
                        await turn(source)
                        yield number

                async for number in numbers():
                    hold(expected, "reader of a generator")
                    if number == source.randrange(4):
                        break
            elif kind == "child":
                with mode():
                    task = asyncio.create_task(inside())
                await turn(source)
                if source.random() < 0.2:
                    task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            elif kind == "thread":
                with mode():
                    if source.random() < 0.3:
                        await asyncio.to_thread(hold, inner, "to_thread")
            else:
                try:
                    with mode():
                        await turn(source)
                        raise ValueError
                except ValueError:
                    pass
            hold(expected, f"after {kind}")
            await turn(source)

    async def all_at_once(source: random.Random) -> None:
        many = [work(source, [False, False, None], 2) for _ in range(source.randint(2, 6))]
        await asyncio.gather(*many)

    for number in range(count):
        asyncio.run(all_at_once(random.Random(seed * 1_000_003 + number)))
        counts["interleavings"] += 1
        if modes_on():
            faults.append(f"interleaving {number}: {modes_on()}")
    gc.collect()
    if modes.active or modes.scoped:
        faults.append("modes are counted that are off")
    return counts, faults
