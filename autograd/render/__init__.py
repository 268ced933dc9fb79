"""Pictures of computation graphs: layout, SVG, PNG, DOT and text."""

from autograd.render.layout import layout_of
from autograd.render.outline import Box, Frame, Layout, Link
from autograd.render.picture import Graph, graph
from autograd.render.svg import path_of, svg_of

__all__ = ["Box", "Frame", "Graph", "Layout", "Link", "graph", "layout_of", "path_of", "svg_of"]
