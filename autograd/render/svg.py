"""A layout written as SVG: shapes and text; no scripts, no ids, no styles that affect the page.

Colours are attributes, so that the picture survives where style sheets are taken out. With the
theme "auto" a style sheet on top of them turns dark where the reader's screen is.
"""

from __future__ import annotations

import math

from autograd.notation.names import one_line
from autograd.render.captions import NAME, NOTE, PARTIAL, SWATCH, frame_name, partial_text
from autograd.render.measure import shortened, width
from autograd.render.outline import MARGIN, Box, Content, Frame, Layout, Link
from autograd.render.theme import DARK, LIGHT, STEPS, Theme, largest_of, step_of
from autograd.render.wording import xml
from autograd.wording import counted

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
ARROW, HALF_ARROW = 5.5, 2.6
THEMES = {"light": LIGHT, "dark": DARK, "auto": LIGHT}
_DASHES = ' stroke-dasharray="4 2.5"'


def svg_of(layout: Layout, theme: str = "light", data_ids: bool = False) -> str:
    """Write a layout as an SVG document.

    Args:
        layout: what ``layout_of`` returned.
        theme: "light", "dark", or "auto" for the reader's own choice.
        data_ids: give each group its id in ``data-node``, ``data-edge`` or ``data-frame``, and
            each text its role in ``data-role``, for a page that moves them.

    Returns:
        The text of the document, without an XML declaration, so that it can stand in a page.
    """
    return _Writer(layout, theme, data_ids).document()


