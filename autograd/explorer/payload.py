"""What a page needs to know about a graph: nodes, numbers, rules, formulas, places, as JSON.

Rules and formulas are sent once for each operation, with slots for names and numbers: a node is
then its operation and its operands.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from autograd.explorer.programs import Program
from autograd.notation.formula import Application, Constant, Formula, Slot, rule_formula
from autograd.notation.names import Names, one_line
from autograd.notation.numbers import USUAL_DIGITS, expression
from autograd.notation.writing import MATHML
from autograd.render import layout_of
from autograd.render.captions import frame_name
from autograd.table import rows as ops
from autograd.table.operation import TABLE, Operation, Rule

if TYPE_CHECKING:
    from autograd.engine.value import Value
    from autograd.render.outline import Box, Frame, Layout

MOST_VIEWS = 4
LITERAL = (ops.power,)  # their constants shape the formula: 2 * x, not 2 * x**(2 - 1)


def number(value: float) -> float | int | str:
    """Return a number for JSON, which has no nan and no infinity: those become text."""
    if value - value != 0.0:
        return str(value)
    return (
        int(value) if value.is_integer() and abs(value) < 1e15 and repr(value) != "-0.0" else value
    )


def payload(y: Value, order: list[Value], digits: int = USUAL_DIGITS) -> dict[str, Any]:
    """Return all that the page needs to know of the graph under y, to show so many digits."""
    names = Names(order)
    constants: dict[str, list[str]] = {}
    scopes = {path: place for place, path in enumerate(dict.fromkeys(map(_path, order)))}
    places = {id(node): place for place, node in enumerate(order)}
    rules = _Rules()
    nodes: list[list[Any]] = []
    partials: list[list[Any]] = []
    for node in order:
        if node.op is None:
            nodes.append([])
            partials.append([])
            continue
        pairs = list(zip(node.args, node.partials, strict=True))
        for arg, partial in pairs:
            if partial is None and expression(arg) is not None:
                whole = names.constant(arg)
                constants[str(arg)] = [MATHML.write(whole), MATHML.bracketed(whole)]
        operands = [str(arg) if partial is None else places[id(arg)] for arg, partial in pairs]
        nodes.append([rules.rule(node.op, node.args, node.partials), *operands])
        partials.append([None if each is None else number(each) for each in node.partials])
    return {
        "names": [names[node].name for node in order],
        "maths": [MATHML.name(names[node]) for node in order],
        "labelled": [place for place, node in enumerate(order) if node.label],
        "numbers": [number(node.data) for node in order],
        "nodes": nodes,
        "partials": partials,
        "rules": rules.rules,
        "primitives": rules.primitives,
        "scopes": list(scopes),
        "scopeOf": [scopes[_path(node)] for node in order],
        "views": _views(y, order, f"+.{digits - 1}e"),
        "digits": digits,
        "constants": constants,
    }


def _path(node: Value) -> str:
    return " / ".join(one_line(scope.name) for scope in node.scope.path()) if node.scope else ""


def as_json(contents: Any) -> str:
    """Return JSON that is safe inside a script element: it can neither close nor open one."""
    text = json.dumps(contents, allow_nan=False, separators=(",", ":"))
    return re.sub(r"<(?=[!sS])", r"\\u003c", text.replace("</", r"<\/"))


# -- rules -------------------------------------------------------------------------------------


class _Rules:
    """The rules of the operations in a graph, each once."""

    def __init__(self) -> None:
        self.rules: list[dict[str, Any]] = []
        self.primitives: list[str] = []
        self._known: dict[Any, int] = {}

    def rule(
        self, operation: Operation, args: tuple[Any, ...], partials: tuple[float | None, ...]
    ) -> int:
        """Return the number of the rule for an operation on such operands."""
        constant = tuple(partial is None for partial in partials)
        literal = tuple(arg if fixed else None for arg, fixed in zip(args, constant, strict=True))
        if operation not in LITERAL:
            static = [place not in operation.variables for place in range(operation.arity)]
            literal = tuple(arg if fixed else None for arg, fixed in zip(args, static, strict=True))
        return self._numbered(operation, constant, literal)

    def _numbered(
        self, operation: Operation, constant: tuple[bool, ...], kept: tuple[float | None, ...]
    ) -> int:
        key = (operation, constant, repr(kept))
        if key not in self._known:
            rule = self._described(operation, constant, kept)
            # Two compiled calls are two operations, and may be described in the same words.
            self._known[key] = self._known.setdefault(as_json(rule), len(self.rules))
            if self._known[key] == len(self.rules):
                self.rules.append(rule)
        return self._known[key]

    def _described(
        self, operation: Operation, constant: tuple[bool, ...], kept: tuple[float | None, ...]
    ) -> dict[str, object]:
        slots: list[Formula] = [
            Slot(place + 1) if number is None else Constant(number)
            for place, number in enumerate(kept)
        ]
        is_own = TABLE.get(operation.name) is not operation  # then only Python can compute it

        def coded(rule: Rule, *arguments: float | None) -> list[object] | None:
            return None if is_own else self._coded(Program(operation, rule, arguments))

        partials: list[Any] = []
        for index, fixed in enumerate(constant):
            if fixed:
                partials.append(None)
                continue
            shown, computing = operation.shown[index], operation.partials[index]
            entry = {
                "shown": self._written(operation, shown, slots),
                "run": coded(computing, None, *kept),
            }
            if shown is not computing:
                entry["computing"] = self._written(operation, operation.tied[index], slots)
                entry["check"] = coded(shown, None, *kept)
            partials.append(entry)
        return {
            "name": operation.name,
            "symbol": operation.symbol,
            "formula": MATHML.write(Application(operation, tuple(slots))),
            "kept": [place for place, number in enumerate(kept) if number is not None],
            "isChoice": bool(operation.strong_zero),
            "run": coded(operation, *kept),
            "partials": partials,
        }

    def _written(self, operation: Operation, rule: Rule, slots: list[Formula]) -> str:
        whole = rule_formula(operation, rule, Slot(0), slots)
        return "" if whole is None else MATHML.write(whole)

    def _coded(self, program: Program) -> list[object]:
        """Return [constants, lines, result]; a constant's place counts down from -1."""
        constants: list[float] = []

        def place(operand: int | float) -> int:
            if isinstance(operand, int):
                return operand
            texts = [repr(each) for each in constants]
            if repr(operand) not in texts:
                constants.append(operand)
                return -len(constants)
            return -1 - texts.index(repr(operand))

        lines = []
        for name, operands in program.lines:
            if name not in self.primitives:
                self.primitives.append(name)
            lines.append([self.primitives.index(name), *map(place, operands)])
        result = place(program.result)
        return [[number(each) for each in constants], lines, result]


