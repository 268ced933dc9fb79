"""Turns LLVM text into native code in this process, and finds the C library's functions."""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import ctypes.util
import itertools
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from autograd.backends.libm import LIBRARY
from autograd.backends.llvm import object_cache
from autograd.backends.llvm.arena import C_LIBRARY, PYTHON
from autograd.errors import MissingExtraError
from autograd.locks import new_lock

TARGETS = {  # processor and features by name, for tests and for code that must run elsewhere
    "avx2": ("haswell", "+avx2,+fma"),
    "sse2": ("x86-64", "+sse2,-sse3,-avx"),
}
NEWEST = 22  # the latest version of LLVM whose options are known
target: str | None = None  # None for the processor that we are running on

_lock = new_lock()
_ready = False
_machines: dict[tuple[object, ...], Any] = {}  # those that write code; to make one takes long


def binding() -> ModuleType:
    """Return llvmlite's binding, set up, with the C library's functions under our names."""
    global _ready
    try:
        import llvmlite.binding as llvm
    except Exception as error:  # a broken package raises whatever it likes
        raise MissingExtraError("jit", "jit", error) from None
    if not _ready:
        apart_from_signals(lambda: _set_up(llvm))
    module: ModuleType = llvm
    return module


def _set_up(llvm: ModuleType) -> None:
    """Make LLVM ready for this processor, once."""
    global _ready
    with _lock:
        if _ready:
            return
        _fork_between_calls(llvm)
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        library = _c_library()
        for name in set(LIBRARY.values()):
            address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
            llvm.add_symbol(f"library_{name}", address)
        for where, names in ((ctypes.pythonapi, PYTHON), (library, C_LIBRARY)):
            for name in names:
                address = ctypes.cast(getattr(where, name), ctypes.c_void_p).value
                llvm.add_symbol(f"library_{name}", address)
        _ready = True


def _fork_between_calls(llvm: ModuleType) -> None:
    """Let a process fork between two calls of LLVM only: a child finds llvmlite's lock free."""
    lock = getattr(getattr(getattr(llvm.ffi, "lib", None), "_lock", None), "_lock", None)
    if lock is None or not hasattr(os, "register_at_fork"):
        return

    def release() -> None:
        if lock._is_owned():  # not so where a signal came before it was taken
            lock.release()

    # The lock itself, in which nothing of Python runs that a signal could interrupt.
    os.register_at_fork(before=lock.acquire, after_in_parent=release, after_in_child=release)
    os.register_at_fork(after_in_child=_running.clear)  # those threads are not in the child


def apart_from_signals(work: Callable[[], None]) -> None:
    """Do something in a thread that no signal interrupts, and wait for it.

    Python answers signals in its main thread. What they raise there would find LLVM's objects half
    made or half freed, or llvmlite's lock taken and nobody left to free it: it is taken in Python,
    and the exception may come between. So the main thread never calls LLVM. The locks of
    ``threading.Thread`` are taken in Python too, and a thread whose start was interrupted may wait
    for ever: so it is done with the thread alone, and a lock that nobody else waits for.
    """
    if _has_ended or threading.get_ident() != threading.main_thread().ident:
        work()
        return
    failures: list[BaseException] = []
    done = _thread.allocate_lock()
    done.acquire()

    def run() -> None:
        _running.add(done)
        try:
            work()
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # LLVM's objects go in this thread
            failures.append(error)
        finally:
            _running.discard(done)
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # there are no new threads while Python ends
        work()
        return
    done.acquire()
    if failures:
        raise failures[0]


_running: set[_thread.LockType] = set()  # of threads that may be in LLVM: locks until they are done
BRIEF = 0.002  # seconds after which the end of Python asks again whether they are


def is_running() -> bool:
    """Return whether something is compiled for which nobody waits since that was interrupted."""
    return bool(_running)


def _c_library() -> ctypes.CDLL:
    """Return the library that Python's math module is linked to."""
    if sys.platform == "win32":
        return ctypes.CDLL("ucrtbase.dll")
    name = ctypes.util.find_library("m") if sys.platform == "darwin" else "libm.so.6"
    try:
        return ctypes.CDLL(name)
    except OSError:
        return ctypes.CDLL(None)


@contextlib.contextmanager
def compiling_for(name: str | None) -> Iterator[None]:
    """Compile for one of TARGETS inside (for tests: the same result on every machine)."""
    global target
    before, target = target, name
    try:
        yield
    finally:
        target = before


def llvmlite_version() -> str:
    """Return the version of llvmlite."""
    import llvmlite

    version: str = llvmlite.__version__
    return version


def _processor(llvm: ModuleType) -> tuple[str, str, str]:
    """Return the platform, the processor and its features for which code is made."""
    if target is None:
        processor, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    else:
        processor, features = TARGETS[target]
    return llvm.get_process_triple(), processor, features


def _writer(llvm: ModuleType, level: int) -> Any:
    """Return the machine that writes code of a level for what we compile for; under the lock."""
    key = (level, *_processor(llvm))
    if key not in _machines:
        _machines[key] = _machine(llvm, level)
    return _machines[key]


def _machine(llvm: ModuleType, level: int) -> Any:
    name, processor, features = _processor(llvm)
    return llvm.Target.from_triple(name).create_target_machine(
        cpu=processor, features=features, opt=level, jit=True
    )


