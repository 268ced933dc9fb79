"""The layout of Graphviz's dot, where it is installed: only ids and sizes go to the program."""

from __future__ import annotations

from typing import Any

from autograd.errors import MissingExtraError, OutputFileError
from autograd.render.captions import frame_name, partial_text
from autograd.render.nesting import HEADER
from autograd.render.outline import MARGIN, Box, Frame, Layout

SIDES = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}


def placed_by_dot(layout: Layout) -> None:
    """Let the dot program find the places of everything in a layout.

    Raises:
        OSError: the program is not there, or fails.
    """
    import json

    plan = json.loads(_run(_source(layout)))
    left, bottom, right, top = (float(number) for number in plan["bb"].split(","))
    layout.width, layout.height = right - left + 2 * MARGIN, top - bottom + 2 * MARGIN

    def spot(text: str) -> tuple[float, float]:
        x, y = text.split(",")[:2]
        return float(x) - left + MARGIN, top - float(y) + MARGIN

    placed: dict[str, dict[str, Any]] = {obj["name"]: obj for obj in plan["objects"]}
    for box in layout.boxes:
        x, y = spot(placed[box.id]["pos"])
        box.x, box.y = x - box.width / 2, y - box.height / 2
    for frame in layout.frames:
        low_x, low_y, high_x, high_y = placed[f"cluster_{frame.id}"]["bb"].split(",")
        frame.x, frame.y = spot(f"{low_x},{high_y}")
        frame.width = float(high_x) - float(low_x)
        frame.height = float(high_y) - float(low_y)
    for edge in plan.get("edges", []):
        link = layout.links[int(edge["id"])]
        end, *points = edge["pos"].split(" ")
        link.points = [*map(spot, points), spot(end.removeprefix("e,"))]
        link.curved = True
        if "lp" in edge:
            link.label_at = spot(edge["lp"])


def _run(source: str) -> str:
    try:
        import graphviz
    except ImportError as error:
        raise MissingExtraError('engine="dot"', "all", error) from None
    try:
        return str(graphviz.Source(source).pipe(format="json0", encoding="utf-8", quiet=True))
    except graphviz.ExecutableNotFound:
        raise OutputFileError(
            'graph: engine="dot" needs the program dot of Graphviz, which is not on the PATH: '
            "install it (apt install graphviz, brew install graphviz, or https://graphviz.org), "
            "or leave engine out for our own layout, which needs nothing"
        ) from None
    except graphviz.CalledProcessError as error:
        raise OutputFileError(
            f"graph: the program dot could not lay this graph out (exit status "
            f"{error.returncode}): leave engine out for our own layout"
        ) from None


def _source(layout: Layout) -> str:
    leave, enter = SIDES[layout.rankdir]
    lines = [
        f"digraph {{ rankdir={layout.rankdir} nodesep=0.17 ranksep=0.4",
        'node [shape=record fixedsize=true label="" fontsize=1]',
        'edge [arrowsize=0.5 fontsize=8 fontname="DejaVu Sans"]',
    ]
    inside = layout.inside()
    stack: list[Box | Frame | None] = list(reversed(inside.get(None, [])))
    while stack:
        part = stack.pop()
        if part is None:
            lines.append("}")
        elif isinstance(part, Box):
            ports = "|".join(f"<p{operand}>" for operand in range(part.operands))
            lines.append(
                f'"{part.id}" [width={part.width / 72:.4f} height={part.height / 72:.4f} '
                f'label="{ports}"]'
            )
        else:
            name = "x" * (len(frame_name(part)) + 1)  # room for the name, not the name
            lines.append(
                f'subgraph "cluster_{part.id}" {{ label="{name}" margin=9 '
                f"fontsize={HEADER * 0.6:.1f}"
            )
            stack.append(None)
            stack += reversed(inside.get(part, []))
    for number, link in enumerate(layout.links):
        head = f":p{link.operand}" if link.target.operands else ""
        text = partial_text(layout, link)
        room = f' label="{"x" * len(text)}"' if text else ""
        lines.append(
            f'"{link.source.id}":{leave} -> "{link.target.id}"{head}:{enter} [id={number}{room}]'
        )
    lines.append("}")
    return "\n".join(lines)
