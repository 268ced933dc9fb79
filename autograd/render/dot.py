"""A layout written as DOT, the language of Graphviz, for use in other tools."""

from __future__ import annotations

from autograd.notation.names import one_line
from autograd.render.captions import frame_name, partial_text
from autograd.render.outline import Box, Frame, Layout, Link
from autograd.render.theme import LIGHT, largest_of, step_of
from autograd.render.wording import dot_string


def dot_of(layout: Layout) -> str:
    """Write a layout's boxes, links and frames as DOT source; Graphviz computes the places again.

    Labels are quoted strings, never HTML: their text is shown, not interpreted.
    """
    lines = [
        "digraph {",
        f"  rankdir={layout.rankdir}",
        f'  bgcolor="{LIGHT.paper}"',
        f'  node [shape=box style="filled" fillcolor="{LIGHT.box}" color="{LIGHT.line}" '
        f'fontcolor="{LIGHT.ink}" fontname="DejaVu Sans" fontsize=10 margin="0.1,0.05" height=0.3]',
        f'  edge [color="{LIGHT.edge}" fontcolor="{LIGHT.soft}" fontname="DejaVu Sans" '
        f"fontsize=8 arrowsize=0.5]",
    ]
    if layout.note:
        lines.append(
            f'  label={dot_string(layout.note)} labeljust=l fontname="DejaVu Sans" fontsize=9'
        )
    inside = layout.inside()
    largest = largest_of(layout.boxes)
    stack: list[Box | Frame | str] = list(reversed(inside.get(None, [])))
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            lines.append(part)
        elif isinstance(part, Box):
            lines.append(_node(part, layout, largest))
        else:
            lines += [
                f'  subgraph "cluster_{part.id}" {{',
                f"  label={dot_string(frame_name(part))} labeljust=l fontsize=9 "
                f'fontname="DejaVu Sans" color="{LIGHT.frame}" fontcolor="{LIGHT.soft}"',
            ]
            stack.append("  }")
            stack += reversed(inside.get(part, []))
    lines += [_edge(link, layout) for link in layout.links]
    lines.append("}")
    return "\n".join(lines) + "\n"


def _node(box: Box, layout: Layout, largest: float) -> str:
    rows: list[str] = []
    head = ""
    for text in layout.content[box.id].texts:
        if text.role == "word":
            continue
        if text.role == "symbol":
            head = text.text
        elif text.role in ("title", "name"):
            head = f"{head}  {text.text}".strip()
        elif text.role in ("data", "grad") and box.kind != "constant":
            rows.append(f"{text.role} {text.text}")
        else:
            rows.append(text.text)
    label = "\\n".join(dot_string(row)[1:-1] for row in ([head] if head else []) + rows)
    attributes = [f'label="{label}"']
    if box.kind == "constant":
        attributes.append(f'fontsize=8 style="filled,rounded" color="{LIGHT.frame}"')
    elif box.kind == "leaf":
        attributes.append('style="filled,rounded"')
    elif box.kind == "folded":
        attributes.append("peripheries=2")
    if layout.computed and box.grad is not None:
        step = step_of(box.grad, largest)
        attributes.append(f'fillcolor="{LIGHT.tint(step)}"')
    if box.is_odd(layout.computed):
        attributes.append(f'style="filled,dashed" color="{LIGHT.alarm}" penwidth=2')
    tooltip = one_line(box.word or box.symbol or box.kind)
    attributes.append(f"tooltip={dot_string(tooltip, expanded=2)}")
    return f'  "{box.id}" [{" ".join(attributes)}]'


def _edge(link: Link, layout: Layout) -> str:
    attributes = []
    if text := partial_text(layout, link):
        attributes.append(f"label={dot_string(text)}")
    made_by = link.target.node.op if link.target.node is not None else None
    if link.target.operands > 1 and (made_by is None or not made_by.commutative):
        attributes.append(f'headlabel="{link.operand + 1}"')
    if link.count > 1:
        attributes.append(f'label="{link.count:,}"')
    return f'  "{link.source.id}" -> "{link.target.id}"' + (
        f" [{' '.join(attributes)}]" if attributes else ""
    )