def path_of(link: Link, rankdir: str, shorten: float = 0.0) -> str:
    """Return the line of a link as the ``d`` of an SVG path.

    Args:
        link: a link of a layout.
        rankdir: the layout's direction.
        shorten: pixels to leave out at the end, for the arrow.
    """
    points = list(link.points)
    if link.curved:
        (x, y), *spline = points[:-1]
        pairs = [f"{to_x:.1f} {to_y:.1f}" for to_x, to_y in spline]
        return f"M{x:.1f} {y:.1f}C{' '.join(pairs)}"
    sideways = rankdir in ("LR", "RL")
    x, y = points[-1]
    ahead = 1.0 if rankdir in ("LR", "TB") else -1.0
    points[-1] = (x - ahead * shorten, y) if sideways else (x, y - ahead * shorten)
    x, y = points[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in points[1:]:
        if abs((to_y - y) if sideways else (to_x - x)) < 0.05:
            parts.append(f"L{to_x:.1f} {to_y:.1f}")
        elif sideways:
            middle = (x + to_x) / 2
            parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        else:
            middle = (y + to_y) / 2
            parts.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


class _Writer:
    def __init__(self, layout: Layout, theme: str, data_ids: bool) -> None:
        self.layout = layout
        self.theme: Theme = THEMES[theme]
        self.auto = theme == "auto"
        self.data_ids = data_ids
        self.largest = largest_of(layout.boxes)
        self.results = {box for _, box in layout.results}

    def document(self) -> str:
        layout, theme = self.layout, self.theme
        wide, high = math.ceil(layout.width), math.ceil(layout.height)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
            f'viewBox="0 0 {wide} {high}" class="autograd-picture" role="img" '
            f'aria-label="{xml(described(layout))}" font-family="{FONT}" font-size="10.5" '
            f'fill="{theme.ink}">',
            _dark_style() if self.auto else "",
            f'<rect class="paper" width="{wide}" height="{high}" fill="{theme.paper}"/>',
        ]
        parts += [self._frame(frame) for frame in layout.frames]
        parts.append(f'<g class="edges" fill="none" stroke="{theme.edge}" stroke-width="1">')
        parts += [self._link(link) for link in layout.links]
        parts.append("</g>")
        parts += [self._box(box, layout.content[box.id]) for box in layout.boxes]
        if layout.legend:
            parts.append(self._legend(high - (27 if layout.note else 9)))
        if layout.note:
            parts.append(
                f'<text class="w" x="{MARGIN}" y="{high - 9}" font-size="{NOTE}" '
                f'fill="{theme.soft}">{xml(layout.note)}</text>'
            )
        parts.append("</svg>\n")
        return "\n".join(filter(None, parts))

    def _legend(self, down: int) -> str:
        parts, at = ['<g class="legend">'], MARGIN
        steps = {"positive": STEPS - 2, "negative": 2 - STEPS, "odd": 0}
        for kind, words in self.layout.legend:
            border = _DASHES if kind == "odd" else ""
            stroke = self.theme.alarm if kind == "odd" else self.theme.line
            step = steps[kind]
            parts.append(
                f'<rect class="{_class(step)}{" odd" * (kind == "odd")}" x="{at:.1f}" '
                f'y="{down - 7}" width="8" height="8" rx="2" fill="{self.theme.tint(step)}" '
                f'stroke="{stroke}" stroke-width="0.8"{border}/><text class="w" '
                f'x="{at + SWATCH:.1f}" y="{down}" font-size="{NOTE}" fill="{self.theme.soft}">'
                f"{words}</text>"
            )
            at += SWATCH + width(words, NOTE) + 12.0
        return "".join([*parts, "</g>"])

    # -- frames --------------------------------------------------------------------------------

    def _frame(self, frame: Frame) -> str:
        theme = self.theme
        data = f' data-frame="{frame.id}"' if self.data_ids else ""
        return (
            f'<g class="frame"{data}><rect x="{frame.x:.1f}" y="{frame.y:.1f}" '
            f'width="{frame.width:.1f}" height="{frame.height:.1f}" rx="5" fill="none" '
            f'stroke="{theme.frame}"/><text class="w" x="{frame.x + 7:.1f}" '
            f'y="{frame.y + 12:.1f}" font-size="{NAME}" fill="{theme.soft}">'
            f"{xml(frame_name(frame))}</text></g>"
        )

    # -- links ---------------------------------------------------------------------------------

    def _link(self, link: Link) -> str:
        rankdir = self.layout.rankdir
        data = ""
        if self.data_ids:
            data = (
                f' data-edge="{link.id}" data-source="{link.source.id}" '
                f'data-target="{link.target.id}"'
            )
        style = ' stroke-opacity="0.55"' if link.source.kind == "constant" else ""
        if link.count > 1:  # the thicker, the more it stands for
            style = f' stroke-width="{min(1.0 + 0.3 * math.log10(link.count), 2.4):.1f}"'
        parts = [
            f'<g class="edge"{data}{style}><path d="{path_of(link, rankdir, ARROW)}"/>',
            f'<path class="tip" d="{self._tip(link)}" stroke="none" fill="{self.theme.edge}"/>',
        ]
        if text := partial_text(self.layout, link):
            x, y, anchor = self._beside(link)
            parts.append(
                f'<text class="w" x="{x:.1f}" y="{y:.1f}" font-size="{PARTIAL}" '
                f'text-anchor="{anchor}" stroke="none" fill="{self.theme.soft}">{xml(text)}</text>'
            )
        parts.append("</g>")
        return "".join(parts)

    def _tip(self, link: Link) -> str:
        x, y = link.points[-1]
        if link.curved:
            from_x, from_y = link.points[-2]
            far = math.hypot(x - from_x, y - from_y) or 1.0
            side_x = HALF_ARROW * (y - from_y) / far
            side_y = HALF_ARROW * (from_x - x) / far
            return (
                f"M{x:.1f} {y:.1f}L{from_x + side_x:.1f} {from_y + side_y:.1f}"
                f"L{from_x - side_x:.1f} {from_y - side_y:.1f}z"
            )
        back, side = ARROW, HALF_ARROW
        if self.layout.rankdir in ("RL", "BT"):
            back = -back
        if self.layout.rankdir in ("LR", "RL"):
            return f"M{x:.1f} {y:.1f}l{-back} {-side}v{2 * side}z"
        return f"M{x:.1f} {y:.1f}l{-side} {-back}h{2 * side}z"

    def _beside(self, link: Link) -> tuple[float, float, str]:
        """Return where the partial of a link is written: at its end, unless dot has a place."""
        if link.label_at is not None:
            return link.label_at[0], link.label_at[1] + 3.0, "middle"
        x, y = link.points[-1]
        return {
            "LR": (x - ARROW - 2.0, y - 2.5, "end"),
            "RL": (x + ARROW + 2.0, y - 2.5, "start"),
            "TB": (x + 3.5, y - ARROW - 1.0, "start"),
            "BT": (x + 3.5, y + ARROW + 7.0, "start"),
        }[self.layout.rankdir]

    # -- boxes ---------------------------------------------------------------------------------

    def _box(self, box: Box, content: Content) -> str:
        theme = self.theme
        x, y, wide, high = box.x, box.y, box.width, box.height
        step = 0
        if self.layout.computed and box.grad is not None:
            step = step_of(box.grad, self.largest)
        tint = _class(step) + (" root" if box in self.results else "")
        odd = box.is_odd(self.layout.computed)
        data = f' data-node="{box.id}"' if self.data_ids else ""
        parts = [f'<g class="node {box.kind}"{data}><title>{xml(self._full(box))}</title>']
        corner = {"leaf": 9.0, "constant": 8.0}.get(box.kind, 2.5)
        stroke = theme.ink if box in self.results else theme.line
        if box.kind == "constant":
            stroke = theme.frame
        if box.kind == "folded":  # a second sheet behind, not on the side where links enter
            behind_x = x + (-2.5 if self.layout.rankdir == "RL" else 2.5)
            behind_y = y + (-2.5 if self.layout.rankdir == "BT" else 2.5)
            parts.append(
                f'<rect class="line" x="{behind_x:.1f}" y="{behind_y:.1f}" width="{wide:.1f}" '
                f'height="{high:.1f}" rx="{corner}" fill="{theme.paper}" stroke="{theme.line}"/>'
            )
        thick, dashes = 1.4 if box in self.results else 0.8, ""
        if odd:
            stroke, thick, dashes, tint = theme.alarm, 1.8, _DASHES, f"{tint} odd"
        parts.append(
            f'<rect class="{tint}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}" rx="{corner}" fill="{theme.tint(step)}" stroke="{stroke}" '
            f'stroke-width="{thick}"{dashes}/>'
        )
        x += (wide - content.width) / 2
        top, y = y, y + (high - content.height) / 2
        if content.divider:
            parts.append(
                f'<path class="line" d="M{x + content.divider:.1f} {top:.1f}v{high:.1f}" '
                f'stroke="{theme.line}" stroke-width="0.6"/>'
            )
        for text in content.texts:
            role = f' data-role="{text.role}"' if self.data_ids else ""
            anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
            soft = ""
            if text.role in ("caption", "word", "name") or box.kind == "constant":
                soft = f' class="w" fill="{theme.soft}"'
            size = f' font-size="{text.size:g}"' if text.size != 10.5 else ""
            parts.append(
                f'<text{role}{soft} x="{x + text.x:.1f}" y="{y + text.y:.1f}"{anchor}{size}>'
                f"{xml(text.text)}</text>"
            )
        parts.append("</g>")
        return "".join(parts)

    def _full(self, box: Box) -> str:
        """Return the words of the tooltip: every digit, and what the box is."""
        if box.kind == "constant":
            return f"constant {box.title and f'{box.title} = '}{box.data!r}"
        words = [one_line(part) for part in (box.word, box.symbol) if part] or ["leaf"]
        if box.caption:
            words.append(one_line(box.caption))
        if box.data is not None:
            grad = repr(box.grad) if self.layout.computed else "not computed"
            words.append(f"data {box.data!r}, grad {grad}")
        return " · ".join(words)