# -- places ------------------------------------------------------------------------------------


def _views(y: Value, order: list[Value], widest: str) -> list[dict[str, Any]]:
    """Return the picture at each depth of folding, the most folded first.

    Boxes are measured for the widest form of a number, so that any number fits after an edit.
    """
    opening = _view(layout_of(y, format=widest, legend=False))
    views = {_outline(opening): opening}
    deepest = max((len(node.scope.path()) if node.scope else 0 for node in order), default=0)
    for depth in range(deepest + 1):
        view = _view(layout_of(y, format=widest, legend=False, depth=depth))
        views.setdefault(_outline(view), view)
        if len(views) == MOST_VIEWS:
            break
    opening["opens"] = True
    return sorted(views.values(), key=lambda view: len(view["boxes"]))


def _outline(view: dict[str, Any]) -> str:
    return " ".join(box[0] for box in view["boxes"])


def _view(layout: Layout) -> dict[str, Any]:
    places = {node: place for place, node in enumerate(layout.order)}
    boxes = {box: place for place, box in enumerate(layout.boxes)}
    return {
        "size": [round(layout.width), round(layout.height)],
        "boxes": [
            [box.id, *_rectangle(box), *_inside(box, layout), _place(box, places)]
            for box in layout.boxes
        ],
        "links": [
            [
                boxes[link.source],
                boxes[link.target],
                int(link.id[1:].partition("-")[0]),
                link.operand,
                link.count,
                [round(edge) for point in link.points for edge in point],
            ]
            for link in layout.links
        ],
        "frames": [[frame_name(frame), *_rectangle(frame)] for frame in layout.frames],
        "boxAt": [boxes[box] for box in layout.box_at],
    }


def _place(box: Box, places: dict[Value, int]) -> int | None:
    return None if box.node is None else places[box.node]


def _rectangle(part: Box | Frame) -> list[int]:
    return [round(edge) for edge in (part.x, part.y, part.width, part.height)]


def _inside(box: Box, layout: Layout) -> tuple[int, list[tuple[str, str, int, int]]]:
    """Return where a box has its divider, and its texts; numbers are written by the page."""
    content = layout.content[box.id]
    left, top = (box.width - content.width) / 2, (box.height - content.height) / 2
    texts = [
        (
            each.role,
            "" if each.role in ("data", "grad") else each.text,
            round(left + each.x),
            round(top + each.y),
        )
        for each in content.texts
    ]
    if box.kind == "constant":
        texts = [("data", content.texts[0].text, round(box.width) - 4, texts[0][3])]
    return round(left + content.divider) if content.divider else 0, texts
