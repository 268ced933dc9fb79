"""A run of native functions over some of a program's steps.

A program is cut into functions of a few hundred steps once it is large, since compilers take
more than linear time over long functions; numbers that cross from one to another go through memory,
and so do the inputs of eight rows, which are collected once for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from autograd.backends.binding import LANES
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.engine import checkpoint
from autograd.backends.llvm.instructions import Body
from autograd.backends.llvm.loops import Looping, is_structured
from autograd.backends.llvm.memory import Chunk, collecting
from autograd.ir.function import PARAMETER, Function

FEW = 16  # zeros among an array's results up to which they are stored one by one
PARAMETERS = "ptr %in, ptr %out, ptr %work, ptr %shared, i64 %row, i64 %count"


class Section:
    """A run of chunks over some of the steps, all for one number or all for eight rows.

    Args:
        name: how its functions are called.
        places: the steps to compute, in order.
        exports: places that another section reads, with their slot in the shared memory.
        imports: likewise, for those that this section reads.
        outputs: (index, place) of the outputs that it writes.
        exact: whether bits must be the eager ones.
        first_slot: bytes of working memory that are taken already.
        varies: which numbers differ from row to row.
    """

    def __init__(
        self,
        name: str,
        function: Function,
        layout: Layout,
        *,
        lanes: bool,
        exact: bool,
        places: Sequence[int],
        outputs: Iterable[tuple[int, int]],
        exports: dict[int, int],
        imports: dict[int, int],
        first_slot: int,
        chunk: int,
        varies: Sequence[int],
    ) -> None:
        self.varies = varies
        self.is_structured = is_structured(function)
        self.constants: dict[str, str] = {}
        self.has_loops = False
        self.name = name
        self.function = function
        self.layout = layout
        self.lanes = lanes
        self.exact = exact
        self.exports = exports
        self.imports = imports
        self.functions: set[str] = set()
        self.text: list[str] = []
        self._outputs: dict[int, list[int]] = {}
        for index, place in outputs:
            self._outputs.setdefault(place, []).append(index)
        self._cleared = {} if lanes else self._mostly_zero()
        pieces = [places[at : at + chunk] for at in range(0, len(places), chunk)] or [places]
        self._size = 8 * LANES if lanes else 8
        self._columns: dict[int, int] = {}
        if lanes and len(pieces) > 1:
            for place in self._rows_read(places, self._outputs):
                self._columns[place] = first_slot
                first_slot += self._size
        self._slots, self.work = self._allotted(pieces, first_slot)
        self.calls = [self._collecting()] if self._columns else []
        self.calls += [self._function(number, piece, pieces) for number, piece in enumerate(pieces)]

    def _mostly_zero(self) -> dict[int, int]:
        """Return the bytes of each array of results that is cleared first; drop its zeros.

        A Hessian with a narrow band, say, would else be thousands of stores between its numbers.
        """
        sinks = self.layout.sinks
        sizes = Counter(sinks[i].array for indices in self._outputs.values() for i in indices)
        zeros = [
            place for place in self._outputs
            if repr(self.function.constants.get(place)) == "0.0"
        ]  # fmt: skip
        counts = Counter(sinks[i].array for place in zeros for i in self._outputs[place])
        cleared = {
            array: 8 * sizes[array]
            for array, count in counts.items()
            if array is not None and count >= FEW and 2 * count >= sizes[array]
        }
        for place in zeros:
            stored = [i for i in self._outputs[place] if sinks[i].array not in cleared]
            self._outputs[place] = stored
        return cleared

    def _allotted(
        self, pieces: Sequence[Sequence[int]], first_slot: int
    ) -> tuple[dict[int, int], int]:
        """Give a slot of memory to each number that crosses chunks; reuse it after its last use."""
        if len(pieces) == 1:
            return {}, first_slot
        home = {place: number for number, piece in enumerate(pieces) for place in piece}
        last: dict[int, int] = {}
        for number, piece in enumerate(pieces):
            for place in piece:
                for operand in self.function.operands[place]:
                    if home.get(operand, number) != number:
                        last[operand] = number
        free: list[int] = []
        ending: dict[int, list[int]] = {}
        slots: dict[int, int] = {}
        end = first_slot
        for number, piece in enumerate(pieces):
            free += ending.pop(number - 1, [])
            for place in piece:
                if place in last:
                    if free:
                        slots[place] = free.pop()
                    else:
                        slots[place] = end
                        end += self._size
                    ending.setdefault(last[place], []).append(slots[place])
        return slots, end

    def _fetch(self, body: Body, place: int) -> str:
        assert isinstance(body, Chunk)
        if place in self._columns:
            return body.load(body.type, body.at("%work", self._columns[place]))
        if self.function.opcodes[place] == PARAMETER:
            return body.read(self.layout.sources[place])
        if place in self.imports:
            return body.splat(body.load("double", body.at("%shared", self.imports[place])))
        return body.load(body.type, body.at("%work", self._slots[place]))

    def _rows_read(self, piece: Sequence[int], rest: Iterable[int]) -> list[int]:
        """Return the inputs that differ from row to row and are used here, in order."""
        used = {operand for place in piece for operand in self.function.operands[place]}
        sources = self.layout.sources
        return sorted(
            place
            for place in used.union(rest)
            if self.function.opcodes[place] == PARAMETER and sources[place].row is not None
        )

    def _deliver(self, body: Chunk, place: int) -> None:
        for index in self._outputs.get(place, ()):
            if self.lanes and self.layout.reduce:
                body.accumulate(body.name(place), index)
            else:
                body.write(body.name(place), index)

    def _function(self, number: int, piece: Sequence[int], pieces: Sequence[Sequence[int]]) -> str:
        checkpoint()
        body = self._body()
        rest: list[int] = []
        if number == len(pieces) - 1:  # results that are inputs, constants or computed elsewhere
            computed = {place for part in pieces for place in part}
            rest = [place for place in self._outputs if place not in computed]
        if self.lanes and not self._columns:
            body.read_rows(self._rows_read(piece, rest))
        for array, size in self._cleared.items() if number == 0 else ():
            given = f"ptr {body.array(array)}, i8 0, i64 {size}, i1 false"
            body.lines.append(f"call void @llvm.memset.p0.i64({given})")
        for place in piece:
            body.step(place)
            self._deliver(body, place)
            if place in self._slots:
                body.store(body.type, body.stored(place), body.at("%work", self._slots[place]))
            if place in self.exports:
                body.store("double", body.stored(place), body.at("%shared", self.exports[place]))
        for place in rest:
            self._deliver(body, place)
        return self._defined(f"{self.name}_{number}", body)

    def _body(self) -> Chunk:
        given = (self.function, self.layout, self.lanes, self.exact, self._fetch)
        if self.is_structured:
            return Looping(*given, lambda number: not self.varies[number])
        return Chunk(*given)

    def _collecting(self) -> str:
        """Define the function that collects the inputs of eight rows in memory."""
        places = [*self._columns]
        lines = collecting(self.layout, places, self._columns[places[0]])
        self.text += [f"define internal void @{self.name}_rows({PARAMETERS}) #0 {{", *lines]
        self.text += ["ret void", "}\n"]
        return f"call void @{self.name}_rows({PARAMETERS})"

    def _defined(self, name: str, body: Chunk) -> str:
        """Define a function of this body, and return the call of it."""
        self.functions |= body.functions
        self.text.append(f"define internal void @{name}({PARAMETERS}) #0 {{")
        if isinstance(body, Looping):
            self.constants |= body.constants
            self.has_loops |= body.has_loops
            self.text += body.enclosed()
        else:
            self.text += [*body.lines, "ret void"]
        self.text.append("}\n")
        return f"call void @{name}({PARAMETERS})"