@contextlib.contextmanager
def in_our_order(llvm: ModuleType) -> Iterator[None]:
    """Have LLVM keep instructions in our order inside; under the lock.

    Its scheduler takes most of the time that a long function takes, and moves products away from
    the sums that read them: hundreds then wait on the stack. The option is LLVM's own, of the whole
    process, so that it is put back; a name that LLVM does not know would end the process.
    """
    if llvm.llvm_version_info[0] > NEWEST:
        yield
        return
    llvm.set_option("", "-enable-misched=false")
    try:
        yield
    finally:
        llvm.set_option("", "-enable-misched=true")


PART = re.compile(r"^define internal (void @(?:single|rows)_\d+\([^)]*\))(.*?^}\n)", re.M | re.S)
TOGETHER = 2**20  # bytes of functions in one module


def modules_of(text: str) -> list[str]:
    """Return the text of a large program as modules that are linked, so that none takes long.

    While one is compiled, other threads wait for LLVM, and so does the end of Python.
    """
    if len(text) < 2 * TOGETHER:
        return [text]
    parts = list(PART.finditer(text))
    if not parts:
        return [text]
    head = text[: parts[0].start()]
    modules, kept, size = [], [head], 0
    rest, at = [], 0
    for part in parts:
        kept.append(f"define hidden {part[1]}{part[2]}")
        size += len(kept[-1])
        rest += [text[at : part.start()], f"declare hidden {part[1]}\n"]
        at = part.end()
        if size > TOGETHER or part is parts[-1]:
            modules.append("\n".join(kept))
            kept, size = [head], 0
    return [*modules, "".join([*rest, text[at:]])]


class Stopped(Exception):  # noqa: N818 - no error: Python ends
    """What was compiled in the background is not wanted any more."""


background = threading.local()  # ``wanted``: asked between parts of what a thread compiles


def checkpoint() -> None:
    """Raise Stopped in a thread whose result nobody wants any more."""
    wanted = getattr(background, "wanted", None)
    if wanted is not None and not wanted():
        raise Stopped


EXPORTED = re.compile(r"^define (?!internal|hidden)[^@\n]*@(\w+)\(", re.M)

# LLVM's objects that hold code, by number. Python's collector must not find them in a cycle, or it
# would free them in whatever thread it runs.
_engines: dict[int, Any] = {}
_numbers = itertools.count()
_dropped: list[int] = []  # those that wait for a thread that frees them
_freeing = new_lock()
_has_ended = False


def _free() -> None:
    """Free the machine code that has been dropped; in a thread of its own."""
    with _freeing:
        while _dropped and not _has_ended:
            _engines.pop(_dropped.pop())


def finish_freeing() -> None:
    """Wait until no thread makes or frees machine code, and let none free any: for Python's end.

    What is left ends with the process: llvmlite could not free it once its modules are torn down.
    From here on the main thread alone can call LLVM: what daemon threads did there would meet
    objects that the end of the process has destroyed.
    """
    global _has_ended
    _has_ended = True
    while is_running():
        time.sleep(BRIEF)
    with _freeing:
        for engine in list(_engines.values()):
            engine.detach()
    if threading.get_ident() == threading.main_thread().ident:
        _lock.acquire()  # for good


class NativeCode:
    """A compiled module. It holds the machine code; the addresses die with it.

    Args:
        text: the LLVM code.
        level: the optimisation level.
        quick: whether level 0 will do, unless code of the level is on disk.

    Attributes:
        level: of the code that it is.
    """

    def __init__(self, text: str, level: int, quick: bool = False) -> None:
        self._addresses: dict[str, int] = {}
        self.level = level
        self._is_quick = quick and level > 0
        apart_from_signals(lambda: self._make(text, level))

    def _make(self, text: str, level: int) -> None:
        llvm = binding()
        made_from = (llvm.llvm_version_info, llvmlite_version(), *_processor(llvm))
        levels = (level, 0) if self._is_quick else (level,)
        for self.level in levels:
            key = object_cache.key_of(*made_from, self.level, "in our order", text)
            codes = object_cache.load(key)
            if codes is not None:
                break
        if codes is None:
            start, codes = time.perf_counter(), []
            for module in modules_of(text):
                checkpoint()
                with _lock, in_our_order(llvm):
                    code = _writer(llvm, self.level).emit_object(llvm.parse_assembly(module))
                    codes.append(code)
            if time.perf_counter() - start >= object_cache.WORTH:
                object_cache.store(key, codes)
        with _lock:
            engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine(llvm, self.level))
            for code in codes:
                engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            engine.finalize_object()
            for name in EXPORTED.findall(text):
                self._addresses[name] = engine.get_function_address(name)
            self._number = next(_numbers)
            _engines[self._number] = engine
            if _has_ended:
                engine.detach()

    def address(self, name: str) -> int:
        """Return the address of a function."""
        return self._addresses[name]

    def __del__(self) -> None:
        number = getattr(self, "_number", None)
        if number is not None and _has_ended is False:  # nor None, as while Python ends
            _dropped.append(number)
            with contextlib.suppress(RuntimeError):  # no new threads: at the next one that there is
                _thread.start_new_thread(_free, ())


_provided: dict[str, NativeCode] = {}  # for good: code of any program may call it


def provide(text: str, names: Sequence[str]) -> None:
    """Compile functions, once, that programs declare and call: too little to be optimised."""
    if text in _provided:
        return
    llvm, code = binding(), NativeCode(text, 0)

    def add() -> None:
        with _lock:
            if text not in _provided:  # nor from another thread
                for name in names:
                    llvm.add_symbol(name, code.address(name))
                _provided[text] = code

    apart_from_signals(add)
