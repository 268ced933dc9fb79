"""The text outside of boxes: names of frames, partials on links, the line below the picture."""

from __future__ import annotations

from autograd.notation.names import one_line
from autograd.render.boxes import written
from autograd.render.measure import shortened, width
from autograd.render.outline import Frame, Layout, Link, Outline
from autograd.wording import counted

NAME, NAME_ROOM = 9.0, 240.0  # the font size of a frame's name, and the widest in pixels
PARTIAL = 8.5  # the font size of a partial on a link
NOTE = 9.0  # the font size of the lines below the picture
SWATCH = 12.0  # the room of a sample of a colour


def frame_name(frame: Frame) -> str:
    """Return a frame's name as it is shown."""
    return shortened(one_line(frame.name), NAME, NAME_ROOM)


def partial_text(layout: Layout, link: Link) -> str:
    """Return the partial of a link as it is shown; empty where it is not."""
    if not layout.partials or link.partial is None:
        return ""
    return written(link.partial, layout.format)


def note_of(outline: Outline, computed: bool) -> str:
    """Return what there is to say of the whole picture; empty if nothing."""
    words = []
    if not computed:
        words.append("gradients not computed: call backward()")
    shown = sum(1 for box in outline.boxes if box.kind != "constant")
    if shown < len(outline.order):
        nodes, boxes = counted(len(outline.order), "node"), counted(shown, "box", "boxes")
        words.append(f"{nodes}, drawn as {boxes}")
    return " · ".join(words)


def legend_of(outline: Outline, computed: bool) -> list[tuple[str, str]]:
    """Return what the colours that are in the picture mean: (kind, words)."""
    grads = [box.grad for box in outline.boxes if box.grad and computed]
    kinds = [
        ("positive", "positive gradient", any(grad > 0.0 for grad in grads)),
        ("negative", "negative gradient", any(grad < 0.0 for grad in grads)),
        ("odd", "nan or infinite", any(box.is_odd(computed) for box in outline.boxes)),
    ]
    return [(kind, words) for kind, words, there in kinds if there]


def legend_width(layout: Layout) -> float:
    """Return the width of the legend in pixels; 0.0 where there is none."""
    return sum(SWATCH + width(words, NOTE) + 12.0 for _, words in layout.legend)
