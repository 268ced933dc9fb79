"""The report of a compiled function."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.backends.binding import LANES
from autograd.backends.grouped import Grouped
from autograd.backends.interpreted import InterpretedProgram
from autograd.backends.llvm.grouped_rows import GroupedRows
from autograd.compiler.executable import Executable
from autograd.compiler.tiers import Short, Warming
from autograd.wording import counted


@dataclass(frozen=True, slots=True)
class Report:
    """What tracing and compiling did.

    Attributes:
        recorded: operations of the recorded function, as the function called them.
        steps: steps of the program after the clean-up, inputs and constants left out.
        inputs: numbers that a call takes in (of one row, where rows are mapped).
        outputs: numbers that it gives (of one row).
        lanes: rows that run side by side; 1 where nothing is mapped.
        trace_seconds: what tracing took.
        compile_seconds: what clean-up and compiling took.
        tier: what runs the program: "llvm", "grouped" or "interpreted".
        level: LLVM's optimisation level, 0 for large programs, and for small ones until they have
            been called often.
        code_bytes: size of the LLVM text.
        work_bytes: working memory of one thread.
        instead: why another tier runs it than was wished; empty where none was, or that one does.
    """

    recorded: int
    steps: int
    inputs: int
    outputs: int
    lanes: int
    trace_seconds: float
    compile_seconds: float
    tier: str
    level: int
    code_bytes: int
    work_bytes: int
    instead: str = ""

    def __str__(self) -> str:
        return (
            f"{counted(self.recorded, 'recorded operation')} became {counted(self.steps, 'step')} "
            f"({counted(self.inputs, 'input')}, {counted(self.outputs, 'output')})\n"
            f"traced in {self.trace_seconds:.3f} s, compiled in {self.compile_seconds:.3f} s "
            f"{_HOW[self.tier].format(self.level)}{self.instead and f' ({self.instead})'}\n"
            f"{counted(self.lanes, 'row')} {'side by side' if self.lanes > 1 else 'at a time'}, "
            f"{counted(self.code_bytes, 'byte')} of LLVM text, "
            f"{counted(self.work_bytes, 'byte')} of working memory"
        )


_HOW = {
    "llvm": "at level {}",
    "grouped": "into groups of equal steps",
    "interpreted": "for the interpreter",
}


_REASONS = {
    "llvm": "LLVM could not compile it",
    "grouped": "groups of equal steps are for programs without loops",
    "interpreted": "the interpreter is for exact=True",
}


def _reason(wish: str) -> str:
    return f"tier={wish!r} was asked for, and {_REASONS[wish]}"


def report_of(executable: Executable) -> Report:
    """Return the report of an executable."""
    native = executable.native
    native = native.native if isinstance(native, Warming) else native
    native = native.running if isinstance(native, Short) else native
    tier = "grouped" if isinstance(native, Grouped | GroupedRows) else "llvm"
    tier = "interpreted" if isinstance(native, InterpretedProgram) else tier
    return Report(
        recorded=executable.traced.operations,
        steps=executable.steps,
        inputs=len(executable.layout.sources),
        outputs=len(executable.layout.sinks),
        lanes=LANES if executable.layout.mapped else 1,
        trace_seconds=executable.traced.seconds,
        compile_seconds=executable.seconds,
        tier=tier,
        level=native.level,
        code_bytes=native.code_bytes,
        work_bytes=native.work + native.shared,
        instead=_reason(executable.tier) if executable.tier not in (None, tier) else "",
    )