def described(layout: Layout) -> str:
    """Return a sentence for those who cannot see the picture."""
    label = ", ".join(filter(None, [one_line(node.label) for node, _ in layout.results]))
    of = f" of {shortened(label, 11.0, 400.0)}" if label else ""
    return f"Computation graph{of}: {counted(len(layout.order), 'node')}"


def _class(step: int) -> str:
    return f"t{step}" if step >= 0 else f"u{-step}"


def _dark_style() -> str:
    """Return the rules that turn a light picture dark; they name only classes of pictures."""
    rules = [
        f"{{fill:{DARK.ink}}}",
        f" .paper{{fill:{DARK.paper}}}",
        f" .w{{fill:{DARK.soft}}}",
        f" .edges{{stroke:{DARK.edge}}}",
        f" .tip{{fill:{DARK.edge}}}",
        f" .frame rect{{stroke:{DARK.frame}}}",
        f" .node rect,.autograd-picture .line{{stroke:{DARK.line}}}",
        f" .constant rect{{stroke:{DARK.frame}}}",
        f" .legend rect{{stroke:{DARK.line}}}",
        f" .node .root{{stroke:{DARK.ink}}}",
        f" rect.odd{{stroke:{DARK.alarm}!important}}",
        f" rect.line{{fill:{DARK.paper}}}",
    ]
    for step in range(-STEPS, STEPS + 1):
        rules.append(f" .{_class(step)}{{fill:{DARK.tint(step)}}}")
    text = "".join(f".autograd-picture{rule}" for rule in rules)
    return f"<style>@media (prefers-color-scheme:dark){{{text}}}</style>"
